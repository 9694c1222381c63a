import imaplib
import ssl
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from koostoo.mail.imap import Account, MailboxError, open_mailbox
from koostoo.mail.reading import MAX_BYTES
from tests.mail.dovecot import Server, running
from tests.mail.imap_server import ScriptedMailbox
from tests.mail.servers import free_port

LONG_AGO = date(2020, 1, 1)


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.fixture
def server(dovecot: Server) -> Server:
    """Its mailbox is empty."""
    dovecot.clear()
    return dovecot


def test_letters_are_read_in_order_and_stay_unread(server: Server) -> None:
    for number in (1, 2, 3):
        server.put(f"Subject: {number}\r\n\r\nhello\r\n".encode())
    with open_mailbox(server.account()) as mailbox:
        first, *others = mailbox.newer_than(0, LONG_AGO)
        assert mailbox.newer_than(first, LONG_AGO) == others
        assert mailbox.newer_than(others[-1], LONG_AGO) == []
        assert mailbox.fetch(others[0]) == b"Subject: 2\r\n\r\nhello\r\n"
        assert mailbox.fetch(others[-1] + 10) is None
    assert server.count("INBOX", "UNSEEN") == 3


def test_a_letter_put_away_is_read_and_moved(server: Server) -> None:
    for _ in range(2):
        server.put(b"Subject: x\r\n\r\nhello\r\n")
    with open_mailbox(server.account()) as mailbox:
        mailbox.put_away(mailbox.newer_than(0, LONG_AGO)[0])
    assert (server.count("INBOX"), server.count("Done", "SEEN")) == (1, 1)


def test_without_a_folder_for_it_it_stays_and_is_marked_as_read(server: Server) -> None:
    server.put(b"Subject: x\r\n\r\nhello\r\n")
    with open_mailbox(server.account(done="")) as mailbox:
        mailbox.put_away(mailbox.newer_than(0, LONG_AGO)[0])
    assert server.count("INBOX", "SEEN") == 1


def test_a_folder_for_it_is_made_where_there_is_none(server: Server) -> None:
    server.put(b"Subject: x\r\n\r\nhello\r\n")
    with open_mailbox(server.account(done="Read by the service")) as mailbox:
        mailbox.put_away(mailbox.newer_than(0, LONG_AGO)[0])
    assert (server.count("INBOX"), server.count('"Read by the service"')) == (0, 1)


def test_letters_from_before_a_day_are_left_alone(server: Server) -> None:
    now = datetime.now(UTC)
    old = imaplib.Time2Internaldate(now - timedelta(days=40))
    server.put(b"Subject: old\r\n\r\n", arrived=old)
    server.put(b"Subject: new\r\n\r\n")
    with open_mailbox(server.account()) as mailbox:
        found = mailbox.newer_than(0, (now - timedelta(days=14)).date())
        assert [mailbox.fetch(uid) for uid in found] == [b"Subject: new\r\n\r\n"]


def test_of_a_huge_letter_no_more_is_fetched_than_tells_that_it_is_huge(server: Server) -> None:
    server.put(b"Subject: x\r\n\r\n" + b"x" * 70 * 30_000)
    with open_mailbox(server.account()) as mailbox:
        raw = mailbox.fetch(mailbox.newer_than(0, LONG_AGO)[0])
    assert raw is not None
    assert len(raw) == MAX_BYTES + 1


def test_a_certificate_must_be_known(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ssl.SSLCertVerificationError), open_mailbox(server.account(tls=True)):
        pass
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    with open_mailbox(server.account(tls=True)) as mailbox:
        assert mailbox.newer_than(0, LONG_AGO) == []


def test_a_server_without_the_newer_commands_is_good_enough() -> None:
    with ScriptedMailbox({7: b"hello"}) as server:
        with open_mailbox(server.account) as mailbox:
            mailbox.put_away(7)
        assert server.did('UID COPY 7 "Done"') == 1
        assert server.did(r"UID STORE 7 \+FLAGS.SILENT \(\\Deleted\)") == 1
        assert server.did("UID (EXPUNGE|MOVE)") == 0
    with ScriptedMailbox({7: b"hello"}, can="UIDPLUS") as server:
        with open_mailbox(server.account) as mailbox:
            mailbox.put_away(7)
        assert server.did("UID EXPUNGE 7") == 1


@pytest.mark.parametrize("place", ["SILENCE", "LOGIN", "SELECT", "CAPABILITY", "SEARCH", "FETCH"])
def test_a_server_that_hangs_up_is_an_error_like_any_other(place: str) -> None:
    def read(account: Account) -> None:
        with open_mailbox(account) as mailbox:
            mailbox.newer_than(0, LONG_AGO)
            mailbox.fetch(7)

    with ScriptedMailbox({7: b"hello"}, drops_at=place) as server:
        with pytest.raises((OSError, imaplib.IMAP4.error)):
            read(server.account)
        assert server.did("LOGOUT") == 0


def test_nobody_there_and_a_wrong_password_are_errors_too(server: Server) -> None:
    nobody = Account("127.0.0.1", free_port(), False, "a", "b", "INBOX", "")
    errors = (OSError, imaplib.IMAP4.error)
    for account in (nobody, server.account(password="wrong")):
        with pytest.raises(errors), open_mailbox(account):
            pass


def test_a_server_without_uidvalidity_cannot_be_read() -> None:
    with (
        ScriptedMailbox({}, validity=-1) as server,
        pytest.raises(MailboxError),
        open_mailbox(server.account),
    ):
        pass
