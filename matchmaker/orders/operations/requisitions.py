"""Verbs on requisitions: prepare, change, sign desk by desk, return, take over new prices, drop, order again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from matchmaker.catalog.models import CatalogItem
from matchmaker.foundation import audit, bus
from matchmaker.foundation.db import check_version, db
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.decision import Denied, Reason, deny
from matchmaker.kernel.errors import Invalid, Refused, require
from matchmaker.kernel.words import N_
from matchmaker.orders import queries
from matchmaker.orders.events import RequisitionReturned, RequisitionSigned
from matchmaker.orders.facts import AddOnFacts, RequisitionFacts
from matchmaker.orders.models import CallOffOrder, Requisition, RequisitionLine, Signature
from matchmaker.orders.offers import as_line, differences
from matchmaker.orders.operations.numbering import next_number
from matchmaker.orders.policies import buying
from matchmaker.orders.seats import Seats, after
from matchmaker.orders.states import REQUISITION_LIFE, Verdict
from matchmaker.people import queries as people
from matchmaker.people.actor import Actor
from matchmaker.people.models import Organization
from matchmaker.people.states import SignOffRole

MOST_UNITS = 1_000_000
MOST_ADD_ONS = 20
MOST_PRICE = 1_000_000_000
SERIES = "pr"
FIELDS = ("title", "wanted_on", "place", "budget_line", "why", "superior_number", "subsidy_asked")

QUANTITY_RANGE = Reason("orders.quantity_range", N_("Enter a whole number from 1 to 1,000,000."))
PRICE_RANGE = Reason("orders.price_range", N_("The price is more than nothing and at most NT$1 billion."))
NAME_NEEDED = Reason("orders.name_needed", N_("Name the add-on item."))
TOO_MANY_ADD_ONS = Reason("orders.too_many_add_ons", N_("At most %(most)s add-on items can be kept."))
UNKNOWN_ITEM = Reason(
    "orders.unknown_item", N_("This item cannot be ordered together with the others. Reload the page.")
)
DAY_PASSED = Reason("orders.day_passed", N_("The requested day of delivery has passed. Choose a later one."))
WORDS_NEEDED = Reason("orders.words_needed", N_("Say what should be changed: the case officer will read it."))
REASON_NEEDED = Reason("orders.reason_needed", N_("Give the reason: it stays with the requisition."))
TITLE_NEEDED = buying.GAPS[0].reason


def prepare(
    *, agency: Organization, item: CatalogItem, facts: RequisitionFacts, by: Actor, at: datetime
) -> Requisition:
    """Begin a requisition for items of the supplier and agreement of ``item``; it is a draft until signed."""
    agency = people.organization_by_id(agency.id)
    item = queries.item_by_ref(item.ref)
    require(buying.can_prepare_for(by, agency, queries.seats_of(agency.id), item, at))
    assert item.framework_id is not None
    return _make(agency, item.supplier_id, item.framework_id, facts, by=by, at=at)


def _make(
    agency: Organization,
    supplier_id: int,
    framework_id: int,
    facts: RequisitionFacts,
    *,
    by: Actor,
    at: datetime,
    repeats: Requisition | None = None,
) -> Requisition:
    items = _items(supplier_id, framework_id, facts, local_day(at))
    _check(facts, items)
    made = Requisition(
        code=next_number(SERIES, local_day(at).year),
        agency_id=agency.id,
        supplier_id=supplier_id,
        framework_id=framework_id,
        repeats_id=repeats.id if repeats is not None else None,
        prepared_by_id=by.user_id,
        created_at=at,
        lines=_lines(facts, items),
        **{name: getattr(facts, name) for name in FIELDS},
    )
    made.touch(by=by.name, at=at)
    db.session.add(made)
    db.session.flush()
    body = {"code": made.code, "total": made.total, "repeats": repeats.code if repeats is not None else None}
    _tell("prepare", made, by, at, body)
    return queries.requisition_by_id(made.id)


def _tell(verb: str, requisition: Requisition, by: Actor, at: datetime, body: Mapping[str, Any]) -> None:
    audit.record(type=f"requisition.{verb}", subject=requisition.subject, actor_ref=by.ref, at=at, body=body)


def _touch(requisition: Requisition, by: Actor, at: datetime) -> None:
    """Note the change; the version goes up also where only lines or signatures changed."""
    requisition.touch(by=by.name, at=at)
    flag_modified(requisition, "changed_at")
    db.session.flush()


def _items(
    supplier_id: int, framework_id: int, facts: RequisitionFacts, today: date
) -> Mapping[str, CatalogItem]:
    """What may stand on the requisition, by reference, but only what is asked for."""
    there = {item.ref: item for item in queries.items_beside(supplier_id, framework_id, today)}
    unknown = facts.quantities.keys() - there.keys()
    if unknown:
        raise Invalid({f"quantity-{ref}": deny(UNKNOWN_ITEM) for ref in unknown})
    return {ref: there[ref] for ref in facts.quantities}


def _check(facts: RequisitionFacts, items: Mapping[str, CatalogItem]) -> None:
    """Refuse what cannot be; what is merely missing may come before the first signature."""
    problems: dict[str, Denied] = {}
    if not facts.title:
        problems["title"] = deny(TITLE_NEEDED)
    if not items:
        problems["quantities"] = deny(buying.GAPS[1].reason)
    for ref, quantity in facts.quantities.items():
        if not 1 <= quantity <= MOST_UNITS:
            problems[f"quantity-{ref}"] = deny(QUANTITY_RANGE)
    if len(facts.add_ons) > MOST_ADD_ONS:
        problems["add_ons"] = deny(TOO_MANY_ADD_ONS, most=MOST_ADD_ONS)
    for add_on in facts.add_ons:
        found = _add_on_problem(add_on)
        if found is not None:
            problems.setdefault("add_ons", found)
    if problems:
        raise Invalid(problems)


def _add_on_problem(facts: AddOnFacts) -> Denied | None:
    if not facts.name:
        return deny(NAME_NEEDED)
    if not 1 <= facts.quantity <= MOST_UNITS:
        return deny(QUANTITY_RANGE)
    return None if 1 <= facts.unit_price <= MOST_PRICE else deny(PRICE_RANGE)


def _lines(facts: RequisitionFacts, items: Mapping[str, CatalogItem]) -> list[RequisitionLine]:
    """Items in order of their codes at the prices of now, then the add-ons."""
    ordered = sorted(items.values(), key=lambda item: item.code or "")
    made = [
        as_line(item, facts.quantities[item.ref], position) for position, item in enumerate(ordered, start=1)
    ]
    for position, add_on in enumerate(facts.add_ons, start=len(made) + 1):
        made.append(
            RequisitionLine(
                position=position,
                name_zh=add_on.name,
                unit_zh=add_on.unit,
                quantity=add_on.quantity,
                unit_price=add_on.unit_price,
            )
        )
    return made


def save(
    *,
    requisition: Requisition,
    facts: RequisitionFacts,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> Requisition:
    """Change what is asked for; prices are read anew."""
    requisition = queries.held_requisition(requisition)
    require(buying.can_edit(by, requisition, queries.seats_of(requisition.agency_id)))
    check_version(requisition, expected_version)
    items = _items(requisition.supplier_id, requisition.framework_id, facts, local_day(at))
    _check(facts, items)
    before = requisition.total
    for name in FIELDS:
        setattr(requisition, name, getattr(facts, name))
    requisition.lines.clear()
    # The old lines go first: an item stands on a requisition once.
    db.session.flush()
    requisition.lines.extend(_lines(facts, items))
    _touch(requisition, by, at)
    _tell("save", requisition, by, at, {"total": [before, requisition.total]})
    return queries.requisition_by_id(requisition.id)


# --- signing ---


def hand_in(
    *,
    requisition: Requisition,
    words: str = "",
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> Requisition:
    """Sign first, as case officer, and pass it to the supervisor."""
    requisition, seats = _held(requisition)
    require(buying.can_hand_in(by, requisition, seats, at))
    check_version(requisition, expected_version)
    if requisition.wanted_on is not None and requisition.wanted_on < local_day(at):
        raise Refused(deny(DAY_PASSED))
    requisition.state = REQUISITION_LIFE.next("hand_in", requisition.state)
    requisition.desk = SignOffRole.CASE_OFFICER
    return _sign(requisition, seats, words, by, at)


def sign(
    *,
    requisition: Requisition,
    words: str = "",
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> Requisition:
    """Sign at the desk whose turn it is; the head's signature approves."""
    requisition, seats = _held(requisition)
    require(buying.can_sign(by, requisition, seats, at))
    check_version(requisition, expected_version)
    return _sign(requisition, seats, words, by, at)


