import re
from dataclasses import fields, replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

import koostoo.documents
from koostoo.documents.attendance_pdf import (
    AttendanceRow,
    AttendanceSheet,
    SheetLabels,
    render_attendance_sheet,
)
from koostoo.documents.drawings import Logo
from tests.documents.pdfs import is_pdf_a, pages_of, picture

LABELS = SheetLabels(
    title="Osavõtjate nimekiri",
    project="Projekt",
    activity="Tegevus",
    event="Üritus",
    date="Kuupäev",
    place="Toimumiskoht",
    number="Jrk nr",
    name="Ees- ja perekonnanimi",
    organisation="Organisatsioon",
    partner="Tegevusrühm",
    signature="Allkiri",
    listed="Nimekirjas",
    attended="Osalejaid kokku",
    organiser="Korraldaja",
    signed_on="Allkirjastatud",
    organiser_signature="Korraldaja allkiri",
    page="Lk {page}/{pages}",
)
SHEET = AttendanceSheet(
    project="Näidisprojekt",
    activity="Õppereisid",
    event="Õppereis Näidismaale",
    days=("30. mai 2026",),
    place="Näidisküla rahvamaja",
    funding_text="Projekti toetab näidisfond.",
    organiser="Mari Mänd",
    rows=(AttendanceRow("Jüri Kask", "MTÜ Näidisselts", "Näidismaa"),),
    labels=LABELS,
    made_at=datetime(2026, 5, 20, 12, 0, tzinfo=UTC),
)


LAYOUTS = Path(koostoo.documents.__path__[0], "layouts")


def of(*names: str) -> AttendanceSheet:
    return replace(SHEET, rows=tuple(AttendanceRow(name, "Selts", "Rühm") for name in names))


def pages(sheet: AttendanceSheet) -> list[str]:
    """Return the text of each page."""
    return pages_of(render_attendance_sheet(sheet))


def test_the_sheet_says_what_was_held_when_where_and_by_whose_support() -> None:
    (text,) = pages(SHEET)

    for words in (
        "Osavõtjate nimekiri",
        "Projekt Näidisprojekt",
        "Tegevus Õppereisid",
        "Üritus Õppereis Näidismaale",
        "Kuupäev 30. mai 2026",
        "Toimumiskoht Näidisküla rahvamaja",
        "Projekti toetab näidisfond.",
        "Jrk nr Ees- ja perekonnanimi Organisatsioon Tegevusrühm Allkiri",
        "1 Jüri Kask MTÜ Näidisselts Näidismaa",
        "Nimekirjas 1",
        "Osalejaid kokku",
        "Korraldaja Mari Mänd",
        "Allkirjastatud",
        "Korraldaja allkiri",
        "Lk 1/1",
    ):
        assert words in text


def test_what_is_not_known_leaves_no_label() -> None:
    (text,) = pages(replace(SHEET, activity="", place="", funding_text=""))

    assert "Tegevus " not in text
    assert "Toimumiskoht" not in text


@pytest.mark.parametrize(("empty_rows", "last"), [(5, 6), (0, 1)])
def test_empty_rows_wait_for_people_who_join_on_the_spot(empty_rows: int, last: int) -> None:
    (text,) = pages(replace(SHEET, empty_rows=empty_rows))

    table = text.split("Allkiri")[1].split("Nimekirjas")[0]
    assert re.findall(r"(?<!\S)\d+(?!\S)", table) == [str(n) for n in range(1, last + 1)]


def test_a_sheet_without_any_row_still_has_head_and_foot() -> None:
    (text,) = pages(replace(SHEET, rows=(), empty_rows=0))

    assert "Allkiri Nimekirjas 0" in text


def test_each_day_has_its_own_pages() -> None:
    first, second = pages(replace(SHEET, days=("30. mai 2026", "31. mai 2026")))

    assert "30. mai 2026" in first
    assert "31. mai 2026" not in first
    assert "31. mai 2026" in second
    assert "30. mai 2026" not in second
    for text in (first, second):
        assert "Jüri Kask" in text
        assert "Korraldaja Mari Mänd" in text
    assert "Lk 2/2" in second


def test_three_hundred_people_on_two_days_stand_on_pages_that_each_say_what_they_are() -> None:
    names = [f"Osaleja{number} Näidis" for number in range(1, 301)]

    found = pages(replace(of(*names), days=("30. mai 2026", "31. mai 2026")))

    per_day = len(found) // 2
    assert len(found) == 2 * per_day > 20
    for number, text in enumerate(found, start=1):
        assert "Ees- ja perekonnanimi" in text
        assert "Õppereis Näidismaale" in text
        assert ("30. mai 2026" if number <= per_day else "31. mai 2026") in text
        assert f"Lk {number}/{len(found)}" in text
    for day in (" ".join(found[:per_day]), " ".join(found[per_day:])):
        assert all(day.count(f"{name} ") == 1 for name in names)


HOSTILE = (
    "<b>x",
    '<img src="file:///etc/passwd"/>',
    "#panic()",
    '#read("/etc/passwd")',
    r"\" \u{1F600} \\",
    "$x^2$ *b* _i_ `c` @ref <label>",
    '"], "rows": []}',
    "{page} {pages}",
    "[#import]",
    "= Pealkiri",
    "// märkus /* x */",
    'the text `"a"` could not be displayed',
)


def test_names_are_shown_literally() -> None:
    (text,) = pages(replace(of(*HOSTILE), empty_rows=0))

    shown = text.replace(" ", "")
    for number, name in enumerate(HOSTILE, start=1):
        assert f"{number}{name}Selts".replace(" ", "") in shown  # it may fill two lines


