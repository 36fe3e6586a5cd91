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
    candidates = [owner for owner in whole if _content(asked[owner[0]].folded, words[owner[0]], owner[1])]
    if not candidates:
        return ()
    density = {
        owner: whole[owner] / (words[owner[0]].count(owner[1]) if _han(asked, words, owner) else 2)
        for owner in candidates
    }
    border = float(np.mean(list(density.values()))) * 0.5
    for owner in candidates:
        if owner in excused or held[owner] >= _COVERED * whole[owner] or density[owner] < border:
            continue
        start, end = _subject(asked[owner[0]].folded, words[owner[0]], owner[1])
        name = same_word(asked[owner[0]].folded[start:end])
        weight, surface = listed.get(name, (0.0, asked[owner[0]].surface(start, end)))
        listed[name] = (weight + whole[owner], surface)
    ordered = sorted(listed.values(), key=lambda entry: (-entry[0], entry[1]))
    return tuple(dict.fromkeys(surface for _, surface in ordered))[:MOST_MISSING]


def _han(asked: list[Text], words: list[list[int]], owner: tuple[int, int]) -> bool:
    return analysis.is_gram(asked[owner[0]].folded[words[owner[0]].index(owner[1])])


def _subject(folded: str, word: list[int], number: int) -> tuple[int, int]:
    """The stretch of a word that names a subject: without the possessive, or the grammar around an unknown word."""
    start = word.index(number)
    end = start + word.count(number)
    piece = folded[start:end]
    if not analysis.is_gram(piece[0]):
        return start, start + len(piece.split("'")[0].split("’")[0])
    if analysis.is_listed(piece):
        return start, end
    low, high = core_of(piece)
    return start + low, start + high


def _content(folded: str, word: list[int], number: int) -> bool:
    """Whether a word can be missed: a subject, not grammar, a count, or a scrap of a longer word."""
    start, end = _subject(folded, word, number)
    piece = folded[start:end]
    known = not piece or not analysis.is_gram(piece[0]) or analysis.is_listed(piece)
    return not is_plain(piece) and (known or not any(one in JOINERS for one in piece))
