"""Signing up, and asking for one's links again."""

from datetime import timedelta

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response
from wtforms import EmailField

from koostoo.accounts.limits import count_attempt
from koostoo.accounts.rules import network_of
from koostoo.base.clock import now
from koostoo.base.contact import parse_email
from koostoo.base.dates import tile
from koostoo.events import queries
from koostoo.events.models import Event
from koostoo.registration.admission import SignUpRefused
from koostoo.registration.queries import full_options, invited_organisations, seats_of
from koostoo.registration.rules import is_open_to, standing
from koostoo.registration.seating import facts
from koostoo.registration.service import SignedUp, send_links, sign_up
from koostoo.web.forms import AtMost, Form, NoForbidden, Page, Sentence, email_like, line
from koostoo.web.language import current_lang
from koostoo.web.links import own_page
from koostoo.web.public import bp
from koostoo.web.rights import right
from koostoo.web.sharing import OBSTACLE_WORDS, sharing_lines, status_text
from koostoo.web.signup_form import SignUpForm, build, refuse_beside, suggested

HOUR = timedelta(hours=1)


@bp.route("/events/<slug>/register", methods=["GET", "POST"])
@right("public")
def register(slug: str) -> Response | Page:
    """Show the sign-up form; on POST register and lead to the own page."""
    is_sent = request.method == "POST"
    find_event = queries.find_event_to_fill_in if is_sent else queries.find_event
    event = find_event(slug) or abort(404)
    moment = now()
    state = standing(facts(event, moment), moment)
    form = build(
        event,
        invited_organisations(event),
        current_lang(),
        full=full_options(event),
        takes_others=event.allows_others and is_open_to(facts(event, moment), None, moment),
    )
    if is_sent and form.website.data:
        # Only a robot fills in the hidden field; it is told nothing.
        return redirect(url_for("public.home"), 303)
    if form.validate_on_submit():
        with form.kept_when_busy():
            try:
                return _answer(event, sign_up(event.id, form.entry(event), now()))
            except SignUpRefused as refusal:
                full = refusal.reason == "full"
                state = "closed" if full else standing(facts(event, now()), now())
                if not refuse_beside(form, refusal.reason):
                    form.form_errors.append(refusal_text(event, refusal.reason))
    return _page(event, form, state)


def _answer(event: Event, outcome: SignedUp) -> Response:
    if outcome.already:
        return redirect(url_for("public.already", slug=event.slug), 303)
    return redirect(own_page(outcome.link_id) + "?new=1", 303)


def _page(event: Event, form: SignUpForm, state: str) -> Page:
    moment = now()
    page = render_template(
        "public/register.html",
        event=event,
        form=form,
        suggested=suggested(form),
        tile=tile(event.when, current_lang()),
        seats=seats_of([event], moment)[event.id],
        sharing=sharing_lines(event, moment),
        state=state,
        status=status_text(event, state),  # type: ignore[arg-type]  # a Standing in words
    )
    # Going back must fetch a new form: an old one kept by the browser was already sent.
    page, status, headers = form.answer(page)
    return page, status, {**headers, "Cache-Control": "no-store"}


def refusal_text(event: Event, reason: str) -> str:
    """Return why the event does not take a registration, as a sentence."""
    if reason == "full":
        return _("All seats are taken and this event has no waiting list.")
    if reason == "too_many":
        return ngettext(
            "This event takes at most %(num)s person in one form.",
            "This event takes at most %(num)s people in one form.",
            event.group_max,
        )
    if reason in OBSTACLE_WORDS:
        return _("This cannot be saved: %(reason)s.", reason=OBSTACLE_WORDS[reason])
    if reason == "members_first":
        return _("For now only people of the partner organisations can sign up.")
    return status_text(event, reason) or _("This event takes no registrations now.")  # type: ignore[arg-type]


@bp.get("/events/<slug>/already")
@right("public")
def already(slug: str) -> str:
    """Say that this person has a place and that the link is in the mail."""
    event = queries.find_event(slug) or abort(404)
    return render_template("public/already.html", event=event)


class LinksForm(Form):
    """The address to which the links go."""

    email = EmailField(
        _l("E-mail"),
        filters=[line],
        validators=[NoForbidden(), Sentence(), AtMost(254), email_like],
    )


@bp.route("/my/", methods=["GET", "POST"])
@right("public")
def links() -> str | Response | tuple[str, int]:
    """Mail somebody their links again; the answer is alike for every address."""
    form = LinksForm()
    if form.validate_on_submit():
        address = parse_email(form.email.data)
        moment = now()
        source = network_of(request.remote_addr or "")
        if count_attempt("links", address.key, 3, HOUR, moment) and count_attempt(
            "links-from", source, 30, HOUR, moment
        ):
            send_links(address.key, moment)
        flash(
            _("If there is a registration with this address, the links are on their way to it."),
            "success",
        )
        return redirect(url_for("public.links"), 303)
    return render_template("public/links.html", form=form), 422 if form.errors else 200
