"""Organisers sign in: with a passkey, or with a link and then their second factor; and sign out.

Opening a link changes nothing, because mail scanners open links too; the button signs in.
"""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import StringField, ValidationError

from koostoo.accounts import guarding, service
from koostoo.accounts.passkeys import site
from koostoo.accounts.sessions import sign_out as end_session
from koostoo.base.clock import now
from koostoo.base.contact import EMAIL_LENGTH, ContactError, parse_email
from koostoo.base.tokens import read_token
from koostoo.web.cookies import (
    desk_token,
    drop_session,
    keep_browser,
    keep_session,
    this_device,
    this_source,
)
from koostoo.web.errors import error_page
from koostoo.web.forms import AtMost, ButtonForm, Form, NoForbidden, Sentence, line
from koostoo.web.language import current_lang
from koostoo.web.links import keys, wanted_page
from koostoo.web.rights import right

bp = Blueprint("signin", __name__, url_prefix="/desk/signin")


class AskForm(Form):
    """The address of who wants to sign in."""

    email = StringField(
        _l("E-mail address"), [NoForbidden(), Sentence(), AtMost(EMAIL_LENGTH)], [line]
    )

    def validate_email(self, field: StringField) -> None:
        """Refuse what is not an address; whether it is known is not told."""
        try:
            parse_email(field.data)
        except ContactError as error:
            raise ValidationError(
                _("This does not look like an e-mail address. Example: mari@example.ee")
            ) from error


@bp.get("")
@right("public")
def ask() -> str:
    """Show the ways to sign in."""
    return ask_page(AskForm())


@bp.post("")
@right("public")
def send() -> Response | str | tuple[str, int]:
    """Mail a link if the address is known; answer alike if it is not."""
    form = AskForm()
    if not form.validate_on_submit():
        return ask_page(form), 422
    moment, address, device = now(), parse_email(form.email.data), this_device()
    answer = guarding.may_ask_link(address.key, this_source(), moment)
    if answer == "no":
        return error_page(429)
    if answer == "yes":
        service.ask_link(address.normalised, device.secret, moment, current_lang())
    response = redirect(url_for("signin.sent"), 303)
    keep_browser(response, device)
    return response


@bp.get("/sent")
@right("public")
def sent() -> str:
    """Say that a link is on its way to whoever was invited."""
    return render_template("signin/sent.html")


@bp.get("/<token>")
@right("secret_link")
def link(token: str) -> str | tuple[str, int]:
    """Show the button that signs in; opening the page uses nothing up."""
    link_id = _link_id(token)
    if link_id is None or not service.is_link_usable(link_id, this_device().secret, now()):
        return _useless()
    return render_template("signin/link.html", form=ButtonForm())


@bp.post("/<token>")
@right("secret_link")
def use(token: str) -> Response | str | tuple[str, int]:
    """Sign in with the link, once."""
    form = ButtonForm()
    if not form.validate_on_submit():
        return render_template("signin/link.html", form=form), 422
    link_id, device = _link_id(token), this_device()
    session_token = service.use_link(link_id, device, now()) if link_id else None
    if session_token is None:
        return _useless()
    response = redirect(wanted_page(), 303)
    keep_session(response, session_token, device)
    return response


@bp.post("/out")
@right("signing_in")
def sign_out() -> Response:
    """End the session on the server and in the browser."""
    if not ButtonForm().validate_on_submit():
        flash(_("Nothing was changed. Please press the button once more."), "warning")
        return redirect(url_for("desk.home"), 303)
    end_session(desk_token())
    flash(_("You are signed out."), "success")
    response = redirect(url_for("signin.ask"), 303)
    drop_session(response)
    return response


def ask_page(form: AskForm) -> str:
    """Return the page with the ways to sign in."""
    return render_template("signin/ask.html", form=form, has_passkeys=site() is not None)


def _useless() -> tuple[str, int]:
    """One page for every link that does not work, so that none tells more than another."""
    return render_template("signin/useless.html"), 404


def _link_id(token: str) -> str | None:
    return read_token(keys(), service.SIGN_IN_PURPOSE, token)


from koostoo.web.signin import (  # noqa: E402 - they add routes to bp
    passkey,  # noqa: F401
    second,  # noqa: F401
)
