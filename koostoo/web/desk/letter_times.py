"""The page on which an organiser sets when an event writes to its people by itself."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import BooleanField, Field, FormField, ValidationError
from wtforms import Form as PlainForm

from koostoo.base.clock import now
from koostoo.correspondence.due import plan_of
from koostoo.correspondence.planning import plan_letters
from koostoo.correspondence.queries import timed_rows
from koostoo.correspondence.rules import (
    LONGEST,
    LONGEST_THANKS,
    MOST_REMINDERS,
    THANKS,
    Before,
    Plan,
)
from koostoo.events.models import Event
from koostoo.web.desk import bp
from koostoo.web.desk.events import get_event
from koostoo.web.desk.fields import SeatsField
from koostoo.web.forms import Form, Page, Pick, RowList, options
from koostoo.web.rights import organiser_id, right

FIRST_THANKS = 3


class ReminderForm(PlainForm):  # type: ignore[misc]  # WTForms ships no types
    """One reminder; an empty row is none."""

    count = SeatsField(_l("How long before"))
    unit = Pick(_l("Days or hours"), choices=options([("d", _l("days")), ("h", _l("hours"))]))

    def validate_count(self, field: Field) -> None:
        """Refuse what nobody would remember, or what is no time at all."""
        most = LONGEST.get(self.unit.data or "", 0)
        if field.data is not None and not 1 <= field.data <= most:
            raise ValidationError(
                _("Write a number from 1 to %(most)s, or leave it empty.", most=most)
            )


class TimesForm(Form):
    """When an event reminds and thanks."""

    reminders = RowList(
        FormField(ReminderForm),
        _l("Reminders"),
        min_entries=MOST_REMINDERS,
        max_entries=MOST_REMINDERS,
    )
    thanks = BooleanField(_l("Thank people after the event"))
    thanks_after = SeatsField(
        _l("Hours after the end"),
        description=_l("At night the letter waits until 9 in the morning."),
    )

    def validate_thanks_after(self, field: Field) -> None:
        """Ask for the hours of whoever wishes thanks."""
        if not self.thanks.data or field.errors:
            return
        if field.data is None or not 1 <= field.data <= LONGEST_THANKS:
            raise ValidationError(_("Write a number from 1 to %(most)s.", most=LONGEST_THANKS))

    def plan(self) -> Plan:
        """Return the checked times."""
        rows = [entry.form for entry in self.reminders]
        reminders = [Before(row.count.data, row.unit.data) for row in rows if row.count.data]
        return Plan.of(reminders, self.thanks_after.data if self.thanks.data else None)


@bp.route("/events/<slug>/letter-times", methods=["GET", "POST"])
@right("event_run")
def letter_times(slug: str) -> Response | Page:
    """Show when the event writes by itself; on POST set it."""
    event = get_event(slug)
    form = TimesForm(data=_data(event))
    if form.validate_on_submit():
        with form.kept_when_busy():
            plan_letters(event.id, form.plan(), now(), organiser_id())
            flash(_("The times are saved."), "success")
            return redirect(url_for("desk.letters", slug=slug), 303)
    page = render_template(
        "desk/letter_times.html",
        event=event,
        form=form,
        thanks_at_once=event.state == "published" and event.when.is_over(now()),
        has_thanked=any(
            row.state == "written" for row in timed_rows(event, now()) if row.code == THANKS
        ),
    )
    return form.answer(page)


def _data(event: Event) -> dict[str, Any]:
    plan = plan_of(event)
    rows: list[dict[str, Any]] = [{"count": one.count, "unit": one.unit} for one in plan.reminders]
    spare = MOST_REMINDERS - len(rows)
    return {
        "reminders": [*rows, *({"unit": "d"} for _row in range(spare))],
        "thanks": plan.thanks_after is not None,
        "thanks_after": plan.thanks_after or FIRST_THANKS,
    }
