"""From the award to the final word: what the verbs do, refuse and tell."""

import threading
from contextlib import nullcontext
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matchmaker.challenges.models import Challenge
from matchmaker.challenges.states import ChallengeState
from matchmaker.foundation import audit
from matchmaker.foundation.db import db, unit_of_work
from matchmaker.foundation.files import Upload
from matchmaker.foundation.outbox import OutboxMail
from matchmaker.judging.events import DecisionReleased
from matchmaker.judging.models import PanelDecision
from matchmaker.judging.states import Outcome
from matchmaker.kernel.errors import Invalid, NotFound, Refused, Stale
from matchmaker.people.actor import SYSTEM
from matchmaker.people.states import Role
from matchmaker.pilots import notices, operations, progress, queries
from matchmaker.pilots.facts import MeasureFacts, MilestoneFacts, PaymentFacts
from matchmaker.pilots.models import GrantPayment, Pilot
from matchmaker.pilots.states import MilestoneState, NeedMet, PilotState
from matchmaker.proposals.content import PlannedMilestone
from tests.factories import judging
from tests.factories import pilots as make
from tests.world import NOW


def mails(letter):
    """The addresses that a letter went to."""
    db.session.rollback()
    rows = db.session.execute(db.select(OutboxMail).where(OutboxMail.letter == f"pilots.{letter}"))
    return sorted(mail.name for mail in rows.scalars())


def refusal(excinfo):
    return excinfo.value.denial.code


def problems(excinfo):
    return {name: denial.code for name, denial in excinfo.value.problems.items()}


# --- prepared from the award ---


@pytest.mark.both_databases
def test_an_award_becomes_a_pilot_prefilled_from_proposal_and_challenge(world):
    cast = make.prepared(world)
    pilot = cast.fresh()
    assert (pilot.agency_id, pilot.startup_id) == (cast.agency.id, cast.startup.id)
    assert pilot.state is PilotState.PREPARING
    assert pilot.title_zh == "毫米波夜間照護"
    assert pilot.site == "兩處銀髮住宅共六十戶。"
    assert pilot.agency_duties == "提供場地、電力與住戶說明會。"
    assert pilot.startup_duties == "每戶安裝兩具雷達，邊緣判讀。"
    assert (pilot.starts_on, pilot.ends_on) == (make.STARTS_ON, make.ENDS_ON)
    assert [m.due_on for m in pilot.milestones] == [date(2026, 5, 31), date(2026, 7, 31), date(2026, 10, 31)]
    assert [m.payment for m in pilot.milestones] == [333_333, 333_333, 333_335]
    assert mails("prepared") == ["Alice", "Bob"]


def test_preparing_twice_makes_one_pilot(world):
    cast = make.prepared(world)
    decision = db.session.execute(db.select(PanelDecision)).scalar_one()
    with unit_of_work():
        again = operations.prepare(decision=decision, by=SYSTEM, at=world.now)
    assert again.id == cast.pilot.id


def test_an_english_proposal_gives_an_english_title(world):
    cast = make.prepared(world, language="en", title="Care at night by radar")
    assert (cast.pilot.title_en, cast.pilot.title_zh) == ("Care at night by radar", "非穿戴式老人照護方案")


def test_milestones_without_a_month_are_spread_over_the_period(world):
    steps = (PlannedMilestone("一"), PlannedMilestone("二"), PlannedMilestone(" "), PlannedMilestone("三"))
    cast = make.prepared(world, milestones=steps)
    assert [m.title for m in cast.pilot.milestones] == ["一", "二", "三"]
    assert cast.pilot.milestones[-1].due_on == make.ENDS_ON


@pytest.mark.both_databases
def test_a_released_decision_makes_pilots_of_awards_only(world):
    agency, alice = world.agency()
    made = make.challenge(world, agency, alice)
    decisions = [
        make.award(world, made, *world.startup("Bob")),
        make.award(world, made, *world.startup("Ivan")),
        make.award(world, made, *world.startup("Judy"), outcome=Outcome.NOT_AWARDED),
    ]
    with unit_of_work():
        event = DecisionReleased(at=world.now, panel=None, challenge=made, decisions=decisions)
        operations.prepare_awarded(event)
    assert len(queries.pilots_of_challenge(made.id)) == 2


