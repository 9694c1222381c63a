"""Reads about files; each a fixed number of queries, and none but `read` touches any bytes."""

from collections.abc import Collection, Iterator, Sequence
from typing import Literal

from sqlalchemy import literal, select
from sqlalchemy.orm import joinedload

from koostoo.base.database import db
from koostoo.base.localtext import LocalText
from koostoo.files.models import FileChunk, NewsLink, StoredFile
from koostoo.files.rules import PUBLIC_KINDS

Variant = Literal["full", "small"]


def files_of(event_id: int) -> Sequence[StoredFile]:
    """Return all files of an event with who brought them, in the order they came."""
    return db.session.scalars(
        select(StoredFile)
        .where(StoredFile.event_id == event_id)
        .options(joinedload(StoredFile.organiser))
        .order_by(StoredFile.id)
    ).all()


def files_of_events(event_ids: Collection[int]) -> dict[int, list[StoredFile]]:
    """Return all files of each of these events in the order they came, in one query."""
    found: dict[int, list[StoredFile]] = {number: [] for number in event_ids}
    for one in db.session.scalars(
        select(StoredFile).where(StoredFile.event_id.in_(event_ids)).order_by(StoredFile.id)
    ):
        if one.event_id is not None:
            found[one.event_id].append(one)
    return found


def news_of_events(event_ids: Collection[int]) -> dict[int, list[NewsLink]]:
    """Return the links to news stories about each of these events as they came, in one query."""
    found: dict[int, list[NewsLink]] = {number: [] for number in event_ids}
    for one in db.session.scalars(
        select(NewsLink).where(NewsLink.event_id.in_(event_ids)).order_by(NewsLink.id)
    ):
        found[one.event_id].append(one)
    return found


def public_files_of(event_id: int) -> Sequence[StoredFile]:
    """Return the cover and the documents everybody may see."""
    return db.session.scalars(
        select(StoredFile)
        .where(StoredFile.event_id == event_id, StoredFile.kind.in_(PUBLIC_KINDS))
        .order_by(StoredFile.id)
    ).all()


def news_of(event_id: int) -> Sequence[NewsLink]:
    """Return the links to news stories about an event with who added them, as they came."""
    return db.session.scalars(
        select(NewsLink)
        .where(NewsLink.event_id == event_id)
        .options(joinedload(NewsLink.organiser))
        .order_by(NewsLink.id)
    ).all()


def logos_of(project_id: int) -> Sequence[StoredFile]:
    """Return the logos of a project in their order."""
    return db.session.scalars(
        select(StoredFile)
        .where(StoredFile.project_id == project_id)
        .order_by(StoredFile.position, StoredFile.id)
    ).all()


def find_file(event_id: int, number: int) -> StoredFile | None:
    """Return a file of this event, or None."""
    return db.session.scalar(
        select(StoredFile).where(StoredFile.id == number, StoredFile.event_id == event_id)
    )


def find_logo(project_id: int, number: int) -> StoredFile | None:
    """Return a logo of this project, or None."""
    return db.session.scalar(
        select(StoredFile).where(StoredFile.id == number, StoredFile.project_id == project_id)
    )


def kinds_of(event_ids: Collection[int]) -> dict[int, frozenset[str]]:
    """Return which kinds of files each of these events has, in one query.

    A link to a news story counts as "news".
    """
    found: dict[int | None, set[str]] = {}
    for event_id, kind in db.session.execute(
        select(StoredFile.event_id, StoredFile.kind)
        .where(StoredFile.event_id.in_(event_ids))
        .union(select(NewsLink.event_id, literal("news")).where(NewsLink.event_id.in_(event_ids)))
    ):
        found.setdefault(event_id, set()).add(kind)
    return {event_id: frozenset(found.get(event_id, ())) for event_id in event_ids}


def read(file_id: int, variant: Variant = "full") -> Iterator[bytes]:
    """Give out the bytes of a file piece by piece, one in memory at a time."""
    statement = select(FileChunk.data).where(
        FileChunk.file_id == file_id, FileChunk.variant == variant
    )
    yield from db.session.scalars(
        statement.order_by(FileChunk.position), execution_options={"yield_per": 1}
    )


def funding_logos(project_id: int) -> list[tuple[bytes, LocalText]]:
    """Return the logos of a project's funding block in their order, for documents.

    Each is a PNG, at most 1200 pixels wide or high, perhaps see-through, with the words for those
    who do not see it.
    """
    pieces: dict[int, list[bytes]] = {}
    words: dict[int, LocalText] = {}
    for number, alt, data in db.session.execute(
        select(StoredFile.id, StoredFile.alt, FileChunk.data)
        .join(FileChunk, FileChunk.file_id == StoredFile.id)
        .where(StoredFile.project_id == project_id, FileChunk.variant == "full")
        .order_by(StoredFile.position, StoredFile.id, FileChunk.position)
    ):
        words[number] = alt
        pieces.setdefault(number, []).append(data)
    return [(b"".join(data), words[number]) for number, data in pieces.items()]
