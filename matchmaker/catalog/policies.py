"""Who may do what to catalog items and framework agreements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from matchmaker.catalog.models import (
    CatalogItem,
    FrameworkAgreement,
    ItemVersion,
    ListingApplication,
    Lot,
    PriceReport,
)
from matchmaker.catalog.states import (
    APPLICATION_LIFE,
    ITEM_LIFE,
    REPORT_LIFE,
    TAKES_APPLICATIONS,
    TAKES_ITEMS,
    AgreementPhase,
    ApplicationState,
    ItemState,
)
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.decision import ALLOWED, Decision, Reason, deny, first_denial
from matchmaker.kernel.programme import is_within_startup_age
from matchmaker.kernel.words import N_
from matchmaker.people.actor import SYSTEM, Actor
from matchmaker.people.models import Organization
from matchmaker.people.policies import NOT_STAFF, can_write
from matchmaker.people.states import OrganizationKind, OrganizationState
from matchmaker.pilots.models import Pilot
from matchmaker.proposals.states import EvidenceKind

SUBSTITUTES = (
    EvidenceKind.AWARD,
    EvidenceKind.PRIVATE_COOPERATION,
    EvidenceKind.GOVERNMENT_PILOT,
)
"""What stands in place of a track record; any one suffices (R-036)."""

WRONG_STATE = Reason("catalog.wrong_state", N_("This is not possible while the item is “%(state)s”."))
NOT_STARTUP = Reason(
    "catalog.not_startup", N_("Only a startup can propose items. Switch to your startup in the account menu.")
)
LISTED_BY_STAFF = Reason(
    "catalog.listed_by_staff",
    N_(
        "The item is listed: its words and price are part of the agreement. Propose a change to the review board."
    ),
)
NOT_GRADUATED = Reason(
    "catalog.not_graduated",
    N_("Only a pilot that fully met the need and is ready for production grows into an item."),
)
SUPPLIER_NOT_CONFIRMED = Reason(
    "catalog.supplier_not_confirmed",
    N_("The supplier's registration is not confirmed. Confirm the organisation first."),
)
FOUNDING_UNKNOWN = Reason(
    "catalog.founding_unknown",
    N_("The supplier's day of founding is not known. Enter it in the organisation's facts first."),
)
TOO_OLD = Reason(
    "catalog.too_old",
    N_(
        "The supplier was founded on %(founded)s, more than five years before the agreement began on %(began)s."
    ),
)
NO_FRAMEWORK = Reason(
    "catalog.no_framework", N_("Choose the framework agreement that the item is listed in.")
)
FRAMEWORK_NOT_RUNNING = Reason(
    "catalog.framework_not_running",
    N_("This agreement runs from %(start)s to %(end)s; choose one that holds today."),
)
EVIDENCE_NEEDED = Reason(
    "catalog.evidence_needed",
    N_(
        "Add evidence of the capability: an award, work with a private firm, or a short pilot with a government "
        "body. One suffices; a government track record is not needed."
    ),
)
LOT_NEEDED = Reason("catalog.lot_needed", N_("This agreement has lots: choose the lot."))
LOT_FOREIGN = Reason("catalog.lot_foreign", N_("This lot belongs to another agreement."))
LOT_CATEGORY = Reason(
    "catalog.lot_category", N_("The lot is for another category (%(category)s) than the item.")
)
LOT_DOMAIN = Reason("catalog.lot_domain", N_("The lot is for another domain than the item."))
ABOVE_CEILING = Reason(
    "catalog.above_ceiling", N_("The unit price is above the price ceiling of the lot: NT$%(ceiling)s.")
)
UNDER_REVIEW_NOW = Reason(
    "catalog.under_review",
    N_("The item is with the review board. Wait for its answer, or withdraw the application first."),
)
BOARD_DECIDES = Reason(
    "catalog.board_decides",
    N_("An item that did not grow from a pilot is listed by the review board, once its startup has applied."),
)
REVIEW_FIRST = Reason(
    "catalog.review_first", N_("The startup has applied for a listing: decide on its application.")
)
APPLICATION_STATE = Reason(
    "catalog.application_state", N_("This is not possible while the application is “%(state)s”.")
)
ABOVE_MARKET_NOW = Reason(
    "catalog.above_market",
    N_(
        "A better price elsewhere is confirmed for “%(item)s”: it may not be bought until its price is settled."
    ),
)
NOT_REPORTER = Reason(
    "catalog.not_reporter", N_("Agencies, the item's supplier and the programme office report better prices.")
)
REPORT_STATE = Reason("catalog.report_state", N_("This is not possible while the report is “%(state)s”."))
FRAMEWORK_OVER = Reason("catalog.framework_over", N_("This agreement ended on %(last)s."))
APPLICATIONS_CLOSED = Reason(
    "catalog.applications_closed",
    N_(
        "Applications ended on %(closed)s; they are taken again from %(begins)s on, when the agreement begins."
    ),
)
APPLICATIONS_LATER = Reason(
    "catalog.applications_later", N_("This agreement takes applications from %(opens)s on.")
)
NOT_LISTED_YET = Reason(
    "catalog.not_listed_yet", N_("Adoptions are recorded for items that are or were listed.")
)


@dataclass(frozen=True, slots=True)
class Requirement:
    """Something an item needs before it is listed; ``field`` is where it is entered."""

    field: str
    label: str
    reason: Reason
    met: Callable[[CatalogItem, ItemVersion], bool]


def _requirement(
    field: str, label: str, message: str, met: Callable[[CatalogItem, ItemVersion], bool]
) -> Requirement:
    return Requirement(field, label, Reason(f"catalog.needs_{field}", message), met)


REQUIREMENTS = (
    _requirement(
        "title_zh", N_("Title in Chinese"), N_("Enter the title in Chinese."), lambda i, v: bool(v.title_zh)
    ),
    _requirement(
        "summary_zh",
        N_("Summary in Chinese"),
        N_("Enter the summary in Chinese."),
        lambda i, v: bool(v.summary_zh),
    ),
    _requirement(
        "technology_zh",
        N_("Technology in Chinese"),
        N_("Describe the technology in Chinese."),
        lambda i, v: bool(v.technology_zh),
    ),
    _requirement(
        "use_case_zh",
        N_("Government use case in Chinese"),
        N_("Describe the government use case in Chinese."),
        lambda i, v: bool(v.use_case_zh),
    ),
    _requirement(
        "specification_zh",
        N_("Specification in Chinese"),
        N_("Enter the specification in Chinese."),
        lambda i, v: bool(v.specification_zh),
    ),
    _requirement(
        "specification_open",
        N_("Specification not tied to a proprietary one"),
        N_("Confirm that the specification is not tied to a proprietary one."),
        lambda i, v: v.specification_open,
    ),
    _requirement(
        "category",
        N_("Category"),
        N_("Choose the category."),
        lambda i, v: i.category_id is not None,
    ),
    _requirement("domain", N_("Domain"), N_("Choose the domain."), lambda i, v: i.domain is not None),
    _requirement(
        "activity",
        N_("What is new about it"),
        N_("Choose what is new about it."),
        lambda i, v: v.activity is not None,
    ),
    _requirement(
        "output",
        N_("What is delivered"),
        N_("Choose what is delivered."),
        lambda i, v: v.output is not None,
    ),
    _requirement(
        "unit_zh", N_("Unit in Chinese"), N_("Enter the unit in Chinese."), lambda i, v: bool(v.unit_zh)
    ),
    _requirement(
        "unit_price",
        N_("Unit price, tax included"),
        N_("Enter the unit price."),
        lambda i, v: v.unit_price is not None,
    ),
    _requirement(
        "delivery_days",
        N_("Delivery in days after the order"),
        N_("Enter the days of delivery."),
        lambda i, v: v.delivery_days is not None,
    ),
    _requirement(
        "warranty_months",
        N_("Warranty in months"),
        N_("Enter the months of warranty, 0 where there is none."),
        lambda i, v: v.warranty_months is not None,
    ),
)
"""What a listed item must hold: the fields of R-033 and R-034, the kinds of R-031, price and terms."""


def missing(item: CatalogItem, version: ItemVersion) -> tuple[Requirement, ...]:
    """What still lacks before this version of the item can be listed."""
    return tuple(need for need in REQUIREMENTS if not need.met(item, version))


def _staff(actor: Actor | None) -> Decision:
    return ALLOWED if actor is not None and actor.is_staff else deny(NOT_STAFF)


def _in_state(item: CatalogItem, now: datetime, *allowed: ItemState) -> Decision:
    state = item.state_on(local_day(now))
    if state in allowed:
        return ALLOWED
    return deny(WRONG_STATE, state=deny(Reason(f"catalog.state.{state}", ITEM_LIFE.info(state).label)))


def _moves(item: CatalogItem, move: str, now: datetime) -> Decision:
    return _in_state(item, now, *ITEM_LIFE.moves[move].sources)


def within_five_years(founded_on: date | None, tender_day: date) -> Decision:
    """Was the supplier founded within five years before this day, the anniversary counted (R-030)?

    The tender day is the first day of the framework agreement; later ageing does not delist (Q-13).
    """
    if founded_on is None:
        return deny(FOUNDING_UNKNOWN)
    if not is_within_startup_age(founded_on, tender_day):
        return deny(TOO_OLD, founded=founded_on, began=tender_day)
    return ALLOWED


def can_see(actor: Actor | None, item: CatalogItem) -> bool:
    """Everybody sees what is or was listed; a proposed item only staff and its supplier's people."""
    if item.listed_at is not None:
        return True
    return actor is not None and (actor.is_staff or actor.is_of(item.supplier_id))


