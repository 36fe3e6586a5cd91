"""What a claim pays (C4), what a reservation keeps (C9), and the papers each claim needs (R-067 to R-070)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from matchmaker.kernel.money import TWD, floor_share
from matchmaker.rulebook.amounts import Approval
from matchmaker.rulebook.facts import NOT_A_CHOICE, BadFact, at_most, money
from matchmaker.rulebook.scheme import Entry, Scheme
from matchmaker.rulebook.worksheet import Worksheet


@dataclass(frozen=True, slots=True)
class Claim:
    """``payable`` is paid now; ``excess`` was paid beyond the entitlement and goes back, with interest."""

    entitlement: TWD
    payable: TWD
    excess: TWD
    worksheet: Worksheet


@dataclass(frozen=True, slots=True)
class Reservation:
    """``reserved`` is carried over, ``payable`` is what may be paid of it now."""

    reserved: TWD
    payable: TWD
    worksheet: Worksheet


def same_year_claim(
    scheme: Scheme, on: date, approval: Approval, *, settled: TWD, paid: TWD = 0, limit: TWD | None = None
) -> Claim:
    """The one payment of a plan within one year (C4, R-065): settled cost × ratio, at most the approval.

    Cost means eligible cost.

    ``limit`` is the subsidy that changes and cuts have left, where that is less than what was approved.

    :raises BadFact: an amount out of range.
    """
    money("settled", settled)
    sheet = _with_ratio(scheme, on, approval)
    due = min(approval.subsidy, floor_share(settled, approval.ratio(scheme, on)))
    sheet.add("C4.same_year", due, settled=settled)
    return _payable(sheet, due, paid, limit, "C4.payable")


def first_instalment(
    scheme: Scheme, on: date, approval: Approval, *, spent: TWD, paid: TWD = 0, limit: TWD | None = None
) -> Claim:
    """The first instalment of a plan across years (C4, R-069, Q-11): the subsidy's share of the spending.

    :raises BadFact: an amount out of range.
    """
    money("spent", spent)
    sheet = _with_ratio(scheme, on, approval)
    if scheme.choice("first_instalment", on) == "share":
        due = min(approval.subsidy, floor_share(spent, approval.ratio(scheme, on)))
        sheet.add("C4.first", due, spent=spent)
    else:
        due = min(approval.subsidy, spent)
        sheet.add("C4.first_full", due, spent=spent)
    # What is too much so far is settled by the last instalment, not returned now.
    return _payable(sheet, due, paid, limit, "C4.payable_instalment", settles=False)


def final_instalment(
    scheme: Scheme, on: date, approval: Approval, *, settled: TWD, paid: TWD, limit: TWD | None = None
) -> Claim:
    """The balance of a plan across years (C4, R-070): total entitlement on settlement less what was paid.

    The last instalment is the remainder, never a second rounding. If more was paid than the entitlement,
    ``excess`` is the refund, to which its interest is added (C7).

    :raises BadFact: an amount out of range.
    """
    money("settled", settled)
    sheet = _with_ratio(scheme, on, approval)
    due = min(approval.subsidy, floor_share(settled, approval.ratio(scheme, on)))
    sheet.add("C4.final", due, settled=settled)
    return _payable(sheet, due, paid, limit, "C4.payable_instalment")


def _with_ratio(scheme: Scheme, on: date, approval: Approval) -> Worksheet:
    sheet = Worksheet(scheme)
    ratio = approval.ratio(scheme, on)
    sheet.add("C4.ratio", ratio, "ratio", subsidy=approval.subsidy, total=approval.total)
    return sheet


def _payable(
    sheet: Worksheet, due: TWD, paid: TWD, limit: TWD | None, rule: str, *, settles: bool = True
) -> Claim:
    money("paid", paid)
    if limit is not None:
        due = min(due, money("limit", limit))
        sheet.add("C4.limit", due, limit=limit)
    if paid:
        sheet.add("C4.paid", paid)
    payable = max(0, due - paid)
    excess = max(0, paid - due) if settles else 0
    sheet.add(rule, payable)
    if excess:
        sheet.add("C4.excess", excess)
    return Claim(due, payable, excess, sheet)


def reservation(
    scheme: Scheme, on: date, *, approved: TWD, claimed: TWD, executive_yuan: str, amount: TWD | None = None
) -> Reservation:
    """What is carried over (C9, R-072) and payable only once the Executive Yuan has approved its carry-over.

    ``amount`` is the part it approved, where it did not approve the whole.

    :raises BadFact: an amount out of range, or a decision that is none of pending, approved, refused.
    """
    money("approved", approved)
    at_most("claimed", money("claimed", claimed), approved, "approved")
    reserved = approved - claimed
    if amount is not None:
        at_most("amount", money("amount", amount), reserved, "the reserved amount")
    if executive_yuan not in ("pending", "approved", "refused"):
        raise BadFact("executive_yuan", NOT_A_CHOICE, "must be pending, approved or refused")
    sheet = Worksheet(scheme)
    sheet.add("C9.reserved", reserved, approved=approved, claimed=claimed)
    payable = 0
    if executive_yuan == "approved":
        payable = reserved if amount is None else amount
    sheet.add(f"C9.{executive_yuan}", payable)
    return Reservation(reserved, payable, sheet)


def required_papers(scheme: Scheme, kind: str, *, force_majeure: bool = False) -> tuple[Entry, ...]:
    """The papers of a claim (same_year, first_instalment, final_instalment), a change or a termination.

    :raises KeyError: no such kind.
    """
    papers = scheme.papers[kind]
    codes = papers.required + (papers.if_force_majeure if force_majeure else ())
    return tuple(scheme.documents[code] for code in codes)


def missing_papers(
    scheme: Scheme, kind: str, present: Collection[str], *, force_majeure: bool = False
) -> tuple[Entry, ...]:
    """The required papers whose code is not among those present.

    A proof of budget inclusion that names the matching funds also proves the subsidy (Q-05), and a final
    settlement certificate is an acceptance certificate too (Q-04).
    """
    have = set(present)
    if "budget_proof_with_matching" in have:
        have.add("budget_proof")
    if "settlement_certificate" in have:
        have.add("acceptance_certificate")
    needed = required_papers(scheme, kind, force_majeure=force_majeure)
    return tuple(each for each in needed if each.code not in have)
