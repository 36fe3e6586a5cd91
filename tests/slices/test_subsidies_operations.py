"""From the application to the repayment: what the verbs do, refuse and write."""

from dataclasses import replace
from datetime import date

import pytest

from matchmaker.catalog import operations as catalog_operations
from matchmaker.catalog.queries import item_by_id
from matchmaker.foundation import audit
from matchmaker.foundation.db import db, unit_of_work
from matchmaker.kernel.errors import Invalid, NotFound, Refused
from matchmaker.people.states import AgencyKind, SignOffRole
from matchmaker.rulebook import reference
from matchmaker.subsidies import dues, policies, queries, stored
from matchmaker.subsidies import operations as do
from matchmaker.subsidies.facts import (
    BudgetFacts,
    ClaimFacts,
    CutFacts,
    ExtensionFacts,
    InspectionFacts,
    LetterFacts,
    LineFacts,
    OrderFacts,
    PaymentFacts,
    PlanFacts,
    ReservationFacts,
    RevocationFacts,
    RightBox,
    WorkItem,
    YuanFacts,
)
from matchmaker.subsidies.ledger import account_of
from matchmaker.subsidies.models import CaseLetter, LedgerEntry, LedgerStands
from matchmaker.subsidies.states import (
    BudgetState,
    CaseState,
    ClaimKind,
    ClaimState,
    CutMethod,
    EndKind,
    LetterKind,
    Matter,
    RequestState,
    Scale,
    YuanState,
)
from tests.factories import subsidies as make


def refusal(excinfo):
    return excinfo.value.denial.code


def problems(excinfo):
    return {name: denial.code for name, denial in excinfo.value.problems.items()}


# --- application ---


@pytest.mark.both_databases
def test_an_application_is_counted_and_numbered_when_it_is_submitted(world):
    cast = make.submitted(world)
    case = cast.case
    assert (case.state, case.code) == (CaseState.CHECKING, "sc-2024-0001")
    assert (case.eligible, case.ineligible, case.ceiling) == (680_000, 0, 612_000)
    assert case.scheme == "mature-2019@1"
    assert [letter.kind for letter in case.letters] == [LetterKind.APPLICATION]
    assert case.round.demonstration


def test_only_county_and_city_governments_apply(world):
    """R-009: a central agency, a school, a council and a state-owned enterprise order without this subsidy."""
    cast = make.drafted(world)
    county = cast.agency.county_id
    for kind in AgencyKind:
        _agency, judy = world.agency("Judy", agency_kind=kind, county_id=county)
        if kind is AgencyKind.LOCAL:
            with unit_of_work():
                assert do.begin(round_=cast.round, title_zh="測試", by=judy, at=world.now)
            continue
        with pytest.raises(Refused) as no, unit_of_work():
            do.begin(round_=cast.round, title_zh="測試", by=judy, at=world.now)
        assert refusal(no) == "subsidies.not_local"


def test_an_item_that_is_not_listed_cannot_be_in_an_application(world):
    """R-032, R-050: neither chosen, nor kept until the submission."""
    cast = make.drafted(world)
    with pytest.raises(Invalid) as no, unit_of_work():
        do.save_lines(
            case=cast.case, lines=[LineFacts(item="nonsense", quantity=1)], by=cast.alice, at=world.now
        )
    assert problems(no) == {"lines": "subsidies.item_unknown"}
    with unit_of_work():
        item = item_by_id(cast.fresh().lines[0].item_id)
        catalog_operations.suspend(item=item, reason="缺料", by=cast.carol, at=world.now)
    with pytest.raises(Refused) as no:
        cast.submit()
    assert refusal(no) == "subsidies.not_listed"


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("bureau", "subsidies.no_bureau"),
        ("contact_phone", "subsidies.no_contact"),
        ("purpose", "subsidies.no_purpose"),
        ("sustainment", "subsidies.no_sustainment"),
    ],
)
def test_a_plan_with_a_gap_is_not_taken(world, field, code):
    """R-060, R-061: the plan says how operation goes on after the purchase."""
    cast = make.drafted(world, plan={field: ""})
    with pytest.raises(Refused) as no:
        cast.submit()
    assert refusal(no) == code


def test_no_more_than_the_ceiling_is_asked_for(world):
    cast = make.drafted(world, plan={"requested": 612_001})
    with pytest.raises(Refused) as no:
        cast.submit()
    assert refusal(no) == "subsidies.over_ceiling"


def test_the_rate_is_that_of_the_governments_tier(world):
    """R-054, R-057: tier 1 at most 75 %, so Taipei bears a quarter."""
    cast = make.submitted(world, code="TW-TPE", plan={"requested": 510_000})
    assert (cast.case.ceiling, cast.case.eligible - cast.case.ceiling) == (510_000, 170_000)


def test_a_closed_round_takes_nothing(world):
    cast = make.drafted(world, round={"closes_on": date(2024, 2, 20)})
    cast.on(date(2024, 2, 21))
    with pytest.raises(Refused) as no:
        cast.submit()
    assert refusal(no) == "subsidies.round_closed"


