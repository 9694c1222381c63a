"""The letter about a change of time or place: what it compares, whom it asks, when it is silent."""

from datetime import timedelta
from typing import Any

import pytest

from koostoo.base.database import transaction
from koostoo.base.localtext import LocalText
from koostoo.base.when import When
from koostoo.events.models import Event, Move
from koostoo.events.moves import told_of
from koostoo.mail.letter import Letter
from koostoo.mail.models import OutboxMessage
from koostoo.notices.render import render
from koostoo.registration.models import Registration
from tests.mail.world import NOW, TRIP, change, make_event, make_registration, post

pytestmark = pytest.mark.usefixtures("app")

HALL = LocalText("Näidise külamaja", "Näidise village hall")
SCHOOL = LocalText("Näidise kool", "Näidise school")
LATER = When.days(TRIP.first + timedelta(days=7))


def move(event_id: int, words: LocalText | None = None, days: int | None = None, **to: Any) -> int:
    """Change the event as the desk does; returns the number of the move."""
    with transaction() as session:
        event = session.get_one(Event, event_id)
        until = None if days is None else NOW + timedelta(days=days)
        moved = Move(
            event_id=event_id,
            at=NOW,
            before=told_of(event),
            words=words or LocalText(),
            answer_until=until,
        )
        session.add(moved)
        for name, value in to.items():
            setattr(event, name, value)
        event.sequence += 1
        session.flush()
        return moved.id


def news(seat: int, moved: int, language: str = "en") -> int:
    return post("event_changed", seat, language=language, payload={"move": moved})


def written(message: int, after: timedelta = timedelta()) -> Letter:
    letter = render(message, NOW + after)
    assert letter is not None
    return letter


def text(message: int) -> str:
    return written(message).text.replace("\u00a0", " ")


def test_old_and_new_stand_side_by_side_in_both_bodies() -> None:
    event = make_event()
    seat = make_registration(event)
    message = news(seat, move(event, place=SCHOOL, when=LATER))
    letter = written(message)
    assert letter.subject == "New time and place: Study trip to Võru"
    for body in (letter.text, letter.html):
        for words in (
            "Tuesday 15 September 2026",
            "Tuesday 8 September 2026, 09:30–16:00",
            "Näidise school",
            "Näidise village hall",
        ):
            assert words in body


@pytest.mark.parametrize(
    ("to", "subject"),
    [
        ({"when": LATER}, "New time: Study trip to Võru"),
        ({"place": SCHOOL}, "New place: Study trip to Võru"),
        ({"join_link": "https://meet.example.org/x"}, "The event has changed: Study trip to Võru"),
    ],
)
def test_the_subject_says_what_is_new(to: dict[str, Any], subject: str) -> None:
    event = make_event()
    message = news(make_registration(event), move(event, **to))
    assert written(message).subject == subject


def test_only_what_differs_is_compared() -> None:
    event = make_event()
    body = text(news(make_registration(event), move(event, place=SCHOOL)))
    assert "Earlier place: Näidise village hall\n" in body
    assert "Earlier time" not in body


def test_an_event_that_goes_over_to_the_web_says_how_one_takes_part() -> None:
    event = make_event()
    to: dict[str, Any] = {"mode": "online", "place": LocalText()}
    to["join_link"] = "https://meet.example.org/x"
    body = text(news(make_registration(event), move(event, **to)))
    assert "Where: web meeting\nEarlier place: Näidise village hall\n" in body
    assert "How to take part: online\nEarlier: on site\n" in body
    assert "The link of the web meeting is a new one." not in body


def test_who_has_a_seat_reads_that_the_link_is_another_one() -> None:
    event = make_event(mode="online", join_link="https://meet.example.org/old")
    seat = make_registration(event)
    body = text(news(seat, move(event, join_link="https://meet.example.org/new")))
    assert "The link of the web meeting is a new one." in body
    assert "https://meet.example.org/new" in body
    assert "https://meet.example.org/old" not in body


@pytest.mark.parametrize("mode", ["hybrid", "onsite"])
def test_a_link_that_is_gone_is_no_new_one(mode: str) -> None:
    event = make_event(mode="online", join_link="https://meet.example.org/old")
    letter = written(news(make_registration(event), move(event, mode=mode, join_link="")))
    assert "link" not in letter.subject
    for body in (letter.text, letter.html):
        assert "The link of the web meeting no longer works." in body
        assert "is a new one" not in body
        assert "meet.example.org" not in body


def test_who_has_no_seat_learns_nothing_of_the_new_link() -> None:
    event = make_event(mode="online", join_link="https://meet.example.org/old")
    waiting = make_registration(event, state="waiting")
    assert render(news(waiting, move(event, join_link="https://meet.example.org/new")), NOW) is None
    words = LocalText("Uus link tuleb koos kohaga.")
    letter = written(news(waiting, move(event, words, join_link="https://meet.example.org/2")))
    assert letter.subject == "The event has changed: Study trip to Võru"
    assert "Uus link tuleb koos kohaga." in letter.text
    assert "web meeting" not in letter.text
    assert "meet.example.org" not in letter.text
    assert "You keep your place in the queue: 1." in letter.text


def ask(event: int, **people: Any) -> tuple[int, int]:
    """Move the event with a question until two days later; returns a seat and its letter."""
    moved = move(event, days=2, place=SCHOOL)
    seat = make_registration(event, move_id=moved, **people)
    return seat, news(seat, moved)


