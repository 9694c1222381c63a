import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.base.localtext import LocalText
from koostoo.base.when import When
from koostoo.events.models import Event
from koostoo.mail.models import OutboxMessage
from koostoo.programme.models import Activity
from koostoo.registration.models import Registration
from koostoo.registration.rules import SignUp
from koostoo.registration.service import change, sign_up
from tests.statements import selects_of
from tests.web.desk_pages import open_form, sign_in

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]
CONTACT = {"contact_email": "info@example.org", "summary": LocalText("Läheme külla.")}


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    """A day before all those written below, whatever year it is."""
    with time_machine.travel("2026-11-23T12:00:00Z"):
        yield


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    """An organiser's browser."""
    return sign_in(client)


@pytest.fixture
def new_event(desk: FlaskClient, programme: Activity) -> dict[str, Any]:
    """What an organiser types into the empty form."""
    return {
        **open_form(desk, "/desk/events/new"),
        "activity": str(programme.id),
        "organiser": str(programme.project.partners[0].organisation_id),
        "title_et": "Sügisseminar",
        "title_en": "Autumn seminar",
        "summary_et": "Räägime tulevast.",
        "date_kind": "timed",
        "first_day": "2027-10-08",
        "first_time": "9.30",
        "last_time": "16:00",
        "place_et": "Paralepa",
        "capacity": "40",
        "closes_on": "2027-10-01",
        "contribution": "12,50",
        "contact_email": "info@example.org",
    }


def get_event(slug: str) -> Event:
    db.session.expire_all()
    return db.session.scalars(select(Event).where(Event.slug == slug)).one()


def letters(kind: str) -> list[OutboxMessage]:
    return list(db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == kind)))


def save(desk: FlaskClient, event: Event, **changes: Any) -> int:
    path = f"/desk/events/{event.slug}/edit"
    return desk.post(path, data={**open_form(desk, path), **changes}).status_code


@pytest.mark.parametrize(
    "path", ["/desk/", "/desk/events/new", "/desk/events/a/edit", "/desk/events/a/attendance.pdf"]
)
def test_strangers_are_sent_to_the_sign_in_page(client: FlaskClient, path: str) -> None:
    assert client.get(path).location == "/desk/signin"


def test_a_new_event_is_a_draft_nobody_sees(
    desk: FlaskClient, client: FlaskClient, new_event: dict[str, Any]
) -> None:
    answer = desk.post("/desk/events/new", data=new_event)
    assert answer.location == "/desk/events/sugisseminar/registrations"
    event = get_event("sugisseminar")
    assert event.when == When.timed(
        datetime(2027, 10, 8, 6, 30, tzinfo=UTC), datetime(2027, 10, 8, 13, 0, tzinfo=UTC)
    )
    assert event.title == LocalText("Sügisseminar", "Autumn seminar")
    assert (event.capacity, event.contribution_cents) == (40, 1250)
    assert event.closes_at == datetime(2027, 10, 1, 20, 59, tzinfo=UTC)
    assert client.get("/events/sugisseminar").status_code == 404


def test_two_events_of_one_title_have_two_addresses(
    desk: FlaskClient, new_event: dict[str, Any]
) -> None:
    slugs = [desk.post("/desk/events/new", data=new_event).location for _ in range(3)]
    assert [slug.split("/")[3] for slug in slugs] == [
        "sugisseminar",
        "sugisseminar-2027",
        "sugisseminar-2027-2",
    ]


