"""A need beside the catalog and beside other needs: who sees what, what stops an item, and that nothing leaks."""

from dataclasses import replace

import pytest
from sqlalchemy import event, select

from matchmaker.catalog import operations as catalog
from matchmaker.catalog.states import ItemState
from matchmaker.challenges import operations as challenge_operations
from matchmaker.challenges import queries as challenge_queries
from matchmaker.challenges.facts import StatementFacts
from matchmaker.foundation.db import db, unit_of_work
from matchmaker.foundation.relevance import Direction, RelevanceEvent
from matchmaker.matcher import Document
from matchmaker.matcher.nearness import likeness
from matchmaker.search import shelves
from matchmaker.search.states import Kind, Shelf
from matchmaker.suggestions import beside
from matchmaker.suggestions.operations import comparing
from matchmaker.suggestions.queries import around
from matchmaker.suggestions.stops import DUPLICATE_FROM, ItemStop
from tests.factories import catalog as items
from tests.factories.challenges import CHINESE, challenge

FALLS = {
    "title_zh": "毫米波跌倒偵測服務",
    "title_en": "Fall detection by radar",
    "summary_zh": "不需配戴裝置，及早發現獨居長者跌倒並通報社工。",
    "summary_en": "Notices falls of older people living alone and tells social workers, without wearables.",
    "use_case_zh": "社會住宅與長照機構。",
    "use_case_en": "Social housing and care homes.",
    "technology_zh": "毫米波雷達。",
    "technology_en": "Radar.",
}
PADDY = StatementFacts(
    title="稻田水位與稻熱病監測",
    summary="以感測器掌握稻田水位，及早發現稻熱病。",
    problem="農民每日巡田耗時，稻熱病發現太晚，農藥用量過多。",
    outcome="每小時回報水位，病徵出現三日內通知農民。",
    success_measures="巡田時間減半，農藥用量減少三成。",
    affected="轄內稻農。",
    current_handling="人工巡田。",
    solution_gap="市售感測器不耐泥水。",
    site="三處稻田。",
    support="提供場域。",
    data_available="氣象資料。",
    limits="不得影響灌溉。",
)
SECRET = "祕密專案玄武岩"
"""A word that stands in one unpublished need only."""


def again(**changes) -> StatementFacts:
    """The need about falls, told once more."""
    return replace(CHINESE, **changes)


@pytest.fixture
def market(world):
    """A catalog with one item about falls and one about crossings."""
    staff = world.officer()
    supplier, bob = world.startup("Bob")
    agreement = items.framework(world, staff)
    falls = items.listed(world, staff, bob, supplier, agreement, **FALLS)
    crossings = items.listed(world, staff, bob, supplier, agreement)
    return {"staff": staff, "falls": falls, "crossings": crossings, "agreement": agreement}


def found(world, need):
    return comparing.items_for(challenge=challenge_queries.challenge_by_id(need.id), at=world.now)


class TestCatalogFirst:
    @pytest.mark.parametrize("state", ["draft", "in_triage", "returned", "published", "closed"])
    def test_what_solves_it_is_found_with_its_words(self, world, market, state):
        result = found(world, challenge(world, state))
        [fit] = result.fits
        assert fit.item.id == market["falls"].id
        assert any("跌倒" in term["term"] or "fall" in term["term"].lower() for term in fit.terms)
        assert sum(term["share"] for term in fit.terms) == pytest.approx(fit.score, abs=1e-4)
        assert fit.missing

    def test_a_need_of_another_matter_finds_nothing(self, world, market):
        assert found(world, challenge(world, "draft", text=PADDY, english=None)).fits == []

    def test_a_need_without_words_is_not_compared(self, world, market):
        need = challenge(world, complete=False, text=StatementFacts(title="待補"))
        assert found(world, need).asked is False

    @pytest.mark.both_databases
    def test_an_agreement_that_ended_stops_the_order(self, world, market):
        need = challenge(world, "draft")
        assert found(world, need).fits
        world.later(days=730)
        result = found(world, need)
        assert result.fits == []
        assert [fit.stopped_by for fit in result.stopped] == [ItemStop.EXPIRED]

    @pytest.mark.both_databases
    def test_the_database_has_the_last_word_where_the_index_lags(self, world, market):
        need = challenge(world, "draft")
        assert found(world, need).fits
        with unit_of_work():
            market["falls"].state = ItemState.SUSPENDED
            db.session.merge(market["falls"])
        result = found(world, need)
        assert result.fits == []
        assert [fit.stopped_by for fit in result.stopped] == [ItemStop.SUSPENDED]

    def test_a_suspended_item_is_offered_to_nobody(self, world, market):
        need = challenge(world, "draft")
        with unit_of_work():
            catalog.suspend(item=market["falls"], reason="缺料", by=market["staff"], at=world.now)
        assert found(world, need).fits == []

    def test_the_draft_enters_no_index(self, world, market):
        need = challenge(world, "draft")
        assert found(world, need).fits
        for shelf in Shelf:
            assert need.subject not in shelves.index(shelf)

    def test_what_is_taken_back_leaves_the_index(self, world, market):
        agency = world.agency()
        need = challenge(world, "in_triage", agency)
        assert need.subject in shelves.index(Shelf.MATCH)
        with unit_of_work():
            challenge_operations.take_back(challenge=need, by=agency[1], at=world.now)
        assert need.subject not in shelves.index(Shelf.MATCH)


