"""An erasure reaches every copy: rows, what others wrote, letters, free pages, old backups."""

import logging
import os
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.events.models import Event
from koostoo.privacy.erasing import erase
from koostoo.privacy.erasure_list import Entry, append, fingerprint, read
from koostoo.privacy.models import Erasure
from koostoo.privacy.service import forget
from koostoo.privacy.sweeping import erase_what_came_back, list_path, note_all, sweep
from koostoo.programme.models import Project
from koostoo.registration.models import Registration
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from tests.privacy.marked import (
    EMAIL,
    FIRST,
    LAST,
    MARK,
    add_marked,
    make_past,
    marked_columns,
    text_columns,
)

MakeEvent = Callable[..., Event]
Entrant = Callable[..., SignUp]
CODES = {
    # Codes, digests and random numbers; nothing anybody wrote.
    "attendance.operation", "attendance.status", "attendance_mark.operation",
    "attendance_mark.status", "audit_entry.action", "audit_entry.detail",
    "calendar_reply.partstat", "calendar_reply.source", "contribution.method",
    "mail_attempt.outcome", "mailing.chosen", "mailing.event_state", "mailing.key",
    "mailbox_calendar.link_id", "match_decision.subject", "match_decision.verdict",
    "outbox_message.kind", "outbox_message.language", "outbox_message.message_id",
    "outbox_message.queue", "outbox_message.reason", "outbox_message.recipient_domain",
    "outbox_message.server", "outbox_message.state", "registration.ended_by",
    "registration.language", "registration.link_id", "registration.membership",
    "registration.role", "registration.source", "registration.state", "registration.uid",
    "registration_group.language", "registration_group.link_id", "registration_group.mode",
    "tag.colour", "walk_in.operation",
    # Digits.
    "registration.phone",
}  # fmt: skip


def test_the_marker_stands_in_every_column_that_holds_words_of_or_about_a_person(
    make_event: MakeEvent, entry: Entrant
) -> None:
    add_marked(make_event, entry)
    assert text_columns() - marked_columns() == CODES


def test_before_the_event_nothing_is_left_and_the_seat_goes_to_who_waits(
    make_event: MakeEvent, entry: Entrant
) -> None:
    number = add_marked(make_event, entry, capacity=1)
    event_id = db.session.get_one(Registration, number).event_id
    waiting = sign_up(event_id, entry(), now())
    assert waiting.state == "waiting"
    assert erase(number, now(), "page")
    assert marked_columns() == set()
    row = db.session.get_one(Registration, number)
    assert (row.state, row.name, row.phone, row.sort_key) == ("cancelled", "", "", "")
    assert db.session.get_one(Registration, waiting.registration_id).state == "confirmed"
    assert erase(number, now(), "phone")
    assert db.session.get_one(Erasure, number).how == "page"


def test_after_the_event_only_what_proves_it_is_left(make_event: MakeEvent, entry: Entrant) -> None:
    number = add_marked(make_event, entry)
    make_past(db.session.get_one(Registration, number).event_id)
    erase(number, now(), "page")
    row = db.session.get_one(Registration, number)
    assert (row.name, row.state, row.photo_consent) == (f"{FIRST} {LAST}", "confirmed", None)
    assert EMAIL not in row.search_key
    names = {"first_name", "last_name", "person_key", "sort_key", "search_key"}
    groups = {"member_organisation", "other_organisation", "origin_key"}
    named_by_others = {"audit_entry.reason", "event_move.words"}
    left = {f"registration.{name}" for name in names | groups}
    assert marked_columns() - named_by_others == left
    with transaction() as session:
        session.scalars(select(Project)).one().keep_until = date(2020, 1, 1)
    forget(now())
    assert {name for name in marked_columns() if name.startswith("registration.")} == set()


def test_who_never_had_a_seat_at_a_past_event_is_no_evidence(
    make_event: MakeEvent, entry: Entrant
) -> None:
    number = add_marked(make_event, entry)
    with transaction() as session:
        session.get_one(Registration, number).state = "waiting"
    make_past(db.session.get_one(Registration, number).event_id)
    erase(number, now(), "letter")
    assert marked_columns() == set()


