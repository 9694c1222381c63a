"""The summary of what participants said (osavõtjate tagasiside kokkuvõte), as PDF/A-2b on A4."""

from dataclasses import dataclass
from datetime import datetime

from koostoo.documents.drawings import Logo
from koostoo.documents.typesetting import typeset


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it stands for, and how many said so."""

    label: str
    number: int


@dataclass(frozen=True, slots=True)
class FeedbackQuestion:
    """What was answered to a question: a line on it, and bars or words; perhaps neither."""

    label: str
    words: str
    bars: tuple[Bar, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FeedbackLabels:
    """The words of the document, in its language; `page` holds `{page}` and `{pages}`."""

    title: str
    date: str
    place: str
    activity: str
    organiser: str
    answered: str
    how: str
    page: str


@dataclass(frozen=True, slots=True)
class FeedbackSummary:
    """All that is printed; what is empty is left out. `made_at` is an aware datetime."""

    project: str
    activity: str
    event: str
    when: str
    place: str
    organiser: str
    answered: str
    questions: tuple[FeedbackQuestion, ...]
    funding_text: str
    labels: FeedbackLabels
    made_at: datetime
    logos: tuple[Logo, ...] = ()
    language: str = "et"


def render_feedback(summary: FeedbackSummary) -> bytes:
    """Return the summary with numbers, bars, words, and who pays for it."""
    return typeset("feedback", summary, summary.made_at)
