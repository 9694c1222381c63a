"""What the settings of the mailbox may be."""

import pytest

from config import SettingsError, settings

PLAIN = {"KOOSTOO_ENV": "development", "SECRET_KEY": "k" * 40}
MAILBOX = {
    **PLAIN,
    "INBOUND_IMAP_HOST": "imap.example.ee",
    "INBOUND_IMAP_USERNAME": "koostoo@example.ee",
    "INBOUND_IMAP_PASSWORD": "secret",
}


def test_without_any_nobody_reads_a_mailbox() -> None:
    found = settings(PLAIN)
    assert (found["INBOUND_IMAP_HOST"], found["INBOUND_PIPE"]) == ("", False)
    assert found["INBOUND_AUTHSERV_ID"] == ""


def test_a_mailbox_is_read_over_verified_tls_each_minute() -> None:
    found = settings(MAILBOX)
    assert (found["INBOUND_IMAP_PORT"], found["INBOUND_IMAP_TLS"]) == (993, True)
    assert (found["INBOUND_IMAP_FOLDER"], found["INBOUND_SECONDS"]) == ("INBOX", 60)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"INBOUND_IMAP_USERNAME": ""}, "INBOUND_IMAP_USERNAME"),
        ({"INBOUND_IMAP_TLS": "off"}, "INBOUND_IMAP_TLS"),
        ({"INBOUND_IMAP_PORT": "imaps"}, "INBOUND_IMAP_PORT"),
        ({"INBOUND_IMAP_FOLDER": "Sisse tõmmatud"}, "INBOUND_IMAP_FOLDER"),
        ({"INBOUND_IMAP_DONE": "a\r\nb"}, "INBOUND_IMAP_DONE"),
        ({"MAIL_BOUNCE_TO": "koostoo@example.ee"}, "MAIL_BOUNCE_TO"),
        ({"MAIL_BOUNCE_TO": "koostoo@{}.example.ee"}, "MAIL_BOUNCE_TO"),
        ({"MAIL_BOUNCE_TO": "{}{}@example.ee"}, "MAIL_BOUNCE_TO"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(changed: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        settings(MAILBOX | changed)


def test_without_tls_only_this_machine_is_spoken_to() -> None:
    found = settings(MAILBOX | {"INBOUND_IMAP_HOST": "127.0.0.1", "INBOUND_IMAP_TLS": "off"})
    assert found["INBOUND_IMAP_TLS"] is False
