"""Items: proposed, grown from a pilot, listed, versioned, suspended, withdrawn, expired; agreements; adoptions."""

from __future__ import annotations

import threading
from datetime import date

import pytest

from matchmaker.catalog import operations, policies, queries
from matchmaker.catalog.facts import FrameworkFacts
from matchmaker.catalog.models import CatalogItem, ItemVersion
from matchmaker.catalog.pricing import Step
from matchmaker.catalog.states import ItemState
from matchmaker.catalog.versions import editions
from matchmaker.foundation import audit
from matchmaker.foundation.db import db, unit_of_work
from matchmaker.foundation.outbox import OutboxMail
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.errors import Invalid, NotFound, Refused, Stale
from matchmaker.kernel.programme import Domain
from matchmaker.people.actor import SYSTEM
from matchmaker.people.models import Organization
from matchmaker.people.states import Role
from matchmaker.pilots.states import NeedMet
from tests.factories import catalog as make
from tests.factories import pilots


@pytest.fixture
def house(world):
    """Staff, a startup with its owner, and an agreement that holds."""

    class House:
        carol = world.officer()
        startup, bob = world.startup()
        agreement = make.framework(world, carol)

    return House


def problems_of(caught) -> set[str]:
    return set(caught.value.problems)


# --- proposing ---


@pytest.mark.both_databases
def test_a_startup_proposes_an_item_and_completes_it_in_place(world, house):
    item = make.proposed(world, house.bob, house.startup, unit_price=None, summary_en="")
    assert (item.state, item.code, item.current.number) == (ItemState.PROPOSED, None, 1)
    with unit_of_work():
        operations.save_version(
            item=item,
            facts=make.facts(),
            by=house.bob,
            at=world.later(hours=1),
            expected_version=item.version,
        )
    item = queries.item_by_id(item.id)
    assert [v.number for v in item.versions] == [1]
    assert item.current.unit_price == 160_000
    assert item.category.code == "audible-signals"


