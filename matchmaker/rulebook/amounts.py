"""How much a case may receive: eligible cost (C1), ceiling (C2), approved amount (C3), cut (C10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal

from matchmaker.kernel.dates import add_months
from matchmaker.kernel.money import MAX_TWD, TWD, floor_share
from matchmaker.rulebook.facts import (
    CONTRADICTS,
    MISSING,
    NOT_A_CHOICE,
    OUT_OF_RANGE,
    BadFact,
    at_most,
    money,
    not_before,
    positive_money,
)
from matchmaker.rulebook.scheme import Scheme
from matchmaker.rulebook.tiers import Government, TierRange
from matchmaker.rulebook.worksheet import Worksheet


@dataclass(frozen=True, slots=True)
class OneOff:
    """An item bought once: award price per unit in NT$ and number of units."""

    unit_price: TWD
    quantity: int
    ordered_on: date | None = None


@dataclass(frozen=True, slots=True)
class PeriodUse:
    """An item paid by the month or the day: award price per unit and period, number, planned periods."""

    unit_price: TWD
    quantity: int
    units: int
    unit: Literal["month", "day"] = "month"
    ordered_on: date | None = None
    service_starts_on: date | None = None


@dataclass(frozen=True, slots=True)
class Eligible:
    """What of the cost counts and what does not, in NT$."""

    eligible: TWD
    ineligible: TWD
    worksheet: Worksheet


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The most a case may receive; all three are None where the tier, and so the rate, is unknown."""

    ceiling: TWD | None
    own_share: TWD | None
    rate: Fraction | None
    worksheet: Worksheet


@dataclass(frozen=True, slots=True)
class Approval:
    """What was approved: total and subsidy in NT$. The ratio of the two stays that of the approval for good.

    ``tier`` is needed only under a scheme that reads "subsidy ratio" as the tier's rate (Q-09).

    :raises BadFact: a zero total, or a subsidy larger than the total.
    """

    total: TWD
    subsidy: TWD
    tier: int | None = None

    def __post_init__(self) -> None:
        positive_money("approved_total", self.total)
        at_most("approved_subsidy", money("approved_subsidy", self.subsidy), self.total, "the approved total")

    @property
    def own_share(self) -> TWD:
        """What the agency bears of the approved total."""
        return self.total - self.subsidy

    def ratio(self, scheme: Scheme, on: date) -> Fraction:
        """The subsidy ratio of claims and refunds (Q-09): approved subsidy by approved total, exactly.

        :raises BadFact: the scheme takes the tier's rate and the tier is missing.
        """
        if scheme.choice("ratio_basis", on) == "effective":
            return Fraction(self.subsidy, self.total)
        if self.tier is None:
            raise BadFact("tier", MISSING, "is needed for the rate of the tier")
        return scheme.rate(self.tier, on)


@dataclass(frozen=True, slots=True)
class Approved:
    """The amount to approve; ``limit`` names what it was limited by, ``approval`` carries it on."""

    approved: TWD
    own_share: TWD
    effective_ratio: Fraction
    limit: str
    approval: Approval
    worksheet: Worksheet


@dataclass(frozen=True, slots=True)
class Cut:
    """The approved subsidy after the legislature's cut."""

    approved: TWD
    worksheet: Worksheet


def eligible(scheme: Scheme, on: date, lines: Sequence[OneOff | PeriodUse]) -> Eligible:
    """Eligible cost (C1, R-051 to R-053): one-off items in full, periods as far as they lie within one year.

    :raises BadFact: no line, an amount out of range, or a service that starts before its order.
    """
    if not lines:
        raise BadFact("lines", MISSING, "must hold at least one line")
    sheet = Worksheet(scheme)
    counts = outside = 0
    for index, line in enumerate(lines):
        where = f"lines[{index}]"
        money(f"{where}.unit_price", line.unit_price)
        money(f"{where}.quantity", line.quantity)
        if isinstance(line, OneOff):
            amount, beyond = line.unit_price * line.quantity, 0
            sheet.add("C1.one_off", amount, unit_price=line.unit_price, quantity=line.quantity)
        else:
            money(f"{where}.units", line.units)
            amount, beyond = _period(scheme, on, line, where, sheet)
        counts += amount
        outside += beyond
        if counts + outside > MAX_TWD:
            raise BadFact(where, OUT_OF_RANGE, "makes the total larger than can be stored")
    sheet.add("C1.eligible", counts)
    sheet.add("C1.ineligible", outside)
    return Eligible(counts, outside, sheet)


