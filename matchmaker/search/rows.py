"""What the things of each kind say and how they stand: their rows, one query for each kind, and the texts of a hit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from matchmaker.catalog.models import CatalogItem
from matchmaker.catalog.states import ITEM_LIFE
from matchmaker.challenges.models import Challenge, ChallengeText
from matchmaker.challenges.phases import PHASES, phase_at
from matchmaker.foundation.db import db
from matchmaker.foundation.i18n import is_chinese
from matchmaker.kernel.dates import local_day
from matchmaker.people.models import Organization
from matchmaker.pilots.models import Pilot
from matchmaker.pilots.states import PILOT_LIFE
from matchmaker.search.documents import joined
from matchmaker.search.states import Kind
from matchmaker.search.things import Thing


@dataclass(frozen=True, slots=True)
class Words:
    """What a hit says: texts of the reader's language, else of the other one, and what stands behind them.

    ``title_other`` and ``summary_other`` say that these are in the other language. ``body`` is more of the
    reader's language, ``other`` everything in the other one: an excerpt comes from there if nothing else is found.
    """

    title: str
    title_other: bool = False
    by: str = ""
    summary: str = ""
    summary_other: bool = False
    body: str = ""
    other: str = ""


def rows(shown: Iterable[Thing]) -> dict[str, Any]:
    """The rows of these things, by subject; one query for each kind, and one for the texts it has."""
    refs: dict[Kind, list[str]] = {kind: [] for kind in Kind}
    for thing in shown:
        refs[thing.kind].append(thing.ref)
    return {row.subject: row for kind, wanted in refs.items() if wanted for row in _LOADERS[kind](wanted)}


def words(kind: Kind, row: Any) -> Words:
    """What a thing says, in the reader's language first."""
    return _WORDS[kind](row)


def standing(kind: Kind, row: Any, now: datetime) -> tuple[str, str]:
    """(tone, English label) of the state as the clock has it; empty for what has none."""
    return _STATES[kind](row, now)


# --- what each kind says ---


def _pair(zh: str, en: str) -> tuple[str, bool, str]:
    """(the text to show, whether it is the other language's, the other text where the shown one is not it)."""
    own, other = (zh, en) if is_chinese() else (en, zh)
    return (own, False, other) if own else (other, bool(other), "")


def _challenge_words(row: Challenge) -> Words:
    texts: Mapping[str, ChallengeText] = {text.language: text for text in row.texts}
    own, other = ("zh", "en") if is_chinese() else ("en", "zh")
    mine, theirs = texts.get(own), texts.get(other)
    shown = mine or theirs
    if shown is None:
        return Words(row.code or "")
    more = joined(
        *(getattr(shown, name) for name in ("problem", "outcome", "success_measures", "site", "support"))
    )
    foreign = mine is None
    return Words(
        title=shown.title,
        title_other=foreign,
        by=row.organization.name,
        summary=shown.summary or shown.problem,
        summary_other=foreign,
        body="" if foreign else more,
        other=more if foreign else joined(theirs.title, theirs.summary, theirs.problem) if theirs else "",
    )


def _pilot_words(row: Pilot) -> Words:
    title, title_other, other = _pair(row.title_zh, row.title_en)
    mine = "zh" if is_chinese() else "en"
    called = {text.language: text.title for text in row.challenge.texts}
    own, foreign = called.pop(mine, ""), joined(*called.values())
    return Words(
        title=title,
        title_other=title_other,
        by=f"{row.agency.name} × {row.startup.name}",
        summary=own or foreign,
        summary_other=not own and bool(foreign),
        body=row.site,
        other=joined(other, foreign if own else ""),
    )


