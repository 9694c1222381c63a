"""Name badges on sheets of labels, as PDF/A-2b."""

from dataclasses import dataclass
from datetime import datetime

from koostoo.documents.drawings import Logo
from koostoo.documents.labels import LabelSheet
from koostoo.documents.qr import draw_qr
from koostoo.documents.typesetting import typeset


@dataclass(frozen=True, slots=True)
class Badge:
    """One person; `organisation` and `partner` may be empty.

    `code`: the eight signs by which they are checked in, shown and drawn; empty: left out.
    """

    first: str
    last: str
    organisation: str
    partner: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Badges:
    """All that is printed, in this order, the first on label `start` of its sheet, from 1.

    `event` is printed on each badge where it is not empty; `title` is the name of the document.
    `made_at` is an aware datetime.
    """

    title: str
    people: tuple[Badge, ...]
    sheet: LabelSheet
    made_at: datetime
    start: int = 1
    event: str = ""
    logos: tuple[Logo, ...] = ()
    language: str = "et"


def render_badges(badges: Badges) -> bytes:
    """Return the sheets; raises ValueError where there is nobody or no such label."""
    if not badges.people:
        raise ValueError("badges need somebody to wear them")
    if not 1 <= badges.start <= badges.sheet.places:
        raise ValueError("the sheet has no such label")
    values = {
        "title": badges.title,
        "event": badges.event,
        "language": badges.language,
        "logos": badges.logos,
        "sheet": badges.sheet,
        "start": badges.start - 1,
        "people": [_on_label(one) for one in badges.people],
    }
    return typeset("badges", values, badges.made_at)


def _on_label(one: Badge) -> dict[str, str]:
    return {
        "first": one.first,
        "last": one.last,
        "organisation": one.organisation,
        "partner": one.partner,
        "code": f"{one.code[:4]}-{one.code[4:]}" if one.code else "",
        "drawn": draw_qr(f"KOOSTOO:{one.code}") if one.code else "",
    }
