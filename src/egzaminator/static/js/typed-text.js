// Keeps the text typed into a long form over a reload until it is saved: only in this tab, without passwords and PESEL.
(() => {
  "use strict";

  const PREFIX = "typed:";
  // Matched against `autocomplete`. The type alone does not tell: a password that is shown has type=text.
  const SECRET = /password|username|one-time-code/;
  const UNTYPED = ["hidden", "password", "submit", "button", "file"];

  const form = document.querySelector("form[data-kept]");
  const key = form?.dataset.kept ? PREFIX + form.dataset.kept : "";

  const forgetAllBut = (kept) =>
    Object.keys(sessionStorage)
      .filter((name) => name.startsWith(PREFIX) && name !== kept)
      .forEach((name) => sessionStorage.removeItem(name));

  if (form || document.querySelector('meta[name="typed-text"][content="forget"]')) forgetAllBut(key);
  if (!key) return;

  const controls = [...form.elements].filter(
    (control) => control.name && !UNTYPED.includes(control.type) && !SECRET.test(control.autocomplete),
  );
  let isOver = false;

  const keep = (isSent) => {
    if (isOver) return;
    const typed = controls.map((control) => [
      control.name,
      control.type === "checkbox" ? control.checked : control.value,
    ]);
    sessionStorage.setItem(key, JSON.stringify({ isSent, typed: Object.fromEntries(typed) }));
  };

  const putBack = (typed) => {
    for (const control of controls) {
      if (!(control.name in typed)) continue;
      if (control.type === "checkbox") control.checked = typed[control.name];
      else control.value = typed[control.name];
      control.dispatchEvent(new Event("change", { bubbles: true }));
    }
  };

  const kept = JSON.parse(sessionStorage.getItem(key) ?? "null");
  // Text that the server filled in is newer. An empty form after a submitted one means that it was saved.
  if ("filled" in form.dataset) keep(false);
  else if (kept?.isSent) sessionStorage.removeItem(key);
  else if (kept) putBack(kept.typed);

  form.addEventListener("input", () => keep(false));
  form.addEventListener("change", () => keep(false));
  form.addEventListener("submit", () => keep(true));
  form.addEventListener("grant-over", () => {
    isOver = true;
    sessionStorage.removeItem(key);
  });
})();
