"""Orders: placed within every limit, delivered in parts, inspected by others than who bought, certified, paid."""

import threading
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from matchmaker.catalog import comparing
from matchmaker.catalog import queries as catalog_queries
from matchmaker.catalog.models import Adoption, CatalogItem
from matchmaker.catalog.states import ItemState
from matchmaker.foundation import audit
from matchmaker.foundation.db import db, unit_of_work
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.errors import Invalid, Refused
from matchmaker.orders import days, operations, progress, queries
from matchmaker.orders.facts import AddOnFacts, PaymentFacts
from matchmaker.orders.models import CallOffOrder, LineStands, OrderLine, PaymentStands
from matchmaker.orders.states import OrderState, Party, RequisitionState, Result, Settlement
from matchmaker.people.models import Organization
from matchmaker.people.states import OrganizationState
from matchmaker.rulebook.reference import calendar
from tests.factories.orders import add_on, shop

pytestmark = pytest.mark.both_databases


def refusal(excinfo):
    return excinfo.value.denial.code


def problems(excinfo):
    return {name: denial.code for name, denial in excinfo.value.problems.items()}


# --- placing ---


def test_an_order_is_placed_from_an_approved_requisition_with_the_number_of_the_eprocurement_system(world):
    s = shop(world)
    wanted = s.approved(add_ons=(add_on(),))
    for number, code in (("  ", "orders.eproc_needed"),):
        with pytest.raises(Invalid) as bad:
            s.place(wanted, number=number or " ")
        assert problems(bad) == {"eproc_number": code}
    order = s.place(wanted, "1150302-07")
    assert (order.number, order.eproc_number, order.state) == (
        "co-2026-0001",
        "1150302-07",
        OrderState.PLACED,
    )
    assert [(line.quantity, line.unit_price, line.version_number) for line in order.lines] == [
        (2, 160_000, 1),
        (1, 8_000, None),
    ]
    assert order.lines[0].lot_id == s.lot.id
    assert s.again(wanted).state is RequisitionState.ORDERED
    with pytest.raises(Refused) as no:
        s.place(wanted)
    assert refusal(no) == "orders.requisition_state"
    other = s.approved()
    with pytest.raises(Invalid) as bad:
        s.place(other, "1150302-07")
    assert problems(bad) == {"eproc_number": "orders.eproc_taken"}


@pytest.mark.parametrize("state", ["draft", "signing"])
def test_nothing_is_ordered_before_the_approval(world, state):
    s = shop(world)
    wanted = s.requisition() if state == "draft" else s.handed_in()
    with pytest.raises(Refused) as no:
        s.place(wanted)
    assert refusal(no) == "orders.requisition_state"


def test_the_days_to_deliver_are_those_asked_for_but_never_fewer_than_the_agreement_gives(world):
    s = shop(world)
    today = local_day(s.at)
    late = s.place(s.approved(wanted_on=today + timedelta(days=90)))
    assert late.delivery_due_on == today + timedelta(days=90)
    early = s.place(s.approved(wanted_on=today + timedelta(days=3)))
    assert early.delivery_due_on == today + timedelta(days=45)


@pytest.mark.parametrize(
    ("limits", "budget", "changes", "code"),
    [
        ({"order_min": 320_001}, None, {}, "orders.limit_min"),
        ({"order_min": 320_000, "order_max": 320_000}, 320_000, {}, None),
        ({"order_max": 319_999}, None, {}, "orders.limit_max"),
        ({"published_budget": 319_999}, None, {}, "orders.limit_lot_budget"),
        ({}, 319_999, {}, "orders.limit_budget"),
        ({}, None, {"add_ons": (add_on(unit_price=150_000),)}, None),
        ({}, None, {"add_ons": (add_on(unit_price=150_001),)}, "orders.limit_add_ons"),
    ],
)
def test_each_limit_of_c11_is_refused_with_its_rule(world, limits, budget, changes, code):
    s = shop(world)
    s.limit(**limits)
    s.budget(budget)
    wanted = s.approved(**changes)
    if code is None:
        assert s.place(wanted).state is OrderState.PLACED
        return
    with pytest.raises(Refused) as no:
        s.place(wanted)
    assert refusal(no) == code
    assert "訂購" in str(no.value.denial.params["rule"])
    assert db.session.scalar(select(CallOffOrder)) is None


