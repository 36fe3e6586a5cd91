"""Evidence, applications for a listing or a change, and the answers of the review board."""

from __future__ import annotations

import io
from datetime import date

import pytest

from matchmaker.catalog import operations, policies, queries
from matchmaker.catalog.facts import FindingFacts, ItemFacts
from matchmaker.catalog.pricing import Step
from matchmaker.catalog.states import ApplicationState, Criterion, ItemState
from matchmaker.foundation import audit
from matchmaker.foundation.db import db, unit_of_work
from matchmaker.foundation.outbox import OutboxMail
from matchmaker.kernel.errors import Invalid, Refused, Stale
from matchmaker.kernel.programme import Domain
from matchmaker.people.models import Organization
from matchmaker.people.states import Role
from matchmaker.proposals.states import EvidenceKind
from tests.factories import catalog as make


@pytest.fixture
def house(world):
    class House:
        carol = world.officer()
        startup, bob = world.startup()
        agreement = make.framework(world, carol)

    return House


def letters(kind) -> list[str]:
    return sorted(mail.name for mail in db.session.query(OutboxMail).filter_by(letter=kind))


# --- capability: R-035 and R-036 ---


@pytest.mark.parametrize(
    ("kinds", "shown"),
    [
        ((), False),
        ((EvidenceKind.GOVERNMENT_REFERENCE,), False),
        ((EvidenceKind.AWARD,), True),
        ((EvidenceKind.PRIVATE_COOPERATION,), True),
        ((EvidenceKind.GOVERNMENT_PILOT,), True),
        ((EvidenceKind.AWARD, EvidenceKind.GOVERNMENT_REFERENCE), True),
    ],
)
def test_any_one_of_three_kinds_shows_the_capability_and_no_track_record_is_needed(
    world, house, kinds, shown
):
    item = make.proposed(world, house.bob, house.startup, shown=False)
    for kind in kinds:
        with unit_of_work():
            operations.add_evidence(item=item, facts=make.evidence(kind), by=house.bob, at=world.now)
    item = queries.item_by_id(item.id)
    decision = policies.can_apply_in(
        house.bob, item, queries.framework_with_lots(house.agreement.ref), None, world.now
    )
    assert (True if decision else decision.code) == (True if shown else "catalog.evidence_needed")


def test_there_are_exactly_three_kinds_and_a_reference():
    assert set(EvidenceKind) == {*policies.SUBSTITUTES, EvidenceKind.GOVERNMENT_REFERENCE}
    assert len(policies.SUBSTITUTES) == 3


def test_a_pilot_is_evidence_enough(world, house):
    agency, _alice = world.agency()
    pilot = make.pilot(world, agency, house.startup)
    with unit_of_work():
        item = operations.propose_from_pilot(pilot=pilot, by=house.carol, at=world.now)
    assert policies.capability_shown(item)


@pytest.mark.parametrize("lacks", ["title", "organization"])
def test_evidence_is_named(world, house, lacks):
    item = make.proposed(world, house.bob, house.startup)
    with pytest.raises(Invalid) as caught, unit_of_work():
        operations.add_evidence(item=item, facts=make.evidence(**{lacks: ""}), by=house.bob, at=world.now)
    assert set(caught.value.problems) == {lacks}


@pytest.mark.parametrize(
    ("founded", "code"),
    [
        (date(2021, 1, 1), None),
        (date(2020, 12, 31), "catalog.too_old"),
        (None, "catalog.founding_unknown"),
    ],
)
def test_a_startup_applies_within_five_years_of_its_founding(world, house, founded, code):
    with unit_of_work():
        db.session.get(Organization, house.startup.id).founded_on = founded
    item = make.proposed(world, house.bob, house.startup)
    if code is None:
        assert make.applied(world, house.bob, item, house.agreement).state is ApplicationState.SUBMITTED
        return
    with pytest.raises(Refused) as caught:
        make.applied(world, house.bob, item, house.agreement)
    assert caught.value.denial.code == code


