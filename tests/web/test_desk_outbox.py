"""The letters at the desk: all of them, one, those to a person."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from koostoo.accounts.granting import give_role
from koostoo.accounts.roles import Grant
from koostoo.base.clock import now
from koostoo.base.contact import parse_email
from koostoo.base.database import db, transaction
from koostoo.base.localtext import LocalText
from koostoo.events.models import Event
from koostoo.mail import delivery
from koostoo.mail.answers import REACH, Failure
from koostoo.mail.models import MAIL_STATES, OutboxMessage
from koostoo.mail.rules import LATE_AFTER
from koostoo.notices.messages import KINDS
from koostoo.registration.rules import SignUp
from koostoo.registration.service import cancel, sign_up
from koostoo.web.desk.outbox_words import LETTER_STATE_WORDS, LETTER_WORDS, OUTCOME_WORDS
from tests.mail.world import change, make_group, message, post, tries
from tests.statements import selects_of
from tests.web.desk_pages import open_form, open_link, people_path, sign_in, text_of

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]
NO_MAILBOX = Failure("no_mailbox", "550 5.1.1 <mari1@example.org> unknown", permanent=True)
LATER = Failure("put_off", "450 4.7.1 come back", answered=True)


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    """An organiser's browser."""
    return sign_in(client)


@pytest.fixture
def letter(make_event: MakeEvent, entry: Entry) -> int:
    """The confirmation of somebody who has just signed up."""
    return letter_of(sign_up(make_event().id, entry(), now()).registration_id)


def letter_of(registration_id: int) -> int:
    db.session.rollback()
    letters = select(OutboxMessage.id).where(OutboxMessage.registration_id == registration_id)
    return db.session.scalars(letters.order_by(OutboxMessage.id.desc())).first() or 0


def let_fail(letter: int, why: Failure) -> None:
    tried = message(letter).recipient
    with transaction() as session:
        taken = delivery.claim(session, now())
        assert taken is not None
        assert taken.id == letter
        delivery.mark_failure(session, taken, tried, why, now())


def let_leave(letter: int) -> None:
    tried = message(letter).recipient
    with transaction() as session:
        taken = delivery.claim(session, now())
        assert taken is not None
        assert taken.id == letter
        delivery.mark_sent(session, taken, tried, "smtp.example.ee", "250 2.0.0 as 4F2A", now())


def addresses(page: str) -> list[str]:
    return re.findall(r'<span class="break">([^<]+)</span></td>', page)


def page_of(letter: int) -> str:
    return f"/desk/outbox/{letter}"


@pytest.mark.parametrize("path", ["/desk/outbox", "/desk/outbox/1"])
def test_strangers_see_no_letters(client: FlaskClient, letter: int, path: str) -> None:
    assert client.get(path).location == "/desk/signin"


def test_an_empty_outbox_says_so(desk: FlaskClient) -> None:
    assert "Kirju veel ei ole" in text_of(desk, "/desk/outbox")


def test_every_letter_stands_in_the_list_with_person_event_and_state(
    desk: FlaskClient, letter: int
) -> None:
    page = text_of(desk, "/desk/outbox")
    for words in ("Mari Maasikas1", "mari1@example.org", "Koht kinnitatud", "Õppereis Voorele"):
        assert words in page
    assert "Järjekorras" in page
    assert "1 kiri" in page


