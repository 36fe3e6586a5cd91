"""Text to terms: one analyser for Chinese, English and mixed text.

Folding: NFKC, lower case, Simplified characters (measured: mixed scripts in one index cost .21 to .29 without
it and nothing with it). Folding to Simplified goes character by character, so that both sides fold alike and
every term can be traced back to the characters it came from.

Channels (recipe R, measured): Han characters, pairs of Han characters, words of three and more characters
as a
search segmenter cuts them, English stems less stop words, pairs of stems, runs of four letters of English
words, and the near-same groups of a lexicon ("concepts").

A term is a 64 bit key. Its top four bits name the channel, so weights need no table; characters and letters
are written into the key, words are hashed into it.
"""

import functools
import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from matchmaker.matcher.settings import Channels

if TYPE_CHECKING:
    from matchmaker.matcher.lexicon import Lexicon

ANALYSER: Final = 1
"""Raise this number whenever the same text would give other terms."""

UNIGRAM, BIGRAM, WORD, STEM, WORD_PAIR, LETTERS, CONCEPT = range(1, 8)
CHANNEL_NAMES: Final = ("unigram", "bigram", "word", "stem", "word_pair", "letters", "concept")

Keys = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int32]

_SHIFT = np.uint64(60)
_LOW60: Final = (1 << 60) - 1
_REMEMBERED: Final = 400_000

# English words that carry no subject. Short on purpose: measured, a longer list gains nothing.
STOP_WORDS: Final = frozenset(
    """a about after all also an and any are as at be been before being between both but by can could did do
    does during each for from had has have how i if in into is it its may might more most must no not of on or
    other our out over shall should so some such than that the their them then there these they this those
    through to under up upon us was we were what when where which while who will with within without would you
    your""".split()  # noqa: SIM905
)

# Variants that OpenCC leaves alone or treats by phrase; folded on both sides, so no meaning is at stake.
_VARIANTS: Final = {
    "著": "着",
    "乾": "干",
    "裡": "里",
    "臺": "台",
    "妳": "你",
    "祂": "他",
    "牠": "它",
    "囉": "啰",
}

_GRAM_RANGES: Final = (
    (0x3005, 0x3008),  # iteration mark, closing mark, Han zero
    (0x3041, 0x3100),  # kana
    (0x3105, 0x3130),  # bopomofo
    (0x3400, 0x4DC0),  # Han
    (0x4E00, 0xA000),
    (0xAC00, 0xD7A4),  # Hangul
    (0xF900, 0xFB00),
    (0x20000, 0x323B0),
)


@functools.cache
def _gram_kind() -> npt.NDArray[np.bool_]:
    kind = np.zeros(0x110000, dtype=np.bool_)
    for low, high in _GRAM_RANGES:
        kind[low:high] = True
    return kind


@functools.cache
def _latin_word() -> re.Pattern[str]:
    han = "".join(f"{chr(low)}-{chr(high - 1)}" for low, high in _GRAM_RANGES)
    return re.compile(rf"[^\W_{han}]{{1,64}}(?:['’][^\W_\d{han}]{{1,8}})?")


@functools.cache
def _folding() -> dict[int, str | None]:
    """The character table: Traditional to Simplified, controls to spaces, invisible marks away."""
    import opencc

    points = [p for low, high in _GRAM_RANGES for p in range(low, high) if low >= 0x3400]
    folded = opencc.OpenCC("t2s").convert("\n".join(map(chr, points))).split("\n")
    table: dict[int, str | None] = {
        point: new for point, new in zip(points, folded, strict=True) if len(new) == 1 and chr(point) != new
    }
    table.update({ord(old): new for old, new in _VARIANTS.items()})
    for point in (*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000), 0xFFFD):
        table[point] = " "
    for point in (0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF):
        table[point] = None
    for point in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)):
        table[point] = None
    return table


def fold(text: str) -> str:
    """The text as the matcher sees it: NFKC, lower case, Simplified, no controls. May differ in length."""
    return unicodedata.normalize("NFKC", text).lower().translate(_folding())


@functools.lru_cache(maxsize=_REMEMBERED)
def _folded_length(cluster: str) -> int:
    return len(fold(cluster))


def origins(text: str) -> list[tuple[int, int]] | None:
    """For every character of ``fold(text)``: from where to where it stood in ``text``; None for "as it was"."""
    size = len(fold(text))
    plain = all(_folded_length(one) == 1 and not unicodedata.combining(one) for one in set(text))
    if plain and size == len(text):
        return None
    clusters: list[tuple[int, int]] = []
    for at, character in enumerate(text):
        if clusters and unicodedata.combining(character):
            clusters[-1] = (clusters[-1][0], at + 1)
        else:
            clusters.append((at, at + 1))
    places: list[tuple[int, int]] = []
    for start, end in clusters:
        places.extend([(start, end)] * _folded_length(text[start:end]))
    if len(places) < size:
        places.extend([(max(len(text) - 1, 0), len(text))] * (size - len(places)))
    return places


