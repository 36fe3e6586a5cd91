"""The catalog's pages by persona, in both languages, with good and bad input."""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import date

import pytest
from sqlalchemy import event

from matchmaker.catalog import operations, queries
from matchmaker.catalog.models import CatalogItem, FrameworkAgreement
from matchmaker.catalog.states import ItemState
from matchmaker.foundation.db import db, unit_of_work
from matchmaker.foundation.outbox import OutboxMail, render
from matchmaker.people.actor import SYSTEM
from matchmaker.people.states import Role
from tests.factories import catalog as make


@pytest.fixture
def house(world):
    """Staff, a startup with its owner, an agreement, a listed and a proposed item."""

    class House:
        carol = world.officer()
        startup, bob = world.startup()
        agreement = make.framework(world, carol)
        listed = make.listed(world, carol, bob, startup, agreement)
        proposed = make.proposed(world, bob, startup, title_zh="提報中的品項", title_en="A proposed item")

    return House


def words_of(answer) -> str:
    return answer.get_data(as_text=True)


def form_of(answer) -> dict[str, str]:
    """The fields of the page's form as a browser would send them back."""
    html = words_of(answer)
    fields = {}
    for tag in re.findall(r"<input[^>]*>", html):
        name, value = (re.search(rf'{key}="([^"]*)"', tag) for key in ("name", "value"))
        kind = re.search(r'type="([^"]*)"', tag)
        if name and (kind is None or kind[1] not in ("radio", "checkbox", "search") or "checked" in tag):
            fields[name[1]] = value[1] if value else "y"
    for name, body in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\r?\n?(.*?)</textarea>', html, re.S):
        fields[name] = body
    for name, body in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', html, re.S):
        chosen = re.search(
            r'<option[^>]*selected[^>]*value="([^"]*)"|<option[^>]*value="([^"]*)"[^>]*selected', body
        )
        fields[name] = (chosen[1] or chosen[2]) if chosen else ""
    fields.pop("csrf_token", None)
    return fields


@contextmanager
def counting():
    """Count the statements that reach the database."""
    seen: list[str] = []

    def note(_c, _cursor, statement, *_rest):
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


# --- everybody ---


@pytest.mark.parametrize(
    ("language", "seen"),
    [
        ("zh_Hant_TW", ["路口號誌語音提示", "每路口，含稅", "160,000", "智慧安全", "智慧有聲交通號誌"]),
        ("en", ["Spoken signals at crossings", "per crossing, tax included", "160,000", "Smart safety"]),
    ],
)
def test_the_list_shows_what_is_listed_in_the_readers_language(world, house, language, seen):
    html = words_of(world.client(language=language).get("/catalog"))
    for text in [*seen, "ci-2026-0001"]:
        assert text in html
    assert "提報中的品項" not in html
    assert "A proposed item" not in html


@pytest.mark.parametrize(
    ("language", "seen"),
    [
        (
            "zh_Hant_TW",
            [
                "低功耗藍牙信標",
                "市區路口",
                "每組含四支主機",
                "新臺幣 160,000 元",
                "訂購後 45 日內",
                "政府電子採購網",
                "無法在此訂購",
            ],
        ),
        (
            "en",
            [
                "Low-energy beacons",
                "City crossings",
                "Four units a set",
                "NT$160,000",
                "within 45 days",
                "12 months",
            ],
        ),
    ],
)
def test_an_items_page_tells_what_it_is_and_where_orders_are_placed(world, house, language, seen):
    client = world.client(language=language)
    html = words_of(client.get(f"/catalog/{house.listed.ref}"))
    for text in seen:
        assert text in html
    assert words_of(client.get("/catalog/ci-2026-0001")).count("<h1>") == 1


