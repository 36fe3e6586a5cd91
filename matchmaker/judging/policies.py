"""Who may do what on a selection panel, and when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from matchmaker.challenges.models import Challenge
from matchmaker.challenges.states import ChallengeState
from matchmaker.judging import scoring
from matchmaker.judging.facts import Progress
from matchmaker.judging.models import Declaration, Panel, PanelMember, ScoreSheet
from matchmaker.judging.scoring import Shortfall
from matchmaker.judging.states import ConflictKind, PanelState, SheetState
from matchmaker.kernel.decision import ALLOWED, Decision, Reason, deny, first_denial
from matchmaker.kernel.errors import ILLEGAL_MOVE
from matchmaker.kernel.words import N_
from matchmaker.people.actor import Actor
from matchmaker.people.policies import NOT_DIRECTOR, NOT_STAFF

NOT_PUBLISHED = Reason(
    "judging.not_published",
    N_("A panel can be formed from the publication of the challenge until its decision."),
)
HAS_PANEL = Reason("judging.has_panel", N_("This challenge has its panel already."))
NOT_JUDGING = Reason(
    "judging.not_judging", N_("The challenge is not being judged. Finish the eligibility screening first.")
)
CONVENED = Reason("judging.convened", N_("The panel is convened already."))
NOT_CONVENED = Reason("judging.not_convened", N_("Convene the panel first."))
TOO_SMALL = Reason("judging.too_small", N_("The panel needs at least %(least)s members; it has %(have)s."))
TOO_FEW_EXPERTS = Reason(
    "judging.too_few_experts",
    N_("At least a third of the members must be external experts; there are %(have)s among %(members)s."),
)
NO_CHAIR = Reason("judging.no_chair", N_("The panel needs exactly one chair. Name one of the members."))
NO_DUE_TIME = Reason("judging.no_due_time", N_("Set the time until which scores are due; it must lie ahead."))
CONCERNED_SEATED = Reason(
    "judging.concerned_seated",
    N_(
        "These members belong or belonged within three years to a body concerned: %(names)s. Replace them first."
    ),
)
NOTHING_TO_JUDGE = Reason("judging.nothing_to_judge", N_("No proposal passed the eligibility screening."))
FIXED = Reason("judging.fixed", N_("Scoring has ended. Reopen it to change the panel or the scores."))
RELEASED = Reason("judging.released", N_("The decision is released already."))
LEFT = Reason("judging.left", N_("This seat on the panel has ended."))
NOT_YOURS = Reason("judging.not_yours", N_("Only the juror in person can do this."))
NOT_IN_POOL = Reason("judging.not_in_pool", N_("Choose somebody from the pool of jurors."))
ALREADY_SEATED = Reason("judging.already_seated", N_("This person sits on the panel already."))
CONCERNED = Reason(
    "judging.concerned",
    N_("This person belongs or belonged within three years to %(organization)s, which is concerned."),
)
DECLARATION_STANDS = Reason(
    "judging.declaration_stands", N_("Once scoring has begun a declared conflict cannot be taken back.")
)
UNDECLARED = Reason(
    "judging.undeclared",
    N_("These members have not declared on every proposal yet: %(names)s. Remind them, or excuse them."),
)
DECLARE_FIRST = Reason(
    "judging.declare_first", N_("Declare first, for every proposal, whether you have a conflict of interest.")
)
RECUSED = Reason("judging.recused", N_("You are recused from this proposal."))
NOT_SCORING = Reason("judging.not_scoring", N_("Scores are taken only while scoring is open."))
SUBMITTED = Reason(
    "judging.submitted",
    N_("This sheet is submitted. Ask the programme office to return it to you if it must be corrected."),
)
NOT_SUBMITTED = Reason("judging.not_submitted", N_("Only a submitted sheet can be returned."))
OWN_FIRST = Reason(
    "judging.own_first", N_("You will see the scores of the others once all your own sheets are submitted.")
)
UNFINISHED = Reason(
    "judging.unfinished",
    N_("Sheets are missing from: %(names)s. Remind them, or excuse them with a reason."),
)
NO_QUORUM = Reason(
    "judging.no_quorum",
    N_(
        "Too few members scored the proposals %(numbers)s: half of the members must, among them two external "
        "experts and a third of those who score. Seat further jurors."
    ),
)
NOT_ENDED = Reason("judging.not_ended", N_("End the scoring first."))
NOT_PREPARED = Reason(
    "judging.not_prepared", N_("The decision is not prepared yet, or not for every proposal.")
)
SAME_PERSON = Reason(
    "judging.same_person", N_("You prepared this decision. Another director has to release it.")
)

FORMABLE = frozenset(
    {
        ChallengeState.PUBLISHED,
        ChallengeState.CLOSED,
        ChallengeState.OPENED,
        ChallengeState.SCREENING,
        ChallengeState.JUDGING,
    }
)
CHANGEABLE = frozenset({PanelState.FORMING, PanelState.DECLARING, PanelState.SCORING})
"""While a panel's seats and due time may change."""
READABLE = frozenset(PanelState) - {PanelState.FORMING}


