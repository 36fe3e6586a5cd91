"""Requisitions: prepared by the case officer, signed desk by desk, never at a price that nobody signed."""

from datetime import timedelta

import pytest

from matchmaker.foundation import audit
from matchmaker.foundation.db import unit_of_work
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.errors import Invalid, Refused, Stale
from matchmaker.orders import operations
from matchmaker.orders.offers import differences
from matchmaker.orders.policies import buying
from matchmaker.orders.queries import list_requisitions, seats_of
from matchmaker.orders.states import RequisitionState, Verdict
from matchmaker.people import operations as people
from matchmaker.people import queries as people_queries
from matchmaker.people.states import Role, SignOffRole
from tests.factories.orders import add_on, shop

pytestmark = pytest.mark.both_databases


def refusal(excinfo):
    return excinfo.value.denial.code


def problems(excinfo):
    return {name: denial.code for name, denial in excinfo.value.problems.items()}


def test_a_requisition_reads_prices_from_the_version_and_its_breaks(world):
    s = shop(world)
    few = s.requisition()
    assert few.code == "pr-2026-0001"
    assert [(line.quantity, line.unit_price) for line in few.lines] == [(2, 160_000)]
    many = s.requisition(quantities={s.item.ref: 5, s.other.ref: 3}, add_ons=(add_on(quantity=2),))
    assert [(line.quantity, line.unit_price) for line in many.lines] == [
        (5, 150_000),
        (3, 20_000),
        (2, 8_000),
    ]
    assert (many.value, many.add_ons, many.total) == (810_000, 16_000, 826_000)
    assert many.code == "pr-2026-0002"


def test_four_desks_sign_in_order_and_each_only_in_its_turn(world):
    s = shop(world)
    made = s.handed_in()
    assert (made.state, made.desk) == (RequisitionState.SIGNING, SignOffRole.SUPERVISOR)
    for person in (s.ann, s.hal, s.alice, s.ida):
        with pytest.raises(Refused) as no:
            s.do(operations.sign, requisition=made, by=person)
        assert refusal(no) == "orders.not_at_desk"
    for person, desk in ((s.sam, SignOffRole.ACCOUNTANT), (s.ann, SignOffRole.HEAD)):
        s.do(operations.sign, requisition=made, by=person, words="同意。")
        assert s.again(made).desk is desk
    s.do(operations.sign, requisition=made, by=s.hal)
    made = s.again(made)
    assert (made.state, made.desk, made.approved_at) == (RequisitionState.APPROVED, None, s.at)
    assert [(each.desk, each.verdict, each.amount) for each in made.signatures] == [
        (role, Verdict.SIGNED, 320_000) for role in SignOffRole
    ]
    types = [entry.type for entry in audit.history(made.subject)]
    assert types == ["requisition.prepare", *["requisition.sign"] * 4]


def test_a_return_goes_to_the_case_officer_and_the_sign_off_begins_anew(world):
    s = shop(world)
    made = s.handed_in()
    s.do(operations.sign, requisition=made, by=s.sam)
    with pytest.raises(Invalid) as bad:
        s.do(operations.send_back, requisition=made, words="  ", by=s.ann)
    assert problems(bad) == {"words": "orders.words_needed"}
    s.do(operations.send_back, requisition=made, words="預算科目有誤。", by=s.ann)
    made = s.again(made)
    assert (made.state, made.desk, made.round) == (RequisitionState.RETURNED, None, 2)
    s.do(operations.save, requisition=made, facts=s.facts(budget_line="設備費"), by=s.alice)
    s.do(operations.hand_in, requisition=made, by=s.alice)
    assert s.again(made).desk is SignOffRole.SUPERVISOR
    assert [each.round for each in s.again(made).signatures] == [1, 1, 1, 2]


def test_nobody_signs_at_two_desks_of_one_requisition(world):
    s = shop(world)
    with unit_of_work():
        members = {m.user_id: m for m in people_queries.members_of(s.agency.id)}
        people.seat(
            organization=s.agency,
            role=SignOffRole.ACCOUNTANT,
            holder=members[s.ann.user_id],
            deputy=members[s.sam.user_id],
            by=s.alice,
            at=s.at,
        )
    made = s.handed_in()
    s.do(operations.sign, requisition=made, by=s.sam)
    with pytest.raises(Refused) as no:
        s.do(operations.sign, requisition=made, by=s.sam)
    assert refusal(no) == "orders.two_desks"
    # Not even after a return: another round is the same requisition.
    s.do(operations.send_back, requisition=made, words="請補充。", by=s.ann)
    s.do(operations.hand_in, requisition=made, by=s.alice)
    with unit_of_work():
        people.seat(
            organization=s.agency,
            role=SignOffRole.SUPERVISOR,
            holder=members[s.ann.user_id],
            deputy=None,
            by=s.alice,
            at=s.at,
        )
    with pytest.raises(Refused) as no:
        s.do(operations.sign, requisition=made, by=s.ann)
    assert refusal(no) == "orders.two_desks"


def test_a_deputy_signs_as_deputy(world):
    s = shop(world)
    with unit_of_work():
        members = {m.user_id: m for m in people_queries.members_of(s.agency.id)}
        people.seat(
            organization=s.agency,
            role=SignOffRole.SUPERVISOR,
            holder=members[s.sam.user_id],
            deputy=members[s.ida.user_id],
            by=s.alice,
            at=s.at,
        )
    made = s.handed_in()
    s.do(operations.sign, requisition=made, by=s.ida)
    assert [each.as_deputy for each in s.again(made).signatures] == [False, True]


