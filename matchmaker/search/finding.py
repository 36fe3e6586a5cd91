"""The site's search: what fits the words, counted by facets, in order; checked against the database before it shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from matchmaker.matcher import Document, Index, TermShare, UnknownDocument, analysis
from matchmaker.matcher.analysis import STEM, channel_of
from matchmaker.search import coverage, shelves
from matchmaker.search.facts import Asked, Facet, Sort, Standing
from matchmaker.search.states import Kind, Shelf, ref_of
from matchmaker.search.things import Thing, things

MOST = 5_000
"""The best so many of what the words fit are counted and listed; a page says so when there are more."""

SPELLED_UP_TO = 200
"""Longer texts are taken as they are: a page of text is no misspelt word."""

_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Question:
    """Words put to one state of the index, and how they are widened."""

    index: Index
    words: str
    spell: bool = False
    prefix: bool = False

    @classmethod
    def of(cls, asked: Asked) -> Question:
        """A misspelt word stands for known ones, and an unknown last word for those that begin with it."""
        index = shelves.index(Shelf.SITE)
        widened = not asked.exact and len(asked.words) <= SPELLED_UP_TO
        return cls(index, asked.words, widened, widened and not _ends_known(index, asked.words))

    def subjects(self) -> list[str]:
        """What the words fit, best first."""
        shares = coverage.covering(
            self.index, self.index.prepare(self.words, spell=self.spell, prefix=self.prefix)
        )
        found = coverage.enough(shares)
        if not found:
            return []
        ranked = self.index.rank(
            self.words, top=len(found), keep=found.__contains__, spell=self.spell, prefix=self.prefix
        )
        return [match.id for match in ranked]

    def terms_of(self, subject: str, texts: Mapping[str, str] | None = None) -> tuple[TermShare, ...]:
        """What of the words stands in a document, and where: in these texts, or in its own."""
        shown = Document(subject, texts) if texts is not None else None
        try:
            return self.index.explain(
                self.words, subject, document=shown, spell=self.spell, prefix=self.prefix
            ).terms
        except UnknownDocument:  # gone from the index meanwhile
            return ()


def _ends_known(index: Index, words: str) -> bool:
    """Whether some document holds the last word as it stands."""
    tokens = index.reader.read(words).tokens
    last = (channel_of(tokens.key) == STEM) & (tokens.end == len(analysis.fold(words)))
    return bool(np.any(index.holding(tokens.key[last]) > 0))


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, in order.

    ``counts`` gives for each facet how many things each value would leave, the other facets as chosen.
    ``matching`` is how many the words fit in all, before the facets; ``cut`` whether only the best were looked at.
    """

    things: Sequence[Thing]
    matching: int
    cut: bool
    counts: Mapping[Facet, Counter[str]]
    question: Question | None


def find(asked: Asked, *, now: datetime) -> Found:
    """What fits the question at this moment. Without words everything there is, the newest first."""
    question = Question.of(asked) if asked.words else None
    ordered, cut = _public(question, now)
    if question is not None:
        ordered = _by_code(asked.words, ordered)
    kept, counts = narrowed(ordered, asked.chosen)
    if asked.sort is Sort.DEADLINE:
        kept.sort(key=_by_deadline)
    elif asked.sort is Sort.NEWEST or question is None:
        kept.sort(key=_by_age)
    return Found(kept, len(ordered), cut, counts, question)


def _public(question: Question | None, now: datetime) -> tuple[list[Thing], bool]:
    if question is None:
        return list(things(now).values()), False
    subjects = question.subjects()
    public = things(now, subjects[:MOST])
    return [public[one] for one in subjects[:MOST] if one in public], len(subjects) > MOST


def _by_code(words: str, found: list[Thing]) -> list[Thing]:
    """Who asks for a whole number, as ch-2026-000123, means what bears it."""
    code = analysis.fold(words).strip()
    return [thing for thing in found if thing.code is not None and thing.code.lower() == code] or found


def narrowed(
    found: Sequence[Thing], chosen: Mapping[Facet, frozenset[str]]
) -> tuple[list[Thing], dict[Facet, Counter[str]]]:
    """The things that have a chosen value of every facet, and the counts of each facet under the others."""
    counts: dict[Facet, Counter[str]] = {facet: Counter() for facet in Facet}
    kept: list[Thing] = []
    for thing in found:
        failed = [
            facet for facet, wanted in chosen.items() if wanted and wanted.isdisjoint(thing.values[facet])
        ]
        if not failed:
            kept.append(thing)
            for facet, values in thing.values.items():
                counts[facet].update(values)
        elif len(failed) == 1:
            counts[failed[0]].update(thing.values[failed[0]])
    return kept, counts


def _by_age(thing: Thing) -> tuple[float, str]:
    return (-(thing.at or _LONG_AGO).timestamp(), thing.subject)


def _by_deadline(thing: Thing) -> tuple[int, float, str]:
    """Calls that close next stand first, then those to come, then everything else, the newest first."""
    if thing.standing in (Standing.OPEN, Standing.COMING) and thing.closes_at is not None:
        return (0 if thing.standing is Standing.OPEN else 1, thing.closes_at.timestamp(), thing.subject)
    return (2, *_by_age(thing))


def items(words: str, _now: datetime) -> list[str]:
    """References of the catalog's items that the words fit, best first: for the catalog's own list."""
    return [
        ref_of(subject)
        for subject in Question.of(Asked(words=words)).subjects()
        if subject.startswith(f"{Kind.ITEM.value}:")
    ][:MOST]
