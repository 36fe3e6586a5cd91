"""Answers of the policies: yes, or no with a reason that page and guard share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is refused: a stable code and its English message (translated where it is shown).

    The message may hold ``%(name)s`` places, filled from the params of the denial.
    """

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Allowed:
    """Yes."""

    allowed: Literal[True] = True

    def __bool__(self) -> Literal[True]:
        return True


@dataclass(frozen=True, slots=True)
class Denied:
    """No, because of ``reason``; ``params`` fill the places of its message."""

    reason: Reason
    params: Mapping[str, object] = field(default_factory=dict)
    allowed: Literal[False] = False

    def __bool__(self) -> Literal[False]:
        return False

    @property
    def code(self) -> str:
        return self.reason.code


Decision = Allowed | Denied

ALLOWED = Allowed()


def deny(reason: Reason, **params: object) -> Denied:
    """A denial with the values its message needs."""
    return Denied(reason, params)


def first_denial(*decisions: Decision) -> Decision:
    """The first no among the decisions, else yes."""
    return next((decision for decision in decisions if not decision), ALLOWED)
