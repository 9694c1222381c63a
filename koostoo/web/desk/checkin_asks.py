"""What is asked of people as they arrive: the form, and who still has to answer what."""

from collections.abc import Iterable, Mapping
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import Form as PlainForm

from koostoo.attendance import queries
from koostoo.events.models import Event
from koostoo.events.questions import not_asked
from koostoo.web.answers import AT_THE_DOOR, OwnQuestions, asking
from koostoo.web.language import current_lang


class DoorForm(OwnQuestions, PlainForm):  # type: ignore[misc]  # WTForms ships no types
    """The questions asked at check-in; a part of a form, or of what a device sends."""

    is_busy = False

    def given(self) -> dict[int, Any] | None:
        """Return the answers given, by question; None where one cannot be read."""
        if not self.validate():
            return None
        return {number: value for number, value in self.read_answers().items() if value is not None}


def door_form(event: Event, typed: MultiDict[str, str] | None = None) -> DoorForm:
    """Return the form of the event's questions at check-in, with what was typed."""
    form: DoorForm = asking(DoorForm, event, current_lang(), frozenset(), AT_THE_DOOR)(typed)
    # Who is asked what was decided before, from what they had answered: it is not asked again.
    form.asked = tuple(one._replace(asked_if=None, waits_for=None) for one in form.asked)
    return form


def read_answers(event: Event, sent: Mapping[str, Any]) -> dict[int, Any] | None:
    """Return the answers a device sent, fields by name; None where they cannot be read."""
    typed: MultiDict[str, str] = MultiDict()
    for name, values in sent.items():
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            return None
        typed.setlist(name, values)
    return door_form(event, typed).given()


def asked_of_newcomers(event: Event) -> list[int]:
    """Return the questions asked of somebody of whom nothing is known."""
    return [q.id for q in AT_THE_DOOR.questions_of(event) if q.condition is None]


def unanswered(event: Event, people: Iterable[int]) -> dict[int, list[int]]:
    """Return the questions at check-in each of these people has still to answer, in one query.

    Nobody is in it who has none left; nothing is read where the event asks nothing at check-in.
    """
    questions = AT_THE_DOOR.questions_of(event)
    if not questions:
        return {}
    wanted = {q.id for q in questions} | {on.on for on in event.conditions.values()}
    known = queries.answers_of(event.id, wanted)
    found: dict[int, list[int]] = {}
    for number in people:
        answers = known.get(number, {})
        left_out = not_asked(event.conditions, answers)
        missing = [q.id for q in questions if q.id not in left_out and answers.get(q.id) is None]
        if missing:
            found[number] = missing
    return found