@pytest.mark.parametrize(
    ("language", "words", "closed"),
    [
        ("zh_Hant_TW", ("補助", "獎助"), "已停止受理申請"),
        ("en", ("subsid", "grant"), "no longer takes applications"),
    ],
)
def test_no_page_of_the_catalog_speaks_of_money_on_offer(world, house, language, words, closed):
    """Only the part that shows how it was counted names the subsidy, and it says that the programme is closed."""
    agency, _alice = world.agency()
    grown = _grown(world, house, agency)
    client = world.client(language=language)
    for path in ("/catalog", f"/catalog/{house.listed.ref}", f"/catalog/{grown.ref}"):
        html = words_of(client.get(path)).partition("<main")[2].partition("</main>")[0].lower()
        before, found, part = html.partition('aria-labelledby="subsidy-example"')
        part, _end, after = part.partition("</section>")
        assert bool(found) == (path != "/catalog")
        assert closed in part or not found
        for word in words:
            assert word not in before + after, (path, word)


def _grown(world, house, agency) -> CatalogItem:
    """A listed item that grew from a pilot."""
    pilot = make.pilot(world, agency, house.startup)
    with unit_of_work():
        item = operations.propose_from_pilot(pilot=pilot, by=SYSTEM, at=world.now)
    with unit_of_work():
        operations.save_version(
            item=item,
            facts=make.facts(title_zh="床邊感測", title_en="Bedside sensing", summary_en=""),
            by=house.carol,
            at=world.later(hours=1),
        )
    with unit_of_work():
        return operations.list_item(item=item, framework=house.agreement, by=house.carol, at=world.now)


def test_the_evidence_passport_shows_pilot_measures_assessment_adoptions_and_trail(world, house):
    agency, _alice = world.agency()
    item = _grown(world, house, agency)
    make.adoption(world, house.carol, item, agency_ref=agency.ref)
    pilot = queries.public_item(item.ref, date(2026, 3, 2)).pilot
    comes_from = (f"/cases/{pilot.ref}", f"/challenges/{pilot.challenge.ref}")
    html = words_of(world.client(language="en").get(f"/catalog/{item.ref}"))
    for text in (
        "Care without wearables",
        "Pilot of bedside sensing",
        agency.name_en,
        "Fully met",
        "Both sites reached their targets.",
        "夜間跌倒通報時間",
        "3.5",
        "86.5",
        "Blind citizens say",
        "測試來源",
    ):
        assert text in html
    for address in comes_from:
        assert address in html


def test_a_text_in_the_other_language_names_its_language(world, house):
    agency, _alice = world.agency()
    item = _grown(world, house, agency)
    html = words_of(world.client(language="en").get(f"/catalog/{item.ref}"))
    assert re.search(r'<div lang="zh-Hant-TW"><p>以藍牙喚起', html)


def test_versions_are_public_but_not_the_names_of_who_made_them(world, house):
    with unit_of_work():
        operations.save_version(
            item=house.listed,
            facts=make.facts(unit_price=150_000, note="量產降價"),
            by=world.officer("Zacharias"),
            at=world.later(days=1),
        )
    html = words_of(world.client(language="en").get(f"/catalog/{house.listed.ref}"))
    assert "Price from NT$160,000 to NT$150,000" in html
    assert "量產降價" in html
    assert "Zacharias" not in html
    assert "Zacharias" in words_of(world.client(house.carol).get(f"/staff/items/{house.listed.ref}"))


def test_what_was_never_listed_has_no_public_page(world, house):
    gone = make.proposed(world, house.bob, house.startup)
    with unit_of_work():
        operations.withdraw(item=gone, reason="不提了", by=house.bob, at=world.now)
    _other, ivan = world.startup("Ivan")
    for client in (world.client(), world.client(ivan), world.client(house.bob), world.client(house.carol)):
        for item in (house.proposed, gone):
            assert client.get(f"/catalog/{item.ref}").status_code == 404
    assert world.client().get("/catalog/nosuchitem").status_code == 404


def test_a_withdrawn_item_keeps_a_page_that_says_so(world, house):
    with unit_of_work():
        operations.withdraw(item=house.listed, reason="原料停產", by=house.carol, at=world.now)
    answer = world.client(language="en").get(f"/catalog/{house.listed.ref}")
    assert answer.status_code == 200
    assert "This item is no longer in the catalog" in words_of(answer)
    assert "原料停產" in words_of(answer)
    assert "Look there for agreement" not in words_of(answer)
    assert "ci-2026-0001" not in words_of(world.client().get("/catalog"))


