"""Forms whose answer a device gives: the script asks it and sends the form."""

from flask import Response, make_response
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField

from koostoo.web.forms import AtMost, Form, NoForbidden, Sentence, line


class PasskeyForm(Form):
    """What the device answered, as JSON of WebAuthn Level 3 (section 5.1, toJSON)."""

    credential = HiddenField("", [Sentence(_l("Your browser could not ask the device."))])


class NewPasskeyForm(PasskeyForm):
    """A new passkey and what its owner calls it."""

    name = StringField(
        _l("Name of the passkey"),
        [Sentence(), AtMost(80), NoForbidden()],
        filters=[line],
        description=_l("In which device it lies, so that you know it again: “Office laptop”."),
    )


def options(json: str) -> Response:
    """Return what the script hands to the browser."""
    response = make_response(json)
    response.mimetype = "application/json"
    response.headers["Cache-Control"] = "no-store"
    return response


def no_options(code: int) -> Response:
    """Return that nothing can be asked; the script says so in the page's words."""
    response = options("{}")
    response.status_code = code
    return response
