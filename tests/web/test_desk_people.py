import csv
import re
from collections.abc import Callable
from io import BytesIO, StringIO

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.base.localtext import LocalText
from koostoo.events.models import Event
from koostoo.mail.models import OutboxMessage
from koostoo.registration.models import Registration
from koostoo.registration.rules import SignUp
from koostoo.registration.service import cancel, sign_up
from tests.statements import selects_of
from tests.web.desk_pages import open_form, people_path, sign_in, text_of

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]

HOSTILE = '=HYPERLINK("http://example.com";"Vajuta")'


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    """An organiser's browser."""
    return sign_in(client)


def names(page: str) -> list[str]:
    return re.findall(r"<strong><bdi>([^<]*)</bdi></strong>", page)


def person(registration_id: int) -> Registration:
    db.session.expire_all()
    return db.session.get_one(Registration, registration_id)


def csv_rows(desk: FlaskClient, event: Event, query: str = "") -> list[list[str]]:
    body = desk.get(f"/desk/events/{event.slug}/registrations.csv{query}").data.decode("utf-8-sig")
    return list(csv.reader(StringIO(body), delimiter=";"))


@pytest.mark.parametrize("ending", ["", ".csv", ".xlsx", "/add", "/1/cancel"])
def test_strangers_see_no_list(client: FlaskClient, make_event: MakeEvent, ending: str) -> None:
    assert client.get(people_path(make_event()) + ending).location == "/desk/signin"


