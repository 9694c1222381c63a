"""One letter for each case that reads differently; people and places are made up."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from koostoo.accounts.models import Organiser, SignInLink
from koostoo.base.database import transaction
from koostoo.base.localtext import LocalText
from koostoo.base.when import When
from koostoo.correspondence.mailing import Words
from koostoo.events.models import Event, LetterWords, Move
from koostoo.events.moves import told_of
from koostoo.programme.models import Project
from koostoo.registration.models import CalendarReply, MailboxCalendar, Registration
from tests.feedback.made import ask
from tests.mail.world import DAYS, NOW, make_event, make_group, make_registration, post
from tests.notices.written import a_digest, a_mailing, a_role, a_test, some_evidence, some_news

LINK = "snapshot-one"
UNTIL = datetime(2026, 8, 5, 9, 0, tzinfo=UTC)
WEB: dict[str, Any] = {
    "mode": "online",
    "place": LocalText(),
    "join_link": "https://meet.example.org/abc",
}
SCHOOL = LocalText("Näidise kool", "Näidise school")
WEEK_LATER = When.timed(
    datetime(2026, 9, 15, 6, 30, tzinfo=UTC), datetime(2026, 9, 15, 13, 0, tzinfo=UTC)
)
SPRING = When.of_season(2027, "spring")
FRIDAY, SATURDAY, LATER_SATURDAY = (
    (datetime(2026, 9, day, start, tzinfo=UTC), datetime(2026, 9, day, end, tzinfo=UTC))
    for day, start, end in ((11, 9, 15), (12, 6, 12), (12, 7, 13))
)
LAST_WEEK = When.timed(NOW - timedelta(days=7, hours=6), NOW - timedelta(days=7))
WEEKEND = When.day_by_day([FRIDAY, SATURDAY])
SORRY = LocalText(
    "Näidise külamajas on torutööd, {nimi}.\n\nVabandame ja loodame, et uus aeg sobib.",
    "The pipes of the village hall are being mended, {name}.\n\nWe hope the new time suits you.",
)
BRING = LocalText(
    "Tere tulemast, {nimi}! Võta kaasa matkajalatsid.\n\n"
    "Parklas on ruumi vähe. Küsimused: {kontakt}.",
    "Welcome, {name}! Bring walking boots.\n\nParking is scarce. Questions: {contact}.",
)

TO_ALL = Words(
    LocalText("{üritus}: bussi väljumine", "{event}: when the bus leaves"),
    LocalText(
        "{nimi}, buss väljub **kell 7.30**.\n\n- Võta kaasa matkajalatsid\n- Küsimused: {kontakt}",
        "{name}, the bus leaves **at 7.30**.\n\n- Bring walking boots\n- Questions: {contact}",
    ),
)
TO_ESTONIANS = Words(
    LocalText("Tule ka suvekooli"),
    LocalText("{nimi}, kohtume suvekoolis!\n\nEelmine kord: {üritus} ({aeg})."),
)

Build = Callable[[str], int]
"""Makes the world and puts the letter, in this language, into the outbox; returns its id."""


class Case(NamedTuple):
    """A kind of letter and how the world is made in which it leaves."""

    kind: str
    build: Build


CASES: dict[str, Case] = {}


def case(name: str, kind: str) -> Callable[[Build], Build]:
    def add(build: Build) -> Build:
        CASES[name] = Case(kind, build)
        return build

    return add


def event(**values: Any) -> int:
    return make_event(**{"slug": "voru", **values})


def person(event_id: int, **values: Any) -> int:
    return make_registration(event_id, **{"link_id": LINK, **values})


def about(name: str, kind: str, of_event: dict[str, Any] | None = None, **of_person: Any) -> None:
    """Add the case of a letter that follows from the rows alone."""

    def build(language: str) -> int:
        return post(kind, person(event(**(of_event or {})), **of_person), language=language)

    CASES[name] = Case(kind, build)


about("confirmed", "confirmed")
about("confirmed-whole-days", "confirmed", {"when": DAYS})
about("confirmed-hours-of-days", "confirmed", {"when": WEEKEND})
about("confirmed-month", "confirmed", {"when": When.month(2026, 11)})
about("confirmed-season", "confirmed", {"when": SPRING})
about("confirmed-web", "confirmed", WEB)
about("confirmed-hybrid", "confirmed", {"mode": "hybrid", "join_link": WEB["join_link"]})
about("confirmed-contribution", "confirmed", {"contribution_cents": 2050})
about("confirmed-contact-of-project", "confirmed", {"contact_name": "", "contact_email": ""})
about("promoted", "promoted")
about("promoted-season", "promoted", {"when": SPRING})
about("waiting", "waiting", state="waiting")
about("waiting-for-an-offer", "waiting", {"offer_hours": 24}, state="waiting")
about("pending-seat-kept", "pending", {"approval": "holds"}, state="pending")
about("pending-no-seat-kept", "pending", {"approval": "loose"}, state="pending")
about("offered", "offered", {"offer_hours": 48}, state="offered", offer_until=UNTIL)
about("offer-lapsed", "offer_lapsed", {"offer_hours": 48}, state="cancelled", ended_by="lapse")
about(
    "rejected", "rejected", state="rejected", decision_reason="Seekord tulevad juhatuste liikmed."
)
about("rejected-without-words", "rejected", state="rejected")
about("changed", "changed")
about("changed-waiting", "changed", state="waiting")
about("already", "already")
about("already-waiting", "already", state="waiting")
about("new-link", "new_link")
about("new-link-cancelled", "new_link", state="cancelled", ended_by="participant")
about("cancelled", "cancelled", state="cancelled", ended_by="participant", invited_sequence=0)
about("cancelled-never-invited", "cancelled", state="cancelled", ended_by="participant")
about("cancelled-by-organiser", "cancelled", state="cancelled", ended_by="organiser")
about("released", "released", state="cancelled", ended_by="organiser", invited_sequence=1)
about(
    "called-off",
    "event_called_off",
    {
        "state": "called_off",
        "called_off_reason": "Tormihoiatus: bussid ei välju.",
        "called_off_reason_en": "Storm warning: no bus will leave.",
    },
    invited_sequence=0,
)
about(
    "called-off-waiting",
    "event_called_off",
    {"state": "called_off", "called_off_reason": "Tormihoiatus: bussid ei välju."},
    state="waiting",
)


@case("confirmed-without-support-text", "confirmed")
def _without_support(language: str) -> int:
    seat = person(event())
    with transaction() as session:
        session.query(Project).one().support_text = LocalText()
    return post("confirmed", seat, language=language)


@case("confirmed-own-words", "confirmed")
def _own_words(language: str) -> int:
    number = event()
    with transaction() as session:
        session.add(LetterWords(event_id=number, kind="confirmed", words=BRING, version=1))
    return post("confirmed", person(number), language=language)


def moved(
    name: str,
    to: dict[str, Any],
    of_event: dict[str, Any] | None = None,
    until: datetime | None = None,
    words: LocalText | None = None,
    **of_person: Any,
) -> None:
    """Add the case of a letter about a change; `until` asks whether people still come."""

    def build(language: str) -> int:
        number = event(**(of_event or {}))
        with transaction() as session:
            row = session.get_one(Event, number)
            move = Move(
                event_id=number,
                at=NOW,
                before=told_of(row),
                words=words or LocalText(),
                answer_until=until,
            )
            session.add(move)
            for column, value in to.items():
                setattr(row, column, value)
            session.flush()
            asked, told = {"move_id": move.id} if until else {}, {"move": move.id}
        seat = person(number, **asked, **of_person)
        return post("event_changed", seat, language=language, payload=told)

    CASES[name] = Case("event_changed", build)


moved("moved-time", {"when": WEEK_LATER}, invited_sequence=0)
moved(
    "moved-hours-of-a-day",
    {"when": When.day_by_day([FRIDAY, LATER_SATURDAY])},
    {"when": WEEKEND},
    invited_sequence=0,
)
moved("moved-place", {"place": SCHOOL})
moved("moved-time-and-place", {"when": WEEK_LATER, "place": SCHOOL}, words=SORRY)
moved("moved-asked", {"when": WEEK_LATER, "place": SCHOOL}, until=UNTIL, words=SORRY)
moved("moved-asked-after-the-time", {"when": WEEK_LATER}, until=NOW - timedelta(days=1))
moved("moved-waiting", {"when": WEEK_LATER}, state="waiting")
moved(
    "moved-offered", {"when": WEEK_LATER}, {"offer_hours": 48}, state="offered", offer_until=UNTIL
)
moved("moved-to-the-web", WEB)
moved("moved-new-link", {"join_link": "https://meet.example.org/xyz"}, WEB)
moved("moved-link-gone", {"join_link": ""}, WEB | {"mode": "hybrid", "place": SCHOOL})
moved("moved-day-fixed", {"when": WEEK_LATER}, {"when": SPRING})
moved("moved-day-lost", {"when": SPRING}, invited_sequence=0)


about("reminder", "reminder")
about("reminder-web", "reminder", WEB)
about("reminder-hybrid", "reminder", {"mode": "hybrid", "join_link": WEB["join_link"]})
about("reminder-whole-days", "reminder", {"when": DAYS})
about("thanks", "thanks", {"when": LAST_WEEK})
about(
    "thanks-by-telephone",
    "thanks",
    {"when": LAST_WEEK, "contact_email": "", "contact_phone": "+37255523850"},
)
about(
    "thanks-feedback",
    "thanks",
    {"when": LAST_WEEK, "feedback_url": "https://forms.example.org/voru"},
)


@case("thanks-own-form", "thanks")
def _thanks_own_form(language: str) -> int:
    return _after(language, "thanks")


@case("feedback-reminder", "feedback_reminder")
def _feedback_reminder(language: str) -> int:
    return _after(language, "feedback_reminder")


def _after(language: str, kind: str) -> int:
    number = event(when=LAST_WEEK)
    ask(number)
    return post(kind, person(number), language=language)


@case("mailing", "mailing")
def _mailing(language: str) -> int:
    seat = person(event())
    return post("mailing", seat, language=language, payload=a_mailing(seat, TO_ALL))


@case("mailing-news", "mailing")
def _news(language: str) -> int:
    number = event()
    seat = person(number)
    other = make_registration(number, first_name="Ott", last_name="Mets")
    told = a_mailing(seat, TO_ESTONIANS, is_news=True) | {"people": [seat, other]}
    return post("mailing", seat, language=language, payload=told)


@case("mailing-test", "mailing_test")
def _mailing_test(language: str) -> int:
    payload = a_test(person(event()), TO_ALL)
    return post("mailing_test", None, queue="t", language=language, payload=payload)


@case("digest", "digest")
def _digest(language: str) -> int:
    number = event()
    seat = person(number)
    make_registration(number, state="waiting", email="ott@example.com", first_name="Ott")
    payload = a_digest(seat, link_id=LINK)
    return post("digest", None, queue="d", language=language, payload=payload)


@case("event-news", "event_news")
def _event_news(language: str) -> int:
    number = event(capacity=2)
    post("promoted", make_registration(number, email="ott@example.com", first_name="Ott"))
    payload = some_news(person(number), "failing", "full", "moved", link_id=LINK)
    return post("event_news", None, queue="d", language=language, payload=payload)


@case("evidence-missing", "evidence_due")
def _evidence_missing(language: str) -> int:
    seat = person(event(when=LAST_WEEK))
    payload = some_evidence(seat, link_id=LINK)
    return post("evidence_due", None, queue="d", language=language, payload=payload)


@case("evidence-list-due", "evidence_due")
def _evidence_list_due(language: str) -> int:
    seat = person(event(when=LAST_WEEK, **WEB))
    payload = some_evidence(seat, "list", link_id=LINK)
    return post("evidence_due", None, queue="d", language=language, payload=payload)


def declined(kind: str, partstat: str, language: str, **values: Any) -> int:
    """Put a letter into the outbox that follows from what somebody's calendar answered."""
    freed_at = values.pop("freed_at", None)
    seat = person(event(), invited_sequence=0, **values)
    with transaction() as session:
        session.add(
            CalendarReply(
                registration_id=seat,
                partstat=partstat,
                sequence=0,
                stamp=NOW,
                received_at=NOW,
                freed_at=freed_at,
            )
        )
    return post(kind, seat, language=language)


