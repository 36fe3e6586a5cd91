"""What a case asks for next, of whom, and how its page tells the reader whose turn it is."""

from datetime import date

from matchmaker.people.states import Role
from matchmaker.subsidies import operations as do
from matchmaker.subsidies import tasks
from matchmaker.subsidies.facts import ReservationFacts
from matchmaker.subsidies.states import ClaimKind
from matchmaker.subsidies.tasks import Task
from tests.factories import subsidies as make


def text(answer):
    return answer.get_data(as_text=True)


def asked(made):
    """The tasks with their sides, as the case is stored now."""
    return [(each.task, each.side) for each in tasks.of_case(made.fresh(), made.today)]


def test_an_application_asks_one_side_after_the_other(world):
    made = make.drafted(world)
    assert asked(made) == [(Task.WRITE, "agency")]
    made.submit()
    assert asked(made) == [(Task.CHECK, "staff")]
    made.do(do.ask_cure, letter=made.letter(), due_on=date(2024, 3, 1), note="缺預算說明。", by=made.carol)
    assert asked(made) == [(Task.CURE, "agency")]
    assert tasks.of_case(made.case, made.today)[0].due.on == date(2024, 3, 1)
    made.do(do.cure, letter=made.letter(), by=made.alice)
    made.complete()
    assert asked(made) == [(Task.REVIEW, "staff")]
    made.on(date(2024, 3, 8))
    made.rank()
    assert asked(made) == [(Task.APPROVE, "staff")]


def test_from_the_order_to_the_payment(world):
    made = make.approved(world)
    assert asked(made) == [(Task.ORDER, "agency"), (Task.BUDGET, "agency")]
    assert tasks.of_case(made.case, made.today)[0].due.on == date(2024, 5, 15)
    made.order()
    made.budget()
    assert asked(made) == [(Task.DAYS, "agency")]
    made.on(date(2024, 5, 15))
    made.progress(accepted_on=made.today)
    assert asked(made) == [(Task.CLAIM, "agency")]
    made.claim(ClaimKind.SAME_YEAR, 680_000)
    assert asked(made) == [(Task.CHECK_CLAIM, "staff")]
    made.do(do.return_claim, letter=made.letter(body="領據未用印。"), by=made.carol)
    assert asked(made) == [(Task.MEND_CLAIM, "agency")]
    claim = made.case.claims[0]
    made.do(
        do.mend_claim,
        cost=claim.cost,
        letter=made.letter(),
        papers=[make.paper("other")],
        by=made.alice,
    )
    made.check()
    assert asked(made) == [(Task.PAY, "staff")]
    made.pay()
    assert asked(made) == [(Task.CLOSE, "staff")]


def test_a_form_is_filled_signed_and_decided(world):
    made = make.running(world)
    made.do(do.save_change, facts=made.change_facts(), papers=[make.paper("changed_plan")], by=made.alice)
    assert asked(made) == [(Task.FILL_CHANGE, "agency")]
    made.do(do.ask_signatures, by=made.alice)
    assert asked(made) == [(Task.SIGN, "agency")]
    made.do(do.withdraw_request, by=made.alice)
    made.do(do.save_change, facts=made.change_facts(), papers=[make.paper("changed_plan")], by=made.alice)
    made.sign_all()
    assert asked(made) == [(Task.DECIDE_CHANGE, "staff")]


def test_a_notice_is_mended_or_judged_and_a_reservation_waits(world):
    made = make.half_paid(world)
    made.do(do.notify, defects="未啟用。", due_on=date(2024, 10, 31), letter=made.letter(), by=made.carol)
    facts = ReservationFacts(amount=300_000, reason="跨年度。")
    made.do(do.reserve, facts=facts, letter=made.letter(), by=made.alice)
    assert (Task.IMPROVE, "agency") in asked(made)
    assert (Task.YUAN, "staff") in asked(made)
    made.on(date(2024, 11, 1))
    assert (Task.JUDGE, "staff") in asked(made)
    assert (Task.IMPROVE, "agency") not in asked(made)


def test_the_page_says_whose_turn_it_is(world):
    made = make.submitted(world)
    reader = world.member(made.agency, "Rita", Role.READER)
    for person, turn in (
        (made.carol, "Waiting for you"),
        (made.alice, "Waiting for the programme office"),
        (reader, "Waiting for the programme office"),
    ):
        page = text(world.client(person).get(f"/subsidies/{made.case.ref}"))
        assert turn in page
        assert page.count("Waiting for") == 1
    made.complete()
    made.on(date(2024, 3, 8))
    made.rank()
    made.on(date(2024, 3, 15))
    made.approve()
    assert "Waiting for a colleague" in text(world.client(reader).get(f"/subsidies/{made.case.ref}"))
    page = world.client(made.alice).get(f"/subsidies/{made.case.ref}").get_data(as_text=True)
    assert page.index("Waiting for you") < page.index('class="folds"')
    assert f"/subsidies/{made.case.ref}/acts/order" in page[: page.index('class="folds"')]


def test_the_list_says_what_each_case_waits_for(world):
    made = make.approved(world)
    for person in (made.alice, made.carol):
        page = text(world.client(person).get("/subsidies"))
        assert "Order the items and link the order" in page
        assert "15 May 2024" in page
        assert "Waiting for the agency" in page


def test_a_payment_that_waits_for_the_carry_over_says_so(world):
    made = make.half_paid(world)
    made.on(date(2025, 2, 3))
    made.progress(plan_closed_on=made.today)
    made.claim(ClaimKind.FINAL, 680_000)
    made.check()
    page = text(world.client(made.carol).get(f"/subsidies/{made.case.ref}"))
    assert "Something comes first" in page
    assert "carried over" in page


def test_only_what_matters_now_stands_open(world):
    made = make.running(world)
    made.claim(ClaimKind.SAME_YEAR, 680_000)
    page = world.client(made.carol).get(f"/subsidies/{made.case.ref}").get_data(as_text=True)
    opened = [
        part.split('id="')[1].split('"')[0] for part in page.split('<details class="fold-part" open>')[1:]
    ]
    assert opened == ["claims"]