def test_missing_papers_are_cured_and_counted_anew(world):
    cast = make.submitted(world)
    with pytest.raises(Invalid) as no:
        cast.do(do.ask_cure, letter=cast.letter(), due_on=date(2024, 2, 19), note="缺章", by=cast.carol)
    assert problems(no) == {"due_on": "subsidies.cure_day"}
    cast.do(do.ask_cure, letter=cast.letter(), due_on=date(2024, 3, 1), note="缺章", by=cast.carol)
    assert (cast.case.state, cast.case.cure_due_on) == (CaseState.CURE, date(2024, 3, 1))
    cast.do(do.save_lines, lines=[LineFacts(item=cast.item, quantity=3)], by=cast.alice)
    cast.do(do.cure, letter=cast.letter(), by=cast.alice)
    assert (cast.case.state, cast.case.eligible) == (CaseState.CHECKING, 1_020_000)


def test_what_was_handed_in_stays(world):
    cast = make.submitted(world)
    cast.do(do.ask_cure, letter=cast.letter(), due_on=date(2024, 3, 1), note="缺章", by=cast.carol)
    with pytest.raises(Refused) as no:
        cast.do(do.remove_paper, paper=cast.case.papers[0].ref, by=cast.alice)
    assert refusal(no) == "subsidies.paper_fixed"
    with pytest.raises(Refused) as no:
        cast.do(do.submit, letter=cast.letter(), by=cast.alice)
    assert refusal(no) == "subsidies.wrong_state"


def test_an_adverse_decision_records_hearing_and_remedy(world):
    """B-7: no decision against the agency without how it was heard and where it can object."""
    cast = make.submitted(world)
    with pytest.raises(Invalid) as no:
        cast.do(do.decline, letter=cast.letter(), by=cast.carol)
    assert problems(no) == {"hearing": "subsidies.hearing_needed", "remedy": "subsidies.remedy_needed"}
    cast.do(do.decline, letter=cast.adverse(), by=cast.carol)
    letter = cast.case.letters[-1]
    assert (cast.case.state, letter.kind) == (CaseState.DECLINED, LetterKind.DECLINE)
    assert letter.hearing
    assert letter.remedy


# --- review and approval ---


def test_nothing_is_approved_without_a_concluded_meeting(world):
    """R-013, R-058."""
    cast = make.submitted(world)
    cast.complete()
    with pytest.raises(Refused) as no:
        cast.approve()
    assert refusal(no) == "subsidies.not_reviewed"
    cast.rank(recommended=False)
    with pytest.raises(Refused) as no:
        cast.approve()
    assert refusal(no) == "subsidies.not_recommended"


@pytest.mark.parametrize("adjustment", ["budget", "plan_content", "items_procured", "review_resolution"])
def test_an_adjusted_amount_names_one_of_the_four_reasons(world, adjustment):
    """R-056."""
    cast = make.approved(world, amount=500_000, adjustment=adjustment)
    approval = cast.case.approval
    assert (approval.subsidy, approval.limit_code, approval.adjustment) == (
        500_000,
        "review_amount",
        adjustment,
    )


def test_an_adjusted_amount_without_a_reason_is_refused(world):
    cast = make.submitted(world)
    cast.complete()
    for reason in ("", "weather"):
        with pytest.raises(Invalid) as no:
            cast.rank(500_000, reason)
        assert problems(no) == {"ranking": "subsidies.adjustment_reason"}


@pytest.mark.both_databases
def test_the_approval_letter_carries_the_clause_word_for_word(world):
    """R-059, R-087, R-088: the clause of point 11 is the collateral clause of the approval."""
    cast = make.approved(world)
    letter = cast.case.letters[-1]
    assert letter.kind is LetterKind.APPROVAL
    assert letter.clause.splitlines() == [
        "補助計畫有下列情形之一者，本處得撤銷或廢止補助，停止撥付全部或部分補助款，並得追回全部或部分已撥付之補助款：",
        "（一）計畫及經費執行進度落後、績效成果不彰或計畫執行不良，未於通知期限內改善。",
        "（二）經本處就經費執行情形進行書面或實地查核，發現有未覈實辦理之情形。",
        "（三）違反本要點規定或其他相關法令。",
    ]
    approval = cast.case.approval
    assert (approval.total, approval.subsidy, approval.own_share) == (680_000, 600_000, 80_000)
    assert (approval.ceiling, approval.cap, approval.limit_code) == (612_000, 4_000_000, "requested")
    assert account_of(cast.case).approved == 600_000


def test_the_budget_of_the_round_is_never_exceeded(world):
    """R-056 (budget), C3: the last case gets what is left, the next nothing."""
    cast = make.reviewed(world, round={"budget": 250_000})
    cast.on(date(2024, 3, 15))
    cast.approve()
    approval = cast.case.approval
    assert (approval.subsidy, approval.limit_code, approval.adjustment) == (250_000, "budget_left", "budget")
    assert queries.budget_left(cast.round) == 0


def test_the_cap_holds_per_case(world):
    """R-055, Q-12: at most four million a case."""
    cast = make.drafted(world, plan={"requested": 4_000_000})
    cast.do(do.save_lines, lines=[LineFacts(item=cast.item, quantity=20)], by=cast.alice)
    cast.submit()
    assert (cast.case.eligible, cast.case.ceiling) == (6_800_000, 4_000_000)


def test_every_stored_worksheet_recomputes_identically(world):
    cast = make.approved(world)
    sheets = cast.case.worksheets
    assert set(sheets) == {"eligible", "ceiling", "approval_ceiling", "approved"}
    for sheet in sheets.values():
        assert stored.again(sheet) == sheet["worksheet"]


# --- order and budget ---


