"""Deciding about people: seats given, refusals, cancellations, one by one or many at once."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response
from wtforms import Field, HiddenField, TextAreaField
from wtforms.validators import StopValidation

from koostoo.base.clock import now
from koostoo.events.models import Event
from koostoo.registration import desk_queries
from koostoo.registration.decisions import (
    Decided,
    cancel_for,
    give_seats,
    turn_down_all,
)
from koostoo.registration.models import ACTIVE
from koostoo.registration.queries import obstacle_of
from koostoo.registration.reconfirming import note_coming, release
from koostoo.web.desk import bp, writing
from koostoo.web.desk.events import get_event
from koostoo.web.desk.people import ONE, back_to_people, get_person
from koostoo.web.forms import AtMost, ButtonForm, Form, NoForbidden, Page, Sentence, prose
from koostoo.web.rights import organiser_id, right
from koostoo.web.sharing import OBSTACLE_WORDS

MOST_AT_ONCE = 500
UNDECIDED = ("pending", "waiting", "offered")
AT_ONCE = ("seat", "comes")
"""Actions that are not asked about once more: they can be undone."""


@bp.post(f"{ONE}/confirm", endpoint="confirm")
@right("event_run")
def confirm_one(slug: str, number: int) -> Response:
    """Give this person a seat; where a limit is in the way, lead to the page that goes above it."""
    event = get_event(slug)
    person = get_person(event, number)
    if not ButtonForm().validate_on_submit():
        flash(_("Nothing was changed. Please press the button once more."), "warning")
        return back_to_people(slug)
    outcome = give_seats(event.id, [person.id], now(), organiser_id())
    if outcome.left.get(number) in OBSTACLE_WORDS:
        return redirect(url_for("desk.above", slug=slug, number=number), 303)
    _tell(outcome, _seats_given(outcome))
    return back_to_people(slug)


class ReasonForm(Form):
    """Why an organiser does what the rules of the event would not."""

    reason = TextAreaField(
        _l("Reason"),
        [Sentence(), AtMost(500), NoForbidden()],
        filters=[prose],
        description=_l("Kept in the history of the event."),
    )


@bp.route(f"{ONE}/above", methods=["GET", "POST"])
@right("event_run")
def above(slug: str, number: int) -> Response | Page:
    """Say what is in the way of a seat; on POST give it all the same, with a reason."""
    event = get_event(slug)
    person = get_person(event, number)
    if person.state not in UNDECIDED:
        return back_to_people(slug)
    form = ReasonForm()
    if form.validate_on_submit():
        with form.kept_when_busy():
            outcome = give_seats(event.id, [person.id], now(), organiser_id(), form.reason.data)
            _tell(outcome, _seats_given(outcome))
            return back_to_people(slug)
    obstacle = obstacle_of(event, person, now())
    page = render_template(
        "desk/above.html",
        event=event,
        person=person,
        form=form,
        obstacle=OBSTACLE_WORDS.get(obstacle) if obstacle else None,
    )
    return form.answer(page)


class RefusalForm(Form):
    """Several people about whom the same is done; the reason is read by them."""

    action = HiddenField()
    sure = HiddenField()
    reason = TextAreaField(
        _l("Reason, in words the people read"),
        [AtMost(500), NoForbidden()],
        filters=[prose],
        description=_l("It stands in the letter and on their own page."),
    )

    def validate_reason(self, field: Field) -> None:
        """Ask for the reason of a refusal."""
        if self.action.data == "reject" and self.sure.data and not field.data:
            raise StopValidation(_("Please write the reason; without one it reads as a slight."))


@bp.post("/events/<slug>/registrations/decide")
@right("event_run")
def decide(slug: str) -> Response | Page:
    """Do the same about all people ticked; what cannot be undone is asked once more."""
    event = get_event(slug)
    form = RefusalForm()
    numbers, action = ticked(), form.action.data or ""
    valid = form.validate_on_submit()
    if not valid and not form.sure.data:
        flash(_("Nothing was changed. Please press the button once more."), "warning")
        return back_to_people(slug)
    if not numbers or action not in (*_ACTIONS, "write"):
        flash(_("Tick the people first, then choose what is to be done."), "warning")
        return back_to_people(slug)
    if action == "write":
        return writing.begin(event, numbers)
    if valid and (form.sure.data or action in AT_ONCE):
        with form.kept_when_busy():
            outcome, words = _ACTIONS[action](event, numbers, form.reason.data or "")
            _tell(outcome, words)
            return back_to_people(slug)
    page = render_template(
        "desk/decide.html",
        event=event,
        form=form,
        action=action,
        people=desk_queries.people_of(event.id, numbers),
    )
    return form.answer(page)


@bp.get(f"{ONE}/cancel", endpoint="cancel")
@right("person_run")
def cancel_one(slug: str, number: int) -> Response | str:
    """Ask once more whether this person's registration is to be cancelled."""
    event = get_event(slug)
    person = get_person(event, number)
    if person.state not in ACTIVE:
        return back_to_people(slug)
    form = RefusalForm(formdata=None, data={"action": "cancel"})
    return render_template(
        "desk/decide.html", event=event, form=form, action="cancel", people=[person]
    )


