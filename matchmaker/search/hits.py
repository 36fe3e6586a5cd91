"""The things of a page with their words: one query for each kind, the found words marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from matchmaker.foundation.i18n import TAGS, is_chinese
from matchmaker.matcher import TermShare
from matchmaker.matcher.analysis import fold, has_gram
from matchmaker.search.finding import Question
from matchmaker.search.marking import Span, excerpt, marked
from matchmaker.search.rows import Words, rows, standing, words
from matchmaker.search.states import Kind
from matchmaker.search.things import Thing

ENDPOINTS = {
    Kind.CHALLENGE: "challenges.public",
    Kind.PILOT: "pilots.case",
    Kind.ITEM: "catalog.public",
    Kind.STARTUP: "people.public_organization",
}


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing as a row of the list shows it. ``..._lang`` where a text is not in the page's."""

    thing: Thing
    title: Markup
    title_lang: str | None
    by: Markup
    by_lang: str | None
    summary: Markup
    summary_lang: str | None
    tone: str
    state: str
    row: Any

    @property
    def endpoint(self) -> str:
        return ENDPOINTS[self.thing.kind]


def hits(shown: Sequence[Thing], question: Question | None, now: datetime) -> list[Hit]:
    """The things as rows, in their order; one that went away since it was found is left out."""
    found = rows(shown)
    return [_hit(thing, found[thing.subject], question, now) for thing in shown if thing.subject in found]


def _hit(thing: Thing, row: Any, question: Question | None, now: datetime) -> Hit:
    says = words(thing.kind, row)
    lines = {"title": says.title, "names": says.by, "summary": says.summary}
    places = _places(says, question.terms_of(thing.subject, lines)) if question is not None else {}
    text, spans = excerpt(says.summary, places.get("summary", []))
    other = says.summary_other
    if question is not None and not spans:
        # Reading more costs more: only where the lines that show say nothing of what was asked.
        more = {"body": says.body, "other": says.other}
        behind = _places(says, question.terms_of(thing.subject, more))
        for field in ("body", "other"):
            if behind.get(field):
                text, spans = excerpt(getattr(says, field), behind[field])
                other = has_gram(fold(text)) is not is_chinese()
                break
    tone, state = standing(thing.kind, row, now)
    return Hit(
        thing=thing,
        title=marked(says.title, places.get("title", ())),
        title_lang=_lang(says.title_other),
        by=marked(says.by, places.get("names", ())),
        by_lang=_lang(thing.kind is Kind.STARTUP),
        summary=marked(text, spans),
        summary_lang=_lang(other),
        tone=tone,
        state=state,
        row=row,
    )


_FIELDS = {"names": "by"}


def _from_word_starts(text: str, spans: Sequence[Span]) -> list[Span]:
    """Without the tails of longer English words, which only share some letters with the question."""
    return [
        (start, end)
        for start, end in spans
        if start == 0 or not (text[start - 1 : start + 1].isascii() and text[start - 1 : start + 1].isalpha())
    ]


def _lang(other: bool) -> str | None:
    return TAGS["en" if is_chinese() else "zh_Hant_TW"] if other else None


def _places(says: Words, terms: Sequence[TermShare]) -> dict[str, list[Span]]:
    """Where the found words stand, by field. Single characters count only where nothing longer was found."""
    every = [place for term in terms for place in term.found]
    longer = [place for place in every if place.end - place.start > 1]
    found: dict[str, list[Span]] = {}
    for place in longer or every:
        found.setdefault(place.field, []).append((place.start, place.end))
    return {
        field: _from_word_starts(getattr(says, _FIELDS.get(field, field)), spans)
        for field, spans in found.items()
    }
