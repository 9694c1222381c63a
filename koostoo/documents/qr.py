"""QR codes: text in, a drawing out; a photo in, the text on it out."""

from io import BytesIO

import segno
import zxingcpp

from koostoo.documents.pictures import PictureError, open_picture

READ_PIXELS = 2000
"""The longer side of the picture that is searched; a code on a photo fills enough of it."""
_QR_ONLY = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])


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
    """Return the text of the QR code on a photo, None where there is none; raise PictureError."""
    picture = open_picture(BytesIO(photo))
    picture.draft("L", (READ_PIXELS, READ_PIXELS))
    try:
        picture = picture.convert("L")
    except (OSError, SyntaxError, ValueError) as error:
        # Cut off or damaged: Pillow's decoders say so in these ways.
        raise PictureError("kind") from error
    picture.thumbnail((READ_PIXELS, READ_PIXELS))
    found = zxingcpp.read_barcodes(picture, formats=_QR_ONLY)
    return found[0].text if found else None
