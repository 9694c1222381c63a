"""Erasing one's own data: what goes, what must stay and why, and doing it."""

from flask import abort, redirect, render_template
from werkzeug.wrappers import Response

from koostoo.base.clock import now
from koostoo.privacy.erasing import erase as erase_person
from koostoo.privacy.erasing import outlook
from koostoo.web.forms import ButtonForm, Page
from koostoo.web.links import find_registration, own_page
from koostoo.web.mine import bp
from koostoo.web.rights import right


@bp.route("/<token>/erase", methods=["GET", "POST"])
@right("secret_link")
def erase(token: str) -> Response | Page:
    """Say what an erasure takes; on POST do it. The link then says that it was done."""
    person = find_registration("my", token) or abort(404)
    link_id, form = person.link_id, ButtonForm()
    if form.validate_on_submit():
        with form.kept_when_busy():
            erase_person(person.id, now(), "page")
            return redirect(own_page(link_id), 303)
    page = render_template(
        "mine/erase.html",
        event=person.event,
        form=form,
        found=outlook(person, now()),
        back=own_page(link_id, "mine.data"),
    )
    return form.answer(page)
