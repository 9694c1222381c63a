"""What a helper's device and the service tell each other, as JSON: the list there, acts back.

Names and organisations alone go to the device, and which questions are still to be asked: no
contacts, no answers.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_wtf.csrf import generate_csrf

from koostoo.attendance import queries
from koostoo.attendance.rules import (
    KEPT_ON_DEVICE,
    STATUSES,
    Mark,
    Status,
    WalkIn,
    days_of,
)
from koostoo.attendance.service import Outcome
from koostoo.base.text import clean_line, has_forbidden
from koostoo.base.when import ZONE
from koostoo.events.models import Event
from koostoo.web.desk.checkin_asks import asked_of_newcomers, read_answers, unanswered
from koostoo.web.desk.checkin_forms import LARGEST, OPERATION
from koostoo.web.language import current_lang
from koostoo.web.links import check_in_codes

MOST_ACTS = 200
"""Acts taken in one go; a device with more sends the rest after them."""
LIMITS = {
    "first_name": 100,
    "last_name": 100,
    "other_organisation": 200,
    "member_organisation": 200,
    "note": 500,
}


class BrokenAct(ValueError):
    """What a device sent makes no sense."""


def list_for_device(event: Event, now: datetime) -> dict[str, Any]:
    """Return all a device needs to work without network."""
    days = days_of(event.when)
    found = queries.standings(event.id)
    guests = queries.guests(event.id)
    asks = unanswered(event, [guest.id for guest in guests])
    ends = datetime.combine(event.ends_on + timedelta(days=1), time(), ZONE)
    return {
        "token": generate_csrf(),
        "slug": event.slug,
        "made_at": now.isoformat(),
        "wipe_after": (ends + KEPT_ON_DEVICE).isoformat(),
        "days": [day.isoformat() for day in days],
        "people": [
            {
                "id": guest.id,
                "first": guest.first_name,
                "last": guest.last_name,
                "from": guest.comes_from,
                "codes": check_in_codes(guest.link_id),
                "days": [
                    day.isoformat()
                    for day, standing in found.get(guest.id, {}).items()
                    if standing.status == "present"
                ],
                "asks": asks.get(guest.id, []),
            }
            for guest in guests
        ],
        "asks_newcomers": asked_of_newcomers(event),
    }


def read_acts(event: Event, sent: Any) -> tuple[datetime, list[Mark | WalkIn], list[str]]:
    """Return the device's time, its acts, and the names of those that make no sense.

    Raises BrokenAct where nothing of it can be read.
    """
    if not isinstance(sent, Mapping) or not isinstance(sent.get("acts"), list):
        raise BrokenAct
    sent_at = _moment(sent.get("sent_at"))
    acts: list[Mark | WalkIn] = []
    broken: list[str] = []
    for one in sent["acts"][:MOST_ACTS]:
        operation = one.get("operation") if isinstance(one, Mapping) else None
        if not isinstance(operation, str) or not OPERATION.fullmatch(operation):
            # A name is all by which the device would know what to give up.
            raise BrokenAct
        try:
            acts.append(_walk_in(one) if one.get("kind") == "walk_in" else _mark(event, one))
        except BrokenAct:
            broken.append(operation)
    return sent_at, acts, broken


def answer_to(outcomes: list[Outcome], broken: list[str]) -> list[dict[str, Any]]:
    """Return what became of each act: taken, or why not."""
    told: list[dict[str, Any]] = [
        {"operation": one.operation, "taken": one.is_taken, "result": one.result}
        for one in outcomes
    ]
    return told + [
        {"operation": operation, "taken": False, "result": "broken"} for operation in broken
    ]


def _mark(event: Event, one: Mapping[str, Any]) -> Mark:
    person, status = one.get("person"), one.get("status")
    if isinstance(person, str):
        known = bool(OPERATION.fullmatch(person))
    else:
        known = type(person) is int and 0 < person <= LARGEST
    if not known or person is None or status not in STATUSES:
        raise BrokenAct
    checked: Status = status
    sent = one.get("answers", {})
    answers = read_answers(event, sent) if isinstance(sent, Mapping) else None
    if answers is None:
        raise BrokenAct
    day, at = _day(one.get("day")), _moment(one.get("at"))
    return Mark(one["operation"], person, day, checked, at, answers)


def _walk_in(one: Mapping[str, Any]) -> WalkIn:
    texts = {name: _text(one.get(name, ""), limit) for name, limit in LIMITS.items()}
    organisation = one.get("organisation_id")
    named = organisation is None and texts["other_organisation"]
    chosen = type(organisation) is int and 0 < organisation <= LARGEST
    if not (texts["first_name"] and texts["last_name"] and (named or chosen)):
        raise BrokenAct
    return WalkIn(
        operation=one["operation"],
        day=_day(one.get("day")),
        at=_moment(one.get("at")),
        organisation_id=organisation if chosen else None,
        language=current_lang(),
        **texts,
    )


def _text(value: Any, limit: int) -> str:
    if not isinstance(value, str) or has_forbidden(value):
        raise BrokenAct
    text = clean_line(value)
    if len(text) > limit:
        raise BrokenAct
    return text


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise BrokenAct from error


def _moment(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise BrokenAct from error
    # Far from every year a device may believe in, times could not even be subtracted.
    if moment.tzinfo is None or not 1970 <= moment.year <= 2200:
        raise BrokenAct
    return moment
