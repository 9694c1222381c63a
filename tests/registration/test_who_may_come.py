"""Signing up where only some organisations are invited, or members are told from others."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from secrets import token_hex

import pytest
from sqlalchemy import select

from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.base.localtext import LocalText
from koostoo.events.models import Event, Invitation
from koostoo.programme.member_list import Member, Person
from koostoo.programme.models import Activity, Organisation, Partner, Project
from koostoo.registration.admission import SignUpRefused
from koostoo.registration.groups import GroupSignUp, PeopleRefused, sign_up_group
from koostoo.registration.models import Registration
from koostoo.registration.queries import invited_organisations, project_organisations
from koostoo.registration.rules import SignUp
from koostoo.registration.service import change, sign_up
from tests.registration.people import states

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]
MARI = Person("Mari", "Mänd", "mari.mand@example.org")


@pytest.fixture
def host(programme: Activity) -> int:
    return programme.project.partners[0].organisation_id


@pytest.fixture
def partner(programme: Activity) -> int:
    return programme.project.partners[1].organisation_id


@pytest.fixture
def register(host: int, keep_register: Callable[..., None]) -> None:
    """The host's register: an association, and a municipality with somebody known by name."""
    keep_register(host, "MTÜ „Näidise küla selts“", Member("Näidise vald", people=(MARI,)))


def invite(event: Event, *organisations: int) -> Event:
    with transaction() as session:
        session.add_all(
            Invitation(event_id=event.id, organisation_id=number) for number in organisations
        )
    return event


def membership(registration_id: int) -> str | None:
    db.session.rollback()
    return db.session.get_one(Registration, registration_id).membership


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(SignUpRefused) as refused:
        act()
    return refused.value.reason


def group_of(*people: SignUp) -> GroupSignUp:
    return GroupSignUp("Liis", "liis@example.org", "et", False, token_hex(8), people)


# --- Invitations -------------------------------------------------------------


def test_without_an_invitation_the_whole_project_is_invited(
    make_event: MakeEvent, host: int, partner: int
) -> None:
    event = make_event()
    assert [one.id for one in invited_organisations(event)] == [host, partner]
    invite(event, partner)
    assert [one.id for one in invited_organisations(event)] == [partner]
    assert [one.id for one in project_organisations(event)] == [host, partner]


def test_an_invitation_to_who_left_the_project_invites_nobody_else(
    make_event: MakeEvent, partner: int
) -> None:
    event = invite(make_event(), partner)
    with transaction() as session:
        session.delete(session.query(Partner).filter_by(organisation_id=partner).one())
    assert list(invited_organisations(event)) == []


def test_who_is_not_invited_is_refused_under_the_lock_though_the_form_knew_them(
    make_event: MakeEvent, entry: Entry, host: int, partner: int
) -> None:
    event = invite(make_event(), partner)
    assert refusal(lambda: sign_up(event.id, entry(organisation_id=host), now())) == "not_invited"
    assert sign_up(event.id, entry(organisation_id=partner), now()).state == "confirmed"


def test_an_organisation_of_another_project_and_others_where_none_may_come_are_refused(
    make_event: MakeEvent, entry: Entry, programme: Activity
) -> None:
    with transaction() as session:
        stranger = Organisation(slug="stranger", name="MTÜ Võõras")
        session.add_all(
            [
                stranger,
                Project(
                    slug="other",
                    title=LocalText("Teine projekt"),
                    starts_on=date(2026, 1, 1),
                    ends_on=date(2027, 1, 1),
                    support_text=LocalText(),
                    partners=[Partner(organisation=stranger, role="host", position=1)],
                ),
            ]
        )
    number, event = stranger.id, make_event()
    other = entry(organisation_id=None, other_organisation="Naabrid")
    assert refusal(lambda: sign_up(event.id, entry(organisation_id=number), now())) == "not_invited"
    assert refusal(lambda: sign_up(event.id, other, now())) == "not_invited"
    assert sign_up(make_event(allows_others=True).id, other, now()).state == "confirmed"


def test_an_organiser_adds_people_of_an_organisation_that_is_not_invited(
    make_event: MakeEvent, entry: Entry, host: int, partner: int
) -> None:
    event = invite(make_event(), partner)
    assert sign_up(event.id, entry(organisation_id=host, source="desk"), now()).state == "confirmed"


def test_nobody_changes_over_to_an_organisation_that_is_not_invited_but_keeps_an_own_one(
    make_event: MakeEvent, entry: Entry, host: int, partner: int
) -> None:
    event = invite(make_event(), partner)
    typed = entry(organisation_id=partner)
    seated = sign_up(event.id, typed, now()).registration_id
    moved = replace(typed, organisation_id=host)
    assert refusal(lambda: change(seated, moved, now())) == "not_invited"
    by_hand = entry(organisation_id=host, source="desk")
    added = sign_up(event.id, by_hand, now()).registration_id
    mended = replace(by_hand, source="form", member_organisation="Teine selts")
    assert change(added, mended, now())