def _period(scheme: Scheme, on: date, line: PeriodUse, where: str, sheet: Worksheet) -> tuple[TWD, TWD]:
    counted = min(line.units, _units_within_a_year(scheme, on, line, where))
    no_order = line.ordered_on is None and line.service_starts_on is not None
    rule = "C1.units_no_order_date" if no_order else "C1.units"
    sheet.add(rule, counted, "n", planned=line.units, counted=counted, unit=line.unit)
    price = line.unit_price * line.quantity
    sheet.add(
        "C1.period",
        price * counted,
        unit_price=line.unit_price,
        quantity=line.quantity,
        counted=counted,
        unit=line.unit,
    )
    beyond = line.units - counted
    if beyond:
        sheet.add("C1.outside", price * beyond, outside=beyond, unit=line.unit)
    return price * counted, price * beyond


def _units_within_a_year(scheme: Scheme, on: date, line: PeriodUse, where: str) -> int:
    """Whole periods that lie inside the subsidised year: at most a year of them, and none after its end.

    The year is a measure of how much is subsidised, not a time limit, so its end does not move for a day off.
    Like every period of law it does not count the day of the order (C1, art. 48).
    """
    months = scheme.whole("window_months", on)
    ordered, starts = line.ordered_on, line.service_starts_on or line.ordered_on
    if ordered is not None and starts is not None:
        not_before(f"{where}.service_starts_on", starts, ordered, "ordered_on")
    if starts is None:
        # 365 days are in any year: without a date a leap day is not presumed.
        return months if line.unit == "month" else 365 * months // 12
    try:
        year_end = add_months(starts - timedelta(days=1), months)
        window_end = year_end
        if ordered is not None and scheme.choice("window_anchor", on) == "order_date":
            window_end = min(year_end, add_months(ordered, months))
        if line.unit == "day":
            return max(0, (window_end - starts).days + 1)
        eve = starts - timedelta(days=1)
        return sum(add_months(eve, number) <= window_end for number in range(1, months + 1))
    except (OverflowError, ValueError):
        raise BadFact(f"{where}.service_starts_on", OUT_OF_RANGE, "is out of the calendar") from None


def ceiling(
    scheme: Scheme,
    on: date,
    *,
    eligible: TWD,
    tier: int | TierRange | None,
    government: Government | None = None,
) -> Ceiling:
    """The ceiling of a case (C2, R-054, R-055, R-057): eligible cost × rate of the tier, at most the cap.

    ``tier`` is a tier (1 to 5), the range that is known of it, or None where nothing is known;
    ``government`` is told in the worksheet.

    :raises BadFact: an amount out of range or a tier that does not exist.
    """
    money("eligible", eligible)
    sheet = Worksheet(scheme)
    rate = _rate(scheme, on, tier, government, sheet)
    if rate is None:
        sheet.unknown("C2.unknown")
        return Ceiling(None, None, None, sheet)
    sheet.add("C2.rate", rate, "ratio", rate=rate)
    share = floor_share(eligible, rate)
    sheet.add("C2.share", share, eligible=eligible, rate=rate)
    cap = scheme.cap(on)
    limit = min(share, cap)
    sheet.add("C2.ceiling", limit, share=share, cap=cap)
    sheet.add("C2.own_share", eligible - limit)
    return Ceiling(limit, eligible - limit, rate, sheet)


