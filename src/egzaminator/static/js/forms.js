// Enhances forms, all of which work without it. The texts that it shows come from data attributes.
(() => {
  "use strict";

  // Seconds after which a form may be submitted again although the first response has not arrived.
  const PATIENCE = 10;
  // Milliseconds without typing after which screen readers announce the strength of the password.
  const QUIET = 1000;

  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  const element = (name, properties, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };

  // Initial focus ------------------------------------------------------------------------------------------------------

  document.querySelector(".error-summary, [data-focus]")?.focus();

  // Conditional parts of a form -----------------------------------------------------------------------------------------

  const answerOf = (control) => (control.type === "checkbox" && !control.checked ? "" : control.value);

  const conditions = all("[data-asked-when]").map((part) => {
    const control = document.getElementById(part.dataset.askedWhen);
    const answers = part.dataset.askedValues.split(" ");
    const update = () => {
      part.hidden = !answers.includes(answerOf(control));
    };
    control.addEventListener("change", update);
    return update;
  });
  const updateConditions = () => conditions.forEach((update) => update());
  updateConditions();

  // Passwords ---------------------------------------------------------------------------------------------------------

  const reveal = (input, button, isShown) => {
    input.type = isShown ? "text" : "password";
    button.setAttribute("aria-pressed", String(isShown));
  };

  const makeShowButton = (input, words) => {
    // The first word is seen, all are heard. No aria-label: whoever looks for the field by its label would find two.
    const [seen, ...others] = words.textShow.split(" ");
    const heard = element("span", { className: "visually-hidden" }, ` ${others.join(" ")}`);
    const button = element("button", { type: "button", className: "button button--secondary password__show" }, seen, heard);
    reveal(input, button, false);
    button.addEventListener("click", () => reveal(input, button, input.type === "password"));
    // Submitted as type=password, so that browsers do not save it for autofill of text fields.
    input.form?.addEventListener("submit", () => reveal(input, button, false));
    return button;
  };

  const repeats = (password) => /(.)\1{3}|^(.{1,5})\2+.{0,4}$/u.test(password);

  const strengthOf = (input, words) => {
    const characters = [...input.value.normalize("NFC")].length;
    const least = Number(input.dataset.minLength);
    if (characters === 0) return "";
    if (characters < least) return words.textShort.replace("{now}", characters).replace("{least}", least);
    return repeats(input.value) ? words.textRepeated : words.textEnough;
  };

  const makeStrength = (input, words) => {
    const seen = element("p", { className: "password__strength" });
    seen.setAttribute("aria-hidden", "true");
    const heard = element("p", { className: "visually-hidden" });
    heard.setAttribute("aria-live", "polite");
    let timer = 0;
    input.addEventListener("input", () => {
      seen.textContent = strengthOf(input, words);
      clearTimeout(timer);
      timer = setTimeout(() => {
        heard.textContent = seen.textContent;
      }, QUIET);
    });
    return [seen, heard];
  };

  const makeSuggestion = (input, showButton, words) => {
    const suggestions = input.dataset.suggestions.split(" ");
    let next = 0;
    const button = element("button", { type: "button", className: "button button--secondary" }, words.textSuggest);
    const told = element("p", { className: "hint" });
    told.setAttribute("role", "status");
    button.addEventListener("click", () => {
      const passwords = all("input[autocomplete=new-password]", input.form ?? document);
      for (const one of passwords) {
        one.value = suggestions[next % suggestions.length];
        one.dispatchEvent(new Event("input", { bubbles: true }));
      }
      next += 1;
      reveal(input, showButton, true);
      told.textContent = words.textSuggested;
    });
    return [button, told];
  };

  const makeCapsHint = (input, words) => {
    const told = element("p", { className: "hint" });
    told.setAttribute("role", "status");
    const update = (event) => {
      told.textContent = event.getModifierState?.("CapsLock") ? words.textCaps : "";
    };
    input.addEventListener("keydown", update);
    input.addEventListener("keyup", update);
    return told;
  };

  // Errors about a password that has been replaced ----------------------------------------------------------------------

  const forgetErrors = (input) => {
    const error = document.getElementById(`${input.id}_error`);
    if (!error) return;
    const others = (input.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id !== error.id);
    if (others.length) input.setAttribute("aria-describedby", others.join(" "));
    else input.removeAttribute("aria-describedby");
    input.removeAttribute("aria-invalid");
    input.closest(".field--error")?.classList.remove("field--error");
    error.remove();
    const summary = document.querySelector(".error-summary");
    all(`a[href="#${input.id}"]`, summary ?? document.createDocumentFragment()).forEach((link) => link.closest("li").remove());
    if (summary && !summary.querySelector("li")) summary.remove();
  };

  // The error is about the password that was submitted. Remove it as soon as the new value passes the checks made here.
  const watchErrors = (input, words) => {
    const [first] = all("input[autocomplete=new-password]", input.form ?? document);
    input.addEventListener("input", () => {
      const isRight = input === first ? strengthOf(input, words) === words.textEnough : input.value === first.value;
      if (isRight) forgetErrors(input);
    });
  };

  for (const wrapper of all(".password")) {
    const input = wrapper.querySelector("input");
    const words = wrapper.dataset;
    const showButton = makeShowButton(input, words);
    input.after(showButton);
    wrapper.append(makeCapsHint(input, words));
    if (input.autocomplete === "new-password") watchErrors(input, words);
    if (input.dataset.suggestions) {
      const [button, told] = makeSuggestion(input, showButton, words);
      wrapper.append(button, told);
    }
    if (input.dataset.minLength) wrapper.append(...makeStrength(input, words));
  }

  // Double submits ------------------------------------------------------------------------------------------------------

  const sent = new Map();

  const release = (form) => {
    clearTimeout(sent.get(form));
    sent.delete(form);
    all("button[type=submit]", form).forEach((button) => button.removeAttribute("aria-disabled"));
  };

  for (const form of all("form[data-submit-once]")) {
    form.addEventListener("submit", (event) => {
      if (sent.has(form)) {
        event.preventDefault();
        return;
      }
      sent.set(form, setTimeout(() => release(form), PATIENCE * 1000));
      all("button[type=submit]", form).forEach((button) => button.setAttribute("aria-disabled", "true"));
    });
  }

  // After the Back button, browsers may show the page as it was left, or with its fields filled in again.
  window.addEventListener("pageshow", () => {
    [...sent.keys()].forEach(release);
    updateConditions();
  });
})();
