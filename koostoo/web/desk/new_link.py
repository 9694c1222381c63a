"""Another secret link for a person of an event, where theirs was passed on."""

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from koostoo.base.clock import now
from koostoo.registration.renewing import renew_link_for
from koostoo.web.desk import bp
from koostoo.web.desk.events import get_event
from koostoo.web.desk.people import ONE, get_person
from koostoo.web.forms import ButtonForm, Page
from koostoo.web.rights import organiser_id, right


@bp.route(f"{ONE}/link", methods=["GET", "POST"], endpoint="new_link")
@right("person_run")
def show(slug: str, number: int) -> Response | Page:
    """Say what another link means; on POST replace it and write to the person."""
    event = get_event(slug)
    person = get_person(event, number)
    if not person.email:
        abort(404)
    name, form = person.name, ButtonForm()
    if form.validate_on_submit():
        with form.kept_when_busy():
            if not renew_link_for(event.id, number, now(), organiser_id()):
                abort(404)
            flash(_("%(name)s gets a letter with the new link.", name=name), "success")
            return redirect(url_for("desk.person", slug=slug, number=number), 303)
    event = get_event(slug)
    page = render_template(
        "desk/new_link.html", event=event, person=get_person(event, number), form=form
    )
    return form.answer(page)
