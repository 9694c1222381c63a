"""Frozen reports of a project: freezing, looking at them beside the present, files, withdrawing."""

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import StringField, TextAreaField, ValidationError

from koostoo.accounts.downloads import Format, Note
from koostoo.base.clock import local_day, now
from koostoo.base.dates import moment, numeric
from koostoo.documents.cells import Cell
from koostoo.documents.names import download_name
from koostoo.documents.report_pdf import Level, Report, ReportLabels, render_report
from koostoo.programme.models import Project
from koostoo.reporting.figures import Choice
from koostoo.reporting.freezing import (
    find_report,
    freeze,
    gather,
    reports_of,
    title_of,
    withdraw_report,
)
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
    sorted_keys,
)
from koostoo.web.desk.logos import get_project
from koostoo.web.desk.printing import lang_asked, logos_of
from koostoo.web.desk.sending import Download, Table, recorded
from koostoo.web.forms import AtMost, Form, NoForbidden, Page, Sentence, line, prose
from koostoo.web.rights import access, organiser_id, right
from koostoo.web.view import local

REPORTS = "/projects/<slug>/reports"
ONE = f"{REPORTS}/<int(max=2147483647):number>"
LEVELS = ("total", "mode", "activity", "organisation", "sector", "role", "region", "event")
"""In the order of a report."""


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
    project_id, form = project.id, _freeze_form(project)
    if form.validate_on_submit():
        with form.kept_when_busy():
            content = gather(project_id, form.choice(), now())
            if not content.pop("is_settled"):
                form.is_busy = True
            else:
                number = freeze(
                    project_id, form.title.data, form.choice(), content, now(), organiser_id()
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
    project_id = get_project(slug).id
    found = _get(project_id, number)
    choice = Choice(found.first, found.last, found.activity_id, found.organisation_id)
    present = gather(project_id, choice, now())
    found = _get(project_id, number)
    content = read(found.figures)
    changed = differences(content["levels"], present["levels"])
    return render_template(
        "desk/report.html",
        project=get_project(slug),
        report=found,
        is_whole=digest_of(found.figures) == found.digest,
        period=period_words(*_period(found)),
        scope=_scope(content),
        levels=_levels(content),
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
        manages=access().manages(project_id),
    )


@bp.route(f"{ONE}/withdraw", methods=["GET", "POST"])
@right("project_manage")
def report_withdraw(slug: str, number: int) -> Response | Page:
    """Ask why a report is no longer meant; on POST mark it so."""
    project_id, form = get_project(slug).id, WithdrawForm()
    _get(project_id, number)
    if form.validate_on_submit():
        with form.kept_when_busy():
            withdraw_report(project_id, number, form.reason.data, now(), organiser_id())
            flash(_("The report is withdrawn. Its figures stay as they were."), "success")
            return redirect(url_for("desk.report", slug=slug, number=number), 303)
    page = render_template(
        "desk/report_withdraw.html",
        project=get_project(slug),
        report=_get(project_id, number),
        form=form,
    )
    return form.answer(page)


@bp.get(f"{ONE}.csv")
@right("project_look")
@recorded
def report_csv(slug: str, number: int) -> Download:
    """Send the frozen figures as CSV."""
    return _table(slug, number, "csv")


@bp.get(f"{ONE}.xlsx")
@right("project_look")
@recorded
def report_xlsx(slug: str, number: int) -> Download:
    """Send the frozen figures as a workbook."""
    return _table(slug, number, "xlsx")


@bp.get(f"{ONE}.pdf")
@right("project_look")
@recorded
def report_pdf(slug: str, number: int) -> Download:
    """Send the frozen figures to print, with the words and logos of the support."""
    project = get_project(slug)
    found = _get(project.id, number)
    # The words of the document are in the language asked for, perhaps not that of the page.
    with force_locale(lang_asked()):
        document = _document(project, found)
    return Download([_note(found, "pdf")], _name(found, "pdf"), lambda: render_report(document))


def _document(project: Project, found: FrozenReport) -> Report:
    content = read(found.figures)
    author = found.author.email if found.author else "–"
    frozen = _(
        "Frozen on %(moment)s by %(who)s",
        moment=moment(found.frozen_at, lang_asked()),
        who=author,
    )
    return Report(
        title=found.title,
        project=local(title_of(content["project"])),
        period=period_words(content["first"], content["last"]),
        scope=_scope(content),
        frozen=frozen,
        withdrawn=_withdrawn(found),
        header=tuple(str(FIGURE_WORDS[name]) for name in SHOWN),
        levels=tuple(
            Level(
                one["title"],
                tuple(
                    (words, *(str(figures.get(name, 0)) for name in SHOWN))
                    for words, figures in one["rows"]
                ),
            )
            for one in _levels(content)
        ),
        notes=_notes(content),
        digest=found.digest,
        funding_text=local(title_of(content["support"])),
        logos=logos_of(project),
        labels=ReportLabels(
            kind=_("Report on indicators"),
            project=_("Project"),
            period=_("Period"),
            scope=_("Only"),
            frozen=_("Frozen"),
            digest=_("Checksum (SHA-256)"),
            page=_("Page {page} of {pages}"),
        ),
        made_at=found.frozen_at.replace(microsecond=0),
        language=lang_asked(),
    )


def _notes(content: Mapping[str, Any]) -> tuple[str, ...]:
    doubtful = content["doubtful"]
    notes = [
        _("Counted are events that were over and ended within the period."),
        _("People and organisations are counted once in each line, so lines do not add up."),
        _("Not known: registered for an event at which nobody took attendance."),
    ]
    if any(doubtful.values()):
        notes.append(
            _(
                "Matches that were doubtful: people %(people)s, organisations %(organisations)s.",
                **doubtful,
            )
        )
    return tuple(notes)


def _table(slug: str, number: int, kind: Format) -> Download:
    found = _get(get_project(slug).id, number)
    content = read(found.figures)
    header = ["", "", *(str(FIGURE_WORDS[name]) for name in FIGURE_WORDS)]
    header[:2] = [_("Broken down by"), _("What")]
    lines: list[list[Cell]] = [
        [one["title"], words, *(figures.get(name, 0) for name in FIGURE_WORDS)]
        for one in _levels(content)
        for words, figures in one["rows"]
    ]
    table = Table(
        found.title, header, lines, [20, 40, *(12 for _one in FIGURE_WORDS)], found.digest,
        found.frozen_at,
    )  # fmt: skip
    return Download([_note(found, kind, header)], _name(found, kind), lambda: table)


def _note(found: FrozenReport, kind: Format, columns: list[str] | None = None) -> Note:
    rows = sum(len(level) for level in read(found.figures)["levels"].values())
    return Note(
        "report", kind, rows, project_id=found.project_id, columns=columns or [],
        chosen={"report": found.id},
    )  # fmt: skip


def _name(found: FrozenReport, kind: Format) -> str:
    return download_name(found.title, local_day(found.frozen_at), ext=kind)


def _get(project_id: int, number: int) -> FrozenReport:
    return find_report(project_id, number) or abort(404)


def _period(found: FrozenReport) -> tuple[str | None, str | None]:
    return (
        found.first.isoformat() if found.first else None,
        found.last.isoformat() if found.last else None,
    )


def _scope(content: Mapping[str, Any]) -> str:
    """Return what a report is limited to besides its period, in words."""
    activity, organisation = content["activity"], content["organisation"]
    parts = []
    if activity is not None:
        parts.append(key_words("activity", str(activity), content))
    if organisation is not None:
        parts.append(key_words("organisation", str(organisation or ""), content))
    return ", ".join(parts)


def _withdrawn(found: FrozenReport) -> str:
    if found.withdrawn_at is None:
        return ""
    day = numeric(local_day(found.withdrawn_at))
    return _("Withdrawn on %(day)s: %(reason)s", day=day, reason=found.withdrawn_reason)


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


def _levels(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the levels of a report with their words, those that tell something."""
    found = []
    for by in LEVELS:
        level = content["levels"].get(by, {})
        if by == "region" and not any(level):
            # No event says where it was.
            continue
        rows = [
            (key_words(by, key, content), level[key]) for key in sorted_keys(by, level, content)
        ]
        if rows:
            title = _("All together") if by == "total" else str(BY_WORDS[by])  # type: ignore[index]  # the rest are breakdowns
            found.append({"by": by, "title": title, "rows": rows})
    return found
