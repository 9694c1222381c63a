import re
from datetime import date

import pytest

from koostoo.documents.names import download_name


def test_estonian_letters_become_plain_ones() -> None:
    assert download_name("Õppereis Šveitsi ja Žüriisse", ext="csv") == (
        "oppereis-sveitsi-ja-zuriisse.csv"
    )


def test_a_date_may_stand_in_the_name() -> None:
    name = download_name("Seminar", date(2026, 5, 3), "osalejad", ext="xlsx")

    assert name == "seminar-2026-05-03-osalejad.xlsx"


@pytest.mark.parametrize("parts", [(), ("",), ("…",), ("日本",), ("\r\n",), ("con",), ("LPT1",)])
def test_a_name_is_never_empty_nor_a_device(parts: tuple[str, ...]) -> None:
    assert re.fullmatch(r"file(-con|-lpt1)?\.pdf", download_name(*parts, ext="pdf"))


@pytest.mark.parametrize("title", ['a"\r\nX: y/../😀', "../../etc/passwd", "C:\\x|<>*?", "Øre ß İ"])
def test_a_name_holds_letters_digits_and_hyphens_only(title: str) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*\.pdf", download_name(title, ext="pdf"))


@pytest.mark.parametrize(
    "parts", [("ä" * 300,), ("a b " * 80, "c" * 90), ("abc",) * 9 + ("d" * 99,)]
)
def test_a_long_name_is_shortened_but_keeps_its_date(parts: tuple[str, ...]) -> None:
    name = download_name(*parts, date(2026, 5, 3), ext="xlsx")

    assert len(name) <= 100
    assert name.endswith("-2026-05-03.xlsx")


def test_a_name_of_many_parts_is_at_most_a_hundred_letters_long() -> None:
    assert len(download_name(*["x"] * 200, ext="xlsx")) <= 100


@pytest.mark.parametrize("ext", ["", ".pdf", "p/df", "PDF", "abcdefghi"])
def test_an_odd_extension_is_refused(ext: str) -> None:
    with pytest.raises(ValueError, match="extension"):
        download_name("a", ext=ext)
