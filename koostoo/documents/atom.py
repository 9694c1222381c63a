"""A feed of news in Atom (RFC 4287): what web sites and news readers show of coming events."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, tostring

NAMESPACE = "http://www.w3.org/2005/Atom"
MIMETYPE = "application/atom+xml"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class AtomFeed:
    """A feed's own facts; `address` is its own, `page` that of the same for people.

    `changed` is aware. `lang` is the language of all its words (BCP 47).
    """

    title: str
    address: str
    page: str
    changed: datetime
    lang: str
    author: str


@dataclass(frozen=True, slots=True)
class AtomEntry:
    """An event in a feed; `number` names it for good (section 4.2.6), `changed` is aware.

    `categories` are pairs of a code and its words, which may be empty.
    """

    number: str
    title: str
    page: str
    changed: datetime
    summary: str
    categories: tuple[tuple[str, str], ...] = ()


def tag_uri(uid: str, since: datetime) -> str:
    """Return a name for good (RFC 4151) for what has this UID, `name@domain`, since this moment."""
    name, _, domain = uid.partition("@")
    safe = re.sub(r"[^A-Za-z0-9._~-]", "-", name)
    return f"tag:{domain or 'localhost'},{since.astimezone(UTC):%Y-%m-%d}:{safe}"


def write_atom(feed: AtomFeed, entries: Iterable[AtomEntry]) -> bytes:
    """Return the feed as UTF-8: the same values give the same bytes."""
    root = Element("feed", {"xmlns": NAMESPACE, "xml:lang": feed.lang})
    _text(root, "id", feed.address)
    _text(root, "title", feed.title)
    _text(root, "updated", _moment(feed.changed))
    _link(root, "self", feed.address, MIMETYPE)
    _link(root, "alternate", feed.page, "text/html")
    _text(SubElement(root, "author"), "name", feed.author)
    for one in entries:
        entry = SubElement(root, "entry")
        _text(entry, "id", one.number)
        _text(entry, "title", one.title)
        _text(entry, "updated", _moment(one.changed))
        _link(entry, "alternate", one.page, "text/html")
        for code, words in one.categories:
            label = {"label": _clean(words)} if words else {}
            SubElement(entry, "category", {"term": _clean(code), **label})
        _text(entry, "summary", one.summary)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _text(parent: Element, name: str, words: str) -> None:
    SubElement(parent, name).text = _clean(words)


def _link(parent: Element, rel: str, address: str, mimetype: str) -> None:
    SubElement(parent, "link", {"rel": rel, "type": mimetype, "href": address})


def _clean(words: str) -> str:
    """Leave out what XML cannot hold."""
    return _NOT_XML.sub("", words)


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
