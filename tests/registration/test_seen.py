"""Who was seen before is found at once, however many there are."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event as hooks

from koostoo.base.database import db
from koostoo.events.models import Event
from koostoo.registration.rules import SignUp
from koostoo.registration.seen import who_was_seen


def test_both_ways_to_have_been_seen_are_looked_up_in_a_unique_index(
    make_event: Callable[..., Event], entry: Callable[..., SignUp]
) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL chooses by how many rows there are, and here are none")
    event_id, asked = make_event().id, list[Any]()

    def note(_connection: Any, _cursor: Any, *asking: Any) -> None:
        asked.append(asking[:2])

    hooks.listen(db.engine, "before_cursor_execute", note)
    assert who_was_seen(db.session(), event_id, entry()).person is None
    hooks.remove(db.engine, "before_cursor_execute", note)
    statement, values = asked[-1]
    plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
    used = " ".join(row[3] for row in plan)
    assert "uq_registration_person" in used
    assert "form_nonce=?" in used
    assert "SCAN" not in used
