"""Money is whole NT$: read strictly, written exactly, never rounded but down."""

from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.kernel.money import (
    MAX_TWD,
    InvalidMoney,
    chinese_capitals,
    floor_share,
    format_twd,
    format_wan,
    parse_decimal,
    parse_twd,
    percent_text,
    ratio_text,
    thousands,
)

amounts = st.integers(min_value=0, max_value=MAX_TWD)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("0", 0),
        ("1800000", 1_800_000),
        ("1,800,000", 1_800_000),
        (" 1,800,000 元 ", 1_800_000),
        ("NT$1,800,000", 1_800_000),
        ("nt$ 1,800,000", 1_800_000),
        ("$5", 5),
        ("新臺幣 1,800,000 元整", 1_800_000),
        ("新台幣180萬元", 1_800_000),
        ("１，８００，０００", 1_800_000),
        ("ＮＴ＄３５５，０００", 355_000),
        ("35.5 萬元", 355_000),
        ("180萬", 1_800_000),
        ("1 億 2,000 萬元", 120_000_000),
        ("3 萬 5,000", 35_000),
        ("NT$1.8 million", 1_800_000),
        ("007", 7),
        ("+5", 5),
        (str(MAX_TWD), MAX_TWD),
    ],
)
def test_an_amount_is_read_as_people_type_it(text: str, amount: int) -> None:
    assert parse_twd(text) == amount


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "money.empty"),
        ("　", "money.empty"),
        ("-1", "money.negative"),
        ("−1", "money.negative"),
        ("NT$-5", "money.negative"),
        ("新臺幣 -5 元", "money.negative"),
        ("(100)", "money.negative"),
        ("△100", "money.negative"),
        ("1.5", "money.not_whole"),
        ("1.00", "money.not_whole"),
        ("1.23456萬", "money.not_whole"),
        ("1e309", "money.not_a_number"),
        ("1e5", "money.not_a_number"),
        ("NaN", "money.not_a_number"),
        ("inf", "money.not_a_number"),
        ("0x10", "money.not_a_number"),
        ("1_000", "money.not_a_number"),
        ("①", "money.not_a_number"),
        ("1²", "money.not_a_number"),
        ("١٢", "money.not_a_number"),
        ("abc", "money.not_a_number"),
        ("元", "money.not_a_number"),
        ("萬", "money.not_a_number"),
        ("5 萬 1 億", "money.not_a_number"),
        ("5 萬 20,000", "money.not_a_number"),
        ("1 2", "money.not_a_number"),
        ("=1+1", "money.not_a_number"),
        ("1,80,000", "money.bad_grouping"),
        ("1,8", "money.bad_grouping"),
        ("1800,000", "money.bad_grouping"),
        ("1,,000", "money.bad_grouping"),
        (str(MAX_TWD + 1), "money.too_large"),
        ("9" * 50, "money.too_large"),
        ("9" * 100_000, "money.too_large"),
        ("x" * 100_000, "money.not_a_number"),
    ],
)
def test_what_is_not_an_amount_is_refused_with_its_code(text: str, code: str) -> None:
    with pytest.raises(InvalidMoney) as refusal:
        parse_twd(text)
    assert refusal.value.code == code


@pytest.mark.parametrize("value", [1.5, 5, None, True])
def test_only_text_is_parsed(value: object) -> None:
    with pytest.raises(InvalidMoney):
        parse_twd(value)  # type: ignore[arg-type]


@given(st.text())
def test_any_text_is_an_amount_or_a_typed_refusal(text: str) -> None:
    with suppress(InvalidMoney):
        assert 0 <= parse_twd(text) <= MAX_TWD


@given(amounts, st.sampled_from(["zh-Hant-TW", "en"]))
def test_what_is_written_can_be_read_again_without_loss(amount: int, language: str) -> None:
    assert parse_twd(format_twd(amount, language)) == amount
    assert parse_twd(format_wan(amount, language)) == amount


def test_amounts_are_written_in_both_languages() -> None:
    assert format_twd(1_800_000, "zh-Hant-TW") == "新臺幣 1,800,000 元"
    assert format_twd(1_800_000, "en") == "NT$1,800,000"
    assert format_twd(-5, "en") == "-NT$5"


