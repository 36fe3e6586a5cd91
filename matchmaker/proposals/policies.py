"""Who may do what to proposals, openings and screenings, and when."""

from __future__ import annotations

from datetime import datetime

from matchmaker.challenges.models import Challenge
from matchmaker.challenges.states import CHALLENGE_LIFE, ChallengeState
from matchmaker.kernel.decision import ALLOWED, Decision, Denied, Reason, deny, first_denial
from matchmaker.kernel.words import N_
from matchmaker.people.actor import Actor
from matchmaker.people.policies import NOT_DIRECTOR, NOT_STAFF
from matchmaker.people.policies import can_write as can_write_for
from matchmaker.people.states import OrganizationKind
from matchmaker.proposals.models import Opening, Proposal
from matchmaker.proposals.states import PROPOSAL_LIFE, WRITABLE, CheckResult, ProposalState

ONLY_STARTUPS = Reason(
    "proposals.only_startups", N_("Only a startup can answer a challenge. Act for your startup first.")
)
NOT_OPEN_YET = Reason("proposals.not_open_yet", N_("The call opens on %(opens_at)s."))
CALL_CLOSED = Reason(
    "proposals.call_closed", N_("The call closed on %(closes_at)s. Nothing can be changed any more.")
)
CALL_NOT_OPEN = Reason("proposals.call_not_open", N_("This challenge takes no proposals."))
BEGUN = Reason("proposals.begun", N_("Your startup has begun a proposal already. Go on with that one."))
NOT_SUBMITTED = Reason("proposals.not_submitted", N_("There is nothing to withdraw: nothing is submitted."))
PAST_WRITING = Reason(
    "proposals.past_writing", N_("The proposal has been opened. Nothing can be changed any more.")
)
NOTHING_CHANGED = Reason(
    "proposals.nothing_changed",
    N_("Nothing has changed since version %(version)s, which is submitted already."),
)
STILL_OPEN = Reason(
    "proposals.still_open", N_("The call is open until %(closes_at)s. Proposals stay sealed until then.")
)
NOT_TO_BE_OPENED = Reason(
    "proposals.not_to_be_opened", N_("The proposals of this challenge cannot be opened in its present state.")
)
ASKED_ALREADY = Reason(
    "proposals.asked_already",
    N_("%(name)s has asked for the opening already. Another officer has to confirm it."),
)
NOT_ASKED = Reason(
    "proposals.not_asked", N_("Nobody has asked for the opening yet. One officer asks, another confirms.")
)
SAME_PERSON = Reason(
    "proposals.same_person", N_("You asked for the opening. Another officer has to confirm it.")
)
NOT_OPENED = Reason("proposals.not_opened", N_("The proposals are sealed. Open them first."))
SCREENING_BEGUN = Reason("proposals.screening_begun", N_("The screening has begun already."))
NOT_SCREENING = Reason("proposals.not_screening", N_("The challenge is not being screened now."))
DECIDED_ALREADY = Reason(
    "proposals.decided_already", N_("This proposal is “%(state)s” already. Its checks stand as they are.")
)
CHECKS_OPEN = Reason(
    "proposals.checks_open", N_("Confirm every check first: %(open)s of %(all)s are still open.")
)
CHECK_NOT_MET = Reason(
    "proposals.check_not_met",
    N_("A condition is confirmed as not fulfilled. The proposal cannot be admitted."),
)
NO_GROUND = Reason(
    "proposals.no_ground",
    N_(
        "Every condition is fulfilled or open. Confirm the one that is not fulfilled before you reject the proposal."
    ),
)
UNDECIDED = Reason(
    "proposals.undecided",
    N_("Admit or reject every proposal first: %(open)s of %(all)s are still to be decided."),
)
WRONG_STATE = Reason("proposals.wrong_state", N_("This is not possible while the proposal is “%(state)s”."))


def state_name(proposal: Proposal) -> Denied:
    """The name of the present state, as a param that is translated where it is shown."""
    return deny(Reason(f"proposals.state.{proposal.state}", PROPOSAL_LIFE.info(proposal.state).label))


def state_for_startup(proposal: Proposal) -> ProposalState:
    """The state as its startup sees it: the short list is told with the decision, not before."""
    if proposal.state is ProposalState.SHORTLISTED:
        return ProposalState.ELIGIBLE
    return proposal.state


def call_takes(challenge: Challenge, now: datetime) -> Decision:
    """Is the call open at this moment? In time is what comes before ``closes_at``, without any grace."""
    if challenge.state is not ChallengeState.PUBLISHED or challenge.opens_at is None:
        return deny(CALL_NOT_OPEN)
    if now < challenge.opens_at:
        return deny(NOT_OPEN_YET, opens_at=challenge.opens_at)
    if challenge.closes_at is None or now >= challenge.closes_at:
        return deny(CALL_CLOSED, closes_at=challenge.closes_at)
    return ALLOWED


def can_start(actor: Actor, challenge: Challenge, now: datetime, existing: Proposal | None) -> Decision:
    """May this person begin a proposal for their startup? ``existing``: the startup's own, if it has one."""
    if not actor.is_kind(OrganizationKind.STARTUP) or actor.organization_id is None:
        return deny(ONLY_STARTUPS)
    if existing is not None:
        return deny(BEGUN)
    return first_denial(call_takes(challenge, now), can_write_for(actor, actor.organization_id))


def can_edit(actor: Actor, proposal: Proposal, challenge: Challenge, now: datetime) -> Decision:
    """May this person change the draft and its papers? Owners and editors, until the deadline."""
    if proposal.state not in WRITABLE or proposal.number is not None:
        return deny(PAST_WRITING)
    return first_denial(call_takes(challenge, now), can_write_for(actor, proposal.organization_id))