def test_a_suspended_item_stays_in_the_list_and_says_so(world, house):
    with unit_of_work():
        operations.suspend(item=house.listed, reason="零件缺貨", by=house.carol, at=world.now)
    client = world.client(language="en")
    assert "Supply suspended" in words_of(client.get("/catalog"))
    page = words_of(client.get(f"/catalog/{house.listed.ref}"))
    assert "Supply is suspended at present" in page
    assert "零件缺貨" in page
    assert "Look there for agreement" not in page


def test_an_expired_item_says_so_by_the_clock_alone(world, house):
    before = queries.item_by_id(house.listed.id).version
    world.later(days=700)
    client = world.client(language="en")
    page = words_of(client.get(f"/catalog/{house.listed.ref}"))
    assert "The agreement of this item has ended" in page
    assert "Expired" in page
    assert "The catalog is empty so far" in words_of(client.get("/catalog"))
    assert queries.item_by_id(house.listed.id).version == before


# --- search, filters, order, pages ---


@pytest.fixture
def shelf(world, house):
    """Three listed items that differ."""
    agency, _alice = world.agency()
    grown = _grown(world, house, agency)
    world.later(days=1)
    chatbot = make.listed(
        world,
        house.carol,
        house.bob,
        house.startup,
        house.agreement,
        title_zh="客服聊天機器人 100%_好",
        title_en="Citizen chatbot",
        summary_zh="全年無休",
        summary_en="All year round",
        category="chatbot",
        domain=None,
        unit_price=9_000,
    )
    make.adoption(world, house.carol, chatbot)
    return {"signal": house.listed, "grown": grown, "chatbot": chatbot}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"signal", "grown", "chatbot"}),
        ("q=聊天", {"chatbot"}),
        ("q=CHATBOT", {"chatbot"}),
        ("q=citizen+year", {"chatbot"}),
        ("q=citizen+bedside", {"chatbot", "grown"}),
        ("q=100%25_", {"chatbot"}),
        ("q=%25", {"chatbot"}),
        ("q=ＣＩ-2026-0001", {"signal"}),
        ("q='%20OR%201=1--", set()),
        ("domain=innovation", {"chatbot"}),
        ("category=chatbot", {"chatbot"}),
        ("origin=pilot", {"grown"}),
        ("origin=direct", {"signal", "chatbot"}),
        ("adopted=yes", {"chatbot"}),
        ("adopted=no", {"signal", "grown"}),
        ("domain=safety&adopted=yes", set()),
        ("domain=nonsense&category=none&origin=x&adopted=y&sort=z&page=-1", {"signal", "grown", "chatbot"}),
    ],
)
@pytest.mark.both_databases
def test_search_and_filters(world, shelf, query, found):
    html = words_of(world.client(language="en").get(f"/catalog?{query}"))
    assert {name for name, item in shelf.items() if f"/catalog/{item.ref}" in html} == found
    if not found:
        assert "No item fits these filters" in html


@pytest.mark.both_databases
def test_orders(world, shelf):
    refs = {item.ref: name for name, item in shelf.items()}
    for sort, language, expected in [
        ("newest", "en", ["chatbot", "grown", "signal"]),
        ("price", "en", ["chatbot", "grown", "signal"]),
        ("title", "en", ["grown", "chatbot", "signal"]),
    ]:
        html = words_of(world.client(language=language).get(f"/catalog?sort={sort}"))
        shown = [refs[ref] for ref in re.findall(r'list__title"><a href="/catalog/([^"]+)"', html)]
        assert shown == expected, sort


def test_pages_and_query_counts_do_not_grow_with_rows(world, house):
    client, carol, bob = world.client(), world.client(house.carol), world.client(house.bob)
    paths = [
        (client, "/catalog"),
        (carol, "/staff/items"),
        (bob, "/supplier/items"),
        (carol, "/staff/frameworks"),
    ]
    counts = []
    for extra in (0, 2):
        for _ in range(extra):
            make.listed(world, house.carol, house.bob, house.startup, house.agreement)
            make.framework(world, house.carol, code=f"fw-{_}-{extra}")
        counts.append([])
        for browser, path in paths:
            browser.get(path)
            with counting() as seen:
                assert browser.get(path).status_code == 200
            counts[-1].append(len(seen))
    assert counts[0] == counts[1]


