"""The mailbox read beside the worker: each letter counts once, whatever breaks."""

import imaplib
import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Barrier, Thread
from threading import Event as Flag

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from koostoo.base.clock import local_day, now
from koostoo.base.database import db
from koostoo.base.retry import Busy
from koostoo.base.when import When
from koostoo.mail.imap import Account
from koostoo.mail.models import InboundMessage, OutboxMessage
from koostoo.mailroom import mailbox_read, visit
from koostoo.registration.models import CalendarReply
from tests.inbound.conftest import Invite
from tests.inbound.post import letter
from tests.mail.dovecot import Server, running
from tests.mail.imap_server import ScriptedMailbox
from tests.mail.servers import free_port
from tests.mail.world import NOW, make_event
from tests.trouble import lock_held

UseMailbox = Callable[[Account], None]
AT = NOW + timedelta(days=1)


@pytest.fixture
def event(app: Flask) -> int:
    """A trip a month ahead of now: the reader asks the clock."""
    return make_event(when=When.days(local_day(now()) + timedelta(days=30)))


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.fixture
def server(dovecot: Server) -> Server:
    dovecot.clear()
    return dovecot


@pytest.fixture
def use_mailbox(app: Flask, monkeypatch: pytest.MonkeyPatch) -> UseMailbox:
    """Let the mailbox of this account be read."""

    def use(account: Account) -> None:
        for name in ("host", "port", "tls", "username", "password", "folder", "done"):
            monkeypatch.setitem(app.config, f"INBOUND_IMAP_{name.upper()}", getattr(account, name))

    return use


def declined(invite: Invite) -> bytes:
    return letter("gmail.eml", invite(), AT, partstat="DECLINED")


