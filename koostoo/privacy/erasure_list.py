"""The list of erasures outside the database: what a backup brings back must go again.

A line holds the time, the registration's number, a fingerprint of its random UID, how the wish
came and whether the name stayed; nothing of a person. The fingerprint tells a registration
from another that got the same number after a restore.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from koostoo.privacy.rules import HOWS, How


@dataclass(frozen=True, slots=True)
class Entry:
    """One erasure as the list knows it."""

    at: datetime
    registration_id: int
    fingerprint: str
    how: How
    keeps_name: bool


def fingerprint(uid: str) -> str:
    """Return by what a registration is known again: by what never changes."""
    return sha256(f"erasure:{uid}".encode()).hexdigest()


def read(path: Path) -> list[Entry]:
    """Return what the list holds; an empty list where there is none. Torn lines are left out."""
    if not path.exists():
        return []
    lines = path.read_text(encoding="ascii", errors="replace").splitlines()
    return [entry for entry in map(_entry, lines) if entry is not None]


def append(path: Path, entries: Iterable[Entry]) -> None:
    """Write entries at the end of the list, on the disk before this returns."""
    lines = "".join(
        f"{one.at.isoformat()} {one.registration_id} {one.fingerprint} {one.how} "
        f"{'name' if one.keeps_name else '-'}\n"
        for one in entries
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a", encoding="ascii") as file:
        if _ends_torn(path):
            file.write("\n")
        file.write(lines)
        file.flush()
        os.fsync(file.fileno())


def _ends_torn(path: Path) -> bool:
    # A crash may have left half a line: ours begins a new one.
    with path.open("rb") as file:
        if not file.seek(0, os.SEEK_END):
            return False
        file.seek(-1, os.SEEK_END)
        return file.read(1) != b"\n"


def _entry(line: str) -> Entry | None:
    parts = line.split()
    if len(parts) != 5 or len(parts[2]) != 64 or not parts[1].isdecimal():
        return None
    how = next((one for one in HOWS if one == parts[3]), None)
    try:
        at = datetime.fromisoformat(parts[0])
    except ValueError:
        return None
    if how is None or at.tzinfo is None:
        return None
    return Entry(at, int(parts[1]), parts[2], how, parts[4] == "name")
