"""Use cases of events before anybody has signed up: create, copy, publish.

Editing and calling off touch seats and letters and live in `registration.event_changes`.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import zip_longest
from typing import TypeVar

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from koostoo.accounts.audit import Action, record
from koostoo.accounts.following import follow_own
from koostoo.base.database import transaction
from koostoo.base.localtext import LocalText
from koostoo.base.retry import retried
from koostoo.base.text import SLUG_LENGTH, slugify
from koostoo.events import rules
from koostoo.events.letter_words import copy_words
from koostoo.events.models import Condition, Event, Invitation, Option, Question, Quota
from koostoo.events.questions import QuestionDraft, at_places, condition_faults, match_options
from koostoo.events.rules import EventDraft, QuotaDraft
from koostoo.events.uid import new_uid
from koostoo.feedback.forms import copy_form
from koostoo.files.copying import copy_public_files
from koostoo.programme.models import Activity

Row = TypeVar("Row", Question, Option)

PLAIN_FIELDS = (
    "activity_id",
    "organiser_id",
    "title",
    "when",
    "summary",
    "programme",
    "audience",
    "place",
    "region_id",
    "region_other",
    "mode",
    "join_link",
    "takes_registrations",
    "capacity",
    "has_waiting_list",
    "waiting_max",
    "approval",
    "offer_hours",
    "group_max",
    "on_decline",
    "partner_cap",
    "member_cap",
    "members_first_until",
    "opens_at",
    "closes_at",
    "allows_others",
    "membership",
    "asks_photo_consent",
    "contribution_cents",
    "contact_name",
    "contact_email",
    "contact_phone",
)
"""What an event and its draft have in common, questions apart."""


class NotReady(Exception):
    """The event cannot be shown to people yet; `codes` are of `rules.Missing`."""

    def __init__(self, codes: Sequence[rules.Missing]) -> None:
        super().__init__(", ".join(codes))
        self.codes = list(codes)


class NotADraft(Exception):
    """The event was published or called off already."""


@retried
def create_event(draft: EventDraft, now: datetime, by: int | None = None) -> str:
    """Add a draft event nobody sees yet; return its slug, made from the title and unique."""
    with transaction() as session:
        event = _add_event(session, draft, now, by, "created")
        event.reminders = rules.first_reminders(draft.mode)
        return event.slug


@retried
def copy_event(
    event_id: int, title: LocalText, first: date, now: datetime, by: int | None = None
) -> str:
    """Add a draft like an existing event, beginning on `first`; return its slug.

    Everything is taken over but registrations, gathered evidence, answers to the feedback form,
    and the address of one elsewhere, which asked about the original. Raises LookupError.
    """
    with transaction() as session:
        original = _get_event(session, event_id)
        draft = replace(rules.shifted(draft_of(original), first), title=title)
        copied = _add_event(session, draft, now, by, "copied")
        copied.reminders, copied.thanks_after = original.reminders, original.thanks_after
        copy_words(session, original, copied)
        copy_form(session, original.id, copied.id)
        copy_public_files(session, original.id, copied.id)
        return copied.slug


@retried
def publish_event(
    event_id: int, now: datetime, by: int | None = None, *, took_place: bool = False
) -> None:
    """Show a draft to everybody; raise NotReady with what is missing, NotADraft, LookupError.

    `took_place`: the organiser knows that it is over, and keeps it as a part of the history.
    """
    with transaction() as session:
        event = _get_event(session, event_id)
        if event.state != "draft":
            raise NotADraft
        is_record = took_place and event.when.is_over(now)
        missing = rules.missing_for_record if is_record else rules.missing
        codes = missing(draft_of(event), now)
        if codes:
            raise NotReady(codes)
        event.state = "published"
        event.version += 1
        event.revised_at = now
        record(session, by, "published", now, event_id=event.id)


def draft_of(event: Event) -> EventDraft:
    """Return what an organiser decided about this event, as plain values."""
    return EventDraft(
        **{name: getattr(event, name) for name in PLAIN_FIELDS},
        questions=_question_drafts(event),
        quotas=tuple(
            QuotaDraft(quota.organisation_id, quota.seats, quota.release_at)
            for quota in event.quotas
        ),
        invited=tuple(invitation.organisation_id for invitation in event.invitations),
        further=tuple(sorted(activity.id for activity in event.further_activities)),
    )


def _question_drafts(event: Event) -> tuple[QuestionDraft, ...]:
    drafts = [
        QuestionDraft(
            id=question.id,
            kind=question.kind,
            label=question.label,
            help=question.help,
            required=question.required,
            options=tuple(option.label for option in question.options),
            limits=tuple(option.seats for option in question.options),
            option_ids=tuple(option.id for option in question.options),
            asked_if=question.asked_if,
            purpose=question.purpose,
            asked=question.asked,
            is_sensitive=question.is_sensitive,
        )
        for question in event.questions
    ]
    return tuple(
        replace(draft, asked_if=at_places(draft.asked_if, drafts, drafts))
        if draft.asked_if
        else draft
        for draft in drafts
    )


def write_draft(session: Session, event: Event, draft: EventDraft) -> None:
    """Put a draft into the rows of an event; part of the caller's transaction.

    Questions and options that continue keep their number, so answers stay with them. Raises
    ValueError for a condition that `questions.condition_faults` finds fault with.
    """
    if condition_faults(draft.questions):
        raise ValueError("a question cannot depend on this")
    _drop_conditions(session, event)
    for name in PLAIN_FIELDS:
        setattr(event, name, getattr(draft, name))
    known = {question.id: question for question in event.questions}
    event.questions = _placed(
        session,
        event.questions,
        [known.get(wanted.id or 0) or Question(position=0) for wanted in draft.questions],
    )
    for question, wanted in zip(event.questions, draft.questions, strict=True):
        question.kind, question.required = wanted.kind, wanted.required
        question.label, question.help = wanted.label, wanted.help
        question.purpose, question.asked = wanted.purpose, wanted.asked
        question.is_sensitive = wanted.is_sensitive
    # Only now: placing options writes what is there, so every question must be whole.
    for question, wanted in zip(event.questions, draft.questions, strict=True):
        _write_options(session, question, wanted)
    _write_conditions(event, draft)
    _write_quotas(event, draft)
    _write_invitations(event, draft)
    event.further_activities = [
        session.get_one(Activity, number) for number in draft.further if number != draft.activity_id
    ]


def _drop_conditions(session: Session, event: Event) -> None:
    """Forget the conditions, which are written anew: what they name may be about to go."""
    conditional = [question for question in event.questions if question.condition]
    for question in conditional:
        question.condition = None
    if conditional:
        session.flush()


def _write_conditions(event: Event, draft: EventDraft) -> None:
    for question, wanted in zip(event.questions, draft.questions, strict=True):
        if (asked_if := wanted.asked_if) is not None:
            on = event.questions[asked_if.on]
            option = None if asked_if.option is None else on.options[asked_if.option]
            question.condition = Condition(on=on, option=option, yes=asked_if.yes)


def _write_quotas(event: Event, draft: EventDraft) -> None:
    known = {quota.organisation_id: quota for quota in event.quotas}
    event.quotas = [
        known.get(wanted.organisation_id) or Quota(organisation_id=wanted.organisation_id)
        for wanted in draft.quotas
    ]
    for quota, wanted in zip(event.quotas, draft.quotas, strict=True):
        if quota.release_at != wanted.release_at:
            # Another date: what is unused then is given out then.
            quota.released_at = None
        quota.seats, quota.release_at = wanted.seats, wanted.release_at


def _write_invitations(event: Event, draft: EventDraft) -> None:
    known = {invitation.organisation_id: invitation for invitation in event.invitations}
    event.invitations = [
        known.get(number) or Invitation(organisation_id=number) for number in draft.invited
    ]


def _write_options(session: Session, question: Question, wanted: QuestionDraft) -> None:
    labels = wanted.options
    known = {option.id: option for option in question.options}
    numbers = match_options([(o.id, o.label) for o in question.options], labels)
    question.options = _placed(
        session,
        question.options,
        [known.get(number or 0) or Option(position=0) for number in numbers],
    )
    for option, label, limit in zip_longest(question.options, labels, wanted.limits[: len(labels)]):
        option.label, option.seats = label, limit


def _placed(session: Session, old: Sequence[Row], new: list[Row]) -> list[Row]:
    """Number the rows from 0; those already stored step aside first, because places are unique."""
    stored = [row for row in old if row in session]
    for place, row in enumerate(stored, 1):
        row.position = -place
    if stored:
        session.flush()
    for place, row in enumerate(new):
        row.position = place
    return new


def _add_event(
    session: Session, draft: EventDraft, now: datetime, by: int | None, action: Action
) -> Event:
    event = Event(
        slug=_free_slug(session, draft),
        state="draft",
        uid=new_uid(str(current_app.config["BASE_HOST"])),
        created_at=now,
        revised_at=now,
    )
    write_draft(session, event, draft)
    session.add(event)
    session.flush()
    record(session, by, action, now, event_id=event.id)
    if by is not None:
        follow_own(session, by, event.id, now)
    return event


def _free_slug(session: Session, draft: EventDraft) -> str:
    """Return the title's slug, with the year and then a number where it is taken."""
    plain = slugify(draft.title.to("et"), "yritus")[: SLUG_LENGTH - 10].strip("-")
    dated = f"{plain}-{draft.when.first.year}"
    taken = set(session.scalars(select(Event.slug).where(Event.slug.startswith(plain))))
    numbered = (f"{dated}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in (plain, dated, *numbered) if slug not in taken)


def _get_event(session: Session, event_id: int) -> Event:
    event = session.get(Event, event_id, with_for_update={"of": Event})
    if event is None:
        raise LookupError(event_id)
    return event
