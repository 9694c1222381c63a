"""Mail servers on the loopback interface: one that works, and one that misbehaves on purpose."""

import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from io import BufferedRWPair
from threading import Thread

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Received:
    """What a working server took."""

    port: int = 0
    contents: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    secured: list[bool] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        assert isinstance(envelope.content, bytes)
        self.contents.append(envelope.content)
        self.recipients += envelope.rcpt_tos
        self.secured.append(session.ssl is not None)
        return "250 OK"

    @property
    def letters(self) -> list[EmailMessage]:
        return [message_from_bytes(content, policy=SMTP_POLICY) for content in self.contents]


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def working_server(tls: ssl.SSLContext | None = None) -> Iterator[Received]:
    """A real SMTP server; with `tls` it insists on STARTTLS."""
    received = Received(port=free_port())
    controller = Controller(
        received,
        hostname="127.0.0.1",
        port=received.port,
        tls_context=tls,
        require_starttls=tls is not None,
    )
    controller.start()
    try:
        yield received
    finally:
        controller.stop()


class ScriptedServer:
    """Plays one line of its script per connection, and keeps every letter it saw whole.

    "take"; "rcpt CODE"; "data CODE" (answer after the dot); "drop" (close after the dot);
    "silence" (never greet); "greet CODE".
    """

    def __init__(self, script: Sequence[str]) -> None:
        self.script = list(script)
        self.contents: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._thread = Thread(target=self._serve, daemon=True)

    def __enter__(self) -> "ScriptedServer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        # Wakes the accept() of a script not played to its end.
        self.script.clear()
        with socket.create_connection(("127.0.0.1", self.port)):
            pass
        self._thread.join(5)
        self._listener.close()

    def _serve(self) -> None:
        while self.script:
            connection, _ = self._listener.accept()
            if not self.script:
                connection.close()
                return
            act = self.script.pop(0)
            with connection, connection.makefile("rwb") as stream:
                self._play(act, stream)
        connection, _ = self._listener.accept()
        connection.close()

    def _play(self, act: str, stream: BufferedRWPair) -> None:
        def say(words: str) -> None:
            stream.write(words.encode() + b"\r\n")
            stream.flush()

        kind, _, code = act.partition(" ")
        if kind == "silence":
            stream.read(1)
            return
        say(f"{code} no" if kind == "greet" else "220 ready")
        while command := stream.readline():
            verb = command[:4].upper()
            if verb == b"DATA":
                say("354 go on")
                lines = iter(stream.readline, b".\r\n")
                self.contents.append(b"".join(lines))
                if kind == "drop":
                    return
                say(f"{code} no" if kind == "data" else "250 taken")
            elif verb == b"RCPT" and kind == "rcpt":
                say(f"{code} no")
            elif verb == b"QUIT":
                say("221 bye")
                return
            else:
                say("250 fine")
