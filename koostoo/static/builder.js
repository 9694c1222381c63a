// The event form: adds, moves and takes out question rows at once, and shows texts as they
// will read. Without it the same buttons send the form, which comes back changed.
(function () {
  "use strict";

  var list = document.querySelector("[data-questions]");
  var said = document.querySelector("[data-questions-said]");

  function say(sentence, values) {
    said.textContent = sentence.replace(/%\((\w+)\)s/g, function (_all, name) {
      return values[name];
    });
  }
  function rows() { return Array.from(list.querySelectorAll("[data-question]")); }
  function box(row, name) { return row.querySelector("[name$='-" + name + "']"); }
  function words(row) { return box(row, "label_et").value.trim(); }
  function asked() { return rows().filter(words); }

  // The fields of the order stay true, for they are what is sent.
  function number() {
    asked().forEach(function (row, place) { box(row, "place").value = place + 1; });
  }

  function add() {
    var present = rows();
    var empty = present.find(function (row) {
      return !words(row) && !box(row, "number").value;
    });
    var row = empty || made(present);
    if (!row) return;
    number();
    row.querySelector("details").open = true;
    box(row, "label_et").focus();
    say(list.dataset.added, {});
  }

  function made(present) {
    if (present.length >= Number(list.dataset.most)) {
      say(list.dataset.full, {});
      return null;
    }
    var next = 1 + Math.max.apply(null, [-1].concat(present.map(function (row) {
      return Number(row.dataset.question);
    })));
    var template = document.querySelector("template[data-question-row]");
    var row = template.content.firstElementChild.cloneNode(true);
    row.dataset.question = next;
    row.querySelectorAll("[name], [id], [for], [aria-describedby], [value]").forEach(function (part) {
      ["name", "id", "for", "aria-describedby", "value"].forEach(function (name) {
        var value = part.getAttribute(name);
        if (value && /-999(-|$)/.test(value)) {
          part.setAttribute(name, value.replace(/-999(?=-|$)/g, "-" + next));
        }
      });
    });
    list.append(row);
    fit(row);
    return row;
  }

  function move(row, button) {
    var up = button.dataset.move === "up";
    var present = asked(), at = present.indexOf(row), other = present[at + (up ? -1 : 1)];
    if (at < 0) return;
    if (other) {
      if (up) other.before(row);
      else other.after(row);
    }
    number();
    button.focus();
    say(list.dataset.moved, {
      question: words(row), place: asked().indexOf(row) + 1, all: present.length,
    });
  }

  function drop(row) {
    var present = rows(), next = present[present.indexOf(row) + 1] || present[present.indexOf(row) - 1];
    var label = words(row);
    row.remove();
    number();
    if (next) next.querySelector("summary").focus();
    else document.querySelector("[data-add]").focus();
    say(list.dataset.dropped, { question: label });
  }

  // Options are for choices only; what was typed stays, and a mistake in them is always seen.
  function fit(row) {
    var part = row.querySelector("[data-of-choices]");
    var isChoice = ["choice", "choices"].includes(box(row, "kind").value);
    part.hidden = !isChoice && !part.querySelector(".field--wrong");
  }

  if (list && said) {
    rows().forEach(fit);
    window.addEventListener("pageshow", function () { rows().forEach(fit); });
    list.addEventListener("change", function (event) {
      var row = event.target.closest("[data-question]");
      if (row && event.target === box(row, "kind")) fit(row);
    });
    document.addEventListener("click", function (event) {
      var button = event.target.closest("[data-add], [data-move], [data-drop]");
      if (!button) return;
      event.preventDefault();
      var row = button.closest("[data-question]");
      if (button.dataset.add !== undefined) add();
      else if (button.dataset.move) move(row, button);
      else drop(row);
    });
    // A row becomes a question as it is named.
    list.addEventListener("input", function (event) {
      var row = event.target.closest("[data-question]");
      if (!row || event.target !== box(row, "label_et")) return;
      row.querySelector("[data-label]").textContent = words(row) || list.dataset.new;
      row.querySelector("[data-question-do]").hidden = !words(row);
      row.querySelectorAll("[data-question-do] button").forEach(function (button) {
        var about = button.getAttribute("aria-label");
        button.setAttribute("aria-label", about.split(": ")[0] + ": " + words(row));
      });
      if (words(row) && !box(row, "place").value) box(row, "place").value = asked().length;
    });
  }

  // --- Texts as they will read --------------------------------------------------

  document.querySelectorAll("[data-reads]").forEach(function (part) {
    var text = document.getElementById(part.dataset.reads);
    var button = part.querySelector("button"), shown = part.querySelector("[data-read]");
    var token = document.querySelector("input[name=csrf_token]");
    var waiting = null, turn = 0;
    if (!text || !token) return;
    part.hidden = false;

    function ask() {
      var mine = turn += 1;
      fetch(part.dataset.url, {
        method: "POST",
        headers: { "X-CSRFToken": token.value },
        body: new URLSearchParams({ text: text.value }),
        redirect: "manual",
      }).then(function (answer) {
        if (!answer.ok) throw new Error(answer.status);
        return answer.text();
      }).then(function (html) {
        // Cleaned by the service; an older answer that comes late is left.
        if (mine === turn) shown.innerHTML = html;
      }).catch(function () {
        if (mine === turn) shown.textContent = part.dataset.failed;
      });
    }
    button.addEventListener("click", function () {
      shown.hidden = !shown.hidden;
      button.setAttribute("aria-expanded", String(!shown.hidden));
      if (!shown.hidden) ask();
    });
    text.addEventListener("input", function () {
      if (shown.hidden) return;
      clearTimeout(waiting);
      waiting = setTimeout(ask, 400);
    });
  });
})();
