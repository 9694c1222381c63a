"""What each kind of letter says, and when it says nothing."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from koostoo.accounts.models import Organiser, SignInLink
from koostoo.base.database import transaction
from koostoo.base.localtext import LocalText
from koostoo.base.tokens import make_token, read_token
from koostoo.base.when import When
from koostoo.mail.letter import Letter
from koostoo.notices.messages import KINDS, NOTICES
from koostoo.notices.render import render
from koostoo.registration.models import CalendarReply
from tests.conftest import KEY
from tests.feedback.made import ask
from tests.mail.world import (
    NOW,
    change,
    make_event,
    make_group,
    make_registration,
    post,
    registration,
)
from tests.notices.written import (
    a_change_of_signing_in,
    a_digest,
    a_mailing,
    a_role,
    a_test,
    some_evidence,
    some_news,
)

BASE = "http://localhost"
STATES = {
    "waiting": "waiting",
    "pending": "pending",
    "offered": "offered",
    "offer_lapsed": "cancelled",
    "cancelled": "cancelled",
    "released": "cancelled",
    "rejected": "rejected",
}
FAREWELLS = {"cancelled", "released", "rejected", "offer_lapsed", "event_called_off"}
AFTERWARDS = {"thanks", "feedback_reminder"}
BESIDES: dict[str, Callable[..., dict[str, Any]]] = {
    "mailing": a_mailing,
    "mailing_test": a_test,
    "digest": a_digest,
    "event_news": some_news,
    "evidence_due": some_evidence,
    "role_given": a_role,
    "account_changed": a_change_of_signing_in,
}
"""Letters that name other rows: what makes them, and the payload that names them."""
ANSWER_UNTIL = datetime(2026, 8, 5, 9, 0, tzinfo=UTC)
SUBJECTS = {
    "confirmed": (
        "Sinu koht on kinnitatud: Õppereis Võrru",
        "Your seat is confirmed: Study trip to Võru",
    ),
    "waiting": (
        "Oled ootenimekirjas: Õppereis Võrru",
        "You are on the waiting list: Study trip to Võru",
    ),
    "promoted": (
        "Koht vabanes ja on nüüd sinu: Õppereis Võrru",
        "A seat became free and is yours: Study trip to Võru",
    ),
    "changed": (
        "Sinu registreeringut muudeti: Õppereis Võrru",
        "Your registration was changed: Study trip to Võru",
    ),
    "new_link": ("Sinu uus link: Õppereis Võrru", "Your new link: Study trip to Võru"),
    "already": (
        "Oled juba registreerunud: Õppereis Võrru",
        "You are already registered: Study trip to Võru",
    ),
    "cancelled": (
        "Sinu registreering on tühistatud: Õppereis Võrru",
        "Your registration is cancelled: Study trip to Võru",
    ),
    "released": (
        "Sinu koht on vabastatud: Õppereis Võrru",
        "Your place was released: Study trip to Võru",
    ),
    "event_changed": (
        "Üritust on muudetud: Õppereis Võrru",
        "The event has changed: Study trip to Võru",
    ),
    "event_called_off": (
        "Üritus jääb ära: Õppereis Võrru",
        "The event is called off: Study trip to Võru",
    ),
    "pending": (
        "Sinu registreering ootab kinnitust: Õppereis Võrru",
        "Your registration awaits confirmation: Study trip to Võru",
    ),
    "offered": (
        "Pakume sulle kohta, vasta hiljemalt 5. augustil 2026 kell 12.00: Õppereis Võrru",
        "A seat is offered to you, answer by 5 August 2026, 12:00: Study trip to Võru",
    ),
    "offer_lapsed": (
        "Sulle pakutud koht läks järgmisele: Õppereis Võrru",
        "The seat offered to you has gone to the next: Study trip to Võru",
    ),
    "rejected": (
        "Korraldaja ei saanud sinu registreeringut kinnitada: Õppereis Võrru",
        "The organiser could not confirm your registration: Study trip to Võru",
    ),
    "group_summary": (
        "Sinu registreeritud inimesed: Õppereis Võrru",
        "The people you signed up: Study trip to Võru",
    ),
    "test": (
        "Proovikiri: Sinu koht on kinnitatud: Õppereis Võrru",
        "Test: Your seat is confirmed: Study trip to Võru",
    ),
    "calendar_declined": (
        "Kas tuled ikka? Õppereis Võrru",
        "Are you still coming? Study trip to Võru",
    ),
    "counter": (
        "Juta Jõgi pakub teist aega: Õppereis Võrru",
        "Juta Jõgi proposes another time: Study trip to Võru",
    ),
    "other_answered": (
        "Kas Juta Jõgi tuleb ikka? Õppereis Võrru",
        "Does Juta Jõgi still come? Study trip to Võru",
    ),
    "reminder": (
        "Meeldetuletus: Õppereis Võrru, 8. september 2026 kell 9.30–16.00",
        "Reminder: Study trip to Võru, 8 September 2026, 09:30–16:00",
    ),
    "thanks": (
        "Aitäh, et osalesid: Õppereis Võrru",
        "Thank you for taking part: Study trip to Võru",
    ),
    "feedback_reminder": (
        "Kuidas oli? Õppereis Võrru",
        "How was it? Study trip to Võru",
    ),
    "mailing": ("Buss Võrru", "Bus to Võru"),
    "mailing_test": ("Proovikiri: Buss Võrru", "Test: Bus to Võru"),
    "digest": (
        "1 uus registreering: Õppereis Võrru",
        "1 new registration: Study trip to Võru",
    ),
    "event_news": (
        "Kirjad ei jõua kohale: Õppereis Võrru",
        "Letters do not arrive: Study trip to Võru",
    ),
    "evidence_due": (
        "Tõendusmaterjal on puudu: Õppereis Võrru",
        "Evidence is missing: Study trip to Võru",
    ),
    "role_given": (
        "Pääsed nüüd korraldaja töölauale",
        "You may work at the organisers' desk",
    ),
    "account_changed": ("Sinu sisselogimist muudeti", "How you sign in was changed"),
    "links": ("Sinu registreeringute lingid", "Links to your registrations"),
    "signin": ("Logi sisse korraldaja töölauale", "Sign in to the organisers' desk"),
}


def letter(kind: str, registration_id: int, language: str = "et", **options: Any) -> Letter:
    written = find_letter(kind, registration_id, language, **options)
    assert written is not None
    return written


def find_letter(
    kind: str, registration_id: int, language: str = "et", **options: Any
) -> Letter | None:
    now = options.pop("now", NOW)
    return render(post(kind, registration_id or None, language=language, **options), now)


def a_letter_of(kind: str, language: str) -> Letter:
    """A letter of any kind, in a state in which it makes sense."""
    event_state = "called_off" if kind == "event_called_off" else "published"
    seat = make_registration(
        make_event(
            state=event_state, called_off_reason="torm" if event_state != "published" else ""
        ),
        state=STATES.get(kind, "confirmed"),
        offer_until=ANSWER_UNTIL if kind == "offered" else None,
    )
    if kind == "feedback_reminder":
        ask(registration(seat).event_id)
    if kind == "calendar_declined":
        calendar_says("DECLINED", seat)
    payload: dict[str, Any] | None = {"link_id": sign_in_link()} if kind == "signin" else None
    if kind == "test":
        payload = {"letter": "confirmed", "event_id": registration(seat).event_id}
    if kind == "group_summary":
        payload = {"group_id": make_group(registration(seat).event_id, [seat])}
    if kind in BESIDES:
        payload = BESIDES[kind](seat)
    moment = NOW + timedelta(days=40) if kind in AFTERWARDS | {"evidence_due"} else NOW
    return letter(kind, seat, language, payload=payload, now=moment)


def calendar_says(partstat: str, seat: int, **values: Any) -> None:
    with transaction() as session:
        reply = CalendarReply(
            registration_id=seat, partstat=partstat, sequence=0, stamp=NOW, received_at=NOW
        )
        for name, value in values.items():
            setattr(reply, name, value)
        session.add(reply)


def sign_in_link(**values: Any) -> str:
    with transaction() as session:
        organiser = Organiser(email="kai@example.ee", email_key="kai@example.ee", created_at=NOW)
        link = SignInLink(
            organiser=organiser,
            link_id="abcdefghijkl",
            **{"expires_at": NOW + timedelta(minutes=10), **values},
        )
        session.add(link)
        return link.link_id


pytestmark = [pytest.mark.usefixtures("app"), pytest.mark.once]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_has_its_subject_in_estonian(kind: str) -> None:
    assert a_letter_of(kind, "et").subject == SUBJECTS[kind][0]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_has_its_subject_in_english(kind: str) -> None:
    assert a_letter_of(kind, "en").subject == SUBJECTS[kind][1]


@pytest.mark.parametrize("language", ["et", "en"])
@pytest.mark.parametrize("kind", sorted(NOTICES))
def test_every_letter_about_a_registration_holds_the_facts(kind: str, language: str) -> None:
    written = a_letter_of(kind, language)
    for body in (written.text, written.html):
        for fact in {
            "et": (
                "Õppereis Võrru",
                "teisipäev, 8. september 2026",
                "Näidise külamaja",
                "Juta Jõgi",
                "MTÜ Näidisrühm",
                "Mari Mänd, mari@example.ee",
                "Ühistegevus: Õppereis",
                "Ühine samm",
                "Toetab näidisfond.",
            ),
            "en": (
                "Study trip to Võru",
                "Tuesday 8 September 2026",
                "Näidise village hall",
                "Joint activity: Study trip",
                "A common step",
                "Supported by a sample fund.",
            ),
        }[language]:
            assert fact in body


@pytest.mark.parametrize("kind", sorted(NOTICES))
def test_the_programme_goes_to_those_who_may_still_come(kind: str) -> None:
    is_gone = kind in FAREWELLS | AFTERWARDS
    written = a_letter_of(kind, "et")
    for body in (written.text, written.html):
        assert ("ringkäik" in body) != is_gone


def test_a_whole_confirmation_in_plain_text() -> None:
    seat = make_registration(make_event(slug="voru"))
    own = f"{BASE}/en/my/{own_token(seat)}"
    assert (
        letter("confirmed", seat, "en").text.replace("\u00a0", " ")
        == f"""\
