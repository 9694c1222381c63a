"""Reading documents back: words, where they stand, what the file says of itself; pictures."""

import re
import subprocess
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from pypdf import PdfReader

MM = 72 / 25.4


class Word(NamedTuple):
    """A word of a page, page counted from 1, and its left upper corner in mm."""

    page: int
    text: str
    x: float
    y: float


def pages_of(document: bytes) -> list[str]:
    """Return the text of each page, blanks of any kind as one space."""
    found = PdfReader(BytesIO(document)).pages
    return [" ".join(page.extract_text().replace("\u200b", "").split()) for page in found]


def is_pdf_a(document: bytes) -> bool:
    """Say whether the file calls itself PDF/A-2b."""
    metadata = PdfReader(BytesIO(document)).xmp_metadata
    return metadata is not None and (metadata.pdfaid_part, metadata.pdfaid_conformance) == (
        "2",
        "B",
    )


def words_at(document: bytes) -> list[Word]:
    """Return every word with its place."""
    done = subprocess.run(
        ["pdftotext", "-bbox", "-", "-"], input=document, capture_output=True, check=True
    )
    found: list[Word] = []
    for number, page in enumerate(done.stdout.decode().split("<page ")[1:], start=1):
        for x, y, text in re.findall(r'<word xMin="(.*?)" yMin="(.*?)".*?>(.*?)</word>', page):
            place = float(x) / MM, float(y) / MM
            found.append(Word(number, unescape(text).replace("\u200b", ""), *place))
    return found


def photo_of(document: bytes, folder: Path) -> bytes:
    """Return the first page as a PNG, as somebody with a camera would see it."""
    subprocess.run(
        ["pdftoppm", "-png", "-r", "100", "-singlefile", "-", folder / "page"],
        input=document,
        check=True,
        stderr=subprocess.DEVNULL,
    )
    return (folder / "page.png").read_bytes()


def picture(kind: str, width: int, height: int) -> bytes:
    """Return a picture file of this kind and size, all of one colour."""
    file = BytesIO()
    Image.new("RGB", (width, height), (0, 51, 153)).save(file, kind)
    return file.getvalue()
