"""Reads the inputs of a request strictly: whatever cannot be used is refused by its name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any, TypeVar

from matchmaker.kernel.money import TWD, InvalidMoney, parse_decimal
from matchmaker.rulebook.facts import (
    MISSING,
    NOT_A_CHOICE,
    OUT_OF_RANGE,
    UNKNOWN,
    WRONG_TYPE,
    BadFact,
    money,
    positive_money,
)

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_LONGEST_TEXT = 2000
_LONGEST_LIST = 1000
LAST_YEAR = 9900
"""Later years are refused: periods must end within the calendar."""

T = TypeVar("T")


class Inputs:
    """The fields of one JSON object; ``finish`` refuses every field that was not asked for."""

    def __init__(self, data: object, where: str = "") -> None:
        if not isinstance(data, Mapping):
            raise BadFact(where or "request", WRONG_TYPE, "must be an object")
        self._data: Mapping[object, Any] = data
        self._where = where
        self._asked: set[str] = set()

    def name(self, key: str) -> str:
        """How the field is called in a refusal: with the path that leads to it."""
        return f"{self._where}.{key}" if self._where else key

    def has(self, key: str) -> bool:
        """Whether the field is there; asking makes it known."""
        self._asked.add(key)
        return key in self._data

    def value(self, key: str) -> Any:
        """The field as it is.

        :raises BadFact: missing.
        """
        if not self.has(key):
            raise BadFact(self.name(key), MISSING, "is missing")
        return self._data[key]

    def maybe(self, key: str, read: Callable[[str], T]) -> T | None:
        """What ``read`` makes of the field, or None where it is absent; a null is not absent, but wrong."""
        return read(key) if self.has(key) else None

    def money(self, key: str) -> TWD:
        """Whole NT$ from zero."""
        return money(self.name(key), self.value(key))

    def positive_money(self, key: str) -> TWD:
        """Whole NT$ above zero."""
        return positive_money(self.name(key), self.value(key))

    def whole(self, key: str, lowest: int, highest: int) -> int:
        """A whole number within bounds."""
        value = self.value(key)
        if type(value) is not int:
            raise BadFact(self.name(key), WRONG_TYPE, "must be a whole number")
        if not lowest <= value <= highest:
            raise BadFact(self.name(key), OUT_OF_RANGE, f"must be {lowest} to {highest}")
        return value

    def flag(self, key: str) -> bool:
        """True or false."""
        value = self.value(key)
        if type(value) is not bool:
            raise BadFact(self.name(key), WRONG_TYPE, "must be true or false")
        return value

    def text(self, key: str) -> str:
        """A text that says something."""
        value = self.value(key)
        if not isinstance(value, str):
            raise BadFact(self.name(key), WRONG_TYPE, "must be a text")
        if not value.strip():
            raise BadFact(self.name(key), MISSING, "must not be empty")
        if len(value) > _LONGEST_TEXT:
            raise BadFact(self.name(key), OUT_OF_RANGE, "is too long")
        if any(0xD800 <= ord(sign) <= 0xDFFF for sign in value):
            raise BadFact(self.name(key), WRONG_TYPE, "is not a valid text")
        return value

    def choice(self, key: str, *choices: str) -> str:
        """One of the choices."""
        value = self.value(key)
        if not isinstance(value, str):
            raise BadFact(self.name(key), WRONG_TYPE, f"must be {' or '.join(choices)}")
        if value not in choices:
            raise BadFact(self.name(key), NOT_A_CHOICE, f"must be {' or '.join(choices)}")
        return value

    def share(self, key: str) -> Fraction:
        """A decimal string from 0 to 1, such as ``"0.007"``."""
        value = self.value(key)
        if not isinstance(value, str):
            raise BadFact(self.name(key), WRONG_TYPE, 'must be a decimal string such as "0.007"')
        try:
            share = parse_decimal(value)
        except InvalidMoney:
            raise BadFact(
                self.name(key), OUT_OF_RANGE, 'must be a decimal string such as "0.007", not negative'
            ) from None
        if share > 1:
            raise BadFact(self.name(key), OUT_OF_RANGE, "must be from 0 to 1")
        return share

    def day(self, key: str) -> date:
        """An ISO date."""
        value = self.value(key)
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            raise BadFact(self.name(key), WRONG_TYPE, "must be a date such as 2024-03-15")
        try:
            day = date.fromisoformat(value)
        except ValueError:
            raise BadFact(self.name(key), OUT_OF_RANGE, "is no day of the calendar") from None
        if day.year > LAST_YEAR:
            raise BadFact(self.name(key), OUT_OF_RANGE, "is out of the calendar")
        return day

    def objects(self, key: str) -> list[Inputs]:
        """A list of objects."""
        value = self.value(key)
        if not isinstance(value, list):
            raise BadFact(self.name(key), WRONG_TYPE, "must be a list")
        if len(value) > _LONGEST_LIST:
            raise BadFact(self.name(key), OUT_OF_RANGE, f"must hold at most {_LONGEST_LIST} entries")
        return [Inputs(each, f"{self.name(key)}[{index}]") for index, each in enumerate(value)]

    def object(self, key: str) -> Inputs:
        """An object."""
        return Inputs(self.value(key), self.name(key))

    def finish(self) -> None:
        """Refuse fields that were not asked for.

        :raises BadFact: there is one.
        """
        for key in self._data:
            if key not in self._asked:
                raise BadFact(self.name(str(key) or '""'), UNKNOWN, "is not an input here")