def can_propose(actor: Actor, supplier: Organization) -> Decision:
    """May this person propose an item of this startup? Its owners and editors, once it is confirmed."""
    if supplier.kind is not OrganizationKind.STARTUP:
        return deny(NOT_STARTUP)
    return can_write(actor, supplier.id)


def can_propose_from_pilot(actor: Actor, pilot: Pilot) -> Decision:
    """May an item be prepared from this pilot? The platform itself or staff, where it graduates (R-093)."""
    if actor != SYSTEM and not actor.is_staff:
        return deny(NOT_STAFF)
    if pilot.assessment is None or not pilot.assessment.graduates:
        return deny(NOT_GRADUATED)
    return ALLOWED


def can_edit(
    actor: Actor, item: CatalogItem, now: datetime, review: ListingApplication | None = None
) -> Decision:
    """May this person change words and price? Staff while it lives, its supplier while it is proposed.

    While the review board reads the item (``review`` is submitted), its supplier waits.
    """
    living = _in_state(item, now, ItemState.PROPOSED, ItemState.LISTED, ItemState.SUSPENDED)
    if actor.is_staff:
        return living
    writes = can_write(actor, item.supplier_id)
    if writes and item.state is not ItemState.PROPOSED:
        return first_denial(living, deny(LISTED_BY_STAFF))
    return first_denial(writes, living, _not_being_read(review))