@case("calendar-declined", "calendar_declined")
def _calendar_declined(language: str) -> int:
    return declined("calendar_declined", "DECLINED", language)


@case("cancelled-by-a-calendar", "cancelled")
def _cancelled_by_calendar(language: str) -> int:
    return declined(
        "cancelled",
        "DECLINED",
        language,
        state="cancelled",
        ended_by="participant",
        freed_at=NOW,
    )


@case("other-answered", "other_answered")
def _other_answered(language: str) -> int:
    payload = {"address": "juta@mail.example.com", "comment": "Ei saa tulla"}
    return post("other_answered", person(event()), queue="o", language=language, payload=payload)


@case("counter", "counter")
def _counter(language: str) -> int:
    payload = {
        "partstat": "DECLINED",
        "comment": "Neljapäeval saaksin",
        "start": "2026-09-10T06:30:00+00:00",
        "end": "2026-09-10T09:00:00+00:00",
        "zone": "",
    }
    return post("counter", person(event()), queue="c", language=language, payload=payload)


@case("counter-without-a-time", "counter")
def _counter_without_time(language: str) -> int:
    payload = {"partstat": "", "comment": ""}
    return post("counter", person(event()), queue="c", language=language, payload=payload)


@case("group-summary", "group_summary")
def _group(language: str) -> int:
    number = event()
    members = [
        person(number, first_name="Mari", last_name="Mets"),
        make_registration(number, state="waiting", email="ott@example.com", first_name="Ott"),
    ]
    group = make_group(number, members, link_id=LINK)
    return post("group_summary", None, queue="g", language=language, payload={"group_id": group})