@pytest.mark.both_databases
def test_the_panels_release_makes_the_pilots(world):
    """From the real selection: the award's grant is the pilot's, its milestones carry it whole."""
    contest = judging.released(world)
    (pilot,) = queries.pilots_of_challenge(contest.panel.challenge_id)
    decision = db.session.execute(
        db.select(PanelDecision).where(PanelDecision.outcome == Outcome.AWARDED)
    ).scalar_one()
    assert (pilot.proposal_id, pilot.grant) == (decision.proposal_id, decision.grant)
    assert progress.ledger(pilot).balanced


def test_only_an_award_becomes_a_pilot(world):
    agency, alice = world.agency()
    made = make.challenge(world, agency, alice)
    decision = make.award(world, made, *world.startup(), outcome=Outcome.NOT_AWARDED)
    with pytest.raises(Refused), unit_of_work():
        operations.prepare(decision=decision, by=SYSTEM, at=world.now)


# --- the plan ---


@pytest.mark.both_databases
@pytest.mark.parametrize("part", ["plan", "measures", "milestones"])
def test_every_edit_clears_both_agreements_and_tells_the_other_side(world, part):
    cast = make.agreed(world)
    pilot, at = cast.pilot, world.later(hours=1)
    milestones = make.milestones(pilot)
    with unit_of_work():
        if part == "plan":
            operations.save_plan(pilot=pilot, facts=make.plan(pilot, site="新場域"), by=cast.bob, at=at)
        elif part == "measures":
            operations.save_measures(pilot=pilot, measures=make.MEASURES[:1], by=cast.bob, at=at)
        else:
            operations.save_milestones(pilot=pilot, milestones=milestones[:1], by=cast.bob, at=at)
    pilot = cast.fresh()
    assert (pilot.agency_agreed_at, pilot.startup_agreed_at) == (None, None)
    assert mails("changed") == ["Alice"]


def test_saving_the_same_plan_changes_nothing(world):
    cast = make.agreed(world)
    version = cast.pilot.version
    with unit_of_work():
        operations.save_plan(pilot=cast.pilot, facts=make.plan(cast.pilot), by=cast.bob, at=world.now)
        operations.save_measures(pilot=cast.pilot, measures=make.MEASURES, by=cast.bob, at=world.now)
        milestones = make.milestones(cast.pilot)
        operations.save_milestones(pilot=cast.pilot, milestones=milestones, by=cast.bob, at=world.now)
    pilot = cast.fresh()
    assert pilot.version == version
    assert pilot.agency_agreed_at is not None


@pytest.mark.both_databases
def test_rows_of_the_plan_grow_shrink_and_stand_in_order_of_their_days(world):
    cast = make.prepared(world, grant=100)
    days = (date(2026, 9, 1), date(2026, 6, 1), date(2026, 7, 1), date(2026, 8, 1))
    rows = [MilestoneFacts(title=f"第 {n}", due_on=day, payment=25) for n, day in enumerate(days)]
    for given_rows in (rows, rows[:2], rows[1:]):
        with unit_of_work():
            operations.save_milestones(
                pilot=cast.pilot, milestones=given_rows, by=cast.alice, at=world.later(minutes=1)
            )
        saved = cast.fresh().milestones
        assert [m.due_on for m in saved] == sorted(row.due_on for row in given_rows)
        assert [m.position for m in saved] == list(range(1, len(given_rows) + 1))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"ends_on": date(2026, 5, 1)}, {"ends_on": "pilots.ends_before_start"}),
        ({"ends_on": None}, {"ends_on": "pilots.period_half"}),
        ({"starts_on": None}, {"starts_on": "pilots.period_half"}),
    ],
)
def test_a_period_has_two_days_in_order(world, changes, expected):
    cast = make.prepared(world)
    facts = make.plan(cast.pilot, **changes)
    with pytest.raises(Invalid) as excinfo, unit_of_work():
        operations.save_plan(pilot=cast.pilot, facts=facts, by=cast.alice, at=world.now)
    assert problems(excinfo) == expected


