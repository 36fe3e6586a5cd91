"""Claims and their payment: handed in, returned, mended, passed, paid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from matchmaker.kernel.dates import local_day
from matchmaker.kernel.decision import Denied, Reason, deny
from matchmaker.kernel.errors import Invalid, require
from matchmaker.kernel.words import N_
from matchmaker.people.actor import Actor
from matchmaker.rulebook import claims as rules
from matchmaker.subsidies import accounts, dues, policies, stored
from matchmaker.subsidies.facts import (
    ClaimFacts,
    LetterFacts,
    PaperFacts,
    PaymentFacts,
)
from matchmaker.subsidies.ledger import account_of, approval_of
from matchmaker.subsidies.models import Claim, SubsidyCase
from matchmaker.subsidies.operations.common import (
    Titles,
    given,
    held,
    keep,
    moved,
    not_ahead,
    owe,
    post,
    scheme_of,
    tell,
    write,
)
from matchmaker.subsidies.states import (
    CASE_LIFE,
    CLAIM_LIFE,
    ClaimKind,
    LetterKind,
)

PAPERS_MISSING = Reason("subsidies.papers_missing", N_("These papers are missing: %(papers)s"))
COST_ABOVE = Reason(
    "subsidies.cost_above",
    N_("More than the approved total of %(total)s is not counted; enter that at most."),
)
REFERENCE_NEEDED = Reason("subsidies.reference_needed", N_("Enter the number of the voucher."))
PAID_BEFORE = Reason("subsidies.paid_before", N_("The day of payment lies before the claim of %(day)s."))


def missing_papers(case: SubsidyCase, kind: ClaimKind, present: Sequence[str]) -> list[str]:
    """Codes of the papers that this claim still lacks (R-067, R-069, R-070)."""
    found = rules.missing_papers(scheme_of(case), str(kind), present)
    return [entry.code for entry in found]


def hand_in_claim(
    *,
    case: SubsidyCase,
    facts: ClaimFacts,
    letter: LetterFacts,
    papers: Sequence[PaperFacts],
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> Claim:
    """Hand in the next claim with its papers; one after its deadline is flagged, not refused (R-084)."""
    case = held(case, expected_version)
    require(policies.can_claim(by, case, at))
    kind = policies.next_claim(case)
    if kind is None or facts.kind is not kind:
        raise Invalid({"kind": deny(policies.OTHER_KIND)})
    _check_claim(case, kind, facts.cost, [paper.kind for paper in papers])
    due = dues.claim_due(case, kind)
    claim = Claim(
        kind=kind,
        cost=facts.cost,
        claimed_on=local_day(at),
        late=due is not None and local_day(at) > due,
        papers=[],
    )
    claim.touch(by=by.name, at=at)
    case.claims.append(claim)
    write(case, LetterKind.CLAIM, letter, by, at)
    claim.papers.extend(keep(case, papers, by, at, claim_id=claim.id))
    tell("claim", case, by, at, {"kind": kind, "cost": claim.cost, "late": claim.late})
    moved(case, "claim", at)
    return claim


def _check_claim(case: SubsidyCase, kind: ClaimKind, cost: int, present: Sequence[str]) -> None:
    problems: dict[str, Denied] = {}
    total = approval_of(case).total
    if cost < 0 or cost > total:
        problems["cost"] = deny(COST_ABOVE, total=f"NT${total:,}")
    missing = rules.missing_papers(scheme_of(case), str(kind), present)
    if missing:
        problems["papers"] = deny(PAPERS_MISSING, papers=Titles(missing))
    if problems:
        raise Invalid(problems)


def mend_claim(
    *,
    case: SubsidyCase,
    cost: int,
    letter: LetterFacts,
    papers: Sequence[PaperFacts],
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> None:
    """Hand a returned claim in again; its earlier papers stay with it."""
    case = held(case, expected_version)
    require(policies.can_mend_claim(by, case, at))
    claim = _open(case)
    present = [paper.kind for paper in claim.papers] + [paper.kind for paper in papers]
    _check_claim(case, claim.kind, cost, present)
    claim.cost, claim.state = cost, CLAIM_LIFE.next("hand_in", claim.state)
    claim.touch(by=by.name, at=at)
    write(case, LetterKind.CLAIM, letter, by, at)
    claim.papers.extend(keep(case, papers, by, at, claim_id=claim.id))
    tell("mend_claim", case, by, at, {"kind": claim.kind, "cost": cost})
    moved(case, "claim", at)


def _open(case: SubsidyCase) -> Claim:
    claim = policies.open_claim(case)
    if claim is None:
        raise Invalid({"kind": deny(policies.OTHER_KIND)})
    return claim


def return_claim(
    *, case: SubsidyCase, letter: LetterFacts, by: Actor, at: datetime, expected_version: int | None = None
) -> None:
    """Send a claim back with what is wrong."""
    case = held(case, expected_version)
    require(policies.can_return_claim(by, case, at))
    claim = _open(case)
    claim.note = given("body", letter.body)
    claim.state = CLAIM_LIFE.next("return", claim.state)
    claim.touch(by=by.name, at=at)
    write(case, LetterKind.CLAIM_RETURN, letter, by, at)
    tell("return_claim", case, by, at, {"kind": claim.kind, "note": claim.note})


def preview_claim(case: SubsidyCase, claim: Claim, at: datetime) -> accounts.Outcome:
    """What the claim would pay by the account as it stands."""
    return accounts.claim(
        scheme_of(case),
        local_day(at),
        approval_of(case),
        account_of(case),
        kind=claim.kind,
        cost=claim.cost,
    )


def check_claim(*, case: SubsidyCase, by: Actor, at: datetime, expected_version: int | None = None) -> None:
    """Pass the claim: what it pays is fixed, with its worksheet (C4)."""
    case = held(case, expected_version)
    require(policies.can_check_claim(by, case, at))
    claim = _open(case)
    found = preview_claim(case, claim, at)
    inputs = {
        "approval": stored.basis(approval_of(case)),
        "account": stored.sums(account_of(case)),
        "kind": str(claim.kind),
        "cost": claim.cost,
    }
    claim.worksheet = stored.kept(found.worksheet, local_day(at), "claim", inputs)
    claim.payable = found.amount
    claim.state = CLAIM_LIFE.next("check", claim.state)
    claim.touch(by=by.name, at=at)
    tell("check_claim", case, by, at, {"kind": claim.kind, "payable": claim.payable})


def pay_claim(
    *,
    case: SubsidyCase,
    payment: PaymentFacts,
    letter: LetterFacts,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> None:
    """Record the payment of a claim that passed, and write the payment notice; the last claim settles the case."""
    case = held(case, expected_version)
    require(policies.can_pay(by, case, at))
    claim = _open(case)
    if not payment.reference.strip():
        raise Invalid({"reference": deny(REFERENCE_NEEDED)})
    not_ahead("on", payment.on, at)
    if payment.on < claim.claimed_on:
        raise Invalid({"on": deny(PAID_BEFORE, day=claim.claimed_on)})
    found = preview_claim(case, claim, at)
    if found.amount != claim.payable:
        # Between check and payment nothing may change the account; the policies see to it.
        raise AssertionError("the account changed after the check")
    claim.state = CLAIM_LIFE.next("pay", claim.state)
    claim.touch(by=by.name, at=at)
    cause = f"claim:{claim.ref}"
    post(case, found.postings, cause=cause, on=payment.on, by=by, at=at, reference=payment.reference.strip())
    owe(case, found, cause=cause, by=by, at=at)
    write(case, LetterKind.PAYMENT, letter, by, at)
    if claim.kind is not ClaimKind.FIRST:
        case.state = CASE_LIFE.next("settle", case.state)
    tell("pay_claim", case, by, at, {"kind": claim.kind, "amount": claim.payable, "refund": found.refund})


# --- reservation and cut ---
