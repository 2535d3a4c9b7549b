// Position on request: fills the hidden fields of the form; a refusal is explained and stops nothing.
const WORDS = { 1: "denied", 2: "unavailable", 3: "timeout" };

function say(button, word) {
  const place = button.parentElement.querySelector("[data-so-locate-status]");
  place.textContent = button.dataset[word] ?? "";
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-so-locate]");
  if (!button) return;
  if (!navigator.geolocation || !window.isSecureContext) {
    say(button, "unavailable");
    return;
  }
  const field = (name) => button.form.elements[button.dataset.soLocate + name];
  say(button, "busy");
  button.setAttribute("aria-disabled", "true");
  const done = (word) => {
    button.removeAttribute("aria-disabled");
    say(button, word);
  };
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      field("lat").value = coords.latitude.toFixed(6);
      field("lng").value = coords.longitude.toFixed(6);
      field("accuracy").value = String(Math.round(coords.accuracy));
      done("found");
    },
    (error) => done(WORDS[error.code]),
    { enableHighAccuracy: true, timeout: 12000, maximumAge: 30000 },
  );
});
