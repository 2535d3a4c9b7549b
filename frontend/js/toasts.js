// Short news from the server (`HX-Trigger: {"so:toast": {"level", "text"}}`) and from failed requests.
export function words() {
  return document.getElementById("so-words")?.dataset ?? {};
}

export function toast({ level = "success", text = "" }) {
  const pattern = document.getElementById("so-toast");
  const layer = document.querySelector(".so-toasts");
  if (!pattern || !layer || !text) return;
  const item = pattern.content.firstElementChild.cloneNode(true);
  item.classList.add(`so-toast-${level}`);
  item.querySelector("p").textContent = text;
  layer.append(item);
}

document.addEventListener("click", (event) => {
  event.target.closest("[data-so-close]")?.closest(".so-toast, .so-notice").remove();
});
document.addEventListener("animationend", (event) => {
  if (event.animationName === "so-leave") event.target.remove();
});
