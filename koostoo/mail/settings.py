"""What the settings say about letters that come in; the worker and the letters ask here."""

from flask import current_app

from koostoo.mail.imap import Account
from koostoo.mail.sorting import Receiver


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
