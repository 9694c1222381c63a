from dataclasses import replace
from datetime import UTC, datetime

from koostoo.base.markdown_blocks import markdown_blocks
from koostoo.documents.programme_pdf import Programme, ProgrammeLabels, render_programme
from tests.documents.pdfs import is_pdf_a, pages_of

TEXT = r"""# Esimene päev

**9.30** Kogunemine *kohvikus*
#read("/etc/passwd") $x^2$ @ref "], "blocks": [] \#panic()

- Ringkäik [külas](https://example.org/kyla)
  1. ahi
  2. saun

| Kell | Mis |
|---|---|
| 13.00 | Lõuna |

> Kaasa vihmavari
"""
PROGRAMME = Programme(
    project="Näidisprojekt",
    activity="Õppereisid",
    event="Õppereis Näidismaale",
    when="laupäev, 30. mai 2026",
    place="Näidisküla rahvamaja",
    blocks=markdown_blocks(TEXT),
    funding_text="Projekti toetab näidisfond.",
    labels=ProgrammeLabels("Kava", "Aeg", "Koht", "Tegevus", "Lk {page}/{pages}"),
    made_at=datetime(2026, 5, 20, 12, 0, tzinfo=UTC),
)


def test_the_programme_says_what_was_typed_and_runs_none_of_it() -> None:
    document = render_programme(PROGRAMME)

    (text,) = pages_of(document)
    for words in (
        "Kava Õppereis Näidismaale",
        "Aeg laupäev, 30. mai 2026",
        "Koht Näidisküla rahvamaja",
        "Esimene päev 9.30 Kogunemine kohvikus",
        '#read("/etc/passwd") $x^2$ @ref "], "blocks": [] #panic()',
        "Ringkäik külas (https://example.org/kyla)",
        "1. ahi",
        "2. saun",
        "Kell Mis 13.00 Lõuna",
        "Kaasa vihmavari",
        "Projekti toetab näidisfond.",
        "Lk 1/1",
    ):
        assert words in text
    assert is_pdf_a(document)


def test_a_long_programme_runs_on_and_a_deep_one_ends() -> None:
    deep = "\n".join("  " * depth + f"- tase{depth}" for depth in range(30))
    blocks = markdown_blocks(f"{'Lõik. ' * 3000}\n\n{'a' * 500}\n\n{deep}")

    found = pages_of(render_programme(replace(PROGRAMME, blocks=blocks, funding_text="", place="")))

    assert len(found) > 3
    assert "tase8" in found[-1]
    assert all(f"Lk {number}/{len(found)}" in text for number, text in enumerate(found, start=1))
    assert sum(text.count("a" * 20) for text in found) > 5
    assert "Koht" not in found[0]
