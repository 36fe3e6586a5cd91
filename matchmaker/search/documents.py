"""What the indexes read of the database: each thing as a document, both languages side by side.

Nothing here reads a proposal: sealed text never enters an index.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from matchmaker.catalog.models import CatalogItem
from matchmaker.catalog.states import ItemState
from matchmaker.challenges.models import Challenge
from matchmaker.challenges.states import ChallengeState
from matchmaker.foundation.db import db
from matchmaker.kernel.places import data_dir
from matchmaker.matcher import Document, Lexicon
from matchmaker.people.models import Organization
from matchmaker.people.states import OrganizationKind, OrganizationState
from matchmaker.pilots.models import Pilot
from matchmaker.pilots.states import PilotState
from matchmaker.search.states import Kind, Shelf, ref_of, subject

Refs = Collection[str] | None
"""Which things to read; None is all of them."""

AT_ONCE = 500
PUBLIC_PILOTS = (PilotState.RUNNING, PilotState.SUSPENDED, PilotState.ASSESSED, PilotState.ENDED_EARLY)


@cache
def lexicon() -> Lexicon:
    """The domain's near-same terms in both languages."""
    return Lexicon.load(data_dir() / "seeds" / "reference" / "lexicon.toml")


def startup_document(organization: Organization) -> Document:
    """A startup: its lines, what it offers, what shows that it can. Its name says little and is left out."""
    profile = organization.profile
    if profile is None:
        return Document(subject(Kind.STARTUP, organization.ref))
    return Document(
        subject(Kind.STARTUP, organization.ref),
        {
            "title": joined(profile.tagline_zh, profile.tagline_en),
            "body": joined(profile.offer_zh, profile.offer_en),
            "evidence": joined(profile.evidence_zh, profile.evidence_en),
        },
        tuple(profile.tags),
    )


def challenge_document(challenge: Challenge) -> Document:
    """A need or challenge: what says the problem and the wish. Site, support and limits speak of other things."""
    texts = challenge.texts
    return Document(
        subject(Kind.CHALLENGE, challenge.ref),
        {
            "title": joined(*(text.title for text in texts)),
            "summary": joined(*(text.summary for text in texts)),
            "body": joined(*(joined(text.problem, text.outcome, text.success_measures) for text in texts)),
        },
    )


def item_document(item: CatalogItem) -> Document:
    """A catalog item as its present version describes it."""
    version = item.current
    return Document(
        subject(Kind.ITEM, item.ref),
        {
            "title": joined(version.title_zh, version.title_en),
            "summary": joined(version.summary_zh, version.summary_en),
            "body": joined(
                version.use_case_zh, version.use_case_en, version.technology_zh, version.technology_en
            ),
        },
    )


def pilot_document(pilot: Pilot) -> Document:
    """A public case: its title, where it runs, and what the challenge behind it is called."""
    return Document(
        subject(Kind.PILOT, pilot.ref),
        {
            "title": joined(pilot.title_zh, pilot.title_en),
            "body": joined(pilot.site, *(text.title for text in pilot.challenge.texts)),
        },
    )


def joined(*texts: str) -> str:
    """The texts that say something, a line each."""
    return "\n".join(text for text in texts if text)


# --- from the database ---


def _startups() -> Select[Organization]:
    return (
        select(Organization)
        .where(Organization.kind == OrganizationKind.STARTUP)
        .options(joinedload(Organization.profile), joinedload(Organization.county))
    )


def _challenges() -> Select[Challenge]:
    return select(Challenge).options(
        selectinload(Challenge.texts), joinedload(Challenge.organization).joinedload(Organization.county)
    )


def _items(*states: ItemState) -> Select[CatalogItem]:
    return (
        select(CatalogItem)
        .where(CatalogItem.state.in_(states))
        .options(
            joinedload(CatalogItem.supplier),
            joinedload(CatalogItem.category),
            selectinload(CatalogItem.versions),
        )
    )


def _cases() -> Select[Pilot]:
    return (
        select(Pilot)
        .where(Pilot.state.in_(PUBLIC_PILOTS))
        .options(
            joinedload(Pilot.agency).joinedload(Organization.county),
            joinedload(Pilot.startup),
            joinedload(Pilot.challenge).selectinload(Challenge.texts),
        )
    )


