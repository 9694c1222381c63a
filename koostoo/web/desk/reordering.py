"""Moving somebody in the queue, and promised seats between organisations, with a reason."""

from flask import flash, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import Optional as MayBeEmpty

from koostoo.base.clock import now
from koostoo.registration.decisions import NotPromised, move_in_queue, move_promise
from koostoo.registration.queries import (
    PromisedSeats,
    invited_organisations,
    promises_of,
    queue_places,
)
from koostoo.web.desk import bp
from koostoo.web.desk.deciding import ReasonForm
from koostoo.web.desk.events import get_event
from koostoo.web.desk.fields import SeatsField
from koostoo.web.desk.people import ONE, back_to_people, get_person
from koostoo.web.desk.sharing_form import at_least_one
from koostoo.web.forms import AtMost, Form, NoForbidden, Page, Pick, Sentence, line, options
from koostoo.web.rights import organiser_id, right


class PlaceForm(ReasonForm):
    """Another place in the queue, and why."""

    place = SeatsField(_l("Place in the queue"), [Sentence(), at_least_one])


@bp.route(f"{ONE}/queue", methods=["GET", "POST"])
@right("event_run")
def queue(slug: str, number: int) -> Response | Page:
    """Ask at which place somebody shall wait; on POST move them there."""
    event = get_event(slug)
    person = get_person(event, number)
    if person.state != "waiting":
        return back_to_people(slug)
    places = queue_places(event.id)
    place = places.get(person.id, 1)
    form = PlaceForm(data={"place": place})
    if form.validate_on_submit():
        name, wanted = person.name, form.place.data
        with form.kept_when_busy():
            if move_in_queue(event.id, number, wanted, form.reason.data, now(), organiser_id()):
                flash(_("The queue is changed: %(name)s was moved.", name=name), "success")
            return back_to_people(slug)
    page = render_template(
        "desk/queue.html",
        event=event,
        person=person,
        form=form,
        place=place,
        waiting=len(places),
    )
    return form.answer(page)


class PromiseForm(Form):
    """Promised seats that go from one organisation to another."""

    giver = Pick(_l("Whose seats"), [Sentence()])
    taker = Pick(_l("To whom"), [MayBeEmpty()])
    seats = SeatsField(_l("Seats"), [Sentence(), at_least_one])
    reason = StringField(
        _l("Reason"),
        [Sentence(), AtMost(500), NoForbidden()],
        filters=[line],
        description=_l("Kept in the history of the event."),
    )


@bp.route("/events/<slug>/promises", methods=["GET", "POST"])
@right("event_run")
def promises(slug: str) -> Response | Page:
    """Ask how many promised seats go where; on POST move them."""
    event = get_event(slug)
    promised = [promise for promise in promises_of(event, now()) if promise.free]
    if not promised or event.state == "called_off":
        return back_to_people(slug)
    form = PromiseForm()
    form.giver.choices = options((str(p.organisation_id), _held(p)) for p in promised)
    takers = [(str(o.id), o.name) for o in invited_organisations(event)]
    form.taker.choices = options([("", _("everybody")), *takers])
    if form.validate_on_submit():
        taker = int(form.taker.data) if form.taker.data else None
        giver, seats, reason = int(form.giver.data), form.seats.data, form.reason.data
        with form.kept_when_busy():
            try:
                move_promise(event.id, giver, taker, seats, reason, now(), organiser_id())
            except NotPromised:
                form.seats.errors = [
                    _("There are not so many unused seats, or both are the same organisation.")
                ]
            else:
                flash(_("The promised seats are moved."), "success")
                return back_to_people(slug)
    return form.answer(render_template("desk/promises.html", event=event, form=form))


def _held(promise: PromisedSeats) -> str:
    words = ngettext("%(num)s unused seat", "%(num)s unused seats", promise.free)
    return f"{promise.name}: {words}"
