"""The papers of a kit, in the language that is spoken when they are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext

from matchmaker.catalog.models import Adoption, CatalogItem
from matchmaker.catalog.states import ACTIVITY_LABELS, OUTPUT_LABELS
from matchmaker.foundation.i18n import language, pick
from matchmaker.foundation.papers import (
    Align,
    Block,
    Column,
    Facts,
    Heading,
    Notes,
    PageBreak,
    Paper,
    Paragraph,
    Signature,
    Signatures,
    Table,
)
from matchmaker.kernel.dates import format_day, roc_year
from matchmaker.kernel.money import format_twd
from matchmaker.kernel.programme import DOMAIN_LABELS
from matchmaker.kernel.words import N_
from matchmaker.kits.budget import Budget, budget, limits
from matchmaker.kits.models import Kit, PeerRequest
from matchmaker.kits.queries import Record
from matchmaker.kits.states import PeerState
from matchmaker.pilots.models import Measure, Pilot
from matchmaker.pilots.states import NEED_MET_LABELS, PURPOSE_LABELS


@dataclass(frozen=True, slots=True)
class Sources:
    """What the papers of a kit are made from, besides the kit: order records, peer contacts, the day."""

    kit: Kit
    records: Mapping[int, Record]
    peers: Mapping[int, PeerRequest]
    today: date

    @property
    def budget(self) -> Budget:
        kit = self.kit
        return budget(
            kit.choice,
            quantity=kit.quantity,
            add_ons=kit.add_ons,
            yearly_cost=kit.yearly_cost,
            years=kit.years,
            on=self.today,
        )


def _day(value: date | None) -> str:
    return format_day(value, language()) if value is not None else "—"


def _twd(value: int | None) -> str:
    return format_twd(value, language()) if value is not None else _("No price yet")


def _title(zh: str, en: str) -> str:
    return pick(zh, en) or "—"


def _number(value: object) -> str:
    text = f"{value:,}" if value is not None else "—"
    return text.rstrip("0").rstrip(".") if "." in text else text


# --- comparison ---


def comparison(sources: Sources) -> list[Block]:
    """The items side by side, line by line."""
    items = sources.kit.items
    columns = [Column(_("Compared by"), 1.1), *(Column(f"{i.code}\n{i.title}", 1.6) for i in items)]
    rows = [[_(label), *(read(item, sources) for item in items)] for label, read in COMPARED]
    choice = Paragraph(
        _("Chosen: %(item)s (%(code)s)", item=sources.kit.choice.title, code=sources.kit.choice.code)
    )
    own = _own(_("How the others were weighed"), sources.kit.alternatives)
    return [Table(columns, rows), *([choice] if len(items) > 1 else []), *own, _as_of(sources)]


def _bands(item: CatalogItem, _sources: Sources) -> str:
    return "\n".join(
        _("from %(quantity)s: %(price)s", quantity=_number(band.first), price=_twd(band.unit_price))
        for band in item.current.bands[1:]
    ) or _("none")


def _cost(item: CatalogItem, sources: Sources) -> str:
    price = item.current.price_at(sources.kit.quantity)
    return _twd(price * sources.kit.quantity if price is not None else None)


def _unit_price(item: CatalogItem, _sources: Sources) -> str:
    version = item.current
    if version.unit_price is None or not version.unit:
        return _twd(version.unit_price)
    return _("%(price)s per %(unit)s", price=_twd(version.unit_price), unit=version.unit)


def _delivery(item: CatalogItem, _sources: Sources) -> str:
    days = item.current.delivery_days
    return "—" if days is None else ngettext("%(num)s day", "%(num)s days", days)


def _warranty(item: CatalogItem, _sources: Sources) -> str:
    months = item.current.warranty_months
    if months is None:
        return "—"
    return _("none") if months == 0 else ngettext("%(num)s month", "%(num)s months", months)


def _order_sizes(item: CatalogItem, _sources: Sources) -> str:
    lot = item.lot
    if lot is None or (lot.order_min is None and lot.order_max is None):
        return _("not limited by the lot")
    least = _twd(lot.order_min) if lot.order_min is not None else _("no minimum")
    most = _twd(lot.order_max) if lot.order_max is not None else _("no maximum")
    return _("%(least)s to %(most)s", least=least, most=most)


def _tried(item: CatalogItem, _sources: Sources) -> str:
    pilot = item.pilot
    if pilot is None:
        return _("no")
    met = _(NEED_MET_LABELS[pilot.assessment.need_met]) if pilot.assessment else _("not assessed yet")
    return f"{pilot.agency.name}\n{met}"


def _adopted(item: CatalogItem, _sources: Sources) -> str:
    return "\n".join(f"{each.body} {_year(each.year)}" for each in item.adoptions) or _("none known")


def _year(year: int) -> str:
    return pick(f"{roc_year(year)} 年", str(year))


def _ordered(item: CatalogItem, sources: Sources) -> str:
    record = sources.records[item.id]
    if not record.agencies:
        return _("none yet")
    ordered = ngettext("%(num)s agency", "%(num)s agencies", record.agencies)
    if not record.again:
        return ordered
    return _("%(ordered)s, %(again)s of them again", ordered=ordered, again=record.again)


def _fitness(item: CatalogItem, sources: Sources) -> str:
    values = sources.records[item.id].fitness
    if not values:
        return _("not rated yet")
    mean = f"{sum(values) / len(values):.1f}"
    return ngettext(
        "%(mean)s of 5 (%(num)s agency)", "%(mean)s of 5 (%(num)s agencies)", len(values), mean=mean
    )


def _framework(item: CatalogItem, _sources: Sources) -> str:
    framework = item.framework
    if framework is None:
        return "—"
    return "\n".join(
        [
            framework.code,
            _("%(first)s to %(last)s", first=_day(framework.starts_on), last=_day(framework.ends_on)),
        ]
    )


Reader = Callable[[CatalogItem, Sources], str]
COMPARED: Sequence[tuple[str, Reader]] = (
    (N_("Supplier"), lambda i, s: i.supplier.name),
    (N_("Founded on"), lambda i, s: _day(i.supplier.founded_on)),
    (N_("Category"), lambda i, s: i.category.name if i.category else "—"),
    (N_("Domain"), lambda i, s: _(DOMAIN_LABELS[i.domain]) if i.domain else "—"),
    (N_("What is delivered"), lambda i, s: _(OUTPUT_LABELS[i.current.output]) if i.current.output else "—"),
    (
        N_("What is new about it"),
        lambda i, s: _(ACTIVITY_LABELS[i.current.activity]) if i.current.activity else "—",
    ),
    (N_("What it is"), lambda i, s: i.current.summary or "—"),
    (N_("Specification"), lambda i, s: i.current.specification or "—"),
    (N_("Unit price, tax included"), _unit_price),
    (N_("Price breaks"), _bands),
    (N_("Price for the quantity wanted"), _cost),
    (N_("Delivery after the order"), _delivery),
    (N_("Warranty"), _warranty),
    (N_("Framework agreement"), _framework),
    (N_("Value of one order"), _order_sizes),
    (N_("Tried in a pilot"), _tried),
    (N_("Known adoptions"), _adopted),
    (N_("Ordered here by"), _ordered),
    (N_("Fitness by buyers"), _fitness),
)
"""What is compared, in this order: the label and what stands under each item."""


# --- why this supplier ---


def reasons(sources: Sources) -> list[Block]:
    """Why this item of this supplier: the agency's own words, then what the catalog shows."""
    kit, item = sources.kit, sources.kit.choice
    supplier, framework = item.supplier, item.framework
    facts = [
        (_("Item"), f"{item.title} ({item.code})"),
        (_("Supplier"), supplier.name),
        (_("Unified Business Number"), supplier.ubn or "—"),
        (_("Founded on"), _day(supplier.founded_on)),
        (_("Framework agreement"), f"{framework.title} ({framework.code})" if framework else "—"),
        (
            _("Version"),
            _("%(number)s of %(day)s", number=item.current.number, day=_day(item.current.made_at.date())),
        ),
        (_("Quantity"), f"{_number(kit.quantity)} {item.current.unit}".strip()),
    ]
    shown = [
        (_("Technology"), item.current.technology or "—"),
        (_("Government use case"), item.current.use_case or "—"),
        (_("Tried in a pilot"), _tried(item, sources)),
        (_("Known adoptions"), _adopted(item, sources)),
        (_("Ordered here by"), _ordered(item, sources)),
        (_("Fitness by buyers"), _fitness(item, sources)),
    ]
    notes = [
        _(
            "The item is listed in an inter-entity supply contract: applicable agencies order from it without a new tender."
        ),
        _(
            "Where several suppliers fit, the agency orders from the one that fits its need best and puts that on record."
        ),
    ]
    if item.current.specification_open:
        notes.append(
            _("The programme office checked that the specification is not tied to a proprietary one.")
        )
    return [
        Facts(facts),
        *_own(_("Our need"), kit.need, always=True),
        *_own(_("Why this supplier"), kit.reasons, always=True),
        *_own(_("How the others were weighed"), kit.alternatives),
        Heading(_("What the catalog shows")),
        Facts(shown),
        Notes(notes),
        *_own(_("Remarks"), kit.remarks),
        _signed(),
    ]


