"""Worksheets as they are kept with a case: with their inputs, so that an old case recomputes identically."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date
from fractions import Fraction
from typing import Any

from matchmaker.kernel.dates import format_day
from matchmaker.kernel.money import format_twd, is_chinese, percent_text
from matchmaker.rulebook import claims, reference
from matchmaker.rulebook.amounts import Approval
from matchmaker.rulebook.compute import compute, recompute
from matchmaker.rulebook.refunds import Interest, Item
from matchmaker.rulebook.scheme import Scheme
from matchmaker.rulebook.worksheet import Step, Worksheet
from matchmaker.subsidies import accounts
from matchmaker.subsidies.accounts import Account
from matchmaker.subsidies.states import ClaimKind

Stored = dict[str, Any]


def computed(scheme: str, on: date, calculation: str, inputs: Mapping[str, Any]) -> Stored:
    """The rulebook's own answer to one of its calculations.

    :raises BadFact: an input that it cannot use.
    """
    request = {"scheme": scheme, "on": on.isoformat(), "calculation": calculation, "inputs": dict(inputs)}
    return dict(compute(request))


def kept(sheet: Worksheet, on: date, name: str, inputs: Mapping[str, Any]) -> Stored:
    """A worksheet of an account's decision, with what it was counted from."""
    return {
        "case": name,
        "on": on.isoformat(),
        "inputs": dict(inputs),
        "worksheet": sheet.as_json(),
        "scheme_version": sheet.scheme.name,
    }


def sums(account: Account) -> dict[str, int]:
    """An account as inputs."""
    return asdict(account)


def basis(approval: Approval) -> dict[str, Any]:
    """An approval as inputs."""
    return {"total": approval.total, "subsidy": approval.subsidy, "tier": approval.tier}


def again(stored: Stored) -> list[Any]:
    """The worksheet that the same inputs give now, under the scheme version that the stored one names."""
    if "case" not in stored:
        lines: Any = recompute(stored)["worksheet"]
        return list(lines)
    scheme = reference.scheme(stored["scheme_version"])
    sheet = _AGAIN[stored["case"]](scheme, date.fromisoformat(stored["on"]), dict(stored["inputs"]))
    return sheet.as_json()


def _parts(inputs: dict[str, Any]) -> tuple[Approval, Account]:
    return Approval(**inputs.pop("approval")), Account(**inputs.pop("account"))


def _claim(scheme: Scheme, on: date, inputs: dict[str, Any]) -> Worksheet:
    approval, account = _parts(inputs)
    kind = ClaimKind(inputs["kind"])
    return accounts.claim(scheme, on, approval, account, kind=kind, cost=inputs["cost"]).worksheet


def _change(scheme: Scheme, on: date, inputs: dict[str, Any]) -> Worksheet:
    approval, account = _parts(inputs)
    interest = Interest(inputs["declared"], account.held) if inputs["declared"] is not None else None
    return accounts.change(
        scheme, on, approval, account, new_total=inputs["new_total"], interest=interest
    ).worksheet


def _termination(scheme: Scheme, on: date, inputs: dict[str, Any]) -> Worksheet:
    approval, account = _parts(inputs)
    return accounts.termination(
        scheme,
        on,
        approval,
        account,
        force_majeure=inputs["force_majeure"],
        items=work_items(inputs["items"]),
        interest=Interest(inputs["declared"], account.held),
    ).worksheet


def work_items(rows: list[Any]) -> list[Item]:
    """The rows of annex 6 as the rulebook counts them."""
    return [Item(row["budget"], Fraction(row["percent"], 100), row["spent"]) for row in rows]


def _revocation(scheme: Scheme, on: date, inputs: dict[str, Any]) -> Worksheet:
    account = Account(**inputs.pop("account"))
    return accounts.revocation(scheme, account, **inputs).worksheet


def _cut(scheme: Scheme, on: date, inputs: dict[str, Any]) -> Worksheet:
    account = Account(**inputs.pop("account"))
    return accounts.cut(scheme, on, account, **inputs).worksheet


def _reservation(scheme: Scheme, on: date, inputs: dict[str, Any]) -> Worksheet:
    return claims.reservation(scheme, on, **inputs).worksheet


_AGAIN: Mapping[str, Callable[[Scheme, date, dict[str, Any]], Worksheet]] = {
    "claim": _claim,
    "change": _change,
    "termination": _termination,
    "revocation": _revocation,
    "cut": _cut,
    "reservation": _reservation,
}


def steps(stored: Stored | None, language: str) -> list[Step]:
    """A stored worksheet in words, without counting anything again."""
    suffix = "_zh" if is_chinese(language) else ""
    return [
        Step(
            title=line[f"title{suffix}"],
            value=_written(line["amount"], line["unit"], stored["scheme_version"], language),
            clause=line[f"clause_title{suffix}"],
            because=line[f"because{suffix}"],
            flag=line.get("flag"),
        )
        for line in (stored or {}).get("worksheet", ())
        if line["rule"] != "inputs"
        if stored is not None
    ]


def _written(value: Any, unit: str, scheme: str, language: str) -> str:
    words = reference.scheme(scheme).words
    if value is None:
        return "" if unit == "none" else words["unknown"].in_language(language)
    if isinstance(value, bool):
        return words["yes" if value else "no"].in_language(language)
    if unit == "twd":
        return format_twd(value, language)
    if unit == "ratio":
        return percent_text(Fraction(value))
    if unit == "day":
        return format_day(date.fromisoformat(value), language)
    return f"{value:,}" if isinstance(value, int) else str(value)
