"""Adoption kits: filled from the catalog, with the agency's own words; a contact only where the other side agrees."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime

import odfdo
import pypdf
import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from matchmaker.catalog import operations as catalog
from matchmaker.catalog.models import CatalogItem, ItemVersion, PriceBreak
from matchmaker.foundation.audit import AuditEvent
from matchmaker.foundation.db import db, unit_of_work
from matchmaker.foundation.outbox import OutboxMail, render
from matchmaker.kernel.errors import Invalid, NotFound, Refused, Stale
from matchmaker.kits import operations, policies, queries
from matchmaker.kits.budget import budget, limits
from matchmaker.kits.facts import Contact, KitFacts
from matchmaker.kits.models import Kit, PeerRequest
from matchmaker.kits.states import PeerState
from matchmaker.people.actor import SYSTEM
from tests.factories import catalog as make

WORDS = KitFacts(
    title="車站周邊號誌",
    chosen="",
    quantity=12,
    need="視障團體要求車站四周都有語音號誌。",
    reasons="唯一已在本縣實證且接收率逾九成者。",
    alternatives="按鈕式號誌須尋找按鈕，不採。",
    budget_line="道路交通安全",
    add_ons=50_000,
    add_ons_note="安裝纜線",
    yearly_cost=24_000,
    yearly_note="維護",
    years=3,
    remarks="分兩期施作。",
)
CONTACT = Contact(name="林測試", email="lin@example.org", phone="02-0000-0000")


@pytest.fixture
def scene(world, database):
    """A piloted item with price breaks, another item, the agency of the pilot, and a second agency."""

    class Scene:
        carol = world.officer()
        first, alice = world.agency("Alice")
        second, judy = world.agency("Judy")
        startup, bob = world.startup()
        agreement = make.framework(world, carol)
        other = make.listed(world, carol, bob, startup, agreement, title_zh="按鈕式號誌", title_en="Button")
        pilot = make.pilot(world, first, startup)

    with unit_of_work():
        item = catalog.propose_from_pilot(pilot=Scene.pilot, by=SYSTEM, at=world.now)
    with unit_of_work():
        item = catalog.save_version(
            item=item,
            facts=make.facts(title_zh="床邊感測", title_en="Bedside sensing"),
            by=Scene.bob,
            at=world.now,
            expected_version=None,
        )
    with unit_of_work():
        item = catalog.list_item(item=item, framework=Scene.agreement, by=Scene.carol, at=world.now)
    with unit_of_work():
        version = db.session.scalars(
            select(ItemVersion).where(
                ItemVersion.item_id == item.id, ItemVersion.number == item.current_version
            )
        ).one()
        db.session.add(PriceBreak(version_id=version.id, from_quantity=10, unit_price=150_000))
    Scene.item = db.session.get(CatalogItem, item.id)
    make.adoption(world, Scene.carol, item)
    return Scene


def items(*rows):
    return queries.items_by_ref([row.ref for row in rows])


def kit_of(world, scene, *rows, by=None, **changes):
    found = items(*(rows or (scene.item, scene.other)))
    facts = replace(WORDS, **({"chosen": found[0].ref} | changes))
    with unit_of_work():
        return operations.make(items=found, facts=facts, by=by or scene.judy, at=world.now)


def ask(world, scene, by=None):
    pilot = items(scene.item)[0].pilot
    with unit_of_work():
        return operations.ask_peer(pilot=pilot, words="想請教維護人力。", by=by or scene.judy, at=world.now)


def refused(call):
    with pytest.raises(Refused) as caught:
        call()
    db.session.rollback()
    return caught.value.denial.code


# --- kits ---


@pytest.mark.both_databases
def test_a_kit_keeps_the_agencys_words_and_the_order_of_items(world, scene):
    made = kit_of(world, scene)
    kit = queries.kit_for(scene.judy, made.ref)
    assert [item.ref for item in kit.items] == [scene.item.ref, scene.other.ref]
    assert kit.choice.ref == scene.item.ref
    assert (kit.need, kit.add_ons, kit.years) == (WORDS.need, 50_000, 3)


@pytest.mark.both_databases
def test_changes_are_kept_and_a_late_one_is_told(world, scene):
    kit = kit_of(world, scene)
    facts = replace(WORDS, chosen=scene.other.ref, need="改寫")
    with unit_of_work():
        operations.save(kit=kit, facts=facts, by=scene.judy, at=world.now, expected_version=1)
    assert queries.kit_for(scene.judy, kit.ref).choice.ref == scene.other.ref
    with pytest.raises(Stale), unit_of_work():
        operations.save(kit=kit, facts=facts, by=scene.judy, at=world.now, expected_version=1)


def test_who_may_begin_a_kit(world, scene):
    one = items(scene.item)
    code = lambda actor, rows: getattr(policies.can_make(actor, rows, world.now), "code", None)  # noqa: E731
    assert code(scene.judy, one) is None
    assert code(scene.alice, one) is None
    assert code(scene.bob, one) == "kits.for_agencies"
    assert code(scene.carol, one) == "kits.for_agencies"
    assert code(scene.judy, []) == "kits.no_items"
    assert code(scene.judy, one * 5) == "kits.too_many"
    _pending, kate = world.agency("Kate", confirmed=False)
    assert code(kate, one) == "people.not_confirmed"
    with unit_of_work():
        catalog.withdraw(item=scene.other, reason="停產", by=scene.carol, at=world.now, expected_version=None)
    assert code(scene.judy, items(scene.other)) == "kits.not_listed"


def test_every_fault_of_the_figures_is_named(world, scene):
    facts = replace(WORDS, title=" ", chosen="nothing", quantity=0, years=11, add_ons=-1, yearly_cost=-1)
    with pytest.raises(Invalid) as caught:
        operations.make(items=items(scene.item), facts=facts, by=scene.judy, at=world.now)
    assert set(caught.value.problems) == {"title", "chosen", "quantity", "years", "add_ons", "yearly_cost"}


def test_another_agency_finds_no_kit(world, scene):
    kit = kit_of(world, scene)
    for stranger in (scene.alice, scene.bob, scene.carol):
        with pytest.raises(NotFound):
            queries.kit_for(stranger, kit.ref)


def test_the_budget_takes_the_price_break_fee_and_years(world, scene):
    [item] = items(scene.item)
    item.framework.service_fee = 50
    sums = budget(item, quantity=12, add_ons=50_000, yearly_cost=24_000, years=3, on=date(2026, 3, 2))
    assert sums.unit_price == 150_000
    assert sums.goods == 1_800_000
    assert sums.fee == 9_000
    assert sums.first == 1_859_000
    assert sums.total == 1_931_000
    assert budget(item, quantity=9, add_ons=0, yearly_cost=0, years=1, on=date(2026, 3, 2)).goods == 1_440_000


# --- papers ---


def text_of(answer, kind):
    content = answer.get_data()
    if kind == "pdf":
        pages = pypdf.PdfReader(io.BytesIO(content)).pages
        return "".join(page.extract_text() for page in pages).replace("\n", "")
    body = odfdo.Document(io.BytesIO(content)).body
    return "".join(each.inner_text for each in body.get_elements("//text:p | //text:h"))


SEEN = {
    ("comparison", "zh"): ["比較表", "床邊感測", "按鈕式號誌", "160,000", "10 以上：新臺幣 150,000 元", "測試縣政府"],
    ("comparison", "en"): ["Comparison sheet", "Bedside sensing", "from 10: NT$150,000", "Test County Government"],
    ("reasons", "zh"): ["選定廠商理由", WORDS.reasons, WORDS.need, WORDS.alternatives, "承辦人", "機關首長", "共同供應契約"],
    ("reasons", "en"): ["Why this supplier", WORDS.reasons, "Low-energy beacons", "Case officer"],
    ("budget", "zh"): ["經費概算", "150,000", "1,800,000", "50,000", "安裝纜線", "72,000", "1,922,000", "額外項上限"],
    ("budget", "en"): ["Budget memo", "1,800,000", "1,922,000", "Limit of add-on items"],
    ("pilot", "zh"): ["實證結果", "夜間跌倒通報時間", "3.5", "兩處場域均達標", "已達目標"],
    ("pilot", "en"): ["Pilot result", "Both sites reached their targets", "Target reached"],
    ("kit", "zh"): ["採用套件", "比較表", "選定廠商理由", "經費概算", "實證結果"],
    ("kit", "en"): ["Adoption kit", "Comparison sheet", "Why this supplier", "Budget memo", "Pilot result"],
}  # fmt: skip


@pytest.mark.parametrize("kind", ["odt", "pdf"])
@pytest.mark.parametrize(("part", "spoken"), SEEN)
def test_every_paper_is_filled_in_both_languages(world, scene, part, spoken, kind):
    kit = kit_of(world, scene)
    answer = world.client(scene.judy).get(f"/agency/kits/{kit.ref}/{part}.{spoken}.{kind}")
    assert answer.status_code == 200
    assert f"{part}-{kit.ref}-{spoken}.{kind}" in answer.headers["Content-Disposition"]
    text = re.sub(r"\s", "", text_of(answer, kind))
    assert [word for word in SEEN[part, spoken] if re.sub(r"\s", "", word) not in text] == []


def test_a_broken_limit_is_marked_on_paper_and_page(world, scene):
    kit = kit_of(world, scene, add_ons=150_001)
    client = world.client(scene.judy, language="en")
    assert "※ Limit of add-on items" in text_of(client.get(f"/agency/kits/{kit.ref}/budget.en.odt"), "odt")
    html = client.get(f"/agency/kits/{kit.ref}").get_data(as_text=True)
    assert "Limit of add-on items" in html


def test_the_memo_shows_the_limits_that_an_order_will_meet(world, scene):
    """The lot's own limits and the orders so far count, as they will when the order is placed."""
    lot = make.lot(
        world,
        scene.carol,
        scene.agreement,
        order_min=2_000_000,
        order_max=9_000_000,
        published_budget=500_000,
    )
    with unit_of_work():
        db.session.execute(update(CatalogItem).where(CatalogItem.ref == scene.item.ref).values(lot_id=lot.id))
    item = items(scene.item)[0]
    steps = limits(item, value=1_800_000, add_ons=0, on=date(2026, 3, 2), language="en")
    broken = [step.title for step in steps if step.flag]
    assert broken == ["A Smallest order", "A Published budget of the contract"]
    shown = {step.title: step.because for step in steps}
    assert "NT$0" in shown["A Published budget of the contract"]
    assert "Limit of add-on items" in shown
    assert [title for title in shown if title.startswith("A ")] == [
        "A Smallest order",
        "A Largest order",
        "A Published budget of the contract",
    ]


