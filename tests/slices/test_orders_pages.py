"""The pages of requisitions and orders, by who looks at them: the whole walk, strangers, wrong states, few queries."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import event

from matchmaker.foundation.db import db
from matchmaker.foundation.outbox import OutboxMail
from matchmaker.kernel.dates import local_day
from matchmaker.orders import notices, operations, queries
from matchmaker.orders.models import CallOffOrder, Requisition
from matchmaker.orders.states import OrderState, RequisitionState, Result
from matchmaker.people.states import Role
from tests.factories.orders import add_on, shop


def text(response):
    return response.get_data(as_text=True)


def key(page, name="expected_version"):
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', text(page))
    return found[1] if found else ""


def send(client, path, **fields):
    """Fill the form of a page as a person would: with its hidden fields."""
    page = client.get(path)
    assert page.status_code == 200, path
    hidden = {name: key(page, name) for name in ("expected_version", "idempotency_key")}
    return client.post(path, hidden | fields)


def press(client, page, path, **fields):
    """Press a button on a page that was opened before."""
    return client.post(path, {"expected_version": key(client.get(page))} | fields)


@pytest.mark.parametrize("language", ["en", "zh_Hant_TW"])
def test_the_whole_walk_by_everybody_on_their_own_pages(world, language):
    s = shop(world)
    people = {
        name: world.client(getattr(s, name), language)
        for name in ("alice", "sam", "ann", "hal", "ida", "bob")
    }
    alice = people["alice"]
    assert f"/requisitions/new?item={s.item.ref}" in text(alice.get(f"/catalog/{s.item.ref}"))
    made = send(
        alice,
        f"/requisitions/new?item={s.item.ref}",
        title="有聲號誌兩處",
        **{f"quantity-{s.item.ref}": "２", f"quantity-{s.other.ref}": "1"},
        wanted_on=(local_day(s.at) + timedelta(days=60)).isoformat(),
        place="市府一樓",
        budget_line="業務費",
        why="已有實證。",
        **{"add_ons-0-name": "支架", "add_ons-0-quantity": "1", "add_ons-0-unit_price": "8,000"},
    )
    assert made.status_code == 303
    here = made.headers["Location"]
    page = text(alice.get(here))
    assert "348,000" in page
    assert press(alice, here, f"{here}/sign").status_code == 303
    for name in ("sam", "ann", "hal"):
        assert press(people[name], here, f"{here}/sign", words="同意").status_code == 303
    placed = send(alice, f"{here}/place", eproc_number="1150302-11")
    assert placed.status_code == 303
    there = placed.headers["Location"]
    bob, ida = people["bob"], people["ida"]
    assert "co-2026-0001" in text(bob.get("/orders?waiting=1"))
    assert send(bob, f"{there}/steps/confirm", reason="四月交貨").status_code == 303
    lines = queries.order_by_id(1).lines
    counts = {f"quantity-{line.ref}": str(line.quantity) for line in lines}
    assert (
        send(bob, f"{there}/deliver", delivered_on=local_day(s.at).isoformat(), **counts).status_code == 303
    )
    db.session.rollback()
    delivery = queries.order_by_id(1).deliveries[0]
    inspected = send(
        ida,
        f"{there}/deliveries/{delivery.ref}/inspect",
        result="reduced",
        inspected_on=local_day(s.at).isoformat(),
        discrepancies="外殼刮痕",
        reduction="8,000",
    )
    assert inspected.status_code == 303
    assert press(ida, there, f"{there}/certify").status_code == 303
    db.session.rollback()
    certificate = queries.order_by_id(1).certificates[0]
    assert press(people["sam"], there, f"{there}/certificates/{certificate.ref}/sign").status_code == 303
    paid = send(
        people["ann"],
        f"{there}/certificates/{certificate.ref}/pay",
        amount="340,000",
        paid_on=local_day(s.at).isoformat(),
        reference="付 1",
    )
    assert paid.status_code == 303
    assert press(alice, there, f"{there}/close").status_code == 303
    assert send(alice, f"{there}/experience", fitness="4", note="好用，但要等調校。").status_code == 303
    page = text(alice.get(there))
    assert "340,000" in page
    assert "8,000" in page
    public = text(world.client(None, language).get(f"/catalog/{s.item.ref}"))
    assert "好用，但要等調校。" in public
    again = alice.post(f"{there}/again")
    assert again.status_code == 303
    assert press(alice, again.headers["Location"], f"{again.headers['Location']}/sign").status_code == 303
    db.session.rollback()
    assert db.session.get(Requisition, 2).state is RequisitionState.SIGNING
    assert db.session.get(CallOffOrder, 1).state is OrderState.CLOSED


def test_strangers_find_nothing_and_other_sides_only_their_part(world):
    s = shop(world)
    order = s.order("delivered")
    wanted = f"/requisitions/{order.requisition.ref}"
    there, delivery = f"/orders/{order.ref}", order.deliveries[0].ref
    stranger = world.client(world.agency("Judy")[1])
    rival = world.client(world.startup("Ivan")[1])
    for client in (stranger, rival):
        assert client.get(there).status_code == 404
    assert stranger.get(wanted).status_code == 404
    assert rival.get(wanted).status_code == 403
    assert world.client(s.bob).get(wanted).status_code == 403
    assert world.client(s.carol).get(wanted).status_code == 403
    assert world.client(None).get(there).status_code == 303
    for person in (s.bob, s.carol, s.hal):
        assert world.client(person).get(there).status_code == 200
    assert world.client(s.bob).get(f"{there}/deliveries/{delivery}/inspect").status_code == 403
    assert stranger.get(f"{there}/deliveries/{delivery}/inspect").status_code == 404
    assert world.client(s.alice).get(f"{there}/deliveries/nosuch/inspect").status_code == 404
    assert world.client(s.alice).get(f"{there}/steps/nosuch").status_code == 404
    assert rival.post(f"{there}/steps/decline", {"reason": "x"}).status_code == 404


def test_what_is_refused_says_why_and_keeps_what_was_typed(world):
    s = shop(world)
    alice = world.client(s.alice)
    bad = send(
        alice,
        f"/requisitions/new?item={s.item.ref}",
        title="",
        **{f"quantity-{s.item.ref}": "-1"},
        why="這段話要留著。",
        wanted_on="118/2/30",
    )
    assert bad.status_code == 422
    page = text(bad)
    assert "這段話要留著。" in page
    assert "118/2/30" in page
    assert "Say in a few words what is bought." in page
    s.limit(order_max=100_000)
    wanted = s.approved()
    refused = send(alice, f"/requisitions/{wanted.ref}/place", eproc_number="PCC-77")
    assert refused.status_code == 409
    assert "PCC-77" in text(refused)
    assert "Largest order" in text(refused)
    assert "NT$100,000" in text(refused)


def test_add_on_rows_are_added_without_script(world):
    s = shop(world)
    alice = world.client(s.alice)
    path = f"/requisitions/new?item={s.item.ref}"
    grown = alice.post(path, {"add-add_ons": "1", "title": "留著"})
    assert grown.status_code == 200
    assert 'name="add_ons-0-name"' in text(grown)
    assert 'value="留著"' in text(grown)


def test_a_greyed_button_says_why(world):
    s = shop(world)
    order = s.order("delivered")
    page = text(world.client(s.alice).get(f"/orders/{order.ref}"))
    assert "Who bought is not the chief inspector" in page
    wanted = s.handed_in()
    page = text(world.client(s.ann).get(f"/requisitions/{wanted.ref}"))
    assert "waits at the desk “Business supervisor”, not at yours" in page
    page = text(world.client(world.agency("Judy")[1]).get(f"/catalog/{s.item.ref}"))
    assert "Prepare a requisition" in page


def test_a_task_waits_for_the_reader_for_a_colleague_or_for_the_other_side(world):
    s = shop(world)
    order = s.order("delivered")
    for person, turn in ((s.ida, "you"), (s.alice, "a colleague"), (s.bob, "the other side")):
        page = text(world.client(person).get(f"/orders/{order.ref}"))
        told = [whose for whose in ("you", "a colleague", "the other side") if f"Waiting for {whose}" in page]
        assert told == [turn]
    order = s.order("placed")
    for person, turn in ((s.bob, "you"), (world.member(s.supplier, "Rob", Role.READER), "a colleague")):
        assert f"Waiting for {turn}" in text(world.client(person).get(f"/orders/{order.ref}"))


def test_a_changed_price_is_shown_with_both_figures(world):
    s = shop(world)
    wanted = s.handed_in()
    s.reprice(171_000)
    page = text(world.client(s.sam).get(f"/requisitions/{wanted.ref}"))
    assert "NT$160,000 → NT$171,000" in page
    assert press(
        world.client(s.alice), f"/requisitions/{wanted.ref}", f"/requisitions/{wanted.ref}/take-over"
    )
    page = text(world.client(s.alice).get(f"/requisitions/{wanted.ref}"))
    assert "NT$342,000" in page


@pytest.mark.parametrize(
    "state", ["placed", "confirmed", "delivered", "inspected", "certified", "paid", "closed"]
)
def test_every_state_has_its_page_for_every_side(world, state):
    s = shop(world)
    order = s.order(state, add_ons=(add_on(),))
    for person in (s.alice, s.hal, s.bob, s.carol):
        for language in ("en", "zh_Hant_TW"):
            page = world.client(person, language).get(f"/orders/{order.ref}")
            assert page.status_code == 200
            assert order.number in text(page)


def test_lists_take_the_same_queries_for_one_row_and_for_three(world):
    s = shop(world)

    def count(client, path):
        seen = []

        def listener(_connection, _cursor, statement, *_more):
            if statement.startswith("SELECT"):
                seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", listener)
        assert client.get(path).status_code == 200
        event.remove(db.engine, "before_cursor_execute", listener)
        return len(seen)

    s.order("inspected")
    clients = [(world.client(s.alice), "/orders"), (world.client(s.alice), "/requisitions")]
    clients += [(world.client(s.carol), "/orders"), (world.client(s.alice), "/orders/warranties")]
    before = [count(client, path) for client, path in clients]
    for _ in range(2):
        s.order("inspected")
    assert [count(client, path) for client, path in clients] == before


def test_statistics_for_staff_as_page_and_table(world):
    s = shop(world)
    s.limit(published_budget=1_000_000)
    s.order("closed", quantities={s.item.ref: 2, s.other.ref: 1})
    declined = s.order()
    s.do(operations.decline, order=declined, reason="產能不足", by=s.bob)
    found = queries.statistics()
    assert (found.total.count, found.total.value, found.agencies, found.suppliers) == (1, 340_000, 1, 1)
    assert found.by_quarter() == [((2026, 1), found.by_quarter()[0][1])]
    assert queries.statistics(2025).cells == []
    lot = next(each for each in queries.budgets() if each.lot is not None)
    assert (lot.ordered, lot.left) == (340_000, 660_000)
    carol = world.client(s.carol)
    page = text(carol.get("/staff/orders/statistics"))
    assert "<svg" in page
    assert "NT$660,000" in page
    table = carol.get("/staff/orders/statistics.csv")
    assert "340000" in table.get_data().decode("utf-8-sig")
    assert carol.get("/staff/orders/statistics?year=2019").status_code == 200
    assert world.client(s.alice).get("/staff/orders/statistics").status_code == 403


def test_everybody_who_has_something_to_do_sees_it_on_the_front_page_and_by_mail(world):
    s = shop(world)
    wanted = s.handed_in()
    assert "1 requisition waits for you" in text(world.client(s.sam).get("/"))
    assert "requisition waits" not in text(world.client(s.hal).get("/"))
    for person in (s.sam, s.ann, s.hal):
        s.do(operations.sign, requisition=wanted, by=person)
    s.place(s.again(wanted))
    assert "1 order waits for your organisation" in text(world.client(s.bob).get("/"))
    db.session.rollback()
    rows = db.session.execute(db.select(OutboxMail).where(OutboxMail.letter.like("orders.%"))).scalars()
    told = {(mail.letter, mail.name) for mail in rows}
    assert {("orders.to_sign", n) for n in ("Sam", "Ann", "Hal")} <= told
    assert ("orders.approved", "Alice") in told
    assert ("orders.placed", "Bob") in told


def test_reminders_go_once_to_who_has_the_next_step(world):
    s = shop(world)
    order = s.order("delivered")
    s.order("confirmed")

    def told(letter):
        db.session.rollback()
        rows = db.session.execute(db.select(OutboxMail).where(OutboxMail.letter == f"orders.{letter}"))
        return sorted(mail.name for mail in rows.scalars())

    for _ in range(2):
        s.do(lambda at: notices.remind({}, at))
    assert told("remind_inspect") == []
    world.now += timedelta(days=26)
    for _ in range(2):
        s.do(lambda at: notices.remind({}, at))
    assert told("remind_inspect") == ["Alice", "Ida", "Sam"]
    assert told("remind_deliver") == []
    world.now += timedelta(days=40)
    s.do(lambda at: notices.remind({}, at))
    assert told("remind_deliver") == ["Bob"]
    s.inspect(order)
    world.now += timedelta(days=330)
    s.do(lambda at: notices.remind({}, at))
    assert told("warranty") == ["Alice", "Ida", "Sam"]
    assert "remind_certify" not in told("remind_deliver")
    assert told("remind_certify") == ["Alice", "Ida", "Sam"]


def test_a_disputed_order_stands_on_the_programme_offices_front_page(world):
    s = shop(world)
    order = s.order("delivered")
    s.do(operations.dispute, order=order, reason="規格不符", by=s.alice)
    assert "1 dispute over an order" in text(world.client(s.carol).get("/"))
    assert order.number in text(world.client(s.carol).get("/orders?waiting=1"))
    settled = send(world.client(s.carol), f"/orders/{order.ref}/settle", settlement="goes_on", words="已換貨")
    assert settled.status_code == 303
    assert s.fresh(order).state is OrderState.DELIVERED


def test_defects_show_on_both_sides(world):
    s = shop(world)
    order = s.order("confirmed", quantities={s.item.ref: 3})
    line = order.lines[0].ref
    s.deliver(order)
    s.inspect(order, Result.FAILED, accepted={line: 2})
    for person in (s.alice, s.bob):
        page = text(world.client(person).get(f"/orders/{order.ref}"))
        assert "The supplier cures the defects" in page
        assert "外殼有刮痕。" in page
    reader = world.member(s.agency, "Rita", Role.READER)
    assert world.client(reader).get(f"/orders/{order.ref}").status_code == 200