def test_a_category_brings_its_domain(world, house):
    item = make.proposed(world, house.bob, house.startup, domain=None, category="drone-spraying")
    assert item.domain is Domain.AGRICULTURE


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title_zh": "", "title_en": ""}, "title_zh"),
        ({"category": "no-such"}, "category"),
        ({"unit_price": 0}, "unit_price"),
        ({"unit_price": -1}, "unit_price"),
        ({"unit_price": 2**63}, "unit_price"),
        ({"delivery_days": -1}, "delivery_days"),
        ({"delivery_days": 99_999}, "delivery_days"),
        ({"warranty_months": 241}, "warranty_months"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(world, house, changes, field):
    with pytest.raises(Invalid) as caught:
        make.proposed(world, house.bob, house.startup, **changes)
    assert problems_of(caught) == {field}


# --- growing from a pilot ---


@pytest.mark.both_databases
def test_an_item_grows_from_a_graduating_pilot_with_what_it_holds(world):
    agency, _alice = world.agency()
    startup, _bob = world.startup()
    pilot = make.pilot(world, agency, startup)
    with unit_of_work():
        item = operations.propose_from_pilot(pilot=pilot, by=SYSTEM, at=world.now)
    version = item.current
    assert (item.state, item.supplier_id, item.pilot_id) == (ItemState.PROPOSED, startup.id, pilot.id)
    assert item.domain is Domain.CARE
    assert version.title_zh == "床邊毫米波感測"
    assert version.title_en == "Pilot of bedside sensing", "what the proposal does not hold, the pilot does"
    assert version.technology_zh == "毫米波雷達與邊緣判讀。"
    assert version.technology_en == ""
    assert version.use_case_zh == "長者不願配戴裝置。\n\n兩處銀髮住宅。"
    assert version.use_case_en == "Seniors do not like to wear devices.\n\nTwo senior housing sites."
    assert version.specification_zh == (
        "不靠穿戴即可掌握起居。\n\n夜間跌倒通報時間：實證達 3.5 分鐘（基準 30 分鐘，目標 5 分鐘）\n住戶接受度：80 %"
    )
    assert version.specification_en.startswith(
        "Daily rhythm known without wearables.\n\n夜間跌倒通報時間: 3.5"
    )
    assert version.unit_price is None
    assert version.specification_open is False, "that is for people to judge"


@pytest.mark.both_databases
def test_one_item_grows_from_a_pilot_however_often_it_is_asked(world):
    agency, _alice = world.agency()
    startup, _bob = world.startup()
    pilot = make.pilot(world, agency, startup)
    with unit_of_work():
        first = operations.propose_from_pilot(pilot=pilot, by=SYSTEM, at=world.now)
    with unit_of_work():
        again = operations.propose_from_pilot(pilot=pilot, by=world.officer(), at=world.later(days=1))
    assert again.id == first.id
    assert queries.item_of_pilot(pilot.id).id == first.id


def test_the_other_language_stays_empty_where_no_source_holds_it(world):
    agency, _alice = world.agency()
    startup, _bob = world.startup()
    pilot = make.pilot(world, agency, startup, language="en", english=False)
    with unit_of_work():
        version = operations.propose_from_pilot(pilot=pilot, by=SYSTEM, at=world.now).current
    assert version.title_zh == "床邊感測實證"
    assert version.title_en == "Bedside radar sensing"
    assert (version.summary_zh, version.technology_zh) == ("", "")
    assert version.use_case_en == ""
    assert version.specification_en.startswith("夜間跌倒通報時間: 3.5")


@pytest.mark.parametrize(
    ("need_met", "ready"), [(NeedMet.FULLY, False), (NeedMet.PARTLY, True), (NeedMet.NOT, False)]
)
def test_a_pilot_that_does_not_graduate_grows_into_nothing(world, need_met, ready):
    pilot = pilots.assessed(world, need_met=need_met, production_ready=ready).pilot
    assert queries.item_of_pilot(pilot.id) is None
    with pytest.raises(Refused) as caught, unit_of_work():
        operations.propose_from_pilot(pilot=pilot, by=SYSTEM, at=world.now)
    assert caught.value.denial.code == "catalog.not_graduated"


@pytest.mark.both_databases
def test_the_assessment_itself_makes_the_item_and_tells_staff_and_supplier(world):
    carol = world.officer()
    cast = pilots.assessed(world)
    item = queries.item_of_pilot(cast.pilot.id)
    assert (item.state, item.supplier_id) == (ItemState.PROPOSED, cast.pilot.startup_id)
    assert item.current.title_zh
    assert item.current.use_case_zh
    assert item.current.specification_zh
    told = {row.name for row in db.session.query(OutboxMail).filter(OutboxMail.letter.like("catalog.%"))}
    assert carol.name in told
    assert cast.bob.name in told
    assert cast.alice.name not in told


def test_only_staff_and_the_platform_prepare_an_item_from_a_pilot(world):
    agency, alice = world.agency()
    startup, bob = world.startup()
    pilot = make.pilot(world, agency, startup)
    for person in (alice, bob):
        with pytest.raises(Refused), unit_of_work():
            operations.propose_from_pilot(pilot=pilot, by=person, at=world.now)


# --- listing ---


@pytest.mark.both_databases
def test_a_complete_item_is_listed_and_gets_its_code(world, house):
    first = make.listed(world, house.carol, house.bob, house.startup, house.agreement)
    second = make.listed(world, house.carol, house.bob, house.startup, house.agreement)
    assert (first.code, second.code) == ("ci-2026-0001", "ci-2026-0002")
    assert first.state is ItemState.LISTED
    assert first.framework_id == house.agreement.id
    assert audit.history(first.subject)[-1].body["price"] == 160_000


def _grown(world, house, **changes) -> CatalogItem:
    """A complete item of a pilot, but for the changes."""
    agency, _alice = world.agency()
    return make.grown(world, house.carol, agency, house.startup, **changes)


def test_what_did_not_grow_from_a_pilot_is_listed_by_the_review_board_alone(world, house):
    item = make.proposed(world, house.bob, house.startup)
    with pytest.raises(Refused) as caught, unit_of_work():
        operations.list_item(item=item, framework=house.agreement, by=house.carol, at=world.now)
    assert caught.value.denial.code == "catalog.board_decides"
    assert queries.item_by_id(item.id).state is ItemState.PROPOSED
    with unit_of_work():
        grown = operations.list_item(
            item=_grown(world, house), framework=house.agreement, by=house.carol, at=world.now
        )
    assert grown.state is ItemState.LISTED


@pytest.mark.parametrize("need", policies.REQUIREMENTS, ids=lambda need: need.field)
def test_an_incomplete_item_is_not_listed_and_the_answer_says_what_lacks(world, house, need):
    empty = {"specification_open": False}.get(need.field, "" if need.field.endswith("_zh") else None)
    item = _grown(world, house, **{need.field: empty})
    if need.field == "domain":  # a category brings a domain; take it away beneath
        with unit_of_work():
            db.session.get(CatalogItem, item.id).domain = None
        item = queries.item_by_id(item.id)
    with pytest.raises(Refused) as caught, unit_of_work():
        operations.list_item(item=item, framework=house.agreement, by=house.carol, at=world.now)
    assert caught.value.denial.reason is need.reason
    assert queries.item_by_id(item.id).code is None


@pytest.mark.parametrize(
    ("founded", "begins", "allowed"),
    [
        (date(2021, 1, 1), date(2026, 1, 1), True),  # the fifth anniversary is the last day
        (date(2020, 12, 31), date(2026, 1, 1), False),
        (date(2020, 2, 29), date(2025, 2, 28), True),
        (date(2020, 2, 29), date(2025, 3, 1), False),
        (date(2026, 3, 1), date(2026, 1, 1), True),  # founded after the agreement began
        (None, date(2026, 1, 1), False),
    ],
)
def test_the_supplier_is_founded_within_five_years_of_the_agreements_first_day(founded, begins, allowed):
    assert bool(policies.within_five_years(founded, begins)) is allowed


def test_ageing_during_the_agreement_neither_hinders_nor_delists(world, house):
    with unit_of_work():
        db.session.get(Organization, house.startup.id).founded_on = date(2021, 1, 1)
    world.later(days=600)  # October 2027: the startup is past six
    item = make.listed(world, house.carol, house.bob, house.startup, house.agreement)
    assert item.state_on(local_day(world.now)) is ItemState.LISTED


def test_the_agreement_must_hold_today(world, house):
    past = make.framework(
        world, house.carol, code="fw-2024", starts_on=date(2024, 1, 1), ends_on=date(2025, 12, 31)
    )
    coming = make.framework(
        world, house.carol, code="fw-2028", starts_on=date(2028, 1, 1), ends_on=date(2029, 12, 31)
    )
    item = _grown(world, house)
    for agreement in (past, coming):
        with pytest.raises(Refused) as caught, unit_of_work():
            operations.list_item(item=item, framework=agreement, by=house.carol, at=world.now)
        assert caught.value.denial.code == "catalog.framework_not_running"


def test_the_supplier_must_be_confirmed(world, house):
    item = _grown(world, house)
    with unit_of_work():
        organization = db.session.get(Organization, house.startup.id)
        organization.state = "suspended"
    with pytest.raises(Refused) as caught, unit_of_work():
        operations.list_item(item=item, framework=house.agreement, by=house.carol, at=world.now)
    assert caught.value.denial.code == "catalog.supplier_not_confirmed"


# --- versions ---


@pytest.mark.both_databases
def test_a_change_of_a_listed_item_is_a_new_version_with_who_when_what(world, house):
    item = make.listed(world, house.carol, house.bob, house.startup, house.agreement)
    at = world.later(days=10)
    with unit_of_work():
        operations.save_version(
            item=item,
            facts=make.facts(unit_price=150_000, summary_zh="新摘要", note="議價後降價"),
            by=house.carol,
            at=at,
            expected_version=item.version,
        )
    item = queries.item_by_id(item.id)
    newest, first = editions(item.versions)
    assert (newest.version.number, newest.version.made_by, newest.version.made_at) == (2, "Carol", at)
    assert newest.changed == ("summary_zh", "unit_price")
    assert (newest.price_before, newest.version.unit_price) == (160_000, 150_000)
    assert newest.version.note == "議價後降價"
    assert (first.version.number, first.version.unit_price, first.changed) == (1, 160_000, ())
    assert item.current.unit_price == 150_000
    assert audit.history(item.subject)[-1].body["price"] == [160_000, 150_000]


@pytest.mark.both_databases
def test_price_breaks_belong_to_their_version(world, house):
    item = _grown(world, house, breaks=(Step(10, 150_000),))

    def save(at, **changes):
        with unit_of_work():
            operations.save_version(
                item=queries.item_by_id(item.id), facts=make.facts(**changes), by=house.carol, at=at
            )
        return queries.item_by_id(item.id)

    row = save(world.later(hours=1), breaks=(Step(50, 130_000), Step(10, 145_000)))
    assert [v.number for v in row.versions] == [1], "changed in place while proposed"
    assert row.current.steps == (Step(10, 145_000), Step(50, 130_000))
    with unit_of_work():
        operations.list_item(item=row, framework=house.agreement, by=house.carol, at=world.now)
    row = save(world.later(days=1), breaks=(Step(20, 140_000),), note="調整級距")
    assert [v.steps for v in row.versions] == [
        (Step(10, 145_000), Step(50, 130_000)),
        (Step(20, 140_000),),
    ]
    assert editions(row.versions)[0].changed == ("breaks",)
    row = save(world.later(days=2), breaks=(Step(20, 140_000),), note="一樣")
    assert len(row.versions) == 2, "the same again makes no version"
    assert row.current.price_at(19) == 160_000
    assert row.current.price_at(20) == 140_000


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"breaks": (Step(10, 160_000),)}, "breaks-0-unit_price"),
        ({"breaks": (Step(10, 150_000), Step(20, 150_000))}, "breaks-1-unit_price"),
        ({"breaks": (Step(1, 150_000),)}, "breaks-0-from_quantity"),
        ({"unit_price": None, "breaks": (Step(10, 5),)}, "unit_price"),
        ({"breaks": tuple(Step(n, 1000 - n) for n in range(2, 20))}, "breaks"),
    ],
)
def test_a_scale_that_cannot_be_is_refused_at_its_row(world, house, changes, field):
    with pytest.raises(Invalid) as caught:
        make.proposed(world, house.bob, house.startup, **changes)
    assert problems_of(caught) == {field}