def _held(requisition: Requisition) -> tuple[Requisition, Seats]:
    row = queries.held_requisition(requisition)
    return row, queries.seats_of(row.agency_id)


def _sign(requisition: Requisition, seats: Seats, words: str, by: Actor, at: datetime) -> Requisition:
    desk = requisition.desk
    assert desk is not None
    signature = _act(requisition, seats, Verdict.SIGNED, words, by, at)
    following = after(desk)
    move = "sign" if following is not None else "approve"
    requisition.state, requisition.desk = REQUISITION_LIFE.next(move, requisition.state), following
    if following is None:
        requisition.approved_at = at
    _touch(requisition, by, at)
    body = {"desk": desk, "amount": signature.amount, "round": signature.round, "words": signature.words}
    _tell("sign", requisition, by, at, body | {"deputy": signature.as_deputy})
    requisition = queries.requisition_by_id(requisition.id)
    bus.publish(RequisitionSigned(at=at, requisition=requisition, signature=signature))
    return requisition


def _act(
    requisition: Requisition, seats: Seats, verdict: Verdict, words: str, by: Actor, at: datetime
) -> Signature:
    assert requisition.desk is not None
    signature = Signature(
        requisition_id=requisition.id,
        round=requisition.round,
        desk=requisition.desk,
        verdict=verdict,
        user_id=by.user_id,
        name=by.name,
        as_deputy=seats.is_deputy(by, requisition.desk),
        words=words.strip(),
        amount=requisition.total,
        signed_at=at,
    )
    db.session.add(signature)
    db.session.flush()
    return signature


