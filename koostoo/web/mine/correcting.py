"""Asking an organiser to correct what one cannot change oneself: name, address, anything else."""

from flask import abort, flash, redirect, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import EmailField, TextAreaField

from koostoo.base.clock import now
from koostoo.base.contact import parse_email
from koostoo.privacy.correcting import Wish, ask_for_correction, find_correction
from koostoo.privacy.models import WORDS_LENGTH
from koostoo.web.forms import (
    AtMost,
    Form,
    NoForbidden,
    Page,
    Sentence,
    email_like,
    line,
    prose,
)
from koostoo.web.links import find_registration, own_page
from koostoo.web.mine import bp
from koostoo.web.person_fields import name_field
from koostoo.web.rights import right


class CorrectionForm(Form):
    """How it is to be."""

    first_name = name_field(_l("First name"))
    last_name = name_field(_l("Last name"))
    email = EmailField(
        _l("E-mail"), [Sentence(), AtMost(254), NoForbidden(), email_like], filters=[line]
    )
    words = TextAreaField(
        _l("What else is wrong"),
        [AtMost(WORDS_LENGTH), NoForbidden()],
        filters=[prose],
        description=_l("Such as whom you represent, or on which day you were there."),
    )

    def wish(self) -> Wish:
        """Return the checked values."""
        return Wish(
            self.first_name.data or "",
            self.last_name.data or "",
            parse_email(self.email.data or ""),
            self.words.data or "",
        )


@bp.route("/<token>/correct", methods=["GET", "POST"])
@right("secret_link")
def correct(token: str) -> Response | Page:
    """Ask what is to be corrected; on POST put it before an organiser."""
    person = find_registration("my", token) or abort(404)
    known = find_correction(person.id) or person
    form = CorrectionForm(
        data={name: getattr(known, name, "") for name in ("first_name", "last_name", "email")}
        | {"words": getattr(known, "words", "")}
    )
    back = own_page(person.link_id, "mine.data")
    if form.validate_on_submit():
        with form.kept_when_busy():
            if ask_for_correction(person.id, form.wish(), now()):
                flash(_("The organiser has it now and decides within a month."), "success")
            else:
                flash(_("Nothing differs from what is kept, so nothing was asked."), "info")
            return redirect(back, 303)
    page = render_template(
        "mine/correct.html", person=person, event=person.event, form=form, back=back
    )
    return form.answer(page)
