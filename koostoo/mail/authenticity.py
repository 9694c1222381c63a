"""Whether a letter is from whom it says: what the receiving server found out (RFC 8601); pure.

Anybody can write an Authentication-Results header into a letter. Only the topmost one that bears
the name of our own receiving server is believed: servers put theirs above what came.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

Authenticity = Literal["passed", "failed", "unknown"]

_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|([^\s;="]+)|([;=])')


class _Result(NamedTuple):
    method: str
    result: str
    properties: dict[str, str]


def authenticity(headers: Sequence[str], authserv_id: str, sender: str) -> Authenticity:
    """Say whether From (the bare address `sender`) was proved by DMARC or an aligned DKIM.

    `headers` are the Authentication-Results from the top; `authserv_id` names the receiving server
    and is empty where none is trusted. "failed" only where DMARC says so.
    """
    domain = sender.rpartition("@")[2].lower()
    if not authserv_id or not domain:
        return "unknown"
    wanted = authserv_id.lower()
    ours = next((header for header in headers if _server(header) == wanted), None)
    if ours is None:
        return "unknown"
    results = list(_results(ours))
    dmarc = [result for result in results if result.method == "dmarc"]
    if any(result.result == "fail" for result in dmarc):
        return "failed"
    if any(result.result == "pass" and _is_about(result, domain) for result in dmarc):
        return "passed"
    signed = any(
        result.method == "dkim" and result.result == "pass" and _is_aligned(result, domain)
        for result in results
    )
    return "passed" if signed else "unknown"


def _is_about(result: _Result, domain: str) -> bool:
    return result.properties.get("header.from", domain).rpartition("@")[2].lower() == domain


def _is_aligned(result: _Result, domain: str) -> bool:
    """Say whether the signing domain is that of From, or one above it."""
    named = result.properties.get("header.d") or result.properties.get("header.i", "")
    signer = named.rpartition("@")[2].lower()
    return "." in signer and (domain == signer or domain.endswith(f".{signer}"))


def _server(header: str) -> str:
    """Return the authserv-id in small letters, empty where the header names none."""
    first = _without_comments(header).partition(";")[0].split()
    name = first[0].strip('"').lower() if first else ""
    return "" if "=" in name else name


def _results(header: str) -> Iterator[_Result]:
    for words in _statements(_without_comments(header)):
        pairs = [
            (words[n - 1].lower(), words[n + 1])
            for n in range(1, len(words) - 1)
            if words[n] == "="
        ]
        if pairs:
            (method, result), *properties = pairs
            yield _Result(method.partition("/")[0], result.lower(), dict(properties))


def _statements(text: str) -> Iterator[list[str]]:
    """Give out what stands between semicolons, as words and equals signs, the server left out."""
    words: list[str] = []
    is_first = True
    for quoted, plain, sign in _TOKEN.findall(text):
        if sign == ";":
            if not is_first:
                yield words
            words, is_first = [], False
        else:
            words.append(quoted or plain or sign)
    if not is_first:
        yield words


def _without_comments(text: str) -> str:
    """Leave out comments (RFC 5322, 3.2.2), which end where they do for the server that wrote them.

    Servers put the envelope sender into comments and quotes, and its writer chooses what stands
    there: a bracket after a backslash ends no comment, one within quotes begins none.
    """
    kept: list[str] = []
    depth, is_quoted, is_escaped = 0, False, False
    for char in text:
        was_outside = depth == 0
        if is_escaped:
            is_escaped = False
        elif char == "\\":
            is_escaped = is_quoted or depth > 0
        elif char == '"' and was_outside:
            is_quoted = not is_quoted
        elif char == "(" and not is_quoted:
            depth += 1
        elif char == ")" and depth:
            depth -= 1
        if was_outside:
            kept.append(" " if depth else char)
    return "".join(kept)
