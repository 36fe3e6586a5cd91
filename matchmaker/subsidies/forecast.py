"""The forecast of the programme: budget, committed, paid and expected money, by government and by tier.

Pure: sums of ledger entries go in. *Expected* is what is approved and neither paid nor reduced.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from matchmaker.kernel.money import TWD
from matchmaker.subsidies.accounts import Account
from matchmaker.subsidies.states import EntryKind


@dataclass(slots=True)
class Sums:
    """Money of a group of cases, in NT$; *committed* is what is approved, less what is never paid any more."""

    cases: int = 0
    committed: TWD = 0
    paid: TWD = 0
    returned: TWD = 0
    expected: TWD = 0
    owed: TWD = 0

    def add(self, account: Account) -> None:
        """Add one case."""
        self.cases += 1
        self.committed += account.limit
        self.paid += account.paid
        self.returned += account.returned
        self.expected += account.payable
        self.owed += account.owed


@dataclass(frozen=True, slots=True)
class Row:
    """One case as the forecast sees it."""

    round: str
    government: str
    tier: int | None
    sums: Mapping[EntryKind, TWD]

    @property
    def account(self) -> Account:
        return Account.of(self.sums.items())


@dataclass(slots=True)
class Forecast:
    """All of it, and by round, government and tier (None: not known for the year)."""

    total: Sums = field(default_factory=Sums)
    rounds: dict[str, Sums] = field(default_factory=dict)
    governments: dict[str, Sums] = field(default_factory=dict)
    tiers: dict[int | None, Sums] = field(default_factory=dict)


def forecast(rows: Iterable[Row]) -> Forecast:
    """Add the cases up."""
    made = Forecast()
    for row in rows:
        account = row.account
        made.total.add(account)
        made.rounds.setdefault(row.round, Sums()).add(account)
        made.governments.setdefault(row.government, Sums()).add(account)
        made.tiers.setdefault(row.tier, Sums()).add(account)
    return made
