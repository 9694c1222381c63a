"""Letters that programs write while somebody is away, told from those of people."""

import base64

import pytest

from koostoo.mail.sorting import Leftover, Receiver, sort_out

NUMBER = "<q8FzQ0hTQy2v4yZk1oX0aA@koostoo.example.org>"
WHO = "juta@example.com"


def said(sender: str, subject: str, body: str, *headers: str) -> bytes:
    written = f"=?utf-8?B?{base64.b64encode(subject.encode()).decode()}?="
    return "\r\n".join([f"From: {sender}", f"Subject: {written}", *headers, "", body]).encode()


@pytest.mark.parametrize(
    "subject",
    [
        "Kontorist ära: Koht",
        "Automaattinen vastaus: Koht",
        "Poissa: Koht",
        "Automātiskā atbilde: Koht",
        "Automatinis atsakymas: Koht",
        "Automatische Antwort: Koht",
        "Autosvar: Koht",
        "Автоматический ответ: Koht",
        "Réponse automatique : Koht",
    ],
)
def test_replies_of_who_is_away_are_known_in_the_languages_around(subject: str) -> None:
    raw = said(f"Juta <{WHO}>", subject, "Tagasi 18. augustil.", f"In-Reply-To: {NUMBER}")
    assert sort_out(raw, Receiver()) == Leftover("auto_reply")


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        (["Auto-Submitted: auto-generated", f"In-Reply-To: {NUMBER}"], "auto_reply"),
        (["Precedence: bulk", f"References: {NUMBER}"], "auto_reply"),
        (["Precedence: bulk", f"References: {NUMBER}", "List-Id: <rahvas.example>"], "letter"),
        (["Auto-Submitted: auto-generated"], "letter"),
        ([f"In-Reply-To: {NUMBER}"], "letter"),
    ],
)
def test_a_program_that_answers_a_letter_of_ours_is_no_person(
    headers: list[str], kind: str
) -> None:
    raw = said(f"Juta <{WHO}>", "Re: Koht", "Tänan kirja eest.", *headers)
    assert sort_out(raw, Receiver()) == Leftover(kind)  # type: ignore[arg-type]
