"""What an answer of a mail server means, by its codes, its words, and when it came."""

import smtplib
import socket
import ssl

import pytest

from koostoo.mail.answers import ANSWER_LENGTH, Kind, Stage, mishap, refusal


@pytest.mark.parametrize(
    ("stage", "code", "words", "kind", "permanent"),
    [
        # Us, our settings, our server: never the letter's fault, never for good.
        ("connect", 554, "5.7.1 your address is blocked", "server_busy", False),
        ("connect", 421, "4.3.2 shutting down", "server_busy", False),
        ("secure", 454, "TLS not available", "server_busy", False),
        ("sign_in", 535, "5.7.8 wrong password", "sign_in", False),
        ("sign_in", 454, "4.7.0 try later", "server_busy", False),
        ("sender", 530, "5.7.0 sign in first", "sign_in", False),
        ("sender", 530, "5.7.0 Must issue a STARTTLS command first", "no_tls", False),
        ("sign_in", 538, "5.7.11 Encryption required for this mechanism", "no_tls", False),
        ("sender", 550, "5.7.60 not allowed to send as this sender", "sender", False),
        ("sender", 451, "4.3.0 later", "server_busy", False),
        ("recipient", 530, "5.7.0 sign in first", "sign_in", False),
        ("recipient", 554, "5.7.1 <a@example.com>: Relay access denied", "relay", False),
        ("recipient", 550, "5.7.54 SMTP; Unable to relay recipient", "relay", False),
        # Postfix says only now what it has against us.
        (
            "recipient",
            553,
            "5.7.1 <k@e.ee>: Sender address rejected: not logged in",
            "sign_in",
            False,
        ),
        ("recipient", 530, "5.7.0 Must issue a STARTTLS command first", "no_tls", False),
        (
            "recipient",
            553,
            "5.7.1 <k+1@example.ee>: Sender address rejected: not owned by user k@example.ee",
            "sender",
            False,
        ),
        (
            "recipient",
            554,
            "5.7.1 <a[192.0.2.1]>: Client host rejected: Access denied",
            "relay",
            False,
        ),
        (
            "recipient",
            450,
            "4.1.8 <k@example.ee>: Sender address rejected: later",
            "put_off",
            False,
        ),
        (
            "recipient",
            554,
            "5.7.1 <a@example.com>: Recipient address rejected: no",
            "refused",
            True,
        ),
        ("content", 432, "4.3.2 STOREDRV; sender thread limit exceeded", "server_busy", False),
        ("content", 451, "4.3.0 queue file write error", "deferred", False),
        # A domain.
        ("recipient", 421, "4.7.0 too many connections from you", "crowded", False),
        ("recipient", 452, "4.5.3 too many recipients", "crowded", False),
        ("content", 451, "4.7.28 unusual rate of mail", "crowded", False),
        ("recipient", 450, "4.3.2 not accepting network messages", "crowded", False),
        ("recipient", 451, "4.4.1 no answer from host", "later", False),
        ("recipient", 450, "try again", "later", False),
        # A mailbox.
        ("recipient", 450, "4.2.0 Greylisted, see example.org", "put_off", False),
        ("recipient", 451, "graylisting in action", "put_off", False),
        ("recipient", 450, "4.7.1 come back", "put_off", False),
        ("recipient", 452, "4.2.2 over quota", "mailbox_full", False),
        ("recipient", 552, "5.2.2 mailbox full", "mailbox_full", True),
        ("recipient", 552, "storage exceeded", "mailbox_full", True),
        ("recipient", 550, "5.1.1 no such user", "no_mailbox", True),
        ("recipient", 550, "unknown", "no_mailbox", True),
        ("recipient", 550, "5.7.1 blocked by policy", "refused", True),
        ("recipient", 554, "no", "refused", True),
        # A letter.
        ("content", 554, "5.7.1 looks like spam", "message_refused", True),
        ("content", 550, "no", "message_refused", True),
        ("content", 552, "5.3.4 message too big", "too_large", True),
        ("content", 552, "no", "too_large", True),
        ("sender", 552, "5.3.4 message size exceeds fixed limit", "too_large", True),
    ],
)
def test_an_answer_is_told_by_its_codes_and_by_when_it_came(
    stage: Stage, code: int, words: str, kind: Kind, permanent: bool
) -> None:
    found = refusal(stage, code, words.encode())
    assert (found.kind, found.permanent) == (kind, permanent)
    assert found.answer == f"{code} {words}"
    assert found.answered


@pytest.mark.parametrize(
    ("stage", "error", "kind"),
    [
        ("connect", ConnectionRefusedError(111, "refused"), "no_connection"),
        ("connect", socket.gaierror(-2, "name not known"), "no_connection"),
        ("connect", TimeoutError("timed out"), "no_answer"),
        ("connect", smtplib.SMTPServerDisconnected("closed"), "no_answer"),
        ("connect", smtplib.SMTPConnectError(554, b"go away"), "server_busy"),
        ("connect", ssl.SSLError("wrong version number"), "no_tls"),
        ("connect", ssl.SSLCertVerificationError("self-signed"), "certificate"),
        ("secure", ssl.SSLCertVerificationError("expired"), "certificate"),
        ("secure", smtplib.SMTPNotSupportedError("no STARTTLS"), "no_tls"),
        ("sign_in", smtplib.SMTPAuthenticationError(535, b"wrong"), "sign_in"),
        ("sign_in", smtplib.SMTPNotSupportedError("no AUTH"), "sign_in"),
        ("sender", smtplib.SMTPServerDisconnected("gone"), "no_answer"),
        ("recipient", smtplib.SMTPServerDisconnected("gone"), "later"),
        ("content", smtplib.SMTPServerDisconnected("gone"), "unknown"),
        ("content", TimeoutError("timed out"), "unknown"),
        ("content", smtplib.SMTPDataError(451, b"not now"), "deferred"),
        ("write", KeyError("no such kind"), "broken"),
    ],
)
def test_what_breaks_off_a_conversation_costs_no_letter(
    stage: Stage, error: Exception, kind: Kind
) -> None:
    found = mishap(stage, error)
    assert (found.kind, found.permanent) == (kind, False)


def test_a_letter_that_cannot_be_written_is_not_tried_again() -> None:
    found = mishap("write", ValueError("a header with a line end"))
    assert (found.kind, found.permanent) == ("unwritable", True)


def test_an_answer_without_a_code_after_the_dot_leaves_the_outcome_unknown() -> None:
    assert refusal("content", -1, b"?!").kind == "unknown"


def test_the_words_are_one_line_of_text_whatever_the_server_sends() -> None:
    assert refusal("content", 451, b"4.7.1 come back\r\nlater \xff").answer == (
        "451 4.7.1 come back later \ufffd"
    )
    assert len(refusal("content", 451, b"x" * 5000).answer) == ANSWER_LENGTH


def test_what_is_permanent_concerns_the_letter_alone() -> None:
    assert refusal("recipient", 550, "5.4.4 no route to host").reach.scope == "letter"
