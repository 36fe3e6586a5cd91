"""Who may do what to a pilot, and what still stands in the way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from matchmaker.judging.models import PanelDecision
from matchmaker.judging.states import Outcome
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.decision import ALLOWED, Decision, Denied, Reason, deny, first_denial
from matchmaker.kernel.words import N_
from matchmaker.people.actor import Actor
from matchmaker.people.policies import NOT_CONFIRMED, NOT_STAFF, NOT_WRITER
from matchmaker.people.states import WRITERS
from matchmaker.pilots.events import Side
from matchmaker.pilots.models import Milestone, Pilot
from matchmaker.pilots.progress import DONE, ledger, shown_state
from matchmaker.pilots.states import MILESTONE_LIFE, MilestoneState, PilotState

NOT_AWARDED = Reason("pilots.not_awarded", N_("Only an awarded proposal becomes a pilot."))
NOT_PARTY = Reason("pilots.not_party", N_("Only the agency and the startup of this pilot can do this."))
NOT_AGENCY = Reason("pilots.not_agency", N_("Only the agency of this pilot can do this."))
NOT_STARTUP = Reason("pilots.not_startup", N_("Only the startup of this pilot can do this."))
NOT_AGENCY_OR_STAFF = Reason(
    "pilots.not_agency_or_staff", N_("Only the agency of this pilot or the programme office can do this.")
)
FROZEN = Reason(
    "pilots.frozen", N_("The pilot has started: its plan stands as it was agreed. Only results are added.")
)
NOT_PREPARING = Reason("pilots.not_preparing", N_("The pilot has started already."))
NOT_RUNNING = Reason("pilots.not_running", N_("This is possible only while the pilot is running."))
NOT_STARTED = Reason(
    "pilots.not_started", N_("The pilot has not started yet. Both sides agree to the plan first.")
)
SUSPENDED = Reason("pilots.suspended", N_("The pilot is suspended. It must be resumed first."))
NOT_SUSPENDED = Reason("pilots.not_suspended", N_("The pilot is not suspended."))
OVER = Reason("pilots.over", N_("The pilot has ended. Nothing more can be changed."))
ALREADY_AGREED = Reason(
    "pilots.already_agreed", N_("Your side has agreed to this plan. Now the other side has to agree.")
)
AGENCY_TO_AGREE = Reason("pilots.agency_to_agree", N_("The agency has not agreed to the plan yet."))
STARTUP_TO_AGREE = Reason("pilots.startup_to_agree", N_("The startup has not agreed to the plan yet."))
TOO_EARLY = Reason("pilots.too_early", N_("The pilot can be started from %(day)s on."))
PERIOD_PASSED = Reason(
    "pilots.period_passed", N_("The period of the plan has passed. Change the days and agree once more.")
)

NO_SITE = Reason("pilots.no_site", N_("Say where the pilot takes place."))
NO_AGENCY_DUTIES = Reason(
    "pilots.no_agency_duties", N_("Say what site or administrative support the agency gives.")
)
NO_STARTUP_DUTIES = Reason("pilots.no_startup_duties", N_("Say what the startup does."))
NO_PERIOD = Reason("pilots.no_period", N_("Enter the first and the last day of the pilot."))
NO_MEASURES = Reason("pilots.no_measures", N_("Add at least one measure of success."))
NO_MILESTONES = Reason("pilots.no_milestones", N_("Add at least one milestone."))
OUTSIDE_PERIOD = Reason(
    "pilots.outside_period",
    N_("The milestone “%(title)s” is due outside the period of the pilot. Change its day or the period."),
)
UNBALANCED = Reason(
    "pilots.unbalanced",
    N_("The payments of the milestones sum to NT$%(planned)s, the grant is NT$%(grant)s. Make them equal."),
)

HANDED_IN = Reason(
    "pilots.handed_in", N_("This milestone has been handed in. The agency accepts or returns it next.")
)
NOT_HANDED_IN = Reason(
    "pilots.not_handed_in", N_("The startup has not handed in this milestone. You can decide when it has.")
)
ACCEPTED = Reason("pilots.accepted", N_("This milestone has been accepted."))
NOT_ACCEPTED = Reason(
    "pilots.not_accepted", N_("A payment can be recorded once the agency has accepted the milestone.")
)
NO_PAYMENT = Reason("pilots.no_payment", N_("No payment hangs on this milestone."))
PAID = Reason("pilots.paid", N_("The payment of this milestone has been recorded. It is never changed."))
TOO_MUCH = Reason("pilots.too_much", N_("With this payment more than the grant would be paid."))

MILESTONES_OPEN = Reason(
    "pilots.milestones_open",
    N_("The pilot can be assessed when every milestone is accepted, or after %(day)s, its last day."),
)
DECIDE_FIRST = Reason(
    "pilots.decide_first", N_("Accept or return the milestones that were handed in, then assess the pilot.")
)
MEASURES_OPEN = Reason("pilots.measures_open", N_("Enter what was measured for every measure first."))
NOT_ASSESSED = Reason("pilots.not_assessed", N_("The agency has not assessed the pilot yet."))
GRADUATED = Reason(
    "pilots.graduated", N_("The need is met and the solution is ready: it goes on to the catalog.")
)
FOLLOWED_UP = Reason("pilots.followed_up", N_("A follow-up challenge exists already."))
PILOTS_OPEN = Reason(
    "pilots.pilots_open", N_("The challenge can be concluded when all its pilots are assessed or ended.")
)
NO_PILOTS = Reason("pilots.no_pilots", N_("The challenge has no pilot."))


def side_of(actor: Actor, pilot: Pilot) -> Side | None:
    """For which party of the pilot this person acts."""
    if actor.is_of(pilot.agency_id):
        return Side.AGENCY
    if actor.is_of(pilot.startup_id):
        return Side.STARTUP
    return None


def can_see(actor: Actor, pilot: Pilot) -> Decision:
    """May this person open the pilot's own page? Its two parties and the programme office."""
    if actor.is_staff or side_of(actor, pilot) is not None:
        return ALLOWED
    return deny(NOT_PARTY)


