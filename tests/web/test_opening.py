"""Opening an event: the preview, texts as they will read, the checklist, copies."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select

from koostoo.base.database import db, transaction
from koostoo.base.localtext import LocalText
from koostoo.base.when import When
from koostoo.events.models import Condition, Event, Invitation, LetterWords, Question, Quota
from tests.web.desk_pages import edit_path, open_form, people_path, sign_in, stage_of, text_of
from tests.web.test_roles import sign_in_as

MakeEvent = Callable[..., Event]
WORDS = {"contact_email": "info@example.org", "summary": LocalText("Läheme külla.")}


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    """An organiser's browser."""
    return sign_in(client)


@pytest.fixture
def draft(make_event: MakeEvent) -> Event:
    """A draft with a question and a condition."""
    return make_event(
        **WORDS,
        state="draft",
        audience=LocalText("- liikmed\n- sõbrad"),
        questions=[("yesno", "Kas ööbid?", []), ("choice", "Tuba", ["Ühene", "Kahene"])],
    )


def preview_path(event: Event) -> str:
    return f"/desk/events/{event.slug}/preview"


def rows() -> int:
    db.session.rollback()
    return sum(
        db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in db.metadata.sorted_tables
    )


def test_a_draft_is_shown_as_participants_will_see_it(desk: FlaskClient, draft: Event) -> None:
    page = text_of(desk, preview_path(draft))
    assert "<h1>Õppereis Voorele</h1>" in page
    assert "<li>sõbrad</li>" in page
    assert 'class="preview-band"' in page
    assert "Kas ööbid?" in page
    assert 'name="first_name"' in page
    assert 'method="post"' not in page
    assert "csrf_token" not in page
    assert "<h1>Study trip to Voore</h1>" in text_of(desk, f"/en{preview_path(draft)}")
    assert desk.post(preview_path(draft)).status_code == 405


@pytest.mark.parametrize("role", ["partner", "helper", "viewer"])
def test_nobody_else_finds_the_preview_of_a_draft(
    client: FlaskClient, draft: Event, role: str
) -> None:
    sign_in_as(client, role, stage_of(draft))
    assert client.get(preview_path(draft)).status_code in (403, 404)


def test_what_is_typed_is_previewed_without_being_saved(desk: FlaskClient, draft: Event) -> None:
    form = open_form(desk, edit_path(draft))
    before = rows()
    stay = db.session.get_one(Event, draft.id).questions[0].id
    typed = {
        **form,
        "preview": "y",
        "title_et": "Hoopis Saaremaale",
        "programme_et": "**9.30** kohv",
        "questions-1-asked_if": f"{stay}:yes",
        "questions-2-label_et": "Toidusoov",
        "questions-2-is_sensitive": "y",
        "invited": str(draft.activity.project.partners[1].organisation_id),
    }
    page = desk.post(edit_path(draft), data=typed).get_data(as_text=True)
    assert "<h1>Hoopis Saaremaale</h1>" in page
    assert "<strong>9.30</strong> kohv" in page
    assert "Toidusoov" in page
    assert "30 päeva pärast üritust" in page
    assert "MTÜ Partner" in page
    assert rows() == before
    assert db.session.get_one(Event, draft.id).title.et == "Õppereis Voorele"


def test_a_new_event_is_previewed_before_it_is_saved_and_mistakes_are_told(
    desk: FlaskClient, draft: Event
) -> None:
    form = open_form(desk, edit_path(draft))
    before = rows()
    page = desk.post("/desk/events/new", data={**form, "preview": "y", "title_et": "Uus"})
    assert "<h1>Uus</h1>" in page.get_data(as_text=True)
    wrong = desk.post("/desk/events/new", data={**form, "preview": "y", "first_day": "x"})
    assert wrong.status_code == 422
    assert rows() == before


def test_a_text_reads_as_it_will_and_holds_no_script(desk: FlaskClient, draft: Event) -> None:
    token = {"X-CSRFToken": open_form(desk, edit_path(draft))["csrf_token"]}
    answer = desk.post(
        "/desk/markdown", data={"text": "- **kohv**\n\n<script>x</script>\0"}, headers=token
    )
    page = answer.get_data(as_text=True)
    assert "<li><strong>kohv</strong></li>" in page
    assert "<script>" not in page
    assert desk.post("/desk/markdown", data={"text": "x"}).status_code == 400
    long = desk.post("/desk/markdown", data={"text": "x" * 20_001}, headers=token)
    assert long.status_code == 413