def test_letters_are_found_by_a_part_of_the_address_whatever_its_case(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    for address in ("Mari.Maasikas@example.org", "jyri@example.com", "a_b@example.com"):
        sign_up(event.id, entry(email=address, email_key=address.lower()), now())
    for asked, found in (
        ("mari.MAASIKAS", ["Mari.Maasikas@example.org"]),
        ("example.com", ["a_b@example.com", "jyri@example.com"]),
        ("a_b", ["a_b@example.com"]),
        ("%", []),
        ("_", ["a_b@example.com"]),
    ):
        answer = desk.get("/desk/outbox", query_string={"q": asked})
        assert addresses(answer.get_data(as_text=True)) == found


def test_an_address_at_a_domain_with_letters_such_as_o_tilde_is_shown_and_found_as_written(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    stored = parse_email("mari@õunapuu.example").normalised
    number = sign_up(event.id, entry(email=stored, email_key=stored), now()).registration_id
    people = people_path(event)
    for asked in ("õunapuu", "Mari@Õunapuu.example", "xn--unapuu"):
        for path in ("/desk/outbox", people):
            page = desk.get(path, query_string={"q": asked}).get_data(as_text=True)
            assert "mari@õunapuu.example" in page, (path, asked)
    for path in (f"{people}/{number}", f"{people}/{number}/outbox", f"{people}/{number}/address"):
        page = desk.get(path).get_data(as_text=True)
        assert "mari@õunapuu.example" in page, path
        assert "xn--" not in re.sub(r'href="mailto:[^"]*"', "", page), path


def test_an_event_leads_to_its_own_letters(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event, other = make_event(), make_event(title=LocalText("Teine"))
    for number in (event.id, other.id):
        sign_up(number, entry(), now())
    assert f"/desk/events/{event.slug}/outbox" in desk.get(people_path(event)).text
    answer = desk.get(f"/desk/events/{event.slug}/outbox", follow_redirects=True)
    assert len(addresses(answer.text)) == 1
    assert f'href="{people_path(event)}"' in answer.text
    assert desk.get("/desk/events/none/outbox").status_code == 404


def test_an_events_letters_stay_its_own_however_they_are_searched(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event, other = make_event(), make_event()
    for number in (event.id, other.id):
        sign_up(number, entry(), now())
    path = f"/desk/events/{event.slug}/outbox"
    assert len(addresses(desk.get(f"{path}?event={other.id}").text)) == 1
    page = desk.get(f"{path}?state=queued&q=mari").text
    assert len(addresses(page)) == 1
    assert f'href="{path}?' in page
    assert 'href="/desk/outbox?' not in page


def test_from_the_summary_of_a_group_who_runs_the_event_gets_back_to_its_letters(
    client: FlaskClient, make_event: MakeEvent
) -> None:
    event = make_event()
    host = Grant("coordinator", organisation_id=event.organiser_id)
    give_role("korraldaja@example.org", host, now(), None)
    desk = open_link(client, "korraldaja@example.org")
    group = make_group(event.id, [])
    letter = post("group_summary", queue=f"group:{group}", payload={"group_id": group})
    path = f"/desk/events/{event.slug}/outbox"
    assert f'href="{path}"' in text_of(desk, page_of(letter))
    assert page_of(letter) in text_of(desk, path)


def test_a_partner_finds_the_letters_of_its_own_people_alone(
    client: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    partner = event.activity.project.partners[1].organisation_id
    own, other = (
        letter_of(sign_up(event.id, entry(organisation_id=number), now()).registration_id)
        for number in (partner, event.organiser_id)
    )
    group = make_group(event.id, [])
    summary = post("group_summary", queue=f"group:{group}", payload={"group_id": group})
    give_role("korraldaja@example.org", Grant("coordinator", organisation_id=partner), now(), None)
    desk = open_link(client, "korraldaja@example.org")
    found = [desk.get(page_of(letter)).status_code for letter in (own, other, summary)]
    assert found == [200, 404, 404]
    form = open_form(desk, page_of(own))
    assert desk.post(f"{page_of(other)}/stop", data=form).status_code == 404
    assert message(other).state == "queued"
    assert desk.get(f"/desk/events/{event.slug}/outbox").status_code == 403


def test_letters_are_filtered_by_event_the_summary_of_a_group_included(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event, other = make_event(), make_event(title=LocalText("Teine"))
    one = sign_up(event.id, entry(), now()).registration_id
    sign_up(other.id, entry(), now())
    group = make_group(event.id, [one])
    post(
        "group_summary",
        recipient="liis@example.com",
        queue=f"group:{group}",
        payload={"group_id": group},
    )
    page = text_of(desk, f"/desk/outbox?event={event.id}")
    assert addresses(page) == ["liis@example.com", "mari1@example.org"]
    assert "Kokkuvõte grupi kontaktisikule" in page
    assert addresses(text_of(desk, "/desk/outbox?event=999999")) == []


def test_letters_are_filtered_by_state_and_counted(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    failed = letter_of(sign_up(event.id, entry(), now()).registration_id)
    let_fail(failed, NO_MAILBOX)
    sign_up(event.id, entry(), now())
    page = text_of(desk, "/desk/outbox?state=failed")
    assert addresses(page) == ["mari1@example.org"]
    assert "Sellist postkasti ei ole." in page
    counted = re.findall(r'([^>]+) <span class="count">(\d+)</span>', page)
    assert counted == [("Kõik kirjad", "2"), ("Järjekorras", "1"), ("Ei jõudnud kohale", "1")]


@pytest.mark.parametrize(
    "query", ["state=nonsense", "event=x", "event=-1", "event=99999999999", "page=x", "page=99"]
)
def test_what_makes_no_sense_in_the_address_is_left_out(
    desk: FlaskClient, letter: int, query: str
) -> None:
    assert addresses(text_of(desk, f"/desk/outbox?{query}")) == ["mari1@example.org"]


def test_neither_list_nor_letter_asks_more_of_the_database_for_more_letters(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    def write() -> int:
        number = sign_up(event.id, entry(), now()).registration_id
        group = make_group(event.id, [number])
        post("group_summary", queue=f"group:{group}", payload={"group_id": group})
        return number

    event = make_event()
    number = write()
    paths = ["/desk/outbox", f"{people_path(event)}/{number}/outbox", people_path(event)]
    before = [selects_of(desk, path) for path in paths]
    for _ in range(20):
        write()
    assert [selects_of(desk, path) for path in paths] == before


def test_a_long_list_has_pages(desk: FlaskClient, make_event: MakeEvent, entry: Entry) -> None:
    event = make_event()
    for _ in range(101):
        sign_up(event.id, entry(), now())
    assert len(addresses(text_of(desk, "/desk/outbox"))) == 100
    assert addresses(text_of(desk, "/desk/outbox?page=2")) == ["mari1@example.org"]


def test_a_letter_that_was_taken_tells_by_which_server_and_with_which_words(
    desk: FlaskClient, letter: int
) -> None:
    let_leave(letter)
    page = text_of(desk, page_of(letter))
    for words in ("Saadetud", "smtp.example.ee", "250 2.0.0 as 4F2A", "Meiliserver võttis vastu."):
        assert words in page


def test_a_letter_put_off_tells_why_and_when_it_is_tried_next(
    desk: FlaskClient, letter: int
) -> None:
    let_fail(letter, LATER)
    page = text_of(desk, page_of(letter))
    for words in ("Proovitakse uuesti", "Järgmine katse", LATER.answer, "hiljem uuesti tulla"):
        assert words in page


def test_a_letter_in_line_tells_which_earlier_one_it_waits_for(
    desk: FlaskClient, letter: int
) -> None:
    let_fail(letter, LATER)
    first = message(letter)
    later = post("reminder", first.registration_id, queue=first.queue)
    page = text_of(desk, page_of(later))
    assert "See kiri ootab varasemat" in page
    assert f'href="{page_of(letter)}"' in page
    assert "ootab varasemat" not in text_of(desk, page_of(letter))
    change(OutboxMessage, letter, state="sent")
    assert "ootab varasemat" not in text_of(desk, page_of(later))


def test_a_letter_that_failed_tells_the_servers_words_and_offers_to_correct_the_address(
    desk: FlaskClient, letter: int
) -> None:
    let_fail(letter, NO_MAILBOX)
    page = text_of(desk, page_of(letter))
    assert "Sellist postkasti ei ole." in page
    assert "550 5.1.1 &lt;mari1@example.org&gt; unknown" in page
    assert "Paranda aadress" in page


def test_no_page_tells_what_a_letter_says_or_holds_a_secret_link(
    desk: FlaskClient, letter: int
) -> None:
    assert "/my/" not in text_of(desk, page_of(letter))


def test_a_letter_that_is_not_there_is_not_found(desk: FlaskClient) -> None:
    for number in ("999", "0", "2147483648", "x"):
        assert desk.get(f"/desk/outbox/{number}").status_code == 404


def press(desk: FlaskClient, letter: int, what: str) -> str:
    form = open_form(desk, page_of(letter))
    answer = desk.post(f"{page_of(letter)}/{what}", data=form, follow_redirects=True)
    return answer.get_data(as_text=True)


def test_a_letter_is_stopped_and_tried_again_at_the_press_of_a_button(
    desk: FlaskClient, letter: int
) -> None:
    page = press(desk, letter, "stop")
    assert "Kirja ei saadeta." in page
    assert "Korraldaja peatas selle." in page
    assert message(letter).state == "skipped"
    assert "Kiri on uuesti teel." in press(desk, letter, "again")
    assert (message(letter).state, message(letter).reason) == ("queued", "")


def test_a_letter_that_left_is_neither_stopped_nor_tried_again(
    desk: FlaskClient, letter: int
) -> None:
    let_leave(letter)
    page = text_of(desk, page_of(letter))
    assert "/stop" not in page
    assert "/again" not in page
    form = open_form(desk, "/desk/outbox/" + str(letter))
    for what, words in (("stop", "ei saa enam peatada"), ("again", "ei ole vaja uuesti proovida")):
        answer = desk.post(f"{page_of(letter)}/{what}", data=form, follow_redirects=True)
        assert words in answer.get_data(as_text=True)
    assert message(letter).state == "sent"


def test_a_letter_just_being_handed_over_is_not_stopped(desk: FlaskClient, letter: int) -> None:
    form = open_form(desk, page_of(letter))
    with transaction() as session:
        delivery.claim(session, now())
    answer = desk.post(f"{page_of(letter)}/stop", data=form, follow_redirects=True)
    assert "ei saa enam peatada" in answer.get_data(as_text=True)
    assert message(letter).state == "sending"


@pytest.mark.parametrize("what", ["stop", "again"])
def test_a_button_pressed_from_another_site_changes_nothing(
    desk: FlaskClient, letter: int, what: str
) -> None:
    let_fail(letter, LATER)
    desk.post(f"{page_of(letter)}/{what}")
    form = open_form(desk, page_of(letter))
    headers = {"Sec-Fetch-Site": "cross-site"}
    answer = desk.post(f"{page_of(letter)}/{what}", data=form, headers=headers)
    assert answer.status_code == 403
    assert message(letter).state == "retry"


def test_what_is_done_about_letters_stands_in_the_history(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    letter = letter_of(sign_up(event.id, entry(), now()).registration_id)
    press(desk, letter, "stop")
    press(desk, letter, "again")
    page = text_of(desk, f"/desk/events/{event.slug}/history")
    assert "Peatas kirja" in page
    assert "Saatis kirjad uuesti" in page
    assert "Mari Maasikas1" in page


def test_what_stands_in_the_way_of_all_letters_is_told_and_tried_at_the_press_of_a_button(
    desk: FlaskClient, letter: int
) -> None:
    let_fail(letter, Failure("sign_in", "535 5.7.8 wrong password", answered=True))
    page = text_of(desk, "/desk/outbox")
    assert "kasutajanime või parooli" in page
    assert "535 5.7.8 wrong password" in page
    form = open_form(desk, "/desk/outbox")
    answer = desk.post("/desk/outbox/server", data=form, follow_redirects=True)
    assert "proovitakse kohe" in answer.get_data(as_text=True)
    answer = desk.post("/desk/outbox/server", data=form, follow_redirects=True)
    assert "ei takistanud miski" in answer.get_data(as_text=True)


def test_the_desks_home_rings_when_nothing_leaves(desk: FlaskClient, letter: int) -> None:
    assert "ei lähe välja" not in text_of(desk, "/desk/")
    change(OutboxMessage, letter, next_try_at=now() - LATE_AFTER - timedelta(minutes=1))
    page = text_of(desk, "/desk/")
    assert "Kirjad ei lähe välja" in page
    assert "taustaprotsess ei tööta" in page


def test_a_persons_letters_are_reached_from_their_row(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    number = sign_up(event.id, entry(), now()).registration_id
    let_fail(letter_of(number), NO_MAILBOX)
    cancel(number, now())
    path = f"{people_path(event)}/{number}/outbox"
    assert f'href="{path}"' in text_of(desk, people_path(event))
    page = text_of(desk, path)
    for words in ("Koht kinnitatud", "Registreering tühistatud", "Ei jõudnud kohale"):
        assert words in page
    assert "Saada saamata jäänud kiri uuesti" in page
    answer = desk.post(path, data=open_form(desk, path))
    assert answer.location == path
    assert tries(letter_of(number)) == []


def test_who_cannot_find_the_letter_gets_a_new_one_at_the_press_of_a_button(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    number = sign_up(event.id, entry(), now()).registration_id
    path = f"{people_path(event)}/{number}/outbox"
    form = open_form(desk, path)

    def again() -> str:
        return desk.post(f"{path}/standing", data=form, follow_redirects=True).text

    # One is on its way already.
    assert "Uut kirja pole vaja" in again()
    let_leave(letter_of(number))
    assert "Saada registreeringu seis ja link uuesti" in text_of(desk, path)
    assert "Uus kiri on teel: Mari Maasikas1." in again()
    assert "Uut kirja pole vaja" in again()
    first, second = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
    assert (second.kind, second.recipient) == (first.kind, first.recipient)
    # Mail servers keep a second letter with the Message-ID of the first from its reader.
    assert second.message_id != first.message_id
    assert "Saatis kirjad uuesti" in text_of(desk, f"/desk/events/{event.slug}/history")


def test_who_is_not_registered_any_more_gets_no_new_letter(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    number = sign_up(event.id, entry(), now()).registration_id
    path = f"{people_path(event)}/{number}/outbox"
    let_leave(letter_of(number))
    form = open_form(desk, path)
    cancel(number, now())
    let_leave(letter_of(number))
    assert "Saada registreeringu seis" not in text_of(desk, path)
    answer = desk.post(f"{path}/standing", data=form, follow_redirects=True)
    assert "Uut kirja pole vaja" in answer.text


def test_a_person_of_another_event_is_not_reached_through_this_one(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event, other = make_event(), make_event()
    number = sign_up(event.id, entry(), now()).registration_id
    for ending in ("outbox", "address"):
        assert desk.get(f"{people_path(other)}/{number}/{ending}").status_code == 404


def test_every_letter_state_and_reason_has_words() -> None:
    codes = {
        *REACH,
        "accepted",
        "bounced",
        "bounced_soft",
        "bounced_refused",
        "lost",
        "untrue",
        "stopped",
    }
    assert set(LETTER_WORDS) >= KINDS
    assert set(LETTER_STATE_WORDS) == set(MAIL_STATES)
    assert set(OUTCOME_WORDS) == codes
