"""Proposals in any state, brought there through the product's own operations; every call commits.

Startups come with Bob as their owner unless another is given, officers are Carol and Chuck.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from matchmaker.foundation import files
from matchmaker.foundation.db import db, unit_of_work
from matchmaker.proposals import operations, queries
from matchmaker.proposals.content import (
    BudgetLine,
    Evidence,
    PlannedMilestone,
    ProposalContent,
    TeamMember,
)
from matchmaker.proposals.facts import Declaration
from matchmaker.proposals.models import Proposal
from matchmaker.proposals.states import CheckResult, EvidenceKind

CONTENT = ProposalContent(
    language="zh",
    title="毫米波雷達跌倒偵測",
    summary="以天花板毫米波雷達偵測跌倒，不攝影、不穿戴。",
    solution_concept="雷達點雲在裝置端判讀姿態，僅送出事件。",
    implementation_method="先於兩處社宅安裝六十戶，逐週校正模型。",
    team_summary="成員具雷達訊號處理與長照場域經驗。",
    team=(TeamMember("王小明", "計畫主持人", "雷達訊號處理十年"), TeamMember("陳美麗", "場域經理", "")),
    milestones=(
        PlannedMilestone("完成安裝", "設備清冊與安裝照片", 1),
        PlannedMilestone("期中報告", "偵測率與誤報統計", 3),
        PlannedMilestone("期末報告", "成果報告與資料", 6),
    ),
    budget=(
        BudgetLine("雷達模組六十組", 500_000, 100_000),
        BudgetLine("安裝與維運人力", 300_000, 200_000),
    ),
    evidence=(
        Evidence(
            EvidenceKind.PRIVATE_COOPERATION.value, "日照中心導入", "測試照護", "2025-06-01", "三十床試用。"
        ),
    ),
    site_needs="每戶一個電源插座。",
    risks="住戶遷出時重新媒合。",
    declarations=tuple(Declaration),
)
"""A complete proposal; the grant asked for is NT$800,000."""

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def content(**changes) -> ProposalContent:
    """A complete proposal with these changes."""
    return replace(CONTENT, **changes)


def fresh(proposal: Proposal) -> Proposal:
    """The proposal as stored now, with what its pages show."""
    db.session.rollback()
    db.session.expire_all()
    return queries.proposal_by_id(proposal.id)


def own(startup, challenge) -> Proposal:
    """What this startup (as ``world.startup()`` gives it) has begun for the challenge."""
    found = queries.own_proposal_to(startup[1], challenge.id)
    assert found is not None
    return fresh(found)


def draft(world, challenge, startup=None, *, text: ProposalContent | None = None) -> Proposal:
    """A draft; ``startup`` is what ``world.startup()`` gives. ``text`` is saved where given."""
    organization, owner = startup or world.startup()
    with unit_of_work():
        made = operations.start(challenge=challenge, organization=organization, by=owner, at=world.now)
    if text is not None:
        with unit_of_work():
            operations.save_draft(proposal=made, content=text, by=owner, at=world.now)
    return fresh(made)


def with_paper(world, proposal, owner, *, title: str = "型錄", name: str = "型錄.pdf") -> None:
    """Attach a small PDF."""
    with unit_of_work():
        operations.attach(
            proposal=proposal, upload=files.Upload(name, PDF), title=title, by=owner, at=world.now
        )


def submitted(world, challenge, startup=None, *, text: ProposalContent = CONTENT, paper: bool = False):
    """A submitted proposal; the call must be open."""
    startup = startup or world.startup()
    made = draft(world, challenge, startup, text=text)
    if paper:
        with_paper(world, made, startup[1])
    with unit_of_work():
        operations.submit(proposal=made, by=startup[1], at=world.now)
    return fresh(made)


def withdrawn(world, challenge, startup=None) -> Proposal:
    """A proposal that was submitted and withdrawn."""
    startup = startup or world.startup()
    made = submitted(world, challenge, startup)
    with unit_of_work():
        operations.withdraw(proposal=made, by=startup[1], at=world.now)
    return fresh(made)


def closed(world, challenge) -> None:
    """Move the present of the world past the deadline."""
    world.now = max(world.now, challenge.closes_at + timedelta(minutes=1))


def opened(world, challenge, officers=None):
    """Close the call and open what came in; two officers. Answers the list by number."""
    first, second = officers or (world.officer("Carol"), world.officer("Chuck"))
    closed(world, challenge)
    with unit_of_work():
        operations.ask_opening(challenge=challenge, by=first, at=world.now)
    with unit_of_work():
        operations.confirm_opening(challenge=challenge, by=second, at=world.now)
    db.session.expire_all()
    return queries.opened_proposals(challenge.id)


def screening(world, challenge, officers=None):
    """Opened, and the checks computed. Answers the list by number."""
    first, second = officers or (world.officer("Carol"), world.officer("Chuck"))
    opened(world, challenge, (first, second))
    with unit_of_work():
        operations.begin_screening(challenge=challenge, by=first, at=world.now)
    db.session.expire_all()
    return queries.opened_proposals(challenge.id)


def admitted(world, proposal, officer) -> Proposal:
    """Confirm every check as met and admit."""
    with unit_of_work():
        for check in queries.checks_of(proposal.id):
            operations.confirm_check(
                check=check, result=CheckResult.MET, reason="已查證", by=officer, at=world.now
            )
        operations.admit(proposal=proposal, by=officer, at=world.now)
    return fresh(proposal)


def rejected(world, proposal, officer, reason: str = "設立逾五年。") -> Proposal:
    """Confirm the first check as not met and reject."""
    with unit_of_work():
        check = queries.checks_of(proposal.id)[0]
        operations.confirm_check(
            check=check, result=CheckResult.NOT_MET, reason="設立逾五年", by=officer, at=world.now
        )
        operations.reject(proposal=proposal, reason=reason, by=officer, at=world.now)
    return fresh(proposal)


def in_contest(world, challenge, n: int = 3, startups=None, officers=None):
    """``n`` startups submit, the call is opened and screened, all are admitted, the challenge is being judged.

    Answers the proposals by number.
    """
    for number in range(n):
        startup = startups[number] if startups else world.startup(f"Bob {number + 1}")
        submitted(world, challenge, startup, text=content(title=f"提案 {startup[0].name_zh}"))
    first, second = officers or (world.officer("Carol"), world.officer("Chuck"))
    for proposal in screening(world, challenge, (first, second)):
        admitted(world, proposal, first)
    with unit_of_work():
        operations.finish_screening(challenge=challenge, by=first, at=world.now)
    db.session.expire_all()
    return queries.in_contest(challenge.id)
