"""The lifecycle of a catalog item; ``expired`` comes by the clock with the end of its framework."""

from __future__ import annotations

from enum import StrEnum

from matchmaker.kernel.machine import Machine, StateInfo, move
from matchmaker.kernel.words import N_


class ItemState(StrEnum):
    PROPOSED = "proposed"
    LISTED = "listed"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


_S = ItemState
ITEM_LIFE = Machine(
    "catalog_item",
    N_("Catalog item"),
    (
        StateInfo(_S.PROPOSED, N_("Proposed"), "draft", "staff"),
        StateInfo(_S.LISTED, N_("Listed"), "open", "startup"),
        StateInfo(_S.SUSPENDED, N_("Supply suspended"), "closing", "staff"),
        StateInfo(_S.WITHDRAWN, N_("Delisted"), "stopped", "none"),
        StateInfo(_S.EXPIRED, N_("Expired"), "done", "none"),
    ),
    (
        move("list", [_S.PROPOSED], _S.LISTED, "staff", N_("List in the catalog")),
        move("suspend", [_S.LISTED], _S.SUSPENDED, "staff", N_("Suspend supply")),
        move("resume", [_S.SUSPENDED], _S.LISTED, "staff", N_("Resume supply")),
        move("withdraw", [_S.PROPOSED, _S.LISTED, _S.SUSPENDED], _S.WITHDRAWN, "staff", N_("Delist")),
        move("expire", [_S.LISTED, _S.SUSPENDED], _S.EXPIRED, "clock", N_("Expire"), by_clock=True),
    ),
    initial=_S.PROPOSED,
)


class ActivityKind(StrEnum):
    """What the startup's innovation consists of (R-031)."""

    PRODUCT = "product"
    TECHNOLOGY = "technology"
    LABOUR = "labour"
    SERVICE_PROCESS = "service_process"
    CREATION = "creation"


ACTIVITY_LABELS = {
    ActivityKind.PRODUCT: N_("Product"),
    ActivityKind.TECHNOLOGY: N_("Technology"),
    ActivityKind.LABOUR: N_("Labour service"),
    ActivityKind.SERVICE_PROCESS: N_("Service process"),
    ActivityKind.CREATION: N_("Creation"),
}


class OutputKind(StrEnum):
    """What is delivered (R-031)."""

    GOODS = "goods"
    SERVICE = "service"


OUTPUT_LABELS = {OutputKind.GOODS: N_("Goods"), OutputKind.SERVICE: N_("Service")}


class AgreementPhase(StrEnum):
    """Where a framework agreement stands; nothing of it is stored, all of it comes by the clock."""

    COMING = "coming"
    OPEN = "open"
    PENDING = "pending"
    LIVE = "live"
    EXPIRED = "expired"


_P = AgreementPhase
AGREEMENT_LIFE = Machine(
    "framework_agreement",
    N_("Framework agreement"),
    (
        StateInfo(_P.COMING, N_("Coming"), "draft", "staff"),
        StateInfo(_P.OPEN, N_("Open for listing"), "open", "startup"),
        StateInfo(_P.PENDING, N_("Pending"), "closing", "staff"),
        StateInfo(_P.LIVE, N_("Live"), "pilot", "agency"),
        StateInfo(_P.EXPIRED, N_("Ended"), "done", "none"),
    ),
    (
        move("open", [_P.COMING], _P.OPEN, "clock", N_("Open for listing"), by_clock=True),
        move("close", [_P.OPEN], _P.PENDING, "clock", N_("Close for listing"), by_clock=True),
        move("begin", [_P.COMING, _P.PENDING], _P.LIVE, "clock", N_("Begin"), by_clock=True),
        move("end", [_P.LIVE], _P.EXPIRED, "clock", N_("End"), by_clock=True),
    ),
    initial=_P.COMING,
)
TAKES_ITEMS = (_P.OPEN, _P.PENDING, _P.LIVE)
"""Phases in which an item can be listed; in the first and the last of them a startup may apply."""
TAKES_APPLICATIONS = (_P.OPEN, _P.LIVE)


class ApplicationKind(StrEnum):
    """What a supplier asks the review board for."""

    LISTING = "listing"
    CHANGE = "change"


APPLICATION_KIND_LABELS = {
    ApplicationKind.LISTING: N_("Listing of an item"),
    ApplicationKind.CHANGE: N_("Change of a listed item"),
}


