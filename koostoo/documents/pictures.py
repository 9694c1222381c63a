"""Pictures as people send them: opened with limits, turned upright, made anew.

What is given out is drawn from the pixels alone: where and with what a photo was taken, previews
and anything hidden in the file stay behind.
"""

import struct
import warnings
from collections.abc import Callable
from io import BytesIO
from threading import Lock
from typing import BinaryIO, Literal, NamedTuple

from PIL import Image, ImageOps, UnidentifiedImageError

MAX_PIXELS = {"JPEG": 50_000_000, "MPO": 50_000_000, "PNG": 16_000_000, "WEBP": 16_000_000}
"""What is opened, and up to which size: a small file can unfold into a very large picture.

Of a JPEG only a reduced picture is laid out in memory. Pillow calls MPO a JPEG of a phone with a
second picture behind it, which is left out.
"""
FORMATS = ("JPEG", "PNG", "WEBP")
# What Pillow's readers raise for files that are cut off, damaged, or made to be.
_BROKEN = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
)
_ONE_AT_A_TIME = Lock()
_WHITE = "#ffffff"

PictureType = Literal["jpeg", "png", "webp"]


class PictureError(ValueError):
    """A picture cannot be used; `code`: `kind` (no JPEG, PNG, WebP, or broken) or `large`."""

    def __init__(self, code: Literal["kind", "large"]) -> None:
        super().__init__(code)
        self.code = code


class Made(NamedTuple):
    """A picture made anew: its file, of what type, and its size in pixels."""

    data: bytes
    type: PictureType
    width: int
    height: int


def open_picture(file: BinaryIO) -> Image.Image:
    """Return the picture, measured but not unpacked yet; raise PictureError."""
    try:
        with warnings.catch_warnings():
            # Its own limit is another, ours stands above; and what else is odd about a file shows.
            warnings.simplefilter("ignore")
            picture = Image.open(file, formats=list(FORMATS))
    except Image.DecompressionBombError as error:
        raise PictureError("large") from error
    except (UnidentifiedImageError, *_BROKEN) as error:
        raise PictureError("kind") from error
    if picture.width * picture.height > MAX_PIXELS.get(picture.format or "", 0):
        raise PictureError("large")
    return picture


def unpack(picture: Image.Image, longest: int) -> Image.Image:
    """Return the picture upright, in RGB or RGBA, no side above `longest`; raise PictureError.

    One at a time in a process: unpacked pictures are what takes the most memory here.
    """
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            picture.draft("RGB", (longest, longest))
            picture.load()
            has_alpha = picture.has_transparency_data
            drawn = _turned(picture).convert("RGBA" if has_alpha else "RGB")
        except _BROKEN as error:
            raise PictureError("kind") from error
        drawn.thumbnail((longest, longest), Image.Resampling.LANCZOS)
        # Nothing of the file travels along.
        drawn.info = {}
        return drawn


def _turned(picture: Image.Image) -> Image.Image:
    """Turn it as the camera was held; one whose notes are broken stays as it is."""
    try:
        return ImageOps.exif_transpose(picture)
    except _BROKEN:
        return picture


def as_document(file: BinaryIO, longest: int) -> Made:
    """Return a picture to be kept and read: PNG where it came as one, else JPEG on white."""
    picture = open_picture(file)
    is_drawing = picture.format == "PNG"
    drawn = unpack(picture, longest)
    if is_drawing:
        return _made(drawn, "png", optimize=False)
    return _made(_on_white(drawn), "jpeg", quality=85, optimize=True)


def as_logo(file: BinaryIO, longest: int) -> Made:
    """Return a picture that may be see-through, as PNG: what every program of printing reads."""
    return _made(unpack(open_picture(file), longest), "png", optimize=True)


def as_webp(file: BinaryIO, width: int, height: int, most_bytes: int) -> Made:
    """Return a picture for a page, within a box and, as far as that can be, within a weight."""
    drawn = unpack(open_picture(file), max(width, height) * 2)
    drawn.thumbnail((width, height), Image.Resampling.LANCZOS)
    return _light(lambda quality: _made(drawn, "webp", quality=quality, method=4), most_bytes)


def _light(make: Callable[[int], Made], most_bytes: int) -> Made:
    made = make(80)
    for quality in (70, 60, 50, 40, 30):
        if len(made.data) <= most_bytes:
            break
        made = make(quality)
    return made


def _on_white(drawn: Image.Image) -> Image.Image:
    if drawn.mode != "RGBA":
        return drawn
    ground = Image.new("RGB", drawn.size, _WHITE)
    ground.paste(drawn, mask=drawn.getchannel("A"))
    return ground


def _made(drawn: Image.Image, kind: PictureType, **settings: int) -> Made:
    out = BytesIO()
    drawn.save(out, kind.upper(), **settings)
    return Made(out.getvalue(), kind, drawn.width, drawn.height)
