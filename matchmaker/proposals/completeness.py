"""Pure rules on what a proposal says: what no draft may hold, and what a submission still lacks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from matchmaker.kernel.decision import Denied, Reason, deny
from matchmaker.kernel.money import MAX_TWD
from matchmaker.kernel.words import N_
from matchmaker.proposals.content import (
    BudgetLine,
    Evidence,
    PlannedMilestone,
    ProposalContent,
    TeamMember,
)
from matchmaker.proposals.facts import (
    MOST_BUDGET_LINES,
    MOST_EVIDENCE,
    MOST_MILESTONES,
    MOST_TEAM,
    Declaration,
)
from matchmaker.proposals.states import EvidenceKind

SUBSTITUTES = frozenset({EvidenceKind.AWARD, EvidenceKind.PRIVATE_COOPERATION, EvidenceKind.GOVERNMENT_PILOT})
"""Any one of these suffices (R-036); a government reference is welcome but never needed (R-035)."""

TITLE = Reason("proposals.title_missing", N_("Give the proposal a title."))
SUMMARY = Reason("proposals.summary_missing", N_("Write the summary."))
CONCEPT = Reason("proposals.concept_missing", N_("Describe the solution concept."))
METHOD = Reason("proposals.method_missing", N_("Describe the implementation method."))
TEAM = Reason("proposals.team_missing", N_("Name at least one member of the team."))
MEMBER_NAME = Reason("proposals.member_name_missing", N_("Team member %(row)s: enter the name."))
MEMBER_ROLE = Reason("proposals.member_role_missing", N_("Team member %(row)s: enter the role."))
MILESTONES = Reason("proposals.milestones_missing", N_("Plan at least one milestone."))
MILESTONE_TITLE = Reason("proposals.milestone_title_missing", N_("Milestone %(row)s: enter a title."))
MILESTONE_DELIVERABLE = Reason(
    "proposals.milestone_deliverable_missing", N_("Milestone %(row)s: say what will be handed in.")
)
MILESTONE_MONTH = Reason(
    "proposals.milestone_month", N_("Milestone %(row)s: choose a month from 1 to %(months)s.")
)
BUDGET = Reason("proposals.budget_missing", N_("Enter at least one budget line."))
LINE_ITEM = Reason("proposals.line_item_missing", N_("Budget line %(row)s: say what it pays for."))
LINE_AMOUNT = Reason("proposals.line_amount_missing", N_("Budget line %(row)s: enter an amount."))
NO_GRANT = Reason("proposals.no_grant", N_("Enter how much of the grant you ask for."))
OVER_CEILING = Reason(
    "proposals.over_ceiling",
    N_("The grant asked for is NT$%(asked)s, more than the ceiling of NT$%(ceiling)s. Lower it."),
)
EVIDENCE = Reason(
    "proposals.evidence_missing",
    N_(
        "Give at least one proof of ability: an award, work with a private firm, or a short pilot with a "
        "government body."
    ),
)
EVIDENCE_TITLE = Reason("proposals.evidence_title_missing", N_("Evidence %(row)s: enter a title."))
DECLARATIONS = Reason("proposals.declarations_missing", N_("Confirm every declaration."))

TOO_MANY = Reason("proposals.too_many_rows", N_("Enter at most %(most)s rows."))
BAD_AMOUNT = Reason("proposals.bad_amount", N_("Budget line %(row)s: this amount cannot be stored."))
BAD_MONTH = Reason("proposals.bad_month", N_("Milestone %(row)s: the month is not a number that fits."))
BAD_EVIDENCE = Reason("proposals.bad_evidence", N_("Evidence %(row)s: choose a kind from the list."))
BAD_DAY = Reason("proposals.bad_day", N_("Evidence %(row)s: the day cannot be read."))
BAD_LANGUAGE = Reason("proposals.bad_language", N_("Choose Chinese or English."))
BAD_DECLARATION = Reason("proposals.bad_declaration", N_("Choose declarations from the list."))


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that a submission lacks: the form field (``milestones-0-month``) and why."""

    field: str
    denial: Denied


def tidy(content: ProposalContent) -> ProposalContent:
    """The same proposal without rows that say nothing, with each declaration once, in their order."""
    given = set(content.declarations)
    return ProposalContent(
        **{
            **{name: getattr(content, name) for name in ProposalContent.__dataclass_fields__},
            "team": tuple(row for row in content.team if row != TeamMember()),
            "milestones": tuple(row for row in content.milestones if row != PlannedMilestone()),
            "budget": tuple(row for row in content.budget if row != BudgetLine()),
            "evidence": tuple(row for row in content.evidence if row != Evidence(kind=row.kind)),
            "declarations": tuple(str(each) for each in Declaration if each in given)
            + tuple(sorted(given - set(Declaration))),
        }
    )


