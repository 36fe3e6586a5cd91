"""Challenges in any state, brought there through the product's own operations."""

from __future__ import annotations

from datetime import timedelta

from matchmaker.challenges import operations, queries
from matchmaker.challenges.facts import StatementFacts, TermsFacts
from matchmaker.challenges.models import Challenge
from matchmaker.challenges.templates import DEFAULT, criteria_templates
from matchmaker.foundation.db import unit_of_work
from matchmaker.kernel.programme import Domain

CHINESE = StatementFacts(
    title="獨居長者跌倒偵測",
    summary="在不配戴裝置的前提下，及早發現獨居長者跌倒並通報社工。",
    problem="轄內獨居長者跌倒後平均三小時才被發現，延誤送醫。",
    affected="轄內約四千三百位獨居長者，以及負責關懷訪視的社工與志工。",
    current_handling="由志工每週電話問安兩次，並提供需自行按壓的緊急求救鈕。",
    solution_gap="市售穿戴式裝置配戴意願低，攝影機又有隱私疑慮。",
    outcome="跌倒後十分鐘內通知社工，且不影響長者生活隱私。",
    success_measures="偵測率達九成以上，每戶每月誤報三次以下。",
    site="社會住宅兩處，共六十戶。",
    support="提供場域、網路與社工窗口，並協助取得住戶同意。",
    data_available="去識別化的關懷訪視紀錄。",
    limits="不得使用可辨識身分的影像。",
)
ENGLISH = StatementFacts(
    title="Fall detection for older people living alone",
    summary="Notice falls of older people who live alone without any wearable, and tell social workers early.",
    problem="After a fall it takes three hours on average until somebody notices.",
    affected="About 4,300 older people living alone, and the social workers and volunteers who visit them.",
    current_handling="Volunteers call twice a week; there is an emergency button that has to be pressed.",
    solution_gap="Wearables are not worn, and cameras raise questions of privacy.",
    outcome="Social workers know within ten minutes, and privacy is kept.",
    success_measures="Nine of ten falls detected, at most three false alarms a month and home.",
    site="Two social housing sites with sixty homes.",
    support="The site, network access, a social worker as contact, and help with consent.",
    data_available="Visit records without names.",
    limits="No pictures that identify a person.",
)
LIFE = (
    "draft",
    "in_triage",
    "published",
    "closed",
    "opened",
    "screening",
    "judging",
    "decided",
    "in_pilot",
    "concluded",
)


def terms(world, *, days: int = 35, opens_in: timedelta = timedelta(0), **changes) -> TermsFacts:
    """Complete terms of a call that opens ``opens_in`` from the present of the world."""
    given = {
        "domain": Domain.CARE,
        "budget": 1_800_000,
        "grant_ceiling": 1_000_000,
        "opens_at": world.now + opens_in,
        "closes_at": world.now + opens_in + timedelta(days=days),
        "contact_name": "王小明",
        "contact_email": "contact@example.org",
    }
    return TermsFacts(**(given | changes))


def challenge(
    world,
    state: str = "published",
    agency=None,
    *,
    staff=None,
    text: StatementFacts = CHINESE,
    english: StatementFacts | None = ENGLISH,
    days: int = 35,
    opens_in: timedelta = timedelta(0),
    complete: bool = True,
    **changes,
) -> Challenge:
    """A challenge in this state. ``agency`` is what ``world.agency()`` gives; further words change the terms.

    States after publication move the present of the world past the deadline; ``cancelled`` is a published
    challenge that staff cancelled. ``complete=False`` stops after the first text, for drafts only.
    """
    organization, owner = agency or world.agency()
    with unit_of_work():
        made = operations.draft(organization=organization, text=text, language="zh", by=owner, at=world.now)
    if not complete:
        return _fresh(made)
    with unit_of_work():
        if english is not None:
            operations.save_statement(challenge=made, language="en", text=english, by=owner, at=world.now)
        operations.save_terms(
            challenge=made,
            terms=terms(world, days=days, opens_in=opens_in, **changes),
            by=owner,
            at=world.now,
        )
        operations.save_criteria(
            challenge=made, criteria=criteria_templates()[DEFAULT].criteria, by=owner, at=world.now
        )
    if state == "draft":
        return _fresh(made)
    with unit_of_work():
        operations.hand_in(challenge=made, by=owner, at=world.now)
    if state == "in_triage":
        return _fresh(made)
    officer = staff or world.officer()
    if state == "returned":
        with unit_of_work():
            operations.return_for_changes(challenge=made, note="請補充場域說明。", by=officer, at=world.now)
        return _fresh(made)
    with unit_of_work():
        operations.publish(challenge=made, by=officer, at=world.now)
    if state == "cancelled":
        with unit_of_work():
            operations.cancel(challenge=made, reason="預算調整。", by=officer, at=world.now)
        return _fresh(made)
    _go_on(world, made, state, officer)
    return _fresh(made)


def _go_on(world, made: Challenge, state: str, officer) -> None:
    steps = {
        "opened": operations.mark_opened,
        "screening": operations.begin_screening,
        "judging": operations.begin_judging,
        "decided": operations.mark_decided,
        "in_pilot": operations.begin_pilot,
        "concluded": operations.conclude,
    }
    if LIFE.index(state) >= LIFE.index("closed"):
        world.now = max(world.now, made.closes_at + timedelta(minutes=1))
    for name, step in steps.items():
        if LIFE.index(name) > LIFE.index(state):
            break
        with unit_of_work():
            step(challenge=made, by=officer, at=world.now)


def _fresh(made: Challenge) -> Challenge:
    """The challenge as stored, with everything its pages show."""
    return queries.challenge_by_id(made.id)