@pytest.mark.parametrize("path", ["nothing.zh.pdf", "budget.fr.pdf", "budget.zh.docx"])
def test_no_other_papers(world, scene, path):
    kit = kit_of(world, scene)
    assert world.client(scene.judy).get(f"/agency/kits/{kit.ref}/{path}").status_code == 404


# --- pages ---


def form_of(html):
    fields = {}
    for tag in re.findall(r"<input[^>]*>", html):
        name, value = (re.search(rf'{key}="([^"]*)"', tag) for key in ("name", "value"))
        kind = re.search(r'type="([^"]*)"', tag)
        if name and (kind is None or kind[1] != "radio" or "checked" in tag):
            fields[name[1]] = value[1] if value else ""
    for name, body in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\r?\n?(.*?)</textarea>', html, re.S):
        fields[name] = body
    fields.pop("csrf_token", None)
    return fields


@pytest.mark.parametrize("language", ["zh_Hant_TW", "en"])
def test_from_the_items_page_to_a_kept_kit(world, scene, language):
    client = world.client(scene.judy, language=language)
    page = client.get(f"/catalog/{scene.item.ref}").get_data(as_text=True)
    [begin] = re.findall(r'href="(/agency/kits/new\?items=[^"]+)"', page)
    form = form_of(client.get(begin).get_data(as_text=True))
    form |= {"quantity": "12", "add_ons": "5 萬", "need": "需要"}
    answer = client.post(begin, form)
    assert answer.status_code == 303
    shown = client.get(answer.headers["Location"]).get_data(as_text=True)
    assert "1,800,000" in shown
    assert "需要" in shown
    assert client.get("/agency/kits").status_code == 200