def test_a_long_catalog_has_pages(world, house):
    for _ in range(20):
        make.listed(world, house.carol, house.bob, house.startup, house.agreement)
    client = world.client(language="en")
    first, second = (
        words_of(client.get("/catalog?sort=price")),
        words_of(client.get("/catalog?sort=price&page=2")),
    )
    assert "21 items" in first
    assert first.count("list__row") == 20
    assert "sort=price&amp;page=2" in first
    assert second.count("list__row") == 1
    assert client.get("/catalog?page=99").status_code == 200


# --- suppliers ---


@pytest.mark.both_databases
def test_a_startup_proposes_and_completes_an_item(world, house):
    browser = world.client(house.bob)
    answer = browser.post("/catalog/propose", {"title_zh": "新品項", "idempotency_key": "k1"})
    assert answer.status_code == 303
    page = browser.get(answer.location)
    assert "新品項" in words_of(page)
    assert "13 things are missing." in words_of(page)
    form = form_of(browser.get(f"{answer.location}/edit"))
    assert form["title_zh"] == "新品項"
    form |= {"unit_price": "16 萬", "summary_zh": "摘要", "category": "chatbot", "delivery_days": "３０"}
    assert browser.post(f"{answer.location}/edit", form).status_code == 303
    item = queries.item_for(house.bob, answer.location.rsplit("/", 1)[1])
    assert (item.current.unit_price, item.current.delivery_days, item.category.code) == (
        160_000,
        30,
        "chatbot",
    )
    told = db.session.query(OutboxMail).filter_by(letter="catalog.proposed").all()
    assert [mail for mail in told if mail.params["url"] == f"/staff/items/{item.ref}"]


def test_bad_input_answers_422_and_keeps_what_was_typed(world, house):
    browser = world.client(house.bob)
    answer = browser.post(
        "/catalog/propose",
        {
            "title_zh": "",
            "summary_en": "Kept <b>as typed</b>",
            "unit_price": "abc",
            "delivery_days": "-3",
            "category": "../../etc",
            "activity": "nonsense",
        },
    )
    html = words_of(answer)
    assert answer.status_code == 422
    assert "Kept &lt;b&gt;as typed&lt;/b&gt;" in html
    for name in ("unit_price", "category", "activity"):
        assert f'href="#{name}"' in html, name
    assert 'value="abc"' in html
    assert db.session.query(CatalogItem).count() == 2
    answer = browser.post("/catalog/propose", {"title_zh": "", "delivery_days": "-3", "unit_price": "0"})
    html = words_of(answer)
    assert answer.status_code == 422
    for name in ("title_zh", "delivery_days", "unit_price"):
        assert f'href="#{name}"' in html, name


@pytest.mark.parametrize("price", ["-5", "1e309", "NaN", "9223372036854775808", "0", "12.5"])
def test_strange_prices_are_refused(world, house, price):
    answer = world.client(house.bob).post("/catalog/propose", {"title_zh": "x", "unit_price": price})
    assert answer.status_code == 422


def test_fields_that_are_not_on_the_form_change_nothing(world, house):
    browser = world.client(house.bob)
    form = form_of(browser.get(f"/supplier/items/{house.proposed.ref}/edit"))
    form |= {
        "state": "listed",
        "code": "ci-2026-9999",
        "supplier_id": "1",
        "framework_id": "1",
        "note": "x",
        "summary_zh": "改",
    }
    assert browser.post(f"/supplier/items/{house.proposed.ref}/edit", form).status_code == 303
    item = queries.item_by_id(house.proposed.id)
    assert (item.state, item.code, item.supplier_id) == (ItemState.PROPOSED, None, house.startup.id)
    assert item.current.summary_zh == "改"


