import pytest

from koostoo.mail.causes import Cause
from koostoo.mail.reading import read
from koostoo.mail.reports import Report, read_report

NUMBER = "<q8FzQ0hTQy2v4yZk1oX0aA@koostoo.example.org>"


def report_of(*headers: str, body: str = "") -> Report | None:
    return read_report(read("\r\n".join([*headers, "", body]).encode()))


def daemon(subject: str, body: str, sender: str = "MAILER-DAEMON@mx.example.net") -> Report | None:
    return report_of(f"From: {sender}", f"Subject: {subject}", body=body)


def standard(*fields: str, words: str = "Sorry.", original: str = "") -> Report | None:
    parts = [
        f"Content-Type: text/plain\r\n\r\n{words}",
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n"
        + "\r\n".join(fields),
        f"Content-Type: message/rfc822\r\n\r\n{original or f'Message-ID: {NUMBER}'}\r\n\r\nhello",
    ]
    body = "".join(f"--b\r\n{part}\r\n" for part in parts) + "--b--"
    return report_of(
        "From: x@example.net",
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b",
        body=body,
    )


@pytest.mark.parametrize(
    ("fields", "cause", "reason"),
    [
        (["Action: failed", "Status: 5.1.1", "Diagnostic-Code: smtp; 550 no"], "address", "550 no"),
        (["ACTION: Failed (bad)", "Status: 5.1.10"], "address", "5.1.10"),
        (["Status: 5.0.0"], "address", "5.0.0"),
        (["Action: failed", "Status: 5.2.2"], "later", "5.2.2"),
        (
            ["Action: failed", "Status: 4.4.7", "Diagnostic-Code: smtp; 421 gone"],
            "later",
            "421 gone",
        ),
        (["Action: failed", "Diagnostic-Code: smtp; 552 over quota"], "later", "552 over quota"),
        (["Action: failed"], "address", ""),
    ],
)
def test_a_failed_report_tells_why_and_whether_it_may_pass(
    fields: list[str], cause: Cause, reason: str
) -> None:
    assert standard(*fields) == Report("failed", (NUMBER,), cause, reason)


def test_words_help_where_the_fields_say_little() -> None:
    report = standard("Action: failed", "Status: 5.0.0", words="host said:\r\n  550 5.1.1 nobody")
    assert report is not None
    assert report.reason == "550 5.1.1 nobody"


@pytest.mark.parametrize(
    ("fields", "fate"),
    [
        (["Action: delayed", "Status: 4.4.1"], "delayed"),
        (["Action: delivered", "Status: 2.0.0"], "delivered"),
        (["Action: expanded"], "delivered"),
        (["Status: 2.1.5"], "delivered"),
    ],
)
def test_a_report_that_is_no_failure_says_so(fields: list[str], fate: str) -> None:
    report = standard(*fields)
    assert report is not None
    assert report.fate == fate


def test_the_number_of_the_letter_is_found_wherever_it_stands() -> None:
    inside = standard("Action: failed", original=f"Subject: x\r\nMessage-Id:\r\n {NUMBER}")
    assert inside is not None
    pasted = daemon("failure notice", f"550 no\n\n> Message-ID: {NUMBER}\n> Subject: x")
    assert pasted is not None
    referred = report_of(
        "From: postmaster@x.ee", "Subject: Undeliverable: x", f"References: <a@b> {NUMBER}"
    )
    assert referred is not None
    assert all(NUMBER in report.message_ids for report in (inside, pasted, referred))


@pytest.mark.parametrize(
    ("subject", "body", "cause", "reason"),
    [
        ("Mail delivery failed", "a@b.ee\n  550 User unknown", "address", "550 User unknown"),
        ("Undeliverable", "554 5.7.1 spam\n421 later", "refused", "554 5.7.1 spam"),
        ("Returned mail", "452 4.2.2 mailbox full", "later", "452 4.2.2 mailbox full"),
        ("Delivery failure", "Quota exceeded", "later", "Delivery failure"),
        ("Delivery failure", "see 192.0.2.45 and 5.1.1.7", "address", "Delivery failure"),
        ("Kirja edastamine ebaõnnestus", "Sellist kasutajat ei ole", "address", None),
    ],
)
def test_reports_for_people_are_understood_by_their_words(
    subject: str, body: str, cause: Cause, reason: str | None
) -> None:
    report = daemon(subject, body)
    assert report is not None
    assert (report.fate, report.cause) == ("failed", cause)
    assert reason in (None, report.reason)


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Warning: message delayed", "It has not yet been delivered."),
        ("Undelivered mail", "451 4.4.1 no answer. I will keep trying for 5 days."),
    ],
)
def test_a_server_that_still_tries_has_not_failed(subject: str, body: str) -> None:
    report = daemon(subject, body)
    assert report is not None
    assert report.fate == "delayed"


@pytest.mark.parametrize(
    "headers",
    [
        ["From: juta@example.com", "Subject: Undeliverable? 550"],
        ["From: juta@example.com", "Return-Path: <>", "Subject: Out of office"],
        ["From: postmaster@example.com", "Subject: Your invoice"],
        ["From: juta@example.com", "Subject: failure notice"],
    ],
)
def test_what_a_person_writes_is_no_report(headers: list[str]) -> None:
    assert report_of(*headers, body=f"550 5.1.1\nMessage-ID: {NUMBER}") is None


def test_what_stands_in_the_letter_itself_is_no_reason() -> None:
    report = daemon("failure notice", f"No.\n--- Below this line is a copy\nMessage-ID: {NUMBER}\n"
                    "550 5.1.1 a house number")  # fmt: skip
    assert report is not None
    assert report.reason == "failure notice"


def test_a_long_reason_is_cut() -> None:
    report = standard("Action: failed", f"Diagnostic-Code: smtp; 550 {'no ' * 900}")
    assert report is not None
    assert len(report.reason) <= 300


def test_a_report_names_who_did_not_get_the_letter() -> None:
    report = standard(
        "Original-Recipient: rfc822;juta@example.com",
        "Final-Recipient: RFC822; <juta@mail.example.com>",
        "Action: failed",
    )
    assert report is not None
    assert report.recipients == ("juta@example.com", "juta@mail.example.com")
    exim = report_of("From: x@y.ee", "X-Failed-Recipients: juta@example.com,\r\n mati@example.com")
    assert exim is not None
    assert exim.recipients == ("juta@example.com", "mati@example.com")
