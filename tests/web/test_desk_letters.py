"""The page of an event's letters at the desk, the times of what goes out by itself, following."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from koostoo.accounts.models import Organiser
from koostoo.base.clock import local_day, now
from koostoo.base.database import db, transaction
from koostoo.base.localtext import LocalText
from koostoo.base.when import ZONE, When
from koostoo.correspondence.due import write_due
from koostoo.correspondence.following import wanted_by
from koostoo.correspondence.mailing import Draft, Words, send_mailing
from koostoo.correspondence.models import Mailing, TimedLetter
from koostoo.events.models import Event
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from tests.registration.people import acts
from tests.web.desk_pages import open_form, people_path, sign_in, text_of

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    """An organiser's browser."""
    return sign_in(client)


def letters_path(event: Event) -> str:
    return f"/desk/events/{event.slug}/letters"


def times_path(event: Event) -> str:
    return f"/desk/events/{event.slug}/letter-times"


def plan(event: Event) -> tuple[str, int | None]:
    db.session.rollback()
    row = db.session.get_one(Event, event.id)
    return row.reminders, row.thanks_after


def test_the_list_of_people_leads_to_the_letters(desk: FlaskClient, make_event: MakeEvent) -> None:
    event = make_event()
    page = text_of(desk, people_path(event))
    assert f'href="{letters_path(event)}"' in page
    page = text_of(desk, letters_path(event))
    assert "Siit ei ole veel ühtegi kirja saadetud." in page
    assert "Meeldetuletusi ega tänukirja ei saadeta." in page


def test_times_are_set_and_shown_with_their_moments(
    desk: FlaskClient, make_event: MakeEvent
) -> None:
    begins = now().replace(minute=0, second=0, microsecond=0) + timedelta(days=30)
    event = make_event(when=When.timed(begins, begins + timedelta(hours=6)))
    form = open_form(desk, times_path(event))
    assert (form["thanks_after"], form["reminders-0-unit"]) == ("3", "d")
    typed = {
        **form,
        "reminders-0-count": "2",
        "reminders-0-unit": "h",
        "reminders-3-count": "7",
        "thanks": "y",
        "thanks_after": "24",
    }
    assert desk.post(times_path(event), data=typed).location == letters_path(event)
    assert plan(event) == ("7d 2h", 24)
    page = text_of(desk, letters_path(event))
    assert "7 päeva enne" in page
    assert "2 tundi enne" in page
    assert page.count("Saadetakse automaatselt.") == 3
    form = open_form(desk, times_path(event))
    assert (form["reminders-0-count"], form["reminders-1-count"]) == ("7", "2")
    assert acts(event.id) == [("letters_planned", "")]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"reminders-0-count": "0"}, "reminders-0-count"),
        ({"reminders-0-count": "61"}, "reminders-0-count"),
        ({"reminders-0-count": "73", "reminders-0-unit": "h"}, "reminders-0-count"),
        ({"reminders-0-count": "x"}, "reminders-0-count"),
        ({"reminders-0-count": "1", "reminders-0-unit": "w"}, "reminders-0-unit"),
        ({"thanks": "y", "thanks_after": ""}, "thanks_after"),
        ({"thanks": "y", "thanks_after": "169"}, "thanks_after"),
    ],
)
def test_what_makes_no_sense_is_refused_beside_the_field_and_kept(
    desk: FlaskClient, make_event: MakeEvent, typed: dict[str, str], field: str
) -> None:
    event = make_event()
    form = open_form(desk, times_path(event)) | {"reminders-4-count": "5"}
    answer = desk.post(times_path(event), data={**form, **typed})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'href="#{field}"' in page
    assert 'name="reminders-4-count" type="text" value="5"' in page
    assert plan(event) == ("", None)


def test_without_the_box_the_hours_do_not_matter(desk: FlaskClient, make_event: MakeEvent) -> None:
    event = make_event()
    form = open_form(desk, times_path(event))
    assert desk.post(times_path(event), data={**form, "thanks_after": ""}).status_code == 303
    assert plan(event) == ("", None)


