"""Adding a person by hand: the sign-up form with words that speak to the organiser about them."""

from dataclasses import replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import BooleanField, Field, StringField, ValidationError
from wtforms import Form as PlainForm
from wtforms.validators import StopValidation

from koostoo.base.clock import now
from koostoo.events.models import Event
from koostoo.registration.admission import SignUpRefused
from koostoo.registration.queries import project_organisations, seats_of
from koostoo.registration.rules import SignUp
from koostoo.registration.service import SignedUp, sign_up
from koostoo.web.answers import WHEN_ADDED
from koostoo.web.desk import bp
from koostoo.web.desk.events import get_event
from koostoo.web.desk.words import refusal_words
from koostoo.web.forms import AtMost, NoForbidden, Page, Sentence, line
from koostoo.web.language import current_lang
from koostoo.web.person_fields import OTHER
from koostoo.web.rights import access, event_facts, organiser_id, right
from koostoo.web.signup_form import SignUpForm, suggested
from koostoo.web.signup_form import build as build_sign_up


class AboveForm(PlainForm):  # type: ignore[misc]  # WTForms ships no types
    """The box that lets the organiser go above the number of seats, and their reason.

    A part of the form beside it, which tells alone that the database was too busy.
    """

    is_busy = False

    above = BooleanField(_l("Give a seat even if all are taken"))
    reason = StringField(
        _l("Why above the limit?"),
        filters=[line],
        validators=[AtMost(500), NoForbidden()],
        description=_l("Kept in the history of the event."),
    )

    def validate_reason(self, field: Field) -> None:
        """Ask for the reason of whoever goes above a limit."""
        if self.above.data and not field.data:
            raise ValidationError(_("Please write why, for whoever looks at the list later."))


@bp.route("/events/<slug>/registrations/add", methods=["GET", "POST"])
@right("event_fill")
def add(slug: str) -> Response | Page:
    """Show the sign-up form for a person who called or came by; on POST register them."""
    event = get_event(slug)
    runs = access().may_run(event_facts())
    form = build(event, None if runs else access().organisations)
    above = AboveForm(request.form if runs else None)
    if form.validate_on_submit() and above.validate():
        entry = replace(form.entry(event, source="desk"), over_capacity=above.above.data)
        with form.kept_when_busy():
            try:
                outcome = sign_up(event.id, entry, now(), organiser_id(), above.reason.data or "")
            except SignUpRefused as refusal:
                form.form_errors.append(refusal_words(refusal.reason))
            else:
                flash(*_outcome_words(entry, outcome))
                return redirect(url_for("desk.people", slug=slug), 303)
    page = render_template(
        "desk/add.html",
        event=get_event(slug),
        form=form,
        suggested=suggested(form),
        above=above,
        runs=runs,
        seats=seats_of([event], now())[event.id],
    )
    page, status, headers = form.answer(page)
    return page, 422 if above.errors else status, headers


def build(event: Event, of: frozenset[int] | None = None) -> SignUpForm:
    """Return the sign-up form of this event, worded for who fills it in for somebody else.

    `of` are the organisations whose people may be added; None: everybody.
    """
    offered = [one for one in project_organisations(event) if of is None or one.id in of]
    form = build_sign_up(
        event,
        offered,
        current_lang(),
        takes_others=None if of is None else False,
        scope=WHEN_ADDED,
    )
    form.email.description = _("The confirmation and the calendar invite go to this address.")
    form.phone.description = _("For the case that something changes at the last minute.")
    form.member_organisation.label.text = _("Association, company or municipality represented")
    form.role.label.text = _("Role")
    form.language.label.text = _("Language of the letters")
    form.privacy.label.text = _("The person knows the privacy notice and wishes to be registered")
    form.privacy.validators = [
        Sentence(_("Please ask the person first: without their wish nobody may be registered."))
    ]
    if "other_organisation" in form:
        checks = form.other_organisation.validators
        form.other_organisation.validators = [*checks, _named_when_other]
    if "photo_consent" in form:
        form.photo_consent.label.text = _(
            "Does the person agree that photos of them are published?"
        )
        form.photo_consent.description = _("Without an answer none are published.")
    return form


def _named_when_other(form: Any, field: Field) -> None:
    if form.organisation.data == OTHER and not field.data:
        raise StopValidation(_("Please write the name of the organisation."))


def _outcome_words(entry: SignUp, outcome: SignedUp) -> tuple[str, str]:
    name = f"{entry.first_name} {entry.last_name}"
    if outcome.already:
        return _("%(name)s is already on the list with this address.", name=name), "warning"
    if outcome.state == "waiting":
        return _("%(name)s is on the waiting list; a letter is on its way.", name=name), "success"
    return _("%(name)s has a seat; a letter is on its way.", name=name), "success"