def can_submit(actor: Actor, proposal: Proposal, challenge: Challenge, now: datetime) -> Decision:
    """May this person submit the draft, or its revision, at this moment? Whether it is complete is another
    question."""
    return can_edit(actor, proposal, challenge, now)


def can_withdraw(actor: Actor, proposal: Proposal, challenge: Challenge, now: datetime) -> Decision:
    """May this person withdraw what is submitted? Until the deadline."""
    decision = can_edit(actor, proposal, challenge, now)
    if decision and proposal.state is not ProposalState.SUBMITTED:
        return deny(NOT_SUBMITTED)
    return decision


def can_see_opening(actor: Actor, challenge: Challenge, now: datetime) -> Decision:
    """Is there an opening to prepare, or one to look back on? Officers, once the deadline has passed."""
    if not actor.is_staff:
        return deny(NOT_STAFF)
    if challenge.opened_at is not None:
        return ALLOWED
    state = challenge.state_at(now)
    if state is ChallengeState.PUBLISHED:
        return deny(STILL_OPEN, closes_at=challenge.closes_at)
    return ALLOWED if state is ChallengeState.CLOSED else deny(NOT_TO_BE_OPENED)


def can_ask_opening(actor: Actor, challenge: Challenge, opening: Opening | None, now: datetime) -> Decision:
    """May this person ask for the opening? The first of two officers, after the deadline."""
    decision = can_see_opening(actor, challenge, now)
    if not decision:
        return decision
    if challenge.opened_at is not None:
        return deny(NOT_TO_BE_OPENED)
    return ALLOWED if opening is None else deny(ASKED_ALREADY, name=opening.asked_by)


def can_confirm_opening(
    actor: Actor, challenge: Challenge, opening: Opening | None, now: datetime
) -> Decision:
    """May this person confirm the opening? The second of two officers, never the one who asked."""
    decision = can_see_opening(actor, challenge, now)
    if not decision:
        return decision
    if challenge.opened_at is not None or (opening is not None and opening.confirmed_at is not None):
        return deny(NOT_TO_BE_OPENED)
    if opening is None:
        return deny(NOT_ASKED)
    return deny(SAME_PERSON) if opening.asked_by_id == actor.user_id else ALLOWED


def can_read_opened(actor: Actor, challenge: Challenge) -> Decision:
    """May this person read the opened proposals of the challenge? Officers and the agency that set it; jurors
    read through their panel."""
    if challenge.opened_at is None:
        return deny(NOT_OPENED)
    if actor.is_staff or (actor.is_of(challenge.organization_id) and actor.confirmed):
        return ALLOWED
    return deny(NOT_STAFF)


def can_begin_screening(actor: Actor, challenge: Challenge) -> Decision:
    """May this person begin the screening? Officers, after the opening."""
    if not actor.is_staff:
        return deny(NOT_STAFF)
    if challenge.opened_at is None:
        return deny(NOT_OPENED)
    return ALLOWED if CHALLENGE_LIFE.can("screen", challenge.state) else deny(SCREENING_BEGUN)


def can_screen(actor: Actor, challenge: Challenge, proposal: Proposal) -> Decision:
    """May this person confirm the checks of this proposal now?"""
    if not actor.is_staff:
        return deny(NOT_STAFF)
    if challenge.state is not ChallengeState.SCREENING:
        return deny(NOT_SCREENING)
    if proposal.state is not ProposalState.SUBMITTED:
        return deny(DECIDED_ALREADY, state=state_name(proposal))
    return ALLOWED


def can_admit(
    actor: Actor, challenge: Challenge, proposal: Proposal, results: list[CheckResult | None]
) -> Decision:
    """May this person admit the proposal? ``results``: what is confirmed of each check, None while open."""
    decision = can_screen(actor, challenge, proposal)
    if not decision:
        return decision
    open_ = sum(result is None for result in results)
    if CheckResult.NOT_MET in results:
        return deny(CHECK_NOT_MET)
    if open_ or not results:
        return deny(CHECKS_OPEN, open=open_, all=len(results))
    return ALLOWED


def can_reject(
    actor: Actor, challenge: Challenge, proposal: Proposal, results: list[CheckResult | None]
) -> Decision:
    """May this person reject the proposal? Only on the ground of a check that is confirmed as not met."""
    decision = can_screen(actor, challenge, proposal)
    if not decision:
        return decision
    return ALLOWED if CheckResult.NOT_MET in results else deny(NO_GROUND)


def can_finish_screening(actor: Actor, challenge: Challenge, *, undecided: int, count: int) -> Decision:
    """May this person end the screening? Once every one of the ``count`` proposals is decided."""
    if not actor.is_staff:
        return deny(NOT_STAFF)
    if challenge.state is not ChallengeState.SCREENING:
        return deny(NOT_SCREENING)
    return deny(UNDECIDED, open=undecided, all=count) if undecided else ALLOWED


def can_shortlist(actor: Actor, proposal: Proposal, challenge: Challenge) -> Decision:
    """May this person shortlist the proposal? Officers, from its admission to the decision."""
    if not actor.is_staff:
        return deny(NOT_STAFF)
    if challenge.state not in (ChallengeState.SCREENING, ChallengeState.JUDGING):
        return deny(NOT_SCREENING)
    if not PROPOSAL_LIFE.can("shortlist", proposal.state):
        return deny(WRONG_STATE, state=state_name(proposal))
    return ALLOWED


def can_release(actor: Actor, proposal: Proposal, move: str) -> Decision:
    """May this person release a decision (``award``, ``reserve`` or ``turn_down``) on the proposal?"""
    if not actor.is_director:
        return deny(NOT_DIRECTOR)
    if not PROPOSAL_LIFE.can(move, proposal.state):
        return deny(WRONG_STATE, state=state_name(proposal))
    return ALLOWED
