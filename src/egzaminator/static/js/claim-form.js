// The form of the first login: offers to prolong the claim grant before its 30 minutes end.
(() => {
  "use strict";

  const form = document.querySelector("form[data-seconds-left]");
  const offer = document.getElementById("time-left");
  if (!form || !offer) return;

  const inSeconds = (seconds) => Date.now() + seconds * 1000;
  let expires = inSeconds(Number(form.dataset.secondsLeft));
  const warning = Number(form.dataset.warningSeconds) * 1000;
  const button = offer.querySelector("button");
  let focused = null;

  const watch = () => {
    const left = expires - Date.now();
    if (offer.hidden && left > 0 && left <= warning) {
      focused = document.activeElement;
      offer.hidden = false;
      offer.querySelector("h2").focus();
    }
    if (left <= 0) {
      offer.hidden = true;
      form.dispatchEvent(new Event("grant-over"));
    }
  };

  button.addEventListener("click", async () => {
    const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
    const body = new URLSearchParams({ whose: form.dataset.prolongMark });
    const response = await fetch(form.dataset.prolongUrl, { method: "POST", headers: { "X-CSRFToken": token }, body });
    if (response.ok) expires = inSeconds((await response.json()).seconds);
    offer.hidden = true;
    focused?.focus();
  });

  setInterval(watch, 1000);
})();
