"""Who may do what to a pilot, by state and person; and the arithmetic behind it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.kernel.decision import Denied
from matchmaker.people.actor import Actor
from matchmaker.people.states import OrganizationKind, Role
from matchmaker.pilots import policies, progress
from matchmaker.pilots.models import Assessment, GrantPayment, Measure, Milestone, Pilot
from matchmaker.pilots.states import MilestoneState, NeedMet, PilotState
from tests.world import NOW

AGENCY, STARTUP, OFFICE, OTHER = 1, 2, 3, 4
M, P = MilestoneState, PilotState
STARTS_ON, ENDS_ON = date(2026, 3, 1), date(2026, 8, 31)


def person(organization, kind, role, confirmed=True):
    return Actor(9, "someone", "Someone", "en", organization, "org", kind, role, confirmed)


PEOPLE = {
    "agency": person(AGENCY, OrganizationKind.AGENCY, Role.EDITOR),
    "agency reader": person(AGENCY, OrganizationKind.AGENCY, Role.READER),
    "agency waiting": person(AGENCY, OrganizationKind.AGENCY, Role.OWNER, confirmed=False),
    "startup": person(STARTUP, OrganizationKind.STARTUP, Role.OWNER),
    "startup reader": person(STARTUP, OrganizationKind.STARTUP, Role.READER),
    "officer": person(OFFICE, OrganizationKind.PROGRAMME, Role.OFFICER),
    "juror": person(OFFICE, OrganizationKind.PROGRAMME, Role.JUROR),
    "other agency": person(OTHER, OrganizationKind.AGENCY, Role.OWNER),
    "other startup": person(OTHER, OrganizationKind.STARTUP, Role.OWNER),
}


def milestone(state=M.PLANNED, due_on=date(2026, 6, 30), payment=500, paid=False):
    made = Milestone(title="期中", state=state, due_on=due_on, payment=payment)
    if state is not M.PLANNED:
        made.submitted_at = NOW
    made.paid = GrantPayment(amount=payment) if paid else None
    return made


def pilot(state=P.RUNNING, milestones=None, grant=1000, **changes):
    made = Pilot(
        agency_id=AGENCY,
        startup_id=STARTUP,
        state=state,
        site="場域",
        agency_duties="支援",
        startup_duties="安裝",
        starts_on=STARTS_ON,
        ends_on=ENDS_ON,
        grant=grant,
    )
    made.measures = [Measure(name="時間", target_milli=1000, actual_milli=None)]
    made.milestones = [milestone(), milestone()] if milestones is None else milestones
    made.assessment = None
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def who_may(decide):
    """The people to whom the policy says yes."""
    return {name for name, actor in PEOPLE.items() if decide(actor)}


def code(decision):
    return decision.code if isinstance(decision, Denied) else "allowed"


def test_the_two_parties_and_staff_see_a_pilot():
    both = {"agency", "agency reader", "agency waiting", "startup", "startup reader", "officer"}
    assert who_may(lambda actor: policies.can_see(actor, pilot())) == both


@pytest.mark.parametrize(
    ("policy", "state", "allowed"),
    [
        (policies.can_edit_plan, P.PREPARING, {"agency", "startup"}),
        (policies.can_edit_plan, P.RUNNING, set()),
        (policies.can_agree, P.PREPARING, {"agency", "startup"}),
        (policies.can_agree, P.RUNNING, set()),
        (policies.can_suspend, P.PREPARING, set()),
        (policies.can_suspend, P.RUNNING, {"agency", "officer"}),
        (policies.can_suspend, P.SUSPENDED, set()),
        (policies.can_resume, P.SUSPENDED, {"agency", "officer"}),
        (policies.can_resume, P.RUNNING, set()),
        (policies.can_end_early, P.PREPARING, {"officer"}),
        (policies.can_end_early, P.RUNNING, {"officer"}),
        (policies.can_end_early, P.SUSPENDED, {"officer"}),
        (policies.can_end_early, P.ASSESSED, set()),
        (policies.can_ask_end, P.RUNNING, {"agency"}),
        (policies.can_ask_end, P.ENDED_EARLY, set()),
        (policies.can_record_actuals, P.RUNNING, {"agency", "startup"}),
        (policies.can_record_actuals, P.PREPARING, set()),
        (policies.can_record_actuals, P.ASSESSED, set()),
    ],
)
def test_steps_of_a_pilot(policy, state, allowed):
    assert who_may(lambda actor: policy(actor, pilot(state), NOW)) == allowed


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"site": " "}, "pilots.no_site"),
        ({"agency_duties": ""}, "pilots.no_agency_duties"),
        ({"startup_duties": ""}, "pilots.no_startup_duties"),
        ({"starts_on": None, "ends_on": None}, "pilots.no_period"),
        ({"measures": []}, "pilots.no_measures"),
        ({"milestones": []}, "pilots.no_milestones"),
        ({"grant": 1001}, "pilots.unbalanced"),
        ({"grant": 999}, "pilots.unbalanced"),
        ({"ends_on": date(2026, 6, 29)}, "pilots.outside_period"),
        ({"starts_on": date(2026, 7, 1)}, "pilots.outside_period"),
    ],
)
def test_nobody_agrees_to_a_plan_with_a_gap(changes, expected):
    incomplete = pilot(P.PREPARING, **changes)
    assert code(policies.can_agree(PEOPLE["startup"], incomplete, NOW)) == expected


def test_a_side_agrees_once():
    agreed = pilot(P.PREPARING, agency_agreed_at=NOW)
    assert code(policies.can_agree(PEOPLE["agency"], agreed, NOW)) == "pilots.already_agreed"
    assert policies.can_agree(PEOPLE["startup"], agreed, NOW)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "allowed"),
        ({"agency_agreed_at": None}, "pilots.agency_to_agree"),
        ({"startup_agreed_at": None}, "pilots.startup_to_agree"),
        ({"starts_on": date(2026, 3, 2)}, "allowed"),
        ({"starts_on": date(2026, 3, 3)}, "pilots.too_early"),
        ({"starts_on": date(2025, 1, 1), "ends_on": date(2026, 3, 1)}, "pilots.period_passed"),
        ({"starts_on": date(2025, 1, 1), "ends_on": date(2026, 3, 2)}, "allowed"),
        ({"state": P.RUNNING}, "pilots.not_preparing"),
        ({"state": P.ENDED_EARLY}, "pilots.over"),
    ],
)
def test_the_agency_starts_an_agreed_pilot_on_its_day(changes, expected):
    agreed = pilot(**({"state": P.PREPARING, "agency_agreed_at": NOW, "startup_agreed_at": NOW} | changes))
    assert code(policies.can_start(PEOPLE["agency"], agreed, NOW)) == expected
    assert not policies.can_start(PEOPLE["startup"], agreed, NOW)
    assert not policies.can_start(PEOPLE["officer"], agreed, NOW)


HAND_IN, DECIDE, PAY = policies.can_hand_in, policies.can_decide, policies.can_pay


@pytest.mark.parametrize(
    ("policy", "state", "done", "allowed"),
    [
        (HAND_IN, P.RUNNING, M.PLANNED, {"startup"}),
        (HAND_IN, P.RUNNING, M.RETURNED, {"startup"}),
        (HAND_IN, P.RUNNING, M.SUBMITTED, set()),
        (HAND_IN, P.RUNNING, M.ACCEPTED, set()),
        (HAND_IN, P.PREPARING, M.PLANNED, set()),
        (HAND_IN, P.SUSPENDED, M.PLANNED, set()),
        (HAND_IN, P.ENDED_EARLY, M.PLANNED, set()),
        (HAND_IN, P.ASSESSED, M.PLANNED, set()),
        (DECIDE, P.RUNNING, M.SUBMITTED, {"agency"}),
        (DECIDE, P.SUSPENDED, M.SUBMITTED, {"agency"}),
        (DECIDE, P.ENDED_EARLY, M.SUBMITTED, {"agency"}),
        (DECIDE, P.ASSESSED, M.SUBMITTED, set()),
        (DECIDE, P.RUNNING, M.PLANNED, set()),
        (DECIDE, P.RUNNING, M.ACCEPTED, set()),
        (PAY, P.RUNNING, M.ACCEPTED, {"officer"}),
        (PAY, P.SUSPENDED, M.ACCEPTED, {"officer"}),
        (PAY, P.ENDED_EARLY, M.ACCEPTED, {"officer"}),
        (PAY, P.ASSESSED, M.ACCEPTED, {"officer"}),
        (PAY, P.RUNNING, M.SUBMITTED, set()),
        (PAY, P.RUNNING, M.RETURNED, set()),
    ],
)
def test_steps_of_a_milestone(policy, state, done, allowed):
    one = milestone(done)
    whole = pilot(state, [one, milestone()])
    assert who_may(lambda actor: policy(actor, whole, one, NOW)) == allowed


def test_a_late_milestone_can_still_be_handed_in():
    late = milestone(due_on=date(2026, 3, 1))
    whole = pilot(milestones=[late])
    assert progress.shown_state(whole, late, date(2026, 3, 2)) is M.LATE
    assert policies.can_hand_in(PEOPLE["startup"], whole, late, NOW)


@pytest.mark.parametrize(
    ("one", "grant", "expected"),
    [
        (milestone(M.ACCEPTED, payment=0), 1000, "pilots.no_payment"),
        (milestone(M.ACCEPTED, paid=True), 1000, "pilots.paid"),
        (milestone(M.ACCEPTED, payment=600), 1000, "pilots.too_much"),
        (milestone(M.ACCEPTED, payment=500), 1000, "allowed"),
    ],
)
def test_payments_are_made_once_and_within_the_grant(one, grant, expected):
    whole = pilot(milestones=[milestone(M.ACCEPTED, payment=500, paid=True), one], grant=grant)
    assert code(policies.can_pay(PEOPLE["officer"], whole, one, NOW)) == expected


MEASURED = [Measure(name="時間", target_milli=1, actual_milli=0)]


@pytest.mark.parametrize(
    ("states", "changes", "today", "expected"),
    [
        ((M.ACCEPTED, M.ACCEPTED), {"measures": MEASURED}, date(2026, 4, 1), "allowed"),
        ((M.ACCEPTED, M.PLANNED), {"measures": MEASURED}, date(2026, 8, 31), "pilots.milestones_open"),
        ((M.ACCEPTED, M.PLANNED), {"measures": MEASURED}, date(2026, 9, 1), "allowed"),
        ((M.ACCEPTED, M.RETURNED), {"measures": MEASURED}, date(2026, 9, 1), "allowed"),
        ((M.ACCEPTED, M.SUBMITTED), {"measures": MEASURED}, date(2026, 9, 1), "pilots.decide_first"),
        ((M.ACCEPTED, M.ACCEPTED), {}, date(2026, 9, 1), "pilots.measures_open"),
        ((M.ACCEPTED, M.ACCEPTED), {"state": P.SUSPENDED}, date(2026, 9, 1), "pilots.suspended"),
        ((M.ACCEPTED, M.ACCEPTED), {"state": P.ASSESSED}, date(2026, 9, 1), "pilots.over"),
    ],
)
def test_the_agency_assesses_at_the_end(states, changes, today, expected):
    whole = pilot(milestones=[milestone(state) for state in states], **changes)
    now = NOW + (today - date(2026, 3, 2))
    assert code(policies.can_assess(PEOPLE["agency"], whole, now)) == expected
    assert not policies.can_assess(PEOPLE["startup"], whole, now)
    assert not policies.can_assess(PEOPLE["officer"], whole, now)


@pytest.mark.parametrize(
    ("need_met", "ready", "followed", "expected"),
    [
        (NeedMet.FULLY, True, False, "pilots.graduated"),
        (NeedMet.FULLY, False, False, "allowed"),
        (NeedMet.PARTLY, True, False, "allowed"),
        (NeedMet.NOT, False, False, "allowed"),
        (NeedMet.NOT, False, True, "pilots.followed_up"),
    ],
)
def test_what_does_not_graduate_may_be_followed_up(need_met, ready, followed, expected):
    whole = pilot(P.ASSESSED, assessment=Assessment(need_met=need_met, production_ready=ready))
    assert code(policies.can_follow_up(PEOPLE["agency"], whole, followed, NOW)) == expected
    assert not policies.can_follow_up(PEOPLE["startup"], whole, followed, NOW)


def test_a_challenge_is_concluded_when_all_its_pilots_are_done():
    done, ended, open_ = pilot(P.ASSESSED), pilot(P.ENDED_EARLY), pilot(P.RUNNING)
    officer = PEOPLE["officer"]
    assert policies.can_conclude(officer, [done, ended], NOW)
    assert code(policies.can_conclude(officer, [done, open_], NOW)) == "pilots.pilots_open"
    assert code(policies.can_conclude(officer, [], NOW)) == "pilots.no_pilots"
    assert not policies.can_conclude(PEOPLE["agency"], [done], NOW)


# --- late, length, shares ---


@pytest.mark.parametrize(
    ("state", "stored", "days", "expected"),
    [
        (P.RUNNING, M.PLANNED, 0, M.PLANNED),
        (P.RUNNING, M.PLANNED, 1, M.LATE),
        (P.RUNNING, M.RETURNED, 1, M.LATE),
        (P.RUNNING, M.SUBMITTED, 1, M.SUBMITTED),
        (P.RUNNING, M.ACCEPTED, 1, M.ACCEPTED),
        (P.PREPARING, M.PLANNED, 1, M.PLANNED),
        (P.SUSPENDED, M.PLANNED, 1, M.PLANNED),
        (P.ENDED_EARLY, M.RETURNED, 1, M.RETURNED),
    ],
)
def test_only_a_running_pilot_is_late_and_only_after_the_day(state, stored, days, expected):
    one = milestone(stored)
    today = one.due_on + timedelta(days=days)
    assert progress.shown_state(pilot(state, [one]), one, today) is expected


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "usual"),
    [
        (date(2026, 3, 1), date(2026, 8, 31), True),
        (date(2026, 3, 1), date(2026, 7, 31), True),
        (date(2026, 3, 1), date(2026, 7, 30), False),
        (date(2026, 3, 1), date(2026, 9, 30), True),
        (date(2026, 3, 1), date(2026, 10, 1), False),
        (date(2025, 9, 30), date(2026, 2, 28), True),
    ],
)
def test_half_a_year_is_five_to_seven_months(starts_on, ends_on, usual):
    assert progress.usual_length(starts_on, ends_on) is usual


@given(st.integers(0, 10**12), st.integers(1, 24))
def test_a_split_grant_is_the_grant(grant, parts):
    shares = progress.split_grant(grant, parts)
    assert sum(shares) == grant
    assert len(shares) == parts
    assert min(shares) >= 0
    assert max(shares) - min(shares) < parts


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 12), st.data())
def test_planned_days_lie_in_the_period(starts_on, months, data):
    ends_on = progress.last_day(starts_on, months)
    named = data.draw(st.lists(st.none() | st.integers(1, 24), min_size=1, max_size=24))
    days = progress.due_days(starts_on, ends_on, named)
    assert all(starts_on <= day <= ends_on for day in days)
    assert len(days) == len(named)
