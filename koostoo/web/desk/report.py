"""What was done about people and who was left as they are, and why: in a sentence, or by name."""

from collections.abc import Iterable
from typing import Any

from flask import flash, render_template, url_for
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response

from koostoo.events.models import Event
from koostoo.registration.decisions import Decided
from koostoo.registration.desk_queries import people_of
from koostoo.web.desk.people import back_to_people, kept
from koostoo.web.forms import Page
from koostoo.web.sharing import OBSTACLE_WORDS

WHY_LEFT: dict[str, Any] = OBSTACLE_WORDS | {
    "gone": _l("nothing was to be done"),
    "closed": _l("the event is over"),
    "answered": _l("they have answered, or still have time to"),
    "unasked": _l("no answer of theirs is awaited"),
    "tagged": _l("they have this tag already"),
    "untagged": _l("they do not have this tag"),
    "present": _l("they are marked as present already"),
    "seatless": _l("they have no seat"),
    "day": _l("it is not a day of the event"),
    "unpublished": _l("the event is not published"),
}


def answer_with(event: Event, numbers: list[int], outcome: Decided, words: str) -> Response | Page:
    """Lead back to the list with a sentence; where some of many were left, a page names them."""
    if not outcome.left or len(numbers) == 1:
        tell(outcome, words)
        return back_to_people(event.slug)
    names = {person.id: person.name for person in people_of(event.id, numbers)}
    page = render_template(
        "desk/decided.html",
        event=event,
        words=words,
        done=_names(names, [*outcome.done, *outcome.queued]),
        left=[
            (_left_words(reason, len(whom)), _names(names, whom))
            for reason, whom in _by_reason(outcome)
        ],
        back_url=url_for("desk.people", slug=event.slug, **kept()),
    )
    return page, 200, {}


def tell(outcome: Decided, words: str) -> None:
    """Say on the next page what was done, and how many were left as they were and why."""
    if words:
        flash(words, "success")
    for reason, whom in _by_reason(outcome):
        flash(_left_words(reason, len(whom)), "warning")


def _by_reason(outcome: Decided) -> list[tuple[str, list[int]]]:
    found: dict[str, list[int]] = {}
    for number, reason in outcome.left.items():
        found.setdefault(reason, []).append(number)
    return list(found.items())


def _left_words(reason: str, number: int) -> str:
    return ngettext(
        "%(num)s person was left as they are: %(reason)s.",
        "%(num)s people were left as they are: %(reason)s.",
        number,
        reason=WHY_LEFT[reason],
    )


def _names(names: dict[int, str], numbers: Iterable[int]) -> list[str]:
    """Return names in the order of the list; who is not of the event has none."""
    wanted = set(numbers)
    return [name for number, name in names.items() if number in wanted]
