"""Sheets for wet signatures, and scanned copies that only the parties may read."""

from __future__ import annotations

import io
import re

import odfdo
import pypdf
import pytest
from sqlalchemy import select

from matchmaker.foundation.db import db
from matchmaker.orders import queries
from matchmaker.orders.models import OrderPaper
from matchmaker.orders.states import Result
from matchmaker.people.states import Role
from tests.factories.orders import add_on, shop
from tests.slices.test_foundation_files import PDF


def text_of(answer, kind):
    assert answer.status_code == 200
    if kind == "pdf":
        pages = pypdf.PdfReader(io.BytesIO(answer.get_data())).pages
        text = "".join(page.extract_text() for page in pages)
    else:
        body = odfdo.Document(io.BytesIO(answer.get_data())).body
        text = "".join(each.inner_text for each in body.get_elements("//text:p | //text:h"))
    return re.sub(r"\s", "", text)


def lacks(text, words):
    return [word for word in words if re.sub(r"\s", "", word) not in text]


@pytest.fixture
def reduced(world):
    """An order of four, delivered late in two parts, the second passed at a reduced price, certified once over both."""
    s = shop(world)
    order = s.order("confirmed", quantities={s.item.ref: 4}, add_ons=(add_on(),))
    world.later(days=100)
    s.deliver(order, 1, 1)
    s.inspect(order)
    s.deliver(order, 3, 0)
    s.inspect(order, Result.REDUCED, reduction=12_000, discrepancies="外殼有刮痕。", witness="政風室（測試）")
    s._to_certified(s.fresh(order))
    return s, s.fresh(order)


REQUISITION = {
    "zh": ["請購單", "路口號誌語音提示兩處", "115 年度業務費", "已在本市實證", "機關首長", "Hal", "參拾貳萬元整"],
    "en": ["Requisition sheet", "Spoken signals at crossings", "Case officer", "Agency head", "NT$320,000"],
}  # fmt: skip


@pytest.mark.parametrize("kind", ["odt", "pdf"])
@pytest.mark.parametrize("spoken", ["zh", "en"])
def test_the_requisition_sheet_holds_its_lines_and_four_fields(world, spoken, kind):
    s = shop(world)
    row = s.approved()
    answer = world.client(s.alice).get(f"/requisitions/{row.ref}/sheet.{spoken}.{kind}")
    assert lacks(text_of(answer, kind), [*REQUISITION[spoken], row.code]) == []


SHEETS = {
    ("order", "zh"): ["訂購單", "額外項", "安裝支架", "648,000", "陸拾肆萬捌仟元整", "供應商簽收", "版面為本平臺自訂"],
    ("order", "en"): ["Order sheet", "Add-on items", "648,000", "Supplier, for receipt", "Our own layout"],
    ("acceptance-2", "zh"): ["驗收紀錄", "完成履約日期", "■", "外殼有刮痕。", "政風室（測試）", "主驗人", "Ida"],
    ("acceptance-2", "en"): ["Acceptance record", "Performance deadline", "Chief inspector", "NT$12,000"],
    ("certificate-1", "zh"): ["結算驗收證明書", "636,000", "陸拾參萬陸仟元整", "減價金額", "Ida", "Sam", "■本訂單最後一次"],
    ("certificate-1", "en"): ["Settlement acceptance certificate", "636,000", "Settlement amount", "Price reduction"],
}  # fmt: skip


@pytest.mark.parametrize("kind", ["odt", "pdf"])
def test_the_sheets_of_an_order_hold_the_record_fields(world, reduced, kind):
    s, order = reduced
    client = world.client(s.alice)
    for (sheet, spoken), words in SHEETS.items():
        text = text_of(client.get(f"/orders/{order.ref}/sheets/{sheet}.{spoken}.{kind}"), kind)
        assert lacks(text, [*words, order.number, order.eproc_number]) == [], (sheet, spoken)


def test_a_record_before_the_inspection_leaves_its_fields_open(world):
    s = shop(world)
    order = s.order("delivered")
    text = text_of(world.client(s.alice).get(f"/orders/{order.ref}/sheets/acceptance-1.zh.odt"), "odt")
    assert "■" not in text
    assert "Ida" not in text


@pytest.mark.parametrize("path", ["acceptance-9.zh.pdf", "other.zh.pdf", "order.fr.pdf", "order.zh.docx"])
def test_no_other_sheets(world, path):
    s = shop(world)
    order = s.order()
    assert status(world.client(s.alice), f"/orders/{order.ref}/sheets/{path}") == 404


