"""The last results, kept in `results.md`: one table for each part, with when and where."""

import os
import platform
import re
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from benchmarks.table import Row, cells_of

FILE = Path(__file__).with_name("results.md")
HEADING = """# Measured

By `make bench`; each part is from the last time it was measured. Figures of one part belong
together: ours and the floor's were taken in turn, and the ratio says more than either. In brackets
the processor time of the worker processes. A missed aim is said and fails nothing.
"""
_PART = re.compile(r"^## (.+)$", re.MULTILINE)


def keep(measured: Mapping[str, Sequence[Row]], order: Sequence[str], engines: str) -> None:
    """Write what was measured into the file; parts that were not measured now stay as they are."""
    known = FILE.read_text("utf-8") if FILE.exists() else ""
    about = f"{date.today().isoformat()}, {machine()}; {engines}"  # noqa: DTZ011 - a day for people
    FILE.write_text(merged(known, measured, order, about), "utf-8")


def merged(
    known: str, measured: Mapping[str, Sequence[Row]], order: Sequence[str], about: str
) -> str:
    """Return the text of the file with these parts replaced; `about` says when and where.

    Parts stand in `order`; one that is not in it is left out.
    """
    pieces = _PART.split(known)
    parts = {name: text.strip() for name, text in zip(pieces[1::2], pieces[2::2], strict=True)}
    parts |= {name: f"{about}.\n\n{as_markdown(rows)}" for name, rows in measured.items()}
    told = [f"## {name}\n\n{parts[name]}" for name in order if name in parts]
    return "\n\n".join([HEADING.strip(), *told]) + "\n"


def as_markdown(rows: Sequence[Row]) -> str:
    """Return the lines as a table that reads well as text, too."""
    head, *lines = cells_of(rows)
    rule = ["---"] * len(head)
    return "\n".join("| " + " | ".join(line) + " |" for line in (head, rule, *lines))


def machine() -> str:
    """Return in general words what was measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} processors ({_processor()}) shared by service, database and load, "
        f"{memory:.0f} GiB, load average {os.getloadavg()[0]:.1f} at the end, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    text = described.read_text("utf-8") if described.exists() else ""
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return found[1].strip() if found else platform.machine()
