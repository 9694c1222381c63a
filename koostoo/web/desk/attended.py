"""Pages about attendance after an event: who was there on which day, corrections, no-shows."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response

from koostoo.attendance import queries
from koostoo.attendance.counting import counts
from koostoo.attendance.rules import Status, days_of
from koostoo.attendance.service import correct
from koostoo.base.clock import now
from koostoo.base.dates import numeric, short_day
from koostoo.events.models import Event
from koostoo.web.desk import bp
from koostoo.web.desk.deciding import ReasonForm
from koostoo.web.desk.events import get_event
from koostoo.web.desk.numbers import url_of
from koostoo.web.desk.paging import PAGE_SIZE, paging
from koostoo.web.desk.people import ONE, get_person
from koostoo.web.forms import OneOf, Page, options
from koostoo.web.language import current_lang
from koostoo.web.rights import organiser_id, right

STATUS_WORDS: Mapping[str, Any] = {
    "present": _l("present"),
    "absent": _l("absent"),
    "unmarked": _l("not marked"),
}


@bp.get("/events/<slug>/attendance", endpoint="attended")
@right("event_run")
def show(slug: str) -> str:
    """Show who was there on each day; with `show=missing` only who never was."""
    event = get_event(slug)
    never_there = request.args.get("show") == "missing"
    numbers = counts(event.id)
    # Whoever came is on the list, expected or not.
    totals = {False: numbers.expected, True: numbers.expected - numbers.came}
    shown = "missing" if never_there else None
    page = paging("desk.attended", totals[never_there], slug=slug, show=shown)
    people = queries.guests(event.id, never_there=never_there, limit=PAGE_SIZE, offset=page.offset)
    is_over = event.when.is_over(now())
    lang = current_lang()
    return render_template(
        "desk/attended.html",
        event=event,
        days=[(day, short_day(day, lang), numeric(day)[:6]) for day in days_of(event.when)],
        people=people,
        standings=queries.standings(event.id, [guest.id for guest in people]),
        counts=numbers,
        walk_ins=queries.walk_ins(event.id),
        was_taken=queries.was_taken(event.id),
        never_there=never_there,
        status_words=STATUS_WORDS,
        url_of=url_of(slug),
        tabs=[
            {
                "url": url_for("desk.attended", slug=slug, show=value),
                "label": label,
                "current": never_there is wanted,
                "count": totals[wanted],
            }
            for wanted, value, label in (
                (False, None, _("Everybody")),
                (True, "missing", _("Did not come") if is_over else _("Not here yet")),
            )
        ],
        pages=page.pages,
    )


@bp.route(f"{ONE}/attendance", methods=["GET", "POST"])
@right("event_run")
def correct_attendance(slug: str, number: int) -> Response | Page:
    """Ask how it really was and why it is corrected; on POST write it."""
    event = get_event(slug)
    person = get_person(event, number)
    form = _correction(event, number)
    if form.validate_on_submit():
        with form.kept_when_busy():
            changed = correct(
                person.id, form.statuses(event), form.reason.data, now(), organiser_id()
            )
            if changed:
                words = ngettext(
                    "Attendance of %(name)s is corrected for %(num)s day.",
                    "Attendance of %(name)s is corrected for %(num)s days.",
                    changed,
                    name=person.name,
                )
                flash(words, "success")
            else:
                flash(_("Nothing was changed: it stood like that already."), "info")
            return redirect(url_for("desk.attended", slug=slug), 303)
    page = render_template(
        "desk/correct_attendance.html",
        event=get_event(slug),
        person=get_person(event, number),
        form=form,
    )
    return form.answer(page)


class CorrectionForm(ReasonForm):
    """How attendance really was; `_correction` adds a field for each day."""

    def statuses(self, event: Event) -> dict[Any, Status]:
        """Return what was chosen for each day of the event."""
        return {day: self[f"day-{day}"].data for day in days_of(event.when)}


def _correction(event: Event, number: int) -> CorrectionForm:
    lang = current_lang()
    known = queries.standings(event.id, [number]).get(number, {})
    fields = {
        f"day-{day}": OneOf(
            short_day(day, lang),
            choices=options(STATUS_WORDS.items()),
            default=known[day].status if day in known else "unmarked",
        )
        for day in days_of(event.when)
    }
    form_class: type[CorrectionForm] = type("CorrectionOfDays", (CorrectionForm,), fields)
    return form_class()
