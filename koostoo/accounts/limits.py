"""Rate limits that all processes share: tries are counted in the database."""

import hmac
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from flask import current_app
from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite

from koostoo.accounts.models import Attempt
from koostoo.base.database import transaction
from koostoo.base.retry import retried


@retried
def count_attempt(kind: str, source: str, limit: int, window: timedelta, now: datetime) -> bool:
    """Count one try and say whether it is still allowed: at most `limit` in each `window`.

    `kind` is a short name (20 characters at most), `source` an address or an account: only its
    keyed hash is stored. Windows stand fixed on the clock, so nobody is locked out for longer
    than one. Its own transaction: call it before the use case it protects.
    """
    start = int(now.timestamp() // window.total_seconds())
    ends_at = datetime.fromtimestamp((start + 1) * window.total_seconds(), UTC)
    bucket = f"{kind}:{_keyed(source)}:{start}"
    with transaction() as session:
        session.execute(delete(Attempt).where(Attempt.expires_at <= now))
        on_sqlite = session.get_bind().dialect.name == "sqlite"
        insert = sqlite.insert if on_sqlite else postgresql.insert
        row = insert(Attempt).values(bucket=bucket, expires_at=ends_at, count=1)
        count = session.scalar(
            row.on_conflict_do_update(
                index_elements=[Attempt.bucket], set_={"count": Attempt.count + 1}
            ).returning(Attempt.count)
        )
    return count is not None and count <= limit


def _keyed(source: str) -> str:
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.digest(key, f"attempt:{source}".encode(), sha256).hex()[:32]
