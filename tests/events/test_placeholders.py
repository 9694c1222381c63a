"""Placeholders in an organiser's words: filled in once, refused when unknown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koostoo.events.placeholders import SPELLINGS, Placeholder, fill, unknown

VALUES: dict[Placeholder, str] = {"name": "Mari Mänd", "time": "8. september", "event": "Õppereis"}
NASTY = [
    "{event}",
    "{{event}}",
    "{{7*7}}",
    "{% raw %}",
    "%(event)s",
    "{0.__class__}",
    r"\1",
    r"\g<0>",
]


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Tere, {nimi}!", "Tere, Mari Mänd!"),
        ("Hello, {name}!", "Hello, Mari Mänd!"),
        ("{ Nimi } ja {NIMI}", "Mari Mänd ja Mari Mänd"),
        ("{üritus}: {aeg}", "Õppereis: 8. september"),
        ("Ilma", "Ilma"),
        ("", ""),
    ],
)
def test_both_spellings_are_filled_in_whatever_the_capitals(text: str, filled: str) -> None:
    assert unknown(text) == []
    assert fill(text, VALUES) == filled


@pytest.mark.parametrize(
    ("text", "strange"),
    [
        ("{nmi}", ["{nmi}"]),
        ("{nmi} {nmi} {isik}", ["{nmi}", "{isik}"]),
        ("{}", ["{}"]),
        ("{nimi", ["{nimi"]),
        ("Tere, {nimi, tule!", ["{nimi,"]),
        ("tule { kohale", ["{"]),
        ("{" + "x" * 99, ["{" + "x" * 20]),
        ("nimi}", ["nimi}"]),
        ("{nimi\n}", ["{nimi", "}"]),
        ("{{nimi}}", ["{", "}"]),
        ("{{7*7}}", ["{7*7}", "{", "}"]),
        ("{nimi.__class__}", ["{nimi.__class__}"]),
        ("{nimi!r:>100}", ["{nimi!r:>100}"]),
        ("{0}", ["{0}"]),
    ],
)
def test_whatever_else_stands_in_braces_is_named(text: str, strange: list[str]) -> None:
    assert unknown(text) == strange


@pytest.mark.parametrize("name", NASTY)
def test_a_value_stays_as_it_was_typed(name: str) -> None:
    assert fill("Tere, {nimi}! {üritus}", {**VALUES, "name": name}) == f"Tere, {name}! Õppereis"


def test_what_has_no_value_stays_as_typed() -> None:
    assert fill("{tähtaeg} {nmi} {", VALUES) == "{tähtaeg} {nmi} {"


@given(st.text())
def test_any_value_comes_out_whole(value: str) -> None:
    values: dict[Placeholder, str] = dict.fromkeys(SPELLINGS, value)
    assert fill("<{nimi}{event}{ aeg }>", values) == f"<{value * 3}>"


@given(st.text().filter(lambda text: not set("{}") & set(text)))
def test_text_without_braces_stays_as_it_is(text: str) -> None:
    assert (fill(text, VALUES), unknown(text)) == (text, [])


@given(st.text(alphabet="{}nimi \n"))
def test_what_is_accepted_keeps_no_brace(text: str) -> None:
    if unknown(text) == []:
        assert not set("{}") & set(fill(text, dict.fromkeys(SPELLINGS, "x")))