def _staff(actor: Actor) -> Decision:
    return ALLOWED if actor.is_staff else deny(NOT_STAFF)


def _judging(challenge: Challenge) -> Decision:
    return ALLOWED if challenge.state is ChallengeState.JUDGING else deny(NOT_JUDGING)


def _changeable(panel: Panel) -> Decision:
    if panel.state is PanelState.RELEASED:
        return deny(RELEASED)
    return ALLOWED if panel.state in CHANGEABLE else deny(FIXED)


def _names(names: Sequence[str]) -> str:
    return " / ".join(names)


def can_form(actor: Actor, challenge: Challenge, now: datetime, *, exists: bool) -> Decision:
    """May this person form the panel of the challenge?"""
    if not actor.is_staff:
        return deny(NOT_STAFF)
    if challenge.state_at(now) not in FORMABLE:
        return deny(NOT_PUBLISHED)
    return deny(HAS_PANEL) if exists else ALLOWED


def can_change(actor: Actor, panel: Panel) -> Decision:
    """May this person change the seats, the chair or the due time? Staff, until scoring has ended."""
    return first_denial(_staff(actor), _changeable(panel))


def can_take_seat(*, in_pool: bool, seated: bool, concerned: str | None) -> Decision:
    """May this juror sit on this panel? ``concerned`` names a body concerned that the juror belongs to."""
    if not in_pool:
        return deny(NOT_IN_POOL)
    if seated:
        return deny(ALREADY_SEATED)
    return ALLOWED if concerned is None else deny(CONCERNED, organization=concerned)


def can_unseat(actor: Actor, panel: Panel, member: PanelMember) -> Decision:
    """May this person end the seat?"""
    decision = can_change(actor, panel)
    if not decision:
        return decision
    return ALLOWED if member.left_at is None else deny(LEFT)


def _composed(members: Sequence[PanelMember]) -> Decision:
    experts = sum(member.external_expert for member in members)
    lacks = scoring.composition(len(members), experts)
    if lacks is Shortfall.MEMBERS:
        return deny(TOO_SMALL, least=scoring.SMALLEST_PANEL, have=len(members))
    if lacks is Shortfall.EXPERTS:
        return deny(TOO_FEW_EXPERTS, have=experts, members=len(members))
    return ALLOWED if sum(member.chair for member in members) == 1 else deny(NO_CHAIR)


def can_convene(
    actor: Actor,
    panel: Panel,
    challenge: Challenge,
    members: Sequence[PanelMember],
    now: datetime,
    *,
    proposals: int,
    concerned: Sequence[str],
) -> Decision:
    """May the panel be called together now? ``members`` are the live seats, ``concerned`` names of jurors."""
    if not actor.is_staff:
        return deny(NOT_STAFF)
    if panel.state is not PanelState.FORMING:
        return deny(CONVENED)
    if concerned:
        return deny(CONCERNED_SEATED, names=_names(concerned))
    due = panel.scores_due_at
    return first_denial(
        _composed(members),
        ALLOWED if due is not None and due > now else deny(NO_DUE_TIME),
        _judging(challenge),
        ALLOWED if proposals else deny(NOTHING_TO_JUDGE),
    )


def can_declare(
    actor: Actor,
    panel: Panel,
    challenge: Challenge,
    member: PanelMember,
    present: Declaration | None,
    conflict: ConflictKind | None,
) -> Decision:
    """May the juror declare this now? During scoring a conflict may still be added, never taken back."""
    if member.user_id != actor.user_id:
        return deny(NOT_YOURS)
    if member.left_at is not None:
        return deny(LEFT)
    if panel.state not in (PanelState.DECLARING, PanelState.SCORING):
        return deny(NOT_CONVENED) if panel.state is PanelState.FORMING else deny(FIXED)
    lifted = present is not None and present.conflict is not None and conflict is None
    if lifted and panel.state is PanelState.SCORING:
        return deny(DECLARATION_STANDS)
    return _judging(challenge)


def can_begin_scoring(
    actor: Actor,
    panel: Panel,
    challenge: Challenge,
    members: Sequence[PanelMember],
    undeclared: Sequence[str],
) -> Decision:
    """May scoring begin? Every member has declared on every proposal. ``undeclared`` are names."""
    if not actor.is_staff:
        return deny(NOT_STAFF)
    if panel.state is PanelState.FORMING:
        return deny(NOT_CONVENED)
    if panel.state is not PanelState.DECLARING:
        return deny(ILLEGAL_MOVE)
    if undeclared:
        return deny(UNDECLARED, names=_names(undeclared))
    return first_denial(_composed(members), _judging(challenge))


