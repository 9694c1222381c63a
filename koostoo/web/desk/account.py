"""How an organiser signs in: what there is, the codes on paper, where they are signed in."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from koostoo.accounts import codes, sessions
from koostoo.accounts.browsers import name_of
from koostoo.accounts.factors import factors_of
from koostoo.accounts.passkeys import MOST, site
from koostoo.base.clock import now
from koostoo.web.cookies import this_occasion
from koostoo.web.desk import bp
from koostoo.web.forms import ButtonForm, Page
from koostoo.web.rights import asks_afresh, organiser_id, right, signed_in

METHOD_WORDS = {
    "link": _l("by a link in a letter"),
    "totp": _l("by link and app"),
    "recovery": _l("by link and recovery code"),
    "passkey": _l("with a passkey"),
}


@bp.get("/account")
@right("setting_up")
def account() -> str:
    """Show what this organiser signs in with; who has nothing yet begins here."""
    return render_template(
        "desk/account.html",
        factors=factors_of(organiser_id()),
        has_site=site() is not None,
        most=MOST,
        is_limited=signed_in().standing != "full",
    )


@bp.route("/account/codes", methods=["GET", "POST"])
@right("organiser")
@asks_afresh
def recovery_codes() -> Response | Page:
    """Show how many codes are left; on POST make ten new ones and show them this once.

    The answer to the POST is the page itself: led elsewhere, the codes would have to be kept.
    """
    found = factors_of(organiser_id())
    if not found.has_any:
        return redirect(url_for("desk.account"), 303)
    form, left, made = ButtonForm(), found.codes_left, list[str]()
    if form.validate_on_submit():
        with form.kept_when_busy():
            made = codes.make_codes(organiser_id(), this_occasion())
    page = render_template("desk/recovery_codes.html", form=form, left=left, made=in_parts(made))
    return form.answer(page)


@bp.get("/account/sessions")
@right("organiser")
def own_sessions() -> str:
    """Show where this organiser is signed in."""
    return render_template(
        "desk/sessions.html",
        sessions=sessions.sessions_of(organiser_id(), now()),
        own=signed_in().id,
        method_words=METHOD_WORDS,
        browser_words=browser_words,
        form=ButtonForm(),
    )


@bp.post("/account/sessions/<int(max=2147483647):number>/end")
@right("organiser")
def session_end(number: int) -> Response:
    """End one of this organiser's sessions."""
    if not ButtonForm().validate_on_submit():
        flash(_("Nothing was changed. Please press the button once more."), "warning")
    elif number == signed_in().id:
        flash(_("To end the session you are in, press “Sign out”."), "info")
    elif sessions.end_session(organiser_id(), number):
        flash(_("That browser is signed out."), "success")
    else:
        flash(_("That browser was signed out already."), "info")
    return redirect(url_for("desk.own_sessions"), 303)


@bp.post("/account/sessions/end-others")
@right("organiser")
def sessions_end_others() -> Response:
    """End all of this organiser's sessions but the one they are in."""
    if not ButtonForm().validate_on_submit():
        flash(_("Nothing was changed. Please press the button once more."), "warning")
    else:
        sessions.end_others(organiser_id(), signed_in().id)
        flash(_("You are signed out everywhere but here."), "success")
    return redirect(url_for("desk.own_sessions"), 303)


def browser_words(kind: str) -> str:
    """Return what a kind of browser is called: "Firefox, Windows"."""
    return name_of(kind) or _("unknown browser")


def in_parts(made: list[str]) -> list[str]:
    """Return codes in groups of four signs."""
    return ["-".join(code[at : at + 4] for at in range(0, len(code), 4)) for code in made]
