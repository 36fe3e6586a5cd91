"""From terms to words a person reads: shares by surface word, places in both texts, and what is missing.

The share of a term is divided among its occurrences in the query and, within an occurrence, among its
characters. Characters that matched together and belong to one word (or to neighbouring words whose shared
pair matched) become one surface word; so overlapping characters, pairs and words merge, and nothing is lost:
the shares of the surface words sum to the score.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from matchmaker.matcher import analysis
from matchmaker.matcher.analysis import (
    CONCEPT,
    LETTERS,
    STEM,
    UNIGRAM,
    WORD,
)
from matchmaker.matcher.missing import missing_words
from matchmaker.matcher.plain_words import is_plain
from matchmaker.matcher.query import Prepared, Weights
from matchmaker.matcher.readable import Span, Text, same_word, texts_of, words_of
from matchmaker.matcher.results import Place, TermShare
from matchmaker.matcher.segment import Reading

LONGEST_SURFACE: Final = 8
_MOST_WORDS: Final = 3
MOST_PLACES: Final = 200
"""A term is shown at no more places of one text than this, the first ones: a page need not be a book."""
_MOSTLY: Final = 0.6


@dataclass(slots=True)
class _Surface:
    term: str
    share: float = 0.0
    asked: set[tuple[int, int, int]] = field(default_factory=set)
    keys: set[int] = field(default_factory=set)


def explain(
    prepared: Prepared, share: Weights, document: Reading | None
) -> tuple[tuple[TermShare, ...], tuple[str, ...]]:
    """(shares by surface word, largest first; missing words) for one document.

    ``share`` is what each key of ``prepared`` adds; ``document`` the document's reading where its text is
    known.
    """
    asked = texts_of(prepared.parts)
    found = texts_of(document.parts) if document is not None else []
    part_of = {int(key): float(value) for key, value in zip(prepared.keys, share, strict=True) if value > 0}
    where = _occurrences(document, set(part_of)) if document is not None else {}
    spans = _query_spans(prepared)
    near = _near_terms(part_of, spans, where, asked, found)
    surfaces = _surfaces({k: v for k, v in part_of.items() if k not in near}, spans, asked)
    terms = [
        TermShare(
            surface.term,
            surface.share,
            tuple(asked[part].place(start, end) for part, start, end in sorted(surface.asked)),
            _marked(surface.keys, where, found),
        )
        for surface in surfaces
    ]
    for key, (term, places) in near.items():
        terms.append(
            TermShare(
                term,
                part_of[key],
                tuple(asked[part].place(start, end) for part, start, end in spans[key]),
                tuple(found[part].place(start, end) for part, start, end in places),
                near=True,
            )
        )
    terms.sort(key=lambda one: (-one.share, one.term))
    return tuple(terms), missing_words(prepared, set(part_of), spans, asked)


def _query_spans(prepared: Prepared) -> dict[int, list[Span]]:
    spans: dict[int, list[Span]] = defaultdict(list)
    tokens = prepared.tokens
    for part, key, start, end in zip(
        tokens.text.tolist(), tokens.key.tolist(), tokens.start.tolist(), tokens.end.tolist(), strict=True
    ):
        listed = spans[key]
        if len(listed) < MOST_PLACES:
            listed.append((part, start, end))
    return spans


def _occurrences(document: Reading, keys: set[int]) -> dict[int, list[Span]]:
    tokens = document.tokens
    at = np.flatnonzero(np.isin(tokens.key, np.array(sorted(keys), dtype=np.uint64)))
    places: dict[int, list[Span]] = defaultdict(list)
    for part, key, start, end in zip(
        tokens.text[at].tolist(),
        tokens.key[at].tolist(),
        tokens.start[at].tolist(),
        tokens.end[at].tolist(),
        strict=True,
    ):
        listed = places[key]
        if len(listed) < MOST_PLACES:
            listed.append((part, start, end))
    return places


def _near_terms(
    part_of: dict[int, float],
    spans: dict[int, list[Span]],
    where: dict[int, list[Span]],
    asked: list[Text],
    found: list[Text],
) -> dict[int, tuple[str, list[Span]]]:
    """Concepts, and words that stand for others, whose surface in the document differs from the query's."""
    near: dict[int, tuple[str, list[Span]]] = {}
    for key in part_of:
        places = where.get(key, [])
        if not places or not spans[key]:
            continue
        here = {asked[part].folded[start:end] for part, start, end in spans[key]}
        there = [span for span in places if found[span[0]].folded[span[1] : span[2]] not in here]
        channel = key >> 60
        if channel == STEM and not _stands_for_another(key, here):
            continue
        if channel not in (CONCEPT, STEM, WORD) or len(there) < len(places):
            continue
        part, start, end = spans[key][0]
        other = there[0]
        term = f"{asked[part].surface(start, end)} ≈ {found[other[0]].surface(other[1], other[2])}"
        near[key] = (term, _without_overlaps(there))
    return near


def _stands_for_another(key: int, words: set[str]) -> bool:
    return all(analysis.stem_key(word) != key for word in words)


