"""An organiser's way in, on the real server."""

import os
import subprocess
import sys
from collections.abc import Mapping
from urllib.parse import urlsplit

from benchmarks import visits
from benchmarks.load import Browser
from benchmarks.server import ROOT


def invite(env: Mapping[str, str]) -> str:
    """Return a sign-in link of a made-up organiser."""
    command = [sys.executable, "-m", "flask", "organiser", "invite", "bench@example.org"]
    done = subprocess.run(
        [*command, "--print-link"],
        cwd=ROOT,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def sign_in(browser: Browser, link: str) -> None:
    """Open the link and press its button; the browser keeps the cookie."""
    path = urlsplit(link).path
    page = visits.expect(browser.get(path), 200).text
    visits.expect(browser.post(path, {"csrf_token": visits.field_value(page, "csrf_token")}), 303)