@case("group-summary-waiting-together", "group_summary")
def _group_together(language: str) -> int:
    number = event(capacity=1)
    members = [
        make_registration(number, state="waiting", email=f"{name}@example.com", first_name=name)
        for name in ("Ott", "Siim")
    ]
    group = make_group(number, members, mode="together", link_id=LINK)
    return post("group_summary", None, queue="g", language=language, payload={"group_id": group})


@case("links", "links")
def _links(language: str) -> int:
    seat = person(event())
    later = make_event(slug="tartu", title=LocalText("Seminar Tartus"), when=DAYS)
    make_registration(later, state="waiting", link_id="snapshot-two")
    return post("links", seat, language=language)


@case("links-with-a-calendar", "links")
def _links_with_calendar(language: str) -> int:
    seat = person(event())
    with transaction() as session:
        key = session.get_one(Registration, seat).email_key
        session.add(MailboxCalendar(email_key=key, link_id="snapshot-all"))
    return post("links", seat, language=language)


@case("signin", "signin")
def _sign_in(language: str) -> int:
    with transaction() as session:
        organiser = Organiser(email="kai@example.ee", email_key="kai@example.ee", created_at=NOW)
        soon = NOW + timedelta(minutes=10)
        session.add(SignInLink(organiser=organiser, link_id=LINK, expires_at=soon))
    return post("signin", None, queue="s", language=language, payload={"link_id": LINK})


