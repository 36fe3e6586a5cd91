"""Finding on the whole site: tolerant of how people type, counted right, and blind to what is not public."""

from collections import Counter

import pytest
from sqlalchemy import update

from matchmaker.catalog.models import CatalogItem
from matchmaker.catalog.states import ItemState
from matchmaker.challenges.models import Challenge
from matchmaker.foundation import jobs
from matchmaker.foundation.db import db, unit_of_work
from matchmaker.people.models import Organization
from matchmaker.people.states import OrganizationState
from matchmaker.search import finding, suggesting
from matchmaker.search.facts import Asked, Facet, Sort, Standing
from matchmaker.search.hits import hits
from matchmaker.search.marking import excerpt, marked
from matchmaker.search.states import Kind
from matchmaker.search.things import things
from tests.factories import pilots
from tests.factories.site import HIDDEN_WORDS, hide, site


@pytest.fixture
def made(world):
    return site(world)


def found(world, words="", **more):
    return finding.find(Asked(words=words, **more), now=world.now)


def subjects(result, most=None):
    return [thing.subject for thing in result.things[:most]]


SEARCHES = [
    # as one would
    ("獨居長者跌倒", "falls"),
    ("fall detection", "falls"),
    ("無人機噴灑", "drone"),
    # misspelt
    ("fall detecton", "falls"),
    ("milimetre-wave radar", "radar"),
    ("acustic sensors", "leaks"),
    ("spokn signals", "signals"),
    ("presure mats", "mat"),
    # simplified and mixed script, full width
    ("独居长者跌倒侦测", "falls"),
    ("近岸海水水质监测", "近岸海水水質監測"),
    ("图书馆盘点机器人", "圖書館盤點機器人"),
    ("稻田灌溉水门", "稻田灌溉水門遠端調度"),
    ("ｆａｌｌ　ｄｅｔｅｃｔｉｏｎ", "falls"),
    ("毫米波雷达 fall", "radar"),
    # English for what is written in Chinese only
    ("water quality", "近岸海水水質監測"),
    ("irrigation", "稻田灌溉水門遠端調度"),
    ("robot", "圖書館盤點機器人"),
    ("parking", "停車場空位導引"),
    # Chinese for what somebody wrote in English too
    ("無人機", "drone"),
    # beginnings of words
    ("acous", "leaks"),
    ("multispec", "drone"),
    ("Bluet", "signals"),
    ("privac", "falls"),
    # names
    ("測試radar科技", "radar"),
    ("海岸市政府", "falls"),
]


@pytest.mark.both_databases
def test_what_people_type_finds_its_thing_among_the_first_five(world, made):
    lost = [
        (words, name)
        for words, name in SEARCHES
        if made.named[name].subject not in subjects(found(world, words), 5 if name != "falls" else 6)
    ]
    assert lost == []


@pytest.mark.both_databases
def test_a_whole_number_finds_what_bears_it_and_nothing_else(world, made):
    code = made.named["falls"].code
    for asked in (code, code.upper(), f" {code} "):
        assert subjects(found(world, asked)) == [made.named["falls"].subject]
    item = made.named["leaks"]
    assert subjects(found(world, item.code)) == [item.subject]


def test_words_taken_exactly_find_no_others(world, made):
    assert made.named["leaks"].subject in subjects(found(world, "acustic"))
    assert subjects(found(world, "acustic", exact=True)) == []


def test_a_single_shared_character_is_not_enough(world, made):
    assert made.named["近岸海水水質監測"].subject not in subjects(found(world, "水電行"))


def test_what_nobody_speaks_of_is_not_found(world, made):
    assert found(world, "xyzzyx").things == []
    assert found(world, "😀").things == []


# --- counts ---