def test_a_name_turns_no_words_around_that_follow_it() -> None:
    (text,) = pages(of("\u202eMari\u2066"))

    assert "1 Mari Selts" in text


ALPHABETS = (
    "Šarlotta Žäär-Õüö",
    "İpek Yılmaz",
    "Жанна Щукина",
    "Ελένη Παπαδοπούλου",
    "Nguyễn Ǆ Łódź Ðura",
    "შოთა რუსთაველი",
    "Արամ",
    "王小明",
    "ひらがな",
    "김철수",
    "สมชาย",
    "Mari 😀",
)


def test_names_of_all_alphabets_are_printed_and_the_file_stays_archival() -> None:
    rendered = render_attendance_sheet(replace(of(*ALPHABETS, "שלום", "محمد"), empty_rows=0))

    text = "".join(page.extract_text() for page in PdfReader(BytesIO(rendered)).pages)
    text = " ".join(text.replace("\u200b", "").split())
    for name in ALPHABETS:
        assert name in text
    # Those are told from right to left, and pypdf gives the letters as they stand.
    assert "שלום" in text or "םולש" in text
    assert set("محمد") & set(text) or any("\ufe70" <= sign <= "\ufefc" for sign in text)
    assert "□" not in text
    assert is_pdf_a(rendered)


def test_a_letter_no_font_has_becomes_a_square_and_the_file_stays_archival() -> None:
    rendered = render_attendance_sheet(of("A\U000e0001B \U0010ffff", "ᠮ Mänd", "Jüri Kask"))

    text = " ".join(PdfReader(BytesIO(rendered)).pages[0].extract_text().split())
    assert "B □ Selts" in text
    assert "2 □ Mänd Selts" in text
    assert "3 Jüri Kask Selts" in text
    assert is_pdf_a(rendered)


def test_the_file_is_an_archival_pdf_on_a4() -> None:
    rendered = render_attendance_sheet(SHEET)

    reader = PdfReader(BytesIO(rendered))
    assert is_pdf_a(rendered)
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [595, 842]
    assert reader.metadata is not None
    assert reader.metadata.title == "Osavõtjate nimekiri: Õppereis Näidismaale"


def test_logos_keep_their_shape_and_a_broken_one_is_told_in_words() -> None:
    logos = (
        Logo(picture("PNG", 1500, 300), "lai"),
        Logo(picture("WEBP", 100, 400), "kõrge"),
        Logo(picture("JPEG", 3200, 100), "väga lai"),
        Logo(b"no picture", "Näidisfondi logo"),
    )
    rendered = render_attendance_sheet(replace(SHEET, logos=logos))

    page = PdfReader(BytesIO(rendered)).pages[0]
    sizes = [image.image.size for image in page.images if image.image]
    assert [round(width / height, 1) for width, height in sizes] == [5, 0.2, 32]
    assert "Näidisfondi logo" in page.extract_text()
    assert is_pdf_a(rendered)


def test_the_foot_never_stands_on_a_page_without_names() -> None:
    for count in range(17, 23, 2):
        last = pages(replace(of(*["Jüri Kask"] * count), empty_rows=0))[-1]

        assert f"{count} Jüri Kask" in last
        assert "Korraldaja Mari Mänd" in last


def test_a_very_long_word_stays_in_its_column() -> None:
    row = AttendanceRow("X" * 90, "Y" * 90, "Z" * 90)

    (text,) = pages(replace(SHEET, rows=(row,)))

    # Broken into lines: no line of one cell runs into the next cell.
    assert all(letter * 30 not in text for letter in "XYZ")
    assert [text.count(letter) for letter in "XYZ"] == [90, 90, 90]


def test_control_characters_and_line_breaks_do_not_reach_the_sheet() -> None:
    (text,) = pages(of("Jüri\x00\r\n\tKa\x0bsk\ud800"))

    assert "1 Jüri Kask Selts" in text


def test_the_same_sheet_is_the_same_bytes() -> None:
    assert render_attendance_sheet(SHEET) == render_attendance_sheet(SHEET)


def test_a_row_has_no_place_for_phone_mail_or_diet() -> None:
    assert [field.name for field in fields(AttendanceRow)] == ["name", "organisation", "partner"]


@pytest.mark.parametrize("layout", sorted(LAYOUTS.glob("*.typ")), ids=lambda path: path.name)
def test_a_layout_opens_no_file_and_runs_no_data(layout: Path) -> None:
    source = layout.read_text()

    reaching_out = r"\b(include|read|plugin|eval|csv|yaml|toml|xml|cbor|bibliography)\b *\("
    assert not re.search(reaching_out, source)
    assert {*re.findall(r"#(?:import|include) +(.*?):", source)} <= {'"paper.typ"'}
    assert {*re.findall(r"\bimage\(([a-z.]+)", source)} <= {"bytes", "picture.data"}
    assert source.count("json(") == (layout.name == "paper.typ")


def test_a_sheet_without_a_day_is_refused() -> None:
    with pytest.raises(ValueError, match="day"):
        render_attendance_sheet(replace(SHEET, days=()))


def test_the_moment_of_making_needs_its_zone() -> None:
    naive = datetime(2026, 5, 20)  # noqa: DTZ001 - what is refused

    with pytest.raises(ValueError, match="aware"):
        render_attendance_sheet(replace(SHEET, made_at=naive))