def test_others_do_not_find_our_items(world, house):
    _other, ivan = world.startup("Ivan")
    browser = world.client(ivan)
    for path in ("", "/edit", "/withdraw"):
        assert browser.get(f"/supplier/items/{house.proposed.ref}{path}").status_code == 404
    for path in ("/edit", "/withdraw"):
        assert browser.post(f"/supplier/items/{house.proposed.ref}{path}", {"reason": "x"}).status_code == 404
    assert "No item yet" in words_of(browser.get("/supplier/items"))


def test_a_listed_item_is_not_the_suppliers_to_change(world, house):
    browser = world.client(house.bob)
    page = words_of(browser.get(f"/supplier/items/{house.listed.ref}"))
    assert f"/supplier/items/{house.listed.ref}/change" in page
    assert browser.get(f"/supplier/items/{house.listed.ref}/edit").status_code == 409
    answer = browser.post(f"/supplier/items/{house.listed.ref}/edit", {"title_zh": "偷改", "note": "x"})
    assert answer.status_code == 409
    assert queries.item_by_id(house.listed.id).current.title_zh == "路口號誌語音提示"


def test_a_reader_of_the_startup_reads_only(world, house):
    ruth = world.member(house.startup, "Ruth", Role.READER)
    browser = world.client(ruth)
    page = words_of(browser.get(f"/supplier/items/{house.proposed.ref}"))
    assert "Your role may read but not change this." in page
    assert browser.post("/catalog/propose", {"title_zh": "x"}).status_code == 409
    assert browser.get(f"/supplier/items/{house.proposed.ref}/edit").status_code == 409


def test_a_startup_that_is_not_confirmed_proposes_nothing(world, house):
    _waiting, nina = world.startup("Nina", confirmed=False)
    browser = world.client(nina)
    assert "not confirmed your organisation yet" in words_of(browser.get("/supplier/items"))
    assert browser.post("/catalog/propose", {"title_zh": "x"}).status_code == 409


def test_a_supplier_takes_a_proposal_back(world, house):
    browser = world.client(house.bob)
    path = f"/supplier/items/{house.proposed.ref}/withdraw"
    assert browser.post(path, {"reason": ""}).status_code == 422
    assert browser.post(path, {"reason": "改版"}).status_code == 303
    assert queries.item_by_id(house.proposed.id).state is ItemState.WITHDRAWN
    assert browser.post(path, {"reason": "改版"}).status_code == 409


# --- staff ---


@pytest.mark.both_databases
def test_staff_complete_and_list_an_item_that_grew_from_a_pilot(world):
    agency, _alice = world.agency()
    startup, _bob = world.startup()
    carol = world.officer()
    pilot = make.pilot(world, agency, startup)
    with unit_of_work():
        item = operations.propose_from_pilot(pilot=pilot, by=SYSTEM, at=world.now)
    browser = world.client(carol)
    page = words_of(browser.get(f"/staff/items/{item.ref}"))
    assert "8 things are missing." in page
    assert "Confirm that the specification is not tied to a proprietary one." in page
    assert browser.get(f"/staff/items/{item.ref}/list").status_code == 409

    form = form_of(browser.get("/staff/frameworks/new"))
    form |= {"code": "ci-fw-1", "title_zh": "共同供應契約", "starts_on": "115/1/1", "ends_on": "116/12/31"}
    assert browser.post("/staff/frameworks/new", form).status_code == 303
    agreement = db.session.query(FrameworkAgreement).one()
    assert (agreement.starts_on, agreement.ends_on) == (date(2026, 1, 1), date(2027, 12, 31))

    form = form_of(browser.get(f"/staff/items/{item.ref}/edit"))
    form |= {
        "specification_open": "y",
        "category": "health-management",
        "activity": "technology",
        "output": "goods",
        "unit_zh": "床",
        "unit_price": "28,000",
        "delivery_days": "30",
        "warranty_months": "0",
    }
    assert browser.post(f"/staff/items/{item.ref}/edit", form).status_code == 303
    form = form_of(browser.get(f"/staff/items/{item.ref}/list"))
    assert browser.post(f"/staff/items/{item.ref}/list", form).status_code == 422
    form["framework"] = agreement.ref
    assert browser.post(f"/staff/items/{item.ref}/list", form).status_code == 303
    public = words_of(world.client(language="zh_Hant_TW").get(f"/catalog/{item.ref}"))
    assert "床邊毫米波感測" in public
    assert "每床，含稅" in public
    assert "完全滿足" in public