def _surfaces(part_of: dict[int, float], spans: dict[int, list[Span]], asked: list[Text]) -> list[_Surface]:
    run_of, names = _runs(part_of, spans, asked)
    surfaces: dict[str, _Surface] = {}
    for key, share in part_of.items():
        occurrences = spans[key]
        for part, start, end in occurrences:
            runs = [run for run in run_of[part][start:end] if run >= 0]
            # A term of grammar alone stands for itself, so that nothing is lost.
            found = [names[part][run] for run in runs] or [((start, end), asked[part].folded[start:end])]
            for span, folded in found:
                name = same_word(folded)
                surface = surfaces.get(name)
                if surface is None:
                    surface = surfaces[name] = _Surface(asked[part].surface(span[0], span[1]))
                surface.share += share / len(occurrences) / len(found)
                surface.asked.add((part, span[0], span[1]))
                surface.keys.add(key)
    return list(surfaces.values())


def _runs(
    part_of: dict[int, float], spans: dict[int, list[Span]], asked: list[Text]
) -> tuple[list[list[int]], list[list[tuple[tuple[int, int], str]]]]:
    """The surface words of each part: run number by character, and each run's stretch and folded text."""
    words = [words_of(text) for text in asked]
    covered = [[False] * len(text.folded) for text in asked]
    linked = [[False] * len(text.folded) for text in asked]
    for key in part_of:
        channel = key >> 60
        for part, start, end in spans[key]:
            covered[part][start:end] = [True] * (end - start)
            if channel != UNIGRAM:
                linked[part][start : end - 1] = [True] * (end - 1 - start)
    run_of: list[list[int]] = []
    names: list[list[tuple[tuple[int, int], str]]] = []
    for part, text in enumerate(asked):
        bounds = _bounds(text.folded, words[part], covered[part], linked[part])
        numbers = [-1] * len(text.folded)
        for run, (start, end) in enumerate(bounds):
            for at in range(start, end):
                if words[part][at] >= 0:
                    numbers[at] = run
        run_of.append(numbers)
        names.append([((start, end), text.folded[start:end]) for start, end in bounds])
    return run_of, names


def _bounds(folded: str, word: list[int], covered: list[bool], linked: list[bool]) -> list[tuple[int, int]]:
    pieces: list[tuple[int, int]] = []
    at, size = 0, len(folded)
    while at < size:
        if word[at] < 0:
            at += 1
            continue
        end = at + 1
        gram = analysis.is_gram(folded[at])
        while end < size and word[end] == word[at] and (not gram or linked[end - 1]):
            end += 1
        if any(covered[at:end]):
            pieces.append((at, end))
        at = end
    joined: list[tuple[int, int]] = []
    for start, end in pieces:
        if joined and _join(folded, joined[-1], (start, end), linked):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _join(folded: str, left: tuple[int, int], right: tuple[int, int], linked: list[bool]) -> bool:
    """Whether two neighbouring pieces read as one: their shared pair matched, and neither is grammar or a scrap."""
    first, second = folded[left[0] : left[1]], folded[right[0] : right[1]]
    gap = folded[left[1] : right[0]]
    if not all(linked[left[1] - 1 : right[0]]) or is_plain(first.split()[-1]) or is_plain(second):
        return False
    if analysis.is_gram(first[-1]) and analysis.is_gram(second[0]):
        return not gap and len(first) + len(second) <= LONGEST_SURFACE
    latin = not analysis.is_gram(first[-1]) and not analysis.is_gram(second[0])
    return latin and gap in (" ", "-") and len(first.replace("-", " ").split()) < _MOST_WORDS


def _marked(keys: set[int], where: dict[int, list[Span]], found: list[Text]) -> tuple[Place, ...]:
    """Where the terms of one surface word stand in the document; single characters only if nothing else.

    Letters alone mark the word they are most of (a slip, another ending), never the tail that two words share.
    """
    strong = [span for key in keys if key >> 60 not in (UNIGRAM, LETTERS) for span in where.get(key, ())]
    if not strong:
        strong = [span for key in keys if key >> 60 == UNIGRAM for span in where.get(key, ())]
        letters = [span for key in keys if key >> 60 == LETTERS for span in where.get(key, ())]
        strong += _mostly_covered(_without_overlaps(letters), found)
    return tuple(found[part].place(start, end) for part, start, end in _without_overlaps(strong))


def _mostly_covered(spans: Sequence[Span], found: list[Text]) -> list[Span]:
    """The English words of which these stretches are at least the share :data:`_MOSTLY`."""
    words: list[Span] = []
    for part, start, end in spans:
        for _, low, high in analysis.latin_places(found[part].folded):
            if min(end, high) - max(start, low) >= _MOSTLY * (high - low):
                words.append((part, low, high))
    return words


def _without_overlaps(spans: Sequence[Span]) -> list[Span]:
    merged: list[Span] = []
    for part, start, end in sorted(set(spans)):
        if merged and merged[-1][0] == part and start < merged[-1][2]:
            merged[-1] = (part, merged[-1][1], max(end, merged[-1][2]))
        else:
            merged.append((part, start, end))
    return merged
