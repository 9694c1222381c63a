"""Who was seen before is found at once, however many there are."""

from collections.abc import Callable

from koostoo.base.database import db
from koostoo.events.models import Event
from koostoo.registration.rules import SignUp
from koostoo.registration.seen import who_was_seen
from tests.statements import plans_of


def test_both_ways_to_have_been_seen_are_looked_up_in_a_unique_index(
    make_event: Callable[..., Event], entry: Callable[..., SignUp]
) -> None:
    event_id = make_event().id

    def step() -> None:
        assert who_was_seen(db.session(), event_id, entry()).person is None

    used = plans_of(step)[-1]
    assert "uq_registration_person" in used
    assert "form_nonce=?" in used
    assert "SCAN" not in used
