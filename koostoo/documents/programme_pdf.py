"""The programme of an event to hand out, as PDF/A-2b on A4."""

from dataclasses import dataclass
from datetime import datetime

from koostoo.base.markdown_blocks import Block
from koostoo.documents.drawings import Logo
from koostoo.documents.typesetting import typeset


@dataclass(frozen=True, slots=True)
class ProgrammeLabels:
    """The words of the document, in its language; `page` holds `{page}` and `{pages}`."""

    title: str
    date: str
    place: str
    activity: str
    page: str


@dataclass(frozen=True, slots=True)
class Programme:
    """All that is printed; what is empty is left out. `made_at` is an aware datetime."""

    project: str
    activity: str
    event: str
    when: str
    place: str
    blocks: tuple[Block, ...]
    funding_text: str
    labels: ProgrammeLabels
    made_at: datetime
    logos: tuple[Logo, ...] = ()
    language: str = "et"


def render_programme(programme: Programme) -> bytes:
    """Return the programme with time, place and who pays for it."""
    return typeset("programme", programme, programme.made_at)