def can_read(panel: Panel, progress: Progress, declaration: Declaration | None) -> Decision:
    """May a member read the proposal beyond its title and its proposer's name?"""
    if panel.state not in READABLE:
        return deny(NOT_CONVENED)
    if declaration is None or not progress.declared_all:
        return deny(DECLARE_FIRST)
    return ALLOWED if declaration.conflict is None else deny(RECUSED)


def can_score(
    actor: Actor,
    panel: Panel,
    challenge: Challenge,
    member: PanelMember,
    progress: Progress,
    declaration: Declaration | None,
    sheet: ScoreSheet | None,
) -> Decision:
    """May the juror write or submit the sheet of this proposal?"""
    if member.user_id != actor.user_id:
        return deny(NOT_YOURS)
    if member.left_at is not None:
        return deny(LEFT)
    readable = can_read(panel, progress, declaration)
    if not readable:
        return readable
    if panel.state is not PanelState.SCORING:
        return deny(NOT_SCORING)
    if sheet is not None and sheet.state is SheetState.SUBMITTED:
        return deny(SUBMITTED)
    return _judging(challenge)


def can_compare(panel: Panel, progress: Progress) -> Decision:
    """May a member see the scores of the others? Only after submitting all of their own."""
    if panel.state not in (PanelState.SCORING, PanelState.DELIBERATING, PanelState.RELEASED):
        return deny(NOT_SCORING)
    return ALLOWED if progress.finished else deny(OWN_FIRST)


def can_see_scores(actor: Actor, panel: Panel) -> Decision:
    """May staff see sheets and totals? Until scoring has ended they see only progress."""
    if not actor.is_staff:
        return deny(NOT_STAFF)
    ended = panel.state in (PanelState.DELIBERATING, PanelState.RELEASED)
    return ALLOWED if ended else deny(NOT_ENDED)


def can_return_sheet(actor: Actor, panel: Panel, sheet: ScoreSheet) -> Decision:
    """May staff give a sheet back to its juror for correction?"""
    if not actor.is_staff:
        return deny(NOT_STAFF)
    if panel.state is not PanelState.SCORING:
        return deny(RELEASED) if panel.state is PanelState.RELEASED else deny(FIXED)
    return ALLOWED if sheet.state is SheetState.SUBMITTED else deny(NOT_SUBMITTED)


def can_end_scoring(
    actor: Actor, panel: Panel, challenge: Challenge, unfinished: Sequence[str], short: Sequence[str]
) -> Decision:
    """May scoring end? ``unfinished`` are names, ``short`` the numbers of proposals without a quorum."""
    if not actor.is_staff:
        return deny(NOT_STAFF)
    if panel.state is not PanelState.SCORING:
        return deny(ILLEGAL_MOVE)
    if unfinished:
        return deny(UNFINISHED, names=_names(unfinished))
    return deny(NO_QUORUM, numbers=_names(short)) if short else _judging(challenge)


def can_reopen_scoring(actor: Actor, panel: Panel, challenge: Challenge) -> Decision:
    """May scoring be opened once more? Until the decision is released."""
    if not actor.is_staff:
        return deny(NOT_STAFF)
    if panel.state is PanelState.RELEASED:
        return deny(RELEASED)
    if panel.state is not PanelState.DELIBERATING:
        return deny(ILLEGAL_MOVE)
    return _judging(challenge)


def can_prepare(actor: Actor, panel: Panel, challenge: Challenge) -> Decision:
    """May this person write down the decision?"""
    if not actor.is_staff:
        return deny(NOT_STAFF)
    if panel.state is PanelState.RELEASED:
        return deny(RELEASED)
    if panel.state is not PanelState.DELIBERATING:
        return deny(NOT_ENDED)
    return _judging(challenge)


def can_release(actor: Actor, panel: Panel, challenge: Challenge, *, complete: bool) -> Decision:
    """May this person release the decision? A director who did not prepare it, and only for all at once."""
    if not actor.is_director:
        return deny(NOT_DIRECTOR)
    if panel.state is PanelState.RELEASED:
        return deny(RELEASED)
    if panel.state is not PanelState.DELIBERATING:
        return deny(NOT_ENDED)
    if panel.prepared_by_id is None or not complete:
        return deny(NOT_PREPARED)
    if panel.prepared_by_id == actor.user_id:
        return deny(SAME_PERSON)
    return _judging(challenge)
