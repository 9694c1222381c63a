"""The one place that asks what time it is; everything below is handed the answer."""

from datetime import UTC, date, datetime

from koostoo.base.when import ZONE

__all__ = ["ZONE", "local_day", "now"]


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


def local_day(moment: datetime) -> date:
    """Return the calendar day in Tallinn at `moment`."""
    return moment.astimezone(ZONE).date()
