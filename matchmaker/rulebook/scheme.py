"""A scheme: one programme's rules as dated data, with a title in two languages and a clause for every value.

A scheme file is read once and checked as a whole: a parameter that is missing, of the wrong type, or set to a
reading that no code stands behind is an error when it is loaded, not when a case meets it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any, Literal, cast

from matchmaker.kernel.money import TWD, InvalidMoney, is_chinese, parse_decimal

Kind = Literal["whole", "decimal", "rates", "flag", "choice"]

# What a scheme must say. A choice lists the readings that the code knows.
PARAMETERS: Mapping[str, tuple[Kind, tuple[str, ...]]] = {
    "rates": ("rates", ()),
    "cap": ("whole", ()),
    "window_months": ("whole", ()),
    "window_anchor": ("choice", ("order_date", "service_start")),
    "claim_months": ("whole", ()),
    "procure_months": ("whole", ()),
    "cutoff_month": ("whole", ()),
    "cutoff_day": ("whole", ()),
    "deadline_inclusive": ("flag", ()),
    "startup_years": ("whole", ()),
    "ratio_basis": ("choice", ("effective", "tier")),
    "first_instalment": ("choice", ("share", "full")),
    "refund_basis": ("choice", ("excess", "decrease")),
    "unexecuted_by": ("choice", ("percent", "spent")),
    "interest_basis": ("choice", ("declared",)),
    "interest_year_days": ("whole", ()),
    "final_claim_warning_years": ("whole", ()),
    "publication_threshold": ("whole", ()),
    "supervision_threshold_goods": ("whole", ()),
    "supervision_threshold_services": ("whole", ()),
    "add_on_share": ("decimal", ()),
    "service_fee": ("decimal", ()),
}


class SchemeError(ValueError):
    """A scheme file that does not say what it must."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text in both languages."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """The text in the language of the tag (``zh-Hant-TW``, ``en``)."""
        return self.zh if is_chinese(language) else self.en


@dataclass(frozen=True, slots=True)
class Rule:
    """What a step of a worksheet says: its title, the clause it rests on, and why."""

    code: str
    clause: str | None
    title: Text
    because: Text


