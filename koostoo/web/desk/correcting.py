"""What a person asked to have corrected: written down, or left as it is, by one press."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from koostoo.base.clock import now
from koostoo.privacy.correcting import decide_correction, people_asking
from koostoo.web.desk import bp
from koostoo.web.desk.events import get_event
from koostoo.web.desk.people import ONE, get_person
from koostoo.web.forms import ButtonForm
from koostoo.web.rights import organiser_id, right

WORDS = {
    "corrected": (_l("It is corrected, and no longer waits for you."), "success"),
    "declined": (
        _l("It stays as it is. Please write to the person why: they may complain about it."),
        "warning",
    ),
    "taken": (
        _l("Somebody of this name and address has a place in the event already."),
        "warning",
    ),
    "gone": (_l("The person no longer asks for this."), "info"),
}


@bp.post(f"{ONE}/correction")
@right("person_run")
def decide_about_correction(slug: str, number: int) -> Response:
    """Do what the button says."""
    event = get_event(slug)
    get_person(event, number)
    answer = request.form.get("answer", "")
    if ButtonForm().validate_on_submit() and answer in ("yes", "no"):
        outcome = decide_correction(event.id, number, now(), organiser_id(), accept=answer == "yes")
        words, category = WORDS[outcome]
        flash(str(words), category)
    else:
        flash(_("Nothing was changed. Please press the button once more."), "warning")
    return redirect(url_for("desk.person", slug=slug, number=number), 303)


@bp.get("/events/<slug>/corrections")
@right("event_run")
def corrections(slug: str) -> str:
    """List who of the event waits for an answer."""
    event = get_event(slug)
    return render_template("desk/corrections.html", event=event, people=people_asking(event.id))
