"""Suggestions: the right startup first, with its reasons; a rule that stops one says so; sealed facts stay out."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from matchmaker.foundation import jobs
from matchmaker.foundation.db import db, unit_of_work
from matchmaker.kernel.errors import NotFound
from matchmaker.people import operations as people
from matchmaker.people.queries import organization_by_id
from matchmaker.suggestions import filters, operations, queries
from matchmaker.suggestions.models import Suggestion
from matchmaker.suggestions.states import Filter
from tests.factories.challenges import challenge
from tests.factories.profiles import DRONE, RADAR, say


@pytest.fixture
def care(world):
    """An open challenge about falls, a startup that fits it and one that does not."""
    agency, alice = world.agency()
    made = challenge(world, "published", (agency, alice))
    radar, bob = world.startup("Bob")
    drone, ivan = world.startup("Ivan")
    say(world, bob, RADAR)
    say(world, ivan, DRONE)
    jobs.run_until_idle(world.now)
    return {"challenge": made, "alice": alice, "bob": bob, "ivan": ivan, "radar": radar, "drone": drone}


def rows(care):
    return queries.of_challenge(care["alice"], care["challenge"])


@pytest.mark.both_databases
def test_the_startup_that_speaks_of_the_problem_comes_first_with_its_words(care):
    first = rows(care)[0]
    assert first.organization_id == care["radar"].id
    assert first.stopped_by is None
    assert any("跌倒" in term["term"] for term in first.terms)
    assert sum(term["share"] for term in first.terms) == pytest.approx(first.score, abs=1e-4)


def test_the_other_way_round_the_startup_sees_the_challenge(care, world):
    [row] = queries.of_startup(care["bob"], world.now)
    assert row.challenge_id == care["challenge"].id


def test_a_changed_profile_is_suggested_anew(care, world):
    say(world, care["ivan"], RADAR)
    jobs.run_until_idle(world.now)
    assert {row.organization_id for row in rows(care)[:2]} == {care["radar"].id, care["drone"].id}
    assert rows(care)[0].score == pytest.approx(rows(care)[1].score, rel=0.1)
    with unit_of_work():
        operations.refresh(challenges=queries.looking(world.now), at=world.now)
    assert rows(care)[0].score == pytest.approx(rows(care)[1].score)


def test_who_does_not_wish_to_be_suggested_is_not(care, world):
    say(world, care["bob"], replace(RADAR, willing=False))
    jobs.run_until_idle(world.now)
    assert {r.organization_id: r.stopped_by for r in rows(care)}[care["radar"].id] is Filter.NOT_WILLING
    assert queries.of_startup(care["bob"], world.now) == []


def test_who_is_suspended_is_stopped_at_the_next_run(care, world):
    officer = world.officer()
    with unit_of_work():
        people.decide(
            organization=organization_by_id(care["radar"].id),
            move="suspend",
            reason="x",
            by=officer,
            at=world.now,
        )
    jobs.run_until_idle(world.now)
    assert care["radar"].id not in {r.organization_id for r in rows(care) if r.stopped_by is None}


def test_a_closed_call_is_suggested_to_nobody(care, world):
    world.later(days=60)
    assert queries.of_startup(care["bob"], world.now) == []


def test_strangers_do_not_see_an_agency_s_suggestions(care, world):
    _judy_agency, judy = world.agency("Judy")
    for stranger in (judy, care["bob"], care["ivan"]):
        with pytest.raises(NotFound):
            queries.of_challenge(stranger, care["challenge"])


FACTS = filters.Facts(
    confirmed=True,
    willing=True,
    conflicted=False,
    founded_on=date(2022, 3, 10),
    says_enough=True,
    opens_at=None,
    closes_at=None,
    published=True,
)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, None),
        ({"confirmed": False}, Filter.NOT_CONFIRMED),
        ({"willing": False}, Filter.NOT_WILLING),
        ({"conflicted": True}, Filter.CONFLICTED),
        ({"says_enough": False}, Filter.NO_PROFILE),
        ({"founded_on": None}, Filter.AGE_UNKNOWN),
        ({"founded_on": date(2021, 3, 1)}, Filter.TOO_OLD),
        ({"founded_on": date(2021, 3, 2)}, None),
    ],
)
def test_filters_by_truth_table(world, change, expected):
    """R-030: the fifth anniversary is the last eligible day; without a deadline today counts."""
    assert filters.stopped_by(replace(FACTS, **change), world.now) is expected


def test_the_deadline_stops_a_published_call_only(world):
    late = replace(FACTS, closes_at=world.now - timedelta(hours=1))
    assert filters.stopped_by(late, world.now) is Filter.NOT_OPEN
    assert filters.stopped_by(replace(late, published=False), world.now) is None


def test_why_not_us_is_answered_for_everybody(care, world):
    fit = operations.fit_of(
        organization=organization_by_id(care["drone"].id),
        challenge=queries.challenge_with_texts(care["challenge"].id),
        at=world.now,
    )
    assert fit.explanation is not None
    assert fit.explanation.missing


def test_a_recomputation_leaves_one_row_a_pair(care, world):
    for _again in range(3):
        with unit_of_work():
            operations.refresh(challenges=queries.looking(world.now), at=world.now)
    pairs = db.session.execute(select(Suggestion.challenge_id, Suggestion.organization_id)).all()
    assert len(pairs) == len(set(pairs)) == 2


class TestPages:
    def test_the_agency_reads_the_reasons(self, care, world):
        page = world.client(care["alice"]).get(f"/challenges/{care['challenge'].ref}/suggestions")
        assert page.status_code == 200
        assert "跌倒" in page.text
        assert care["radar"].name_en in page.text

    def test_a_startup_reads_its_fits_and_why(self, care, world):
        client = world.client(care["bob"], "zh_Hant_TW")
        assert "適合我們的題目" in client.get("/suggestions").text
        why = client.get(f"/suggestions/{care['challenge'].ref}")
        assert why.status_code == 200
        assert "共同用詞" in why.text

    def test_others_find_nothing(self, care, world):
        _agency, judy = world.agency("Judy")
        path = f"/challenges/{care['challenge'].ref}/suggestions"
        assert world.client(judy).get(path).status_code == 404
        assert world.client(care["bob"]).get(path).status_code == 403
        assert world.client().get(path).status_code == 303
        assert world.client(care["alice"]).get("/suggestions").status_code == 403
