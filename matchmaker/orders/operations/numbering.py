"""Public numbers: a series and year hold the row of their counter until the end of the transaction."""

from __future__ import annotations

from sqlalchemy.dialects import postgresql, sqlite

from matchmaker.foundation.db import db
from matchmaker.orders.models import OrderCounter


def next_number(series: str, year: int) -> str:
    """The next number of a series, such as ``co-2026-0001``."""
    dialect = db.engine.dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    counted = (
        insert(OrderCounter)
        .values(series=series, year=year, last=1)
        .on_conflict_do_update(index_elements=["series", "year"], set_={"last": OrderCounter.last + 1})
        .returning(OrderCounter.last)
    )
    number: int = db.session.execute(counted).scalar_one()
    return f"{series}-{year}-{number:04d}"
