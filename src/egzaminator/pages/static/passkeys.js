// Logs in with passkeys and makes them. Forms that need a passkey are hidden where no script runs or no passkey works.
(() => {
  "use strict";

  if (!window.PublicKeyCredential) return;

  const toBytes = (text) =>
    Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
  const toText = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replaceAll("+", "-")
      .replaceAll("/", "_")
      .replaceAll("=", "");

  const withBytes = (options) => {
    const ready = { ...options, challenge: toBytes(options.challenge) };
    if (ready.user) ready.user = { ...ready.user, id: toBytes(ready.user.id) };
    for (const list of ["allowCredentials", "excludeCredentials"]) {
      if (ready[list]) ready[list] = ready[list].map((one) => ({ ...one, id: toBytes(one.id) }));
    }
    return ready;
  };

  const withText = (credential) => {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[name]) response[name] = toText(credential.response[name]);
    }
    return { id: credential.id, rawId: credential.id, type: credential.type, response };
  };

  const ask = async (form) => {
    const token = form.querySelector("[name=csrfmiddlewaretoken]");
    const headers = token ? { "X-CSRFToken": token.value } : {};
    const answer = await fetch(form.dataset.challenge, { method: "POST", headers, body: new FormData(form) });
    // Led elsewhere, to the log-in or to prove who is there: sending the form leads the page there too.
    if (answer.redirected) return null;
    if (!answer.ok) throw new Error("no challenge");
    const { publicKey } = await answer.json();
    return publicKey && withBytes(publicKey);
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const trouble = form.querySelector(".passkey__trouble");
    let isBusy = false;
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (isBusy) return;
      isBusy = true;
      trouble.textContent = "";
      try {
        const publicKey = await ask(form);
        // Without a challenge something was left out: the page says what, before a passkey is made for nothing.
        if (publicKey) {
          const credential = await navigator.credentials[form.dataset.passkey]({ publicKey });
          form.elements.credential.value = JSON.stringify(withText(credential));
        }
        form.submit();
      } catch {
        // Mostly the person has changed their mind, or has no passkey here: browsers do not tell one from the other.
        trouble.textContent = trouble.dataset.text;
      } finally {
        isBusy = false;
      }
    });
  }

  document.querySelectorAll("[data-no-passkeys]").forEach((note) => {
    note.hidden = true;
  });
})();
