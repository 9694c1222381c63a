"""Other people's calendar programs reading what we write; each must read the same."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from icalendar import Calendar, Event

CLIENTS = Path(__file__).parent / "clients"
"""Where libraries from npm lie once `make test` or `.ci/run` has installed them."""
KHAL_FIELDS = ("uid", "start", "end", "title", "location", "description", "url")
BETWEEN, AFTER = "⁞⁞", "⁂⁂"


@dataclass(frozen=True, order=True)
class Seen:
    """An event as a program shows it: instants in UTC, whole days with the last day included."""

    start: datetime | date
    end: datetime | date
    summary: str
    location: str
    description: str
    url: str


Reader = Callable[[bytes, Path], dict[str, Seen]]
"""Reads a calendar file, with a folder to work in; events by their UID."""


def need(program: str | Path) -> None:
    """Leave the test out where the program is missing; in CI it must be there."""
    if shutil.which(program) is None and not Path(program).exists():
        words = f"{Path(program).name} is not installed"
        if os.environ.get("CI"):
            pytest.fail(words)
        pytest.skip(words)


def read_strictly(rendered: bytes, folder: Path) -> dict[str, Seen]:
    """Read with Python's icalendar, which here forgives no line it cannot understand."""
    calendar = Calendar.from_ical(rendered)
    assert isinstance(calendar, Calendar)
    assert calendar.errors == []
    assert all(not part.errors for part in calendar.walk())
    # The zone that stands in the file, not the one the system knows by that name.
    (definition,) = calendar.timezones
    zone = definition.to_tz(lookup_tzid=False)

    def moment(event: Event, name: str) -> datetime | date:
        value = event.decoded(name)
        assert isinstance(value, date)
        if not isinstance(value, datetime):
            return value - timedelta(days=name == "DTEND")
        if event[name].params.get("TZID") == "Europe/Tallinn":
            value = value.replace(tzinfo=zone)
        return value.astimezone(UTC)

    return {
        str(event["UID"]): Seen(
            moment(event, "DTSTART"),
            moment(event, "DTEND"),
            str(event.get("SUMMARY", "")),
            str(event.get("LOCATION", "")),
            str(event.get("DESCRIPTION", "")),
            str(event.get("URL", "")),
        )
        for event in calendar.events
    }


def _read_with_node(library: str) -> Reader:
    def read(rendered: bytes, folder: Path) -> dict[str, Seen]:
        need("node")
        need(CLIENTS / "node_modules" / library)
        file = folder / "feed.ics"
        file.write_bytes(rendered)
        shown = subprocess.run(
            ["node", CLIENTS / "read.mjs", library, file],
            env={**os.environ, "TZ": "America/New_York"},
            capture_output=True,
            text=True,
            check=True,
        )
        return {event["uid"]: _seen(event) for event in json.loads(shown.stdout)}

    return read


def _seen(event: Mapping[str, str]) -> Seen:
    start, end = (_moment(event[name]) for name in ("start", "end"))
    if not isinstance(end, datetime):
        end -= timedelta(days=1)
    texts = (event[name] for name in ("summary", "location", "description", "url"))
    return Seen(start, end, *texts)


def _moment(text: str) -> datetime | date:
    if len(text) == len("2026-05-30"):
        return date.fromisoformat(text)
    return datetime.fromisoformat(text).astimezone(UTC)


def read_with_khal(rendered: bytes, folder: Path) -> dict[str, Seen]:
    """Read with khal, in a home of its own whose clock is set to UTC."""
    need("khal")
    feed, settings = folder / "feed.ics", folder / "khal.conf"
    feed.write_bytes(rendered)
    (folder / "calendar").mkdir(exist_ok=True)
    settings.write_text(
        f"[calendars]\n[[one]]\npath = {folder / 'calendar'}\n"
        "[locale]\nlocal_timezone = UTC\ndefault_timezone = UTC\n"
        "timeformat = %H:%M\ndateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\n"
        "datetimeformat = %Y-%m-%dT%H:%M\nlongdatetimeformat = %Y-%m-%dT%H:%M\n"
        f"[sqlite]\npath = {folder / 'khal.db'}\n"
    )
    form = BETWEEN.join(f"{{{name}}}" for name in KHAL_FIELDS) + AFTER
    shown = subprocess.run(
        ["khal", "-c", settings, "printics", "-f", form, feed],
        env={**os.environ, "HOME": str(folder), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=True,
    )
    rows = [row.lstrip("\n").split(BETWEEN) for row in shown.stdout.split(AFTER)[:-1]]
    return {
        row[0].split("\n")[-1]: Seen(_khal_moment(row[1]), _khal_moment(row[2]), *row[3:])
        for row in rows
    }


def _khal_moment(text: str) -> datetime | date:
    if len(text) == len("2026-05-30"):
        return date.fromisoformat(text)
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


READERS: dict[str, Reader] = {
    "icalendar": read_strictly,
    "ical.js": _read_with_node("ical.js"),
    "node-ical": _read_with_node("node-ical"),
    "khal": read_with_khal,
}
