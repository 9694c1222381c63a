import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
import time_machine
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from koostoo.documents.cells import Cell
from koostoo.documents.xlsx import safe_sheet_name, write_xlsx


def written(rows: Iterable[Sequence[Cell]], header: Sequence[str] = ("Nimi", "Märkus")) -> BytesIO:
    into = BytesIO()
    write_xlsx(into, "Osalejad", header, rows, widths=[30, 12])
    return into


def read(rows: Iterable[Sequence[Cell]], header: Sequence[str] = ("Nimi", "Märkus")) -> Worksheet:
    sheet = load_workbook(written(rows, header)).active
    assert isinstance(sheet, Worksheet)
    return sheet


def test_the_header_is_bold_and_stays_in_view_with_filters() -> None:
    sheet = read([["Mari", "x"], ["Jüri", "y"]])

    assert [cell.value for cell in sheet[1]] == ["Nimi", "Märkus"]
    assert all(cell.font.b for cell in sheet[1])
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:B3"
    assert sheet.title == "Osalejad"
    assert sheet.column_dimensions["A"].width == pytest.approx(30, abs=1)


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+372 5552385",
        "-x@example.org",
        "@SUM(A1)",
        "{=1+1}",
        "https://example.org/",
        "mailto:a@example.org",
        "internal:Sheet1!A1",
        "0123",
        "1e5",
        "TRUE",
        "üks\nkaks <b> & 😀",
    ],
)
def test_a_text_stays_a_text(text: str) -> None:
    sheet = read([[text, text]], header=["Nimi", text])

    for cell in (sheet["A2"], sheet["B2"], sheet["B1"]):
        assert cell.data_type == "s"
        assert cell.value == text
        assert cell.hyperlink is None


def test_the_file_holds_no_formula_and_no_link() -> None:
    archive = zipfile.ZipFile(written([["=1+1", "https://example.org/"]] * 3))

    sheet = archive.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b"hyperlink" not in sheet
    assert not [name for name in archive.namelist() if "worksheets/_rels" in name]


def test_numbers_and_dates_are_real_ones() -> None:
    moment = datetime(2026, 12, 9, 17, 15, tzinfo=UTC)

    sheet = read([[5, 12.5, Decimal("0.1"), True, date(2026, 5, 3), moment, None, ""]])

    row = [cell.value for cell in sheet[2][:6]]
    assert row == [5, 12.5, 0.1, 1, datetime(2026, 5, 3), moment.replace(tzinfo=None)]  # noqa: DTZ001 - Excel knows no zones
    assert sheet["E2"].number_format == "dd.mm.yyyy"
    assert sheet["F2"].number_format == "dd.mm.yyyy hh:mm"
    assert sheet["G2"].value is None


@pytest.mark.parametrize("number", [float("inf"), float("nan"), Decimal("NaN"), 10**15])
def test_a_number_excel_cannot_hold_is_written_as_text(number: float) -> None:
    assert read([[number]])["A2"].value == str(number)


@pytest.mark.parametrize("letter", ["õ", "😀"])
def test_a_text_too_long_for_a_cell_is_cut_visibly(letter: str) -> None:
    value = read([[letter * 40_000]])["A2"].value

    assert isinstance(value, str)
    assert value.endswith(f"{letter} […]")
    assert 32_760 < len(value.encode("utf-16-le")) // 2 <= 32_767


def test_a_text_that_just_fits_is_not_cut() -> None:
    assert read([["x" * 32_767]])["A2"].value == "x" * 32_767


def test_control_characters_disappear() -> None:
    assert read([["A\x00B\x0bC\ud800D\uffffE\r\nF"]])["A2"].value == "ABCDE\nF"


def test_every_row_is_there() -> None:
    sheet = read([f"Osaleja {number}"] for number in range(3_000))

    assert sheet.max_row == 3_001
    assert sheet["A3001"].value == "Osaleja 2999"


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("koostoo.documents.xlsx._MAX_ROWS", 3)

    write_xlsx(BytesIO(), "x", ["a"], [["1"], ["2"]], [])
    with pytest.raises(ValueError, match="more rows"):
        write_xlsx(BytesIO(), "x", ["a"], [["1"], ["2"], ["3"]], [])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Õppereis: Jõgeva/Tartu [2026]?", "Õppereis Jõgeva Tartu 2026"),
        ("'Selts'", "Selts"),
        ("a" * 40, "a" * 31),
        ("", "_"),
        ("History", "History_"),
        ("A\x00\r\nB", "A B"),
    ],
)
def test_any_title_becomes_a_name_excel_accepts(text: str, name: str) -> None:
    assert safe_sheet_name(text) == name
    write_xlsx(BytesIO(), text, ["a"], [], [])


def test_words_below_each_printed_page_are_no_commands() -> None:
    file = BytesIO()
    write_xlsx(file, "Leht", ["A"], [["a"]], [10], "Kohv & kook &P, seisuga täna")
    sheet = load_workbook(BytesIO(file.getvalue())).active
    assert sheet is not None
    assert sheet.oddFooter is not None
    assert str(sheet.oddFooter.left.text) == "Kohv && kook &&P, seisuga täna"


def test_a_workbook_with_its_moment_of_making_has_the_same_bytes_whenever_it_is_written() -> None:
    made_at = datetime(2026, 5, 30, 12, 0, tzinfo=UTC)
    files = []
    for day in (1, 2):
        into = BytesIO()
        with time_machine.travel(datetime(2026, 6, day, tzinfo=UTC), tick=False):
            write_xlsx(into, "Osalejad", ["Nimi"], [["Mari"]], [12], made_at=made_at)
        files.append(into.getvalue())
    assert files[0] == files[1]
