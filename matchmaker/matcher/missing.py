"""The important words of a query that nothing in the document covers: subjects alone, most important first."""

from collections import defaultdict
from typing import Final

import numpy as np

from matchmaker.matcher import analysis
from matchmaker.matcher.analysis import BIGRAM, CONCEPT, LETTERS, STEM, WORD, WORD_PAIR, channel_of
from matchmaker.matcher.plain_words import JOINERS, core_of, is_plain
from matchmaker.matcher.query import Prepared
from matchmaker.matcher.readable import Span, Text, same_word, words_of

MOST_MISSING: Final = 8
_COVERED: Final = 0.5


def missing_words(
    prepared: Prepared,
    matched: set[int],
    spans: dict[int, list[Span]],
    asked: list[Text],
) -> tuple[str, ...]:
    words = [words_of(text) for text in asked]
    importance = {int(k): float(v) for k, v in zip(prepared.keys, prepared.importance, strict=True)}
    whole: dict[tuple[int, int], float] = defaultdict(float)
    held: dict[tuple[int, int], float] = defaultdict(float)
    excused: set[tuple[int, int]] = set()
    channels = dict(zip(prepared.keys.tolist(), channel_of(prepared.keys).tolist(), strict=True))
    for key, weight in importance.items():
        channel = channels[key]
        for part, start, end in spans[key]:
            owners = [(part, number) for number in words[part][start:end] if number >= 0]
            if channel == CONCEPT or (channel in (STEM, WORD) and key in matched):
                if key in matched:
                    excused.update(owners)
                continue
            if channel in (WORD_PAIR, LETTERS):
                continue
            # A pair across two words says nothing about either of them.
            if channel == BIGRAM and len(set(owners)) > 1:
                continue
            for owner in owners:
                piece = weight / len(spans[key]) / len(owners)
                whole[owner] += piece
                held[owner] += piece if key in matched else 0.0
    listed: dict[str, tuple[float, str]] = {}
    extents = [_extents(word) for word in words]
    subjects: dict[tuple[int, int], tuple[int, int]] = {}
    density: dict[tuple[int, int], float] = {}
    for owner in whole:
        folded, (start, end) = asked[owner[0]].folded, extents[owner[0]][owner[1]]
        low, high = _subject(folded[start:end])
        if _content(folded[start + low : start + high]):
            subjects[owner] = start + low, start + high
            density[owner] = whole[owner] / (end - start if analysis.is_gram(folded[start]) else 2)
    if not subjects:
        return ()
    border = float(np.mean(list(density.values()))) * 0.5
    for owner, (start, end) in subjects.items():
        if owner in excused or held[owner] >= _COVERED * whole[owner] or density[owner] < border:
            continue
        name = same_word(asked[owner[0]].folded[start:end])
        weight, surface = listed.get(name, (0.0, asked[owner[0]].surface(start, end)))
        listed[name] = (weight + whole[owner], surface)
    ordered = sorted(listed.values(), key=lambda entry: (-entry[0], entry[1]))
    return tuple(dict.fromkeys(surface for _, surface in ordered))[:MOST_MISSING]


def _extents(word: list[int]) -> dict[int, tuple[int, int]]:
    """From where to where each word runs, by its number."""
    found: dict[int, tuple[int, int]] = {}
    for at, number in enumerate(word):
        found[number] = found.get(number, (at, at))[0], at + 1
    return found


def _subject(piece: str) -> tuple[int, int]:
    """The stretch of a word that names a subject: without the possessive, or the grammar around an unknown word."""
    if not analysis.is_gram(piece[0]):
        return 0, len(piece.split("'")[0].split("’")[0])
    return (0, len(piece)) if analysis.is_listed(piece) else core_of(piece)


def _content(piece: str) -> bool:
    """Whether a word can be missed: a subject, not grammar, a count, or a scrap of a longer word."""
    known = not piece or not analysis.is_gram(piece[0]) or analysis.is_listed(piece)
    return not is_plain(piece) and (known or not any(one in JOINERS for one in piece))
