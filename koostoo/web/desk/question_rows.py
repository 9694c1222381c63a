"""What the buttons between the question rows of the event form do: the form comes back changed.

They work on what was typed, so that nothing is lost and nothing is saved; with the script most of
it happens in the page (`static/builder.js`). A row keeps its number, by which conditions name it;
where it stands is what its field of the order says.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from flask import request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from koostoo.events.question_sets import QuestionSet, find_set
from koostoo.events.questions import QuestionDraft
from koostoo.web.desk.conditions import row_choice
from koostoo.web.view import local

BUTTON = "rows"
"""The name of the buttons; their value says what is to be done, such as "add" or "up-3"."""
PREFIX = "questions"
MAX_ROWS = 40
_PRESSED = re.compile("(add|up|down|drop|set)(?:-([0-9]{1,3}|[a-z]{1,20}))?", re.ASCII)
_FIELD = re.compile(rf"{PREFIX}-([0-9]{{1,3}})-([a-z_]+)", re.ASCII)


def script_words() -> dict[str, str]:
    """Return the sentences the buttons tell; the script puts in names and numbers itself."""
    return {
        "added": _("A new question stands at the end."),
        "moved": _("“%(question)s” is question %(place)s of %(all)s now."),
        "dropped": _("“%(question)s” is taken out."),
        "full": _("An event can have no more questions."),
    }


class Rearranged(NamedTuple):
    """What was typed, changed; the row to go on in, what to do there, and what to tell."""

    typed: MultiDict[str, str]
    row: int | None
    button: str
    words: str


def is_pressed() -> bool:
    """Say whether one of the buttons was pressed, not the one that saves."""
    return BUTTON in request.form


def rearrange() -> Rearranged:
    """Return the form as it was sent, with what the pressed button does to its rows."""
    typed: MultiDict[str, str] = MultiDict(request.form)
    found = _PRESSED.fullmatch(typed.get(BUTTON, ""))
    action, about = (found[1], found[2] or "") if found else ("", "")
    typed.poplist(BUTTON)
    order = _order(typed)
    if action in ("up", "down") and about.isdecimal() and int(about) in order:
        return _move(typed, order, int(about), action)
    if action == "drop" and about.isdecimal() and int(about) in order:
        return _drop(typed, order, int(about))
    if action == "add":
        return _add(typed, order)
    chosen = find_set(about) if action == "set" else None
    if chosen is not None:
        return _add_set(typed, order, chosen)
    return Rearranged(typed, None, "", "")


def _rows(typed: MultiDict[str, str]) -> dict[int, dict[str, str]]:
    """Return what was typed into each row, by its number."""
    rows: dict[int, dict[str, str]] = {}
    for name, value in typed.items():
        if found := _FIELD.fullmatch(name):
            rows.setdefault(int(found[1]), {})[found[2]] = value
    return rows


def _order(typed: MultiDict[str, str]) -> list[int]:
    """Return the numbers of the rows that are questions, as they shall stand."""
    rows = _rows(typed)
    asked = [number for number in sorted(rows) if rows[number].get("label_et", "").strip()]
    places = {}
    for index, number in enumerate(asked, 1):
        place = rows[number].get("place", "").strip()
        places[number] = int(place) if re.fullmatch("[0-9]{1,5}", place) else index
    return sorted(asked, key=places.__getitem__)


def _write_places(typed: MultiDict[str, str], order: list[int]) -> None:
    for place, number in enumerate(order, 1):
        typed[f"{PREFIX}-{number}-place"] = str(place)


def _move(typed: MultiDict[str, str], order: list[int], row: int, way: str) -> Rearranged:
    at = order.index(row)
    to = at - 1 if way == "up" else at + 1
    if to in range(len(order)):
        order[at], order[to] = order[to], order[at]
    else:
        to = at
    _write_places(typed, order)
    values = {
        "question": typed.get(f"{PREFIX}-{row}-label_et", ""),
        "place": to + 1,
        "all": len(order),
    }
    return Rearranged(typed, row, way, script_words()["moved"] % values)


def _drop(typed: MultiDict[str, str], order: list[int], row: int) -> Rearranged:
    label = typed.get(f"{PREFIX}-{row}-label_et", "")
    for name in [name for name in typed if name.startswith(f"{PREFIX}-{row}-")]:
        typed.poplist(name)
    order.remove(row)
    _write_places(typed, order)
    return Rearranged(typed, None, "drop", script_words()["dropped"] % {"question": label})


def _free(typed: MultiDict[str, str]) -> list[int]:
    """Return the numbers a new row may have, empty rows of the page first left out."""
    rows = _rows(typed)
    for number in [n for n, row in rows.items() if not any(_typed_in(row))]:
        for name in rows.pop(number):
            typed.poplist(f"{PREFIX}-{number}-{name}")
    first = max(rows, default=-1) + 1
    return list(range(first, first + MAX_ROWS - len(rows)))


def _typed_in(row: Mapping[str, str]) -> list[str]:
    names = ("number", "label_et", "label_en", "options_et", "options_en", "help_et", "help_en")
    return [row[name] for name in names if row.get(name, "").strip()]


def _add(typed: MultiDict[str, str], order: list[int]) -> Rearranged:
    _write_places(typed, order)
    free = _free(typed)
    if not free:
        return _full(typed)
    _write(typed, free[0], {"kind": "text", "asked": "signup"})
    return Rearranged(typed, free[0], "add", script_words()["added"])


def _add_set(typed: MultiDict[str, str], order: list[int], chosen: QuestionSet) -> Rearranged:
    free = _free(typed)
    if len(free) < len(chosen.questions):
        return _full(typed)
    rows = free[: len(chosen.questions)]
    for row, question in zip(rows, chosen.questions, strict=True):
        _write(typed, row, row_of(question, chosen.questions, rows))
    _write_places(typed, [*order, *rows])
    words = _(
        "Added at the end: %(title)s. Look the questions over; nothing is saved yet.",
        title=local(chosen.title),
    )
    return Rearranged(typed, rows[0], "set", words)


def _full(typed: MultiDict[str, str]) -> Rearranged:
    return Rearranged(typed, None, "", script_words()["full"])


def _write(typed: MultiDict[str, str], row: int, values: Mapping[str, str]) -> None:
    for name, value in values.items():
        typed[f"{PREFIX}-{row}-{name}"] = value


def row_of(
    question: QuestionDraft, questions: tuple[QuestionDraft, ...], rows: list[int]
) -> dict[str, str]:
    """Return what one would type for a question of a set, whose questions stand in these rows."""
    values: dict[str, Any] = {
        "label_et": question.label.et,
        "label_en": question.label.en,
        "help_et": question.help.et,
        "help_en": question.help.en,
        "kind": question.kind,
        "required": "y" if question.required else "",
        "purpose": question.purpose,
        "asked": question.asked,
        "is_sensitive": "y" if question.is_sensitive else "",
        "options_et": "\n".join(option.et for option in question.options),
        "options_en": "\n".join(option.en for option in question.options),
        "limits": "\n".join("" if n is None else str(n) for n in question.limits).rstrip(),
    }
    if (wanted := question.asked_if) is not None:
        on = questions[wanted.on]
        option = None if wanted.option is None else on.options[wanted.option].et
        values["asked_if"] = row_choice(rows[wanted.on], option, yes=wanted.yes)
    return {name: value for name, value in values.items() if value}