def test_add_ons_never_cost_more_than_the_items(world):
    s = shop(world)
    wanted = s.approved(quantities={s.other.ref: 1}, add_ons=(add_on(unit_price=20_001),))
    with pytest.raises(Refused) as no:
        s.place(wanted)
    assert refusal(no) == "orders.limit_add_ons"


def test_from_the_supervision_threshold_the_superior_agency_approves(world):
    s = shop(world)
    quantity = {s.item.ref: 334}  # at 150,000 each: 50.1 million, over the threshold of goods
    with pytest.raises(Refused) as no:
        s.place(s.approved(quantities=quantity))
    assert refusal(no) == "orders.limit_superior"
    order = s.place(s.approved(quantities=quantity, superior_number="府採字第 1150000123 號"))
    assert order.superior_number == "府採字第 1150000123 號"


def test_the_service_fee_is_the_agreements_rounded_down(world):
    s = shop(world)
    with unit_of_work():
        db.session.get(type(s.framework), s.framework.id).service_fee = 75
    order = s.place(s.approved(quantities={s.item.ref: 1, s.other.ref: 1}))
    assert order.service_fee == 180_000 * 75 // 10_000 == 1_350


def test_orders_count_for_the_budget_until_they_are_declined_or_cancelled(world):
    s = shop(world)
    s.budget(640_000)
    first, second = s.order(), s.order()
    wanted = s.approved()
    with pytest.raises(Refused) as no:
        s.place(wanted)
    assert refusal(no) == "orders.limit_budget"
    s.do(operations.cancel, order=first, reason="重複下單。", by=s.alice)
    s.place(wanted)
    s.do(operations.decline, order=second, reason="產能不足。", by=s.bob)
    assert queries.ordered_in(s.framework.id) == 320_000
    assert queries.ordered_by_lot([s.lot.id]) == {s.lot.id: 320_000}


def test_an_item_that_is_suspended_withdrawn_or_out_of_its_agreement_is_not_ordered(world):
    s = shop(world)
    wanted = s.approved()
    with unit_of_work():
        db.session.get(CatalogItem, s.item.id).state = ItemState.SUSPENDED
    with pytest.raises(Refused) as no:
        s.place(s.again(wanted))
    assert refusal(no) == "orders.gone"
    with unit_of_work():
        db.session.get(CatalogItem, s.item.id).state = ItemState.LISTED
        supplier = db.session.get(Organization, s.supplier.id)
        supplier.state = OrganizationState.SUSPENDED
    with pytest.raises(Refused) as no:
        s.place(s.again(wanted))
    assert refusal(no) == "orders.supplier_gone"
    with unit_of_work():
        db.session.get(Organization, s.supplier.id).state = OrganizationState.CONFIRMED
    world.now += timedelta(days=800)
    with pytest.raises(Refused) as no:
        s.place(s.again(wanted))
    assert refusal(no) == "orders.gone"


def test_a_lot_reaches_only_its_counties(world):
    s = shop(world)
    from matchmaker.people.models import County

    counties = db.session.execute(select(County).order_by(County.position)).scalars().all()
    with unit_of_work():
        db.session.get(Organization, s.agency.id).county_id = counties[0].id
    s.limit(regions=[counties[1].code])
    with pytest.raises(Refused) as no:
        s.requisition()
    assert refusal(no) == "orders.region"
    s.limit(regions=[counties[0].code, counties[1].code])
    assert s.requisition().state is RequisitionState.DRAFT


