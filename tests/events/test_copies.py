"""When a copy takes place, and what becomes of its questions."""

from datetime import UTC, date, datetime, timedelta

import pytest

from koostoo.base.localtext import LocalText
from koostoo.base.when import When
from koostoo.events.questions import NOWHERE, AskedIf, QuestionDraft, condition_faults
from koostoo.events.rules import EventDraft, QuotaDraft, first_day_of_copy, shifted

TODAY = date(2026, 11, 26)
MAY = datetime(2026, 5, 29, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("when", "first"),
    [
        (When.timed(MAY, MAY + timedelta(hours=5)), date(2027, 5, 28)),
        (When.days(date(2026, 12, 11)), date(2027, 12, 10)),
        # Of an event long past, the first year that still lies ahead.
        (When.days(date(2024, 8, 16), date(2024, 8, 17)), date(2027, 8, 13)),
        (When.days(date(2024, 2, 29)), date(2027, 2, 25)),
        (When.month(2026, 11), date(2027, 11, 1)),
        (When.of_season(2025, "spring"), date(2027, 3, 1)),
    ],
)
def test_a_copy_begins_on_the_same_weekday_of_a_coming_year(when: When, first: date) -> None:
    found = first_day_of_copy(when, TODAY)
    assert found == first
    assert not when.is_fixed or found.weekday() == when.first.weekday()


def test_every_day_moves_along_and_months_by_the_year() -> None:
    draft = EventDraft(
        activity_id=1,
        organiser_id=1,
        title=LocalText("Reis"),
        when=When.month(2026, 11),
        opens_at=datetime(2026, 9, 1, 6, tzinfo=UTC),
        closes_at=datetime(2026, 10, 25, 21, 59, tzinfo=UTC),
        members_first_until=datetime(2026, 9, 15, 21, 59, tzinfo=UTC),
        quotas=(QuotaDraft(1, 5, datetime(2026, 10, 1, 20, 59, tzinfo=UTC)), QuotaDraft(2, 3)),
        invited=(1, 2),
    )
    copied = shifted(draft, first_day_of_copy(draft.when, TODAY))
    assert copied.when == When.month(2027, 11)
    assert copied.opens_at == datetime(2027, 9, 1, 6, tzinfo=UTC)
    # By the clock in Tallinn: the clocks have not gone back yet on that day of 2027.
    assert copied.closes_at == datetime(2027, 10, 25, 20, 59, tzinfo=UTC)
    assert copied.members_first_until == datetime(2027, 9, 15, 21, 59, tzinfo=UTC)
    assert [quota.release_at for quota in copied.quotas] == [
        datetime(2027, 10, 1, 20, 59, tzinfo=UTC),
        None,
    ]
    assert copied.invited == (1, 2)


def test_a_question_that_waits_for_one_that_is_gone_is_asked_of_everybody() -> None:
    stay = QuestionDraft(1, "yesno", LocalText("Ööbid?"))
    room = QuestionDraft(2, "text", LocalText("Tuba"), asked_if=AskedIf(NOWHERE, yes=True))
    mate = QuestionDraft(3, "text", LocalText("Kellega"), asked_if=AskedIf(0, yes=True))
    draft = EventDraft(
        activity_id=1,
        organiser_id=1,
        title=LocalText("Reis"),
        when=When.days(TODAY),
        questions=(stay, room, mate),
    )
    copied = shifted(draft, TODAY + timedelta(days=364)).questions
    assert [question.asked_if for question in copied] == [None, None, AskedIf(0, yes=True)]
    assert condition_faults(copied) == {}
    assert [question.id for question in copied] == [None, None, None]
