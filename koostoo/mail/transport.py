"""How a letter leaves: over SMTP, or in development into a folder.

Flask-Mail keeps the settings. Its own connection has no timeout, accepts any certificate at
STARTTLS, prints the conversation in debug mode and cannot tell at which step something went
wrong; its Message cannot hold a calendar part among the alternatives. So the conversation is held
here, command by command, with a ready message.
"""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path
from types import TracebackType

from flask import current_app
from flask_mail import Mail

from koostoo.mail.answers import Failure, Stage, mishap, plain, refusal
from koostoo.mail.verp import bounce_address

TIMEOUT_SECONDS = 30
"""How long each answer of a server is waited for."""
LETTERS_A_CONNECTION = 50
"""Then a new one: servers end a connection after some number of letters, 100 with many."""
MAILBOX = "mailbox"

mail = Mail()
Host = smtplib.SMTP


class NotDelivered(Exception):
    """A letter did not leave, or nobody knows whether it did (`failure.kind` "unknown")."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.kind)
        self.failure = failure


@contextmanager
def at(stage: Stage) -> Iterator[None]:
    """Turn what goes wrong inside into NotDelivered, with what it means at this stage."""
    try:
        yield
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise NotDelivered(mishap(stage, error)) from error


class Carrier:
    """Carries letters one after the other, over one connection as long as it holds.

    Use it as a context manager: leaving it takes leave of the server.
    """

    def __init__(self) -> None:
        self._host: Host | None = None
        self._carried = 0

    def __enter__(self) -> "Carrier":
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.leave()

    def deliver(self, message: EmailMessage, now: datetime) -> tuple[str, str]:
        """Let a message leave as MAIL_TRANSPORT says; return who took it and their answer.

        Raises NotDelivered.
        """
        if current_app.config["MAIL_TRANSPORT"] == "file":
            with at("write"):
                _write(message, Path(current_app.config["INSTANCE_PATH"]) / MAILBOX, now)
            return MAILBOX, ""
        settings = current_app.extensions["mail"]
        if settings.suppress:
            return "", ""
        with at("write"):
            sender, recipient = (message[name].addresses[0].addr_spec for name in ("From", "To"))
            pattern = current_app.config["MAIL_BOUNCE_TO"]
            returns_to = bounce_address(pattern, message["Message-ID"]) or sender
            content = message.as_bytes()
        try:
            host = self._begin(returns_to, len(content))
            answer = hand_over(host, recipient, content)
        except NotDelivered as error:
            self._start_over(error.failure)
            raise
        self._carried += 1
        return settings.server, answer

    def leave(self) -> None:
        """End the connection; what goes wrong now no longer concerns a letter."""
        host, self._host, self._carried = self._host, None, 0
        if host is not None:
            take_leave(host)

    def _begin(self, sender: str, size: int) -> Host:
        """Announce a letter on the connection there is, or on a new one where it has gone."""
        if self._host is not None and self._carried < LETTERS_A_CONNECTION:
            try:
                announce(self._host, sender, size)
            except NotDelivered:
                # Ended while nobody spoke, or after so many letters: a new one will tell.
                pass
            else:
                return self._host
        self.leave()
        self._host = open_connection()
        announce(self._host, sender, size)
        return self._host

    def _start_over(self, failure: Failure) -> None:
        """Make the connection ready for the next letter, or end it where it is good no more."""
        if self._host is None:
            return
        try:
            fine = failure.answered and self._host.rset()[0] == 250
        except (smtplib.SMTPException, OSError):
            fine = False
        if not fine:
            self.leave()


def take_leave(host: Host) -> None:
    """End a connection, politely where that is possible; never raises."""
    try:
        host.quit()
    except (smtplib.SMTPException, OSError):
        host.close()


def hand_over(host: Host, recipient: str, content: bytes) -> str:
    """Hand over a letter that was announced; return the server's answer. Raises NotDelivered."""
    with at("recipient"):
        code, answer = host.rcpt(recipient)
    if code not in (250, 251):
        raise NotDelivered(refusal("recipient", code, answer))
    with at("content"):
        code, answer = host.data(content)
    if code != 250:
        raise NotDelivered(refusal("content", code, answer))
    return f"{code} {plain(answer)}"


def open_connection() -> Host:
    """Connect, secure and sign in as the settings say; raise NotDelivered."""
    host = connect()
    try:
        secure(host)
        sign_in(host)
    except NotDelivered:
        host.close()
        raise
    return host


def connect() -> Host:
    """Connect to the server of the settings, encrypted at once where they say so."""
    settings = current_app.extensions["mail"]
    name = current_app.config["BASE_HOST"]
    # A certificate that cannot be verified is told apart by its error, whatever the stage.
    with at("connect"):
        if settings.use_ssl:
            return smtplib.SMTP_SSL(
                settings.server,
                settings.port or 0,
                local_hostname=name,
                timeout=TIMEOUT_SECONDS,
                context=ssl.create_default_context(),
            )
        return smtplib.SMTP(
            settings.server, settings.port or 0, local_hostname=name, timeout=TIMEOUT_SECONDS
        )


def secure(host: Host) -> None:
    """Encrypt with STARTTLS where the settings ask for it, trusting only a valid certificate."""
    if current_app.extensions["mail"].use_tls:
        with at("secure"):
            host.starttls(context=ssl.create_default_context())


def sign_in(host: Host) -> None:
    """Sign in where the settings name somebody."""
    settings = current_app.extensions["mail"]
    if settings.username and settings.password:
        with at("sign_in"):
            host.login(settings.username, settings.password)


def announce(host: Host, sender: str, size: int) -> None:
    """Say who writes and how much; raise NotDelivered where the server does not want to know."""
    with at("sender"):
        host.ehlo_or_helo_if_needed()
        options = [f"size={size}"] if host.has_extn("size") else []
        code, answer = host.mail(sender, options)
    if code != 250:
        raise NotDelivered(refusal("sender", code, answer))


def _write(message: EmailMessage, folder: Path, now: datetime) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    mark = sha256(message["Message-ID"].encode()).hexdigest()[:8]
    path = folder / f"{now:%Y%m%dT%H%M%S%f}-{mark}.eml"
    # Under another name first: whoever looks into the folder sees only whole letters.
    part = path.with_suffix(".part")
    part.touch(mode=0o600)
    part.write_bytes(message.as_bytes())
    part.replace(path)
