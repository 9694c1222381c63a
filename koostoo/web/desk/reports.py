"""Frozen reports of a project: freezing, looking at them beside the present, files, withdrawing."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import StringField, TextAreaField, ValidationError

from koostoo.base.clock import now
from koostoo.programme.models import Project
from koostoo.reporting.figures import Choice
from koostoo.reporting.freezing import freeze, gather, reports_of, withdraw_report
from koostoo.reporting.frozen import differences, digest_of, read
from koostoo.reporting.models import FrozenReport
from koostoo.web.desk import bp
from koostoo.web.desk.indicator_form import ChoiceFields, read_choice
from koostoo.web.desk.indicator_words import (
    BY_WORDS,
    FIGURE_WORDS,
    SHOWN,
    key_words,
    period_words,
)
from koostoo.web.desk.logos import get_project
from koostoo.web.desk.report_words import get_report, levels_of, scope_words
from koostoo.web.forms import AtMost, Form, NoForbidden, Page, Sentence, line, prose
from koostoo.web.rights import access, organiser_id, project_id, right

REPORTS = "/projects/<slug>/reports"
ONE = f"{REPORTS}/<int(max=2147483647):number>"


class FreezeForm(ChoiceFields, Form):
    """What a report is called, and of which period it is."""

    title = StringField(
        _l("Name of the report"),
        [Sentence(), AtMost(150), NoForbidden()],
        filters=[line],
        description=_l("Such as the number of the payment claim."),
    )

    def validate_first(self, field: Any) -> None:
        """Ask for the whole period: a report of no period would hold anything."""
        if not field.data or not self.last.data:
            raise ValidationError(_("Please give the first and the last day of the period."))


class WithdrawForm(Form):
    """Why a report is no longer meant."""

    reason = TextAreaField(_l("Reason"), [Sentence(), AtMost(500), NoForbidden()], filters=[prose])


@bp.get(REPORTS)
@right("project_look")
def reports(slug: str) -> str:
    """Show the reports of a project."""
    project = get_project(slug)
    return render_template(
        "desk/reports.html",
        project=project,
        reports=[(one, period_words(*_period(one))) for one in reports_of(project.id)],
        manages=access().manages(project.id),
    )


@bp.route(f"{REPORTS}/new", methods=["GET", "POST"])
@right("project_manage")
def report_freeze(slug: str) -> Response | Page:
    """Ask which period; on POST freeze its figures as they are now."""
    project = get_project(slug)
    form = _freeze_form(project)
    if form.validate_on_submit():
        with form.kept_when_busy():
            content = gather(project_id(), form.choice(), now())
            if not content.pop("is_settled"):
                form.is_busy = True
            else:
                number = freeze(
                    project_id(), form.title.data, form.choice(), content, now(), organiser_id()
                )
                flash(_("The report is frozen; its figures do not change any more."), "success")
                return redirect(url_for("desk.report", slug=slug, number=number), 303)
    page = render_template("desk/report_freeze.html", project=get_project(slug), form=form)
    return form.answer(page)


def _freeze_form(project: Project) -> FreezeForm:
    """Return the form, filled in from the address for who comes from the figures themselves."""
    asked = read_choice(project)
    names = ("first", "last", "activity", "organisation") if asked.validate() else ()
    form = FreezeForm(data={name: asked[name].data for name in names})
    form.offer(project)
    return form


@bp.get(ONE)
@right("project_look")
def report(slug: str, number: int) -> str:
    """Show the frozen figures beside the present ones, with what changed since."""
    about = project_id()
    found = get_report(about, number)
    choice = Choice(found.first, found.last, found.activity_id, found.organisation_id)
    present = gather(about, choice, now())
    found = get_report(about, number)
    content = read(found.figures)
    changed = differences(content["levels"], present["levels"])
    return render_template(
        "desk/report.html",
        project=get_project(slug),
        report=found,
        is_whole=digest_of(found.figures) == found.digest,
        period=period_words(*_period(found)),
        scope=scope_words(content),
        levels=levels_of(content),
        figure_words=FIGURE_WORDS,
        shown=SHOWN,
        doubtful=content["doubtful"],
        changed=[
            {
                "what": key_words(one.by, one.key, _labels(content, present)),
                "by": BY_WORDS.get(one.by, ""),  # type: ignore[call-overload]  # "total" has no word
                "figure": FIGURE_WORDS[one.figure],
                "before": one.before,
                "now": one.now,
            }
            for one in changed
        ],
        manages=access().manages(about),
    )


@bp.route(f"{ONE}/withdraw", methods=["GET", "POST"])
@right("project_manage")
def report_withdraw(slug: str, number: int) -> Response | Page:
    """Ask why a report is no longer meant; on POST mark it so."""
    about, form = project_id(), WithdrawForm()
    get_report(about, number)
    if form.validate_on_submit():
        with form.kept_when_busy():
            withdraw_report(about, number, form.reason.data, now(), organiser_id())
            flash(_("The report is withdrawn. Its figures stay as they were."), "success")
            return redirect(url_for("desk.report", slug=slug, number=number), 303)
    page = render_template(
        "desk/report_withdraw.html",
        project=get_project(slug),
        report=get_report(about, number),
        form=form,
    )
    return form.answer(page)


def _period(found: FrozenReport) -> tuple[str | None, str | None]:
    return (
        found.first.isoformat() if found.first else None,
        found.last.isoformat() if found.last else None,
    )


def _labels(content: Mapping[str, Any], present: Mapping[str, Any]) -> dict[str, Any]:
    """Return words for keys of then and of now; what is in both is called as it was then."""
    known = {one["id"] for one in content["events"]}
    return {
        "activities": {**present["activities"], **content["activities"]},
        "organisations": {**present["organisations"], **content["organisations"]},
        "events": [
            *content["events"],
            *(one for one in present["events"] if one["id"] not in known),
        ],
    }