def test_people_stand_in_estonian_order(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    for name in ("Öunap", "Zirk", "Tamm", "Ader", "Õunapuu", "Saar", "Žukov", "Šmidt"):
        sign_up(event.id, entry(last_name=name), now())
    expected = ["Ader", "Saar", "Šmidt", "Zirk", "Žukov", "Tamm", "Õunapuu", "Öunap"]
    assert names(text_of(desk, people_path(event))) == expected
    assert [row[5] for row in csv_rows(desk, event)[1:]] == expected


def test_search_finds_by_name_address_phone_and_organisation_whatever_the_case(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    sign_up(event.id, entry(first_name="Õie", last_name="Ööbik", phone="+37255512345"), now())
    sign_up(
        event.id,
        entry(last_name="Tamm", email="t@example.com", email_key="t@example.com"),
        now(),
    )
    for asked, found in (
        ("öÖBIK õie", ["Ööbik"]),
        ("example.com", ["Tamm"]),
        ("55512345", ["Ööbik"]),
        ("näidise küla", ["Tamm", "Ööbik"]),
        ("%", []),
        ("Kask", []),
    ):
        page = desk.get(people_path(event), query_string={"q": asked}).get_data(as_text=True)
        assert names(page) == found, asked


def test_list_and_downloads_are_filtered_by_standing_and_organisation(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(capacity=1, allows_others=True)
    sign_up(event.id, entry(last_name="Kinnitatud"), now())
    sign_up(event.id, entry(last_name="Ootel"), now())
    sign_up(
        event.id,
        entry(last_name="Mujalt", organisation_id=None, other_organisation="Näidise vald"),
        now(),
    )
    for query, found in (
        ("?state=confirmed", ["Kinnitatud"]),
        # As they stand in the queue.
        ("?state=waiting", ["Ootel", "Mujalt"]),
        ("?organisation=other", ["Mujalt"]),
        ("?state=waiting&organisation=999", []),
        ("?state=nonsense&organisation=x&page=-7", ["Kinnitatud", "Mujalt", "Ootel"]),
    ):
        assert names(text_of(desk, people_path(event) + query)) == found
        assert [row[5] for row in csv_rows(desk, event, query)[1:]] == found


def test_a_long_list_has_pages_and_downloads_hold_all_of_it(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    for number in range(101):
        sign_up(event.id, entry(last_name=f"Tamm {number:03}"), now())
    assert len(names(text_of(desk, people_path(event)))) == 100
    assert names(text_of(desk, people_path(event) + "?page=2")) == ["Tamm 100"]
    assert names(text_of(desk, people_path(event) + "?page=99")) == ["Tamm 100"]
    assert len(csv_rows(desk, event)) == 102


def test_downloads_tie_each_person_to_event_activity_and_project(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(questions=[("choices", "Toit", ["liha", "taimne"]), ("number", "Laps", [])])
    food, child = event.questions
    given = {food.id: [option.id for option in food.options], child.id: "1.5"}
    sign_up(event.id, entry(answers=given), now())
    sign_up(event.id, entry(), now())
    header, first, second = csv_rows(desk, event)
    assert first[:3] == ["Näidisprojekt", "Ühistegevus: Õppereis liikmetele", "Õppereis Voorele"]
    assert header[-2:] == ["Toit", "Laps"]
    assert first[-2:] == ["liha, taimne", "1,5"]
    assert second[-2:] == ["", ""]


def test_answers_stay_with_their_person(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(questions=[("text", "Soov", []), ("text", "Buss", [])])
    wish, bus = event.questions
    for number in (3, 1, 2):
        answers = {wish.id: f"soov {number}", bus.id: f"buss {number}"} if number != 2 else {}
        sign_up(event.id, entry(last_name=f"Tamm {number}", answers=answers), now())
    assert [(row[5], row[-2], row[-1]) for row in csv_rows(desk, event)[1:]] == [
        ("Tamm 1", "soov 1", "buss 1"),
        ("Tamm 2", "", ""),
        ("Tamm 3", "soov 3", "buss 3"),
    ]


def test_a_hostile_name_never_becomes_a_formula(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(title=LocalText("=1+1"), questions=[("text", "@küsimus", [])])
    answers = {event.questions[0].id: HOSTILE}
    sign_up(event.id, entry(last_name=HOSTILE, answers=answers), now())
    header, row = csv_rows(desk, event)
    assert not any(re.match(r"\s*[=+\-@]", cell) for cell in header + row)
    body = desk.get(people_path(event) + ".xlsx", buffered=True).data
    sheet = load_workbook(BytesIO(body)).active
    assert sheet is not None
    cells = [cell for line in sheet.iter_rows() for cell in line]
    assert all(cell.data_type != "f" for cell in cells)
    assert [cell.value for cell in cells].count(HOSTILE) == 2


def test_downloads_come_as_files_with_plain_names_and_stay_out_of_caches(
    desk: FlaskClient, make_event: MakeEvent
) -> None:
    event = make_event(title=LocalText('Jõgeva "öö"\r\nX: y/../😀'))
    for ending, kind in ((".csv", "text/csv; charset=utf-8"), (".xlsx", "application/vnd")):
        answer = desk.get(people_path(event) + ending, buffered=True)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith(kind)
        assert answer.headers["Cache-Control"] == "no-store"
        assert re.fullmatch(
            rf"attachment; filename=[a-z0-9-]+\{ending}", answer.headers["Content-Disposition"]
        )


def test_the_attendance_sheet_is_a_pdf(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    sign_up(event.id, entry(), now())
    answer = desk.get(f"/desk/events/{event.slug}/attendance.pdf")
    assert answer.content_type == "application/pdf"
    assert answer.data.startswith(b"%PDF")


def test_neither_page_nor_download_asks_more_of_the_database_for_more_people(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(questions=[("text", "Soov", [])])
    question = event.questions[0].id

    paths = [people_path(event) + ending for ending in ("", ".csv", ".xlsx")]
    sign_up(event.id, entry(answers={question: "üks"}), now())
    before = [selects_of(desk, path) for path in paths]
    for _ in range(20):
        sign_up(event.id, entry(answers={question: "mitu"}), now())
    assert [selects_of(desk, path) for path in paths] == before


def test_giving_a_seat_needs_a_free_one(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(capacity=1)
    sign_up(event.id, entry(), now())
    waiting = sign_up(event.id, entry(), now()).registration_id
    path = f"{people_path(event)}/{waiting}/confirm"
    form = open_form(desk, people_path(event))
    desk.post(path, data=form)
    assert person(waiting).state == "waiting"
    with transaction() as session:
        session.get_one(Event, event.id).capacity = 2
    desk.post(path, data=form)
    assert person(waiting).state == "confirmed"
    assert desk.get(path).status_code == 405


def test_cancelling_asks_first_and_then_seats_the_next(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(capacity=1)
    seated, waiting = (sign_up(event.id, entry(), now()).registration_id for _ in range(2))
    path = f"{people_path(event)}/{seated}/cancel"
    form = open_form(desk, path)
    assert person(seated).state == "confirmed"
    assert desk.post(f"{people_path(event)}/decide", data=form).status_code == 303
    assert (person(seated).state, person(waiting).state) == ("cancelled", "confirmed")
    kinds = db.session.scalars(select(OutboxMessage.kind).order_by(OutboxMessage.id)).all()
    assert kinds[-2:] == ["cancelled", "promoted"]


def test_a_person_of_another_event_is_not_reached_through_this_one(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    other = sign_up(make_event().id, entry(), now()).registration_id
    path = people_path(make_event())
    token = open_form(desk, "/desk/events/new")["csrf_token"]
    for ending in ("cancel", "above", "queue"):
        assert desk.get(f"{path}/{other}/{ending}").status_code == 404
    assert desk.post(f"{path}/{other}/confirm", data={"csrf_token": token}).status_code == 404
    typed = {"csrf_token": token, "action": "cancel", "sure": "y", "who": str(other)}
    assert desk.post(f"{path}/decide", data=typed).status_code == 303
    assert person(other).state == "confirmed"


def test_a_button_pressed_from_another_site_changes_nothing(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    seated = sign_up(event.id, entry(), now()).registration_id
    typed = {"action": "cancel", "sure": "y", "who": str(seated)}
    desk.post(f"{people_path(event)}/decide", data=typed)
    assert person(seated).state == "confirmed"


def by_hand(desk: FlaskClient, event: Event, **values: str) -> int:
    path = f"{people_path(event)}/add"
    organisation = event.activity.project.partners[0].organisation_id
    typed = {
        **open_form(desk, path),
        "first_name": "Jaan",
        "last_name": "Tamm",
        "email": "jaan@example.org",
        "organisation": str(organisation),
        "role": "board",
        "language": "et",
        "privacy": "y",
    }
    return desk.post(path, data={**typed, **values}).status_code


def test_a_person_added_by_hand_gets_a_seat_and_the_usual_letter(
    desk: FlaskClient, make_event: MakeEvent
) -> None:
    event = make_event()
    assert by_hand(desk, event) == 303
    added = db.session.scalars(select(Registration)).one()
    assert (added.state, added.source, added.role) == ("confirmed", "desk", "board")
    assert db.session.scalars(select(OutboxMessage.kind)).all() == ["confirmed"]


def test_above_the_limit_only_with_the_ticked_box_and_a_reason(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(capacity=1, has_waiting_list=False)
    sign_up(event.id, entry(), now())
    assert by_hand(desk, event) == 422
    assert by_hand(desk, event, above="y") == 422
    assert by_hand(desk, event, above="y", reason="Bussijuht") == 303
    states = db.session.scalars(select(Registration.state)).all()
    assert states == ["confirmed", "confirmed"]


def test_the_public_form_cannot_tick_that_box(
    client: FlaskClient, make_event: MakeEvent, entry: Entry, fill_in: Callable[..., dict[str, str]]
) -> None:
    event = make_event(capacity=1)
    sign_up(event.id, entry(), now())
    form = fill_in(event, above="y", over_capacity="y", source="desk")
    client.post(f"/events/{event.slug}/register", data=form)
    states = db.session.scalars(select(Registration.state).order_by(Registration.id)).all()
    assert states == ["confirmed", "waiting"]


def test_without_a_free_seat_a_person_added_by_hand_waits(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(capacity=1)
    sign_up(event.id, entry(), now())
    assert by_hand(desk, event) == 303
    states = db.session.scalars(select(Registration.state).order_by(Registration.id)).all()
    assert states == ["confirmed", "waiting"]


def test_the_same_person_is_not_added_twice(desk: FlaskClient, make_event: MakeEvent) -> None:
    event = make_event()
    assert [by_hand(desk, event), by_hand(desk, event)] == [303, 303]
    assert len(db.session.scalars(select(Registration)).all()) == 1


def test_what_is_missing_when_adding_is_explained(desk: FlaskClient, make_event: MakeEvent) -> None:
    assert by_hand(desk, make_event(), last_name="", email="jaan") == 422
    assert db.session.scalars(select(Registration)).all() == []


def test_names_appear_as_text(desk: FlaskClient, make_event: MakeEvent, entry: Entry) -> None:
    event = make_event()
    sign_up(event.id, entry(last_name="<script>alert(1)</script>"), now())
    page = text_of(desk, people_path(event))
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_a_letter_that_did_not_arrive_is_shown_on_the_persons_row(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    sign_up(event.id, entry(), now())
    with transaction() as session:
        letter = session.scalars(select(OutboxMessage)).one()
        letter.state, letter.reason = "failed", "no_mailbox"
    assert "Sellist postkasti ei ole." in text_of(desk, people_path(event))


def test_a_cancelled_person_has_no_buttons(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    gone = sign_up(event.id, entry(), now()).registration_id
    cancel(gone, now())
    assert f"/{gone}/cancel" not in text_of(desk, people_path(event))


def fail_letters(registration_id: int) -> None:
    with transaction() as session:
        for letter in session.scalars(
            select(OutboxMessage).where(OutboxMessage.registration_id == registration_id)
        ):
            letter.state, letter.reason = "failed", "no_mailbox"


def test_a_letter_that_did_not_arrive_is_sent_again_at_the_press_of_a_button(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    seated = sign_up(event.id, entry(), now()).registration_id
    assert "Proovi uuesti" not in text_of(desk, people_path(event))
    fail_letters(seated)
    page = text_of(desk, people_path(event))
    path = f"{people_path(event)}/{seated}/outbox"
    assert "Sellist postkasti ei ole." in page
    assert f'action="{path}"' in page
    form = open_form(desk, people_path(event))
    assert desk.post(path, data=form).status_code == 303
    page = text_of(desk, people_path(event))
    assert "1 kiri on uuesti teel: Mari Maasikas1." in page
    assert "Sellist postkasti ei ole." not in page
    assert desk.post(path, data=form).status_code == 303
    assert "uuesti saata pole ühtegi kirja" in text_of(desk, people_path(event))


def test_letters_are_not_sent_again_from_another_site_or_through_another_event(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    seated = sign_up(event.id, entry(), now()).registration_id
    fail_letters(seated)
    desk.post(f"{people_path(event)}/{seated}/outbox")
    form = open_form(desk, people_path(event))
    assert desk.post(f"{people_path(make_event())}/{seated}/outbox", data=form).status_code == 404
    states = db.session.scalars(select(OutboxMessage.state)).all()
    assert states == ["failed"]


def test_an_event_called_off_says_so_and_offers_nothing_that_no_longer_applies(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(capacity=1)
    for _ in range(2):
        sign_up(event.id, entry(), now())
    with transaction() as session:
        row = session.get_one(Event, event.id)
        row.state, row.called_off_reason = "called_off", "Tormi tõttu."
    page = text_of(desk, people_path(event))
    assert "See üritus on ära jäetud. Tormi tõttu." in page
    assert "Maasikas1" in page
    for gone in ("<meter", "Lisa osaleja", "Anna koht", "Tühista registreering", "allkirjaleht"):
        assert gone not in page, gone


def test_an_event_without_registration_says_so_and_offers_to_add_nobody(
    desk: FlaskClient, make_event: MakeEvent
) -> None:
    event = make_event(takes_registrations=False)
    for path in (people_path(event), "/desk/"):
        page = text_of(desk, path)
        assert "Registreerimist ei ole" in page
        assert "Kohti jätkub kõigile" not in page
    assert "Lisa osaleja" not in text_of(desk, people_path(event))


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_state_has_the_same_word_on_the_desk_and_in_the_list(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry, prefix: str
) -> None:
    event = make_event()
    words = {
        "pending": ("Kinnitamisel", "Awaiting confirmation"),
        "confirmed": ("Kinnitatud", "Confirmed"),
        "waiting": ("Ootenimekirjas", "On the waiting list"),
        "offered": ("Koht pakutud", "Seat offered"),
        "cancelled": ("Loobus", "Cancelled"),
        "rejected": ("Tagasi lükatud", "Declined"),
    }
    numbers = [sign_up(event.id, entry(), now()).registration_id for _ in words]
    with transaction() as session:
        for number, state in zip(numbers, words, strict=True):
            session.get_one(Registration, number).state = state
    page = text_of(desk, prefix + people_path(event))
    list_of_words = desk.get(f"{prefix}{people_path(event)}.csv").data.decode()
    for pair in words.values():
        word = pair[1 if prefix else 0]
        assert page.count(f">{word} <span") == 1
        assert f"</svg>{word}</span>" in page
        assert f'"{word}"' in list_of_words


def test_the_form_at_the_desk_speaks_about_the_person(
    desk: FlaskClient, make_event: MakeEvent
) -> None:
    event = make_event(allows_others=True, asks_photo_consent=True)
    page = text_of(desk, f"{people_path(event)}/add")
    for words in ("Kirjade keel", "keda inimene esindab", "temast avaldatakse fotosid"):
        assert words in page, words
    for words in ("sulle", "Sinu", "esindad", "tohime", "Siia saadame"):
        assert words not in page, words
    typed = {**open_form(desk, f"{people_path(event)}/add"), "organisation": "other"}
    page = desk.post(f"{people_path(event)}/add", data=typed).get_data(as_text=True)
    assert "Palun kirjuta organisatsiooni nimi." in page
    assert "Palun küsi enne inimeselt" in page
    assert "tuled" not in page
