"""An organiser's access tokens for programs: make one, see which there are, take one back."""

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response
from wtforms import StringField, ValidationError

from koostoo.accounts.api_tokens import (
    MOST,
    TooManyTokens,
    find_own_token,
    make_token,
    revoke_token,
    tokens_of,
)
from koostoo.base.clock import local_day, now
from koostoo.web.desk import bp
from koostoo.web.desk.fields import DayField
from koostoo.web.forms import AtMost, ButtonForm, Form, NoForbidden, Page, Sentence, line
from koostoo.web.links import absolute
from koostoo.web.rights import organiser_id, right


class TokenForm(Form):
    """Which program gets it, and how long it works."""

    name = StringField(
        _l("What is it for"),
        [Sentence(), AtMost(80), NoForbidden()],
        filters=[line],
        description=_l("The program or the person who will use it, so that you know it again."),
    )
    expires_on = DayField(
        _l("Last day it works"),
        description=_l("Leave it empty for a token that works until you take it back."),
    )

    def validate_expires_on(self, field: DayField) -> None:
        """Refuse a token that would never work."""
        if field.data and field.data < local_day(now()):
            raise ValidationError(_("This day is over already."))


@bp.route("/tokens", methods=["GET", "POST"])
@right("organiser")
def tokens() -> Page:
    """Show this organiser's tokens; on POST make one and show it this once.

    The answer to the POST is the page itself: led elsewhere, the token would have to be kept
    somewhere on the way.
    """
    form, made, name = TokenForm(), None, ""
    if form.validate_on_submit():
        with form.kept_when_busy():
            try:
                name = form.name.data
                made = make_token(organiser_id(), name, form.expires_on.data, now())
            except TooManyTokens:
                form.form_errors.append(
                    ngettext(
                        "You have %(num)s token already: take one back first.",
                        "You have %(num)s tokens already: take one back first.",
                        MOST,
                    )
                )
            else:
                form = TokenForm(formdata=None)
    page = render_template(
        "desk/tokens.html",
        form=form,
        made=made,
        name=name,
        tokens=tokens_of(organiser_id()),
        today=local_day(now()),
        description=absolute(url_for("api.openapi")),
        example=absolute(url_for("api.events")),
    )
    return form.answer(page)


@bp.route("/tokens/<int(max=2147483647):number>/revoke", methods=["GET", "POST"])
@right("organiser")
def revoke(number: int) -> Response | Page:
    """Ask once more; on POST take the token back."""
    token = find_own_token(organiser_id(), number) or abort(404)
    form = ButtonForm()
    if form.validate_on_submit():
        with form.kept_when_busy():
            revoke_token(organiser_id(), number, now())
            flash(_("The token no longer works anywhere."), "success")
            return redirect(url_for("desk.tokens"), 303)
    page = render_template(
        "desk/token_revoke.html", form=form, token=find_own_token(organiser_id(), number) or token
    )
    return form.answer(page)
