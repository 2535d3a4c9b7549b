// Formset rows: add from the <template>, take away by ticking DELETE; amounts are the server's work.
function changed(box) {
  box.dispatchEvent(new CustomEvent("so:rows", { bubbles: true }));
}

const FIELDS = "input:not([type=hidden]):not([type=checkbox]), select, textarea";
const PHONE = window.matchMedia("(max-width: 991.98px)");

function values(row) {
  return [...row.querySelectorAll(FIELDS)].map((field) => field.value).join("\n");
}

function show(box, row) {
  row.hidden = false;
  row.querySelector(FIELDS)?.focus();
  changed(box);
}

// Without script the spare rows stand open; with it one is enough, and the button brings the others.
function tidy(box) {
  const pattern = box.querySelector("template");
  const blank = pattern && values(pattern.content);
  const rows = [...box.querySelectorAll("[data-so-row]")];
  const spare = rows.filter((row) => values(row) === blank && !row.querySelector("[aria-invalid=true]"));
  const kept = spare.length === rows.length ? 1 : 0;
  for (const row of spare.slice(kept)) {
    row.hidden = true;
    row.dataset.soSpare = "";
  }
  if (!PHONE.matches) return;
  box.querySelectorAll("[data-so-fold]").forEach((fold) => fold.setAttribute("aria-expanded", "false"));
}

function add(box) {
  const spare = box.querySelector("[data-so-spare]");
  if (spare) {
    delete spare.dataset.soSpare;
    show(box, spare);
    return;
  }
  const total = box.querySelector(`input[name="${box.dataset.soRepeat}-TOTAL_FORMS"]`);
  const pattern = box.querySelector("template");
  const shell = document.createElement("template");
  shell.innerHTML = pattern.innerHTML.replaceAll("__prefix__", total.value);
  const row = shell.content.firstElementChild;
  total.value = String(Number(total.value) + 1);
  box.querySelector("[data-so-rows]").append(row);
  window.htmx.process(row);
  show(box, row);
}

function remove(box, row) {
  const mark = row.querySelector('input[name$="-DELETE"]');
  // a row never leaves the document: Django counts forms by their index
  if (mark) mark.checked = true;
  else row.querySelectorAll("input:not([type=hidden]), select, textarea").forEach((f) => { f.value = ""; });
  row.hidden = true;
  box.querySelector("[data-so-add]")?.focus();
  changed(box);
}

document.querySelectorAll("[data-so-repeat]").forEach(tidy);

document.addEventListener("click", (event) => {
  const fold = event.target.closest("[data-so-fold]");
  fold?.setAttribute("aria-expanded", String(fold.getAttribute("aria-expanded") !== "true"));
  const button = event.target.closest("[data-so-add], [data-so-remove]");
  const box = button?.closest("[data-so-repeat]");
  if (!box) return;
  event.preventDefault();
  if (button.matches("[data-so-add]")) add(box);
  else remove(box, button.closest("[data-so-row]"));
});
