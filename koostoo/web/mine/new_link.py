"""Another secret link, where somebody else has got this one; it comes by letter alone."""

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from koostoo.base.clock import now
from koostoo.events.models import Event
from koostoo.registration.renewing import renew_group_link, renew_link
from koostoo.web.forms import ButtonForm, Page
from koostoo.web.links import find_group, find_registration, group_page, own_page
from koostoo.web.mine import bp
from koostoo.web.rights import right


@bp.route("/<token>/link", methods=["GET", "POST"])
@right("secret_link")
def new_link(token: str) -> Response | Page:
    """Say what another link means; on POST replace this one."""
    person = find_registration("my", token) or abort(404)
    email, back, form = person.email, own_page(person.link_id), ButtonForm()
    if form.validate_on_submit():
        with form.kept_when_busy():
            return _replaced(email) if renew_link(person.id, now()) else abort(404)
    return _page(form, person.event, email, back, "")


@bp.route("/group/<token>/link", methods=["GET", "POST"])
@right("secret_link")
def new_group_link(token: str) -> Response | Page:
    """The same for the link of who signed up others."""
    group = find_group(token) or abort(404)
    email, back, form = group.email, group_page(group.link_id), ButtonForm()
    if group.event.state == "called_off" or group.event.when.is_over(now()):
        # No summary is written any more that could bring the new link.
        return redirect(back, 303)
    if form.validate_on_submit():
        with form.kept_when_busy():
            return _replaced(email) if renew_group_link(group.id, now()) else abort(404)
    return _page(form, group.event, email, back, group.name)


def _replaced(email: str) -> Response:
    flash(
        _(
            "The old link no longer opens anything. The new one is on its way to %(email)s.",
            email=email,
        ),
        "success",
    )
    return redirect(url_for("public.links"), 303)


def _page(form: ButtonForm, event: Event, email: str, back: str, group: str) -> Page:
    page = render_template(
        "mine/new_link.html", form=form, event=event, email=email, back=back, group=group
    )
    return form.answer(page)
