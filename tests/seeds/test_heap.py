"""The heap for load tests: whole rows, the same for the same number, on both databases."""

import random
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from matchmaker.challenges import queries
from matchmaker.challenges.completeness import gaps
from matchmaker.challenges.facts import ListFacts
from matchmaker.challenges.models import Challenge
from matchmaker.challenges.states import UNPUBLISHED
from matchmaker.foundation import clock
from matchmaker.foundation.db import db
from matchmaker.kernel.identifiers import ubn_refusal
from matchmaker.people import queries as people_queries
from matchmaker.people.models import Organization
from matchmaker.people.states import OrganizationKind
from matchmaker.seeding import load
from matchmaker.seeding.heap import SPREAD, Maker


def snapshot():
    db.session.rollback()
    rows = db.session.execute(
        select(Challenge).options(selectinload(Challenge.texts)).order_by(Challenge.id)
    ).scalars()
    return [(row.ref, row.code, row.state, row.closes_at, row.text_in("zh").title) for row in rows]


@pytest.mark.both_databases
def test_a_heap_is_whole_and_made_once(app, capsys):
    with clock.at(datetime(2026, 3, 2, 1, tzinfo=UTC)):
        load.heap(challenges=300, startups=40, number=7)
        before = snapshot()
        load.heap(challenges=300, startups=40, number=7)
        assert snapshot() == before
    assert len(before) == 300
    assert {state for _r, _c, state, _t, _n in before} == set(SPREAD)
    now = datetime(2026, 3, 2, 1, tzinfo=UTC)
    challenges = db.session.execute(
        select(Challenge).options(selectinload(Challenge.texts), selectinload(Challenge.criteria))
    ).scalars()
    for row in challenges:
        late = {gap.field for gap in gaps(row, now)}
        assert late <= ({"opens_at"} if row.state in UNPUBLISHED else {"closes_at"})
    startups = db.session.execute(
        select(Organization).where(Organization.kind == OrganizationKind.STARTUP)
    ).scalars()
    assert all(row.fictitious and ubn_refusal(row.ubn) is None for row in startups)
    assert queries.list_public(facts=ListFacts(), now=now, offset=0, limit=20).total > 100
    assert people_queries.confirmed_startups()
    assert db.session.scalar(select(func.count(Organization.id))) == 100


def test_the_same_number_makes_the_same_rows(app):
    now = datetime(2026, 3, 2, 1, tzinfo=UTC)

    def made(number):
        maker = Maker(random.Random(number), now, 1)
        needs = list(maker.challenges(20, [1, 2]))
        return (
            needs,
            list(maker.texts(needs, range(20))),
            list(maker.startups(10)),
            list(maker.profiles([1, 2])),
        )

    assert made(3) == made(3)
    assert made(3) != made(4)
