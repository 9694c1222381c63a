"""Pictures in a document: files as they were uploaded in, what a layout can show out."""

from io import BytesIO
from typing import NamedTuple

from PIL import ImageOps

from koostoo.documents.pictures import PictureError, open_picture

_MOST_PIXELS = (1600, 320)
"""Enough for a logo of 14 mm at 580 dots an inch; a larger file would only make a heavier PDF."""


class Logo(NamedTuple):
    """A logo as it was uploaded: the bytes of a PNG, JPEG or WebP file, and what it shows."""

    data: bytes
    alt: str


class Picture(NamedTuple):
    """A picture ready for a layout: PNG or JPEG, what it shows, its width by its height.

    `data` empty: it could not be read, and the words stand in its place.
    """

    data: bytes
    alt: str
    ratio: float


def prepare(logo: Logo) -> Picture:
    """Return the logo, never distorted; one that cannot be read is left to its words."""
    try:
        picture = open_picture(BytesIO(logo.data))
        kind = "JPEG" if picture.format == "JPEG" else "PNG"
        # CMYK, palettes and grey become plain colours.
        picture = ImageOps.exif_transpose(picture).convert("RGB" if kind == "JPEG" else "RGBA")
        picture.thumbnail(_MOST_PIXELS)
        file = BytesIO()
        picture.save(file, kind, quality=92)
    except (PictureError, OSError, SyntaxError, ValueError):
        return Picture(b"", logo.alt, 1)
    return Picture(file.getvalue(), logo.alt, picture.width / picture.height)
