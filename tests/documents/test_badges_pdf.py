from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from koostoo.documents.badges_pdf import Badge, Badges, render_badges
from koostoo.documents.drawings import Logo
from koostoo.documents.labels import LABEL_SHEETS, LabelSheet, labels_left, sheets_needed
from koostoo.documents.qr import read_qr
from tests.documents.pdfs import is_pdf_a, pages_of, photo_of, picture, words_at

BADGES = Badges(
    title="Nimesildid: Õppereis",
    people=(Badge("Jüri", "Kask", "MTÜ Näidisselts", "Näidismaa"),),
    sheet=LABEL_SHEETS["l4785"],
    made_at=datetime(2026, 5, 20, 12, 0, tzinfo=UTC),
)


@pytest.mark.parametrize("sheet", LABEL_SHEETS.values(), ids=LABEL_SHEETS.keys())
def test_the_labels_of_a_sheet_lie_on_the_page_beside_each_other(sheet: LabelSheet) -> None:
    assert sheet.pitch_x >= sheet.width
    assert sheet.pitch_y >= sheet.height
    assert sheet.left + (sheet.columns - 1) * sheet.pitch_x + sheet.width <= 210
    assert sheet.top + (sheet.rows - 1) * sheet.pitch_y + sheet.height <= 297


@pytest.mark.parametrize(
    ("badges", "start", "sheets", "left"),
    [(0, 1, 0, 0), (10, 1, 1, 0), (10, 2, 2, 9), (1, 10, 1, 0)],
)
def test_sheets_are_counted_from_the_first_free_label(
    badges: int, start: int, sheets: int, left: int
) -> None:
    sheet = LABEL_SHEETS["l4785"]

    assert sheets_needed(badges, start, sheet) == sheets
    assert labels_left(badges, start, sheet) == left


@pytest.mark.parametrize("name", LABEL_SHEETS)
def test_every_badge_stands_on_its_own_label_and_no_word_is_lost(name: str) -> None:
    sheet, start = LABEL_SHEETS[name], 2
    people = [Badge(f"eesnimi{n}", f"perenimi{n}", f"selts{n}", "") for n in range(sheet.places)]
    people[1] = Badge("x" * 100, "y" * 100, "z" * 200, "")
    logos = (Logo(picture("PNG", 400, 100), "logo"),)

    badges = replace(
        BADGES, people=tuple(people), sheet=sheet, start=start, event="Õppereis", logos=logos
    )
    words = words_at(render_badges(badges))

    letters = dict.fromkeys("xyz", 0)
    for word in words:
        if word.text == "Õppereis":
            continue
        if (letter := word.text[0]) in letters:
            number = 1
            letters[letter] += word.text.count(letter)
        else:
            number = int(word.text.lstrip("eimnprstl"))
        page, place = divmod(start - 1 + number, sheet.places)
        left = sheet.left + place % sheet.columns * sheet.pitch_x
        top = sheet.top + place // sheet.columns * sheet.pitch_y
        assert word.page == page + 1
        assert left < word.x < left + sheet.width
        assert top < word.y < top + sheet.height
    assert letters == {"x": 100, "y": 100, "z": 200}
    for part in ("eesnimi", "perenimi", "selts"):
        assert sum(word.text.startswith(part) for word in words) == sheet.places - 1


def test_names_are_shown_literally_and_the_file_is_archival() -> None:
    names = (
        '#read("/etc/passwd")',
        "$x^2$ *b* @ref",
        '"], "people": []',
        "王小明",
        "ᠮ",
        "\u202eMari",
    )
    people = tuple(Badge(name, "Kask", "", "") for name in names)

    document = render_badges(replace(BADGES, people=people))

    shown = pages_of(document)[0].replace(" ", "")
    for name in (*names[:4], "□", "Mari"):
        assert f"{name}Kask".replace(" ", "") in shown
    assert is_pdf_a(document)


def test_the_code_on_a_badge_is_read_at_the_door(tmp_path: Path) -> None:
    person = replace(BADGES.people[0], code="ABCD2345")

    document = render_badges(
        replace(BADGES, people=(person,), sheet=LABEL_SHEETS["l7160"], event="Õppereis")
    )

    assert "ABCD-2345" in pages_of(document)[0]
    assert read_qr(photo_of(document, tmp_path)) == "KOOSTOO:ABCD2345"


def test_badges_need_somebody_and_a_label_that_is_there() -> None:
    with pytest.raises(ValueError, match="somebody"):
        render_badges(replace(BADGES, people=()))
    with pytest.raises(ValueError, match="label"):
        render_badges(replace(BADGES, start=11))
