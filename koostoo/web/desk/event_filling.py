"""The event form filled in: its choices, and the values of the event that is changed."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectChoice

from koostoo.base.dates import month_name
from koostoo.base.localtext import LocalText
from koostoo.base.when import Hours, When
from koostoo.events.question_sets import question_sets
from koostoo.events.rules import EventDraft
from koostoo.programme.models import Activity, Organisation
from koostoo.web.desk.conditions import choices_for
from koostoo.web.desk.counting_form import counting_data
from koostoo.web.desk.date_form import DAY_ROWS
from koostoo.web.desk.event_form import TEXTS, EventForm
from koostoo.web.desk.invitation_form import invitation_data
from koostoo.web.desk.question_form import (
    QuestionForm,
    offer_conditions,
    question_data,
    rows_in_order,
)
from koostoo.web.desk.question_rows import MAX_ROWS, Rearranged, script_words
from koostoo.web.desk.sharing_form import offer_organisations, sharing_data, split
from koostoo.web.desk.words import ASKED_WORDS, KIND_WORDS
from koostoo.web.forms import options
from koostoo.web.language import current_lang
from koostoo.web.view import kind_label, local

SEASON_WORDS = (
    ("spring", _l("spring")),
    ("summer", _l("summer")),
    ("autumn", _l("autumn")),
    ("winter", _l("winter, by the year of its December")),
)


def build(
    activities: Sequence[Activity],
    organisations: Sequence[Organisation],
    draft: EventDraft | None = None,
    version: int = 0,
    organisers: frozenset[int] | None = None,
    rearranged: Rearranged | None = None,
) -> EventForm:
    """Return the form, filled from `draft` when an event is changed.

    `organisers` are the organisations that may run it; None: any. `rearranged` is what was sent,
    after a button between the questions did its part.
    """
    data = _data(draft, version) if draft else None
    form = EventForm(formdata=rearranged.typed, data=data) if rearranged else EventForm(data=data)
    form.rearranged = rearranged
    form.activity.choices = [*_nothing_chosen(), *_by_project(activities)]
    names = [(str(organisation.id), organisation.name) for organisation in organisations]
    choices = [*_nothing_chosen(), *options(names)]
    form.organiser.choices = [
        choice
        for choice in choices
        if not choice.value or organisers is None or int(choice.value) in organisers
    ]
    offer_organisations(form.quotas, choices)
    form.offer_invitations(organisations, activities)
    form.offer_counting(organisations, activities)
    form.saved_questions = draft.questions if draft else ()
    offer_conditions(form.questions, form.saved_questions)
    months = [(str(n), month_name(n, current_lang())) for n in range(1, 13)]
    form.month.choices = [*_nothing_chosen(), *options(months)]
    form.season.choices = [*_nothing_chosen(), *options(SEASON_WORDS)]
    return form


def question_parts(form: EventForm) -> dict[str, Any]:
    """Return what the page needs to show the form's questions and to add more."""
    blank = QuestionForm(prefix="questions-999-")
    blank.asked_if.choices = options(choices_for("", form.saved_questions))
    return {
        "rows": rows_in_order(form.questions),
        "blank": blank,
        "rearranged": form.rearranged,
        "sets": question_sets(),
        "kind_words": dict(KIND_WORDS),
        "asked_words": dict(ASKED_WORDS),
        "script_words": script_words(),
        "most_questions": MAX_ROWS,
    }


def _nothing_chosen() -> list[SelectChoice]:
    return options([("", _("Please choose"))])


def _by_project(activities: Sequence[Activity]) -> list[SelectChoice]:
    return [
        choice
        for activity in activities
        for choice in options(
            [(str(activity.id), f"{kind_label(activity)}: {local(activity.title)}")],
            local(activity.project.title),
        )
    ]


def _data(draft: EventDraft, version: int) -> dict[str, Any]:
    values: dict[str, Any] = {
        name: getattr(draft, name)
        for name in (
            "mode",
            "join_link",
            "takes_registrations",
            "capacity",
            "has_waiting_list",
            "allows_others",
            "asks_photo_consent",
            "contact_name",
            "contact_email",
            "contact_phone",
        )
    }
    for name in TEXTS:
        text: LocalText = getattr(draft, name)
        values[f"{name}_et"], values[f"{name}_en"] = text.et, text.en
    values |= _date_data(draft.when)
    values["opens_on"], values["opens_time"] = split(draft.opens_at)
    values["closes_on"], values["closes_time"] = split(draft.closes_at)
    values |= {
        "activity": str(draft.activity_id),
        "organiser": str(draft.organiser_id),
        "contribution": draft.contribution_cents or None,
        "questions": question_data(draft.questions),
        "version": str(version),
        **sharing_data(draft),
        **invitation_data(draft),
        **counting_data(draft),
    }
    return values


def _date_data(when: When) -> dict[str, Any]:
    values: dict[str, Any] = {"date_kind": when.kind}
    if when.by_day:
        values["date_kind"] = "by_day"
        values["day_hours"] = [*map(_day_row, when.by_day), *({} for _row in range(DAY_ROWS))]
    elif when.kind == "timed":
        values["first_day"], values["first_time"] = split(when.starts_at)
        values["last_day"], values["last_time"] = split(when.ends_at)
    elif when.kind == "days":
        values["first_day"], values["last_day"] = when.first, when.last
    else:
        values["month"] = str(when.first.month) if when.kind == "month" else ""
        values["season"], values["year"] = when.season or "", when.first.year
    if values.get("last_day") == values.get("first_day"):
        # Left empty, so that moving a one-day event means changing one field.
        values["last_day"] = None
    return values


def _day_row(hours: Hours) -> dict[str, Any]:
    day, begins = split(hours[0])
    return {"day": day, "begins": begins, "ends": split(hours[1])[1]}
