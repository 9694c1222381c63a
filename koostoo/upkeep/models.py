"""The table of signs of life: a row for each worker process."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from koostoo.base import keep
from koostoo.base.database import Base, UtcDateTime


class WorkerBeat(Base):
    """A worker process and when it last said that it lives.

    The key is random, because process numbers are the same on several hosts and come again. A
    worker that ends takes its row along; that of one that died goes a day later.
    """

    __tablename__ = "worker_beat"

    key: Mapped[str] = mapped_column(String(16), primary_key=True, info=keep.SECURITY)
    host: Mapped[str] = mapped_column(String(64), info=keep.SECURITY)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.SECURITY)
    beat_at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.SECURITY)