@pytest.mark.parametrize(
    ("baseline", "target", "lower", "fine"),
    [
        (30, 5, True, True),
        (5, 30, False, True),
        (5, 5, False, True),
        (None, 5, True, True),
        (5, 30, True, False),
        (30, 5, False, False),
    ],
)
def test_a_target_is_no_worse_than_its_baseline(world, baseline, target, lower, fine):
    cast = make.prepared(world)
    facts = MeasureFacts(name="時間", baseline_milli=baseline, target_milli=target, lower_is_better=lower)
    refused = nullcontext() if fine else pytest.raises(Invalid, match="wrong_side")
    with refused, unit_of_work():
        operations.save_measures(pilot=cast.pilot, measures=[facts], by=cast.alice, at=world.now)


@pytest.mark.parametrize(("payment", "expected"), [(-1, "negative"), (make.GRANT + 1, "more_than_grant")])
def test_payments_lie_between_nothing_and_the_grant(world, payment, expected):
    cast = make.prepared(world)
    row = MilestoneFacts(title="全部", due_on=make.ENDS_ON, payment=payment)
    with pytest.raises(Invalid) as excinfo, unit_of_work():
        operations.save_milestones(pilot=cast.pilot, milestones=[row], by=cast.bob, at=world.now)
    assert problems(excinfo) == {"milestones": f"pilots.{expected}"}


@pytest.mark.both_databases
def test_a_side_agrees_to_the_version_it_read(world):
    cast = make.planned(world)
    read = cast.pilot.version
    with unit_of_work():
        facts = make.plan(cast.pilot, site="改了")
        operations.save_plan(pilot=cast.pilot, facts=facts, by=cast.bob, at=world.later(minutes=1))
    with pytest.raises(Stale) as excinfo, unit_of_work():
        operations.agree(pilot=cast.fresh(), by=cast.alice, at=world.now, expected_version=read)
    assert excinfo.value.by == "Bob"


def test_the_other_side_is_told_of_an_agreement_and_both_of_the_second(world):
    cast = make.agreed(world)
    assert mails("agreed") == ["Bob"]
    assert mails("both_agreed") == ["Alice", "Bob"]
    entry = next(e for e in audit.history(cast.pilot.subject) if e.type == "pilot.agree")
    assert sum(m["payment"] for m in entry.body["plan"]["milestones"]) == entry.body["plan"]["grant"]


def test_a_stale_edit_is_refused(world):
    cast = make.planned(world)
    with pytest.raises(Stale), unit_of_work():
        operations.save_plan(
            pilot=cast.pilot, facts=make.plan(cast.pilot), by=cast.bob, at=world.now, expected_version=1
        )


# --- the run ---


@pytest.mark.both_databases
def test_the_first_start_takes_the_challenge_along_and_a_second_finds_it_there(world):
    first = make.agreed(world)
    second = make.prepared(world, cast=first)
    with unit_of_work():
        operations.save_measures(pilot=second.pilot, measures=make.MEASURES, by=second.bob, at=world.now)
    for who in (second.alice, second.bob):
        with unit_of_work():
            operations.agree(pilot=second.fresh(), by=who, at=world.now)
    first.on(make.STARTS_ON)
    for cast in (first, second):
        with unit_of_work():
            operations.start(pilot=cast.fresh(), by=cast.alice, at=world.now)
        assert db.session.get(Challenge, cast.pilot.challenge_id).state is ChallengeState.IN_PILOT
        assert cast.fresh().state is PilotState.RUNNING
    assert mails("started").count("Carol") == 2


def test_a_pilot_does_not_start_before_its_day_in_taipei(world):
    cast = make.agreed(world)
    cast.on(make.STARTS_ON, hour=0)
    with pytest.raises(Refused) as excinfo, unit_of_work():
        operations.start(pilot=cast.pilot, by=cast.alice, at=world.now - timedelta(seconds=1))
    assert refusal(excinfo) == "pilots.too_early"
    with unit_of_work():
        operations.start(pilot=cast.fresh(), by=cast.alice, at=world.now)


