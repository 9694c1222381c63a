"""Deciding about people: seats given, refusals, cancellations, one by one or many at once."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import Field, HiddenField, StringField, TextAreaField
from wtforms.validators import StopValidation

from koostoo.base.clock import now
from koostoo.events.models import Event
from koostoo.registration import desk_queries
from koostoo.registration.decisions import cancel_for, give_seats
from koostoo.registration.models import ACTIVE
from koostoo.registration.queries import obstacle_of
from koostoo.roster.queries import numbers_of
from koostoo.roster.rules import TAG_LENGTH
from koostoo.web.desk import bp, writing
from koostoo.web.desk.acts import AT_ONCE, act_of, cancelled_words, seats_given_words
from koostoo.web.desk.events import get_event
from koostoo.web.desk.filtering import read_filter
from koostoo.web.desk.numbers import MOST_AT_ONCE, ticked, too_many_words
from koostoo.web.desk.people import ONE, back_to_people, get_person, kept
from koostoo.web.desk.report import answer_with, tell
from koostoo.web.forms import (
    AtMost,
    ButtonForm,
    Form,
    NoForbidden,
    Page,
    Sentence,
    line,
    prose,
)
from koostoo.web.rights import organiser_id, right
from koostoo.web.sharing import OBSTACLE_WORDS

UNDECIDED = ("pending", "waiting", "offered")


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
    tell(outcome, seats_given_words(outcome))
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
            tell(outcome, seats_given_words(outcome))
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
    new_tag = StringField(filters=[line], validators=[AtMost(TAG_LENGTH), NoForbidden()])
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
    """Do the same about all people chosen; what cannot be undone is asked once more."""
    event = get_event(slug)
    form = RefusalForm()
    numbers, action = _chosen(event), form.action.data or ""
    valid = form.validate_on_submit()
    refusal = _refusal(form, numbers, action, valid=valid)
    if refusal:
        flash(refusal, "warning")
        return back_to_people(slug)
    if action == "write":
        return writing.begin(event, numbers)
    act = act_of(action, form.new_tag.data or "")
    if valid and act is not None and (form.sure.data or action.partition(":")[0] in AT_ONCE):
        with form.kept_when_busy():
            outcome, words = act(event, numbers, form.reason.data or "")
            return answer_with(event, numbers, outcome, words)
    page = render_template(
        "desk/decide.html",
        event=event,
        form=form,
        action=action,
        people=desk_queries.people_of(event.id, numbers),
        url=url_for("desk.decide", slug=slug, **kept()),
        back_url=url_for("desk.people", slug=slug, **kept()),
    )
    return form.answer(page)


@bp.route(f"{ONE}/cancel", endpoint="cancel", methods=["GET", "POST"])
@right("person_run")
def cancel_one(slug: str, number: int) -> Response | Page:
    """Ask once more whether this person's registration is to be cancelled; on POST cancel it."""
    event = get_event(slug)
    person = get_person(event, number)
    if person.state not in ACTIVE:
        return back_to_people(slug)
    form = RefusalForm(data={"action": "cancel"})
    if form.validate_on_submit():
        with form.kept_when_busy():
            outcome = cancel_for(event.id, [number], now(), organiser_id())
            tell(outcome, cancelled_words(outcome))
            return back_to_people(slug)
    page = render_template(
        "desk/decide.html",
        event=get_event(slug),
        form=form,
        action="cancel",
        people=[get_person(event, number)],
        url=url_for("desk.cancel", slug=slug, number=number),
        back_url=url_for("desk.person", slug=slug, number=number),
    )
    return form.answer(page)


def _chosen(event: Event) -> list[int]:
    """Return the people ticked, or everybody the list shows, all pages of it."""
    if request.form.get("all"):
        return numbers_of(event.id, read_filter(event), MOST_AT_ONCE + 1)
    return ticked()


def _refusal(form: RefusalForm, numbers: list[int], action: str, *, valid: bool) -> str:
    """Return why nothing is done or asked; empty where all is well."""
    if not valid and form.new_tag.errors:
        return _("A tag has at most %(limit)s characters.", limit=TAG_LENGTH)
    if not valid and not form.sure.data:
        return _("Nothing was changed. Please press the button once more.")
    if len(numbers) > MOST_AT_ONCE:
        return too_many_words()
    if action == "tag:new" and not form.new_tag.data:
        return _("Write the new tag, then press the button once more.")
    if not numbers or (action != "write" and act_of(action, form.new_tag.data or "") is None):
        return _("Tick the people first, then choose what is to be done.")
    return ""
