"""A ZIP file to hand on, with a table of contents and sums; the same content gives the same bytes.

Nothing is packed smaller: pictures, PDF and office files are packed already, and how well others
pack differs from one computer to the next, which the sums of the whole would tell.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from typing import BinaryIO, NamedTuple
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from koostoo.base.when import ZONE
from koostoo.documents.cells import clean_text
from koostoo.documents.csv import stream_csv

SUMS = "SHA256SUMS"
_EARLIEST = (1980, 1, 1, 0, 0, 0)
_UNIX, _READABLE = 3, 0o100644 << 16


class Entry(NamedTuple):
    """A file to be packed: where it lies, what it is in words, its bytes piece by piece."""

    path: str
    title: str
    pieces: Callable[[], Iterable[bytes]]


class Packed(NamedTuple):
    """What lies in the archive: where, what it is, how large, its SHA-256."""

    path: str
    title: str
    size: int
    digest: str


class Labels(NamedTuple):
    """Words of the table of contents: the name of its file, its heading lines, its columns."""

    name: str
    heading: Sequence[str]
    columns: tuple[str, str, str, str]
    """File, what it is, bytes, SHA-256."""


def write_archive(
    into: BinaryIO,
    entries: Iterable[Entry],
    labels: Labels,
    made_at: datetime,
    tell: Callable[[int], None] = lambda _number: None,
) -> None:
    """Write the archive to `into`, which can be sought; one piece is in memory at a time.

    The entries in their order, then the table of contents as text and CSV, and the sums in the form
    `sha256sum -c` takes. Each file carries `made_at`, an aware moment, as its time in Tallinn.
    `tell` hears how many entries are in. Paths are ASCII letters, digits, `-`, `.` and `/`; two of
    the same raise ValueError.
    """
    packed: list[Packed] = []
    paths: set[str] = set()
    with ZipFile(into, "w", ZIP_STORED) as archive:
        for number, entry in enumerate(entries, start=1):
            if entry.path in paths:
                raise ValueError(f"two files at {entry.path}")
            paths.add(entry.path)
            packed.append(_pack(archive, entry, made_at))
            tell(number)
        text = _as_text(labels, packed).encode()
        table = [*stream_csv(labels.columns, packed)]
        for ending, pieces in (("txt", [text]), ("csv", table)):
            packed.append(_pack(archive, _own(f"{labels.name}.{ending}", pieces), made_at))
        sums = "".join(f"{one.digest}  {one.path}\n" for one in packed)
        _pack(archive, _own(SUMS, [sums.encode()]), made_at)


def pieces_of(file: BinaryIO, size: int) -> Iterator[bytes]:
    """Give out a file piece by piece, from its beginning."""
    file.seek(0)
    while piece := file.read(size):
        yield piece


def _pack(archive: ZipFile, entry: Entry, made_at: datetime) -> Packed:
    info = ZipInfo(entry.path, max(_EARLIEST, made_at.astimezone(ZONE).timetuple()[:6]))
    info.create_system, info.external_attr = _UNIX, _READABLE
    digest, size = sha256(), 0
    # The size is not known before: the form for large files is for all, so that it is always one.
    with archive.open(info, "w", force_zip64=True) as file:
        for piece in entry.pieces():
            file.write(piece)
            digest.update(piece)
            size += len(piece)
    return Packed(entry.path, entry.title, size, digest.hexdigest())


def _own(path: str, pieces: Sequence[bytes]) -> Entry:
    return Entry(path, "", lambda: pieces)


def _as_text(labels: Labels, packed: Iterable[Packed]) -> str:
    lines = [_line(one) for one in labels.heading]
    for one in packed:
        lines += ["", one.path, f"  {_line(one.title)}", f"  {labels.columns[2]}: {one.size}"]
    return "\r\n".join([*lines, ""])


def _line(text: str) -> str:
    return " ".join(clean_text(text).split())
