"""The name by which calendars know an event."""

from secrets import token_hex


def new_uid(host: str) -> str:
    """Return a fresh UID (RFC 5545 section 3.8.4.7) for an event of the service at `host`.

    It is made once and never again: a calendar takes another UID for another event.
    """
    return f"event-{token_hex(12)}@{host}"


def day_uid(uid: str, number: int) -> str:
    """Return the UID of an event's day, counted from 1; the first has that of the event.

    An event that becomes longer so moves its entry in calendars and adds others.
    """
    if number == 1:
        return uid
    name, at, host = uid.rpartition("@")
    return f"{name}-{number}{at}{host}" if at else f"{uid}-{number}"
