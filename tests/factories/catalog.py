"""Items, framework agreements and graduated pilots to test with; every call commits."""

from __future__ import annotations

from datetime import UTC, date, datetime

from matchmaker.catalog import operations, queries
from matchmaker.catalog.facts import (
    AdoptionFacts,
    EvidenceFacts,
    FindingFacts,
    FrameworkFacts,
    ItemFacts,
    LotFacts,
)
from matchmaker.catalog.states import CRITERIA_OF, ActivityKind, OutputKind
from matchmaker.challenges.models import Challenge, ChallengeText
from matchmaker.challenges.states import ChallengeState
from matchmaker.foundation.db import db, unit_of_work
from matchmaker.kernel.programme import Domain
from matchmaker.people.actor import SYSTEM
from matchmaker.people.models import User
from matchmaker.pilots.models import Assessment, Measure, Pilot
from matchmaker.pilots.states import NeedMet, PilotState
from matchmaker.proposals.content import ProposalContent
from matchmaker.proposals.models import Proposal, ProposalVersion
from matchmaker.proposals.states import EvidenceKind, ProposalState

STARTS_ON = date(2026, 1, 1)
ENDS_ON = date(2027, 12, 31)


def facts(**changes) -> ItemFacts:
    """A complete item in both languages."""
    whole = {
        "title_zh": "路口號誌語音提示",
        "title_en": "Spoken signals at crossings",
        "summary_zh": "以藍牙喚起號誌語音，協助視障者過馬路。",
        "summary_en": "Calls up the signal's voice by Bluetooth, so that blind people cross safely.",
        "technology_zh": "低功耗藍牙信標與邊緣運算。",
        "technology_en": "Low-energy beacons and edge computing.",
        "use_case_zh": "市區路口與車站周邊。",
        "use_case_en": "City crossings and the surroundings of stations.",
        "specification_zh": "每組含四支主機；音量可調 50 至 90 分貝。",
        "specification_en": "Four units a set; volume from 50 to 90 dB.",
        "specification_open": True,
        "activity": ActivityKind.TECHNOLOGY,
        "output": OutputKind.GOODS,
        "unit_zh": "路口",
        "unit_en": "crossing",
        "unit_price": 160_000,
        "delivery_days": 45,
        "warranty_months": 12,
        "category": "audible-signals",
        "domain": Domain.SAFETY,
    }
    return ItemFacts(**(whole | changes))


def framework(world, staff, *, code="fw-2026", starts_on=STARTS_ON, ends_on=ENDS_ON):
    with unit_of_work():
        return operations.save_framework(
            facts=FrameworkFacts(
                code=code,
                title_zh="新創產品服務共同供應契約",
                title_en="Inter-entity supply contract for startup products",
                starts_on=starts_on,
                ends_on=ends_on,
            ),
            by=staff,
            at=world.now,
        )


def proposed(world, bob, supplier, *, shown=True, **changes):
    """A complete item that its startup proposed; ``shown``: with evidence of the capability."""
    with unit_of_work():
        item = operations.propose(supplier=supplier, facts=facts(**changes), by=bob, at=world.now)
        if shown:
            operations.add_evidence(item=item, facts=evidence(), by=bob, at=world.now)
        return queries.item_by_id(item.id)


def evidence(kind=EvidenceKind.AWARD, **changes) -> EvidenceFacts:
    """An award."""
    whole = {"title": "創新獎", "organization": "測試基金會", "description": "決選第一名。"}
    return EvidenceFacts(kind=kind, **(whole | changes))


def lot(world, staff, agreement, **changes):
    """A lot that the complete item suits."""
    whole = {"code": "A", "title_zh": "號誌組", "domain": Domain.SAFETY, "category": "audible-signals"}
    with unit_of_work():
        made = operations.save_lot(
            framework=agreement, facts=LotFacts(**(whole | changes)), by=staff, at=world.now
        )
    return next(each for each in queries.framework_with_lots(agreement.ref).lots if each.ref == made.ref)


def applied(world, bob, item, agreement, lot=None):
    """The item handed to the review board."""
    with unit_of_work():
        return operations.apply_for_listing(item=item, framework=agreement, lot=lot, by=bob, at=world.now)


def findings(application, *, but=(), words="請補充"):
    """Everything is met, but these criteria."""
    return {
        criterion: FindingFacts(criterion not in but, words if criterion in but else "")
        for criterion in CRITERIA_OF[application.kind]
    }


def listed(world, staff, bob, supplier, agreement, lot=None, **changes):
    """A listed item, approved by the review board."""
    item = proposed(world, bob, supplier, **changes)
    return approved(world, staff, applied(world, bob, item, agreement, lot))


