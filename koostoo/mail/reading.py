"""Letters from elsewhere, read within bounds: bytes in, a value out; pure.

Whoever knows the address can send anything. So nothing is unpacked, no header is handed to a
parser that takes long over hostile ones, and what is too large or too deep is not read at all.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.parser import HeaderParser
from email.utils import parsedate_to_datetime
from typing import Literal

from koostoo.base.text import clean_line

MAX_BYTES = 1_000_000
MOST_LINES = 30_000
"""A letter of MAX_BYTES in base64 has half as many."""
DEEPEST = 8
MOST_WRAPPERS = 20
LONGEST_HEADER = 2000
"""Characters of a header that are looked at; a list of references is rarely longer."""
MOST_GROUPS = 50
"""Of fields that a part of a letter may hold; a report has one for each recipient."""
Kind = Literal["too_large", "too_many_lines", "too_deep", "too_long", "broken"]

# Looked for before anything is parsed: the library's parser takes a step deeper for each wrapper,
# asks each of them about each line, and takes ever longer over a header with many parameters.
_WRAPPER = re.compile(rb"boundary\*?[0-9]*\*?\s*=|content-type:\s*message/", re.IGNORECASE)
_TYPE = re.compile(rb"^content-type:.*(?:\n[ \t].*)*", re.IGNORECASE | re.MULTILINE)
# No others are decoded: some of Python's are slow, some are no encodings of text at all.
_CHARSETS = re.compile(
    "us-ascii|ascii|utf-?16(le|be)?|iso-?8859-?[0-9]{1,2}|(windows-?|cp)125[0-9]|koi8-[ru]",
    re.IGNORECASE,
)
_ENCODED_WORD = re.compile(r"=\?[^?\s]{1,40}\?[BbQq]\?[^?\s]*\?=")
_FOLD = re.compile(rb"\r?\n[ \t]")
_FILE_NAME = re.compile(r"\b(?:file)?name\*?=(?:\"([^\"]*)\"|([^\s;]*))", re.IGNORECASE)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_COMMENT = re.compile(r"\([^()]*\)")
_ADDRESS = re.compile(r"[^\s<>()\[\]\\,;:\"@]{1,64}@[^\s<>()\[\]\\,;:\"@]{1,255}")


class Unreadable(ValueError):
    """A letter outside the bounds; `kind` says which."""

    def __init__(self, kind: Kind) -> None:
        super().__init__(kind)
        self.kind: Kind = kind


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf of a letter, or a whole letter inside it (`message/…`)."""

    source: Message

    @property
    def content_type(self) -> str:
        """The type in small letters, such as `text/calendar`."""
        return self.source.get_content_type()

    def parameter(self, name: str) -> str:
        """Return a parameter of the type, empty where there is none."""
        value = self.source.get_param(name, "")
        return str(value[2] if isinstance(value, tuple) else value)

    @property
    def file_name(self) -> str:
        """What the file is called, if it is one, in small letters; two headers may say so."""
        for header, written in self.source.raw_items():
            found = _FILE_NAME.search(written[:LONGEST_HEADER])
            if found and header.lower().startswith("content-"):
                return (found[1] or found[2] or "").lower()
        return ""

    def text(self, *, is_folded: bool = False) -> str:
        """Return the decoded text, whatever encoding it claims to have.

        UTF-8 proves itself; else the encoding named, if it is a usual one; else one in which every
        byte is some letter. `is_folded`: lines go on after a line end and a space, which may stand
        amid the bytes of one letter (RFC 5545, 3.1).
        """
        content = self.source.get_payload(decode=True)
        if not isinstance(content, bytes):
            return ""
        if is_folded and b"\0" not in content:
            content = _FOLD.sub(b"", content)
        named = self.parameter("charset")
        encodings = ["utf-8-sig", named] if _CHARSETS.fullmatch(named) else ["utf-8-sig"]
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            encodings = ["utf-16"]
        for encoding in encodings:
            try:
                return content.decode(encoding)
            except (UnicodeDecodeError, LookupError):
                continue
        return content.decode("latin-1")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A letter as it came: its headers and parts."""

    source: Message
    parts: tuple[Part, ...]

    def header(self, name: str) -> str:
        """Return the first header of this name on one line, empty where there is none."""
        return next(iter(self.headers(name)), "")

    def headers(self, name: str) -> list[str]:
        """Return all headers of this name from the top."""
        return headers_of(self.source, name)

    @property
    def subject(self) -> str:
        """The subject in words."""
        written = self.header("Subject")
        try:
            return clean_line(str(make_header(decode_header(written))))
        except (ValueError, LookupError):
            return written

    @property
    def sender(self) -> str:
        """The bare address of From; empty unless it is exactly one."""
        written = self.headers("From")
        return _only_address(written[0]) if len(written) == 1 else ""

    @property
    def date(self) -> datetime | None:
        """When it says it was written, aware; None where that makes no sense."""
        try:
            date = parsedate_to_datetime(self.header("Date"))
            return date.replace(tzinfo=date.tzinfo or UTC).astimezone(UTC)
        except (ValueError, OverflowError):
            return None

    def texts(self, content_type: str) -> Iterator[str]:
        """Give out the text of each part of this type."""
        return (part.text() for part in self.parts if part.content_type == content_type)


def read(raw: bytes) -> Incoming:
    """Return the letter; raise Unreadable."""
    _check_bounds(raw)
    try:
        source = message_from_bytes(raw)
        return Incoming(source, tuple(_leaves(source, 0)))
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("broken") from error


def _check_bounds(raw: bytes) -> None:
    """Raise Unreadable for a letter that would keep the library's parser busy."""
    if len(raw) > MAX_BYTES:
        raise Unreadable("too_large")
    # The parser ends lines at a lone CR too.
    raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if raw.count(b"\n") > MOST_LINES:
        raise Unreadable("too_many_lines")
    if sum(1 for _ in _WRAPPER.finditer(raw)) > MOST_WRAPPERS:
        raise Unreadable("too_deep")
    if any(len(found[0]) > LONGEST_HEADER for found in _TYPE.finditer(raw)):
        raise Unreadable("too_long")


