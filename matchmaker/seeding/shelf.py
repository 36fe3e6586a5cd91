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
from matchmaker.catalog.facts import (
    AdoptionFacts,
    AnnouncementFacts,
    EvidenceFacts,
    FindingFacts,
    FrameworkFacts,
    ItemFacts,
    LotFacts,
    PriceReportFacts,
)
from matchmaker.catalog.models import CatalogItem, Category, FrameworkAgreement, ListingApplication, Lot
from matchmaker.catalog.pricing import Step
from matchmaker.catalog.states import CRITERIA_OF, ActivityKind, OutputKind
from matchmaker.foundation.db import db
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.programme import Domain
from matchmaker.pilots import queries as pilot_queries
from matchmaker.proposals.states import EvidenceKind
from matchmaker.seeding.cast import Cast, Row
from matchmaker.seeding.schedule import Line, Schedule
from matchmaker.seeding.stories import Story

DAYS_OF_REVIEW = 5


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
            if "extended" in row:
                line.add(row["extended"], "10:00", "agreement extended", partial(self._extend, row))
        for row in self.rows["announcement"]:
            line = self.schedule.line(f"announcement {row['announced']}")
            line.add(row["announced"], "09:00", "categories announced", partial(self._announce, row))
        for row in self.rows["item"]:
            self._enter_item(row)

    def _enter_item(self, row: Row) -> None:
        line = self.schedule.line(row.get("key") or row["pilot"])
        if "proposed" in row:
            line.add(row["proposed"], "14:00", "is proposed", partial(self._propose, row))
        if "completed" in row:
            line.add(row["completed"], "14:00", "is completed", partial(self._complete, row))
        if "applied" in row:
            line.add(row["applied"], "16:00", "is handed to the review board", partial(self._apply, row))
        if "answered" in row:
            line.add(row["answered"], "16:00", "is answered", partial(self._answer, row))
        if "listed" in row and "pilot" not in row:
            line.add(row["listed"] - DAYS_OF_REVIEW, "10:00", "applies", partial(self._apply, row))
            line.add(row["listed"], "10:00", "is listed", partial(self._approve, row))
        elif "listed" in row:
            line.add(row["listed"], "10:00", "is listed", partial(self._list, row))
        self._enter_changes(line, row)

    def _enter_changes(self, line: Line, row: Row) -> None:
        events = [
            *((each["on"], partial(self._change, row, each)) for each in row.get("version", ())),
            *((each["on"], partial(self._adopt, row, each)) for each in row.get("adoption", ())),
        ]
        events += [(each["on"], partial(self._ask_change, row, each)) for each in row.get("asked", ())]
        events += [
            (each["approved"], partial(self._approve_change, row))
            for each in row.get("asked", ())
            if "approved" in each
        ]
        for each in row.get("better", ()):
            events.append((each["on"], partial(self._report, row, each)))
            events += [(day, partial(self._move_report, row, each, move)) for move, day in each["moves"]]
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
            opens_on=self.schedule.day(row["opens"]) if "opens" in row else None,
            closes_on=self.schedule.day(row["closes"]) if "closes" in row else None,
            starts_on=self.schedule.day(row["starts"]),
            ends_on=self.schedule.day(row["ends"]),
            published_budget=row["budget"],
            service_fee=row["fee"],
        )
        by = self.cast.actor("officer")
        framework = catalog.save_framework(facts=facts, by=by, at=at)
        for code, domain in zip("ABCDEF", Domain, strict=True):
            lot = self.rows["lot"][domain]
            catalog.save_lot(
                framework=framework,
                facts=LotFacts(
                    code=code,
                    title_zh=lot["zh"],
                    title_en=lot["en"],
                    domain=domain,
                    regions=tuple(lot.get("regions", ())),
                    price_ceiling=lot["ceiling"],
                    order_min=lot["least"],
                    order_max=lot["most"],
                    published_budget=row["budget"] // len(Domain),
                ),
                by=by,
                at=at,
            )

    def _extend(self, row: Row, at: datetime) -> None:
        catalog.extend_framework(
            framework=self._framework(row["key"]),
            ends_on=self.schedule.day(row["extended_to"]),
            reason=row["extension"],
            by=self.cast.actor("officer"),
            at=at,
        )

    def _announce(self, row: Row, at: datetime) -> None:
        day = local_day(at)
        facts = AnnouncementFacts(
            year=day.year + row.get("years_ahead", 0),
            announced_on=day,
            categories=tuple(row["categories"]),
            note_zh=row["zh"],
            note_en=row["en"],
            source_note=row["source_note"],
        )
        catalog.save_announcement(facts=facts, by=self.cast.actor("officer"), at=at)

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
            breaks=tuple(Step(*each) for each in change.get("breaks") or row.get("breaks") or ()),
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
        evidence = row.get("evidence") or self.rows["evidence"][row["supplier"]]
        facts = EvidenceFacts(
            kind=EvidenceKind(evidence["kind"]),
            title=evidence["title"],
            organization=evidence["organization"],
            description=evidence["description"],
        )
        catalog.add_evidence(item=made, facts=facts, by=by, at=at)

    def _complete(self, row: Row, at: datetime) -> None:
        """Staff complete what a pilot brought along."""
        item, by = self.item(row), self.cast.actor("officer2")
        catalog.save_version(item=item, facts=self._facts(row), by=by, at=at)
        self._note_source(self.item(row), row)

    def _note_source(self, item: CatalogItem, row: Row) -> None:
        """Where the case comes from; no page of the product writes it."""
        item.source_note = row["source_note"]
        db.session.flush()

    def _place(self, row: Row, item: CatalogItem) -> tuple[FrameworkAgreement, Lot | None]:
        """The agreement and its lot for the item's domain."""
        framework = queries.framework_with_lots(self._framework(row["framework"]).ref)
        return framework, next((lot for lot in framework.lots if lot.domain is item.domain), None)

    def _list(self, row: Row, at: datetime) -> None:
        item = self.item(row)
        framework, lot = self._place(row, item)
        catalog.list_item(item=item, framework=framework, lot=lot, by=self.cast.actor("officer"), at=at)

    # --- the review board ---

    def _apply(self, row: Row, at: datetime) -> None:
        item = self.item(row)
        framework, lot = self._place(row, item)
        by = self.cast.actor(row["by"])
        catalog.apply_for_listing(item=item, framework=framework, lot=lot, by=by, at=at)

    def _review(self, row: Row) -> ListingApplication:
        review = queries.open_application(self.item(row).id)
        assert review is not None
        return review

    def _approve(self, row: Row, at: datetime) -> None:
        review = self._review(row)
        findings = {criterion: FindingFacts(True) for criterion in CRITERIA_OF[review.kind]}
        catalog.approve_application(
            application=review, findings=findings, by=self.cast.actor("officer"), at=at
        )

    def _answer(self, row: Row, at: datetime) -> None:
        """Return with findings, refuse, or the supplier takes it back."""
        review, officer = self._review(row), self.cast.actor("officer")
        if row["answer"] == "withdraw":
            catalog.withdraw_application(application=review, by=self.cast.actor(row["by"]), at=at)
        elif row["answer"] == "refuse":
            catalog.refuse_application(application=review, words=row["answer_words"], by=officer, at=at)
        else:
            lacking = row["lacking"]
            findings = {
                criterion: FindingFacts(criterion not in lacking, lacking.get(criterion, ""))
                for criterion in CRITERIA_OF[review.kind]
            }
            catalog.return_application(
                application=review, findings=findings, words=row["answer_words"], by=officer, at=at
            )

    def _approve_change(self, row: Row, at: datetime) -> None:
        self._approve(row, at)

    def _ask_change(self, row: Row, change: Row, at: datetime) -> None:
        """The supplier asks for a change, which the board approves or has still to read."""
        item, by = self.item(row), self.cast.actor(row["by"])
        catalog.propose_change(item=item, facts=self._facts(row, change), by=by, at=at)

    def _change(self, row: Row, change: Row, at: datetime) -> None:
        item = self.item(row)
        by = self.cast.actor("officer2")
        catalog.save_version(item=item, facts=self._facts(row, change), by=by, at=at)

    def _report(self, row: Row, better: Row, at: datetime) -> None:
        """Somebody has seen a better price elsewhere."""
        facts = PriceReportFacts(
            place=better["place"],
            unit_price=better["price"],
            seen_on=local_day(at),
            source_note=better["source"],
        )
        catalog.report_price(item=self.item(row), facts=facts, by=self.cast.actor(better["by"]), at=at)

    def _move_report(self, row: Row, better: Row, move: str, at: datetime) -> None:
        rows, _total = queries.list_reports(limit=100)
        report = next(r for r in rows if r.place == better["place"] and r.item_id == self.item(row).id)
        officer, supplier = self.cast.actor("officer"), self.cast.actor(row["by"])
        if move == "offer":
            catalog.offer_report(report=report, by=officer, at=at)
        elif move == "accept":
            catalog.accept_report(report=report, by=supplier, at=at)
        elif move == "refuse":
            catalog.refuse_report(report=report, reason=better["reason"], by=supplier, at=at)
        else:
            catalog.dismiss_report(report=report, reason=better["reason"], by=officer, at=at)

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
