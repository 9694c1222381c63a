"""Organisers sign in: ask for a link, open it, press the button; and sign out.

Opening a link changes nothing, because mail scanners open links too; the button signs in.
"""

from datetime import timedelta
from secrets import token_urlsafe

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import StringField, ValidationError

from koostoo.accounts import rules, service
from koostoo.accounts.limits import count_attempt
from koostoo.base.clock import now
from koostoo.base.contact import EMAIL_LENGTH, ContactError, parse_email
from koostoo.base.tokens import read_token
from koostoo.web.errors import error_page
from koostoo.web.forms import AtMost, ButtonForm, Form, NoForbidden, Sentence, line
from koostoo.web.language import current_lang
from koostoo.web.rights import desk_cookie_name, right

bp = Blueprint("signin", __name__, url_prefix="/desk/signin")

PER_ACCOUNT = (5, timedelta(minutes=15))
PER_SOURCE = (20, timedelta(minutes=15))


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
    """Show the form that asks for a link."""
    return render_template("signin/ask.html", form=AskForm())


@bp.post("")
@right("public")
def send() -> Response | str | tuple[str, int]:
    """Mail a link if the address is known; answer alike if it is not."""
    form = AskForm()
    if not form.validate_on_submit():
        return render_template("signin/ask.html", form=form), 422
    moment, address = now(), parse_email(form.email.data)
    source = rules.network_of(request.remote_addr or "")
    if not count_attempt("signin-source", source, *PER_SOURCE, moment):
        return error_page(429)
    secret = request.cookies.get(_browser_cookie_name()) or token_urlsafe(32)
    if count_attempt("signin-account", address.key, *PER_ACCOUNT, moment):
        service.ask_link(address.normalised, secret, moment, current_lang())
    response = redirect(url_for("signin.sent"), 303)
    _set_cookie(response, _browser_cookie_name(), secret, timedelta(hours=1))
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
    if link_id is None or not service.is_link_usable(link_id, _browser_secret(), now()):
        return _useless()
    return render_template("signin/link.html", form=ButtonForm())


@bp.post("/<token>")
@right("secret_link")
def use(token: str) -> Response | str | tuple[str, int]:
    """Sign in with the link, once."""
    form = ButtonForm()
    if not form.validate_on_submit():
        return render_template("signin/link.html", form=form), 422
    link_id = _link_id(token)
    session_token = service.use_link(link_id, _browser_secret(), now()) if link_id else None
    if session_token is None:
        return _useless()
    response = redirect(url_for("desk.home"), 303)
    _set_cookie(response, desk_cookie_name(), session_token, rules.WHOLE_LIFE)
    _drop_cookie(response, _browser_cookie_name())
    return response


@bp.post("/out")
@right("organiser")
def sign_out() -> Response:
    """End the session on the server and in the browser."""
    if not ButtonForm().validate_on_submit():
        flash(_("Nothing was changed. Please press the button once more."), "warning")
        return redirect(url_for("desk.home"), 303)
    service.sign_out(request.cookies.get(desk_cookie_name(), ""))
    flash(_("You are signed out."), "success")
    response = redirect(url_for("signin.ask"), 303)
    _drop_cookie(response, desk_cookie_name())
    return response


def _useless() -> tuple[str, int]:
    """One page for every link that does not work, so that none tells more than another."""
    return render_template("signin/useless.html"), 404


def _link_id(token: str) -> str | None:
    keys = [current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"]]
    return read_token(keys, service.SIGN_IN_PURPOSE, token)


def _browser_cookie_name() -> str:
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    return "__Host-koostoo_browser" if secure else "koostoo_browser"


def _browser_secret() -> str:
    return request.cookies.get(_browser_cookie_name(), "")


def _set_cookie(response: Response, name: str, value: str, life: timedelta) -> None:
    response.set_cookie(
        name,
        value,
        max_age=life,
        path="/",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )


def _drop_cookie(response: Response, name: str) -> None:
    response.delete_cookie(
        name, path="/", secure=current_app.config["SESSION_COOKIE_SECURE"], httponly=True
    )