def test_from_the_start_on_the_plan_stands(world):
    cast = make.running(world)
    changes = (
        lambda: operations.save_plan(
            pilot=cast.pilot, facts=make.plan(cast.pilot, site="別處"), by=cast.alice, at=world.now
        ),
        lambda: operations.save_measures(pilot=cast.pilot, measures=(), by=cast.bob, at=world.now),
        lambda: operations.save_milestones(pilot=cast.pilot, milestones=(), by=cast.bob, at=world.now),
    )
    for change in changes:
        with pytest.raises(Refused) as excinfo, unit_of_work():
            change()
        assert refusal(excinfo) == "pilots.frozen"


@pytest.mark.both_databases
def test_a_suspended_pilot_waits_and_goes_on(world):
    cast = make.running(world)
    with pytest.raises(Invalid), unit_of_work():
        operations.suspend(pilot=cast.pilot, reason=" ", by=cast.alice, at=world.now)
    with unit_of_work():
        operations.suspend(pilot=cast.fresh(), reason="颱風損壞場域", by=cast.alice, at=world.now)
    assert cast.fresh().state_note == "颱風損壞場域"
    with pytest.raises(Refused) as excinfo:
        cast.hand_in(1)
    assert refusal(excinfo) == "pilots.suspended"
    cast.on(date(2026, 6, 15))
    assert progress.progress(cast.fresh(), cast.today).late == 0
    with unit_of_work():
        operations.resume(pilot=cast.fresh(), by=cast.carol, at=world.now)
    assert progress.progress(cast.fresh(), cast.today).late == 1
    assert mails("suspended") == ["Alice", "Bob", "Carol", "Office"]
    assert mails("resumed") == ["Alice", "Bob"]


@pytest.mark.both_databases
def test_staff_end_a_pilot_and_what_was_done_is_still_decided_on_and_paid(world):
    cast = make.running(world)
    cast.accept(1)
    cast.hand_in(2)
    with unit_of_work():
        operations.ask_end(pilot=cast.fresh(), reason="場域拆除", by=cast.alice, at=world.now)
    assert mails("end_asked") == ["Carol", "Office"]
    with unit_of_work():
        operations.end_early(pilot=cast.fresh(), reason="場域拆除", by=cast.carol, at=world.now)
    assert cast.fresh().ended_at == world.now
    assert mails("ended") == ["Alice", "Bob"]
    with unit_of_work():
        operations.accept_milestone(milestone=cast.milestone(2), by=cast.alice, at=world.now)
    cast.pay(1)
    cast.pay(2)
    assert progress.ledger(cast.fresh()).paid == 666_666
    with pytest.raises(Refused) as excinfo:
        cast.hand_in(3)
    assert refusal(excinfo) == "pilots.over"


# --- milestones ---


@pytest.mark.both_databases
def test_a_milestone_is_handed_in_returned_and_accepted(world):
    cast = make.running(world)
    milestone = cast.milestone(1)
    with pytest.raises(Invalid) as excinfo, unit_of_work():
        operations.submit_milestone(milestone=milestone, evidence=" ", by=cast.bob, at=world.now)
    assert problems(excinfo) == {"evidence": "pilots.evidence_needed"}
    with unit_of_work():
        operations.submit_milestone(
            milestone=cast.milestone(1),
            evidence="",
            uploads=[Upload("清冊.csv", b"a,b\n1,2\n")],
            by=cast.bob,
            at=world.now,
        )
    assert mails("handed_in") == ["Alice"]
    with pytest.raises(Invalid) as excinfo, unit_of_work():
        operations.return_milestone(milestone=cast.milestone(1), note=" ", by=cast.alice, at=world.now)
    assert problems(excinfo) == {"note": "pilots.note_needed"}
    with unit_of_work():
        operations.return_milestone(
            milestone=cast.milestone(1), note="缺照片", by=cast.alice, at=world.later(hours=1)
        )
    milestone = cast.milestone(1)
    assert (milestone.state, milestone.decision_note) == (MilestoneState.RETURNED, "缺照片")
    assert mails("returned") == ["Bob"]
    world.later(hours=1)
    cast.accept(1)
    milestone = cast.milestone(1)
    assert milestone.state is MilestoneState.ACCEPTED
    assert [paper.title for paper in milestone.papers] == ["清冊.csv"]
    assert mails("accepted") == ["Bob"]
    assert mails("to_pay") == ["Carol", "Office"]


