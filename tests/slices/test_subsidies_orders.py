"""An order that is placed on the platform, and the subsidised case it belongs to."""

from datetime import date

import pytest

from matchmaker.foundation.db import db, unit_of_work
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.errors import Invalid
from matchmaker.orders import operations as orders
from matchmaker.orders.states import Settlement
from matchmaker.people.states import AgencyKind
from matchmaker.subsidies import operations as do
from matchmaker.subsidies import queries
from matchmaker.subsidies.facts import LineFacts, PlanFacts
from matchmaker.subsidies.ledger import account_of
from matchmaker.subsidies.states import ClaimKind
from tests.factories import orders as shops
from tests.factories import subsidies as make


def approved(world, **lines):
    """A case of the shop's agency, approved today, for two units of the shop's item."""
    shop = shops.shop(world, agency_kind=AgencyKind.LOCAL, county_id=make.county("TW-KHH").id)
    today = local_day(world.now)
    round_ = make.round_(
        world, shop.carol, year=2026, opens_on=date(2026, 1, 1), closes_on=date(2026, 12, 31)
    )
    with unit_of_work():
        case = do.begin(round_=round_, title_zh="下單測試", by=shop.alice, at=world.now)
        do.save_lines(
            case=case, lines=[LineFacts(item=shop.item.ref, quantity=2)], by=shop.alice, at=world.now
        )
        facts = PlanFacts(
            title_zh="下單測試",
            bureau="交通局",
            contact_name="測試",
            contact_phone="(07) 1",
            purpose="測試",
            sustainment="測試",
            starts_on=today,
            ends_on=date(today.year, 12, 31),
            requested=1_000,
        )
        do.save_plan(case=case, facts=facts, by=shop.alice, at=world.now)
        do.add_papers(case=case, papers=[make.paper("plan")], by=shop.alice, at=world.now)
    cast = make.Case(
        world, shop.agency, shop.alice, shop.carol, round_, shop.item.ref, queries.case_by_id(case.id), {}
    )
    cast.submit()
    cast.complete()
    cast.rank()
    cast.approve()
    return shop, cast


def worth(order):
    return sum(line.quantity * line.unit_price for line in order.lines)


def test_an_order_placed_here_is_found_by_its_number_and_opens_the_claim_with_its_certificate(world):
    """R-041, R-083: the order of the e-procurement system is one order, on both pages."""
    shop, cast = approved(world)
    order = shop.order("placed")
    cast.order(worth(order), pcc_number=order.eproc_number)
    assert cast.case.orders[0].order_ref == order.ref
    assert f"/orders/{order.ref}" in world.client(shop.alice).get(f"/subsidies/{cast.case.ref}").get_data(
        as_text=True
    )
    for step in ("confirmed", "delivered", "inspected", "certified"):
        getattr(shop, f"_to_{step}")(shop.fresh(order))
    assert cast.fresh().accepted_on == local_day(world.now)


def test_an_order_is_chosen_from_the_agencys_own(world):
    """R-041, R-050: the list has what the case can link; number, day and worth come from the order itself."""
    shop, cast = approved(world)
    order, other = shop.order("placed"), shop.order("placed")
    with unit_of_work():
        orders.cancel(order=shop.fresh(other), reason="改以他案辦理", by=shop.alice, at=world.now)
    browser, path = world.client(shop.alice), f"/subsidies/{cast.case.ref}/acts/order"
    page = browser.get(path).get_data(as_text=True)
    assert order.eproc_number in page
    assert other.eproc_number not in page, "a cancelled order is not offered"
    assert browser.post(path, {}).status_code == 422
    assert browser.post(path, {"order": other.ref}).status_code == 422
    outside = browser.post(path, {"order": "outside"})
    assert outside.status_code == 422
    assert "Enter the number of the order." in outside.get_data(as_text=True)
    assert browser.post(path, {"order": order.ref}).status_code == 303
    row = cast.fresh().orders[0]
    assert (row.order_ref, row.pcc_number, row.value) == (order.ref, order.eproc_number, worth(order))
    assert row.ordered_on == local_day(order.placed_at)
    assert queries.orders_to_link(cast.case) == [], "once linked it is offered to no case"


def test_orders_of_others_or_of_other_items_are_not_offered(world):
    shop, cast = approved(world)
    order = shop.order("placed")
    assert [each.ref for each in queries.orders_to_link(cast.fresh())] == [order.ref]
    with pytest.raises(Invalid) as no:
        cast.do(do.link_order, order="nothing", by=shop.alice)
    assert {n: d.code for n, d in no.value.problems.items()} == {"order": "subsidies.order_not_there"}
    with db.session.no_autoflush:
        cast.fresh().lines[0].item_id = -1
        assert queries.orders_to_link(cast.case) == [], "another item"
        cast.fresh().agency_id = shop.supplier.id
        assert queries.orders_to_link(cast.case) == [], "another organisation"
    cast.fresh()


