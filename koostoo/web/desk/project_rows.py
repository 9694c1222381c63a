"""Forms of a project that are lists of rows: expected outcomes, what media said."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, FormField, HiddenField, URLField, ValidationError
from wtforms import Form as PlainForm

from koostoo.programme.drafts import MediaDraft, OutcomeDraft
from koostoo.programme.models import Outcome
from koostoo.programme.project_file import TEXT_LIMIT, TITLE_LIMIT
from koostoo.web.desk.fields import DayField, SeatsField
from koostoo.web.desk.numbers import small_number
from koostoo.web.desk.project_forms import (
    ProjectForm,
    line_field,
    prose_field,
    sensible_year,
    text_in,
)
from koostoo.web.forms import AtMost, NoForbidden, RowList, line

SPARE_ROWS = 2
MOST_ROWS = 60


class OutcomeRow(PlainForm):  # type: ignore[misc]  # WTForms ships no types
    """One expected outcome; an empty row is none."""

    number = HiddenField()
    place = SeatsField(_l("Place in the list"))
    text_et = prose_field(_l("In Estonian"), TEXT_LIMIT)
    text_en = prose_field(_l("In English"), TEXT_LIMIT)

    def validate_text_et(self, field: Field) -> None:
        """Ask for the Estonian where there is English."""
        if self.text_en.data and not field.data:
            raise ValidationError(_("Please write it in Estonian too."))


class OutcomesForm(ProjectForm):
    """All expected outcomes, in their order."""

    rows = RowList(FormField(OutcomeRow), _l("Expected outcomes"), max_entries=MOST_ROWS)

    def drafts(self) -> list[OutcomeDraft]:
        """Return the checked values in the order of their places; without a place at the end."""
        filled = [row.form for row in self.rows if row.form.text_et.data]
        placed = sorted(filled, key=lambda row: row.place.data or MOST_ROWS * 1000)
        return [
            OutcomeDraft(small_number(str(row.number.data or "")), text_in(row, "text"))
            for row in placed
        ]


def outcomes_data(outcomes: Sequence[Outcome], version: int) -> dict[str, Any]:
    """Return the values of the form, with empty rows behind."""
    rows: list[dict[str, Any]] = [
        {"number": str(one.id), "place": place, "text_et": one.text.et, "text_en": one.text.en}
        for place, one in enumerate(outcomes, start=1)
    ]
    return {"rows": [*rows, *({} for _row in range(SPARE_ROWS))], "version": str(version)}


class MediaRow(PlainForm):  # type: ignore[misc]  # WTForms ships no types
    """One piece of news; an empty row is none."""

    day = DayField(_l("Day"), validators=[sensible_year])
    title_et = line_field(_l("Title in Estonian"), TITLE_LIMIT)
    title_en = line_field(_l("Title in English"), TITLE_LIMIT)
    url = URLField(_l("Address"), filters=[line], validators=[AtMost(500), NoForbidden()])

    def validate_url(self, field: Field) -> None:
        """Accept only the address of a web page."""
        try:
            parts = urlsplit(field.data or "")
        except ValueError:
            parts = urlsplit("")
        if field.data and (parts.scheme not in ("http", "https") or not parts.netloc):
            raise ValidationError(_("Please copy the whole link; it begins with https://."))

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the row: what has a title needs a day, and the other way round."""
        super().validate(extra_validators)
        has_words = bool(self.title_en.data or self.url.data)
        if (self.day.data or has_words) and not self.title_et.data:
            self.title_et.errors = [*self.title_et.errors, _("Please write the title.")]
        if self.title_et.data and not self.day.data and not self.day.errors:
            self.day.errors = [_("Please write a date like 24.08.2026.")]
        return not self.errors


class MediaForm(ProjectForm):
    """All that media said about the project."""

    rows = RowList(FormField(MediaRow), _l("In the media"), max_entries=MOST_ROWS)

    def drafts(self) -> list[MediaDraft]:
        """Return the checked values, the latest first."""
        filled = [row.form for row in self.rows if row.form.title_et.data]
        drafts = [
            MediaDraft(row.day.data, text_in(row, "title"), row.url.data or "") for row in filled
        ]
        return sorted(drafts, key=lambda one: one.day, reverse=True)