def test_a_file_of_a_wrong_kind_stops_the_hand_in(world):
    cast = make.running(world)
    with pytest.raises(Invalid) as excinfo, unit_of_work():
        operations.submit_milestone(
            milestone=cast.milestone(1),
            evidence="完成",
            uploads=[Upload("a.exe", b"MZ")],
            by=cast.bob,
            at=world.now,
        )
    assert problems(excinfo) == {"uploads": "file.wrong_kind"}
    assert cast.milestone(1).state is MilestoneState.PLANNED


def test_a_decision_on_another_version_is_stale(world):
    cast = make.running(world)
    cast.hand_in(1)
    with pytest.raises(Stale), unit_of_work():
        operations.accept_milestone(
            milestone=cast.milestone(1), by=cast.alice, at=world.now, expected_version=1
        )


# --- money ---


@pytest.mark.both_databases
def test_a_payment_is_recorded_once_of_the_planned_amount(world):
    cast = make.running(world)
    with pytest.raises(Refused) as excinfo:
        cast.pay(1)
    assert refusal(excinfo) == "pilots.not_accepted"
    cast.accept(1)
    cast.pay(1)
    paid = cast.milestone(1).paid
    assert (paid.amount, paid.recorded_by, paid.paid_on) == (333_333, "Carol", make.STARTS_ON)
    assert mails("paid") == ["Bob"]
    with pytest.raises(Refused) as excinfo:
        cast.pay(1)
    assert refusal(excinfo) == "pilots.paid"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"amount": 333_332}, {"amount": "pilots.other_amount"}),
        ({"amount": 333_334}, {"amount": "pilots.other_amount"}),
        ({"amount": -333_333}, {"amount": "pilots.other_amount"}),
        ({"paid_on": date(2026, 5, 2)}, {"paid_on": "pilots.paid_ahead"}),
        ({"paid_on": date(2026, 4, 30)}, {"paid_on": "pilots.paid_before"}),
        ({"reference": "  "}, {"reference": "pilots.reference_needed"}),
    ],
)
def test_a_payment_agrees_with_the_plan_and_the_calendar(world, changes, expected):
    cast = make.running(world)
    cast.accept(1)
    with pytest.raises(Invalid) as excinfo:
        cast.pay(1, **changes)
    assert problems(excinfo) == expected


def test_a_recorded_payment_is_never_changed(world):
    cast = make.running(world)
    cast.accept(1)
    cast.pay(1)
    paid = cast.milestone(1).paid
    with pytest.raises(RuntimeError), unit_of_work():
        db.session.get(GrantPayment, paid.id).amount = 1
    with pytest.raises(RuntimeError), unit_of_work():
        db.session.delete(db.session.get(GrantPayment, paid.id))
    assert cast.milestone(1).paid.amount == 333_333


def test_only_staff_record_payments(world):
    cast = make.running(world)
    cast.accept(1)
    milestone = cast.milestone(1)
    facts = PaymentFacts(amount=milestone.payment, paid_on=cast.today, reference="1")
    for who in (cast.alice, cast.bob, world.juror()):
        with pytest.raises(Refused), unit_of_work():
            operations.record_payment(milestone=cast.milestone(1), facts=facts, by=who, at=world.now)


