from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import select

from koostoo.accounts.limits import count_attempt
from koostoo.accounts.models import Attempt
from koostoo.base.database import db

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_the_try_after_the_limit_is_refused(app: Flask) -> None:
    assert [count_attempt("links", "mari@example.org", 2, HOUR, NOW) for _ in range(3)] == [
        True,
        True,
        False,
    ]


def test_other_sources_other_kinds_and_the_next_window_count_apart(app: Flask) -> None:
    assert count_attempt("links", "mari@example.org", 1, HOUR, NOW)
    assert count_attempt("links", "jaan@example.org", 1, HOUR, NOW)
    assert count_attempt("signin", "mari@example.org", 1, HOUR, NOW)
    assert count_attempt("links", "mari@example.org", 1, HOUR, NOW + HOUR)


def test_no_address_is_stored_and_lapsed_rows_go(app: Flask) -> None:
    count_attempt("links", "mari@example.org", 1, HOUR, NOW)
    count_attempt("links", "jaan@example.org", 1, HOUR, NOW + HOUR)
    buckets = db.session.scalars(select(Attempt.bucket)).all()
    assert len(buckets) == 1
    assert "example" not in buckets[0]
