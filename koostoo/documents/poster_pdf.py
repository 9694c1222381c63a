"""A poster of an event with a code that leads to its page, as PDF/A-2b on A4 or A3."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from koostoo.base.dates import Tile
from koostoo.documents.drawings import Logo
from koostoo.documents.qr import draw_qr
from koostoo.documents.typesetting import typeset

PosterSize = Literal["a4", "a3"]


@dataclass(frozen=True, slots=True)
class Poster:
    """All that is printed, on one page, as large as there is room.

    `text` is a few lines, `call` stands above the address of the event's page, `url` is that
    address. `made_at` is an aware datetime.
    """

    project: str
    activity: str
    event: str
    tile: Tile
    when: str
    place: str
    text: str
    call: str
    url: str
    funding_text: str
    made_at: datetime
    logos: tuple[Logo, ...] = ()
    size: PosterSize = "a4"
    language: str = "et"


def render_poster(poster: Poster) -> bytes:
    """Return the poster, one page whatever the length of its texts."""
    values = {
        "project": poster.project,
        "activity": poster.activity,
        "event": poster.event,
        "tile": poster.tile,
        "when": poster.when,
        "place": poster.place,
        "text": [line for line in poster.text.split("\n") if line.strip()],
        "call": poster.call,
        "address": poster.url.partition("://")[2],
        "code": draw_qr(poster.url),
        "funding_text": poster.funding_text,
        "logos": poster.logos,
        "size": poster.size,
        "language": poster.language,
    }
    return typeset("poster", values, poster.made_at)
