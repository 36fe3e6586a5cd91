"""A panel from its forming to the end of scoring: the programme office's verbs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from matchmaker.challenges.models import Challenge
from matchmaker.foundation import audit, bus
from matchmaker.foundation.db import check_version, db, lock
from matchmaker.judging import policies, queries
from matchmaker.judging.events import MemberExcused, MemberSeated, PanelConvened, ScoringBegun
from matchmaker.judging.facts import PanelFacts
from matchmaker.judging.models import Panel, PanelMember
from matchmaker.judging.queries import Board
from matchmaker.judging.states import PANEL_LIFE, PanelState
from matchmaker.kernel.decision import Denied, Reason, deny
from matchmaker.kernel.errors import Invalid, require
from matchmaker.kernel.words import N_
from matchmaker.people.actor import Actor
from matchmaker.people.models import Membership
from matchmaker.people.states import Role

METHOD_FIXED = Reason(
    "judging.method_fixed", N_("Method and pass mark are fixed once the panel is convened.")
)
PASS_MARK_RANGE = Reason("judging.pass_mark_range", N_("Enter a pass mark from 0 to 100."))
DUE_PAST = Reason("judging.due_past", N_("Choose a time that lies ahead."))
REASON_NEEDED = Reason("judging.reason_needed", N_("Give a reason."))


def held(panel: Panel) -> Board:
    """Lock the challenge, then the panel, and read the board as it is now."""
    lock(Challenge, panel.challenge_id)
    lock(Panel, panel.id)
    return queries.load(panel.id, fresh=True)


def note(panel: Panel, what: str, *, by: Actor, at: datetime, body: Mapping[str, Any] | None = None) -> None:
    """Touch the panel, so that its version goes up, and write into the chain what happened to it."""
    panel.touch(by=by.name, at=at)
    flag_modified(panel, "changed_at")
    db.session.flush()
    audit.record(type=f"judging.{what}", subject=panel.subject, actor_ref=by.ref, at=at, body=body)


def _move(panel: Panel, name: str, *, by: Actor, at: datetime, body: Mapping[str, Any] | None = None) -> None:
    panel.state = PANEL_LIFE.next(name, panel.state)
    note(panel, name, by=by, at=at, body=body)


def _check(facts: PanelFacts, at: datetime, *, due: datetime | None = None) -> dict[str, Denied]:
    """``due`` is what is stored: only a new due time must lie ahead."""
    problems: dict[str, Denied] = {}
    if not 0 <= facts.pass_mark <= 100:
        problems["pass_mark"] = deny(PASS_MARK_RANGE)
    if facts.scores_due_at is not None and facts.scores_due_at != due and facts.scores_due_at <= at:
        problems["scores_due_at"] = deny(DUE_PAST)
    return problems


def _body(facts: PanelFacts) -> dict[str, Any]:
    due = facts.scores_due_at
    return {
        "method": str(facts.method),
        "pass_mark": facts.pass_mark,
        "scores_due_at": due.isoformat() if due else None,
    }


def form_panel(*, challenge: Challenge, facts: PanelFacts, by: Actor, at: datetime) -> Panel:
    """Begin the panel of a challenge. Raises Invalid for a mark outside 0 to 100 or a due time that is past."""
    challenge = lock(Challenge, challenge.id)
    exists = queries.panel_of(challenge.id) is not None
    require(policies.can_form(by, challenge, at, exists=exists))
    problems = _check(facts, at)
    if problems:
        raise Invalid(problems)
    panel = Panel(
        challenge_id=challenge.id,
        state=PanelState.FORMING,
        method=facts.method,
        pass_mark=facts.pass_mark,
        scores_due_at=facts.scores_due_at,
        created_at=at,
    )
    db.session.add(panel)
    note(panel, "formed", by=by, at=at, body={"challenge": challenge.ref, **_body(facts)})
    return panel


def save_panel(
    *, panel: Panel, facts: PanelFacts, by: Actor, at: datetime, expected_version: int | None = None
) -> None:
    """Change how the panel works; once it is convened only the due time may still change."""
    panel = held(panel).panel
    require(policies.can_change(by, panel))
    check_version(panel, expected_version)
    problems = _check(facts, at, due=panel.scores_due_at)
    convened = panel.state is not PanelState.FORMING
    if convened and facts.method is not panel.method:
        problems["method"] = deny(METHOD_FIXED)
    if convened and facts.pass_mark != panel.pass_mark:
        problems["pass_mark"] = deny(METHOD_FIXED)
    if convened and facts.scores_due_at is None:
        problems["scores_due_at"] = deny(policies.NO_DUE_TIME)
    if problems:
        raise Invalid(problems)
    panel.method, panel.pass_mark, panel.scores_due_at = facts.method, facts.pass_mark, facts.scores_due_at
    note(panel, "changed", by=by, at=at, body=_body(facts))


def _bodies(board: Board) -> list[int]:
    """The organisations concerned: the agency, and the proposers once screening has admitted them."""
    return [board.challenge.organization_id, *(entry.proposal.organization_id for entry in board.entries)]


def concerned_members(board: Board, at: datetime) -> list[str]:
    """Names of members who belong, or belonged within three years, to a body concerned."""
    found = queries.concerned([member.user_id for member in board.members], _bodies(board), at)
    return [member.user.name for member in board.members if member.user_id in found]


def seat_member(
    *, panel: Panel, juror: Membership, chair: bool = False, by: Actor, at: datetime
) -> PanelMember:
    """Give somebody of the pool a seat. Raises Invalid on ``juror`` where this person may not sit here."""
    board = held(panel)
    panel = board.panel
    require(policies.can_change(by, panel))
    seated = any(member.user_id == juror.user_id for member in board.members)
    found = queries.concerned([juror.user_id], _bodies(board), at)
    decision = policies.can_take_seat(
        in_pool=juror.role is Role.JUROR and juror.ended_at is None,
        seated=seated,
        concerned=found.get(juror.user_id),
    )
    if isinstance(decision, Denied):
        raise Invalid({"juror": decision})
    member = db.session.execute(
        select(PanelMember).where(PanelMember.panel_id == panel.id, PanelMember.user_id == juror.user_id)
    ).scalar_one_or_none()
    if member is None:
        member = PanelMember(panel_id=panel.id, user_id=juror.user_id, joined_at=at)
        db.session.add(member)
    member.chair, member.joined_at, member.left_at, member.left_reason = False, at, None, ""
    member.external_expert, member.occupation = juror.external_expert, juror.occupation
    db.session.flush()
    note(panel, "seated", by=by, at=at, body={"member": member.ref, "expert": member.external_expert})
    if chair:
        _make_chair(board, member, by=by, at=at)
    if panel.state is not PanelState.FORMING:
        bus.publish(MemberSeated(at=at, panel=panel, member=member))
    return member


def _make_chair(board: Board, member: PanelMember, *, by: Actor, at: datetime) -> None:
    for other in board.members:
        other.chair = False
    db.session.flush()
    member.chair = True
    note(board.panel, "chair_named", by=by, at=at, body={"member": member.ref})


def appoint_chair(*, member: PanelMember, by: Actor, at: datetime) -> None:
    """Make a member the chair; a former chair stays a member."""
    board = held(_panel(member))
    require(policies.can_unseat(by, board.panel, member))
    _make_chair(board, member, by=by, at=at)


def unseat_member(*, member: PanelMember, reason: str, by: Actor, at: datetime) -> None:
    """End a seat. Once the panel is convened a reason is needed; the sheets of the seat count no more."""
    panel = held(_panel(member)).panel
    require(policies.can_unseat(by, panel, member))
    convened = panel.state is not PanelState.FORMING
    if convened and not reason.strip():
        raise Invalid({"reason": deny(REASON_NEEDED)})
    member.left_at, member.left_reason, member.chair = at, reason.strip(), False
    note(panel, "unseated", by=by, at=at, body={"member": member.ref, "reason": reason.strip()})
    if convened:
        bus.publish(MemberExcused(at=at, panel=panel, member=member, reason=reason.strip()))


def _panel(member: PanelMember) -> Panel:
    return db.session.get_one(Panel, member.panel_id)


def convene(*, panel: Panel, by: Actor, at: datetime) -> None:
    """Call the panel together; its members may now declare."""
    board = held(panel)
    require(
        policies.can_convene(
            by,
            board.panel,
            board.challenge,
            board.members,
            at,
            proposals=len(board.entries),
            concerned=concerned_members(board, at),
        )
    )
    _move(board.panel, "convene", by=by, at=at, body={"members": [member.ref for member in board.members]})
    bus.publish(PanelConvened(at=at, panel=board.panel))


def begin_scoring(*, panel: Panel, by: Actor, at: datetime) -> None:
    """Open the sheets, once every member has declared on every proposal."""
    board = held(panel)
    require(policies.can_begin_scoring(by, board.panel, board.challenge, board.members, board.undeclared()))
    _move(board.panel, "begin_scoring", by=by, at=at)
    bus.publish(ScoringBegun(at=at, panel=board.panel))


def end_scoring(*, panel: Panel, by: Actor, at: datetime) -> None:
    """Close the sheets: none is missing, and every proposal was scored by a quorum."""
    board = held(panel)
    require(
        policies.can_end_scoring(by, board.panel, board.challenge, board.unfinished(), board.without_quorum())
    )
    _move(board.panel, "end_scoring", by=by, at=at)


def reopen_scoring(*, panel: Panel, reason: str, by: Actor, at: datetime) -> None:
    """Open the sheets once more; a prepared decision falls, since the scores under it may change."""
    board = held(panel)
    require(policies.can_reopen_scoring(by, board.panel, board.challenge))
    if not reason.strip():
        raise Invalid({"reason": deny(REASON_NEEDED)})
    for decision in board.decisions.values():
        db.session.delete(decision)
    board.panel.prepared_by_id, board.panel.minutes = None, ""
    _move(board.panel, "reopen_scoring", by=by, at=at, body={"reason": reason.strip()})
    bus.publish(ScoringBegun(at=at, panel=board.panel, reopened=True))
