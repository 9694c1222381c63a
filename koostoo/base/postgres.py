"""PostgreSQL as the service drives it: what only reads is told so, and statements stay prepared."""

from typing import Any

from psycopg.pq import TransactionStatus
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg


class Dialect(PGDialect_psycopg):
    """The library's; a transaction that could only read ends with COMMIT instead of ROLLBACK.

    To the database both are the same. To psycopg they are not: a ROLLBACK may have taken back what
    statements were prepared for, so it forgets them all, and each page would have its queries
    planned anew. `database` begins transactions of a session READ ONLY unless they are to write.
    """

    supports_statement_cache = True

    def do_rollback(self, dbapi_connection: Any) -> None:
        """End the transaction; nothing it did remains. One that failed forgets its statements."""
        status = dbapi_connection.pgconn.transaction_status
        if dbapi_connection.read_only and status == TransactionStatus.INTRANS:
            self.do_commit(dbapi_connection)  # type: ignore[no-untyped-call]
        else:
            super().do_rollback(dbapi_connection)  # type: ignore[no-untyped-call]
