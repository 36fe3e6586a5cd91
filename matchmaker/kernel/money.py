"""Money: whole New Taiwan dollars (NT$) as ``int``, read strictly and written exactly.

No function here knows a float: an amount is an ``int``, a ratio is a ``fractions.Fraction``. Nothing is
rounded but by ``floor_share``, which rounds down because an entitlement is an upper limit
(calculations.md, common rules).
"""

from __future__ import annotations

import re
from fractions import Fraction
from math import floor
from typing import TypeAlias

from matchmaker.kernel.decision import Reason
from matchmaker.kernel.words import N_

TWD: TypeAlias = int
"""An amount in whole NT$."""

MAX_TWD: TWD = 2**63 - 1
"""The largest amount that can be stored (a signed 64-bit column)."""

EMPTY = Reason("money.empty", N_("Enter an amount."))
NOT_TEXT = Reason("money.not_text", N_("Enter the amount as digits, for example 1,800,000."))
NOT_A_NUMBER = Reason("money.not_a_number", N_("Enter the amount as digits, for example 1,800,000."))
NEGATIVE = Reason("money.negative", N_("An amount cannot be negative."))
NOT_WHOLE = Reason("money.not_whole", N_("Enter whole NT$, without a decimal part."))
BAD_GROUPING = Reason("money.bad_grouping", N_("The thousands separators are not in their places."))
TOO_LARGE = Reason("money.too_large", N_("The amount is larger than can be stored."))