def _writes(actor: Actor, pilot: Pilot, *sides: Side, otherwise: Reason) -> Decision:
    if side_of(actor, pilot) not in sides:
        return deny(otherwise)
    if actor.role not in WRITERS:
        return deny(NOT_WRITER)
    return ALLOWED if actor.confirmed else deny(NOT_CONFIRMED)


def _party(actor: Actor, pilot: Pilot) -> Decision:
    return _writes(actor, pilot, Side.AGENCY, Side.STARTUP, otherwise=NOT_PARTY)


def _agency(actor: Actor, pilot: Pilot) -> Decision:
    return _writes(actor, pilot, Side.AGENCY, otherwise=NOT_AGENCY)


def _startup(actor: Actor, pilot: Pilot) -> Decision:
    return _writes(actor, pilot, Side.STARTUP, otherwise=NOT_STARTUP)


def _staff(actor: Actor) -> Decision:
    return ALLOWED if actor.is_staff else deny(NOT_STAFF)


def _agency_or_staff(actor: Actor, pilot: Pilot) -> Decision:
    if actor.is_staff:
        return ALLOWED
    return _writes(actor, pilot, Side.AGENCY, otherwise=NOT_AGENCY_OR_STAFF)


def _running(pilot: Pilot) -> Decision:
    """Yes while the pilot runs, else the reason that fits its state."""
    reasons = {
        PilotState.PREPARING: NOT_STARTED,
        PilotState.SUSPENDED: SUSPENDED,
        PilotState.ENDED_EARLY: OVER,
        PilotState.ASSESSED: OVER,
    }
    return ALLOWED if pilot.state is PilotState.RUNNING else deny(reasons[pilot.state])


def _preparing(pilot: Pilot, otherwise: Reason) -> Decision:
    if pilot.state in DONE:
        return deny(OVER)
    return ALLOWED if pilot.state is PilotState.PREPARING else deny(otherwise)


