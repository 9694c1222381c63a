"""Rows for every page there is: for each state a page tells of, somebody or something in it."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

from sqlalchemy import select

from koostoo.accounts.api_tokens import make_token as make_api_token
from koostoo.accounts.audit import record
from koostoo.accounts.models import ApiToken, Follow, Organiser
from koostoo.accounts.service import make_local_link
from koostoo.attendance.feedback import FEEDBACK_PURPOSE, give_feedback
from koostoo.attendance.importing import keep_list
from koostoo.base.clock import now
from koostoo.base.contact import parse_email
from koostoo.base.database import db, transaction
from koostoo.base.localtext import LocalText
from koostoo.base.tokens import make_token
from koostoo.base.when import When
from koostoo.correspondence.following import follow_event
from koostoo.correspondence.mailing import Draft, Words, send_mailing
from koostoo.correspondence.models import Mailing
from koostoo.correspondence.planning import plan_feedback
from koostoo.documents.table import Row
from koostoo.events.models import Event, Quota
from koostoo.feedback.queries import find_form
from koostoo.feedback.ready import ready_questions
from koostoo.feedback.rules import FormDraft
from koostoo.files.preparing import prepare
from koostoo.files.queries import files_of, logos_of
from koostoo.files.service import keep_file, keep_logo
from koostoo.mail.models import OutboxMessage
from koostoo.privacy.correcting import Wish, ask_for_correction
from koostoo.privacy.erasing import erase
from koostoo.programme.member_file import MemberFile
from koostoo.programme.member_list import Member
from koostoo.programme.models import Activity
from koostoo.programme.service import keep_import
from koostoo.registration.groups import GroupSignUp, sign_up_group
from koostoo.registration.mailbox_calendar import FEED_PURPOSE, PAGE_PURPOSE, ensure_calendar
from koostoo.registration.models import CalendarReply, Group, MailboxCalendar, Registration
from koostoo.registration.records import new_registration
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from koostoo.reporting.evidence import plan_for_event, wish_for
from koostoo.reporting.figures import Choice
from koostoo.reporting.freezing import freeze, gather
from koostoo.roster.service import tag_people
from koostoo.work.service import ask_for
from koostoo.workroom import work_off
from tests.accounts.made import add_app, add_passkey
from tests.conftest import KEY
from tests.files.made import picture
from tests.registration.moves import ask

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]
Values = dict[str, dict[str, Any]]
FULL, DRAFT, PAST, OFFERING, ASKING = "tais", "mustand", "moodunud", "pakkumisega", "kolitud"
SOURCE = {"kind": "csv", "encoding": "utf-8", "is_assumed": False, "sheet": "", "unused": []}
QUESTIONS = [
    ("choice", "Peatus", ["Keila 7.35", "Saku 7.50"]),
    ("yesno", "Kas jääd ööseks?", []),
    ("long", "Toidusoovid", []),
]


def build(make_event: MakeEvent, entry: Entry, programme: Activity) -> Values:
    """Fill the database; return the parts of addresses, by endpoint and under "" for all others."""
    host, partner = (one.organisation_id for one in programme.project.partners)
    moment = now()
    texts = {"summary": LocalText("Läheme külla."), "contact_email": "info@example.org"}
    full = make_event(
        slug=FULL,
        capacity=1,
        questions=QUESTIONS,
        contribution_cents=2000,
        programme=LocalText("- **9.30** Kohv"),
        **texts,
    )
    _promise(full.id, partner)
    _purposes(full.id)
    seated, waiting = (sign_up(full.id, entry(), moment).registration_id for _one in "ab")
    erase(sign_up(full.id, entry(), moment).registration_id, moment, "phone")
    make_event(slug=DRAFT, state="draft", **texts)
    past = make_event(slug=PAST, when=When.days((moment - timedelta(days=9)).date()), **texts)
    there = _asked_how_it_was(past, entry)
    offering = make_event(slug=OFFERING, capacity=1, offer_hours=24, **texts)
    moved = make_event(slug=ASKING, **texts)
    asked = sign_up(moved.id, entry(), moment).registration_id
    ask(moved)
    offered = _offered(offering.id, entry)
    mailing = _mailing(full.id)
    tag_people(full.id, [seated], "esineja", "blue", moment, None)
    photo = prepare(BytesIO(picture()), "foto.jpg", "photo")
    for kind in ("cover", "photo"):
        keep_file(full.id, kind, photo, moment, None)
    keep_logo(programme.project_id, photo, LocalText("Näidisfond"), moment, None)
    _act(full.id, seated)
    package, report = _package(full.id), _report(programme.project_id)
    make_api_token(_first(select(Organiser.id)), "Koduleht", None, moment)
    passkey = add_passkey("korraldaja@example.org")
    add_app("korraldaja@example.org")
    event = {"slug": FULL, "number": seated}
    return {
        "": event,
        "project": {"slug": programme.project.slug},
        "projects": {"slug": programme.project.slug},
        "organisations": {"slug": "host"},
        "activities": {"slug": programme.slug},
        "desk.publish": {"slug": DRAFT},
        "desk.preview": {"slug": DRAFT},
        "desk.import_list": {"slug": PAST},
        "desk.import_match": {"slug": PAST, "key": _list(past.id)},
        "desk.feedback": {"slug": PAST},
        "desk.feedback_settings": {"slug": PAST},
        "desk.feedback_pdf": {"slug": PAST},
        "desk.feedback_csv": {"slug": PAST},
        "desk.feedback_xlsx": {"slug": PAST},
        "mine.feedback": {"token": make_token([KEY], FEEDBACK_PURPOSE, there)},
        "desk.activity_remove": {
            "slug": programme.project.slug,
            "number": _empty_activity(programme),
        },
        **{
            f"desk.report{tail}": {"slug": programme.project.slug, "number": report}
            for tail in ("", "_withdraw", "_pdf", "_csv", "_xlsx")
        },
        "desk.revoke": {"number": _first(select(ApiToken.id))},
        "desk.passkey_remove": {"number": passkey},
        "desk.work": {"number": package},
        "desk.work_package": {"number": package},
        "desk.queue": {"slug": FULL, "number": waiting},
        "desk.above": {"slug": FULL, "number": waiting},
        "desk.letter": {"slug": FULL, "number": mailing},
        "desk.outbox_letter": {"number": _first(select(OutboxMessage.id))},
        "desk.members_preview": {"slug": "host", "key": _register(host)},
        "desk.letter_text": {"slug": FULL, "kind": "confirmed"},
        **{
            f"desk.file_{what}": {"slug": FULL, "number": files_of(full.id)[0].id}
            for what in ("edit", "remove")
        },
        **{
            f"desk.logo_{what}": {
                "slug": programme.project.slug,
                "number": logos_of(programme.project_id)[0].id,
            }
            for what in ("edit", "remove")
        },
        **_tokens(seated, waiting, asked, offered, entry, full.id),
    }


def _empty_activity(like: Activity) -> int:
    """Plan something that has no events yet; only that can be removed."""
    with transaction() as session:
        found = Activity(
            project_id=like.project_id,
            slug="seminar",
            kind="joint",
            position=2,
            title=LocalText("Seminar"),
            description=LocalText("Vähemalt üks"),
            target=1,
        )
        session.add(found)
        session.flush()
        return found.id


def _promise(event_id: int, organisation_id: int) -> None:
    with transaction() as session:
        session.get_one(Event, event_id).capacity = 3
        session.add(Quota(event_id=event_id, organisation_id=organisation_id, seats=2))


def _purposes(event_id: int) -> None:
    with transaction() as session:
        event = session.get_one(Event, event_id)
        for question, purpose in zip(event.questions, ("stop", "nights", "diet"), strict=True):
            question.purpose = purpose
        event.questions[2].asked = "checkin"


def _asked_how_it_was(event: Event, entry: Entry) -> str:
    """Let people of an event that is over be asked, three have answered; return one's link."""
    plan_feedback(event.id, FormDraft(questions=ready_questions()), "", now())
    with transaction() as session:
        people = [
            new_registration(
                session.get_one(Event, event.id), entry(), "confirmed", event.created_at
            )
            for _one in range(4)
        ]
        session.add_all(people)
        session.flush()
        numbers, links = [one.id for one in people], [one.link_id for one in people]
    form = find_form(event.id)
    assert form is not None
    given = {
        one.id: {"scale": 4, "yesno": True}.get(one.kind, "Ringkäik") for one in form.questions
    }
    for number in numbers[1:]:
        give_feedback(number, given, now())
    return links[0]


