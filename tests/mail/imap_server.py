"""An IMAP server that does little, and breaks off where it is told to."""

import re
import socket
from collections.abc import Mapping
from io import BufferedRWPair
from threading import Thread

from koostoo.mail.imap import Account


class ScriptedMailbox:
    """Holds letters by UID, without MOVE unless it `can`; hangs up at the command `drops_at`.

    Keeps the commands it got. "SILENCE" as `drops_at`: it never greets.
    """

    def __init__(
        self, letters: Mapping[int, bytes], *, can: str = "", drops_at: str = "", validity: int = 1
    ) -> None:
        self.letters = dict(letters)
        self.can, self.drops_at, self.validity = can, drops_at, validity
        self.commands: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.account = Account(
            "127.0.0.1",
            self._listener.getsockname()[1],
            False,
            "koostoo",
            "secret",
            "INBOX",
            "Done",
        )
        self._is_open = True
        self._thread = Thread(target=self._serve, daemon=True)

    def __enter__(self) -> "ScriptedMailbox":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_open = False
        with socket.create_connection(("127.0.0.1", self.account.port)):
            pass
        self._thread.join(5)
        self._listener.close()

    def _serve(self) -> None:
        while self._is_open:
            connection, _ = self._listener.accept()
            with connection, connection.makefile("rwb") as stream:
                if self._is_open:
                    self._talk(stream)

    def _talk(self, stream: BufferedRWPair) -> None:
        if self.drops_at == "SILENCE":
            return
        self._say(stream, "* OK ready")
        while line := stream.readline().decode().strip():
            tag, _, command = line.partition(" ")
            self.commands.append(command)
            words = command.split()
            verb = words[1] if words[0] == "UID" else words[0]
            if verb == self.drops_at:
                return
            if verb == "SEARCH":
                self._say(stream, f"* SEARCH {' '.join(map(str, self.letters))}")
            elif verb == "FETCH":
                self._fetch(stream, int(words[2]))
            elif verb == "SELECT":
                self._say(stream, f"* OK [UIDVALIDITY {self.validity}] UIDs valid")
            elif verb == "CAPABILITY":
                self._say(stream, f"* CAPABILITY IMAP4rev1 {self.can}")
            elif verb == "LOGOUT":
                self._say(stream, "* BYE")
            self._say(stream, f"{tag} OK done")

    def _fetch(self, stream: BufferedRWPair, uid: int) -> None:
        raw = self.letters[uid]
        stream.write(f"* 1 FETCH (UID {uid} BODY[]<0> {{{len(raw)}}}\r\n".encode() + raw + b")\r\n")
        stream.flush()

    @staticmethod
    def _say(stream: BufferedRWPair, words: str) -> None:
        stream.write(words.encode() + b"\r\n")
        stream.flush()

    def did(self, pattern: str) -> int:
        """How many commands there were in these words (a regular expression)."""
        return sum(1 for command in self.commands if re.match(pattern, command))
