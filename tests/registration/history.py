"""What many clients asked and were told, and what follows from it with certainty.

Times are seconds of one clock of the machine. Of two requests nothing is known about the order
unless one was answered before the other was begun.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from math import inf
from pathlib import Path
from typing import NamedTuple

NOT_ACCEPTED = ("busy", "refused")


@dataclass(frozen=True, slots=True)
class Entry:
    """One request: what was asked (`kind`), of whom, when, and what the answer told.

    sign_up, look: the person's standing as shown, or busy. cancel: cancelled, nothing, busy.
    change: saved, refused, late, busy. confirm: given, nothing, busy. capacity: saved, refused,
    busy. again (the same form sent once more): same, other, busy.
    """

    kind: str
    began: float
    ended: float
    told: str
    person: int = 0
    organisation: str = ""
    stop: int = 0
    capacity: int = 0


class Row(NamedTuple):
    """How a person stands in the database, with the kinds of the letters written to them."""

    person: int
    state: str
    organisation: str
    stop: int
    letters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class End:
    """What is there when all is quiet: rows, the event's capacity, places shown to who waits."""

    rows: tuple[Row, ...]
    capacity: int
    places: dict[int, int]


@dataclass(frozen=True, slots=True)
class Plan:
    """How the event shares out its seats: at first, to one organisation, at one stop."""

    capacity: int
    promised_to: str
    promised: int
    stop: int
    stop_seats: int


class Seat(NamedTuple):
    """A seat somebody got between `earliest` and `latest` and has for certain until `until`."""

    person: int
    organisation: str
    earliest: float
    latest: float
    until: float


class History:
    """All entries, by person."""

    def __init__(self, plan: Plan, entries: Iterable[Entry]) -> None:
        self.plan = plan
        self.entries = sorted(entries, key=lambda entry: entry.began)
        self._of: dict[int, list[Entry]] = {}
        for entry in self.entries:
            self._of.setdefault(entry.person, []).append(entry)
        self.signed_up = {
            entry.person: entry
            for entry in self.entries
            if entry.kind == "sign_up" and entry.told not in NOT_ACCEPTED
        }
        self.seats = [seat for person in self.signed_up if (seat := self._seat_of(person))]

    def of(self, person: int) -> list[Entry]:
        """Return what was asked of a person, in the order it was begun."""
        return self._of.get(person, [])

    def cancelled(self, person: int) -> float:
        """Return when it was first asked to cancel them and done; infinity for never."""
        asked = [e.began for e in self.of(person) if e.kind == "cancel" and e.told == "cancelled"]
        return min(asked, default=inf)

    def changes(self, person: int) -> list[Entry]:
        """Return the changes of a person's answers that were saved."""
        return [e for e in self.of(person) if e.kind == "change" and e.told == "saved"]

    def stop_of(self, person: int, moment: float) -> int:
        """Return the stop they had for certain at a moment; 0 while it was being changed."""
        stop = self.signed_up[person].stop
        for change in self.changes(person):
            if change.began <= moment:
                stop = change.stop if change.ended <= moment else 0
        return stop

    def capacities(self, since: float, until: float) -> set[int]:
        """Return every capacity that may have been in force at some time in between."""
        edits = [Entry("capacity", -inf, -inf, "saved", capacity=self.plan.capacity)]
        edits += [e for e in self.entries if e.kind == "capacity" and e.told == "saved"]
        return {
            edit.capacity
            for edit in edits
            if edit.began <= until
            and not any(
                edit.ended <= later.began and later.ended <= since
                for later in edits
                if later is not edit
            )
        }

    def _seat_of(self, person: int) -> Seat | None:
        earliest = self.signed_up[person].began
        for entry in self.of(person):
            if entry.told == "waiting":
                earliest = entry.began
            if entry.told in ("confirmed", "given"):
                until = self.cancelled(person)
                return Seat(
                    person, self.signed_up[person].organisation, earliest, entry.ended, until
                )
        return None


def write(file: Path, entry: Entry) -> None:
    """Add an entry to a client's log, one JSON object a line."""
    with file.open("a", encoding="utf-8") as log:
        log.write(json.dumps(asdict(entry)) + "\n")


def read(files: Iterable[Path]) -> list[Entry]:
    """Return the entries of all these logs."""
    return [Entry(**json.loads(line)) for file in files for line in file.read_text().splitlines()]
