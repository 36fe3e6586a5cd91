"""What goes back: after a change (C6), with interest (C7), at a termination (C8), by revocation (R-089).

Every refund here excludes interest, which stands beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import floor

from matchmaker.kernel.decision import ALLOWED, Decision, Reason, deny
from matchmaker.kernel.money import MAX_TWD, TWD, floor_share
from matchmaker.kernel.words import N_
from matchmaker.rulebook.amounts import Approval
from matchmaker.rulebook.facts import (
    MISSING,
    NOT_A_CHOICE,
    OUT_OF_RANGE,
    ZERO,
    BadFact,
    at_most,
    money,
    not_before,
    positive_money,
)
from matchmaker.rulebook.scheme import Scheme
from matchmaker.rulebook.worksheet import Worksheet

NO_SUCH_CAUSE = Reason("revocation.no_such_cause", N_("The scheme knows no such cause of revocation."))
NOTICE_MISSING = Reason(
    "revocation.notice_missing",
    N_("First send a notice that names the defects and a deadline to mend them."),
)
NOTICE_RUNNING = Reason(
    "revocation.notice_running",
    N_("The deadline to mend the defects has not passed yet."),
)


@dataclass(frozen=True, slots=True)
class Interest:
    """What the agency declared: interest up to the application date, and the principal that earned it."""

    declared: TWD | None = None
    principal: TWD | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A work item of a terminated plan: budget, share done (0 to 1), and money spent where it is told."""

    budget: TWD
    done: Fraction
    spent: TWD | None = None


@dataclass(frozen=True, slots=True)
class Refund:
    """``entitlement`` the agency keeps; ``refund`` goes back with ``interest`` (None: not declared yet)."""

    entitlement: TWD
    refund: TWD
    interest: TWD | None
    worksheet: Worksheet


@dataclass(frozen=True, slots=True)
class Termination:
    """As ``Refund``, with the cost executed until then (whole NT$, cut only for display)."""

    executed: TWD
    entitlement: TWD
    refund: TWD
    interest: TWD | None
    worksheet: Worksheet


@dataclass(frozen=True, slots=True)
class Estimate:
    """An interest estimate, never the interest itself."""

    interest: TWD
    worksheet: Worksheet


@dataclass(frozen=True, slots=True)
class Revocation:
    """Payment stopped and money recovered: two scales, independent of each other."""

    stopped: TWD
    refund: TWD
    interest: TWD | None
    worksheet: Worksheet


def change(
    scheme: Scheme,
    on: date,
    approval: Approval,
    *,
    new_total: TWD,
    received: TWD,
    returned: TWD = 0,
    interest: Interest | None = None,
) -> Refund:
    """A change of the plan (C6, R-077, R-078): a decrease goes back in the ratio; an increase is not paid.

    Nothing goes back unless more was received than the entitlement after the change (Q-10).

    :raises BadFact: an amount out of range, a zero total, or more returned than received.
    """
    positive_money("new_total", new_total)
    held = _held(received, returned)
    declared = _declared(interest)
    sheet = Worksheet(scheme)
    ratio = approval.ratio(scheme, on)
    sheet.add("C6.ratio", ratio, "ratio", subsidy=approval.subsidy, total=approval.total)
    if new_total < approval.total:
        entitlement = min(approval.subsidy, floor_share(new_total, ratio))
        sheet.add("C6.decrease", entitlement, new_total=new_total)
    else:
        entitlement = approval.subsidy
        sheet.add("C6.no_decrease", entitlement, new_total=new_total)
    sheet.add("C6.held", held, received=received, returned=returned)
    if scheme.choice("refund_basis", on) == "excess":
        refund = max(0, held - entitlement)
    else:
        refund = min(held, approval.subsidy - entitlement)
    sheet.add("C6.refund", refund)
    return Refund(entitlement, refund, _share_of_interest(sheet, declared, refund, "10(1)"), sheet)


