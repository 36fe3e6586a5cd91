"""Items as tables: out for everybody who looks after them, in as proposals and changes by the usual verbs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from matchmaker.catalog import operations, queries
from matchmaker.catalog.facts import VERSION_FIELDS, ItemFacts
from matchmaker.catalog.models import CatalogItem, ItemVersion
from matchmaker.catalog.pricing import Step
from matchmaker.catalog.queries import tables
from matchmaker.catalog.states import (
    ACTIVITY_LABELS,
    ITEM_LIFE,
    OUTPUT_LABELS,
    ActivityKind,
    ItemState,
    OutputKind,
)
from matchmaker.catalog.versions import FIELD_LABELS
from matchmaker.foundation.i18n import in_language, language
from matchmaker.foundation.sheets import Cell, Column, Kind, Row, Sheet
from matchmaker.foundation.sheets.columns import NO, YES
from matchmaker.kernel.decision import Reason, deny
from matchmaker.kernel.errors import Invalid, NotFound
from matchmaker.kernel.programme import DOMAIN_LABELS, Domain
from matchmaker.kernel.words import N_
from matchmaker.people.actor import Actor
from matchmaker.people.models import Organization

BAD_BREAKS = Reason(
    "catalog.bulk_breaks",
    N_("Write price breaks as quantity:price with semicolons between them, such as 10:150000; 50:140000."),
)
SUPPLIERS_PROPOSE = Reason(
    "catalog.bulk_suppliers_propose",
    N_("New items are proposed by their suppliers. Name the number of an item to change."),
)

PRICE_BREAKS = N_("Price breaks")
NEW, CHANGED, SAME = N_("New proposal"), N_("Changed"), N_("Nothing changes")
ASKED = N_("Proposed to the review board")


def sheet() -> Sheet:
    """The columns of items; the categories are those of today."""
    categories = {each.code: (each.name_zh, each.name_en) for each in queries.categories()}
    texts = [
        Column(name, FIELD_LABELS[name], length=5000 if "title" not in name and "unit" not in name else 240)
        for name in VERSION_FIELDS
        if name.endswith(("_zh", "_en")) and not name.startswith("price_note")
    ]
    return Sheet(
        N_("Catalog items"),
        (
            Column("code", N_("Number of the item"), length=16),
            Column("supplier", N_("Supplier"), read_only=True),
            Column(
                "state",
                N_("State"),
                Kind.CHOICE,
                choices={s.value: ITEM_LIFE.info(s).label for s in ItemState},
                read_only=True,
            ),
            Column("agreement", N_("Framework agreement"), read_only=True),
            Column("version", N_("Version"), Kind.WHOLE, read_only=True),
            *texts,
            Column("specification_open", FIELD_LABELS["specification_open"], Kind.YES_NO),
            Column("category", N_("Category"), Kind.CHOICE, choices=categories),
            Column(
                "domain",
                N_("Domain"),
                Kind.CHOICE,
                choices={d.value: label for d, label in DOMAIN_LABELS.items()},
            ),
            Column(
                "activity",
                FIELD_LABELS["activity"],
                Kind.CHOICE,
                choices={a.value: label for a, label in ACTIVITY_LABELS.items()},
            ),
            Column(
                "output",
                FIELD_LABELS["output"],
                Kind.CHOICE,
                choices={o.value: label for o, label in OUTPUT_LABELS.items()},
            ),
            Column("unit_price", FIELD_LABELS["unit_price"], Kind.MONEY),
            Column("breaks", PRICE_BREAKS, length=400),
            Column("price_note_zh", FIELD_LABELS["price_note_zh"], length=200),
            Column("price_note_en", FIELD_LABELS["price_note_en"], length=400),
            Column("delivery_days", FIELD_LABELS["delivery_days"], Kind.WHOLE),
            Column("warranty_months", FIELD_LABELS["warranty_months"], Kind.WHOLE),
            Column("note", N_("What changes and why"), length=200),
        ),
    )


def rows(items: Iterable[CatalogItem], today: date) -> list[list[Cell]]:
    """The items in the order of the columns (each with its supplier, category, agreement and versions loaded)."""
    columns = sheet().columns
    return [[_cell(item, column.key, today) for column in columns] for item in items]


def _cell(item: CatalogItem, key: str, today: date) -> Cell:
    version = item.current
    own: Mapping[str, Any] = {
        "code": item.code or item.ref,
        "supplier": item.supplier.name,
        "state": item.state_on(today).value,
        "agreement": item.framework.code if item.framework is not None else None,
        "version": version.number,
        "category": item.category.code if item.category is not None else None,
        "domain": item.domain.value if item.domain is not None else None,
        "breaks": written(version.steps),
        "note": None,
    }
    value = own[key] if key in own else getattr(version, key)
    return value.value if isinstance(value, ActivityKind | OutputKind) else value


def written(steps: Iterable[Step]) -> str:
    """Price breaks as a cell has them: ``10:150000; 50:140000``."""
    return "; ".join(f"{step.from_quantity}:{step.unit_price}" for step in steps)


def _steps(text: str) -> tuple[Step, ...]:
    parts = [part.strip() for part in re.split(r"[;；]", text) if part.strip()]
    found = [re.fullmatch(r"([0-9]{1,9})\s*[:：]\s*([0-9,]{1,15})", part, re.ASCII) for part in parts]
    if not all(found):
        raise Invalid({"breaks": deny(BAD_BREAKS)})
    return tuple(Step(int(m[1]), int(m[2].replace(",", ""))) for m in found if m is not None)


Change = tuple[str, str, str]
"""A field that differs: its English label, and how it reads before and after."""


def apply(
    row: Row, *, supplier: Organization | None, by: Actor, at: datetime
) -> tuple[str, CatalogItem, list[Change]]:
    """Do one row: propose a new item of the supplier, or change one; raises Invalid, Refused or NotFound.

    Columns that the file does not have keep what is stored. The answer: what was done, the item, what changed.
    """
    code = str(row.values.get("code") or "")
    if not code:
        if supplier is None:
            raise Invalid({"code": deny(SUPPLIERS_PROPOSE)})
        made = operations.propose(supplier=supplier, facts=_facts(row, None), by=by, at=at)
        return NEW, made, []
    item = tables.item_by_code(by, code)
    if item is None:
        raise NotFound
    before = _told(item.current, item)
    if item.listed_at is not None and not by.is_staff:
        return _proposed(row, item, before, by=by, at=at)
    operations.save_version(item=item, facts=_facts(row, item), by=by, at=at)
    after = queries.item_by_id(item.id)
    told = _told(after.current, after)
    changes = [(label, before[label], told[label]) for label in told if before[label] != told[label]]
    return (CHANGED if changes else SAME), after, changes


def _proposed(
    row: Row, item: CatalogItem, before: Mapping[str, str], *, by: Actor, at: datetime
) -> tuple[str, CatalogItem, list[Change]]:
    """A supplier's change of a listed item goes to the review board; nothing changes before it approves."""
    facts = _facts(row, item)
    told = _told_of(facts, facts.breaks)
    changes = [(label, before[label], told[label]) for label in told if before[label] != told[label]]
    if not changes:
        return SAME, item, []
    operations.propose_change(item=item, facts=facts, by=by, at=at)
    return ASKED, item, changes


