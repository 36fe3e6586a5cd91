"""Which documents wait to be read again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.foundation.db import Model, UtcDateTime


class IndexMark(Model):
    """A thing that changed, written with the change; gone once the indexes have read the thing again.

    One row for each change, never one for each thing: a mark that is made while an earlier one is worked off
    must not vanish with it.
    """

    __tablename__ = "index_mark"
    subject: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime())
