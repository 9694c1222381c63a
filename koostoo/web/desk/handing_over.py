"""The page on which somebody's place is given to a colleague."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from koostoo.base.clock import now
from koostoo.registration.admission import SignUpRefused
from koostoo.registration.handing_over import NotHandedOver, hand_over
from koostoo.registration.models import ACTIVE
from koostoo.web.desk import adding, bp
from koostoo.web.desk.events import get_event
from koostoo.web.desk.people import ONE, back_to_people, get_person
from koostoo.web.desk.words import refusal_words
from koostoo.web.forms import Page
from koostoo.web.rights import access, event_facts, organiser_id, right
from koostoo.web.sharing import BELONGING_WORDS, OBSTACLE_WORDS
from koostoo.web.signup_form import suggested


@bp.route(f"{ONE}/hand-over", methods=["GET", "POST"], endpoint="hand_over")
@right("person_run")
def show(slug: str, number: int) -> Response | Page:
    """Ask who comes instead; on POST give them the place, and write to both."""
    event = get_event(slug)
    person = get_person(event, number)
    if person.state not in ACTIVE:
        flash(_gone(person.name), "warning")
        return back_to_people(slug)
    of = None if access().may_run(event_facts()) else access().organisations
    form = adding.build(event, of)
    if form.is_submitted():
        if form.validate():
            with form.kept_when_busy():
                try:
                    hand_over(number, form.entry(event, source="desk"), now(), organiser_id())
                except NotHandedOver as refusal:
                    form.form_errors.append(_refusal(refusal.reason, person.name))
                except SignUpRefused as refusal:
                    form.form_errors.append(_obstacle(refusal.reason))
                else:
                    flash(_("The place is given to the colleague; both get a letter."), "success")
                    return redirect(url_for("desk.people", slug=slug), 303)
    else:
        form.organisation.data = str(person.organisation_id or "")
        form.member_organisation.data = person.member_organisation
    page = render_template(
        "desk/hand_over.html",
        event=get_event(slug),
        person=get_person(get_event(slug), number),
        form=form,
        suggested=suggested(form),
    )
    return form.answer(page)


def _gone(name: str) -> str:
    return _("%(name)s has no place in the event any more.", name=name)


def _refusal(reason: str, name: str) -> str:
    return {
        "gone": _gone(name),
        "closed": _("The event gives no seats any more."),
        "known": _("The colleague is on the list of this event already."),
    }[reason]


def _obstacle(reason: str) -> str:
    if reason in OBSTACLE_WORDS:
        return _("The colleague cannot have this seat: %(why)s.", why=OBSTACLE_WORDS[reason])
    return str(BELONGING_WORDS.get(reason) or refusal_words(reason))
