"""Signing up several people in one form."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from koostoo.base.clock import now
from koostoo.base.dates import tile
from koostoo.events import queries
from koostoo.events.models import Event
from koostoo.registration.admission import SignUpRefused
from koostoo.registration.groups import GroupOutcome, GroupSignUp, PeopleRefused, sign_up_group
from koostoo.registration.queries import full_options, invited_organisations, seats_of
from koostoo.registration.rules import is_open_to, standing
from koostoo.registration.seating import facts
from koostoo.web.forms import Page
from koostoo.web.group_form import GroupForm, build
from koostoo.web.language import current_lang
from koostoo.web.links import group_page
from koostoo.web.public import bp
from koostoo.web.public.signup import refusal_text
from koostoo.web.rights import right
from koostoo.web.sharing import sharing_lines, status_text
from koostoo.web.signup_form import refuse_beside, suggested


@bp.route("/events/<slug>/register/group", methods=["GET", "POST"])
@right("public")
def register_group(slug: str) -> Response | Page:
    """Show the form for several people; on POST register them and lead to the contact's page."""
    event = queries.find_event(slug) or abort(404)
    if event.group_max < 2:
        return redirect(url_for("public.register", slug=slug), 303)
    form = _form(event)
    if request.method == "POST" and form.website.data:
        # Only a robot fills in the hidden field; it is told nothing.
        return redirect(url_for("public.home"), 303)
    if "more" in request.form:
        form.add_rows(event.group_max)
        return _page(event, form)
    if form.validate_on_submit():
        typed = form.sign_up()
        with form.kept_when_busy():
            try:
                outcome = sign_up_group(event.id, typed, now())
            except SignUpRefused as refusal:
                if not refuse_beside(form, refusal.reason):
                    form.form_errors.append(refusal_text(event, refusal.reason))
            except PeopleRefused as refusal:
                form.refuse(refusal.reasons)
            else:
                _tell_left_out(typed, outcome)
                return redirect(group_page(outcome.link_id), 303)
    return _page(event, form)


def _form(event: Event) -> GroupForm:
    moment = now()
    return build(
        event,
        invited_organisations(event),
        current_lang(),
        full=full_options(event),
        takes_others=event.allows_others and is_open_to(facts(event, moment), None, moment),
    )


def _tell_left_out(typed: GroupSignUp, outcome: GroupOutcome) -> None:
    for position in outcome.left_out:
        person = typed.people[position]
        name = f"{person.first_name} {person.last_name}"
        flash(
            _("No place was left for %(name)s, not even on the waiting list.", name=name), "error"
        )


def _page(event: Event, form: GroupForm) -> Page:
    moment = now()
    state = standing(facts(event, moment), moment)
    page = render_template(
        "public/register_group.html",
        event=event,
        form=form,
        suggested=suggested(form),
        tile=tile(event.when, current_lang()),
        seats=seats_of([event], moment)[event.id],
        sharing=sharing_lines(event, moment),
        state=state,
        status=status_text(event, state),
    )
    # Going back must fetch a new form: an old one kept by the browser was already sent.
    page, status, headers = form.answer(page)
    return page, status, {**headers, "Cache-Control": "no-store"}
