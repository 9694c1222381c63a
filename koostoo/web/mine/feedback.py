"""How was it? The page behind the link of the letter of thanks: one answer each, tied to nobody."""

from flask import abort, redirect, render_template
from werkzeug.wrappers import Response

from koostoo.attendance.feedback import FEEDBACK_PURPOSE, give_feedback, standing_of
from koostoo.base.clock import now
from koostoo.base.database import db
from koostoo.base.dates import tile
from koostoo.feedback.queries import find_form
from koostoo.feedback.rules import SHOWN_FROM, closes_on, shown_on
from koostoo.web.feedback_form import asking
from koostoo.web.forms import Page
from koostoo.web.language import current_lang
from koostoo.web.links import find_registration, token_path
from koostoo.web.mine import bp
from koostoo.web.rights import right


@bp.route("/feedback/<token>", methods=["GET", "POST"])
@right("secret_link")
def feedback(token: str) -> Response | Page:
    """Ask; on POST put the answers into the box. Afterwards the link says thank you."""
    person = find_registration(FEEDBACK_PURPOSE, token) or abort(404)
    number, link_id = person.id, person.link_id
    own = find_form(person.event_id) or abort(404)
    form = asking(own.questions)
    standing = standing_of(db.session(), person, own, now())
    if standing == "open" and form.validate_on_submit():
        with form.kept_when_busy():
            give_feedback(number, form.answers(), now())
            return redirect(token_path("mine.feedback", FEEDBACK_PURPOSE, link_id), 303)
    event = person.event
    page = render_template(
        "mine/feedback.html",
        event=event,
        tile=tile(event.when, current_lang()),
        form=form,
        standing=standing,
        closes_on=closes_on(event.ends_on, own.closes_after),
        shown_from=SHOWN_FROM,
        shown_on=shown_on(event.ends_on),
    )
    return form.answer(page)
