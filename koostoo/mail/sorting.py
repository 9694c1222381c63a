"""What a letter from elsewhere is: a calendar's answer, a delivery report, or neither; pure."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from koostoo.calendars.reply import CalendarAnswer, NotAnAnswer, read_answer
from koostoo.mail.authenticity import Authenticity, authenticity
from koostoo.mail.reading import Incoming, Part, Unreadable, read
from koostoo.mail.reports import Report, read_report
from koostoo.mail.verp import message_id_in

CALENDARS = ("text/calendar", "application/ics")
"""In this order: programs that send both put the same into them, the first with its METHOD."""
CALENDAR_FILES = ("application/octet-stream", "text/plain")
"""What some programs call a calendar; only its name tells."""
RECEIVED_BY = ("Delivered-To", "X-Original-To", "Envelope-To", "To")
_AUTOMATIC = re.compile(
    "(automatic reply|auto(matic)?[- ]?(reply|response)|out of (the )?office|automaatvastus"
    "|automaatne vastus|väljas kontorist|kontorist (väljas|ära)|(olen )?puhkusel|eemal\\b|poissa"
    "|automaattinen|automātisk|prombūtn|automatinis|automatische|abwesen|autosvar|frånvaro"
    "|réponse automatique|автоответ|автоматическ)",
    re.IGNORECASE,
)

_AWAY = re.compile(
    "out of (the )?office|automatically declined|declined automatically|kontorist (väljas|ära)"
    "|väljas kontorist|puhkusel|keelduti automaatselt|poissa|lomalla|abwesen|atvaļinājum|prombūtn"
    "|в отпуске|вне офиса",
    re.IGNORECASE,
)
LONGEST_NOTE = 5000
"""Characters beside an answer that are looked at."""

Rest = Literal["auto_reply", "receipt", "letter", "other_calendar", "unreadable"]
"""What is left: an out-of-office reply; a note that somebody read a letter; what a person should
read; a calendar object that is no answer; what cannot be read."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """How letters come in.

    `authserv_id`: whose Authentication-Results are believed, empty for none. `bounce_to`: the
    pattern of envelope senders, or empty; `domain`: the right side of our Message-IDs.
    """

    authserv_id: str = ""
    bounce_to: str = ""
    domain: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A calendar's answer and who sent it.

    `sender` is a bare address, empty where From is not exactly one. `is_automatic`: the program
    says itself that no person pressed anything. `date` is the letter's own.
    """

    answer: CalendarAnswer
    sender: str
    authenticity: Authenticity
    is_automatic: bool
    date: datetime | None


@dataclass(frozen=True, slots=True)
class Leftover:
    """A letter that is neither; `why` says more for the log, without a word of the letter."""

    kind: Rest
    why: str = ""


Sorted = Answer | Report | Leftover


def sort_out(raw: bytes, receiver: Receiver, recipient: str = "") -> Sorted:
    """Say what the letter is; never raises.

    `recipient` is the address it was sent to, where the mail server tells it.
    """
    try:
        letter = read(raw)
        report = read_report(letter)
        if report is not None:
            return _with_number(report, letter, receiver, recipient)
        calendar = _calendar(letter)
        return _rest(letter) if calendar is None else _answer(letter, calendar, receiver)
    except Unreadable as error:
        return Leftover("unreadable", error.kind)
    except NotAnAnswer as error:
        kind: Rest = "unreadable" if error.fault == "unreadable" else "other_calendar"
        return Leftover(kind, error.fault)
    except Exception as error:  # noqa: BLE001 - whatever somebody sends, the next letter is read
        return Leftover("unreadable", type(error).__name__)


def _calendar(letter: Incoming) -> Part | None:
    for content_type in CALENDARS:
        for part in letter.parts:
            if part.content_type == content_type:
                return part
    return next(
        (
            part
            for part in letter.parts
            if part.content_type in CALENDAR_FILES and part.file_name.endswith(".ics")
        ),
        None,
    )


def _answer(letter: Incoming, calendar: Part, receiver: Receiver) -> Answer:
    sender = letter.sender
    proved = authenticity(letter.headers("Authentication-Results"), receiver.authserv_id, sender)
    answer = read_answer(calendar.text(is_folded=True), calendar.parameter("method"))
    return Answer(
        answer=answer,
        sender=sender,
        authenticity=proved,
        is_automatic=_answers_by_itself(letter, calendar, answer),
        date=letter.date,
    )


def _answers_by_itself(letter: Incoming, calendar: Part, answer: CalendarAnswer) -> bool:
    """Say whether a calendar answered while its owner is away.

    Google's and Microsoft's decline so where somebody has told them to, and only the words beside
    the answer say it. Exchange marks what it writes by itself as generated, and that nobody is to
    answer it; Google marks what people press as generated too.
    """
    if _says_automatic(letter):
        return True
    if _submitted(letter) == "auto-generated" and letter.header("X-Auto-Response-Suppress"):
        return True
    notes = [
        part.text()[:LONGEST_NOTE]
        for part in letter.parts
        if part.content_type == "text/plain" and part is not calendar
    ]
    is_away = any(_AWAY.search(note) for note in (answer.comment, *notes))
    return is_away and answer.partstat == "DECLINED"


def _with_number(report: Report, letter: Incoming, receiver: Receiver, recipient: str) -> Report:
    """Put what the address it came back to says before what stands in the letter."""
    addresses = [recipient] + [
        word.strip("<>,;")
        for name in RECEIVED_BY
        for header in letter.headers(name)
        for word in header.split()
    ]
    found = [
        number
        for address in addresses
        if (number := message_id_in(receiver.bounce_to, address, receiver.domain))
    ]
    ids = tuple(dict.fromkeys([*found, *report.message_ids]))
    return replace(report, message_ids=ids)


def _rest(letter: Incoming) -> Leftover:
    if letter.source.get_content_type() == "multipart/report":
        is_receipt = "disposition" in str(letter.source.get_param("report-type", ""))
        return Leftover("receipt" if is_receipt else "letter")
    if (
        _says_automatic(letter)
        or _is_generated_about_ours(letter)
        or _AUTOMATIC.match(letter.subject)
    ):
        return Leftover("auto_reply")
    return Leftover("letter")


def _says_automatic(letter: Incoming) -> bool:
    """Say whether a program answered by itself (RFC 3834, and what others write instead)."""
    precedence = letter.header("Precedence").lower()
    others = ("X-Autoreply", "X-Autorespond", "X-Auto-Reply-From", "X-AutoReply-From")
    return (
        _submitted(letter) == "auto-replied"
        or precedence in ("auto_reply", "auto-reply")
        or any(letter.headers(name) for name in others)
    )


def _submitted(letter: Incoming) -> str:
    """Return how the letter says that it came about (RFC 3834, 5)."""
    return letter.header("Auto-Submitted").partition(";")[0].strip().lower()


def _is_generated_about_ours(letter: Incoming) -> bool:
    """Say whether a program wrote this about a letter of ours: Exchange calls it auto-generated.

    Not asked of what calendars answer: Google calls that so too, though somebody pressed a button.
    """
    if not (letter.header("In-Reply-To") or letter.header("References")):
        return False
    is_bulk = letter.header("Precedence").lower() in ("bulk", "junk")
    return _submitted(letter) == "auto-generated" or (is_bulk and not letter.header("List-Id"))