def impossible(content: ProposalContent) -> dict[str, Denied]:
    """What not even a draft may hold, by field; empty when all can be stored."""
    problems: dict[str, Denied] = {}
    if content.language not in ("zh", "en"):
        problems["language"] = deny(BAD_LANGUAGE)
    limits: dict[str, tuple[Sequence[Any], int]] = {
        "team": (content.team, MOST_TEAM),
        "milestones": (content.milestones, MOST_MILESTONES),
        "budget": (content.budget, MOST_BUDGET_LINES),
        "evidence": (content.evidence, MOST_EVIDENCE),
    }
    for name, (given, most) in limits.items():
        if len(given) > most:
            problems[name] = deny(TOO_MANY, most=most)
    for row, line in enumerate(content.budget, 1):
        if any(amount is not None and not 0 <= amount <= MAX_TWD for amount in (line.grant, line.own)):
            problems["budget"] = deny(BAD_AMOUNT, row=row)
    if content.grant_total > MAX_TWD or content.own_total > MAX_TWD:
        problems["budget"] = deny(BAD_AMOUNT, row=len(content.budget))
    for row, step in enumerate(content.milestones, 1):
        if step.month is not None and not 1 <= step.month <= 120:
            problems["milestones"] = deny(BAD_MONTH, row=row)
    for row, proof in enumerate(content.evidence, 1):
        if proof.kind not in set(EvidenceKind):
            problems["evidence"] = deny(BAD_EVIDENCE, row=row)
        elif proof.on and not _is_day(proof.on):
            problems["evidence"] = deny(BAD_DAY, row=row)
    if not set(content.declarations) <= set(Declaration):
        problems["declarations"] = deny(BAD_DECLARATION)
    return problems


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def gaps(content: ProposalContent, *, pilot_months: int, grant_ceiling: int | None) -> tuple[Gap, ...]:
    """What a submission still lacks, in the order of the form; empty when it may be submitted.

    :param pilot_months: the length of the pilot; no milestone may lie beyond it.
    :param grant_ceiling: the most the programme gives one startup, in NT$; None sets no limit.
    """
    return (
        *_texts(content),
        *_team(content),
        *_milestones(content, pilot_months),
        *_budget(content, grant_ceiling),
        *_evidence(content),
        *_declarations(content),
    )


def _texts(content: ProposalContent) -> Iterator[Gap]:
    needed = {
        "title": TITLE,
        "summary": SUMMARY,
        "solution_concept": CONCEPT,
        "implementation_method": METHOD,
    }
    for name, reason in needed.items():
        if not getattr(content, name).strip():
            yield Gap(name, deny(reason))


def _team(content: ProposalContent) -> Iterator[Gap]:
    if not content.team:
        yield Gap("team", deny(TEAM))
    for row, member in enumerate(content.team):
        if not member.name.strip():
            yield Gap(f"team-{row}-name", deny(MEMBER_NAME, row=row + 1))
        if not member.role.strip():
            yield Gap(f"team-{row}-role", deny(MEMBER_ROLE, row=row + 1))


def _milestones(content: ProposalContent, pilot_months: int) -> Iterator[Gap]:
    if not content.milestones:
        yield Gap("milestones", deny(MILESTONES))
    for row, step in enumerate(content.milestones):
        if not step.title.strip():
            yield Gap(f"milestones-{row}-title", deny(MILESTONE_TITLE, row=row + 1))
        if not step.deliverable.strip():
            yield Gap(f"milestones-{row}-deliverable", deny(MILESTONE_DELIVERABLE, row=row + 1))
        if step.month is None or not 1 <= step.month <= pilot_months:
            yield Gap(f"milestones-{row}-month", deny(MILESTONE_MONTH, row=row + 1, months=pilot_months))


def _budget(content: ProposalContent, ceiling: int | None) -> Iterator[Gap]:
    if not content.budget:
        yield Gap("budget", deny(BUDGET))
        return
    for row, line in enumerate(content.budget):
        if not line.item.strip():
            yield Gap(f"budget-{row}-item", deny(LINE_ITEM, row=row + 1))
        if line.grant is None and line.own is None:
            yield Gap(f"budget-{row}-grant", deny(LINE_AMOUNT, row=row + 1))
    if content.grant_total <= 0:
        yield Gap("budget", deny(NO_GRANT))
    elif ceiling is not None and content.grant_total > ceiling:
        yield Gap("budget", deny(OVER_CEILING, asked=f"{content.grant_total:,}", ceiling=f"{ceiling:,}"))


def _evidence(content: ProposalContent) -> Iterator[Gap]:
    if not substitutes(content):
        yield Gap("evidence", deny(EVIDENCE))
    for row, proof in enumerate(content.evidence):
        if not proof.title.strip():
            yield Gap(f"evidence-{row}-title", deny(EVIDENCE_TITLE, row=row + 1))


def substitutes(content: ProposalContent) -> list[str]:
    """The kinds of evidence given that stand in place of a government track record (R-036)."""
    return [str(e.kind) for e in content.evidence if e.kind in SUBSTITUTES and e.title.strip()]


def _declarations(content: ProposalContent) -> Iterator[Gap]:
    if not set(Declaration) <= set(content.declarations):
        yield Gap("declarations", deny(DECLARATIONS))