def test_an_order_in_time_and_a_late_one(world):
    """R-083, Q-15: approved on 15 March, ordered until 15 May; later is flagged, not refused."""
    cast = make.approved(world)
    cast.on(date(2024, 5, 15))
    cast.order()
    assert cast.case.orders[0].flags == []
    cast.on(date(2024, 5, 16))
    cast.order()
    assert cast.case.orders[1].flags == ["late"]


def test_an_order_before_the_approval_is_refused(world):
    cast = make.approved(world)
    with pytest.raises(Invalid) as no:
        cast.order(ordered_on=date(2024, 3, 14))
    assert problems(no) == {"ordered_on": "subsidies.before_approval"}


def test_an_extension_moves_the_deadline_only_with_consent(world):
    """R-084, Q-16."""
    cast = make.approved(world)
    ask = ExtensionFacts(matter=Matter.PROCURE, until=date(2024, 6, 30), reason="議會延會")
    cast.do(do.ask_extension, facts=ask, letter=cast.letter(), by=cast.alice)
    from matchmaker.subsidies import dues

    assert dues.procure_due(cast.case) == date(2024, 5, 15)
    with pytest.raises(Invalid) as no:
        cast.do(do.decide_extension, granted_until=None, letter=cast.letter(), by=cast.carol)
    assert problems(no) == {"hearing": "subsidies.hearing_needed", "remedy": "subsidies.remedy_needed"}
    cast.do(do.decide_extension, granted_until=date(2024, 6, 15), letter=cast.letter(), by=cast.carol)
    assert dues.procure_due(cast.case) == date(2024, 6, 15)
    cast.on(date(2024, 6, 15))
    cast.order()
    assert cast.case.orders[0].flags == []
    cast.do(do.ask_extension, facts=ask, letter=cast.letter(), by=cast.alice)
    assert len(cast.case.extensions) == 2


@pytest.mark.parametrize("state", [BudgetState.ANNUAL, BudgetState.SUPPLEMENTARY, BudgetState.OTHER_RULE])
def test_the_subsidy_gets_into_the_budget_in_one_of_three_ways(world, state):
    """R-071."""
    cast = make.approved(world)
    cast.do(
        do.set_budget, facts=BudgetFacts(state=state, with_matching=True, note="依執行要點"), by=cast.alice
    )
    assert cast.case.budget_state is state


# --- claims ---


@pytest.mark.both_databases
def test_a_plan_within_one_year_is_paid_at_once(world):
    """R-065, C4: settled in full, paid in full, settled and closed."""
    cast = make.paid(world)
    assert cast.case.state is CaseState.SETTLED
    account = account_of(cast.case)
    assert (account.paid, account.held, account.payable) == (600_000, 600_000, 0)
    assert cast.case.letters[-1].kind is LetterKind.PAYMENT
    cast.do(do.close, by=cast.carol)
    assert cast.case.state is CaseState.CLOSED
    assert stored.again(cast.case.claims[0].worksheet) == cast.case.claims[0].worksheet["worksheet"]


def test_a_claim_needs_its_four_papers(world):
    """R-067."""
    cast = make.running(world)
    for gone in ("settlement_certificate", "receipt", "expenditure_statement", "budget_proof"):
        papers = [p for p in cast.papers_for(ClaimKind.SAME_YEAR) if p.kind != gone]
        with pytest.raises(Invalid) as no:
            cast.do(
                do.hand_in_claim,
                facts=ClaimFacts(kind=ClaimKind.SAME_YEAR, cost=680_000),
                letter=cast.letter(),
                papers=papers,
                by=cast.alice,
            )
        assert problems(no) == {"papers": "subsidies.papers_missing"}


def test_a_claim_after_its_deadline_is_flagged(world):
    """R-066, R-084: accepted on 15 May, due on Monday 17 June."""
    cast = make.running(world)
    cast.on(date(2024, 6, 18))
    cast.claim(ClaimKind.SAME_YEAR, 680_000)
    assert cast.case.claims[0].late


def test_a_claim_is_returned_and_mended(world):
    cast = make.running(world)
    cast.claim(ClaimKind.SAME_YEAR, 680_000)
    cast.do(do.return_claim, letter=cast.letter(body="領據未簽章"), by=cast.carol)
    assert cast.case.claims[0].state is ClaimState.RETURNED
    cast.do(do.mend_claim, cost=600_000, letter=cast.letter(), papers=[], by=cast.alice)
    cast.check()
    assert cast.case.claims[0].payable == 529_411
    cast.pay()
    assert account_of(cast.case).paid == 529_411


@pytest.mark.both_databases
def test_a_plan_across_years_is_paid_in_two_instalments(world):
    """R-068 to R-072, C4, C9: the second year's money waits for the Executive Yuan."""
    cast = make.half_paid(world)
    assert account_of(cast.case).paid == 300_000
    cast.on(date(2024, 12, 20))
    facts = ReservationFacts(amount=300_000, reason="計畫跨年度")
    cast.do(do.reserve, facts=facts, letter=cast.letter(), by=cast.alice)
    cast.on(date(2025, 2, 3))
    cast.progress(plan_closed_on=date(2025, 2, 3))
    cast.claim(ClaimKind.FINAL, 680_000)
    cast.check()
    with pytest.raises(Refused) as no:
        cast.pay()
    assert refusal(no) == "subsidies.not_carried"
    yuan = YuanFacts(state=YuanState.APPROVED, decided_on=date(2025, 2, 3), amount=200_000)
    cast.do(do.decide_reservation, facts=yuan, letter=cast.adverse(), by=cast.carol)
    with pytest.raises(Refused) as no:
        cast.pay()
    assert refusal(no) == "subsidies.more_than_carried"


