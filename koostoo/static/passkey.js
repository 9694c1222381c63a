// Asks the device for a passkey: fetches what to ask, lets the browser ask, puts the answer
// into the form and sends it. The server decides; without this script the other ways stay.
(function () {
  "use strict";

  const forms = document.querySelectorAll("form[data-passkey]");
  if (!window.PublicKeyCredential || !navigator.credentials) {
    forms.forEach(function (form) { if (form.dataset.passkey === "create") say(form, form.dataset.failed); });
    return;
  }

  // Binary values travel as base64url without padding (WebAuthn Level 3, section 5.1).
  function bytes(text) {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (sign) { return sign.charCodeAt(0); });
  }
  function text(buffer) {
    const plain = Array.from(new Uint8Array(buffer), function (byte) {
      return String.fromCharCode(byte);
    }).join("");
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function say(form, words) {
    const place = form.querySelector("[data-said]");
    place.textContent = words;
    place.hidden = false;
  }

  function readable(options) {
    options.challenge = bytes(options.challenge);
    if (options.user) options.user.id = bytes(options.user.id);
    ["excludeCredentials", "allowCredentials"].forEach(function (name) {
      (options[name] || []).forEach(function (one) { one.id = bytes(one.id); });
    });
    return options;
  }

  function answer(credential) {
    const response = {};
    ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"].forEach(
      function (name) {
        if (credential.response[name]) response[name] = text(credential.response[name]);
      }
    );
    return JSON.stringify({
      id: credential.id, rawId: text(credential.rawId), type: credential.type,
      response: response, clientExtensionResults: {}
    });
  }

  async function ask(form) {
    const asked = await fetch(form.dataset.options, { method: "POST", body: new FormData(form) });
    // Led elsewhere: signing in has lapsed meanwhile, and the page itself leads on.
    if (asked.redirected) return location.reload();
    if (!asked.ok) throw new Error("no options");
    const options = { publicKey: readable(await asked.json()) };
    const given = await navigator.credentials[form.dataset.passkey](options);
    form.elements.credential.value = answer(given);
    form.submit();
  }

  forms.forEach(function (form) {
    let busy = false;
    form.hidden = false;
    form.addEventListener("submit", async function (event) {
      event.preventDefault();
      if (busy) return;
      busy = true;
      form.querySelector("[data-said]").hidden = true;
      try {
        await ask(form);
      } catch (error) {
        const known = { NotAllowedError: "cancelled", AbortError: "cancelled", InvalidStateError: "known" };
        say(form, form.dataset[known[error.name] || "failed"]);
      }
      busy = false;
    });
  });
})();
