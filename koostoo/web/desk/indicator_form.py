"""Which figures are wanted: period, activity, action group, and by what they are broken down."""

from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form as PlainForm
from wtforms import ValidationError

from koostoo.programme.models import Project
from koostoo.reporting.figures import By, Choice
from koostoo.web.desk.fields import DayField
from koostoo.web.desk.indicator_words import BY_WORDS, CHOSEN_BY
from koostoo.web.desk.numbers import small_number
from koostoo.web.forms import Pick, options
from koostoo.web.view import kind_label, local


class ChoiceFields:
    """The fields of a choice; the same where figures are looked at and where they are frozen."""

    first = DayField(_l("From this day on"))
    last = DayField(_l("Until this day"))
    activity = Pick(_l("Activity"))
    organisation = Pick(_l("Action group"))

    def validate_last(self, field: DayField) -> None:
        """Refuse a period that ends before it begins."""
        if self.first.data and field.data and field.data < self.first.data:
            raise ValidationError(_("The period ends before it begins."))

    def offer(self, project: Project) -> None:
        """Offer the activities and partners of the project."""
        self.activity.choices = options([("", _("all"))])
        self.activity.choices += options(
            (str(one.id), f"{kind_label(one)}: {local(one.title)}") for one in project.activities
        )
        self.organisation.choices = options([("", _("all"))])
        self.organisation.choices += options(
            (str(one.organisation_id), one.organisation.name) for one in project.partners
        )
        self.organisation.choices += options([("0", _("another organisation"))])

    def choice(self) -> Choice:
        """Return the checked choice."""
        return Choice(
            self.first.data,
            self.last.data,
            small_number(self.activity.data or ""),
            small_number(self.organisation.data or ""),
        )

    def asked(self) -> dict[str, Any]:
        """Return the choice as parts of an address, empty ones left out."""
        values = {
            "first": self.first.data.isoformat() if self.first.data else "",
            "last": self.last.data.isoformat() if self.last.data else "",
            "activity": self.activity.data or "",
            "organisation": self.organisation.data or "",
        }
        return {name: value for name, value in values.items() if value}


class ChoiceForm(ChoiceFields, PlainForm):  # type: ignore[misc]  # WTForms ships no types
    """A choice that stands in the address, so that it can be kept as a bookmark."""

    is_busy = False


def read_choice(project: Project) -> ChoiceForm:
    """Return the form as the address fills it in."""
    form = ChoiceForm(request.args)
    form.offer(project)
    return form


def asked_by() -> By:
    """Return by what the figures are to be broken down; the activity where nothing is asked."""
    asked = request.args.get("by", "")
    return next((by for by in CHOSEN_BY if by == asked), "activity")


def by_tabs(current: By, url: Any) -> list[dict[str, Any]]:
    """Return the breakdowns as tabs; `url` makes the address of one."""
    return [{"label": BY_WORDS[by], "url": url(by), "current": by == current} for by in CHOSEN_BY]
