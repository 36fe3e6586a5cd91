"""Arithmetic of the tables on annexes 5 and 6."""

from dataclasses import replace

import pytest

from matchmaker.kernel.decision import Denied
from matchmaker.rulebook.annexes import AmountBox, ChangeRow, ItemRow, check_change_rows, check_item_rows

BEFORE = ChangeRow(1_000_000, 900_000, 100_000)
DONE = ItemRow("佈建", "executed", "已完成二處", 50, 300_000)
NOT_DONE = ItemRow("教育訓練", "not_executed", "", 0, 0)


@pytest.mark.parametrize(
    ("after", "entitlement", "code"),
    [
        (ChangeRow(800_000, 720_000, 80_000), 720_000, None),
        (ChangeRow(1_200_000, 900_000, 300_000), 900_000, None),
        (ChangeRow(1_000_000, 900_000, 100_000), 900_000, None),
        (ChangeRow(800_000, 720_000, 70_000), 720_000, "annex.not_a_sum"),
        (ChangeRow(1_200_000, 950_000, 250_000), 900_000, "annex.subsidy_raised"),
        (ChangeRow(1_200_000, 800_000, 400_000), 900_000, "annex.subsidy_raised"),
        (ChangeRow(800_000, 730_000, 70_000), 720_000, "annex.subsidy_not_kept"),
    ],
)
def test_fields_5_10_to_5_12_the_change_table(after: ChangeRow, entitlement: int, code: str | None) -> None:
    decision = check_change_rows(BEFORE, after, entitlement)
    assert (decision.code if isinstance(decision, Denied) else None) == code


def test_field_5_10_both_rows_add_up() -> None:
    wrong = replace(BEFORE, own_share=99_999)
    assert not check_change_rows(wrong, BEFORE, 900_000)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (DONE, None),
        (replace(DONE, percent=100), None),
        (NOT_DONE, None),
        (replace(DONE, state=None), "annex.row_without_state"),
        (replace(DONE, text=" "), "annex.row_without_text"),
        (replace(DONE, percent=0), "annex.row_percent"),
        (replace(DONE, percent=101), "annex.row_percent"),
        (replace(NOT_DONE, percent=1), "annex.row_not_executed"),
    ],
)
def test_field_6_9_each_row_is_executed_or_not(row: ItemRow, code: str | None) -> None:
    found = check_item_rows([DONE, row])
    assert {index: denial.code for index, denial in found.items()} == ({} if code is None else {1: code})


def test_field_6_8_the_form_has_ten_rows() -> None:
    assert check_item_rows([DONE] * 10) == {}
    assert check_item_rows([DONE] * 11)[10].code == "annex.too_many_rows"


def test_fields_6_10_and_6_11_the_boxes_add_up() -> None:
    assert AmountBox(405_000, 1_234, 0).total == 406_234
