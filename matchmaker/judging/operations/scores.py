"""Declarations and score sheets: the jurors' verbs, and the return of a sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.attributes import flag_modified

from matchmaker.foundation import audit, bus
from matchmaker.foundation.db import check_version, db, lock
from matchmaker.judging import policies, queries
from matchmaker.judging.events import AllScored, SheetReturned
from matchmaker.judging.facts import DeclarationFacts, SheetFacts
from matchmaker.judging.models import Declaration, Panel, PanelMember, Score, ScoreSheet
from matchmaker.judging.operations.forming import REASON_NEEDED, note
from matchmaker.judging.queries import Board, Entry
from matchmaker.judging.states import SCORE_STEPS, SHEET_LIFE, ConflictKind, SheetState
from matchmaker.kernel.decision import Denied, Reason, deny
from matchmaker.kernel.errors import Invalid, Stale, require
from matchmaker.kernel.words import N_
from matchmaker.people.actor import Actor
from matchmaker.proposals.models import Proposal

NOTE_NEEDED = Reason(
    "judging.note_needed", N_("Proposal %(number)s: say in a few words what the other reason is.")
)
DECLARATION_MISSING = Reason("judging.declaration_missing", N_("Proposal %(number)s: choose an answer."))
POINTS_RANGE = Reason("judging.points_range", N_("Give 1 to 5 points."))
POINTS_MISSING = Reason("judging.points_missing", N_("Proposal %(number)s, %(criterion)s: give points."))
COMMENT_MISSING = Reason("judging.comment_missing", N_("Proposal %(number)s: write an overall comment."))
UNKNOWN_CRITERION = Reason(
    "judging.unknown_criterion", N_("This criterion does not belong to the challenge.")
)
NOTHING_READY = Reason(
    "judging.nothing_ready",
    N_("No sheet is complete yet: each needs points on every criterion and an overall comment."),
)


def _held(member: PanelMember) -> Board:
    """Lock the panel and the seat, and read the board. Jurors change nothing of the challenge."""
    lock(Panel, member.panel_id)
    lock(PanelMember, member.id)
    return queries.load(member.panel_id, fresh=True)


def declare(
    *,
    member: PanelMember,
    proposal: Proposal,
    conflict: ConflictKind | None,
    note: str = "",
    by: Actor,
    at: datetime,
) -> Declaration:
    """Declare a conflict on one proposal, with its ground, or that there is none."""
    board = _held(member)
    return _declare(
        board, member, board.entry(proposal.ref), DeclarationFacts(conflict=conflict, note=note), by=by, at=at
    )


def declare_all(
    *, member: PanelMember, declarations: Mapping[str, DeclarationFacts], by: Actor, at: datetime
) -> None:
    """Declare on every proposal at once, by their references. Raises Invalid on ``conflict-<ref>`` where one is missing."""
    board = _held(member)
    problems = {
        f"conflict-{entry.ref}": deny(DECLARATION_MISSING, number=entry.number)
        for entry in board.entries
        if entry.ref not in declarations
    }
    if problems:
        raise Invalid(problems)
    for entry in board.entries:
        _declare(board, member, entry, declarations[entry.ref], by=by, at=at)


def _declare(
    board: Board, member: PanelMember, entry: Entry, facts: DeclarationFacts, *, by: Actor, at: datetime
) -> Declaration:
    present = board.declaration(member, entry)
    require(policies.can_declare(by, board.panel, board.challenge, member, present, facts.conflict))
    text = facts.note.strip()
    if facts.conflict is ConflictKind.PERCEIVED and not text:
        raise Invalid({f"note-{entry.ref}": deny(NOTE_NEEDED, number=entry.number)})
    if present is not None and (present.conflict, present.note) == (facts.conflict, text):
        return present
    if present is None:
        present = Declaration(member_id=member.id, proposal_id=entry.proposal.id)
        db.session.add(present)
    present.conflict, present.note, present.declared_at = facts.conflict, text, at
    db.session.flush()
    audit.record(
        type="judging.declared",
        subject=board.panel.subject,
        actor_ref=by.ref,
        at=at,
        body={
            "member": member.ref,
            "proposal": entry.ref,
            "conflict": str(facts.conflict) if facts.conflict else None,
        },
    )
    return present


def save_sheet(
    *,
    member: PanelMember,
    proposal: Proposal,
    points: Mapping[str, int],
    comments: Mapping[str, str] | None = None,
    comment: str = "",
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> ScoreSheet:
    """Save a draft of one sheet as it should stand; points may be missing.

    ``expected_version`` is the sheet's, 0 where there was none yet. Raises Invalid on ``score-<ref>-<criterion>``.
    """
    board = _held(member)
    entry = board.entry(proposal.ref)
    sheet = board.sheet(member, entry)
    if expected_version is not None and sheet is None and expected_version != 0:
        raise Stale
    if sheet is not None:
        check_version(sheet, expected_version)
    facts = SheetFacts(proposal_ref=entry.ref, points=points, comments=comments or {}, comment=comment)
    return _save(board, member, entry, facts, by=by, at=at)


def save_sheets(
    *,
    member: PanelMember,
    sheets: Sequence[SheetFacts],
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> int:
    """Save drafts of several sheets; returns the sum of the versions of all sheets of the member.

    ``expected_version`` is that sum when the form was made. Sheets that say what is stored already are left alone.
    """
    board = _held(member)
    own = [sheet for (member_id, _), sheet in board.sheets.items() if member_id == member.id]
    if expected_version is not None and expected_version != _version(board, member):
        latest = max(own, key=lambda sheet: sheet.changed_at or at, default=None)
        raise Stale(by=latest.changed_by, at=latest.changed_at) if latest else Stale
    for facts in sheets:
        _save(board, member, board.entry(facts.proposal_ref), facts, by=by, at=at)
    return _version(queries.load(member.panel_id), member)


def _version(board: Board, member: PanelMember) -> int:
    """The sum of the versions of the sheets that the member may still see."""
    return sum(
        sheet.version
        for entry in board.entries
        if (sheet := board.sheet(member, entry)) is not None and not board.is_recused(member, entry)
    )


def _save(
    board: Board, member: PanelMember, entry: Entry, facts: SheetFacts, *, by: Actor, at: datetime
) -> ScoreSheet:
    sheet = board.sheet(member, entry)
    progress = board.progress(member)
    require(
        policies.can_score(
            by, board.panel, board.challenge, member, progress, board.declaration(member, entry), sheet
        )
    )
    criteria = {criterion.ref: criterion for criterion in board.criteria}
    wanted = _wanted(facts, set(criteria))
    if sheet is None:
        sheet = ScoreSheet(
            member_id=member.id, proposal_id=entry.proposal.id, state=SheetState.DRAFT, scores=[]
        )
        db.session.add(sheet)
    stored = {score.criterion.ref: score for score in sheet.scores}
    before = {ref: (score.points, score.comment) for ref, score in stored.items()}
    if sheet.id is not None and (before, sheet.comment) == (wanted, facts.comment.strip()):
        return sheet
    for ref, (points, comment) in wanted.items():
        score = stored.get(ref)
        if score is None:
            score = Score(criterion=criteria[ref])
            sheet.scores.append(score)
        score.points, score.comment = points, comment
    for ref, score in stored.items():
        if ref not in wanted:
            sheet.scores.remove(score)
    sheet.comment = facts.comment.strip()
    sheet.touch(by=by.name, at=at)
    # Also where only a score changed, the version of the sheet goes up.
    flag_modified(sheet, "changed_at")
    db.session.flush()
    return sheet


def _wanted(facts: SheetFacts, known: set[str]) -> dict[str, tuple[int | None, str]]:
    """Points and comment by criterion, empty ones left out; raises Invalid for what cannot be taken."""
    problems: dict[str, Denied] = {}
    for ref, points in facts.points.items():
        if ref not in known:
            problems[f"score-{facts.proposal_ref}-{ref}"] = deny(UNKNOWN_CRITERION)
        elif points not in SCORE_STEPS:
            problems[f"score-{facts.proposal_ref}-{ref}"] = deny(POINTS_RANGE)
    for ref in set(facts.comments) - known:
        problems[f"remark-{facts.proposal_ref}-{ref}"] = deny(UNKNOWN_CRITERION)
    if problems:
        raise Invalid(problems)
    return {
        ref: (facts.points.get(ref), facts.comments.get(ref, "").strip())
        for ref in known
        if ref in facts.points or facts.comments.get(ref, "").strip()
    }


def _missing(board: Board, entry: Entry, sheet: ScoreSheet | None) -> dict[str, Denied]:
    given = {score.criterion.ref for score in sheet.scores if score.points is not None} if sheet else set()
    problems = {
        f"score-{entry.ref}-{criterion.ref}": deny(
            POINTS_MISSING, number=entry.number, criterion=criterion.name
        )
        for criterion in board.criteria
        if criterion.ref not in given
    }
    if sheet is None or not sheet.comment.strip():
        problems[f"comment-{entry.ref}"] = deny(COMMENT_MISSING, number=entry.number)
    return problems


def submit_sheet(*, member: PanelMember, proposal: Proposal, by: Actor, at: datetime) -> ScoreSheet:
    """Submit one sheet. Raises Invalid where points or the overall comment are missing."""
    board = _held(member)
    entry = board.entry(proposal.ref)
    sheet = board.sheet(member, entry)
    _require_score(board, member, entry, sheet, by)
    problems = _missing(board, entry, sheet)
    if problems or sheet is None:
        raise Invalid(problems)
    _submit(board, member, entry, sheet, by=by, at=at)
    _tell_when_all_scored(board.panel, at)
    return sheet


def submit_ready(*, member: PanelMember, by: Actor, at: datetime) -> int:
    """Submit every complete draft of the member and return their number.

    Raises Invalid where none is complete, with what the drafts that were begun still lack.
    """
    board = _held(member)
    ready = []
    problems: dict[str, Denied] = {}
    for entry in board.entries:
        sheet = board.sheet(member, entry)
        if sheet is None or sheet.state is not SheetState.DRAFT or board.is_recused(member, entry):
            continue
        _require_score(board, member, entry, sheet, by)
        missing = _missing(board, entry, sheet)
        if not missing:
            ready.append((entry, sheet))
        elif sheet.scores or sheet.comment:
            problems |= missing
    if not ready:
        raise Invalid({"": deny(NOTHING_READY), **problems})
    for entry, sheet in ready:
        _submit(board, member, entry, sheet, by=by, at=at)
    _tell_when_all_scored(board.panel, at)
    return len(ready)


def _require_score(
    board: Board, member: PanelMember, entry: Entry, sheet: ScoreSheet | None, by: Actor
) -> None:
    declaration = board.declaration(member, entry)
    require(
        policies.can_score(
            by, board.panel, board.challenge, member, board.progress(member), declaration, sheet
        )
    )


def _submit(
    board: Board, member: PanelMember, entry: Entry, sheet: ScoreSheet, *, by: Actor, at: datetime
) -> None:
    sheet.state = SHEET_LIFE.next("submit", sheet.state)
    sheet.submitted_at, sheet.return_reason = at, ""
    sheet.touch(by=by.name, at=at)
    db.session.flush()
    points = {score.criterion.ref: score.points for score in sheet.scores}
    audit.record(
        type="judging.sheet_submitted",
        subject=board.panel.subject,
        actor_ref=by.ref,
        at=at,
        body={"member": member.ref, "proposal": entry.ref, "points": points},
    )


def _tell_when_all_scored(panel: Panel, at: datetime) -> None:
    if not queries.load(panel.id).unfinished():
        bus.publish(AllScored(at=at, panel=panel))


def return_sheet(*, sheet: ScoreSheet, reason: str, by: Actor, at: datetime) -> None:
    """Give a submitted sheet back to its juror for correction, with a reason."""
    member = db.session.execute(select(PanelMember).where(PanelMember.id == sheet.member_id)).scalar_one()
    panel = _held(member).panel
    sheet = db.session.execute(
        select(ScoreSheet).where(ScoreSheet.id == sheet.id).options(selectinload(ScoreSheet.scores))
    ).scalar_one()
    require(policies.can_return_sheet(by, panel, sheet))
    if not reason.strip():
        raise Invalid({"reason": deny(REASON_NEEDED)})
    sheet.state = SHEET_LIFE.next("return", sheet.state)
    sheet.submitted_at, sheet.return_reason = None, reason.strip()
    sheet.touch(by=by.name, at=at)
    body = {"member": member.ref, "sheet": sheet.ref, "reason": reason.strip()}
    note(panel, "sheet_returned", by=by, at=at, body=body)
    bus.publish(SheetReturned(at=at, panel=panel, sheet=sheet, reason=reason.strip()))
