"""What has to be there after an event, and until when."""

from datetime import date

import pytest

from koostoo.files.rules import due_on, missing_evidence, working_days_before


@pytest.mark.parametrize(
    ("mode", "kinds", "has_programme", "missing"),
    [
        ("onsite", [], False, ("sheet", "photo", "programme", "news")),
        ("onsite", ["cover", "document", "other"], True, ("sheet", "photo", "news")),
        ("hybrid", ["sheet", "photo", "programme", "news"], False, ()),
        ("online", [], True, ("meeting_log", "sheet")),
        ("online", ["meeting_log"], False, ("sheet",)),
    ],
)
def test_what_is_missing_follows_from_how_the_event_was_held(
    mode: str, kinds: list[str], has_programme: bool, missing: tuple[str, ...]
) -> None:
    assert missing_evidence(mode, kinds, has_programme=has_programme) == missing


@pytest.mark.parametrize(
    ("held", "due"),
    [
        # Thursday: Friday, then Monday to Thursday.
        (date(2024, 3, 14), date(2024, 3, 21)),
        # Good Friday is 29 March 2024.
        (date(2024, 3, 26), date(2024, 4, 3)),
        # Midsummer and Victory Day are Monday and Tuesday.
        (date(2025, 6, 19), date(2025, 6, 30)),
        (date(2026, 12, 22), date(2026, 12, 31)),
    ],
)
def test_the_list_of_a_web_meeting_is_due_after_five_working_days(held: date, due: date) -> None:
    assert due_on("sheet", "online", held) == due


def test_nothing_else_has_a_day() -> None:
    assert due_on("meeting_log", "online", date(2024, 3, 14)) is None
    assert due_on("sheet", "onsite", date(2024, 3, 14)) is None


def test_working_days_are_counted_back_over_a_weekend_and_holidays() -> None:
    assert working_days_before(date(2024, 3, 19), 2) == date(2024, 3, 15)
    # Good Friday is 29 March 2024.
    assert working_days_before(date(2024, 4, 2), 2) == date(2024, 3, 28)
