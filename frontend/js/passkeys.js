// Forms that take a passkey: `data-so-passkey="create"` makes one, `"get"` uses one. The question
// comes from a JSON element (`data-source`) or an address (`data-url`); the answer goes into the
// hidden field `credential`, and the form is sent as it is.
import { toast } from "./toasts.js";

function bytes(text) {
  const plain = text.replace(/-/g, "+").replace(/_/g, "/");
  return Uint8Array.from(atob(plain), (letter) => letter.charCodeAt(0));
}

function text(buffer) {
  const plain = btoa(String.fromCharCode(...new Uint8Array(buffer)));
  return plain.replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
}

const keys = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

async function question(form) {
  if (form.dataset.url) {
    const answer = await fetch(form.dataset.url, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.statusText);
    return (await answer.json()).publicKey;
  }
  return JSON.parse(document.getElementById(form.dataset.source).textContent).publicKey;
}

async function create(asked) {
  const made = await navigator.credentials.create({
    publicKey: {
      ...asked,
      challenge: bytes(asked.challenge),
      user: { ...asked.user, id: bytes(asked.user.id) },
      excludeCredentials: keys(asked.excludeCredentials),
    },
  });
  return {
    ...told(made),
    response: {
      clientDataJSON: text(made.response.clientDataJSON),
      attestationObject: text(made.response.attestationObject),
      transports: made.response.getTransports?.() ?? [],
    },
  };
}

async function get(asked) {
  const used = await navigator.credentials.get({
    publicKey: {
      ...asked,
      challenge: bytes(asked.challenge),
      allowCredentials: keys(asked.allowCredentials),
    },
  });
  const { clientDataJSON, authenticatorData, signature, userHandle } = used.response;
  return {
    ...told(used),
    response: {
      clientDataJSON: text(clientDataJSON),
      authenticatorData: text(authenticatorData),
      signature: text(signature),
      userHandle: userHandle ? text(userHandle) : null,
    },
  };
}

function told(credential) {
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

const possible = window.isSecureContext && "PublicKeyCredential" in window;
document.querySelectorAll("form[data-so-passkey]").forEach((form) => {
  if (!possible) {
    form.querySelectorAll("button:not([type=button])").forEach((button) => { button.hidden = true; });
    form.querySelectorAll("[data-so-passkey-none]").forEach((note) => { note.hidden = false; });
  }
});

// on the window, so that this stands before the listener that lets a form be sent only once
window.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-so-passkey]") || form.elements.credential.value) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  try {
    const asked = await question(form);
    const made = form.dataset.soPasskey === "create" ? await create(asked) : await get(asked);
    form.elements.credential.value = JSON.stringify(made);
    form.requestSubmit();
  } catch {
    toast({ level: "warning", text: form.dataset.failed });
  }
}, true);