@functools.cache
def _segmenter() -> Any:
    import rjieba

    return rjieba.Jieba()


def segments(folded: str) -> list[tuple[str, int, int]]:
    """Plain words of a folded text with their places, without overlaps."""
    return list(_segmenter().tokenize(folded))


def is_listed(word: str) -> bool:
    """Whether a folded Chinese word stands in the segmenter's dictionary, rather than being its guess."""
    return bool(_segmenter().has_word(word))


@functools.cache
def _stemmer() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer("english")


def _hashed(channel: int, text: str) -> int:
    digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()
    return channel << 60 | int.from_bytes(digest, "big") & _LOW60


@functools.lru_cache(maxsize=_REMEMBERED)
def word_key(word: str) -> int:
    """The key of a folded Chinese word of three and more characters."""
    return _hashed(WORD, word)


@functools.lru_cache(maxsize=_REMEMBERED)
def stem_of(word: str) -> str:
    """The English stem of a folded word; words with other letters or figures stay as they are."""
    if word.isascii():
        word = word.split("'")[0]
        return str(_stemmer().stemWord(word)) if word.isalpha() else word
    return word.replace("’", "'").split("'")[0]


@functools.lru_cache(maxsize=_REMEMBERED)
def _latin_keys(word: str) -> tuple[int, tuple[int, ...]]:
    """(stem key, letter keys) of a folded word; (0, ()) for a stop word."""
    if word in STOP_WORDS:
        return 0, ()
    stem = stem_of(word)
    if stem in STOP_WORDS or not stem:
        return 0, ()
    framed = f" {word[:40]} "
    letters = tuple(
        LETTERS << 60 | functools.reduce(lambda key, c: key << 15 | ord(c) & 0x7FFF, framed[i : i + 4], 0)
        for i in range(len(framed) - 3)
    )
    return _hashed(STEM, stem), letters


def latin_places(folded: str) -> list[tuple[str, int, int]]:
    """Words of letters and figures outside Chinese, with their places."""
    return [(match.group(), match.start(), match.end()) for match in _latin_word().finditer(folded)]


def latin_words(folded: str) -> list[str]:
    """Words of letters and figures outside Chinese."""
    return _latin_word().findall(folded)


def has_gram(folded: str) -> bool:
    """Whether the text holds a Chinese (or Japanese, Korean) character."""
    kind = _gram_kind()
    return any(kind[ord(character)] for character in folded)


def is_gram(character: str) -> bool:
    """Whether the character is Chinese (or Japanese, Korean)."""
    return bool(_gram_kind()[ord(character)])


def stem_key(word: str) -> int:
    """The key of a folded English word's stem; 0 for a stop word."""
    return _latin_keys(word)[0]


@dataclass(frozen=True, slots=True)
class Tokens:
    """Every occurrence of every term: of which text, which term, from where to where in the folded text."""

    text: Places
    key: Keys
    start: Places
    end: Places


def channel_of(keys: Keys) -> npt.NDArray[np.int64]:
    """The channel number of each key."""
    return (keys >> _SHIFT).astype(np.int64)


def channel_weights(channels: Channels) -> npt.NDArray[np.float64]:
    """Weight by channel number (0 is no channel)."""
    return np.array([0.0, *(getattr(channels, name) for name in CHANNEL_NAMES)], dtype=np.float64)


@functools.cache
def _installed(library: str) -> str:
    """The version of a library; looking it up costs milliseconds, and it rests while the program runs."""
    from importlib.metadata import version

    return version(library)


