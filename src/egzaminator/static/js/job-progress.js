// The page of a job: loads how far it is again and again, and the whole page when its state changes.
(() => {
  "use strict";

  // A page that stays open must not keep the session alive for ever.
  const MOST = 200;

  const part = document.querySelector("[data-again-after]");
  if (!part) return;
  // Without scripts the page reloads itself (the Refresh header). Read out anew every few seconds, it would be a nuisance.
  addEventListener("load", () => window.stop());

  let count = 0;
  const again = async () => {
    if (document.hidden) return;
    count += 1;
    if (count >= MOST) clearInterval(timer);
    const response = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!response.ok || response.redirected) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.querySelector("[data-job]");
    if (!fresh || fresh.dataset.job !== part.dataset.job) return location.reload();
    // Screen readers would read an unchanged text out again.
    if (fresh.textContent !== part.textContent) part.replaceChildren(...fresh.childNodes);
  };
  const timer = setInterval(() => again().catch(() => {}), Number(part.dataset.againAfter) * 1000);
})();
