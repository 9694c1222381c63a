"""What people said of an event: numbers, bars and words on a page, as PDF, in Excel and CSV."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from koostoo.accounts.downloads import Format, Note
from koostoo.base.clock import now
from koostoo.documents.cells import Cell
from koostoo.documents.feedback_pdf import render_feedback
from koostoo.documents.names import download_name
from koostoo.events.models import Event
from koostoo.feedback.rules import SCALE, SHOWN_FROM, Result, closes_on, shown_on
from koostoo.reporting.feedback_summary import find_summary, labels_of, summary_of, words_on
from koostoo.web.charts import bar_chart
from koostoo.web.desk import bp
from koostoo.web.desk.events import get_event
from koostoo.web.desk.printing import lang_asked, logos_of, printed
from koostoo.web.desk.sending import Download, Table, recorded
from koostoo.web.language import current_lang
from koostoo.web.rights import access, event_facts, right
from koostoo.web.view import local

FEEDBACK = "/events/<slug>/feedback"


@bp.get(FEEDBACK)
@right("event_files")
def feedback(slug: str) -> str:
    """Show by what people are asked, how many have answered, and what, if that may be shown."""
    event = get_event(slug)
    found = find_summary(event, now())
    return render_template(
        "desk/feedback.html",
        event=event,
        found=found,
        results=[_shown(one) for one in found.results] if found else [],
        closes_on=closes_on(event.ends_on, found.form.closes_after) if found else None,
        is_over=event.when.is_over(now()),
        shown_from=SHOWN_FROM,
        shown_on=shown_on(event.ends_on),
        runs=access().may_run(event_facts()),
        has_english=bool(event.title.en),
    )


@bp.get(f"{FEEDBACK}.pdf", endpoint="feedback_pdf")
@right("event_files")
@recorded
def pdf(slug: str) -> Response | Download:
    """Send the summary to hand to the funder, in the language asked for."""
    event = get_event(slug)
    found = find_summary(event, now())
    if found is None or not found.results:
        return _nothing_yet(slug)
    with force_locale(lang_asked()):
        logos, made_at = logos_of(event.activity.project), now().replace(microsecond=0)
        document = summary_of(event, found, logos, lang_asked(), made_at)
        return printed(
            "feedback",
            event,
            _("Summary of feedback"),
            lambda: render_feedback(document),
            found.form.answered,
        )


@bp.get(f"{FEEDBACK}.xlsx", endpoint="feedback_xlsx")
@right("event_files")
@recorded
def xlsx(slug: str) -> Response | Download:
    """Send the numbers as a workbook."""
    return _numbers(get_event(slug), "xlsx")


@bp.get(f"{FEEDBACK}.csv", endpoint="feedback_csv")
@right("event_files")
@recorded
def csv(slug: str) -> Response | Download:
    """Send the numbers as CSV."""
    return _numbers(get_event(slug), "csv")


def _nothing_yet(slug: str) -> Response:
    flash(_("There are no answers to show yet."), "warning")
    return redirect(url_for("desk.feedback", slug=slug), 303)


def _shown(result: Result) -> dict[str, Any]:
    """Return a question's answers for the page: a chart or words, and a line on them."""
    labels = labels_of(result)
    return {
        "label": local(result.label),
        "words": words_on(result, current_lang()),
        "chart": bar_chart(labels, result.counts) if result.answers and labels else None,
        "texts": result.texts,
    }


def _numbers(event: Event, format_: Format) -> Response | Download:
    found = find_summary(event, now())
    if found is None or not found.results:
        return _nothing_yet(event.slug)
    header = [_("Question"), _("Answers"), _("Average"), *map(str, range(1, SCALE + 1)),
              _("Yes"), _("No")]  # fmt: skip
    rows = [_row(one) for one in found.results]
    note = Note(
        "feedback",
        format_,
        len(rows),
        project_id=event_facts().project_id,
        event_id=event.id,
        columns=header,
    )
    sheet = _("Feedback")
    name = download_name(sheet, local(event.title), event.starts_on, ext=format_)
    return Download([note], name, lambda: Table(sheet, header, rows, [50, 10, 10, *[6] * 7]))


def _row(result: Result) -> list[Cell]:
    empty: list[Cell] = [None] * SCALE
    scale = result.counts if result.kind == "scale" else empty
    yes_no = result.counts if result.kind == "yesno" else (None, None)
    return [local(result.label), result.answers, result.mean, *scale, *yes_no]
