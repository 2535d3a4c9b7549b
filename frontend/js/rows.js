// Formset rows: add from the <template>, take away by ticking DELETE; amounts are the server's work.
function changed(box) {
  box.dispatchEvent(new CustomEvent("so:rows", { bubbles: true }));
}

function add(box) {
  const total = box.querySelector(`input[name="${box.dataset.soRepeat}-TOTAL_FORMS"]`);
  const pattern = box.querySelector("template");
  const shell = document.createElement("template");
  shell.innerHTML = pattern.innerHTML.replaceAll("__prefix__", total.value);
  const row = shell.content.firstElementChild;
  total.value = String(Number(total.value) + 1);
  box.querySelector("[data-so-rows]").append(row);
  window.htmx.process(row);
  row.querySelector("input:not([type=hidden]), select")?.focus();
  changed(box);
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

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-so-add], [data-so-remove]");
  const box = button?.closest("[data-so-repeat]");
  if (!box) return;
  event.preventDefault();
  if (button.matches("[data-so-add]")) add(box);
  else remove(box, button.closest("[data-so-row]"));
});