def _facts(row: Row, item: CatalogItem | None) -> ItemFacts:
    values: dict[str, Any] = {}
    if item is not None:
        values = {name: getattr(item.current, name) for name in VERSION_FIELDS}
        values["breaks"] = item.current.steps
        values["category"] = item.category.code if item.category is not None else None
        values["domain"] = item.domain
    for key, value in row.values.items():
        if key != "code":
            values[key] = _value(key, value)
    return ItemFacts(**values)


def _value(key: str, value: Cell) -> Any:
    text = str(value or "")
    if key == "breaks":
        return _steps(text)
    if key == "specification_open":
        return bool(value)
    if key in ("activity", "output", "domain"):
        kind = {"activity": ActivityKind, "output": OutputKind, "domain": Domain}[key]
        return kind(text) if text else None
    if key in ("unit_price", "delivery_days", "warranty_months", "category"):
        return value
    return text


def _told(version: ItemVersion, item: CatalogItem) -> dict[str, str]:
    """What a change would touch, by label, as its reader sees it."""
    told = _told_of(version, version.steps)
    told[N_("Category")] = item.category.name if item.category is not None else "—"
    told[N_("Domain")] = _label(DOMAIN_LABELS[item.domain]) if item.domain is not None else "—"
    return told


def _told_of(words: ItemVersion | ItemFacts, breaks: Iterable[Step]) -> dict[str, str]:
    told = {FIELD_LABELS[name]: _plain(getattr(words, name)) for name in VERSION_FIELDS}
    told[PRICE_BREAKS] = written(breaks) or "—"
    return told


def _label(message: str) -> str:
    return in_language(language(), message)


def _plain(value: Any) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _label(YES if value else NO)
    if isinstance(value, ActivityKind):
        return _label(ACTIVITY_LABELS[value])
    if isinstance(value, OutputKind):
        return _label(OUTPUT_LABELS[value])
    if isinstance(value, int):
        return f"{value:,}"
    return value if len(value) <= 60 else value[:60] + "…"
