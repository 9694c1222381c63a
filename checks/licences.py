"""Write docs/licences.md: under which licence each library of requirements.txt comes.

What each says of itself is read from the installed files; nothing is fetched. A licence that is not
in ALLOWED fails, so that a new one is looked at by a person first.
"""

import re
import sys
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "licences.md"
ALLOWED = {
    "Apache-2.0": "permissive",
    "Apache-2.0 AND BSD-2-Clause": "permissive",
    "Apache-2.0 OR BSD-3-Clause": "permissive",
    "BSD": "permissive",
    "BSD-2-Clause": "permissive",
    "BSD-3-Clause": "permissive",
    "ISC": "permissive",
    "LGPL-3.0-only": "weak copyleft: used as it is, and whoever runs the service can replace it",
    "MIT": "permissive",
    "MIT-0": "no conditions",
    "MIT-CMU": "permissive",
    "OFL-1.1": "for fonts: may be used, embedded and passed on",
    "PSF-2.0": "permissive",
    "Unlicense": "no conditions",
}
"""Licences under which a library may be used here, and what each asks for."""
CLASSIFIERS = {
    "MIT License": "MIT",
    "BSD License": "BSD",
    "Apache Software License": "Apache-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
    "SIL Open Font License 1.1 (OFL-1.1)": "OFL-1.1",
}
_PINNED = re.compile(r"^([A-Za-z0-9_.-]+)==([^\s;]+)(.*)$", re.MULTILINE)
HEAD = """# Licences of the libraries

What `requirements.txt` installs on a server with Linux, and what each library says of its licence.
Written by `make licences`; a test fails where it is out of date, or a licence is new to us.

| library | licence |
|---|---|
"""


class UnknownLicence(ValueError):
    """A library says nothing of its licence, or names one that nobody has looked at yet."""


def pinned(text: str) -> dict[str, str]:
    """Return the version of each library in a compiled requirements file."""
    return {name: version for name, version, _rest in _PINNED.findall(text)}


def licence_of(about: PackageMetadata) -> str:
    """Return the SPDX expression of a library's licence; raise UnknownLicence."""
    said = [*(about.get_all("License-Expression") or []), *(about.get_all("License") or []), ""]
    stated = str(said[0])
    if stated in ALLOWED:
        return stated
    for line in about.get_all("Classifier") or []:
        known = CLASSIFIERS.get(line.rpartition(" :: ")[2])
        if line.startswith("License ::") and known:
            return known
    raise UnknownLicence(f"{about['Name']}: {stated[:80] or 'says nothing of its licence'}")


def table() -> str:
    """Return the page; raise UnknownLicence."""
    rows = []
    for name in pinned((ROOT / "requirements.txt").read_text()):
        try:
            rows.append(f"| {name} | {licence_of(metadata(name))} |\n")
        except PackageNotFoundError:
            continue  # It is for another system or another Python.
    used = sorted({row.split(" | ")[1].removesuffix(" |\n") for row in rows})
    meaning = "".join(f"- **{one}**: {ALLOWED[one]}\n" for one in used)
    return f"{HEAD}{''.join(rows)}\n## What they ask for\n\n{meaning}"


if __name__ == "__main__":
    TARGET.write_text(table())
    sys.exit(0)
