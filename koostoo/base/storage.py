"""What deleted rows leave behind on the disk, and cleaning it.

SQLite overwrites what is deleted (`secure_delete`, see `database`), but the write-ahead log still
holds the pages as they were until it is emptied. PostgreSQL keeps the old version of a row until
a VACUUM gives its room free; what stood there is overwritten as the room is used again, and its own
log (WAL) turns over in time.
"""

from contextlib import closing

from koostoo.base.database import Base, db


def clean() -> bool:
    """Clean after deleting; False where readers were in the way and it is to be tried again."""
    if db.engine.dialect.name == "sqlite":
        return _empty_log()
    _vacuum()
    return True


def _empty_log() -> bool:
    with closing(db.engine.raw_connection()) as connection:
        cursor = connection.cursor()
        # https://www.sqlite.org/pragma.html#pragma_wal_checkpoint: busy, pages, moved.
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        answer = cursor.fetchone()
        cursor.close()
    return answer is not None and not answer[0]


def _vacuum() -> None:
    """Free the room of dead rows in every table; plain, so nobody has to wait for it."""
    tables = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"VACUUM {tables}")