@pytest.mark.parametrize("field", ["technology_zh", "use_case_zh", "unit_price"])
def test_what_lacks_keeps_an_item_from_the_board(world, house, field):
    item = make.proposed(world, house.bob, house.startup, **{field: None if field == "unit_price" else ""})
    with pytest.raises(Refused) as caught:
        make.applied(world, house.bob, item, house.agreement)
    assert caught.value.denial.code == f"catalog.needs_{field}"


# --- lots ---


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        ({}, None),
        ({"price_ceiling": 160_000}, None),
        ({"price_ceiling": 159_999}, "catalog.above_ceiling"),
        ({"category": "chatbot"}, "catalog.lot_category"),
        ({"category": None}, None),
        ({"category": None, "domain": Domain.CARE}, "catalog.lot_domain"),
    ],
)
def test_the_item_has_to_suit_the_lot(world, house, limits, code):
    item = make.proposed(world, house.bob, house.startup)
    lot = make.lot(world, house.carol, house.agreement, **limits)
    framework = queries.framework_with_lots(house.agreement.ref)
    decision = policies.lot_fits(item, framework, lot)
    assert (None if decision else decision.code) == code


def test_where_an_agreement_has_lots_one_is_chosen_and_it_is_its_own(world, house):
    item = make.proposed(world, house.bob, house.startup)
    make.lot(world, house.carol, house.agreement)
    other = make.framework(world, house.carol, code="other")
    foreign = make.lot(world, house.carol, other)
    framework = queries.framework_with_lots(house.agreement.ref)
    assert policies.lot_fits(item, framework, None).code == "catalog.lot_needed"
    assert policies.lot_fits(item, framework, foreign).code == "catalog.lot_foreign"
    with pytest.raises(Refused), unit_of_work():
        operations.apply_for_listing(item=item, framework=house.agreement, by=house.bob, at=world.now)


@pytest.mark.both_databases
def test_the_ceiling_of_its_lot_holds_for_every_later_price(world, house):
    item = make.proposed(world, house.bob, house.startup)
    lot = make.lot(world, house.carol, house.agreement, price_ceiling=170_000)
    item = make.approved(world, house.carol, make.applied(world, house.bob, item, house.agreement, lot))
    assert item.lot.code == "A"
    with pytest.raises(Invalid) as caught, unit_of_work():
        operations.save_version(
            item=item, facts=make.facts(unit_price=170_001, note="漲價"), by=house.carol, at=world.now
        )
    assert set(caught.value.problems) == {"unit_price"}
    with pytest.raises(Invalid) as caught:
        make.lot(world, house.carol, house.agreement, code="A")
    with pytest.raises(Refused) as caught, unit_of_work():
        operations.remove_lot(lot=lot, by=house.carol, at=world.now)
    assert caught.value.denial.code == "catalog.lot_in_use"


# --- the board ---


@pytest.mark.both_databases
def test_returned_with_words_for_each_finding_mended_and_listed(world, house):
    item = make.proposed(world, house.bob, house.startup)
    lot = make.lot(world, house.carol, house.agreement)
    asked = make.applied(world, house.bob, item, house.agreement, lot)
    assert "Carol" in letters("catalog.applied")
    with pytest.raises(Refused) as caught, unit_of_work():
        operations.save_version(item=item, facts=make.facts(unit_price=1), by=house.bob, at=world.now)
    assert caught.value.denial.code == "catalog.under_review"
    with unit_of_work():
        operations.return_application(
            application=asked,
            findings=make.findings(asked, but=(Criterion.PRICE, Criterion.INSPECTABLE)),
            by=house.carol,
            at=world.later(days=1),
            expected_version=asked.version,
        )
    asked = queries.application_for(house.bob, asked.ref)
    assert asked.state is ApplicationState.RETURNED
    found = asked.findings_of(1)
    assert {name for name, finding in found.items() if not finding.met} == {"price", "inspectable"}
    assert found["price"].words == "請補充"
    with unit_of_work():
        operations.save_version(
            item=queries.item_by_id(item.id),
            facts=make.facts(unit_price=150_000),
            by=house.bob,
            at=world.later(days=1),
        )
    again = make.applied(world, house.bob, queries.item_by_id(item.id), house.agreement, lot)
    assert (again.id, again.rounds, again.state) == (asked.id, 2, ApplicationState.SUBMITTED)
    with unit_of_work():
        item = operations.approve_application(
            application=again, findings=make.findings(again), by=house.carol, at=world.later(days=1)
        )
    assert (item.state, item.lot_id, item.current.unit_price) == (ItemState.LISTED, lot.id, 150_000)
    assert [entry.type for entry in audit.history(item.subject)][-2:] == [
        "item.application_approve",
        "item.listed",
    ]
    assert letters("catalog.application_returned") == ["Bob"]
    assert letters("catalog.listed") == ["Bob"]


