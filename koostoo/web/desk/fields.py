"""Fields that read what organisers type: a day, a time by the clock, euros, a number of seats."""

import re
from collections.abc import Callable
from datetime import date, time
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, StringField, TextAreaField, ValidationError
from wtforms.widgets import DateInput

from koostoo.base.dates import clock
from koostoo.base.text import clean_line
from koostoo.base.when import parse_date, parse_time
from koostoo.events.placeholders import SPELLINGS, unknown
from koostoo.web.forms import AtMost, NoForbidden, prose
from koostoo.web.language import current_lang

LONGEST_WORDS = 2000


class ReadField(StringField):  # type: ignore[misc]  # WTForms ships no types
    """Text that is read into a value; what cannot be read stays in the field as typed."""

    data: Any
    read: Callable[[str], Any]
    show: Callable[[Any], str]
    wrong: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was sent; an empty field is None. Raises ValueError with a sentence."""
        typed = clean_line(valuelist[0]) if valuelist else ""
        self.data = None
        if typed:
            try:
                self.data = type(self).read(typed)
            except ValueError as error:
                raise ValueError(str(self.wrong)) from error

    def _value(self) -> str:
        if self.raw_data:
            return clean_line(self.raw_data[0])
        return "" if self.data is None else type(self).show(self.data)


class DayField(ReadField):
    """A day: what the browser's calendar sends, or 8.11.2026."""

    widget = DateInput()
    read = staticmethod(parse_date)
    show = staticmethod(date.isoformat)
    wrong = _l("Please write a date like 24.08.2026.")


class ClockField(ReadField):
    """A time of day in Tallinn: 9.30 or 9:30."""

    read = staticmethod(parse_time)
    wrong = _l("Please write a time like 9.30.")

    @staticmethod
    def show(value: time) -> str:
        """Return it as it is written in Estonian."""
        return clock(value, "et")


class SeatsField(ReadField):
    """A number of seats, or nothing."""

    show = staticmethod(str)
    wrong = _l("Please write a whole number up to 99999, or nothing.")

    @staticmethod
    def read(typed: str) -> int:
        """Read ASCII digits only: other digits are a slip of the keyboard."""
        if not re.fullmatch("[0-9]{1,5}", typed):
            raise ValueError(typed)
        return int(typed)


class EurosField(ReadField):
    """An amount of money, kept in cents."""

    wrong = _l("Please write an amount like 20 or 12,50.")

    @staticmethod
    def read(typed: str) -> int:
        """Read euros with a comma or a point, a euro sign allowed."""
        found = re.fullmatch(r"([0-9]{1,5})(?:[.,]([0-9]{1,2}))?\s*€?", typed)
        if found is None:
            raise ValueError(typed)
        return int(Decimal(f"{found[1]}.{found[2] or 0}") * 100)

    @staticmethod
    def show(value: int) -> str:
        """Return it with a decimal comma where there are cents."""
        euros, cents = divmod(value, 100)
        return f"{euros},{cents:02}" if cents else str(euros)


def known_placeholders(_form: Any, field: Field) -> None:
    """Refuse braces that mean nothing, naming them and what may stand there."""
    strange = unknown(field.data or "")
    if strange:
        language = 1 if current_lang() == "en" else 0
        raise ValidationError(
            _(
                "This cannot be filled in: %(strange)s. In braces may stand: %(known)s.",
                strange=" ".join(strange),
                known=" ".join(f"{{{pair[language]}}}" for pair in SPELLINGS.values()),
            )
        )


def words_field(label: Any) -> TextAreaField:
    """Return a field for words that stand in a letter."""
    checks = [AtMost(LONGEST_WORDS), NoForbidden(), known_placeholders]
    return TextAreaField(label, checks, filters=[prose])
