"""Signs that come from outcomes. They enter the log at the opening and at the release, never earlier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from matchmaker.challenges.models import Challenge
from matchmaker.foundation import audit
from matchmaker.foundation.relevance import Direction, Pair, Sign, note
from matchmaker.judging.events import DecisionReleased
from matchmaker.judging.states import Outcome
from matchmaker.proposals import queries as proposals
from matchmaker.proposals.events import ProposalsOpened
from matchmaker.proposals.models import Proposal
from matchmaker.search.states import Kind, subject
from matchmaker.suggestions.queries import outcomes as queries

SIGN_OF: Mapping[Outcome, Sign] = {Outcome.AWARDED: Sign.AWARDED, Outcome.RESERVE: Sign.SHORTLISTED}


def on_opened(event: ProposalsOpened) -> None:
    """Everybody whose proposal counts has proposed."""
    came = [proposal.organization_id for proposal in proposals.opened_proposals(event.challenge.id)]
    _note(Sign.PROPOSED, event.challenge, came, event.at)


def on_released(event: DecisionReleased) -> None:
    """Who was awarded; and who was shortlisted, be it on the way or in the end as a reserve."""
    awarded, shortlisted = [], []
    for decision in event.decisions:
        startup, sign = decision.proposal.organization_id, SIGN_OF.get(decision.outcome)
        if sign is Sign.AWARDED:
            awarded.append(startup)
        if sign is Sign.SHORTLISTED or _was_shortlisted(decision.proposal):
            shortlisted.append(startup)
    _note(Sign.SHORTLISTED, event.challenge, shortlisted, event.at)
    _note(Sign.AWARDED, event.challenge, awarded, event.at)


def _was_shortlisted(proposal: Proposal) -> bool:
    return bool(audit.history(proposal.subject, types=["proposal.shortlisted"], limit=1))


def _note(sign: Sign, challenge: Challenge, startups: Sequence[int], at: datetime) -> None:
    """Each in its startup's name, with where it stood when it was last suggested before the call closed."""
    standings, refs = queries.standings(challenge.id), queries.organization_refs(startups)
    for startup in startups:
        stood, viewer = standings.get(startup), subject(Kind.STARTUP, refs[startup])
        pair = Pair(
            asked=challenge.subject,
            found=viewer,
            rank=stood.rank if stood else None,
            score=stood.score if stood else None,
            band=stood.band.value if stood else "",
            generation=stood.generation if stood else "",
        )
        note(sign=sign, direction=Direction.STARTUPS, viewer=viewer, pairs=[pair], at=at)
