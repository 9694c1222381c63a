"""Forgetting: what goes, what stays, and when."""

from collections.abc import Callable
from datetime import date, timedelta

from flask import Flask
from sqlalchemy import select

from koostoo.accounts.models import AuditEntry
from koostoo.attendance.figures import Figures, attended_figures, note_figures
from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.base.localtext import LocalText
from koostoo.base.when import When
from koostoo.correspondence.mailing import Draft, Words, send_mailing
from koostoo.correspondence.models import Mailing, MailingLetter, NewsRefusal
from koostoo.correspondence.news import refuse_news
from koostoo.correspondence.recipients import Whom
from koostoo.events.models import Event, Move
from koostoo.mail.models import InboundMessage, OutboxMessage
from koostoo.privacy.service import forget
from koostoo.programme.models import Project
from koostoo.registration.decisions import turn_down_all
from koostoo.registration.groups import GroupSignUp, sign_up_group
from koostoo.registration.models import Answer, CalendarReply, Group, Registration
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from koostoo.roster.models import Note, Tag
from koostoo.roster.service import set_note, tag_people


def held_event(make_event: Callable[..., Event], entry: Callable[..., SignUp], days: int) -> int:
    """Somebody with an allergy took part in an event `days` ago; returns the registration."""
    event = make_event(questions=[("text", "Allergia", [])])
    answers = {event.questions[0].id: "pähklid"}
    seat = sign_up(event.id, entry(answers=answers), now()).registration_id
    with transaction() as session:
        day = date.today() - timedelta(days=days)  # noqa: DTZ011 - only the distance counts
        session.get_one(Event, event.id).when = When.days(day)
    return seat


def test_sensitive_answers_go_thirty_days_after_the_event_and_no_earlier(
    make_event: Callable[..., Event], entry: Callable[..., SignUp]
) -> None:
    held_event(make_event, entry, 32)
    kept = held_event(make_event, entry, 20)
    assert forget(now()).answers == 1
    [answer] = db.session.scalars(select(Answer))
    assert answer.registration_id == kept


def test_contacts_go_when_the_project_has_ended_and_evidence_stays(
    make_event: Callable[..., Event], entry: Callable[..., SignUp]
) -> None:
    number = held_event(make_event, entry, 32)
    assert forget(now()).contacts == 0
    with transaction() as session:
        project = session.scalars(select(Project)).one()
        project.starts_on, project.ends_on = date(2020, 1, 1), date(2020, 12, 31)
    assert forget(now()).contacts == 1
    row = db.session.get_one(Registration, number)
    assert (row.email, row.phone) == ("", "")
    assert row.last_name.startswith("Maasikas")
    assert db.session.scalars(select(OutboxMessage)).all() == []
    assert forget(now()).contacts == 0


def test_notes_go_with_answers_and_tags_with_contacts(
    make_event: Callable[..., Event], entry: Callable[..., SignUp]
) -> None:
    old, new = (held_event(make_event, entry, days) for days in (32, 20))
    for number in (old, new):
        set_note(number, "Ei söö pähkleid", 0, now(), None)
        event_id = db.session.get_one(Registration, number).event_id
        tag_people(event_id, [number], f"Silt {number}", "", now(), None)
    forget(now())
    assert db.session.scalars(select(Note.registration_id)).all() == [new]
    assert len(db.session.scalars(select(Tag.id)).all()) == 2
    with transaction() as session:
        project = session.scalars(select(Project)).one()
        project.starts_on, project.ends_on = date(2020, 1, 1), date(2020, 12, 31)
    forget(now())
    # Of the event of late there may still be thanks to send.
    assert [tag.name for tag in db.session.scalars(select(Tag))] == [f"Silt {new}"]


def test_names_go_at_the_keep_until_date_and_the_row_still_counts(
    make_event: Callable[..., Event], entry: Callable[..., SignUp]
) -> None:
    number = held_event(make_event, entry, 5)
    assert forget(now()).people == 0
    with transaction() as session:
        session.scalars(select(Project)).one().keep_until = date(2020, 1, 1)
    assert forget(now()).people == 1
    row = db.session.get_one(Registration, number)
    assert (row.name, row.person_key, row.sort_key, row.origin_key) == ("", "", "", "")
    assert (row.state, row.organisation_id is not None) == ("confirmed", True)


def test_the_number_of_participants_stays_and_where_it_is_from_goes(
    make_event: Callable[..., Event],
) -> None:
    event = make_event(when=When.month(2020, 5), takes_registrations=False)
    note_figures(event.id, Figures(40, {}, "Mari Männiku mapp"), 0, now(), None)
    with transaction() as session:
        session.scalars(select(Project)).one().keep_until = date(2021, 12, 31)
    forget(now())
    assert attended_figures([event.id]) == {event.id: Figures(40)}