ACTS = ("hand_in", "accept", "return", "pay")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    grant=st.integers(0, 10**9),
    steps=st.integers(1, 4),
    acts=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(1, 4), st.integers(-1, 1)), max_size=20),
)
def test_whatever_happens_the_money_holds(world, grant, steps, acts):
    """0 <= paid <= earned <= grant after every act, and every payment is that of its milestone."""
    world.now = NOW
    plan = tuple(PlannedMilestone(f"第 {n} 步", "", n) for n in range(1, steps + 1))
    cast = make.running(world, grant=grant, milestones=plan)
    for act, position, off in acts:
        milestone = cast.milestone(min(position, steps))
        try:
            with unit_of_work():
                _act(cast, act, milestone, off)
        except (Refused, Invalid):
            pass
        money = progress.ledger(cast.fresh())
        assert 0 <= money.paid <= money.earned <= money.grant == grant
        assert money.planned == grant
        assert all(m.paid.amount == m.payment for m in cast.pilot.milestones if m.paid)


def _act(cast, act, milestone, off):
    at = cast.world.now
    if act == "hand_in":
        operations.submit_milestone(milestone=milestone, evidence="完成", by=cast.bob, at=at)
    elif act == "accept":
        operations.accept_milestone(milestone=milestone, by=cast.alice, at=at)
    elif act == "return":
        operations.return_milestone(milestone=milestone, note="再補", by=cast.alice, at=at)
    else:
        facts = PaymentFacts(amount=milestone.payment + off, paid_on=cast.today, reference="1")
        operations.record_payment(milestone=milestone, facts=facts, by=cast.carol, at=at)


# --- two at once ---


def together(app, *acts):
    """Run the acts at the same time, each in a transaction of its own; what each raised, or None."""
    db.session.remove()
    ready, outcomes = threading.Barrier(len(acts)), [None] * len(acts)

    def run(index, act):
        with app.app_context():
            ready.wait()
            try:
                with unit_of_work():
                    act()
            except Exception as error:
                outcomes[index] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return outcomes


def _again(pilot_id, position=1):
    return queries.pilot_by_id(pilot_id).milestones[position - 1]


@pytest.mark.both_databases
def test_four_payments_at_once_pay_once(world):
    cast = make.running(world)
    cast.accept(1)
    pilot_id, at = cast.pilot.id, world.now
    facts = PaymentFacts(amount=333_333, paid_on=cast.today, reference="1")

    def pay():
        operations.record_payment(milestone=_again(pilot_id), facts=facts, by=cast.carol, at=at)

    outcomes = together(world.app, *[pay] * 4)
    assert [type(error) for error in outcomes].count(type(None)) == 1
    assert all(error is None or error.denial.code == "pilots.paid" for error in outcomes)
    assert progress.ledger(cast.fresh()).paid == 333_333


@pytest.mark.both_databases
def test_accepted_and_returned_at_once_is_one_of_both(world):
    cast = make.running(world)
    cast.hand_in(1)
    pilot_id, at = cast.pilot.id, world.now
    outcomes = together(
        world.app,
        lambda: operations.accept_milestone(milestone=_again(pilot_id), by=cast.alice, at=at),
        lambda: operations.return_milestone(milestone=_again(pilot_id), note="缺", by=cast.alice, at=at),
    )
    assert sum(error is None for error in outcomes) == 1
    assert all(error is None or isinstance(error, Refused) for error in outcomes)


@pytest.mark.both_databases
def test_accept_and_pay_at_once_never_pays_what_is_not_accepted(world):
    cast = make.running(world)
    cast.hand_in(1)
    pilot_id, at = cast.pilot.id, world.now
    facts = PaymentFacts(amount=333_333, paid_on=cast.today, reference="1")
    accepted, paid = together(
        world.app,
        lambda: operations.accept_milestone(milestone=_again(pilot_id), by=cast.alice, at=at),
        lambda: operations.record_payment(milestone=_again(pilot_id), facts=facts, by=cast.carol, at=at),
    )
    assert accepted is None
    assert paid is None or paid.denial.code == "pilots.not_accepted"
    money = progress.ledger(cast.fresh())
    assert money.paid == (333_333 if paid is None else 0)