def _own(title: str, words: str, *, always: bool = False) -> list[Block]:
    """The agency's own words under their head; empty ones leave room to write where they belong to the paper."""
    if not words and not always:
        return []
    return [Heading(title), Paragraph(words or "\n\n")]


def _signed() -> Signatures:
    return Signatures(
        [
            Signature(_("Case officer")),
            Signature(_("Business supervisor")),
            Signature(_("Chief accountant")),
            Signature(_("Agency head")),
        ]
    )


def _as_of(sources: Sources) -> Notes:
    return Notes(
        [
            _("Read from the catalog on %(day)s; amounts in NT$, tax included.", day=_day(sources.today)),
            _("An order counts with the price and version of its own day."),
        ]
    )


# --- budget ---


def money(sources: Sources) -> list[Block]:
    """What it costs, line by line, and the limits that an order has to keep."""
    kit, item, sums = sources.kit, sources.kit.choice, sources.budget
    version = item.current
    columns = [
        Column(_("Item"), 3),
        Column(_("Quantity"), 1, Align.RIGHT),
        Column(_("Unit price"), 1.4, Align.RIGHT),
        Column(_("Amount"), 1.5, Align.RIGHT),
    ]
    rows = [
        [
            f"{item.title} ({item.code})",
            f"{_number(kit.quantity)} {version.unit}".strip(),
            *_amounts(sums.unit_price, sums.goods),
        ],
        [_named(_("Add-on items"), kit.add_ons_note), "", "", _plain(kit.add_ons)],
        [_named(_("Service fee of the agreement"), _fee_share(item)), "", "", _plain(sums.fee)],
    ]
    totals = [[_("Purchase"), "", "", _plain(sums.first)]]
    years = ngettext("Yearly costs, %(num)s year", "Yearly costs, %(num)s years", kit.years)
    rows_later = [
        [_named(years, kit.yearly_note), _number(kit.years), _plain(kit.yearly_cost), _plain(sums.later)]
    ]
    blocks: list[Block] = [
        Facts(
            [
                (_("Budget line"), kit.budget_line or ""),
                (_("Supplier"), item.supplier.name),
                (_("Framework agreement"), item.framework.code if item.framework else "—"),
                (_("Price breaks"), _bands(item, sources)),
            ]
        ),
        Table(columns, rows, totals, caption=_("Unit: NT$, tax included")),
        Table(columns, rows_later, [[_("Purchase and yearly costs"), "", "", _plain(sums.total)]]),
    ]
    if sums.goods is not None:
        steps = limits(item, value=sums.goods, add_ons=kit.add_ons, on=sources.today, language=language())
        blocks += [
            Heading(_("Limits of an order")),
            Table(
                [Column(_("Limit"), 1.3), Column(_("Value"), 1.2, Align.RIGHT), Column(_("Because"), 3)],
                [
                    [f"{'※ ' if step.flag else ''}{step.title}", step.value, f"{step.because}\n{step.clause}"]
                    for step in steps
                ],
            ),
        ]
        if any(step.flag for step in steps):
            blocks.append(
                Paragraph(_("※ An order like this one breaks this limit as things stand."), strong=True)
            )
    return [*blocks, *_own(_("Remarks"), kit.remarks), _as_of(sources), _signed()]