def _item_words(row: CatalogItem) -> Words:
    version = row.current
    title, title_other, more_title = _pair(version.title_zh, version.title_en)
    summary, summary_other, more_summary = _pair(version.summary_zh, version.summary_en)
    own, other = ("zh", "en") if is_chinese() else ("en", "zh")

    def rest(language: str) -> str:
        names = ("use_case", "technology", "specification")
        return joined(*(getattr(version, f"{name}_{language}") for name in names))

    return Words(
        title=title,
        title_other=title_other,
        by=row.supplier.name,
        summary=summary,
        summary_other=summary_other,
        body=rest(own),
        other=joined(more_title, more_summary, rest(other)),
    )


def _startup_words(row: Organization) -> Words:
    # A company goes by both names, whatever the language of the page.
    other_name = row.name_en if row.name == row.name_zh else row.name_zh
    profile = row.profile
    if profile is None:
        return Words(title=row.name, by=other_name)
    tagline, tagline_other, more = _pair(profile.tagline_zh, profile.tagline_en)
    offer, offer_other, more_offer = _pair(profile.offer_zh, profile.offer_en)
    return Words(
        title=row.name,
        by=other_name if other_name != row.name else "",
        summary=tagline or offer,
        summary_other=tagline_other if tagline else offer_other,
        body="" if offer_other else joined(offer, "、".join(map(str, profile.tags)), profile.evidence),
        other=joined(more, more_offer, offer if offer_other else ""),
    )


_WORDS: dict[Kind, Callable[[Any], Words]] = {
    Kind.CHALLENGE: _challenge_words,
    Kind.PILOT: _pilot_words,
    Kind.ITEM: _item_words,
    Kind.STARTUP: _startup_words,
}


# --- how each kind stands, by the clock ---


def _challenge_state(row: Challenge, now: datetime) -> tuple[str, str]:
    phase = phase_at(row, now)
    return (PHASES[phase].tone, PHASES[phase].label) if phase else ("", "")


def _item_state(row: CatalogItem, now: datetime) -> tuple[str, str]:
    info = ITEM_LIFE.info(row.state_on(local_day(now)))
    return info.tone, info.label


def _pilot_state(row: Pilot, _now: datetime) -> tuple[str, str]:
    info = PILOT_LIFE.info(row.state)
    return info.tone, info.label


def _startup_state(_row: Organization, _now: datetime) -> tuple[str, str]:
    return "", ""


_STATES: dict[Kind, Callable[[Any, datetime], tuple[str, str]]] = {
    Kind.CHALLENGE: _challenge_state,
    Kind.PILOT: _pilot_state,
    Kind.ITEM: _item_state,
    Kind.STARTUP: _startup_state,
}


# --- the rows ---


def _challenges(refs: Sequence[str]) -> Iterable[Challenge]:
    query = select(Challenge).options(joinedload(Challenge.organization), selectinload(Challenge.texts))
    return db.session.execute(query.where(Challenge.ref.in_(refs))).scalars()


def _pilots(refs: Sequence[str]) -> Iterable[Pilot]:
    query = select(Pilot).options(
        joinedload(Pilot.agency),
        joinedload(Pilot.startup),
        joinedload(Pilot.challenge).selectinload(Challenge.texts),
    )
    return db.session.execute(query.where(Pilot.ref.in_(refs))).scalars()


def _items(refs: Sequence[str]) -> Iterable[CatalogItem]:
    query = select(CatalogItem).options(
        joinedload(CatalogItem.supplier),
        joinedload(CatalogItem.framework),
        selectinload(CatalogItem.versions),
    )
    return db.session.execute(query.where(CatalogItem.ref.in_(refs))).scalars()


def _startups(refs: Sequence[str]) -> Iterable[Organization]:
    query = select(Organization).options(joinedload(Organization.profile), joinedload(Organization.county))
    return db.session.execute(query.where(Organization.ref.in_(refs))).scalars()


_LOADERS: dict[Kind, Callable[[Sequence[str]], Iterable[Any]]] = {
    Kind.CHALLENGE: _challenges,
    Kind.PILOT: _pilots,
    Kind.ITEM: _items,
    Kind.STARTUP: _startups,
}