def test_saving_the_same_again_makes_no_version(world, house):
    item = make.listed(world, house.carol, house.bob, house.startup, house.agreement)
    with unit_of_work():
        operations.save_version(item=item, facts=make.facts(), by=house.carol, at=world.later(days=1))
    assert [v.number for v in queries.item_by_id(item.id).versions] == [1]


def test_a_listed_item_stays_whole_and_says_why_it_changes(world, house):
    item = make.listed(world, house.carol, house.bob, house.startup, house.agreement)
    with pytest.raises(Invalid) as caught, unit_of_work():
        operations.save_version(
            item=item,
            facts=make.facts(title_zh="", unit_price=None, specification_open=False),
            by=house.carol,
            at=world.now,
        )
    assert problems_of(caught) == {"title_zh", "unit_price", "specification_open", "note"}
    assert [v.number for v in queries.item_by_id(item.id).versions] == [1]


def test_a_stale_edit_says_who_was_first(world, house):
    item = make.proposed(world, house.bob, house.startup)
    seen = item.version
    with unit_of_work():
        operations.save_version(
            item=item,
            facts=make.facts(unit_price=1),
            by=house.bob,
            at=world.later(hours=1),
            expected_version=seen,
        )
    with pytest.raises(Stale) as caught, unit_of_work():
        operations.save_version(
            item=item, facts=make.facts(unit_price=2), by=house.carol, at=world.now, expected_version=seen
        )
    assert caught.value.by == "Bob"
    assert queries.item_by_id(item.id).current.unit_price == 1


