"""The ledger of a stored case: the account that its entries make, and the approval that its claims rest on."""

from __future__ import annotations

from matchmaker.rulebook.amounts import Approval
from matchmaker.subsidies.accounts import Account
from matchmaker.subsidies.models import SubsidyCase


def account_of(case: SubsidyCase) -> Account:
    """Sums of the entries (needs ``entries`` loaded)."""
    return Account.of((entry.kind, entry.amount) for entry in case.entries)


def approval_of(case: SubsidyCase) -> Approval:
    """The approval as the rulebook wants it.

    :raises ValueError: the case was not approved.
    """
    if case.approval is None:
        raise ValueError("the case was not approved")
    return Approval(case.approval.total, case.approval.subsidy, case.approval.tier)
