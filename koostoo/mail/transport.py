"""How a letter leaves: over SMTP, or in development into a folder.

Flask-Mail keeps the settings and the connection. Its own connection has no timeout, accepts any
certificate at STARTTLS, prints the conversation in debug mode, and lets a failing QUIT look like
a failed letter; its Message cannot hold a calendar part among the alternatives. So the connection
is opened here and handed a ready message.
"""

import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path
from types import TracebackType

from flask import current_app
from flask_mail import Connection, Mail

TIMEOUT_SECONDS = 30
MAILBOX = "mailbox"


class OutcomeUnknown(OSError):
    """The connection broke while a letter was handed over: it may have been taken or not."""


class VerifiedConnection(Connection):
    """A connection that waits at most TIMEOUT_SECONDS and trusts only a valid certificate."""

    def configure_host(self) -> smtplib.SMTP | smtplib.SMTP_SSL:
        """Connect, secure and sign in; raise OSError or smtplib.SMTPException."""
        settings = self.mail
        context = ssl.create_default_context()
        host: smtplib.SMTP | smtplib.SMTP_SSL
        if settings.use_ssl:
            host = smtplib.SMTP_SSL(
                settings.server, settings.port or 0, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            host = smtplib.SMTP(settings.server, settings.port or 0, timeout=TIMEOUT_SECONDS)
        try:
            if settings.use_tls:
                host.starttls(context=context)
            if settings.username and settings.password:
                host.login(settings.username, settings.password)
        except BaseException:
            host.close()
            raise
        return host

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        """Take leave; what goes wrong now no longer concerns the letter."""
        if self.host is None:
            return
        try:
            self.host.quit()
        except (smtplib.SMTPException, OSError):
            self.host.close()

    def hand_over(self, message: EmailMessage) -> None:
        """Send a ready message to its one recipient; nothing where sending is suppressed.

        Raises OutcomeUnknown where the server fell silent, smtplib.SMTPException where it refused.
        """
        if self.host is None:
            return
        sender, recipient = (message[name].addresses[0].addr_spec for name in ("From", "To"))
        try:
            self.host.sendmail(sender, [recipient], message.as_bytes())
        except smtplib.SMTPServerDisconnected as error:
            raise OutcomeUnknown(str(error)) from error
        except smtplib.SMTPException:
            raise
        except OSError as error:
            raise OutcomeUnknown(str(error)) from error


class VerifiedMail(Mail):
    """Flask-Mail with the connection above."""

    def connect(self) -> VerifiedConnection:
        """Return a connection, opened by `with`."""
        return VerifiedConnection(current_app.extensions["mail"])


mail = VerifiedMail()


def deliver(message: EmailMessage, now: datetime) -> None:
    """Let a message leave as MAIL_TRANSPORT says; raise OSError or smtplib.SMTPException."""
    if current_app.config["MAIL_TRANSPORT"] == "file":
        _write(message, Path(current_app.config["INSTANCE_PATH"]) / MAILBOX, now)
        return
    with mail.connect() as connection:
        connection.hand_over(message)


def _write(message: EmailMessage, folder: Path, now: datetime) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    mark = sha256(message["Message-ID"].encode()).hexdigest()[:8]
    path = folder / f"{now:%Y%m%dT%H%M%S%f}-{mark}.eml"
    # Under another name first: whoever looks into the folder sees only whole letters.
    part = path.with_suffix(".part")
    part.touch(mode=0o600)
    part.write_bytes(message.as_bytes())
    part.replace(path)