def can_list(
    actor: Actor,
    item: CatalogItem,
    framework: FrameworkAgreement | None,
    now: datetime,
    lot: Lot | None = None,
) -> Decision:
    """May this person list the item that grew from a pilot in this agreement and lot today (R-043)?

    What did not grow from one goes to the review board, whose approval lists it (``can_take_in``).
    """
    return first_denial(
        can_prepare_listing(actor, item, now),
        _place_fits(item, framework, now, lot),
    )


def can_prepare_listing(actor: Actor, item: CatalogItem, now: datetime) -> Decision:
    """The same without the agreement: may the form that chooses it be sent?"""
    return first_denial(
        _staff(actor),
        _moves(item, "list", now),
        ALLOWED if item.pilot_id is not None else deny(BOARD_DECIDES),
        _ready(item),
    )


def can_take_in(
    actor: Actor,
    item: CatalogItem,
    framework: FrameworkAgreement | None,
    now: datetime,
    lot: Lot | None = None,
) -> Decision:
    """May the item come into the catalog, from its pilot or by the board's approval?

    Complete content, evidence of the capability, an agreement that takes items today, a lot that suits where it
    has lots, and a confirmed supplier founded within five years before the agreement began (R-030, R-033, R-034,
    R-036). Needs the item's versions, supplier and evidence, and the agreement's lots loaded.
    """
    return first_denial(
        _staff(actor),
        _moves(item, "list", now),
        _ready(item),
        _place_fits(item, framework, now, lot),
    )


def _ready(item: CatalogItem) -> Decision:
    return first_denial(
        *(deny(need.reason) for need in missing(item, item.current)),
        _supplier_fits(item.supplier),
        capability_shown(item),
    )


def _place_fits(
    item: CatalogItem, framework: FrameworkAgreement | None, now: datetime, lot: Lot | None
) -> Decision:
    return first_denial(
        _framework_fits(item.supplier, framework, local_day(now)), lot_fits(item, framework, lot)
    )


