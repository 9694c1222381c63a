"""An organiser's own calendar address: given, given anew, taken away.

Its token is made of `Organiser.feed_link_id` (`base.tokens`). One that is genuine and belongs to
nobody any more was taken away: it needs no row to be told from a forged one.
"""

from sqlalchemy import select

from koostoo.accounts.models import Organiser
from koostoo.base.database import db, transaction
from koostoo.base.retry import retried
from koostoo.base.tokens import new_link_id

DESK_FEED_PURPOSE = "desk-feed"
"""What the tokens of these addresses are made for."""


@retried
def renew_feed(organiser_id: int) -> None:
    """Give an organiser a calendar address; the one they had is worthless. Raises LookupError."""
    with transaction() as session:
        organiser = session.get(Organiser, organiser_id, with_for_update=True)
        if organiser is None:
            raise LookupError(organiser_id)
        organiser.feed_link_id = new_link_id()


@retried
def revoke_feed(organiser_id: int) -> None:
    """Take an organiser's calendar address away. Raises LookupError."""
    with transaction() as session:
        organiser = session.get(Organiser, organiser_id, with_for_update=True)
        if organiser is None:
            raise LookupError(organiser_id)
        organiser.feed_link_id = None


def find_feed_owner(link_id: str) -> int | None:
    """Return whose the address with this public part is."""
    return db.session.scalar(select(Organiser.id).where(Organiser.feed_link_id == link_id))
