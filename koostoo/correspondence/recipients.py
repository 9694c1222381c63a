"""Whom an organiser writes to: chosen by what people are, or one by one.

A letter about the registration goes to each registration: it names the person and carries their
own link, also where a couple or an office shares an address. News goes to each address once.
Nobody whose address was forgotten is written to, nor is a person twice who signed up anew.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from koostoo.correspondence.news import mailbox_of, refusing
from koostoo.events.models import Event
from koostoo.events.questions import AskedIf
from koostoo.registration.models import ACTIVE, Registration
from koostoo.roster.filters import has_said, has_tag, of_organisation


@dataclass(frozen=True, slots=True)
class Whom:
    """What people must be to be written to; `ticked` people are, whatever they are.

    `organisation` is a number as text, "other", or empty for all; `answer` is an option chosen, or
    yes, or no; `tag_id` a tag they have. `activity`: people of all events of the event's activity,
    by standing alone.
    """

    states: tuple[str, ...] = ("confirmed",)
    organisation: str = ""
    answer: AskedIf | None = None
    tag_id: int | None = None
    activity: bool = False
    ticked: tuple[int, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return it as it is stored; of ticked people only how many they were."""
        answer = None if self.answer is None else asdict(self.answer)
        return {
            "states": list(self.states),
            "organisation": self.organisation,
            "answer": answer,
            "tag": self.tag_id,
            "activity": self.activity,
            "ticked": len(self.ticked),
        }


@dataclass(frozen=True, slots=True)
class Recipients:
    """The letters to be written: for each those it is for, more than one only of news."""

    letters: tuple[tuple[Registration, ...], ...] = ()
    refusing: int = 0
    """Addresses left out because they want no news."""
    unreachable: int = 0
    """People left out because their address is not known any more."""


def find_recipients(session: Session, event: Event, whom: Whom, *, is_news: bool) -> Recipients:
    """Return who would get a letter now, in Estonian order."""
    found = _persons(_chosen(session, event, whom))
    reachable = [person for person in found if person.email]
    unreachable = len(found) - len(reachable)
    if not is_news:
        return Recipients(tuple((person,) for person in reachable), unreachable=unreachable)
    mailboxes: dict[str, list[Registration]] = {}
    for person in reachable:
        mailboxes.setdefault(mailbox_of(person.email_key), []).append(person)
    closed = refusing(session, event.activity.project_id)
    letters = tuple(tuple(people) for box, people in mailboxes.items() if box not in closed)
    return Recipients(letters, len(mailboxes) - len(letters), unreachable)


def _chosen(session: Session, event: Event, whom: Whom) -> Sequence[Registration]:
    conditions: list[ColumnElement[bool]] = []
    if whom.ticked:
        conditions = [Registration.event_id == event.id, Registration.id.in_(whom.ticked)]
    elif whom.activity:
        conditions = [
            Event.activity_id == event.activity_id,
            Event.state != "draft",
            Registration.state.in_(whom.states),
        ]
    else:
        conditions = [Registration.event_id == event.id, Registration.state.in_(whom.states)]
        if whom.organisation:
            conditions.append(of_organisation(whom.organisation))
        if whom.answer is not None:
            conditions.append(has_said(whom.answer))
        if whom.tag_id is not None:
            conditions.append(has_tag(whom.tag_id))
    return session.scalars(
        select(Registration)
        .join(Registration.event)
        .where(*conditions)
        .order_by(Registration.sort_key, Registration.id)
    ).all()


def _persons(found: Iterable[Registration]) -> list[Registration]:
    """Return each person of an event once: who withdrew and signed up anew by what holds now."""
    latest: dict[tuple[int, str, str], Registration] = {}
    for one in found:
        key = (one.event_id, one.email_key, one.person_key)
        known = latest.get(key)
        if known is None or (one.state in ACTIVE, one.id) > (known.state in ACTIVE, known.id):
            latest[key] = one
    return sorted(latest.values(), key=lambda one: (one.sort_key, one.id))
