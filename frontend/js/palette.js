// Search everywhere: Ctrl-K or `/` opens a dialog over the page; htmx fills it, this file does the keys.
// The dialog itself keeps the focus inside and gives it back when it closes.
const dialog = () => document.getElementById("so-palette");
const field = () => document.getElementById("so-palette-q");
const options = () => [...dialog().querySelectorAll("[role=option]")];

export function openPalette(text = "") {
  const box = dialog();
  if (!box || box.open) return Boolean(box);
  field().value = text;
  box.showModal();
  field().select();
  field().dispatchEvent(new Event("so:ask"));
  return true;
}

function mark(option) {
  options().forEach((one) => one.setAttribute("aria-selected", String(one === option)));
  if (option) {
    field().setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else field().removeAttribute("aria-activedescendant");
}

// the list is an answer to what stands in the field now, not to what stood there a moment ago
function fits() {
  const said = dialog().querySelector("[data-so-for]");
  return said?.dataset.soFor === field().value.trim().replace(/\s+/g, " ");
}

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id !== "so-palette-list") return;
  const found = options();
  field().setAttribute("aria-expanded", String(found.length > 0));
  field().setAttribute("aria-controls", found.length ? "so-palette-options" : "so-palette-list");
  mark(found[0]);
  document.getElementById("so-palette-said").textContent =
    dialog().querySelector("[data-so-for]")?.textContent ?? "";
});

document.addEventListener("keydown", (event) => {
  if (event.target.id !== "so-palette-q" || event.isComposing) return;
  const found = options();
  const at = found.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if ((event.key === "ArrowDown" || event.key === "ArrowUp") && found.length) {
    event.preventDefault();
    const step = event.key === "ArrowDown" ? 1 : -1;
    mark(found[(at + step + found.length) % found.length]);
  } else if (event.key === "Enter" && found[at] && fits()) {
    event.preventDefault();
    location.assign(found[at].href);
  } else if (event.key === "Escape") {
    // a field of search would only be emptied
    event.preventDefault();
    event.stopPropagation();
    dialog().close();
  }
});

document.addEventListener("click", (event) => {
  const box = event.target.closest("[data-so-open-palette]");
  if (box) {
    const input = box.querySelector("input");
    if (openPalette(input.value)) input.value = "";
  } else if (event.target.closest("[data-so-shut-palette]") || event.target === dialog()) {
    dialog().close();
  }
});