@pytest.mark.parametrize(
    ("findings", "verb", "field"),
    [
        ({}, "return", "price_met"),
        ({Criterion.PRICE: FindingFacts(False, " ")}, "return", "price_words"),
        (None, "return", "words"),
        ({Criterion.PRICE: FindingFacts(False, "太貴")}, "approve", "words"),
        ({}, "approve", "price_met"),
    ],
)
def test_an_answer_needs_every_finding_and_its_words(world, house, findings, verb, field):
    item = make.proposed(world, house.bob, house.startup)
    asked = make.applied(world, house.bob, item, house.agreement)
    given = make.findings(asked)
    if findings is not None:
        given = {name: found for name, found in given.items() if name is not Criterion.PRICE} | findings
    act = {"return": operations.return_application, "approve": operations.approve_application}[verb]
    with pytest.raises(Invalid) as caught, unit_of_work():
        act(application=asked, findings=given, by=house.carol, at=world.now)
    assert set(caught.value.problems) == {field}
    assert queries.application_by_id(asked.id).state is ApplicationState.SUBMITTED
    assert queries.application_by_id(asked.id).findings == []


def test_refused_with_its_reason_and_withdrawn_by_its_own(world, house):
    item = make.proposed(world, house.bob, house.startup)
    asked = make.applied(world, house.bob, item, house.agreement)
    with pytest.raises(Invalid), unit_of_work():
        operations.refuse_application(application=asked, words=" ", by=house.carol, at=world.now)
    with unit_of_work():
        operations.refuse_application(application=asked, words="不符", by=house.carol, at=world.now)
    assert queries.application_by_id(asked.id).state is ApplicationState.REFUSED
    assert queries.item_by_id(item.id).state is ItemState.PROPOSED
    second = make.applied(world, house.bob, queries.item_by_id(item.id), house.agreement)
    assert second.id != asked.id
    with pytest.raises(Refused), unit_of_work():
        operations.withdraw_application(application=second, by=house.carol, at=world.now)
    with unit_of_work():
        operations.withdraw_application(application=second, by=house.bob, at=world.now)
    assert queries.open_application(item.id) is None


def test_a_withdrawn_item_takes_its_application_along(world, house):
    item = make.proposed(world, house.bob, house.startup)
    asked = make.applied(world, house.bob, item, house.agreement)
    with unit_of_work():
        operations.withdraw(item=item, reason="改期", by=house.bob, at=world.now)
    assert queries.application_by_id(asked.id).state is ApplicationState.WITHDRAWN


def test_an_item_of_a_pilot_that_its_startup_applied_for_waits_for_the_board_too(world, house):
    agency, _alice = world.agency()
    item = make.grown(world, house.carol, agency, house.startup)
    make.applied(world, house.bob, item, house.agreement)
    with pytest.raises(Refused) as caught, unit_of_work():
        operations.list_item(item=item, framework=house.agreement, by=house.carol, at=world.now)
    assert caught.value.denial.code == "catalog.review_first"


