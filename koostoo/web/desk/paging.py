"""Lists in pages, for the macro `pagination`."""

from typing import Any, NamedTuple

from flask import request, url_for

PAGE_SIZE = 100


class Paging(NamedTuple):
    """Where a page begins, and what the macro needs."""

    offset: int
    pages: dict[str, Any]


def paging(endpoint: str, total: int, **values: Any) -> Paging:
    """Return the page the address asks for, counted from 1, or the nearest that is there."""
    typed = request.args.get("page", "")
    wanted = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 6 else 1
    count = max(1, -(-total // PAGE_SIZE))
    number = min(max(wanted, 1), count)

    def url(one: int) -> str | None:
        return url_for(endpoint, **values, page=one) if 1 <= one <= count else None

    pages = {
        "number": number,
        "count": count,
        "prev_url": url(number - 1),
        "next_url": url(number + 1),
    }
    return Paging((number - 1) * PAGE_SIZE, pages)
