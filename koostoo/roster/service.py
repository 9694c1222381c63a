"""Use cases of tags and notes. Each opens the one transaction and writes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from koostoo.accounts.audit import record
from koostoo.base.database import transaction
from koostoo.base.retry import retried
from koostoo.base.text import name_key, sort_key
from koostoo.events.models import Event
from koostoo.programme.models import Activity, Project
from koostoo.registration.decisions import Decided
from koostoo.registration.models import Registration
from koostoo.registration.seating import EventNotFound
from koostoo.roster.models import Note, RegistrationTag, Tag
from koostoo.roster.rules import next_colour


class NoteChanged(Exception):
    """Somebody else changed the note since this organiser opened it; nothing was written."""


@retried
def tag_people(
    event_id: int, numbers: Sequence[int], name: str, colour: str, now: datetime, by: int | None
) -> Decided:
    """Put a tag on people of an event, making it if the project has none of this name yet.

    An empty `colour` leaves one there is as it is, and gives a new one what fewest have. Who has
    the tag already is left with the reason "tagged". Raises EventNotFound.
    """
    outcome = Decided()
    with transaction() as session:
        project_id = _lock_project(session, event_id)
        people = _people_of(session, event_id, numbers, outcome)
        if not people:
            return outcome
        tag = _tag_named(session, project_id, name, colour)
        had = set(
            session.scalars(
                select(RegistrationTag.registration_id).where(RegistrationTag.tag_id == tag.id)
            )
        )
        for number in people:
            if number in had:
                outcome.left[number] = "tagged"
                continue
            session.add(RegistrationTag(registration_id=number, tag_id=tag.id))
            outcome.done.append(number)
            _note_tag(session, "tagged", event_id, number, tag.id, now, by)
    return outcome


@retried
def untag_people(
    event_id: int, numbers: Sequence[int], tag_id: int, now: datetime, by: int | None
) -> Decided:
    """Take a tag off people of an event; nobody's tag is gone for good. Raises EventNotFound.

    Who has not the tag is left with the reason "untagged".
    """
    outcome = Decided()
    with transaction() as session:
        project_id = _lock_project(session, event_id)
        people = _people_of(session, event_id, numbers, outcome)
        had = set(
            session.scalars(
                select(RegistrationTag.registration_id)
                .join(Tag, Tag.id == RegistrationTag.tag_id)
                .where(Tag.id == tag_id, Tag.project_id == project_id)
            )
        )
        for number in people:
            if number not in had:
                outcome.left[number] = "untagged"
                continue
            outcome.done.append(number)
            _note_tag(session, "untagged", event_id, number, tag_id, now, by)
        session.execute(
            delete(RegistrationTag).where(
                RegistrationTag.tag_id == tag_id,
                RegistrationTag.registration_id.in_(outcome.done),
            )
        )
        remove_unused_tags(session, project_id)
    return outcome


def remove_unused_tags(session: Session, project_id: int | None = None) -> None:
    """Remove tags nobody has, of one project or of all, in the caller's transaction."""
    used = select(RegistrationTag.tag_id)
    unused = delete(Tag).where(Tag.id.not_in(used))
    if project_id is not None:
        unused = unused.where(Tag.project_id == project_id)
    session.execute(unused.execution_options(synchronize_session=False))


@retried
def set_note(registration_id: int, text: str, version: int, now: datetime, by: int | None) -> None:
    """Write the note about a person, or with an empty text remove it.

    `version` is that of the note the organiser saw, 0 where there was none. Raises NoteChanged
    when it is another by now, LookupError when the person is gone.
    """
    with transaction() as session:
        person = session.get(Registration, registration_id)
        if person is None:
            raise LookupError(registration_id)
        note = session.get(Note, registration_id, with_for_update=True)
        if (note.version if note else 0) != version:
            raise NoteChanged
        if text == (note.text if note else ""):
            return
        if note is None:
            note = Note(registration_id=registration_id, version=0)
            session.add(note)
        if text:
            note.text, note.version = text, version + 1
            note.changed_at, note.organiser_id = now, by
        else:
            session.delete(note)
        record(
            session,
            by,
            "note_changed",
            now,
            event_id=person.event_id,
            registration_id=registration_id,
        )


def _lock_project(session: Session, event_id: int) -> int:
    """Return the project of the event, locked: two who tag at once see each other's tags.

    People sign up meanwhile, for it is not the lock that references wait for. SQLite: the
    transaction holds the lock.
    """
    project_id = session.scalar(
        select(Project.id)
        .join(Activity, Activity.project_id == Project.id)
        .join(Event, Event.activity_id == Activity.id)
        .where(Event.id == event_id)
        .with_for_update(of=Project, key_share=True)
    )
    if project_id is None:
        raise EventNotFound(event_id)
    return project_id


def _people_of(
    session: Session, event_id: int, numbers: Sequence[int], outcome: Decided
) -> list[int]:
    """Return those of these people who are the event's; the others are noted as gone."""
    found = list(
        session.scalars(
            select(Registration.id)
            .where(Registration.event_id == event_id, Registration.id.in_(numbers))
            .order_by(Registration.sort_key, Registration.id)
        )
    )
    known = set(found)
    outcome.left = dict.fromkeys((n for n in numbers if n not in known), "gone")
    return found


def _tag_named(session: Session, project_id: int, name: str, colour: str) -> Tag:
    tags = session.scalars(select(Tag).where(Tag.project_id == project_id)).all()
    key = name_key(name)
    tag = next((one for one in tags if one.name_key == key), None)
    if tag is None:
        tag = Tag(
            project_id=project_id,
            name=name,
            name_key=key,
            sort_key=sort_key(name),
            colour=colour or next_colour(one.colour for one in tags),
        )
        session.add(tag)
        session.flush()
    elif colour:
        tag.colour = colour
    return tag


def _note_tag(
    session: Session,
    action: Literal["tagged", "untagged"],
    event_id: int,
    number: int,
    tag_id: int,
    now: datetime,
    by: int | None,
) -> None:
    record(
        session,
        by,
        action,
        now,
        event_id=event_id,
        registration_id=number,
        detail={"tag": tag_id},
    )
