"""Verbs on adoption kits and on requests for a peer contact."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from matchmaker.catalog.models import CatalogItem
from matchmaker.foundation import audit, bus
from matchmaker.foundation.db import check_version, db, lock
from matchmaker.kernel.decision import Denied, Reason, deny
from matchmaker.kernel.errors import Invalid, require
from matchmaker.kernel.words import N_
from matchmaker.kits import policies, queries
from matchmaker.kits.events import PeerAnswered, PeerAsked
from matchmaker.kits.facts import WORDS, Contact, KitFacts
from matchmaker.kits.models import Kit, KitEntry, PeerRequest
from matchmaker.kits.states import PEER_LIFE, PeerState
from matchmaker.people.actor import Actor
from matchmaker.pilots.models import Pilot

MOST_QUANTITY = 1_000_000
MOST_AMOUNT = 1_000_000_000_000

TITLE_NEEDED = Reason("kits.title_needed", N_("Enter a name for the kit."))
CHOOSE_ONE = Reason("kits.choose_one", N_("Choose one of the compared items."))
QUANTITY_RANGE = Reason("kits.quantity_range", N_("Enter a quantity from 1 to 1,000,000."))
AMOUNT_RANGE = Reason("kits.amount_range", N_("The amount is larger than any budget."))
YEARS_RANGE = Reason("kits.years_range", N_("Enter a number of years from 1 to 10."))
WORDS_NEEDED = Reason("kits.words_needed", N_("Say what you would like to know: the other agency reads it."))
NAME_NEEDED = Reason("kits.name_needed", N_("Enter the name of the contact."))
REACH_NEEDED = Reason("kits.reach_needed", N_("Enter an e-mail address or a telephone number."))


def make(*, items: Sequence[CatalogItem], facts: KitFacts, by: Actor, at: datetime) -> Kit:
    """Begin a kit of one to four items for the person's agency."""
    require(policies.can_make(by, items, at))
    chosen = _chosen(items, facts)
    kit = Kit(
        agency_id=by.organization_id,
        chosen_id=chosen.id,
        made_by=by.name,
        made_at=at,
        **{name: getattr(facts, name) for name in WORDS},
    )
    kit.touch(by=by.name, at=at)
    db.session.add(kit)
    db.session.flush()
    db.session.add_all(KitEntry(kit_id=kit.id, item_id=item.id, position=n) for n, item in enumerate(items))
    db.session.flush()
    audit.record(
        type="kit.made",
        subject=kit.subject,
        actor_ref=by.ref,
        at=at,
        body={"items": [item.ref for item in items], "chosen": chosen.ref},
    )
    return kit


def save(*, kit: Kit, facts: KitFacts, by: Actor, at: datetime, expected_version: int | None) -> Kit:
    """Change the agency's own words and figures."""
    lock(Kit, kit.id)
    kit = queries.kit_for(by, kit.ref)
    require(policies.can_edit(by, kit))
    check_version(kit, expected_version)
    kit.chosen_id = _chosen(kit.items, facts).id
    changed = [name for name in WORDS if getattr(kit, name) != getattr(facts, name)]
    for name in changed:
        setattr(kit, name, getattr(facts, name))
    kit.touch(by=by.name, at=at)
    db.session.flush()
    audit.record(type="kit.saved", subject=kit.subject, actor_ref=by.ref, at=at, body={"changed": changed})
    return kit


def _chosen(items: Sequence[CatalogItem], facts: KitFacts) -> CatalogItem:
    """The chosen item; raises Invalid with everything that is wrong with the facts."""
    chosen = next((item for item in items if item.ref == facts.chosen), None)
    problems: dict[str, Denied] = {}
    if not facts.title.strip():
        problems["title"] = deny(TITLE_NEEDED)
    if not 1 <= facts.quantity <= MOST_QUANTITY:
        problems["quantity"] = deny(QUANTITY_RANGE)
    if not 1 <= facts.years <= 10:
        problems["years"] = deny(YEARS_RANGE)
    for name in ("add_ons", "yearly_cost"):
        if not 0 <= getattr(facts, name) <= MOST_AMOUNT:
            problems[name] = deny(AMOUNT_RANGE)
    if chosen is None:
        problems["chosen"] = deny(CHOOSE_ONE)
    if problems or chosen is None:
        raise Invalid(problems)
    return chosen


# --- peer contacts ---


def ask_peer(*, pilot: Pilot, words: str, by: Actor, at: datetime) -> PeerRequest:
    """Ask the agency that ran a pilot for somebody to talk to; it learns of it by mail."""
    lock(Pilot, pilot.id)
    earlier = queries.open_request(by.organization_id or 0, pilot.id)
    require(policies.can_ask_peer(by, pilot, earlier))
    if not words.strip():
        raise Invalid({"words": deny(WORDS_NEEDED)})
    request = PeerRequest(
        pilot_id=pilot.id, agency_id=by.organization_id, words=words, asked_by_id=by.user_id, asked_at=at
    )
    db.session.add(request)
    db.session.flush()
    request = queries.request_by_id(request.id)
    audit.record(
        type="peer.asked", subject=request.subject, actor_ref=by.ref, at=at, body={"pilot": pilot.ref}
    )
    bus.publish(PeerAsked(at=at, request=request))
    return request


def agree(
    *,
    request: PeerRequest,
    contact: Contact,
    words: str,
    by: Actor,
    at: datetime,
    expected_version: int | None,
) -> PeerRequest:
    """Give the asking agency a contact; what is given is what that person agreed to."""
    request = _held(request)
    require(policies.can_answer(by, request))
    check_version(request, expected_version)
    problems = {} if contact.name.strip() else {"contact_name": deny(NAME_NEEDED)}
    if not (contact.email.strip() or contact.phone.strip()):
        problems["contact_email"] = deny(REACH_NEEDED)
    if problems:
        raise Invalid(problems)
    request.contact_name, request.contact_email = contact.name, contact.email
    request.contact_phone = contact.phone
    return _answered(request, PeerState.AGREED, words, by, at)


def decline(
    *, request: PeerRequest, words: str, by: Actor, at: datetime, expected_version: int | None
) -> PeerRequest:
    """Answer that nobody can be named."""
    request = _held(request)
    require(policies.can_answer(by, request))
    check_version(request, expected_version)
    return _answered(request, PeerState.DECLINED, words, by, at)


def end(*, request: PeerRequest, by: Actor, at: datetime) -> PeerRequest:
    """Take back a question or a contact: what was given is removed."""
    request = _held(request)
    require(policies.can_end(by, request))
    request.contact_name = request.contact_email = request.contact_phone = ""
    request.state = PEER_LIFE.moves["end"].target
    request.answered_at = at
    request.touch(by=by.name, at=at)
    db.session.flush()
    audit.record(type="peer.ended", subject=request.subject, actor_ref=by.ref, at=at)
    return request


def _held(request: PeerRequest) -> PeerRequest:
    lock(PeerRequest, request.id)
    return queries.request_by_id(request.id)


def _answered(request: PeerRequest, state: PeerState, words: str, by: Actor, at: datetime) -> PeerRequest:
    request.state, request.answer, request.answered_at = state, words, at
    request.touch(by=by.name, at=at)
    db.session.flush()
    # The chain keeps that somebody was named, never who: it cannot forget.
    audit.record(type=f"peer.{state}", subject=request.subject, actor_ref=by.ref, at=at)
    bus.publish(PeerAnswered(at=at, request=request))
    return request