def test_the_question_stands_in_subject_and_bodies_and_leads_to_the_own_page() -> None:
    _seat, message = ask(make_event())
    letter = written(message)
    assert letter.subject == (
        "New place, please answer by 5 August 2026, 12:00: Study trip to Võru"
    )
    for body in (letter.text, letter.html):
        assert "Are you still coming? Please answer by 5 August 2026, 12:00." in body
        assert "/en/my/" in body


def test_who_has_answered_meanwhile_is_not_asked_again() -> None:
    seat, message = ask(make_event())
    change(Registration, seat, still_comes_at=NOW)
    letter = written(message)
    assert letter.subject == "New place: Study trip to Võru"
    assert "Are you still coming" not in letter.text


def test_a_letter_that_leaves_after_the_time_asks_without_it() -> None:
    _seat, message = ask(make_event())
    letter = written(message, timedelta(days=3))
    assert letter.subject == "New place: Study trip to Võru"
    assert "Are you still coming? Please tell us soon." in letter.text


def test_moved_twice_while_waiting_only_the_newest_is_told_against_what_was_known() -> None:
    event = make_event()
    seat = make_registration(event)
    first = news(seat, move(event, place=SCHOOL))
    second = news(seat, move(event, when=LATER, place=LocalText("Mets", "Forest")))
    assert render(first, NOW) is None
    change(OutboxMessage, first, state="skipped")
    body = text(second)
    assert "Where: Forest\nEarlier place: Näidise village hall\n" in body
    assert "Earlier time: Tuesday 8 September 2026, 09:30–16:00\n" in body
    assert "school" not in body


@pytest.mark.parametrize("place", [HALL, SCHOOL, LocalText("Mets", "Forest")])
@pytest.mark.parametrize("between", [None, "changed"])
def test_a_question_whose_letter_did_not_leave_is_put_by_the_next(
    place: LocalText, between: str | None
) -> None:
    event = make_event()
    seat = make_registration(event)
    asked = move(event, LocalText("Tellime bussi."), days=2, place=SCHOOL)
    change(Registration, seat, move_id=asked)
    first = news(seat, asked)
    if between is not None:
        change(OutboxMessage, post(between, seat), state="sent")
    second = news(seat, move(event, place=place))
    assert render(first, NOW) is None
    change(OutboxMessage, first, state="skipped")
    letter = written(second)
    assert "please answer by 5 August 2026, 12:00" in letter.subject
    assert "Are you still coming? Please answer by 5 August 2026, 12:00." in letter.text
    assert "Tellime bussi." in letter.text


def test_a_question_put_in_a_letter_that_left_is_not_put_again_by_the_next() -> None:
    event = make_event()
    seat, first = ask(event)
    change(OutboxMessage, first, state="sent")
    second = written(news(seat, move(event, place=LocalText("Mets", "Forest"))))
    assert second.subject == "New place: Study trip to Võru"
    assert "Are you still coming" not in second.text


def test_what_a_letter_has_told_is_what_the_next_compares_with() -> None:
    event = make_event()
    seat = make_registration(event)
    first = news(seat, move(event, place=SCHOOL))
    change(OutboxMessage, first, state="sent")
    body = text(news(seat, move(event, place=LocalText("Mets", "Forest"))))
    assert "Earlier place: Näidise school\n" in body


def test_another_letter_in_between_has_told_the_place_too() -> None:
    event = make_event()
    seat = make_registration(event)
    lost = news(seat, move(event, place=SCHOOL))
    change(OutboxMessage, lost, state="failed")
    change(OutboxMessage, post("changed", seat), state="sent")
    body = text(news(seat, move(event, place=LocalText("Mets", "Forest"))))
    assert "Earlier place: Näidise school\n" in body


def test_a_change_that_was_taken_back_before_anybody_heard_of_it_is_not_told() -> None:
    event = make_event()
    seat = make_registration(event)
    first = news(seat, move(event, place=SCHOOL))
    second = news(seat, move(event, place=HALL))
    for message in (first, second):
        assert render(message, NOW) is None
        change(OutboxMessage, message, state="skipped")


def test_taken_back_or_not_words_and_questions_are_sent() -> None:
    event = make_event()
    seat = make_registration(event)
    change(OutboxMessage, news(seat, move(event, place=SCHOOL)), state="skipped")
    moved = move(event, LocalText("Jääb nii, nagu oli"), place=HALL)
    assert "Jääb nii, nagu oli" in text(news(seat, moved))


def test_a_change_taken_back_after_an_invite_with_it_has_left_is_told() -> None:
    event = make_event()
    seat = make_registration(event)
    lost = news(seat, move(event, place=SCHOOL))
    change(OutboxMessage, lost, state="skipped")
    change(OutboxMessage, post("changed", seat), state="sent")
    back = written(news(seat, move(event, place=HALL)))
    assert "Earlier place: Näidise school\n" in back.text
    assert back.calendar is not None
    assert (back.calendar.method, back.calendar.sequence) == ("REQUEST", 2)


def test_the_letters_of_another_person_are_not_mistaken_for_ones_own() -> None:
    event = make_event()
    seat, other = make_registration(event), make_registration(event, email="m@example.com")
    first = move(event, place=SCHOOL)
    mine, theirs = news(seat, first), news(other, first)
    change(OutboxMessage, theirs, state="sent")
    assert "Earlier place: Näidise village hall\n" in text(mine)


def test_who_was_released_reads_why_and_where_to_sign_up_again() -> None:
    seat = make_registration(make_event(slug="voru"), state="cancelled", invited_sequence=0)
    letter = written(post("released", seat, language="en"))
    assert "We got no answer" in letter.text
    assert "/en/events/voru" in letter.text
    assert letter.calendar is not None
    assert letter.calendar.method == "CANCEL"
