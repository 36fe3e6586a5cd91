"""Days and amounts as the papers write them."""

from __future__ import annotations

from datetime import date

from matchmaker.kernel.dates import roc_year
from matchmaker.kernel.money import thousands

LANGUAGE = "zh_Hant_TW"


def day(value: date | None) -> str:
    """``113年3月15日``, or blanks to fill in."""
    if value is None:
        return "____年____月____日"
    return f"{roc_year(value.year)}年{value.month}月{value.day}日"


def span(first: date | None, last: date | None) -> str:
    """Both days of a period."""
    return f"{day(first)}至{day(last)}"


def twd(amount: int | None) -> str:
    """``新臺幣600,000元``; empty while it is not known."""
    return "" if amount is None else f"新臺幣{amount:,}元"


def plain(amount: int | None) -> str:
    """``600,000``; empty while it is not known."""
    return "" if amount is None else f"{amount:,}"


def in_thousands(amount: int) -> str:
    """NT$ in thousands with up to three decimals, so that nothing is lost (field 6.15)."""
    return thousands(amount)
