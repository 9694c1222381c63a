"""Reports in the shapes that servers give them beside the plain one of RFC 3464."""

import base64
import quopri

import pytest

from koostoo.mail.reading import read
from koostoo.mail.reports import Report, read_report

NUMBER = "<q8FzQ0hTQy2v4yZk1oX0aA@koostoo.example.org>"
WHO = "juta@example.com"
COPY = f"To: Juta <{WHO}>\r\nMessage-ID: {NUMBER}\r\nSubject: Koht\r\n"
FIELDS = (
    "Reporting-MTA: dns; mx.example.net\r\n\r\n"
    f"Final-Recipient: rfc822; {WHO}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    "Diagnostic-Code: smtp; 550 5.1.1 Sellist postkasti pole: jõgi\r\n"
)


def in_base64(text: str) -> str:
    return base64.encodebytes(text.encode()).decode().replace("\n", "\r\n")


def in_quotes(text: str) -> str:
    return quopri.encodestring(text.replace("\r\n", "\n").encode()).decode().replace("\n", "\r\n")


def report_of(fields: str, copy: str = f"Content-Type: message/rfc822\r\n\r\n{COPY}") -> Report:
    parts = ("Content-Type: text/plain\r\n\r\nKahju.", fields, copy)
    body = "".join(f"--b\r\n{part}\r\n" for part in parts)
    raw = (
        "From: Mail System <noreply@example.net>\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        f"{body}--b--\r\n"
    )
    report = read_report(read(raw.encode()))
    assert report is not None
    return report


def said(sender: str, subject: str, body: str, *headers: str) -> bytes:
    written = f"=?utf-8?B?{base64.b64encode(subject.encode()).decode()}?="
    return "\r\n".join([f"From: {sender}", f"Subject: {written}", *headers, "", body]).encode()


@pytest.mark.parametrize(
    "part",
    [
        f"Content-Type: message/delivery-status\r\n\r\n{FIELDS}",
        "Content-Type: message/delivery-status\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + in_base64(FIELDS),
        (
            "Content-Type: message/delivery-status\r\n"
            f"Content-Transfer-Encoding: quoted-printable\r\n\r\n{in_quotes(FIELDS)}"
        ),
        "Content-Type: message/global-delivery-status\r\n\r\n"
        + FIELDS.replace("rfc822;", "utf-8;"),
        "Content-Type: message/global-delivery-status\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + in_base64(FIELDS),
    ],
)
def test_the_fields_are_read_whichever_way_they_travel(part: str) -> None:
    reason = "550 5.1.1 Sellist postkasti pole: jõgi"
    assert report_of(part) == Report("failed", (NUMBER,), "address", reason, (WHO,))


@pytest.mark.parametrize(
    "copy",
    [
        "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + in_base64(f"{COPY}\r\nTere"),
        f"Content-Type: text/rfc822-headers\r\n\r\n{COPY}",
        f"Content-Type: message/global-headers\r\n\r\n{COPY}",
        (
            "Content-Type: message/rfc822\r\n\r\nMessage-ID: <1@mail.example>\r\n"
            f"X-Google-Original-Message-ID: {NUMBER}\r\nTo: {WHO}\r\n"
        ),
    ],
)
def test_the_letter_is_found_in_the_copy_and_so_is_to_whom_it_was_written(copy: str) -> None:
    fields = FIELDS.replace(WHO, "juta.jogi@forwarded.example")
    report = report_of(f"Content-Type: message/delivery-status\r\n\r\n{fields}", copy)
    assert NUMBER in report.message_ids
    assert report.recipients == ("juta.jogi@forwarded.example", WHO)


def test_the_letter_is_found_in_the_fields_where_no_copy_came_along() -> None:
    fields = f"X-Original-Message-ID: {NUMBER}\r\n{FIELDS}"
    part = f"Content-Type: message/delivery-status\r\n\r\n{fields}"
    assert report_of(part, "Content-Type: text/plain\r\n\r\n").message_ids == (NUMBER,)


def test_an_answer_of_several_lines_bears_its_code_once() -> None:
    lines = "550-5.7.26 Not accepted by\r\n 550-5.7.26 the policy of\r\n 550 5.7.26 example.ee."
    part = f"Action: failed\r\nStatus: 5.7.26\r\nDiagnostic-Code: smtp; {lines}\r\n"
    report = report_of(f"Content-Type: message/delivery-status\r\n\r\n{part}")
    assert report.reason == "550-5.7.26 Not accepted by the policy of example.ee."


@pytest.mark.parametrize(
    ("sender", "subject", "cause"),
    [
        ("mailer-daemon@post.example", "Недоставленное сообщение", "address"),
        ("mailer-daemon@post.example", "Mail failure.", "address"),
        ("postmaster@stadt.example", "Unzustellbar: Koht", "address"),
        ("postmaster@stadt.example", "Mail konnte nicht zugestellt werden", "address"),
        ("postmaster@kunta.example", "Toimittamatta: Koht", "address"),
        ("postmaster@novads.example", "Nav piegādājams: Koht", "address"),
    ],
)
def test_reports_in_other_languages_are_known(sender: str, subject: str, cause: str) -> None:
    raw = said(sender, subject, f"{WHO}\r\n550 5.1.1 no such user\r\n\r\nMessage-ID: {NUMBER}")
    report = read_report(read(raw))
    assert report is not None
    assert (report.fate, report.cause, report.message_ids) == ("failed", cause, (NUMBER,))
    assert report.recipients == (WHO,)


def test_what_stands_below_the_address_is_the_reason_where_no_line_has_a_code() -> None:
    body = f"The following address failed:\r\n\r\n  {WHO}\r\n    Unrouteable address\r\n\r\nBye."
    report = read_report(read(said("Mailer-Daemon@example.net", "Mail delivery failed", body)))
    assert report is not None
    assert (report.cause, report.reason) == ("address", "Unrouteable address")


def test_a_report_in_html_alone_gives_its_words_without_the_marks() -> None:
    body = (
        "<html><p>Delivery has failed.</p><p>Remote server returned "
        f"<b>550 5.1.10 Recipient &lt;{WHO}&gt; not found</b></p></html>"
    )
    raw = said("postmaster@example.net", "Undeliverable: Koht", body, "Content-Type: text/html")
    report = read_report(read(raw))
    assert report is not None
    assert report.reason == f"550 5.1.10 Recipient <{WHO}> not found"
    assert report.recipients == (WHO,)


def test_a_diagnosis_that_does_not_say_whose_it_is_counts_too() -> None:
    part = "Action: failed\r\nStatus: 5.0.0\r\nDiagnostic-Code: 550 5.1.1 No such user here\r\n"
    report = report_of(f"Content-Type: message/delivery-status\r\n\r\n{part}")
    assert report.reason == "550 5.1.1 No such user here"
