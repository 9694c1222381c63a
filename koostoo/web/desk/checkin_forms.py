"""What helpers type at the door: a code, a photo of one, a person who came without a seat."""

import re
from datetime import date
from secrets import token_hex
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, Field, HiddenField, StringField, ValidationError

from koostoo.attendance.rules import STATUSES, Mark, Status, WalkIn, day_shown, days_of
from koostoo.base.clock import local_day, now
from koostoo.base.tokens import read_code
from koostoo.documents.pictures import PictureError
from koostoo.documents.qr import read_qr
from koostoo.events.models import Event
from koostoo.registration.queries import project_organisations
from koostoo.web.forms import AtMost, Form, NoForbidden, Sentence, line
from koostoo.web.language import current_lang
from koostoo.web.person_fields import (
    FromOrganisation,
    name_field,
    organisation_field,
    other_organisation_field,
)

PHOTO_BYTES = 12_000_000
"""A photo of a phone, as it comes; with the script it is made small before it is sent."""
OPERATION = re.compile(r"[A-Za-z0-9-]{8,36}")
LARGEST = 2**31 - 1


class CodeForm(Form):
    """The code that stands beside the QR code."""

    code = StringField(
        _l("Code"),
        filters=[line],
        validators=[NoForbidden(), Sentence(), AtMost(40)],
        description=_l("Eight signs, such as 7K3M-9QXD."),
        render_kw={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"},
    )

    def validate_code(self, field: Field) -> None:
        """Refuse what cannot be a code, before anybody is looked for."""
        if read_code(field.data) is None:
            raise ValidationError(_("A code has eight signs, such as 7K3M-9QXD."))


class PhotoForm(Form):
    """A photo of a QR code; `code` is what was read from it."""

    photo = FileField(
        _l("Photo of the QR code"),
        validators=[FileRequired(_l("Please take or choose a photo."))],
        render_kw={"accept": "image/jpeg,image/png,image/webp", "capture": "environment"},
    )
    code = ""

    def validate_photo(self, field: Field) -> None:
        """Read the code; refuse in words what holds none."""
        try:
            text = read_qr(field.data.read())
        except PictureError as error:
            words = {
                "kind": _("This is not a photo we can read. Take a JPEG or PNG picture."),
                "large": _("This photo is too large. Please take a smaller one."),
            }
            raise ValidationError(words[error.code]) from error
        code = read_code(text or "")
        if code is None:
            raise ValidationError(
                _("No check-in code was found on the photo. Hold the phone closer and straight.")
            )
        self.code = code


class WalkInForm(FromOrganisation, Form):
    """Somebody who came without a seat: name and whom they come from, no contacts."""

    first_name = name_field(_l("First name"))
    last_name = name_field(_l("Last name"))
    organisation = organisation_field()
    other_organisation = other_organisation_field()
    member_organisation = StringField(
        _l("Association, company or municipality represented"),
        filters=[line],
        validators=[NoForbidden(), AtMost(200)],
    )
    note = StringField(
        _l("Note"),
        filters=[line],
        validators=[NoForbidden(), AtMost(500)],
        description=_l("Such as why they may come in although all seats are taken."),
    )
    privacy = BooleanField(
        _l("The person knows the privacy notice and wishes to be on the list"),
        validators=[
            Sentence(
                _l("Please ask the person first: without their wish nobody may be on the list.")
            )
        ],
    )
    operation = HiddenField("", validators=[AtMost(36)])
    is_full = False

    def validate_note(self, field: Field) -> None:
        """Ask for a note where the person comes above the number of seats."""
        if self.is_full and not field.data:
            raise ValidationError(_("All seats are taken: please write why they may come in."))

    def walk_in(self, day: date) -> WalkIn:
        """Return the checked values as the service takes them."""
        organisation_id, other = self.read_organisation()
        return WalkIn(
            operation=read_operation(self.operation.data),
            day=day,
            at=now(),
            first_name=self.first_name.data,
            last_name=self.last_name.data,
            organisation_id=organisation_id,
            other_organisation=other,
            member_organisation=self.member_organisation.data or "",
            note=self.note.data or "",
            language=current_lang(),
        )


def walk_in_form(event: Event, *, is_full: bool) -> WalkInForm:
    """Return the form for who comes without a seat; anybody may, from anywhere."""
    form = WalkInForm()
    form.is_full = is_full
    form.offer_organisations(project_organisations(event), others=True)
    if not form.operation.data:
        form.operation.data = token_hex(16)
    return form


def read_operation(typed: str | None) -> str:
    """Return what names this one act; a new name where it was tampered with."""
    return typed if typed and OPERATION.fullmatch(typed) else token_hex(16)


def read_day(event: Event) -> date | None:
    """Return the day the address or the form names, else the one meant by `day_shown`.

    None while the event's day is not fixed.
    """
    days = days_of(event.when)
    if not days:
        return None
    asked = request.values.get("day", "")
    return next(
        (day for day in days if day.isoformat() == asked), day_shown(days, local_day(now()))
    )


def read_mark(day: date) -> Mark | None:
    """Return the act of a pressed button; None for what no button of ours sends."""
    person, status = request.form.get("person", ""), request.form.get("status", "")
    if not (person.isascii() and person.isdecimal() and len(person) < 11):
        return None
    if status not in STATUSES or int(person) > LARGEST:
        return None
    checked: Status = status
    operation = read_operation(request.form.get("operation"))
    return Mark(operation, int(person), day, checked, now())


def errors_of(form: Any) -> str:
    """Return the first thing wrong with a form, as a sentence."""
    return next((str(words) for found in form.errors.values() for words in found), "")
