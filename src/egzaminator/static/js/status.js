// The status page: polls the state of the e-mail, and counts down the pause before it may be sent again.
(() => {
  "use strict";

  const part = document.querySelector("[data-refresh]");
  const seconds = Number(part?.dataset.seconds);
  const settled = ["activated", "stopped", "superseded", "expired"];

  const stuck = ["rejected", "deferred"];

  const refresh = async () => {
    if (document.hidden) return;
    const response = await fetch(part.dataset.refresh, { headers: { Accept: "text/html" } });
    if (!response.ok || response.redirected) return;
    const fresh = document.createElement("template");
    fresh.innerHTML = await response.text();
    const [before, after] = [part.firstElementChild, fresh.content.firstElementChild];
    // The actions below differ when the e-mail was not delivered, so the whole page is loaded again.
    if (after && stuck.includes(after.dataset.state) !== stuck.includes(before.dataset.state)) return location.reload();
    // Screen readers would read an unchanged text out again.
    if (!after || before.textContent === after.textContent) return;
    before.replaceChildren(...after.childNodes);
    before.dataset.state = after.dataset.state;
    if (settled.includes(after.dataset.state)) settle();
  };
  // Remove the actions, because nothing more can be done about the e-mail. If one of them has the focus, move the focus
  // to the link that leads on.
  const settle = () => {
    clearInterval(timer);
    for (const open of document.querySelectorAll("[data-while-open]")) {
      if (open.contains(document.activeElement)) part.querySelector("a")?.focus();
      open.remove();
    }
  };
  const timer = part ? setInterval(() => refresh().catch(() => {}), seconds * 1000) : 0;

  const button = document.querySelector("[data-pause]");
  const text = document.querySelector("[data-pause-text]");
  let left = Number(button?.dataset.pause);
  const tick = () => {
    button.disabled = left > 0;
    text.textContent = left > 0 ? text.dataset.pauseText.replace("{seconds}", left) : "";
    if (left > 0) setTimeout(tick, 1000);
    left -= 1;
  };
  if (button && left > 0) tick();
})();
