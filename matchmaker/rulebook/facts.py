"""Facts that a calculation was given, and the refusal of those it cannot use."""

from __future__ import annotations

from datetime import date

from matchmaker.kernel.decision import Reason
from matchmaker.kernel.money import MAX_TWD, TWD
from matchmaker.kernel.words import N_

MISSING = Reason("fact.missing", N_("This is missing."))
UNKNOWN = Reason("fact.unknown", N_("This is not an input of the calculation."))
WRONG_TYPE = Reason("fact.wrong_type", N_("This has the wrong type."))
NOT_A_CHOICE = Reason("fact.not_a_choice", N_("This is none of the possible values."))
NEGATIVE = Reason("fact.negative", N_("This cannot be negative."))
ZERO = Reason("fact.zero", N_("This cannot be zero."))
OUT_OF_RANGE = Reason("fact.out_of_range", N_("This is out of range."))
CONTRADICTS = Reason("fact.contradicts", N_("This contradicts another input."))


class BadFact(ValueError):
    """A fact that cannot be used: ``name`` says which, ``reason`` why, ``detail`` how it must be."""

    def __init__(self, name: str, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{name}: {detail or reason.message}")
        self.name = name
        self.reason = reason
        self.detail = detail

    @property
    def code(self) -> str:
        """The stable name of the reason, such as ``fact.negative``."""
        return self.reason.code


def money(name: str, amount: TWD) -> TWD:
    """The amount if it is whole NT$ from zero to the largest that can be stored.

    :raises BadFact: of another type (``bool`` is no amount), negative or too large.
    """
    if type(amount) is not int:
        raise BadFact(name, WRONG_TYPE, "must be a whole number of NT$")
    if amount < 0:
        raise BadFact(name, NEGATIVE, "must not be negative")
    if amount > MAX_TWD:
        raise BadFact(name, OUT_OF_RANGE, "is larger than can be stored")
    return amount


def positive_money(name: str, amount: TWD) -> TWD:
    """The amount if it is above zero, as a total must be.

    :raises BadFact: zero, or for the reasons of ``money``.
    """
    if money(name, amount) == 0:
        raise BadFact(name, ZERO, "must not be zero")
    return amount


def at_most(name: str, amount: int, limit: int, limit_name: str) -> int:
    """The amount if it does not exceed another fact.

    :raises BadFact: it does.
    """
    if amount > limit:
        raise BadFact(name, OUT_OF_RANGE, f"must not exceed {limit_name}")
    return amount


def not_before(name: str, day: date, start: date, start_name: str) -> date:
    """The day if it does not lie before another.

    :raises BadFact: it does.
    """
    if day < start:
        raise BadFact(name, OUT_OF_RANGE, f"must not lie before {start_name}")
    return day