def _offered(event_id: int, entry: Entry) -> int:
    number = sign_up(event_id, entry(), now()).registration_id
    with transaction() as session:
        person = session.get_one(Registration, number)
        person.state, person.offer_until = "offered", now() + timedelta(hours=20)
    return number


def _mailing(event_id: int) -> int:
    draft = Draft(Words(LocalText("Buss"), LocalText("Buss väljub kell 9.")), "nonce")
    send_mailing(event_id, draft, 1, now(), None)
    with transaction() as session:
        session.query(OutboxMessage).filter_by(kind="confirmed").update(
            {"state": "failed", "reason": "no_mailbox", "answer": "550 5.1.1 no such user"}
        )
    return int(_first(select(Mailing.id)))


def _act(event_id: int, number: int) -> None:
    with transaction() as session:
        record(session, None, "added", now(), event_id=event_id, registration_id=number)


def _package(event_id: int) -> int:
    plan = plan_for_event(event_id, "et", now())
    db.session.rollback()
    event = db.session.get_one(Event, event_id)
    by = _first(select(Organiser.id))
    number = ask_for(wish_for(plan, "et", event.activity.project_id, event_id), now(), by)
    work_off(now)
    return number


def _report(project_id: int) -> int:
    choice = Choice()
    return freeze(
        project_id, "Maksetaotlus 1", choice, gather(project_id, choice, now()), now(), None
    )