def capability_shown(item: CatalogItem) -> Decision:
    """Is the supplier's capability shown (R-035, R-036)?

    By the pilot that the item grew from, or by one of the three kinds of evidence; a government reference is
    welcome and never required, and does not stand in for them.
    """
    if item.pilot_id is not None or any(e.kind in SUBSTITUTES for e in item.evidence):
        return ALLOWED
    return deny(EVIDENCE_NEEDED)


def lot_fits(item: CatalogItem, framework: FrameworkAgreement | None, lot: Lot | None) -> Decision:
    """Does the item suit the lot: its agreement, category, domain and price ceiling? No lot suits where there is none."""
    if framework is None:
        return deny(NO_FRAMEWORK)
    if lot is None:
        return deny(LOT_NEEDED) if framework.lots else ALLOWED
    if lot.framework_id != framework.id:
        return deny(LOT_FOREIGN)
    if lot.category_id is not None and lot.category_id != item.category_id:
        name = lot.category.name if lot.category is not None else lot.code
        return deny(LOT_CATEGORY, category=name)
    if lot.category_id is None and item.domain is not None and lot.domain != item.domain:
        return deny(LOT_DOMAIN)
    return within_ceiling(item.current.unit_price, lot)


def within_ceiling(price: int | None, lot: Lot | None) -> Decision:
    """Does the unit price (NT$) stay within the ceiling of the lot?"""
    if lot is None or lot.price_ceiling is None or price is None or price <= lot.price_ceiling:
        return ALLOWED
    return deny(ABOVE_CEILING, ceiling=f"{lot.price_ceiling:,}")


def _supplier_fits(supplier: Organization) -> Decision:
    return ALLOWED if supplier.state is OrganizationState.CONFIRMED else deny(SUPPLIER_NOT_CONFIRMED)


def _framework_fits(supplier: Organization, framework: FrameworkAgreement | None, today: date) -> Decision:
    if framework is None:
        return deny(NO_FRAMEWORK)
    if framework.phase_on(today) not in TAKES_ITEMS:
        return deny(FRAMEWORK_NOT_RUNNING, start=framework.starts_on, end=framework.ends_on)
    return within_five_years(supplier.founded_on, framework.starts_on)


def can_suspend(actor: Actor, item: CatalogItem, now: datetime) -> Decision:
    """May this person suspend the supply?"""
    return first_denial(_staff(actor), _moves(item, "suspend", now))


def can_resume(actor: Actor, item: CatalogItem, now: datetime) -> Decision:
    """May this person let the supply go on?"""
    return first_denial(_staff(actor), _moves(item, "resume", now))


def can_withdraw(actor: Actor, item: CatalogItem, now: datetime) -> Decision:
    """May this person take the item out? Staff; of a proposal also the supplier's owners and editors."""
    moves = _moves(item, "withdraw", now)
    if item.state is ItemState.PROPOSED and not actor.is_staff:
        return first_denial(can_write(actor, item.supplier_id), moves)
    return first_denial(_staff(actor), moves)


def can_record_adoption(actor: Actor, item: CatalogItem) -> Decision:
    """May this person record who adopted the item?"""
    return first_denial(_staff(actor), ALLOWED if item.listed_at is not None else deny(NOT_LISTED_YET))


def can_save_framework(actor: Actor) -> Decision:
    """May this person make and change framework agreements?"""
    return _staff(actor)


def can_extend(actor: Actor, framework: FrameworkAgreement, now: datetime) -> Decision:
    """May this person let the agreement run longer? Staff, until its last day."""
    over = framework.phase_on(local_day(now)) is AgreementPhase.EXPIRED
    return first_denial(_staff(actor), deny(FRAMEWORK_OVER, last=framework.ends_on) if over else ALLOWED)


def can_apply_to(framework: FrameworkAgreement, today: date) -> Decision:
    """Does the agreement take applications of startups today? While it is open for listing, and while it is live."""
    phase = framework.phase_on(today)
    if phase in TAKES_APPLICATIONS:
        return ALLOWED
    if phase is AgreementPhase.EXPIRED:
        return deny(FRAMEWORK_OVER, last=framework.ends_on)
    if phase is AgreementPhase.PENDING:
        return deny(APPLICATIONS_CLOSED, closed=framework.closes_on, begins=framework.starts_on)
    return deny(APPLICATIONS_LATER, opens=framework.opens_on or framework.starts_on)


# --- the review board ---


def _not_being_read(review: ListingApplication | None) -> Decision:
    being_read = review is not None and review.state is ApplicationState.SUBMITTED
    return deny(UNDER_REVIEW_NOW) if being_read else ALLOWED