def termination(
    scheme: Scheme,
    on: date,
    approval: Approval,
    *,
    cause: str,
    items: Sequence[Item],
    received: TWD,
    returned: TWD = 0,
    interest: Interest | None = None,
) -> Termination:
    """The end of a plan (C8, R-080, R-081): under force majeure the executed part stays, else all goes back.

    :raises BadFact: an amount out of range, more returned than received, a share done beyond 0 to 1, no item
        under force majeure, or a cause that is neither ``force_majeure`` nor ``other``.
    """
    held = _held(received, returned)
    declared = _declared(interest)
    if cause not in ("force_majeure", "other"):
        raise BadFact("cause", NOT_A_CHOICE, "must be force_majeure or other")
    if cause == "force_majeure" and not items:
        raise BadFact("items", MISSING, "must hold at least one item")
    sheet = Worksheet(scheme)
    executed = _executed(scheme, on, items, sheet)
    budgets = sum(item.budget for item in items)
    if items and budgets != approval.total:
        sheet.add("C8.budget_differs", None, "none", budgets=budgets, total=approval.total)
    if cause == "force_majeure":
        ratio = approval.ratio(scheme, on)
        sheet.add(
            "C6.ratio",
            ratio,
            "ratio",
            clause="10(2)1",
            subsidy=approval.subsidy,
            total=approval.total,
        )
        entitlement = min(approval.subsidy, floor(executed * ratio))
        sheet.add("C8.force_majeure", entitlement)
    else:
        entitlement = 0
        sheet.add("C8.other", 0)
    sheet.add("C6.held", held, clause=_end_clause(cause), received=received, returned=returned)
    refund = max(0, held - entitlement)
    sheet.add("C8.refund" if cause == "force_majeure" else "C8.refund_all", refund)
    if cause == "force_majeure":
        due = _share_of_interest(sheet, declared, refund, "10(2)1")
    else:
        due = _all_interest(sheet, declared, refund, "10(2)2")
    return Termination(floor(executed), entitlement, refund, due, sheet)


def _end_clause(cause: str) -> str:
    return "10(2)1" if cause == "force_majeure" else "10(2)2"


def _executed(scheme: Scheme, on: date, items: Sequence[Item], sheet: Worksheet) -> Fraction:
    by_money = scheme.choice("unexecuted_by", on) == "spent"
    executed = Fraction(0)
    budgets = 0
    for index, item in enumerate(items):
        where = f"items[{index}]"
        budgets += money(f"{where}.budget", item.budget)
        if budgets > MAX_TWD:
            raise BadFact(where, OUT_OF_RANGE, "makes the total larger than can be stored")
        if not 0 <= item.done <= 1:
            raise BadFact(f"{where}.percent", OUT_OF_RANGE, "must be from 0 to 100")
        part = item.budget * item.done
        if by_money:
            if item.spent is None:
                raise BadFact(f"{where}.spent", MISSING, "is missing")
            part = Fraction(
                at_most(f"{where}.spent", money(f"{where}.spent", item.spent), item.budget, "budget")
            )
        executed += part
        sheet.add("C8.item", floor(part), budget=item.budget, done=item.done)
    sheet.add("C8.executed", floor(executed))
    return executed


def _held(received: TWD, returned: TWD, name: str = "received") -> TWD:
    """What the agency was paid and has not given back."""
    money(name, received)
    return received - at_most("returned", money("returned", returned), received, f"what was {name}")


def _declared(interest: Interest | None) -> Interest:
    known = interest or Interest()
    if known.declared is not None:
        money("declared_interest", known.declared)
    if known.principal is not None:
        money("principal_held", known.principal)
    return known


