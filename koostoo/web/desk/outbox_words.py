"""The desk's words about letters: what each tells, how it stands, what was in the way."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from koostoo.mail.models import OutboxMessage
from koostoo.web.view import moment_words

LETTER_WORDS: Mapping[str, Any] = {
    "confirmed": _l("Seat confirmed"),
    "waiting": _l("On the waiting list"),
    "promoted": _l("A seat became free"),
    "pending": _l("Awaits confirmation"),
    "offered": _l("A seat is offered"),
    "offer_lapsed": _l("The offer lapsed"),
    "rejected": _l("Turned down"),
    "changed": _l("Registration changed"),
    "already": _l("Already registered"),
    "cancelled": _l("Registration cancelled"),
    "event_changed": _l("Event changed"),
    "event_called_off": _l("Event called off"),
    "released": _l("Place released"),
    "group_summary": _l("Summary for the contact of a group"),
    "calendar_declined": _l("Question after a calendar declined"),
    "counter": _l("Another time proposed"),
    "other_answered": _l("Declined from another address"),
    "links": _l("Links sent again"),
    "new_link": _l("New link"),
    "reminder": _l("Reminder"),
    "thanks": _l("Thanks"),
    "feedback_reminder": _l("Reminder of feedback"),
    "mailing": _l("Letter by an organiser"),
    "digest": _l("New registrations, for an organiser"),
    "event_news": _l("Notice for an organiser"),
    "evidence_due": _l("Reminder of evidence, for an organiser"),
    "test": _l("Test letter to an organiser"),
    "mailing_test": _l("Test letter to an organiser"),
    "role_given": _l("Role given to an organiser"),
    "signin": _l("Sign-in link of an organiser"),
    "account_changed": _l("Change of an organiser's way of signing in"),
}
LETTER_STATE_WORDS: Mapping[str, Any] = {
    "queued": _l("In line"),
    "sending": _l("Being sent"),
    "retry": _l("Will be tried again"),
    "sent": _l("Sent"),
    "failed": _l("Not delivered"),
    "bounced": _l("Came back"),
    "skipped": _l("Not sent"),
}
OUTCOME_WORDS: Mapping[str, Any] = {
    "accepted": _l("The mail server took it."),
    "bounced": _l("It came back, because the address takes no letters; it may be mistyped."),
    "bounced_soft": _l(
        "It came back, because the mailbox is full or its server away; later it may work."
    ),
    "bounced_refused": _l(
        "It came back, because the recipient's server refuses our letters; the address may be "
        "right. Reach the person another way, and show the server's words to whoever keeps our "
        "server."
    ),
    "lost": _l("The worker stopped before it was done."),
    "untrue": _l("What it would have said was no longer true."),
    "stopped": _l("An organiser stopped it."),
    "no_connection": _l("Our mail server cannot be reached."),
    "no_answer": _l("Our mail server does not answer."),
    "no_tls": _l("The connection is not encrypted as our mail server wants it."),
    "certificate": _l("The certificate of our mail server is not valid."),
    "sign_in": _l("Our mail server refuses our user name or password."),
    "sender": _l("Our mail server refuses our sender address."),
    "relay": _l("Our mail server does not pass our letters on to others."),
    "server_busy": _l("Our mail server takes no letters from us at the moment."),
    "crowded": _l("The recipient's server takes only so many letters at a time."),
    "later": _l("The recipient's server cannot take letters at the moment."),
    "put_off": _l("The recipient's server asks us to come again later."),
    "mailbox_full": _l("The mailbox is full."),
    "deferred": _l("Our mail server asks us to come again later with this letter."),
    "unknown": _l("The connection broke at the last moment; it may have arrived all the same."),
    "no_mailbox": _l("There is no such mailbox."),
    "refused": _l("The recipient's server refuses letters to this address."),
    "message_refused": _l("This letter was refused, perhaps as unwanted mail."),
    "too_large": _l("The letter is too large for the mail server."),
    "unwritable": _l("No letter can be written to this address."),
    "broken": _l("The letter could not be put together; the service's log tells why."),
}


def letter_label(kind: str) -> str:
    """Return what a kind of letter is called; one without words by its code."""
    return str(LETTER_WORDS.get(kind, kind))


def outcome_words(code: str) -> str:
    """Return what a reason or an outcome means, as a sentence; empty for none."""
    return str(OUTCOME_WORDS.get(code, code))


def standing_words(letter: OutboxMessage) -> str:
    """Return why a letter stands as it does, or when it left, in one or two sentences."""
    if letter.state == "sent" and letter.sent_at is not None:
        return moment_words(letter.sent_at)
    words = outcome_words(letter.reason)
    if letter.state == "retry":
        again = _("Next try: %(when)s.", when=moment_words(letter.next_try_at))
        return f"{words} {again}".strip()
    return words
