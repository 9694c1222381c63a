from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from koostoo.base.database import Base, db, transaction
from koostoo.base.holidays import is_public_holiday
from koostoo.events import samples
from koostoo.events.load import load_project
from koostoo.events.models import Condition, Event, Option, Question
from koostoo.events.questions import AskedIf
from koostoo.events.samples import NoProjectError, add_samples, remove_samples, sample_dates
from koostoo.mail.models import OutboxMessage
from koostoo.programme import project_file
from koostoo.registration.models import Answer, CalendarReply, Registration

pytestmark = pytest.mark.usefixtures("app")

SHIPPED = (Path(project_file.__file__).with_name("data") / "kogemusvahetus.toml").read_text("utf-8")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
HOST = "koostoo.example.org"


@pytest.fixture
def _project(app: Flask) -> None:
    load_project(SHIPPED, NOW, HOST)


def sample_events() -> list[Event]:
    return list(db.session.scalars(select(Event).where(Event.is_sample).order_by(Event.starts_on)))


def count(model: type[Base]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def sign_up(event: Event, number: int = 1) -> None:
    """Write a registration with an answer, a queued letter and a word of their calendar."""
    with transaction() as session:
        registration = Registration(
            event_id=event.id,
            state="confirmed",
            first_name="Mari",
            last_name="Mänd",
            person_key="mari mänd",
            sort_key=f"{number}",
            email="mari@example.org",
            email_key="mari@example.org",
            role="member",
            language="et",
            source="form",
            privacy_accepted_at=NOW,
            queued_at=NOW,
            created_at=NOW,
            revised_at=NOW,
            link_id=f"link{number}",
            form_nonce=f"nonce{number}",
            uid=f"uid{number}",
        )
        session.add(registration)
        session.flush()
        question = session.scalar(select(Question).where(Question.event_id == event.id))
        if question:
            session.add(
                Answer(registration_id=registration.id, question_id=question.id, value="jah")
            )
        session.add(
            CalendarReply(
                registration_id=registration.id,
                partstat="ACCEPTED",
                sequence=0,
                stamp=NOW,
                received_at=NOW,
            )
        )
        session.add(
            OutboxMessage(
                kind="confirmed",
                queue=f"registration:{registration.id}",
                registration_id=registration.id,
                recipient="mari@example.org",
                language="et",
                payload={},
                message_id=f"<{number}@example.org>",
                created_at=NOW,
                next_try_at=NOW,
            )
        )


@pytest.mark.usefixtures("_project")
def test_five_samples_are_open_and_marked() -> None:
    assert add_samples(TODAY, NOW, HOST) == 5
    for event in sample_events():
        assert (event.state, event.takes_registrations) == ("published", True)
        assert event.starts_on > TODAY
        assert event.closes_at is not None
        assert event.closes_at > NOW
        assert event.uid.endswith("@" + HOST)


@pytest.mark.usefixtures("_project")
def test_samples_show_every_kind_of_event() -> None:
    add_samples(TODAY, NOW, HOST)
    events = {one.slug: one for one in sample_events()}
    trip = events["naidis-oppereis"]
    assert (trip.when.last - trip.when.first, trip.capacity) == (timedelta(days=1), 40)
    assert [(one.kind, len(one.options)) for one in trip.questions] == [
        ("choice", 4),
        ("choices", 4),
        ("yesno", 0),
        ("text", 0),
    ]
    stay, mate = trip.questions[2:]
    assert trip.conditions == {mate.id: AskedIf(stay.id, yes=True)}
    assert events["naidis-veebikoosolek"].join_link.startswith("https://meet.example.org/")
    assert events["naidis-valisoppereis"].when.kind == "season"
    assert {one.activity.slug for one in events.values()} == {
        "partnerite-koosolekud",
        "koostooseminar",
        "liikmete-oppereis",
        "suururitus",
        "valisoppereis",
    }


@pytest.mark.usefixtures("_project")
def test_samples_speak_both_languages_and_use_example_domains() -> None:
    add_samples(TODAY, NOW, HOST)
    for event in sample_events():
        texts = [event.title, event.summary, event.programme, event.audience, event.place]
        for question in event.questions:
            texts += [question.label, *(option.label for option in question.options)]
        assert [text for text in texts if not (text.et and text.en)] == []
        assert event.contact_email.endswith("@example.org")


@pytest.mark.usefixtures("_project")
def test_adding_again_adds_nothing() -> None:
    add_samples(TODAY, NOW, HOST)
    before = [(one.uid, one.revised_at, one.when) for one in sample_events()]
    assert add_samples(TODAY + timedelta(days=1), NOW + timedelta(days=1), HOST) == 0
    assert [(one.uid, one.revised_at, one.when) for one in sample_events()] == before


@pytest.mark.usefixtures("_project")
def test_loading_the_project_again_does_not_mind_the_samples() -> None:
    add_samples(TODAY, NOW, HOST)
    report = load_project(SHIPPED, NOW + timedelta(days=1), HOST)
    assert (report.added, report.changed, report.vanished) == ([], [], [])


def test_samples_need_the_project() -> None:
    with pytest.raises(NoProjectError):
        add_samples(TODAY, NOW, HOST)
    assert count(Event) == 0


@pytest.mark.usefixtures("_project")
def test_removal_takes_registrations_answers_and_letters_along() -> None:
    add_samples(TODAY, NOW, HOST)
    for number, event in enumerate(sample_events()):
        sign_up(event, number)
    assert remove_samples() == 5
    for model in (Registration, Answer, CalendarReply, OutboxMessage, Question, Option, Condition):
        assert count(model) == 0
    assert remove_samples() == 0


@pytest.mark.usefixtures("_project")
def test_removal_leaves_real_events_and_their_people() -> None:
    add_samples(TODAY, NOW, HOST)
    sign_up(db.session.scalars(select(Event).where(Event.slug == "linc-2024")).one())
    remove_samples()
    assert (count(Event), count(Registration), count(OutboxMessage)) == (7, 1, 1)


@pytest.mark.parametrize("day", range(0, 366, 5))
def test_sample_dates_lie_ahead_on_any_day_of_the_year(day: int) -> None:
    today = date(2027, 1, 1) + timedelta(days=day)
    for when in sample_dates(today).values():
        assert when.first - timedelta(days=samples.DAYS_TO_SIGN_UP) > today


def test_no_sample_falls_on_a_holiday() -> None:
    for number in range(3 * 366):
        dates = sample_dates(date(2026, 11, 27) + timedelta(days=number))
        fixed = (when for when in dates.values() if when.kind in ("timed", "days"))
        days = {day for when in fixed for day in (when.first, when.last)}
        assert not any(map(is_public_holiday, days)), days
