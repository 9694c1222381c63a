"""The record of downloads: who took what along, when; written before a file leaves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, get_args

from koostoo.accounts.models import Download
from koostoo.base.database import transaction
from koostoo.base.retry import retried
from koostoo.base.text import truncate

What = Literal[
    "people",
    "sheet",
    "badges",
    "programme",
    "poster",
    "hotel",
    "caterer",
    "bus",
    "partner",
    "period",
    "members",
    "stored",
    "indicators",
    "report",
]
"""The list of an event's people; what is printed; the ready lists; people of many events; a
register of members; a file somebody brought; figures
of a project and the rows behind them; a frozen report."""
WHATS: tuple[What, ...] = get_args(What)
Format = Literal["csv", "xlsx", "pdf", "zip", "file"]
"""How it leaves; "file": as somebody brought it."""
_LONGEST_TITLE = 60


@dataclass(frozen=True, slots=True)
class Note:
    """One download, as it is remembered; numbers of what it is about, None where it is not.

    `columns` are the titles of its columns, `chosen` by what its rows were chosen: codes and
    numbers. Nothing that a participant typed, and of a search only that there was one.
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

    def of_project(self, project_id: int, rows: int) -> "Note":
        """Return the note of the part of the file that is about this project."""
        return replace(self, project_id=project_id, rows=rows)


@retried
def record_downloads(notes: Sequence[Note], now: datetime, by: int) -> None:
    """Remember what the organiser `by` is about to take along."""
    with transaction() as session:
        for note in notes:
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
                    detail={"columns": titles, "chosen": dict(note.chosen)},
                )
            )
