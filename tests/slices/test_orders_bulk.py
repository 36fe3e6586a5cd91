"""Orders out as tables, requisitions in with a dry run."""

from __future__ import annotations

import io
import re

import pytest
from sqlalchemy import func, select

from matchmaker.foundation.db import db
from matchmaker.foundation.files import Upload
from matchmaker.foundation.outbox import OutboxMail
from matchmaker.foundation.sheets import Column, Sheet, read
from matchmaker.orders import bulk, queries
from matchmaker.orders.models import CallOffOrder, Requisition
from matchmaker.orders.states import RequisitionState
from tests.factories.orders import add_on, shop

URL = "/requisitions/table"


def send(client, text, url=URL):
    file = (io.BytesIO(text.encode()), "lines.csv")
    return client.post(url, {"file": file}, content_type="multipart/form-data")


def confirm(client, answer, url=URL):
    page = answer.get_data(as_text=True)
    fields = {name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)[1] for name in ("upload", "shown")}
    return client.post(url, fields)


def stored():
    db.session.rollback()
    return db.session.scalar(select(func.count(Requisition.id)))


@pytest.mark.parametrize("form", ["csv", "ods"])
def test_each_side_takes_out_its_orders_line_by_line(world, form):
    s = shop(world)
    order = s.order("confirmed", add_ons=(add_on(name="=cmd|' /C calc'!A1"),))
    s.deliver(order, 1, 0)
    s.inspect(order)
    _agency, judy = world.agency("Judy")
    open_ = Sheet("Orders", [Column(c.key, c.label, c.kind, choices=c.choices) for c in bulk.ORDERS.columns])
    for actor, lines in ((s.alice, 2), (s.bob, 2), (s.carol, 2), (judy, 0)):
        answer = world.client(actor).get(f"/orders/table.{form}")
        assert answer.status_code == 200
        if form == "csv":
            assert "\r\n=" not in answer.get_data(as_text=True)
            assert ",=" not in answer.get_data(as_text=True)
        if lines:
            with world.app.test_request_context():
                rows = read(open_, Upload(f"o.{form}", answer.get_data())).rows
            assert [(r.values["quantity"], r.values["amount"], r.values["accepted"]) for r in rows] == [
                (2, 320_000, 1),
                (1, 8_000, 0),
            ]
            assert rows[0].values["item"] == s.item.code
            assert rows[1].values["name_zh"] == "=cmd|' /C calc'!A1"
    assert world.client().get(f"/orders/table.{form}").status_code == 303


def test_rows_of_the_same_words_make_one_requisition(world):
    s = shop(world)
    client = world.client(s.alice, language="en")
    text = (
        "requisition,item,add_on,quantity,unit,unit_price,place,why\n"
        f"車站號誌,{s.item.code},,5,,,車站前,視障團體要求\n"
        f"車站號誌,{s.other.code},,1,,,,\n"
        "車站號誌,,安裝支架,2,組,8000,,\n"
        f"學校號誌,{s.item.code},,1,,,學校,\n"
    )
    shown = send(client, text)
    assert shown.status_code == 200
    assert "New requisition" in shown.get_data(as_text=True)
    assert "NT$786,000" in shown.get_data(as_text=True)
    assert stored() == 0
    assert confirm(client, shown).status_code == 303
    assert stored() == 2
    first = db.session.scalars(select(Requisition).where(Requisition.title == "車站號誌")).one()
    first = queries.requisition_by_id(first.id)
    assert first.state is RequisitionState.DRAFT
    assert [(line.name_zh, line.quantity, line.unit_price) for line in first.lines] == [
        (s.item.current.title_zh, 5, 150_000),
        (s.other.current.title_zh, 1, 20_000),
        ("安裝支架", 2, 8_000),
    ]
    assert (first.place, first.why) == ("車站前", "視障團體要求")


def test_every_fault_with_its_row_and_nothing_done(world):
    s = shop(world)
    text = (
        "requisition,item,add_on,quantity,unit_price\n"
        f"甲,{s.item.code},,0,\n"
        f"乙,{s.item.code},支架,1,5\n"
        "丙,,支架,1,5\n"
        "丁,ci-1999-0001,,1,\n"
        f"戊,{s.item.code},,1,\n"
        f"戊,{s.item.code},,1,\n"
        "戊,,支架,1,\n"
    )
    answer = send(world.client(s.alice, language="en"), text)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    problems = page.split('id="bulk-outcomes"')[0]
    assert re.findall(r'rowheader" class="number">(\d+)<', problems) == ["2", "3", "4", "5", "7", "8"]
    assert stored() == 0


PLACE_URL = "/orders/table"


def test_orders_of_approved_requisitions_are_entered_by_table(world):
    s = shop(world)
    first, second = s.approved(), s.approved(quantities={s.other.ref: 1})
    client = world.client(s.alice, language="en")
    assert f'href="{PLACE_URL}"' in client.get("/orders").text
    with world.app.test_request_context():
        pattern = client.get("/orders/pattern.csv").get_data()
        head = pattern.decode("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in head[-2:]] == [first.code, second.code]
    text = f"requisition,eproc_number\n{first.code},PCC-1\n{second.code},PCC-2\n"
    shown = send(client, text, PLACE_URL)
    assert shown.status_code == 200
    assert "Order entered" in shown.text
    db.session.rollback()
    assert db.session.scalar(select(func.count(CallOffOrder.id))) == 0
    assert confirm(client, shown, PLACE_URL).status_code == 303
    db.session.rollback()
    orders = db.session.scalars(select(CallOffOrder).order_by(CallOffOrder.eproc_number)).all()
    assert [(o.eproc_number, o.requisition_id) for o in orders] == [("PCC-1", first.id), ("PCC-2", second.id)]
    mails = db.session.scalars(select(OutboxMail).where(OutboxMail.letter == "orders.placed")).all()
    assert len(mails) >= 2


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("{code},\n", "Number in the government e-procurement system"),
        ("{code},PCC-1\n{code},PCC-2\n", "approved"),
        ("pr-2020-0001,PCC-1\n", "There is nothing of this number"),
        ("{code},PCC-1\n{other},PCC-1\n", "carries this number"),
    ],
    ids=["no number", "twice", "unknown", "number taken"],
)
def test_a_table_of_orders_with_a_fault_enters_none(world, rows, words):
    s = shop(world)
    first, second = s.approved(), s.approved(quantities={s.other.ref: 1})
    text = "requisition,eproc_number\n" + rows.format(code=first.code, other=second.code)
    answer = send(world.client(s.alice, language="en"), text, PLACE_URL)
    assert answer.status_code == 422
    assert words in answer.text
    db.session.rollback()
    assert db.session.scalar(select(func.count(CallOffOrder.id))) == 0


def test_another_agency_enters_none_of_ours(world):
    s = shop(world)
    wanted = s.approved()
    _agency, judy = world.agency("Judy")
    text = f"requisition,eproc_number\n{wanted.code},PCC-1\n"
    assert send(world.client(judy, language="en"), text, PLACE_URL).status_code == 422
    assert wanted.code not in world.client(judy).get("/orders/pattern.csv").text
    assert send(world.client(s.bob), text, PLACE_URL).status_code == 403


def test_only_who_may_prepare_sends(world):
    s = shop(world)
    text = f"requisition,item,quantity\n甲,{s.item.code},1\n"
    assert send(world.client(s.hal, language="en"), text).status_code == 422
    assert send(world.client(s.bob), text).status_code == 403
    assert stored() == 0
