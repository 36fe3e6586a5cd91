"""Marking found words in the texts of a hit; everything is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup

Span = tuple[int, int]

LONGEST = 160
"""Characters of an excerpt; a list shows two lines."""

BEFORE = 30
"""Characters before the first found word of an excerpt."""


def marked(text: str, spans: Iterable[Span]) -> Markup:
    """The text with these stretches in ``<mark>``; overlapping and touching ones become one."""
    made = Markup("")
    at = 0
    for start, end in _merged(spans, text):
        made += Markup("{}<mark>{}</mark>").format(text[at:start], text[start:end])
        at = end
    return made + text[at:]


def _merged(spans: Iterable[Span], text: str) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        # Words of one name stand one blank apart.
        if merged and not text[merged[-1][1] : start].strip():
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif end > start:
            merged.append((start, end))
    return merged


def excerpt(text: str, spans: Sequence[Span]) -> tuple[str, list[Span]]:
    """The part around the first found word, out of the line that holds it, and the stretches in that part."""
    first = min((start for start, _ in spans), default=0)
    line_start = text.rfind("\n", 0, first) + 1
    line_end = text.find("\n", first)
    text = text[line_start : line_end if line_end >= 0 else len(text)]
    spans = [(start - line_start, end - line_start) for start, end in spans if start >= line_start]
    first -= line_start
    start = _word_start(text, first - BEFORE) if first > LONGEST // 2 else 0
    end = min(len(text), start + LONGEST)
    if end < len(text):
        blank = text.rfind(" ", max(start, end - 20), end)
        end = blank if blank > first else end
    head, tail = "…" if start else "", "…" if end < len(text) else ""
    move = len(head) - start
    inside = [(low + move, high + move) for low, high in spans if start <= low and high <= end]
    return head + text[start:end].rstrip() + tail, inside


def _word_start(text: str, at: int) -> int:
    """Where a word begins near a place: after the last blank shortly before it, else the place itself."""
    blank = max(text.rfind(mark, max(0, at - 20), at) for mark in " \n。，；")
    return blank + 1 if blank >= 0 else at
