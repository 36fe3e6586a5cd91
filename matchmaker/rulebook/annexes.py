"""Arithmetic of the tables on annex 5 (fields 5.10 to 5.12) and annex 6 (fields 6.8 to 6.11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from matchmaker.kernel.decision import ALLOWED, Decision, Denied, Reason, deny, first_denial
from matchmaker.kernel.money import TWD
from matchmaker.kernel.words import N_

ROWS = 10
"""Numbered rows of the item table on annex 6 (field 6.8)."""

NOT_A_SUM = Reason(
    "annex.not_a_sum", N_("The cost (C) must be the subsidy (A) and the own share (B) added up.")
)
SUBSIDY_RAISED = Reason(
    "annex.subsidy_raised",
    N_("A change that costs more leaves the subsidy as approved; the increase is the agency's."),
)
SUBSIDY_NOT_KEPT = Reason(
    "annex.subsidy_not_kept",
    N_("A change that costs less lowers the subsidy in the subsidy ratio, to %(expected)s."),
)
TOO_MANY_ROWS = Reason("annex.too_many_rows", N_("The form has ten rows for work items."))
ROW_WITHOUT_STATE = Reason(
    "annex.row_without_state", N_("Each item is either executed or not executed: choose one.")
)
ROW_WITHOUT_TEXT = Reason("annex.row_without_text", N_("Describe how far the executed item has come."))
ROW_PERCENT = Reason(
    "annex.row_percent", N_("An executed item is more than 0 and at most 100 per cent done.")
)
ROW_NOT_EXECUTED = Reason("annex.row_not_executed", N_("An item that is not executed is 0 per cent done."))


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A row of field 5.10 in NT$: cost (C), subsidy (A), own share (B)."""

    cost: TWD
    subsidy: TWD
    own_share: TWD


@dataclass(frozen=True, slots=True)
class ItemRow:
    """A row of field 6.8: the item, whether executed, how far (text and per cent), money spent in NT$."""

    item: str
    state: Literal["executed", "not_executed"] | None
    text: str
    percent: int
    spent: TWD


@dataclass(frozen=True, slots=True)
class AmountBox:
    """A box of fields 6.10 and 6.11 in NT$: subsidy, interest up to the application date, other."""

    subsidy: TWD
    interest: TWD
    other: TWD

    @property
    def total(self) -> TWD:
        """The row 合計: the sum of the other three."""
        return self.subsidy + self.interest + self.other


def check_change_rows(before: ChangeRow, after: ChangeRow, entitlement: TWD) -> Decision:
    """Whether the table of annex 5 adds up and keeps to its two notes (fields 5.10 to 5.12).

    ``entitlement`` is what ``refunds.change`` leaves the agency after the change.
    """
    return first_denial(_adds_up(before), _adds_up(after), _subsidy_follows(before, after, entitlement))


def _adds_up(row: ChangeRow) -> Decision:
    return ALLOWED if row.cost == row.subsidy + row.own_share else deny(NOT_A_SUM)


def _subsidy_follows(before: ChangeRow, after: ChangeRow, entitlement: TWD) -> Decision:
    if after.cost >= before.cost:
        return ALLOWED if after.subsidy == before.subsidy else deny(SUBSIDY_RAISED)
    if after.subsidy == min(before.subsidy, entitlement):
        return ALLOWED
    return deny(SUBSIDY_NOT_KEPT, expected=f"NT${min(before.subsidy, entitlement):,}")


def check_item_rows(rows: Sequence[ItemRow]) -> dict[int, Denied]:
    """What is wrong with the item table of annex 6, by row from 0 (fields 6.8, 6.9); empty if all is well."""
    found = {
        index: decision for index, row in enumerate(rows) if isinstance(decision := _check_row(row), Denied)
    }
    if len(rows) > ROWS:
        found[ROWS] = deny(TOO_MANY_ROWS)
    return found


def _check_row(row: ItemRow) -> Decision:
    if row.state is None:
        return deny(ROW_WITHOUT_STATE)
    if row.state == "not_executed":
        return ALLOWED if row.percent == 0 else deny(ROW_NOT_EXECUTED)
    if not row.text.strip():
        return deny(ROW_WITHOUT_TEXT)
    return ALLOWED if 0 < row.percent <= 100 else deny(ROW_PERCENT)
