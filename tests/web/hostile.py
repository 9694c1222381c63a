"""What somebody types who means ill, in every text there is; and what must not come of it."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import String, Table, Text, select, update
from sqlalchemy.engine import Row

from koostoo.base.database import LocalTextType, db, transaction
from koostoo.base.localtext import LocalText
from koostoo.base.text import clean_line

PAYLOADS = (
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'><svg/onload=alert(1)>",
    "</title></textarea></select><script>1</script>", "javascript:alert(1)",
    "<a href=javascript:1>x", "\" onmouseover=\"alert(1)", "' autofocus onfocus='x",
    "</script><script>x</script>", "]]><x/>", "<!--", "-->", "<iframe srcdoc=x>",
    "<style>*{display:none}</style>", "&lt;b&gt;&amp;&#60;", "{{7*7}}", "${7*7}",
    "{event.__init__}", "{0.__class__}", "{% raw %}", "%s%n%(name)s", "#{7*7}", "#import \"x\"",
    "#image(\"/etc/passwd\")", "$x^2$ *b* _i_ @ref <lab>", "\\u{41} \\\\ \\n",
    "[vajuta](http://evil.example)", "[x](javascript:alert(1))",
    "![x](http://evil.example/x.png)", "http://evil.example/login", "`x` ~~x~~ | a | b |",
    "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "＝1+1", ";\"a\";'b'", ",;\\:\\,",
    "x\r\nBcc: e@evil.example", "x\rATTENDEE:mailto:e@evil.example", "x\u2028BEGIN:VEVENT",
    "\u202eevil\u2066", "a\0b\x1b[31m", "'; DROP TABLE event; --", "1 OR 1=1",
    "../../etc/passwd", "İıßŒ ﬁ", "e\u0301 n\u0303", "👩\u200d👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿", "שלום عربي", "日本語",
    "x" * 90,
)  # fmt: skip
MARKDOWN = {("event", "programme"), ("event", "audience"), ("mailing", "text")}
"""Organisers' Markdown becomes other words on purpose: looked at for what runs, not compared."""
MACHINE = re.compile(
    r".*(_key|_id|_hash|_digest|nonce|_domain|url|link|phone|email)"
    r"|slug|uid|key|bucket|digest|recipient|server|scope|host|queue|once|fingerprint|figures|cells"
    r"|sealed|salt|reminders|about|operation|public_key|mailbox|browser|code|challenge|kind|action"
)
"""Columns nobody types words into: keys, checked addresses, codes. All others are filled."""
LEFT_OUT = {
    "alembic_version",
    "job",
    "frozen_report",
    "outbox_message",
    "attendee_import",
    "register_import",
}
"""What a trigger guards, and what holds no words of a person."""
SCHEMES = {"", "http", "https", "mailto", "tel", "webcal", "webcals"}
# Not in the middle of a word: among the tokens of all pages one is likely to hold such letters.
_MARK = re.compile(r"(?<![A-Za-z0-9])z\d+q")
_DATA = re.compile(r"<script type=\"application/(?:ld\+)?json\"[^>]*>(.*?)</script>", re.DOTALL)
LINKS = {"href", "src", "action", "formaction", "poster", "data", "srcset", "xlink:href"}
WRONG_TAGS = {"iframe", "object", "embed", "applet", "frame"}


def words(number: int, length: int) -> str:
    """Return as many payloads as fit, another one first each time, and a mark at the end."""
    mark = f" z{number}q"
    text = ""
    for step in range(len(PAYLOADS)):
        more = clean_line(f"{text} {PAYLOADS[(number + step) % len(PAYLOADS)]}")
        if len(more) + len(mark) <= min(length, 400):
            text = more
    return clean_line(text[: length - len(mark)] + mark)


def spoil_every_text() -> dict[str, str]:
    """Write hostile words into every text of every row; return them by their mark."""
    written: dict[str, str] = {}
    with transaction() as session:
        for table in db.metadata.sorted_tables:
            if table.name not in LEFT_OUT:
                for row in session.execute(select(table)).all():
                    values = dict(_spoiled(table, row, written))
                    if values:
                        where = [one == getattr(row, one.name) for one in table.primary_key.columns]
                        session.execute(update(table).where(*where).values(values))
    return written


def _spoiled(table: Table, row: Row[Any], written: dict[str, str]) -> Iterator[tuple[str, Any]]:
    for column in table.columns:
        is_compared = (table.name, column.name) not in MARKDOWN

        def make(length: int, is_compared: bool = is_compared) -> str:
            text = words(len(written), length)
            written[text.rpartition(" ")[2]] = text if is_compared else ""
            return text

        known = getattr(row, column.name)
        if column.foreign_keys or column.primary_key or MACHINE.fullmatch(column.name):
            continue
        if isinstance(column.type, LocalTextType):
            yield column.name, LocalText(make(150), make(150))
        elif isinstance(column.type, (String, Text)) and (column.type.length or 999) >= 30:
            if known or table.name != "registration":
                yield column.name, make(column.type.length or 999)
        elif column.name == "value" and isinstance(known, str):
            yield column.name, make(200)


class Page(HTMLParser):
    """Reads a page as a browser would, and notes whatever would run or lead where it should not."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.leads_to: list[str] = []
        self.texts: list[str] = []
        self._in = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.texts += [value for name, value in given.items() if name not in LINKS]
        self.texts.append("\n")
        self._in = tag if tag in ("script", "style") else ""
        kind = given.get("type", "")
        if (
            tag == "script"
            and not given.get("src", "").startswith("/static/")
            and "json" not in kind
        ):
            self.wrong.append(f"script {given}")
        is_ours = given.get("src", "").startswith("/") or "sandbox" in given
        if tag in WRONG_TAGS and not (tag == "iframe" and is_ours and "srcdoc" not in given):
            self.wrong.append(f"{tag} {given}")
        if tag == "base" and "href" in given:
            self.wrong.append(f"{tag} {given}")
        if tag == "meta" and given.get("http-equiv", "").lower() == "refresh":
            self.wrong.append("meta refresh")
        for name, value in given.items():
            if name.startswith("on") or name == "srcdoc":
                self.wrong.append(f"{tag} {name}={value}")
            if name in LINKS:
                self.leads_to.append(value)
            if name in LINKS and _scheme(value) not in SCHEMES:
                self.wrong.append(f"{tag} {name}={value}")

    def handle_endtag(self, tag: str) -> None:
        self._in = ""

    def handle_data(self, data: str) -> None:
        if not self._in:
            self.texts.append(data)


def _scheme(value: str) -> str:
    try:
        return urlsplit(value.strip().lower()).scheme
    except ValueError:
        return "no address"


def garbled(text: str, written: dict[str, str], left_out: str = "") -> list[str]:
    """Return what stands in a text and is not as it was typed, but for signs in `left_out`."""
    wrong, drop = [], str.maketrans("", "", left_out)
    text = text.translate(drop)
    for found in _MARK.finditer(text):
        typed = written.get(found[0], "").translate(drop)
        if not text[: found.end()].endswith(typed):
            there = text[max(0, found.end() - len(typed) - 20) : found.end()]
            wrong.append(f"{typed!r} as {there!r}")
    return wrong


def marks(text: str) -> set[str]:
    """Return which of the hostile words stand in a text, by their marks."""
    return {*_MARK.findall(text)}


def strings(value: Any) -> Iterator[str]:
    """Give out every text in what was read from JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from strings(one)


def data_of(source: str) -> Iterator[str]:
    """Give out the texts of every block of data in a page; raise where one is broken."""
    for block in _DATA.findall(source):
        yield from strings(json.loads(block))
