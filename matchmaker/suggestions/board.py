"""How the pairs of one side are laid out: pinned first, then by score; dismissed apart; stopped with their reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from matchmaker.suggestions.models import Suggestion, Verdict
from matchmaker.suggestions.states import Choice, Filter


@dataclass(frozen=True, slots=True)
class Line:
    """A pair on a page: the startup or challenge, its stored fit (where one is stored), and what the side said."""

    thing: Any
    fit: Suggestion | None
    verdict: Verdict | None

    @property
    def is_pinned(self) -> bool:
        return self.verdict is not None and self.verdict.pinned

    @property
    def is_dismissed(self) -> bool:
        return self.verdict is not None and self.verdict.choice is Choice.DISMISSED

    @property
    def is_accepted(self) -> bool:
        return self.verdict is not None and self.verdict.choice is Choice.ACCEPTED

    @property
    def version(self) -> int:
        """What a form on this line carries; 0 while nothing was said."""
        return self.verdict.version if self.verdict is not None else 0

    @property
    def score(self) -> float:
        return self.fit.score if self.fit is not None else 0.0

    @property
    def stopped_by(self) -> Filter | None:
        return self.fit.stopped_by if self.fit is not None else None


@dataclass(frozen=True, slots=True)
class Board:
    """The three parts of a page."""

    suggested: list[Line]
    dismissed: list[Line]
    stopped: list[Line]

    @property
    def seeds(self) -> list[Any]:
        """What was pinned or taken up: where “more like these” starts from."""
        return [line.thing for line in self.suggested if line.is_pinned or line.is_accepted]


def arrange(lines: Iterable[Line]) -> Board:
    """Lay the pairs out.

    What was dismissed stays so whatever its score has become. What a person pinned or took up stays on the list
    though it shares few words; a fact that stops it moves it to those that are stopped.
    """
    board = Board([], [], [])
    for line in lines:
        wanted = line.is_pinned or line.is_accepted
        passes = line.stopped_by is None
        if line.is_dismissed:
            board.dismissed.append(line)
        elif (passes and line.fit is not None) or (
            wanted and (passes or line.stopped_by is Filter.NO_COMMON_TERMS)
        ):
            board.suggested.append(line)
        elif line.fit is not None:
            board.stopped.append(line)
    for part in (board.suggested, board.dismissed, board.stopped):
        part.sort(key=lambda line: (not line.is_pinned, -line.score))
    return board
