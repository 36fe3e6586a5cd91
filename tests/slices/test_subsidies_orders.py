"""An order that is placed on the platform, and the subsidised case it belongs to."""

from datetime import date

import pytest

from matchmaker.foundation.db import unit_of_work
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.errors import Invalid
from matchmaker.orders import operations as orders
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
