"""What can be done about many people of an event at once, and how it is said afterwards.

An action is a code, where it needs one with an argument behind a colon: "cancel", "untag:5".
"""

from collections.abc import Callable
from datetime import date

from flask_babel import ngettext

from koostoo.attendance.marking import mark_present
from koostoo.base.clock import now
from koostoo.events.models import Event
from koostoo.registration.decisions import Decided, cancel_for, give_seats, turn_down_all
from koostoo.registration.reconfirming import note_coming, release
from koostoo.roster.queries import tags_of_project
from koostoo.roster.service import tag_people, untag_people
from koostoo.web.desk.numbers import small_number
from koostoo.web.rights import organiser_id

Act = Callable[[Event, list[int], str], tuple[Decided, str]]
"""Does it about people of an event, with a reason; returns what was done, and says it."""
AT_ONCE = ("seat", "comes", "tag", "untag", "present")
"""Actions that are not asked about once more: they can be undone."""


def act_of(action: str, new_tag: str) -> Act | None:
    """Return what the action does; None for one there is not."""
    if action in _ACTS:
        return _ACTS[action]
    kind, _colon, argument = action.partition(":")
    if action == "tag:new":
        return lambda event, numbers, _reason: _tag(event, numbers, new_tag)
    number = small_number(argument)
    if kind == "tag" and number is not None:
        return lambda event, numbers, _reason: _tag_again(event, numbers, number)
    if kind == "untag" and number is not None:
        return lambda event, numbers, _reason: _untag(event, numbers, number)
    if kind == "present" and (day := _day(argument)) is not None:
        return lambda event, numbers, _reason: _mark_present(event, numbers, day)
    return None


def seats_given_words(outcome: Decided) -> str:
    """Say who has a seat now, and who waits for one."""
    sentences = []
    if outcome.done:
        sentences.append(
            ngettext(
                "%(num)s person has a seat now; a letter is on its way.",
                "%(num)s people have a seat now; letters are on their way.",
                len(outcome.done),
            )
        )
    if outcome.queued:
        sentences.append(
            ngettext(
                "%(num)s person is confirmed and waits, for no seat is free.",
                "%(num)s people are confirmed and wait, for no seat is free.",
                len(outcome.queued),
            )
        )
    return " ".join(sentences)


def cancelled_words(outcome: Decided) -> str:
    """Say how many registrations are cancelled; nothing where none is."""
    words = ngettext(
        "%(num)s registration is cancelled; a letter is on its way.",
        "%(num)s registrations are cancelled; letters are on their way.",
        len(outcome.done),
    )
    return words if outcome.done else ""


def _give_seats(event: Event, numbers: list[int], _reason: str) -> tuple[Decided, str]:
    outcome = give_seats(event.id, numbers, now(), organiser_id())
    return outcome, seats_given_words(outcome)


def _turn_down(event: Event, numbers: list[int], reason: str) -> tuple[Decided, str]:
    outcome = turn_down_all(event.id, numbers, reason, now(), organiser_id())
    words = ngettext(
        "%(num)s person is told that they cannot come.",
        "%(num)s people are told that they cannot come.",
        len(outcome.done),
    )
    return outcome, words if outcome.done else ""


def _cancel(event: Event, numbers: list[int], _reason: str) -> tuple[Decided, str]:
    outcome = cancel_for(event.id, numbers, now(), organiser_id())
    return outcome, cancelled_words(outcome)


def _note_coming(event: Event, numbers: list[int], _reason: str) -> tuple[Decided, str]:
    outcome = note_coming(event.id, numbers, now(), organiser_id())
    words = ngettext(
        "Noted: %(num)s person still comes.",
        "Noted: %(num)s people still come.",
        len(outcome.done),
    )
    return outcome, words if outcome.done else ""


def _release(event: Event, numbers: list[int], _reason: str) -> tuple[Decided, str]:
    outcome = release(event.id, numbers, now(), organiser_id())
    words = ngettext(
        "%(num)s place is released; a letter is on its way.",
        "%(num)s places are released; letters are on their way.",
        len(outcome.done),
    )
    return outcome, words if outcome.done else ""


def _tag(event: Event, numbers: list[int], name: str) -> tuple[Decided, str]:
    outcome = tag_people(event.id, numbers, name, "", now(), organiser_id())
    words = ngettext(
        "%(num)s person has the tag %(tag)s now.",
        "%(num)s people have the tag %(tag)s now.",
        len(outcome.done),
        tag=name,
    )
    return outcome, words if outcome.done else ""


def _tag_again(event: Event, numbers: list[int], tag_id: int) -> tuple[Decided, str]:
    name = _name_of(event, tag_id)
    if not name:
        return Decided(left=dict.fromkeys(numbers, "gone")), ""
    return _tag(event, numbers, name)


def _untag(event: Event, numbers: list[int], tag_id: int) -> tuple[Decided, str]:
    name = _name_of(event, tag_id)
    outcome = untag_people(event.id, numbers, tag_id, now(), organiser_id())
    words = ngettext(
        "%(num)s person has the tag %(tag)s no more.",
        "%(num)s people have the tag %(tag)s no more.",
        len(outcome.done),
        tag=name,
    )
    return outcome, words if outcome.done else ""


def _mark_present(event: Event, numbers: list[int], day: date) -> tuple[Decided, str]:
    outcome = mark_present(event.id, numbers, day, now(), organiser_id())
    words = ngettext(
        "%(num)s person is marked as present.",
        "%(num)s people are marked as present.",
        len(outcome.done),
    )
    return outcome, words if outcome.done else ""


_ACTS: dict[str, Act] = {
    "seat": _give_seats,
    "reject": _turn_down,
    "cancel": _cancel,
    "comes": _note_coming,
    "release": _release,
}


def _name_of(event: Event, tag_id: int) -> str:
    tags = tags_of_project(event.activity.project_id)
    return next((tag.name for tag in tags if tag.id == tag_id), "")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
