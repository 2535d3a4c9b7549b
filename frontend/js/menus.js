// <details> menus and confirmations: one open at a time, closed by Escape or a click elsewhere.
const OPEN = "details.so-menu[open], details.so-confirm[open], details.so-term[open]";

document.addEventListener("click", (event) => {
  const shut = event.target.closest("[data-so-shut]");
  document.querySelectorAll(OPEN).forEach((menu) => {
    if (!menu.contains(event.target) || (shut && menu.contains(shut))) menu.open = false;
  });
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.querySelectorAll(OPEN).forEach((menu) => {
    menu.open = false;
    menu.querySelector("summary").focus();
  });
});

document.addEventListener("toggle", (event) => {
  if (!event.target.matches?.(OPEN)) return;
  event.target.querySelector("[autofocus], input:not([type=hidden]), textarea")?.focus();
}, true);

// a row of chips wider than the phone begins with the one that is chosen
document.querySelectorAll(".so-chips > [aria-current]").forEach((chip) => {
  chip.parentElement.scrollLeft = chip.offsetLeft - 16;
});
