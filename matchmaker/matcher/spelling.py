"""Words that no document holds: what was probably meant, by rapidfuzz over the index's own words and the lexicon.

English: optimal string alignment, one slip in words of four to seven letters, two from eight on. Chinese: a
word of three to six characters that differs in one character (a homophone, a neighbour, a slip of the pen),
where the text holds a pair of characters that no document holds. The beginning of a word, in either language,
stands for the words that begin so. All are heuristics for search; suggestions do not use them.
"""

import bisect
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from matchmaker.matcher import analysis
from matchmaker.matcher.analysis import BIGRAM, STEM, Keys, Tokens, channel_of
from matchmaker.matcher.lexicon import Lexicon
from matchmaker.matcher.query import Weights
from matchmaker.matcher.results import Correction
from matchmaker.matcher.segment import Reading, Segment

Holding = Callable[[Keys], npt.NDArray[np.int64]]

FACTOR: Final = 0.6
"""How much a word counts that stands for another, against the word itself."""

PREFIX_FACTOR: Final = 0.5
MOST_PREFIXES: Final = 8
_SHORTEST: Final = 4


@dataclass(frozen=True, slots=True)
class Stand:
    """A known word that stands for a stretch of the query: its key, its weight, and what it stands for."""

    key: int
    factor: float
    part: int
    start: int
    end: int
    correction: Correction


class Vocabulary:
    """The words and stems of an index, ready for looking up neighbours and beginnings."""

    def __init__(self, lexicon: Lexicon | None = None) -> None:
        self._held: list[Segment] = []
        self._latin: dict[str, int] = {}
        self._sorted: list[str] = []
        self._frequency: dict[str, int] = {}
        self._han: dict[str, list[str]] = {}
        self._han_key: dict[str, int] = {}
        self._han_sorted: list[str] = []
        self._concepts = [] if lexicon is None else list(lexicon.terms())
        self._lock = threading.Lock()

    def hold(self, segments: Sequence[Segment]) -> None:
        """Read the words of these segments; those that were read before are not read again."""
        with self._lock:
            known = len(self._held)
            if known == len(segments) and all(a is b for a, b in zip(self._held, segments, strict=True)):
                return
            # Others may be reading: what they hold is replaced, never changed.
            latin, frequency, han_key = dict(self._latin), dict(self._frequency), dict(self._han_key)
            if known > len(segments) or any(a is not b for a, b in zip(self._held, segments, strict=False)):
                latin, frequency, han_key, known = {}, {}, {}, 0
            for segment in segments[known:]:
                _read(segment, latin, frequency, han_key)
            self._latin, self._frequency, self._sorted = latin, frequency, sorted(latin)
            self._han_key, self._han_sorted = han_key, sorted(han_key)
            self._han = _with_gaps([*han_key, *(term for term, _ in self._concepts if not term.isascii())])
            self._held = list(segments)

    def corrections(self, reading: Reading, holding: Holding) -> tuple[Correction, ...]:
        """What the unknown words of a text probably mean."""
        return tuple(dict.fromkeys(stand.correction for stand in self.stands(reading, holding)))

    def stands(self, reading: Reading, holding: Holding) -> list[Stand]:
        """Known words for the unknown ones of a text."""
        tokens = reading.tokens
        channel = channel_of(tokens.key)
        held = holding(tokens.key)
        folded = [analysis.fold(text) for _, text in reading.parts]
        found: list[Stand] = []
        for at in np.flatnonzero((channel == STEM) & (held == 0)).tolist():
            part, start, end = int(tokens.text[at]), int(tokens.start[at]), int(tokens.end[at])
            word = folded[part][start:end]
            if len(word) < _SHORTEST or not word.isalpha():
                continue
            for meant, likeness, key in self._near_latin(word, holding):
                correction = Correction(reading.parts[part][1][start:end] or word, meant, likeness)
                found.append(Stand(key, likeness * FACTOR, part, start, end, correction))
        unknown = (channel == BIGRAM) & (held == 0)
        seen: set[tuple[int, int, int]] = set()
        for at in np.flatnonzero(unknown).tolist():
            found += self._near_han(folded, int(tokens.text[at]), int(tokens.start[at]), seen, holding)
        return found

    def _near_latin(self, word: str, holding: Holding) -> list[tuple[str, float, int]]:
        """(word, likeness, key) of the known words that differ by a slip or two: the documents' own, then concepts."""
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        slips = 1 if len(word) < 8 else 2
        hits = process.extract(word, self._sorted, scorer=OSA.distance, score_cutoff=slips, limit=8)
        ranked = sorted(hits, key=lambda hit: (hit[1], -self._frequency[hit[0]], hit[0]))
        found = [(meant, 1 - distance / len(word), self._latin[meant]) for meant, distance, _ in ranked[:2]]
        terms = self._held_concepts(holding, ascii_=True)
        for meant, distance, _ in process.extract(
            word, list(terms), scorer=OSA.distance, score_cutoff=slips, limit=2
        ):
            found.append((meant, 1 - distance / len(word), terms[meant]))
        return [one for one in found if one[0] != word]

    def _held_concepts(self, holding: Holding, *, ascii_: bool) -> dict[str, int]:
        """The lexicon's terms whose concept some document holds."""
        terms = [(term, key) for term, key in self._concepts if term.isascii() is ascii_ and " " not in term]
        held = holding(np.array([key for _, key in terms], dtype=np.uint64)).tolist()
        return {term: key for (term, key), count in zip(terms, held, strict=True) if count}

    def _near_han(
        self, folded: Sequence[str], part: int, pair: int, seen: set[tuple[int, int, int]], holding: Holding
    ) -> list[Stand]:
        text = folded[part]
        terms = self._held_concepts(holding, ascii_=False)
        found: list[Stand] = []
        for size in (6, 5, 4, 3):
            for start in range(max(0, pair + 2 - size), min(pair, len(text) - size) + 1):
                window = text[start : start + size]
                if (part, start, size) in seen or not all(map(analysis.is_gram, window)):
                    continue
                seen.add((part, start, size))
                meant = {
                    word
                    for at in range(size)
                    for word in self._han.get(f"{window[:at]}*{window[at + 1 :]}", ())
                    if word != window and (word in self._han_key or word in terms)
                }
                for word in sorted(meant, key=lambda word: (word not in self._han_key, word))[:2]:
                    likeness = 1 - 1 / size
                    correction = Correction(window, word, likeness)
                    for key in {self._han_key.get(word, 0), terms.get(word, 0)} - {0}:
                        found.append(Stand(key, likeness * FACTOR, part, start, start + size, correction))
        return found

    def beginning(self, text: str, top: int) -> list[tuple[str, int]]:
        """(word, key) of known words that begin as the end of the text does, most frequent first.

        English: the last word, from two letters on. Chinese: the longest end of two to four characters with which
        a longer known word begins.
        """
        folded = analysis.fold(text)
        places = analysis.latin_places(folded)
        if places and places[-1][2] == len(folded):
            prefix, known, keys = places[-1][0], self._sorted, self._latin
            return self._most_frequent(_beginning(known, prefix), keys, top) if len(prefix) > 1 else []
        for size in range(min(4, len(folded)), 1, -1):
            prefix = folded[-size:]
            if all(map(analysis.is_gram, prefix)):
                words = [word for word in _beginning(self._han_sorted, prefix) if word != prefix]
                if words:
                    return self._most_frequent(words, self._han_key, top)
        return []

    def _most_frequent(self, words: list[str], keys: dict[str, int], top: int) -> list[tuple[str, int]]:
        ranked = sorted(words, key=lambda word: (-self._frequency[word], word))
        return [(word, keys[word]) for word in ranked[:top]]

    def prefixes(self, reading: Reading) -> list[Stand]:
        """Known words for the last, perhaps unfinished, word of the query."""
        if not reading.parts:
            return []
        part = len(reading.parts) - 1
        folded = analysis.fold(reading.parts[part][1])
        known = set(reading.keys.tolist())
        stands: list[Stand] = []
        for word, key in self.beginning(folded, MOST_PREFIXES):
            if key not in known:
                start = _overlap(folded, word)
                asked = folded[start:]
                correction = Correction(asked, word, len(asked) / len(word))
                stands.append(Stand(key, PREFIX_FACTOR, part, start, len(folded), correction))
        return stands


