"""Run by `typesetting` as a process of its own: values come in as JSON, a PDF goes out.

typst remembers what it has laid out, some 170 MB for each sheet of 300 people, and never gives it
back. So it does its work in a process that ends. This file is started by its path, alone: it
knows nothing of the rest of the service.
"""

import json
import re
import sys
from typing import Any

import typst

NO_SHAPE = "\N{WHITE SQUARE}"
"""Stands for a letter no font has a shape for: PDF/A forbids it, and a name must not lose it."""
TRIES = 3

# How typst names a piece of text that no font can show, escaped as Rust does.
_NOT_SHOWN = re.compile(r'the text `"((?:[^"\\]|\\.)*)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


def make(job: dict[str, Any]) -> bytes:
    """Return the PDF/A-2b of a job: folder, layout, fonts, data, made_at (seconds since 1970)."""
    fonts = typst.Fonts(include_system_fonts=False, font_paths=job["fonts"])
    data, unknown = job["data"], ""

    def compiled(standard: Any) -> bytes:
        return typst.compile(
            f"{job['folder']}/{job['layout']}.typ",
            root=job["folder"],
            font_paths=fonts,
            sys_inputs={"data": json.dumps(data)},
            pdf_standards=standard,
            timestamp=job["made_at"],
        )

    for _try in range(TRIES):
        try:
            return compiled("a-2b")
        except typst.TypstError as error:
            unknown += _letters_without_shape(error.diagnostic)
            if not unknown:
                raise
            data = _replaced(data, dict.fromkeys(map(ord, unknown), NO_SHAPE))
    # Never seen; but better a sheet that is no archival PDF than none on the morning of the trip.
    return compiled(None)


def _letters_without_shape(diagnostic: str) -> str:
    """Return the letters typst complains about; what it names may be several with their marks."""
    named = "".join(_NOT_SHOWN.findall(diagnostic))
    told = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), named)
    return "".join(letter for letter in told if not letter.isascii())


def _replaced(data: Any, letters: dict[int, str]) -> Any:
    if isinstance(data, str):
        return data.translate(letters)
    if isinstance(data, dict):
        return {key: _replaced(item, letters) for key, item in data.items()}
    if isinstance(data, list):
        return [_replaced(item, letters) for item in data]
    return data


if __name__ == "__main__":
    try:
        sys.stdout.buffer.write(make(json.load(sys.stdin)))
    except typst.TypstError as error:
        sys.exit(error.diagnostic)
