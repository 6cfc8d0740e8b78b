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

// The state of each part of the form, in words, beside the link to it.
(() => {
  "use strict";

  const list = document.querySelector(".parts");
  const form = document.getElementById("typed-form");
  if (!list || !form) return;

  const plural = new Intl.PluralRules(document.documentElement.lang);
  const words = (name, n) => {
    const category = plural.select(n);
    const key = `${name}${category[0].toUpperCase()}${category.slice(1)}`;
    return (list.dataset[key] ?? list.dataset[`${name}Many`]).replace("{n}", n);
  };

  const parts = [...list.querySelectorAll("li")].map((item) => {
    const part = document.querySelector(item.querySelector("a").hash).closest(".part");
    const controls = [...part.querySelectorAll("fieldset :is(input:not([type=checkbox]), select)")];
    return { item, controls };
  });
  const sent = new Map(parts.flatMap((part) => part.controls).map((control) => [control, control.value]));

  // Until it is changed, or the question about it is answered by the box.
  const isRefused = (control) =>
    control.hasAttribute("aria-invalid") &&
    control.value === sent.get(control) &&
    !document.getElementById(`id_confirmed_${control.name}`)?.checked;
  const isMissing = (control) => !control.value.trim() && !document.getElementById(`${control.id}_optional`);

  const update = () => {
    for (const { item, controls } of parts) {
      const asked = controls.filter((control) => !control.closest("[hidden]"));
      const errors = asked.filter(isRefused).length;
      const missing = asked.filter(isMissing).length;
      item.dataset.state = errors ? "errors" : missing ? "missing" : "done";
      item.querySelector("span").textContent = errors
        ? words("errors", errors)
        : missing
          ? words("missing", missing)
          : list.dataset.done;
    }
  };

  update();
  form.addEventListener("input", update);
  form.addEventListener("change", update);
  window.addEventListener("pageshow", update);
})();
