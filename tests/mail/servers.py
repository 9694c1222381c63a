"""Mail servers on the loopback interface: one that works, and one that misbehaves on purpose."""

import re
import socket
import ssl
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from io import BufferedRWPair
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Protocol

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Received:
    """What a working server took."""

    port: int = 0
    contents: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    secured: list[bool] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        assert isinstance(envelope.content, bytes)
        self.contents.append(envelope.content)
        self.recipients += envelope.rcpt_tos
        self.senders.append(envelope.mail_from or "")
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
    """Plays one line of its script for each letter, and keeps every letter it saw whole.

    "take"; "mail CODE words"; "rcpt CODE words"; "data CODE words" (the answer after the dot);
    "cut" (close while the letter comes); "drop" (close after the dot). For a whole connection:
    "greet CODE words"; "silence" (never greet); "leave" (close at once). At its end it takes all.
    """

    def __init__(self, script: Sequence[str] = ()) -> None:
        self.script = list(script)
        self.contents: list[bytes] = []
        self.connections = 0
        self._over = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._thread = Thread(target=self._serve, daemon=True)

    def __enter__(self) -> "ScriptedServer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over = True
        # Wakes the accept().
        with socket.create_connection(("127.0.0.1", self.port)):
            pass
        self._thread.join(5)
        self._listener.close()

    def _serve(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self._over:
                connection.close()
                return
            self.connections += 1
            with suppress(OSError), connection, connection.makefile("rwb") as stream:
                self._talk(stream)

    def _next(self, *kinds: str) -> tuple[str, str]:
        """Take the next line of the script if it is of these kinds, else what is friendly."""
        if self.script and self.script[0].partition(" ")[0] in kinds:
            kind, _, words = self.script.pop(0).partition(" ")
            return kind, words
        return "take", ""

    def _talk(self, stream: BufferedRWPair) -> None:
        kind, words = self._next("greet", "silence", "leave")
        if kind == "silence":
            stream.read(1)
        if kind in ("silence", "leave"):
            return
        say(stream, words or "220 ready")
        while command := stream.readline():
            verb = command[:4].upper()
            if verb == b"MAIL":
                kind, words = self._next("take", "mail", "rcpt", "data", "cut", "drop")
                say(stream, words if kind == "mail" else "250 fine")
            elif verb == b"RCPT":
                say(stream, words if kind == "rcpt" else "250 fine")
            elif verb == b"DATA":
                if not self._read(stream, kind):
                    return
                say(stream, words if kind == "data" else "250 2.0.0 taken as 4F2A")
            else:
                say(stream, "221 bye" if verb == b"QUIT" else "250 fine")

    def _read(self, stream: BufferedRWPair, kind: str) -> bool:
        """Read a letter; False when the connection is to be closed without an answer."""
        say(stream, "354 go on")
        if kind == "cut":
            stream.readline()
            return False
        self.contents.append(b"".join(iter(stream.readline, b".\r\n")))
        return kind != "drop"


def say(stream: BufferedRWPair, words: str) -> None:
    """Send one line."""
    stream.write(words.encode() + b"\r\n")
    stream.flush()


class BusyServer:
    """Takes letters over many connections at once, and leaves one client without an answer.

    The `hold_at`-th letter (from 1), or the next one that comes from the address `hold_from`, is
    read whole and never answered; `held_by` is then the name its client greeted with.
    """

    def __init__(self, hold_at: int = 0, address: str = "127.0.0.1") -> None:
        self.hold_from = ""
        self.contents: list[bytes] = []
        self.names: list[str] = []
        """Who handed over each letter."""
        self.held_by = ""
        self.is_held = Event()
        self._hold_at = hold_at
        self._lock = Lock()
        self._listener = socket.create_server((address, 0))
        self.port = int(self._listener.getsockname()[1])

    def __enter__(self) -> "BusyServer":
        Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        name = ""
        with suppress(OSError), connection, connection.makefile("rwb") as stream:
            say(stream, "220 ready")
            while command := stream.readline():
                verb, _, rest = command.decode().strip().partition(" ")
                if verb.upper() == "EHLO":
                    name = rest
                if verb.upper() == "DATA":
                    say(stream, "354 go on")
                    content = b"".join(iter(stream.readline, b".\r\n"))
                    if self._take(content, name, connection.getpeername()[0]):
                        stream.readline()
                        return
                say(stream, "221 bye" if verb.upper() == "QUIT" else "250 fine")

    def _take(self, content: bytes, name: str, address: str) -> bool:
        with self._lock:
            self.contents.append(content)
            self.names.append(name)
            is_held = len(self.contents) == self._hold_at or address == self.hold_from
            if is_held:
                self.hold_from = ""
                self.held_by = name
                self.is_held.set()
            return is_held


def message_ids(contents: list[bytes]) -> Counter[str]:
    """How often a letter of each Message-ID was read."""
    return Counter(
        found[1] for text in contents if (found := re.search(r"Message-ID: (\S+)", text.decode()))
    )


class UseServer(Protocol):
    """Let letters really leave, to the server at a port of this machine."""

    def __call__(self, port: int, **settings: object) -> None: ...


def make_certificate(folder: Path, name: str) -> Path:
    """A certificate for this name, signed by itself, with its key in one file."""
    key, path = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=mail", "-addext",
         f"subjectAltName={name}", "-keyout", str(key), "-out", str(path)],
        check=True, capture_output=True,
    )  # fmt: skip
    path.write_text(path.read_text() + key.read_text())
    return path


def server_context(certificate: Path) -> ssl.SSLContext:
    """What a server with this certificate needs."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context
