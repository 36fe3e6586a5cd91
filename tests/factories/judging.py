"""Panels in every state, brought there through the product's own operations; every call commits.

The proposals are made of rows: sealing, opening and screening are told elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from matchmaker.challenges.models import Challenge
from matchmaker.foundation.db import db, unit_of_work
from matchmaker.judging import operations, queries
from matchmaker.judging.facts import DecisionFacts, DeclarationFacts, PanelFacts, SheetFacts
from matchmaker.judging.models import Panel, PanelMember
from matchmaker.judging.queries import Board
from matchmaker.judging.states import ConflictKind, Outcome
from matchmaker.people import queries as people_queries
from matchmaker.people.actor import Actor
from matchmaker.people.models import Membership, Organization
from matchmaker.proposals.content import BudgetLine, PlannedMilestone, ProposalContent, TeamMember
from matchmaker.proposals.models import Proposal, ProposalVersion
from matchmaker.proposals.states import ProposalState
from tests.factories.challenges import challenge as make_challenge

JURORS = (("Erin", False), ("Frank", True), ("Grace", True), ("Heidi", False), ("Niaj", False))
TITLES = ("毫米波夜間照護", "地墊感測網", "聲音事件偵測", "智慧電表行為分析", "社區陪伴機器人")


@dataclass
class Contest:
    """A challenge being judged, and the people around it."""

    world: Any
    agency: Organization
    alice: Actor
    carol: Actor
    dora: Actor
    challenge: Challenge
    startups: list[tuple[Organization, Actor]]
    proposals: list[Proposal]
    jurors: list[Actor] = field(default_factory=list)
    panel: Panel | None = None

    @property
    def at(self):
        return self.world.now

    @property
    def board(self) -> Board:
        """The panel as stored now."""
        db.session.rollback()
        db.session.expire_all()
        return queries.load(self.panel.id)

    def seat(self, juror: Actor) -> PanelMember:
        return next(member for member in self.board.members if member.user_id == juror.user_id)

    def do(self, verb, **given):
        """One operation in one unit of work, at the present of the world."""
        with unit_of_work():
            return verb(at=self.world.now, **given)

    def declare(self, juror: Actor, *conflicts: int) -> None:
        """Declare on every proposal: a conflict on those of these positions, none on the others."""
        declarations = {
            proposal.ref: DeclarationFacts(conflict=ConflictKind.EMPLOYMENT if i in conflicts else None)
            for i, proposal in enumerate(self.proposals)
        }
        self.do(operations.declare_all, member=self.seat(juror), declarations=declarations, by=juror)

    def points(self, *values: int) -> dict[str, int]:
        """Points by criterion; one value stands for all."""
        criteria = self.board.criteria
        given = values * len(criteria) if len(values) == 1 else values
        return {criterion.ref: value for criterion, value in zip(criteria, given, strict=True)}

    def score(self, juror: Actor, position: int, *values: int, comment: str = "構想具體可行。") -> None:
        self.do(
            operations.save_sheet,
            member=self.seat(juror),
            proposal=self.proposals[position],
            points=self.points(*values),
            comment=comment,
            by=juror,
        )

    def submit(self, juror: Actor, position: int | None = None) -> None:
        if position is None:
            self.do(operations.submit_ready, member=self.seat(juror), by=juror)
        else:
            self.do(
                operations.submit_sheet,
                member=self.seat(juror),
                proposal=self.proposals[position],
                by=juror,
            )

    def score_all(self, juror: Actor, *values: int) -> None:
        """Score and submit every proposal from which the juror is not recused: one value per proposal."""
        board = self.board
        member = next(one for one in board.members if one.user_id == juror.user_id)
        given = values or tuple(5 - i for i in range(len(self.proposals)))
        sheets = [
            SheetFacts(
                proposal_ref=proposal.ref,
                points={criterion.ref: value for criterion in board.criteria},
                comment="構想具體可行。",
            )
            for proposal, value in zip(self.proposals, given, strict=True)
            if not board.is_recused(member, board.entry(proposal.ref))
        ]
        with unit_of_work():
            operations.save_sheets(member=member, sheets=sheets, by=juror, at=self.world.now)
            operations.submit_ready(member=member, by=juror, at=self.world.now)

    def decisions(self, *outcomes: Outcome, grant: int = 500_000) -> list[DecisionFacts]:
        """One decision per proposal in their order; reserves are ranked as they come."""
        given = outcomes or (Outcome.AWARDED, *[Outcome.NOT_AWARDED] * (len(self.proposals) - 1))
        made, reserves = [], 0
        for proposal, outcome in zip(self.proposals, given, strict=True):
            reserves += outcome is Outcome.RESERVE
            made.append(
                DecisionFacts(
                    proposal_ref=proposal.ref,
                    outcome=outcome,
                    reason=f"評選理由{proposal.number}",
                    grant=grant if outcome is Outcome.AWARDED else None,
                    reserve_rank=reserves if outcome is Outcome.RESERVE else None,
                )
            )
        return made

    def prepare(self, *outcomes: Outcome, **changes: Any) -> None:
        given = {
            "decisions": self.decisions(*outcomes),
            "minutes": "五位委員出席，逐案討論後一致通過。",
        } | changes
        self.do(operations.prepare_decision, panel=self.panel, by=given.pop("by", self.carol), **given)


def membership(actor: Actor) -> Membership:
    """The juror's place in the pool."""
    return next(m for m in people_queries.jurors() if m.user_id == actor.user_id)