def test_staff_see_whether_the_supplier_is_young_enough_for_each_agreement(world, house):
    with unit_of_work():
        db.session.get(type(house.startup), house.startup.id).founded_on = date(2020, 6, 1)
    early = make.framework(
        world, house.carol, code="fw-2025", starts_on=date(2025, 6, 1), ends_on=date(2027, 5, 31)
    )
    agency, _alice = world.agency()
    grown = make.grown(world, house.carol, agency, house.startup)
    browser = world.client(house.carol)
    path = f"/staff/items/{grown.ref}/list"
    html = words_of(browser.get(path))
    assert "Can be listed here" in html
    assert "more than five years before the agreement began on 1 January 2026" in html
    assert "our assumption" in html
    form = form_of(browser.get(path)) | {"framework": house.agreement.ref}
    answer = browser.post(path, form)
    assert answer.status_code == 409
    assert "more than five years" in words_of(answer)
    assert browser.post(path, form | {"framework": early.ref, "idempotency_key": "other"}).status_code == 303


def test_a_stale_edit_keeps_what_was_typed_and_says_who_was_first(world, house):
    first, second = world.client(house.carol), world.client(house.bob)
    path = f"/items/{house.proposed.ref}/edit"
    mine = form_of(first.get(f"/staff{path}"))
    theirs = form_of(second.get(f"/supplier{path}"))
    world.later(minutes=5)
    assert second.post(f"/supplier{path}", theirs | {"unit_price": "99"}).status_code == 303
    answer = first.post(f"/staff{path}", mine | {"unit_price": "77", "summary_zh": "我的摘要"})
    html = words_of(answer)
    assert answer.status_code == 409
    assert "Bob saved a change before you" in html
    assert "我的摘要" in html
    assert 'value="77"' in html
    again = form_of(answer)
    assert first.post(f"/staff{path}", again).status_code == 303
    assert queries.item_by_id(house.proposed.id).current.unit_price == 77


def test_staff_suspend_resume_and_delist_with_reasons(world, house):
    browser = world.client(house.carol)
    base = f"/staff/items/{house.listed.ref}"
    assert browser.post(f"{base}/suspend", {"reason": " "}).status_code == 422
    assert browser.post(f"{base}/suspend", {"reason": "缺貨"}).status_code == 303
    assert browser.post(f"{base}/suspend", {"reason": "缺貨"}).status_code == 409
    assert browser.post(f"{base}/resume", {}).status_code == 303
    assert browser.post(f"{base}/withdraw", {"reason": "停產"}).status_code == 303
    assert browser.get(f"{base}/edit").status_code == 409
    page = words_of(browser.get(base))
    for text in ("Supply suspended", "Supply resumed", "Delisted", "停產"):
        assert text in page


def test_staff_record_and_remove_an_adoption(world, house):
    agency, _alice = world.agency()
    browser = world.client(house.carol)
    path = f"/staff/items/{house.listed.ref}/adoptions"
    form = form_of(browser.get(path))
    assert form["year"] == "2026"
    assert browser.post(path, form).status_code == 422
    form |= {
        "agency": agency.ref,
        "year": "１１４",
        "story_zh": "降低夜間事故。",
        "source_note": "機關新聞稿",
    }
    assert browser.post(path, form).status_code == 303
    public = words_of(world.client(language="en").get(f"/catalog/{house.listed.ref}"))
    assert agency.name_en in public
    assert '<div lang="zh-Hant-TW"><p>降低夜間事故。' in public
    assert "機關新聞稿" in public
    assert "114 年" in words_of(world.client(language="zh_Hant_TW").get(f"/catalog/{house.listed.ref}"))
    [adoption] = queries.item_for(house.carol, house.listed.ref).adoptions
    assert adoption.year == 2025
    assert browser.post(f"{path}/{adoption.ref}/remove", {}).status_code == 303
    assert browser.post(f"{path}/{adoption.ref}/remove", {}).status_code == 404


