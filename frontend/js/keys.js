import { inboxKey, inboxMoved, keysOn } from "./inbox.js";
import { openPalette } from "./palette.js";

// `/` and Ctrl-K: search everywhere. j k x on lists that ask for it, more in the inbox. Keys never act while someone is typing.
function typing(node) {
  return node.isContentEditable || node.matches("textarea, select, input:not([type=checkbox]):not([type=radio])");
}

function move(list, step) {
  const items = [...list.querySelectorAll("[data-so-item]")];
  const at = items.findIndex((item) => item.contains(document.activeElement));
  const next = items[Math.min(Math.max(at + step, 0), items.length - 1)];
  (next?.matches("a, [tabindex]") ? next : next?.querySelector("a"))?.focus();
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    if (openPalette()) event.preventDefault();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (!keysOn() && event.key !== "Escape") return;
  if (event.key === "/") {
    if (openPalette()) event.preventDefault();
    return;
  }
  const list = document.querySelector("[data-so-keys]");
  const item = event.target.closest("[data-so-item]");
  if (inboxKey(event)) return;
  if (list && (event.key === "j" || event.key === "k")) {
    move(list, event.key === "j" ? 1 : -1);
    inboxMoved();
  } else if (item && event.key === "x") item.querySelector("input[type=checkbox]")?.click();
  else document.querySelector(`[data-so-key="${CSS.escape(event.key)}"]`)?.focus();
});
