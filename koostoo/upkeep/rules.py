"""When a worker counts as silent, when a disk as full: values in, decision out."""

from collections.abc import Iterable
from datetime import datetime, timedelta

BEAT_EVERY = timedelta(seconds=30)
SILENT_AFTER = timedelta(minutes=5)
"""Longer than a worker is busy with one letter that leaves slowly."""
FORGOTTEN_AFTER = timedelta(days=1)
CLOCK_MAY_DIFFER = timedelta(minutes=1)
LEAST_FREE = 200_000_000
"""Bytes that must be free where data lie; below, a backup or a batch of photos may not fit."""


def is_beat_due(last: datetime | None, now: datetime) -> bool:
    """Say whether it is time for a sign of life; a clock that was put back does not silence it."""
    return last is None or not last <= now < last + BEAT_EVERY


def is_alive(beats: Iterable[datetime], now: datetime) -> bool:
    """Say whether any of the last signs of life is fresh.

    One far in the future is no sign of life: the clock was put back since.
    """
    return any(abs(now - beat) < SILENT_AFTER for beat in beats)


def size_in_words(size: int) -> str:
    """Return bytes as people read them: 1.2 GB, 350 MB."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size // 1_000_000} MB"