@pytest.mark.both_databases
@pytest.mark.parametrize("words", ["", "水", "偵測", "sensors"])
def test_counts_are_what_choosing_would_leave(world, made, words):
    world.later(days=22)  # some calls have closed meanwhile
    chosen = {
        Facet.KIND: frozenset({Kind.CHALLENGE.value, Kind.ITEM.value}),
        Facet.DOMAIN: frozenset({"environment", "care"}),
    }
    for present in ({}, chosen, {Facet.STANDING: frozenset({Standing.OPEN.value})}):
        result = found(world, words, chosen=present)
        for facet in Facet:
            others = {other: values for other, values in present.items() if other is not facet}
            for value, count in result.counts[facet].items():
                alone = found(world, words, chosen={**others, facet: frozenset({value})})
                assert len(alone.things) == count, (facet, value)
        everything = found(world, words).things
        kept = [
            thing
            for thing in everything
            if all(values & set(thing.values[facet]) for facet, values in present.items())
        ]
        assert Counter(subjects(result)) == Counter(thing.subject for thing in kept)


def test_everything_public_is_found_without_words_newest_first(world, made):
    result = found(world)
    assert set(subjects(result)) == {thing.subject for thing in made.named.values()}
    ages = [thing.at for thing in result.things]
    assert ages == sorted(ages, reverse=True)


def test_the_next_deadline_stands_first(world, made):
    ordered = found(world, sort=Sort.DEADLINE).things
    closing = [thing.closes_at for thing in ordered if thing.standing is Standing.OPEN]
    assert closing == sorted(closing)
    assert [thing.standing is Standing.OPEN for thing in ordered] == sorted(
        (thing.standing is Standing.OPEN for thing in ordered), reverse=True
    )


def test_a_state_follows_the_clock_without_any_job(world, made):
    falls, item = made.named["falls"].subject, made.named["leaks"].subject
    assert things(world.now, [falls, item])[falls].standing is Standing.OPEN
    world.later(days=40)
    assert things(world.now, [falls])[falls].standing is Standing.UNDER_WAY
    world.later(days=800)
    assert things(world.now, [item])[item].standing is Standing.OVER
    [hit] = hits([things(world.now, [item])[item]], None, world.now)
    assert hit.state == "Expired"


def test_only_the_best_are_counted_where_too_many_fit(world, made, monkeypatch):
    monkeypatch.setattr(finding, "MOST", 1)
    result = found(world, "偵測")
    assert result.cut
    assert len(result.things) == 1
    assert sum(result.counts[Facet.KIND].values()) == 1


# --- what is not public ---


def nothing_of(world, words):
    result = found(world, words)
    told = [one.text for one in suggesting.suggest(words, world.now)]
    shown = hits(result.things, result.question, world.now)
    return result, told, suggesting.meant(result.question, shown)


@pytest.mark.both_databases
def test_what_is_not_public_shows_nowhere(world, made):
    before = found(world)
    hidden = hide(world, made)
    jobs.run_until_idle(world.now)
    secret = {thing.subject for thing in hidden.values()}
    assert not secret & set(subjects(found(world)))
    assert found(world).counts == before.counts
    for words in (*HIDDEN_WORDS, "zebrafishary", "zebraf", "鴨嘴獸", "鴨嘴獸養植"):
        result, told, meant = nothing_of(world, words)
        assert not secret & set(subjects(result))
        assert not [text for text in told if "zebra" in text.lower() or "鴨嘴" in text]
        assert meant is None or ("zebra" not in meant and "養殖" not in meant)


def test_a_pilot_in_preparation_is_not_found(world):
    cast = pilots.planned(world)
    assert cast.pilot.subject not in subjects(found(world))
    assert cast.pilot.subject not in subjects(found(world, cast.pilot.title_zh))


def test_a_running_pilot_is_found_by_title_and_by_the_number_of_its_challenge(world):
    cast = pilots.running(world)
    assert cast.pilot.subject in subjects(found(world, cast.pilot.title_zh))
    assert cast.pilot.subject in subjects(found(world, cast.pilot.challenge.code))


