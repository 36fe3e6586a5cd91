"""Pilots in every state, from an award made of rows to the assessment; every call commits.

A pilot prepared on the world's first day (2 March 2026) begins on 1 May and ends on 31 October 2026.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from matchmaker.challenges.models import Challenge, ChallengeText
from matchmaker.challenges.states import ChallengeState
from matchmaker.foundation.db import db, unit_of_work
from matchmaker.judging.models import Panel, PanelDecision
from matchmaker.judging.states import Outcome, PanelState
from matchmaker.kernel.dates import instant_at
from matchmaker.kernel.programme import Domain
from matchmaker.people.actor import SYSTEM, Actor
from matchmaker.people.models import Organization
from matchmaker.people.states import Role
from matchmaker.pilots import operations, queries
from matchmaker.pilots.facts import AssessmentFacts, MeasureFacts, MilestoneFacts, PaymentFacts, PlanFacts
from matchmaker.pilots.models import Milestone, Pilot
from matchmaker.pilots.states import NeedMet, PilotPurpose
from matchmaker.proposals.content import BudgetLine, PlannedMilestone, ProposalContent
from matchmaker.proposals.models import Proposal, ProposalVersion
from matchmaker.proposals.states import ProposalState

STARTS_ON, ENDS_ON = date(2026, 5, 1), date(2026, 10, 31)
GRANT = 1_000_001
STEPS = (
    PlannedMilestone(title="完成安裝", deliverable="設備清冊", month=1),
    PlannedMilestone(title="期中報告", deliverable="報告書", month=3),
    PlannedMilestone(title="期末報告", deliverable="報告書與資料", month=6),
)
MEASURES = (
    MeasureFacts(
        name="跌倒通報時間", unit="分鐘", baseline_milli=30_000, target_milli=5_000, lower_is_better=True
    ),
    MeasureFacts(name="住戶接受度", unit="%", target_milli=80_500),
)


@dataclass
class Cast:
    """The people around one pilot."""

    world: Any
    agency: Organization
    alice: Actor
    startup: Organization
    bob: Actor
    carol: Actor
    pilot: Pilot

    def fresh(self) -> Pilot:
        """The pilot as stored now."""
        db.session.rollback()
        db.session.expire_all()
        self.pilot = queries.pilot_by_id(self.pilot.id)
        return self.pilot

    def milestone(self, position: int = 1) -> Milestone:
        return self.fresh().milestones[position - 1]

    def teammate(self, organization: Organization, role: Role = Role.READER, name: str = "Wendy") -> Actor:
        return self.world.member(organization, name, role)

    def on(self, day: date, hour: int = 9) -> datetime:
        """Move the world to this day in Taiwan."""
        self.world.now = instant_at(day, time(hour))
        return self.world.now

    def hand_in(self, position: int = 1, evidence: str = "設備已安裝並上線。") -> None:
        milestone = self.milestone(position)
        with unit_of_work():
            operations.submit_milestone(
                milestone=milestone, evidence=evidence, by=self.bob, at=self.world.now
            )

    def accept(self, position: int = 1) -> None:
        self.hand_in(position)
        with unit_of_work():
            operations.accept_milestone(milestone=self.milestone(position), by=self.alice, at=self.world.now)

    def pay(self, position: int = 1, **changes: Any) -> None:
        milestone = self.milestone(position)
        given = {"amount": milestone.payment, "paid_on": self.today, "reference": "付字第 1 號"} | changes
        with unit_of_work():
            operations.record_payment(
                milestone=milestone, facts=PaymentFacts(**given), by=self.carol, at=self.world.now
            )

    def measure(self, *figures: int | None) -> None:
        pilot = self.fresh()
        actuals = {m.ref: figure for m, figure in zip(pilot.measures, figures, strict=False)}
        with unit_of_work():
            operations.record_actuals(pilot=pilot, actuals=actuals, by=self.alice, at=self.world.now)

    @property
    def today(self) -> date:
        return (self.world.now + timedelta(hours=8)).date()


def challenge(world, agency: Organization, alice: Actor, **changes: Any) -> Challenge:
    """A decided challenge in both languages, made of rows."""
    number = Challenge.__table__.c.id
    with unit_of_work():
        serial = (db.session.scalar(db.select(db.func.max(number))) or 0) + 1
        row = Challenge(
            **{
                "organization_id": agency.id,
                "state": ChallengeState.DECIDED,
                "code": f"ch-2026-{serial:06d}",
                "domain": Domain.CARE,
                "budget": 3_000_000,
                "grant_ceiling": 1_500_000,
                "most_awards": 2,
                "opens_at": world.now - timedelta(days=90),
                "closes_at": world.now - timedelta(days=45),
                "contact_name": "王承辦",
                "contact_email": "secret.contact@example.org",
                "contact_phone": "02-1234-5678",
                "published_at": world.now - timedelta(days=90),
                "decided_at": world.now,
                "created_at": world.now - timedelta(days=100),
                "created_by_id": alice.user_id,
            }
            | changes
        )
        row.texts = [
            ChallengeText(
                language="zh",
                title="非穿戴式老人照護方案",
                summary="長者不願配戴裝置，夜間跌倒不易察覺。",
                success_measures="跌倒通報時間由三十分鐘縮短至五分鐘。",
                site="兩處銀髮住宅共六十戶。",
                support="提供場地、電力與住戶說明會。",
            ),
            ChallengeText(
                language="en",
                title="Care for the elderly without wearables",
                summary="Seniors do not wear devices; falls at night go unnoticed.",
                success_measures="Falls are reported within five minutes in place of thirty.",
                site="Two senior housing sites with sixty homes.",
                support="Rooms, power and meetings with residents.",
            ),
        ]
        db.session.add(row)
        db.session.flush()
        return row


def award(
    world,
    made: Challenge,
    startup: Organization,
    bob: Actor,
    *,
    grant: int = GRANT,
    outcome: Outcome = Outcome.AWARDED,
    **content: Any,
) -> PanelDecision:
    """A released decision on a proposal with three milestones, made of rows."""
    said = ProposalContent(
        **{
            "title": "毫米波夜間照護",
            "summary": "以毫米波雷達掌握起床與跌倒。",
            "implementation_method": "每戶安裝兩具雷達，邊緣判讀。",
            "milestones": STEPS,
            "budget": (BudgetLine("設備", grant, 0),),
        }
        | content
    )
    with unit_of_work():
        proposal = Proposal(
            challenge_id=made.id,
            organization_id=startup.id,
            state=ProposalState.AWARDED if outcome is Outcome.AWARDED else ProposalState.NOT_AWARDED,
            draft=said.to_json(),
            submitted_version=1,
            submitted_at=world.now - timedelta(days=50),
            created_at=world.now - timedelta(days=60),
            created_by_id=bob.user_id,
        )
        db.session.add(proposal)
        db.session.flush()
        db.session.add(
            ProposalVersion(
                proposal_id=proposal.id,
                number=1,
                content=said.to_json(),
                papers=[],
                sha256="0" * 64,
                submitted_at=world.now - timedelta(days=50),
                submitted_by=bob.name,
            )
        )
        panel = db.session.query(Panel).filter_by(challenge_id=made.id).one_or_none()
        if panel is None:
            panel = Panel(
                challenge_id=made.id,
                state=PanelState.RELEASED,
                created_at=world.now - timedelta(days=40),
                released_at=world.now,
                released_by_id=made.created_by_id,
            )
            db.session.add(panel)
            db.session.flush()
        decision = PanelDecision(
            panel_id=panel.id,
            proposal_id=proposal.id,
            outcome=outcome,
            reason="構想完整。",
            grant=grant if outcome is Outcome.AWARDED else None,
            prepared_by="Carol",
            prepared_at=world.now,
        )
        db.session.add(decision)
        db.session.flush()
        return decision


def prepared(world, *, cast: Cast | None = None, **given: Any) -> Cast:
    """A pilot as it comes from the decision; with ``cast`` another pilot of the same challenge and agency."""
    if cast is None:
        agency, alice = world.agency()
        carol = world.officer()
        made = challenge(world, agency, alice, **given.pop("challenge", {}))
    else:
        agency, alice, carol, made = cast.agency, cast.alice, cast.carol, cast.fresh().challenge
    startup, bob = given.pop("supplier", None) or world.startup("Bob" if cast is None else "Ivan")
    decision = award(world, made, startup, bob, **given)
    with unit_of_work():
        pilot = operations.prepare(decision=decision, by=SYSTEM, at=world.now)
    return Cast(world, agency, alice, startup, bob, carol, pilot)


def plan(pilot: Pilot, **changes: Any) -> PlanFacts:
    """The plan as it stands, with changes."""
    return PlanFacts(**({name: getattr(pilot, name) for name in PlanFacts.__dataclass_fields__} | changes))


def milestones(pilot: Pilot) -> list[MilestoneFacts]:
    names = MilestoneFacts.__dataclass_fields__
    return [MilestoneFacts(**{name: getattr(m, name) for name in names}) for m in pilot.milestones]


def planned(world, **given: Any) -> Cast:
    """A pilot whose plan is whole; nobody has agreed."""
    cast = prepared(world, **given)
    with unit_of_work():
        operations.save_measures(pilot=cast.pilot, measures=MEASURES, by=cast.alice, at=world.now)
        operations.save_plan(
            pilot=cast.pilot,
            facts=plan(cast.pilot, purpose=PilotPurpose.PRODUCT_TRIAL, title_en="Care at night by radar"),
            by=cast.alice,
            at=world.now,
        )
    cast.fresh()
    return cast


def agreed(world, **given: Any) -> Cast:
    """A pilot that both sides have agreed to."""
    cast = planned(world, **given)
    for who in (cast.alice, cast.bob):
        with unit_of_work():
            operations.agree(pilot=cast.fresh(), by=who, at=world.now)
    cast.fresh()
    return cast


def running(world, **given: Any) -> Cast:
    """A pilot that started on its first day; the world stands on that day."""
    cast = agreed(world, **given)
    cast.on(STARTS_ON)
    with unit_of_work():
        operations.start(pilot=cast.fresh(), by=cast.alice, at=world.now)
    cast.fresh()
    return cast


def completed(world, **given: Any) -> Cast:
    """A running pilot with all milestones accepted and all measures taken, in its last month."""
    cast = running(world, **given)
    cast.on(date(2026, 10, 20))
    for position in range(1, len(cast.pilot.milestones) + 1):
        cast.accept(position)
    cast.measure(4_250, 86_500)
    cast.fresh()
    return cast


def verdict(**changes: Any) -> AssessmentFacts:
    return AssessmentFacts(
        **(
            {
                "need_met": NeedMet.FULLY,
                "production_ready": True,
                "summary_zh": "兩處場域均達標，住戶接受。",
                "summary_en": "Both sites reached their targets.",
                "lessons": "安裝前先辦說明會。",
            }
            | changes
        )
    )


def assessed(world, *, given: dict[str, Any] | None = None, **changes: Any) -> Cast:
    """A pilot with the agency's final word; outcome A unless changed."""
    cast = completed(world, **(given or {}))
    with unit_of_work():
        operations.assess(pilot=cast.pilot, facts=verdict(**changes), by=cast.alice, at=world.now)
    cast.fresh()
    return cast
