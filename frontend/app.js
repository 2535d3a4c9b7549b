// Everything here is an addition: each page reads and works without it.
import htmx from "htmx.org";
import "./js/menus.js";
import "./js/forms.js";
import "./js/rows.js";
import "./js/lookup.js";
import "./js/palette.js";
import "./js/inbox.js";
import "./js/keys.js";
import "./js/locate.js";
import "./js/theme.js";
import "./js/passkeys.js";
import { toast, words } from "./js/toasts.js";

Object.assign(htmx.config, {
  allowEval: false,
  allowScriptTags: false,
  includeIndicatorStyles: false,
  selfRequestsOnly: true,
  historyCacheSize: 0,
  refreshOnHistoryMiss: true,
  // 422 carries the form with its errors; every other refusal is told in a toast
  responseHandling: [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "422", swap: true },
    { code: "[45]..", swap: false, error: true },
  ],
});
window.htmx = htmx;
document.documentElement.dataset.soJs = "";

const cited = (text, clauses = []) => (text ? [text, ...new Set(clauses)].join(" · ") : "");

function reason(xhr) {
  const type = xhr.getResponseHeader("Content-Type") || "";
  if (type.includes("json")) {
    const said = JSON.parse(xhr.responseText);
    return cited(said.detail, said.because?.clauses);
  }
  const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
  const chips = [...page.querySelectorAll(".so-because .so-clause")].map((e) => e.textContent);
  return cited(page.querySelector("[data-so-reason]")?.textContent.trim(), chips);
}

document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  if (xhr.status === 401) location.reload();
  else toast({ level: "error", text: reason(xhr) || words().failed });
});
document.addEventListener("htmx:sendError", () => toast({ level: "error", text: words().offline }));
document.addEventListener("so:toast", (event) => toast(event.detail));
