"""Files as offices send them, and files as nobody should."""

import struct
from collections.abc import Sequence
from contextlib import suppress
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from koostoo.documents.read_table import read_table
from koostoo.documents.read_xlsx import MAX_ELEMENTS, MAX_UNPACKED
from koostoo.documents.table import TableError

LIST = "Liige;Eesnimi\r\nMTÜ Õunapuu;Jüri\r\nSelts Šokk;Ženja\r\n"
ROWS = [("Liige", "Eesnimi"), ("MTÜ Õunapuu", "Jüri"), ("Selts Šokk", "Ženja")]
MANY = 5001


def cells(data: bytes) -> list[tuple[str, ...]]:
    return [row.cells for row in read_table(data, MANY).rows]


def refusal(data: bytes, max_rows: int = MANY) -> tuple[str, dict[str, int]]:
    with pytest.raises(TableError) as error:
        read_table(data, max_rows)
    return error.value.code, error.value.facts


def workbook(rows: Sequence[Sequence[Any]], **sheets: Sequence[Sequence[Any]]) -> bytes:
    book = Workbook()
    first = book.active
    assert first is not None
    for name, lines in {"Leht": rows, **sheets}.items():
        sheet = first if name == "Leht" else book.create_sheet(name)
        sheet.title = name
        for line in lines:
            sheet.append(list(line))
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """Return the workbook with one part replaced or added."""
    file = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(file, "w", ZIP_DEFLATED) as new:
        for part in old.infolist():
            if part.filename != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    return file.getvalue()


def sheet_of(rows: str) -> bytes:
    """Return a workbook whose sheet has this XML as its rows."""
    head = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    xml = f"{head}<sheetData>{rows}</sheetData></worksheet>".encode()
    return with_part(workbook([["x"]]), "xl/worksheets/sheet1.xml", xml)


def as_excel_keeps_texts() -> bytes:
    """Return the list as a workbook whose texts stand in a part of their own, as in Excel."""
    file = BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(ROWS):
            sheet.write_row(number, 0, row)
    return file.getvalue()


# --- CSV ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "encoding", "assumed"),
    [
        (LIST.encode("utf-8"), "utf-8", False),
        (LIST.encode("utf-8-sig"), "utf-8", False),
        (LIST.encode("utf-16"), "utf-16-le", False),
        (b"\xfe\xff" + LIST.encode("utf-16-be"), "utf-16-be", False),
        (LIST.encode("utf-16-le"), "utf-16-le", True),
        (LIST.encode("utf-16-be"), "utf-16-be", True),
        (LIST.encode("cp1257"), "cp1257", True),
        (LIST.encode("cp1252"), "cp1252", True),
    ],
)
def test_every_usual_encoding_gives_the_same_letters(
    data: bytes, encoding: str, assumed: bool
) -> None:
    table = read_table(data, MANY)
    assert [row.cells for row in table.rows] == ROWS
    assert (table.encoding, table.is_assumed) == (encoding, assumed)


def test_a_file_with_only_the_common_letters_is_taken_for_estonian_windows() -> None:
    table = read_table("Liige\nÕnne ja Jüri äri\n".encode("cp1257"), MANY)
    assert (table.encoding, table.is_assumed) == ("cp1257", True)
    assert table.rows[1].cells == ("Õnne ja Jüri äri",)


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        ([("Liige", "utf-8"), ("Õnne", "utf-8"), ("abc", "utf-8"), ("Jüri", "cp1257")], 4),
        ([("Liige", "utf-8"), ("Õnne", "cp1257"), ("Jüri", "utf-8")], 3),
        ([("Liige", "utf-8"), ("Šokk", "cp1257"), ("Ženja", "cp1252")], 3),
        ([("\ufeffLiige", "utf-8"), ("Õnne", "utf-8"), ("Jüri", "cp1257")], 3),
    ],
)
def test_mixed_encodings_are_refused_naming_the_line(
    lines: list[tuple[str, str]], line: int
) -> None:
    data = b"\r\n".join(text.encode(encoding) for text, encoding in lines)
    assert refusal(data) == ("mixed", {"line": line})


