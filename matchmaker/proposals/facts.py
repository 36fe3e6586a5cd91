"""What startups and officers hand over about proposals, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from matchmaker.kernel.words import N_

MOST_TEAM = 12
MOST_MILESTONES = 12
MOST_BUDGET_LINES = 20
MOST_EVIDENCE = 10
MOST_PAPERS = 10
MOST_PAPER_BYTES = 50 * 1024 * 1024
"""All papers of one proposal together."""


class Declaration(StrEnum):
    """What a startup declares with a submission. Assumed: the rules of the call are not known to us; the list
    follows the declarations of comparable grants to firms (context B-3)."""

    NO_DEFAULT = "no_default"
    NO_SUSPENSION = "no_suspension"
    NO_DOUBLE_SUBSIDY = "no_double_subsidy"
    NO_TAX_ARREARS = "no_tax_arrears"
    NO_VIOLATION = "no_violation"
    SOUND_FINANCES = "sound_finances"
    TRUE = "true"


DECLARATION_LABELS = {
    Declaration.NO_DEFAULT: N_("In the last five years we had no major default in a government project."),
    Declaration.NO_SUSPENSION: N_("Our right to apply for government grants is not suspended."),
    Declaration.NO_DOUBLE_SUBSIDY: N_("We receive no other government grant for the same costs."),
    Declaration.NO_TAX_ARREARS: N_("In the last three years we had no tax arrears."),
    Declaration.NO_VIOLATION: N_(
        "In the last three years we committed no serious violation of environmental, labour or food law."
    ),
    Declaration.SOUND_FINANCES: N_("Our net worth is positive and no cheque of ours was dishonoured."),
    Declaration.TRUE: N_("What this proposal states is true."),
}


class Rule(StrEnum):
    """The eligibility rules, in the order in which officers read them."""

    FIVE_YEARS = "five_years"
    CONFIRMED = "confirmed"
    UBN = "ubn"
    EVIDENCE = "evidence"
    DECLARATIONS = "declarations"
    GRANT = "grant"


RULE_LABELS = {
    Rule.FIVE_YEARS: N_("Founded within five years at the deadline"),
    Rule.CONFIRMED: N_("Organisation confirmed"),
    Rule.UBN: N_("Unified Business Number valid"),
    Rule.EVIDENCE: N_("Evidence of ability in place of a track record"),
    Rule.DECLARATIONS: N_("Declarations complete"),
    Rule.GRANT: N_("Grant asked within the ceiling"),
}

RULE_SOURCES = {
    Rule.FIVE_YEARS: "R-030, Q-13",
    Rule.EVIDENCE: "R-035, R-036",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenPaper:
    """A paper as a frozen version names it; ``size`` in bytes."""

    ref: str
    title: str
    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenSubmission:
    """One line of the list that an opening freezes."""

    number: int
    proposal: str
    version: int
    sha256: str
    submitted_at: str
