"""People at browsers, as the tests on a real server need them."""

import re
from secrets import token_hex

from benchmarks import visits


def form_of(page: str, number: int) -> dict[str, str]:
    """Fill in the sign-up form as person `number`."""
    organisation = re.search(r'<option value="(\d+)"', page)
    assert organisation is not None
    return {
        "csrf_token": visits.field_value(page, "csrf_token"),
        "nonce": token_hex(12),
        "first_name": "Mari",
        "last_name": f"Maasikas{number}",
        "email": address(number),
        "organisation": organisation[1],
        "role": "member",
        "language": "et",
        "privacy": "y",
    }


def address(number: int) -> str:
    """Return the address of person `number`, at one of several domains."""
    return f"mari{number}@d{number % 9}.example.org"


def number_of(address: str) -> int:
    """Return whose address this is."""
    return int(address.removeprefix("mari").partition("@")[0])
