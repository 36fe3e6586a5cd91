"""Texts as a person reads them: their words, and the stretches of the original behind folded characters."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

from matchmaker.matcher import analysis
from matchmaker.matcher.analysis import STOP_WORDS
from matchmaker.matcher.results import Place

Span = tuple[int, int, int]
"""Part of the document or query, first and one past the last folded character."""


@dataclass
class Text:
    """One part of a query or document: its original, folded, and where each folded character came from."""

    field: str
    original: str
    folded: str

    @functools.cached_property
    def _origin(self) -> list[tuple[int, int]] | None:
        return analysis.origins(self.original)

    def place(self, start: int, end: int) -> Place:
        """The stretch of the original text behind a stretch of the folded one."""
        origin = self._origin
        if origin is None:
            return Place(self.field, start, end)
        if not origin:
            return Place(self.field, 0, 0)
        last = len(origin) - 1
        return Place(self.field, origin[min(start, last)][0], origin[min(end - 1, last)][1])

    def surface(self, start: int, end: int) -> str:
        place = self.place(start, end)
        return self.original[place.start : place.end]


def texts_of(parts: Sequence[tuple[str, str]]) -> list[Text]:
    return [Text(name, text, analysis.fold(text)) for name, text in parts]


def same_word(folded: str) -> str:
    """One name for the inflections of an English word."""
    return f"stem {analysis.stem_of(folded)}" if folded.isascii() and " " not in folded else folded


def words_of(text: Text) -> list[int]:
    """For every character of the folded text the number of its word, -1 outside words."""
    word = [-1] * len(text.folded)
    number = 0
    for piece, start, end in analysis.latin_places(text.folded):
        if piece not in STOP_WORDS:
            word[start:end] = [number] * (end - start)
            number += 1
    if not text.folded.isascii():
        for piece, start, end in analysis.segments(text.folded):
            if analysis.is_gram(piece[0]):
                word[start:end] = [number] * (end - start)
                number += 1
    return word