def test_a_whole_carry_over_pays_the_final_instalment(world):
    cast = make.half_paid(world)
    cast.on(date(2024, 12, 20))
    facts = ReservationFacts(amount=300_000, reason="計畫跨年度")
    cast.do(do.reserve, facts=facts, letter=cast.letter(), by=cast.alice)
    cast.on(date(2025, 2, 3))
    yuan = YuanFacts(state=YuanState.APPROVED, decided_on=date(2025, 2, 3))
    cast.do(do.decide_reservation, facts=yuan, letter=cast.adverse(), by=cast.carol)
    cast.progress(plan_closed_on=date(2025, 2, 3))
    cast.claim(ClaimKind.FINAL, 680_000)
    cast.check()
    cast.pay()
    assert (cast.case.state, account_of(cast.case).paid) == (CaseState.SETTLED, 600_000)
    row = cast.case.reservations[0]
    assert stored.again(row.worksheet) == row.worksheet["worksheet"]


def test_a_refused_carry_over_pays_nothing(world):
    """R-072: not approved, not paid."""
    cast = make.half_paid(world)
    cast.on(date(2024, 12, 20))
    facts = ReservationFacts(amount=300_000, reason="計畫跨年度")
    cast.do(do.reserve, facts=facts, letter=cast.letter(), by=cast.alice)
    cast.on(date(2025, 2, 3))
    yuan = YuanFacts(state=YuanState.REFUSED, decided_on=date(2025, 2, 3))
    cast.do(do.decide_reservation, facts=yuan, letter=cast.adverse(), by=cast.carol)
    assert policies.carried_left(cast.case) == 0


def test_a_plan_across_years_needs_matching_funds_in_the_budget(world):
    """Q-05, R-069."""
    cast = make.crossing(world)
    cast.budget(with_matching=False)
    with pytest.raises(Refused) as no:
        cast.claim(ClaimKind.FIRST, 340_000)
    assert refusal(no) == "subsidies.no_matching"


def test_a_legislative_cut_in_proportion_and_by_negotiation(world):
    """R-073, C10."""
    cast = make.approved(world)
    facts = CutFacts(year=2024, method=CutMethod.PRO_RATA, share="0.1")
    cast.do(do.hand_on_cut, facts=facts, letter=cast.adverse(), by=cast.carol)
    assert account_of(cast.case).limit == 540_000
    facts = CutFacts(year=2024, method=CutMethod.NEGOTIATED, amount=500_000, reason="經協商")
    cast.do(do.hand_on_cut, facts=facts, letter=cast.adverse(), by=cast.carol)
    assert account_of(cast.case).limit == 500_000
    for row in cast.case.cuts:
        assert stored.again(row.worksheet) == row.worksheet["worksheet"]
    facts = CutFacts(year=2024, method=CutMethod.NEGOTIATED, amount=600_000, reason="經協商")
    with pytest.raises(Invalid):
        cast.do(do.hand_on_cut, facts=facts, letter=cast.adverse(), by=cast.carol)


# --- change and termination ---


@pytest.mark.both_databases
def test_a_decrease_after_payment_is_signed_approved_and_returned(world):
    """R-015, R-076, R-078, C6, C7: half the plan goes; half the subsidy with its interest goes back."""
    cast = make.half_paid(world, cost=680_000)
    cast.do(do.save_change, facts=cast.change_facts(declared_interest=600), by=cast.alice)
    with pytest.raises(Invalid) as no:
        cast.sign_all()
    assert problems(no) == {"papers": "subsidies.request_papers"}
    cast.do(
        do.save_change,
        facts=cast.change_facts(declared_interest=600),
        papers=[make.paper("changed_plan")],
        by=cast.alice,
    )
    cast.sign_all()
    change = cast.case.changes[0]
    assert change.state is RequestState.HANDED_IN
    assert [signature.role for signature in change.signatures] == list(SignOffRole)
    cast.do(do.approve_change, letter=cast.letter(), by=cast.carol)
    account = account_of(cast.case)
    assert (account.limit, account.owed) == (300_000, 300_000)
    repayment = cast.case.repayments[0]
    assert (repayment.amount, repayment.interest) == (300_000, 300)
    cast.do(do.send_repayment, due_on=date(2024, 11, 1), interest=None, letter=cast.adverse(), by=cast.carol)
    payment = PaymentFacts(on=cast.today, reference="R-1")
    cast.do(do.record_return, amount=300_000, interest=300, payment=payment, by=cast.carol)
    account = account_of(cast.case)
    assert (account.held, account.owed, account.owed_interest) == (300_000, 0, 0)
    sheet = cast.case.changes[0].worksheet
    assert stored.again(sheet) == sheet["worksheet"]


def test_an_increase_is_borne_by_the_agency(world):
    """R-077, field 5.11."""
    cast = make.running(world)
    cast.do(
        do.save_change,
        facts=cast.change_facts(cost_after=1_000_000),
        papers=[make.paper("changed_plan")],
        by=cast.alice,
    )
    change = cast.case.changes[0]
    assert (change.subsidy_after, change.own_after) == (600_000, 400_000)
    cast.sign_all()
    cast.do(do.approve_change, letter=cast.letter(), by=cast.carol)
    account = account_of(cast.case)
    assert (account.limit, account.owed) == (600_000, 0)
    assert cast.case.repayments == []


