"""The token a program shows: whose eyes it lends, and how often it may ask."""

from contextlib import suppress
from datetime import timedelta

from flask import request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import TooManyRequests, Unauthorized

from koostoo.accounts.api_tokens import find_token, note_used
from koostoo.accounts.limits import count_attempt
from koostoo.accounts.models import ApiToken, Organiser
from koostoo.base.clock import local_day, now
from koostoo.base.retry import Busy

A_MINUTE = timedelta(minutes=1)
PER_MINUTE = 120
"""Requests a token may make in a minute, over all processes."""
_REALM = WWWAuthenticate("bearer", {"realm": "koostoo"})


def token_owner() -> tuple[ApiToken, Organiser]:
    """Return the token shown and whose it is; raise Unauthorized or TooManyRequests.

    No cookie counts: a page of another site cannot ask in an organiser's name.
    """
    moment = now()
    today = local_day(moment)
    token = find_token(_shown(), today)
    if token is None:
        raise Unauthorized(www_authenticate=_REALM)
    number, is_new_day = token.id, token.last_used_on != today
    if not count_attempt("api", str(number), PER_MINUTE, A_MINUTE, moment):
        raise TooManyRequests(retry_after=60 - int(moment.timestamp()) % 60)
    if is_new_day:
        # Where the database is too busy for that, the next request does it.
        with suppress(Busy):
            note_used(number, today)
    # Counting dropped what was read: the token may have been taken back meanwhile.
    token = find_token(_shown(), today)
    if token is None:
        raise Unauthorized(www_authenticate=_REALM)
    return token, token.organiser


def _shown() -> str:
    scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
    return shown.strip() if scheme.lower() == "bearer" else ""
