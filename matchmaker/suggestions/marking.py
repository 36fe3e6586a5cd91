"""The carrying words marked in a text. Everything is escaped; nothing here knows a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from matchmaker.matcher import Document, Place, TermShare

Span = tuple[int, int, str]
"""First and one past the last character, and the words that tell why it is marked."""


@dataclass(frozen=True, slots=True)
class Part:
    """A field of a document, line by line."""

    field: str
    lines: list[Markup]


def telling(terms: Sequence[TermShare]) -> list[TermShare]:
    """The terms worth marking, in both texts or in none: single characters only where there is nothing else."""
    carrying = [term for term in terms if term.share > 0 and term.found]
    return [term for term in carrying if len(term.term) > 1] or carrying


def marked(document: Document, reasons: Iterable[tuple[Iterable[Place], str]]) -> list[Part]:
    """A document's texts with these places in ``<mark title=...>``, each with the words that tell why.

    Places beyond the text (of an older text than this one) are left out.
    """
    spans: dict[str, list[Span]] = {}
    for places, why in reasons:
        for place in places:
            spans.setdefault(place.field, []).append((place.start, place.end, why))
    return [
        Part(field, _lines(text, _merged(spans.get(field, []), text))) for field, text in document.texts()
    ]


def _merged(spans: Iterable[Span], text: str) -> list[Span]:
    """The spans in order; those that overlap become one, with the words of each."""
    merged: list[Span] = []
    for start, end, why in sorted(spans):
        if not 0 <= start < end <= len(text):
            continue
        if merged and start < merged[-1][1]:
            first, last, known = merged[-1]
            words = known if why in known.split("; ") else f"{known}; {why}"
            merged[-1] = (first, max(last, end), words)
        else:
            merged.append((start, end, why))
    return merged


def _lines(text: str, spans: Sequence[Span]) -> list[Markup]:
    lines, at = [], 0
    for line in text.split("\n"):
        stop = at + len(line)
        inside = [(max(s, at), min(e, stop), why) for s, e, why in spans if s < stop and e > at]
        if line.strip():
            lines.append(_line(text, at, stop, inside))
        at = stop + 1
    return lines


def _line(text: str, start: int, stop: int, spans: Sequence[Span]) -> Markup:
    made, at = Markup(""), start
    for first, last, why in spans:
        made += Markup('{}<mark title="{}">{}</mark>').format(text[at:first], why, text[first:last])
        at = last
    return made + text[at:stop]
