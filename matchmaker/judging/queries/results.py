"""The overall table of a panel: all sheets, totals, both rankings, and where the jurors differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from matchmaker.challenges.models import Criterion
from matchmaker.judging import policies, scoring
from matchmaker.judging.models import Panel, PanelMember
from matchmaker.judging.queries.board import Board, Entry, load, points_of
from matchmaker.judging.queries.panels import panel_for_staff
from matchmaker.judging.scoring import Divergence, Standing
from matchmaker.judging.states import ScoringMethod, SheetState
from matchmaker.kernel.errors import require
from matchmaker.people.actor import Actor


@dataclass(frozen=True, slots=True)
class Cell:
    """One juror on one proposal; no total where the juror is recused or has not submitted."""

    juror: str
    recused: bool = False
    total: Fraction | None = None
    points: Mapping[str, int] | None = None
    comment: str = ""
    comments: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One proposal in the table. The standings are None while nobody has scored it."""

    ref: str
    number: int
    title: str
    language: str
    proposer: str
    asked: int
    cells: Sequence[Cell]
    by_total: Standing | None
    by_rank: Standing | None
    standing: Standing | None
    divergences: Sequence[Divergence]
    passes: bool


@dataclass(frozen=True, slots=True)
class Results:
    """The table, best first by the panel's own method; ``level`` holds the numbers of proposals that share a rank."""

    panel: Panel
    criteria: Sequence[Criterion]
    members: Sequence[PanelMember]
    rows: Sequence[ResultRow]
    level: Sequence[int]
    complete: bool


def _cell(board: Board, member: PanelMember, entry: Entry) -> Cell:
    if board.is_recused(member, entry):
        return Cell(member.user.name, recused=True)
    sheet = board.sheet(member, entry)
    if sheet is None or sheet.state is not SheetState.SUBMITTED:
        return Cell(member.user.name)
    points = points_of(sheet)
    comments = {score.criterion.ref: score.comment for score in sheet.scores if score.comment}
    total = scoring.weighted_total(points, board.weights)
    return Cell(member.user.name, False, total, points, sheet.comment, comments)


def tabulate(board: Board, entries: Sequence[Entry]) -> Results:
    """The table of these proposals alone: ranks are among them, nothing tells of the others."""
    by_total = board.standings(entries, ScoringMethod.TOTAL_SCORE)
    by_rank = board.standings(entries, ScoringMethod.RANKING)
    own = by_total if board.panel.method is ScoringMethod.TOTAL_SCORE else by_rank
    differences = board.divergences(entries)
    rows = []
    for entry in entries:
        standing = own.get(entry.ref)
        rows.append(
            ResultRow(
                ref=entry.ref,
                number=entry.number,
                title=entry.title,
                language=entry.language,
                proposer=entry.proposer,
                asked=entry.asked,
                cells=[_cell(board, member, entry) for member in board.members],
                by_total=by_total.get(entry.ref),
                by_rank=by_rank.get(entry.ref),
                standing=standing,
                divergences=[one for one in differences if one.proposal == entry.ref],
                passes=standing is not None and standing.passes(board.panel.pass_mark),
            )
        )
    rows.sort(key=lambda row: (row.standing is None, row.standing.rank if row.standing else 0, row.number))
    return Results(
        panel=board.panel,
        criteria=board.criteria,
        members=board.members,
        rows=rows,
        level=[row.number for row in rows if row.standing and row.standing.level],
        complete=all(board.progress(member).finished for member in board.members),
    )


def results_for_staff(actor: Actor, ref: str) -> Results:
    """The whole table, once scoring has ended; Refused before."""
    panel = panel_for_staff(actor, ref)
    require(policies.can_see_scores(actor, panel))
    board = load(panel.id)
    return tabulate(board, board.entries)