def test_only_who_sits_at_the_case_officers_desk_prepares(world):
    s = shop(world)
    for person, code in ((s.sam, "orders.not_case_officer"), (s.bob, "orders.not_agency")):
        with pytest.raises(Refused) as no:
            s.do(operations.prepare, agency=s.agency, item=s.item, facts=s.facts(), by=person)
        assert refusal(no) == code
    agency, owner = world.agency("Judy")
    made = s.do(operations.prepare, agency=agency, item=s.item, facts=s.facts(), by=owner)
    with pytest.raises(Refused) as no:
        s.do(operations.hand_in, requisition=made, by=owner)
    assert refusal(no) == "orders.desks_empty"


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("wanted_on", "orders.needs_day"),
        ("place", "orders.needs_place"),
        ("budget_line", "orders.needs_budget"),
        ("why", "orders.needs_why"),
    ],
)
def test_what_is_missing_is_asked_for_before_the_first_signature(world, field, code):
    s = shop(world)
    made = s.requisition(**{field: None if field == "wanted_on" else ""})
    with pytest.raises(Refused) as no:
        s.do(operations.hand_in, requisition=made, by=s.alice)
    assert refusal(no) == code


def test_input_that_cannot_be_is_refused_with_every_problem_at_once(world):
    s = shop(world)
    with pytest.raises(Invalid) as bad:
        s.requisition(title="", quantities={s.item.ref: 0}, add_ons=(add_on(unit_price=0),))
    assert problems(bad) == {
        "title": "orders.needs_title",
        f"quantity-{s.item.ref}": "orders.quantity_range",
        "add_ons": "orders.price_range",
    }
    with pytest.raises(Invalid) as bad:
        s.requisition(quantities={})
    assert problems(bad) == {"quantities": "orders.needs_item"}
    with pytest.raises(Invalid) as bad:
        s.requisition(quantities={"nosuchitem": 1})
    assert problems(bad) == {"quantity-nosuchitem": "orders.unknown_item"}
    passed = s.requisition(wanted_on=local_day(s.at) - timedelta(days=1))
    with pytest.raises(Refused) as no:
        s.do(operations.hand_in, requisition=passed, by=s.alice)
    assert refusal(no) == "orders.day_passed"


def test_a_changed_price_must_be_taken_over_before_anybody_signs_on(world):
    s = shop(world)
    made = s.handed_in()
    s.reprice(170_000)
    made = s.again(made)
    (changed,) = differences(made)
    assert (changed.line.unit_price, changed.price, changed.is_dearer) == (160_000, 170_000, True)
    with pytest.raises(Refused) as no:
        s.do(operations.sign, requisition=made, by=s.sam)
    assert refusal(no) == "orders.changed"
    s.do(operations.take_over, requisition=made, by=s.alice)
    made = s.again(made)
    assert (made.state, made.round, made.total) == (RequisitionState.DRAFT, 2, 340_000)
    assert differences(made) == []
    s.do(operations.hand_in, requisition=made, by=s.alice)
    s.do(operations.sign, requisition=made, by=s.sam)
    assert s.again(made).signatures[-1].amount == 340_000


def test_a_price_that_changes_after_the_approval_stops_the_order(world):
    s = shop(world)
    made = s.approved()
    s.reprice(150_000)
    with pytest.raises(Refused) as no:
        s.place(s.again(made))
    assert refusal(no) == "orders.changed"
    s.do(operations.take_over, requisition=made, by=s.alice)
    assert s.again(made).state is RequisitionState.DRAFT
    with pytest.raises(Refused) as no:
        s.do(operations.take_over, requisition=made, by=s.alice)
    assert refusal(no) == "orders.unchanged"


def test_a_stale_form_is_told_so(world):
    s = shop(world)
    made = s.requisition()
    seen = made.version
    s.do(operations.save, requisition=made, facts=s.facts(title="新的名稱"), by=s.alice)
    with pytest.raises(Stale):
        s.do(operations.save, requisition=made, facts=s.facts(), by=s.alice, expected_version=seen)


def test_dropping_needs_a_reason_and_ends_the_requisition(world):
    s = shop(world)
    made = s.handed_in()
    with pytest.raises(Invalid):
        s.do(operations.drop, requisition=made, reason="", by=s.alice)
    s.do(operations.drop, requisition=made, reason="需求取消。", by=s.alice)
    made = s.again(made)
    assert (made.state, made.desk, made.end_note) == (RequisitionState.DROPPED, None, "需求取消。")
    for verb in (operations.hand_in, operations.take_over):
        with pytest.raises(Refused):
            s.do(verb, requisition=made, by=s.alice)


def test_the_list_knows_what_waits_for_whom(world):
    s = shop(world)
    draft, signing = s.requisition(), s.handed_in()
    seats = seats_of(s.agency.id)

    def waiting(person):
        found = list_requisitions(person, seats, mine=True)
        assert found.total == len(found.rows)
        return [row.requisition.code for row in found.rows]

    assert waiting(s.alice) == [draft.code]
    assert waiting(s.sam) == [signing.code]
    assert waiting(s.hal) == []
    everything = list_requisitions(s.ida, seats)
    assert [(row.requisition.code, row.total) for row in everything.rows] == [
        (signing.code, 320_000),
        (draft.code, 320_000),
    ]
    assert list_requisitions(s.ida, seats, words="pr-2026-0001").total == 1
    assert list_requisitions(s.ida, seats, words="沒有這個").total == 0
    stranger = world.member(world.agency("Judy")[0], "Olga", Role.EDITOR)
    assert list_requisitions(stranger, seats_of(stranger.organization_id)).total == 0
    assert not buying.can_see(stranger, draft)
