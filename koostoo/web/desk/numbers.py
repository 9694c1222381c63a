"""Numbers in addresses: of a page, of a row."""


def small_number(text: str) -> int | None:
    """Return a number as people and our own links write it; None for anything else."""
    fits = text.isascii() and text.isdecimal() and len(text) < 10
    return int(text) if fits else None
