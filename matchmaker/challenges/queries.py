"""Reads of challenges; an unpublished need exists only for its agency and, once handed in, for staff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload, load_only, selectinload

from matchmaker.challenges.facts import ListFacts
from matchmaker.challenges.models import Challenge, ChallengePaper, ChallengeText
from matchmaker.challenges.phases import phase_expression
from matchmaker.challenges.states import UNPUBLISHED, ChallengeState
from matchmaker.foundation.db import db
from matchmaker.kernel.errors import NotFound
from matchmaker.kernel.money import plain_width
from matchmaker.kernel.programme import Domain
from matchmaker.people.actor import Actor
from matchmaker.people.models import Organization

MOST_WORDS = 8
LONGEST_TRAIL = 20

_IS_PUBLIC = Challenge.published_at.is_not(None)


def _full() -> Select[Challenge]:
    """A challenge with everything its pages show."""
    return select(Challenge).options(
        joinedload(Challenge.organization).joinedload(Organization.county),
        joinedload(Challenge.parent).selectinload(Challenge.texts),
        selectinload(Challenge.texts),
        selectinload(Challenge.criteria),
        selectinload(Challenge.papers).joinedload(ChallengePaper.file),
    )


def _one(query: Select[Challenge]) -> Challenge:
    row = db.session.execute(query).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


def challenge_by_id(challenge_id: int) -> Challenge:
    """A challenge with everything loaded, whoever asks; for operations and jobs."""
    return _one(_full().where(Challenge.id == challenge_id))


def challenge_for(actor: Actor, ref: str, now: datetime) -> Challenge:
    """A challenge from the inside: its agency's people always, staff once it was handed in; else NotFound.

    Everybody else reads a published one by ``public_challenge``.
    """
    row = _one(_full().where(Challenge.ref == ref))
    if not (actor.is_of(row.organization_id) or (actor.is_staff and _known_to_staff(row))):
        raise NotFound
    return row


def _known_to_staff(challenge: Challenge) -> bool:
    return challenge.state is not ChallengeState.DRAFT and (
        challenge.handed_in_at is not None or challenge.published_at is not None
    )


def own_challenge(actor: Actor, ref: str) -> Challenge:
    """A challenge of the agency that the person acts for."""
    return _one(
        _full().where(Challenge.ref == ref, Challenge.organization_id == (actor.organization_id or 0))
    )


def public_challenge(ref: str, now: datetime) -> Challenge:
    """A published challenge, by its reference or its code; a cancelled one stays once it was published."""
    return _one(_full().where(or_(Challenge.ref == ref, Challenge.code == ref), _IS_PUBLIC))


def public_paper(challenge: Challenge, ref: str) -> ChallengePaper:
    """A paper that everybody may read."""
    return (
        next((paper for paper in challenge.papers if paper.ref == ref and paper.public), None) or _missing()
    )


def paper_of(challenge: Challenge, ref: str) -> ChallengePaper:
    """Any paper of a challenge that the reader sees from the inside."""
    return next((paper for paper in challenge.papers if paper.ref == ref), None) or _missing()


def _missing() -> ChallengePaper:
    raise NotFound


# Lists


@dataclass(frozen=True, slots=True)
class Listed:
    """Rows of a page, how many there are in all, and how many each value of a filter would give."""

    rows: Sequence[Challenge]
    total: int
    counts: Mapping[str, int]
    domains: Mapping[str, int]


def _rows(query: Select[Challenge], offset: int, limit: int) -> Sequence[Challenge]:
    found = query.options(
        joinedload(Challenge.organization).load_only(
            Organization.name_zh, Organization.name_en, Organization.kind
        ),
        selectinload(Challenge.texts).load_only(
            ChallengeText.challenge_id, ChallengeText.language, ChallengeText.title, ChallengeText.summary
        ),
        load_only(
            Challenge.ref, Challenge.code, Challenge.state, Challenge.organization_id, Challenge.parent_id,
            Challenge.domain, Challenge.budget, Challenge.grant_ceiling, Challenge.opens_at,
            Challenge.closes_at, Challenge.handed_in_at, Challenge.published_at, Challenge.created_at,
            Challenge.changed_at, Challenge.changed_by, Challenge.version, Challenge.state_note,
            Challenge.most_awards, Challenge.pilot_months, Challenge.cancelled_at,
        ),
    )  # fmt: skip
    return db.session.execute(found.offset(offset).limit(limit)).scalars().all()


def _count(*conditions: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count(Challenge.id)).where(*conditions)) or 0


def _counts(by: ColumnElement[str], *conditions: ColumnElement[bool]) -> dict[str, int]:
    query = select(by, func.count(Challenge.id)).where(*conditions).group_by(by)
    return {str(key): count for key, count in db.session.execute(query) if key is not None}


def _has_words(words: str) -> list[ColumnElement[bool]]:
    """Each word has to stand in title, summary or problem of either language, or in code or agency's name."""
    conditions: list[ColumnElement[bool]] = []
    for word in plain_width(words).split()[:MOST_WORDS]:
        like = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        in_text = _any_like(like, ChallengeText.title, ChallengeText.summary, ChallengeText.problem)
        in_name = _any_like(like, Organization.name_zh, Organization.name_en)
        conditions.append(
            or_(
                select(ChallengeText.id).where(ChallengeText.challenge_id == Challenge.id, in_text).exists(),
                select(Organization.id).where(Organization.id == Challenge.organization_id, in_name).exists(),
                _any_like(like, Challenge.code),
            )
        )
    return conditions