@pytest.mark.both_databases
def test_concurrent_edits_lose_nothing_and_number_without_gap(world, house):
    item = make.listed(world, house.carol, house.bob, house.startup, house.agreement)
    seen, editors = item.version, 6
    barrier = threading.Barrier(editors)
    outcomes: list[str] = []

    def edit(number: int, price: int, expected: int | None) -> None:
        with world.app.app_context():
            barrier.wait()
            try:
                with unit_of_work():
                    operations.save_version(
                        item=db.session.get(CatalogItem, item.id),
                        facts=make.facts(unit_price=price + number, note=f"改 {number}"),
                        by=house.carol,
                        at=world.now,
                        expected_version=expected,
                    )
                outcomes.append("saved")
            except Stale:
                outcomes.append("stale")
            finally:
                db.session.remove()

    def run(price: int, expected: int | None) -> None:
        outcomes.clear()
        threads = [threading.Thread(target=edit, args=(n, price, expected)) for n in range(editors)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        db.session.rollback()

    run(100_000, seen)
    assert sorted(outcomes) == ["saved"] + ["stale"] * (editors - 1)
    run(200_000, None)
    numbers = [v.number for v in queries.item_by_id(item.id).versions]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) == 2 + outcomes.count("saved")
    assert queries.item_by_id(item.id).current_version == numbers[-1]


