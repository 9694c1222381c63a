"""What the settings say about whom letters come from, and about letters that come in."""

from email.utils import parseaddr

import idna
from flask import current_app

from koostoo.mail.imap import Account
from koostoo.mail.sorting import Receiver


class NoSender(Exception):
    """MAIL_DEFAULT_SENDER is no address letters can come from: all of them wait, none is to blame.

    The text says what is wrong with it.
    """


def sender_address() -> str:
    """Return the one address all letters come from, the domain as mail servers know it.

    Raises NoSender.
    """
    local, at, domain = parseaddr(current_app.config["MAIL_DEFAULT_SENDER"])[1].rpartition("@")
    if not at:
        raise NoSender("MAIL_DEFAULT_SENDER is no e-mail address")
    if not local.isascii():
        raise NoSender("MAIL_DEFAULT_SENDER has letters such as õ or ü before the @")
    if domain.isascii():
        return f"{local}@{domain}"
    try:
        return f"{local}@{idna.encode(domain, uts46=True).decode('ascii')}"
    except UnicodeError as error:
        raise NoSender("MAIL_DEFAULT_SENDER is no e-mail address") from error


def reads_answers() -> bool:
    """Say whether anybody reads what calendars answer; only then invitations ask for an answer."""
    return bool(current_app.config["INBOUND_IMAP_HOST"] or current_app.config["INBOUND_PIPE"])


def proves_senders() -> bool:
    """Say whether the receiving server's word about a sender is taken: else no seat is freed."""
    return reads_answers() and bool(current_app.config["INBOUND_AUTHSERV_ID"])


def receiver() -> Receiver:
    """Return how letters come in."""
    config = current_app.config
    return Receiver(
        config["INBOUND_AUTHSERV_ID"], config["MAIL_BOUNCE_TO"], str(config["BASE_HOST"])
    )


def account() -> Account:
    """Return where the mailbox is that the worker reads."""
    config = current_app.config
    return Account(
        host=config["INBOUND_IMAP_HOST"],
        port=config["INBOUND_IMAP_PORT"],
        tls=config["INBOUND_IMAP_TLS"],
        username=config["INBOUND_IMAP_USERNAME"],
        password=config["INBOUND_IMAP_PASSWORD"],
        folder=config["INBOUND_IMAP_FOLDER"],
        done=config["INBOUND_IMAP_DONE"],
    )