class TestSimilar:
    @pytest.fixture
    def needs(self, world):
        """One need about falls in each state, of other agencies; Alice's own draft asks."""
        own = world.agency()
        made = {state: challenge(world, state) for state in ("draft", "in_triage", "returned", "published")}
        mine = challenge(world, "in_triage", own)
        return {**made, "mine": mine, "asking": challenge(world, "draft", own), "alice": own[1]}

    def refs(self, needs, by):
        asking = challenge_queries.challenge_by_id(needs["asking"].id)
        return {row.challenge.ref for row in comparing.similar_to(challenge=asking, by=by).rows}

    def test_an_agency_sees_the_published_ones_and_its_own(self, world, needs):
        assert self.refs(needs, needs["alice"]) == {needs["published"].ref, needs["mine"].ref}

    def test_staff_see_all_that_were_handed_in(self, world, needs):
        seen = self.refs(needs, world.officer("Cora"))
        assert seen == {needs[state].ref for state in ("in_triage", "returned", "published", "mine")}

    def test_the_same_need_is_flagged_and_another_matter_is_not(self, world, needs):
        other = challenge(world, "published", text=PADDY, english=None)
        asking = challenge_queries.challenge_by_id(needs["asking"].id)
        rows = comparing.similar_to(challenge=asking, by=needs["alice"]).rows
        flagged = {row.challenge.ref for row in rows if row.is_duplicate}
        assert flagged == {needs["published"].ref, needs["mine"].ref}
        assert other.ref not in flagged

    def test_the_words_of_another_agency_s_need_never_show(self, world, needs):
        """Handed-in, returned and draft: not on any page, not as a word, not by its reference."""
        for state in ("draft", "in_triage", "returned"):
            challenge(world, state, text=again(title=f"{SECRET}跌倒偵測", problem=CHINESE.problem + SECRET))
        client = world.client(needs["alice"], "zh_Hant_TW")
        asking = needs["asking"].ref
        hidden = [needs[state].ref for state in ("draft", "in_triage", "returned")]
        for path in (
            f"/agency/challenges/{asking}",
            f"/challenges/{asking}/similar",
            f"/challenges/{asking}/catalog-first",
        ):
            page = client.get(path)
            assert page.status_code == 200
            assert SECRET not in page.text
            assert not [ref for ref in hidden if ref in page.text]
        for ref in hidden:
            assert client.get(f"/challenges/{asking}/similar/{ref}").status_code == 404
        assert client.get(f"/challenges/{asking}/similar/{needs['published'].ref}").status_code == 200

    def test_a_planted_leak_is_found(self, world, needs, monkeypatch):
        """Should visibility ever be lost, the tests above see it."""
        from sqlalchemy import true

        monkeypatch.setattr(around, "_seen_by", lambda actor: true())
        assert needs["in_triage"].ref in self.refs(needs, needs["alice"])

    def test_the_log_names_agency_and_pairs(self, world, needs):
        world.client(needs["alice"]).get(f"/challenges/{needs['asking'].ref}/similar")
        rows = db.session.scalars(
            select(RelevanceEvent).where(RelevanceEvent.direction == Direction.SIMILAR)
        ).all()
        assert {row.found for row in rows} == {needs["published"].subject, needs["mine"].subject}
        assert {row.viewer for row in rows} == {f"organization:{needs['alice'].organization_ref}"}
        assert {row.asked for row in rows} == {needs["asking"].subject}
        world.client(needs["alice"]).get(f"/challenges/{needs['asking'].ref}/similar")
        assert len(db.session.scalars(select(RelevanceEvent)).all()) == len(rows)


