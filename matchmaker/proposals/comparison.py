"""What differs between two versions of a proposal, sentence by sentence; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal

from matchmaker.kernel.words import N_
from matchmaker.proposals.content import ProposalContent

FIELD_LABELS = {
    "title": N_("Title of the proposal"),
    "summary": N_("Summary"),
    "solution_concept": N_("Solution concept"),
    "implementation_method": N_("Implementation method"),
    "site_needs": N_("What you need at the site"),
    "risks": N_("Risks and how you meet them"),
    "team_summary": N_("The team in a few sentences"),
    "team": N_("Team members"),
    "milestones": N_("Milestones"),
    "budget": N_("Budget lines"),
    "evidence": N_("Evidence"),
    "declarations": N_("We declare"),
    "papers": N_("Papers"),
}

_SENTENCE = re.compile(r"[^。！？；\n.!?;]*[。！？；\n.!?;]*\s*")


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage that both versions have, only the later one (``added``) or only the earlier one (``gone``)."""

    kind: Literal["same", "added", "gone"]
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs; ``label`` is an English msgid, ``rows`` says that each piece is a row."""

    field: str
    label: str
    pieces: tuple[Piece, ...]
    rows: bool


def _sentences(text: str) -> list[str]:
    return [part for part in _SENTENCE.findall(text) if part]


def pieces_of(before: Sequence[str], after: Sequence[str]) -> list[Piece]:
    """The parts of both, in reading order; what went stands before what came in its place."""
    made: list[Piece] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            made += [Piece("same", part) for part in before[i1:i2]]
        else:
            made += [Piece("gone", part) for part in before[i1:i2]]
            made += [Piece("added", part) for part in after[j1:j2]]
    return made


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    return [
        Piece(kind, "".join(piece.text for piece in run)) for kind, run in groupby(pieces, lambda p: p.kind)
    ]


def _amount(value: int | None) -> str:
    return "—" if value is None else f"NT${value:,}"


def lines_of(content: ProposalContent, field: str) -> list[str]:
    """A list of the proposal as lines of text, one for each row."""
    if field == "team":
        return [" · ".join(filter(None, (m.name, m.role, m.background))) for m in content.team]
    if field == "milestones":
        return [f"{m.month or '—'} · {m.title} · {m.deliverable}" for m in content.milestones]
    if field == "budget":
        return [f"{b.item} · {_amount(b.grant)} · {_amount(b.own)}" for b in content.budget]
    if field == "evidence":
        return [
            " · ".join(filter(None, (e.title, e.organization, e.on, e.description))) for e in content.evidence
        ]
    return list(content.declarations)


ROWS = ("team", "milestones", "budget", "evidence")


def differences(
    before: ProposalContent,
    after: ProposalContent,
    *,
    papers_before: Sequence[str] = (),
    papers_after: Sequence[str] = (),
) -> tuple[Difference, ...]:
    """The fields that differ, in the order of the form; ``papers`` are their names with hashes."""
    found = []
    for field, label in FIELD_LABELS.items():
        if field == "papers":
            old, new = list(papers_before), list(papers_after)
        elif field in (*ROWS, "declarations"):
            old, new = lines_of(before, field), lines_of(after, field)
        else:
            old, new = _sentences(getattr(before, field)), _sentences(getattr(after, field))
        if old == new:
            continue
        rows = field in (*ROWS, "declarations", "papers")
        pieces = pieces_of(old, new)
        found.append(Difference(field, label, tuple(pieces if rows else _joined(pieces)), rows))
    return tuple(found)
