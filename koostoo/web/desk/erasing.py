"""Erasing a person's data for them, when they ask by telephone, letter or face to face."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from koostoo.base.clock import now
from koostoo.privacy.erasing import erase, find_erasure, outlook
from koostoo.privacy.rules import HOWS, How
from koostoo.web.desk import bp
from koostoo.web.desk.act_words import ERASED_WORDS
from koostoo.web.desk.events import get_event
from koostoo.web.desk.people import ONE, get_person
from koostoo.web.forms import Form, OneOf, Page, Sentence, options
from koostoo.web.rights import organiser_id, right


class ErasureForm(Form):
    """How the person asked."""

    how = OneOf(
        _l("How did they ask?"),
        choices=options([(one, ERASED_WORDS[one]) for one in HOWS if one != "page"]),
        validators=[Sentence()],
    )

    @property
    def told(self) -> How:
        """The checked choice."""
        return next(one for one in HOWS if one == self.how.data)


@bp.route(f"{ONE}/erase", methods=["GET", "POST"], endpoint="erase")
@right("event_run")
def show(slug: str, number: int) -> Response | Page:
    """Say what an erasure takes; on POST do it."""
    event = get_event(slug)
    person = get_person(event, number)
    back = redirect(url_for("desk.person", slug=slug, number=number), 303)
    if find_erasure(number) is not None:
        return back
    form = ErasureForm()
    if form.validate_on_submit():
        with form.kept_when_busy():
            erase(number, now(), form.told, organiser_id())
            flash(_("What need not be kept of this person is erased."), "success")
            return back
    person = get_person(get_event(slug), number)
    page = render_template(
        "desk/erase.html",
        event=person.event,
        person=person,
        form=form,
        found=outlook(person, now()),
    )
    return form.answer(page)