@pytest.mark.parametrize(
    ("amount", "chinese", "english"),
    [
        (0, "0 元", "NT$0"),
        (9_999, "9,999 元", "NT$9,999"),
        (355_000, "35.5 萬元", "NT$355,000"),
        (1_800_000, "180 萬元", "NT$1.8 million"),
        (1_234_567, "123.4567 萬元", "NT$1,234,567"),
        (60_000_000, "6,000 萬元", "NT$60 million"),
        (100_000_000, "1 億元", "NT$100 million"),
        (4_100_000_000, "41 億元", "NT$4,100 million"),
        (120_000_000, "1 億 2,000 萬元", "NT$120 million"),
        (-355_000, "-35.5 萬元", "-NT$355,000"),
    ],
)
def test_the_short_form_stays_exact(amount: int, chinese: str, english: str) -> None:
    assert format_wan(amount, "zh_Hant_TW") == chinese
    assert format_wan(amount, "en") == english


@pytest.mark.parametrize(
    ("amount", "text"),
    [(0, "0"), (1, "0.001"), (1_000, "1"), (1_500, "1.5"), (1_234_567, "1,234.567"), (-20, "-0.02")],
)
def test_field_6_15_thousands_lose_nothing(amount: int, text: str) -> None:
    assert thousands(amount) == text


@given(amounts)
def test_field_6_15_thousands_can_be_turned_back(amount: int) -> None:
    assert Fraction(thousands(amount).replace(",", "")) * 1000 == amount


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "零元整"),
        (10, "壹拾元整"),
        (105, "壹佰零伍元整"),
        (1_026_000, "壹佰零貳萬陸仟元整"),
        (4_000_000, "肆佰萬元整"),
        (10_005, "壹萬零伍元整"),
        (100_000_000, "壹億元整"),
        (100_010_000, "壹億零壹萬元整"),
        (1_000_000_001, "壹拾億零壹元整"),
        (249_999, "貳拾肆萬玖仟玖佰玖拾玖元整"),
    ],
)
def test_receipts_carry_capital_numerals(amount: int, text: str) -> None:
    assert chinese_capitals(amount) == text


def _read_capitals(text: str) -> int:
    total = group = digit = 0
    for sign in text.removesuffix("元整"):
        if sign in "零壹貳參肆伍陸柒捌玖":
            digit = "零壹貳參肆伍陸柒捌玖".index(sign)
        elif sign in "拾佰仟":
            group, digit = group + digit * 10 ** ("拾佰仟".index(sign) + 1), 0
        else:
            total, group, digit = (
                total + (group + digit) * 10_000 ** ("萬億兆京".index(sign) + 1),
                0,
                0,
            )
    return total + group + digit


@given(amounts)
def test_capital_numerals_can_be_read_back(amount: int) -> None:
    text = chinese_capitals(amount)
    assert "零零" not in text
    assert _read_capitals(text) == amount


def test_a_receipt_has_no_negative_amount() -> None:
    with pytest.raises(ValueError, match="negative"):
        chinese_capitals(-1)


def test_a_share_rounds_down_and_a_ratio_stays_exact() -> None:
    assert floor_share(333_333, Fraction(3, 4)) == 249_999
    assert ratio_text(Fraction(1_026_000, 1_140_000)) == "9/10"
    assert percent_text(Fraction(9, 10)) == "90%"
    assert percent_text(Fraction(2, 3)) == "66.66…%"


@given(amounts, st.fractions(min_value=0, max_value=1))
def test_a_share_never_exceeds_the_exact_value(amount: int, ratio: Fraction) -> None:
    assert 0 <= amount * ratio - floor_share(amount, ratio) < 1


@pytest.mark.parametrize("text", ["-0.1", "1e-3", "NaN", "", ".5", "1.", " 1", "１", "0" * 41, "1/2"])
def test_a_decimal_is_plain_digits(text: str) -> None:
    with pytest.raises(InvalidMoney):
        parse_decimal(text)


def test_a_decimal_is_exact() -> None:
    assert parse_decimal("0.007") == Fraction(7, 1000)
