"""A letter that came back is noted on its row, once, and only if it can have left."""

from datetime import timedelta

import pytest

from koostoo.base.database import transaction
from koostoo.mail import bounces, delivery, outbox
from koostoo.mail.answers import Failure
from koostoo.mail.causes import Cause
from koostoo.mail.models import OutboxMessage
from koostoo.mail.reports import Report
from tests.mail.world import NOW, change, message, post, tries

LATER = NOW + timedelta(hours=1)
REASON = "550 5.1.1 <juta@example.com>:\r\n  Recipient address rejected"

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def sent() -> int:
    """A letter the server took."""
    row = post("confirmed", queue="a")
    with transaction() as session:
        taken = delivery.claim(session, NOW)
        assert taken is not None
        delivery.mark_sent(session, taken, "juta@example.com", "mail.example.ee", "250", NOW)
    return row


def bounce(which: str | int, recipient: str | None = None) -> int | None:
    with transaction() as session:
        found = outbox.mark_bounced(session, which, REASON, LATER, recipient)
        return None if found is None else found.id


@pytest.mark.parametrize("form", ["{}", " {} ", "<{}>"])
def test_a_letter_that_came_back_is_found_by_its_message_id(sent: int, form: str) -> None:
    bare = message(sent).message_id.strip("<>")
    assert bounce(form.format(bare)) == sent
    found = message(sent)
    assert (found.state, found.reason) == ("bounced", "bounced")
    assert found.answer == "550 5.1.1 <juta@example.com>: Recipient address rejected"
    assert (found.server, found.sent_at) == ("mail.example.ee", NOW)
    assert [outcome for _number, outcome, *_ in tries(sent)] == ["accepted", "bounced"]


def test_it_is_found_by_its_number_too(sent: int) -> None:
    assert bounce(sent) == sent


def test_a_second_report_changes_nothing(sent: int) -> None:
    assert [bounce(sent), bounce(sent)] == [sent, None]
    assert len(tries(sent)) == 2


def test_a_report_about_an_address_that_was_corrected_since_changes_nothing(sent: int) -> None:
    change(OutboxMessage, sent, recipient="right@example.org")
    assert bounce(sent, "juta@example.com") is None
    assert message(sent).state == "sent"
    assert bounce(sent, "Right@Example.org") == sent


@pytest.mark.parametrize("which", ["<made-up@example.org>", "", "%", 999_999_999])
def test_a_report_about_no_letter_of_ours_changes_nothing(sent: int, which: str | int) -> None:
    assert bounce(which) is None
    assert message(sent).state == "sent"


@pytest.mark.parametrize("state", ["failed", "skipped", "queued", "sending"])
def test_what_has_not_left_cannot_come_back(sent: int, state: str) -> None:
    change(OutboxMessage, sent, state=state)
    assert bounce(sent) is None
    assert message(sent).state == state


def test_a_letter_of_unknown_outcome_that_comes_back_is_not_sent_again() -> None:
    row = post("confirmed", queue="a")
    with transaction() as session:
        taken = delivery.claim(session, NOW)
        assert taken is not None
        cut = Failure("unknown", "SMTPServerDisconnected")
        delivery.mark_failure(session, taken, "juta@example.com", cut, NOW)
    assert bounce(row) == row
    with transaction() as session:
        assert delivery.claim(session, LATER) is None


def test_a_letter_that_came_back_lets_the_next_of_its_queue_go_and_can_be_tried_again(
    sent: int,
) -> None:
    following = post("changed", queue="a")
    bounce(sent)
    with transaction() as session:
        again = outbox.try_again(session, [session.get_one(OutboxMessage, sent)], LATER)
        assert [row.id for row in again] == [sent]
    with transaction() as session:
        taken = delivery.claim(session, LATER)
    assert taken is not None
    assert taken.id == sent
    assert following != sent


def report(*recipients: str, cause: Cause = "address", number: str = "") -> Report:
    return Report("failed", (number,), cause, REASON, recipients)


def read_report(sent: int, *recipients: str, cause: Cause = "address") -> str:
    number = message(sent).message_id
    with transaction() as session:
        found = report(*recipients, cause=cause, number=number)
        return bounces.mark_bounced(session, found, LATER)


@pytest.mark.parametrize(
    ("cause", "reason"),
    [("address", "bounced"), ("later", "bounced_soft"), ("refused", "bounced_refused")],
)
def test_it_says_whether_the_address_is_wrong_or_it_may_work_later(
    sent: int, cause: Cause, reason: str
) -> None:
    assert read_report(sent, cause=cause) == "bounced"
    assert (message(sent).state, message(sent).reason) == ("bounced", reason)
    assert [outcome for _number, outcome, *_ in tries(sent)] == ["accepted", reason]


def test_a_late_report_about_the_address_before_it_was_corrected_is_left_alone(sent: int) -> None:
    change(OutboxMessage, sent, recipient="right@example.org")
    assert read_report(sent, "Juta@example.com", "juta@mail.example.com") == "bounce_idle"
    assert message(sent).state == "sent"


def test_a_report_under_a_name_we_never_wrote_to_counts(sent: int) -> None:
    assert read_report(sent, "juta@mail.example.com") == "bounced"


def test_a_report_about_no_letter_of_ours_is_known_as_such() -> None:
    with transaction() as session:
        assert bounces.mark_bounced(session, report(), LATER) == "bounce_unknown"


def test_of_several_letters_a_report_may_be_about_the_surest_counts() -> None:
    earlier, letter = post("confirmed", queue="a"), post("changed", queue="a")
    for number in (earlier, letter):
        change(OutboxMessage, number, state="sent", attempts=1)
    ids = (message(letter).message_id, message(earlier).message_id)
    with transaction() as session:
        found = Report("failed", ids, "address", REASON)
        assert bounces.mark_bounced(session, found, LATER) == "bounced"
    assert (message(letter).state, message(earlier).state) == ("bounced", "sent")
