// The frame of every page; all of it works without this script, but for the button that prints.
(() => {
  "use strict";

  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }

  const box = document.querySelector(".login-box");
  if (!box) return;
  const summary = box.querySelector("summary");

  // The box lies over the page, and goes when somebody turns to what is beneath. What was typed into it stays.
  const closeUnlessWithin = (event) => {
    if (!box.contains(event.target)) box.open = false;
  };
  document.addEventListener("click", closeUnlessWithin);
  document.addEventListener("focusin", closeUnlessWithin);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !box.open) return;
    if (box.contains(document.activeElement)) summary.focus();
    box.open = false;
  });
})();