class TestPages:
    def test_the_writer_looks_before_handing_in(self, world, market):
        agency = world.agency()
        need = challenge(world, "draft", agency)
        english = world.client(agency[1]).get(f"/agency/challenges/{need.ref}").text
        assert "Order instead of asking" in english
        assert english.index("catalog-first") < english.index("Hand in to the programme office")
        chinese = world.client(agency[1], "zh_Hant_TW").get(f"/agency/challenges/{need.ref}").text
        assert "可以訂購，就不必出題" in chinese
        assert "毫米波跌倒偵測服務" in chinese

    def test_staff_triage_with_both_panels(self, world, market):
        need = challenge(world, "in_triage")
        challenge(world, "published")
        page = world.client(market["staff"]).get(f"/staff/challenges/{need.ref}").text
        assert "Probably the same need" in page
        assert "In the catalog already" in page

    def test_everybody_else_sees_neither(self, world, market):
        need = challenge(world, "published")
        _agency, judy = world.agency("Judy")
        _startup, ivan = world.startup("Ivan")
        for person in (judy, ivan, world.juror(), None):
            page = world.client(person).get(f"/challenges/{need.ref}").text
            assert "Order instead of asking" not in page
            assert 'id="similar-needs"' not in page
        for path in ("catalog-first", "similar"):
            assert world.client(judy).get(f"/challenges/{need.ref}/{path}").status_code == 404
            assert world.client(ivan).get(f"/challenges/{need.ref}/{path}").status_code == 403

    def test_the_page_of_items_logs_what_it_showed(self, world, market):
        agency = world.agency()
        need = challenge(world, "in_triage", agency)
        page = world.client(agency[1]).get(f"/challenges/{need.ref}/catalog-first")
        assert page.status_code == 200
        [row] = db.session.scalars(select(RelevanceEvent)).all()
        assert (row.direction, row.found) == (Direction.ITEMS, market["falls"].subject)

    def test_more_items_cost_no_more_queries(self, world, market):
        agency = world.agency()
        need = challenge(world, "in_triage", agency)
        client = world.client(agency[1])
        path = f"/challenges/{need.ref}/catalog-first"

        def count():
            client.get(path)
            seen = []
            listener = lambda *_: seen.append(1)  # noqa: E731
            event.listen(db.engine, "before_cursor_execute", listener)
            client.get(path)
            event.remove(db.engine, "before_cursor_execute", listener)
            return len(seen)

        one = count()
        supplier, bob = world.startup("Bob2")
        for _more in range(2):
            items.listed(world, market["staff"], bob, supplier, market["agreement"], **FALLS)
        assert count() == one


class TestMoreLikeThis:
    def test_the_public_sees_public_things_alone(self, world, market):
        need, other = challenge(world, "published"), challenge(world, "published")
        hidden = challenge(world, "in_triage", text=again(title=f"{SECRET}跌倒偵測"))
        page = world.client(None, "zh_Hant_TW").get(f"/challenges/{need.ref}").text
        assert "相似的內容" in page
        assert other.ref in page
        assert market["falls"].ref in page
        assert hidden.ref not in page
        assert SECRET not in page
        item = world.client().get(f"/catalog/{market['falls'].ref}").text
        assert need.ref in item
        assert hidden.ref not in item

    def test_what_is_delisted_vanishes_though_it_was_found_before(self, world, market):
        need = challenge(world, "published")
        client = world.client()
        assert market["falls"].ref in client.get(f"/challenges/{need.ref}").text
        with unit_of_work():
            catalog.suspend(item=market["falls"], reason="缺料", by=market["staff"], at=world.now)
        assert market["falls"].ref not in client.get(f"/challenges/{need.ref}").text

    def test_it_is_found_once_for_each_state_of_the_index(self, world, market, monkeypatch):
        need = challenge(world, "published")
        first = comparing.more_like(of=need.subject, kind=Kind.ITEM)
        monkeypatch.setattr(comparing, "_nearest", lambda *_: pytest.fail("asked again"))
        assert comparing.more_like(of=need.subject, kind=Kind.ITEM) == first


class TestSideBySide:
    def test_only_what_differs_is_marked(self):
        left, right = beside.sides("獨居長者跌倒後三小時才被發現", "獨居長者跌倒後兩小時才被發現")
        assert [one.text for one in left if one.own] == ["三"]
        assert [one.text for one in right if one.own] == ["兩"]
        assert "".join(one.text for one in left) == "獨居長者跌倒後三小時才被發現"

    def test_a_shared_letter_between_differences_does_not_flicker(self):
        left, _right = beside.sides("甲乙丙丁戊己", "庚乙辛丁壬己")
        assert [one.text for one in left if one.own] == ["甲乙丙丁戊"]

    def test_long_texts_are_not_compared_letter_by_letter(self):
        left, right = beside.sides("甲" * 5000, "乙" * 5000)
        assert left[0].own
        assert right[0].own

    def test_both_pages(self, world):
        need, other = (
            challenge(world, "in_triage"),
            challenge(world, "published", text=again(title="長者跌倒通報")),
        )
        for language, word in (("en", "Side by side"), ("zh_Hant_TW", "並排對照")):
            page = world.client(world.officer("Cora"), language).get(
                f"/challenges/{need.ref}/similar/{other.ref}"
            )
            assert page.status_code == 200
            assert word in page.text
        assert "<mark>" in page.text


def test_likeness_is_one_for_the_same_and_low_for_another_matter(world, market):
    challenge(world, "published")
    index = shelves.index(Shelf.MATCH)
    text = Document("a", {"body": CHINESE.problem})
    assert likeness(index, text, text) == pytest.approx(1)
    assert likeness(index, text, PADDY.problem) < DUPLICATE_FROM / 2
    assert likeness(index, text, "") == 0