def approved(world, staff, application):
    """The board finds everything met: the item is listed, or its change counts."""
    with unit_of_work():
        return operations.approve_application(
            application=application, findings=findings(application), by=staff, at=world.now
        )


def grown(world, staff, agency, startup, **changes):
    """A complete item that was prepared from a graduated pilot."""
    made = pilot(world, agency, startup)
    with unit_of_work():
        item = operations.propose_from_pilot(pilot=made, by=SYSTEM, at=world.now)
    with unit_of_work():
        operations.save_version(
            item=item, facts=facts(**changes), by=staff, at=world.now, expected_version=item.version
        )
    return queries.item_by_id(item.id)


def adoption(world, staff, item, **changes):
    given = {
        "body_zh": "測試縣政府",
        "body_en": "Test County Government",
        "year": 2025,
        "story_zh": "視障市民反映過路更安心。",
        "story_en": "Blind citizens say that they cross with less fear.",
        "source_note": "測試來源",
    } | changes
    with unit_of_work():
        return operations.record_adoption(item=item, facts=AdoptionFacts(**given), by=staff, at=world.now)


def pilot(
    world, agency, startup, *, need_met=NeedMet.FULLY, ready=True, assessed=True, language="zh", english=True
):
    """A pilot with its challenge, proposal, measures and assessment, as the slices before would leave them."""
    with unit_of_work():
        user = db.session.query(User).first()
        challenge = Challenge(
            organization_id=agency.id,
            state=ChallengeState.IN_PILOT,
            code=f"ch-2025-{agency.id:06d}",
            domain=Domain.CARE,
            published_at=datetime(2025, 3, 1, tzinfo=UTC),
            created_at=datetime(2025, 2, 1, tzinfo=UTC),
            created_by_id=user.id,
        )
        challenge.texts = [
            ChallengeText(
                language="zh",
                title="非穿戴式老人照護",
                problem="長者不願配戴裝置。",
                site="兩處銀髮住宅。",
                outcome="不靠穿戴即可掌握起居。",
            )
        ]
        if english:
            challenge.texts.append(
                ChallengeText(
                    language="en",
                    title="Care without wearables",
                    problem="Seniors do not like to wear devices.",
                    site="Two senior housing sites.",
                    outcome="Daily rhythm known without wearables.",
                )
            )
        db.session.add(challenge)
        db.session.flush()
        content = ProposalContent(
            language=language,
            title="床邊毫米波感測" if language == "zh" else "Bedside radar sensing",
            summary="以毫米波掌握起床與如廁。"
            if language == "zh"
            else "Radar tells getting up and toileting.",
            solution_concept="毫米波雷達與邊緣判讀。" if language == "zh" else "Radar read at the edge.",
        )
        proposal = Proposal(
            challenge_id=challenge.id,
            organization_id=startup.id,
            state=ProposalState.AWARDED,
            draft=content.to_json(),
            submitted_version=1,
            submitted_at=datetime(2025, 4, 1, tzinfo=UTC),
            created_at=datetime(2025, 3, 2, tzinfo=UTC),
            created_by_id=user.id,
        )
        db.session.add(proposal)
        db.session.flush()
        db.session.add(
            ProposalVersion(
                proposal_id=proposal.id,
                number=1,
                content=content.to_json(),
                papers=[],
                sha256="0" * 64,
                submitted_at=datetime(2025, 4, 1, tzinfo=UTC),
                submitted_by="Bob",
            )
        )
        made = Pilot(
            challenge_id=challenge.id,
            proposal_id=proposal.id,
            agency_id=agency.id,
            startup_id=startup.id,
            state=PilotState.ASSESSED if assessed else PilotState.RUNNING,
            title_zh="床邊感測實證",
            title_en="Pilot of bedside sensing",
            starts_on=date(2025, 6, 1),
            ends_on=date(2025, 12, 1),
            created_at=datetime(2025, 5, 1, tzinfo=UTC),
            started_at=datetime(2025, 6, 1, tzinfo=UTC),
        )
        made.measures = [
            Measure(
                position=0,
                name="夜間跌倒通報時間",
                unit="分鐘",
                baseline_milli=30_000,
                target_milli=5_000,
                actual_milli=3_500,
                lower_is_better=True,
            ),
            Measure(position=1, name="住戶接受度", unit="%", target_milli=80_000, actual_milli=86_500),
        ]
        if assessed:
            made.assessment = Assessment(
                need_met=need_met,
                production_ready=ready,
                summary_zh="兩處場域均達標。",
                summary_en="Both sites reached their targets.",
                assessed_by="Alice",
                assessed_at=datetime(2025, 12, 10, tzinfo=UTC),
            )
        db.session.add(made)
        db.session.flush()
        return made