def test_bytes_no_encoding_knows_are_refused_naming_the_line() -> None:
    assert refusal("Liige\nÕnne\n".encode("cp1257") + b"Uus \x81\n") == ("encoding", {"line": 3})
    assert refusal(LIST.encode("utf-16") + b"\x41") == ("encoding", {"line": 4})


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_the_separator_is_found(delimiter: str) -> None:
    text = LIST.replace(";", delimiter)
    assert cells(text.encode()) == ROWS
    assert cells(f"sep={delimiter}\r\n{text}".encode()) == ROWS


def test_commas_in_names_are_not_taken_for_separators() -> None:
    names = "Liige;Sektor\nA, B, C;x\nD;y\nE, F;z\n"
    assert cells(names.encode())[1] == ("A, B, C", "x")
    alone = "Liige\nSelts, küla\nTeine\nKolmas, neljas, viies\n"
    assert cells(alone.encode())[3] == ("Kolmas, neljas, viies",)


def test_lines_are_counted_as_in_an_editor_and_empty_ones_left_out() -> None:
    text = '\nLiige;Märkus\n\n;;\n"Selts";"kaks\nrida"\nTeine;\n'
    rows = read_table(text.encode(), MANY).rows
    assert [(row.line, row.cells) for row in rows] == [
        (2, ("Liige", "Märkus")),
        (5, ("Selts", "kaks\nrida")),
        (7, ("Teine", "")),
    ]
    assert read_table(b"sep=;\nLiige;x\nSelts;y\n", MANY).rows[1].line == 3


@pytest.mark.parametrize("text", ['a;b\nc;"d\ne;f\n', 'a;b\n"c" d;e\n'])
def test_quotes_that_do_not_close_are_refused_naming_the_line(text: str) -> None:
    assert refusal(text.encode()) == ("quotes", {"line": 2})


def test_an_empty_file_and_one_too_long_are_refused() -> None:
    for nothing in (b"", b"\xef\xbb\xbf", b" \r\n;;\r\n", "".encode("utf-16")):
        assert refusal(nothing)[0] == "empty"
    assert refusal(b"a\nb\nc\n", max_rows=2) == ("too_many_rows", {"limit": 2})


@given(st.binary(max_size=400))
def test_whatever_bytes_come_the_answer_is_a_table_or_a_refusal(data: bytes) -> None:
    with suppress(TableError):
        assert read_table(data, 20).rows


# --- XLSX --------------------------------------------------------------------


def test_a_workbook_gives_texts_as_a_person_reads_them() -> None:
    data = workbook([["Liige", "Kood", "Arv"], ["MTÜ Õun", 8012.0, 1.5], [None, "", " "], ["B"]])
    table = read_table(data, MANY)
    assert [(row.line, row.cells) for row in table.rows] == [
        (1, ("Liige", "Kood", "Arv")),
        (2, ("MTÜ Õun", "8012", "1.5")),
        (4, ("B",)),
    ]
    assert (table.kind, table.sheet) == ("xlsx", "Leht")


def test_texts_are_read_from_where_excel_keeps_them() -> None:
    assert cells(as_excel_keeps_texts()) == ROWS


def test_the_first_sheet_with_something_on_it_is_read_and_named() -> None:
    assert read_table(workbook([], Liikmed=[["Liige"]], Muu=[["x"]]), MANY).sheet == "Liikmed"


def test_a_formula_is_never_calculated_but_its_stored_result_is_read() -> None:
    row = '<row r="1"><c r="A1" t="str"><f>1/0</f><v>Selts</v></c></row>'
    assert cells(sheet_of(row)) == [("Selts",)]
    assert refusal(workbook([["=HYPERLINK(1)"]]))[0] == "empty"