@pytest.mark.parametrize("name", ["contact_name", "subjects", "reason", "content", "benefits"])
def test_annex_5_is_not_taken_with_an_empty_field(world, name):
    """Fields 5.4, 5.6, 5.7, 5.8, 5.9."""
    cast = make.running(world)
    with pytest.raises(Invalid) as no:
        cast.do(do.save_change, facts=cast.change_facts(**{name: " "}), by=cast.alice)
    assert problems(no) == {name: "subsidies.field_needed"}


def test_annex_5_needs_a_figure_and_a_row_of_differences(world):
    """Fields 5.5, 5.9, 5.15."""
    cast = make.running(world)
    facts = cast.change_facts(metrics=[], differences=[], ends_on=date(2024, 1, 1))
    with pytest.raises(Invalid) as no:
        cast.do(do.save_change, facts=facts, by=cast.alice)
    assert problems(no) == {
        "ends_on": "subsidies.period_ends_first",
        "metrics": "subsidies.metric_needed",
        "differences": "subsidies.difference_needed",
    }


def test_force_majeure_needs_its_proof(world):
    """R-082, fields 5.16 and 6.12."""
    cast = make.running(world)
    facts = cast.change_facts(force_majeure="地震")
    cast.do(do.save_change, facts=facts, papers=[make.paper("changed_plan")], by=cast.alice)
    with pytest.raises(Invalid) as no:
        cast.do(do.ask_signatures, by=cast.alice)
    assert problems(no) == {"papers": "subsidies.request_papers"}
    cast.do(do.save_change, facts=facts, papers=[make.paper("force_majeure_proof")], by=cast.alice)
    cast.do(do.ask_signatures, by=cast.alice)
    assert cast.case.changes[0].state is RequestState.SIGNING


def test_the_four_sign_in_the_order_of_the_form(world):
    """R-015, fields 5.17 and 6.14: nobody signs before their turn, and a return starts anew."""
    cast = make.running(world)
    cast.do(do.save_change, facts=cast.change_facts(), papers=[make.paper("changed_plan")], by=cast.alice)
    cast.do(do.ask_signatures, by=cast.alice)
    with pytest.raises(Refused) as no:
        cast.do(do.sign, by=cast.desks[SignOffRole.HEAD])
    assert refusal(no) == "subsidies.not_your_desk"
    cast.do(do.sign, by=cast.desks[SignOffRole.CASE_OFFICER])
    cast.do(do.return_form, comment="請補說明", by=cast.desks[SignOffRole.SUPERVISOR])
    change = cast.case.changes[0]
    assert (change.state, change.signatures, change.note) == (RequestState.DRAFT, [], "請補說明")


def test_one_request_at_a_time_and_no_claim_beside_it(world):
    cast = make.running(world)
    cast.do(do.save_change, facts=cast.change_facts(), by=cast.alice)
    with pytest.raises(Refused) as no:
        cast.do(do.save_termination, facts=cast.termination_facts(), by=cast.alice)
    assert refusal(no) == "subsidies.request_open"
    with pytest.raises(Refused) as no:
        cast.claim(ClaimKind.SAME_YEAR, 680_000)
    assert refusal(no) == "subsidies.request_open"
    cast.do(do.withdraw_request, by=cast.alice)
    cast.claim(ClaimKind.SAME_YEAR, 680_000)


@pytest.mark.both_databases
def test_a_termination_by_force_majeure_keeps_the_executed_part(world):
    """R-079, R-080, C8, Q-14: half is done; of 600,000 received 300,000 go back."""
    cast = make.half_paid(world, cost=680_000)
    facts = cast.termination_facts(force_majeure="地震", left_interest=900)
    papers = [make.paper("approved_plan"), make.paper("force_majeure_proof")]
    cast.do(do.save_termination, facts=facts, papers=papers, by=cast.alice)
    cast.sign_all()
    box = RightBox(subsidy=300_000, interest=450)
    cast.do(do.approve_termination, box=box, letter=cast.adverse(), by=cast.carol)
    assert cast.case.state is CaseState.TERMINATED
    account = account_of(cast.case)
    assert (account.limit, account.owed) == (300_000, 300_000)
    row = cast.case.terminations[0]
    assert (row.left_subsidy, row.right_subsidy, row.right_interest) == (600_000, 300_000, 450)
    refund = next(line for line in row.worksheet["worksheet"] if line["rule"] == "C8.refund")
    assert refund["amount"] == 300_000
    assert stored.again(row.worksheet) == row.worksheet["worksheet"]
    with pytest.raises(Refused) as no:
        cast.do(do.close, by=cast.carol)
    assert refusal(no) == "subsidies.repayment_unsent"
    cast.do(do.send_repayment, due_on=date(2024, 11, 1), interest=None, letter=cast.adverse(), by=cast.carol)
    with pytest.raises(Refused) as no:
        cast.do(do.close, by=cast.carol)
    assert refusal(no) == "subsidies.still_owed"
    payment = PaymentFacts(on=cast.today, reference="R-1")
    cast.do(do.record_return, amount=300_000, interest=450, payment=payment, by=cast.carol)
    cast.do(do.close, by=cast.carol)
    assert cast.case.state is CaseState.CLOSED


