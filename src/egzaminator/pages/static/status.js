// The status page: asks now and then where the e-mail is, and counts the pause before another may be sent down.
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
    // What there is to do, below, is another thing when the e-mail has not gone out.
    if (after && stuck.includes(after.dataset.state) !== stuck.includes(before.dataset.state)) return location.reload();
    // The same words again would be read out again.
    if (!after || before.textContent === after.textContent) return;
    before.replaceChildren(...after.childNodes);
    before.dataset.state = after.dataset.state;
    if (settled.includes(after.dataset.state)) settle();
  };
  // Nothing more can be done about the e-mail, and whoever stood on such a button stands on the way on instead.
  const settle = () => {
    clearInterval(timer);
    const open = document.querySelector("[data-while-open]");
    if (open?.contains(document.activeElement)) part.querySelector("a")?.focus();
    open?.remove();
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
