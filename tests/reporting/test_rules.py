"""What falls due and how weeks are counted, as plain values."""

from datetime import UTC, date, datetime, timedelta

from koostoo.reporting.rules import (
    WEEKS,
    Deadline,
    EventFacts,
    count_weeks,
    deadlines,
    week_starts,
)

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def event(**values: object) -> EventFacts:
    facts = EventFacts(1, "published", True, None, NOW + 3 * DAY, NOW + 10 * DAY)
    return facts._replace(**values)  # type: ignore[arg-type]  # the names are those of the tuple


def kinds(found: list[Deadline]) -> list[str]:
    return [one.kind for one in found]


def test_what_falls_due_within_two_weeks_is_told_the_next_first() -> None:
    release = Deadline(NOW + DAY, "release", 1, 5)
    assert kinds(deadlines([event()], [release], NOW)) == ["release", "closes", "begins"]


def test_what_is_past_or_further_away_is_not_told() -> None:
    found = event(opens_at=NOW - DAY, closes_at=NOW + 15 * DAY)
    assert kinds(deadlines([found], [], NOW)) == ["begins"]


def test_a_draft_and_an_event_without_registration_have_no_such_deadlines() -> None:
    assert deadlines([event(state="draft"), event(state="called_off")], [], NOW) == []
    assert kinds(deadlines([event(takes_registrations=False)], [], NOW)) == ["begins"]


def test_weeks_begin_on_mondays_and_end_with_the_present_one() -> None:
    starts = week_starts(date(2026, 11, 25))
    assert len(starts) == WEEKS
    assert {day.weekday() for day in starts} == {0}
    assert starts[-1] == date(2026, 11, 23)


def test_numbers_by_week_add_up_over_events() -> None:
    assert count_weeks([]) == [0] * WEEKS
    assert count_weeks([range(WEEKS), [1] * WEEKS]) == [1 + week for week in range(WEEKS)]