def propose(
    world, challenge: Challenge, startup: Organization, owner: Actor, number: int, **said: Any
) -> Proposal:
    """An admitted proposal, made of rows."""
    content = ProposalContent(
        **{
            "title": TITLES[(number - 1) % len(TITLES)],
            "summary": f"第 {number} 案摘要：不需配戴裝置。",
            "solution_concept": f"第 {number} 案構想：感測與邊緣判讀。",
            "implementation_method": "兩處場域分三期安裝，每期檢討。",
            "team_summary": "五人團隊。",
            "team": (TeamMember("林技術", "技術長", "十年雷達經驗"),),
            "milestones": (PlannedMilestone("完成安裝", "設備清冊", 2), PlannedMilestone("期末", "報告", 6)),
            "budget": (BudgetLine("設備", 800_000, 100_000),),
        }
        | said
    )
    with unit_of_work():
        proposal = Proposal(
            challenge_id=challenge.id,
            organization_id=startup.id,
            state=ProposalState.ELIGIBLE,
            draft=content.to_json(),
            submitted_version=1,
            submitted_at=challenge.closes_at - timedelta(days=1),
            number=number,
            created_at=challenge.closes_at - timedelta(days=9),
            created_by_id=owner.user_id,
        )
        db.session.add(proposal)
        db.session.flush()
        db.session.add(
            ProposalVersion(
                proposal_id=proposal.id,
                number=1,
                content=content.to_json(),
                papers=[],
                sha256=f"{number:064d}",
                submitted_at=proposal.submitted_at,
                submitted_by=owner.name,
            )
        )
    return proposal


def contest(world, *, proposals: int = 3, jurors: int = 5, state: str = "judging", **terms: Any) -> Contest:
    """A challenge in judging with admitted proposals and a pool of jurors, two of them experts."""
    agency, alice = world.agency()
    carol, dora = world.officer(), world.director()
    terms = {"most_awards": 2, **terms}
    challenge = make_challenge(world, state, (agency, alice), staff=carol, **terms)
    startups = [world.startup(f"Bob{i}") for i in range(1, proposals + 1)]
    made = [propose(world, challenge, *startup, number) for number, startup in enumerate(startups, 1)]
    pool = [world.juror(name, expert=expert) for name, expert in JURORS[:jurors]]
    return Contest(world, agency, alice, carol, dora, challenge, startups, made, pool)


def formed(world, **given: Any) -> Contest:
    """The panel has five members with a chair, is due in a week, and waits to be convened."""
    made = contest(world, **given)
    facts = PanelFacts(scores_due_at=world.now + timedelta(days=7))
    with unit_of_work():
        made.panel = operations.form_panel(challenge=made.challenge, facts=facts, by=made.carol, at=world.now)
        for juror in made.jurors:
            operations.seat_member(
                panel=made.panel,
                juror=membership(juror),
                chair=juror is made.jurors[0],
                by=made.carol,
                at=world.now,
            )
    return made


def convened(world, **given: Any) -> Contest:
    made = formed(world, **given)
    made.do(operations.convene, panel=made.panel, by=made.carol)
    return made


def scoring(world, *, conflicts: dict[int, tuple[int, ...]] | None = None, **given: Any) -> Contest:
    """Everybody has declared; ``conflicts`` names positions of proposals by position of juror."""
    made = convened(world, **given)
    for position, juror in enumerate(made.jurors):
        made.declare(juror, *(conflicts or {}).get(position, ()))
    made.do(operations.begin_scoring, panel=made.panel, by=made.carol)
    return made


def scored(world, **given: Any) -> Contest:
    """Every sheet is submitted: the first proposal has 100, the next 80, and so on."""
    made = scoring(world, **given)
    for juror in made.jurors:
        made.score_all(juror)
    return made


def ended(world, **given: Any) -> Contest:
    made = scored(world, **given)
    made.do(operations.end_scoring, panel=made.panel, by=made.carol)
    return made


def prepared(world, **given: Any) -> Contest:
    """The first proposal is to be awarded, the others not; Carol wrote it down."""
    made = ended(world, **given)
    made.prepare()
    return made


def released(world, *outcomes: Outcome, **given: Any) -> Contest:
    made = ended(world, **given)
    made.prepare(*outcomes)
    made.do(operations.release, panel=made.panel, by=made.dora)
    return made
