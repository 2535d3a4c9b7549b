// The inbox in place: a document opens beside the list (over it on a phone), is decided there, and the
// next one follows. Every row is a link to the same thing as a page, which is all there is without script.
import { toast, words } from "./toasts.js";

const WIDE = window.matchMedia("(min-width: 1200px)");
const box = () => document.querySelector("[data-so-inbox]");
const glance = () => document.getElementById("so-glance");
const items = () => [...box().querySelectorAll("[data-so-item]")];
const link = (item) => item?.querySelector("[data-so-glance]");
const drafts = new Map(); // what was typed about a document that was left for another
let shown = ""; // the document in the glance
let asked = 0;

export const keysOn = () => localStorage.getItem("so-letters") !== "off";

function row(pk) {
  return items().find((item) => item.dataset.soItem === pk);
}

function mark(item) {
  items().forEach((one) => one.removeAttribute("aria-current"));
  item?.setAttribute("aria-current", "true");
}

function keepDraft() {
  const field = glance().querySelector("#decide-comment");
  if (shown && field?.value) drafts.set(shown, field.value);
}

function focusOn(selector) {
  const target = selector && glance().querySelector(selector);
  if (target) {
    target.focus({ preventScroll: true });
    const [top, sheet] = [target.getBoundingClientRect().top, glance().getBoundingClientRect()];
    glance().scrollTop += top - sheet.top - sheet.height / 3;
  }
  return Boolean(target);
}

async function open(item, selector = "") {
  const pk = item?.dataset.soItem;
  if (!pk) return;
  const turn = (asked += 1);
  if (shown !== pk || !glance().open) {
    keepDraft();
    await window.htmx.ajax("GET", link(item).href, { target: "#so-glance-body", swap: "innerHTML" });
    if (turn !== asked) return;
    if (glance().querySelector("[data-so-case]")?.dataset.soCase !== pk) return;
    shown = pk;
    glance().scrollTop = 0;
    const field = glance().querySelector("#decide-comment");
    if (field && drafts.has(pk)) field.value = drafts.get(pk);
  }
  mark(item);
  if (!glance().open) {
    if (WIDE.matches) {
      const held = document.activeElement;
      glance().show();
      held?.focus();
    } else {
      glance().showModal();
      history.pushState({ soGlance: pk }, "");
    }
  }
  if (!focusOn(selector) && !WIDE.matches) focusOn("[data-so-case-title]");
}

function hide() {
  keepDraft();
  glance().close();
}

// closed by whatever way: the row it came from has the focus again
function closed() {
  link(row(shown))?.focus();
  mark(null);
  shown = "";
  document.getElementById("so-glance-body").replaceChildren();
  if (history.state?.soGlance) history.back();
}

async function refresh(at) {
  const wasOpen = glance().open && WIDE.matches;
  if (shown) document.getElementById("so-glance-body").replaceChildren();
  shown = "";
  if (glance().open && !wasOpen) hide();
  await window.htmx.ajax("GET", location.href, { target: "#so-inbox", swap: "innerHTML" });
  const rows = items();
  const next = rows[Math.min(at, rows.length - 1)];
  if (!next) {
    if (glance().open) hide();
    document.getElementById("main").focus();
    return;
  }
  link(next).focus();
  if (wasOpen) open(next);
}

function tick() {
  const form = document.getElementById("batch");
  if (!form) return;
  const all = [...document.querySelectorAll(".so-pick:checked")];
  box().dataset.soTicks = String(all.length);
  const said = form.querySelector("[data-so-ticked]");
  said.textContent = all.length ? said.dataset.one.replace("{n}", all.length) : "";
}

