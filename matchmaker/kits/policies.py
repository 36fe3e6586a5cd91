"""Who may make a kit, ask for a peer contact, and answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from matchmaker.catalog.models import CatalogItem
from matchmaker.catalog.states import ItemState
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.decision import ALLOWED, Decision, Reason, deny, first_denial
from matchmaker.kernel.words import N_
from matchmaker.kits.models import Kit, PeerRequest
from matchmaker.kits.states import PEER_LIFE, PeerState
from matchmaker.people.actor import Actor
from matchmaker.people.policies import NOT_WRITER, can_write
from matchmaker.people.states import OrganizationKind
from matchmaker.pilots.models import Pilot

MOST_ITEMS = 4

FOR_AGENCIES = Reason(
    "kits.for_agencies", N_("Adoption kits are for agencies. Switch to your agency in the account menu.")
)
NO_ITEMS = Reason("kits.no_items", N_("Choose at least one item of the catalog."))
TOO_MANY = Reason("kits.too_many", N_("Compare at most four items in one kit."))
NOT_LISTED = Reason("kits.not_listed", N_("“%(item)s” is not in the catalog at present."))
NOT_YOURS = Reason("kits.not_yours", N_("This kit belongs to another agency."))
OWN_PILOT = Reason("kits.own_pilot", N_("This was your own agency's pilot."))
NOT_PILOTED = Reason("kits.not_piloted", N_("This item has no pilot here whose agency could be asked."))
ASKED_ALREADY = Reason("kits.asked_already", N_("Your agency has asked already; the answer comes by mail."))
ANSWERED = Reason("kits.answered", N_("This request was answered or taken back already."))
NOTHING_GIVEN = Reason(
    "kits.nothing_given", N_("No contact was given yet: agree to the request, or decline it.")
)


def _agency_writes(actor: Actor) -> Decision:
    if not actor.is_kind(OrganizationKind.AGENCY) or actor.organization_id is None:
        return deny(FOR_AGENCIES)
    return can_write(actor, actor.organization_id)


def can_make(actor: Actor, items: Sequence[CatalogItem], now: datetime) -> Decision:
    """May this person begin a kit of these items? People who write for an agency; one to four listed items."""
    if not items:
        return first_denial(_agency_writes(actor), deny(NO_ITEMS))
    if len(items) > MOST_ITEMS:
        return first_denial(_agency_writes(actor), deny(TOO_MANY))
    today = local_day(now)
    return first_denial(
        _agency_writes(actor),
        *(
            deny(NOT_LISTED, item=item.title)
            for item in items
            if item.state_on(today) not in (ItemState.LISTED, ItemState.SUSPENDED)
        ),
    )


def can_edit(actor: Actor, kit: Kit) -> Decision:
    """May this person change the agency's words? Who writes for the agency of the kit."""
    return can_write(actor, kit.agency_id) if actor.is_of(kit.agency_id) else deny(NOT_YOURS)


def can_ask_peer(actor: Actor, pilot: Pilot | None, earlier: PeerRequest | None) -> Decision:
    """May this person ask the agency of a pilot for somebody to talk to? Once at a time."""
    if pilot is None:
        return first_denial(_agency_writes(actor), deny(NOT_PILOTED))
    if actor.is_of(pilot.agency_id):
        return deny(OWN_PILOT)
    if earlier is not None:
        return first_denial(_agency_writes(actor), deny(ASKED_ALREADY))
    return _agency_writes(actor)


def can_answer(actor: Actor, request: PeerRequest) -> Decision:
    """May this person answer? Who writes for the agency that ran the pilot, while the request is open."""
    if not actor.is_of(request.pilot.agency_id):
        return deny(NOT_WRITER)
    open_ = ALLOWED if PEER_LIFE.can("agree", request.state) else deny(ANSWERED)
    return first_denial(can_write(actor, request.pilot.agency_id), open_)


def can_end(actor: Actor, request: PeerRequest) -> Decision:
    """May this person take it back? The asking agency its question, the other one the contact that it gave."""
    if not (actor.is_of(request.agency_id) or actor.is_of(request.pilot.agency_id)):
        return deny(NOT_WRITER)
    open_ = ALLOWED if PEER_LIFE.can("end", request.state) else deny(ANSWERED)
    if actor.is_of(request.pilot.agency_id) and request.state is PeerState.ASKED:
        open_ = deny(NOTHING_GIVEN)
    return first_denial(can_write(actor, actor.organization_id or 0), open_)
