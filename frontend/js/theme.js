// light | dark | auto, kept per device; the cookie lets the server send the right attribute at once.
const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");

function chosen() {
  return localStorage.getItem("so-theme") || "auto";
}

function apply(choice) {
  const dark = choice === "dark" || (choice === "auto" && system.matches);
  const shown = dark ? "dark" : "light";
  const secure = location.protocol === "https:" ? "; secure" : "";
  const kept = choice === "auto" ? `auto-${shown}` : choice;
  document.cookie = `so-theme=${kept}; path=/; max-age=31536000; samesite=lax${secure}`;
  root.dataset.bsTheme = shown;
  document.querySelectorAll("[data-so-theme]").forEach((button) => {
    button.setAttribute("aria-pressed", String(button.dataset.soTheme === choice));
  });
  document.dispatchEvent(new CustomEvent("so:theme"));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-so-theme], [data-so-theme-toggle]");
  if (!button) return;
  const choice = button.dataset.soTheme || (root.dataset.bsTheme === "dark" ? "light" : "dark");
  localStorage.setItem("so-theme", choice);
  apply(choice);
});
system.addEventListener("change", () => apply(chosen()));
apply(chosen());