def _application_moves(application: ListingApplication, move: str) -> Decision:
    if APPLICATION_LIFE.can(move, application.state):
        return ALLOWED
    return deny(APPLICATION_STATE, state=APPLICATION_LIFE.info(application.state))


def can_add_evidence(
    actor: Actor, item: CatalogItem, now: datetime, review: ListingApplication | None = None
) -> Decision:
    """May this person add or remove evidence? Whoever may edit the item, while it is proposed."""
    return first_denial(_in_state(item, now, ItemState.PROPOSED), can_edit(actor, item, now, review))


def can_see_evidence(actor: Actor | None, item: CatalogItem) -> bool:
    """May this person read the supplier's papers? Staff and the supplier's people."""
    return actor is not None and (actor.is_staff or actor.is_of(item.supplier_id))


def can_apply(
    actor: Actor, item: CatalogItem, now: datetime, review: ListingApplication | None = None
) -> Decision:
    """May this person ask the board to list the item? Its supplier, once it is complete and shows its capability."""
    return first_denial(
        can_write(actor, item.supplier_id),
        _in_state(item, now, ItemState.PROPOSED),
        *(deny(need.reason) for need in missing(item, item.current)),
        _supplier_fits(item.supplier),
        capability_shown(item),
        _not_being_read(review),
    )


def can_apply_in(
    actor: Actor,
    item: CatalogItem,
    framework: FrameworkAgreement,
    lot: Lot | None,
    now: datetime,
    review: ListingApplication | None = None,
) -> Decision:
    """The same, in this agreement and lot: it takes applications today, and the item and its supplier suit it."""
    return first_denial(
        can_apply(actor, item, now, review),
        can_apply_to(framework, local_day(now)),
        within_five_years(item.supplier.founded_on, framework.starts_on),
        lot_fits(item, framework, lot),
    )


def can_propose_change(
    actor: Actor, item: CatalogItem, now: datetime, review: ListingApplication | None = None
) -> Decision:
    """May this person ask the board for a change of the listed item? Its supplier, one change at a time."""
    return first_denial(
        can_write(actor, item.supplier_id),
        _in_state(item, now, ItemState.LISTED, ItemState.SUSPENDED),
        _not_being_read(review),
    )


def can_withdraw_application(actor: Actor, application: ListingApplication) -> Decision:
    """May this person withdraw the application? The supplier's owners and editors, until it is decided."""
    return first_denial(
        can_write(actor, application.item.supplier_id), _application_moves(application, "withdraw")
    )


def can_review(actor: Actor, application: ListingApplication, move: str) -> Decision:
    """May this person return, approve or refuse the application?"""
    return first_denial(_staff(actor), _application_moves(application, move))


# --- better prices elsewhere (B-5) ---


def can_be_bought(item: CatalogItem) -> Decision:
    """May the item be bought at its price? Not while a confirmed better price elsewhere stands (B-5)."""
    return deny(ABOVE_MARKET_NOW, item=item.title) if item.above_market else ALLOWED


def can_report_price(actor: Actor | None, item: CatalogItem, now: datetime) -> Decision:
    """May this person report a better price? Writers of agencies and of the supplier, and staff, while it is listed."""
    if actor is None:
        return deny(NOT_REPORTER)
    may = actor.is_staff or actor.is_kind(OrganizationKind.AGENCY) or actor.is_of(item.supplier_id)
    writes = ALLOWED if actor.is_staff else can_write(actor, actor.organization_id or 0)
    listed = _in_state(item, now, ItemState.LISTED, ItemState.SUSPENDED)
    return first_denial(ALLOWED if may else deny(NOT_REPORTER), writes, listed)


def can_see_report(actor: Actor, report: PriceReport) -> bool:
    """Staff, the supplier's people and those who reported it (needs ``item``); the supplier once it is offered."""
    if actor.is_staff or actor.is_of(report.reporter_id):
        return True
    return actor.is_of(report.item.supplier_id) and report.offered_at is not None


def can_move_report(actor: Actor, report: PriceReport, move: str) -> Decision:
    """May this person offer or dismiss (staff), accept or refuse (the supplier's owners and editors) it?"""
    who = _staff(actor) if move in ("offer", "dismiss") else can_write(actor, report.item.supplier_id)
    if REPORT_LIFE.can(move, report.state):
        return who
    return first_denial(who, deny(REPORT_STATE, state=REPORT_LIFE.info(report.state)))
