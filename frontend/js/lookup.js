// Search list (combobox): htmx fills the list, this file does keys, choice and the hidden id.
const box = (node) => node.closest?.(".so-lookup");
const parts = (root) => ({
  text: root.querySelector("[role=combobox]"),
  id: root.querySelector("[data-so-value]"),
  list: root.querySelector("[role=listbox]"),
});

function close(root) {
  const { text, list } = parts(root);
  list.replaceChildren();
  text.setAttribute("aria-expanded", "false");
  text.removeAttribute("aria-activedescendant");
}

function mark(root, option) {
  const { text, list } = parts(root);
  list.querySelectorAll("[aria-selected=true]").forEach((o) => o.setAttribute("aria-selected", "false"));
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  text.setAttribute("aria-activedescendant", option.id);
}

function choose(root, option) {
  const { text, id } = parts(root);
  id.value = option.dataset.value;
  text.value = option.dataset.text || option.textContent.trim();
  text.dataset.chosen = text.value;
  close(root);
  id.dispatchEvent(new Event("input", { bubbles: true }));
  id.dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("htmx:afterSwap", (event) => {
  const root = event.target.matches("[role=listbox]") && box(event.target);
  if (!root) return;
  const { text, list } = parts(root);
  list.querySelectorAll("[role=option]").forEach((option, n) => { option.id ||= `${list.id}-${n}`; });
  text.setAttribute("aria-expanded", String(list.childElementCount > 0));
});

document.addEventListener("input", (event) => {
  const root = event.target.matches("[role=combobox]") && box(event.target);
  if (!root) return;
  const { id } = parts(root);
  if (event.target.value !== event.target.dataset.chosen) id.value = "";
});

document.addEventListener("keydown", (event) => {
  const root = event.target.matches?.("[role=combobox]") && box(event.target);
  if (!root) return;
  const options = [...parts(root).list.querySelectorAll("[role=option]")];
  const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (event.key === "Escape" && options.length) {
    event.stopPropagation();
    close(root);
  } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && options.length) {
    const step = event.key === "ArrowDown" ? 1 : -1;
    event.preventDefault();
    mark(root, options[(at + step + options.length) % options.length] || options[0]);
  } else if (event.key === "Enter" && options.length) {
    event.preventDefault();
    choose(root, options[Math.max(at, 0)]);
  }
});

document.addEventListener("mousedown", (event) => {
  const option = event.target.closest(".so-lookup [role=option]");
  if (!option) return;
  event.preventDefault();
  choose(box(option), option);
});
document.addEventListener("focusout", (event) => {
  const root = event.target.matches?.("[role=combobox]") && box(event.target);
  if (root) setTimeout(() => close(root), 100);
});