class InvalidMoney(ValueError):
    """A text that is not an amount; ``reason`` says why, ``code`` is its stable name."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.message)
        self.reason = reason

    @property
    def code(self) -> str:
        """The stable name of the reason, such as ``money.negative``."""
        return self.reason.code


# Full-width forms of the visible ASCII characters, and the ideographic space. Normalisation form KC is
# too generous here: it also turns circled digits and superscripts into digits.
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_LONGEST_TEXT = 80

_PREFIX = re.compile(r"(?:NT\$|NTD|TWD|NT|\$|新臺幣|新台幣|臺幣|台幣)", re.IGNORECASE)
_MINUS = re.compile(rf"(?:{_PREFIX.pattern})?\s*[-\u2212\u2010-\u2014\ufe63\u25b2\u25b3]", re.IGNORECASE)
_SUFFIX = re.compile(r"(?:元整|圓整|元|圓|TWD|NTD)$", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9][0-9,]*(?:\.[0-9]*)?|\.[0-9]+")
_UNITS = {"億": 100_000_000, "萬": 10_000, "万": 10_000, "million": 1_000_000}
_UNIT = re.compile(r"億|萬|万|million", re.IGNORECASE)


def plain_width(text: str) -> str:
    """The text with full-width digits, letters, signs and spaces made plain; nothing else changes."""
    return text.translate(_FULL_WIDTH)


def parse_twd(text: str) -> TWD:
    """Read an amount as a person types it.

    Full-width digits, thousands separators, ``NT$``, ``新臺幣``, ``元`` and the units 萬 and 億 (and
    ``million``) are taken; a unit may carry decimals as long as whole NT$ come out (``35.5 萬`` is 355,000).

    :raises InvalidMoney: empty, not text, not a number, negative, not whole NT$, separators out of place,
        or beyond ``MAX_TWD``.
    """
    if not isinstance(text, str):
        raise InvalidMoney(NOT_TEXT)
    plain = plain_width(text).strip()
    if not plain:
        raise InvalidMoney(EMPTY)
    if len(plain) > _LONGEST_TEXT:
        raise InvalidMoney(TOO_LARGE if re.fullmatch(r"[0-9,]+", plain) else NOT_A_NUMBER)
    if plain[0] == "(" and plain[-1] == ")":
        raise InvalidMoney(NEGATIVE if re.search(r"[0-9]", plain) else NOT_A_NUMBER)
    if _MINUS.match(plain):
        raise InvalidMoney(NEGATIVE if re.search(r"[0-9]", plain) else NOT_A_NUMBER)
    plain = plain.removeprefix("+").lstrip()
    if (prefix := _PREFIX.match(plain)) is not None:
        plain = plain[prefix.end() :].lstrip()
        # 「新臺幣 NT$」 and the like name the currency twice.
        if (again := _PREFIX.match(plain)) is not None:
            plain = plain[again.end() :].lstrip()
    plain = _SUFFIX.sub("", plain).rstrip()
    return _whole(_sum_of_units(plain))


def _sum_of_units(text: str) -> Fraction:
    """The value of ``1 億 2,000 萬 5,000`` and its like: large units first, the last may be missing."""
    total = Fraction(0)
    above: int | None = None
    rest = text
    while rest:
        number = _NUMBER.match(rest)
        if number is None:
            raise InvalidMoney(NOT_A_NUMBER)
        rest = rest[number.end() :].lstrip()
        unit = _UNIT.match(rest)
        if unit is None and rest:
            raise InvalidMoney(NOT_A_NUMBER)
        value = _grouped(number.group())
        if unit is None and "." in number.group():
            raise InvalidMoney(NOT_WHOLE)
        scale = 1
        if unit is not None:
            scale = _UNITS[unit.group().lower()]
            rest = rest[unit.end() :].lstrip()
        if above is not None and value * scale >= above:
            raise InvalidMoney(NOT_A_NUMBER)
        total += value * scale
        above = scale
    if above is None:
        raise InvalidMoney(NOT_A_NUMBER)
    return total


def _grouped(text: str) -> Fraction:
    """The value of digits with or without thousands separators and decimals."""
    whole, _, decimals = text.partition(".")
    if "," in whole:
        if not re.fullmatch(r"[0-9]{1,3}(?:,[0-9]{3})+", whole):
            raise InvalidMoney(BAD_GROUPING)
        whole = whole.replace(",", "")
    return Fraction(int(whole or "0")) + (Fraction(int(decimals), 10 ** len(decimals)) if decimals else 0)


def _whole(value: Fraction) -> TWD:
    if value.denominator != 1:
        raise InvalidMoney(NOT_WHOLE)
    if value.numerator > MAX_TWD:
        raise InvalidMoney(TOO_LARGE)
    return value.numerator


def parse_decimal(text: str) -> Fraction:
    """The exact value of a plain decimal such as ``0.007``: digits and at most one point.

    :raises InvalidMoney: anything else (a sign, an exponent, NaN, more than 40 characters).
    """
    if not isinstance(text, str):
        raise InvalidMoney(NOT_TEXT)
    if text.startswith("-"):
        raise InvalidMoney(NEGATIVE)
    if len(text) > 40 or not re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", text, re.ASCII):
        raise InvalidMoney(NOT_A_NUMBER)
    return Fraction(text)


def floor_share(amount: TWD | Fraction, ratio: Fraction) -> TWD:
    """``amount × ratio`` in whole NT$, rounded down: a limit must never be exceeded."""
    return floor(amount * ratio)


def ratio_text(ratio: Fraction) -> str:
    """An exact ratio as ``numerator/denominator`` in lowest terms (``9/10``, ``1/1``)."""
    return f"{ratio.numerator}/{ratio.denominator}"


def percent_text(ratio: Fraction, places: int = 2) -> str:
    """A ratio as a percentage to read; where ``places`` decimals cannot hold it, cut off with ``…``."""
    scaled = ratio * 100 * 10**places
    text = _decimal(floor(scaled), places)
    return f"{text}{'' if scaled.denominator == 1 else '…'}%"


def _decimal(units: int, places: int) -> str:
    """``units / 10**places`` with thousands separators and no needless zeros."""
    sign = "-" if units < 0 else ""
    whole, part = divmod(abs(units), 10**places)
    decimals = f"{part:0{places}d}".rstrip("0") if places else ""
    return f"{sign}{whole:,}" + (f".{decimals}" if decimals else "")


def is_chinese(language: str) -> bool:
    """Whether a language tag (``zh-Hant-TW``, ``zh_Hant_TW``, ``en``) asks for Chinese."""
    return language.lower().startswith("zh")


def format_twd(amount: TWD, language: str) -> str:
    """The exact amount: ``新臺幣 1,800,000 元`` or ``NT$1,800,000``."""
    if is_chinese(language):
        return f"新臺幣 {amount:,} 元"
    return f"{'-' if amount < 0 else ''}NT${abs(amount):,}"


def format_wan(amount: TWD, language: str) -> str:
    """A short form that is still exact: ``180 萬元``, ``35.5 萬元``; ``NT$1.8 million``, ``NT$355,000``.

    Below 10,000 the Chinese form is in 元. The English form says *million* only where two decimals hold
    the amount exactly.
    """
    sign, size = ("-", -amount) if amount < 0 else ("", amount)
    if not is_chinese(language):
        if size >= 1_000_000 and size % 10_000 == 0:
            return f"{sign}NT${_decimal(size // 10_000, 2)} million"
        return f"{sign}NT${size:,}"
    if size < 10_000:
        return f"{sign}{size:,} 元"
    hundred_millions, rest = divmod(size, 100_000_000)
    if not hundred_millions:
        return f"{sign}{_decimal(rest, 4)} 萬元"
    return f"{sign}{hundred_millions:,} 億" + (f" {_decimal(rest, 4)} 萬元" if rest else "元")


def thousands(amount: TWD) -> str:
    """The amount in thousand NT$ with up to three decimals, so that nothing is lost (field 6.15)."""
    return _decimal(amount, 3)


_CAPITAL_DIGITS = "零壹貳參肆伍陸柒捌玖"
_CAPITAL_PLACES = ("", "拾", "佰", "仟")
_CAPITAL_GROUPS = ("", "萬", "億", "兆", "京")


def chinese_capitals(amount: TWD) -> str:
    """The amount in the capital numerals of receipts: 1,026,000 is ``壹佰零貳萬陸仟元整``.

    :raises ValueError: a negative amount; a receipt has none.
    """
    if amount < 0:
        raise ValueError("a receipt has no negative amount")
    if amount == 0:
        return "零元整"
    groups = []
    while amount:
        amount, group = divmod(amount, 10_000)
        groups.append(group)
    text = ""
    skipped = False
    for index in range(len(groups) - 1, -1, -1):
        group = groups[index]
        if group == 0:
            skipped = True
            continue
        # A zero is spoken once wherever a place between two spoken digits is empty.
        if text and (skipped or group < 1000):
            text += "零"
        text += _capital_group(group) + _CAPITAL_GROUPS[index]
        skipped = False
    return f"{text}元整"


def _capital_group(group: int) -> str:
    text = ""
    gap = False
    for place in (3, 2, 1, 0):
        digit = group // 10**place % 10
        if digit == 0:
            gap = bool(text)
            continue
        text += ("零" if gap else "") + _CAPITAL_DIGITS[digit] + _CAPITAL_PLACES[place]
        gap = False
    return text
