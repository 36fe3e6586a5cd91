"""Company names: one core for the many ways to write a name, and a verdict on two of them.

Measured on real pairs: an equal core finds .881 of the true pairs at 1.7 % false alarms; Jaro-Winkler from
.93
on finds .916 at 3.9 %. So an equal core is declared, a near one goes to a person, and the ratios that look at
parts or sets of words are never used: in Chinese names they call half the register alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from matchmaker.matcher import analysis
from matchmaker.matcher.cores import UNREADABLE, core

JARO_WINKLER: Final = 0.93
"""From this likeness of two cores on, a person looks (measured)."""

ALIGNMENT: Final = 0.85
"""The same for optimal string alignment, as a share of the longer core (measured)."""

SHORTEST: Final = 3
"""Shorter cores are compared by equality alone (measured)."""


class Outcome(StrEnum):
    """What two names are to each other."""

    SAME = "same"
    REVIEW = "review"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer on one pair of names: likeness from 0 to 1 and the facts it rests on, as plain codes.

    Codes: ``number_equal``, ``numbers_differ``, ``name_equal``, ``core_equal``, ``alias``,
    ``jaro_winkler=.95``, ``alignment=.86``, ``short_core``, ``unreadable``, ``no_core``.
    """

    known: str
    asked: str
    verdict: Outcome
    score: float
    evidence: tuple[str, ...]


def same(
    known: str,
    asked: str,
    *,
    known_number: str = "",
    asked_number: str = "",
    aliases: Mapping[str, str] | None = None,
) -> Verdict:
    """Whether two names, with their Unified Business Numbers where known, are one company.

    ``aliases`` maps a name a company goes by to its registered name; both are compared by their cores.
    """
    if known_number and known_number == asked_number:
        return Verdict(known, asked, Outcome.SAME, 1.0, ("number_equal",))
    verdict = compared(known, asked, folded_aliases(aliases))
    if known_number and asked_number and verdict.verdict is not Outcome.DIFFERENT:
        evidence = (*verdict.evidence, "numbers_differ")
        return Verdict(known, asked, Outcome.REVIEW, verdict.score, evidence)
    return verdict


def folded_aliases(aliases: Mapping[str, str] | None) -> dict[str, str]:
    """An alias table by cores."""
    return {core(name): core(registered) for name, registered in (aliases or {}).items()}


def compared(known: str, asked: str, aliases: Mapping[str, str]) -> Verdict:
    """The verdict on two names alone; ``aliases`` by cores, see :func:`folded_aliases`."""
    left, right = core(known), core(asked)
    if not left or not right:
        return Verdict(known, asked, Outcome.DIFFERENT, 0.0, ("no_core",))
    if left == right:
        if UNREADABLE in left:
            return Verdict(known, asked, Outcome.REVIEW, 1.0, ("core_equal", "unreadable"))
        exact = analysis.fold(known).strip() == analysis.fold(asked).strip()
        return Verdict(known, asked, Outcome.SAME, 1.0, ("name_equal",) if exact else ("core_equal",))
    if aliases.get(left, left) == aliases.get(right, right):
        return Verdict(known, asked, Outcome.SAME, 1.0, ("alias",))
    return _by_likeness(known, asked, left, right)


def _by_likeness(known: str, asked: str, left: str, right: str) -> Verdict:
    from rapidfuzz.distance import OSA, JaroWinkler

    if UNREADABLE in left + right and _could_be(left, right):
        return Verdict(
            known, asked, Outcome.REVIEW, _ratio(OSA.normalized_similarity(left, right)), ("unreadable",)
        )
    alignment = _ratio(OSA.normalized_similarity(left, right))
    if min(len(left), len(right)) < SHORTEST:
        return Verdict(known, asked, Outcome.DIFFERENT, alignment, ("short_core",))
    winkler = _ratio(JaroWinkler.similarity(left, right))
    near = winkler >= JARO_WINKLER or alignment >= ALIGNMENT
    evidence = (f"jaro_winkler={winkler:.2f}", f"alignment={alignment:.2f}")
    outcome = Outcome.REVIEW if near else Outcome.DIFFERENT
    return Verdict(known, asked, outcome, max(winkler, alignment) if near else alignment, evidence)


def _ratio(value: float) -> float:
    return min(1.0, max(0.0, float(value)))


def _could_be(left: str, right: str) -> bool:
    """Whether two cores of one length agree wherever both are readable, and in two places at least."""
    if len(left) != len(right):
        return False
    readable = [(a, b) for a, b in zip(left, right, strict=True) if UNREADABLE not in (a, b)]
    return len(readable) >= 2 and all(a == b for a, b in readable)
