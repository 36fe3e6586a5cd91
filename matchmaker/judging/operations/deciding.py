"""The decision: written down by one person, released by another, to everybody at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from matchmaker.challenges import operations as challenges
from matchmaker.foundation import bus
from matchmaker.foundation.db import check_version, db
from matchmaker.judging import policies, queries
from matchmaker.judging.events import DecisionPrepared, DecisionReleased
from matchmaker.judging.facts import DecisionFacts
from matchmaker.judging.models import Panel, PanelDecision
from matchmaker.judging.operations.forming import held, note
from matchmaker.judging.queries import Board, Entry
from matchmaker.judging.scoring import Standing
from matchmaker.judging.states import PANEL_LIFE, Outcome
from matchmaker.kernel.decision import Denied, Reason, deny
from matchmaker.kernel.errors import Invalid, require
from matchmaker.kernel.words import N_
from matchmaker.people.actor import Actor
from matchmaker.proposals import operations as proposals

OUTCOME_MISSING = Reason("judging.outcome_missing", N_("Proposal %(number)s: choose the outcome."))
REASON_MISSING = Reason(
    "judging.reason_missing",
    N_("Proposal %(number)s: give the reasons; the proposer reads them word for word."),
)
GRANT_MISSING = Reason("judging.grant_missing", N_("Proposal %(number)s: enter the grant in NT$."))
GRANT_NEGATIVE = Reason("judging.grant_negative", N_("Proposal %(number)s: a grant cannot be negative."))
GRANT_OVER_ASKED = Reason(
    "judging.grant_over_asked",
    N_("Proposal %(number)s: the grant is greater than the NT$%(asked)s that the proposal asks for."),
)
GRANT_OVER_CEILING = Reason(
    "judging.grant_over_ceiling",
    N_("Proposal %(number)s: the grant is greater than the challenge's ceiling of NT$%(ceiling)s."),
)
TOO_MANY_AWARDS = Reason(
    "judging.too_many_awards", N_("The challenge allows at most %(most)s awards; %(have)s are marked.")
)
BELOW_PASS_MARK = Reason(
    "judging.below_pass_mark",
    N_(
        "Proposal %(number)s: the total lies below the pass mark of %(mark)s, so neither an award nor a place "
        "in reserve is possible."
    ),
)
RESERVE_MISSING = Reason(
    "judging.reserve_missing", N_("Proposal %(number)s: enter the place in reserve, from 1 on.")
)
RESERVE_TWICE = Reason(
    "judging.reserve_twice", N_("Proposal %(number)s: this place in reserve is given twice.")
)
UNKNOWN_PROPOSAL = Reason(
    "judging.unknown_proposal", N_("A decision names a proposal that is not in contest.")
)
MINUTES_MISSING = Reason(
    "judging.minutes_missing", N_("Write the minutes: who took part, what was discussed, how it was decided.")
)


def prepare_decision(
    *,
    panel: Panel,
    decisions: Sequence[DecisionFacts],
    minutes: str,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> None:
    """Write down what every proposer will be told; whoever does it may not release it.

    Raises Invalid on ``outcome-``, ``reason-``, ``grant-`` or ``reserve-<ref>`` and on ``minutes``.
    """
    board = held(panel)
    require(policies.can_prepare(by, board.panel, board.challenge))
    check_version(board.panel, expected_version)
    facts = {decision.proposal_ref: decision for decision in decisions}
    problems = _problems(board, facts, minutes)
    if problems:
        raise Invalid(problems)
    for stored in board.decisions.values():
        db.session.delete(stored)
    db.session.flush()
    for entry in board.entries:
        one = facts[entry.ref]
        db.session.add(
            PanelDecision(
                panel_id=board.panel.id,
                proposal_id=entry.proposal.id,
                outcome=one.outcome,
                reason=one.reason.strip(),
                grant=one.grant if one.outcome is Outcome.AWARDED else None,
                reserve_rank=one.reserve_rank if one.outcome is Outcome.RESERVE else None,
                prepared_by=by.name,
                prepared_at=at,
            )
        )
    board.panel.prepared_by_id, board.panel.minutes = by.user_id, minutes.strip()
    body = {"outcomes": {ref: str(one.outcome) for ref, one in facts.items()}}
    note(board.panel, "decision_prepared", by=by, at=at, body=body)
    bus.publish(DecisionPrepared(at=at, panel=board.panel))


def _problems(board: Board, facts: dict[str, DecisionFacts], minutes: str) -> dict[str, Denied]:
    standings = board.standings()
    problems: dict[str, Denied] = {}
    if set(facts) - {entry.ref for entry in board.entries}:
        problems[""] = deny(UNKNOWN_PROPOSAL)
    for entry in board.entries:
        one = facts.get(entry.ref)
        if one is None:
            problems[f"outcome-{entry.ref}"] = deny(OUTCOME_MISSING, number=entry.number)
        else:
            problems |= _of_one(board, entry, one, standings.get(entry.ref))
    problems |= _of_all(board, facts)
    if not minutes.strip():
        problems["minutes"] = deny(MINUTES_MISSING)
    return problems


def _of_one(board: Board, entry: Entry, one: DecisionFacts, standing: Standing | None) -> dict[str, Denied]:
    problems: dict[str, Denied] = {}
    number = entry.number
    passes = standing is not None and standing.passes(board.panel.pass_mark)
    if one.outcome is not Outcome.NOT_AWARDED and not passes:
        problems[f"outcome-{entry.ref}"] = deny(BELOW_PASS_MARK, number=number, mark=board.panel.pass_mark)
    if not one.reason.strip():
        problems[f"reason-{entry.ref}"] = deny(REASON_MISSING, number=number)
    if one.outcome is Outcome.AWARDED:
        ceiling = board.challenge.grant_ceiling
        if one.grant is None:
            problems[f"grant-{entry.ref}"] = deny(GRANT_MISSING, number=number)
        elif one.grant < 0:
            problems[f"grant-{entry.ref}"] = deny(GRANT_NEGATIVE, number=number)
        elif one.grant > entry.asked:
            problems[f"grant-{entry.ref}"] = deny(GRANT_OVER_ASKED, number=number, asked=f"{entry.asked:,}")
        elif ceiling is not None and one.grant > ceiling:
            problems[f"grant-{entry.ref}"] = deny(GRANT_OVER_CEILING, number=number, ceiling=f"{ceiling:,}")
    return problems


def _of_all(board: Board, facts: dict[str, DecisionFacts]) -> dict[str, Denied]:
    problems: dict[str, Denied] = {}
    awarded = sum(one.outcome is Outcome.AWARDED for one in facts.values())
    if awarded > board.challenge.most_awards:
        problems[""] = deny(TOO_MANY_AWARDS, most=board.challenge.most_awards, have=awarded)
    seen: set[int] = set()
    numbers = {entry.ref: entry.number for entry in board.entries}
    for ref, one in facts.items():
        if one.outcome is not Outcome.RESERVE:
            continue
        if one.reserve_rank is None or one.reserve_rank < 1:
            problems[f"reserve-{ref}"] = deny(RESERVE_MISSING, number=numbers.get(ref, "?"))
        elif one.reserve_rank in seen:
            problems[f"reserve-{ref}"] = deny(RESERVE_TWICE, number=numbers.get(ref, "?"))
        else:
            seen.add(one.reserve_rank)
    return problems


def release(*, panel: Panel, by: Actor, at: datetime) -> None:
    """Tell every proposer, the agency and the public, all together: a director who did not prepare the decision."""
    board = held(panel)
    require(policies.can_release(by, board.panel, board.challenge, complete=board.is_complete()))
    panel, challenge = board.panel, board.challenge
    for entry in board.entries:
        decision = board.decisions[entry.proposal.id]
        proposals.release(
            proposal=entry.proposal, outcome=decision.outcome.value, note=decision.reason, by=by, at=at
        )
    challenges.mark_decided(challenge=challenge, by=by, at=at)
    panel.state = PANEL_LIFE.next("release", panel.state)
    panel.released_at, panel.released_by_id = at, by.user_id
    note(panel, "released", by=by, at=at, body={"challenge": challenge.ref})
    told = queries.load(panel.id)
    bus.publish(
        DecisionReleased(
            at=at, panel=told.panel, challenge=told.challenge, decisions=queries.decisions_of(panel.id)
        )
    )