def count(table: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def questions() -> int:
    """How many letters ask whether somebody still comes."""
    db.session.rollback()
    wanted = select(func.count()).where(OutboxMessage.kind == "calendar_declined")
    return db.session.scalar(wanted) or 0


def test_answers_are_put_away_and_letters_of_people_left_unread(
    server: Server, use_mailbox: UseMailbox, invite: Invite
) -> None:
    guest = invite()
    server.put(letter("thunderbird.eml", guest, AT))
    server.put(letter("person.eml", guest, AT))
    server.put(letter("out_of_office.eml", guest, AT))
    use_mailbox(server.account())
    assert visit(now()) == 3
    assert (server.count("Done", "SEEN"), server.count("INBOX", "UNSEEN")) == (2, 1)
    assert visit(now()) == 0
    server.put(letter("gmail.eml", guest, AT + timedelta(hours=1)))
    assert visit(now()) == 1


@pytest.mark.parametrize("place", ["STORE", "COPY", "FETCH"])
def test_broken_off_anywhere_a_letter_counts_once_and_is_put_away_later(
    invite: Invite, use_mailbox: UseMailbox, place: str
) -> None:
    with ScriptedMailbox({7: declined(invite)}, drops_at=place) as mailbox:
        use_mailbox(mailbox.account)
        for _ in range(2):
            with pytest.raises((OSError, imaplib.IMAP4.error)):
                visit(now())
        mailbox.drops_at = ""
        assert visit(now()) == 1
        assert mailbox.did("UID COPY 7") >= 1
        assert visit(now()) == 0
    assert (count(CalendarReply), count(InboundMessage), questions()) == (1, 1, 1)


def test_a_mailbox_that_numbers_its_letters_anew_is_read_again_but_nothing_counts_twice(
    invite: Invite, use_mailbox: UseMailbox
) -> None:
    raw = declined(invite)
    with ScriptedMailbox({70: raw}) as mailbox:
        use_mailbox(mailbox.account)
        assert visit(now()) == 1
        mailbox.validity, mailbox.letters = 2, {1: raw}
        assert visit(now()) == 1
        assert visit(now()) == 0
    assert (count(InboundMessage), questions()) == (1, 1)


def test_two_readers_of_one_mailbox_count_each_letter_once(
    app: Flask, server: Server, use_mailbox: UseMailbox, invite: Invite
) -> None:
    for number in range(5):
        guest = invite("Juta Jogi", f"juta{number}@example.com")
        server.put(letter("gmail.eml", guest, AT, partstat="DECLINED"))
    use_mailbox(server.account())
    together, failures = Barrier(2), list[BaseException]()

    def read() -> None:
        with app.app_context():
            try:
                together.wait(60)
                visit(now())
            except BaseException as error:  # noqa: BLE001 - told by the test's own thread
                failures.append(error)
            finally:
                db.session.remove()

    readers = [Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(60)
    assert failures == []
    assert (count(CalendarReply), count(InboundMessage), questions()) == (5, 5, 5)
    assert server.count("INBOX") == 0


@pytest.mark.usefixtures("impatient")
def test_a_letter_waits_for_the_next_visit_when_the_database_is_busy(
    invite: Invite, use_mailbox: UseMailbox
) -> None:
    with ScriptedMailbox({7: declined(invite)}) as mailbox:
        use_mailbox(mailbox.account)
        with lock_held(), pytest.raises((Busy, OperationalError)):
            visit(now())
        assert mailbox.did("UID STORE") == 0
        assert visit(now()) == 1
    assert questions() == 1


def test_the_reader_reads_until_told_to_stop(
    app: Flask, server: Server, use_mailbox: UseMailbox, invite: Invite
) -> None:
    server.put(declined(invite))
    use_mailbox(server.account())
    stop = Flag()
    with mailbox_read(app, stop):
        for _ in range(600):
            if questions():
                break
            stop.wait(0.1)
    assert stop.is_set()
    assert questions() == 1


def test_a_mailbox_out_of_reach_is_logged_by_kind_and_tried_ever_more_rarely(
    app: Flask, use_mailbox: UseMailbox, caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    pauses: list[float] = []

    class Impatient(Flag):
        def wait(self, timeout: float | None = None) -> bool:
            pauses.append(timeout or 0)
            if len(pauses) == 9:
                self.set()
            return self.is_set()

    secret = Account("127.0.0.1", free_port(), False, "someone@example.ee", "pw", "INBOX", "")
    use_mailbox(secret)
    monkeypatch.setitem(app.config, "INBOUND_SECONDS", 60)
    stop = Impatient()
    app.logger.addHandler(caplog.handler)
    try:
        with caplog.at_level(logging.INFO, "koostoo"), mailbox_read(app, stop):
            for _ in range(600):
                if stop.is_set():
                    break
                Flag().wait(0.05)
    finally:
        app.logger.removeHandler(caplog.handler)
    assert pauses == [120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600]
    assert "ConnectionRefusedError" in caplog.text
    assert "someone" not in caplog.text


def test_where_no_mailbox_is_set_none_is_read(app: Flask) -> None:
    stop = Flag()
    with mailbox_read(app, stop):
        assert not stop.is_set()


def test_the_log_tells_what_letters_were_and_nothing_of_people(
    app: Flask, invite: Invite, use_mailbox: UseMailbox, caplog: pytest.LogCaptureFixture
) -> None:
    guest = invite()
    raws = {
        1: letter("gmail.eml", guest, AT),
        2: letter("bounce_exim.eml", guest, AT),
        3: letter("person.eml", guest, AT),
        4: b"\xff" * 100,
    }
    app.logger.addHandler(caplog.handler)
    try:
        with ScriptedMailbox(raws) as mailbox, caplog.at_level(logging.INFO, "koostoo"):
            use_mailbox(mailbox.account)
            visit(now())
    finally:
        app.logger.removeHandler(caplog.handler)
    assert [record.getMessage() for record in caplog.records] == [
        "letter came in: kept",
        "letter came in: bounced",
        "letter came in: letter",
        "letter came in: letter",
    ]
    assert not any(word in caplog.text.lower() for word in ("juta", "example.com", guest.uid))
