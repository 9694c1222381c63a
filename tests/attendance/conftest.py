"""An event that is held today, and what helpers do at its door."""

from collections.abc import Callable
from datetime import timedelta
from secrets import token_hex
from typing import Any

import pytest

from koostoo.accounts.models import Organiser
from koostoo.accounts.service import invite_organiser
from koostoo.attendance.rules import WalkIn
from koostoo.base.clock import local_day, now
from koostoo.base.database import db
from koostoo.base.when import When
from koostoo.events.models import Event

TODAY = local_day(now())


@pytest.fixture
def held_today(make_event: Callable[..., Event]) -> Callable[..., Event]:
    """A factory of events that last from today to tomorrow."""
    return lambda **values: make_event(
        **{"when": When.days(TODAY, TODAY + timedelta(days=1)), **values}
    )


@pytest.fixture
def helper(app: object) -> int:
    """The number of an organiser who stands at the door."""
    invite_organiser("abiline@example.org", now())
    return db.session.query(Organiser).one().id


@pytest.fixture
def walk_in() -> Callable[..., WalkIn]:
    """A factory of people who come without having signed up."""

    def make(**values: Any) -> WalkIn:
        fields: dict[str, Any] = {
            "operation": token_hex(16),
            "day": TODAY,
            "at": now(),
            "first_name": "Jaan",
            "last_name": "Juhuslik",
            "organisation_id": None,
            "other_organisation": "Näidise vald",
            "member_organisation": "",
            "note": "",
        }
        return WalkIn(**{**fields, **values})

    return make