def test_a_draft_says_what_is_needed_and_what_is_good_to_have(
    desk: FlaskClient, make_event: MakeEvent
) -> None:
    event = make_event(**WORDS, state="draft", place=LocalText())
    page = text_of(desk, people_path(event))
    assert f'{edit_path(event)}#place_et">Kirjuta, kus' in page
    assert f'{edit_path(event)}#closes_on">Määra registreerimise tähtaeg' in page
    assert f'/desk/events/{event.slug}/letter-times">Ühtegi meeldetuletust' in page
    with transaction() as session:
        session.get_one(Event, event.id).place = LocalText("Voore")
    page = text_of(desk, f"/desk/events/{event.slug}/publish")
    assert "Määra registreerimise tähtaeg" in page
    assert "#place_et" not in page
    assert 'class="primary"' in page
    with transaction() as session:
        session.get_one(Event, event.id).state = "published"
    assert "Määra registreerimise tähtaeg" not in text_of(desk, people_path(event))


def test_a_copy_brings_everything_but_people(desk: FlaskClient, make_event: MakeEvent) -> None:
    start = datetime(2027, 5, 28, 6, 30, tzinfo=UTC)
    with time_machine.travel("2026-11-23T12:00:00Z"):
        sign_in(desk)
        event = make_event(
            **WORDS,
            capacity=30,
            when=When.timed(start, start + timedelta(hours=6)),
            reminders="7d 1d",
            thanks_after=3,
            questions=[("yesno", "Kas ööbid?", []), ("choice", "Tuba", ["Ühene", "Kahene"])],
        )
        partner = event.activity.project.partners[1].organisation_id
        with transaction() as session:
            one = session.get_one(Event, event.id)
            stay, room = one.questions
            stay.purpose, room.purpose, room.asked = "nights", "room", "organisers"
            room.is_sensitive, room.options[0].seats = True, 4
            room.condition = Condition(on=stay, yes=True)
            one.quotas.append(
                Quota(organisation_id=partner, seats=5, release_at=start - timedelta(days=20))
            )
            one.invitations.append(Invitation(organisation_id=partner))
            words = LocalText("Võta kummikud kaasa.")
            session.add(LetterWords(event_id=one.id, kind="reminder", words=words, version=1))
        path = f"/desk/events/{event.slug}/copy"
        form = open_form(desk, path)
        assert form["first_day"] == "2028-05-26"
        answer = desk.post(path, data=form)
    copied = db.session.scalars(
        select(Event).where(Event.slug == answer.location.split("/")[3])
    ).one()
    stay, room = copied.questions
    assert (stay.purpose, room.purpose, room.asked) == ("nights", "room", "organisers")
    assert (room.is_sensitive, room.options[0].seats) == (True, 4)
    assert (room.condition and room.condition.on_id) == stay.id
    [quota] = copied.quotas
    assert (quota.seats, quota.release_at) == (5, start + timedelta(days=364 - 20))
    assert [one.organisation_id for one in copied.invitations] == [partner]
    assert (copied.reminders, copied.thanks_after) == ("7d 1d", 3)
    kept = db.session.scalars(select(LetterWords).where(LetterWords.event_id == copied.id)).one()
    assert kept.words.et == "Võta kummikud kaasa."


def test_copying_an_event_whose_condition_lost_its_question_asks_everybody(
    desk: FlaskClient, make_event: MakeEvent
) -> None:
    event = make_event(**WORDS, questions=[("yesno", "Kas ööbid?", []), ("text", "Kellega?", [])])
    with transaction() as session:
        # The question is of another event now: of this one it is gone.
        stay, mate = session.get_one(Event, event.id).questions
        mate.condition = Condition(on=stay, yes=True)
        session.flush()
        other = make_other(session, event)
        stay.event_id = other
    path = f"/desk/events/{event.slug}/copy"
    answer = desk.post(path, data=open_form(desk, path))
    assert answer.status_code == 303
    page = text_of(desk, answer.location)
    assert "1 küsimus ootas vastust, mida enam ei ole" in page
    copied = db.session.scalars(
        select(Event).where(Event.slug == answer.location.split("/")[3])
    ).one()
    assert [(q.label.et, q.condition) for q in copied.questions] == [("Kellega?", None)]


def make_other(session: Any, event: Event) -> int:
    """Add an event beside this one; return its number."""
    fresh = session.get_one(Event, event.id)
    values = {
        column.name: getattr(fresh, column.name)
        for column in Event.__table__.columns
        if column.name not in ("id", "slug", "uid")
    }
    other = Event(**values, slug="teine", uid="teine@localhost")
    session.add(other)
    session.flush()
    assert session.scalars(select(Question).where(Question.event_id == other.id)).all() == []
    return int(other.id)