@case("role-given", "role_given")
def _role_given(language: str) -> int:
    payload = a_role(person(event()))
    return post("role_given", None, queue="r", language=language, payload=payload)


@case("test", "test")
def _test(language: str) -> int:
    number = event(when=When.days(date(2026, 9, 8)))
    with transaction() as session:
        session.add(LetterWords(event_id=number, kind="confirmed", words=BRING, version=1))
    payload = {"letter": "confirmed", "event_id": number}
    return post("test", None, queue="t", language=language, payload=payload)


def account(case_name: str, what: str, **detail: Any) -> None:
    """Add the case of a letter about how somebody signs in."""

    def build(language: str) -> int:
        told = {"what": what, "at": NOW.isoformat(), "browser": "firefox/windows", **detail}
        return post("account_changed", None, queue="a", language=language, payload=told)

    CASES[case_name] = Case("account_changed", build)


account("passkey-added", "passkey_added", name="Kontori sülearvuti")
account("passkey-removed", "passkey_removed", name="Kontori sülearvuti")
account("passkey-refused", "passkey_refused", name="Kontori sülearvuti")
account("app-set-up", "totp_set")
account("app-removed", "totp_removed")
account("recovery-codes-made", "codes_made")
account("recovery-code-used", "code_used", left=9)
account("recovery-code-used-last-but-one", "code_used", left=1)
account("codes-guessed", "codes_guessed")
account("factors-reset", "factors_reset", browser="")
