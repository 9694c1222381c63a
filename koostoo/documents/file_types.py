"""What kind of file this is, by its content: what it is called proves nothing."""

import re
from collections.abc import Mapping
from typing import BinaryIO, Literal, NamedTuple
from zipfile import BadZipFile, LargeZipFile, ZipFile, ZipInfo

from koostoo.base.text import has_forbidden
from koostoo.documents.encodings import decode
from koostoo.documents.table import TableError

FileType = Literal[
    "jpeg",
    "png",
    "webp",
    "pdf",
    "docx",
    "xlsx",
    "pptx",
    "odt",
    "ods",
    "odp",
    "asice",
    "text",
    "csv",
]
Refusal = Literal["unknown", "heic", "macros", "packed", "broken"]
"""None of these types; a picture of an iPhone; an office file with programs in it; a container
with too much in it, or locked; a file that is cut off or damaged."""

MAX_PARTS = 3000
"""Parts of a container; a presentation of a hundred slides has some hundred."""
MAX_DIRECTORY = 1_000_000
"""Bytes of the list of the parts."""
MAX_UNPACKED = 300_000_000
"""Bytes of all parts by the container's own word; nothing of it is unpacked here."""
MAX_TEXT = 5_000_000
"""Bytes of a plain text: it is decoded as a whole."""

_OPENDOCUMENT = "application/vnd.oasis.opendocument."
_MIME_PART: Mapping[bytes, FileType] = {
    f"{_OPENDOCUMENT}text".encode(): "odt",
    f"{_OPENDOCUMENT}spreadsheet".encode(): "ods",
    f"{_OPENDOCUMENT}presentation".encode(): "odp",
    # ETSI EN 319 162-1, A.1; the Estonian BDOC says the same of itself.
    b"application/vnd.etsi.asic-e+zip": "asice",
}
# Some programs of the web number it: word/document2.xml.
_MAIN_PART: Mapping[FileType, re.Pattern[str]] = {
    "docx": re.compile(r"word/document\d*\.xml"),
    "xlsx": re.compile(r"xl/workbook\d*\.xml"),
    "pptx": re.compile(r"ppt/presentation\d*\.xml"),
}


class About(NamedTuple):
    """How files of a type are called and sent."""

    ext: str
    mimetype: str


ABOUT: Mapping[str, About] = {
    "jpeg": About("jpg", "image/jpeg"),
    "png": About("png", "image/png"),
    "webp": About("webp", "image/webp"),
    "pdf": About("pdf", "application/pdf"),
    "docx": About(
        "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    ),
    "xlsx": About("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "pptx": About(
        "pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    ),
    "odt": About("odt", f"{_OPENDOCUMENT}text"),
    "ods": About("ods", f"{_OPENDOCUMENT}spreadsheet"),
    "odp": About("odp", f"{_OPENDOCUMENT}presentation"),
    "asice": About("asice", "application/vnd.etsi.asic-e+zip"),
    "text": About("txt", "text/plain"),
    "csv": About("csv", "text/csv"),
}


class FileTypeError(ValueError):
    """A file is of no type that is kept; `code` says why, see `Refusal`."""

    def __init__(self, code: Refusal) -> None:
        super().__init__(code)
        self.code = code


def type_of(file: BinaryIO) -> FileType:
    """Return the type of a file that can be read from its start; raise FileTypeError.

    A table in CSV is a plain text like any other: only its name would tell it apart.
    Of pictures only the first bytes are looked at: whether they are whole shows when they are
    made anew. No HTML and no SVG is among the types: a browser would run what is in them.
    """
    file.seek(0)
    head = file.read(16)
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "webp"
    if head[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc"):
        raise FileTypeError("heic")
    if head.startswith(b"%PDF-"):
        return _pdf(file)
    if head.startswith(b"PK\x03\x04"):
        return _container(file)
    return _text(file)


def _pdf(file: BinaryIO) -> FileType:
    """A PDF ends with a mark (ISO 32000-1, 7.5.5); one cut off on the way has none."""
    end = file.seek(0, 2)
    file.seek(max(0, end - 2048))
    if b"%%EOF" not in file.read():
        raise FileTypeError("broken")
    return "pdf"


def _container(file: BinaryIO) -> FileType:
    try:
        _check_directory(file)
        with ZipFile(file) as archive:
            parts = archive.infolist()
            _check_parts(parts)
            if parts[0].filename == "mimetype" and parts[0].file_size < 200:
                found = _MIME_PART.get(archive.read(parts[0]).strip())
            else:
                found = _office_type([part.filename for part in parts])
    except (BadZipFile, LargeZipFile, EOFError, NotImplementedError, OSError) as error:
        raise FileTypeError("broken") from error
    except (IndexError, RuntimeError, ValueError) as error:
        raise error if isinstance(error, FileTypeError) else FileTypeError("broken") from error
    if found is None:
        raise FileTypeError("unknown")
    return found


def _office_type(names: list[str]) -> FileType | None:
    for kind, main in _MAIN_PART.items():
        if any(main.fullmatch(name) for name in names):
            if any(name.endswith("vbaProject.bin") for name in names):
                raise FileTypeError("macros")
            return kind
    return None


def _check_directory(file: BinaryIO) -> None:
    """Refuse by the size of the list of parts before the library makes an object of each.

    It stands in the record at the end of the file (APPNOTE.TXT 4.3.16).
    """
    end = file.seek(0, 2)
    file.seek(max(0, end - 65_557))
    tail = file.read()
    record = tail.rfind(b"PK\x05\x06")
    if record < 0 or len(tail) < record + 22:
        raise FileTypeError("broken")
    if int.from_bytes(tail[record + 12 : record + 16], "little") > MAX_DIRECTORY:
        raise FileTypeError("packed")


def _check_parts(parts: list[ZipInfo]) -> None:
    locked = any(part.flag_bits & 1 for part in parts)
    if locked or len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise FileTypeError("packed")


def _text(file: BinaryIO) -> FileType:
    """A plain text is one that can be decoded and holds nothing nobody types, and no mark-up."""
    file.seek(0)
    data = file.read(MAX_TEXT + 1)
    if not data or len(data) > MAX_TEXT:
        raise FileTypeError("unknown")
    try:
        text = decode(data).text
    except TableError as error:
        raise FileTypeError("unknown") from error
    if has_forbidden(text) or text.lstrip("\ufeff \t\r\n").startswith("<"):
        raise FileTypeError("unknown")
    return "text"