def test_concurrent_orders_never_pass_the_budget(app, world):
    """Six requisitions for 320,000 each at the same moment, a budget for three of them."""
    s = shop(world)
    s.budget(3 * 320_000)
    s.limit(published_budget=10 * 320_000)
    wanted = [s.approved().id for _ in range(6)]
    db.session.remove()
    barrier = threading.Barrier(len(wanted))
    outcomes: list[str] = []

    def order(key, number):
        with app.app_context():
            barrier.wait()
            try:
                with unit_of_work():
                    operations.place(
                        requisition=queries.requisition_by_id(key),
                        eproc_number=f"PCC-{number}",
                        by=s.alice,
                        at=world.now,
                    )
                outcomes.append("placed")
            except Refused as no:
                outcomes.append(no.denial.code)

    threads = [threading.Thread(target=order, args=(key, n)) for n, key in enumerate(wanted)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["orders.limit_budget"] * 3 + ["placed"] * 3
    db.session.rollback()
    assert queries.ordered_in(s.framework.id) == 3 * 320_000
    numbers = db.session.scalars(select(CallOffOrder.number).order_by(CallOffOrder.number)).all()
    assert numbers == [f"co-2026-000{n}" for n in (1, 2, 3)]


def test_the_order_does_not_move_when_the_supplier_changes_its_price(world):
    s = shop(world)
    order = s.order("confirmed")
    s.reprice(190_000)
    s.deliver(order)
    s.inspect(order)
    order = s.fresh(order)
    assert [(line.version_number, line.unit_price) for line in order.lines] == [(1, 160_000)]
    assert progress.ledger(order).payable == 320_000
    line = order.lines[0].id
    with pytest.raises(LineStands), unit_of_work():
        db.session.get(OrderLine, line).unit_price = 190_000


# --- the supplier's answer ---


def test_the_supplier_accepts_or_declines_once(world):
    s = shop(world)
    order = s.order()
    for person in (s.alice, s.carol, world.startup("Ivan")[1]):
        with pytest.raises(Refused) as no:
            s.do(operations.confirm, order=order, by=person)
        assert refusal(no) == "orders.not_supplier"
    s.do(operations.confirm, order=order, note="四月中旬交貨。", by=s.bob)
    assert s.fresh(order).confirm_note == "四月中旬交貨。"
    with pytest.raises(Refused) as no:
        s.do(operations.decline, order=order, reason="來不及。", by=s.bob)
    assert refusal(no) == "orders.wrong_state"
    other = s.order()
    with pytest.raises(Invalid):
        s.do(operations.decline, order=other, reason="", by=s.bob)
    s.do(operations.decline, order=other, reason="產能不足。", by=s.bob)
    other = s.fresh(other)
    assert (other.state, other.ended_by, other.ended_side) == (
        OrderState.DECLINED,
        s.bob.name,
        Party.SUPPLIER,
    )


@pytest.mark.parametrize("state", ["placed", "confirmed"])
def test_the_agency_or_staff_cancel_until_something_is_delivered(world, state):
    s = shop(world)
    for person, side in ((s.alice, Party.AGENCY), (s.carol, Party.STAFF)):
        order = s.order(state)
        with pytest.raises(Refused):
            s.do(operations.cancel, order=order, reason="不行", by=s.bob)
        s.do(operations.cancel, order=order, reason="預算刪減。", by=person)
        order = s.fresh(order)
        assert (order.state, order.ended_side, order.end_note) == (OrderState.CANCELLED, side, "預算刪減。")
    order = s.order("delivered")
    with pytest.raises(Refused) as no:
        s.do(operations.cancel, order=order, reason="太慢。", by=s.alice)
    assert refusal(no) == "orders.delivered_already"


# --- deliveries and inspections ---


def test_deliveries_in_parts_never_exceed_what_was_ordered(world):
    s = shop(world)
    order = s.order("confirmed", quantities={s.item.ref: 3, s.other.ref: 4})
    with pytest.raises(Invalid) as bad:
        s.deliver(order, 0, 0)
    assert problems(bad) == {"quantities": "orders.nothing_delivered"}
    s.deliver(order, 1, 4)
    assert s.fresh(order).state is OrderState.DELIVERING
    with pytest.raises(Invalid) as bad:
        s.deliver(order, 3, 1)
    assert set(problems(bad).values()) == {"orders.too_many"}
    with pytest.raises(Invalid) as bad:
        s.deliver(order, 1, delivered_on=local_day(s.at) + timedelta(days=1))
    assert problems(bad) == {"delivered_on": "orders.ahead"}
    with pytest.raises(Invalid) as bad:
        s.deliver(order, 1, delivered_on=local_day(s.at) - timedelta(days=1))
    assert problems(bad) == {"delivered_on": "orders.before_order"}
    s.deliver(order, 2)
    assert s.fresh(order).state is OrderState.DELIVERED
    with pytest.raises(Refused) as no:
        s.deliver(order, 1)
    assert refusal(no) == "orders.nothing_to_deliver"


def test_who_bought_is_not_chief_inspector(world):
    s = shop(world)
    order = s.order("delivered")
    with pytest.raises(Refused) as no:
        s.inspect(order, by=s.alice)
    assert refusal(no) == "orders.buyer_inspects"
    with pytest.raises(Refused) as no:
        s.inspect(order, by=s.bob)
    assert refusal(no) == "orders.not_buyer"
    made = s.inspect(order, by=s.hal, joint="主計室 陳專員", by_documents=True)
    assert (made.chief_id, made.chief_name, made.joint, made.by_documents) == (
        s.hal.user_id,
        s.hal.name,
        "主計室 陳專員",
        True,
    )
    with pytest.raises(Refused) as no:
        s.inspect(order)
    assert refusal(no) == "orders.inspected_already"


def test_a_reduced_price_is_taken_off_what_is_paid(world):
    s = shop(world)
    order = s.order("delivered")
    for wrong in (0, 320_000, 320_001):
        with pytest.raises(Invalid) as bad:
            s.inspect(order, Result.REDUCED, reduction=wrong)
        assert "reduction" in problems(bad)
    with pytest.raises(Invalid) as bad:
        s.inspect(order, Result.PASSED, reduction=1)
    assert problems(bad) == {"reduction": "orders.no_reduction"}
    with pytest.raises(Invalid) as bad:
        s.inspect(order, Result.REDUCED, reduction=20_000, discrepancies="")
    assert problems(bad) == {"discrepancies": "orders.discrepancies_needed"}
    s.inspect(order, Result.REDUCED, reduction=20_000)
    order = s.fresh(order)
    money = progress.ledger(order)
    assert (money.accepted, money.reduced, money.payable) == (320_000, 20_000, 300_000)
    assert order.state is OrderState.INSPECTED


def test_defects_are_cured_and_a_part_may_be_accepted(world):
    s = shop(world)
    order = s.order("confirmed", quantities={s.item.ref: 4})
    line = order.lines[0].ref
    s.deliver(order)
    with pytest.raises(Invalid) as bad:
        s.inspect(order, Result.FAILED, cure_on=local_day(s.at), accepted={line: 4})
    assert problems(bad) == {"cure_on": "orders.cure_needed", "accepted": "orders.all_accepted"}
    with pytest.raises(Invalid) as bad:
        s.inspect(order, Result.FAILED, accepted={line: 5})
    assert f"accepted-{line}" in problems(bad)
    s.inspect(order, Result.FAILED, accepted={line: 3})
    order = s.fresh(order)
    assert order.state is OrderState.DELIVERING
    assert progress.units(order)[0].left == 1
    assert progress.cure_by(order) == local_day(s.at) + timedelta(days=14)
    assert progress.ledger(order).payable == 480_000
    s.deliver(order, 1)
    s.inspect(order)
    order = s.fresh(order)
    assert order.state is OrderState.INSPECTED
    assert progress.cure_by(order) is None


def test_the_first_acceptance_in_an_order_is_an_adoption_and_the_next_order_counts(world):
    s = shop(world)
    order = s.order("confirmed")
    assert db.session.scalar(select(Adoption)) is None
    for _ in range(2):
        s.deliver(order, 1)
        s.inspect(order)
    passport = comparing.passport(catalog_queries.public_item(s.item.ref, local_day(world.now)))
    assert (passport.orders, passport.again) == (1, ())
    s.order("inspected")
    (adoption,) = db.session.scalars(select(Adoption)).all()
    passport = comparing.passport(catalog_queries.public_item(s.item.ref, local_day(world.now)))
    assert (passport.adoptions, passport.orders, passport.again) == (1, 2, (s.agency.name,))
    assert (adoption.item_id, adoption.agency_id, adoption.order_ref) == (
        s.item.id,
        s.agency.id,
        order.number,
    )
    assert adoption.year == 2026


# --- certificate, payment, end ---


def test_chief_inspector_and_supervisor_sign_and_the_accountant_pays_exactly(world):
    s = shop(world)
    order = s.order("inspected")
    with pytest.raises(Refused) as no:
        s.do(operations.certify, order=order, by=s.hal)
    assert refusal(no) == "orders.not_chief"
    made = s.do(operations.certify, order=order, by=s.ida)
    assert made.amount == 320_000
    with pytest.raises(Refused) as no:
        s.do(operations.certify, order=order, by=s.ida)
    assert refusal(no) == "orders.nothing_to_certify"
    for person, code in ((s.alice, "orders.not_supervisor"), (s.bob, "orders.not_buyer")):
        with pytest.raises(Refused) as no:
            s.do(operations.countersign, order=order, certificate=made, by=person)
        assert refusal(no) == code
    facts = PaymentFacts(amount=320_000, paid_on=local_day(s.at), reference="付字 1")
    with pytest.raises(Refused) as no:
        s.do(operations.record_payment, order=order, certificate=made, facts=facts, by=s.ann)
    assert refusal(no) == "orders.not_signed"
    s.do(operations.countersign, order=order, certificate=made, by=s.sam)
    assert s.fresh(order).state is OrderState.CERTIFIED
    with pytest.raises(Refused) as no:
        s.do(operations.record_payment, order=order, certificate=made, facts=facts, by=s.alice)
    assert refusal(no) == "orders.not_accountant"
    wrong = PaymentFacts(amount=1, paid_on=local_day(s.at) + timedelta(days=1), reference="")
    with pytest.raises(Invalid) as bad:
        s.do(operations.record_payment, order=order, certificate=made, facts=wrong, by=s.ann)
    assert problems(bad) == {
        "amount": "orders.other_amount",
        "paid_on": "orders.ahead",
        "reference": "orders.voucher_needed",
    }
    paid = s.do(operations.record_payment, order=order, certificate=made, facts=facts, by=s.ann)
    assert s.fresh(order).state is OrderState.PAID
    with pytest.raises(PaymentStands), unit_of_work():
        db.session.merge(paid).amount = 1
    db.session.rollback()
    s.do(operations.close, order=order, by=s.alice)
    assert s.fresh(order).closed_at == s.at


def test_a_chief_inspector_who_sits_at_the_supervisors_desk_does_not_sign_twice(world):
    s = shop(world)
    order = s.order("delivered")
    s.inspect(order, by=s.sam)
    made = s.do(operations.certify, order=order, by=s.sam)
    with pytest.raises(Refused) as no:
        s.do(operations.countersign, order=order, certificate=made, by=s.sam)
    assert refusal(no) == "orders.chief_signs"


def test_parts_are_certified_and_paid_before_the_rest_is_delivered(world):
    s = shop(world)
    order = s.order("confirmed", quantities={s.item.ref: 3})
    s.deliver(order, 1)
    s.inspect(order)
    first = s.do(operations.certify, order=order, by=s.ida)
    s.do(operations.countersign, order=order, certificate=first, by=s.sam)
    s.pay(order)
    order = s.fresh(order)
    assert order.state is OrderState.DELIVERING
    assert progress.ledger(order).paid == 160_000
    s.deliver(order, 2)
    s.inspect(order, by=s.hal)
    second = s.do(operations.certify, order=order, by=s.hal)
    s.do(operations.countersign, order=order, certificate=second, by=s.sam)
    assert s.fresh(order).state is OrderState.CERTIFIED
    s.pay(order)
    order = s.fresh(order)
    assert (order.state, progress.ledger(order).paid) == (OrderState.PAID, 480_000)


def test_a_part_that_waits_for_the_agency_is_among_what_waits(world):
    s = shop(world)

    def waits(person):
        db.session.rollback()
        return [row.order.number for row in queries.list_orders(person, waiting=True).rows]

    order = s.order("confirmed", quantities={s.item.ref: 3})
    assert (waits(s.alice), waits(s.bob)) == ([], [order.number])
    s.deliver(order, 1)
    assert waits(s.alice) == [order.number]
    s.inspect(order)
    assert waits(s.alice) == [order.number]
    made = s.do(operations.certify, order=order, by=s.ida)
    s.do(operations.countersign, order=order, certificate=made, by=s.sam)
    assert waits(s.alice) == [order.number]
    s.pay(order)
    assert waits(s.alice) == []


def test_every_due_day_follows_from_what_happened(world):
    s = shop(world)
    order = s.order("delivered")
    today = local_day(s.at)
    assert days.inspect_by(order.deliveries[0]) == today + timedelta(days=30)
    s.inspect(order)
    order = s.fresh(order)
    assert days.certify_by(order.deliveries[0].inspection) == today + timedelta(days=15)
    made = s.do(operations.certify, order=order, by=s.ida)
    assert days.pay_by(made, subsidy_asked=False, calendar=calendar()) is None
    s.do(operations.countersign, order=order, certificate=made, by=s.sam)
    made = s.fresh(order).certificates[0]
    # Monday 2 March 2026: fifteen working days later is Monday 23 March, thirty Wednesday 15 April (holidays between).
    assert days.pay_by(made, subsidy_asked=False, calendar=calendar()) == date(2026, 3, 23)
    assert days.pay_by(made, subsidy_asked=True, calendar=calendar()) == date(2026, 4, 15)
    (warranty,) = progress.warranties(s.fresh(order))
    assert (warranty.quantity, warranty.ends_on) == (2, date(2027, 3, 2))
    assert [each.ends_on for _o, each in queries.warranties_of(s.alice, today)] == [date(2027, 3, 2)]
    assert queries.count_warranties_soon(s.alice, date(2027, 1, 20)) == 1
    assert queries.count_warranties_soon(s.bob, today) == 0


# --- disputes ---


@pytest.mark.parametrize("state", ["confirmed", "delivered", "inspected", "certified"])
def test_a_dispute_halts_the_order_and_it_may_go_on_where_it_stood(world, state):
    s = shop(world)
    order = s.order(state)
    stood = order.state
    with pytest.raises(Refused) as no:
        s.do(operations.dispute, order=order, reason="交貨延遲。", by=s.carol)
    assert refusal(no) == "orders.not_party"
    s.do(operations.dispute, order=order, reason="付款逾期。", by=s.bob)
    order = s.fresh(order)
    assert order.state is OrderState.DISPUTED
    with pytest.raises(Refused):
        s.deliver(order)
    with pytest.raises(Refused) as no:
        s.do(operations.settle, order=order, settlement=Settlement.GOES_ON, words="和解。", by=s.bob)
    assert refusal(no) == "orders.not_buyer_or_staff"
    s.do(operations.settle, order=order, settlement=Settlement.GOES_ON, words="雙方和解。", by=s.alice)
    order = s.fresh(order)
    assert order.state is stood
    (dispute,) = order.disputes
    assert (dispute.side, dispute.settlement, dispute.words) == (
        Party.SUPPLIER,
        Settlement.GOES_ON,
        "雙方和解。",
    )


def test_a_dispute_that_ends_an_order_strikes_what_was_not_accepted(world):
    s = shop(world)
    order = s.order("confirmed", quantities={s.item.ref: 3})
    s.deliver(order, 1)
    s.do(operations.dispute, order=order, reason="產品停產。", by=s.bob)
    with pytest.raises(Invalid) as bad:
        s.do(operations.settle, order=order, settlement=Settlement.ENDS, words="終止。", by=s.alice)
    assert problems(bad) == {"settlement": "orders.waiting_inspection"}
    s.do(operations.settle, order=order, settlement=Settlement.GOES_ON, words="先驗收。", by=s.alice)
    s.inspect(order)
    s.do(operations.dispute, order=order, reason="產品停產。", by=s.bob)
    s.do(operations.settle, order=order, settlement=Settlement.ENDS, words="其餘免交。", by=s.alice)
    order = s.fresh(order)
    money = progress.ledger(order)
    assert (order.state, money.struck, money.outstanding) == (OrderState.INSPECTED, 320_000, 0)
    assert queries.ordered_in(s.framework.id) == 160_000


def test_a_dispute_that_ends_an_order_with_nothing_accepted_cancels_it(world):
    s = shop(world)
    order = s.order("confirmed")
    s.do(operations.dispute, order=order, reason="無法履約。", by=s.alice)
    s.do(operations.settle, order=order, settlement=Settlement.ENDS, words="合意終止。", by=s.carol)
    order = s.fresh(order)
    assert (order.state, order.ended_side) == (OrderState.CANCELLED, Party.STAFF)
    assert queries.ordered_in(s.framework.id) == 0


# --- afterwards ---


def test_experience_only_after_acceptance_and_earlier_words_stay_in_the_audit(world):
    s = shop(world)
    order = s.order("delivered")
    with pytest.raises(Refused) as no:
        s.experience(order)
    assert refusal(no) == "orders.not_accepted_yet"
    s.inspect(order)
    with pytest.raises(Invalid):
        s.experience(order, fitness=6)
    s.experience(order, 3, "交貨慢。")
    s.experience(order, 5, "調校之後很好用。")
    (shown,) = queries.experiences_of(s.item.id)
    assert (shown.fitness, shown.note, shown.order.agency.id) == (5, "調校之後很好用。", s.agency.id)
    assert queries.experiences_of(s.other.id) == []
    bodies = [e.body for e in audit.history(order.subject) if e.type == "order.experience"]
    assert bodies[-1]["before"] == {"fitness": 3, "note": "交貨慢。"}


def test_ordering_again_begins_a_requisition_at_the_prices_of_now(world):
    s = shop(world)
    cable = AddOnFacts(name="電源線", unit="條", quantity=3, unit_price=400)
    order = s.order("closed", quantities={s.item.ref: 2, s.other.ref: 1}, add_ons=(cable,))
    s.reprice(140_000)
    with unit_of_work():
        db.session.get(CatalogItem, s.other.id).state = ItemState.SUSPENDED
    made = s.again(s.do(operations.order_again, order=order, by=s.alice))
    assert made.repeats_id == order.requisition_id
    assert [(line.item_id, line.quantity, line.unit_price) for line in made.lines] == [
        (s.item.id, 2, 140_000),
        (None, 3, 400),
    ]
    assert (made.lines[1].name_zh, made.lines[1].unit_zh) == ("電源線", "條")
    s.do(operations.hand_in, requisition=made, by=s.alice)
    use = queries.use_of(s.item.id)
    assert (use.orders, use.units, use.agencies, use.again) == (1, 2, 1, 0)
    with unit_of_work():
        db.session.get(CatalogItem, s.item.id).state = ItemState.SUSPENDED
    with pytest.raises(Refused) as no:
        s.do(operations.order_again, order=order, by=s.alice)
    assert refusal(no) == "orders.nothing_left"


# --- the money never contradicts ---

STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["deliver", "pass", "reduce", "fail", "certify", "sign", "pay", "dispute", "settle", "end"]
        ),
        st.integers(1, 4),
    ),
    max_size=14,
)