def test_the_staff_list_filters_by_the_state_as_the_clock_has_it(world, house):
    browser = world.client(house.carol)
    assert house.listed.ref in words_of(browser.get("/staff/items?state=listed"))
    assert house.proposed.ref not in words_of(browser.get("/staff/items?state=listed"))
    world.later(days=700)
    browser = world.client(house.carol)
    assert house.listed.ref in words_of(browser.get("/staff/items?state=expired"))
    assert house.listed.ref not in words_of(browser.get("/staff/items?state=listed"))


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "field"),
    [
        ("2026-01-01", "2028-01-01", "ends_on"),
        ("2026-01-01", "2025-12-31", "ends_on"),
        ("2026-02-30", "2027-01-01", "starts_on"),
        ("2026-01-01", "9999-12-31", "ends_on"),
        ("", "2027-01-01", "starts_on"),
    ],
)
def test_bad_periods_of_agreements_are_refused(world, house, starts_on, ends_on, field):
    form = {"code": "x", "title_zh": "契約", "starts_on": starts_on, "ends_on": ends_on}
    answer = world.client(house.carol).post("/staff/frameworks/new", form)
    assert answer.status_code == 422
    assert f'href="#{field}"' in words_of(answer)


def test_a_stale_agreement_is_told(world, house):
    browser = world.client(house.carol)
    path = f"/staff/frameworks/{house.agreement.ref}/edit"
    form = form_of(browser.get(path))
    world.later(minutes=1)
    assert browser.post(path, form | {"title_zh": "甲", "idempotency_key": "a"}).status_code == 303
    answer = browser.post(path, form | {"title_zh": "乙", "idempotency_key": "b"})
    assert answer.status_code == 409
    assert "乙" in words_of(answer)


# --- doors ---


def test_doors(world, house):
    _agency, alice = world.agency()
    staff_paths = [
        "/staff/items",
        f"/staff/items/{house.listed.ref}",
        "/staff/frameworks",
        "/staff/frameworks/new",
        f"/staff/frameworks/{house.agreement.ref}",
        f"/staff/frameworks/{house.agreement.ref}/extend",
        f"/staff/frameworks/{house.agreement.ref}/lots/new",
        "/staff/announcements",
    ]
    supplier_paths = ["/supplier/items", "/catalog/propose", f"/supplier/items/{house.proposed.ref}"]
    for path in staff_paths:
        assert world.client(house.bob).get(path).status_code == 403
        assert world.client(alice).get(path).status_code == 403
        assert world.client().get(path).status_code == 303
    for path in supplier_paths:
        assert world.client(alice).get(path).status_code == 403
        assert world.client(house.carol).get(path).status_code == 403
        assert world.client().get(path).status_code == 303


def test_a_post_without_its_token_is_refused(world, house):
    staff, supplier = world.client(house.carol), world.client(house.bob)
    item = f"/staff/items/{house.listed.ref}"
    own = f"/supplier/items/{house.proposed.ref}"
    for path in ("edit", "list", "suspend", "withdraw", "resume", "adoptions"):
        assert staff.post(f"{item}/{path}", {"reason": "x"}, csrf=False).status_code == 400
    for path in ("/staff/frameworks/new", f"/staff/frameworks/{house.agreement.ref}/edit"):
        assert staff.post(path, {}, csrf=False).status_code == 400
    for path in (f"{own}/edit", f"{own}/withdraw", "/catalog/propose"):
        assert supplier.post(path, {"reason": "x"}, csrf=False).status_code == 400
    assert queries.item_by_id(house.listed.id).state is ItemState.LISTED


# --- on other pages ---


