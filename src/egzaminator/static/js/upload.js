// The form that takes a file: tells that it is too large before it is sent. The server tells it too, while it arrives.
(() => {
  "use strict";

  const input = document.querySelector("input[data-largest]");
  if (!input) return;

  const isTooLarge = () => input.files.length > 0 && input.files[0].size > Number(input.dataset.largest);

  const note = Object.assign(document.createElement("p"), { className: "upload__fault", role: "alert", id: "too-large" });
  input.after(note);

  const tell = () => {
    note.textContent = isTooLarge() ? input.dataset.tooLarge : "";
    input.setAttribute("aria-invalid", String(isTooLarge()));
  };
  input.addEventListener("change", tell);

  // Before the form is marked as sent (forms.js).
  input.form.addEventListener(
    "submit",
    (event) => {
      if (!isTooLarge()) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      input.focus();
    },
    { capture: true },
  );
})();
