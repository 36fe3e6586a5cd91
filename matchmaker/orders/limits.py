"""The limits of an order (C11), asked of the rulebook: of each lot for its part, of the agreement for the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from matchmaker.catalog.models import FrameworkAgreement, Lot
from matchmaker.catalog.states import OutputKind
from matchmaker.foundation.i18n import pick
from matchmaker.kernel.money import format_twd
from matchmaker.rulebook import orders as rules
from matchmaker.rulebook.reference import scheme
from matchmaker.rulebook.worksheet import Step, Worksheet

SCHEME = "mature-2019"
"""The parameters of C11 (thresholds, shares) stand in this scheme, each from its day on."""


@dataclass(frozen=True, slots=True)
class Part:
    """What an order takes from one lot: its value in NT$, and the value of all orders from it so far."""

    lot: Lot
    value: int
    so_far: int


@dataclass(frozen=True, slots=True)
class Draft:
    """An order that is about to be placed; amounts in NT$."""

    framework: FrameworkAgreement
    value: int
    add_ons: int
    so_far: int
    goods: int
    parts: Sequence[Part] = field(default_factory=tuple)
    superior_approved: bool = False

    @property
    def category(self) -> str:
        """Goods or services, by the greater share of its value; by halves it counts as services."""
        return "goods" if 2 * self.goods > self.value else "services"


@dataclass(frozen=True, slots=True)
class Broken:
    """A limit that the order breaks: the code of the rulebook, the lot it belongs to, and the rule in words."""

    code: str
    lot: Lot | None
    limit: int
    worksheet: Worksheet
    rule: str

    @property
    def place(self) -> str:
        """The lot's number, where the limit is a lot's."""
        return self.lot.code if self.lot is not None else ""

    @property
    def words(self) -> str:
        """The rule in the reader's language: what it says, why it applies, where it stands."""
        step = next(step for step in self.worksheet.steps(pick("zh", "en")) if step.flag == self.code)
        return pick(
            f"{step.title}{step.value}：{step.because}（{step.clause}）",
            f"{step.title} {step.value}: {step.because} ({step.clause})",
        )

    @property
    def amount(self) -> str:
        return format_twd(self.limit, pick("zh", "en"))


def checked(draft: Draft, on: date) -> list[tuple[Lot | None, rules.OrderLimits]]:
    """What the rulebook says of each lot's part, and last of the whole order (with None for the lot)."""
    rulebook = scheme(SCHEME)
    parts: list[tuple[Lot | None, rules.OrderLimits]] = [
        (
            part.lot,
            rules.order_limits(
                rulebook,
                on,
                category=draft.category,
                order_value=part.value,
                add_ons=0,
                per_order_min=part.lot.order_min,
                per_order_max=part.lot.order_max,
                orders_so_far=part.so_far,
                contract_budget=part.lot.published_budget,
                superior_approved=True,
            ),
        )
        for part in draft.parts
    ]
    whole = rules.order_limits(
        rulebook,
        on,
        category=draft.category,
        order_value=draft.value,
        add_ons=draft.add_ons,
        orders_so_far=draft.so_far,
        contract_budget=draft.framework.published_budget,
        superior_approved=draft.superior_approved,
    )
    return [*parts, (None, whole)]


def broken(draft: Draft, on: date) -> list[Broken]:
    """Every limit that the order breaks on a day, the lots' first."""
    return [each for lot, answer in checked(draft, on) for each in _findings(answer, lot)]


OF_LOTS = ("C11.per_order_min", "C11.per_order", "C11.budget")
"""The rules that are asked of each lot; the others are asked of the whole order alone."""


def steps(draft: Draft, on: date, language: str) -> list[Step]:
    """The limits in words, for a memo: those that each lot sets, then those of the agreement.

    A step with a flag is a limit that the order breaks.
    """
    found = []
    for lot, answer in checked(draft, on):
        sheet = answer.worksheet
        for line, step in zip(sheet.lines, sheet.steps(language), strict=True):
            if lot is not None and line.rule in OF_LOTS:
                found.append(replace(step, title=f"{lot.code} {step.title}"))
            elif lot is None and line.rule != "C11.per_order_unknown" and step.title:
                found.append(step)
    return found


def _findings(answer: rules.OrderLimits, lot: Lot | None) -> list[Broken]:
    return [
        Broken(line.flag, lot, int(str(line.value)), answer.worksheet, line.rule)
        for line in answer.worksheet.lines
        if line.flag is not None
    ]


def service_fee(framework: FrameworkAgreement, value: int, on: date) -> int:
    """The agreement's service fee of an order in whole NT$, never more than the regulation's one per cent."""
    most, _sheet = rules.service_fee_limit(scheme(SCHEME), on, order_value=value)
    return min(value * framework.service_fee // 10_000, most)


def is_goods(output: OutputKind | None) -> bool:
    return output is OutputKind.GOODS
