"""The columns of a table: what each holds, what it is called in both languages, how a typed cell is read."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from matchmaker.foundation.i18n import LANGUAGES, in_language
from matchmaker.foundation.i18n import language as spoken
from matchmaker.kernel.dates import InvalidDate, parse_date
from matchmaker.kernel.decision import Denied, Reason, deny
from matchmaker.kernel.money import MAX_TWD, InvalidMoney, parse_twd, plain_width
from matchmaker.kernel.words import N_

Cell: TypeAlias = str | int | Decimal | date | datetime | bool | None
"""What a cell of a table can hold."""

YES, NO = N_("yes"), N_("no")

MISSING = Reason("sheet.missing", N_("This cell must not be empty."))
NOT_WHOLE = Reason("sheet.not_whole", N_("Enter a whole number."))
TOO_SMALL = Reason("sheet.too_small", N_("Enter at least %(least)s."))
TOO_BIG = Reason("sheet.too_big", N_("Enter at most %(most)s."))
TOO_LONG = Reason("sheet.too_long", N_("The text is longer than %(length)s characters."))
NOT_A_CHOICE = Reason("sheet.not_a_choice", N_("Enter one of: %(choices)s."))
NOT_A_DAY = Reason("sheet.not_a_day", N_("Enter the day only, without a time."))


class Kind(StrEnum):
    """What the cells of a column hold; money is whole NT$."""

    TEXT = "text"
    WHOLE = "whole"
    MONEY = "money"
    DAY = "day"
    CHOICE = "choice"
    YES_NO = "yes_no"


Label: TypeAlias = str | tuple[str, str]
"""What a choice is called: an English msgid, or its Chinese and its English name."""


def label_in(language: str, label: Label) -> str:
    """The label in a language."""
    if isinstance(label, tuple):
        zh, en = label
        return (zh or en) if language.startswith("zh") else (en or zh)
    return in_language(language, label)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: ``label`` is its English msgid, ``choices`` go from stored values to labels.

    ``least`` and ``most`` bound a number, both ends allowed; ``length`` the characters of a text. What is
    ``read_only`` goes out for the reader and is passed over when it comes in.
    """

    key: str
    label: str
    kind: Kind = Kind.TEXT
    required: bool = False
    length: int = 4000
    least: int = 0
    most: int = MAX_TWD
    choices: Mapping[str, Label] = field(default_factory=dict)
    read_only: bool = False

    @property
    def head(self) -> str:
        """The label in both languages, so that a file made by one reader serves the other."""
        labels = [in_language(language, self.label) for language in LANGUAGES]
        return " / ".join(dict.fromkeys(labels))

    def is_called(self, head: str) -> bool:
        """Does a file mean this column by this head: both labels, one of them, or the key?"""
        labels = (in_language(language, self.label) for language in LANGUAGES)
        return folded(head) in {folded(name) for name in (self.head, self.key, *labels)}

    def shown(self, value: Cell, language: str) -> Cell:
        """The value as a reader of this language sees it: a choice by its label."""
        if isinstance(value, bool):
            return in_language(language, YES if value else NO)
        if self.kind is Kind.CHOICE and value is not None:
            label = self.choices.get(str(value))
            return label_in(language, label) if label else value
        return value

    @property
    def choice_labels(self) -> list[str]:
        """What the choices are called in the reader's language."""
        return [label_in(spoken(), label) for label in self.choices.values()]

    def read(self, typed: Cell) -> Cell | Denied:
        """The value of a cell as a file has it, or what is wrong with it."""
        if isinstance(typed, str):
            typed = typed.strip()
        if typed is None or typed == "":
            return deny(MISSING) if self.required else None
        match self.kind:
            case Kind.TEXT:
                text = plainly(typed)
                return deny(TOO_LONG, length=self.length) if len(text) > self.length else text
            case Kind.DAY:
                return self._day(typed)
            case Kind.CHOICE:
                return self._choice(plainly(typed), self.choices)
            case Kind.YES_NO:
                if isinstance(typed, bool):
                    return typed
                chosen = self._choice(plainly(typed), {"1": YES, "0": NO})
                return chosen if isinstance(chosen, Denied) else chosen == "1"
        return self._number(typed)

    def _day(self, typed: Cell) -> date | Denied:
        if isinstance(typed, datetime):
            return typed.date() if typed.time() == datetime.min.time() else deny(NOT_A_DAY)
        if isinstance(typed, date):
            return typed
        try:
            return parse_date(plainly(typed))
        except InvalidDate as wrong:
            return deny(wrong.reason)

    def _number(self, typed: Cell) -> int | Denied:
        number: int | Denied
        if isinstance(typed, int | Decimal) and not isinstance(typed, bool):
            number = int(typed) if typed == int(typed) else deny(NOT_WHOLE)
        elif self.kind is Kind.MONEY:
            try:
                number = parse_twd(plainly(typed))
            except InvalidMoney as wrong:
                number = deny(wrong.reason)
        else:
            digits = plain_width(plainly(typed)).replace(",", "")
            is_whole = digits.removeprefix("-").isdecimal() and digits.isascii() and len(digits) <= 20
            number = int(digits) if is_whole else deny(NOT_WHOLE)
        if isinstance(number, Denied):
            return number
        if number < self.least:
            return deny(TOO_SMALL, least=self.least)
        return deny(TOO_BIG, most=self.most) if number > self.most else number

    def _choice(self, text: str, choices: Mapping[str, Label]) -> str | Denied:
        for value, label in choices.items():
            names = (value, *(label_in(language, label) for language in LANGUAGES))
            if folded(text) in {folded(name) for name in names}:
                return value
        return deny(NOT_A_CHOICE, choices=_Labels(tuple(choices.values())))


@dataclass(frozen=True, slots=True)
class _Labels:
    """Labels that are put into the reader's language when the message is written."""

    labels: Sequence[Label]

    def __str__(self) -> str:
        return ", ".join(label_in(spoken(), label) for label in self.labels)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A kind of table: its ``name`` (an English msgid, the name of the sheet) and its columns."""

    name: str
    columns: Sequence[Column]


def plainly(value: Cell) -> str:
    """A cell as text: numbers plain, days and moments in ISO 8601, nothing as an empty text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value)


def folded(text: str) -> str:
    """The text as names are compared: without case, width and space."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
