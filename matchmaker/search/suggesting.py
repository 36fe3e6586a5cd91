"""What was probably meant, and what a search box suggests: only words that a public thing holds at this moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from matchmaker.matcher import Index, analysis
from matchmaker.search import coverage, shelves
from matchmaker.search.facts import Asked
from matchmaker.search.finding import Question
from matchmaker.search.hits import Hit
from matchmaker.search.rows import rows, words
from matchmaker.search.states import Kind, Shelf
from matchmaker.search.things import things

WORDS = 4
TITLES = 5
_HOLDERS = 20
_ASKED = 3
_LOOKED_AT = 20


def meant(question: Question | None, shown: Sequence[Hit]) -> str | None:
    """The words as they were understood, where a misspelt one stands for one that a shown hit holds; else None.

    The word is taken from the hit's own text: so it comes in the script that the hit is written in, and no word
    of anything that is not shown is told.
    """
    if question is None or not question.spell:
        return None
    misspelt = {analysis.fold(one.asked) for one in question.index.corrections(question.words)}
    instead: dict[tuple[int, int], str] = {}
    for hit in shown[:_ASKED] if misspelt else ():
        for term in question.terms_of(hit.thing.subject):
            for place in term.asked if term.near else ():
                asked = question.words[place.start : place.end]
                if analysis.fold(asked) in misspelt and not _overlaps((place.start, place.end), instead):
                    instead[place.start, place.end] = term.term.partition(" ≈ ")[2]
    text = question.words
    for start, end in sorted(instead, reverse=True):
        text = text[:start] + instead[start, end] + text[end:]
    return text if instead else None


def _overlaps(span: tuple[int, int], others: dict[tuple[int, int], str]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A text to search for; ``kind`` where it is the title of a thing."""

    text: str
    kind: Kind | None = None


def suggest(typed: str, now: datetime) -> list[Suggestion]:
    """Words that complete the last one typed, then titles of what fits."""
    if len(typed) < 2 and not analysis.has_gram(analysis.fold(typed)):
        return []
    index = shelves.index(Shelf.SITE)
    found = [Suggestion(text) for text in _completed(index, typed, now)]
    question = Question.of(Asked(words=typed))
    public = things(now, question.subjects()[:_LOOKED_AT])
    best = [public[one] for one in question.subjects()[:_LOOKED_AT] if one in public][:TITLES]
    held = rows(best)
    found += [
        Suggestion(words(thing.kind, held[thing.subject]).title, thing.kind)
        for thing in best
        if thing.subject in held
    ]
    return list({analysis.fold(one.text): one for one in reversed(found)}.values())[::-1]


def _completed(index: Index, typed: str, now: datetime) -> list[str]:
    """The text typed so far with its last word completed, in the script of a public thing that holds the word."""
    known = {word: _holders(index, word) for word in index.completions(typed, top=2 * WORDS)}
    public = things(now, {one for holders in known.values() for one in holders})
    made: list[str] = []
    for word, holders in known.items():
        surface = next((_surface(index, word, one) for one in holders if one in public), "")
        text = _joined(typed, surface) if surface else ""
        if text and analysis.fold(text) != analysis.fold(typed) and len(made) < WORDS:
            made.append(text)
    return made


def _holders(index: Index, word: str) -> list[str]:
    shares = coverage.covering(index, index.prepare(word))
    return sorted(one for one, share in shares.items() if share > 0.99)[:_HOLDERS]


def _surface(index: Index, word: str, subject: str) -> str:
    """The word as the document writes it."""
    document = index.document(subject)
    texts = dict(document.texts()) if document is not None else {}
    for term in index.explain(word, subject).terms:
        for place in term.found:
            return texts[place.field][place.start : place.end] if place.field in texts else ""
    return ""


def _joined(typed: str, word: str) -> str:
    """The typed text, the longest end of which the word begins with, completed."""
    folded, whole = analysis.fold(typed), analysis.fold(word)
    for size in range(min(len(folded), len(whole)), 0, -1):
        if folded.endswith(whole[:size]):
            return typed[: len(typed) - size] + word
    return ""
