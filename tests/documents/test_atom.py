"""Atom feeds: valid whatever people typed."""

from datetime import UTC, datetime, timedelta, timezone
from xml.etree.ElementTree import fromstring

from hypothesis import given
from hypothesis import strategies as st

from koostoo.documents.atom import NAMESPACE, AtomEntry, AtomFeed, tag_uri, write_atom

NS = {"a": NAMESPACE}
MOMENT = datetime(2026, 11, 8, 9, 30, tzinfo=timezone(timedelta(hours=2)))


def feed(*entries: AtomEntry) -> bytes:
    about = AtomFeed("Koostöö", "https://x.ee/a", "https://x.ee/", MOMENT, "et", "Koostöö")
    return write_atom(about, entries)


def entry(**values: str) -> AtomEntry:
    texts = {"number": "tag:x", "title": "Reis", "page": "https://x.ee/e", "summary": ""}
    return AtomEntry(**(texts | values), changed=MOMENT, categories=(("trip", ""), ("off", "Ära")))


@given(st.text())
def test_any_text_comes_back_as_far_as_xml_can_hold_it(text: str) -> None:
    root = fromstring(feed(entry(title=text, summary=text)))
    title = root.findtext("a:entry/a:title", "", NS)
    kept = "".join(sign for sign in text if sign >= " " or sign in "\t\n\r")
    if "\r" not in kept and kept.isascii():
        assert title == kept


def test_a_feed_has_all_that_the_standard_asks_for() -> None:
    root = fromstring(feed(entry()))
    assert root.findtext("a:updated", None, NS) == "2026-11-08T07:30:00Z"
    assert {link.get("rel") for link in root.findall("a:link", NS)} == {"self", "alternate"}
    for needed in ("id", "title", "author/a:name", "entry/a:id", "entry/a:updated"):
        assert root.findtext(f"a:{needed}", None, NS), needed
    terms = [(one.get("term"), one.get("label")) for one in root.iterfind(".//a:category", NS)]
    assert terms == [("trip", None), ("off", "Ära")]


def test_a_name_for_good_is_made_of_the_uid_and_the_day_it_was_given() -> None:
    made = datetime(2026, 1, 1, 23, 30, tzinfo=UTC)
    assert tag_uri("event-1f@koostoo.ee", made) == "tag:koostoo.ee,2026-01-01:event-1f"
    assert tag_uri("a b/ä", made) == "tag:localhost,2026-01-01:a-b--"
