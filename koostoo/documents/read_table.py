"""A table somebody uploads, CSV or XLSX: bytes in, rows of texts out."""

from koostoo.documents.read_csv import read_csv
from koostoo.documents.read_xlsx import read_xlsx
from koostoo.documents.table import Table, TableError

_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Old Excel files and workbooks under a password begin so ([MS-CFB], section 2.2)."""
_ZIP = b"PK\x03\x04"
_OTHERS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"\x1f\x8b", b"PK\x05\x06")


def read_table(data: bytes, max_rows: int) -> Table:
    """Return what stands in the file, whatever it is called; raise TableError."""
    if data.startswith(_COMPOUND):
        raise TableError("old_excel")
    # Some programs call a web page .xls.
    if data.startswith(_OTHERS) or data[:1000].lstrip().startswith(b"<"):
        raise TableError("not_a_table")
    if data.startswith(_ZIP):
        return read_xlsx(data, max_rows)
    return read_csv(data, max_rows)
