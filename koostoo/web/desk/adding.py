"""The sign-up form at the desk: its words speak to the organiser about the person."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, StringField, ValidationError
from wtforms import Form as PlainForm
from wtforms.validators import StopValidation

from koostoo.events.models import Event
from koostoo.registration.queries import project_organisations
from koostoo.web.answers import WHEN_ADDED
from koostoo.web.forms import AtMost, NoForbidden, Sentence, line
from koostoo.web.language import current_lang
from koostoo.web.person_fields import OTHER
from koostoo.web.signup_form import SignUpForm
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
