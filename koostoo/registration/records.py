"""Writing a registration's row and answers from what was typed.

Every function belongs to the caller's transaction; none decides anything.
"""

from collections.abc import Mapping
from datetime import datetime
from secrets import token_hex
from typing import Any

from koostoo.base.contact import EmailAddress
from koostoo.base.text import fold, person_key, person_sort_key, sort_key
from koostoo.base.tokens import new_link_id
from koostoo.events.models import Event
from koostoo.registration.letters import mail_domain
from koostoo.registration.models import Answer, Group, Registration
from koostoo.registration.rules import SignUp

CHANGEABLE = (
    "phone",
    "organisation_id",
    "other_organisation",
    "member_organisation",
    "role",
    "language",
)
"""What a person may change themselves; name and address say whose seat it is."""


def new_registration(
    event: Event, entry: SignUp, state: str, now: datetime, group: Group | None = None
) -> Registration:
    """Return a row for this sign-up, not yet added to a session."""
    registration = Registration(
        event=event,
        group=group,
        state=state,
        first_name=entry.first_name,
        last_name=entry.last_name,
        person_key=person_key(entry.first_name, entry.last_name),
        sort_key=person_sort_key(entry.first_name, entry.last_name),
        email=entry.email,
        email_key=entry.email_key,
        phone=entry.phone,
        organisation_id=entry.organisation_id,
        other_organisation=entry.other_organisation,
        member_organisation=entry.member_organisation,
        role=entry.role,
        language=entry.language,
        privacy_accepted_at=now,
        photo_consent=entry.photo_consent,
        source=entry.source,
        approved_at=now if entry.source != "form" and event.approval != "none" else None,
        queued_at=now,
        created_at=now,
        revised_at=now,
        link_id=new_link_id(),
        form_nonce=entry.nonce,
        uid=f"registration-{token_hex(12)}@{mail_domain()}",
    )
    _write_keys(registration)
    write_answers(registration, entry.answers)
    return registration


def rewrite(registration: Registration, entry: SignUp, now: datetime) -> bool:
    """Write what a person answers, all but whose seat it is; say whether anything changed."""
    before = _answered(registration)
    for name in CHANGEABLE:
        setattr(registration, name, getattr(entry, name))
    if registration.event.asks_photo_consent:
        registration.photo_consent = entry.photo_consent
    _write_keys(registration)
    write_answers(registration, entry.answers)
    if _answered(registration) == before:
        return False
    registration.revised_at = now
    return True


def readdress(registration: Registration, address: EmailAddress, now: datetime) -> None:
    """Write another address of the same person."""
    registration.email, registration.email_key = address.normalised, address.key
    registration.search_key = _search_key(registration)
    registration.revised_at = now


def rename(registration: Registration, first_name: str, last_name: str, now: datetime) -> None:
    """Write another spelling of the same person's name."""
    registration.first_name, registration.last_name = first_name, last_name
    registration.person_key = person_key(first_name, last_name)
    registration.sort_key = person_sort_key(first_name, last_name)
    registration.search_key = _search_key(registration)
    registration.revised_at = now


def write_answers(registration: Registration, answers: Mapping[int, Any]) -> bool:
    """Write answers by question; say whether any is news."""
    known = {answer.question_id: answer for answer in registration.answers}
    news = False
    for question_id, value in answers.items():
        if question_id in known:
            news |= known[question_id].value != value
            known[question_id].value = value
        else:
            news |= value is not None
            registration.answers.append(Answer(question_id=question_id, value=value))
    return news


def _answered(registration: Registration) -> tuple[Any, ...]:
    given = {a.question_id: a.value for a in registration.answers if a.value is not None}
    fields = tuple(getattr(registration, name) for name in CHANGEABLE)
    return (*fields, registration.photo_consent, given)


def _write_keys(registration: Registration) -> None:
    registration.search_key = _search_key(registration)
    registration.origin_key = sort_key(
        registration.other_organisation, registration.member_organisation
    )


def _search_key(registration: Registration) -> str:
    return fold(
        f"{registration.first_name} {registration.last_name} {registration.email} "
        f"{registration.member_organisation} {registration.other_organisation}"
    )
