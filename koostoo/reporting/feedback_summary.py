"""What people said of an event, as the desk, a paper and a package of evidence tell it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from flask_babel import gettext as _
from flask_babel import ngettext

from koostoo.attendance.feedback import count_participants, takes_answers
from koostoo.base.clock import local_day
from koostoo.base.dates import in_full
from koostoo.base.text import Lang
from koostoo.documents.drawings import Logo
from koostoo.documents.feedback_pdf import (
    Bar,
    FeedbackLabels,
    FeedbackQuestion,
    FeedbackSummary,
)
from koostoo.events.models import Event
from koostoo.feedback.models import FeedbackForm
from koostoo.feedback.queries import find_form, results_of
from koostoo.feedback.rules import SCALE, Result, is_shown
from koostoo.reporting.papers import activity_line


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


def find_summary(event: Event, now: datetime) -> Found | None:
    """Return how the event's own form stands at `now`; None where people are not asked by one."""
    form = find_form(event.id)
    return None if form is None else read_summary(event, form, count_participants(event.id), now)


def read_summary(event: Event, form: FeedbackForm, participants: int, now: datetime) -> Found:
    """Return how this form of the event, in which so many took part, stands at `now`."""
    results = results_of(form) if has_results(event, form, now) else []
    return Found(form, participants, takes_answers(event, form, now), results)


def has_results(event: Event, form: FeedbackForm, now: datetime) -> bool:
    """Say whether there is anything to be shown of what was answered; nothing is read for it."""
    return bool(form.questions) and is_shown(form.answered, event.ends_on, local_day(now))


def labels_of(result: Result) -> list[str]:
    """Return what the bars of a question's chart are called; none for words."""
    if result.kind == "yesno":
        return [_("Yes"), _("No")]
    return [str(step) for step in range(1, SCALE + 1)] if result.kind == "scale" else []


def words_on(result: Result, lang: Lang) -> str:
    """Return how many answered a question, and of a scale the average."""
    if not result.answers:
        return _("Nobody answered this.")
    answers = ngettext("%(num)s answer", "%(num)s answers", result.answers)
    if result.mean is None:
        return answers
    mean = str(result.mean).replace(".", "," if lang == "et" else ".")
    return _("%(answers)s, average %(mean)s of %(most)s", answers=answers, mean=mean, most=SCALE)


def summary_of(
    event: Event, found: Found, logos: tuple[Logo, ...], lang: Lang, made_at: datetime
) -> FeedbackSummary:
    """Return the summary to hand to the funder; the caller has set the language."""
    project = event.activity.project
    return FeedbackSummary(
        project=project.title.to(lang),
        activity=activity_line(event, lang),
        event=event.title.to(lang),
        when=in_full(event.when, lang),
        place=event.place.to(lang),
        organiser=event.organiser.name,
        answered=_(
            "%(answered)s of %(participants)s (%(share)s%%)",
            answered=found.form.answered,
            participants=found.participants,
            share=found.share,
        ),
        questions=tuple(_printed(found.results, lang)),
        funding_text=project.support_text.to(lang),
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
        made_at=made_at,
        logos=logos,
        language=lang,
    )


def _printed(results: Iterable[Result], lang: Lang) -> Iterable[FeedbackQuestion]:
    for one in results:
        bars = [Bar(*pair) for pair in zip(labels_of(one), one.counts, strict=bool(one.counts))]
        yield FeedbackQuestion(one.label.to(lang), words_on(one, lang), tuple(bars), one.texts)
