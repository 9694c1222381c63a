"""Taking files along into a copy of an event."""

from sqlalchemy import insert, literal, select
from sqlalchemy.orm import Session

from koostoo.files.models import FileChunk, StoredFile
from koostoo.files.rules import PUBLIC_KINDS

_OWN = ("id", "event_id")
"""What the copy of a row has of its own."""


def copy_public_files(session: Session, from_event: int, to_event: int) -> None:
    """Give another event the cover and documents of this one; part of the caller's transaction.

    The bytes are copied inside the database. Evidence stays with the event it was gathered at.
    """
    for row in session.scalars(
        select(StoredFile)
        .where(StoredFile.event_id == from_event, StoredFile.kind.in_(PUBLIC_KINDS))
        .order_by(StoredFile.id)
    ).all():
        names = [column.key for column in StoredFile.__table__.columns if column.key not in _OWN]
        copy = StoredFile(event_id=to_event, **{name: getattr(row, name) for name in names})
        session.add(copy)
        session.flush()
        pieces = select(
            literal(copy.id), FileChunk.variant, FileChunk.position, FileChunk.data
        ).where(FileChunk.file_id == row.id)
        session.execute(
            insert(FileChunk).from_select(["file_id", "variant", "position", "data"], pieces)
        )
