"""What happens to subsidised cases, for notices and later slices to hear."""

from __future__ import annotations

from dataclasses import dataclass

from matchmaker.foundation.bus import Event
from matchmaker.subsidies.models import CaseLetter, SubsidyCase


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMoved(Event):
    """The agency handed something in: an application, cured papers, a claim, a request; ``what`` names it."""

    case: SubsidyCase
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterSent(Event):
    """The programme office wrote an official letter to the agency."""

    case: SubsidyCase
    letter: CaseLetter


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureAsked(Event):
    """A form waits at the next of the agency's four desks; ``user_ids`` sit there."""

    case: SubsidyCase
    user_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RepaymentFound(Event):
    """A change, a settlement or a decision left something to return; its notice is to be written."""

    case: SubsidyCase
    amount: int
