"""Two needs side by side: the parts of both statements, with what only one of them says marked. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matchmaker.challenges.facts import STATEMENT_LABELS
from matchmaker.challenges.models import STATEMENT_FIELDS, Challenge, ChallengeText
from matchmaker.matcher.nearness import difference

PARTS = ("title", "summary", *STATEMENT_FIELDS)
LEAST_ISLAND = 2
"""A shorter stretch that both share, between two that they do not, is chance: marking around it would only flicker."""
LONGEST = 3000
"""Characters of a part that are compared letter by letter; the time grows with the square."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a text; ``own`` says that the other text does not have it here."""

    text: str
    own: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One part of both statements; ``label`` is an English msgid."""

    label: str
    left: Sequence[Stretch]
    right: Sequence[Stretch]
    same: bool


def common_languages(first: Challenge, second: Challenge) -> list[str]:
    """The languages that both are written in (``zh``, ``en``)."""
    theirs = {text.language for text in second.texts}
    return [text.language for text in first.texts if text.language in theirs]


def parts(first: ChallengeText, second: ChallengeText) -> list[Part]:
    """The parts that either of them has, in the order of a statement."""
    made = []
    for name in PARTS:
        left, right = getattr(first, name), getattr(second, name)
        if left or right:
            a, b = sides(left, right)
            made.append(Part(STATEMENT_LABELS[name], a, b, left == right))
    return made


def sides(left: str, right: str) -> tuple[list[Stretch], list[Stretch]]:
    """Both texts in stretches; what only one has is its own."""
    if max(len(left), len(right)) > LONGEST:
        return [Stretch(left, left != right)], [Stretch(right, left != right)]
    found = difference(left, right)
    a: list[Stretch] = []
    b: list[Stretch] = []
    for place, (tag, mine, theirs) in enumerate(found):
        inside = 0 < place < len(found) - 1
        own = tag != "equal" or (inside and len(mine.strip()) < LEAST_ISLAND)
        _add(a, mine, own)
        _add(b, theirs, own)
    return a, b


def _add(stretches: list[Stretch], text: str, own: bool) -> None:
    if not text:
        return
    if stretches and stretches[-1].own == own:
        stretches[-1] = Stretch(stretches[-1].text + text, own)
    else:
        stretches.append(Stretch(text, own))
