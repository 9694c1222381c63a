"""Typesetting: a layout and values in, an archival PDF (PDF/A-2b) out, the same on every computer.

Values reach a layout as data and are only ever shown: what somebody typed is never read as
typst's own language, and no layout opens a file. Fonts come with the service, none of the
computer's is looked at.
"""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any, Literal

import manimgx_fonts
import noto_cjk_sans_jp_regular

from koostoo.documents.cells import clean_text
from koostoo.documents.drawings import Logo, prepare

Layout = Literal["attendance", "badges", "programme", "poster", "feedback", "report"]

_FOLDER = Path(__file__).parent
_FONTS = [*manimgx_fonts.__path__, *noto_cjk_sans_jp_regular.__path__]
_PROCESS = [sys.executable, "-I", "-X", "utf8", str(_FOLDER / "typst_process.py")]
_PATIENCE = 60
"""Seconds; 300 people on two days take one or two."""
_one_at_a_time = Lock()

_BLANKS = re.compile(r"[^\S\u00a0\u202f]+")
# These turn around the words that follow, perhaps those of another field.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")


class TypesettingError(RuntimeError):
    """A document could not be made; the text is what typst said."""


class TakesTooLong(TypesettingError):
    """A document was not ready after a minute: it is long, or the machine is busy."""


def typeset(layout: Layout, values: Any, made_at: datetime) -> bytes:
    """Return the document as PDF/A-2b.

    `values` is a dataclass or mapping of texts, numbers, Logos, and more of these inside.
    Texts are freed of control characters, each is one line. `made_at`, an aware moment, goes
    into the file's properties, so that the same values give the same bytes. A letter that no
    font has becomes a square. Raises ValueError for a naive moment, TypesettingError where the
    layout is wrong, TakesTooLong after a minute.
    """
    if made_at.utcoffset() is None:
        raise ValueError("a document needs an aware moment of making")
    job = {
        "folder": str(_FOLDER / "layouts"),
        "layout": layout,
        "fonts": _FONTS,
        "data": _plain(values),
        "made_at": int(made_at.timestamp()),
    }
    done = _ask(json.dumps(job).encode())
    if done.returncode:
        raise TypesettingError(done.stderr.decode(errors="replace"))
    return done.stdout


def _ask(job: bytes) -> subprocess.CompletedProcess[bytes]:
    # A large sheet takes a quarter of a gigabyte while it is made: one at a time is enough.
    with _one_at_a_time:
        try:
            return subprocess.run(  # noqa: S603 - our own file, nothing typed in its arguments
                _PROCESS,
                input=job,
                capture_output=True,
                # It needs no setting, least of all a secret one.
                env={},
                timeout=_PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise TakesTooLong(f"not ready after {_PATIENCE} s") from error


def _plain(value: Any) -> Any:
    """Return `value` as JSON has it, with each text in it cleaned."""
    if isinstance(value, str):
        return _BLANKS.sub(" ", _TURNING.sub("", clean_text(value)))
    if isinstance(value, Logo):
        picture = prepare(value)
        # Numbers, because JSON knows no bytes.
        return {**picture._asdict(), "data": [*picture.data], "alt": _plain(picture.alt)}
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return None if isinstance(value, datetime) else value
