// Looks again by itself while something goes on, and shows how far it is. The
// page works without it: there its links load it again.
(function () {
  "use strict";

  var part = document.querySelector("[data-refresh]");
  if (!part || !window.fetch || !window.DOMParser) return;

  var PAUSE = 1500;
  var LONGEST = 30000;
  var pause = PAUSE;

  // Who hears the page is told when the state changes, not of each file.
  var voice = document.createElement("p");
  voice.className = "visually-hidden";
  voice.setAttribute("role", "status");
  part.before(voice);

  function said(within) {
    var words = within.querySelector("[data-said]");
    return words ? words.textContent.trim() : "";
  }

  function show(fresh) {
    var held = part.contains(document.activeElement);
    var hold = held && document.activeElement.tagName;
    var before = said(part);
    part.replaceWith(fresh);
    part = fresh;
    if (said(fresh) !== before) voice.textContent = said(fresh);
    // Whoever was on a button inside goes on there, or on what came in its place.
    if (held) {
      var next = fresh.querySelector(hold.toLowerCase()) || fresh.querySelector("a, button");
      if (next) next.focus();
    }
  }

  function look() {
    if (document.hidden) return again();
    fetch(location.href, { credentials: "same-origin" }).then(function (answer) {
      if (!answer.ok || answer.redirected) throw new Error(answer.status);
      return answer.text();
    }).then(function (source) {
      var fresh = new DOMParser().parseFromString(source, "text/html").getElementById(part.id);
      if (!fresh) return;
      pause = PAUSE;
      show(fresh);
      if (fresh.hasAttribute("data-refresh")) again();
    }).catch(function () {
      pause = Math.min(pause * 2, LONGEST);
      again();
    });
  }

  function again() {
    setTimeout(look, pause);
  }

  again();
})();