def _read(
    segment: Segment, latin: dict[str, int], frequency: dict[str, int], han_key: dict[str, int]
) -> None:
    low, high = segment.lists_of(segment.word_keys)
    channel = channel_of(segment.word_keys).tolist()
    rows = zip(segment.word_keys.tolist(), channel, (high - low).tolist(), segment.words, strict=True)
    for key, kind, size, word in rows:
        (latin if kind == STEM else han_key)[word] = key
        frequency[word] = frequency.get(word, 0) + size


def _with_gaps(words: Sequence[str]) -> dict[str, list[str]]:
    """The Chinese words of three to six characters by what is left of them without any one character."""
    gaps: dict[str, list[str]] = {}
    for word in dict.fromkeys(words):
        if 3 <= len(word) <= 6:
            for at in range(len(word)):
                gaps.setdefault(f"{word[:at]}*{word[at + 1 :]}", []).append(word)
    return gaps


def _beginning(words: Sequence[str], prefix: str) -> list[str]:
    low = bisect.bisect_left(words, prefix)
    return list(words[low : bisect.bisect_left(words, prefix + "\U0010ffff")])


def _overlap(folded: str, word: str) -> int:
    """Where the longest end of the text with which the word begins stands."""
    return next(
        at for at in range(max(0, len(folded) - len(word)), len(folded)) if word.startswith(folded[at:])
    )


def widened(reading: Reading, stands: Sequence[Stand]) -> tuple[Reading, Keys, Weights]:
    """The reading with the places of the standing words, their keys, and their factors."""
    known = set(reading.keys.tolist())
    best: dict[int, Stand] = {}
    for stand in stands:
        if stand.key not in known and (stand.key not in best or best[stand.key].factor < stand.factor):
            best[stand.key] = stand
    chosen = list(best.values())
    tokens = reading.tokens
    both = Tokens(
        text=np.append(tokens.text, [one.part for one in chosen]).astype(np.int32),
        key=np.append(tokens.key, np.array([one.key for one in chosen], dtype=np.uint64)),
        start=np.append(tokens.start, [one.start for one in chosen]).astype(np.int32),
        end=np.append(tokens.end, [one.end for one in chosen]).astype(np.int32),
    )
    keys = np.array([one.key for one in chosen], dtype=np.uint64)
    factors = np.array([one.factor for one in chosen], dtype=np.float64)
    return Reading(reading.parts, both, reading.keys, reading.counts), keys, factors
