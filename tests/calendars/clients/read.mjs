// Reads a calendar file as a program built on one of these libraries would and prints its events
// as JSON: node read.mjs ical.js FILE, or node read.mjs node-ical FILE. Instants are in UTC, whole
// days are days with the end as written. An hour is worked out from the file's own time zone
// wherever the library can.

import { readFileSync } from "node:fs";
import ICAL from "ical.js";
import nodeIcal from "node-ical";

function two(number) {
  return String(number).padStart(2, "0");
}

function readWithIcalJs(text) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  for (const zone of calendar.getAllSubcomponents("vtimezone")) {
    ICAL.TimezoneService.register(zone);
  }
  const moment = (time) =>
    time.isDate ? time.toString() : new Date(time.toUnixTime() * 1000).toISOString();
  return calendar.getAllSubcomponents("vevent").map((component) => {
    const event = new ICAL.Event(component);
    return {
      uid: event.uid,
      sequence: event.sequence,
      summary: event.summary,
      location: event.location ?? "",
      description: event.description ?? "",
      url: component.getFirstPropertyValue("url") ?? "",
      status: component.getFirstPropertyValue("status") ?? "",
      start: moment(event.startDate),
      end: moment(event.endDate),
    };
  });
}

function readWithNodeIcal(text) {
  const plain = (value) => (value && typeof value === "object" ? value.val : value) ?? "";
  const moment = (date, kind) =>
    kind === "date"
      ? `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
      : date.toISOString();
  return Object.values(nodeIcal.sync.parseICS(text))
    .filter((entry) => entry.type === "VEVENT")
    .map((event) => ({
      uid: event.uid,
      sequence: Number(event.sequence),
      summary: plain(event.summary),
      location: plain(event.location),
      description: plain(event.description),
      url: plain(event.url),
      status: event.status ?? "",
      start: moment(event.start, event.datetype),
      end: moment(event.end, event.datetype),
    }));
}

const [library, file] = process.argv.slice(2);
const readers = { "ical.js": readWithIcalJs, "node-ical": readWithNodeIcal };
console.log(JSON.stringify(readers[library](readFileSync(file, "utf8"))));
