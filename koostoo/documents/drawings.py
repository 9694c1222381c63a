"""Pictures in a document: files as they were uploaded in, drawings for a layout out."""

from base64 import b64encode
from io import BytesIO
from typing import NamedTuple

from PIL import ImageOps

from koostoo.documents.qr import PhotoError, open_photo

_MOST_PIXELS = (2000, 500)
"""Enough for a logo of 2 cm at 600 dots an inch; a larger file would only make a heavier PDF."""


class Drawing(NamedTuple):
    """A picture as SVG, what it shows in words, and its width by its height.

    `svg` empty: it could not be drawn, and the words stand in its place.
    """

    svg: str
    alt: str
    ratio: float


class Logo(NamedTuple):
    """A logo as it was uploaded: the bytes of a PNG, JPEG or WebP file, and what it shows."""

    data: bytes
    alt: str


def draw_logo(logo: Logo) -> Drawing:
    """Return the logo, never distorted; one that cannot be read is left to its words."""
    try:
        picture = open_photo(logo.data)
        kind = "JPEG" if picture.format == "JPEG" else "PNG"
        # The mode decides nothing but colours: CMYK, palettes and grey become plain ones.
        picture = ImageOps.exif_transpose(picture).convert("RGB" if kind == "JPEG" else "RGBA")
        picture.thumbnail(_MOST_PIXELS)
        file = BytesIO()
        picture.save(file, kind, quality=92)
    except (PhotoError, OSError, SyntaxError, ValueError):
        return Drawing("", logo.alt, 1)
    width, height = picture.size
    encoded = b64encode(file.getvalue()).decode("ascii")
    return Drawing(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" '
        f'href="data:image/{kind.lower()};base64,{encoded}"/></svg>',
        logo.alt,
        width / height,
    )