@pytest.mark.both_databases
def test_codes_are_allotted_once_each_under_concurrent_listing(world, house):
    items = [
        make.applied(world, house.bob, make.proposed(world, house.bob, house.startup), house.agreement)
        for _ in range(5)
    ]
    barrier = threading.Barrier(len(items))
    failed: list[Exception] = []

    def enlist(key: int) -> None:
        with world.app.app_context():
            barrier.wait()
            try:
                with unit_of_work():
                    application = queries.application_by_id(key)
                    operations.approve_application(
                        application=application,
                        findings=make.findings(application),
                        by=house.carol,
                        at=world.now,
                    )
            except Exception as error:
                failed.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=enlist, args=(item.id,)) for item in items]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    db.session.rollback()
    codes = sorted(queries.item_by_id(item.id).code for item in items)
    assert codes == [f"ci-2026-{n:04d}" for n in range(1, 6)]


# --- suspending, resuming, withdrawing, expiring ---


@pytest.mark.both_databases
def test_supply_is_suspended_resumed_and_ended_with_reasons(world, house):
    item = make.listed(world, house.carol, house.bob, house.startup, house.agreement)
    for act in (operations.suspend, operations.withdraw):
        with pytest.raises(Invalid) as caught, unit_of_work():
            act(item=item, reason="  ", by=house.carol, at=world.now)
        assert problems_of(caught) == {"reason"}
    with unit_of_work():
        operations.suspend(item=item, reason="零件缺貨", by=house.carol, at=world.now)
    assert (item.state, item.state_note) == (ItemState.SUSPENDED, "零件缺貨")
    with unit_of_work():
        operations.resume(item=item, by=house.carol, at=world.later(days=3))
    assert (item.state, item.state_note) == (ItemState.LISTED, "")
    with unit_of_work():
        operations.withdraw(item=item, reason="停產", by=house.carol, at=world.later(days=3))
    item = queries.item_by_id(item.id)
    assert (item.state, item.ended_at, item.code) == (ItemState.WITHDRAWN, world.now, "ci-2026-0001")
    with pytest.raises(Refused), unit_of_work():
        operations.resume(item=item, by=house.carol, at=world.now)
    kinds = [entry.type for entry in audit.history(item.subject)]
    assert kinds == [
        "item.proposed",
        "item.evidence_added",
        "item.applied",
        "item.application_approve",
        "item.listed",
        "item.suspend",
        "item.resume",
        "item.withdraw",
    ]


