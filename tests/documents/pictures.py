"""Pictures for tests."""

from io import BytesIO

from PIL import Image


def picture(kind: str, width: int, height: int) -> bytes:
    """Return a file of this kind and size, all of one colour."""
    file = BytesIO()
    Image.new("RGB", (width, height), (0, 51, 153)).save(file, kind)
    return file.getvalue()
