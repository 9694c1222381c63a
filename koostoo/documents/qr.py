"""QR codes: text in, a drawing out; a photo in, the text on it out."""

import warnings
from io import BytesIO
from typing import Literal

import segno
import zxingcpp
from PIL import Image, UnidentifiedImageError

MAX_PIXELS = {"JPEG": 50_000_000, "PNG": 16_000_000, "WEBP": 16_000_000}
"""What is opened, and up to which size: a small file can unfold into a very large picture.

Of a JPEG only a reduced picture is laid out in memory.
"""
READ_PIXELS = 2000
"""The longer side of the picture that is searched; a code on a photo fills enough of it."""
_QR_ONLY = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])


class PhotoError(ValueError):
    """A photo cannot be looked at; `code`: `kind` (no JPEG, PNG or WebP) or `large`."""

    def __init__(self, code: Literal["kind", "large"]) -> None:
        super().__init__(code)
        self.code = code


def qr_svg(text: str) -> str:
    """Return a QR code as an `<svg>` to stand inside a page: black on white, quiet zone included.

    It carries no style and no size in CSS, so a strict content policy lets it be.
    """
    code = segno.make(text, error="m", micro=False)
    return str(code.svg_inline(scale=6, border=4, dark="#000", light="#fff", omitsize=True))


def draw_qr(text: str) -> str:
    """Return a QR code as an SVG file: black, without a quiet zone, nothing behind it."""
    file = BytesIO()
    segno.make(text, error="m", micro=False).save(file, kind="svg", border=0, xmldecl=False)
    return file.getvalue().decode()


def read_qr(photo: bytes) -> str | None:
    """Return the text of the QR code on a photo, None where there is none; raise PhotoError."""
    picture = open_photo(photo)
    picture.draft("L", (READ_PIXELS, READ_PIXELS))
    try:
        picture = picture.convert("L")
    except (OSError, SyntaxError, ValueError) as error:
        # Cut off or damaged: Pillow's decoders say so in these ways.
        raise PhotoError("kind") from error
    picture.thumbnail((READ_PIXELS, READ_PIXELS))
    found = zxingcpp.read_barcodes(picture, formats=_QR_ONLY)
    return found[0].text if found else None


def open_photo(photo: bytes) -> Image.Image:
    """Return a picture of a size that may be laid out in memory; raise PhotoError."""
    try:
        with warnings.catch_warnings():
            # Its own limit is another; ours stands below.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(BytesIO(photo), formats=list(MAX_PIXELS))
    except Image.DecompressionBombError as error:
        raise PhotoError("large") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise PhotoError("kind") from error
    if picture.width * picture.height > MAX_PIXELS[picture.format or "PNG"]:
        raise PhotoError("large")
    return picture
