"""How many tests of letters an organiser may send to themselves; one limit for all kinds."""

from datetime import datetime, timedelta

from flask import flash
from flask_babel import gettext as _

from koostoo.accounts.limits import count_attempt
from koostoo.web.rights import organiser_id

TESTS = (10, timedelta(hours=1))
"""So many tests in so long a time."""


def may_test(now: datetime) -> bool:
    """Count a test that is asked for at `now`; where it is one too many, say so on the page."""
    if count_attempt("mail-test", str(organiser_id()), *TESTS, now):
        return True
    flash(_("That is enough tests for this hour. Please wait a little."), "warning")
    return False