def test_only_staff_answer_and_only_once(world, house):
    item = make.proposed(world, house.bob, house.startup)
    asked = make.applied(world, house.bob, item, house.agreement)
    for person in (house.bob, world.juror()):
        with pytest.raises(Refused), unit_of_work():
            operations.approve_application(
                application=asked, findings=make.findings(asked), by=person, at=world.now
            )
    with unit_of_work():
        operations.approve_application(
            application=asked, findings=make.findings(asked), by=house.carol, at=world.now
        )
    with pytest.raises(Refused) as caught, unit_of_work():
        operations.refuse_application(application=asked, words="x", by=house.carol, at=world.now)
    assert caught.value.denial.code == "catalog.application_state"


# --- changes ---


def change(world, bob, item, **changes):
    with unit_of_work():
        return operations.propose_change(
            item=queries.item_by_id(item.id),
            facts=make.facts(**({"note": "量產降價"} | changes)),
            by=bob,
            at=world.now,
        )


@pytest.mark.both_databases
def test_a_change_counts_once_the_board_approves_it(world, house):
    item = make.listed(world, house.carol, house.bob, house.startup, house.agreement)
    asked = change(world, house.bob, item, unit_price=150_000, breaks=(Step(10, 140_000),))
    assert queries.item_by_id(item.id).current.unit_price == 160_000
    with unit_of_work():
        operations.approve_application(
            application=asked, findings=make.findings(asked), by=house.carol, at=world.later(days=1)
        )
    item = queries.item_by_id(item.id)
    assert [(v.unit_price, v.steps) for v in item.versions] == [
        (160_000, ()),
        (150_000, (Step(10, 140_000),)),
    ]
    assert item.current.note == "量產降價"


def test_a_change_made_from_an_older_version_is_not_approved(world, house):
    item = make.listed(world, house.carol, house.bob, house.startup, house.agreement)
    asked = change(world, house.bob, item, unit_price=150_000)
    with unit_of_work():
        operations.save_version(
            item=item, facts=make.facts(unit_price=155_000, note="議價"), by=house.carol, at=world.now
        )
    with pytest.raises(Refused) as caught, unit_of_work():
        operations.approve_application(
            application=asked, findings=make.findings(asked), by=house.carol, at=world.now
        )
    assert caught.value.denial.code == "catalog.changed_meanwhile"
    assert queries.application_by_id(asked.id).state is ApplicationState.SUBMITTED


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"note": ""}, "note"),
        ({}, "note"),
        ({"title_zh": ""}, "title_zh"),
        ({"specification_open": False}, "specification_open"),
        ({"unit_price": 0}, "unit_price"),
        ({"delivery_days": None}, "delivery_days"),
        ({"delivery_days": 0}, None),
    ],
)
def test_a_change_is_whole_says_why_and_changes_something(world, house, changes, field):
    item = make.listed(world, house.carol, house.bob, house.startup, house.agreement)
    if field is None:
        change(world, house.bob, item, **changes)
        return
    with pytest.raises(Invalid) as caught:
        change(world, house.bob, item, **changes)
    assert set(caught.value.problems) == {field}


def test_one_change_at_a_time_and_only_by_the_supplier(world, house):
    item = make.listed(world, house.carol, house.bob, house.startup, house.agreement)
    _other, ivan = world.startup("Ivan")
    reader = world.member(house.startup, "Rita", Role.READER)
    for person in (ivan, reader, house.carol):
        with pytest.raises(Refused):
            change(world, person, item, unit_price=1)
    change(world, house.bob, item, unit_price=150_000)
    with pytest.raises(Refused) as caught:
        change(world, house.bob, item, unit_price=140_000)
    assert caught.value.denial.code == "catalog.under_review"


