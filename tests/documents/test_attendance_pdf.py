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


def of(*names: str) -> AttendanceSheet:
    return replace(SHEET, rows=tuple(AttendanceRow(name, "Selts", "Rühm") for name in names))


def pages(sheet: AttendanceSheet) -> list[str]:
    """Return the text of each page, blanks of any kind as one space."""
    found = PdfReader(BytesIO(render_attendance_sheet(sheet))).pages
    return [" ".join(page.extract_text().replace("\u200b", "").split()) for page in found]


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


def test_a_long_list_repeats_heading_event_and_day_on_every_page() -> None:
    names = [f"Osaleja{number} Näidis" for number in range(1, 61)]

    found = pages(replace(of(*names), days=("30. mai 2026", "31. mai 2026")))

    per_day = len(found) // 2
    assert len(found) > 4
    for number, text in enumerate(found, start=1):
        assert "Ees- ja perekonnanimi" in text
        assert "Õppereis Näidismaale" in text
        assert ("30. mai 2026" if number <= per_day else "31. mai 2026") in text
        assert f"Lk {number}/{len(found)}" in text
    day = " ".join(found[:per_day])
    assert all(day.count(f"{name} ") == 1 for name in names)


@pytest.mark.parametrize(
    "name",
    [
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
    ],
)
def test_a_name_is_shown_literally(name: str) -> None:
    (text,) = pages(of(name))

    assert f"1{name}Selts".replace(" ", "") in text.replace(" ", "")  # it may fill two lines


@pytest.mark.parametrize(
    "name",
    [
        "Šarlotta Žäär-Õüö",
        "İpek Yılmaz",
        "Жанна Щукина",
        "Ελένη Παπαδοπούλου",
        "Nguyễn Ǆ Łódź Ðura",
        "שלום",
    ],
)
def test_names_of_many_alphabets_are_printed_with_the_built_in_fonts(name: str) -> None:
    (text,) = pages(of(name))

    assert name in text
    assert is_pdf_a(render_attendance_sheet(of(name)))


@pytest.mark.parametrize("name", ["Mari 😀 Mänd", "王小明", "A\U000e0001B \U0010ffff"])
def test_a_letter_no_font_has_does_not_stop_the_sheet(name: str) -> None:
    assert len(pages(of(name, "Jüri Kask"))) == 1


def is_pdf_a(rendered: bytes) -> bool:
    metadata = PdfReader(BytesIO(rendered)).xmp_metadata
    return metadata is not None and (metadata.pdfaid_part, metadata.pdfaid_conformance) == (
        "2",
        "B",
    )


def test_the_file_is_an_archival_pdf_on_a4() -> None:
    rendered = render_attendance_sheet(SHEET)

    reader = PdfReader(BytesIO(rendered))
    assert is_pdf_a(rendered)
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [595, 842]
    assert reader.metadata is not None
    assert reader.metadata.title == "Osavõtjate nimekiri: Õppereis Näidismaale"


def test_the_foot_never_stands_on_a_page_without_names() -> None:
    for count in range(16, 24):
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


def test_the_template_reads_no_file_and_runs_no_data() -> None:
    template = Path(koostoo.documents.__path__[0], "attendance.typ").read_text()

    reaching_out = r"\b(import|include|read|image|plugin|eval|csv|yaml|toml|xml|bibliography)\b *\("
    assert not re.search(reaching_out, template)
    assert not re.search(r"#?(import|include) ", template)
    assert template.count("json(") == 1


def test_a_sheet_without_a_day_is_refused() -> None:
    with pytest.raises(ValueError, match="day"):
        render_attendance_sheet(replace(SHEET, days=()))


def test_the_moment_of_making_needs_its_zone() -> None:
    naive = datetime(2026, 5, 20)  # noqa: DTZ001 - what is refused

    with pytest.raises(ValueError, match="aware"):
        render_attendance_sheet(replace(SHEET, made_at=naive))
