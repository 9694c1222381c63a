"""How a process is connected to its database, so that a host that is cut off harms no other.

A host can vanish without a word: a cable, a switch, a power cut. Left alone, PostgreSQL would keep
the locks of its open transactions for more than two hours, and the host itself would wait about as
long for an answer. So both ends look often whether the other is still there. On the sockets of one
machine none of it matters, and is not heeded.
"""

from typing import Any

from sqlalchemy import Engine, event, make_url
from sqlalchemy.dialects import registry
from sqlalchemy.exc import DisconnectionError

# Loaded only where it is used: SQLite needs none of it.
registry.register("postgresql.psycopg", "koostoo.base.postgres", "Dialect")
BUSY_SECONDS = 5
"""How long a lock is waited for, on either database."""
SILENCE_SECONDS = 10
"""How long the other end may leave bytes unacknowledged before the connection is given up."""
HUNG_SECONDS = 120
"""After so long without a word in an open transaction a process is taken for stopped.

Nobody is silent for long while holding a lock; only long work reads, then sets a document, which
takes a minute at the very most.
"""
PROBE_AFTER, PROBE_EVERY, PROBES = 5, 2, 3
"""Seconds of silence before the other end is asked whether it is there, between asking again; and
how many questions may stay unanswered."""
SERVER_SIDE = {
    # As long as SQLite waits: then a page says that it is busy, instead of hanging.
    "lock_timeout": f"{BUSY_SECONDS}s",
    "idle_in_transaction_session_timeout": f"{HUNG_SECONDS}s",
    # Any user may set these for their own session: PostgreSQL manual, section 20.3.2.
    "tcp_keepalives_idle": PROBE_AFTER,
    "tcp_keepalives_interval": PROBE_EVERY,
    "tcp_keepalives_count": PROBES,
    "tcp_user_timeout": f"{SILENCE_SECONDS}s",
}
"""What the server is asked to do about our session, in the words of its own settings."""
CLIENT_SIDE = {
    "connect_timeout": 5,
    "keepalives_idle": PROBE_AFTER,
    "keepalives_interval": PROBE_EVERY,
    "keepalives_count": PROBES,
    "tcp_user_timeout": SILENCE_SECONDS * 1000,
    "options": " ".join(f"-c {name}={value}" for name, value in SERVER_SIDE.items()),
}
"""What our end does: PostgreSQL manual, section 34.1.2."""


def engine_options(url: str, *, pooled: bool) -> dict[str, Any]:
    """Return how SQLAlchemy connects to this address; what stands in the address itself wins.

    `pooled`: a pooler gives each transaction another connection of the server, on which statements
    prepared before are not there.
    """
    # Bound values must not reach a log through an error's text.
    options: dict[str, Any] = {"hide_parameters": True}
    address = make_url(url)
    if address.get_backend_name() != "postgresql":
        return options
    arguments: dict[str, Any] = {
        name: value for name, value in CLIENT_SIDE.items() if name not in address.query
    }
    if pooled:
        arguments["prepare_threshold"] = None
    # The connection used last, which has most statements prepared, is used first.
    return {**options, "connect_args": arguments, "pool_use_lifo": True}


@event.listens_for(Engine, "checkout")
def hear_out(connection: Any, _record: Any, _proxy: Any) -> None:
    """Hear, before a connection is used, whether the server has hung up: then a new one is made.

    So after a restart of the database requests find new connections. Only what has arrived is read:
    asking the server (`pool_pre_ping`) would cost a way there and back for each transaction, and
    learn no more. Where it vanished without a word, both wait as long as SILENCE_SECONDS.
    """
    channel = getattr(connection, "pgconn", None)
    if channel is None:
        return  # SQLite.
    try:
        # Twice: the first may read its last words, the second that nothing follows.
        channel.consume_input()
        channel.consume_input()
    except Exception as error:
        raise DisconnectionError from error
