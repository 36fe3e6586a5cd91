"""Who is told what about proposals. Before the opening mail goes to the startup's own people alone."""

from __future__ import annotations

from typing import Any

from matchmaker.challenges.models import Challenge
from matchmaker.challenges.queries import challenge_by_id
from matchmaker.foundation.outbox import Letter, Recipient, both, letter, moment, post
from matchmaker.kernel.words import N_
from matchmaker.people import queries as people
from matchmaker.proposals import queries
from matchmaker.proposals.events import (
    OpeningAsked,
    ProposalScreened,
    ProposalsOpened,
    ProposalSubmitted,
    ProposalWithdrawn,
)
from matchmaker.proposals.models import Proposal

SUBMITTED = letter(
    "proposals.submitted",
    N_("Receipt: version %(version)s for “%(challenge)s”"),
    N_("Version %(version)s of your proposal was received on %(received)s. It counts for the selection."),
    N_("Its fingerprint (SHA-256) is: %(sha256)s"),
    N_(
        "Until the call closes on %(closes)s you may revise or withdraw it. Nobody outside your startup can "
        "see that it exists before the opening."
    ),
    action=N_("Look at the receipt"),
)
WITHDRAWN = letter(
    "proposals.withdrawn",
    N_("Withdrawn: your proposal for “%(challenge)s”"),
    N_("Your proposal was withdrawn on %(at)s and does not count any more."),
    N_("You may submit again until the call closes on %(closes)s."),
    action=N_("Go to the proposal"),
)
OPENING_ASKED = letter(
    "proposals.opening_asked",
    N_("Opening to confirm: “%(challenge)s”"),
    N_(
        "%(officer)s asks for the opening of the proposals for “%(challenge)s”. Another officer has to confirm it."
    ),
    action=N_("Go to the opening"),
)
OPENED_FOR_AGENCY = letter(
    "proposals.opened_for_agency",
    N_("Opened: the proposals for “%(challenge)s”"),
    N_("The proposals for your challenge were opened on %(at)s. Number of proposals: %(count)s."),
    N_("You may read them now. The programme office checks who is eligible first."),
    action=N_("Read the proposals"),
)
OPENED_FOR_STARTUP = letter(
    "proposals.opened_for_startup",
    N_("Opened: your proposal for “%(challenge)s”"),
    N_("Your proposal was opened on %(at)s as number %(number)s."),
    N_("The programme office checks now whether it is eligible, and writes to you."),
    action=N_("Go to the proposal"),
)
ADMITTED = letter(
    "proposals.admitted",
    N_("Eligible: your proposal for “%(challenge)s”"),
    N_("Your proposal meets the conditions and goes to the selection panel."),
    action=N_("Go to the proposal"),
)
REJECTED = letter(
    "proposals.rejected",
    N_("Not eligible: your proposal for “%(challenge)s”"),
    N_("Your proposal does not meet the conditions and cannot take part in the selection, for this reason:"),
    N_("%(reason)s"),
    N_("If you think that this is wrong, write to the programme office."),
    action=N_("Go to the proposal"),
)


def title_of(challenge: Challenge) -> dict[str, str]:
    """The title as a param of a letter; its texts must be loaded."""
    chinese, english = challenge.text_in("zh"), challenge.text_in("en")
    zh, en = (text.title if text else "" for text in (chinese, english))
    return both(zh or en, en or zh)


def _tell(kind: Letter, proposal: Proposal, *, key: str, event: Any, **params: Any) -> None:
    """Write to the owners and editors of the startup."""
    known = queries.proposal_by_id(proposal.id)
    challenge = known.challenge
    given = {
        "challenge": title_of(challenge),
        "closes": moment(challenge.closes_at) if challenge.closes_at else "",
        "at": moment(event.at),
        "url": f"/proposals/{proposal.ref}",
        **params,
    }
    for recipient in people.writers_of(known.organization_id):
        post(kind, recipient, key=f"{proposal.ref}:{key}", at=event.at, params=given)


def on_submitted(event: ProposalSubmitted) -> None:
    """The startup gets its receipt: time and fingerprint."""
    version = event.version
    _tell(
        SUBMITTED,
        event.proposal,
        key=str(version.number),
        event=event,
        version=version.number,
        received=moment(version.submitted_at),
        sha256=version.sha256,
        url=f"/proposals/{event.proposal.ref}/versions/{version.number}",
    )


def on_withdrawn(event: ProposalWithdrawn) -> None:
    """The startup's people learn that their proposal counts no more."""
    _tell(WITHDRAWN, event.proposal, key=event.at.isoformat(), event=event)


def on_opening_asked(event: OpeningAsked) -> None:
    """The other officers learn that an opening waits for one of them."""
    challenge = challenge_by_id(event.challenge.id)
    asker = people.user_by_id(event.opening.asked_by_id)
    for recipient in people.staff():
        if asker is None or recipient.address != asker.email:
            _post_on(
                OPENING_ASKED,
                challenge,
                recipient,
                event,
                officer=event.opening.asked_by,
                url=f"/staff/challenges/{challenge.ref}/opening",
            )


def _post_on(kind: Letter, challenge: Challenge, to: Recipient, event: Any, **params: Any) -> None:
    given = {"challenge": title_of(challenge), "at": moment(event.at), **params}
    post(kind, to, key=f"{challenge.ref}:{event.at.isoformat()}", at=event.at, params=given)


def on_opened(event: ProposalsOpened) -> None:
    """From now on the agency may read; each startup learns the number of its proposal."""
    challenge = challenge_by_id(event.challenge.id)
    for recipient in people.writers_of(challenge.organization_id):
        _post_on(
            OPENED_FOR_AGENCY,
            challenge,
            recipient,
            event,
            count=event.count,
            url=f"/agency/challenges/{challenge.ref}/proposals",
        )
    for proposal in queries.opened_proposals(challenge.id):
        _tell(OPENED_FOR_STARTUP, proposal, key="opened", event=event, number=proposal.number)


def on_screened(event: ProposalScreened) -> None:
    """The startup learns at once whether its proposal is in the contest, and why not."""
    kind = REJECTED if event.move == "reject" else ADMITTED
    _tell(kind, event.proposal, key=event.move, event=event, reason=event.reason)