def status(client, path):
    """What a download answers; its file is closed."""
    with client.get(path) as answer:
        return answer.status_code


def attach(client, url, *, content=PDF, name="signed.pdf", kind="order", title="用印訂購單"):
    return client.post(
        f"{url}/papers/new",
        {"kind": kind, "title": title, "file": (io.BytesIO(content), name)},
        content_type="multipart/form-data",
    )


@pytest.mark.parametrize("language", ["zh_Hant_TW", "en"])
def test_both_sides_attach_and_only_the_parties_read(world, language):
    s = shop(world)
    order = s.order("confirmed")
    url = f"/orders/{order.ref}"
    assert attach(world.client(s.alice, language), url).status_code == 303
    assert attach(world.client(s.bob, language), url, title="回簽").status_code == 303
    papers = queries.order_by_id(order.id).papers
    assert [paper.title for paper in papers] == ["用印訂購單", "回簽"]
    _agency, judy = world.agency("Judy")
    _startup, ivan = world.startup("Ivan")
    reader = world.member(s.agency, "Rita", Role.READER)
    for actor, expected in (
        (s.alice, 200), (s.bob, 200), (s.carol, 200), (reader, 200), (judy, 404), (ivan, 404),
    ):  # fmt: skip
        assert status(world.client(actor), f"{url}/papers/{papers[0].ref}") == expected
        assert status(world.client(actor), f"{url}/sheets/order.zh.pdf") == expected
    assert status(world.client(), f"{url}/papers/{papers[0].ref}") == 303
    with world.client(s.bob).get(f"{url}/papers/{papers[0].ref}") as answer:
        assert answer.headers["Content-Disposition"].startswith("attachment")
    page = world.client(s.bob, language).get(url).get_data(as_text=True)
    assert "用印訂購單" in page
    assert f"/orders/{order.ref}/sheets/order.zh.odt" in page


def test_a_requisitions_papers_stay_in_the_agency(world):
    s = shop(world)
    row = s.approved()
    url = f"/requisitions/{row.ref}"
    assert attach(world.client(s.alice), url, kind="requisition").status_code == 303
    [paper] = queries.requisition_by_id(row.id).papers
    assert status(world.client(s.sam), f"{url}/papers/{paper.ref}") == 200
    for stranger in (s.bob, s.carol):
        assert status(world.client(stranger), f"{url}/papers/{paper.ref}") == 403
        assert status(world.client(stranger), f"{url}/sheet.zh.pdf") == 403
    _agency, judy = world.agency("Judy")
    assert status(world.client(judy), f"{url}/papers/{paper.ref}") == 404


def test_who_may_not_attach(world):
    s = shop(world)
    order = s.order()
    reader = world.member(s.agency, "Rita", Role.READER)
    assert attach(world.client(reader), f"/orders/{order.ref}").status_code == 409
    assert attach(world.client(s.carol), f"/orders/{order.ref}").status_code == 403
    assert db.session.scalar(select(OrderPaper)) is None


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"content": b"MZ", "name": "signed.exe"}, "cannot be taken"),
        ({"content": b"not a pdf"}, "is not what its ending says"),
        ({"kind": ""}, "Say what the paper is."),
    ],
)
def test_bad_files_are_refused_and_words_kept(world, given, words):
    s = shop(world)
    order = s.order()
    answer = attach(world.client(s.alice, "en"), f"/orders/{order.ref}", **given)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    assert "用印訂購單" in answer.get_data(as_text=True)


def test_no_file_is_no_paper(world):
    s = shop(world)
    order = s.order()
    answer = world.client(s.alice, "en").post(f"/orders/{order.ref}/papers/new", {"kind": "order"})
    assert answer.status_code == 422
    assert "Choose the scanned file." in answer.get_data(as_text=True)


def test_only_who_attached_takes_away(world):
    s = shop(world)
    order = s.order()
    url = f"/orders/{order.ref}"
    attach(world.client(s.alice), url)
    [paper] = queries.order_by_id(order.id).papers
    assert world.client(s.bob).post(f"{url}/papers/{paper.ref}/remove").status_code == 409
    assert world.client(s.alice).post(f"{url}/papers/{paper.ref}/remove").status_code == 303
    db.session.rollback()
    assert queries.order_by_id(order.id).papers == []
