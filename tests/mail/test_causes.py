"""What servers say when they send a letter back, and whose fault it is."""

import pytest

from koostoo.mail.causes import CODE, STATUS, Cause, cause_of, status_of


@pytest.mark.parametrize(
    ("status", "reason", "cause"),
    [
        ("5.1.1", "550 5.1.1 <juta@example.com>: User unknown", "address"),
        ("5.4.4", "Host or domain name not found", "address"),
        ("5.4.1", "550 5.4.1 Recipient address rejected: Access denied", "address"),
        ("5.4.6", "554 5.4.6 Hop count exceeded", "address"),
        ("5.2.1", "550 5.2.1 The account is inactive", "address"),
        ("5.7.1", "550 5.7.1 <juta@example.com>: no such user here", "address"),
        ("5.0.0", "554 delivery error: This user doesn't have an account", "address"),
        ("5.2.2", "552 5.2.2", "later"),
        ("5.0.0", "552 5.2.2 User over storage limit", "later"),
        ("5.0.0", "552 The recipient's inbox is out of storage space.", "later"),
        ("4.4.1", "connect to mx.example.com: Connection timed out", "later"),
        ("5.4.7", "delivery time expired", "later"),
        ("4.7.1", "450 4.7.1 Greylisted, come back in 300 seconds", "later"),
        ("5.7.1", "550 5.7.1 SPF fail: 192.0.2.9 may not send for example.ee", "refused"),
        ("5.7.26", "550 5.7.26 Unauthenticated email is not accepted", "refused"),
        ("5.0.0", "554 5.7.9 Message not accepted for policy reasons", "refused"),
        ("5.0.0", "554 Client host [192.0.2.9] blocked using a list", "refused"),
        ("5.7.1", "550 5.7.1 part of your network is on our block list (S3140)", "refused"),
        ("4.7.0", "421 4.7.0 deferred due to user complaints", "refused"),
        ("5.1.8", "501 5.1.8 Access denied, bad outbound sender", "refused"),
        ("5.6.0", "554 5.6.0 Message contained spam content", "refused"),
        ("5.3.4", "552 5.3.4 Message size exceeds fixed limit", "refused"),
        ("5.0.0", "554 5.7.0 Reject, id=12345-01 - spam", "refused"),
    ],
)
def test_a_status_and_its_words_tell_whose_fault_it_is(
    status: str, reason: str, cause: Cause
) -> None:
    assert cause_of(status_of(status, reason), reason, reason) == cause


@pytest.mark.parametrize(
    ("reason", "text", "cause"),
    [
        ("550 Unbekannter Empfänger", "", "address"),
        ("550 Requested action not taken", "The mailbox is full.", "later"),
        ("554 rejected as spam", "", "refused"),
        ("Mail delivery failed", "juta@example.com\n  retry timeout exceeded", "later"),
        ("Mail delivery failed", "juta@example.com\n  Unrouteable address", "address"),
    ],
)
def test_words_tell_where_there_is_no_status(reason: str, text: str, cause: Cause) -> None:
    assert cause_of(STATUS.search(reason) or CODE.search(reason), reason, text or reason) == cause
