"""Reference data: counties and product categories; rows that exist are brought up to date.

Criteria templates, the lexicon, fiscal tiers, holidays and schemes are read from their files where they are
used. The agencies of the real cases are a directory for the demo year: an agency signs up by itself.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from matchmaker.catalog.models import Category
from matchmaker.foundation.db import db
from matchmaker.kernel.programme import Domain
from matchmaker.people.models import County
from matchmaker.seeding.reading import toml


def load() -> None:
    """Write the rows into the present transaction."""
    _counties()
    _categories()
    db.session.flush()


def _counties() -> None:
    known = {row.code: row for row in db.session.execute(select(County)).scalars()}
    for position, row in enumerate(toml("reference", "counties.toml")["county"]):
        county = known.get(row["code"]) or County(code=row["code"])
        county.name_zh, county.name_en, county.position = row["zh"], row["en"], position
        db.session.add(county)


def _categories() -> None:
    known = {row.code: row for row in db.session.execute(select(Category)).scalars()}
    for position, row in enumerate(toml("reference", "categories.toml")["category"]):
        category = known.get(row["code"]) or Category(code=row["code"])
        category.name_zh, category.name_en, category.position = row["zh"], row["en"], position
        category.domain = Domain(row["domain"])
        db.session.add(category)


def agencies() -> dict[str, dict[str, Any]]:
    """The agencies of the real cases by their keys."""
    return {row["key"]: row for row in toml("reference", "agencies.toml")["agency"]}
