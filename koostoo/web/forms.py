"""What all forms share: the token inside the form, cleaned text, limits, sentences."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, FieldList, RadioField, SelectField, SelectMultipleField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import StopValidation

from koostoo.base.contact import ContactError, parse_email, parse_phone
from koostoo.base.retry import Busy
from koostoo.base.text import clean_line, clean_text, has_forbidden
from koostoo.web.errors import SOON

Page = tuple[str, int, dict[str, str]]
"""A page's source with its status and headers."""
MISSING = _l("Please fill this in.")
ADDRESS_WRONG = _l(
    "This address does not look right. Please check it, for example mari@example.org."
)
ADDRESS_NOT_ASCII = _l(
    "Before the @ there can be no letters like õ, ä, ö, ü, š or ž. Please check the address, for "
    "example jyri@example.org."
)


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A form whose token is one of its fields: an expired one keeps what was typed."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # Flask-WTF ships no types
        """Say in our words what the token's check says."""

        def build_csrf(self, form: Any) -> Any:
            """Return the token check with a sentence people understand."""
            csrf = super().build_csrf(form)
            plain_check = csrf.validate_csrf_token

            def check(form: Any, field: Field) -> None:
                try:
                    plain_check(form, field)
                except ValidationError as error:
                    raise ValidationError(
                        str(
                            _l(
                                "The form had been open for too long. What you typed is kept: "
                                "please look it over and send it again."
                            )
                        )
                    ) from error

            csrf.validate_csrf_token = check
            return csrf

    is_busy = False
    """Whether the database was too busy to save what was sent."""

    @contextmanager
    def kept_when_busy(self) -> Iterator[None]:
        """Save inside: where the database is too busy, go on after it and show the form again."""
        try:
            yield
        except Busy as busy:
            current_app.logger.warning("database busy, form given back: %s", busy)
            self.is_busy = True

    def answer(self, page: str) -> Page:
        """Return the page that shows this form with the status that tells how it went."""
        if self.is_busy:
            return page, 503, SOON
        return page, 422 if self.errors else 200, {}


class ButtonForm(Form):
    """A form with nothing but a button: a POST that proves it came from our page."""


class NoForbidden:
    """Refuse NUL, control characters and broken text with a sentence instead of a crash."""

    def __call__(self, form: Any, field: Field) -> None:
        """Raise ValidationError when the raw text holds what no keyboard types."""
        raw = field.raw_data[0] if field.raw_data else ""
        if isinstance(raw, str) and has_forbidden(raw):
            raise StopValidation(
                str(_l("This text holds characters that cannot be kept. Please type it again."))
            )


class Sentence:
    """Require something to be there and not too long, in words."""

    def __init__(self, words: Any = MISSING) -> None:
        self.words = words
        self.field_flags = {"required": True}

    def __call__(self, form: Any, field: Field) -> None:
        """Raise ValidationError when the cleaned value is empty; later checks are left out."""
        if not field.data:
            raise StopValidation(str(self.words))


class AtMost:
    """Refuse text above a length, naming the length."""

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def __call__(self, form: Any, field: Field) -> None:
        """Raise ValidationError above the limit."""
        if isinstance(field.data, str) and len(field.data) > self.limit:
            raise ValidationError(
                str(_l("Please keep this to %(limit)s characters.", limit=self.limit))
            )


class OneOf(RadioField):  # type: ignore[misc]  # WTForms ships no types
    """Radio buttons that may stay empty; whether they must not is the validators' business."""

    def pre_validate(self, form: Any) -> None:
        """Refuse only what was never on offer."""
        if self.data and self.data not in {value for value, *_rest in self.iter_choices()}:
            raise ValidationError(_("Please choose one of these."))


class Pick(SelectField):  # type: ignore[misc]  # WTForms ships no types
    """A drop-down that says in our words when something was never on offer."""

    def pre_validate(self, form: Any) -> None:
        """Refuse only what was never on offer; emptiness is the validators' business."""
        if self.data and self.data not in {value for value, *_rest in self.iter_choices()}:
            raise ValidationError(_("Please choose one of these."))


class AnyOf(SelectMultipleField):  # type: ignore[misc]  # WTForms ships no types
    """Tick boxes that say in our words when something was never on offer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The templates draw a field by this name.
        self.type = SelectMultipleField.__name__

    def pre_validate(self, form: Any) -> None:
        """Refuse what was never on offer, or is no longer."""
        if not {*(self.data or ())} <= {value for value, *_rest in self.iter_choices()}:
            raise ValidationError(_("Please choose among these."))


class RowList(FieldList):  # type: ignore[misc]  # WTForms ships no types
    """Rows of small forms; a forged row number is left out instead of crashing `int`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The templates draw a field by this name.
        self.type = FieldList.__name__

    def _extract_indices(self, prefix: str, formdata: Any) -> Iterator[int]:
        for name in formdata:
            row = re.match(rf"{re.escape(prefix)}-([0-9]{{1,3}})-", name, re.ASCII)
            if row:
                yield int(row[1])


def email_like(_form: Any, field: Field) -> None:
    """Check an address' form, without asking any server; raise ValidationError with a sentence.

    What was read is kept as `field.read`, an `EmailAddress`. What another check has refused
    already, say for its length, needs no second sentence.
    """
    if field.data and not field.errors:
        try:
            field.read = parse_email(field.data)
        except ContactError as error:
            not_ascii = error.code == "email_not_ascii"
            raise ValidationError(str(ADDRESS_NOT_ASCII if not_ascii else ADDRESS_WRONG)) from error


def phone_like(_form: Any, field: Field) -> None:
    """Check a number, spaces welcome; raise ValidationError with a sentence.

    What was read is kept as `field.read`, as `parse_phone` returns it.
    """
    if field.data:
        try:
            field.read = parse_phone(field.data)
        except ContactError as error:
            raise ValidationError(
                _("This number does not look right. Write it like 5552 2385 or +358 40 123 4567.")
            ) from error


def options(pairs: Iterable[tuple[str, Any]], group: str | None = None) -> list[SelectChoice]:
    """Return (value, words) pairs as choices, under the heading `group` where one is given."""
    return [SelectChoice(value, words, optgroup=group) for value, words in pairs]


def line(value: Any) -> Any:
    """Filter: one clean line."""
    return clean_line(value) if isinstance(value, str) else value


def prose(value: Any) -> Any:
    """Filter: clean text that keeps its lines."""
    return clean_text(value) if isinstance(value, str) else value
