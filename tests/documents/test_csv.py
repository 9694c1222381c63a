import csv
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO

import pytest

from koostoo.documents.cells import Cell
from koostoo.documents.csv import stream_csv

FORMULA_STARTS = ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"]


def written(*rows: list[Cell], header: tuple[str, ...] = ("Nimi",)) -> bytes:
    return b"".join(stream_csv(header, rows))


def read(table: bytes, delimiter: str = ";") -> list[list[str]]:
    return list(csv.reader(StringIO(table.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def test_excel_recognises_the_encoding_by_the_mark_at_the_start() -> None:
    table = written(["Õie Žukovski"])

    assert table.startswith(b"\xef\xbb\xbf")
    assert table.count(b"\xef\xbb\xbf") == 1
    assert read(table) == [["Nimi"], ["Õie Žukovski"]]


def test_fields_are_separated_by_semicolons_and_lines_by_crlf() -> None:
    assert written(["Mari", 3], header=("Nimi", "Arv"))[3:] == b'"Nimi";"Arv"\r\n"Mari";3\r\n'


@pytest.mark.parametrize("text", ['ütles "jah"', "a;b", "üks\nkaks", "a,b", "'", "jutt = sisu"])
def test_a_text_comes_back_as_it_was(text: str) -> None:
    assert read(written([text, "järgmine"]))[1] == [text, "järgmine"]


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_no_cell_and_no_heading_can_run_as_a_formula(start: str) -> None:
    text = f"{start}cmd|' /C calc'!A0"

    for row in read(written(["Mari", text], header=("Nimi", text))):
        assert row[1].startswith("'")
        assert row[1].endswith("cmd|' /C calc'!A0")


@pytest.mark.parametrize("text", ["+372 5552385", "=cmd@example.org", "-x@example.org", "-5"])
def test_a_text_that_looks_like_a_number_or_formula_gets_an_apostrophe(text: str) -> None:
    assert read(written([text]))[1] == [f"'{text}"]


def test_blanks_do_not_hide_a_formula() -> None:
    assert read(written(["  =1+1"]))[1] == ["'  =1+1"]


@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_a_program_set_to_another_separator_meets_no_formula_either(delimiter: str) -> None:
    table = written(["Mari", "jah,=1+1,\t=1+1,\n=1+1,\n- taim"])

    cells = [cell for row in read(table, delimiter) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "-"))]


def test_real_numbers_stay_numbers_and_have_a_decimal_comma() -> None:
    row: list[Cell] = [-5, 2_457_700, 12.5, Decimal("-0.10"), 1e-7, True]

    assert written(row).splitlines()[1] == b'-5;2457700;"12,5";"-0,10";"0,0000001";1'


def test_dates_are_written_as_estonians_read_them() -> None:
    row: list[Cell] = [date(2026, 5, 3), datetime(2026, 12, 9, 17, 15, tzinfo=UTC), None]

    assert read(written(row))[1] == ["03.05.2026", "09.12.2026 17:15", ""]


def test_control_characters_disappear() -> None:
    assert read(written(["A\x00B\x0bC\x1b[31mD\ud800E\x85F"]))[1] == ["ABC[31mDEF"]


def test_every_row_is_written_while_memory_stays_small() -> None:
    def many() -> Iterator[list[Cell]]:
        for number in range(5_000):
            yield [f"Osaleja {number}", "Selts " * 20]

    tracemalloc.start()
    lines = sum(piece.count(b"\r\n") for piece in stream_csv(["Nimi", "Selts"], many()))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert lines == 5_001
    assert peak < 1_500_000


def test_the_first_piece_comes_before_all_rows_are_read() -> None:
    taken = []

    def rows() -> Iterator[list[Cell]]:
        for number in range(5_000):
            taken.append(number)
            yield [number]

    next(iter(stream_csv(["Nr"], rows())))

    assert len(taken) < 1_000


def test_a_table_without_rows_has_its_heading() -> None:
    assert read(written()) == [["Nimi"]]
