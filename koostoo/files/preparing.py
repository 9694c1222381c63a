"""A file as it was sent becomes one that may be kept: bytes in, bytes out, or a reason why not."""

from functools import partial
from hashlib import sha256
from pathlib import PurePosixPath
from typing import BinaryIO, Literal, NamedTuple

from koostoo.base.text import clean_line, truncate
from koostoo.documents.file_types import FileType, FileTypeError, Refusal, type_of
from koostoo.documents.pictures import Made, PictureError, as_document, as_logo, as_webp
from koostoo.files.rules import LIMITS, TITLE_LENGTH, Kind

COVER_BOX, COVER_BYTES = (960, 720), 40_000
"""An event's page stays light with it."""
THUMB_BOX, THUMB_BYTES = (360, 360), 15_000
LOGO_BOX, LOGO_BYTES = (300, 130), 4_000
LOGO_LONGEST = 1200
DOCUMENT_LONGEST = 3500
"""Pixels: A4 at 300 dots an inch."""
PHOTO_LONGEST = 2600

Why = Literal["empty", "large", "wrong", "pixels", Refusal]
"""Nothing in it; too many bytes; a type this kind does not take; too many pixels; see `Refusal`."""


class FileRefused(ValueError):
    """A file is not kept; `code` says why."""

    def __init__(self, code: Why) -> None:
        super().__init__(code)
        self.code = code


class Prepared(NamedTuple):
    """A file ready to be kept.

    `source_digest` is the SHA-256 of what was sent, by which the same file is known again;
    `small` a picture for pages, where there is one; sizes in pixels, of pictures only.
    """

    title: str
    type: FileType
    data: bytes
    digest: str
    source_digest: str
    small: bytes | None = None
    width: int | None = None
    height: int | None = None


def prepare(file: BinaryIO, name: str, kind: Kind) -> Prepared:
    """Check a file by its content and make of it what is kept; raise FileRefused.

    Pictures are drawn anew without anything that travelled in them; other files stay as they are
    to the byte, for a signature would not survive anything else.
    """
    limits = LIMITS[kind]
    size = file.seek(0, 2)
    if not size:
        raise FileRefused("empty")
    if size > limits.max_bytes:
        raise FileRefused("large")
    try:
        found = type_of(file)
        if found not in limits.types:
            raise FileRefused("wrong")
        return _made(file, kind, found, name, _digest(file))
    except FileTypeError as error:
        raise FileRefused(error.code) from error
    except PictureError as error:
        raise FileRefused("broken" if error.code == "kind" else "pixels") from error


def title_of(name: str) -> str:
    """Return what a file is called to people: the name it came with, cleaned, without its ending.

    Folders, invisible signs and leading dots go; empty where nothing is left.
    """
    last = clean_line(name.replace("\\", "/")).rpartition("/")[2].lstrip(". ")
    path = PurePosixPath(last)
    stem = path.stem if len(path.suffix) <= 6 else last
    return truncate(stem.strip(), TITLE_LENGTH)


def _digest(file: BinaryIO) -> str:
    """Return the SHA-256 of a file and leave it at its start."""
    digest = sha256()
    file.seek(0)
    for piece in iter(partial(file.read, 1_000_000), b""):
        digest.update(piece)
    file.seek(0)
    return digest.hexdigest()


def _made(file: BinaryIO, kind: Kind, found: FileType, name: str, source_digest: str) -> Prepared:
    if found == "text" and name.lower().endswith(".csv"):
        # Both are plain text; the ending decides which program opens it.
        found = "csv"
    title = title_of(name)
    if found not in ("jpeg", "png", "webp"):
        return Prepared(title, found, file.read(), source_digest, source_digest)
    picture, small = _pictures(file, kind)
    return Prepared(
        title,
        picture.type,
        picture.data,
        sha256(picture.data).hexdigest(),
        source_digest,
        small.data if small else None,
        picture.width,
        picture.height,
    )


def _pictures(file: BinaryIO, kind: Kind) -> tuple[Made, Made | None]:
    """Return the picture that is kept, and the one shown beside others."""
    if kind == "cover":
        return as_webp(file, *COVER_BOX, COVER_BYTES), None
    if kind == "logo":
        full, box, weight = as_logo(file, LOGO_LONGEST), LOGO_BOX, LOGO_BYTES
    else:
        longest = PHOTO_LONGEST if kind == "photo" else DOCUMENT_LONGEST
        full, box, weight = as_document(file, longest), THUMB_BOX, THUMB_BYTES
    file.seek(0)
    return full, as_webp(file, *box, weight)
