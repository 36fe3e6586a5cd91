"""What jurors know beside the proposals before them: compared in memory, kept nowhere, never a score.

Only versions that count, of proposals that were opened and admitted, are read, and only while they are judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from matchmaker.foundation import audit
from matchmaker.foundation.db import check_version, db
from matchmaker.judging import queries as judging
from matchmaker.judging.models import PanelMember
from matchmaker.judging.queries import Board, Desk, Entry
from matchmaker.kernel.decision import Reason, deny
from matchmaker.kernel.errors import Invalid, NotFound, require
from matchmaker.kernel.words import N_
from matchmaker.matcher import Document, Index, Settings, fit
from matchmaker.people.actor import Actor
from matchmaker.search.documents import joined, lexicon
from matchmaker.search.shelves import SMALL
from matchmaker.suggestions.models import ExpertiseNote
from matchmaker.suggestions.operations.computing import shares
from matchmaker.suggestions.policies import around as rights
from matchmaker.suggestions.queries import around
from matchmaker.suggestions.states import LONGEST_EXPERTISE, Band
from matchmaker.suggestions.stops import EXPERT_BANDS, ExpertStop

TOO_LONG = Reason("suggestions.note_too_long", N_("Use at most %(most)s characters."))


def save_expertise(
    *, words: str, by: Actor, at: datetime, expected_version: int | None = None
) -> ExpertiseNote:
    """Keep what a juror writes of their knowledge; empty words take it back."""
    require(rights.can_write_expertise(by))
    if len(words.strip()) > LONGEST_EXPERTISE:
        raise Invalid({"words": deny(TOO_LONG, most=LONGEST_EXPERTISE)})
    note = around.note_of(by.user_id)
    if note is None:
        note = ExpertiseNote(user_id=by.user_id)
        db.session.add(note)
    else:
        check_version(note, expected_version)
    note.words = words.strip()
    note.touch(by=by.name, at=at)
    db.session.flush()
    # What was written stays out of the chain: it is the juror's own and can be taken back.
    audit.record(type="expertise.saved", subject=f"user:{by.ref}", actor_ref=by.ref, at=at)
    return note


@dataclass(frozen=True, slots=True)
class ExpertFit:
    """How near a proposal is to what a juror knows, or why nothing is said of it."""

    entry: Entry
    score: float
    band: Band | None
    terms: list[dict[str, Any]]
    stopped_by: ExpertStop | None = None


@dataclass(frozen=True, slots=True)
class MemberFit:
    """A juror of a panel, with one fit for each proposal in the order of their numbers."""

    member: PanelMember
    fits: Sequence[ExpertFit]


@dataclass(frozen=True, slots=True)
class PanelFit:
    """A panel's knowledge beside its proposals; ``unknown`` are those whose field nobody has written of."""

    board: Board
    members: Sequence[MemberFit]
    unknown: Sequence[Entry]
    wrote: int


def panel_fit(*, board: Board, by: Actor) -> PanelFit:
    """Who of the panel knows what the proposals speak of, for staff; Refused before judging."""
    if not by.is_staff:
        raise NotFound
    require(rights.can_be_compared(board.panel, board.challenge))
    notes = around.notes_of(member.user_id for member in board.members)
    index = _index(board.entries)
    rows = [MemberFit(member, _of_member(board, index, member, notes)) for member in board.members]
    known = {one.entry.ref for row in rows for one in row.fits if one.band in (Band.STRONG, Band.FAIR)}
    return PanelFit(
        board=board,
        members=rows,
        unknown=[entry for entry in board.entries if entry.ref not in known] if notes else [],
        wrote=len(notes),
    )


def _of_member(board: Board, index: Index, member: PanelMember, notes: Mapping[int, str]) -> list[ExpertFit]:
    made = []
    for entry in board.entries:
        if board.is_recused(member, entry):
            made.append(ExpertFit(entry, 0.0, None, [], ExpertStop.CONFLICTED))
        elif member.user_id not in notes:
            made.append(ExpertFit(entry, 0.0, None, [], ExpertStop.NO_EXPERTISE))
        else:
            made.append(_fit(index, entry, notes[member.user_id]))
    return made


@dataclass(frozen=True, slots=True)
class DeskFit:
    """The proposals on a juror's own desk, nearest to what they know first; ``wrote`` says whether they wrote."""

    wrote: bool
    fits: Sequence[ExpertFit]


def desk_fit(*, desk: Desk, by: Actor) -> DeskFit:
    """What the juror knows beside the proposals that they may read; others, and recused ones, stay out."""
    if desk.member.user_id != by.user_id:
        raise NotFound
    require(rights.can_be_compared(desk.panel, desk.challenge))
    words = around.notes_of([by.user_id]).get(by.user_id, "")
    readable = {row.ref for row in desk.rows if row.may_read and not row.is_recused}
    if not words or not readable:
        return DeskFit(bool(words), [])
    entries = [entry for entry in judging.load(desk.panel.id).entries if entry.ref in readable]
    index = _index(entries)
    fits = [_fit(index, entry, words) for entry in entries]
    return DeskFit(True, sorted(fits, key=lambda one: (-one.score, one.entry.number)))


def _index(entries: Iterable[Entry]) -> Index:
    """The opened proposals, in memory for the moment of one answer."""
    return fit(
        [_document(entry) for entry in entries],
        settings=Settings(least_documents=SMALL),
        lexicon=lexicon(),
    )


def _document(entry: Entry) -> Document:
    content = entry.version.value
    return Document(
        entry.ref,
        {
            "title": content.title,
            "summary": content.summary,
            "body": joined(content.solution_concept, content.implementation_method, content.risks),
        },
    )


def _fit(index: Index, entry: Entry, words: str) -> ExpertFit:
    explanation = index.explain(words, entry.ref)
    return ExpertFit(entry, explanation.score, EXPERT_BANDS.of(explanation.score), shares(explanation))
