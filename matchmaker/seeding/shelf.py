"""The catalog of the demo year: agreements, items from pilots and from startups, adoptions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select

from matchmaker.catalog import operations as catalog
from matchmaker.catalog import queries
from matchmaker.catalog.facts import AdoptionFacts, FrameworkFacts, ItemFacts
from matchmaker.catalog.models import CatalogItem, Category, FrameworkAgreement
from matchmaker.catalog.states import ActivityKind, OutputKind
from matchmaker.foundation.db import db
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.programme import Domain
from matchmaker.pilots import queries as pilot_queries
from matchmaker.seeding.cast import Cast, Row
from matchmaker.seeding.schedule import Line, Schedule
from matchmaker.seeding.stories import Story


@dataclass(slots=True)
class Shelf:
    """The catalog with its agreements."""

    rows: Mapping[str, Any]
    cast: Cast
    schedule: Schedule
    stories: Mapping[str, Story]

    def enter(self) -> None:
        """Schedule agreements and items."""
        for row in self.rows["framework"]:
            line = self.schedule.line(row["key"])
            line.add(row["made"], "10:00", "agreement made", partial(self._make_framework, row))
        for row in self.rows["item"]:
            self._enter_item(row)

    def _enter_item(self, row: Row) -> None:
        line = self.schedule.line(row.get("key") or row["pilot"])
        if "proposed" in row:
            line.add(row["proposed"], "14:00", "is proposed", partial(self._propose, row))
        if "completed" in row:
            line.add(row["completed"], "14:00", "is completed", partial(self._complete, row))
        if "listed" in row:
            line.add(row["listed"], "10:00", "is listed", partial(self._list, row))
        self._enter_changes(line, row)

    def _enter_changes(self, line: Line, row: Row) -> None:
        events = [
            *((each["on"], partial(self._change, row, each)) for each in row.get("version", ())),
            *((each["on"], partial(self._adopt, row, each)) for each in row.get("adoption", ())),
        ]
        if "suspended" in row:
            events.append((row["suspended"], partial(self._suspend, row)))
        if "withdrawn" in row:
            events.append((row["withdrawn"], partial(self._withdraw, row)))
        for day, act in sorted(events, key=lambda event: event[0]):
            line.add(day, "15:00", "changes", act)

    # --- finding ---

    def _framework(self, key: str) -> FrameworkAgreement:
        code = next(row["code"] for row in self.rows["framework"] if row["key"] == key)
        return db.session.execute(
            select(FrameworkAgreement).where(FrameworkAgreement.code == code)
        ).scalar_one()

    def item(self, row: Row) -> CatalogItem:
        """The item as stored now: by its pilot, else by supplier and category."""
        if "pilot" in row:
            story, startup = row["pilot"].split("/")
            pilot = pilot_queries.pilot_of_proposal(self.stories[story].proposal(startup).id)
            assert pilot is not None
            found = queries.item_of_pilot(pilot.id)
            assert found is not None
            return found
        supplier = self.cast.organization(row["supplier"])
        key = db.session.execute(
            select(CatalogItem.id)
            .join(Category, Category.id == CatalogItem.category_id)
            .where(CatalogItem.supplier_id == supplier.id, Category.code == row["category"])
        ).scalar_one()
        return queries.item_by_id(key)

    # --- steps ---

    def _make_framework(self, row: Row, at: datetime) -> None:
        facts = FrameworkFacts(
            code=row["code"],
            title_zh=row["zh"],
            title_en=row["en"],
            starts_on=self.schedule.day(row["starts"]),
            ends_on=self.schedule.day(row["ends"]),
        )
        catalog.save_framework(facts=facts, by=self.cast.actor("officer"), at=at)

    def _facts(self, row: Row, change: Row | None = None) -> ItemFacts:
        """What an item says, with one change on top where it was changed."""
        change = change or {}
        note = str(change.get("note") or row.get("note") or "")
        words = {
            f"{name}_{language}": text
            for language in ("zh", "en")
            for name, text in (row[language] | change.get(language, {})).items()
        }
        return ItemFacts(
            **words,
            specification_open=True,
            activity=ActivityKind(row["activity"]),
            output=OutputKind(row["output"]),
            unit_zh=row["unit"][0],
            unit_en=row["unit"][1],
            unit_price=change.get("price", row["price"]),
            price_note_zh=row["price_note"][0],
            price_note_en=row["price_note"][1],
            delivery_days=row["delivery"],
            warranty_months=row["warranty"],
            category=row.get("category"),
            domain=Domain(row["domain"]) if "domain" in row else None,
            note=note,
        )

    def _propose(self, row: Row, at: datetime) -> None:
        by, supplier = self.cast.actor(row["by"]), self.cast.organization(row["supplier"])
        made = catalog.propose(supplier=supplier, facts=self._facts(row), by=by, at=at)
        self._note_source(made, row)

    def _complete(self, row: Row, at: datetime) -> None:
        """Staff complete what a pilot brought along."""
        item, by = self.item(row), self.cast.actor("officer2")
        catalog.save_version(item=item, facts=self._facts(row), by=by, at=at)
        self._note_source(self.item(row), row)

    def _note_source(self, item: CatalogItem, row: Row) -> None:
        """Where the case comes from; no page of the product writes it."""
        item.source_note = row["source_note"]
        db.session.flush()

    def _list(self, row: Row, at: datetime) -> None:
        framework = self._framework(row["framework"])
        catalog.list_item(item=self.item(row), framework=framework, by=self.cast.actor("officer"), at=at)

    def _change(self, row: Row, change: Row, at: datetime) -> None:
        item = self.item(row)
        by = self.cast.actor("officer2")
        catalog.save_version(item=item, facts=self._facts(row, change), by=by, at=at)

    def _adopt(self, row: Row, adoption: Row, at: datetime) -> None:
        agency, body = adoption.get("agency"), adoption.get("body", ["", ""])
        facts = AdoptionFacts(
            agency_ref=self.cast.organization(agency).ref if agency else None,
            body_zh=body[0],
            body_en=body[1],
            year=local_day(at).year,
            story_zh=adoption["zh"],
            story_en=adoption["en"],
            source_note=adoption["source_note"],
        )
        catalog.record_adoption(item=self.item(row), facts=facts, by=self.cast.actor("officer2"), at=at)

    def _suspend(self, row: Row, at: datetime) -> None:
        reason = row["suspended_reason"]
        catalog.suspend(item=self.item(row), reason=reason, by=self.cast.actor("officer"), at=at)

    def _withdraw(self, row: Row, at: datetime) -> None:
        reason = row["withdrawn_reason"]
        catalog.withdraw(item=self.item(row), reason=reason, by=self.cast.actor("officer"), at=at)
