"""Who may see whose suggestions, and who may say what of a pair."""

from __future__ import annotations

from datetime import datetime

from matchmaker.challenges.models import Challenge
from matchmaker.challenges.states import ChallengeState
from matchmaker.kernel.decision import ALLOWED, Decision, Reason, deny, first_denial
from matchmaker.kernel.words import N_
from matchmaker.people.actor import Actor
from matchmaker.people.policies import can_write
from matchmaker.people.states import OrganizationKind
from matchmaker.suggestions.models import Verdict
from matchmaker.suggestions.states import FILTER_LABELS, Choice, Filter, Side

NOT_YOURS = Reason(
    "suggestions.not_yours", N_("Only the agency of the challenge and the programme office see this.")
)
TOO_EARLY = Reason("suggestions.too_early", N_("Suggestions are computed once the need is handed in."))
NOT_A_STARTUP = Reason("suggestions.not_a_startup", N_("Only startups get suggestions of challenges."))
OFFICE_READS = Reason(
    "suggestions.office_reads",
    N_("The agency speaks for its challenge. The programme office reads along and takes no side."),
)
CALL_OVER = Reason(
    "suggestions.call_over", N_("The challenge does not look for startups any more: nothing can be changed.")
)
NOT_OPEN = Reason("suggestions.not_open", N_("Invitations can be sent while the call is open."))
INVITED = Reason(
    "suggestions.invited", N_("This startup has been invited to this challenge already, on %(at)s.")
)
PUT_AWAY = Reason("suggestions.put_away", N_("You have dismissed this suggestion. Take that back first."))
NOT_PUT_AWAY = Reason("suggestions.not_put_away", N_("Nothing is marked here that could be taken back."))
PINNED = Reason("suggestions.pinned", N_("It is pinned already."))
NOT_PINNED = Reason("suggestions.not_pinned", N_("It is not pinned."))
TAKEN_UP = Reason("suggestions.taken_up", N_("You have marked your interest already."))

MATCHED = frozenset({ChallengeState.IN_TRIAGE, ChallengeState.RETURNED, ChallengeState.PUBLISHED})
"""The states in which a challenge looks for startups."""


def can_see_startups(actor: Actor, challenge: Challenge) -> Decision:
    """May this person see which startups fit the challenge?"""
    if not (actor.is_staff or actor.is_of(challenge.organization_id)):
        return deny(NOT_YOURS)
    return deny(TOO_EARLY) if challenge.state is ChallengeState.DRAFT else ALLOWED


def can_see_challenges(actor: Actor) -> Decision:
    """May this person see which challenges fit their organisation?"""
    return ALLOWED if actor.kind is OrganizationKind.STARTUP else deny(NOT_A_STARTUP)


def can_speak(actor: Actor, side: Side, challenge: Challenge, now: datetime) -> Decision:
    """May this person say anything of the pairs of this challenge, for this side?

    For the agency its owners and editors, as with everything else they write; for a startup its own. Staff see
    the same page and change nothing: they open, screen and release later on, and whoever does that must not
    have had favourites. After the call nothing changes any more, so that what was said stands as it was.
    """
    return first_denial(_is_voice(actor, side, challenge), _is_looking(side, challenge, now))


def _is_voice(actor: Actor, side: Side, challenge: Challenge) -> Decision:
    if side is Side.AGENCY:
        if actor.is_staff:
            return deny(OFFICE_READS)
        if not actor.is_of(challenge.organization_id):
            return deny(NOT_YOURS)
        return can_write(actor, challenge.organization_id)
    if actor.kind is not OrganizationKind.STARTUP:
        return deny(NOT_A_STARTUP)
    return can_write(actor, actor.organization_id or 0)


def _is_looking(side: Side, challenge: Challenge, now: datetime) -> Decision:
    known = MATCHED if side is Side.AGENCY else {ChallengeState.PUBLISHED}
    return ALLOWED if challenge.state_at(now) in known else deny(CALL_OVER)


def _passes(stopped_by: Filter | None) -> Decision:
    """A fact that stops the pair stops the word as well; few words in common do not: a person may know better."""
    if stopped_by is None or stopped_by is Filter.NO_COMMON_TERMS:
        return ALLOWED
    return deny(Reason(f"suggestions.filter.{stopped_by}", FILTER_LABELS[stopped_by]))


def _stands(verdict: Verdict | None) -> Decision:
    dismissed = verdict is not None and verdict.choice is Choice.DISMISSED
    return deny(PUT_AWAY) if dismissed else ALLOWED


def can_pin(
    actor: Actor,
    side: Side,
    challenge: Challenge,
    verdict: Verdict | None,
    stopped_by: Filter | None,
    now: datetime,
) -> Decision:
    """May this person pin the pair for their side?"""
    return first_denial(
        can_speak(actor, side, challenge, now),
        _stands(verdict),
        deny(PINNED) if verdict is not None and verdict.pinned else ALLOWED,
        _passes(stopped_by),
    )


def can_unpin(
    actor: Actor, side: Side, challenge: Challenge, verdict: Verdict | None, now: datetime
) -> Decision:
    """May this person take the pin off? Also where a rule has come to stop the pair since."""
    return first_denial(
        can_speak(actor, side, challenge, now),
        ALLOWED if verdict is not None and verdict.pinned else deny(NOT_PINNED),
    )


def can_dismiss(
    actor: Actor,
    side: Side,
    challenge: Challenge,
    verdict: Verdict | None,
    stopped_by: Filter | None,
    now: datetime,
) -> Decision:
    """May this person put the suggestion away? What a rule stops is not suggested in the first place."""
    return first_denial(
        can_speak(actor, side, challenge, now),
        _stands(verdict),
        _passes(stopped_by),
    )


def can_take_back(
    actor: Actor, side: Side, challenge: Challenge, verdict: Verdict | None, now: datetime
) -> Decision:
    """May this person take back what their side chose? An invitation has gone out and stays."""
    decision = can_speak(actor, side, challenge, now)
    if not decision:
        return decision
    if verdict is None or verdict.choice is None:
        return deny(NOT_PUT_AWAY)
    if verdict.choice is Choice.ACCEPTED and verdict.invited_at is not None:
        return deny(INVITED, at=verdict.invited_at)
    return ALLOWED


def can_accept(
    actor: Actor,
    side: Side,
    challenge: Challenge,
    verdict: Verdict | None,
    stopped_by: Filter | None,
    now: datetime,
) -> Decision:
    """May this person take the suggestion up?

    For the agency that is an invitation: while the call is open, once for each startup, and without asking
    whether the startup has written anything, which nobody knows. For a startup it is a note to itself.
    """
    decision = first_denial(
        can_speak(actor, side, challenge, now), _stands(verdict), _not_taken_up(side, verdict)
    )
    if decision and side is Side.AGENCY:
        decision = can_invite_now(challenge, now)
    return first_denial(decision, _passes(stopped_by))


def _not_taken_up(side: Side, verdict: Verdict | None) -> Decision:
    if verdict is None:
        return ALLOWED
    if side is Side.AGENCY:
        return deny(INVITED, at=verdict.invited_at) if verdict.invited_at is not None else ALLOWED
    return deny(TAKEN_UP) if verdict.choice is Choice.ACCEPTED else ALLOWED


def can_invite_now(challenge: Challenge, now: datetime) -> Decision:
    """Is the call open at this moment?"""
    begun = challenge.opens_at is not None and challenge.opens_at <= now
    is_open = begun and challenge.state_at(now) is ChallengeState.PUBLISHED
    return ALLOWED if is_open else deny(NOT_OPEN)