def _share_of_interest(sheet: Worksheet, interest: Interest, refund: TWD, clause: str) -> TWD | None:
    """The refund's share of the declared interest (C7), never more than was declared."""
    if refund == 0:
        sheet.add("C7.none", 0, clause=clause)
        return 0
    if interest.declared == 0:  # a share of nothing, whatever the principal
        sheet.add("C7.all", 0, clause=clause)
        return 0
    if interest.declared is None or interest.principal is None:
        sheet.add("C7.unknown", None, "unknown", clause=clause)
        return None
    if interest.principal == 0:
        raise BadFact("principal_held", ZERO, "must not be zero when something is returned")
    share = min(interest.declared, interest.declared * refund // interest.principal)
    sheet.add(
        "C7.share",
        share,
        clause=clause,
        declared=interest.declared,
        refund=refund,
        principal=interest.principal,
    )
    return share


def _all_interest(sheet: Worksheet, interest: Interest, refund: TWD, clause: str) -> TWD | None:
    if interest.declared is not None:
        sheet.add("C7.all", interest.declared, clause=clause)
        return interest.declared
    if refund == 0:
        sheet.add("C7.none", 0, clause=clause)
        return 0
    sheet.add("C7.unknown", None, "unknown", clause=clause)
    return None


def interest_estimate(
    scheme: Scheme, on: date, *, principal: TWD, rate: Fraction, start: date, end: date
) -> Estimate:
    """An estimate of interest (C7, Q-17): principal × yearly rate × days from start to end ÷ 365, floor.

    :raises BadFact: an amount out of range, a rate beyond 0 to 1, or an end before the start.
    """
    money("principal", principal)
    if not 0 <= rate <= 1:
        raise BadFact("rate", OUT_OF_RANGE, "must be from 0 to 1")
    days = (not_before("to", end, start, "from") - start).days
    year = scheme.whole("interest_year_days", on)
    estimate = floor(principal * rate * days / year)
    if estimate > MAX_TWD:
        raise BadFact("principal", OUT_OF_RANGE, "makes the interest larger than can be stored")
    sheet = Worksheet(scheme)
    sheet.add("C7.estimate", estimate, principal=principal, rate=rate, days=days, year_days=year)
    return Estimate(estimate, sheet)


def may_revoke(scheme: Scheme, cause: str, *, notice_due: date | None, today: date) -> Decision:
    """Whether a cause of revocation stands (R-087); the first needs a notice whose deadline has passed."""
    known = scheme.lists["revocation_causes"].get(cause)
    if known is None:
        return deny(NO_SUCH_CAUSE)
    if not known.more["needs_notice"]:
        return ALLOWED
    if notice_due is None:
        return deny(NOTICE_MISSING)
    return ALLOWED if notice_due < today else deny(NOTICE_RUNNING)


def revocation(
    scheme: Scheme,
    *,
    approved: TWD,
    paid: TWD,
    returned: TWD = 0,
    stop: str,
    claw_back: str,
    stop_amount: TWD | None = None,
    claw_back_amount: TWD | None = None,
    interest: Interest | None = None,
) -> Revocation:
    """The remedy of a revocation (R-089): payment stop and claw-back, each none, part or all.

    A part carries its amount, of what is not paid yet and of what is paid and not returned.

    :raises BadFact: an amount out of range or missing, or a scale that is none of the three.
    """
    money("approved", approved)
    held = _held(paid, returned, "paid")
    declared = _declared(interest)
    still_open = max(0, approved - paid)
    sheet = Worksheet(scheme)
    stopped = _scaled("stop", stop, stop_amount, still_open)
    sheet.add("R-089.stop", stopped, open=still_open, scale=stop)
    refund = _scaled("claw_back", claw_back, claw_back_amount, held)
    sheet.add("R-089.claw_back", refund, held=held, scale=claw_back)
    if claw_back == "all":
        due = _all_interest(sheet, declared, refund, "11-2")
    else:
        due = _share_of_interest(sheet, declared, refund, "11-2")
    return Revocation(stopped, refund, due, sheet)


def _scaled(name: str, scale: str, amount: TWD | None, whole: TWD) -> TWD:
    if scale == "none":
        return 0
    if scale == "all":
        return whole
    if scale != "part":
        raise BadFact(name, NOT_A_CHOICE, "must be none, part or all")
    if amount is None:
        raise BadFact(f"{name}_amount", MISSING, "is missing")
    return at_most(f"{name}_amount", money(f"{name}_amount", amount), whole, "what there is")
