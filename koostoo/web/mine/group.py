"""The people a contact signed up in one form: how each stands, and calling one of them off."""

from flask import abort, flash, redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from koostoo.base.clock import now
from koostoo.base.dates import tile
from koostoo.registration import rules, service
from koostoo.registration.models import Group
from koostoo.registration.queries import queue_places
from koostoo.registration.seating import facts
from koostoo.registration.words import standing_words
from koostoo.web.forms import ButtonForm, Page
from koostoo.web.language import current_lang
from koostoo.web.links import find_group, group_page
from koostoo.web.mine import bp
from koostoo.web.rights import right


def _open(token: str) -> Group:
    return find_group(token) or abort(404)


@bp.get("/group/<token>", endpoint="group")
@right("secret_link")
def show(token: str) -> str:
    """Show how everybody stands."""
    found = _open(token)
    event = found.event
    event_facts = facts(event, now())
    places = queue_places(event.id)
    waiting = sum(1 for person in found.members if person.state == "waiting")
    people = [
        {
            "name": person.name,
            "state": person.state,
            "standing": standing_words(person, places.get(person.id)),
            "cancel_url": group_page(found.link_id, "mine.cancel_in_group", number=person.id)
            if rules.may_cancel(event_facts, person.state)
            else None,
        }
        for person in found.members
    ]
    return render_template(
        "mine/group.html",
        group=found,
        event=event,
        people=people,
        tile=tile(event.when, current_lang()),
        waits_together=found.mode == "together" and waiting > 1,
        new_link_url=None
        if event.state == "called_off" or event.when.is_over(now())
        else group_page(found.link_id, "mine.new_group_link"),
    )


@bp.route(
    "/group/<token>/cancel/<int(max=2147483647):number>",
    methods=["GET", "POST"],
    endpoint="cancel_in_group",
)
@right("secret_link")
def cancel(token: str, number: int) -> Response | Page:
    """Ask once, then give up the seat of one of the people."""
    found = _open(token)
    person = next((one for one in found.members if one.id == number), None) or abort(404)
    back, event = group_page(found.link_id), found.event
    event_facts = facts(event, now())
    form = ButtonForm()
    if form.validate_on_submit():
        name = person.name
        with form.kept_when_busy():
            if service.cancel(number, now()):
                flash(_("The registration of %(name)s is cancelled.", name=name), "success")
            return redirect(back, 303)
    if not rules.may_cancel(event_facts, person.state):
        return redirect(back, 303)
    page = render_template(
        "mine/cancel.html",
        event=event,
        form=form,
        back=back,
        whose=person.name,
        is_late=rules.is_late(event_facts, now()),
    )
    return form.answer(page)
