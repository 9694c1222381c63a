"""Files as people send them, made here: pictures, papers, containers, and broken ones."""

from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from PIL import Image

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
LOG = "Nimi;Liitus;Lahkus\r\nMari Mänd;10.00;11.30\r\n".encode()


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), **settings: Any) -> bytes:
    """A picture with something to see in it: no two places are alike."""
    shade = Image.linear_gradient("L").resize(size)
    drawn = shade.convert("RGB")
    if settings.pop("see_through", False):
        drawn.putalpha(shade)
    out = BytesIO()
    drawn.save(out, kind, **settings)
    return out.getvalue()


def phone_photo() -> bytes:
    """A photo taken on a phone held upright: lying in the file, with place and camera in it."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Phone of Mari"
    exif.get_ifd(0x8825)[1] = "N"
    return picture(size=(80, 40), exif=exif)


def container(parts: dict[str, bytes], first: bytes = b"") -> bytes:
    """A ZIP file; `first` is what an OpenDocument or ASiC-E container says of itself."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        if first:
            archive.writestr("mimetype", first)
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


DOCX = container({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"})
DOCM = container({"word/document.xml": b"<x/>", "word/vbaProject.bin": b"x"})
ODT = container({"content.xml": b"<x/>"}, b"application/vnd.oasis.opendocument.text")
ASICE = container({"nimekiri.pdf": PDF}, b"application/vnd.etsi.asic-e+zip")
