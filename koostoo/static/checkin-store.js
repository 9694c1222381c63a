// What a helper's device keeps: lists of names, and acts that are not sent yet.
// The names go when somebody signs out, and some days after the event; what is
// not sent stays until it is, whoever signs in next. On every page that has it:
// removes what is due and tells how much is unsent.
(function () {
  "use strict";

  const NAME = "koostoo-door";
  const CACHES = "koostoo-door ";
  let opened = null;

  // A promise of the result of one request.
  function done(request) {
    return new Promise(function (resolve, reject) {
      request.onsuccess = function () { resolve(request.result); };
      request.onerror = function () { reject(request.error); };
    });
  }

  function open() {
    opened = opened || new Promise(function (resolve, reject) {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = function () {
        request.result.createObjectStore("lists", { keyPath: "slug" });
        request.result.createObjectStore("acts", { keyPath: "number", autoIncrement: true });
        request.result.createObjectStore("refused", { keyPath: "operation" });
      };
      request.onsuccess = function () { resolve(request.result); };
      request.onerror = function () { reject(request.error); };
    });
    return opened;
  }

  // All of it or nothing: resolves when it is on disk.
  async function change(stores, work) {
    const base = await open();
    return new Promise(function (resolve, reject) {
      const transaction = base.transaction(stores, "readwrite", { durability: "strict" });
      transaction.oncomplete = function () { resolve(); };
      transaction.onerror = transaction.onabort = function () { reject(transaction.error); };
      work(function (name) { return transaction.objectStore(name); });
    });
  }

  async function all(name) {
    const base = await open();
    return done(base.transaction(name).objectStore(name).getAll());
  }

  const store = {
    open: open,

    async list(slug) {
      const base = await open();
      const kept = await done(base.transaction("lists").objectStore("lists").get(slug));
      return kept && !isDue(kept) ? kept : null;
    },

    acts: function () { return all("acts"); },
    refused: function () { return all("refused"); },

    add: function (act) {
      return change(["acts"], function (store) { store("acts").add(act); });
    },

    // The list as the service has it, and away with what it took or refused.
    settle: function (list, taken, refused) {
      return change(["lists", "acts", "refused"], function (store) {
        store("lists").put({ slug: list.slug, list: list, syncedAt: Date.now() });
        taken.forEach(function (number) { store("acts").delete(number); });
        refused.forEach(function (one) { store("refused").put(one); });
      });
    },

    drop: function (operation) {
      return change(["refused"], function (store) { store("refused").delete(operation); });
    },

    wipe: function () {
      return change(["lists", "refused"], function (store) {
        store("lists").clear();
        store("refused").clear();
      });
    },

    purge: async function () {
      const due = (await all("lists")).filter(isDue);
      if (!due.length) return;
      await change(["lists"], function (store) {
        due.forEach(function (kept) { store("lists").delete(kept.slug); });
      });
    },
  };

  function isDue(kept) {
    return Date.parse(kept.list.wipe_after) <= Date.now();
  }

  async function forgetPages() {
    if (navigator.serviceWorker) {
      const workers = await navigator.serviceWorker.getRegistrations();
      await Promise.all(workers.map(function (worker) { return worker.unregister(); }));
    }
    if (!window.caches) return;
    const names = (await caches.keys()).filter(function (name) { return name.startsWith(CACHES); });
    await Promise.all(names.map(function (name) { return caches.delete(name); }));
  }

  async function lookOver() {
    if (document.querySelector("[data-signed-out]")) {
      await store.wipe();
      await forgetPages();
    }
    await store.purge();
    const unsent = await store.acts();
    document.querySelectorAll("[data-unsent]").forEach(function (note) {
      note.querySelector("[data-unsent-number]").textContent = unsent.length;
      note.hidden = unsent.length === 0;
      const link = note.querySelector("a[data-unsent-link]");
      if (link && unsent.length) link.href = unsent[0].page;
    });
  }

  window.koostooDoor = store;
  // Where a browser keeps nothing (some private windows), there is nothing to look over.
  if (window.indexedDB) lookOver().catch(function () {});
})();
