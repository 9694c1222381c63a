// Improves pages that already work without it: moves the reader to the error
// summary, hides questions that are not asked, copies an address, suggests the
// members of the chosen group only, shows that a form is being sent. Nothing else.
(function () {
  "use strict";

  var summary = document.querySelector("[data-error-summary]");
  if (summary) summary.focus();

  // A question that waits for another's answer is shown once that is given; it
  // stands further down, so whoever reads or hears the form in order meets it.
  // What was typed in it stays: the server leaves out what is not asked.
  var followUps = document.querySelectorAll("[data-asked-if]");
  function ask() {
    followUps.forEach(function (part) {
      // One answer, or any of several with blanks between.
      part.hidden = !part.dataset.askedAnswer.split(" ").some(function (answer) {
        var box = document.querySelector(
          'input[name="' + part.dataset.askedIf + '"][value="' + answer + '"]'
        );
        return box && box.checked && !box.closest("[hidden]");
      });
    });
  }
  if (followUps.length) {
    // The words that say when to answer are for those who see it all the time.
    document.querySelectorAll("[data-asked-words]").forEach(function (words) { words.remove(); });
    document.addEventListener("change", ask);
    window.addEventListener("pageshow", ask);
    ask();
  }

  // A copy button is hidden until it can work; the address stays selectable beside it.
  document.querySelectorAll("button[data-copy]").forEach(function (button) {
    var source = document.getElementById(button.dataset.copy);
    if (!source || !navigator.clipboard) return;
    var label = button.querySelector("[data-copy-label]") || button;
    var said = label.textContent;
    button.hidden = false;
    button.addEventListener("click", function () {
      navigator.clipboard.writeText(source.value).then(
        function () {
          label.textContent = button.dataset.done;
          setTimeout(function () { label.textContent = said; }, 4000);
        },
        function () { source.focus(); source.select(); }
      );
    });
  });

  // Ticks all boxes of a name, or none when all are ticked already.
  document.querySelectorAll("button[data-tick-all]").forEach(function (button) {
    var boxes = Array.from(document.querySelectorAll("input[type=checkbox]")).filter(function (box) {
      return box.name === button.dataset.tickAll;
    });
    button.hidden = boxes.length < 2;
    button.addEventListener("click", function () {
      var all = boxes.every(function (box) { return box.checked; });
      boxes.forEach(function (box) { box.checked = !all; });
    });
  });

  // Each group's members stand together; the first of them names the group.
  var group = document.getElementById("organisation");
  var names = document.getElementById("member-names");
  if (group && names) {
    var owner = "";
    var members = Array.from(names.options).map(function (option) {
      owner = option.dataset.of || owner;
      return { owner: owner, option: option };
    });
    var narrow = function () {
      names.replaceChildren.apply(names, members.filter(function (member) {
        return !group.value || member.owner === group.value;
      }).map(function (member) { return member.option; }));
    };
    group.addEventListener("change", narrow);
    window.addEventListener("pageshow", narrow);
  }

  // Only the looks of the button change: a second press is still sent, the
  // server counts it once. So a press lost on a bad line can be repeated.
  function rest(button) {
    if (button.dataset.said === undefined) return;
    button.textContent = button.dataset.said;
    button.removeAttribute("aria-disabled");
    delete button.dataset.said;
  }
  document.addEventListener("submit", function (event) {
    var button = event.submitter || event.target.querySelector("button[data-busy]");
    if (event.defaultPrevented || !button || !button.dataset.busy) return;
    if (button.dataset.said !== undefined) return;
    button.dataset.said = button.textContent;
    button.textContent = button.dataset.busy;
    button.setAttribute("aria-disabled", "true");
    setTimeout(function () { rest(button); }, 8000);
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("button[data-busy]").forEach(rest);
  });
})();
