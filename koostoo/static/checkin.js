// Takes the check-in list over: it lies on the device, marks count at once and
// are sent when there is network. Without it the page works as plain forms.
(function () {
  "use strict";

  const door = document.querySelector("[data-door]");
  const store = window.koostooDoor;
  if (!door || !store || !window.indexedDB || !window.fetch) return;

  const words = JSON.parse(door.dataset.words);
  const slug = door.dataset.slug;
  const SHOWN = 200;
  const EVERY = 10000; // milliseconds between looks at what other helpers did
  const AT_ONCE = 100; // acts sent in one go; the service takes 200
  const PATIENCE = 15000; // milliseconds: a line that brings nothing is no line
  const TOO_SOON = 700; // milliseconds in which a second tap is no undo

  let list = null, syncedAt = 0, acts = [], refused = [];
  let isOffline = false, isSignedOut = false, isBusy = false, isWanted = false;
  let day = door.dataset.day || new URLSearchParams(location.search).get("day");
  let lastAt = 0, lastMarked = { person: null, at: 0 }, undoable = null;

  function part(name) { return door.querySelector("[data-" + name + "]"); }
  const people = part("people"), search = document.getElementById("q"), missing = part("missing");

  function say(sentence, values) {
    return sentence.replace(/%\((\w+)\)s/g, function (_all, name) { return values[name]; });
  }

  // --- Who is here ------------------------------------------------------------

  // The same to a person: case, accents' spelling, hyphens and apostrophes aside.
  function fold(text) {
    return text.normalize("NFKC").toLowerCase().normalize("NFKC")
      .replace(/[\u2010-\u2015\u2212]/g, "-").replace(/[\u2018\u2019\u02bc\u00b4`]/g, "'")
      .replace(/\s+/g, " ").trim();
  }
  // Typed in haste: õ as o, š as s.
  function bare(text) { return text.normalize("NFD").replace(/[\u0300-\u036f]/g, ""); }

  // The list as the service gave it with what was done here since.
  function everybody() {
    const known = new Map();
    (list ? list.people : []).forEach(function (one) {
      known.set(one.id, {
        id: one.id, first: one.first, last: one.last, from: one.from, codes: one.codes,
        isHere: one.days.includes(day), isOnList: true, asks: one.asks || [],
      });
    });
    const added = [];
    acts.forEach(function (act) {
      if (act.kind === "walk_in") {
        const one = {
          id: act.operation, first: act.first_name, last: act.last_name, from: act.from,
          codes: [], isHere: act.day === day, isOnList: false,
          asks: (list && list.asks_newcomers) || [],
        };
        known.set(one.id, one);
        added.push(one);
      } else if (known.has(act.person)) {
        const one = known.get(act.person);
        if (act.day === day) one.isHere = act.status === "present";
        const answered = Object.keys(act.answers || {});
        one.asks = one.asks.filter(function (number) { return !answered.includes("q" + number); });
      }
    });
    return added.concat(Array.from(known.values()).filter(function (one) { return one.isOnList; }));
  }

  function nameOf(one) { return (one.first + " " + one.last).trim(); }

  function wanted(all) {
    const typed = fold(search.value).split(" ").filter(Boolean);
    return all.filter(function (one) {
      if (missing.checked && one.isHere) return false;
      const name = fold(nameOf(one)), plain = bare(name);
      return typed.every(function (word) { return name.includes(word) || plain.includes(word); });
    });
  }

  // --- What is shown ----------------------------------------------------------

  function show() {
    const all = everybody(), found = list ? wanted(all) : [];
    const focused = document.activeElement && document.activeElement.closest("[data-person]");
    const focusedOn = focused ? focused.dataset.person : null;
    // The plain rows stay until the list is here, but no name once one is signed out.
    if (list || isSignedOut || door.dataset.day === undefined) {
      people.replaceChildren.apply(people, found.slice(0, SHOWN).map(row));
      const more = part("more");
      more.hidden = found.length > 0 && found.length <= SHOWN;
      more.textContent = !list ? words.no_list : found.length ? words.more : words.nobody;
      if (!list && isSignedOut) more.hidden = true;
    }
    if (list) {
      const here = all.filter(function (one) { return one.isHere; }).length;
      part("count").textContent = say(words.count, { present: here, expected: all.length });
    }
    if (focusedOn !== null) refocus(focusedOn);
    showState();
  }

  function row(one) {
    const template = part(one.isHere ? "row-here" : "row-missing");
    const item = template.content.firstElementChild.cloneNode(true);
    item.dataset.person = one.id;
    item.querySelector("[data-last]").textContent = one.last;
    item.querySelector("[data-first]").textContent = one.first;
    item.querySelector("[data-from]").textContent =
      one.isOnList ? one.from : [one.from, words.door].filter(Boolean).join(" · ");
    if (one.isHere) {
      const button = item.querySelector("button");
      button.setAttribute("aria-label", button.textContent + ": " + nameOf(one));
    }
    return item;
  }

  // A row that was pressed is drawn anew: whoever works with the keyboard stays there.
  function refocus(person) {
    const rows = Array.from(people.children);
    const same = rows.find(function (item) { return item.dataset.person === person; });
    const button = (same || people).querySelector("button");
    (button || search).focus({ preventScroll: true });
  }

  function showState() {
    const number = acts.filter(function (act) { return act.slug === slug; }).length;
    part("state").hidden = false;
    part("unsent-words").textContent =
      number ? say(words.unsent, { number: number }) : words.all_sent;
    part("state").classList.toggle("door__state--unsent", number > 0);
    part("synced").textContent =
      syncedAt ? say(words.synced, { time: clock(new Date(syncedAt)) }) : words.never;
    part("offline").hidden = !isOffline || isSignedOut;
    if (isOffline) part("offline-words").textContent = words.offline;
    part("signed-out-note").hidden = !isSignedOut;
    showRefused();
  }

  function showRefused() {
    const mine = refused.filter(function (one) { return one.slug === slug; });
    part("refused").hidden = mine.length === 0;
    part("refused").replaceChildren.apply(part("refused"), mine.map(function (one) {
      const item = document.createElement("li"), button = document.createElement("button");
      item.textContent = say(words.refused, { name: one.name, reason: words[one.result] || "" });
      button.type = "button";
      button.textContent = "OK";
      button.setAttribute("aria-label", "OK: " + one.name);
      button.addEventListener("click", function () {
        store.drop(one.operation).then(load).then(show);
      });
      item.append(" ", button);
      return item;
    }));
  }

  function clock(at) {
    const minutes = String(at.getMinutes()).padStart(2, "0");
    return at.getHours() + (door.dataset.lang === "et" ? "." : ":") + minutes;
  }

  function tell(sentence, one, canUndo) {
    part("said").textContent = say(sentence, { name: one ? nameOf(one) : "" });
    undoable = canUndo ? one.id : null;
    part("undo").hidden = undoable === null;
  }

  // --- What is done -----------------------------------------------------------

  function newName() {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), function (byte) {
      return byte.toString(16).padStart(2, "0");
    }).join("");
  }

  async function act(values) {
    // Two acts of one device are never at the same instant: the later one counts.
    lastAt = Math.max(Date.now(), lastAt + 1);
    const common = {
      operation: newName(), slug: slug, page: door.dataset.page, day: day,
      at: new Date(lastAt).toISOString(),
    };
    await store.add(Object.assign(common, values));
    if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
    acts = await store.acts();
    show();
    sync();
    return common.operation;
  }

  function personOf(id) {
    return everybody().find(function (one) { return String(one.id) === String(id); });
  }

  async function mark(one, isHere) {
    if (isHere && one.isHere) return tell(words.already, one, false);
    await act({ kind: "mark", person: one.id, status: isHere ? "present" : "unmarked" });
    lastMarked = isHere ? { person: one.id, at: Date.now() } : { person: null, at: 0 };
    tell(isHere ? words.here : words.undone, one, isHere);
    if (isHere && navigator.vibrate) navigator.vibrate(40);
    if (isHere) askNow(one.id);
    else if (asked && asked.id === one.id) endAsking();
  }

  // --- What is asked of who arrives ---------------------------------------------

  const asks = part("asks");
  let asked = null; // who, as they were when the questions came up

  function askNow(id) {
    const one = personOf(id);
    if (!asks || !one || !one.asks.length) return endAsking();
    asked = one;
    asks.reset();
    asks.querySelectorAll("[data-ask]").forEach(function (field) {
      field.hidden = !one.asks.includes(Number(field.dataset.ask));
    });
    part("asks-heading").textContent = say(words.ask, { name: nameOf(one) });
    asks.hidden = false;
    part("asks-heading").focus();
  }

  function endAsking() {
    asked = null;
    if (asks) asks.hidden = true;
  }

  async function answer() {
    const one = asked, given = {};
    new FormData(asks).forEach(function (value, name) {
      if (!value.trim() || !one.asks.includes(Number(name.slice(1)))) return;
      given[name] = (given[name] || []).concat(value);
    });
    endAsking();
    search.focus();
    if (!Object.keys(given).length) return;
    // A mark once more, which brings the answers: sent again it changes nothing.
    await act({ kind: "mark", person: one.id, status: "present", answers: given });
    tell(words.answered, one, false);
  }

  if (asks) {
    asks.addEventListener("submit", function (event) {
      event.preventDefault();
      if (asked) answer();
    });
    part("asks-later").addEventListener("click", function () { endAsking(); search.focus(); });
  }

  // A code as people type it: O is 0, I and L are 1; what stands before a colon does not count.
  function readCode(typed) {
    const code = typed.split(":").pop().toUpperCase().replace(/[\s\u2013-]/g, "")
      .replace(/O/g, "0").replace(/[IL]/g, "1");
    return /^[0-9A-HJKMNP-TV-Z]{8}$/.test(code) ? code : null;
  }

  function markByCode(typed) {
    const code = readCode(typed);
    if (code === null) return tell(words.bad_code);
    const one = everybody().find(function (person) { return person.codes.includes(code); });
    return one ? mark(one, true) : tell(words.unknown);
  }

  // --- Sending and asking -----------------------------------------------------

  async function load() {
    const kept = await store.list(slug);
    list = kept ? kept.list : null;
    syncedAt = kept ? kept.syncedAt : 0;
    acts = await store.acts();
    refused = await store.refused();
    if (list && !list.days.includes(day)) day = dayMeant();
    markTab();
  }

  function dayMeant() {
    const now = new Date();
    const today = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map(function (number) {
      return String(number).padStart(2, "0");
    }).join("-");
    return list.days.find(function (one) { return one >= today; }) || list.days[list.days.length - 1];
  }

  function markTab() {
    document.querySelectorAll(".door .tabs a").forEach(function (link) {
      if (new URL(link.href).searchParams.get("day") === day) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    });
  }

  async function ask(address, options) {
    const answer = await fetch(address, Object.assign(
      { redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(PATIENCE) }, options
    ));
    if (answer.type === "opaqueredirect") throw new SignedOut();
    return answer;
  }
  function SignedOut() {}
  function Unanswered() {}

  async function sync() {
    isWanted = true;
    if (isBusy) return;
    isBusy = true;
    try {
      while (isWanted) {
        isWanted = false;
        await exchange();
      }
      isOffline = isSignedOut = false;
    } catch (error) {
      isSignedOut = error instanceof SignedOut;
      isOffline = !isSignedOut;
      if (isSignedOut) await store.wipe();
    } finally {
      isBusy = false;
    }
    await load();
    show();
  }

  async function exchange() {
    const mine = (await store.acts()).filter(function (one) { return one.slug === slug; });
    const batch = mine.slice(0, AT_ONCE);
    if (!batch.length) {
      const answer = await ask(door.dataset.list);
      if (!answer.ok) throw new Unanswered();
      return store.settle((await answer.json()).list, [], []);
    }
    const answer = await send(batch);
    if (!answer.ok) throw new Unanswered();
    const told = await answer.json();
    const results = new Map(told.results.map(function (one) { return [one.operation, one]; }));
    const settled = batch.filter(function (one) { return results.has(one.operation); });
    const no = settled.filter(function (one) { return !results.get(one.operation).taken; });
    // Answered, but not about these: sent again next time.
    if (settled.length && mine.length > settled.length) isWanted = true;
    await store.settle(
      told.list,
      settled.map(function (one) { return one.number; }),
      no.map(function (one) {
        const person = one.kind === "walk_in" ? { first: one.first_name, last: one.last_name } : personOf(one.person);
        return {
          operation: one.operation, slug: slug, result: results.get(one.operation).result,
          name: person ? nameOf(person) : words.somebody,
        };
      })
    );
  }

  async function send(batch) {
    for (let again = 0; ; again += 1) {
      // The token of a list kept from another session is worth nothing.
      const fresh = again || !list ? (await (await ask(door.dataset.list)).json()).list : list;
      const answer = await ask(door.dataset.sync, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": fresh.token },
        body: JSON.stringify({ sent_at: new Date().toISOString(), acts: batch }),
      });
      if (answer.status !== 403 || again) return answer;
    }
  }

  // --- Codes: typed, on a photo, before the camera ------------------------------

  part("code").addEventListener("submit", function (event) {
    event.preventDefault();
    const box = event.target.elements.code;
    markByCode(box.value);
    box.value = "";
  });

  part("photo").addEventListener("change", async function (event) {
    const box = event.target, file = box.files[0];
    if (!file || !list) return;
    if (isOffline) return tell(words.photo_offline);
    tell(words.reading);
    try {
      const form = new FormData();
      form.append("photo", await small(file), "photo.jpg");
      form.append("csrf_token", list.token);
      const answer = await ask(door.dataset.read, { method: "POST", body: form });
      const told = await answer.json();
      if (told.code) markByCode(told.code);
      else tell(told.problem);
    } catch {
      tell(words.photo_offline);
    } finally {
      box.value = "";
    }
  });

  // A phone's photo has megabytes; a code needs a fraction of them.
  async function small(file) {
    try {
      const picture = await createImageBitmap(file);
      const scale = Math.min(1, 1600 / Math.max(picture.width, picture.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      return await new Promise(function (resolve) { canvas.toBlob(resolve, "image/jpeg", 0.85); }) || file;
    } catch {
      return file; // The service says in words what is wrong with it.
    }
  }

  const video = part("video");
  let stream = null;

  async function offerCamera() {
    if (!("BarcodeDetector" in window) || !navigator.mediaDevices) return;
    const formats = await window.BarcodeDetector.getSupportedFormats();
    part("camera-part").hidden = !formats.includes("qr_code");
  }

  async function startCamera() {
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      return tell(words.camera);
    }
    part("camera").hidden = false;
    video.srcObject = stream;
    await video.play();
    tell(words.scan);
    const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
    let last = "";
    while (stream) {
      const found = await detector.detect(video).catch(function () { return []; });
      const text = found.length ? found[0].rawValue : "";
      // One code held before the camera is one mark.
      if (text && text !== last) await markByCode(text);
      if (text) last = text;
      await new Promise(function (resolve) { setTimeout(resolve, 200); });
    }
  }

  function stopCamera() {
    if (stream) stream.getTracks().forEach(function (track) { track.stop(); });
    stream = null;
    part("camera").hidden = true;
  }

  part("scan").addEventListener("click", startCamera);
  part("stop").addEventListener("click", stopCamera);
  part("code-part").addEventListener("toggle", function (event) { if (!event.target.open) stopCamera(); });

  // --- Somebody without a seat --------------------------------------------------

  part("walk-in").addEventListener("submit", async function (event) {
    const form = event.target, typed = form.elements;
    if (!list) return;
    event.preventDefault();
    const isOther = typed.organisation.value === "other";
    typed.other_organisation.setCustomValidity(
      isOther && !typed.other_organisation.value.trim() ? words.which : ""
    );
    if (!form.reportValidity()) return;
    const chosen = typed.organisation.selectedOptions[0].textContent;
    const values = {
      kind: "walk_in",
      first_name: typed.first_name.value.trim(),
      last_name: typed.last_name.value.trim(),
      organisation_id: isOther ? null : Number(typed.organisation.value),
      other_organisation: isOther ? typed.other_organisation.value.trim() : "",
      member_organisation: typed.member_organisation.value.trim(),
      note: typed.note.value.trim(),
    };
    values.from = [values.member_organisation, isOther ? values.other_organisation : chosen]
      .filter(Boolean).join(", ");
    form.reset();
    part("walk-in-part").open = false;
    const added = await act(values);
    tell(words.added, { first: values.first_name, last: values.last_name }, false);
    askNow(added);
  });

  // --- Taking over --------------------------------------------------------------

  people.addEventListener("click", function (event) {
    const button = event.target.closest("button");
    const item = button && button.closest("[data-person]");
    const one = item && personOf(item.dataset.person);
    if (!one) return;
    const isUndo = button.value === "unmarked";
    // A double tap marks; it does not mark and undo.
    if (isUndo && lastMarked.person === one.id && Date.now() - lastMarked.at < TOO_SOON) return;
    mark(one, !isUndo);
  });
  part("undo").addEventListener("click", function () {
    const one = personOf(undoable);
    if (one) mark(one, false);
    search.focus();
  });
  search.addEventListener("input", show);
  missing.addEventListener("change", show);
  part("find").addEventListener("submit", function (event) {
    if (list) event.preventDefault();
  });

  async function takeOver() {
    await store.open();
    await load();
    door.querySelectorAll("[data-plain]").forEach(function (plain) { plain.hidden = true; });
    // A page fresh from the service is newer than the list kept here.
    if (door.dataset.day === undefined) show();
    await sync();
    offerCamera();
    window.addEventListener("online", sync);
    window.addEventListener("offline", function () { isOffline = true; show(); });
    setInterval(function () { if (!document.hidden) sync(); }, EVERY);
    document.addEventListener("visibilitychange", function () { if (!document.hidden) sync(); });
    if (navigator.serviceWorker) {
      navigator.serviceWorker.register(door.dataset.worker, { scope: door.dataset.page }).catch(function () {});
    }
  }
  takeOver().catch(function () {});
})();
