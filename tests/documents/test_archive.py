"""A ZIP file to hand on: contents, sums, and the same bytes for the same content."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from zipfile import ZipFile

import pytest

from koostoo.documents.archive import SUMS, Entry, Labels, write_archive

MADE = datetime(2026, 5, 30, 21, 30, tzinfo=UTC)
LABELS = Labels("sisukord", ["Tõendusmaterjal"], ("Fail", "Mis see on", "Baite", "SHA-256"))


def entry(path: str, title: str, *pieces: bytes) -> Entry:
    given: Callable[[], Iterable[bytes]] = lambda: iter(pieces)  # noqa: E731 - a constant
    return Entry(path, title, given)


def packed(*entries: Entry, told: list[int] | None = None) -> bytes:
    into = BytesIO()
    write_archive(into, entries, LABELS, MADE, (told if told is not None else []).append)
    return into.getvalue()


def test_everything_in_it_has_its_sum_and_its_line_in_the_contents() -> None:
    told: list[int] = []
    data = packed(
        entry("reis/fotod/01-buss.jpg", "Fotod: buss", b"pil", b"t"),
        entry("reis/nimekiri.pdf", "=1+1; Õie\n„Mänd“", b""),
        told=told,
    )
    assert told == [1, 2]
    with ZipFile(BytesIO(data)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert names == [
            "reis/fotod/01-buss.jpg", "reis/nimekiri.pdf", "sisukord.txt", "sisukord.csv", SUMS,
        ]  # fmt: skip
        sums = "".join(
            f"{sha256(archive.read(name)).hexdigest()}  {name}\n" for name in names if name != SUMS
        )
        assert archive.read(SUMS).decode() == sums
        table = archive.read("sisukord.csv").decode("utf-8-sig").splitlines()
        assert table[1].startswith('"reis/fotod/01-buss.jpg";"Fotod: buss";4;"')
        assert "\"'=1+1; Õie" in "".join(table[2:])
        text = archive.read("sisukord.txt").decode()
        assert text.startswith("Tõendusmaterjal\r\n\r\nreis/fotod/01-buss.jpg\r\n  Fotod: buss\r\n")
        # The moment by the clock in Tallinn, where it is the next day.
        assert {info.date_time for info in archive.infolist()} == {(2026, 5, 31, 0, 30, 0)}


def test_the_same_content_gives_the_same_bytes() -> None:
    one = entry("a.txt", "A", b"content")
    assert packed(one) == packed(one)


def test_no_file_takes_the_place_of_another() -> None:
    with pytest.raises(ValueError, match=r"two files at a\.txt"):
        packed(entry("a.txt", "A", b"1"), entry("a.txt", "B", b"2"))