@pytest.mark.both_databases
def test_what_is_withdrawn_is_gone_at_once_even_from_an_index_that_still_holds_it(world, made):
    """Planted: the database changes behind the back of the index, which goes on naming the things."""
    drone, leaks, falls = made.named["drone"], made.named["leaks"], made.named["falls"]
    assert drone.subject in subjects(found(world, "multispectral"))
    assert "acoustic" in [one.text.lower() for one in suggesting.suggest("acous", world.now)]
    with unit_of_work():
        for model, row, values in (
            (Organization, drone, {"state": OrganizationState.SUSPENDED}),
            (CatalogItem, leaks, {"state": ItemState.WITHDRAWN, "ended_at": world.now}),
            (Challenge, falls, {"published_at": None, "code": None, "state": "in_triage"}),
        ):
            db.session.execute(update(model).where(model.id == row.id).values(**values))
    db.session.expire_all()
    gone = {drone.subject, leaks.subject, falls.subject}
    for words in ("", "multispectral", "multispectrel", "acoustic", "acustic", "獨居長者", "acous"):
        result, told, meant = nothing_of(world, words) if words else (found(world), [], None)
        assert not gone & set(subjects(result)), words
        assert not [text for text in told if "coustic" in text or "ultispec" in text], words
        assert meant is None, words


def test_a_withdrawn_item_leaves_no_words_behind(world, made):
    from matchmaker.catalog import operations

    with unit_of_work():
        operations.withdraw(item=made.named["leaks"], reason="停產", by=made.staff, at=world.now)
    jobs.run_until_idle(world.now)
    for words in ("acoustic", "acustic", "acous"):
        result, told, meant = nothing_of(world, words)
        assert subjects(result) == []
        assert told == []
        assert meant is None


# --- what was meant, suggestions, marks ---


def test_what_was_meant_is_told_in_the_words_of_a_hit(world, made):
    result, _told, meant = nothing_of(world, "acustic sensors")
    assert meant is not None
    assert meant.lower() == "acoustic sensors"
    assert nothing_of(world, "acoustic sensors")[2] is None
    assert result.matching


def test_suggestions_complete_words_and_name_titles(world, made):
    told = suggesting.suggest("acous", world.now)
    assert told[0].text.lower() == "acoustic"
    assert "自來水管線漏水聽音" in [
        one.text for one in suggesting.suggest("漏水", world.now)
    ] or "Listening" in str(suggesting.suggest("漏水", world.now))
    assert suggesting.suggest("", world.now) == []
    assert suggesting.suggest("a", world.now) == []


def test_found_words_are_marked_and_everything_else_is_escaped():
    assert marked("<b>水質</b>", [(3, 5)]) == "&lt;b&gt;<mark>水質</mark>&lt;/b&gt;"
    assert marked("a b", [(0, 1), (2, 3)]) == "<mark>a b</mark>"
    assert marked("", []) == ""
    text = "甲" * 300 + "水質" + "乙" * 300
    part, spans = excerpt(text, [(300, 302)])
    assert len(part) < 200
    assert [part[start:end] for start, end in spans] == ["水質"]
    assert excerpt("一行\n水質在此", [(3, 5)]) == ("水質在此", [(0, 2)])


def test_a_page_costs_the_same_queries_for_one_hit_and_for_many(world, made):
    from sqlalchemy import event

    asked: list[str] = []
    engine = db.engine
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    counted = []
    for words in ("近岸海水水質監測", "獨居長者跌倒"):
        found(world, words)  # the index is read
        db.session.rollback()
        asked.clear()
        result = finding.find(
            Asked(words=words, chosen={Facet.KIND: frozenset({"challenge"})}), now=world.now
        )
        hits(result.things[: 1 if words.startswith("近") else 20], result.question, world.now)
        counted.append(len(asked))
    everything = found(world, chosen={Facet.KIND: frozenset({"challenge"})})
    asked.clear()
    hits(everything.things[:1], None, world.now)
    one = len(asked)
    db.session.expunge_all()
    asked.clear()
    hits(everything.things, None, world.now)
    assert len(everything.things) > 5
    assert len(asked) == one