def can_prepare(decision: PanelDecision) -> Decision:
    """Does a panel's decision lead to a pilot? Only an award does."""
    return ALLOWED if decision.outcome is Outcome.AWARDED else deny(NOT_AWARDED)


def can_edit_plan(actor: Actor, pilot: Pilot, now: datetime) -> Decision:
    """May this person change the plan? Writers of both sides, until the start."""
    return first_denial(_party(actor, pilot), _preparing(pilot, FROZEN))


def plan_gaps(pilot: Pilot) -> Sequence[Denied]:
    """What the plan still lacks before anybody can agree to it (needs measures and milestones loaded)."""
    gaps = [
        deny(reason)
        for reason, given in (
            (NO_SITE, pilot.site.strip()),
            (NO_AGENCY_DUTIES, pilot.agency_duties.strip()),
            (NO_STARTUP_DUTIES, pilot.startup_duties.strip()),
            (NO_PERIOD, pilot.starts_on),
            (NO_MEASURES, pilot.measures),
            (NO_MILESTONES, pilot.milestones),
        )
        if not given
    ]
    if pilot.starts_on is not None and pilot.ends_on is not None:
        gaps += [
            deny(OUTSIDE_PERIOD, title=m.title)
            for m in pilot.milestones
            if not pilot.starts_on <= m.due_on <= pilot.ends_on
        ]
    money = ledger(pilot)
    if pilot.milestones and not money.balanced:
        gaps.append(deny(UNBALANCED, planned=f"{money.planned:,}", grant=f"{money.grant:,}"))
    return gaps


def can_agree(actor: Actor, pilot: Pilot, now: datetime) -> Decision:
    """May this person agree to the plan for their side? Once it is whole, and once."""
    agreed = pilot.agency_agreed_at if actor.is_of(pilot.agency_id) else pilot.startup_agreed_at
    return first_denial(
        _party(actor, pilot),
        _preparing(pilot, NOT_PREPARING),
        deny(ALREADY_AGREED) if agreed is not None else ALLOWED,
        *plan_gaps(pilot),
    )


def can_start(actor: Actor, pilot: Pilot, now: datetime) -> Decision:
    """May this person start the pilot? The agency, from the first day on, when both sides have agreed."""
    standing = first_denial(_agency(actor, pilot), _preparing(pilot, NOT_PREPARING))
    if not standing:
        return standing
    if pilot.agency_agreed_at is None:
        return deny(AGENCY_TO_AGREE)
    if pilot.startup_agreed_at is None:
        return deny(STARTUP_TO_AGREE)
    if pilot.starts_on is None or pilot.ends_on is None:
        return deny(NO_PERIOD)
    today = local_day(now)
    if today < pilot.starts_on:
        return deny(TOO_EARLY, day=pilot.starts_on)
    return deny(PERIOD_PASSED) if today > pilot.ends_on else ALLOWED


def can_suspend(actor: Actor, pilot: Pilot, now: datetime) -> Decision:
    """May this person suspend the pilot? The agency or staff, while it runs."""
    return first_denial(_agency_or_staff(actor, pilot), _running(pilot))


def can_resume(actor: Actor, pilot: Pilot, now: datetime) -> Decision:
    """May this person let a suspended pilot go on? The agency or staff."""
    suspended = ALLOWED if pilot.state is PilotState.SUSPENDED else deny(NOT_SUSPENDED)
    return first_denial(_agency_or_staff(actor, pilot), suspended)


def _not_over(pilot: Pilot) -> Decision:
    return deny(OVER) if pilot.state in DONE else ALLOWED


def can_end_early(actor: Actor, pilot: Pilot, now: datetime) -> Decision:
    """May this person end the pilot before its time? Staff, also on the agency's request."""
    return first_denial(_staff(actor), _not_over(pilot))


def can_ask_end(actor: Actor, pilot: Pilot, now: datetime) -> Decision:
    """May this person ask the programme office to end the pilot? The agency."""
    return first_denial(_agency(actor, pilot), _not_over(pilot))