def test_a_termination_for_another_cause_returns_everything(world):
    """R-081, C8."""
    cast = make.half_paid(world)
    cast.do(
        do.save_termination,
        facts=cast.termination_facts(left_interest=100),
        papers=[make.paper("approved_plan")],
        by=cast.alice,
    )
    cast.sign_all()
    from matchmaker.subsidies.operations.requests import preview_termination

    counted = preview_termination(cast.case, cast.case.terminations[0], world.now)
    assert (counted.refund, counted.interest) == (300_000, 100)


@pytest.mark.parametrize(
    ("items", "code"),
    [
        ([], "subsidies.items_needed"),
        ([WorkItem(item="a", budget=680_000, executed=None)], "subsidies.item_fault"),
        ([WorkItem(item="a", budget=680_000, executed=True, text="", percent=50)], "subsidies.item_fault"),
        ([WorkItem(item="a", budget=680_000, executed=True, text="x", percent=0)], "subsidies.item_fault"),
        ([WorkItem(item="a", budget=680_000, executed=True, text="x", percent=101)], "subsidies.item_fault"),
        ([WorkItem(item="a", budget=680_000, executed=False, percent=5)], "subsidies.item_fault"),
        ([WorkItem(item="a", budget=680_000, executed=False, spent=680_001)], "subsidies.item_fault"),
        ([WorkItem(item="a", budget=600_000, executed=False)], "subsidies.budgets_differ"),
        ([WorkItem(item="a", budget=68_000, executed=False) for _ in range(11)], "subsidies.item_fault"),
    ],
)
def test_the_rows_of_annex_6_are_checked(world, items, code):
    """Fields 6.8 and 6.9."""
    cast = make.running(world)
    with pytest.raises(Invalid) as no:
        cast.do(do.save_termination, facts=cast.termination_facts(items=items), by=cast.alice)
    assert problems(no) == {"items": code}


def test_the_end_lies_within_the_period(world):
    """Fields 6.5 and 6.6."""
    cast = make.running(world)
    facts = cast.termination_facts(terminates_on=date(2024, 12, 31))
    with pytest.raises(Invalid) as no:
        cast.do(do.save_termination, facts=facts, by=cast.alice)
    assert problems(no) == {"terminates_on": "subsidies.outside_period"}


def test_the_right_box_is_the_programme_offices_alone(world):
    """R-016, fields 6.10 and 6.11."""
    cast = make.running(world)
    for field in ("right_subsidy", "right_interest", "right_other"):
        assert policies.can_fill(cast.carol, cast.case, field)
        denied = policies.can_fill(cast.alice, cast.case, field)
        assert (bool(denied), denied.code) == (False, "subsidies.staff_field")
    for field in ("left_subsidy", "reason", "items", "terminates_on"):
        assert policies.can_fill(cast.alice, cast.case, field)
        assert not policies.can_fill(cast.carol, cast.case, field)


def test_no_more_is_asked_back_than_is_held(world):
    cast = make.half_paid(world)
    papers = [make.paper("approved_plan")]
    cast.do(do.save_termination, facts=cast.termination_facts(), papers=papers, by=cast.alice)
    cast.sign_all()
    box = RightBox(subsidy=300_001, interest=0)
    with pytest.raises(Invalid) as no:
        cast.do(do.approve_termination, box=box, letter=cast.adverse(), by=cast.carol)
    assert problems(no) == {"right_subsidy": "subsidies.more_than_held"}


def test_an_order_that_shrinks_after_payment_is_counted_anew(world):
    """R-076, R-078: the order changed without an approved change; the refund waits for its letter."""
    cast = make.paid(world)
    cast.do(do.change_order, number="PCC-1", value=340_000, by=cast.alice)
    order = cast.case.orders[0]
    assert (order.value, order.flags) == (340_000, ["before_approval"])
    assert account_of(cast.case).owed == 300_000
    assert [(r.amount, r.interest, r.due_on) for r in cast.case.repayments] == [(300_000, None, None)]
    with pytest.raises(Invalid) as no:
        cast.do(
            do.send_repayment, due_on=date(2024, 7, 1), interest=None, letter=cast.adverse(), by=cast.carol
        )
    assert problems(no) == {"interest": "subsidies.interest_needed"}
    cast.do(do.send_repayment, due_on=date(2024, 7, 1), interest=40, letter=cast.adverse(), by=cast.carol)
    assert account_of(cast.case).owed_interest == 40


# --- oversight ---


def revocation(**changes):
    whole = {"kind": EndKind.REVOCATION, "cause": "behind_or_poor", "stop": Scale.ALL, "claw_back": Scale.ALL}
    return RevocationFacts(**(whole | changes))