def test_a_change_is_kept_as_it_was_proposed():
    facts = make.facts(breaks=(Step(10, 9), Step(20, 8)), note="x")
    assert ItemFacts.from_json(facts.to_json()) == facts
    bare = ItemFacts(title_zh="x")
    assert ItemFacts.from_json(bare.to_json()) == bare


# --- pages ---


def test_from_evidence_to_the_listing_by_pages(world, house):
    item = make.proposed(world, house.bob, house.startup, shown=False)
    bob, carol = world.client(house.bob), world.client(house.carol)
    own = f"/supplier/items/{item.ref}"
    assert "A government track record" in bob.get(f"{own}/evidence").get_data(as_text=True)
    assert bob.get(f"{own}/apply").status_code == 409
    given = {
        "kind": "award",
        "title": "創新獎",
        "organization": "測試基金會",
        "file": (
            io.BytesIO(b"%PDF-1.4\n%\xe2\xe3\n1 0 obj<</Type/Catalog>>endobj\ntrailer<<>>\n%%EOF"),
            "獎狀.pdf",
        ),
    }
    assert bob.post(f"{own}/evidence", given, content_type="multipart/form-data").status_code == 303
    evidence = queries.item_by_id(item.id).evidence[0]
    paper = f"{own}/evidence/{evidence.ref}/paper"
    for browser in (bob, carol):
        answer = browser.get(paper)
        assert answer.get_data().startswith(b"%PDF")
        answer.close()
    assert world.client(world.startup("Ivan")[1]).get(paper).status_code == 404
    assert world.client().get(paper).status_code == 303
    assert bob.post(f"{own}/apply", {"framework": ""}).status_code == 422
    assert bob.post(f"{own}/apply", {"framework": house.agreement.ref}).status_code == 303
    asked = queries.open_application(item.id)
    assert "Waiting for review" in bob.get(own).get_data(as_text=True)
    path = f"/staff/applications/{asked.ref}"
    assert asked.ref in carol.get("/staff/applications").get_data(as_text=True)
    form = {f"{criterion}_met": "yes" for criterion in Criterion} | {"price_met": "no"}
    wrong = carol.post(path, form | {"decision": "return"})
    assert wrong.status_code == 422
    assert 'id="price_words-error"' in wrong.get_data(as_text=True)
    given = form | {"price_words": "請說明成本", "decision": "return"}
    assert carol.post(path, given).status_code == 303
    assert "請說明成本" in bob.get(own).get_data(as_text=True)
    assert bob.post(f"{own}/apply", {"framework": house.agreement.ref}).status_code == 303
    assert carol.post(path, form | {"price_met": "yes", "decision": "approve"}).status_code == 303
    assert queries.item_by_id(item.id).state is ItemState.LISTED


def test_a_change_by_pages_shows_what_differs(world, house):
    item = make.listed(world, house.carol, house.bob, house.startup, house.agreement)
    bob, carol = world.client(house.bob), world.client(house.carol)
    path = f"/supplier/items/{item.ref}/change"
    assert bob.get(path).status_code == 200
    form = make.facts(unit_price=150_000, note="降價").to_json()
    form = {name: value for name, value in form.items() if value not in (None, []) and name != "breaks"}
    assert bob.post(path, form | {"specification_open": "y"}).status_code == 303
    asked = queries.open_application(item.id)
    shown = carol.get(f"/staff/applications/{asked.ref}").get_data(as_text=True)
    assert "NT$150,000" in shown
    assert "降價" in shown
    assert (
        carol.post(f"/staff/applications/{asked.ref}", {"decision": "refuse", "words": "不同意"}).status_code
        == 303
    )
    assert "不同意" in bob.get(f"/supplier/items/{item.ref}").get_data(as_text=True)


def test_a_stale_answer_is_told(world, house):
    item = make.proposed(world, house.bob, house.startup)
    asked = make.applied(world, house.bob, item, house.agreement)
    with pytest.raises(Stale), unit_of_work():
        operations.refuse_application(
            application=asked, words="x", by=house.carol, at=world.now, expected_version=99
        )
