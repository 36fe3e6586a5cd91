"""Errors that an operation may raise; the page kit turns each into an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from matchmaker.kernel.decision import Decision, Denied, Reason
from matchmaker.kernel.words import N_


class MatchmakerError(Exception):
    """Base of every error the product raises on purpose."""


class Refused(MatchmakerError):
    """A policy said no (HTTP 409, or 403 where the person may never do it)."""

    def __init__(self, denial: Denied) -> None:
        super().__init__(denial.code)
        self.denial = denial


class NotFound(MatchmakerError):
    """The thing does not exist, or is not this person's to know of (HTTP 404)."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs between what is stored and what was typed."""

    label: str
    theirs: str
    yours: str


class Stale(MatchmakerError):
    """Somebody changed the thing since the page was opened (HTTP 409)."""

    def __init__(
        self, *, by: str | None = None, at: datetime | None = None, changes: Sequence[Change] = ()
    ) -> None:
        super().__init__("stale")
        self.by = by
        self.at = at
        self.changes = tuple(changes)


class Invalid(MatchmakerError):
    """Input that has the right shape but cannot be taken: field name -> English message with params."""

    def __init__(self, problems: Mapping[str, Denied]) -> None:
        super().__init__(", ".join(f"{name}: {denial.code}" for name, denial in problems.items()))
        self.problems = dict(problems)


ILLEGAL_MOVE = Reason(
    "state.illegal_move",
    N_("This step is not possible in the present state. Reload the page to see where things stand."),
)


def require(decision: Decision) -> None:
    """Raise Refused where the policy says no."""
    if isinstance(decision, Denied):
        raise Refused(decision)
