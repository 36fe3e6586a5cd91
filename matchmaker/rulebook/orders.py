"""Limits of an order from the catalog (C11), by the regulation on inter-entity supply contracts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from matchmaker.kernel.money import TWD, floor_share
from matchmaker.rulebook.facts import NOT_A_CHOICE, BadFact, money
from matchmaker.rulebook.scheme import Scheme
from matchmaker.rulebook.worksheet import Worksheet

UNDER_PER_ORDER = "under_per_order_min"
OVER_PER_ORDER = "over_per_order_max"
OVER_BUDGET = "over_contract_budget"
OVER_ADD_ONS = "over_add_on_limit"
NEEDS_SUPERIOR = "superior_approval_needed"


@dataclass(frozen=True, slots=True)
class OrderLimits:
    """Whether the order may be placed; ``findings`` holds the code of every limit it breaks."""

    allowed: bool
    findings: tuple[str, ...]
    worksheet: Worksheet


def order_limits(
    scheme: Scheme,
    on: date,
    *,
    category: str,
    order_value: TWD,
    add_ons: TWD,
    per_order_min: TWD | None = None,
    per_order_max: TWD | None = None,
    orders_so_far: TWD | None = None,
    contract_budget: TWD | None = None,
    superior_approved: bool = False,
) -> OrderLimits:
    """Check an order (C11): its size, the contract's budget, add-ons, the superior agency's approval.

    A limit that is not given is not checked, and the worksheet says so. A least order is the exception: few
    contracts name one, so its absence is no gap.

    :raises BadFact: an amount out of range, or a category other than goods and services.
    """
    if category not in ("goods", "services"):
        raise BadFact("category", NOT_A_CHOICE, "must be goods or services")
    money("order_value", order_value)
    money("add_ons", add_ons)
    sheet = Worksheet(scheme)
    _check_least(sheet, order_value, per_order_min)
    _check_per_order(sheet, order_value, per_order_max)
    _check_budget(sheet, order_value, orders_so_far, contract_budget)
    tenth = floor_share(scheme.whole("publication_threshold", on), scheme.decimal("add_on_share", on))
    add_on_limit = min(tenth, order_value)
    sheet.add(
        "C11.add_ons",
        add_on_limit,
        flag=OVER_ADD_ONS if add_ons > add_on_limit else None,
        add_ons=add_ons,
        tenth=tenth,
        order_value=order_value,
    )
    threshold = scheme.whole(f"supervision_threshold_{category}", on)
    needs = order_value >= threshold and not superior_approved
    sheet.add("C11.superior", threshold, flag=NEEDS_SUPERIOR if needs else None, order_value=order_value)
    findings = tuple(sheet.flags)
    sheet.add("C11.allowed", not findings, "answer")
    return OrderLimits(not findings, findings, sheet)


def _check_least(sheet: Worksheet, order_value: TWD, per_order_min: TWD | None) -> None:
    if per_order_min is None:
        return
    money("per_order_min", per_order_min)
    flag = UNDER_PER_ORDER if order_value < per_order_min else None
    sheet.add("C11.per_order_min", per_order_min, flag=flag, order_value=order_value)


def _check_per_order(sheet: Worksheet, order_value: TWD, per_order_max: TWD | None) -> None:
    if per_order_max is None:
        sheet.unknown("C11.per_order_unknown")
        return
    money("per_order_max", per_order_max)
    flag = OVER_PER_ORDER if order_value > per_order_max else None
    sheet.add("C11.per_order", per_order_max, flag=flag, order_value=order_value)


def _check_budget(sheet: Worksheet, order_value: TWD, so_far: TWD | None, budget: TWD | None) -> None:
    if so_far is not None:
        money("orders_so_far", so_far)
    if budget is not None:
        money("contract_budget", budget)
    # Without the orders so far, an order that alone is too large is still known to be too large.
    if budget is None or (so_far is None and order_value <= budget):
        sheet.unknown("C11.budget_unknown")
        return
    spent = so_far or 0
    flag = OVER_BUDGET if spent + order_value > budget else None
    sheet.add("C11.budget", budget, flag=flag, so_far=spent, order_value=order_value)


def service_fee_limit(scheme: Scheme, on: date, *, order_value: TWD) -> tuple[TWD, Worksheet]:
    """The highest service fee of an order (C11): one per cent of it, rounded down.

    :raises BadFact: an amount out of range.
    """
    fee = scheme.decimal("service_fee", on)
    limit = floor_share(money("order_value", order_value), fee)
    sheet = Worksheet(scheme)
    sheet.add("C11.service_fee", limit, order_value=order_value, fee=fee)
    return limit, sheet
