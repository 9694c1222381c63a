"""Every letter in every case as it reads, kept in files: a change of words shows in review.

`make snapshots` writes them anew; look at the difference before it is committed.
"""

import os
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from koostoo.mail.letter import Letter
from koostoo.notices.messages import KINDS
from koostoo.notices.render import render
from tests.mail.world import NOW
from tests.notices.cases import CASES

FOLDER = Path(__file__).parent / "snapshots"
RENEW = bool(os.environ.get("RENEW_SNAPSHOTS"))
LANGUAGES = ("et", "en")
ADDRESS = re.compile(r"https?://[^\s>]+")
BLOCKS = frozenset({"p", "div", "tr", "h2", "table", "br"})

pytestmark = [pytest.mark.usefixtures("app"), pytest.mark.once]


class Words(HTMLParser):
    """What one reads in an HTML letter: a line for each block, addresses behind their links."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = [""]
        self._href = ""
        self._is_hidden = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS:
            self.lines.append("")
        elif tag in ("style", "title"):
            self._is_hidden = True
        elif tag == "td":
            while not self.lines[-1].strip():
                self.lines.pop()
            self.lines[-1] += ": "
        elif tag == "a":
            self._href = dict(attrs).get("href") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag in ("style", "title"):
            self._is_hidden = False
        elif tag == "a" and self._href:
            self.lines[-1] += f" <{self._href}>"
            self._href = ""
        elif tag in BLOCKS:
            self.lines.append("")

    def handle_data(self, data: str) -> None:
        if not self._is_hidden:
            first, *rest = data.split("\n")
            self.lines[-1] += first
            self.lines += rest


def read(html: str) -> str:
    words = Words()
    words.feed(html)
    lines = (" ".join(line.split(" ")).strip(" ") for line in words.lines)
    return "\n".join(line for line in lines if line)


def snapshot(letter: Letter) -> str:
    part = letter.calendar
    calendar = f"{part.method}, SEQUENCE {part.sequence}" if part else "none"
    return (
        f"From: {letter.sender_name} <{letter.sender}>\n"
        f"Reply-To: {letter.reply_to}\n"
        f"Subject: {letter.subject}\n"
        f"Calendar: {calendar}\n\n"
        f"{letter.text}\n"
        f"======== HTML ========\n\n{read(letter.html)}\n"
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CASES)
def test_a_letter_reads_as_it_did(name: str, language: str) -> None:
    letter = render(CASES[name].build(language), NOW)
    assert letter is not None
    path = FOLDER / f"{name}.{language}.txt"
    if RENEW:
        path.write_text(snapshot(letter), encoding="utf-8")
    assert snapshot(letter) == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", CASES)
def test_html_says_every_sentence_of_the_text_and_leads_to_the_same_places(name: str) -> None:
    letter = render(CASES[name].build("et"), NOW)
    assert letter is not None
    html, lines = read(letter.html), letter.text.split("\n")
    assert [line for line in lines if line.endswith((".", "!")) and line not in html] == []
    assert set(ADDRESS.findall(letter.text)) == set(ADDRESS.findall(html))


def test_no_file_is_left_of_a_case_that_is_gone() -> None:
    wanted = {f"{name}.{language}.txt" for name in CASES for language in LANGUAGES}
    left = {path for path in FOLDER.iterdir() if path.name not in wanted}
    if RENEW:
        for path in left:
            path.unlink()
        left = set()
    assert left == set()


def test_every_kind_of_letter_has_a_case() -> None:
    assert {case.kind for case in CASES.values()} == KINDS
