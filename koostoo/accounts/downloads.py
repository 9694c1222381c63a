"""The record of downloads: who took what along, when; written before a file leaves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import select
from sqlalchemy.orm import Session

from koostoo.accounts.models import Download
from koostoo.base.database import db, transaction
from koostoo.base.retry import retried
from koostoo.base.text import truncate

What = Literal[
    "people",
    "sheet",
    "badges",
    "programme",
    "poster",
    "feedback",
    "hotel",
    "caterer",
    "bus",
    "partner",
    "period",
    "members",
    "project",
    "stored",
    "evidence",
    "api",
    "indicators",
    "report",
]
"""The list of an event's people; what is printed; the summary of feedback; the ready lists; people
of many events; a register of members; a project as a file; a file somebody brought; a package of
evidence; what a program read; figures of a project and the rows behind them; a frozen report."""
WHATS: tuple[What, ...] = get_args(What)
Format = Literal["csv", "xlsx", "pdf", "zip", "file", "json"]
"""How it leaves; "file": as somebody brought it."""
_LONGEST_TITLE = 60


@dataclass(frozen=True, slots=True)
class Note:
    """One download, as it is remembered; numbers of what it is about, None where it is not.

    `columns` are the titles of its columns, `chosen` by what its rows were chosen: codes and
    numbers. Nothing that a participant typed, and of a search only that there was one. What has the
    same `once` is noted the first time only.
    """

    what: What
    format: Format
    rows: int
    project_id: int | None = None
    activity_id: int | None = None
    event_id: int | None = None
    organisation_id: int | None = None
    columns: Sequence[str] = ()
    chosen: Mapping[str, Any] = field(default_factory=dict)
    once: str | None = None

    def of_project(self, project_id: int, rows: int) -> "Note":
        """Return the note of the part of the file that is about this project."""
        return replace(self, project_id=project_id, rows=rows)


@retried
def record_downloads(notes: Sequence[Note], now: datetime, by: int) -> None:
    """Remember what the organiser `by` is about to take along."""
    with transaction() as session:
        for note in notes:
            if note.once is not None and _is_noted(session, note.once):
                continue
            titles = [truncate(title, _LONGEST_TITLE) for title in note.columns]
            session.add(
                Download(
                    at=now,
                    organiser_id=by,
                    what=note.what,
                    format=note.format,
                    project_id=note.project_id,
                    activity_id=note.activity_id,
                    event_id=note.event_id,
                    organisation_id=note.organisation_id,
                    rows=note.rows,
                    once=note.once,
                    detail={"columns": titles, "chosen": dict(note.chosen)},
                )
            )


def is_noted(once: str) -> bool:
    """Tell whether what is noted once has been noted."""
    return _is_noted(db.session(), once)


def _is_noted(session: Session, once: str) -> bool:
    return session.scalar(select(Download.id).where(Download.once == once)) is not None
