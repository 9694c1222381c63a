from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader

from koostoo.base.dates import Tile
from koostoo.documents.drawings import Logo
from koostoo.documents.poster_pdf import Poster, render_poster
from koostoo.documents.qr import read_qr
from tests.documents.pdfs import is_pdf_a, pages_of, photo_of, picture

POSTER = Poster(
    project="Näidisprojekt",
    activity="Õppereisid",
    event="Õppereis Näidismaale",
    tile=Tile("laupäev", "30", "mai 2026", "30. mai 2026"),
    when="laupäev, 30. mai 2026 kell 9.30–16.00",
    place="Näidisküla rahvamaja",
    text="Vaatame ringi.\nOled oodatud!",
    call="Loe ja registreeru",
    url="https://koostoo.example.org/events/oppereis",
    funding_text="Projekti toetab näidisfond.",
    made_at=datetime(2026, 5, 20, 12, 0, tzinfo=UTC),
)


def test_the_poster_says_what_when_and_where_and_its_code_leads_to_the_page(tmp_path: Path) -> None:
    document = render_poster(POSTER)

    (text,) = pages_of(document)
    for words in (
        "laupäev 30 mai 2026",
        "Õppereis Näidismaale",
        "9.30–",
        "Näidisküla rahvamaja",
        "Oled oodatud!",
        "Loe ja registreeru",
        "koostoo.example.org/events/oppereis",
        "Projekti toetab näidisfond.",
    ):
        assert words in text
    assert read_qr(photo_of(document, tmp_path)) == POSTER.url
    assert is_pdf_a(document)


def test_the_longest_texts_and_many_logos_fit_one_page_of_a3() -> None:
    logos = tuple(Logo(picture("PNG", 1200, height), "") for height in (100, 300, 600) * 4)
    poster = replace(
        POSTER,
        event="Väga pikk pealkiri, mis ei lõpe kunagi " * 5,
        place="Näidisküla rahvamaja " * 14,
        text="Jutt jookseb pikalt. " * 28 + "LÕPP",
        url="https://koostoo.example.org/en/events/" + "a" * 80,
        funding_text="Projekti toetab näidisfond. " * 10,
        logos=logos,
        size="a3",
    )

    reader = PdfReader(BytesIO(render_poster(poster)))

    (page,) = reader.pages
    assert [round(float(side)) for side in page.mediabox[2:]] == [842, 1191]
    assert "LÕPP" in page.extract_text()