def test_bad_input_keeps_what_was_typed(world, scene):
    client = world.client(scene.judy, language="en")
    url = f"/agency/kits/new?items={scene.item.ref},{scene.other.ref}"
    form = form_of(client.get(url).get_data(as_text=True)) | {"quantity": "many", "need": "kept words"}
    answer = client.post(url, form)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Enter a whole number." in html
    assert "kept words" in html
    assert 'value="many"' in html


def test_doors(world, scene):
    kit = kit_of(world, scene)
    for actor, expected in ((scene.judy, 200), (scene.alice, 404), (scene.bob, 403), (scene.carol, 403)):
        for path in ("", "/edit", "/budget.zh.pdf"):
            assert world.client(actor).get(f"/agency/kits/{kit.ref}{path}").status_code == expected, path
    assert world.client().get(f"/agency/kits/{kit.ref}").status_code == 303
    assert "/agency/kits/new" not in world.client(scene.bob).get(f"/catalog/{scene.item.ref}").get_data(
        as_text=True
    )


# --- peer contacts ---


@pytest.mark.both_databases
def test_no_name_before_consent_and_none_after_it_ends(world, scene):
    kit = kit_of(world, scene)
    request = ask(world, scene)
    judy, alice = world.client(scene.judy, language="en"), world.client(scene.alice, language="en")
    url = f"/agency/peers/{request.ref}"
    before = judy.get(url).get_data(as_text=True)
    assert scene.alice.name not in before.split("<main")[1]
    assert "lin@example.org" not in before

    form = form_of(alice.get(url).get_data(as_text=True))
    assert form["contact_name"] == scene.alice.name
    form |= {"contact_name": CONTACT.name, "contact_email": CONTACT.email, "contact_phone": CONTACT.phone}
    assert alice.post(url, form | {"answer": "歡迎來電。"}).status_code == 303
    after = judy.get(url).get_data(as_text=True)
    assert "lin@example.org" in after
    assert "歡迎來電。" in after
    paper = text_of(judy.get(f"/agency/kits/{kit.ref}/pilot.zh.odt"), "odt")
    assert "林測試" in paper

    assert alice.post(f"{url}/end", {"idempotency_key": "k1"}).status_code == 303
    assert "lin@example.org" not in judy.get(url).get_data(as_text=True)
    assert "林測試" not in text_of(judy.get(f"/agency/kits/{kit.ref}/pilot.zh.odt"), "odt")
    db.session.expire_all()
    row = db.session.get(PeerRequest, request.id)
    assert (row.state, row.contact_name, row.contact_email, row.contact_phone) == (
        PeerState.ENDED,
        "",
        "",
        "",
    )