Hello, Juta!

Your seat is confirmed. See you there!

At the door, show the check-in code: the link below leads to it.

If you cannot come, please give up the seat through the link below: \
somebody else will be glad of it.

An invitation for your calendar comes with this letter.

Event: Study trip to Võru
When: Tuesday 8 September 2026, 09:30–16:00
Where: Näidise village hall
Participant: Juta Jõgi
Organiser: MTÜ Näidisrühm
Contact: Mari Mänd, mari@example.ee

Programme

– kell 9.30 kohv
– kell 10 ringkäik

Your registration: see it, change it, or cancel it:
{own}

Keep the link to yourself: anybody who has it can change your registration.

--
Joint activity: Study trip
Project: A common step
Supported by a sample fund.
"""
    )


def test_own_link_opens_the_registration_in_the_letters_language() -> None:
    seat = make_registration(make_event())
    for language, prefix in (("et", ""), ("en", "/en")):
        link = f"{BASE}{prefix}/my/{own_token(seat)}"
        written = letter("confirmed", seat, language)
        assert f"\n{link}\n" in written.text
        assert f'href="{link}"' in written.html


@pytest.mark.parametrize("kind", sorted(FAREWELLS | AFTERWARDS))
def test_a_farewell_carries_no_own_link(kind: str) -> None:
    # The form that asks how it was is no own page: its token opens nothing else.
    assert "/my/" not in a_letter_of(kind, "et").text.replace("/my/feedback/", "")


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("confirmed", "cancelled"),
        ("confirmed", "waiting"),
        ("promoted", "cancelled"),
        ("waiting", "confirmed"),
        ("changed", "cancelled"),
        ("already", "rejected"),
        ("event_changed", "cancelled"),
        ("cancelled", "confirmed"),
        ("cancelled", "rejected"),
        ("pending", "confirmed"),
        ("offered", "confirmed"),
        ("offer_lapsed", "waiting"),
        ("rejected", "pending"),
    ],
)
def test_what_is_no_longer_true_is_not_written(kind: str, state: str) -> None:
    assert find_letter(kind, make_registration(make_event(), state=state)) is None


@pytest.mark.parametrize(
    "kind",
    sorted(
        set(NOTICES)
        - {"cancelled", "released", "rejected", "event_called_off", "new_link"}
        - AFTERWARDS
    ),
)
def test_a_called_off_event_silences_what_was_said_before(kind: str) -> None:
    seat = make_registration(make_event(state="called_off"), state=STATES.get(kind, "confirmed"))
    assert find_letter(kind, seat) is None


def test_nothing_is_confirmed_after_the_event() -> None:
    seat = make_registration(make_event())
    assert find_letter("confirmed", seat, now=NOW + timedelta(days=60)) is None


def test_a_letter_about_a_deleted_registration_is_not_written() -> None:
    assert find_letter("confirmed", 0) is None


def test_waiting_letter_names_the_place_in_the_queue() -> None:
    event = make_event()
    _first, _second, third = (
        make_registration(
            event,
            state="waiting",
            email=f"p{number}@example.com",
            queued_at=NOW - timedelta(minutes=10 - number),
        )
        for number in range(3)
    )
    make_registration(event, state="waiting", email="later@example.com")
    make_registration(event, state="cancelled", queued_at=NOW - timedelta(hours=1))
    assert "Your place in the queue: 3." in letter("waiting", third, "en").text


@pytest.mark.parametrize(("state", "shown"), [("confirmed", True), ("waiting", False)])
def test_join_link_is_for_confirmed_people_only(state: str, shown: bool) -> None:
    event = make_event(mode="online", join_link="https://meet.example.org/abc", place=LocalText())
    written = letter("changed", make_registration(event, state=state))
    calendar = written.calendar.content.replace(b"\r\n ", b"") if written.calendar else b""
    assert ("meet.example.org" in written.text) is shown
    assert ("meet.example.org" in written.html) is shown
    assert (b"meet.example.org" in calendar) is shown


def test_calling_off_gives_the_reason() -> None:
    assert "torm" in a_letter_of("event_called_off", "et").text


def test_project_answers_where_the_event_names_nobody() -> None:
    written = letter("confirmed", make_registration(make_event(contact_email="", contact_name="")))
    assert written.reply_to == "kai@example.ee"
    assert "Kai Kask, kai@example.ee, +372 5552 385" in written.text.replace("\u00a0", " ")


def test_names_and_titles_stay_words_in_html() -> None:
    event = make_event(title=LocalText("Reis <b>Võrru</b> {{ 7*7 }} %(name)s"))
    written = letter("confirmed", make_registration(event, first_name="<i>Juta</i>"))
    assert "<b>" not in written.html
    assert "<i>" not in written.html
    assert "{{ 7*7 }} %(name)s" in written.html


def test_a_name_cannot_carry_a_strangers_link() -> None:
    seat = make_registration(make_event(), first_name="https://evil.example/x", last_name="a@b.ee")
    written = letter("confirmed", seat)
    for body in (written.text, written.html):
        assert "evil.example" not in body
        assert "a@b" not in body


def test_an_offer_says_until_when_and_carries_the_own_link() -> None:
    event = make_event(offer_hours=48)
    seat = make_registration(event, state="offered", offer_until=ANSWER_UNTIL)
    written = letter("offered", seat, "en")
    for body in (written.text, written.html):
        assert "by 5 August 2026, 12:00" in body
        assert f"/en/my/{own_token(seat)}" in body
    # An invite would say that the seat is theirs.
    assert written.calendar is None


def test_who_waits_for_an_offer_learns_how_long_they_may_think() -> None:
    event = make_event(offer_hours=1)
    text = letter("waiting", make_registration(event, state="waiting"), "en").text
    assert "we offer it to you and you have 1 hour to answer" in text
    assert "yours at once" not in text


@pytest.mark.parametrize(("approval", "said"), [("holds", "is kept"), ("loose", "no seat is kept")])
def test_who_awaits_confirmation_learns_whether_a_seat_is_kept(approval: str, said: str) -> None:
    seat = make_registration(make_event(approval=approval), state="pending")
    assert said in letter("pending", seat, "en").text


def test_a_refusal_gives_the_reason_as_plain_words() -> None:
    seat = make_registration(
        make_event(), state="rejected", decision_reason="Üritus on <b>liikmetele</b>"
    )
    written = letter("rejected", seat)
    assert "Üritus on <b>liikmetele</b>" in written.text
    assert "<b>liikmetele" not in written.html


def test_who_cancelled_is_said_only_where_it_was_the_organiser() -> None:
    event = make_event()
    own = make_registration(event, state="cancelled", ended_by="participant")
    other = make_registration(event, state="cancelled", ended_by="organiser", email="m@example.com")
    assert "The organiser has cancelled" not in letter("cancelled", own, "en").text
    assert "The organiser has cancelled" in letter("cancelled", other, "en").text


def test_the_summary_tells_of_everybody_in_the_form_and_of_nobody_else() -> None:
    event = make_event()
    seat = make_registration(event, first_name="Mari", last_name="Mets")
    waiting = [
        make_registration(event, state="waiting", email=f"{n}@example.com", first_name=f"Ott{n}")
        for n in range(2)
    ]
    make_registration(event, first_name="Võõras", email="v@example.com")
    number = make_group(event, [seat, *waiting], mode="together")
    written = letter("group_summary", 0, "en", payload={"group_id": number})
    assert "Mari Mets: confirmed" in written.text
    assert "Ott1 Jõgi: on the waiting list, place 2" in written.text
    assert "Võõras" not in written.text
    assert "They wait together" in written.text
    assert f"{BASE}/en/my/group/" in written.text
    assert written.text.startswith("Hello, Liis!")
    assert (written.reply_to, written.calendar) == ("mari@example.ee", None)


def test_links_lists_coming_registrations_of_that_mailbox_only() -> None:
    one = make_registration(make_event(title=LocalText("Esimene")), email="juta@example.com")
    past = When.days(NOW.date() - timedelta(days=9))
    for event, values in (
        (make_event(when=past), {}),
        (make_event(state="called_off"), {}),
        (make_event(), {"state": "cancelled"}),
        (make_event(), {"email": "other@example.com"}),
    ):
        make_registration(event, **values)
    text = letter("links", one, recipient="Juta@Example.com").text
    assert text.count("/my/") == 1
    assert f"{BASE}/my/{own_token(one)}" in text


def test_sign_in_link_is_for_the_desk() -> None:
    written = letter("signin", 0, "en", payload={"link_id": sign_in_link()})
    (token,) = re.findall(rf"^{BASE}/en/desk/signin/(\S+)$", written.text, re.MULTILINE)
    assert read_token([KEY], "signin", token) == "abcdefghijkl"
    assert (written.reply_to, written.calendar) == ("", None)


@pytest.mark.parametrize("values", [{"used_at": NOW}, {"expires_at": NOW}])
def test_a_spent_sign_in_link_is_not_sent(values: dict[str, Any]) -> None:
    assert find_letter("signin", 0, payload={"link_id": sign_in_link(**values)}) is None


def own_token(registration_id: int) -> str:
    return make_token([KEY], "my", registration(registration_id).link_id)


def test_a_declining_calendar_is_asked_about_only_while_it_declines() -> None:
    seat = make_registration(make_event())
    calendar_says("DECLINED", seat)
    written = letter("calendar_declined", seat, "en")
    for body in (written.text, written.html):
        assert "Your seat is still yours" in body
        assert f"{BASE}/en/my/{own_token(seat)}" in body
    assert written.calendar is None
    change(CalendarReply, seat, partstat="ACCEPTED")
    assert find_letter("calendar_declined", seat) is None


def test_who_lost_a_seat_to_their_calendar_reads_how_long_they_can_ask_for_it() -> None:
    seat = make_registration(make_event(), state="cancelled", ended_by="participant", sequence=1)
    calendar_says("DECLINED", seat, freed_at=NOW - timedelta(hours=1))
    written = letter("cancelled", seat, "en")
    for body in (written.text, written.html):
        plain = body.replace("\u00a0", " ")
        assert "You can ask for the seat again until 4 August 2026, 11:00" in plain
        assert f"{BASE}/en/my/{own_token(seat)}" in body
        assert "sign up again" not in body
    late = letter("cancelled", seat, "en", now=NOW + timedelta(hours=23))
    assert "sign up again" in late.text
    assert "ask for the seat again" not in late.text


PROPOSAL = {"start": "2026-09-10T06:30:00+00:00", "end": "2026-09-10T09:00:00+00:00", "zone": ""}


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        (PROPOSAL, "Pakutud aeg: neljapäev, 10. september 2026 kell 9.30–12.00"),
        ({**PROPOSAL, "end": ""}, "Pakutud aeg: 10. september 2026 kell 9.30"),
        ({"start": "2026-09-10", "end": "2026-09-11", "zone": ""}, "10.–11. september 2026"),
        ({**PROPOSAL, "zone": "Mars"}, "kellaajad ajavööndis „Mars“"),
        ({}, "aeg, mida ei õnnestunud lugeda"),
    ],
)
def test_a_proposal_reaches_the_contact_in_words(payload: dict[str, str], words: str) -> None:
    seat = make_registration(make_event())
    said = {**payload, "partstat": "DECLINED", "comment": "Siis saan.\nvt www.example.net/x"}
    written = letter("counter", seat, payload=said, recipient="mari@example.ee")
    assert written.reply_to == "juta@example.com"
    assert written.calendar is None
    for body in (written.text, written.html):
        plain = body.replace("\u00a0", " ").replace("<strong>", "").replace("</strong>", "")
        assert words in plain
        assert "Kavandatud ajal: ei tule" in plain
        assert "„Siis saan. vt www. example. net x“" in plain
        assert "Õppereis Võrru" in plain


def test_the_contact_is_told_who_declined_where_that_is_known() -> None:
    seat = make_registration(make_event())
    said = {"address": "juta@mail.example.com", "comment": "vt www.example.net/x"}
    for payload, words in (
        (said, "Kalender aadressil juta@mail.example.com"),
        ({}, "Kalender teisel aadressil"),
    ):
        written = letter("other_answered", seat, payload=payload, recipient="mari@example.ee")
        assert written.reply_to == "juta@example.com"
        assert words in written.text
        assert "www.example.net" not in written.text + written.html


def test_nobody_is_asked_about_a_seat_that_was_given_up_meanwhile() -> None:
    seat = make_registration(make_event(), state="cancelled")
    assert find_letter("other_answered", seat) is None


def test_a_proposal_for_an_event_that_is_over_is_not_handed_on() -> None:
    seat = make_registration(make_event())
    after = NOW + timedelta(days=60)
    assert find_letter("counter", seat, payload=PROPOSAL, now=after) is None
