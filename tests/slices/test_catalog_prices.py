"""Better prices seen elsewhere (B-5): reported, offered, accepted for everybody, refused, dismissed."""

from __future__ import annotations

from datetime import date

import pytest

from matchmaker.catalog import operations, policies, queries
from matchmaker.catalog.facts import PriceReportFacts
from matchmaker.catalog.pricing import Step
from matchmaker.catalog.states import ReportState
from matchmaker.foundation.db import db, unit_of_work
from matchmaker.foundation.outbox import OutboxMail
from matchmaker.kernel.errors import Invalid, NotFound, Refused
from tests.factories import catalog as make


@pytest.fixture
def house(world):
    class House:
        carol = world.officer()
        startup, bob = world.startup()
        agency, alice = world.agency()
        agreement = make.framework(world, carol)
        item = make.listed(
            world, carol, bob, startup, agreement, breaks=(Step(10, 150_000), Step(50, 120_000))
        )

    return House


def report(world, house, by=None, **changes):
    facts = {"place": "測試契約", "unit_price": 140_000, "seen_on": date(2026, 3, 1), "source_note": "報價單"}
    with unit_of_work():
        return operations.report_price(
            item=house.item, facts=PriceReportFacts(**(facts | changes)), by=by or house.alice, at=world.now
        )


def move(world, verb, row, by, **more):
    with unit_of_work():
        return verb(report=row, by=by, at=world.now, **more)


def now_of(house):
    return queries.item_by_id(house.item.id)


@pytest.mark.both_databases
def test_a_well_founded_report_bars_the_item_until_the_lower_price_holds_for_everybody(world, house):
    row = report(world, house)
    assert policies.can_be_bought(now_of(house)), "what is only reported bars nothing"
    move(world, operations.offer_report, row, house.carol)
    assert policies.can_be_bought(now_of(house)).code == "catalog.above_market"
    move(world, operations.accept_report, row, house.bob)
    item = now_of(house)
    assert policies.can_be_bought(item)
    assert item.current.number == 2
    assert item.current.unit_price == 140_000
    assert item.current.steps == (Step(50, 120_000),), "a break above the new price falls away"
    stored = queries.report_by_id(row.id)
    assert (stored.state, stored.made_version) == (ReportState.ACCEPTED, 2)
    told = {mail.letter for mail in db.session.query(OutboxMail).filter_by(name="Alice")}
    assert "catalog.price_accepted" in told


@pytest.mark.both_databases
def test_refused_it_stays_above_the_market_until_staff_settle_it(world, house):
    row = report(world, house)
    move(world, operations.offer_report, row, house.carol)
    with pytest.raises(Invalid):
        move(world, operations.refuse_report, row, house.bob, reason=" ")
    move(world, operations.refuse_report, row, house.bob, reason="不同規格")
    assert not policies.can_be_bought(now_of(house))
    assert now_of(house).current.number == 1
    move(world, operations.dismiss_report, row, house.carol, reason="確為不同規格")
    assert policies.can_be_bought(now_of(house))


def test_a_price_lowered_meanwhile_is_taken_as_it_is(world, house):
    row = report(world, house)
    move(world, operations.offer_report, row, house.carol)
    with unit_of_work():
        operations.save_version(
            item=now_of(house),
            facts=make.facts(unit_price=130_000, note="議價"),
            by=house.carol,
            at=world.now,
        )
    move(world, operations.accept_report, row, house.bob)
    assert now_of(house).current.unit_price == 130_000
    assert queries.report_by_id(row.id).made_version == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"unit_price": 160_000}, "unit_price"),
        ({"unit_price": 0}, "unit_price"),
        ({"place": ""}, "place"),
        ({"source_note": ""}, "source_note"),
        ({"seen_on": date(2026, 3, 3)}, "seen_on"),
    ],
)
def test_a_report_says_where_when_how_much_and_where_from(world, house, changes, field):
    with pytest.raises(Invalid) as caught:
        report(world, house, **changes)
    assert set(caught.value.problems) == {field}


def test_who_may_do_what(world, house):
    _other, ivan = world.startup("Ivan")
    with pytest.raises(Refused):
        report(world, house, by=ivan)
    row = report(world, house, by=house.bob)
    for verb, person, more in (
        (operations.offer_report, house.bob, {}),
        (operations.offer_report, house.alice, {}),
        (operations.accept_report, house.bob, {}),
        (operations.dismiss_report, house.alice, {"reason": "x"}),
    ):
        with pytest.raises(Refused):
            move(world, verb, row, person, **more)
    move(world, operations.offer_report, row, house.carol)
    for verb, more in ((operations.accept_report, {}), (operations.refuse_report, {"reason": "x"})):
        with pytest.raises(Refused):
            move(world, verb, row, house.carol, **more)
    assert queries.report_for(house.carol, row.ref).id == row.id
    with pytest.raises(NotFound):
        queries.report_for(ivan, row.ref)


def test_by_pages(world, house):
    alice, carol, bob = world.client(house.alice), world.client(house.carol), world.client(house.bob)
    form = {"place": "測試", "unit_price": "14萬", "seen_on": "115/3/1", "source_note": "報價"}
    path = f"/catalog/{house.item.ref}/better-price"
    assert alice.post(path, form | {"unit_price": "20萬"}).status_code == 422
    assert alice.post(path, form).status_code == 303
    row = queries.list_reports()[0][0]
    page = f"/price-reports/{row.ref}"
    assert bob.get(page).status_code == 404, "the supplier learns of it once it is offered"
    assert row.ref in carol.get("/staff/price-reports").get_data(as_text=True)
    assert carol.post(f"{page}/offer", {}).status_code == 303
    public = world.client().get(f"/catalog/{house.item.ref}").get_data(as_text=True)
    assert "Above the market price" in public
    assert bob.post(f"{page}/refuse", {"reason": ""}).status_code == 422
    assert bob.post(f"{page}/accept", {}).status_code == 303
    assert "NT$140,000" in world.client().get(f"/catalog/{house.item.ref}").get_data(as_text=True)