@pytest.mark.both_databases
def test_a_missed_cure_date_leads_to_revocation_and_repayment(world):
    """R-087 (a), R-089: first a notice with a deadline, then the decision, then the money with its interest."""
    cast = make.half_paid(world)
    with pytest.raises(Invalid) as no:
        cast.do(do.revoke, facts=revocation(), letter=cast.adverse(), by=cast.carol)
    assert problems(no) == {"cause": "revocation.notice_missing"}
    cast.do(do.notify, defects="未啟用", due_on=date(2024, 10, 31), letter=cast.letter(), by=cast.carol)
    with pytest.raises(Invalid) as no:
        cast.do(do.revoke, facts=revocation(), letter=cast.adverse(), by=cast.carol)
    assert problems(no) == {"cause": "revocation.notice_running"}
    cast.on(date(2024, 11, 1))
    cast.do(do.revoke, facts=revocation(), letter=cast.adverse(), by=cast.carol)
    account = account_of(cast.case)
    assert (cast.case.state, account.owed, account.payable) == (CaseState.REVOKED, 300_000, 0)
    assert not policies.can_find_mended(cast.carol, cast.case, cast.world.now), "too late to mend"
    assert "improve" not in [due.kind for due in dues.of_case(cast.case, cast.today)]
    row = cast.case.revocation
    assert (row.stopped, row.refund) == (300_000, 300_000)
    assert stored.again(row.worksheet) == row.worksheet["worksheet"]
    cast.do(do.send_repayment, due_on=date(2024, 12, 2), interest=120, letter=cast.adverse(), by=cast.carol)
    payment = PaymentFacts(on=cast.today, reference="R-1")
    cast.do(do.record_return, amount=300_000, interest=120, payment=payment, by=cast.carol)
    cast.do(do.close, by=cast.carol)
    assert cast.case.state is CaseState.CLOSED


@pytest.mark.parametrize("cause", ["untrue_handling", "breach"])
def test_the_other_causes_need_no_notice(world, cause):
    """R-087 (b), (c)."""
    cast = make.running(world)
    facts = revocation(cause=cause, kind=EndKind.ANNULMENT, claw_back=Scale.NONE)
    cast.do(do.revoke, facts=facts, letter=cast.adverse(), by=cast.carol)
    assert cast.case.state is CaseState.REVOKED
    assert account_of(cast.case).payable == 0


@pytest.mark.parametrize("stop", list(Scale))
@pytest.mark.parametrize("claw_back", list(Scale))
def test_stop_and_claw_back_are_independent(world, stop, claw_back):
    """R-089: nine pairs, each of them possible."""
    cast = make.half_paid(world)
    facts = revocation(
        cause="breach",
        stop=stop,
        stop_amount=100_000 if stop is Scale.PART else None,
        claw_back=claw_back,
        claw_back_amount=50_000 if claw_back is Scale.PART else None,
    )
    cast.do(do.revoke, facts=facts, letter=cast.adverse(), by=cast.carol)
    row = cast.case.revocation
    assert row.stopped == {"none": 0, "part": 100_000, "all": 300_000}[stop]
    assert row.refund == {"none": 0, "part": 50_000, "all": 300_000}[claw_back]


def test_a_mended_notice_is_no_cause(world):
    cast = make.running(world)
    cast.do(do.notify, defects="未啟用", due_on=date(2024, 6, 30), letter=cast.letter(), by=cast.carol)
    cast.claim(ClaimKind.SAME_YEAR, 680_000)
    cast.check()
    cast.pay()
    with pytest.raises(Refused) as refused:
        cast.do(do.close, by=cast.carol)
    assert refusal(refused) == "subsidies.notice_stands", (
        "the file stays open while something is to be mended"
    )
    cast.do(do.find_mended, note="已啟用", by=cast.carol)
    cast.on(date(2024, 7, 1))
    with pytest.raises(Invalid) as no:
        cast.do(do.revoke, facts=revocation(), letter=cast.adverse(), by=cast.carol)
    assert problems(no) == {"cause": "revocation.notice_missing"}


@pytest.mark.parametrize("kind", ["document", "on_site"])
@pytest.mark.parametrize("subject", ["deployment", "use", "upkeep", "expenditure"])
def test_checks_have_a_kind_and_a_subject(world, kind, subject):
    """R-086, R-085: also after the plan, of how operation goes on."""
    cast = make.running(world)
    facts = InspectionFacts(kind=kind, subject=subject, on=cast.today, finding="相符", untrue=False)
    cast.do(do.inspect, facts=facts, by=cast.carol)
    assert [(row.kind, row.subject) for row in cast.case.inspections] == [(kind, subject)]


# --- the ledger and the chain ---


@pytest.mark.both_databases
def test_entries_and_letters_are_never_changed(world):
    make.paid(world)
    for model, change in ((LedgerEntry, {"amount": 1}), (CaseLetter, {"number": "other"})):
        with pytest.raises(LedgerStands):
            _touch(model, change)
        with pytest.raises(LedgerStands):
            _touch(model, None)


def _touch(model, change):
    """Change a row, or delete it."""
    with unit_of_work():
        row = db.session.execute(db.select(model).limit(1)).scalar_one()
        if change is None:
            db.session.delete(row)
        for name, value in (change or {}).items():
            setattr(row, name, value)
        db.session.flush()


def test_each_step_stands_in_the_chain(world):
    cast = make.paid(world)
    types = [entry.type for entry in audit.history(cast.case.subject)]
    for verb in (
        "begin",
        "save_plan",
        "save_lines",
        "submit",
        "find_complete",
        "approve",
        "claim",
        "pay_claim",
    ):
        assert f"subsidy.{verb}" in types
    assert not list(audit.verify())


def test_a_case_is_its_agencys_and_staffs(world):
    cast = make.drafted(world)
    with pytest.raises(NotFound):
        queries.case_for(cast.carol, cast.case.ref)
    cast.submit()
    assert queries.case_for(cast.carol, cast.case.ref)
    _agency, judy = make.city(world, "TW-TNN", "Judy")
    with pytest.raises(NotFound):
        queries.case_for(judy, cast.case.ref)