@pytest.mark.both_databases
def test_expired_comes_by_the_clock_in_python_and_in_sql_alike(world, house):
    item = make.listed(world, house.carol, house.bob, house.startup, house.agreement)
    make.proposed(world, house.bob, house.startup)
    for today, state in [
        (date(2026, 3, 2), ItemState.LISTED),
        (make.ENDS_ON, ItemState.LISTED),
        (date(2028, 1, 1), ItemState.EXPIRED),
    ]:
        fresh = queries.item_by_id(item.id)
        rows = queries.list_for_staff(today=today).rows
        assert fresh.state_on(today) is state
        assert [row.state for row in rows] == [ItemState.PROPOSED, state]
        assert [row.item.id for row in queries.list_public(today=today).rows] == (
            [item.id] if state is ItemState.LISTED else []
        )
        assert queries.list_for_staff(today=today, state=ItemState.EXPIRED).total == (
            state is ItemState.EXPIRED
        )
    world.later(days=800)
    for act in (
        lambda: operations.suspend(item=item, reason="x", by=house.carol, at=world.now),
        lambda: operations.withdraw(item=item, reason="x", by=house.carol, at=world.now),
        lambda: operations.save_version(item=item, facts=make.facts(note="x"), by=house.carol, at=world.now),
    ):
        with pytest.raises(Refused) as caught, unit_of_work():
            act()
        assert caught.value.denial.code == "catalog.wrong_state"


def test_a_longer_agreement_brings_its_items_back(world, house):
    agreement = make.framework(
        world, house.carol, code="short", starts_on=date(2026, 1, 1), ends_on=date(2026, 6, 30)
    )
    item = make.listed(world, house.carol, house.bob, house.startup, agreement)
    world.later(days=200)
    assert queries.item_by_id(item.id).state_on(local_day(world.now)) is ItemState.EXPIRED
    make_longer = FrameworkFacts(
        code="short", title_zh="契約", starts_on=date(2026, 1, 1), ends_on=date(2027, 12, 31)
    )
    with unit_of_work():
        operations.save_framework(framework=agreement, facts=make_longer, by=house.carol, at=world.now)
    assert queries.item_by_id(item.id).state_on(local_day(world.now)) is ItemState.LISTED


def test_a_supplier_takes_its_own_proposal_back(world, house):
    item = make.proposed(world, house.bob, house.startup)
    with unit_of_work():
        operations.withdraw(item=item, reason="改版後再提", by=house.bob, at=world.now)
    assert queries.item_by_id(item.id).state is ItemState.WITHDRAWN


# --- agreements ---


@pytest.mark.parametrize(
    ("starts_on", "latest"),
    [
        (date(2026, 1, 1), date(2027, 12, 31)),
        (date(2026, 3, 15), date(2028, 3, 14)),
        (date(2024, 2, 29), date(2026, 2, 28)),
        (date(2026, 3, 1), date(2028, 2, 29)),
    ],
)
def test_an_agreement_runs_two_years_at_most_both_days_counted(world, house, starts_on, latest):
    assert operations.latest_end(starts_on) == latest
    make.framework(world, house.carol, code="whole", starts_on=starts_on, ends_on=latest)
    with pytest.raises(Invalid) as caught:
        make.framework(
            world,
            house.carol,
            code="long",
            starts_on=starts_on,
            ends_on=date.fromordinal(latest.toordinal() + 1),
        )
    assert problems_of(caught) == {"ends_on"}


def test_an_agreement_needs_a_free_number_a_name_and_a_forward_period(world, house):
    with pytest.raises(Invalid) as caught, unit_of_work():
        operations.save_framework(
            facts=FrameworkFacts(
                code="fw-2026", title_zh="", starts_on=date(2026, 5, 1), ends_on=date(2026, 5, 1)
            ),
            by=house.carol,
            at=world.now,
        )
    assert problems_of(caught) == {"code", "title_zh", "ends_on"}


def test_the_first_day_of_an_agreement_with_items_stays(world, house):
    make.listed(world, house.carol, house.bob, house.startup, house.agreement)
    with pytest.raises(Invalid) as caught, unit_of_work():
        operations.save_framework(
            framework=house.agreement,
            facts=FrameworkFacts(
                code="fw-2026", title_zh="契約", starts_on=date(2026, 2, 1), ends_on=make.ENDS_ON
            ),
            by=house.carol,
            at=world.now,
        )
    assert problems_of(caught) == {"starts_on"}


# --- adoptions ---


