// Pages of logged-in users: typing counts as activity, and a warning comes before the session times out from idleness.
(() => {
  "use strict";

  const MINUTE = 60 * 1000;
  const WARNING = 5 * MINUTE;
  // The shortest interval at which typing is reported to the server.
  const PAUSE = 2 * MINUTE;

  const notice = document.getElementById("session-timeout");
  const seconds = Number(notice?.dataset.secondsLeft);
  if (!seconds) return;

  const form = notice.querySelector("form");
  let ends = Date.now() + seconds * 1000;
  let visited = Date.now();
  let cannotStay = false;
  let shown = "";
  let focused = null;

  const visit = async () => {
    visited = Date.now();
    const response = await fetch(form.action, { method: "POST", body: new FormData(form) });
    if (response.ok) ends = Date.now() + (await response.json()).seconds * 1000;
    else if (response.status === 409) ends = 0;
    cannotStay = ends - Date.now() <= WARNING;
  };

  const stateNow = () => {
    const left = ends - Date.now();
    if (left > WARNING) return "";
    if (left <= 0) return "over";
    return cannotStay ? "last" : "asked";
  };

  const show = () => {
    const state = stateNow();
    if (state === shown) return;
    if (shown === "") focused = document.activeElement;
    shown = state;
    notice.hidden = state === "";
    if (state === "") {
      focused?.focus();
      return;
    }
    for (const part of notice.querySelectorAll("[data-when]")) part.hidden = !part.dataset.when.split(" ").includes(state);
    notice.querySelector("h2").focus();
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    visit().catch(() => {}).then(show);
  });
  document.addEventListener("input", () => {
    if (Date.now() - visited >= PAUSE) visit().catch(() => {});
  });
  setInterval(show, 1000);
})();
