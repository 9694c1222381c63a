"""What people said of an event: numbers, bars and words on a page, as PDF, in Excel and CSV."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from flask import flash, redirect, render_template, url_for
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from koostoo.accounts.downloads import Format, Note
from koostoo.attendance.feedback import count_participants, takes_answers
from koostoo.base.clock import local_day, now
from koostoo.base.dates import in_full
from koostoo.documents.cells import Cell
from koostoo.documents.feedback_pdf import (
    Bar,
    FeedbackLabels,
    FeedbackQuestion,
    FeedbackSummary,
    render_feedback,
)
from koostoo.documents.names import download_name
from koostoo.events.models import Event
from koostoo.feedback.models import FeedbackForm
from koostoo.feedback.queries import find_form, results_of
from koostoo.feedback.rules import SCALE, SHOWN_FROM, Result, closes_on, is_shown, shown_on
from koostoo.web.charts import bar_chart
from koostoo.web.desk import bp
from koostoo.web.desk.events import get_event
from koostoo.web.desk.printing import lang_asked, logos_of, printed
from koostoo.web.desk.sending import Download, Table, recorded
from koostoo.web.language import current_lang
from koostoo.web.rights import access, event_facts, right
from koostoo.web.view import kind_label, local

FEEDBACK = "/events/<slug>/feedback"


class Found(NamedTuple):
    """How an event's form stands; `results` are empty as long as they are not shown."""

    form: FeedbackForm
    participants: int
    is_open: bool
    results: Sequence[Result]

    @property
    def share(self) -> int:
        """How many of a hundred participants have answered."""
        answered, all_ = self.form.answered, self.participants
        # Somebody may have answered before it was noted that they were not there.
        return min(100, round(100 * answered / all_)) if all_ else 0


@bp.get(FEEDBACK)
@right("event_files")
def feedback(slug: str) -> str:
    """Show by what people are asked, how many have answered, and what, if that may be shown."""
    event = get_event(slug)
    found = _find(event)
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
    found = _find(event)
    if found is None or not found.results:
        return _nothing_yet(slug)
    with force_locale(lang_asked()):
        document = _document(event, found)
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


def _find(event: Event) -> Found | None:
    form = find_form(event.id)
    if form is None:
        return None
    is_open = takes_answers(event, form, now())
    shown = is_shown(form.answered, event.ends_on, local_day(now()))
    results = results_of(form) if shown else []
    return Found(form, count_participants(event.id), is_open, results)


def _nothing_yet(slug: str) -> Response:
    flash(_("There are no answers to show yet."), "warning")
    return redirect(url_for("desk.feedback", slug=slug), 303)


def _shown(result: Result) -> dict[str, Any]:
    """Return a question's answers for the page: a chart or words, and a line on them."""
    labels = _labels_of(result)
    return {
        "label": local(result.label),
        "words": _words_on(result),
        "chart": bar_chart(labels, result.counts) if result.answers and labels else None,
        "texts": result.texts,
    }


def _labels_of(result: Result) -> list[str]:
    if result.kind == "yesno":
        return [_("Yes"), _("No")]
    return [str(step) for step in range(1, SCALE + 1)] if result.kind == "scale" else []


def _words_on(result: Result) -> str:
    """Return how many answered a question, and of a scale the average."""
    if not result.answers:
        return _("Nobody answered this.")
    answers = ngettext("%(num)s answer", "%(num)s answers", result.answers)
    if result.mean is None:
        return answers
    return _("%(answers)s, average %(mean)s of %(most)s", answers=answers,
             mean=_decimal(result), most=SCALE)  # fmt: skip


def _decimal(result: Result) -> str:
    return str(result.mean).replace(".", "," if current_lang() == "et" else ".")


def _numbers(event: Event, format_: Format) -> Response | Download:
    found = _find(event)
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


def _document(event: Event, found: Found) -> FeedbackSummary:
    """Return the summary in the language set now."""
    project, lang = event.activity.project, lang_asked()
    return FeedbackSummary(
        project=local(project.title),
        activity=f"{kind_label(event.activity)}: {local(event.activity.title)}",
        event=local(event.title),
        when=in_full(event.when, lang),
        place=local(event.place),
        organiser=event.organiser.name,
        answered=_(
            "%(answered)s of %(participants)s (%(share)s%%)",
            answered=found.form.answered,
            participants=found.participants,
            share=found.share,
        ),
        questions=tuple(_printed(found.results)),
        funding_text=local(project.support_text),
        labels=FeedbackLabels(
            title=_("Summary of feedback"),
            date=_("When"),
            place=_("Place"),
            activity=_("Activity"),
            organiser=_("Organiser"),
            answered=_("Answered, of those who took part"),
            how=_("The form was anonymous, one answer from each participant."),
            page=_("Page {page} of {pages}"),
        ),
        made_at=now().replace(microsecond=0),
        logos=logos_of(project),
        language=lang,
    )


def _printed(results: Iterable[Result]) -> Iterable[FeedbackQuestion]:
    for one in results:
        bars = [Bar(*pair) for pair in zip(_labels_of(one), one.counts, strict=bool(one.counts))]
        yield FeedbackQuestion(local(one.label), _words_on(one), tuple(bars), one.texts)
