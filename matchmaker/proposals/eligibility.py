"""Pure rules: may this startup take part with this proposal? Officers confirm what the rules find."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from matchmaker.kernel.identifiers import ubn_refusal
from matchmaker.kernel.programme import is_within_startup_age, last_startup_day
from matchmaker.proposals.completeness import substitutes
from matchmaker.proposals.content import ProposalContent
from matchmaker.proposals.facts import Declaration, Rule
from matchmaker.proposals.states import CheckResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """What the rules need to know of the startup."""

    founded_on: date | None
    confirmed: bool
    ubn: str | None


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule found, and the facts it looked at (JSON values, for the page and the record)."""

    rule: Rule
    result: CheckResult
    facts: Mapping[str, Any]


def _result(met: bool) -> CheckResult:
    return CheckResult.MET if met else CheckResult.NOT_MET


def within_five_years(founded_on: date | None, *, deadline: date) -> Finding:
    """Founded within five years at the day of the deadline, that day included (R-030, Q-13)."""
    if founded_on is None:
        facts: dict[str, Any] = {"founded_on": None, "deadline": deadline.isoformat()}
        return Finding(Rule.FIVE_YEARS, CheckResult.UNKNOWN, facts)
    last = last_startup_day(founded_on)
    facts = {
        "founded_on": founded_on.isoformat(),
        "last_day": last.isoformat(),
        "deadline": deadline.isoformat(),
    }
    return Finding(
        Rule.FIVE_YEARS,
        _result(founded_on <= deadline and is_within_startup_age(founded_on, deadline)),
        facts,
    )


def examine(
    content: ProposalContent, applicant: Applicant, *, deadline: date, grant_ceiling: int | None
) -> tuple[Finding, ...]:
    """Every rule on one proposal, in their order.

    :param deadline: the last day of the call, in Taiwan.
    :param grant_ceiling: in NT$; None where the challenge names none, then the rule cannot tell.
    """
    declared = [each for each in Declaration if each in content.declarations]
    kinds = substitutes(content)
    return (
        within_five_years(applicant.founded_on, deadline=deadline),
        Finding(Rule.CONFIRMED, _result(applicant.confirmed), {"confirmed": applicant.confirmed}),
        _ubn(applicant.ubn),
        Finding(Rule.EVIDENCE, _result(bool(kinds)), {"kinds": kinds}),
        Finding(
            Rule.DECLARATIONS,
            _result(len(declared) == len(Declaration)),
            {"given": len(declared), "needed": len(Declaration)},
        ),
        _grant(content.grant_total, grant_ceiling),
    )


def _ubn(ubn: str | None) -> Finding:
    if not ubn:
        return Finding(Rule.UBN, CheckResult.UNKNOWN, {"ubn": None})
    return Finding(Rule.UBN, _result(ubn_refusal(ubn) is None), {"ubn": ubn})


def _grant(asked: int, ceiling: int | None) -> Finding:
    facts = {"asked": asked, "ceiling": ceiling}
    if ceiling is None:
        return Finding(Rule.GRANT, CheckResult.UNKNOWN, facts)
    return Finding(Rule.GRANT, _result(0 < asked <= ceiling), facts)
