"""Shapes of input about items and adoptions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, FormField
from wtforms import Form as Part

from matchmaker.catalog import queries
from matchmaker.catalog.facts import VERSION_FIELDS, AdoptionFacts, EvidenceFacts, ItemFacts
from matchmaker.catalog.models import CatalogItem, FrameworkAgreement, Lot
from matchmaker.catalog.pricing import Step
from matchmaker.catalog.states import ACTIVITY_LABELS, OUTPUT_LABELS, ActivityKind, OutputKind
from matchmaker.kernel.dates import roc_year
from matchmaker.kernel.programme import DOMAIN_LABELS, Domain
from matchmaker.proposals.states import EVIDENCE_LABELS, EvidenceKind
from matchmaker.web import fields
from matchmaker.web.fields import ChoiceField, MoneyField, UploadField, WholeField
from matchmaker.web.forms import Form, RowsForm
from matchmaker.web.words import choices

MOST_BREAKS = 12
FIRST_WESTERN = 1000
"""A smaller number is a year of the ROC calendar."""


def western(year: int) -> int:
    """The Western year of a year in either calendar."""
    return year - roc_year(0) if 0 < year < FIRST_WESTERN else year


class Stored:
    """An item as its form sees it: the words of its current version, with category and domain."""

    def __init__(self, item: CatalogItem) -> None:
        self.item = item

    @property
    def version(self) -> int:
        return self.item.version

    @property
    def category(self) -> str | None:
        return self.item.category.code if self.item.category is not None else None

    @property
    def domain(self) -> str | None:
        return self.item.domain

    @property
    def breaks(self) -> list[dict[str, int]]:
        return [
            {"from_quantity": step.from_quantity, "unit_price": step.unit_price}
            for step in self.item.current.steps
        ]

    def __getattr__(self, name: str) -> Any:
        if name in VERSION_FIELDS:
            return getattr(self.item.current, name)
        raise AttributeError(name)


class Proposed:
    """A change as its form sees it."""

    def __init__(self, facts: ItemFacts) -> None:
        self.facts = facts

    @property
    def breaks(self) -> list[dict[str, int]]:
        return [
            {"from_quantity": step.from_quantity, "unit_price": step.unit_price} for step in self.facts.breaks
        ]

    def __getattr__(self, name: str) -> Any:
        if name in ItemFacts.__dataclass_fields__:
            return getattr(self.facts, name)
        raise AttributeError(name)


class BreakPart(Part):
    from_quantity = WholeField(
        _l("From quantity"), [fields.required(_l("Enter the quantity from which the price holds."))]
    )
    unit_price = MoneyField(
        _l("Unit price, tax included"), [fields.required(_l("Enter the unit price of this price break."))]
    )


class ItemForm(RowsForm):
    """What an item is; the same for a startup's proposal and for what staff list."""

    rows_name = "breaks"

    title_zh = fields.text(_l("Title in Chinese"))
    title_en = fields.text(_l("Title in English"), length=240)
    summary_zh = fields.long_text(
        _l("Summary in Chinese"),
        description=_l("What it is and what it does, in two or three sentences."),
        length=600,
    )
    summary_en = fields.long_text(
        _l("Summary in English"),
        description=_l("What it is and what it does, in two or three sentences."),
        length=1200,
    )
    technology_zh = fields.long_text(
        _l("Technology in Chinese"), description=_l("Which technology it uses, and what is new about it.")
    )
    technology_en = fields.long_text(
        _l("Technology in English"), description=_l("Which technology it uses, and what is new about it.")
    )
    use_case_zh = fields.long_text(
        _l("Government use case in Chinese"),
        description=_l("Which task of which kind of body it serves, and where."),
    )
    use_case_en = fields.long_text(
        _l("Government use case in English"),
        description=_l("Which task of which kind of body it serves, and where."),
    )
    specification_zh = fields.long_text(
        _l("Specification in Chinese"),
        description=_l("What is delivered and how it performs, in terms that can be inspected."),
    )
    specification_en = fields.long_text(
        _l("Specification in English"),
        description=_l("What is delivered and how it performs, in terms that can be inspected."),
    )
    unit_zh = fields.text(
        _l("Unit in Chinese"),
        description=_l("What one price buys, such as a set, a site, a month."),
        length=20,
    )
    unit_en = fields.text(
        _l("Unit in English"),
        description=_l("What one price buys, such as a set, a site, a month."),
        length=40,
    )
    price_note_zh = fields.text(
        _l("Note on the price in Chinese"), description=_l("What the price includes or not."), length=200
    )
    price_note_en = fields.text(
        _l("Note on the price in English"), description=_l("What the price includes or not."), length=400
    )
    specification_open = BooleanField(
        _l("The specification shows what is new without being tied to a proprietary specification.")
    )
    category = ChoiceField(_l("Category"))
    domain = ChoiceField(_l("Domain"), description=_l("Left empty, the category's own domain is taken."))
    activity = ChoiceField(_l("What is new about it"))
    output = ChoiceField(_l("What is delivered"))
    unit_price = MoneyField(_l("Unit price, tax included"), [fields.optional()])
    breaks = FieldList(FormField(BreakPart), _l("Price breaks"), max_entries=MOST_BREAKS)
    delivery_days = WholeField(_l("Delivery in days after the order"), [fields.optional()])
    warranty_months = WholeField(
        _l("Warranty in months"), [fields.optional()], description=_l("0 where there is none.")
    )
    note = fields.text(
        _l("What changes and why"), description=_l("Shown to everybody beside the version."), length=200
    )

    def __init__(self, *args: Any, listed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        empty = [("", gettext("Choose one"))]
        self.category.choices = empty + [(c.code, c.name) for c in queries.categories()]
        self.domain.choices = empty + choices(DOMAIN_LABELS)
        self.activity.choices = empty + choices(ACTIVITY_LABELS)
        self.output.choices = empty + choices(OUTPUT_LABELS)
        if not listed:
            del self.note

    @classmethod
    def of(cls, item: CatalogItem, change: ItemFacts | None = None) -> ItemForm:
        """The form filled with what is stored, or with a change that was proposed before."""
        source = Stored(item) if change is None else Proposed(change)
        form = cls(obj=source, listed=item.listed_at is not None)
        if not form.is_submitted():
            form.expected_version.data = str(item.version)
        return form

    def facts(self) -> ItemFacts:
        words = {
            name: self[name].data or ""
            for name in VERSION_FIELDS
            if name.endswith(("_zh", "_en")) and name in self
        }
        return ItemFacts(
            **words,
            specification_open=bool(self.specification_open.data),
            category=self.category.data or None,
            domain=Domain(self.domain.data) if self.domain.data else None,
            activity=ActivityKind(self.activity.data) if self.activity.data else None,
            output=OutputKind(self.output.data) if self.output.data else None,
            unit_price=self.unit_price.data,
            breaks=tuple(
                Step(row.form.from_quantity.data, row.form.unit_price.data) for row in self.breaks.entries
            ),
            delivery_days=self.delivery_days.data,
            warranty_months=self.warranty_months.data,
            note=self.data.get("note") or "",
        )


def places(agreements: Sequence[FrameworkAgreement]) -> list[tuple[str, str]]:
    """Each agreement, or each of its lots where it has some, as an option: ``reference`` or ``reference/lot``."""
    options = []
    for agreement in agreements:
        name = f"{agreement.code} {agreement.title}"
        if not agreement.lots:
            options.append((agreement.ref, name))
        options += [
            (f"{agreement.ref}/{lot.ref}", f"{name}: {lot.code} {lot.title}") for lot in agreement.lots
        ]
    return options


class ListForm(Form):
    """The agreement, and where it has lots the lot, that an item is listed in."""

    framework = ChoiceField(
        _l("Framework agreement and lot"),
        required_message=_l("Choose the framework agreement that the item is listed in."),
    )

    def __init__(self, agreements: Sequence[FrameworkAgreement], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agreements = agreements
        self.framework.choices = [("", gettext("Choose one")), *places(agreements)]

    @property
    def chosen(self) -> tuple[FrameworkAgreement, Lot | None]:
        """The agreement and the lot (call once the form is valid)."""
        ref, _, lot_ref = (self.framework.data or "").partition("/")
        agreement = next(a for a in self.agreements if a.ref == ref)
        return agreement, next((lot for lot in agreement.lots if lot.ref == lot_ref), None)


class EvidenceForm(Form):
    """What shows the capability in place of a track record."""

    kind = ChoiceField(_l("Kind"), required_message=_l("Choose the kind of evidence."))
    title = fields.text(
        _l("What it is"),
        fields.required(_l("Say what it is: the name of the award, the project or the pilot.")),
        length=160,
    )
    organization = fields.text(
        _l("By or with whom"),
        fields.required(_l("Name who gave the award, the firm, or the government body.")),
        length=160,
    )
    description = fields.long_text(
        _l("Description"), description=_l("What you did, when, and what came of it."), length=2000
    )
    file = UploadField(
        _l("Paper"), description=_l("A certificate, a contract, a report. Only the board reads it.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [("", gettext("Choose one")), *choices(EVIDENCE_LABELS)]

    def facts(self) -> EvidenceFacts:
        return EvidenceFacts(
            kind=EvidenceKind(self.kind.data),
            title=self.title.data or "",
            organization=self.organization.data or "",
            description=self.description.data or "",
        )


class ReasonForm(Form):
    """Why the supply is suspended or ends."""

    reason = fields.long_text(
        _l("Reason"),
        fields.required(_l("Give the reason: it is shown on the page and sent by mail.")),
        description=_l("Shown on the item's page and sent to the supplier."),
        length=1000,
    )


class AdoptionForm(Form):
    """Who adopted an item, and what it was good for."""

    agency = ChoiceField(_l("Agency on the platform"))
    body_zh = fields.text(
        _l("Name of another body in Chinese"),
        description=_l("For a body that is not on the platform."),
        length=80,
    )
    body_en = fields.text(_l("Name of another body in English"), length=160)
    year = WholeField(
        _l("Year"),
        [fields.required(_l("Enter the year."))],
        description=_l("In the Western or the ROC calendar, such as 2025 or 114."),
    )
    story_zh = fields.long_text(
        _l("What it was good for, in Chinese"),
        fields.required(_l("Write in Chinese what the item was good for.")),
        description=_l("Better service, less work, less burden on the environment, saved cost."),
        length=2000,
    )
    story_en = fields.long_text(_l("What it was good for, in English"), length=4000)
    source_note = fields.text(
        _l("Source"),
        fields.required(_l("Name the source: where is this adoption written down?")),
        description=_l("A paper, a web page, a letter: somebody else must be able to find it."),
        length=200,
    )

    def __init__(self, today: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agency.choices = [("", gettext("Another body"))] + [(a.ref, a.name) for a in queries.agencies()]
        if not self.is_submitted() and self.year.data is None:
            self.year.data = today.year

    def facts(self) -> AdoptionFacts:
        return AdoptionFacts(
            agency_ref=self.agency.data or None,
            body_zh=self.body_zh.data or "",
            body_en=self.body_en.data or "",
            year=western(self.year.data or 0),
            story_zh=self.story_zh.data or "",
            story_en=self.story_en.data or "",
            source_note=self.source_note.data or "",
        )