def headers_of(source: Message, name: str) -> list[str]:
    """Return all headers of this name from the top, each on one line and not endless.

    As they came: letters outside ASCII are read as UTF-8, as most servers write them today.
    """
    return [
        clean_line(_text(value[:LONGEST_HEADER]))
        for key, value in source.raw_items()
        if key.lower() == name.lower()
    ]


def _text(header: str) -> str:
    return header.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def children_of(source: Message) -> list[Message]:
    """Return what a letter or part is made of, nothing for a leaf.

    Asked first, for a leaf's payload would be decoded with whatever encoding it names.
    """
    inside = source.get_payload() if source.is_multipart() else []
    return [child for child in inside if isinstance(child, Message)]


def fields_in(part: Part) -> list[Message]:
    """Return the headers of a letter inside, or the groups of fields of a report inside.

    The library finds them, but not in a part that was encoded, which RFC 2046, 5.2.1, does not
    allow and some programs do; and it takes a report of RFC 6533 for a letter.
    """
    children = children_of(part.source)
    encoding = "".join(headers_of(part.source, "Content-Transfer-Encoding")).lower()
    is_encoded = encoding in ("base64", "quoted-printable")
    is_report = part.content_type.endswith("delivery-status")
    if not is_encoded and (not is_report or part.content_type == "message/delivery-status"):
        return children
    text = "\n".join(_as_written(child) for child in children)
    if is_encoded:
        wrapped = Message()
        wrapped["Content-Transfer-Encoding"] = encoding
        wrapped.set_payload(text)
        text = Part(wrapped).text()
    groups = re.split(
        r"\n(?:[ \t]*\n)+", text.replace("\r\n", "\n").strip("\n"), maxsplit=MOST_GROUPS
    )
    # Headers only: nothing that stands below them is parsed.
    parser = HeaderParser()
    return [parser.parsestr(group) for group in groups[: MOST_GROUPS if is_report else 1]]


def _as_written(source: Message) -> str:
    head = "".join(f"{name}: {value}\n" for name, value in source.raw_items())
    return f"{head}\n{Part(source).text()}"


def _leaves(source: Message, depth: int) -> Iterator[Part]:
    """Give out the leaves; a letter inside a letter is one, whatever it holds."""
    if depth > DEEPEST:
        raise Unreadable("too_deep")
    if source.get_content_maintype() == "multipart" and source.is_multipart():
        for child in children_of(source):
            yield from _leaves(child, depth + 1)
    else:
        yield Part(source)


def _only_address(written: str) -> str:
    """Return the address of a From header if there is exactly one, in a form nobody can misread."""
    bare = _COMMENT.sub(" ", _QUOTED.sub(" ", _ENCODED_WORD.sub(" ", written)))
    name, bracket, rest = bare.partition("<")
    address, closing, after = rest.partition(">")
    if not bracket:
        address, closing, name, after = name, ">", "", ""
    if closing and not after.strip() and not set(',;:<>()"') & set(name):
        found = _ADDRESS.fullmatch(address.strip())
        return found[0] if found else ""
    return ""
