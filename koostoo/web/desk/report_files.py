"""A frozen report as files: PDF to hand in, CSV and XLSX; made of what was frozen alone."""

from collections.abc import Mapping
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from koostoo.accounts.downloads import Format, Note
from koostoo.base.clock import local_day
from koostoo.base.dates import moment, numeric
from koostoo.documents.cells import Cell
from koostoo.documents.names import download_name
from koostoo.documents.report_pdf import Level, Report, ReportLabels, render_report
from koostoo.programme.models import Project
from koostoo.reporting.freezing import title_of
from koostoo.reporting.frozen import read
from koostoo.reporting.models import FrozenReport
from koostoo.web.desk import bp
from koostoo.web.desk.indicator_words import FIGURE_WORDS, SHOWN, period_words
from koostoo.web.desk.logos import get_project
from koostoo.web.desk.printing import lang_asked, logos_of
from koostoo.web.desk.report_words import get_report, levels_of, scope_words
from koostoo.web.desk.reports import ONE
from koostoo.web.desk.sending import Download, Table, recorded
from koostoo.web.rights import right
from koostoo.web.view import local


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
    found = get_report(project.id, number)
    # The words of the document are in the language asked for, perhaps not that of the page.
    with force_locale(lang_asked()):
        document = _document(project, found)
    return Download([_note(found, "pdf")], _name(found, "pdf"), lambda: render_report(document))


def _document(project: Project, found: FrozenReport) -> Report:
    content = read(found.figures)
    author = found.author.email if found.author else "–"
    frozen = f"{moment(found.frozen_at, lang_asked())}, {author}"
    return Report(
        title=found.title,
        project=local(title_of(content["project"])),
        period=period_words(content["first"], content["last"]),
        scope=scope_words(content),
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
            for one in levels_of(content)
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
    found = get_report(get_project(slug).id, number)
    content = read(found.figures)
    header = ["", "", *(str(FIGURE_WORDS[name]) for name in FIGURE_WORDS)]
    header[:2] = [_("Broken down by"), _("What")]
    lines: list[list[Cell]] = [
        [one["title"], words, *(figures.get(name, 0) for name in FIGURE_WORDS)]
        for one in levels_of(content)
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


def _withdrawn(found: FrozenReport) -> str:
    if found.withdrawn_at is None:
        return ""
    day = numeric(local_day(found.withdrawn_at))
    return _("Withdrawn on %(day)s: %(reason)s", day=day, reason=found.withdrawn_reason)
