"""The worksheet of a result: every step with its value, its rule, its clause and why.

A worksheet keeps codes and facts, not sentences: the sentences are those of the scheme version it names,
in the language of the reader. *Unknown* is an answer of its own, never a zero.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TypeAlias

from matchmaker.kernel.dates import format_day, roc_year
from matchmaker.kernel.money import format_twd, is_chinese, percent_text, ratio_text
from matchmaker.rulebook.scheme import Scheme

Value: TypeAlias = int | Fraction | date | bool | str | None
"""What a step yields: NT$ or a count, an exact ratio, a day, yes or no, a word; None is *unknown*."""

JSON: TypeAlias = Mapping[str, "JSON"] | list["JSON"] | str | int | bool | None


@dataclass(frozen=True, slots=True)
class Line:
    """One step. ``unit`` says how the value reads: twd, n, ratio, day, answer, word."""

    rule: str
    value: Value
    unit: str
    clause: str
    facts: Mapping[str, Value]
    flag: str | None = None
    given: JSON = None

    @property
    def known(self) -> bool:
        """Whether the step has an answer; a mere remark (unit none) has none to give."""
        return self.value is not None or self.unit == "none"


@dataclass(frozen=True, slots=True)
class Step:
    """A line in words, for a page, a letter or a sheet of paper."""

    title: str
    value: str
    clause: str
    because: str
    flag: str | None


class Worksheet:
    """Steps in the order in which they were taken, under one scheme version."""

    def __init__(self, scheme: Scheme, lines: tuple[Line, ...] = ()) -> None:
        self.scheme = scheme
        self.lines = list(lines)

    def add(
        self,
        rule: str,
        value: Value,
        unit: str = "twd",
        /,
        *,
        clause: str | None = None,
        flag: str | None = None,
        **facts: Value,
    ) -> None:
        """Record a step; its clause is that of the rule unless another is named."""
        self._record(rule, value, unit, clause, flag, facts)

    def unknown(self, rule: str, /, **facts: Value) -> None:
        """Record a step whose value cannot be known from the facts at hand."""
        self._record(rule, None, "unknown", None, None, facts)

    def _record(
        self,
        rule: str,
        value: Value,
        unit: str,
        clause: str | None,
        flag: str | None,
        facts: Mapping[str, Value],
    ) -> None:
        cited = clause or self.scheme.rules[rule].clause
        if cited is None:
            raise KeyError(f"rule {rule} names no clause of its own")
        self.lines.append(Line(rule, value, unit, cited, facts, flag))

    @property
    def flags(self) -> list[str]:
        """Every flag raised, in the order of the steps, each once."""
        return list(dict.fromkeys(line.flag for line in self.lines if line.flag is not None))

    @property
    def is_complete(self) -> bool:
        """Whether no step is unknown."""
        return all(line.known for line in self.lines)

    def steps(self, language: str) -> list[Step]:
        """The worksheet in words."""
        return [
            Step(
                title=self.scheme.rules[line.rule].title.in_language(language),
                value=_written(line.value, line.unit, language, self.scheme),
                clause=self.scheme.clauses[line.clause].in_language(language),
                because=self.because(line, language),
                flag=line.flag,
            )
            for line in self.lines
        ]

    def because(self, line: Line, language: str) -> str:
        """Why a step yields what it yields, in words."""
        template = self.scheme.rules[line.rule].because.in_language(language)
        return _PLACE.sub(
            lambda place: _written(line.facts[place[1]], place[2], language, self.scheme), template
        )

    def as_json(self) -> list[JSON]:
        """The worksheet as plain data: money as integers, ratios as ``n/d``, days in ISO form."""
        return [self._line_as_json(line) for line in self.lines]

    def _line_as_json(self, line: Line) -> JSON:
        data: dict[str, JSON] = {
            "rule": line.rule,
            "title": self.scheme.rules[line.rule].title.en,
            "title_zh": self.scheme.rules[line.rule].title.zh,
            "amount": plain(line.value),
            "unit": line.unit,
            "answer": "known" if line.known else "unknown",
            "clause": line.clause,
            "clause_title": self.scheme.clauses[line.clause].en,
            "clause_title_zh": self.scheme.clauses[line.clause].zh,
            "because": self.because(line, "en"),
            "because_zh": self.because(line, "zh-Hant-TW"),
            "facts": {name: plain(value) for name, value in line.facts.items()},
        }
        if line.given is not None:
            data["given"] = line.given
        if line.flag is not None:
            data["flag"] = line.flag
        return data


_PLACE = re.compile(r"\{(\w+):(\w+)\}")


def plain(value: Value) -> JSON:
    """A value as JSON can hold it without loss."""
    if isinstance(value, Fraction):
        return ratio_text(value)
    return value.isoformat() if isinstance(value, date) else value


def _written(value: Value, unit: str, language: str, scheme: Scheme) -> str:
    if value is None:
        return "" if unit == "none" else scheme.words["unknown"].in_language(language)
    if isinstance(value, bool):
        return scheme.words["yes" if value else "no"].in_language(language)
    if isinstance(value, date):
        return format_day(value, language)
    if isinstance(value, Fraction):
        return percent_text(value)
    if isinstance(value, str):
        return scheme.words[value].in_language(language) if unit == "word" else value
    if unit == "twd":
        return format_twd(value, language)
    if unit == "year":
        return str(roc_year(value) if is_chinese(language) else value)
    return f"{value:,}"
