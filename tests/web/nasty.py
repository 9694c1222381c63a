"""Values no form of ours sends, and which values a route asks for at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any, ClassVar
from urllib.parse import urlencode

import pytest
from flask import Flask, Request
from werkzeug.datastructures import ImmutableMultiDict

Pairs = list[tuple[str, str]]

VALUES = (
    # What is no text: NUL, half a character, bytes that are no UTF-8, what cannot be seen.
    "\0", "a\0b", "\ud800", "a\udfff", "\uffff", "\x1b[31m", "\x85", "\u2028", "\u202e\u2066x",
    "\u200b", "e\u0301", "İ", "ß", "😀" * 90, "👩\u200d👧", "\u00a0", " ",
    # Numbers, or nearly.
    "0", "-1", "+5", "1.5", "1,5", "1e309", "nan", "inf", "0x10", "٣٤", "²", "１２", "2147483648",
    "9" * 25, "-" + "9" * 25, "1_000", "00012",
    # Dates and times, or nearly.
    "2026-02-30", "0000-01-01", "0001-01-01", "9999-12-31", "10000-01-01", "30.2.2026",
    "31.12.9999", "1.1.1", "25:61", "24.00", "23.59.59", "2026-13", "2026-W53", "kevad",
    # Structures that are cut off, deep, or of another kind.
    "[", "[]", "{", '{"a":', "null", "true", '"', '{"id": [[[[[]]]]]}', "[" * 2000,
    '[{"person": null, "at": 1e400, "status": {}}]', '{"code": 5, "at": "9999-99-99T99:99Z"}',
    # Codes of ours with something wrong in them.
    "present:2026-02-30", "present:x", "tag:" + "9" * 25, "row1=", "q0", "question-999999",
    "1:2:3", "confirm:1", "7d 1d 99999999999d", "-5h", "ü" * 70,
    # What other languages would run.
    "'; DROP TABLE event; --", "1 OR 1=1", "%", "_", "\\", "%s%n", "{0.__class__}", "{{7*7}}",
    "${7*7}", "#import \"x\"", "<script>alert(1)</script>", "=cmd|' /C calc'!A0",
    "../../etc/passwd", "a\r\nBcc: x@example.org", "a\rb", "a\nb",
    # Addresses, or nearly.
    "mari@", "@example.org", "a@b@c", "mari@-x.example", '"a b"@example.org', "m@" + "x" * 250,
    "mari@exämple.org", "mari@[127.0.0.1]", "+372", "00", "+" + "9" * 40, "112",
    "http://[", "https://x.example:99999/", "https://%zz", "javascript:alert(1)", "//x.example",
    "x" * 10_000,
)  # fmt: skip
IN_PATHS = (
    "%00", "%FF", "%ED%A0%80", "..", "%2e%2e%2f", "a%2Fb", "-", "x" * 400, "%D9%A3", "%0d%0aX:%20y",
    "İ", "0", "2147483647", "2147483648", "9" * 25, "-1", "1.0", "'", "%25", "{x}",
)  # fmt: skip
HEADERS: tuple[dict[str, str], ...] = (
    {"Origin": "https://[x", "Sec-Fetch-Site": ""},
    {"Accept-Language": "x" * 3000},
    {"Accept-Language": ";q=,,en;q=x"},
    {"Accept-Encoding": "gzip;q=nan, ;q=, identity;q=-1"},
    {"If-None-Match": '"' * 99},
    {"If-Modified-Since": "Mon, 99 Foo 99999 99:99:99 GMT"},
    {"If-Modified-Since": "Fri, 31 Dec 9999 23:59:59 -9999"},
    {"Range": "bytes=9-1,-,99999999999999999999-"},
    {"Cookie": "koostoo=.eJx; koostoo_desk=\x85; koostoo_browser=" + "x" * 3000},
    {"Cookie": "=; ; koostoo"},
    {"Authorization": "Bearer"},
    {"Authorization": "Bearer koostoo_\xff\xfe"},
    {"Authorization": "Basic !!!"},
    {"X-CSRFToken": "\xff"},
    {"Content-Type": "multipart/form-data"},
    {"Content-Type": "application/json; charset=no-such"},
    {"Content-Type": "application/x-www-form-urlencoded; charset=utf-16"},
)


class Asked(ImmutableMultiDict[str, Any]):
    """The values of a request; remembers which were asked for."""

    names: ClassVar[set[str]] = set()

    def get(self, key: str, *args: Any, **kwargs: Any) -> Any:
        """Remember the name."""
        self.names.add(key)
        return super().get(key, *args, **kwargs)

    def getlist(self, key: str, *args: Any, **kwargs: Any) -> Any:
        """Remember the name."""
        self.names.add(key)
        return super().getlist(key, *args, **kwargs)

    def __contains__(self, key: object) -> bool:
        self.names.add(str(key))
        return super().__contains__(key)


class _Listening(Request):
    parameter_storage_class = Asked


@contextmanager
def listening(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """Collect the names of the values that requests inside ask for."""
    with monkeypatch.context() as patch:
        patch.setattr(app, "request_class", _Listening)
        patch.setattr(Asked, "names", set())
        yield Asked.names


def spoiled(random: Random, names: list[str], good: Pairs) -> Pairs:
    """Return good values with some spoiled, left out, doubled, or put where none are."""
    pairs = [pair for pair in good if random.random() > 0.03]
    for name in random.sample(names, min(len(names), random.choice((1, 2, 4, 12)))):
        if name == "csrf_token" and random.random() < 0.9:
            continue
        pairs = [pair for pair in pairs if pair[0] != name]
        pairs += [(name, random.choice(VALUES)) for _time in range(random.choice((1, 1, 1, 3)))]
        if random.random() < 0.05:
            pairs.append((f"{name}[]", random.choice(VALUES)))
    return pairs


def encoded(pairs: Pairs) -> str:
    """Return the pairs as they travel; half characters as the bytes they would be."""
    return urlencode(pairs, encoding="utf-8", errors="surrogatepass")