@pytest.mark.both_databases
def test_an_adoption_is_recorded_with_its_source_and_can_be_taken_back(world, house):
    agency, _alice = world.agency()
    item = make.listed(world, house.carol, house.bob, house.startup, house.agreement)
    named = make.adoption(world, house.carol, item, agency_ref=agency.ref)
    make.adoption(world, house.carol, item)
    shown = queries.public_item(item.ref, local_day(world.now))
    assert {a.body for a in shown.adoptions} == {agency.name_zh, "測試縣政府"}
    with pytest.raises(Invalid) as caught:
        make.adoption(world, house.carol, item, agency_ref=agency.ref)
    assert problems_of(caught) == {"agency"}
    with unit_of_work():
        operations.remove_adoption(
            item=item, adoption=queries.adoption_for(item, named.ref), by=house.carol, at=world.now
        )
    assert len(queries.public_item(item.ref, local_day(world.now)).adoptions) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"body_zh": ""}, "body_zh"),
        ({"agency_ref": "nosuchref0"}, "agency"),
        ({"year": 2017}, "year"),
        ({"year": 2027}, "year"),
        ({"story_zh": ""}, "story_zh"),
        ({"source_note": ""}, "source_note"),
    ],
)
def test_an_adoption_needs_body_year_story_and_source(world, house, changes, field):
    item = make.listed(world, house.carol, house.bob, house.startup, house.agreement)
    with pytest.raises(Invalid) as caught:
        make.adoption(world, house.carol, item, **changes)
    assert problems_of(caught) == {field}


# --- who may ---


def test_who_may_do_what_by_state(world, house):
    """The truth table: person, state, act."""
    agency, alice = world.agency()
    other, ivan = world.startup("Ivan")
    reader = world.member(house.startup, "Ruth", Role.READER)
    proposed = make.proposed(world, house.bob, house.startup)
    grown = make.grown(world, house.carol, agency, house.startup)
    listed = make.listed(world, house.carol, house.bob, house.startup, house.agreement)
    suspended = make.listed(world, house.carol, house.bob, house.startup, house.agreement)
    withdrawn = make.listed(world, house.carol, house.bob, house.startup, house.agreement)
    with unit_of_work():
        operations.suspend(item=suspended, reason="x", by=house.carol, at=world.now)
        operations.withdraw(item=withdrawn, reason="x", by=house.carol, at=world.now)
    people = {"staff": house.carol, "owner": house.bob, "reader": reader, "rival": ivan, "agency": alice}
    acts = {
        "edit": policies.can_edit,
        "list": lambda a, i, now: policies.can_list(
            a, i, queries.framework_with_lots(house.agreement.ref), now
        ),
        "suspend": policies.can_suspend,
        "resume": policies.can_resume,
        "withdraw": policies.can_withdraw,
        "adopt": lambda a, i, now: policies.can_record_adoption(a, i),
    }
    allowed = {
        ("staff", "edit"): "PGLS",
        ("owner", "edit"): "PG",
        ("staff", "list"): "G",
        ("staff", "suspend"): "L",
        ("staff", "resume"): "S",
        ("staff", "withdraw"): "PGLS",
        ("owner", "withdraw"): "PG",
        ("staff", "adopt"): "LSW",
    }
    items = {"P": proposed, "G": grown, "L": listed, "S": suspended, "W": withdrawn}
    items = {letter: queries.item_by_id(item.id) for letter, item in items.items()}
    for who, person in people.items():
        for act, policy in acts.items():
            got = "".join(letter for letter, item in items.items() if policy(person, item, world.now))
            assert got == allowed.get((who, act), ""), (who, act)
    assert other is not None
    assert agency is not None


def test_who_sees_what(world, house):
    _agency, alice = world.agency()
    _other, ivan = world.startup("Ivan")
    proposed = make.proposed(world, house.bob, house.startup)
    listed = make.listed(world, house.carol, house.bob, house.startup, house.agreement)
    today = local_day(world.now)
    for item, people in [(proposed, (house.carol, house.bob)), (listed, (house.carol, house.bob))]:
        for person in people:
            assert queries.item_for(person, item.ref).id == item.id
        for stranger in (alice, ivan):
            with pytest.raises(NotFound):
                queries.item_for(stranger, item.ref)
    with pytest.raises(NotFound):
        queries.public_item(proposed.ref, today)
    assert queries.public_item(listed.code, today).id == listed.id
    assert db.session.query(ItemVersion).count() == 2
