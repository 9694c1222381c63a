"""A mail server on the loopback address that takes every letter and notes when it came."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedRWPair


class Sink:
    """When each letter came (seconds of `time.perf_counter`), and over how many connections."""

    def __init__(self, listener: socket.socket) -> None:
        self.port = int(listener.getsockname()[1])
        self.times: list[float] = []
        self.connections = 0
        self._listener = listener

    def serve(self) -> None:
        """Take connections until the listener is closed."""
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rwb") as stream:
            _say(stream, b"220 sink")
            while command := stream.readline():
                verb = command[:4].upper()
                if verb == b"DATA":
                    _say(stream, b"354 go on")
                    for line in stream:
                        if line == b".\r\n":
                            break
                    self.times.append(time.perf_counter())
                _say(stream, b"221 bye" if verb == b"QUIT" else b"250 fine")
                if verb == b"QUIT":
                    return


@contextmanager
def sink() -> Iterator[Sink]:
    """Run a sink on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        found = Sink(listener)
        threading.Thread(target=found.serve, daemon=True).start()
        try:
            yield found
        finally:
            listener.shutdown(socket.SHUT_RDWR)


def _say(stream: BufferedRWPair, words: bytes) -> None:
    stream.write(words + b"\r\n")
    stream.flush()