def test_what_a_contact_and_an_organiser_wrote_goes_with_the_contacts(
    make_event: Callable[..., Event], entry: Callable[..., SignUp]
) -> None:
    event = make_event(approval="holds")
    form = GroupSignUp("Liis Tamm", "liis@example.org", "et", False, "nonce", (entry(),))
    sign_up_group(event.id, form, now())
    person = db.session.scalars(select(Registration)).one().id
    turn_down_all(event.id, [person], "Ainult liikmetele", now(), None)
    with transaction() as session:
        session.add(Move(event_id=event.id, at=now(), before={}, words=LocalText("Mari on haige")))
        day = date.today() - timedelta(days=32)  # noqa: DTZ011 - only the distance counts
        session.get_one(Event, event.id).when = When.days(day)
        project = session.scalars(select(Project)).one()
        project.starts_on, project.ends_on = date(2020, 1, 1), date(2020, 12, 31)
    forget(now())
    group = db.session.scalars(select(Group)).one()
    assert (group.name, group.email) == ("", "")
    assert db.session.get_one(Registration, person).decision_reason == ""
    assert not db.session.scalars(select(Move)).one().words
    [act] = db.session.scalars(select(AuditEntry))
    assert (act.action, act.reason) == ("rejected", "")


def test_what_a_calendar_answered_goes_with_the_contacts(
    make_event: Callable[..., Event], entry: Callable[..., SignUp]
) -> None:
    number = held_event(make_event, entry, 32)
    with transaction() as session:
        session.add(
            CalendarReply(
                registration_id=number,
                partstat="TENTATIVE",
                comment="Jään haigeks",
                sequence=0,
                stamp=now(),
                received_at=now(),
            )
        )
    forget(now())
    assert db.session.get(CalendarReply, number) is not None
    with transaction() as session:
        project = session.scalars(select(Project)).one()
        project.starts_on, project.ends_on = date(2020, 1, 1), date(2020, 12, 31)
    forget(now())
    assert db.session.get(CalendarReply, number) is None


def test_that_a_letter_was_read_is_remembered_for_thirty_days(app: Flask) -> None:
    with transaction() as session:
        for days in (29, 31):
            at = now() - timedelta(days=days)
            session.add(InboundMessage(digest=f"{days:064}", outcome="kept", received_at=at))
    forget(now())
    [kept] = db.session.scalars(select(InboundMessage))
    assert kept.digest == f"{29:064}"


def test_whom_a_letter_was_for_goes_with_the_answers_and_its_words_with_the_contacts(
    make_event: Callable[..., Event], entry: Callable[..., SignUp]
) -> None:
    number = held_event(make_event, entry, 32)
    event_id = db.session.get_one(Registration, number).event_id
    draft = Draft(Words(LocalText("Buss"), LocalText("Kell 7")), "nonce", whom=Whom())
    send_mailing(event_id, draft, 1, now(), None)
    refuse_news(number, now())
    forget(now())
    mailing = db.session.scalars(select(Mailing)).one()
    assert (mailing.chosen, mailing.subject.et, mailing.letters) == ({}, "Buss", 1)
    assert len(db.session.scalars(select(NewsRefusal)).all()) == 1
    end_project()
    forget(now())
    db.session.expire_all()
    mailing = db.session.scalars(select(Mailing)).one()
    assert (mailing.subject, mailing.text, mailing.letters) == (LocalText(), LocalText(), 1)
    assert db.session.scalars(select(MailingLetter)).all() == []
    assert db.session.scalars(select(NewsRefusal)).all() == []


def test_a_refusal_is_kept_while_an_event_of_the_project_is_still_to_come(
    make_event: Callable[..., Event], entry: Callable[..., SignUp]
) -> None:
    refuse_news(held_event(make_event, entry, 5), now())
    make_event()
    end_project()
    forget(now())
    assert len(db.session.scalars(select(NewsRefusal)).all()) == 1


def test_a_refusal_is_kept_as_long_as_there_is_an_address_to_write_news_to(
    make_event: Callable[..., Event], entry: Callable[..., SignUp]
) -> None:
    number = held_event(make_event, entry, 5)
    refuse_news(number, now())
    end_project()
    forget(now())
    assert db.session.get_one(Registration, number).email != ""
    assert len(db.session.scalars(select(NewsRefusal)).all()) == 1


def end_project() -> None:
    with transaction() as session:
        project = session.scalars(select(Project)).one()
        project.starts_on, project.ends_on = date(2020, 1, 1), date(2020, 12, 31)
