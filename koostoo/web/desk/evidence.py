"""One package of all that proves an event, or the events of a project in a period."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import Form as PlainForm
from wtforms import ValidationError

from koostoo.base.clock import local_day, now
from koostoo.events.evidence import StillMissing, still_missing
from koostoo.files.words import EVIDENCE_TITLES
from koostoo.reporting.evidence import (
    KIND,
    Plan,
    Refused,
    events_held,
    plan_for_event,
    plan_for_project,
    wish_for,
)
from koostoo.web.desk import bp
from koostoo.web.desk.events import get_event
from koostoo.web.desk.fields import DayField
from koostoo.web.desk.logos import get_project
from koostoo.web.desk.work_words import REASON_WORDS, STATE_WORDS
from koostoo.web.forms import ButtonForm, Page
from koostoo.web.language import current_lang
from koostoo.web.rights import event_facts, organiser_id, project_id, right
from koostoo.work.models import Job
from koostoo.work.queries import latest
from koostoo.work.rules import may_fetch
from koostoo.work.service import Wish, ask_for


class PeriodForm(PlainForm):  # type: ignore[misc]  # WTForms ships no types
    """Which days; it stands in the address, so that a claim period can be kept as a bookmark."""

    is_busy = False

    first = DayField(_l("From this day on"), name="from")
    last = DayField(_l("Until this day"), name="to")

    def validate_last(self, field: DayField) -> None:
        """Refuse a period that ends before it begins."""
        if self.first.data and field.data and field.data < self.first.data:
            raise ValidationError(_("The period ends before it begins."))

    @property
    def asked(self) -> dict[str, str]:
        """The days as parts of an address, empty ones left out."""
        days: dict[str, date | None] = {"from": self.first.data, "to": self.last.data}
        return {name: day.isoformat() for name, day in days.items() if day}


@bp.route("/events/<slug>/evidence", methods=["GET", "POST"])
@right("event_run")
def evidence(slug: str) -> Response | Page:
    """Show what the event's package holds and what is missing; on POST have it made."""
    facts, lang, form = event_facts(), current_lang(), ButtonForm()
    plan, refusal = _planned(lambda: plan_for_event(facts.id, lang, now()))
    if plan is not None and form.validate_on_submit():
        number = _ask(form, wish_for(plan, lang, facts.project_id, facts.id))
        if number is not None:
            return redirect(url_for("desk.work", number=number), 303)
    event, today = get_event(slug), local_day(now())
    missing = _titles(still_missing([event.id], today)[event.id])
    return form.answer(
        render_template(
            "desk/evidence.html",
            event=event,
            form=form,
            plan=plan,
            refusal=refusal,
            missing=missing,
            packages_asked=_packages(facts.project_id, facts.id),
        )
    )


@bp.route("/projects/<slug>/evidence", methods=["GET", "POST"])
@right("project_manage")
def project_evidence(slug: str) -> Response | Page:
    """Show the events held in the period and what each lacks; on POST have the package made."""
    about, lang, form = project_id(), current_lang(), ButtonForm()
    period, today = PeriodForm(request.args), local_day(now())
    is_right = period.validate()
    first, last = (period.first.data, period.last.data) if is_right else (None, None)
    plan, refusal = _planned(lambda: plan_for_project(about, first, last, lang, now()))
    if is_right and plan is not None and form.validate_on_submit():
        number = _ask(form, wish_for(plan, lang, about, None, first, last))
        if number is not None:
            return redirect(url_for("desk.work", number=number), 303)
    events = events_held(about, first, last, today) if is_right else []
    missing = still_missing([event.id for event in events], today)
    page, status, headers = form.answer(
        render_template(
            "desk/project_evidence.html",
            project=get_project(slug),
            form=form,
            period=period,
            plan=plan if is_right else None,
            refusal=refusal,
            events=[
                (event, [EVIDENCE_TITLES[one.what] for one in missing[event.id]])
                for event in events
            ],
            packages_asked=_packages(about),
        )
    )
    return page, status if is_right else 422, headers


def _planned(plan: Callable[[], Plan]) -> tuple[Plan | None, str]:
    """Return what the package would hold, or None and why there can be none."""
    try:
        return plan(), ""
    except Refused as refusal:
        return None, str(REASON_WORDS[refusal.code])


def _ask(form: ButtonForm, wish: Wish) -> int | None:
    """Have it made; None where the database is too busy, which the form tells."""
    with form.kept_when_busy():
        return ask_for(wish, now(), organiser_id())
    return None


def _packages(project_id: int, event_id: int | None = None) -> list[dict[str, Any]]:
    moment = now()
    return [
        {"job": job, "words": STATE_WORDS[job.state], "may_fetch": _may_fetch(job, moment)}
        for job in latest(organiser_id(), KIND, project_id, event_id)
    ]


def _may_fetch(job: Job, moment: datetime) -> bool:
    return may_fetch(job.state, job.expires_at, moment)


def _titles(missing: Iterable[StillMissing]) -> list[str]:
    return [str(EVIDENCE_TITLES[one.what]) for one in missing]
