"""Were the promises kept? A pure function over a history and what is left in the end.

Each check gives out a sentence for every promise that was broken.
"""

from collections import Counter
from collections.abc import Iterator
from math import inf

from tests.registration.history import End, History, Plan, Row

STATES = ("confirmed", "waiting", "cancelled")


def violations(history: History, end: End) -> list[str]:
    """Return what was promised and not kept, in words; nothing when all was."""
    checks = (
        _accepted_once(history, end.rows),
        _written_to(end.rows),
        _cancelled_when_asked(history, end.rows),
        _seats_kept(history),
        _limits_whenever_known(history),
        _limits_in_the_end(history, end),
        _no_seat_empty(history.plan, end),
        _places(history, end),
        _first_come_first_served(history, end.rows),
    )
    return [sentence for check in checks for sentence in check]


def _accepted_once(history: History, rows: tuple[Row, ...]) -> Iterator[str]:
    counted = Counter(row.person for row in rows)
    for person in history.signed_up.keys() | counted.keys():
        if person not in history.signed_up:
            yield f"{person} stands in the list without having been told so"
        elif counted[person] != 1:
            yield f"{person} was accepted and stands {counted[person]} times in the list"
    for entry in history.entries:
        if entry.kind == "again" and entry.told == "other":
            yield f"{entry.person} sent one form twice and got two registrations"


def _written_to(rows: tuple[Row, ...]) -> Iterator[str]:
    for person, state, _organisation, _stop, letters in rows:
        welcome = [kind for kind in letters if kind in ("confirmed", "waiting")]
        seats = letters.count("confirmed") + letters.count("promoted")
        if state not in STATES:
            yield f"{person} is {state}, which nobody asked for"
        if len(welcome) != 1:
            yield f"{person} got {len(welcome)} letters about having signed up"
        if seats > 1 or (state == "confirmed" and seats != 1):
            yield f"{person} got {seats} letters about having a seat"
        if letters.count("cancelled") != (state == "cancelled"):
            yield f"{person} is {state} and got {letters.count('cancelled')} letters of farewell"


def _cancelled_when_asked(history: History, rows: tuple[Row, ...]) -> Iterator[str]:
    for row in rows:
        asked = history.cancelled(row.person)
        if (asked < inf) != (row.state == "cancelled"):
            yield f"{row.person} is {row.state}, asked to cancel: {asked < inf}"
        for entry in history.of(row.person):
            if entry.told == "cancelled" and entry.ended < asked:
                yield f"{row.person} was cancelled before anybody had asked"


def _seats_kept(history: History) -> Iterator[str]:
    for seat in history.seats:
        for entry in history.of(seat.person):
            if entry.told == "waiting" and seat.latest <= entry.began and entry.ended < seat.until:
                yield f"{seat.person} had a seat and lost it"


def _limits_whenever_known(history: History) -> Iterator[str]:
    """At each moment somebody was told of a seat: count who had one then for certain.

    A seat is given only while there is room, and then the capacity was one of those that may have
    been in force since the seat could first have been given.
    """
    plan = history.plan
    for given in history.seats:
        moment = given.latest
        seated = [seat for seat in history.seats if seat.latest <= moment < seat.until]
        most = max(history.capacities(given.earliest, moment))
        if len(seated) > most:
            yield f"{len(seated)} had a seat when {given.person} was told, of at most {most}"
        others = [seat for seat in seated if seat.organisation != plan.promised_to]
        if given in others and len(others) > most - plan.promised:
            yield f"{len(others)} sat on promised seats when {given.person} was told"
    moments = {entry.ended for entry in history.entries}
    for moment in moments:
        seated = [seat for seat in history.seats if seat.latest <= moment < seat.until]
        there = sum(history.stop_of(seat.person, moment) == plan.stop for seat in seated)
        if there > plan.stop_seats:
            yield f"{there} had chosen the stop with {plan.stop_seats} seats"


def _limits_in_the_end(history: History, end: End) -> Iterator[str]:
    seated = [row for row in end.rows if row.state == "confirmed"]
    if end.capacity not in history.capacities(inf, inf):
        yield f"the capacity is {end.capacity}, which nobody asked for last"
    if len(seated) > end.capacity:
        yield f"{len(seated)} have a seat of {end.capacity}"
    there = sum(row.stop == history.plan.stop for row in seated)
    if there > history.plan.stop_seats:
        yield f"{there} have chosen the stop with {history.plan.stop_seats} seats"


def _no_seat_empty(plan: Plan, end: End) -> Iterator[str]:
    seated = [row for row in end.rows if row.state == "confirmed"]
    own = sum(row.organisation == plan.promised_to for row in seated)
    there = sum(row.stop == plan.stop for row in seated)
    for row in end.rows:
        held = 0 if row.organisation == plan.promised_to else max(plan.promised - own, 0)
        stop_is_full = row.stop == plan.stop and there >= plan.stop_seats
        if row.state == "waiting" and end.capacity - len(seated) > held and not stop_is_full:
            yield f"{row.person} waits although a seat is free"


def _places(history: History, end: End) -> Iterator[str]:
    waiting = {row.person for row in end.rows if row.state == "waiting"}
    if end.places.keys() != waiting:
        yield f"places are shown to {sorted(end.places)}, waiting are {sorted(waiting)}"
    if sorted(end.places.values()) != list(range(1, len(end.places) + 1)):
        yield f"the places in the queue are {sorted(end.places.values())}"
    for one in waiting & end.places.keys() & history.signed_up.keys():
        for other in waiting & end.places.keys() & history.signed_up.keys():
            if _came_first(history, one, other) and end.places[one] > end.places[other]:
                yield f"{one} came before {other} and stands behind"


def _first_come_first_served(history: History, rows: tuple[Row, ...]) -> Iterator[str]:
    """Of two who ask for the same, who came first is not the one left waiting."""
    by_hand = {e.person for e in history.entries if e.kind == "confirm" and e.told == "given"}
    plain = [r for r in rows if r.person in history.signed_up and not history.changes(r.person)]
    for one in plain:
        for other in plain:
            alike = (one.organisation, one.stop) == (other.organisation, other.stop)
            passed = one.state == "waiting" and other.state == "confirmed"
            first = _came_first(history, one.person, other.person)
            if alike and passed and first and other.person not in by_hand:
                yield f"{one.person} came before {other.person} and still waits"


def _came_first(history: History, one: int, other: int) -> bool:
    return history.signed_up[one].ended < history.signed_up[other].began
