"""The scoring table of the HTTP Observatory (MDN), as far as one answer can be scored.

Modifiers as of its charts of 2026: from 100 penalties are taken off; what is better than asked for
counts only from 90 on. 100 and more is an A+.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from werkzeug.datastructures import Headers

SIX_MONTHS = 15_768_000
EXTRA_CREDIT_FROM = 90
PRIVATE = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
UNSAFE = {"'unsafe-inline'", "'unsafe-eval'", "data:", "http:", "https:", "*"}
_SCRIPT = re.compile(r"<script[^>]*\bsrc=\"([^\"]*)\"", re.IGNORECASE)


class Score(NamedTuple):
    """What an answer comes to, and what each part added or took off."""

    points: int
    parts: dict[str, int]


def score(headers: Headers, body: str) -> Score:
    """Score one answer given over https."""
    policy = directives(headers.get("Content-Security-Policy", ""))
    parts = {
        "policy": _of_policy(policy),
        "cookies": _of_cookies(headers.getlist("Set-Cookie")),
        "cors": _of_cors(headers),
        "referrer": _of_referrer(headers.get("Referrer-Policy", "")),
        "hsts": _of_hsts(headers.get("Strict-Transport-Security", "")),
        "scripts": _of_scripts(body),
        "nosniff": 0 if headers.get("X-Content-Type-Options") == "nosniff" else -5,
        "frames": _of_frames(policy, headers.get("X-Frame-Options", "")),
        "resources": _of_resources(headers.get("Cross-Origin-Resource-Policy", "")),
    }
    points = 100 + sum(one for one in parts.values() if one < 0)
    if points >= EXTRA_CREDIT_FROM:
        points += sum(one for one in parts.values() if one > 0)
    return Score(points, parts)


def directives(policy: str) -> dict[str, list[str]]:
    """Return a content policy by its directives; the first of a name counts."""
    found: dict[str, list[str]] = {}
    for part in policy.split(";"):
        name, *sources = part.split()
        found.setdefault(name.lower(), sources)
    return found


def _of_policy(policy: Mapping[str, list[str]]) -> int:
    default = policy.get("default-src", [])
    scripts = policy.get("script-src", default)
    objects = policy.get("object-src", default)
    styles = policy.get("style-src", default)
    if not policy:
        return -25
    if UNSAFE & {*scripts} or UNSAFE & {*objects} or not scripts or not objects:
        return -20
    if UNSAFE & {*styles}:
        return 0
    own_forms = policy.get("form-action") in (["'none'"], ["'self'"])
    return 10 if default == ["'none'"] and own_forms else 5


def _of_cookies(cookies: list[str]) -> int:
    marks = [{part.strip().lower() for part in cookie.split(";")[1:]} for cookie in cookies]
    if any("secure" not in one for one in marks):
        return -40
    if any("httponly" not in one for one in marks):
        return -30
    if any(not one & {"samesite=lax", "samesite=strict"} for one in marks):
        return -20
    return 5 if marks else 0


def _of_cors(headers: Headers) -> int:
    return -50 if "Access-Control-Allow-Credentials" in headers else 0


def _of_referrer(policy: str) -> int:
    if not policy:
        return 0
    return 5 if policy in PRIVATE else -5


def _of_hsts(value: str) -> int:
    seconds = re.search(r"max-age=(\d+)", value)
    if seconds is None:
        return -20
    return 0 if int(seconds[1]) >= SIX_MONTHS else -10


def _of_scripts(body: str) -> int:
    elsewhere = [one for one in _SCRIPT.findall(body) if re.match(r"https?:|//", one)]
    return -50 if elsewhere else 0


def _of_frames(policy: Mapping[str, list[str]], option: str) -> int:
    if "frame-ancestors" in policy and "*" not in policy["frame-ancestors"]:
        return 5
    return 0 if option in ("DENY", "SAMEORIGIN") else -20


def _of_resources(policy: str) -> int:
    known = {"same-origin": 10, "same-site": 10, "cross-origin": 0, "": 0}
    return known.get(policy, -5)
