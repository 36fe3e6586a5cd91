"""Facets with counts, items side by side, the person's own list."""

from __future__ import annotations

import pytest

from matchmaker.catalog import comparing, queries
from matchmaker.catalog.pricing import Step
from matchmaker.catalog.queries import Facet
from matchmaker.people.states import AgencyKind
from tests.factories import catalog as make


@pytest.fixture
def house(world):
    class House:
        carol = world.officer()
        startup, bob = world.startup()
        agreement = make.framework(world, carol)
        signal = make.listed(world, carol, bob, startup, agreement, breaks=(Step(3, 100_000),))
        chatbot = make.listed(
            world,
            carol,
            bob,
            startup,
            agreement,
            title_zh="客服聊天機器人",
            title_en="Citizen chatbot",
            category="chatbot",
            domain=None,
            unit_price=9_000,
        )

    return House


def browse(world, actor=None, **chosen):
    facets = {Facet(name): frozenset(values) for name, values in chosen.items()}
    return queries.browse(now=world.now, chosen=facets, actor=actor)


@pytest.mark.both_databases
def test_each_facet_counts_what_its_values_would_leave_under_the_others(world, house):
    found = browse(world)
    assert found.total == 2
    assert found.counts[Facet.DOMAIN] == {"safety": 1, "innovation": 1}
    assert found.counts[Facet.PRICE] == {"0-10000": 1, "150000-": 1}
    found = browse(world, domain={"safety"})
    assert [row.item.ref for row in found.rows] == [house.signal.ref]
    assert found.counts[Facet.DOMAIN] == {"safety": 1, "innovation": 1}, "the other value stays in sight"
    assert found.counts[Facet.CATEGORY] == {"audible-signals": 1}
    assert browse(world, domain={"safety"}, price={"0-10000"}).total == 0


@pytest.mark.both_databases
def test_adopted_by_agencies_like_mine_means_the_same_kind_or_county(world, house):
    alike, _a = world.agency("Anna", agency_kind=AgencyKind.SCHOOL)
    _mine, alice = world.agency("Alice", agency_kind=AgencyKind.SCHOOL)
    other, _o = world.agency("Olga", agency_kind=AgencyKind.STATE_OWNED)
    make.adoption(world, house.carol, house.chatbot, agency_ref=alike.ref)
    make.adoption(world, house.carol, house.signal, agency_ref=other.ref)
    found = browse(world, actor=alice, alike={"yes"})
    assert [row.item.ref for row in found.rows] == [house.chatbot.ref]
    assert browse(world, alike={"yes"}).total == 0


def test_side_by_side_at_a_quantity_with_differences_marked(world, house):
    client = world.client()
    path = f"/catalog/compare?item={house.signal.ref}&item={house.chatbot.ref}&quantity=2"
    html = client.get(path).get_data(as_text=True)
    for text in ("NT$160,000", "NT$320,000", "3 cost less together", "differs", "Citizen chatbot"):
        assert text in html
    at_three = client.get(path.replace("quantity=2", "quantity=3")).get_data(as_text=True)
    assert "NT$300,000" in at_three
    assert "3 cost less together" not in at_three
    for odd in ("", "?item=none", "?item=x&quantity=-5", f"?item={house.signal.ref}&quantity=９e9"):
        assert client.get(f"/catalog/compare{odd}").status_code == 200
    refs = "&".join(f"item=made-up-{n}" for n in range(6))
    assert "Four items at most" in client.get(f"/catalog/compare?{refs}").get_data(as_text=True)


def test_price_at_a_quantity(house):
    item = queries.item_by_id(house.signal.id)
    assert comparing.priced(item, 2) == comparing.Priced(160_000, 320_000, 3)
    assert comparing.priced(item, 3) == comparing.Priced(100_000, 300_000, None)
    assert comparing.differ(["a", "a"]) is False
    assert comparing.differ(["a", "b"]) is True


def test_everybody_keeps_a_list_of_their_own(world, house):
    _agency, alice = world.agency()
    own, other = world.client(alice), world.client(house.bob)
    path = f"/catalog/{house.signal.ref}/save"
    for _ in range(2):
        assert own.post(path, {"keep": "yes"}).status_code == 303
    assert house.signal.ref in own.get("/saved-items").get_data(as_text=True)
    assert house.signal.ref not in other.get("/saved-items").get_data(as_text=True)
    assert own.post(path, {"keep": "no"}).status_code == 303
    assert "Nothing saved yet" in own.get("/saved-items").get_data(as_text=True)
    assert world.client().post(path, {}).status_code == 303, "to the sign-in"