@pytest.fixture
def counter(world):
    return shop(world)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_the_sums_of_an_order_never_contradict_whatever_happens(counter, steps):
    """Any order of deliveries, inspections, certificates, payments and disputes keeps the ledger whole."""
    s = counter
    order = s.order("confirmed", quantities={s.item.ref: 4, s.other.ref: 2}, add_ons=(add_on(),))
    for step, number in steps:
        try:
            _take(s, order, step, number)
        except (Refused, Invalid, IndexError, StopIteration):
            db.session.rollback()
        order = s.fresh(order)
        money = progress.ledger(order)
        assert 0 <= money.paid <= money.certified <= money.payable <= money.accepted
        assert money.accepted <= money.ordered - money.struck
        assert money.payable + money.reduced == money.accepted
        assert money.outstanding + money.accepted + money.struck == money.ordered
        for row in progress.units(order):
            assert row.left >= 0
            assert row.waiting + row.accepted + row.left + row.line.struck == row.line.quantity
        if order.state not in (OrderState.DISPUTED, OrderState.CANCELLED):
            assert order.state is progress.stage(order)
        if order.state is OrderState.PAID:
            assert money.paid == money.payable == money.ordered - money.struck - money.reduced


def _take(s, order, step, number):
    if step == "deliver":
        left = [min(number, row.left) for row in progress.units(order)]
        s.deliver(order, *left)
    elif step in ("pass", "reduce", "fail"):
        waiting = next(i for i, d in enumerate(order.deliveries) if d.inspection is None)
        if step == "pass":
            s.inspect(order, number=waiting)
        elif step == "reduce":
            s.inspect(order, Result.REDUCED, number=waiting, reduction=number * 1_000)
        else:
            lines = {line.id: line.ref for line in order.lines}
            accepted = {
                lines[part.line_id]: max(0, part.quantity - number)
                for part in order.deliveries[waiting].lines
            }
            s.inspect(order, Result.FAILED, number=waiting, accepted=accepted)
    elif step == "certify":
        s.do(operations.certify, order=order, by=s.ida)
    elif step == "sign":
        s.do(operations.countersign, order=order, certificate=order.certificates[-1], by=s.sam)
    elif step == "pay":
        s.pay(order)
    elif step == "dispute":
        s.do(operations.dispute, order=order, reason="爭議", by=s.bob)
    else:
        ends = Settlement.ENDS if step == "end" else Settlement.GOES_ON
        s.do(operations.settle, order=order, settlement=ends, words="解決", by=s.alice)