def _plain(amount: int | None) -> str:
    return f"{amount:,}" if amount is not None else "—"


def _amounts(*amounts: int | None) -> list[str]:
    return [_plain(amount) for amount in amounts]


def _named(label: str, note: str) -> str:
    return f"{label}\n{note}" if note else label


def _fee_share(item: CatalogItem) -> str:
    share = item.framework.service_fee if item.framework is not None else 0
    return f"{_number(share / 100)} %" if share else ""


# --- pilot ---


def tried(sources: Sources) -> list[Block]:
    """What the pilot showed, who else uses the item, and whom one may ask."""
    item = sources.kit.choice
    blocks: list[Block] = []
    if item.pilot is not None:
        blocks += _pilot(item.pilot)
    else:
        blocks += [Paragraph(_("This item has not been tried in a pilot on this platform."))]
    blocks.append(Heading(_("Known adoptions")))
    if item.adoptions:
        blocks.append(_adoptions(item.adoptions))
    else:
        blocks.append(Paragraph(_("No adoption by a government body is known yet.")))
    peer = sources.peers.get(item.pilot_id or 0)
    if peer is not None and peer.state is PeerState.AGREED:
        blocks += [
            Heading(_("Contact at the agency of the pilot")),
            Facts(
                [
                    (_("Name"), peer.contact_name),
                    (_("E-mail"), peer.contact_email or "—"),
                    (_("Telephone"), peer.contact_phone or "—"),
                ]
            ),
            Notes([_("Given for this adoption alone; do not pass it on.")]),
        ]
    return [*blocks, _as_of(sources)]