def test_staff_and_strangers_cannot_do_the_agencys_work(world):
    cast = make.running(world)
    _agency, judy = make.city(world, "TW-TNN", "Judy")
    for person in (cast.carol, judy):
        for decision in (
            policies.can_claim(person, cast.case, world.now),
            policies.can_record(person, cast.case, world.now),
            policies.can_request(person, cast.case, world.now),
            policies.can_ask_extension(person, cast.case, world.now),
        ):
            assert not decision
    for decision in (
        policies.can_check_claim(cast.alice, cast.case, world.now),
        policies.can_notify(cast.alice, cast.case, world.now),
        policies.can_revoke(cast.alice, cast.case, world.now),
        policies.can_cut(cast.alice, cast.case, world.now),
    ):
        assert not decision


def test_a_letter_needs_number_and_a_day_that_has_come(world):
    cast = make.drafted(world)
    letter = LetterFacts(number=" ", dated_on=date(2024, 2, 20))
    with pytest.raises(Invalid) as no:
        cast.do(do.submit, letter=letter, by=cast.alice)
    assert problems(no) == {"number": "subsidies.number_needed", "dated_on": "subsidies.dated_ahead"}


def test_the_plan_keeps_its_version(world):
    cast = make.drafted(world)
    facts = PlanFacts(title_zh="", starts_on=date(2024, 3, 1), requested=-1)
    with pytest.raises(Invalid) as no:
        cast.do(do.save_plan, facts=facts, by=cast.alice)
    assert problems(no) == {
        "title_zh": "subsidies.title_needed",
        "ends_on": "subsidies.period_half",
        "requested": "subsidies.negative",
    }


def test_an_order_is_recorded_once(world):
    cast = make.running(world)
    facts = OrderFacts(pcc_number="PCC-1", ordered_on=cast.today, value=1)
    with pytest.raises(Invalid) as no:
        cast.do(do.record_order, facts=facts, by=cast.alice)
    assert problems(no) == {"pcc_number": "subsidies.order_twice"}
    with pytest.raises(Invalid) as no:
        cast.do(do.record_order, facts=replace(facts, pcc_number=" "), by=cast.alice)
    assert problems(no) == {"pcc_number": "subsidies.order_number_needed"}


def test_a_scan_of_the_signed_sheet_stands_with_its_form(world):
    """5.17, 6.14: beside the signatures given here, once they began; the sheet is on the page for both sides."""
    cast = make.running(world)
    scan = make.paper("signed_form")
    with pytest.raises(Refused):
        cast.do(do.attach_form, paper=scan, by=cast.alice)
    cast.do(do.save_change, facts=cast.change_facts(), papers=[make.paper("changed_plan")], by=cast.alice)
    with pytest.raises(Refused):
        cast.do(do.attach_form, paper=scan, by=cast.alice)
    cast.sign_all()
    cast.do(do.attach_form, paper=scan, by=cast.alice)
    with pytest.raises(Refused):
        cast.do(do.attach_form, paper=scan, by=cast.carol)
    found = [paper for paper in cast.fresh().changes[0].papers if paper.kind == "signed_form"]
    assert len(found) == 1
    address = f"/subsidies/{cast.case.ref}/papers/{found[0].ref}"
    for person in (cast.alice, cast.carol):
        assert address in world.client(person).get(f"/subsidies/{cast.case.ref}").get_data(as_text=True)


def test_the_agency_controls_itself_by_the_approved_way_of_going_on(world):
    """R-085, R-061: it stands with the case for both sides, cannot change after the approval, and is what a check asks."""
    cast = make.approved(world)
    way = cast.case.sustainment
    assert way
    facts = PlanFacts(title_zh="另一計畫", sustainment="不再維護")
    with pytest.raises(Refused):
        cast.do(do.save_plan, facts=facts, by=cast.alice)
    for person in (cast.alice, cast.carol):
        assert way in world.client(person).get(f"/subsidies/{cast.case.ref}").get_data(as_text=True)
    check = world.client(cast.carol).get(f"/subsidies/{cast.case.ref}/acts/inspect")
    assert way in check.get_data(as_text=True)


def test_a_late_order_without_consent_counts_as_behind_schedule(world):
    """Q-01: point 11, paragraph 1(2) means paragraph 2(1): a notice with its day first, then the first cause stands."""
    cast = make.approved(world)
    cast.on(date(2024, 5, 16))
    cast.order()
    assert cast.case.orders[0].flags == ["late"]
    cast.do(do.notify, defects="逾期採購", due_on=date(2024, 6, 14), letter=cast.letter(), by=cast.carol)
    cast.on(date(2024, 6, 15))
    stands = policies.cause_stands(
        reference.scheme(cast.case.scheme), cast.case, "behind_or_poor", cast.today
    )
    assert stands
    cast.do(do.revoke, facts=revocation(claw_back=Scale.NONE), letter=cast.adverse(), by=cast.carol)
    clauses = {line["clause"] for line in cast.case.revocation.worksheet["worksheet"]}
    assert any(clause.startswith("11-2") for clause in clauses)


def test_damage_of_the_extraction_stands_nowhere(world):
    """Q-18, Q-01: neither the doubled character nor the lost ones are in the clauses that pages and letters cite."""
    scheme = reference.scheme("mature-2019")
    texts = [text.in_language("zh_Hant_TW") for text in scheme.clauses.values()]
    texts += [
        entry.title.in_language("zh_Hant_TW") for group in scheme.lists.values() for entry in group.values()
    ]
    assert len(texts) > 20
    assert not [text for text in texts if "第第" in text or "行政協支援" in text or text.endswith("共同供")]
