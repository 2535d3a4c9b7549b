// Sending once, warning before unsaved work is lost, focus on the first error, selects that send.
let dirty = null;

function hold(form, submitter) {
  form.dataset.soSent = "";
  // after the browser has collected the fields: a disabled button would lose its name and value
  setTimeout(() => {
    const buttons = form.querySelectorAll("button:not([type=button]), input[type=submit]");
    [...buttons, submitter].forEach((button) => button?.setAttribute("aria-disabled", "true"));
  });
}

function release(form) {
  delete form.dataset.soSent;
  const buttons = [...document.querySelectorAll("[form][aria-disabled]")].filter((b) => b.form === form);
  [...form.querySelectorAll("[aria-disabled]"), ...buttons].forEach((b) => b.removeAttribute("aria-disabled"));
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if ("soSent" in form.dataset) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  if (form === dirty) dirty = null;
  if (form.method === "post") hold(form, event.submitter);
}, true);

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form");
  if (form) release(form);
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-so-sent]").forEach(release);
});

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.matches("[data-so-dirty]")) dirty = form;
});
window.addEventListener("beforeunload", (event) => {
  if (dirty?.isConnected) event.preventDefault();
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-so-autosend]")) event.target.form.requestSubmit();
  if (event.target.matches("[data-so-check-all]")) {
    const boxes = document.querySelectorAll(event.target.dataset.soCheckAll);
    boxes.forEach((box) => { box.checked = event.target.checked; });
  }
});

function firstError(scope) {
  const field = scope.querySelector?.("[aria-invalid=true]:not([type=hidden])");
  (field || scope.querySelector?.("[data-so-form-errors]"))?.focus();
}
document.addEventListener("htmx:afterSettle", (event) => firstError(event.target));
firstError(document);