class ApplicationState(StrEnum):
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


_A = ApplicationState
APPLICATION_LIFE = Machine(
    "listing_application",
    N_("Application to the review board"),
    (
        StateInfo(_A.SUBMITTED, N_("Waiting for review"), "judging", "staff"),
        StateInfo(_A.RETURNED, N_("Returned with findings"), "closing", "startup"),
        StateInfo(_A.APPROVED, N_("Approved"), "open", "none"),
        StateInfo(_A.REFUSED, N_("Refused"), "stopped", "none"),
        StateInfo(_A.WITHDRAWN, N_("Withdrawn"), "stopped", "none"),
    ),
    (
        move("return", [_A.SUBMITTED], _A.RETURNED, "staff", N_("Return with findings")),
        move("resubmit", [_A.RETURNED], _A.SUBMITTED, "startup", N_("Submit again")),
        move("approve", [_A.SUBMITTED], _A.APPROVED, "staff", N_("Approve")),
        move("refuse", [_A.SUBMITTED, _A.RETURNED], _A.REFUSED, "staff", N_("Refuse")),
        move("withdraw", [_A.SUBMITTED, _A.RETURNED], _A.WITHDRAWN, "startup", N_("Withdraw")),
    ),
    initial=_A.SUBMITTED,
)
UNDER_REVIEW = (_A.SUBMITTED, _A.RETURNED)


class Criterion(StrEnum):
    """What the price and specification review board looks at (訂價暨規格審查會)."""

    TECHNOLOGY = "technology"
    USE_CASE = "use_case"
    STARTUP = "startup"
    CAPABILITY = "capability"
    SPECIFICATION_OPEN = "specification_open"
    INSPECTABLE = "inspectable"
    PRICE = "price"
    TERMS = "terms"


CRITERION_LABELS = {
    Criterion.TECHNOLOGY: N_("The technology is described and new"),
    Criterion.USE_CASE: N_("A government use case is named"),
    Criterion.STARTUP: N_("The supplier is a startup founded within five years"),
    Criterion.CAPABILITY: N_("The capability is shown by evidence; no government track record is required"),
    Criterion.SPECIFICATION_OPEN: N_(
        "The specification shows what is new without being tied to a proprietary one"
    ),
    Criterion.INSPECTABLE: N_("Delivery can be inspected by the specification"),
    Criterion.PRICE: N_("The price is sound and within the ceiling"),
    Criterion.TERMS: N_("Delivery, warranty and price breaks are sound"),
}
CRITERIA_OF = {
    ApplicationKind.LISTING: tuple(Criterion),
    ApplicationKind.CHANGE: (
        Criterion.SPECIFICATION_OPEN,
        Criterion.INSPECTABLE,
        Criterion.PRICE,
        Criterion.TERMS,
    ),
}


class ReportState(StrEnum):
    REPORTED = "reported"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    DISMISSED = "dismissed"


_R = ReportState
REPORT_LIFE = Machine(
    "price_report",
    N_("Better price elsewhere"),
    (
        StateInfo(_R.REPORTED, N_("Reported"), "draft", "staff"),
        StateInfo(_R.OFFERED, N_("Well founded, offered to the supplier"), "closing", "startup"),
        StateInfo(_R.ACCEPTED, N_("Accepted, price lowered"), "open", "none"),
        StateInfo(_R.REFUSED, N_("Refused by the supplier"), "stopped", "staff"),
        StateInfo(_R.DISMISSED, N_("Dismissed"), "done", "none"),
    ),
    (
        move("offer", [_R.REPORTED], _R.OFFERED, "staff", N_("Offer the price to the supplier")),
        move("accept", [_R.OFFERED, _R.REFUSED], _R.ACCEPTED, "startup", N_("Accept the lower price")),
        move("refuse", [_R.OFFERED], _R.REFUSED, "startup", N_("Refuse the lower price")),
        move("dismiss", [_R.REPORTED, _R.OFFERED, _R.REFUSED], _R.DISMISSED, "staff", N_("Dismiss")),
    ),
    initial=_R.REPORTED,
)
ABOVE_MARKET = (_R.OFFERED, _R.REFUSED)
"""A well-founded report that still stands: the item is dearer than elsewhere and may not be bought (B-5)."""