def can_hand_in(actor: Actor, pilot: Pilot, milestone: Milestone, now: datetime) -> Decision:
    """May this person hand in the milestone? The startup, in time or late, while the pilot runs."""
    state = shown_state(pilot, milestone, local_day(now))
    open_ = (
        ALLOWED
        if MILESTONE_LIFE.can("submit", state)
        else deny(ACCEPTED if state is MilestoneState.ACCEPTED else HANDED_IN)
    )
    return first_denial(_startup(actor, pilot), _running(pilot), open_)


def can_decide(actor: Actor, pilot: Pilot, milestone: Milestone, now: datetime) -> Decision:
    """May this person accept or return the milestone? The agency, on what was handed in.

    Also while the pilot is suspended and after an early end: work that was handed in before is decided on.
    """
    if milestone.state is MilestoneState.ACCEPTED:
        standing: Decision = deny(ACCEPTED)
    elif milestone.state is not MilestoneState.SUBMITTED:
        standing = deny(NOT_HANDED_IN)
    elif pilot.state in (PilotState.PREPARING, PilotState.ASSESSED):
        standing = _running(pilot)
    else:
        standing = ALLOWED
    return first_denial(_agency(actor, pilot), standing)


def can_pay(actor: Actor, pilot: Pilot, milestone: Milestone, now: datetime) -> Decision:
    """May this person record the payment? Staff, once, for an accepted milestone, within the grant.

    Needs the milestones with their payments loaded.
    """
    if milestone.payment == 0:
        standing: Decision = deny(NO_PAYMENT)
    elif milestone.paid is not None:
        standing = deny(PAID)
    elif milestone.state is not MilestoneState.ACCEPTED:
        standing = deny(NOT_ACCEPTED)
    elif milestone.payment > ledger(pilot).remaining:
        standing = deny(TOO_MUCH)
    else:
        standing = ALLOWED
    return first_denial(_staff(actor), standing)


def can_record_actuals(actor: Actor, pilot: Pilot, now: datetime) -> Decision:
    """May this person enter what was measured? Both sides, while the pilot runs."""
    return first_denial(_party(actor, pilot), _running(pilot))


def can_assess(actor: Actor, pilot: Pilot, now: datetime) -> Decision:
    """May this person say the final word? The agency, when all is accepted or the last day has passed."""
    standing = first_denial(_agency(actor, pilot), _running(pilot))
    if not standing:
        return standing
    if pilot.ends_on is None:
        return deny(NO_PERIOD)
    if any(m.state is MilestoneState.SUBMITTED for m in pilot.milestones):
        return deny(DECIDE_FIRST)
    accepted = all(m.state is MilestoneState.ACCEPTED for m in pilot.milestones)
    if not accepted and local_day(now) <= pilot.ends_on:
        return deny(MILESTONES_OPEN, day=pilot.ends_on)
    if any(measure.actual_milli is None for measure in pilot.measures):
        return deny(MEASURES_OPEN)
    return ALLOWED


def can_follow_up(actor: Actor, pilot: Pilot, followed: bool, now: datetime) -> Decision:
    """May this person draft an advanced challenge from the pilot? The agency, on outcome B (R-094)."""
    standing = _agency(actor, pilot)
    if not standing:
        return standing
    if pilot.assessment is None:
        return deny(NOT_ASSESSED)
    if pilot.assessment.graduates:
        return deny(GRADUATED)
    return deny(FOLLOWED_UP) if followed else ALLOWED


def can_conclude(actor: Actor, pilots: Sequence[Pilot], now: datetime) -> Decision:
    """May this person conclude the challenge of these pilots? Staff, when all of them are done."""
    standing = _staff(actor)
    if not standing:
        return standing
    if not pilots:
        return deny(NO_PILOTS)
    return ALLOWED if all(pilot.state in DONE for pilot in pilots) else deny(PILOTS_OPEN)