def test_money_of_the_plan_is_spent_on_nothing_else(world):
    """R-075: an order of other items is none of the plan's, and of a mixed order only the plan's items count."""
    shop, cast = approved(world)
    foreign = shop.order("placed", quantities={shop.other.ref: 1})
    mixed = shop.order("placed", quantities={shop.item.ref: 1, shop.other.ref: 1})
    assert [each.ref for each in queries.orders_to_link(cast.fresh())] == [mixed.ref]
    with pytest.raises(Invalid) as no:
        cast.order(1, pcc_number=foreign.eproc_number)
    assert {n: d.code for n, d in no.value.problems.items()} == {"pcc_number": "subsidies.other_items"}
    mixed = shop.fresh(mixed)
    own = sum(line.amount for line in mixed.lines if line.item_id == shop.item.id)
    with pytest.raises(Invalid) as no:
        cast.order(own + 1, pcc_number=mixed.eproc_number)
    assert {n: d.code for n, d in no.value.problems.items()} == {"value": "subsidies.more_than_order"}
    cast.do(do.link_order, order=mixed.ref, by=shop.alice)
    assert cast.case.orders[0].value == own < worth(shop.fresh(mixed))


def test_an_order_of_another_day_or_of_less_worth_is_refused(world):
    shop, cast = approved(world)
    order = shop.order("placed")
    world.later(days=1)
    with pytest.raises(Invalid) as no:
        cast.order(worth(order) + 1, pcc_number=order.eproc_number)
    codes = {name: denial.code for name, denial in no.value.problems.items()}
    assert codes == {"ordered_on": "subsidies.other_day", "value": "subsidies.more_than_order"}


def test_a_cancelled_order_is_flagged_and_told(world):
    """R-076: what was ordered is not ordered any more."""
    shop, cast = approved(world)
    order = shop.order("placed")
    cast.order(worth(order), pcc_number=order.eproc_number)
    with unit_of_work():
        orders.cancel(order=shop.fresh(order), reason="改以他案辦理", by=shop.alice, at=world.now)
    assert cast.fresh().orders[0].flags == ["ended"]


def test_a_cancelled_order_after_payment_leaves_a_refund(world):
    """R-078, C6: of two orders one is cancelled after the payment; the rest of the plan is what counts."""
    shop, cast = approved(world)
    first, second = shop.order("placed"), shop.order("placed")
    total = cast.fresh().approval.total
    for order in (first, second):
        cast.order(total // 2, pcc_number=order.eproc_number)
    cast.budget()
    cast.progress(accepted_on=cast.today)
    cast.claim(ClaimKind.SAME_YEAR, total)
    cast.check()
    cast.pay()
    assert account_of(cast.case).paid == 1_000
    world.later(hours=1)
    with unit_of_work():
        orders.cancel(order=shop.fresh(second), reason="改以他案辦理", by=shop.alice, at=world.now)
    assert account_of(cast.fresh()).owed == 1_000 - 1_000 * (total // 2) // total
    assert [each.cause for each in cast.case.repayments] == ["order"]


def test_units_that_a_settled_dispute_struck_are_counted_anew(world):
    """R-078, C6: one of two units is accepted, the dispute ends the rest; half of what was paid goes back."""
    shop, cast = approved(world)
    order = shop.order("confirmed")
    total = worth(order)
    cast.order(total, pcc_number=order.eproc_number)
    cast.budget()
    cast.progress(accepted_on=cast.today)
    cast.claim(ClaimKind.SAME_YEAR, total)
    cast.check()
    cast.pay()
    shop.deliver(shop.fresh(order), 1)
    shop._to_inspected(shop.fresh(order))
    shop.do(orders.dispute, order=shop.fresh(order), reason="第二套無法交貨", by=shop.alice)
    end = {"settlement": Settlement.ENDS, "words": "合意終止其餘部分"}
    shop.do(orders.settle, order=shop.fresh(order), by=shop.alice, **end)
    row = cast.fresh().orders[0]
    assert row.value == total // 2
    assert account_of(cast.case).owed == 500
    browser = world.client(shop.carol, language="zh_Hant_TW")
    page = browser.get(f"/subsidies/{cast.case.ref}/acts/repayment").get_data(as_text=True)
    assert order.eproc_number in page, "the letter is prepared: it names the order"
    assert "應繳回補助款新臺幣500元" in page
    assert "第十點第一款" in page
    assert "訴願" in page
    draft = f"/subsidies/{cast.case.ref}/documents/repayment-draft.pdf"
    assert browser.get(draft).get_data().startswith(b"%PDF-")
    assert world.client(shop.alice).get(draft).status_code == 404, "a draft is the programme office's own"
