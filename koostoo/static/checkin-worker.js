// Answers for the check-in page of one event when there is no network: with the
// page as it was last seen, without anybody on it, and the files it needs. The
// service puts a line with ABOUT in front.
"use strict";

const PREFIX = "koostoo-door " + ABOUT.page + " ";
const CACHE = PREFIX + ABOUT.version;
const PATIENCE = 6000; // milliseconds: a line that is up but brings nothing is no line

self.addEventListener("install", function (event) { event.waitUntil(fill()); });
self.addEventListener("activate", function (event) { event.waitUntil(takeOver()); });
self.addEventListener("fetch", function (event) {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== self.location.origin) return;
  if (event.request.mode === "navigate" && address.pathname === ABOUT.page) {
    event.respondWith(page(event.request));
  } else if (ABOUT.files.includes(address.pathname + address.search)) {
    event.respondWith(file(event.request));
  }
});

async function fill() {
  const shell = await fetch(ABOUT.shell, { cache: "no-store", credentials: "same-origin" });
  if (!shell.ok || shell.redirected) throw new Error("no page to keep");
  const cache = await caches.open(CACHE);
  await cache.addAll(ABOUT.files);
  await cache.put(ABOUT.page, shell);
  await self.skipWaiting();
}

async function takeOver() {
  const names = await caches.keys();
  await Promise.all(names.filter(function (name) {
    return name.startsWith(PREFIX) && name !== CACHE;
  }).map(function (name) { return caches.delete(name); }));
  await self.clients.claim();
}

async function page(request) {
  const kept = await caches.match(ABOUT.page, { cacheName: CACHE });
  try {
    const answer = await fetch(request, kept ? { signal: AbortSignal.timeout(PATIENCE) } : {});
    return kept && answer.status >= 500 ? kept : answer;
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}

async function file(request) {
  return (await caches.match(request.url, { cacheName: CACHE })) || fetch(request);
}