def send_back(
    *, requisition: Requisition, words: str, by: Actor, at: datetime, expected_version: int | None = None
) -> Requisition:
    """Return it to the case officer with what should be changed; the sign-off begins anew."""
    requisition, seats = _held(requisition)
    require(buying.can_return(by, requisition, seats))
    check_version(requisition, expected_version)
    if not words.strip():
        raise Invalid({"words": deny(WORDS_NEEDED)})
    signature = _act(requisition, seats, Verdict.RETURNED, words, by, at)
    requisition.state = REQUISITION_LIFE.next("return", requisition.state)
    requisition.desk = None
    requisition.round += 1
    _touch(requisition, by, at)
    _tell("return", requisition, by, at, {"desk": signature.desk, "words": signature.words})
    requisition = queries.requisition_by_id(requisition.id)
    bus.publish(RequisitionReturned(at=at, requisition=requisition, signature=signature))
    return requisition


def take_over(
    *, requisition: Requisition, by: Actor, at: datetime, expected_version: int | None = None
) -> Requisition:
    """Read versions and prices anew; what was signed already is signed again."""
    requisition, seats = _held(requisition)
    require(buying.can_take_over(by, requisition, seats))
    check_version(requisition, expected_version)
    changes = {}
    for each in differences(requisition):
        line, version = each.line, each.version
        assert each.price is not None
        changes[line.name_zh] = [line.unit_price, each.price]
        line.version_number, line.unit_price = version.number, each.price
        line.name_zh, line.name_en = version.title_zh or version.title_en, version.title_en
        line.unit_zh, line.unit_en = version.unit_zh, version.unit_en
    if requisition.state in REQUISITION_LIFE.moves["take_over"].sources:
        requisition.state = REQUISITION_LIFE.next("take_over", requisition.state)
        requisition.desk, requisition.approved_at = None, None
        requisition.round += 1
    _touch(requisition, by, at)
    _tell("take_over", requisition, by, at, {"prices": changes, "total": requisition.total})
    return queries.requisition_by_id(requisition.id)


def drop(
    *, requisition: Requisition, reason: str, by: Actor, at: datetime, expected_version: int | None = None
) -> None:
    """Give the purchase up; the reason stays with it."""
    requisition, seats = _held(requisition)
    require(buying.can_drop(by, requisition, seats))
    check_version(requisition, expected_version)
    if not reason.strip():
        raise Invalid({"reason": deny(REASON_NEEDED)})
    requisition.state = REQUISITION_LIFE.next("drop", requisition.state)
    requisition.desk, requisition.approved_at = None, None
    requisition.ended_at, requisition.end_note = at, reason.strip()
    _touch(requisition, by, at)
    _tell("drop", requisition, by, at, {"reason": requisition.end_note})


# --- again ---


def order_again(*, order: CallOffOrder, by: Actor, at: datetime) -> Requisition:
    """Begin a requisition for the same items at the prices of now; items that are gone are left out.

    Add-on items come along as they were: they have no price of now. The day of delivery is proposed: the longest
    delivery time of the items from today on.
    """
    order = queries.order_by_id(order.id)
    agency, items = order.agency, queries.items_by_id(queries.items_of(order))
    seats = queries.seats_of(agency.id)
    require(buying.can_reorder(by, order, seats, items, agency, at))
    there = {item.id: item for item in items if buying.can_be_ordered(item, agency, at)}
    lines = [line for line in order.lines if line.item_id in there]
    add_ons = tuple(
        AddOnFacts(name=line.name_zh, unit=line.unit_zh, quantity=line.quantity, unit_price=line.unit_price)
        for line in order.lines
        if line.item_id is None
    )
    before = queries.requisition_by_id(order.requisition_id)
    first = there[lines[0].item_id or 0]
    assert first.framework_id is not None
    same = {k: v for k, v in there.items() if v.framework_id == first.framework_id}
    longest = max(item.current.delivery_days or 0 for item in same.values())
    facts = RequisitionFacts(
        title=before.title,
        quantities={same[line.item_id].ref: line.quantity for line in lines if line.item_id in same},
        add_ons=add_ons,
        wanted_on=local_day(at) + timedelta(days=longest),
        place=before.place,
        budget_line=before.budget_line,
        why=before.why,
        subsidy_asked=before.subsidy_asked,
    )
    return _make(agency, first.supplier_id, first.framework_id, facts, by=by, at=at, repeats=before)