@pytest.mark.both_databases
def test_an_edit_and_an_agreement_at_once_leave_no_agreement_to_other_words(world):
    cast = make.planned(world)
    pilot_id, version, at = cast.pilot.id, cast.pilot.version, world.later(minutes=1)
    facts = make.plan(cast.pilot, site="改到別處")
    together(
        world.app,
        lambda: operations.save_plan(pilot=queries.pilot_by_id(pilot_id), facts=facts, by=cast.bob, at=at),
        lambda: operations.agree(
            pilot=queries.pilot_by_id(pilot_id), by=cast.alice, at=at, expected_version=version
        ),
    )
    pilot = cast.fresh()
    assert pilot.site == "改到別處"
    assert pilot.agency_agreed_at is None


# --- results and what becomes of them ---


@pytest.mark.both_databases
def test_figures_are_exact_to_the_thousandth(world):
    cast = make.running(world)
    cast.measure(5_001, 80_499)
    first, second = cast.fresh().measures
    assert str(first.actual) == "5.001"
    assert (first.reached, second.reached) == (False, False)
    cast.measure(5_000, 80_500)
    assert [m.reached for m in cast.fresh().measures] == [True, True]
    with pytest.raises(Invalid), unit_of_work():
        operations.record_actuals(pilot=cast.pilot, actuals={"other": 1}, by=cast.bob, at=world.now)


@pytest.mark.both_databases
def test_the_final_word_graduates_or_leads_on(world):
    cast = make.assessed(world)
    assert cast.pilot.state is PilotState.ASSESSED
    assert cast.pilot.assessment.graduates
    assert mails("assessed") == ["Bob", "Carol", "Office"]
    with pytest.raises(Refused) as excinfo, unit_of_work():
        operations.draft_follow_up(pilot=cast.pilot, by=cast.alice, at=world.now)
    assert refusal(excinfo) == "pilots.graduated"


@pytest.mark.both_databases
def test_a_need_met_partly_may_become_a_follow_up_challenge_once(world):
    cast = make.assessed(world, need_met=NeedMet.PARTLY)
    with unit_of_work():
        made = operations.draft_follow_up(pilot=cast.pilot, by=cast.alice, at=world.now)
    assert made.parent_id == cast.pilot.challenge_id
    assert "兩處場域均達標" in made.text_in("zh").solution_gap
    with pytest.raises(Refused) as excinfo, unit_of_work():
        operations.draft_follow_up(pilot=cast.fresh(), by=cast.alice, at=world.now)
    assert refusal(excinfo) == "pilots.followed_up"


def test_the_final_word_needs_a_chinese_summary(world):
    cast = make.completed(world)
    with pytest.raises(Invalid) as excinfo, unit_of_work():
        operations.assess(pilot=cast.pilot, facts=make.verdict(summary_zh=" "), by=cast.alice, at=world.now)
    assert problems(excinfo) == {"summary_zh": "pilots.summary_needed"}


@pytest.mark.both_databases
def test_a_challenge_is_concluded_when_all_its_pilots_are_done(world):
    cast = make.assessed(world)
    other = make.prepared(world, cast=cast)
    challenge = cast.fresh().challenge
    with pytest.raises(Refused) as excinfo, unit_of_work():
        operations.conclude(challenge=challenge, by=cast.carol, at=world.now)
    assert refusal(excinfo) == "pilots.pilots_open"
    assert queries.concludable() == []
    with unit_of_work():
        operations.end_early(pilot=other.pilot, reason="新創解散", by=cast.carol, at=world.now)
    assert [pilot.challenge_id for pilot in queries.concludable()] == [challenge.id]
    with unit_of_work():
        operations.conclude(challenge=challenge, by=cast.carol, at=world.now)
    assert db.session.get(Challenge, challenge.id).state is ChallengeState.CONCLUDED


# --- reads, reminders, tasks ---


def test_a_pilot_is_found_by_its_parties_and_staff_only(world):
    cast = make.prepared(world)
    for who in (cast.alice, cast.bob, cast.carol, cast.teammate(cast.startup)):
        assert queries.pilot_for(who, cast.pilot.ref).id == cast.pilot.id
    for who in (world.agency("Judy")[1], world.startup("Ivan")[1], world.juror(), world.partner()[1]):
        with pytest.raises(NotFound):
            queries.pilot_for(who, cast.pilot.ref)
        assert queries.list_pilots(who, today=cast.today).total == 0