def test_no_byte_is_left_in_the_files_of_sqlite_nor_in_the_logs(
    make_event: MakeEvent,
    entry: Entrant,
    app: Flask,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("SQLite only: PostgreSQL keeps its files to itself")
    caplog.set_level(logging.DEBUG)
    number = add_marked(make_event, entry)
    database = Path(str(db.engine.url.database))
    assert bytes_left(database, tmp_path)
    erase(number, now(), "page")
    assert sweep(now()) == 1
    assert sweep(now()) == 0
    assert bytes_left(database, tmp_path) == []
    assert MARK not in caplog.text.casefold()


def bytes_left(database: Path, instance: Path) -> list[str]:
    """Return the files in which the marker stands: the database as it lies, its log, a copy."""
    db.session.rollback()
    copy = instance / "copy.db"
    with closing(sqlite3.connect(database)) as source:
        source.execute("VACUUM INTO ?", (str(copy),))
    files = [*database.parent.glob(f"{database.name}*"), *instance.rglob("*")]
    # Another process reads them: closing a file drops all locks this one has on it, those of
    # SQLite too, and the database is damaged (sqlite.org/howtocorrupt.html, 2.2).
    found = subprocess.run(
        ["grep", "--files-with-matches", "--ignore-case", "--text", MARK,
         *(str(one) for one in files if one.is_file())],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert found.returncode < 2, found.stderr
    copy.unlink()
    return [Path(line).name for line in found.stdout.splitlines()]


def test_a_dump_of_postgresql_holds_nothing_of_an_erased_person(
    make_event: MakeEvent, entry: Entrant, app: Flask
) -> None:
    if db.engine.dialect.name != "postgresql":
        pytest.skip("PostgreSQL only")
    number = add_marked(make_event, entry)
    db.session.rollback()
    assert MARK in dumped()
    erase(number, now(), "page")
    assert sweep(now()) == 1
    db.session.rollback()
    assert MARK not in dumped()


def dumped() -> str:
    """Return the whole database as text."""
    url = db.engine.url
    known = {
        "PGHOST": url.host, "PGPORT": str(url.port or 5432), "PGUSER": url.username,
        "PGPASSWORD": str(url.password or ""), "PGDATABASE": url.database,
    }  # fmt: skip
    env = {**os.environ, **{name: value for name, value in known.items() if value}}
    done = subprocess.run(["pg_dump"], capture_output=True, text=True, check=True, env=env)
    return done.stdout.casefold()


def test_an_older_backup_that_is_restored_loses_the_person_again(
    make_event: MakeEvent, entry: Entrant, app: Flask, tmp_path: Path
) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("the way back on PostgreSQL would drop the tables under the other tests")
    number = add_marked(make_event, entry, capacity=1)
    event_id = db.session.get_one(Registration, number).event_id
    old = tmp_path / "old.db"
    runner = app.test_cli_runner()
    assert runner.invoke(args=["backup", str(old)]).exit_code == 0
    erase(number, now(), "page")
    sweep(now())
    late = sign_up(event_id, entry(), now()).registration_id
    db.session.remove()
    db.engine.dispose()
    done = runner.invoke(args=["restore", str(old)])
    assert done.exit_code == 0, done.output
    assert "erased again: 1 people\n" in done.output
    assert "fallen due since, forgotten again: nothing\n" in done.output
    old.unlink()
    assert marked_columns() == set()
    assert bytes_left(Path(str(db.engine.url.database)), tmp_path) == []
    assert db.session.get(Registration, late) is None
    assert db.session.get_one(Registration, number).state == "cancelled"


def test_the_list_outside_is_enough_where_the_database_is_gone(
    make_event: MakeEvent, entry: Entrant
) -> None:
    number = add_marked(make_event, entry)
    uid = db.session.get_one(Registration, number).uid
    append(list_path(), [Entry(now(), number, fingerprint(uid), "phone", keeps_name=False)])
    assert erase_what_came_back(now()) == 1
    assert marked_columns() == set()
    assert erase_what_came_back(now()) == 0
    note_all()
    assert len(read(list_path())) == 1


def test_what_the_worker_of_another_host_finished_stands_on_the_list_of_this_one_too(
    make_event: MakeEvent, entry: Entrant
) -> None:
    number = add_marked(make_event, entry)
    erase(number, now(), "page")
    sweep(now())
    list_path().unlink()  # The list it was written to lies elsewhere.
    assert sweep(now()) == 0
    assert [one.registration_id for one in read(list_path())] == [number]


def test_who_got_the_number_of_an_erased_registration_is_left_alone(
    make_event: MakeEvent, entry: Entrant
) -> None:
    number = sign_up(make_event().id, entry(), now()).registration_id
    append(list_path(), [Entry(now(), number, fingerprint("another-one-"), "page", True)])
    assert erase_what_came_back(now()) == 0
    assert db.session.get_one(Registration, number).email


def test_who_erased_themselves_before_an_event_gave_no_evidence_by_a_later_restore(
    make_event: MakeEvent, entry: Entrant
) -> None:
    number = add_marked(make_event, entry)
    person = db.session.get_one(Registration, number)
    erased = Entry(now(), number, fingerprint(person.uid), "page", keeps_name=False)
    make_past(person.event_id)
    append(list_path(), [erased])
    erase_what_came_back(now())
    row = db.session.get_one(Registration, number)
    assert (row.state, row.name) == ("cancelled", "")


def test_a_torn_line_spoils_nothing_of_the_list(app: Flask) -> None:
    path = list_path()
    first = Entry(now(), 7, "a" * 64, "page", keeps_name=True)
    append(path, [first])
    with path.open("a") as file:
        file.write("2026-11-26T10:00:00+00:00 8 bbb")
    append(path, [first])
    assert read(path) == [first, first]
