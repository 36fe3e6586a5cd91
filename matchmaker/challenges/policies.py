"""Who may do what to a challenge, and when."""

from __future__ import annotations

from datetime import datetime

from matchmaker.challenges.completeness import gaps
from matchmaker.challenges.models import Challenge
from matchmaker.challenges.states import CHALLENGE_LIFE, EDITABLE, UNPUBLISHED, ChallengeState
from matchmaker.kernel.decision import ALLOWED, Decision, Denied, Reason, deny, first_denial
from matchmaker.kernel.words import N_
from matchmaker.people.actor import SYSTEM, Actor
from matchmaker.people.models import Organization
from matchmaker.people.policies import NOT_STAFF, can_write
from matchmaker.people.states import OrganizationKind

NOT_AGENCY = Reason("challenges.not_agency", N_("Only agencies set challenges."))
WRONG_STATE = Reason("challenges.wrong_state", N_("This is not possible in the state “%(state)s”."))
HANDED_IN = Reason(
    "challenges.handed_in",
    N_("The need lies with the programme office. Take it back to change it."),
)
FROZEN = Reason(
    "challenges.frozen",
    N_("The challenge is published: its statement, terms and criteria stand as they are."),
)
OWN_NEED = Reason("challenges.own_need", N_("You wrote this need yourself. A colleague has to decide on it."))
INCOMPLETE = Reason("challenges.incomplete", N_("Something is still missing. %(first)s"))
STILL_OPEN = Reason(
    "challenges.still_open", N_("The call is open until %(at)s. Proposals stay sealed until then.")
)
NO_FOLLOW_UP = Reason(
    "challenges.no_follow_up", N_("A follow-up challenge can be set once the challenge is decided.")
)
PUBLISHED_CANCEL = Reason(
    "challenges.published_cancel",
    N_("The challenge is published. Only the programme office can cancel it; write to it."),
)


def state_name(challenge: Challenge, now: datetime) -> Denied:
    """The name of the present state, as a param that is translated where it is shown."""
    state = challenge.state_at(now)
    return deny(Reason(f"challenges.state.{state}", CHALLENGE_LIFE.info(state).label))


def _state_allows(challenge: Challenge, move: str, now: datetime) -> Decision:
    if CHALLENGE_LIFE.can(move, challenge.state_at(now)):
        return ALLOWED
    return deny(WRONG_STATE, state=state_name(challenge, now))


def _is_complete(challenge: Challenge, now: datetime) -> Decision:
    missing = gaps(challenge, now)
    return deny(INCOMPLETE, first=missing[0].reason) if missing else ALLOWED


def _is_staff(actor: Actor) -> Decision:
    return ALLOWED if actor.is_staff else deny(NOT_STAFF)


def _not_the_writer(actor: Actor, challenge: Challenge) -> Decision:
    is_own = actor.is_of(challenge.organization_id) or actor.user_id == challenge.created_by_id
    return deny(OWN_NEED) if is_own else ALLOWED


def can_draft(actor: Actor, organization: Organization) -> Decision:
    """May this person begin a need for this agency?"""
    if organization.kind is not OrganizationKind.AGENCY:
        return deny(NOT_AGENCY)
    return can_write(actor, organization.id)


def can_edit(actor: Actor, challenge: Challenge, now: datetime) -> Decision:
    """May this person change statement, terms, criteria and papers? Only while draft or returned."""
    decision = can_write(actor, challenge.organization_id)
    if not decision or challenge.state in EDITABLE:
        return decision
    if challenge.state is ChallengeState.IN_TRIAGE:
        return deny(HANDED_IN)
    if challenge.published_at is not None:
        return deny(FROZEN)
    return deny(WRONG_STATE, state=state_name(challenge, now))


def can_hand_in(actor: Actor, challenge: Challenge, now: datetime) -> Decision:
    """May this person hand the need in? It has to be complete. Needs texts and criteria."""
    return first_denial(
        can_write(actor, challenge.organization_id),
        _state_allows(challenge, "hand_in", now),
        _is_complete(challenge, now),
    )


def can_take_back(actor: Actor, challenge: Challenge, now: datetime) -> Decision:
    """May this person take the need back from triage?"""
    return first_denial(
        can_write(actor, challenge.organization_id), _state_allows(challenge, "take_back", now)
    )


def can_return(actor: Actor, challenge: Challenge, now: datetime) -> Decision:
    """May this person send the need back for changes? Staff who did not write it themselves."""
    return first_denial(
        _is_staff(actor), _not_the_writer(actor, challenge), _state_allows(challenge, "return", now)
    )


def can_publish(actor: Actor, challenge: Challenge, now: datetime) -> Decision:
    """May this person publish the need now? Staff who did not write it, once nothing is missing.

    Needs texts and criteria.
    """
    return first_denial(
        _is_staff(actor),
        _not_the_writer(actor, challenge),
        _state_allows(challenge, "publish", now),
        _is_complete(challenge, now),
    )


def can_cancel(actor: Actor, challenge: Challenge, now: datetime) -> Decision:
    """May this person cancel it? The agency its unpublished need, staff until the judging ends."""
    if not actor.is_staff:
        decision = can_write(actor, challenge.organization_id)
        if not decision:
            return decision
        if challenge.state not in UNPUBLISHED and challenge.published_at is not None:
            return deny(PUBLISHED_CANCEL)
    return _state_allows(challenge, "cancel", now)


def can_open(actor: Actor, challenge: Challenge, now: datetime) -> Decision:
    """May the proposals be opened by this person? Staff, and never before the deadline."""
    return first_denial(_is_acting_staff(actor), can_be_opened(challenge, now))


def can_be_opened(challenge: Challenge, now: datetime) -> Decision:
    """Has the deadline passed, and is nothing opened yet?"""
    state = challenge.state_at(now)
    if state is ChallengeState.PUBLISHED:
        return deny(STILL_OPEN, at=challenge.closes_at)
    if state is ChallengeState.CLOSED:
        return ALLOWED
    return deny(WRONG_STATE, state=state_name(challenge, now))


def _is_acting_staff(actor: Actor) -> Decision:
    return ALLOWED if actor.is_staff or actor is SYSTEM else deny(NOT_STAFF)


def can_advance(actor: Actor, challenge: Challenge, move: str, now: datetime) -> Decision:
    """May the challenge take this later step (screen, judge, decide, begin_pilot, conclude)?

    What has to be done before it is the business of the slice that asks; a pilot may be begun by its agency.
    """
    if move == "begin_pilot" and actor.writes_for(challenge.organization_id):
        return _state_allows(challenge, move, now)
    return first_denial(_is_acting_staff(actor), _state_allows(challenge, move, now))


FOLLOWED = frozenset({ChallengeState.DECIDED, ChallengeState.IN_PILOT, ChallengeState.CONCLUDED})


def can_follow_up(actor: Actor, parent: Challenge, now: datetime) -> Decision:
    """May this person draft a follow-up challenge (R-094)? The agency's writers, or staff on its behalf."""
    if not actor.is_staff:
        decision = can_write(actor, parent.organization_id)
        if not decision:
            return decision
    return ALLOWED if parent.state_at(now) in FOLLOWED else deny(NO_FOLLOW_UP)