class Analyser:
    """Reads texts with one set of channels and one lexicon."""

    def __init__(self, channels: Channels | None = None, lexicon: "Lexicon | None" = None) -> None:
        self.channels = channels or Channels()
        self.lexicon = lexicon
        weights = channel_weights(self.channels)
        self._kept = [bool(weight) for weight in weights]

    @functools.cached_property
    def version(self) -> str:
        """Names everything that decides which terms a text gives; an index of another version is refused."""
        parts = [
            f"analyser {ANALYSER}",
            f"unicode {unicodedata.unidata_version}",
            *(f"{name} {_installed(name)}" for name in ("opencc", "rjieba", "snowballstemmer")),
            "channels " + "".join("01"[kept] for kept in self._kept[1:]),
            f"lexicon {self.lexicon.fingerprint if self.lexicon and self._kept[CONCEPT] else '-'}",
        ]
        return "; ".join(parts)

    def tokens(self, texts: Sequence[str]) -> Tokens:
        """The terms of each text, channel by channel; the texts are folded here."""
        return self.tokens_of_folded([fold(text) for text in texts])

    def tokens_of_folded(self, folded: Sequence[str]) -> Tokens:
        """The terms of texts that are folded already."""
        lengths = np.fromiter((len(text) + 1 for text in folded), dtype=np.int64, count=len(folded))
        ends = np.cumsum(lengths)
        starts = ends - lengths
        joined = "\n".join(folded) + "\n" if folded else ""
        points = np.frombuffer(joined.encode("utf-32-le", "replace"), dtype="<u4")
        found = [*self._grams(points), *self._words(folded, starts), *self._latin(joined)]
        if self.lexicon is not None and self._kept[CONCEPT]:
            found.append(self._concepts(joined))
        keys = np.concatenate([part[0] for part in found]) if found else np.zeros(0, np.uint64)
        first = np.concatenate([part[1] for part in found]) if found else np.zeros(0, np.int64)
        last = np.concatenate([part[2] for part in found]) if found else np.zeros(0, np.int64)
        text = np.searchsorted(ends, first, side="right")
        base = starts[text] if len(folded) else first
        return Tokens(
            text=text.astype(np.int32),
            key=keys,
            start=(first - base).astype(np.int32),
            end=(last - base).astype(np.int32),
        )

    def _grams(self, points: npt.NDArray[np.uint32]) -> Iterator[tuple[Keys, Any, Any]]:
        is_gram = _gram_kind()[points]
        wide = points.astype(np.uint64)
        if self._kept[UNIGRAM]:
            at = np.flatnonzero(is_gram)
            yield wide[at] | np.uint64(UNIGRAM << 60), at, at + 1
        if self._kept[BIGRAM]:
            at = np.flatnonzero(is_gram[:-1] & is_gram[1:])
            yield wide[at] << np.uint64(21) | wide[at + 1] | np.uint64(BIGRAM << 60), at, at + 2

    def _words(self, folded: Sequence[str], starts: npt.NDArray[np.int64]) -> Iterator[tuple[Keys, Any, Any]]:
        if not self._kept[WORD]:
            return
        kind = _gram_kind()
        keys: list[int] = []
        places: list[int] = []
        sizes: list[int] = []
        cut = _segmenter().tokenize
        for text, base in zip(folded, starts.tolist(), strict=True):
            if text.isascii():
                continue
            for word, start, end in cut(text, "search"):
                if end - start >= 3 and kind[ord(word[0])]:
                    keys.append(word_key(word))
                    places.append(base + start)
                    sizes.append(end - start)
        at = np.array(places, dtype=np.int64)
        yield np.array(keys, dtype=np.uint64), at, at + np.array(sizes, dtype=np.int64)

    def _latin(self, joined: str) -> Iterator[tuple[Keys, Any, Any]]:
        stems: list[int] = []
        begins: list[int] = []
        finishes: list[int] = []
        letters: list[int] = []
        letter_at: list[int] = []
        letter_count: list[int] = []
        with_letters = self._kept[LETTERS]
        for match in _latin_word().finditer(joined):
            stem, grams = _latin_keys(match.group())
            if not stem:
                continue
            start, end = match.span()
            stems.append(stem)
            begins.append(start)
            finishes.append(end)
            if with_letters:
                letters.extend(grams)
                letter_at.extend(range(start - 1, start - 1 + len(grams)))
                letter_count.append(len(grams))
        keys = np.array(stems, dtype=np.uint64)
        start_at = np.array(begins, dtype=np.int64)
        end_at = np.array(finishes, dtype=np.int64)
        if self._kept[STEM]:
            yield keys, start_at, end_at
        if self._kept[WORD_PAIR] and len(keys) > 1:
            line_ends = np.flatnonzero(
                np.frombuffer(joined.encode("utf-32-le", "replace"), dtype="<u4") == 10
            )
            line = np.searchsorted(line_ends, start_at)
            at = np.flatnonzero(line[:-1] == line[1:])
            yield pair_keys(keys[at], keys[at + 1]), start_at[at], end_at[at + 1]
        if with_letters:
            # The frame of a word is no text: its grams are placed inside the word.
            gram_at = np.array(letter_at, dtype=np.int64)
            low = np.maximum(gram_at, np.repeat(start_at, letter_count))
            high = np.minimum(gram_at + 4, np.repeat(end_at, letter_count))
            yield np.array(letters, dtype=np.uint64), low, high

    def _concepts(self, joined: str) -> tuple[Keys, Any, Any]:
        assert self.lexicon is not None
        hits = self.lexicon.find(joined)
        keys = np.array([CONCEPT << 60 | group for group, _, _ in hits], dtype=np.uint64)
        at = np.array([start for _, start, _ in hits], dtype=np.int64)
        return keys, at, np.array([end for _, _, end in hits], dtype=np.int64)


def pair_keys(left: Keys, right: Keys) -> Keys:
    """The keys of pairs of stems that stand side by side, mixed so that order matters."""
    mixed = (left * np.uint64(0x9E3779B97F4A7C15)) ^ (right * np.uint64(0xC2B2AE3D27D4EB4F))
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(32)
    return mixed & np.uint64(_LOW60) | np.uint64(WORD_PAIR << 60)
