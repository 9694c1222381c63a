"""Looking up, under the event's lock, whom somebody who signs up comes from.

Every function takes the session of the caller's transaction.
"""

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session

from koostoo.base.text import bare_name_key, fold, person_key
from koostoo.events.models import Event, Invitation
from koostoo.programme.models import (
    Activity,
    MemberOrganisation,
    MemberPerson,
    Organisation,
    Partner,
)
from koostoo.registration.belonging import Admission, Origin, admission, admission_to_change
from koostoo.registration.models import Registration
from koostoo.registration.rules import SignUp

# Built once: putting a statement together costs more than running it.
_INVITATIONS = select(Invitation.organisation_id).where(
    Invitation.event_id == bindparam("event_id")
)
IS_INVITED = or_(~_INVITATIONS.exists(), Organisation.id.in_(_INVITATIONS))
"""Condition on an organisation: the event invites it, or all of the project; asks `event_id`."""
_PROJECT = (
    select(Activity.project_id).where(Activity.id == bindparam("activity_id")).scalar_subquery()
)
_INVITED = (
    select(Organisation.id)
    .join(Partner, Partner.organisation_id == Organisation.id)
    .where(
        Organisation.id == bindparam("organisation_id"),
        Partner.project_id
        == select(Activity.project_id)
        .where(Activity.id == bindparam("activity_id"))
        .scalar_subquery(),
        IS_INVITED,
    )
)
_OF_REGISTER = MemberOrganisation.organisation_id == Organisation.id
_REGISTER = select(
    Organisation.register_at.is_not(None),
    or_(
        select(MemberOrganisation.id)
        .where(_OF_REGISTER, MemberOrganisation.bare_name_key == bindparam("represented"))
        .exists(),
        select(MemberPerson.id)
        .join(MemberOrganisation, MemberOrganisation.id == MemberPerson.member_organisation_id)
        .where(
            _OF_REGISTER,
            and_(
                MemberPerson.email_key == bindparam("email_key"),
                MemberPerson.person_key == bindparam("person_key"),
            ),
        )
        .exists(),
    ),
).where(Organisation.id == bindparam("organisation_id"))


def admit(session: Session, event: Event, entry: SignUp) -> Admission:
    """Decide whether the event takes this sign-up and as what."""
    by_hand = entry.source != "form"
    return admission(event.membership, _origin(session, event, entry), by_hand=by_hand)


def admit_change(session: Session, registration: Registration, entry: SignUp) -> Admission:
    """Decide whether somebody who was taken may change to these answers, and as what they count.

    Their organisation stays good for them, though the event may not invite it any more.
    """
    event = registration.event
    same_organisation = registration.organisation_id == entry.organisation_id
    represented = (registration.member_organisation, entry.member_organisation)
    return admission_to_change(
        event.membership,
        _origin(session, event, entry, is_invited=same_organisation),
        registration.membership,  # type: ignore[arg-type]  # the CHECK of the table keeps it
        stays=same_organisation and fold(represented[0]) == fold(represented[1]),
    )


def _origin(session: Session, event: Event, entry: SignUp, *, is_invited: bool = False) -> Origin:
    if entry.organisation_id is None:
        return Origin(is_invited or event.allows_others, is_other=True)
    asked = {
        "event_id": event.id,
        "activity_id": event.activity_id,
        "organisation_id": entry.organisation_id,
    }
    if not is_invited:
        is_invited = session.scalar(_INVITED, asked) is not None
    if event.membership == "open":
        return Origin(is_invited)
    found = session.execute(
        _REGISTER,
        {
            "organisation_id": entry.organisation_id,
            # No organisation represented is no organisation of the register.
            "represented": bare_name_key(entry.member_organisation) or None,
            "email_key": entry.email_key,
            "person_key": person_key(entry.first_name, entry.last_name),
        },
    ).one_or_none()
    has_register, is_listed = found or (False, False)
    return Origin(is_invited, has_register=bool(has_register), is_listed=bool(is_listed))
