"""A frozen report of indicators to hand in, as PDF/A-2b on A4 across."""

from dataclasses import dataclass
from datetime import datetime

from koostoo.documents.drawings import Logo
from koostoo.documents.typesetting import typeset


@dataclass(frozen=True, slots=True)
class ReportLabels:
    """The words of the document, in its language; `page` holds `{page}` and `{pages}`."""

    kind: str
    project: str
    period: str
    scope: str
    frozen: str
    digest: str
    page: str


@dataclass(frozen=True, slots=True)
class Level:
    """One table: its title, and rows of words and numbers, the words first."""

    title: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """All that is printed; what is empty is left out.

    `made_at`, an aware datetime, is when the report was frozen: so the same report gives the same
    bytes whenever it is printed.
    """

    title: str
    project: str
    period: str
    scope: str
    frozen: str
    withdrawn: str
    header: tuple[str, ...]
    levels: tuple[Level, ...]
    notes: tuple[str, ...]
    digest: str
    funding_text: str
    labels: ReportLabels
    made_at: datetime
    logos: tuple[Logo, ...] = ()
    language: str = "et"


def render_report(report: Report) -> bytes:
    """Return the report with its figures and who pays for it."""
    return typeset("report", report, report.made_at)
