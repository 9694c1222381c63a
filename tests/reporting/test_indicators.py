"""Figures from the database: the same as a slow recount of its rows, whatever changes."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from secrets import token_hex
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from koostoo.attendance.figures import people_at
from koostoo.attendance.models import Attendance
from koostoo.attendance.rules import Mark
from koostoo.attendance.service import sync
from koostoo.base.clock import local_day, now
from koostoo.base.contact import parse_email
from koostoo.base.database import db, transaction
from koostoo.base.localtext import LocalText
from koostoo.base.text import bare_name_key
from koostoo.base.when import When
from koostoo.events.models import Event
from koostoo.matching import queries
from koostoo.matching.models import CountedRegistration
from koostoo.matching.queries import read_project, standing_decisions
from koostoo.matching.rules import companies, people
from koostoo.matching.service import decide_match, match, undo_decision
from koostoo.privacy.service import forget
from koostoo.programme.member_list import Member
from koostoo.programme.models import Activity, Project
from koostoo.registration.models import Registration
from koostoo.registration.rules import SignUp
from koostoo.registration.service import cancel, sign_up
from koostoo.registration.undelivered import correct_address
from koostoo.reporting.figures import BYS, Choice, Counted, Table, plain
from koostoo.reporting.further import ByHand
from koostoo.reporting.indicators import read_scene, table_of
from koostoo.reporting.recount import recount
from koostoo.reporting.tallies import fresh_cells
from koostoo.worker import match_anew, write_what_falls_due
from tests.statements import statements

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]


def end(event: Event, days_ago: int = 1, days: int = 1) -> list[date]:
    """Let an event have ended so many days ago; return its days."""
    last = local_day(now()) - timedelta(days=days_ago)
    first = last - timedelta(days=days - 1)
    with transaction() as session:
        row = session.get_one(Event, event.id)
        row.when = When.days(first, last)
        row.revised_at = now()
    return [first + timedelta(days=number) for number in range(days)]


def mark(event: Event, person: int, day: date, status: Any = "present") -> None:
    moment = now()
    sync(
        event.id,
        [Mark(token_hex(12), person, day, status, moment)],
        moment,
        moment,
        None,
    )


def project_of(event: Event) -> int:
    return db.session.get_one(Event, event.id).activity.project_id


def figures(project_id: int, by: Any = "activity", choice: Choice | None = None) -> Table:
    """The figures a page shows."""
    choice = choice or Choice()
    numbers = [one.id for one in read_scene(project_id, choice, now()).held]
    cells, is_settled = fresh_cells(project_id, numbers, now())
    assert is_settled
    return table_of(read_scene(project_id, choice, now()), cells, by, choice.organisation_id)


def slowly(project_id: int, by: Any = "activity", choice: Choice | None = None) -> Table:
    """The same from every row there is, matched anew."""
    choice = choice or Choice()
    scene = read_scene(project_id, choice, now())
    read = read_project(project_id)
    persons = people(read.sightings, standing_decisions(project_id, "person"))
    members = companies(read.sightings, standing_decisions(project_id, "organisation"))
    sector_of: dict[int, str] = {}
    for one in read.sightings:
        if one.id in members and not sector_of.get(members[one.id]):
            sector_of[members[one.id]] = read.sectors.get(one.company, "")
    rows = []
    for row in db.session.scalars(select(Registration)):
        marks = db.session.scalars(
            select(Attendance.status).where(
                Attendance.registration_id == row.id, Attendance.status != "unmarked"
            )
        ).all()
        rows.append(
            Counted(
                row.id,
                row.event_id,
                row.state == "confirmed",
                row.organisation_id,
                row.role,
                sector_of.get(members.get(row.id, 0), ""),
                persons[row.id],
                members.get(row.id),
                marks.count("present"),
                bool(marks),
            )
        )
    return recount(scene.held, scene.wanted, rows, by, choice.organisation_id)


def test_people_in_several_events_organisations_and_spellings_are_counted_once(
    make_event: MakeEvent, entry: Entry, keep_register: Callable[..., None]
) -> None:
    first, second = make_event(mode="online"), make_event()
    project_id = project_of(first)
    host, partner = (
        one.organisation_id for one in db.session.get_one(Project, project_id).partners
    )
    keep_register(host, Member("MTÜ Näidise küla selts", sector="ngo"))

    def come(event: Event, first_name: str, last: str, email: str, **more: Any) -> int:
        values = {"first_name": first_name, "last_name": last, "email": email, "email_key": email}
        return sign_up(event.id, entry(**values, **more), now()).registration_id

    mari = [
        come(first, "Mari-Liis", "Mänd", "mari@example.org"),
        come(second, "mari liis", "MÄND", "mari@example.org"),
    ]
    juri = come(second, "Jüri", "Mänd", "mari@example.org", organisation_id=partner)
    # Another address, the same organisation, with its legal form.
    again = come(
        first, "Jüri", "Mänd", "juri@example.org", member_organisation="MTÜ „Näidise küla selts“"
    )
    absent = come(second, "Kärt", "Kask", "kart@example.org", member_organisation="OÜ Teine")
    [day], [other] = end(first, 3), end(second, 2)
    mark(first, mari[0], day)
    mark(first, again, day)
    mark(second, mari[1], other)
    mark(second, juri, other)
    mark(second, absent, other, "absent")

    table = figures(project_id)
    assert plain(table) == plain(slowly(project_id))
    assert table.total.as_dict() == {
        "events": 2, "registered": 5, "unmarked": 0, "attended": 4, "by_hand": 0, "no_shows": 1,
        "person_days": 4, "people": 2, "organisations": 1, "first_timers": 2,
    }  # fmt: skip
    assert table.modes["online"].people == table.modes["onsite"].people == 2
    by_partner = figures(project_id, "organisation").parts
    assert (by_partner[str(host)].people, by_partner[str(partner)].people) == (2, 1)
    sectors = figures(project_id, "sector").parts
    assert (sectors["ngo"].attended, sectors[""].registered) == (4, 1)
    only_later = Choice(first=other)
    assert figures(project_id, "role", only_later).total.first_timers == 0
    # A coming event counts for nothing yet.
    come(make_event(), "Uus", "Inimene", "uus@example.org")
    assert figures(project_id).total.registered == 5


def test_every_figure_follows_whatever_changes(make_event: MakeEvent, entry: Entry) -> None:
    chance = random.Random(7)  # noqa: S311 - the same world in every run
    events = [make_event(mode=mode) for mode in ("onsite", "online", "hybrid")]
    project_id = project_of(events[0])
    names = [("Mari", "Mänd"), ("Jüri", "Kask"), ("Kärt", "Tamm"), ("M.", "Mänd")]
    addresses = ["a@example.org", "b@example.org", "c@example.org", "d@example.org"]
    partners = [one.organisation_id for one in db.session.get_one(Project, project_id).partners]
    days: list[date] = []
    for _step in range(3):
        seated = []
        for event in events:
            with transaction() as session:
                session.get_one(Event, event.id).when = When.days(
                    local_day(now()) + timedelta(days=9)
                )
            for _person in range(3):
                first, last = chance.choice(names)
                address = chance.choice(addresses)
                given = entry(
                    first_name=first,
                    last_name=last,
                    email=address,
                    email_key=address,
                    organisation_id=chance.choice(partners),
                    role=chance.choice(["member", "board"]),
                    member_organisation=chance.choice(["MTÜ Üks", "Üks", "OÜ Kaks", ""]),
                )
                seated.append((event, sign_up(event.id, given, now()).registration_id))
        gone = chance.choice(seated)[1]
        if db.session.get_one(Registration, gone).state == "confirmed":
            cancel(gone, now())
        for place, event in enumerate(events):
            days = end(event, 2 + place, days=2)
            for of, person in seated:
                if of is event and place < 2 and chance.random() < 0.8:
                    mark(event, person, chance.choice(days), chance.choice(["present", "absent"]))
        for by in BYS:
            for choice in (Choice(), Choice(organisation_id=partners[0]), Choice(last=days[-1])):
                assert plain(figures(project_id, by, choice)) == plain(
                    slowly(project_id, by, choice)
                ), (by, choice)


def test_a_decision_by_hand_is_counted_at_once_lasts_and_can_be_undone(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    project_id = project_of(event)

    def come(email: str, represents: str) -> int:
        given = entry(
            first_name="Jaan", last_name="Tamm", email=email, email_key=email,
            member_organisation=represents,
        )  # fmt: skip
        return sign_up(event.id, given, now()).registration_id

    one, other = come("a@example.org", "MTÜ A"), come("b@example.org", "MTÜ B")
    [day] = end(event)
    mark(event, one, day)
    mark(event, other, day)
    assert figures(project_id).total.people == 2
    [pair] = queries.doubtful_pairs(project_id, "person", 9)
    assert queries.count_doubtful(project_id, "person") == 1
    decide_match(project_id, "person", "same", (pair.first, pair.second), now(), None)
    assert figures(project_id).total.people == 1
    with transaction() as session:
        session.get_one(Event, event.id).when = When.days(local_day(now()) + timedelta(days=3))
    third = sign_up(
        make_event().id,
        entry(
            first_name="Jaan", last_name="Tamm", email="b@example.org", email_key="b@example.org"
        ),
        now(),
    ).registration_id
    match(project_id, now())
    assert db.session.get_one(CountedRegistration, third).person_id == one
    assert queries.doubtful_pairs(project_id, "person", 9) == []
    assert queries.joined_pairs(project_id, "person", 9) == []
    [decision] = queries.history(project_id, "person", 9)
    assert undo_decision(project_id, decision.id, now(), None)
    assert not undo_decision(project_id, decision.id, now(), None)
    end(event)
    assert figures(project_id).total.people == 2
    assert plain(figures(project_id)) == plain(slowly(project_id))


def test_an_address_that_is_corrected_matches_a_person_anew(
    make_event: MakeEvent, entry: Entry
) -> None:
    events = [make_event(), make_event()]
    project_id = project_of(events[0])
    numbers = [
        sign_up(
            event.id,
            entry(first_name="Mari", last_name="Mänd", email=address, email_key=address,
                  member_organisation=""),
            now(),
        ).registration_id
        for event, address in zip(events, ("mari@example.org", "mary@example.org"), strict=True)
    ]  # fmt: skip
    for event, number in zip(events, numbers, strict=True):
        mark(event, number, end(event)[0])
    assert figures(project_id).total.people == 2
    correct_address(events[1].id, numbers[1], parse_email("mari@example.org"), now(), None)
    assert figures(project_id).total.people == 1


def test_figures_outlive_addresses_and_names(make_event: MakeEvent, entry: Entry) -> None:
    events = [make_event(), make_event()]
    project_id = project_of(events[0])
    for event in events:
        for name in ("Mänd", "Kask"):
            address = f"{bare_name_key(name)}@example.org"
            given = entry(
                last_name=name, email=address, email_key=address, member_organisation="MTÜ Üks"
            )
            number = sign_up(event.id, given, now()).registration_id
            with transaction() as session:
                row = session.get_one(Registration, number)
                # Only the address tells that it is the same person.
                row.member_organisation = "" if name == "Kask" else row.member_organisation
    for event in events:
        day = end(event, 40)[0]
        for number in db.session.scalars(
            select(Registration.id).where(Registration.event_id == event.id)
        ).all():
            mark(event, number, day)
    before = plain(figures(project_id, "sector"))
    assert before["total"]["people"] == 2
    with transaction() as session:
        project = session.get_one(Project, project_id)
        project.starts_on, project.ends_on = date(2020, 1, 1), date(2020, 12, 31)
    assert forget(now()).contacts == 4
    # Even where everything is matched anew.
    match_anew(now())
    assert plain(figures(project_id, "sector")) == before
    with transaction() as session:
        session.get_one(Project, project_id).keep_until = date(2020, 12, 31)
    assert forget(now()).people == 4
    match_anew(now())
    assert plain(figures(project_id, "sector")) == before


@pytest.mark.usefixtures("programme")
def test_a_project_without_events_has_no_figures(programme: Activity) -> None:
    assert figures(programme.project_id).total.as_dict() == dict.fromkeys(
        figures(programme.project_id).total.as_dict(), 0
    )


def test_what_other_parts_add_is_counted_where_nobody_was_marked(
    make_event: MakeEvent, entry: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone, marked = make_event(), make_event()
    project_id = project_of(alone)
    host = alone.organiser_id
    person = sign_up(marked.id, entry(), now()).registration_id
    end(alone, 4)
    mark(marked, person, end(marked, 2)[0])
    with transaction() as session:
        activity = Activity(
            project_id=project_id, slug="more", kind="joint", position=2, target=1,
            title=LocalText("Kohtumised"), description=LocalText(""),
        )  # fmt: skip
        session.add(activity)
        session.flush()
        further = activity.id
    own = alone.activity_id
    numbers = {alone.id: ByHand(30, {host: 10}), marked.id: ByHand(99, {})}
    for name, told in (
        ("figures_by_hand", numbers),
        ("regions", {alone.id: "Harju"}),
        ("further_activities", {alone.id: [further]}),
    ):
        monkeypatch.setattr(f"koostoo.reporting.indicators.{name}", lambda _ids, told=told: told)
    table = figures(project_id)
    assert (table.total.events, table.total.attended, table.total.by_hand) == (2, 31, 30)
    assert table.total.people == 1
    assert {key: one.attended for key, one in table.parts.items()} == {
        str(own): 31,
        str(further): 30,
    }
    of_host = figures(project_id, "organisation", Choice(organisation_id=host))
    assert of_host.total.by_hand == 10
    assert figures(project_id, "region").parts["Harju"].attended == 30
    assert figures(project_id, "organisation").parts[""].by_hand == 20
    assert figures(project_id, "role", Choice(activity_id=further)).total.attended == 30


def test_the_list_of_an_event_whose_days_nobody_knows_counts_as_who_was_there(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    project_id = project_of(event)
    for _ in range(3):
        sign_up(event.id, entry(), now())
    end(event)
    assert figures(project_id).total.unmarked == 3
    with transaction() as session:
        row = session.get_one(Event, event.id)
        row.when, row.revised_at = When.month(2024, 11), now()
    total = figures(project_id).total
    assert (total.attended, total.person_days, total.people, total.unmarked) == (3, 3, 3, 0)
    assert people_at([event.id])[event.id].number == total.attended
    with transaction() as session:
        row = session.get_one(Event, event.id)
        row.when, row.revised_at = When.days(date(2024, 11, 8)), now()
    assert figures(project_id).total.unmarked == 3
    assert event.id not in people_at([event.id])


def test_the_worker_matches_whoever_is_new(make_event: MakeEvent, entry: Entry) -> None:
    event = make_event()
    person = sign_up(event.id, entry(), now()).registration_id
    assert queries.is_stale(project_of(event))
    write_what_falls_due(now())
    assert not queries.is_stale(project_of(event))
    assert db.session.get_one(CountedRegistration, person).person_id == person
    # Whatever is known, once a day.
    with transaction() as session:
        session.get_one(CountedRegistration, person).person_id = person + 7
    match_anew(now())
    assert db.session.get_one(CountedRegistration, person).person_id == person


def test_what_was_added_up_again_is_soon_left_in_peace(make_event: MakeEvent, entry: Entry) -> None:
    event = make_event()
    project_id, began = project_of(event), now()
    person = sign_up(event.id, entry(), began).registration_id
    [day] = end(event)
    mark(event, person, day)

    def is_added_up(seconds: int) -> bool:
        with time_machine.travel(began + timedelta(seconds=seconds)), statements() as seen:
            assert figures(project_id).total.attended == 1
        return any("counted_registration.sector" in one for one in seen)

    assert [is_added_up(seconds) for seconds in (0, 30, 90, 100)] == [True, True, True, False]