def _list(event_id: int) -> str:
    rows = [Row(1, ("Eesnimi", "Perekonnanimi")), Row(2, ("Mari", "Maasikas")), Row(3, ("", ""))]
    return keep_list(event_id, rows, SOURCE, now())


def _register(organisation_id: int) -> str:
    file = MemberFile((Member("Küla selts"), Member("Jõe ühing")), 2, ())
    return keep_import(organisation_id, file, SOURCE, now(), replaces=True)


def _tokens(
    seated: int, waiting: int, asked: int, offered: int, entry: Entry, event_id: int
) -> Values:
    """Return the secret links of people in the states that have a page of their own."""
    contact = GroupSignUp("Mari Maasikas", "mari@example.org", "et", False, "g", (entry(), entry()))
    sign_up_group(event_id, contact, now())
    with transaction() as session:
        session.add(
            CalendarReply(
                registration_id=seated,
                partstat="DECLINED",
                sequence=0,
                stamp=now(),
                received_at=now(),
            )
        )
        person = session.get_one(Registration, seated)
        key = person.email_key
        ensure_calendar(session, key)
        organiser_id = session.scalars(select(Organiser.id)).first() or 0
    follow_event(event_id, organiser_id, {"digest"}, "et", now())
    calendar = _first(select(MailboxCalendar.link_id).where(MailboxCalendar.email_key == key))
    wish = Wish(
        "Mari", "Maasikas-Kask", parse_email("mari.kask@example.org"), "Olin ka teisel päeval"
    )
    ask_for_correction(seated, wish, now())
    own, group = _link(Registration, seated), _first(select(Group.link_id))
    return {
        "mine": {"token": make_token([KEY], "my", own)},
        "mine.still_coming": {"token": make_token([KEY], "my", _link(Registration, asked))},
        "mine.offer": {"token": make_token([KEY], "my", _link(Registration, offered))},
        "mine.group": {"token": make_token([KEY], "group", group)},
        "mine.new_group_link": {"token": make_token([KEY], "group", group)},
        "mine.cancel_in_group": {
            "token": make_token([KEY], "group", group),
            "number": _first(select(Registration.id).where(Registration.group_id.is_not(None))),
        },
        "mine.calendar": {"token": make_token([KEY], PAGE_PURPOSE, calendar)},
        "mine.mailbox_data": {"token": make_token([KEY], PAGE_PURPOSE, calendar)},
        "mine.mailbox_file": {"token": make_token([KEY], PAGE_PURPOSE, calendar)},
        "mine.calendar_feed": {"token": make_token([KEY], FEED_PURPOSE, calendar)},
        "mine.feed": {"token": make_token([KEY], "feed", own)},
        "signin.link": {"token": make_token([KEY], "signin", _sign_in_link())},
        "mine.news": {"token": make_token([KEY], "news", own)},
        "mine.notices": {"token": make_token([KEY], "unfollow", _follow_link())},
    }


def _sign_in_link() -> str:
    return make_local_link("korraldaja@example.org", now())


def _follow_link() -> str:
    return str(_first(select(Follow.link_id)))


def _link(model: Any, number: int) -> str:
    db.session.rollback()
    return str(db.session.get_one(model, number).link_id)


def _first(query: Any) -> Any:
    db.session.rollback()
    found = db.session.scalars(query).first()
    assert found is not None
    return found