@pytest.mark.both_databases
def test_list_page_and_export_agree_on_what_is_late(world):
    cast = make.running(world)
    make.prepared(world)
    for day, late in ((date(2026, 5, 31), 0), (date(2026, 6, 1), 1)):
        cast.on(day, hour=0)
        assert queries.list_pilots(cast.carol, today=cast.today, late=True).total == late
        assert progress.progress(cast.fresh(), cast.today).late == late
        assert len(queries.late_milestones(cast.today)) == late


@pytest.mark.both_databases
def test_reminders_go_out_once_seven_days_before_and_once_when_late(world):
    cast = make.running(world)

    def remind(day):
        at = cast.on(day)
        with unit_of_work():
            notices.remind({}, at)

    remind(date(2026, 5, 23))
    assert mails("due_soon") == []
    for _ in range(2):
        remind(date(2026, 5, 24))
    assert mails("due_soon") == ["Bob"]
    remind(date(2026, 5, 31))
    assert mails("late") == []
    for day in (date(2026, 6, 1), date(2026, 6, 2)):
        remind(day)
    assert mails("late") == ["Alice", "Bob"]
    assert mails("due_soon") == ["Bob"]


def test_nobody_is_reminded_of_what_is_handed_in_or_suspended(world):
    cast = make.running(world)
    cast.hand_in(1)
    at = cast.on(date(2026, 6, 1))
    with unit_of_work():
        notices.remind({}, at)
    at = cast.on(date(2026, 7, 28))
    with unit_of_work():
        operations.suspend(pilot=cast.fresh(), reason="停電", by=cast.alice, at=at)
        notices.remind({}, at)
    assert mails("late") == mails("due_soon") == []


def test_what_waits_for_whom(world):
    def kinds(actor):
        return [task.kind for task in queries.tasks_of(actor, world.now)]

    cast = make.prepared(world)
    assert kinds(cast.alice) == kinds(cast.bob) == ["plan"]
    assert kinds(cast.teammate(cast.startup, Role.READER)) == []
    with unit_of_work():
        operations.save_measures(pilot=cast.pilot, measures=make.MEASURES, by=cast.alice, at=world.now)
    assert kinds(cast.alice) == kinds(cast.bob) == ["agree"]
    for who in (cast.alice, cast.bob):
        with unit_of_work():
            operations.agree(pilot=cast.fresh(), by=who, at=world.now)
    assert kinds(cast.alice) == []
    cast.on(make.STARTS_ON)
    assert kinds(cast.alice) == ["start"]
    with unit_of_work():
        operations.start(pilot=cast.fresh(), by=cast.alice, at=world.now)
    assert kinds(cast.bob) == []
    cast.on(date(2026, 5, 17))
    assert kinds(cast.bob) == ["hand_in"]
    cast.hand_in(1)
    assert kinds(cast.alice) == ["decide"]
    assert [m.position for m in queries.unpaid_milestones()] == []
    with unit_of_work():
        operations.accept_milestone(milestone=cast.milestone(1), by=cast.alice, at=world.now)
    assert [m.position for m in queries.unpaid_milestones()] == [1]
    cast.accept(2)
    cast.accept(3)
    assert kinds(cast.alice) == ["assess"]


def test_everything_is_told_to_the_chain(world):
    cast = make.assessed(world)
    cast.pay(1)
    verbs = [entry.type.removeprefix("pilot.") for entry in audit.history(cast.pilot.subject)]
    assert verbs[0] == "prepare"
    assert verbs[-2:] == ["assess", "pay"]
    assert {"save_plan", "save_measures", "agree", "start", "hand_in", "accept", "record_actuals"} <= {*verbs}
    assert list(audit.verify()) == []


def test_no_pilot_is_written_by_readers(world):
    cast = make.planned(world)
    reader = cast.teammate(cast.agency, Role.READER)
    with pytest.raises(Refused), unit_of_work():
        operations.agree(pilot=cast.pilot, by=reader, at=world.now)
    assert db.session.get(Pilot, cast.pilot.id).agency_agreed_at is None