// Batches go in small parts, so that a long one shows how far it is and can be left at any moment.
async function batch(form) {
  const picks = [...document.querySelectorAll(".so-pick:checked")];
  const bar = form.querySelector("progress");
  const said = form.querySelector("[data-so-batch-said]");
  let left = 0;
  bar.hidden = false;
  bar.max = picks.length;
  form.querySelector("details").open = false;
  form.setAttribute("aria-busy", "true");
  for (let done = 0; done < picks.length; done += 5) {
    const part = picks.slice(done, done + 5);
    const cases = part.map((pick) => {
      const at = pick.value.indexOf(":"); // the hash has one of its own
      return { id: Number(pick.value.slice(0, at)), content_hash: pick.value.slice(at + 1) };
    });
    const answer = await fetch(form.dataset.soBatch, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value,
        "Idempotency-Key": crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`,
      },
      body: JSON.stringify({ cases }),
    }).catch(() => null);
    if (!answer?.ok) {
      toast({ level: "error", text: answer ? words().failed : words().offline });
      left = -1;
      break;
    }
    for (const one of await answer.json()) {
      const item = row(String(one.id));
      if (!item) continue;
      item.querySelector(".so-pick").checked = false;
      if (one.refusal) {
        left += 1;
        const why = document.createElement("div");
        why.className = "so-small so-bad";
        why.textContent = one.refusal;
        item.querySelector(".so-min").append(why);
      } else item.remove();
    }
    bar.value = Math.min(done + 5, picks.length);
    said.textContent = said.dataset.words.replace("{done}", bar.value).replace("{all}", picks.length);
  }
  form.removeAttribute("aria-busy");
  delete form.dataset.soSent;
  document.querySelectorAll("#batch [aria-disabled]").forEach((b) => b.removeAttribute("aria-disabled"));
  if (left) {
    if (left > 0) toast({ level: "warning", text: said.dataset.left.replace("{n}", left) });
    bar.hidden = true;
    tick();
  } else {
    toast({ level: "success", text: said.textContent });
    refresh(0);
  }
}

/** Whether a letter meant something here; the focus is on a row, in the glance, or nowhere. */
export function inboxKey(event) {
  if (!box()) return false;
  const help = document.getElementById("so-keys");
  if (event.key === "?") {
    if (!help.open) help.showModal();
    return true;
  }
  if (help.open) return false;
  if (event.key === "Escape" && glance().open && !glance().matches(":modal")) {
    hide();
    return true;
  }
  const item = event.target.closest("[data-so-item]") ?? (glance().open ? row(shown) : null);
  const ways = {
    o: "",
    a: "[data-so-key=a]",
    r: "#decide-comment",
    d: "#decide-comment",
    c: "[data-so-say]",
  };
  if (!item || !(event.key in ways)) return false;
  event.preventDefault();
  open(item, ways[event.key]).then(() => {
    const field = glance().querySelector("#decide-comment");
    if (field && "rd".includes(event.key)) field.dataset.soSend = event.key;
    if (event.key === "c") glance().querySelector("[data-so-say]")?.click();
  });
  return true;
}

/** j and k go on to the next document as well while one is open beside the list. */
export function inboxMoved() {
  if (box() && glance().open && WIDE.matches) open(document.activeElement.closest("[data-so-item]"));
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const verb = event.target.dataset?.soSend;
  if (verb) event.target.form.querySelector(`[data-so-verb="${verb}"]`).click();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-so-show]")) {
    document.getElementById(event.target.closest("[data-so-show]").dataset.soShow).showModal();
  } else if (event.target.closest("[data-so-hide]")) event.target.closest("dialog").close();
  if (!box()) return;
  const opener = event.target.closest("[data-so-glance]");
  if (opener && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
    event.preventDefault();
    open(opener.closest("[data-so-item]"));
  } else if (event.target.closest("[data-so-shut-glance]")) hide();
  const jump = event.target.closest(".so-glance .so-actionbar a[href^='#']");
  if (jump) {
    event.preventDefault();
    focusOn(jump.getAttribute("href"));
  }
});

document.addEventListener("change", (event) => {
  if (event.target.matches(".so-pick")) tick();
  if (event.target.matches("[data-so-keys-on]")) {
    localStorage.setItem("so-letters", event.target.checked ? "on" : "off");
  }
});

document.addEventListener("submit", (event) => {
  if (event.target.id !== "batch" || !box()) return;
  event.preventDefault();
  batch(event.target);
});

document.addEventListener("so:decided", (event) => {
  if (!box()) return;
  const pk = String(event.detail.case);
  const at = items().findIndex((item) => item.dataset.soItem === pk);
  drafts.delete(pk);
  refresh(Math.max(at, 0));
});

// somebody else was faster: the reason is told in a toast, the list is fetched anew
document.addEventListener("htmx:responseError", (event) => {
  if (box() && event.detail.xhr.status === 409 && event.target.closest("#so-glance")) refresh(0);
});

window.addEventListener("popstate", () => {
  if (box() && glance().open && glance().matches(":modal")) hide();
});

if (box()) {
  tick();
  glance().addEventListener("close", closed);
  document.querySelector("[data-so-keys-on]").checked = keysOn();
}
document.addEventListener("htmx:afterSettle", (event) => {
  if (box() && event.target.id === "so-inbox") tick();
});