def _rate(
    scheme: Scheme,
    on: date,
    tier: int | TierRange | None,
    government: Government | None,
    sheet: Worksheet,
) -> Fraction | None:
    if isinstance(tier, int):
        if isinstance(tier, bool) or not 1 <= tier <= 5:
            raise BadFact("tier", OUT_OF_RANGE, "must be 1 to 5")
        sheet.add("C2.tier_given", tier, "n")
        return scheme.rate(tier, on)
    zh, en = (government.zh, government.en) if government else ("", "")
    if tier is None:
        sheet.unknown("C2.tier_unknown", government_zh=zh, government_en=en, day=on)
        return None
    rates = {scheme.rate(each, on) for each in tier.tiers}
    if tier.tier is not None:
        sheet.add("C2.tier", tier.tier, "n", government_zh=zh, government_en=en, day=on)
    else:
        sheet.unknown(
            "C2.tier_range",
            government_zh=zh,
            government_en=en,
            day=on,
            lowest=tier.lowest,
            highest=tier.highest,
        )
    if len(rates) == 1:
        return rates.pop()
    sheet.unknown("C2.rate_unknown")
    return None


def approved(
    scheme: Scheme,
    on: date,
    *,
    requested: TWD,
    ceiling: TWD,
    total: TWD,
    review_amount: TWD | None = None,
    budget_left: TWD | None = None,
) -> Approved:
    """The amount to approve (C3, R-056): the lowest of request, ceiling, review amount and budget left.

    ``total`` is the eligible cost of the plan; the effective ratio is the approved subsidy by it.

    :raises BadFact: an amount out of range, a zero total, or a total smaller than the subsidy.
    """
    limits = {"requested": money("requested", requested), "ceiling": money("ceiling", ceiling)}
    if review_amount is not None:
        limits["review_amount"] = money("review_amount", review_amount)
    if budget_left is not None:
        limits["budget_left"] = money("budget_left", budget_left)
    positive_money("total", total)
    sheet = Worksheet(scheme)
    for name, amount in limits.items():
        sheet.add(f"C3.{name}", amount)
    limit = min(limits, key=lambda name: limits[name])
    amount = limits[limit]
    if total < amount:
        raise BadFact("total", CONTRADICTS, "must not be smaller than the approved subsidy")
    sheet.add("C3.approved", amount, limit=limit)
    sheet.add("C3.own_share", total - amount, total=total)
    ratio = Fraction(amount, total)
    sheet.add("C3.ratio", ratio, "ratio")
    return Approved(amount, total - amount, ratio, limit, Approval(total, amount), sheet)


def legislative_cut(
    scheme: Scheme,
    on: date,
    *,
    approved: TWD,
    method: str,
    cut: Fraction | None = None,
    amount: TWD | None = None,
    reason: str | None = None,
) -> Cut:
    """The subsidy after the legislature cut the budget (C10, R-073): pro rata, or negotiated with a reason.

    What was already paid is not reduced by itself.

    :raises BadFact: the method's own facts are missing or out of range.
    """
    money("approved", approved)
    sheet = Worksheet(scheme)
    if method == "pro_rata":
        if cut is None:
            raise BadFact("cut", MISSING, "is missing")
        if not 0 <= cut <= 1:
            raise BadFact("cut", OUT_OF_RANGE, "must be from 0 to 1")
        left = floor_share(approved, 1 - cut)
        sheet.add("C10.pro_rata", left, approved=approved, cut=cut)
        return Cut(left, sheet)
    if method != "negotiated":
        raise BadFact("method", NOT_A_CHOICE, "must be pro_rata or negotiated")
    if amount is None:
        raise BadFact("amount", MISSING, "is missing")
    at_most("amount", money("amount", amount), approved, "approved")
    if reason is None or not reason.strip():
        raise BadFact("reason", MISSING, "is missing")
    sheet.add("C10.negotiated", amount, approved=approved, reason=reason)
    return Cut(amount, sheet)
