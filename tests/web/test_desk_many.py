"""What is done about many people at once: whom it takes in, and the report by name."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from koostoo.attendance.queries import standings
from koostoo.attendance.rules import days_of
from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.base.when import When
from koostoo.events.models import Event
from koostoo.registration.rules import SignUp
from koostoo.registration.service import cancel, sign_up
from koostoo.roster.models import RegistrationTag, Tag
from koostoo.web.desk import deciding
from tests.registration.people import states
from tests.web.desk_pages import open_form, people_path, sign_in, text_of

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    """An organiser's browser."""
    return sign_in(client)


def come(event: Event, entry: Entry, *names: str) -> list[int]:
    return [sign_up(event.id, entry(last_name=n), now()).registration_id for n in names]


def do(desk: FlaskClient, event: Event, query: str = "", **typed: object) -> tuple[str, str]:
    """Press the button of the bar; return where it leads and the page that follows."""
    token = open_form(desk, people_path(event))["csrf_token"]
    answer = desk.post(f"{people_path(event)}/decide{query}", data={"csrf_token": token, **typed})
    if answer.status_code == 303:
        return answer.location, text_of(desk, answer.location)
    return "", answer.get_data(as_text=True)


def test_a_new_tag_is_put_on_everybody_the_list_shows_and_only_on_them(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(capacity=2)
    come(event, entry, "Ader", "Kask", "Tamm")
    where, page = do(
        desk, event, "?state=confirmed&page=1", all="y", action="tag:new", new_tag=" Esineja "
    )
    assert where == f"{people_path(event)}?state=confirmed&page=1"
    assert "2 inimesel on nüüd silt Esineja." in page
    assert len(db.session.scalars(select(RegistrationTag)).all()) == 2


def test_who_was_left_is_named_with_the_reason(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    one, two, three = come(event, entry, "Ader", "Kask", "Tamm")
    do(desk, event, action="tag:new", new_tag="Esineja", who=[str(one)])
    tag = db.session.scalars(select(Tag.id)).one()
    numbers = [str(n) for n in (one, two, three)]
    _, page = do(desk, event, action=f"tag:{tag}", who=numbers)
    assert "2 inimesel on nüüd silt Esineja." in page
    left = page.split("notice--warning")[1]
    assert "1 inimesega jäi kõik endiseks: neil on see silt juba." in left
    assert "Mari Ader" in left
    assert "Mari Kask" not in left
    _, page = do(desk, event, action=f"untag:{tag}", who=numbers)
    assert "3 inimeselt on silt Esineja maha võetud." in page
    assert db.session.scalars(select(Tag)).all() == []
    _, page = do(desk, event, action=f"untag:{tag}", who=numbers)
    assert "neil ei ole seda silti" in page


def test_many_are_marked_present_and_those_without_a_seat_are_named(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    one, two = come(event, entry, "Ader", "Kask")
    cancel(two, now())
    start = now() - timedelta(hours=1)
    with transaction() as session:
        session.get_one(Event, event.id).when = When.timed(start, start + timedelta(hours=3))
    day = days_of(db.session.get_one(Event, event.id).when)[0]
    assert f'value="present:{day}"' in text_of(desk, people_path(event))
    path = f"{people_path(event)}/{one}"
    assert f'value="present:{day}"' in text_of(desk, path)
    _, page = do(desk, event, all="y", action=f"present:{day}")
    assert "1 inimene on märgitud kohalolijaks." in page
    assert "neil ei ole kohta" in page
    assert "Mari Kask" in page
    assert f'value="present:{day}"' not in text_of(desk, path)
    db.session.rollback()
    assert list(standings(event.id)) == [one]


def test_cancelling_all_that_are_shown_names_them_first_and_takes_nobody_who_comes_later(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    come(event, entry, "Ader", "Kask")
    _, page = do(desk, event, all="y", action="cancel")
    assert "Kas tühistada need 2 registreeringut?" in page
    assert states(event.id) == ["confirmed", "confirmed"]
    who = [line.split('"')[0] for line in page.split('name="who" value="')[1:]]
    come(event, entry, "Tamm")
    do(desk, event, action="cancel", sure="y", who=who)
    assert states(event.id) == ["cancelled", "cancelled", "confirmed"]


def test_a_letter_to_all_that_are_shown_opens_with_their_names(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    come(event, entry, "Ader", "Kask")
    _, page = do(desk, event, "?q=ader", all="y", action="write")
    assert "Mari Ader" in page
    assert "Mari Kask" not in page


def test_more_than_the_desk_takes_at_once_is_refused_in_words(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deciding, "MOST_AT_ONCE", 1)
    event = make_event()
    come(event, entry, "Ader", "Kask")
    _, page = do(desk, event, all="y", action="cancel", sure="y")
    assert "Neid on liiga palju" in page
    assert states(event.id) == ["confirmed", "confirmed"]


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("tag:new", "Kirjuta uus silt"),
        ("tag:x", "Märgi kõigepealt inimesed"),
        ("present:eile", "Märgi kõigepealt inimesed"),
    ],
)
def test_an_action_that_says_too_little_does_nothing(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry, action: str, words: str
) -> None:
    event = make_event()
    come(event, entry, "Ader")
    assert words in do(desk, event, all="y", action=action)[1]
    assert db.session.scalars(select(Tag)).all() == []