def test_the_chain_and_the_mail_never_hold_the_contact(world, scene):
    request = ask(world, scene)
    with unit_of_work():
        operations.agree(
            request=request, contact=CONTACT, words="", by=scene.alice, at=world.now, expected_version=1
        )
    bodies = [str(vars(row)) for row in db.session.scalars(select(AuditEvent))]
    assert not [body for body in bodies if "林測試" in body or "lin@" in body]
    mails = db.session.scalars(select(OutboxMail).where(OutboxMail.letter.like("kits.%"))).all()
    assert {mail.letter for mail in mails} == {"kits.peer_asked", "kits.peer_agreed"}
    for mail in mails:
        made = render(mail, url="http://localhost" + mail.params["url"])
        assert "lin@example.org" not in str(made)


def test_who_may_ask_and_answer(world, scene):
    pilot = items(scene.item)[0].pilot
    assert refused(lambda: ask(world, scene, by=scene.alice)) == "kits.own_pilot"
    assert refused(lambda: ask(world, scene, by=scene.bob)) == "kits.for_agencies"
    request = ask(world, scene)
    assert refused(lambda: ask(world, scene)) == "kits.asked_already"
    answer = {"request": request, "words": "", "at": world.now, "expected_version": None}
    assert (
        refused(lambda: operations.end(request=request, by=scene.alice, at=world.now)) == "kits.nothing_given"
    )
    url = f"/agency/peers/{request.ref}"
    assert "Take back the contact" not in world.client(scene.alice, language="en").get(url).text
    assert "Take back the question" in world.client(scene.judy, language="en").get(url).text
    assert refused(lambda: operations.decline(by=scene.judy, **answer)) == "people.not_writer"
    with unit_of_work():
        operations.decline(by=scene.alice, **answer)
    assert refused(lambda: operations.agree(by=scene.alice, contact=CONTACT, **answer)) == "kits.answered"
    assert policies.can_ask_peer(scene.judy, pilot, queries.open_request(scene.second.id, pilot.id))
    with pytest.raises(NotFound):
        queries.request_for(scene.bob, request.ref)


def test_a_contact_needs_a_name_and_a_way_to_reach_it(world, scene):
    request = ask(world, scene)
    with pytest.raises(Invalid) as caught:
        operations.agree(
            request=request,
            contact=Contact(name=" "),
            words="",
            by=scene.alice,
            at=world.now,
            expected_version=None,
        )
    assert set(caught.value.problems) == {"contact_name", "contact_email"}


@pytest.mark.both_databases
def test_the_database_allows_one_open_request_and_no_contact_without_consent(world, scene):
    request = ask(world, scene)
    for change in (
        {"state": PeerState.ASKED, "contact_name": ""},
        {
            "state": PeerState.DECLINED,
            "contact_name": "林測試",
            "answered_at": datetime(2026, 3, 2, tzinfo=UTC),
        },
    ):
        row = PeerRequest(
            pilot_id=request.pilot_id,
            agency_id=request.agency_id,
            words="x",
            asked_by_id=request.asked_by_id,
            asked_at=world.now,
            **change,
        )
        with pytest.raises(IntegrityError), unit_of_work():
            db.session.add(row)


def test_the_pilots_agency_sees_the_question_at_work(world, scene):
    ask(world, scene)
    alice = world.client(scene.alice, language="en")
    assert "asks for a contact" in alice.get("/").get_data(as_text=True)
    assert "想請教維護人力。" in alice.get("/agency/peers").get_data(as_text=True)
    assert db.session.scalar(select(Kit)) is None
