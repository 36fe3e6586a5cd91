"""One table per lifecycle: its states, its legal moves, and who makes each move.

The guards, the diagrams of the staff pages and the permission matrix are all read from these tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from matchmaker.kernel.decision import deny
from matchmaker.kernel.errors import ILLEGAL_MOVE, Refused

S = TypeVar("S", bound=StrEnum)

TONES = ("draft", "open", "closing", "judging", "pilot", "done", "stopped")


@dataclass(frozen=True, slots=True)
class StateInfo(Generic[S]):
    """A state with its English label (translated where shown), its tone of colour and who acts next."""

    state: S
    label: str
    tone: str
    owner: str


@dataclass(frozen=True, slots=True)
class Move(Generic[S]):
    """A legal step. ``by_clock`` moves are computed from the time and never stored by an operation."""

    name: str
    sources: frozenset[S]
    target: S
    owner: str
    label: str
    by_clock: bool = False


class Machine(Generic[S]):
    """The lifecycle of one kind of thing."""

    def __init__(
        self, name: str, title: str, states: Sequence[StateInfo[S]], moves: Sequence[Move[S]], *, initial: S
    ) -> None:
        self.name = name
        self.title = title
        self.initial = initial
        self.states = {info.state: info for info in states}
        self.moves = {move.name: move for move in moves}
        self._check()

    def _check(self) -> None:
        for move in self.moves.values():
            unknown = ({move.target} | move.sources) - set(self.states)
            if unknown:
                raise ValueError(f"{self.name}.{move.name} names unknown states {sorted(unknown)}")
        for info in self.states.values():
            if info.tone not in TONES:
                raise ValueError(f"{self.name}.{info.state} has an unknown tone {info.tone!r}")

    def info(self, state: S) -> StateInfo[S]:
        """Label, tone and owner of a state."""
        return self.states[state]

    def can(self, name: str, state: S) -> bool:
        """Is the move legal from this state?"""
        return state in self.moves[name].sources

    def next(self, name: str, state: S) -> S:
        """The state after the move; raises Refused(ILLEGAL_MOVE) where the move is not legal."""
        move = self.moves[name]
        if state not in move.sources:
            raise Refused(deny(ILLEGAL_MOVE, move=name, state=str(state)))
        return move.target

    def mermaid(self) -> str:
        """The diagram of the lifecycle, as Mermaid text for documents."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial}"]
        for move in self.moves.values():
            for source in sorted(move.sources):
                lines.append(f"    {source} --> {move.target}: {move.name}")
        ends = set(self.states) - {s for m in self.moves.values() for s in m.sources}
        lines += [f"    {state} --> [*]" for state in sorted(ends)]
        return "\n".join(lines)


def move(
    name: str, sources: Sequence[S], target: S, owner: str, label: str, *, by_clock: bool = False
) -> Move[S]:
    """A shorthand that keeps the tables of the slices readable."""
    return Move(name, frozenset(sources), target, owner, label, by_clock)
