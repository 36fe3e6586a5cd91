"""The account of a case: what its ledger entries add up to, and which entries a decision adds.

Pure: amounts in whole NT$ go in, sums and postings come out; the rules themselves are the rulebook's. At any time
``0 <= held <= approved <= ceiling <= cap`` holds, whatever claims, changes and refunds come in which order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from matchmaker.kernel.money import TWD, parse_decimal
from matchmaker.rulebook import amounts, claims, refunds
from matchmaker.rulebook.amounts import Approval
from matchmaker.rulebook.refunds import Interest, Item
from matchmaker.rulebook.scheme import Scheme
from matchmaker.rulebook.worksheet import Worksheet
from matchmaker.subsidies.states import ClaimKind, EntryKind

Posting = tuple[EntryKind, TWD]


@dataclass(frozen=True, slots=True)
class Account:
    """Sums of the entries of one case, by kind."""

    approved: TWD = 0
    reduced: TWD = 0
    paid: TWD = 0
    refund_due: TWD = 0
    interest_due: TWD = 0
    returned: TWD = 0
    interest: TWD = 0

    @classmethod
    def of(cls, postings: Iterable[Posting]) -> Account:
        """The account that these entries make."""
        sums = dict.fromkeys(EntryKind, 0)
        for kind, amount in postings:
            sums[kind] += amount
        return cls(**{kind.value: total for kind, total in sums.items()})

    def and_(self, postings: Iterable[Posting]) -> Account:
        """The account after more entries."""
        own = [(kind, getattr(self, kind.value)) for kind in EntryKind]
        return Account.of([*own, *postings])

    @property
    def limit(self) -> TWD:
        """What changes, cuts and decisions have left of the approved subsidy."""
        return max(0, self.approved - self.reduced)

    @property
    def held(self) -> TWD:
        """What the agency was paid and has not returned."""
        return self.paid - self.returned

    @property
    def payable(self) -> TWD:
        """What may be paid at most from now on."""
        return max(0, self.limit - self.held)

    @property
    def owed(self) -> TWD:
        """What the agency still has to return, without interest."""
        return max(0, self.refund_due - self.returned)

    @property
    def owed_interest(self) -> TWD:
        """Interest that the agency still has to return."""
        return max(0, self.interest_due - self.interest)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a decision means for the account: postings, the refund to notify, its interest, and the steps.

    ``amount`` is what the decision is about: payable for a claim, entitlement for a change or termination, the
    stopped amount for a revocation, the new subsidy for a cut. ``interest`` is None while it was not declared.
    """

    amount: TWD
    postings: tuple[Posting, ...]
    refund: TWD
    interest: TWD | None
    worksheet: Worksheet


def _posted(*postings: Posting) -> tuple[Posting, ...]:
    return tuple(posting for posting in postings if posting[1] > 0)


def claim(
    scheme: Scheme, on: date, approval: Approval, account: Account, *, kind: ClaimKind, cost: TWD
) -> Outcome:
    """What a claim pays (C4), within what is left; the last claim also settles what is never paid any more.

    The postings are those of the payment. ``refund`` is what was paid beyond the entitlement of a settlement.
    """
    if kind is ClaimKind.FIRST:
        found = claims.first_instalment(
            scheme, on, approval, spent=cost, paid=account.held, limit=account.limit
        )
        return Outcome(found.payable, _posted((EntryKind.PAID, found.payable)), 0, 0, found.worksheet)
    settle = claims.same_year_claim if kind is ClaimKind.SAME_YEAR else claims.final_instalment
    found = settle(scheme, on, approval, settled=cost, paid=account.held, limit=account.limit)
    excess = max(0, found.excess - account.owed)
    postings = _posted(
        (EntryKind.PAID, found.payable),
        (EntryKind.REDUCED, account.limit - found.entitlement),
        (EntryKind.REFUND_DUE, excess),
    )
    return Outcome(found.payable, postings, excess, None if excess else 0, found.worksheet)