@pytest.mark.parametrize(
    ("typed", "when"),
    [
        (
            {"date_kind": "days", "first_day": "8.10.2027", "last_day": "9.10.2027"},
            When.days(date(2027, 10, 8), date(2027, 10, 9)),
        ),
        ({"date_kind": "month", "month": "11", "year": "2027"}, When.month(2027, 11)),
        (
            {"date_kind": "season", "season": "spring", "year": "2027"},
            When.of_season(2027, "spring"),
        ),
    ],
)
def test_the_date_may_be_days_a_month_or_a_season(
    desk: FlaskClient, new_event: dict[str, Any], typed: dict[str, str], when: When
) -> None:
    desk.post("/desk/events/new", data={**new_event, **typed})
    assert get_event("sugisseminar").when == when


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"title_et": ""}, "title_et"),
        ({"title_et": "a\x00b"}, "title_et"),
        ({"title_et": "a" * 201}, "title_et"),
        ({"first_day": "31.02.2027"}, "first_day"),
        ({"first_day": ""}, "first_day"),
        ({"first_time": "25.00"}, "first_time"),
        ({"last_time": "9.00"}, "last_time"),
        ({"first_day": "2027-03-28", "first_time": "3.30"}, "first_time"),
        ({"date_kind": "days", "last_day": "2027-10-07"}, "last_day"),
        ({"date_kind": "month"}, "month"),
        ({"date_kind": "season", "season": "spring", "year": "27"}, "year"),
        ({"date_kind": "someday"}, "date_kind"),
        ({"capacity": "-1"}, "capacity"),
        ({"capacity": "٤"}, "capacity"),
        ({"contribution": "viis"}, "contribution"),
        ({"join_link": "javascript:alert(1)"}, "join_link"),
        ({"contact_email": "info"}, "contact_email"),
        ({"contact_phone": "helista"}, "contact_phone"),
        ({"closes_on": "", "closes_time": "12.00"}, "closes_on"),
        ({"activity": "999999"}, "activity"),
        (
            {"questions-0-label_et": "Buss", "questions-0-kind": "choice"},
            "questions-0-options_et",
        ),
    ],
)
def test_what_makes_no_sense_is_explained_beside_its_field_and_kept(
    desk: FlaskClient, new_event: dict[str, Any], typed: dict[str, str], field: str
) -> None:
    answer = desk.post("/desk/events/new", data={**new_event, **typed})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in page
    assert f'href="#{field}"' in page
    assert "Räägime tulevast." in page
    assert db.session.scalars(select(Event)).all() == []


def test_questions_are_kept_in_the_order_asked_for(
    desk: FlaskClient, new_event: dict[str, Any]
) -> None:
    desk.post(
        "/desk/events/new",
        data={
            **new_event,
            "questions-0-label_et": "Toidusoov",
            "questions-0-place": "2",
            "questions-1-label_et": "Bussipeatus",
            "questions-1-kind": "choice",
            "questions-1-required": "y",
            "questions-1-place": "1",
            "questions-1-options_et": "Haapsalu\nLihula",
            "questions-1-options_en": "Haapsalu town",
        },
    )
    bus, food = get_event("sugisseminar").questions
    assert (bus.label.et, bus.kind, bus.required) == ("Bussipeatus", "choice", True)
    assert [option.label for option in bus.options] == [
        LocalText("Haapsalu", "Haapsalu town"),
        LocalText("Lihula"),
    ]
    assert (food.label.et, food.kind) == ("Toidusoov", "text")