@dataclass(frozen=True, slots=True)
class Entry:
    """A named member of one of the scheme's closed lists, with what else the file says of it."""

    code: str
    title: Text
    more: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Papers:
    """The papers that go with a claim, a change or a termination."""

    clause: str
    required: tuple[str, ...]
    if_force_majeure: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """How a defect or a gap of the text is read (Q-01 to Q-18), and the parameter that changes it, if any."""

    code: str
    text: Text
    parameter: str | None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value of the scheme: ``values`` holds (from day, value), oldest first."""

    name: str
    title: Text
    clause: str
    rests_on: tuple[str, ...]
    certainty: str
    values: tuple[tuple[date, Any], ...]

    def on(self, day: date) -> Any:
        """The value on a day; before the first day that is named, the first value."""
        found = self.values[0][1]
        for since, value in self.values:
            if since <= day:
                found = value
        return found


@dataclass(frozen=True, slots=True)
class Scheme:
    """One version of one scheme. ``name`` is what results keep, such as ``mature-2019@1``."""

    id: str
    version: str
    title: Text
    notice: Text
    source: Text
    valid_from: date
    valid_to: date
    runs_off_to: date
    accepts_applications: bool
    clauses: Mapping[str, Text]
    parameters: Mapping[str, Parameter]
    readings: Mapping[str, Reading]
    documents: Mapping[str, Entry]
    papers: Mapping[str, Papers]
    lists: Mapping[str, Mapping[str, Entry]]
    rules: Mapping[str, Rule]
    words: Mapping[str, Text]

    @property
    def name(self) -> str:
        """Scheme and version in one word."""
        return f"{self.id}@{self.version}"

    def is_valid_on(self, day: date) -> bool:
        """Whether the scheme applies on the day."""
        return self.valid_from <= day <= self.valid_to

    def whole(self, parameter: str, on: date) -> int:
        """A whole number: an amount in NT$, months, years, days."""
        return cast(int, self.parameters[parameter].on(on))

    def decimal(self, parameter: str, on: date) -> Fraction:
        """An exact share, such as a tenth."""
        return parse_decimal(self.parameters[parameter].on(on))

    def flag(self, parameter: str, on: date) -> bool:
        """A yes or no."""
        return cast(bool, self.parameters[parameter].on(on))

    def choice(self, parameter: str, on: date) -> str:
        """The reading chosen."""
        return cast(str, self.parameters[parameter].on(on))

    def rate(self, tier: int, on: date) -> Fraction:
        """The highest rate of a fiscal tier (1 to 5) on a day (R-054)."""
        return parse_decimal(self.parameters["rates"].on(on)[tier - 1])

    def cap(self, on: date) -> TWD:
        """The most that one case may receive (R-055)."""
        return self.whole("cap", on)

    def cutoff(self, year: int, on: date) -> date:
        """The last day in time for a year: 10 December, or the day before where it is excluded (Q-07)."""
        named = date(year, self.whole("cutoff_month", on), self.whole("cutoff_day", on))
        return named if self.flag("deadline_inclusive", on) else date.fromordinal(named.toordinal() - 1)

    def with_values(self, version: str, **values: Any) -> Scheme:
        """The scheme read differently, as another version: each value holds throughout.

        :raises SchemeError: a parameter that does not exist, or a value it cannot have.
        """
        changed = dict(self.parameters)
        for name, value in values.items():
            if name not in changed:
                raise SchemeError(f"parameter {name} does not exist")
            _check_value(name, value)
            changed[name] = replace(changed[name], values=((self.valid_from, value),))
        return replace(self, version=version, parameters=changed)


def _text(data: Any, where: str) -> Text:
    try:
        zh, en = data["zh"], data["en"]
    except (KeyError, TypeError):
        raise SchemeError(f"{where} needs zh and en") from None
    if not (isinstance(zh, str) and isinstance(en, str) and zh and en):
        raise SchemeError(f"{where} needs zh and en")
    return Text(zh, en)


def _check_value(name: str, value: Any) -> None:
    kind, choices = PARAMETERS[name]
    if kind == "whole":
        good = type(value) is int and value >= 0
    elif kind == "flag":
        good = type(value) is bool
    elif kind == "choice":
        good = value in choices
    elif kind == "decimal":
        good = _is_share(value)
    else:
        good = isinstance(value, list | tuple) and len(value) == 5 and all(map(_is_share, value))
    if not good:
        raise SchemeError(f"parameter {name} cannot be {value!r}")


def _is_share(value: Any) -> bool:
    try:
        return parse_decimal(value) <= 1
    except InvalidMoney:
        return False


def _parameter(name: str, data: Mapping[str, Any], since: date) -> Parameter:
    if "values" in data:
        values = tuple((each["from"], each["value"]) for each in data["values"])
        if not values or list(values) != sorted(values, key=lambda pair: pair[0]):
            raise SchemeError(f"parameter {name} needs its values in the order of their days")
    else:
        values = ((since, data["value"]),)
    for _, value in values:
        _check_value(name, value)
    return Parameter(
        name=name,
        title=_text(data["title"], name),
        clause=data["clause"],
        rests_on=tuple(data["rests_on"]),
        certainty=data.get("certainty", "H"),
        values=values,
    )


def _entries(data: Mapping[str, Mapping[str, Any]], where: str) -> dict[str, Entry]:
    return {
        code: Entry(
            code,
            _text(each, f"{where}.{code}"),
            {key: value for key, value in each.items() if key not in ("zh", "en")},
        )
        for code, each in data.items()
    }


def scheme_from(data: Mapping[str, Any]) -> Scheme:
    """The scheme that a file (or a stored row of the same shape) holds.

    :raises SchemeError: something is missing, of a wrong type, or cites a clause that the file does not name.
    """
    try:
        scheme = _read(data)
    except (KeyError, TypeError, AttributeError) as error:
        raise SchemeError(f"the scheme is incomplete: {error!r}") from None
    _check_references(scheme)
    return scheme


def _read(data: Mapping[str, Any]) -> Scheme:
    since: date = data["valid_from"]
    if data["parameters"].keys() != PARAMETERS.keys():
        odd = ", ".join(sorted(data["parameters"].keys() ^ PARAMETERS.keys()))
        raise SchemeError(f"parameters missing or unknown: {odd}")
    return Scheme(
        id=data["id"],
        version=data["version"],
        title=_text(data["title"], "title"),
        notice=_text(data["notice"], "notice"),
        source=_text(data["source"], "source"),
        valid_from=since,
        valid_to=data["valid_to"],
        runs_off_to=data["runs_off_to"],
        accepts_applications=data["accepts_applications"],
        clauses={key: _text(each, key) for key, each in data["clauses"].items()},
        parameters={key: _parameter(key, each, since) for key, each in data["parameters"].items()},
        readings={
            key: Reading(key, _text(each, key), each.get("parameter"))
            for key, each in data["readings"].items()
        },
        documents=_entries(data["documents"], "documents"),
        papers={
            key: Papers(each["clause"], tuple(each["required"]), tuple(each.get("if_force_majeure", ())))
            for key, each in data["papers"].items()
        },
        lists={key: _entries(each, key) for key, each in data["lists"].items()},
        rules={
            key: Rule(key, each.get("clause"), _text(each["title"], key), _text(each["because"], key))
            for key, each in data["rules"].items()
        },
        words={key: _text(each, key) for key, each in data["words"].items()},
    )


def _check_references(scheme: Scheme) -> None:
    cited = {each.clause for each in scheme.parameters.values()}
    cited |= {each.clause for each in scheme.papers.values()}
    cited |= {each.clause for each in scheme.rules.values() if each.clause is not None}
    if odd := cited - scheme.clauses.keys():
        raise SchemeError(f"clauses cited but not named: {', '.join(sorted(odd))}")
    listed = {code for each in scheme.papers.values() for code in (*each.required, *each.if_force_majeure)}
    if odd := listed - scheme.documents.keys():
        raise SchemeError(f"documents required but not named: {', '.join(sorted(odd))}")
    changed_by = {each.parameter for each in scheme.readings.values() if each.parameter is not None}
    if odd := changed_by - scheme.parameters.keys():
        raise SchemeError(f"readings name parameters that do not exist: {', '.join(sorted(odd))}")
