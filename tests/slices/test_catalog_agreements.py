"""Framework agreements: terms, phases by the clock, lots, extension; the yearly announcements."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from matchmaker.catalog import operations, policies, queries
from matchmaker.catalog.facts import AnnouncementFacts, FrameworkFacts, LotFacts
from matchmaker.catalog.models import FrameworkAgreement
from matchmaker.catalog.states import AgreementPhase
from matchmaker.foundation import audit
from matchmaker.foundation.db import db, unit_of_work
from matchmaker.foundation.outbox import OutboxMail
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.errors import Invalid, Refused, Stale
from matchmaker.kernel.programme import Domain
from tests.factories import catalog as make

P = AgreementPhase
WINDOW = {"opens_on": date(2026, 4, 1), "closes_on": date(2026, 4, 30)}
PERIOD = {"starts_on": date(2026, 6, 1), "ends_on": date(2027, 5, 31)}


@pytest.fixture
def house(world):
    class House:
        carol = world.officer()
        startup, bob = world.startup()
        agreement = make.framework(world, carol)

    return House


def agreement(world, staff, **changes):
    facts = {"code": "fw", "title_zh": "契約", **PERIOD} | changes
    with unit_of_work():
        return operations.save_framework(facts=FrameworkFacts(**facts), by=staff, at=world.now)


def lot(world, staff, framework, lot=None, expected_version=None, **changes):
    facts = {"code": "A", "title_zh": "第一組", "domain": Domain.SAFETY} | changes
    with unit_of_work():
        return operations.save_lot(
            framework=framework,
            lot=lot,
            facts=LotFacts(**facts),
            by=staff,
            at=world.now,
            expected_version=expected_version,
        )


# --- phases ---


@pytest.mark.parametrize(
    ("day", "phase"),
    [
        (date(2026, 3, 31), P.COMING),
        (date(2026, 4, 1), P.OPEN),
        (date(2026, 4, 30), P.OPEN),
        (date(2026, 5, 1), P.PENDING),
        (date(2026, 5, 31), P.PENDING),
        (date(2026, 6, 1), P.LIVE),
        (date(2027, 5, 31), P.LIVE),
        (date(2027, 6, 1), P.EXPIRED),
    ],
)
def test_the_clock_moves_an_agreement_from_day_to_day(day, phase):
    assert FrameworkAgreement(**WINDOW, **PERIOD).phase_on(day) is phase


def test_without_days_of_application_it_comes_until_it_is_live():
    row = FrameworkAgreement(**PERIOD)
    assert row.phase_on(date(2026, 5, 31)) is P.COMING
    assert row.phase_on(date(2026, 6, 1)) is P.LIVE


@given(
    st.lists(st.integers(0, 900), min_size=4, max_size=4).map(sorted), st.integers(-10, 910), st.booleans()
)
def test_phases_only_run_forward(days, day, announced):
    first = date(2026, 1, 1)
    opens, closes, starts, ends = (first + timedelta(days=n) for n in days)
    if closes >= starts or starts >= ends:
        return
    row = FrameworkAgreement(
        opens_on=opens if announced else None,
        closes_on=closes if announced else None,
        starts_on=starts,
        ends_on=ends,
    )
    order = list(P)
    today = first + timedelta(days=day)
    assert order.index(row.phase_on(today)) <= order.index(row.phase_on(today + timedelta(days=1)))


@pytest.mark.both_databases
def test_sql_and_the_clock_agree_on_every_phase(world, house):
    agreement(world, house.carol, code="announced", **WINDOW)
    agreement(world, house.carol, code="plain")
    for day in range(0, 500, 7):
        today = date(2026, 3, 20) + timedelta(days=day)
        rows = db.session.execute(
            select(FrameworkAgreement, FrameworkAgreement.phase_expression(today))
        ).all()
        assert [P(found) for _, found in rows] == [row.phase_on(today) for row, _ in rows]


def test_applications_are_taken_while_it_is_open_and_while_it_is_live():
    row = FrameworkAgreement(**WINDOW, **PERIOD)
    answers = {
        date(2026, 3, 31): "catalog.applications_later",
        date(2026, 4, 1): None,
        date(2026, 5, 1): "catalog.applications_closed",
        date(2026, 6, 1): None,
        date(2027, 6, 1): "catalog.framework_over",
    }
    for day, code in answers.items():
        decision = policies.can_apply_to(row, day)
        assert (None if decision else decision.code) == code


# --- terms ---


@pytest.mark.both_databases
def test_the_terms_are_kept_and_their_change_is_on_record(world, house):
    row = agreement(world, house.carol, **WINDOW, published_budget=50_000_000, service_fee=50)
    facts = FrameworkFacts(
        code="fw", title_zh="契約", **WINDOW, **PERIOD, published_budget=60_000_000, service_fee=100
    )
    with unit_of_work():
        operations.save_framework(
            framework=row, facts=facts, by=house.carol, at=world.later(days=1), expected_version=row.version
        )
    stored = queries.framework_by_ref(row.ref)
    assert (stored.published_budget, stored.service_fee) == (60_000_000, 100)
    assert audit.history(row.subject)[-1].body["changes"] == {
        "published_budget": ["50000000", "60000000"],
        "service_fee": ["50", "100"],
    }


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"opens_on": date(2026, 4, 1)}, "closes_on"),
        ({"closes_on": date(2026, 4, 1)}, "opens_on"),
        ({"opens_on": date(2026, 4, 2), "closes_on": date(2026, 4, 1)}, "closes_on"),
        ({"opens_on": date(2026, 4, 2), "closes_on": date(2026, 6, 1)}, "closes_on"),
        ({"service_fee": 101}, "service_fee"),
        ({"service_fee": -1}, "service_fee"),
        ({"published_budget": 0}, "published_budget"),
        ({"published_budget": 2**62}, "published_budget"),
    ],
)
def test_terms_that_cannot_be_are_refused_at_their_field(world, house, changes, field):
    with pytest.raises(Invalid) as caught:
        agreement(world, house.carol, **changes)
    assert set(caught.value.problems) == {field}


# --- extension ---


@pytest.mark.both_databases
def test_an_agreement_is_extended_within_two_years_and_its_suppliers_are_told(world, house):
    row = agreement(world, house.carol, starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31))
    make.listed(world, house.carol, house.bob, house.startup, row)
    for last in (date(2027, 6, 30), date(2027, 12, 31)):
        with unit_of_work():
            operations.extend_framework(
                framework=row, ends_on=last, reason="需求仍在", by=house.carol, at=world.later(days=1)
            )
    stored = queries.framework_by_ref(row.ref)
    assert (stored.ends_on, stored.first_end) == (date(2027, 12, 31), date(2026, 12, 31))
    assert audit.history(row.subject)[-1].body["ends_on"] == ["2027-06-30", "2027-12-31"]
    mails = db.session.query(OutboxMail).filter_by(letter="catalog.extended").all()
    assert [mail.name for mail in mails] == ["Bob", "Bob"]


@pytest.mark.parametrize(
    ("last", "reason", "field"),
    [
        (date(2028, 1, 1), "x", "ends_on"),
        (date(2026, 12, 31), "x", "ends_on"),
        (date(2026, 1, 5), "x", "ends_on"),
        (date(2027, 1, 1), "  ", "reason"),
    ],
)
def test_an_extension_goes_forward_has_a_reason_and_stays_within_two_years(world, house, last, reason, field):
    row = agreement(world, house.carol, starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31))
    with pytest.raises(Invalid) as caught, unit_of_work():
        operations.extend_framework(framework=row, ends_on=last, reason=reason, by=house.carol, at=world.now)
    assert set(caught.value.problems) == {field}


def test_what_has_ended_is_not_extended_and_only_staff_extend(world, house):
    row = agreement(world, house.carol, starts_on=date(2025, 1, 1), ends_on=date(2026, 1, 31))
    for person in (house.carol, house.bob):
        with pytest.raises(Refused), unit_of_work():
            operations.extend_framework(
                framework=row, ends_on=date(2026, 12, 31), reason="x", by=person, at=world.now
            )


def test_a_shorter_end_takes_the_extension_back(world, house):
    row = agreement(world, house.carol, starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31))
    with unit_of_work():
        operations.extend_framework(
            framework=row, ends_on=date(2027, 3, 31), reason="x", by=house.carol, at=world.now
        )
    facts = FrameworkFacts(code="fw", title_zh="契約", starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31))
    with unit_of_work():
        operations.save_framework(framework=row, facts=facts, by=house.carol, at=world.now)
    assert queries.framework_by_ref(row.ref).first_end is None


# --- lots ---


@pytest.mark.both_databases
def test_lots_have_limits_of_their_own(world, house):
    row = agreement(world, house.carol, published_budget=10_000_000)
    first = lot(
        world,
        house.carol,
        row,
        category="audible-signals",
        regions=("TW-TPE", "TW-NWT"),
        price_ceiling=200_000,
        order_min=10_000,
        order_max=1_000_000,
        published_budget=6_000_000,
    )
    second = lot(world, house.carol, row, code="B", published_budget=4_000_000)
    stored = queries.framework_with_lots(row.ref)
    assert [(each.code, each.position) for each in stored.lots] == [("A", 1), ("B", 2)]
    assert stored.lots[0].regions == ["TW-NWT", "TW-TPE"]
    assert stored.lots[0].category.code == "audible-signals"
    with pytest.raises(Invalid) as caught:
        lot(world, house.carol, row, code="C", published_budget=1)
    assert set(caught.value.problems) == {"published_budget"}
    lot(world, house.carol, row, lot=second, expected_version=second.version, code="B", title_zh="改名")
    with pytest.raises(Stale):
        lot(world, house.carol, row, lot=second, expected_version=0, code="B")
    with unit_of_work():
        operations.remove_lot(lot=first, by=house.carol, at=world.now)
    assert [each.title_zh for each in queries.framework_with_lots(row.ref).lots] == ["改名"]
    assert [entry.type for entry in audit.history(row.subject)][-1] == "lot.removed"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": ""}, "code"),
        ({"code": "A"}, "code"),
        ({"title_zh": ""}, "title_zh"),
        ({"category": "no-such"}, "category"),
        ({"regions": ("TW-XXX",)}, "regions"),
        ({"price_ceiling": 0}, "price_ceiling"),
        ({"order_min": -1}, "order_min"),
        ({"order_min": 10, "order_max": 9}, "order_max"),
        ({"published_budget": 0}, "published_budget"),
    ],
)
def test_limits_that_cannot_be_are_refused_at_their_field(world, house, changes, field):
    lot(world, house.carol, house.agreement)
    with pytest.raises(Invalid) as caught:
        lot(world, house.carol, house.agreement, **({"code": "B"} | changes))
    assert set(caught.value.problems) == {field}


def test_only_staff_make_lots_and_announcements(world, house):
    with pytest.raises(Refused):
        lot(world, house.bob, house.agreement)
    with pytest.raises(Refused):
        announce(world, house.bob)


# --- announcements ---


def announce(world, staff, announcement=None, **changes):
    facts = {
        "year": 2026,
        "announced_on": date(2026, 1, 15),
        "categories": ("audible-signals", "drone-spraying"),
        "source_note": "公告",
    } | changes
    with unit_of_work():
        return operations.save_announcement(
            announcement=announcement, facts=AnnouncementFacts(**facts), by=staff, at=world.now
        )


@pytest.mark.both_databases
def test_a_year_is_announced_once_and_can_be_corrected(world, house):
    row = announce(world, house.carol)
    with pytest.raises(Invalid) as caught:
        announce(world, house.carol)
    assert set(caught.value.problems) == {"year"}
    announce(world, house.carol, announcement=row, categories=("drone-spraying", "chatbot"))
    stored = queries.announcement_by_ref(row.ref)
    assert {c.code for c in stored.categories} == {"drone-spraying", "chatbot"}
    assert queries.announcements(date(2026, 1, 14)) == []
    assert [one.year for one in queries.announcements(date(2026, 1, 15))] == [2026]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"year": 2017}, "year"),
        ({"year": 2028}, "year"),
        ({"categories": ()}, "categories"),
        ({"categories": ("no-such",)}, "categories"),
        ({"source_note": ""}, "source_note"),
    ],
)
def test_an_announcement_names_year_categories_and_source(world, house, changes, field):
    with pytest.raises(Invalid) as caught:
        announce(world, house.carol, **changes)
    assert set(caught.value.problems) == {field}


# --- pages ---


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Live", "NT$200,000", "Taipei City", "everywhere", "0.5%", "days left")),
        ("zh_Hant_TW", ("執行中", "新臺幣 200,000 元", "臺北市", "不限地區", "0.5%", "剩 ")),
    ],
)
def test_everybody_reads_an_agreement_with_its_lots_and_items(world, house, language, words):
    row = agreement(world, house.carol, starts_on=date(2026, 1, 1), service_fee=50)
    chosen = lot(world, house.carol, row, price_ceiling=200_000, regions=("TW-TPE",))
    lot(world, house.carol, row, code="B")
    item = make.listed(world, house.carol, house.bob, house.startup, row, lot=chosen)
    client = world.client(language=language)
    html = client.get(f"/catalog/agreements/{row.ref}").get_data(as_text=True)
    for text in (*words, item.code):
        assert text in html
    assert f"/catalog/agreements/{row.ref}" in client.get("/catalog/agreements").get_data(as_text=True)
    over = client.get("/catalog/agreements?phase=expired").get_data(as_text=True)
    assert row.code + "<" not in over
    assert client.get("/catalog/agreements/no-such").status_code == 404


def test_an_announcement_is_public_from_its_day_on(world, house):
    announce(world, house.carol, announced_on=date(2026, 3, 3))
    path = "/catalog/announcements"
    assert "audible-signals" not in world.client().get(path).get_data(as_text=True)
    assert "Not public yet" in world.client(house.carol).get("/staff/announcements").get_data(as_text=True)
    world.later(days=1)
    assert "category=audible-signals" in world.client().get(path).get_data(as_text=True)


def test_staff_enter_agreement_lot_extension_and_announcement_by_form(world, house):
    browser = world.client(house.carol)
    form = {
        "code": "form-1",
        "title_zh": "表單契約",
        "opens_on": "115/4/1",
        "closes_on": "115/4/30",
        "starts_on": "115/6/1",
        "ends_on": "116/5/31",
        "published_budget": "5000萬",
        "service_fee": "0.75%",
    }
    assert browser.post("/staff/frameworks/new", form).status_code == 303
    row = db.session.query(FrameworkAgreement).filter_by(code="form-1").one()
    assert (row.published_budget, row.service_fee, row.opens_on) == (50_000_000, 75, date(2026, 4, 1))
    wrong = browser.post("/staff/frameworks/new", form | {"code": "form-2", "service_fee": "1.5"})
    assert wrong.status_code == 422
    assert 'value="1.5"' in wrong.get_data(as_text=True)
    given = {
        "code": "L1",
        "title_zh": "一組",
        "domain": "safety",
        "regions": ["TW-TPE"],
        "price_ceiling": "20萬",
    }
    page = f"/staff/frameworks/{row.ref}"
    assert browser.post(f"{page}/lots/new", given).status_code == 303
    made = queries.framework_with_lots(row.ref).lots[0]
    assert (made.price_ceiling, made.regions) == (200_000, ["TW-TPE"])
    assert browser.get(f"{page}/lots/{made.ref}").status_code == 200
    assert browser.post(f"{page}/extend", {"ends_on": "117/5/31", "reason": "續用"}).status_code == 303
    shown = browser.get(page).get_data(as_text=True)
    assert "續用" in shown
    assert "L1" in shown
    assert browser.post(f"{page}/lots/{made.ref}/remove", {}).status_code == 303
    told = {
        "year": "115",
        "announced_on": "115/3/1",
        "categories": ["chatbot"],
        "source_note": "公告",
    }
    assert browser.post("/staff/announcements/new", told).status_code == 303
    assert [one.year for one in queries.announcements(local_day(world.now))] == [2026]