def _pilot(pilot: Pilot) -> list[Block]:
    facts = [
        (_("Pilot"), pilot.title),
        (_("Challenge"), f"{pilot.challenge.title} ({pilot.challenge.code})"),
        (_("Agency"), pilot.agency.name),
        (_("Period"), _("%(first)s to %(last)s", first=_day(pilot.starts_on), last=_day(pilot.ends_on))),
        (_("Purpose"), _(PURPOSE_LABELS[pilot.purpose])),
        (_("Site"), pilot.site or "—"),
    ]
    blocks: list[Block] = [Facts(facts)]
    if pilot.measures:
        columns = [
            Column(_("Measure"), 2.2),
            Column(_("Baseline"), 1, Align.RIGHT),
            Column(_("Target"), 1, Align.RIGHT),
            Column(_("Measured"), 1, Align.RIGHT),
            Column(_("Result"), 1.1, Align.CENTER),
        ]
        blocks += [Heading(_("Measures")), Table(columns, [_measured(each) for each in pilot.measures])]
    if pilot.assessment is not None:
        assessment = pilot.assessment
        blocks += [
            Heading(_("The agency's assessment")),
            Facts(
                [
                    (_("Need of the agency"), _(NEED_MET_LABELS[assessment.need_met])),
                    (_("Ready for production"), _("Yes") if assessment.production_ready else _("No")),
                    (_("Assessed on"), _day(assessment.assessed_at.date())),
                ]
            ),
            Paragraph(pick(assessment.summary_zh, assessment.summary_en)),
        ]
    return blocks


def _measured(measure: Measure) -> list[str]:
    verdicts = {True: _("Target reached"), False: _("Target not reached"), None: _("Not measured yet")}
    figures = (measure.baseline, measure.target, measure.actual)
    return [
        _named(measure.name, f"（{measure.unit}）" if measure.unit else ""),
        *(_number(figure) for figure in figures),
        verdicts[measure.reached],
    ]


def _adoptions(adoptions: Sequence[Adoption]) -> Table:
    return Table(
        [
            Column(_("Government body"), 1.2),
            Column(_("Year"), 0.6, Align.CENTER),
            Column(_("What it was good for"), 3),
            Column(_("Source"), 1.2),
        ],
        [[each.body, _year(each.year), each.story, each.source_note] for each in adoptions],
    )


# --- the papers ---

PARTS: Mapping[str, tuple[str, Callable[[Sources], list[Block]]]] = {
    "comparison": (N_("Comparison sheet"), comparison),
    "reasons": (N_("Why this supplier"), reasons),
    "budget": (N_("Budget memo"), money),
    "pilot": (N_("Pilot result"), tried),
}
"""The parts of a kit: the name of each, and what stands on it."""
WHOLE = "kit"
WHOLE_NAME = N_("Adoption kit")


def paper(sources: Sources, part: str) -> Paper:
    """One part of a kit, or the whole of it, as a paper in the language spoken now."""
    if part == WHOLE:
        name, blocks = WHOLE_NAME, _all(sources)
    else:
        name, make = PARTS[part]
        blocks = make(sources)
    kit = sources.kit
    return Paper(
        title=_(name),
        subtitle=kit.title,
        language=language(),
        made_on=sources.today,
        letterhead=kit.agency.name,
        reference=[(_("Date"), _day(sources.today))],
        blocks=blocks,
        assumed=_("Our own layout, no official form"),
        footer=_("Matchmaker"),
        page_of=_("Page %(page)s of %(pages)s", page="%(page)s", pages="%(pages)s"),
        landscape=part == "comparison" and len(kit.items) > 2,
    )


def _all(sources: Sources) -> list[Block]:
    blocks: list[Block] = []
    for name, make in PARTS.values():
        if blocks:
            blocks.append(PageBreak())
        blocks += [Heading(_(name)), *make(sources)]
    return blocks
