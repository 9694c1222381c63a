"""Use cases of links to news stories about an event: add one, take it away."""

from datetime import datetime

from sqlalchemy import select

from koostoo.accounts.audit import record
from koostoo.base.database import transaction
from koostoo.base.retry import retried
from koostoo.files.models import NewsLink
from koostoo.files.rules import MOST_LINKS
from koostoo.files.service import TooMany


@retried
def add_news(event_id: int, url: str, now: datetime, by: int | None) -> bool:
    """Keep the address of a news story; say whether it is new there. Raises TooMany."""
    with transaction() as session:
        rows = session.scalars(select(NewsLink).where(NewsLink.event_id == event_id)).all()
        if any(row.url == url for row in rows):
            return False
        if len(rows) >= MOST_LINKS:
            raise TooMany
        session.add(NewsLink(event_id=event_id, url=url, created_at=now, created_by=by))
        record(session, by, "file_added", now, event_id=event_id, detail={"kind": "news"})
        return True


@retried
def remove_news(event_id: int, number: int, now: datetime, by: int | None) -> None:
    """Forget a link; one that is gone already is no mistake."""
    with transaction() as session:
        row = session.get(NewsLink, number, with_for_update=True)
        if row is None or row.event_id != event_id:
            return
        session.delete(row)
        record(session, by, "file_removed", now, event_id=event_id, detail={"kind": "news"})
