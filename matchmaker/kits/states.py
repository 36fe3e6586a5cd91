"""The lifecycle of a request to talk to the agency that ran a pilot."""

from __future__ import annotations

from enum import StrEnum

from matchmaker.kernel.machine import Machine, StateInfo, move
from matchmaker.kernel.words import N_


class PeerState(StrEnum):
    ASKED = "asked"
    AGREED = "agreed"
    DECLINED = "declined"
    ENDED = "ended"


_S = PeerState
PEER_LIFE = Machine(
    "peer_request",
    N_("Request for a peer contact"),
    (
        StateInfo(_S.ASKED, N_("Asked"), "closing", "agency"),
        StateInfo(_S.AGREED, N_("Contact given"), "open", "none"),
        StateInfo(_S.DECLINED, N_("No contact given"), "stopped", "none"),
        StateInfo(_S.ENDED, N_("Withdrawn"), "done", "none"),
    ),
    (
        move("agree", [_S.ASKED], _S.AGREED, "agency", N_("Agree and give a contact")),
        move("decline", [_S.ASKED], _S.DECLINED, "agency", N_("Decline the request")),
        move("end", [_S.ASKED, _S.AGREED], _S.ENDED, "agency", N_("Take it back")),
    ),
    initial=_S.ASKED,
)
OPEN = (_S.ASKED, _S.AGREED)
"""There is one such request between an agency and a pilot at most."""
