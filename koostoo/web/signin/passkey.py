"""Signing in with a passkey: what the device is asked, and its answer."""

from flask import Response as FlaskResponse
from flask import redirect
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from koostoo.accounts import guarding, passkeys
from koostoo.web.cookies import keep_browser, keep_session, this_device, this_occasion, this_source
from koostoo.web.errors import error_page
from koostoo.web.forms import ButtonForm
from koostoo.web.links import wanted_page
from koostoo.web.passkey_form import PasskeyForm, no_options, options
from koostoo.web.rights import right
from koostoo.web.signin import AskForm, ask_page, bp


@bp.post("/passkey/options")
@right("public")
def passkey_options() -> FlaskResponse:
    """Give what the browser asks the device with; the challenge is for this browser alone."""
    if not ButtonForm().validate_on_submit() or passkeys.site() is None:
        return no_options(422)
    occasion, device = this_occasion(), this_device()
    if not guarding.may_try_passkey(this_source(), occasion.now):
        return no_options(429)
    response = options(passkeys.ask_to_sign_in(device.secret, occasion))
    keep_browser(response, device)
    return response


@bp.post("/passkey")
@right("public")
def passkey() -> Response | tuple[str, int]:
    """Sign in with the device's answer."""
    form, device, occasion = PasskeyForm(), this_device(), this_occasion()
    if not form.validate_on_submit():
        return _refused()
    if not guarding.may_try_passkey(this_source(), occasion.now):
        return error_page(429)
    token = passkeys.sign_in(form.credential.data, device, occasion)
    if token is None:
        return _refused()
    response = redirect(wanted_page(), 303)
    keep_session(response, token, device)
    return response


def _refused() -> tuple[str, int]:
    form = AskForm(formdata=None)
    form.form_errors.append(
        _("The passkey was not accepted. Please try once more, or let a link be sent to you.")
    )
    return ask_page(form), 422