def test_the_pilots_page_and_the_challenges_trail_lead_to_the_item(world, house):
    agency, alice = world.agency()
    _other, ivan = world.startup("Ivan")
    pilot = make.pilot(world, agency, house.startup)
    with unit_of_work():
        item = operations.propose_from_pilot(pilot=pilot, by=SYSTEM, at=world.now)
    item = queries.item_for(house.carol, item.ref)
    page, case = f"/pilots/{pilot.ref}", f"/cases/{pilot.ref}"
    challenge = f"/challenges/{item.pilot.challenge.ref}"
    assert f"/staff/items/{item.ref}" in words_of(world.client(house.carol).get(page))
    assert f"/supplier/items/{item.ref}" in words_of(world.client(house.bob).get(page))
    for_agency = words_of(world.client(alice).get(page))
    assert "a listing is being prepared" in for_agency
    assert item.ref not in for_agency
    for stranger in (world.client(language="en"), world.client(ivan)):
        assert "a listing is being prepared" not in words_of(stranger.get(case))
    assert "Catalog item" not in words_of(world.client(language="en").get(challenge))
    with unit_of_work():
        operations.save_version(item=item, facts=make.facts(), by=house.carol, at=world.now)
    with unit_of_work():
        operations.list_item(item=item, framework=house.agreement, by=house.carol, at=world.now)
    for path in (case, challenge):
        assert f"/catalog/{item.ref}" in words_of(world.client(language="en").get(path)), path


def test_the_front_page_tells_whom_items_wait_for(world, house):
    _agency, alice = world.agency()
    assert "/staff/items?state=proposed" in words_of(world.client(house.carol).get("/"))
    assert "1 proposed item to complete" in words_of(world.client(house.bob).get("/"))
    assert "proposed item" not in words_of(world.client(alice).get("/"))


def test_every_letter_reads_in_both_languages(world, house):
    agency, _alice = world.agency()
    item = _grown(world, house, agency)
    with unit_of_work():
        operations.save_version(
            item=item, facts=make.facts(unit_price=1, note="議價"), by=house.carol, at=world.later(days=1)
        )
    for act in (operations.suspend, operations.resume, operations.withdraw):
        reason = {} if act is operations.resume else {"reason": "理由在此"}
        with unit_of_work():
            act(item=item, by=house.carol, at=world.later(days=1), **reason)
    mails = db.session.query(OutboxMail).filter(OutboxMail.letter.like("catalog.%")).all()
    assert {mail.letter for mail in mails} == {
        f"catalog.{kind}"
        for kind in (
            "proposed", "applied", "application_approved", "grown", "yours_grown",
            "listed", "changed", "suspended", "resumed", "withdrawn",
        )
    }  # fmt: skip
    db.session.expunge_all()
    for mail in mails:
        for language in ("zh_Hant_TW", "en"):
            mail.language = language
            with world.app.test_request_context():
                made = render(mail, url="http://localhost" + mail.params["url"])
            assert "%(" not in made.subject + made.text
            assert made.subject
            chinese = re.search("[一-鿿]", made.subject.replace(mail.params["item"]["en"], ""))
            assert bool(chinese) is (language == "zh_Hant_TW"), made.subject


def test_price_breaks_are_typed_in_rows_and_a_wrong_one_says_so_at_its_row(world, house):
    client, path = world.client(house.bob), f"/supplier/items/{house.proposed.ref}/edit"
    form = {"title_zh": "提報中的品項", "unit_price": "1000"}
    more = client.post(path, data=form | {"add-breaks": "1"})
    assert b'name="breaks-0-from_quantity"' in more.data
    wrong = client.post(
        path,
        data=form | {"breaks-0-from_quantity": "10", "breaks-0-unit_price": "1000"},
        follow_redirects=True,
    )
    assert wrong.status_code == 422
    assert 'id="breaks-0-unit_price-error"' in wrong.text
    right = client.post(path, data=form | {"breaks-0-from_quantity": "１０", "breaks-0-unit_price": "900"})
    assert right.status_code == 303
    shown = words_of(client.get(f"/supplier/items/{house.proposed.ref}"))
    assert "from 10" in shown
    assert "NT$900" in shown
