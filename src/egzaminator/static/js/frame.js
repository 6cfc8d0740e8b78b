// The frame of every page. Everything but the print button works without this script.
(() => {
  "use strict";

  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }

  const box = document.querySelector(".login-box");
  if (!box) return;
  const summary = box.querySelector("summary");

  // The box lies over the page. It closes when something else is clicked or focused, and keeps what was typed into it.
  const closeUnlessWithin = (event) => {
    if (!box.contains(event.target)) box.open = false;
  };
  document.addEventListener("click", closeUnlessWithin);
  document.addEventListener("focusin", closeUnlessWithin);
  // Browsers open the box for a link to a field in it. Older ones need help.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const field = link && document.getElementById(link.hash.slice(1));
    if (!box.contains(field)) return;
    event.preventDefault();
    box.open = true;
    field.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !box.open) return;
    if (box.contains(document.activeElement)) summary.focus();
    box.open = false;
  });
})();
