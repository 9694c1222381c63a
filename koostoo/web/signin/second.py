"""The second step after the link, and proving once more who one is before something that matters.

A passkey, six digits of the app, or a code on paper. Who has nothing of that gets another letter.
"""

from flask import Response as FlaskResponse
from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import StringField

from koostoo.accounts import codes, factors, guarding, passkeys, service
from koostoo.web.cookies import keep_browser, keep_session, this_device, this_occasion, this_source
from koostoo.web.errors import error_page
from koostoo.web.forms import AtMost, ButtonForm, Form, NoForbidden, Page, Sentence, line
from koostoo.web.language import current_lang
from koostoo.web.links import desk_path, wanted_page
from koostoo.web.passkey_form import PasskeyForm, no_options, options
from koostoo.web.rights import organiser_id, right, signed_in
from koostoo.web.signin import bp


class CodeForm(Form):
    """A code of the app or one on paper."""

    code = StringField(_l("Code"), [NoForbidden(), Sentence(), AtMost(60)], [line])


@bp.route("/second", methods=["GET", "POST"])
@right("signing_in")
def second() -> Response | Page:
    """Ask for a second factor; on POST take a code."""
    if _needs_nothing():
        return redirect(_onwards(), 303)
    form = CodeForm()
    if form.validate_on_submit():
        device, occasion = this_device(), this_occasion()
        if not guarding.may_try_code(organiser_id(), this_source(), occasion.now):
            return _too_many(form)
        with form.kept_when_busy():
            token = codes.give_code(
                organiser_id(), signed_in().id, form.code.data, device, occasion
            )
            if token is not None:
                return _done(token)
            form.code.errors = [
                _("This code is not right, or was used already. Wait for the next one and type it.")
            ]
    page, status, headers = form.answer(_page(form))
    return page, 422 if form.is_submitted() and form.errors else status, headers


@bp.post("/second/options")
@right("signing_in")
def second_options() -> FlaskResponse:
    """Give what the browser asks one of the organiser's devices with."""
    if not ButtonForm().validate_on_submit() or passkeys.site() is None:
        return no_options(422)
    occasion = this_occasion()
    if not guarding.may_try_passkey(this_source(), occasion.now):
        return no_options(429)
    return options(passkeys.ask_to_confirm(organiser_id(), this_device().old_token, occasion))


@bp.post("/second/passkey")
@right("signing_in")
def second_passkey() -> Response | tuple[str, int]:
    """Take the device's answer as the second factor."""
    form, occasion = PasskeyForm(), this_occasion()
    if form.validate_on_submit():
        if not guarding.may_try_passkey(this_source(), occasion.now):
            return error_page(429)
        token = passkeys.prove(
            organiser_id(), signed_in().id, form.credential.data, this_device(), occasion
        )
        if token is not None:
            return _done(token)
    again = CodeForm(formdata=None)
    again.form_errors.append(_("The passkey was not accepted. Please try once more."))
    return _page(again), 422


@bp.post("/second/link")
@right("signing_in")
def second_link() -> Response | tuple[str, int]:
    """Mail another link to who has no second factor yet, to prove again who it is."""
    if not ButtonForm().validate_on_submit() or signed_in().has_factor:
        return redirect(url_for("signin.second"), 303)
    occasion, device, organiser = this_occasion(), this_device(), g.organiser
    address, key = organiser.email, organiser.email_key
    answer = guarding.may_ask_link(key, this_source(), occasion.now)
    if answer == "no":
        return error_page(429)
    if answer == "yes":
        service.ask_link(address, device.secret, occasion.now, current_lang())
    response = redirect(url_for("signin.sent"), 303)
    keep_browser(response, device)
    return response


def _needs_nothing() -> bool:
    """Say whether this session lacks nothing that this page could give it."""
    session = signed_in()
    if session.standing == "set_up":
        return True
    return session.standing == "full" and session.is_fresh(this_occasion().now)


def _onwards() -> str:
    return desk_path(request.args.get("next", "")) or wanted_page()


def _done(token: str) -> Response:
    response = redirect(_onwards(), 303)
    keep_session(response, token, this_device())
    return response


def _too_many(form: CodeForm) -> Page:
    """Say that it was too often, and once a day tell the owner by letter."""
    occasion = this_occasion()
    if guarding.is_first_of_day(organiser_id(), occasion.now):
        factors.tell_of_guessing(organiser_id(), occasion)
    form.code.errors = [
        _("Too many codes were typed. Please wait a quarter of an hour, or use a passkey.")
    ]
    return _page(form), 429, {}


def _page(form: CodeForm) -> str:
    found = factors.factors_of(organiser_id())
    return render_template(
        "signin/second.html",
        form=form,
        factors=found,
        may_use_passkey=bool(found.passkeys) and passkeys.site() is not None,
        takes_code=found.app_since is not None or found.codes_left > 0,
        is_signed_in=signed_in().standing == "full",
        next=desk_path(request.args.get("next", "")),
    )
