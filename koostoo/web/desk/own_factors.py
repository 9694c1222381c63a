"""Setting up and taking away what an organiser signs in with: passkeys and the app."""

from flask import Response as FlaskResponse
from flask import abort, current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from markupsafe import Markup
from werkzeug.wrappers import Response
from wtforms import HiddenField, StringField

from koostoo.accounts import authenticator, passkeys, totp
from koostoo.accounts.browsers import kind_of, name_of
from koostoo.accounts.factors import LastFactor, factors_of, find_passkey, remove_passkey
from koostoo.documents.qr import qr_svg
from koostoo.web.cookies import keep_session, this_device, this_occasion
from koostoo.web.desk import bp
from koostoo.web.forms import AtMost, ButtonForm, Form, NoForbidden, Page, Sentence, line
from koostoo.web.passkey_form import NewPasskeyForm, no_options, options
from koostoo.web.rights import asks_afresh, organiser_id, right, signed_in


class AppForm(Form):
    """The first code of an app, with the key it was offered."""

    offer = HiddenField("")
    code = StringField(
        _l("The six digits the app shows now"),
        [NoForbidden(), Sentence(), AtMost(20)],
        filters=[line],
    )


@bp.route("/account/passkeys/add", methods=["GET", "POST"])
@right("setting_up")
@asks_afresh
def passkey_add() -> Response | Page:
    """Show how a passkey is made; on POST keep the one the device made."""
    if passkeys.site() is None:
        return redirect(url_for("desk.account"), 303)
    # A name to start from: whoever has one device need not think of any.
    form = NewPasskeyForm(name=name_of(kind_of(request.user_agent.string)))
    if form.validate_on_submit():
        device, occasion = this_device(), this_occasion()
        had_any = signed_in().has_factor
        with form.kept_when_busy():
            try:
                token = passkeys.add_passkey(
                    organiser_id(),
                    signed_in().id,
                    form.name.data,
                    form.credential.data,
                    device,
                    occasion,
                )
            except passkeys.TooManyPasskeys:
                form.form_errors.append(
                    ngettext(
                        "You have %(num)s passkey already: remove one first.",
                        "You have %(num)s passkeys already: remove one first.",
                        passkeys.MOST,
                    )
                )
            else:
                if token is not None:
                    flash(_("The passkey is added. Next time you sign in with it."), "success")
                    return _set_up(token, had_any=had_any)
                form.form_errors.append(_("The passkey was not accepted. Please try once more."))
    page, status, headers = form.answer(render_template("desk/passkey_add.html", form=form))
    return page, 422 if form.form_errors else status, headers


@bp.post("/account/passkeys/options")
@right("setting_up")
@asks_afresh
def passkey_options() -> FlaskResponse:
    """Give what the browser asks the device with to make a passkey."""
    if not ButtonForm().validate_on_submit() or passkeys.site() is None:
        return no_options(422)
    return options(passkeys.ask_to_add(organiser_id(), this_device().old_token, this_occasion()))


@bp.route("/account/passkeys/<int(max=2147483647):number>/remove", methods=["GET", "POST"])
@right("organiser")
@asks_afresh
def passkey_remove(number: int) -> Response | Page:
    """Ask once more; on POST take the passkey away."""
    passkey = find_passkey(organiser_id(), number) or abort(404)
    name, form = passkey.name, ButtonForm()
    if form.validate_on_submit():
        with form.kept_when_busy():
            try:
                remove_passkey(organiser_id(), number, this_occasion())
            except LastFactor:
                flash(_("This is the last way to sign in: set up another one first."), "warning")
            else:
                flash(_("The passkey is removed and signs in nowhere any more."), "success")
            return redirect(url_for("desk.account"), 303)
    return form.answer(render_template("desk/passkey_remove.html", form=form, name=name))


@bp.route("/account/app", methods=["GET", "POST"])
@right("setting_up")
@asks_afresh
def app_set_up() -> Response | Page:
    """Offer a key for an app, to scan or to type; on POST take its first code."""
    form, had_any = AppForm(), signed_in().has_factor
    if form.validate_on_submit():
        device, occasion = this_device(), this_occasion()
        with form.kept_when_busy():
            token = authenticator.set_app(
                organiser_id(),
                signed_in().id,
                form.offer.data or "",
                "".join(form.code.data.split()),
                device,
                occasion,
            )
            if token is not None:
                flash(_("The app is set up. It is asked for after the link."), "success")
                return _set_up(token, had_any=had_any)
            form.code.errors = [
                _("This code does not fit. Look at the app again and type what it shows now.")
            ]
    key = authenticator.offered_key(organiser_id(), form.offer.data or "")
    if key is None:
        form.offer.data = authenticator.offer_key(organiser_id())
        key = authenticator.offered_key(organiser_id(), form.offer.data) or ""
    page = render_template(
        "desk/app_set_up.html",
        form=form,
        code=_drawn(totp.address(key, g.organiser.email, current_app.config["BASE_HOST"])),
        key=totp.in_fours(key),
        replaces=factors_of(organiser_id()).app_since is not None,
    )
    page, status, headers = form.answer(page)
    return page, 422 if form.is_submitted() and form.errors else status, headers


@bp.route("/account/app/remove", methods=["GET", "POST"])
@right("organiser")
@asks_afresh
def app_remove() -> Response | Page:
    """Ask once more; on POST take the app away."""
    form = ButtonForm()
    if form.validate_on_submit():
        with form.kept_when_busy():
            try:
                authenticator.remove_app(organiser_id(), this_occasion())
            except LastFactor:
                flash(_("This is the last way to sign in: set up another one first."), "warning")
            else:
                flash(_("The app is removed; its codes are asked for no longer."), "success")
            return redirect(url_for("desk.account"), 303)
    if factors_of(organiser_id()).app_since is None:
        return redirect(url_for("desk.account"), 303)
    return form.answer(render_template("desk/app_remove.html", form=form))


def _set_up(token: str, *, had_any: bool) -> Response:
    """Lead on from what was set up: the first time to the codes on paper."""
    leads_to = "desk.account" if had_any else "desk.recovery_codes"
    response = redirect(url_for(leads_to), 303)
    keep_session(response, token, this_device())
    return response


def _drawn(address: str) -> Markup:
    return Markup(qr_svg(address))  # noqa: S704 - the library draws squares, whatever the address