def change(
    scheme: Scheme,
    on: date,
    approval: Approval,
    account: Account,
    *,
    new_total: TWD,
    interest: Interest | None = None,
) -> Outcome:
    """A change of the plan (C6): what it leaves, and what goes back of what was received."""
    found = refunds.change(
        scheme,
        on,
        approval,
        new_total=new_total,
        received=account.paid,
        returned=account.returned,
        interest=interest,
    )
    refund = max(0, found.refund - account.owed)
    postings = _posted(
        (EntryKind.REDUCED, account.limit - min(account.limit, found.entitlement)),
        (EntryKind.REFUND_DUE, refund),
    )
    return Outcome(found.entitlement, postings, refund, found.interest, found.worksheet)


def termination(
    scheme: Scheme,
    on: date,
    approval: Approval,
    account: Account,
    *,
    force_majeure: bool,
    items: Sequence[Item],
    interest: Interest | None = None,
) -> Outcome:
    """The end of the plan (C8): the approval is revoked, so nothing is paid any more, and the rest goes back."""
    found = refunds.termination(
        scheme,
        on,
        approval,
        cause="force_majeure" if force_majeure else "other",
        items=items,
        received=account.paid,
        returned=account.returned,
        interest=interest,
    )
    refund = max(0, found.refund - account.owed)
    kept = min(found.entitlement, account.held)
    postings = _posted(
        (EntryKind.REDUCED, account.limit - min(account.limit, kept)), (EntryKind.REFUND_DUE, refund)
    )
    return Outcome(found.entitlement, postings, refund, found.interest, found.worksheet)


def ended(account: Account, *, refund: TWD, interest: TWD, counted: Outcome) -> Outcome:
    """The end of a plan with the refund that the programme office fixed (field 6.11, Q-14).

    Nothing is paid any more: what is left is what the agency holds and need not return.
    """
    kept = max(0, account.held - account.owed - refund)
    postings = _posted(
        (EntryKind.REDUCED, account.limit - min(account.limit, kept)), (EntryKind.REFUND_DUE, refund)
    )
    return Outcome(counted.amount, postings, refund, interest, counted.worksheet)


def revocation(
    scheme: Scheme,
    account: Account,
    *,
    stop: str,
    claw_back: str,
    stop_amount: TWD | None = None,
    claw_back_amount: TWD | None = None,
    interest: Interest | None = None,
) -> Outcome:
    """Annulment or revocation (R-089): payment stopped and money recovered, on two scales."""
    found = refunds.revocation(
        scheme,
        approved=account.limit,
        paid=account.paid,
        returned=account.returned,
        stop=stop,
        claw_back=claw_back,
        stop_amount=stop_amount,
        claw_back_amount=claw_back_amount,
        interest=interest,
    )
    refund = max(0, found.refund - account.owed)
    postings = _posted(
        (EntryKind.REDUCED, min(account.limit, found.stopped + refund)), (EntryKind.REFUND_DUE, refund)
    )
    return Outcome(found.stopped, postings, refund, found.interest, found.worksheet)


def cut(
    scheme: Scheme,
    on: date,
    account: Account,
    *,
    method: str,
    share: str | None = None,
    amount: TWD | None = None,
    reason: str | None = None,
) -> Outcome:
    """A legislative cut (C10): less may be paid; what was paid already is not reduced by itself."""
    found = amounts.legislative_cut(
        scheme,
        on,
        approved=account.limit,
        method=method,
        cut=None if share is None else parse_decimal(share),
        amount=amount,
        reason=reason,
    )
    postings = _posted((EntryKind.REDUCED, account.limit - found.approved))
    return Outcome(found.approved, postings, 0, 0, found.worksheet)


def repay(account: Account, *, amount: TWD, interest: TWD) -> tuple[Posting, ...]:
    """Money that came back; never more than is owed.

    :raises ValueError: more than is owed, or nothing at all.
    """
    if not 0 <= amount <= account.owed or not 0 <= interest <= account.owed_interest or not amount + interest:
        raise ValueError("no more than what is owed can be returned")
    return _posted((EntryKind.RETURNED, amount), (EntryKind.INTEREST, interest))