def test_of_an_event_that_is_over_the_page_warns_that_thanks_go_out_at_once(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    sign_up(event.id, entry(), now())
    with transaction() as session:
        row = session.get_one(Event, event.id)
        row.when = When.days(local_day(now()) - timedelta(days=1))
    page = text_of(desk, times_path(event))
    assert "läheb kiri välja kohe pärast salvestamist" in page
    form = open_form(desk, times_path(event))
    desk.post(times_path(event), data={**form, "thanks": "y", "thanks_after": "1"})
    in_the_morning = datetime.combine(local_day(now()), time(9), ZONE)
    assert write_due(in_the_morning.astimezone(UTC)) == 1
    page = text_of(desk, letters_path(event))
    assert "Teele pandud 1 inimesele." in page
    assert "kohe pärast salvestamist" not in text_of(desk, times_path(event))


def test_every_state_of_a_timed_letter_is_told(desk: FlaskClient, make_event: MakeEvent) -> None:
    tomorrow = local_day(now()) + timedelta(days=1)
    whole = make_event(when=When.days(tomorrow), reminders="7d 2h")
    page = text_of(desk, letters_path(whole))
    assert "Jäi saatmata: aeg oli juba möödas." in page
    assert "tunde saab lugeda ainult siis, kui üritusel on algusaeg" in page
    month = make_event(when=When.month(2031, 5), reminders="7d", state="draft")
    assert "Ootab, kuni kuupäev on teada." in text_of(desk, letters_path(month))
    draft = make_event(reminders="7d", state="draft")
    assert "Saadetakse, kui üritus on avaldatud." in text_of(desk, letters_path(draft))
    off = make_event(reminders="7d", state="called_off")
    page = text_of(desk, letters_path(off))
    assert "Ei saadeta: üritus on ära jäetud." in page
    assert times_path(off) not in page
    noted = make_event(reminders="7d")
    with transaction() as session:
        row = session.get_one(Event, noted.id)
        session.add(
            TimedLetter(
                event_id=row.id, code="7d", begins_at=row.when.begins_at, at=now(), letters=None
            )
        )
    assert "Jäi saatmata: aeg oli juba möödas." in text_of(desk, letters_path(noted))


# --- What an organiser is told -------------------------------------------------


def wishes(event: Event) -> frozenset[str]:
    db.session.rollback()
    return wanted_by(db.session.scalars(select(Organiser.id)).one(), event.id)


def test_an_organiser_chooses_what_they_are_told(desk: FlaskClient, make_event: MakeEvent) -> None:
    event = make_event()
    form = open_form(desk, letters_path(event))
    assert {"digest", "full", "moved", "failing"}.isdisjoint(form)
    path = f"/desk/events/{event.slug}/follow"
    assert desk.post(path, data={**form, "full": "y", "moved": "y"}).location == letters_path(event)
    assert wishes(event) == {"full", "moved"}
    form = open_form(desk, letters_path(event))
    assert (form["full"], form["moved"]) == ("y", "y")
    desk.post(path, data={"csrf_token": form["csrf_token"]})
    assert wishes(event) == frozenset()


def test_following_needs_the_token_of_the_page(desk: FlaskClient, make_event: MakeEvent) -> None:
    event = make_event()
    desk.post(f"/desk/events/{event.slug}/follow", data={"full": "y"})
    assert wishes(event) == frozenset()


def test_a_new_event_reminds_the_day_before_and_tells_its_creator(
    desk: FlaskClient, make_event: MakeEvent
) -> None:
    make_event()
    form = open_form(desk, "/desk/events/new")
    activity = db.session.scalars(select(Event.activity_id)).first()
    organiser = db.session.scalars(select(Event.organiser_id)).first()
    day = (date(now().year + 1, 5, 5)).isoformat()
    typed = {
        "activity": str(activity),
        "organiser": str(organiser),
        "title_et": "Veebikoosolek",
        "date_kind": "timed",
        "first_day": day,
        "first_time": "10",
        "last_time": "12",
        "mode": "online",
        "group_max": "1",
    }
    assert desk.post("/desk/events/new", data={**form, **typed}).status_code == 303
    event = db.session.scalars(select(Event).where(Event.state == "draft")).one()
    assert plan(event) == ("1d 1h", None)
    assert wishes(event) == {"digest", "failing", "evidence"}


def test_a_copy_takes_the_times_over_but_not_the_address_of_a_feedback_form(
    desk: FlaskClient, make_event: MakeEvent
) -> None:
    event = make_event(reminders="7d 2h", thanks_after=5, feedback_url="https://vorm.example.org/1")
    path = f"/desk/events/{event.slug}/copy"
    form = open_form(desk, path)
    assert desk.post(path, data={**form, "title_et": "Koopia"}).status_code == 303
    copied = db.session.scalars(select(Event).where(Event.slug == "koopia")).one()
    assert plan(copied) == ("7d 2h", 5)
    assert copied.feedback_url == ""


def test_a_letter_that_still_waits_is_stopped_from_its_page(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    sign_up(event.id, entry(), now())
    draft = Draft(Words(LocalText("Buss"), LocalText("Buss väljub kell 9.")), "nonce")
    send_mailing(event.id, draft, 1, now(), None)
    path = f"{letters_path(event)}/{db.session.scalars(select(Mailing.id)).one()}"
    assert "Ära saada neid, mis veel ootavad" in text_of(desk, path)
    form = open_form(desk, path)
    page = desk.post(f"{path}/stop", data=form, follow_redirects=True).text
    assert "1 kirja ei saadeta." in page
    assert "saatmata jäetud: 1" in page
    assert "Ära saada neid" not in page
    # Nothing has left, so no bar says that all has.
    assert "<progress" not in page
    assert "On juba hilja" in desk.post(f"{path}/stop", data=form, follow_redirects=True).text
    assert "Peatas kirja" in text_of(desk, f"/desk/events/{event.slug}/history")