def test_saving_an_untouched_form_changes_nothing_people_notice(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(
        **CONTACT, questions=[("choice", "Buss", ["Haapsalu", "Lihula"]), ("text", "Soov", [])]
    )
    sign_up(event.id, entry(), now())
    before = get_event(event.slug)
    options = [option.id for option in before.questions[0].options]
    when, revised_at = before.when, before.revised_at
    assert save(desk, event) == 303
    after = get_event(event.slug)
    assert (after.when, after.sequence, after.version) == (when, 0, 2)
    assert [option.id for option in after.questions[0].options] == options
    assert after.revised_at > revised_at
    assert letters("event_changed") == []


def test_a_mended_word_tells_nobody(desk: FlaskClient, make_event: MakeEvent, entry: Entry) -> None:
    event = make_event(**CONTACT)
    sign_up(event.id, entry(), now())
    assert save(desk, event, title_et="Õppereis Voorele!") == 303
    assert get_event(event.slug).title.et == "Õppereis Voorele!"
    assert (get_event(event.slug).sequence, letters("event_changed")) == (0, [])


def test_moving_a_one_day_event_changes_one_field_and_keeps_one_day(
    desk: FlaskClient, make_event: MakeEvent
) -> None:
    start = datetime(2027, 5, 30, 6, 30, tzinfo=UTC)
    event = make_event(**CONTACT, when=When.timed(start, start + timedelta(hours=5)))
    assert save(desk, event, first_day="29.05.2027") == 303
    when = get_event(event.slug).when
    assert (when.first, when.last) == (date(2027, 5, 29), date(2027, 5, 29))


@pytest.mark.parametrize("changes", [{"last_day": "30.05.2037"}, {"first_day": "30.05.2017"}])
def test_a_slip_of_the_year_is_refused(
    desk: FlaskClient, make_event: MakeEvent, changes: dict[str, str]
) -> None:
    start = datetime(2027, 5, 30, 6, 30, tzinfo=UTC)
    event = make_event(**CONTACT, when=When.timed(start, start + timedelta(hours=5)))
    assert save(desk, event, **changes) == 422
    assert get_event(event.slug).starts_on == date(2027, 5, 30)


def test_an_event_moved_back_seats_those_who_waited_meanwhile(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(**CONTACT, capacity=1)
    first, second = (sign_up(event.id, entry(), now()).registration_id for _ in range(2))
    with transaction() as session:
        session.get_one(Registration, first).state = "cancelled"
    assert save(desk, event, title_et="Ikka tuleb") == 303
    assert db.session.get_one(Registration, second).state == "confirmed"


@pytest.mark.parametrize(
    "path", ["registrations/99999999999999999999/cancel", "registrations/9999999999/cancel"]
)
def test_a_number_no_database_knows_is_not_there(
    desk: FlaskClient, make_event: MakeEvent, path: str
) -> None:
    event = make_event()
    assert desk.get(f"/desk/events/{event.slug}/{path}").status_code == 404


@pytest.mark.parametrize("number", ["²", "9" * 5000])
def test_a_forged_question_number_is_left_out(
    desk: FlaskClient, make_event: MakeEvent, number: str
) -> None:
    event = make_event(**CONTACT)
    assert save(desk, event, **{f"questions-{number}-label_et": "x"}) in (303, 422)


def test_more_seats_confirm_the_next_who_wait(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(**CONTACT, capacity=1)
    for _ in range(4):
        sign_up(event.id, entry(), now())
    assert save(desk, event, capacity="3") == 303
    states = db.session.scalars(select(Registration.state).order_by(Registration.id)).all()
    assert states == ["confirmed", "confirmed", "confirmed", "waiting"]
    assert len(letters("promoted")) == 2
    assert letters("event_changed") == []


def test_the_limit_cannot_fall_below_the_seats_given(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(**CONTACT, capacity=3)
    for _ in range(2):
        sign_up(event.id, entry(), now())
    assert save(desk, event, capacity="1") == 422
    assert get_event(event.slug).capacity == 3
    assert save(desk, event, capacity="2") == 303


def test_the_second_of_two_who_edit_at_once_is_told_and_keeps_the_text(
    desk: FlaskClient, make_event: MakeEvent
) -> None:
    event = make_event(**CONTACT)
    path = f"/desk/events/{event.slug}/edit"
    form = open_form(desk, path)
    assert save(desk, event, title_et="Esimene") == 303
    answer = desk.post(path, data={**form, "title_et": "Teine"})
    assert answer.status_code == 422
    assert 'value="Teine"' in answer.get_data(as_text=True)
    assert get_event(event.slug).title.et == "Esimene"
    assert desk.post(path, data={**form, "title_et": "Teine", "version": "2"}).status_code == 303
    assert get_event(event.slug).title.et == "Teine"


def test_an_answered_question_stays_but_may_be_reworded(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(**CONTACT, questions=[("choice", "Buss", ["Haapsalu", "Lihula"])])
    question = event.questions[0]
    chosen = question.options[0].id
    sign_up(event.id, entry(answers={question.id: [chosen]}), now())
    assert save(desk, event, **{"questions-0-remove": "y"}) == 422
    assert save(desk, event, **{"questions-0-kind": "text"}) == 422
    assert save(desk, event, **{"questions-0-options_et": "Lihula\nVirtsu\nRisti"}) == 422
    assert save(desk, event, **{"questions-0-options_et": "Haapsalu raudteejaam\nLihula"}) == 303
    options = get_event(event.slug).questions[0].options
    assert [(o.id == chosen, o.label.et) for o in options] == [
        (True, "Haapsalu raudteejaam"),
        (False, "Lihula"),
    ]


def test_questions_nobody_answered_may_change_places_and_go(
    desk: FlaskClient, make_event: MakeEvent
) -> None:
    event = make_event(**CONTACT, questions=[("text", label, []) for label in ("A", "B", "C")])
    swapped = {"questions-0-place": "3", "questions-2-place": "1", "questions-1-remove": "y"}
    assert save(desk, event, **swapped) == 303
    assert [question.label.et for question in get_event(event.slug).questions] == ["C", "A"]


def test_a_question_can_be_added_behind_one_with_options(
    desk: FlaskClient, make_event: MakeEvent
) -> None:
    event = make_event(**CONTACT, questions=[("choice", "Buss", ["Haapsalu", "Lihula"])])
    assert save(desk, event, **{"questions-1-label_et": "Toidusoov"}) == 303
    labels = [question.label.et for question in get_event(event.slug).questions]
    assert labels == ["Buss", "Toidusoov"]


def test_a_form_full_of_questions_still_opens(desk: FlaskClient, make_event: MakeEvent) -> None:
    event = make_event(**CONTACT, questions=[("text", f"K{n}", []) for n in range(40)])
    assert save(desk, event) == 303
    assert len(get_event(event.slug).questions) == 40


def test_a_published_event_keeps_what_people_need(desk: FlaskClient, make_event: MakeEvent) -> None:
    event = make_event(**CONTACT)
    assert save(desk, event, place_et="") == 422
    assert get_event(event.slug).place.et == "Voore külalistemaja"


def test_publishing_says_what_is_missing_and_then_shows_the_event(
    desk: FlaskClient, make_event: MakeEvent
) -> None:
    event = make_event(state="draft", place=LocalText(), **CONTACT)
    path = f"/desk/events/{event.slug}/publish"
    assert f"/desk/events/{event.slug}/edit#place_et" in desk.get(path).get_data(as_text=True)
    token = open_form(desk, "/desk/")
    assert desk.post(path, data=token).status_code == 422
    assert get_event(event.slug).state == "draft"
    assert save(desk, event, place_et="Voore") == 303
    assert desk.post(path, data=open_form(desk, path)).status_code == 303
    assert get_event(event.slug).state == "published"
    assert desk.get(f"/events/{event.slug}").status_code == 200


def test_opening_a_page_that_changes_things_changes_nothing(
    desk: FlaskClient, make_event: MakeEvent
) -> None:
    draft, event = make_event(state="draft", **CONTACT), make_event(**CONTACT)
    desk.get(f"/desk/events/{draft.slug}/publish")
    desk.get(f"/desk/events/{event.slug}/call-off")
    desk.get(f"/desk/events/{event.slug}/copy")
    states = db.session.scalars(select(Event.state).order_by(Event.id)).all()
    assert states == ["draft", "published"]


def test_a_copy_is_a_draft_with_everything_moved_by_the_same_days(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    winter = datetime(2027, 1, 15, 7, 30, tzinfo=UTC)
    event = make_event(
        **CONTACT,
        capacity=30,
        when=When.timed(winter, winter + timedelta(hours=6)),
        closes_at=datetime(2027, 1, 8, 21, 59, tzinfo=UTC),
        questions=[("choice", "Buss", ["Haapsalu", "Lihula"])],
    )
    sign_up(event.id, entry(), now())
    path = f"/desk/events/{event.slug}/copy"
    answer = desk.post(path, data={**open_form(desk, path), "first_day": "2027-06-15"})
    copied = get_event(answer.location.split("/")[3])
    assert copied.state == "draft"
    assert copied.starts_at == datetime(2027, 6, 15, 6, 30, tzinfo=UTC)
    assert copied.closes_at == datetime(2027, 6, 8, 20, 59, tzinfo=UTC)
    assert (copied.capacity, copied.uid == event.uid) == (30, False)
    assert [option.label.et for option in copied.questions[0].options] == ["Haapsalu", "Lihula"]
    assert len(db.session.scalars(select(Registration)).all()) == 1


def test_what_is_over_can_no_longer_be_called_off(desk: FlaskClient, make_event: MakeEvent) -> None:
    event = make_event(when=When.days(date(2024, 3, 14), date(2024, 3, 14)))
    people = desk.get(f"/desk/events/{event.slug}/registrations").get_data(as_text=True)
    assert f"/desk/events/{event.slug}/call-off" not in people
    page = f"/desk/events/{event.slug}/call-off"
    fields = open_form(desk, f"/desk/events/{event.slug}/edit") | {"reason": "Torm"}
    assert desk.get(page).status_code == 303
    assert desk.post(page, data=fields).status_code == 303
    db.session.expire_all()
    assert db.session.get_one(Event, event.id).state == "published"


def test_calling_off_needs_a_reason_and_writes_to_everybody(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(**CONTACT, capacity=1)
    for _ in range(2):
        sign_up(event.id, entry(), now())
    path = f"/desk/events/{event.slug}/call-off"
    assert desk.post(path, data=open_form(desk, path)).status_code == 422
    form = {**open_form(desk, path), "reason": "Tormi tõttu", "reason_en": "A storm"}
    assert desk.post(path, data=form).status_code == 303
    called_off = get_event(event.slug)
    assert (called_off.state, called_off.sequence) == ("called_off", 1)
    assert called_off.why_called_off == LocalText("Tormi tõttu", "A storm")
    assert "A storm" in desk.get(f"/en/events/{event.slug}").get_data(as_text=True)
    assert len(letters("event_called_off")) == 2
    desk.post(path, data=form)
    assert len(letters("event_called_off")) == 2
    assert save(desk, event, title_et="Ikka") == 303
    assert get_event(event.slug).title.et != "Ikka"


def test_an_expired_form_keeps_what_was_typed(desk: FlaskClient, new_event: dict[str, Any]) -> None:
    answer = desk.post("/desk/events/new", data={**new_event, "csrf_token": "old"})
    assert answer.status_code == 422
    assert 'value="Sügisseminar"' in answer.get_data(as_text=True)


def test_the_list_of_events_counts_people_in_a_fixed_number_of_queries(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    first = make_event(title=LocalText("Esimene"), capacity=1)
    sign_up(first.id, entry(), now())
    before = selects_of(desk, "/desk/")
    for number in range(4):
        make_event(title=LocalText(f"Üritus {number}"))
        sign_up(first.id, entry(), now())
    assert selects_of(desk, "/desk/") == before
    page = " ".join(desk.get("/desk/").get_data(as_text=True).split())
    assert "1 / 1" in page
    assert '<td data-label="Ootel" class="number">4</td>' in page or ">4</td>" in page


def test_events_stand_under_coming_drafts_and_past(
    desk: FlaskClient, make_event: MakeEvent
) -> None:
    make_event(title=LocalText("Tulev"))
    make_event(title=LocalText("Mustand"), state="draft")
    make_event(title=LocalText("Möödas"), when=When.days(date(2026, 3, 1)))
    for show, title in (("", "Tulev"), ("?show=drafts", "Mustand"), ("?show=past", "Möödas")):
        page = desk.get(f"/desk/{show}").get_data(as_text=True)
        others = {"Tulev", "Mustand", "Möödas"} - {title}
        assert f"<strong>{title}</strong>" in page
        assert not any(f"<strong>{other}</strong>" in page for other in others)


def test_a_changed_answer_after_a_change_of_options_still_reads_right(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(**CONTACT, questions=[("choices", "Töötoad", ["A", "B"])])
    question = event.questions[0]
    first, second = (option.id for option in question.options)
    person = sign_up(event.id, entry(answers={question.id: [second]}), now())
    assert save(desk, event, **{"questions-0-options_et": "B\nA\nC"}) == 303
    options = {option.label.et: option.id for option in get_event(event.slug).questions[0].options}
    assert (options["A"], options["B"]) == (first, second)
    assert change(person.registration_id, entry(answers={question.id: [options["C"]]}), now())


@pytest.mark.parametrize(
    "field", ["activity", "organiser", "date_kind", "mode", "month", "season", "questions-0-kind"]
)
def test_what_was_never_on_offer_is_refused_in_our_words(
    desk: FlaskClient, new_event: dict[str, Any], field: str
) -> None:
    answer = desk.post("/desk/events/new", data={**new_event, field: "nonsense"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Palun vali üks neist." in page
    assert "Not a valid choice" not in page


def test_a_question_needs_its_kind(desk: FlaskClient, new_event: dict[str, Any]) -> None:
    typed = {**new_event, "questions-0-label_et": "Buss", "questions-0-kind": ""}
    assert desk.post("/desk/events/new", data=typed).status_code == 422


def test_the_jump_list_leads_to_every_part_of_the_form(
    desk: FlaskClient, programme: Activity
) -> None:
    page = desk.get("/desk/events/new").get_data(as_text=True)
    anchors = re.findall(r'<li><a href="#([a-z-]+)">', page)
    assert len(anchors) == 8
    for anchor in anchors:
        assert page.count(f'id="{anchor}"') == 1, anchor