def ticked() -> list[int]:
    """Return the numbers of the people ticked, without what no box of ours sends."""
    typed = request.form.getlist("who")[:MOST_AT_ONCE]
    return [int(n) for n in typed if n.isascii() and n.isdecimal() and len(n) < 10]


def _give_seats(event: Event, numbers: list[int], _reason: str) -> tuple[Decided, str]:
    outcome = give_seats(event.id, numbers, now(), organiser_id())
    return outcome, _seats_given(outcome)


def _turn_down(event: Event, numbers: list[int], reason: str) -> tuple[Decided, str]:
    outcome = turn_down_all(event.id, numbers, reason, now(), organiser_id())
    words = ngettext(
        "%(num)s person is told that they cannot come.",
        "%(num)s people are told that they cannot come.",
        len(outcome.done),
    )
    return outcome, words if outcome.done else ""


def _cancel(event: Event, numbers: list[int], _reason: str) -> tuple[Decided, str]:
    outcome = cancel_for(event.id, numbers, now(), organiser_id())
    words = ngettext(
        "%(num)s registration is cancelled; a letter is on its way.",
        "%(num)s registrations are cancelled; letters are on their way.",
        len(outcome.done),
    )
    return outcome, words if outcome.done else ""


def _note_coming(event: Event, numbers: list[int], _reason: str) -> tuple[Decided, str]:
    outcome = note_coming(event.id, numbers, now(), organiser_id())
    words = ngettext(
        "Noted: %(num)s person still comes.",
        "Noted: %(num)s people still come.",
        len(outcome.done),
    )
    return outcome, words if outcome.done else ""


def _release(event: Event, numbers: list[int], _reason: str) -> tuple[Decided, str]:
    outcome = release(event.id, numbers, now(), organiser_id())
    words = ngettext(
        "%(num)s place is released; a letter is on its way.",
        "%(num)s places are released; letters are on their way.",
        len(outcome.done),
    )
    return outcome, words if outcome.done else ""


_ACTIONS: dict[str, Callable[[Event, list[int], str], tuple[Decided, str]]] = {
    "seat": _give_seats,
    "reject": _turn_down,
    "cancel": _cancel,
    "comes": _note_coming,
    "release": _release,
}


def _seats_given(outcome: Decided) -> str:
    sentences = []
    if outcome.done:
        sentences.append(
            ngettext(
                "%(num)s person has a seat now; a letter is on its way.",
                "%(num)s people have a seat now; letters are on their way.",
                len(outcome.done),
            )
        )
    if outcome.queued:
        sentences.append(
            ngettext(
                "%(num)s person is confirmed and waits, for no seat is free.",
                "%(num)s people are confirmed and wait, for no seat is free.",
                len(outcome.queued),
            )
        )
    return " ".join(sentences)


def _tell(outcome: Decided, words: str) -> None:
    """Say what was done, and who was left as they were and why."""
    if words:
        flash(words, "success")
    other = {
        "gone": _l("nothing was to be done"),
        "closed": _l("the event is over"),
        "answered": _l("they have answered, or still have time to"),
        "unasked": _l("no answer of theirs is awaited"),
    }
    why = OBSTACLE_WORDS | other
    for reason in dict.fromkeys(outcome.left.values()):
        number = sum(1 for code in outcome.left.values() if code == reason)
        flash(
            ngettext(
                "%(num)s person was left as they are: %(reason)s.",
                "%(num)s people were left as they are: %(reason)s.",
                number,
                reason=why[reason],
            ),
            "warning",
        )
