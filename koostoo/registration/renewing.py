"""Another secret link in place of one that was passed on or seen by somebody else.

The old one then opens what a random one opens: nothing. The new one goes by letter alone, so
whoever holds the old one and asks for another gets nothing by it.
"""

from datetime import datetime
from secrets import token_hex

from sqlalchemy.orm import Session

from koostoo.accounts.audit import record
from koostoo.base.database import transaction
from koostoo.base.retry import retried
from koostoo.base.tokens import new_link_id
from koostoo.registration.letters import tell, tell_group
from koostoo.registration.models import Group, Registration


def replace_link(of: Registration | Group) -> None:
    """Give the row another link; part of the caller's transaction.

    Everything that was made of the old one ends with it: own page, own feed, feedback form, end of
    news, check-in code. So does what the first form, sent once more, would lead back to.
    """
    of.link_id, of.form_nonce = new_link_id(), token_hex(12)


@retried
def renew_link(registration_id: int, now: datetime) -> bool:
    """Replace a participant's link, as they wish; False where no letter could bring the new one."""
    with transaction() as session:
        return _renew(session, registration_id, now)


@retried
def renew_link_for(event_id: int, registration_id: int, now: datetime, by: int | None) -> bool:
    """Replace the link of a person of this event, as an organiser wishes.

    Who was signed up by somebody else can be cancelled through that one's link too: it is replaced
    as well. False where no letter could bring the new one.
    """
    with transaction() as session:
        person = session.get(Registration, registration_id)
        if person is None or person.event_id != event_id:
            return False
        if not _renew(session, registration_id, now):
            return False
        if person.group is not None:
            replace_link(person.group)
            tell_group(session, person.group, now)
        record(session, by, "link_renewed", now, event_id=event_id, registration_id=registration_id)
        return True


@retried
def renew_group_link(group_id: int, now: datetime) -> bool:
    """Replace the link of who signed up others, as they wish; False: no letter could bring it."""
    with transaction() as session:
        group = session.get(Group, group_id, with_for_update=True)
        if group is None or not group.email:
            return False
        replace_link(group)
        tell_group(session, group, now)
        return True


def _renew(session: Session, registration_id: int, now: datetime) -> bool:
    person = session.get(
        Registration, registration_id, with_for_update=True, populate_existing=True
    )
    if person is None or not person.email:
        return False
    replace_link(person)
    tell(session, person, "new_link", now)
    return True