def _any_like(like: str, *columns: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    return or_(*(column.ilike(like, escape="\\") for column in columns))


_MONEY = func.coalesce(Challenge.grant_ceiling, Challenge.budget, 0)
"""``Challenge.money`` in SQL."""


def _order(facts: ListFacts, now: datetime) -> list[ColumnElement[Any]]:
    newest: list[ColumnElement[Any]] = [Challenge.published_at.desc(), Challenge.id.desc()]
    if facts.sort == "newest":
        return newest
    if facts.sort == "budget":
        return [_MONEY.desc(), *newest]
    live = and_(Challenge.state == ChallengeState.PUBLISHED, Challenge.closes_at > now)
    return [
        case((live, 0), else_=1).asc(),
        case((live, Challenge.closes_at), else_=None).asc(),
        Challenge.closes_at.desc(),
        Challenge.id.desc(),
    ]


def list_public(*, facts: ListFacts, now: datetime, offset: int, limit: int) -> Listed:
    """Published challenges as everybody sees them; calls that close next stand first unless asked otherwise."""
    phase = phase_expression(now)
    base = [_IS_PUBLIC, *_has_words(facts.words)]
    if facts.least:
        base.append(facts.least <= _MONEY)
    by_domain = [Challenge.domain == facts.domain] if facts.domain is not None else []
    by_phase = [phase.in_(facts.phases)] if facts.phases else []
    return Listed(
        rows=_rows(
            select(Challenge).where(*base, *by_domain, *by_phase).order_by(*_order(facts, now)),
            offset,
            limit,
        ),
        total=_count(*base, *by_domain, *by_phase),
        counts=_counts(phase, *base, *by_domain),
        domains=_counts(Challenge.domain, *base, *by_phase),  # type: ignore[arg-type]
    )


def of_organization(
    actor: Actor, *, now: datetime, state: ChallengeState | None = None, offset: int = 0, limit: int = 1000
) -> Listed:
    """The needs and challenges of the agency that the person acts for; what it has to do itself stands first."""
    own = Challenge.organization_id == (actor.organization_id or 0)
    effective = Challenge.state_expression(now)
    chosen = [own, effective == state.value] if state is not None else [own]
    turn = case(
        (Challenge.state == ChallengeState.RETURNED, 0),
        (Challenge.state == ChallengeState.DRAFT, 1),
        (Challenge.state.in_([ChallengeState.CONCLUDED, ChallengeState.CANCELLED]), 3),
        else_=2,
    )
    return Listed(
        rows=_rows(
            select(Challenge).where(*chosen).order_by(turn, Challenge.changed_at.desc(), Challenge.id.desc()),
            offset,
            limit,
        ),
        total=_count(*chosen),
        counts=_counts(effective, own),
        domains={},
    )


def for_staff(
    *, now: datetime, state: ChallengeState | None = None, words: str = "", offset: int = 0, limit: int = 20
) -> Listed:
    """What staff look after: needs that wait longest first, then the published ones by deadline."""
    known = [
        Challenge.state != ChallengeState.DRAFT,
        or_(Challenge.handed_in_at.is_not(None), _IS_PUBLIC),
        *_has_words(words),
    ]
    effective = Challenge.state_expression(now)
    chosen = [*known, effective == state.value] if state is not None else known
    turn = case((Challenge.state == ChallengeState.IN_TRIAGE, 0), else_=1)
    return Listed(
        rows=_rows(
            select(Challenge)
            .where(*chosen)
            .order_by(
                turn,
                case((Challenge.state == ChallengeState.IN_TRIAGE, Challenge.handed_in_at), else_=None),
                Challenge.closes_at.desc(),
                Challenge.id.desc(),
            ),
            offset,
            limit,
        ),
        total=_count(*chosen),
        counts=_counts(effective, *known),
        domains={},
    )


def count_in_triage() -> int:
    """How many needs wait for staff."""
    return _count(Challenge.state == ChallengeState.IN_TRIAGE)


def count_for_agency(actor: Actor) -> int:
    """How many needs wait for the agency itself: drafts and returned ones."""
    return _count(
        Challenge.organization_id == (actor.organization_id or 0),
        Challenge.state.in_([ChallengeState.DRAFT, ChallengeState.RETURNED]),
    )


def open_calls(now: datetime) -> Sequence[Challenge]:
    """Calls that take proposals at this moment, those that close next first, with texts and criteria."""
    query = (
        select(Challenge)
        .where(
            Challenge.state == ChallengeState.PUBLISHED,
            Challenge.opens_at <= now,
            Challenge.closes_at > now,
        )
        .options(
            joinedload(Challenge.organization),
            selectinload(Challenge.texts),
            selectinload(Challenge.criteria),
        )
        .order_by(Challenge.closes_at, Challenge.id)
    )
    return db.session.execute(query).scalars().all()


# The trail


def trail_of(challenge: Challenge, actor: Actor | None = None) -> list[Challenge]:
    """The challenges before it, itself, and the follow-ups set after it (R-094), with their texts.

    Unpublished ones only for the people of their agency and, once handed in, for staff. A challenge that
    stands alone gives a list of one.
    """
    before: list[Challenge] = []
    parent_id = challenge.parent_id
    while parent_id is not None and len(before) < LONGEST_TRAIL:
        parent = _brief(Challenge.id == parent_id)[0]
        before.insert(0, parent)
        parent_id = parent.parent_id
    after = _brief(Challenge.parent_id == challenge.id)
    around = [row for row in (*before, *after) if row.published_at or _sees(actor, row)]
    early = [row for row in around if row in before]
    return [*early, challenge, *(row for row in around if row not in early)]


def _sees(actor: Actor | None, challenge: Challenge) -> bool:
    if actor is None:
        return False
    return actor.is_of(challenge.organization_id) or (actor.is_staff and _known_to_staff(challenge))


def _brief(condition: ColumnElement[bool]) -> Sequence[Challenge]:
    query = select(Challenge).where(condition).options(selectinload(Challenge.texts)).order_by(Challenge.id)
    return db.session.execute(query).scalars().all()


def domains_in_use() -> Sequence[Domain]:
    """The domains of published challenges, for filters elsewhere."""
    query = select(Challenge.domain).where(_IS_PUBLIC, Challenge.domain.is_not(None)).distinct()
    return [domain for domain in db.session.execute(query).scalars() if domain is not None]


def is_unpublished(challenge: Challenge) -> bool:
    """Is it still a need?"""
    return challenge.state in UNPUBLISHED
