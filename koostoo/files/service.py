"""Use cases of files: keep one, call it otherwise, remove it; and the logos of a project."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from koostoo.accounts.audit import Scope, record
from koostoo.base.database import transaction
from koostoo.base.localtext import LocalText
from koostoo.base.retry import retried
from koostoo.files.models import CHUNK_BYTES, FileChunk, StoredFile
from koostoo.files.preparing import Prepared
from koostoo.files.rules import LIMITS, EventKind, Kind

NO_WORDS = LocalText()


class TooMany(Exception):
    """There are as many files of this kind as there may be."""


@retried
def keep_file(
    event_id: int,
    kind: EventKind,
    file: Prepared,
    now: datetime,
    by: int | None,
    alt: LocalText = NO_WORDS,
) -> bool:
    """Keep a file with an event; say whether it is new there.

    A cover picture takes the place of the one before. Raises TooMany.
    """
    with transaction() as session:
        same = StoredFile.event_id == event_id, StoredFile.kind == kind
        rows = session.scalars(select(StoredFile).where(*same)).all()
        known = next((row for row in rows if row.source_digest == file.source_digest), None)
        if known is not None:
            if kind == "cover":
                known.alt = alt
            return False
        if kind == "cover":
            session.execute(delete(StoredFile).where(*same))
        elif len(rows) >= LIMITS[kind].most:
            raise TooMany
        row = _new_row(kind, file, now, by)
        row.event_id, row.alt = event_id, alt
        if kind == "cover":
            row.title = ""
        _add(session, row, file)
        record(session, by, "file_added", now, event_id=event_id, detail={"kind": kind})
        return True


@retried
def change_file(
    event_id: int, number: int, title: str, alt: LocalText, now: datetime, by: int | None
) -> None:
    """Call a file otherwise, or describe a cover picture otherwise; raise LookupError."""
    with transaction() as session:
        row = _get(session, number, event_id=event_id)
        if (row.title, row.alt) == (title, alt):
            return
        row.title, row.alt = title, alt
        detail = {"kind": row.kind}
        record(session, by, "file_changed", now, event_id=event_id, detail=detail)


@retried
def remove_file(event_id: int, number: int, now: datetime, by: int | None) -> None:
    """Delete a file with its bytes; one that is gone already is no mistake."""
    with transaction() as session:
        row = session.get(StoredFile, number, with_for_update=True)
        if row is None or row.event_id != event_id:
            return
        detail = {"kind": row.kind}
        session.delete(row)
        record(session, by, "file_removed", now, event_id=event_id, detail=detail)


@retried
def keep_logo(
    project_id: int, file: Prepared, alt: LocalText, now: datetime, by: int | None
) -> bool:
    """Keep a logo behind those a project has; say whether it is new there. Raises TooMany."""
    with transaction() as session:
        rows = _logos(session, project_id)
        known = next((row for row in rows if row.source_digest == file.source_digest), None)
        if known is not None:
            known.alt = alt
            return False
        if len(rows) >= LIMITS["logo"].most:
            raise TooMany
        row = _new_row("logo", file, now, by)
        row.project_id, row.alt, row.title = project_id, alt, ""
        row.position = rows[-1].position + 1 if rows else 0
        _add(session, row, file)
        record(session, by, "logo_added", now, scope=Scope(project_id))
        return True


@retried
def change_logo(
    project_id: int, number: int, alt: LocalText, now: datetime, by: int | None
) -> None:
    """Describe a logo otherwise; raise LookupError."""
    with transaction() as session:
        _get(session, number, project_id=project_id).alt = alt
        record(session, by, "logo_changed", now, scope=Scope(project_id))


@retried
def move_logo(project_id: int, number: int, now: datetime, by: int | None) -> None:
    """Let a logo stand one place further ahead; raise LookupError."""
    with transaction() as session:
        rows = _logos(session, project_id)
        place = rows.index(_get(session, number, project_id=project_id))
        if place == 0:
            return
        rows[place - 1 : place + 1] = rows[place], rows[place - 1]
        for position, row in enumerate(rows):
            row.position = position
        record(session, by, "logo_changed", now, scope=Scope(project_id))


@retried
def remove_logo(project_id: int, number: int, now: datetime, by: int | None) -> None:
    """Delete a logo; one that is gone already is no mistake."""
    with transaction() as session:
        row = session.get(StoredFile, number, with_for_update=True)
        if row is None or row.project_id != project_id:
            return
        session.delete(row)
        record(session, by, "logo_removed", now, scope=Scope(project_id))


def _logos(session: Session, project_id: int) -> list[StoredFile]:
    return list(
        session.scalars(
            select(StoredFile)
            .where(StoredFile.project_id == project_id)
            .order_by(StoredFile.position, StoredFile.id)
            .with_for_update()
        )
    )


def _get(
    session: Session, number: int, *, event_id: int | None = None, project_id: int | None = None
) -> StoredFile:
    row = session.get(StoredFile, number, with_for_update=True)
    if row is None or (row.event_id, row.project_id) != (event_id, project_id):
        raise LookupError(number)
    return row


def _new_row(kind: Kind, file: Prepared, now: datetime, by: int | None) -> StoredFile:
    return StoredFile(
        kind=kind,
        title=file.title,
        type=file.type,
        size=len(file.data),
        digest=file.digest,
        source_digest=file.source_digest,
        width=file.width,
        height=file.height,
        has_small=file.small is not None,
        created_at=now,
        created_by=by,
    )


def _add(session: Session, row: StoredFile, file: Prepared) -> None:
    session.add(row)
    session.flush()
    _add_bytes(session, row.id, "full", file.data)
    if file.small is not None:
        _add_bytes(session, row.id, "small", file.small)


def _add_bytes(session: Session, file_id: int, variant: str, data: bytes) -> None:
    """Write the bytes piece by piece, each forgotten by the session once it is written."""
    for position, start in enumerate(range(0, len(data), CHUNK_BYTES)):
        chunk = FileChunk(
            file_id=file_id,
            variant=variant,
            position=position,
            data=data[start : start + CHUNK_BYTES],
        )
        session.add(chunk)
        session.flush()
        session.expunge(chunk)
