// Logs in with passkeys and creates them. Their forms stay hidden without JavaScript or without passkey support.
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
    // Redirected to the log-in or to re-authentication: submitting the form takes the page there too.
    if (answer.redirected) return null;
    if (!answer.ok) throw new Error("no challenge");
    const { publicKey } = await answer.json();
    return publicKey && withBytes(publicKey);
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const error = form.querySelector(".passkey__error");
    let isBusy = false;
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (isBusy) return;
      isBusy = true;
      error.textContent = "";
      try {
        const publicKey = await ask(form);
        // No challenge means that a field was left out. Submit the form: its page says which, before a useless passkey
        // is created.
        if (publicKey) {
          const credential = await navigator.credentials[form.dataset.passkey]({ publicKey });
          form.elements.credential.value = JSON.stringify(withText(credential));
        }
        form.submit();
      } catch {
        // Usually the person cancelled or has no passkey on this device. Browsers do not tell which.
        error.textContent = error.dataset.text;
      } finally {
        isBusy = false;
      }
    });
  }

  document.querySelectorAll("[data-no-passkeys]").forEach((note) => {
    note.hidden = true;
  });
})();