def _rows(model: Any, query: Select[Any], refs: Refs) -> Iterator[Any]:
    """The rows of a query in batches, so that memory stays bounded; or those of the named references alone."""
    query = query.order_by(model.id).limit(AT_ONCE).execution_options(populate_existing=True)
    if refs is not None:
        wanted = sorted(refs)
        for start in range(0, len(wanted), AT_ONCE):
            few = query.where(model.ref.in_(wanted[start : start + AT_ONCE]))
            yield from db.session.execute(few).scalars().unique()
        return
    last = 0
    while rows := db.session.execute(query.where(model.id > last)).scalars().unique().all():
        yield from rows
        last = rows[-1].id
        db.session.expunge_all()


def _match_startups(refs: Refs) -> Iterator[Document]:
    living = Organization.state.in_([OrganizationState.CONFIRMED, OrganizationState.PENDING])
    return map(startup_document, _rows(Organization, _startups().where(living), refs))


def _match_challenges(refs: Refs) -> Iterator[Document]:
    shared = Challenge.handed_in_at.is_not(None) & (Challenge.state != ChallengeState.CANCELLED)
    return map(challenge_document, _rows(Challenge, _challenges().where(shared), refs))


def _match_items(refs: Refs) -> Iterator[Document]:
    return map(item_document, _rows(CatalogItem, _items(ItemState.LISTED), refs))


def _site_startups(refs: Refs) -> Iterator[Document]:
    confirmed = Organization.state == OrganizationState.CONFIRMED
    for row in _rows(Organization, _startups().where(confirmed), refs):
        yield named(startup_document(row), row.name_zh, row.name_en, row.ubn or "", *_county(row))


def _site_challenges(refs: Refs) -> Iterator[Document]:
    for row in _rows(Challenge, _challenges().where(Challenge.published_at.is_not(None)), refs):
        by = row.organization
        field = joined(*(joined(text.site, text.support, text.data_available) for text in row.texts))
        document = named(challenge_document(row), row.code or "", by.name_zh, by.name_en, *_county(by))
        yield besides(document, evidence=field)


def _site_items(refs: Refs) -> Iterator[Document]:
    # The catalog's own list shows suspended supply too, and finds it by this index.
    for row in _rows(CatalogItem, _items(ItemState.LISTED, ItemState.SUSPENDED), refs):
        category = (row.category.name_zh, row.category.name_en) if row.category else ()
        by, version = row.supplier, row.current
        document = named(item_document(row), row.code or "", by.name_zh, by.name_en, *category)
        yield besides(document, evidence=joined(version.specification_zh, version.specification_en))


def _site_cases(refs: Refs) -> Iterator[Document]:
    for row in _rows(Pilot, _cases(), refs):
        both = (row.agency, row.startup)
        names = (name for by in both for name in (by.name_zh, by.name_en))
        yield named(pilot_document(row), row.challenge.code or "", *names, *_county(row.agency))


def named(document: Document, *names: str) -> Document:
    """The document, found by these names and numbers as well."""
    return besides(document, names=joined(*names))


def besides(document: Document, **fields: str) -> Document:
    """The document with further fields."""
    return Document(document.id, {**document.fields, **fields}, document.tags)


def _county(organization: Organization) -> tuple[str, ...]:
    county = organization.county
    return (county.name_zh, county.name_en) if county else ()


_READERS: dict[Shelf, dict[Kind, Callable[[Refs], Iterable[Document]]]] = {
    Shelf.MATCH: {
        Kind.STARTUP: _match_startups,
        Kind.CHALLENGE: _match_challenges,
        Kind.ITEM: _match_items,
    },
    Shelf.SITE: {
        Kind.STARTUP: _site_startups,
        Kind.CHALLENGE: _site_challenges,
        Kind.ITEM: _site_items,
        Kind.PILOT: _site_cases,
    },
}


def read(shelf: Shelf, subjects: Iterable[str] | None = None) -> Iterator[Document]:
    """The documents of an index as the database has them now; of the named things, or all.

    A named thing that does not belong in the index (any more) gives no document.
    """
    if subjects is None:
        for reader in _READERS[shelf].values():
            yield from reader(None)
        return
    refs: dict[str, set[str]] = defaultdict(set)
    for one in subjects:
        refs[one.partition(":")[0]].add(ref_of(one))
    for kind, reader in _READERS[shelf].items():
        if refs[kind.value]:
            yield from reader(refs[kind.value])
