"""Who is told what about peer contacts; a mail never carries the contact itself."""

from __future__ import annotations

from matchmaker.foundation.outbox import both, letter, post
from matchmaker.kernel.words import N_
from matchmaker.kits.events import PeerAnswered, PeerAsked
from matchmaker.kits.states import PeerState
from matchmaker.people import queries as people

ASKED = letter(
    "kits.peer_asked",
    N_("%(agency)s would like to talk about your pilot: %(pilot)s"),
    N_(
        "%(agency)s thinks of adopting what you tried in the pilot “%(pilot)s” and asks for somebody to talk to."
    ),
    N_("They write: %(words)s"),
    N_("Agree and name a contact, or decline. Until you agree nobody's name or address is shown."),
    action=N_("Answer the request"),
)
ANSWERED = {
    PeerState.AGREED: letter(
        "kits.peer_agreed",
        N_("You can talk to the pilot's agency: %(pilot)s"),
        N_(
            "%(owner)s has named a contact for the pilot “%(pilot)s”. You find it on the page of your request."
        ),
        action=N_("See the contact"),
    ),
    PeerState.DECLINED: letter(
        "kits.peer_declined",
        N_("No contact for the pilot: %(pilot)s"),
        N_("%(owner)s cannot name a contact for the pilot “%(pilot)s”."),
        action=N_("Open the request"),
    ),
}


def on_asked(event: PeerAsked) -> None:
    """The agency that ran the pilot learns who asks and why."""
    request = event.request
    for recipient in people.writers_of(request.pilot.agency_id):
        post(
            ASKED,
            recipient,
            key=request.ref,
            at=event.at,
            params={
                "agency": both(request.agency.name_zh, request.agency.name_en),
                "pilot": both(request.pilot.title_zh, request.pilot.title_en),
                "words": request.words,
                "url": f"/agency/peers/{request.ref}",
            },
        )


def on_answered(event: PeerAnswered) -> None:
    """Who asked learns the answer."""
    request = event.request
    post(
        ANSWERED[request.state],
        people.recipient(request.asked_by),
        key=request.ref,
        at=event.at,
        params={
            "owner": both(request.pilot.agency.name_zh, request.pilot.agency.name_en),
            "pilot": both(request.pilot.title_zh, request.pilot.title_en),
            "url": f"/agency/peers/{request.ref}",
        },
    )