def test_the_size_a_sheet_states_is_not_believed() -> None:
    xml = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<dimension ref="A1"/><sheetData><row r="1"><c r="A1"><v>1</v></c><c r="C1"><v>2</v></c>'
        '</row><row r="3"><c r="A3"><v>3</v></c></row></sheetData></worksheet>'
    )
    data = with_part(workbook([["x"]]), "xl/worksheets/sheet1.xml", xml.encode())
    assert cells(data) == [("1", "", "2"), ("3",)]


def test_a_workbook_that_unpacks_to_too_much_is_refused_at_once() -> None:
    bomb = sheet_of(" " * MAX_UNPACKED)
    assert len(bomb) < 50_000
    assert refusal(bomb) == ("too_large", {})
    styles = with_part(workbook([["x"]]), "xl/styles.xml", b" " * 600_000)
    assert refusal(styles)[0] == "too_large"
    assert refusal(sheet_of(f"<row>{'<c/>' * MAX_ELEMENTS}</row>"))[0] == "too_large"


def test_a_workbook_that_lies_about_its_size_is_refused() -> None:
    data = bytearray(sheet_of(" " * MAX_UNPACKED))
    name = data.rindex(b"xl/worksheets/sheet1.xml")
    # The size stands 22 bytes before the name in the directory (APPNOTE.TXT, section 4.3.12).
    data[name - 22 : name - 18] = struct.pack("<I", 100)
    assert refusal(bytes(data))[0] == "broken"


def test_a_row_number_out_of_this_world_is_refused_at_once() -> None:
    data = sheet_of('<row r="1"/><row r="99999999999"><c><v>1</v></c></row>')
    assert refusal(data)[0] == "too_large"


def test_entities_that_multiply_are_refused() -> None:
    entities = "".join(
        f'<!ENTITY e{number} "{f"&e{number - 1};" * 20}">' for number in range(1, 12)
    )
    xml = f'<!DOCTYPE s [<!ENTITY e0 "ha">{entities}]><worksheet>&e11;</worksheet>'
    data = with_part(workbook([["x"]]), "xl/worksheets/sheet1.xml", xml.encode())
    assert refusal(data)[0] == "broken"


def test_a_sheet_too_long_is_refused_and_columns_far_right_are_left_out() -> None:
    assert refusal(workbook([["x"]] * 4), max_rows=3) == ("too_many_rows", {"limit": 3})
    wide = sheet_of('<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>2</v></c></row>')
    assert cells(wide) == [("1",)]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old_excel"),
        (b"%PDF-1.7\nLiige;Nimi", "not_a_table"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "not_a_table"),
        (b"\r\n <html><table><tr><td>Liige", "not_a_table"),
        (b"PK\x03\x04 and then nothing", "broken"),
        (workbook([["Liige"]])[:-200], "broken"),
        (with_part(workbook([["Liige"]]), "xl/workbook.xml", b"<workbook"), "broken"),
        (with_part(as_excel_keeps_texts(), "xl/sharedStrings.xml", b"\0\1\2"), "broken"),
    ],
)
def test_another_kind_of_file_and_a_broken_one_are_told_apart(data: bytes, code: str) -> None:
    assert refusal(data) == (code, {})


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (("mimetype", "content.xml"), "opendocument"),
        (("word/document.xml", "[Content_Types].xml"), "not_a_table"),
    ],
)
def test_files_of_other_office_programs_are_known(names: tuple[str, ...], code: str) -> None:
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    assert refusal(file.getvalue())[0] == code


@given(st.integers(0, 8000), st.integers(0, 255))
def test_a_workbook_with_one_byte_changed_is_read_or_refused(place: int, byte: int) -> None:
    data = bytearray(SAMPLE)
    data[place % len(data)] = byte
    with suppress(TableError):
        assert read_table(bytes(data), MANY).rows


SAMPLE = workbook([["Liige", "Eesnimi"], ["MTÜ Õunapuu", "Jüri"]])