# --- Members -----------------------------------------------------------------


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ({"member_organisation": "näidise KÜLA selts"}, "member"),
        ({"member_organisation": "Näidise vald"}, "member"),
        ({"member_organisation": "Võõras selts"}, "stranger"),
        ({"member_organisation": ""}, "stranger"),
        (
            {
                "member_organisation": "Võõras selts",
                "first_name": "MARI",
                "last_name": "mänd",
                "email": MARI.email,
                "email_key": MARI.email_key,
            },
            "member",
        ),
        ({"member_organisation": "", "first_name": "Mari", "last_name": "Mänd"}, "stranger"),
        (
            {"member_organisation": "", "email": MARI.email, "email_key": MARI.email_key},
            "stranger",
        ),
    ],
)
def test_a_member_is_known_by_the_organisation_or_by_name_and_address(
    make_event: MakeEvent, entry: Entry, typed: dict[str, str], found: str
) -> None:
    marking = make_event(membership="flag")
    assert membership(sign_up(marking.id, entry(**typed), now()).registration_id) == found
    for_members = make_event(membership="members")
    if found == "member":
        assert sign_up(for_members.id, entry(**typed), now()).state == "confirmed"
    else:
        reason = refusal(lambda: sign_up(for_members.id, entry(**typed), now()))
        assert reason == "not_a_member"


@pytest.mark.usefixtures("register")
def test_only_the_register_of_the_chosen_organisation_counts(
    make_event: MakeEvent, entry: Entry, partner: int
) -> None:
    event = make_event(membership="members")
    signed = sign_up(event.id, entry(organisation_id=partner), now())
    assert membership(signed.registration_id) == "unchecked"


@pytest.mark.usefixtures("register")
def test_an_event_that_does_not_ask_notes_nothing(make_event: MakeEvent, entry: Entry) -> None:
    assert membership(sign_up(make_event().id, entry(), now()).registration_id) is None


@pytest.mark.usefixtures("register")
def test_a_non_member_may_be_added_by_hand_and_is_noted_as_one(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(membership="members")
    typed = entry(member_organisation="Võõras selts", source="desk")
    added = sign_up(event.id, typed, now())
    assert (added.state, membership(added.registration_id)) == ("confirmed", "stranger")


@pytest.mark.usefixtures("register")
def test_a_change_of_whom_one_represents_is_decided_anew_and_nothing_else_is(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(membership="members")
    typed = entry()
    seated = sign_up(event.id, typed, now()).registration_id
    elsewhere = replace(typed, member_organisation="Võõras selts", phone="+3725552386")
    assert refusal(lambda: change(seated, elsewhere, now())) == "not_a_member"
    db.session.rollback()
    assert db.session.get_one(Registration, seated).phone == typed.phone
    with transaction() as session:
        session.get_one(Event, event.id).membership = "flag"
    assert change(seated, elsewhere, now())
    assert membership(seated) == "stranger"
    with transaction() as session:
        session.get_one(Event, event.id).membership = "members"
    assert change(seated, replace(elsewhere, phone=""), now())
    assert change(seated, typed, now())
    assert membership(seated) == "member"


@pytest.mark.usefixtures("register")
def test_the_same_form_sent_again_by_a_non_member_changes_nothing(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(membership="members")
    typed = entry()
    first = sign_up(event.id, typed, now())
    mended = replace(typed, member_organisation="Võõras selts")
    assert refusal(lambda: sign_up(event.id, mended, now())) == "not_a_member"
    assert membership(first.registration_id) == "member"


@pytest.mark.usefixtures("register")
def test_of_a_group_each_is_looked_up_and_none_is_taken_while_one_is_refused(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(membership="members")
    people = (entry(), entry(member_organisation="Võõras selts"), entry(member_organisation=""))
    with pytest.raises(PeopleRefused) as refused:
        sign_up_group(event.id, group_of(*people), now())
    assert refused.value.reasons == {1: "not_a_member", 2: "not_a_member"}
    assert states(event.id) == []
    with transaction() as session:
        session.get_one(Event, event.id).membership = "flag"
    sign_up_group(event.id, group_of(*people), now())
    rows = db.session.scalars(select(Registration.membership).order_by(Registration.id)).all()
    assert rows == ["member", "stranger", "stranger"]


def test_a_group_of_an_organisation_that_is_not_invited_is_refused(
    make_event: MakeEvent, entry: Entry, host: int, partner: int
) -> None:
    event = invite(make_event(), partner)
    people = group_of(entry(organisation_id=host), entry(organisation_id=host))
    assert refusal(lambda: sign_up_group(event.id, people, now())) == "not_invited"
