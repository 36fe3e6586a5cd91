"""Words that no document holds: what was probably meant, by rapidfuzz over the index's own vocabulary.

English: optimal string alignment, one slip in words of four to seven letters, two from eight on. Chinese: a
word
of three or four characters that differs in one character, where the text holds a pair of characters that no
document holds. Both are heuristics for search; suggestions do not use them.
"""

import bisect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from matchmaker.matcher import analysis
from matchmaker.matcher.analysis import BIGRAM, STEM, Keys, Tokens, channel_of
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

    def __init__(self) -> None:
        self._held: list[Segment] = []
        self._latin: dict[str, int] = {}
        self._sorted: list[str] = []
        self._frequency: dict[str, int] = {}
        self._han: dict[str, list[str]] = {}

    def hold(self, segments: Sequence[Segment]) -> None:
        """Read the words of these segments; those that were read before are not read again."""
        known = len(self._held)
        if known > len(segments) or any(a is not b for a, b in zip(self._held, segments, strict=False)):
            self._latin, self._frequency, self._han, known = {}, {}, {}, 0
        elif known == len(segments):
            return
        for segment in segments[known:]:
            self._read(segment)
        self._sorted = sorted(self._latin)
        self._held = list(segments)

    def _read(self, segment: Segment) -> None:
        low, high = segment.lists_of(segment.word_keys)
        channel = channel_of(segment.word_keys).tolist()
        rows = zip(segment.word_keys.tolist(), channel, (high - low).tolist(), segment.words, strict=True)
        for key, kind, size, word in rows:
            if kind == STEM:
                self._latin[word] = key
                self._frequency[word] = self._frequency.get(word, 0) + size
            elif len(word) <= 4:
                for at in range(len(word)):
                    alike = self._han.setdefault(f"{word[:at]}*{word[at + 1 :]}", [])
                    if word not in alike:
                        alike.append(word)

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
            for meant, likeness in self._near_latin(word):
                correction = Correction(reading.parts[part][1][start:end] or word, meant, likeness)
                found.append(Stand(self._latin[meant], likeness * FACTOR, part, start, end, correction))
        unknown = (channel == BIGRAM) & (held == 0)
        seen: set[tuple[int, int, int]] = set()
        for at in np.flatnonzero(unknown).tolist():
            found += self._near_han(folded, int(tokens.text[at]), int(tokens.start[at]), seen)
        return found

    def _near_latin(self, word: str) -> list[tuple[str, float]]:
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        slips = 1 if len(word) < 8 else 2
        hits = process.extract(word, self._sorted, scorer=OSA.distance, score_cutoff=slips, limit=8)
        ranked = sorted(hits, key=lambda hit: (hit[1], -self._frequency[hit[0]], hit[0]))
        return [(meant, 1 - distance / len(word)) for meant, distance, _ in ranked[:2] if meant != word]

    def _near_han(
        self, folded: Sequence[str], part: int, pair: int, seen: set[tuple[int, int, int]]
    ) -> list[Stand]:
        text = folded[part]
        found: list[Stand] = []
        for size in (4, 3):
            for start in range(max(0, pair + 2 - size), min(pair, len(text) - size) + 1):
                window = text[start : start + size]
                if (part, start, size) in seen or not all(map(analysis.is_gram, window)):
                    continue
                seen.add((part, start, size))
                meant = {
                    word
                    for at in range(size)
                    for word in self._han.get(f"{window[:at]}*{window[at + 1 :]}", ())
                    if word != window
                }
                for word in sorted(meant)[:2]:
                    likeness = 1 - 1 / size
                    key = analysis.word_key(word)
                    correction = Correction(window, word, likeness)
                    found.append(Stand(key, likeness * FACTOR, part, start, start + size, correction))
        return found

    def beginning(self, text: str, top: int) -> list[tuple[str, int]]:
        """(word, key) of known words that begin as the last English word of the text, most frequent first."""
        folded = analysis.fold(text)
        places = analysis.latin_places(folded)
        if not places or places[-1][2] != len(folded) or len(places[-1][0]) < 2:
            return []
        prefix = places[-1][0]
        low = bisect.bisect_left(self._sorted, prefix)
        high = bisect.bisect_left(self._sorted, prefix + "\U0010ffff")
        words = sorted(self._sorted[low:high], key=lambda word: (-self._frequency[word], word))
        return [(word, self._latin[word]) for word in words[:top]]

    def prefixes(self, reading: Reading) -> list[Stand]:
        """Known words for the last, perhaps unfinished, English word of the query."""
        if not reading.parts:
            return []
        part = len(reading.parts) - 1
        text = reading.parts[part][1]
        folded = analysis.fold(text)
        known = set(reading.keys.tolist())
        stands: list[Stand] = []
        for word, key in self.beginning(text, MOST_PREFIXES):
            if key not in known:
                asked, start, end = analysis.latin_places(folded)[-1]
                correction = Correction(asked, word, len(asked) / len(word))
                stands.append(Stand(key, PREFIX_FACTOR, part, start, end, correction))
        return stands


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
