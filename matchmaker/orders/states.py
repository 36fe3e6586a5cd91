"""The lifecycles of a requisition, of a call-off order, and of a delivery; the kinds around them."""

from __future__ import annotations

from enum import StrEnum

from matchmaker.kernel.machine import Machine, StateInfo, move
from matchmaker.kernel.words import N_


class RequisitionState(StrEnum):
    DRAFT = "draft"
    SIGNING = "signing"
    RETURNED = "returned"
    APPROVED = "approved"
    ORDERED = "ordered"
    DROPPED = "dropped"


_R = RequisitionState
REQUISITION_LIFE = Machine(
    "requisition",
    N_("Requisition"),
    (
        StateInfo(_R.DRAFT, N_("Draft"), "draft", "agency"),
        StateInfo(_R.SIGNING, N_("Being signed"), "judging", "agency"),
        StateInfo(_R.RETURNED, N_("Returned"), "closing", "agency"),
        StateInfo(_R.APPROVED, N_("Approved"), "open", "agency"),
        StateInfo(_R.ORDERED, N_("Ordered"), "done", "none"),
        StateInfo(_R.DROPPED, N_("Dropped"), "stopped", "none"),
    ),
    (
        move("hand_in", [_R.DRAFT, _R.RETURNED], _R.SIGNING, "agency", N_("Sign and hand in")),
        move("sign", [_R.SIGNING], _R.SIGNING, "agency", N_("Sign")),
        move("approve", [_R.SIGNING], _R.APPROVED, "agency", N_("Approve")),
        move("return", [_R.SIGNING], _R.RETURNED, "agency", N_("Return to the case officer")),
        move("take_over", [_R.SIGNING, _R.APPROVED], _R.DRAFT, "agency", N_("Take over the new prices")),
        move("place", [_R.APPROVED], _R.ORDERED, "agency", N_("Place the order")),
        move(
            "drop",
            [_R.DRAFT, _R.SIGNING, _R.RETURNED, _R.APPROVED],
            _R.DROPPED,
            "agency",
            N_("Drop the requisition"),
        ),
    ),
    initial=_R.DRAFT,
)
"""``take_over`` begins the sign-off anew: what was signed was another price."""


class OrderState(StrEnum):
    PLACED = "placed"
    CONFIRMED = "confirmed"
    DELIVERING = "delivering"
    DELIVERED = "delivered"
    INSPECTED = "inspected"
    CERTIFIED = "certified"
    PAID = "paid"
    CLOSED = "closed"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    DISPUTED = "disputed"


_O = OrderState
DISPUTABLE = (_O.CONFIRMED, _O.DELIVERING, _O.DELIVERED, _O.INSPECTED, _O.CERTIFIED)
"""The states in which a side may dispute, and to which a settled dispute may lead back."""

ORDER_LIFE = Machine(
    "call_off_order",
    N_("Call-off order"),
    (
        StateInfo(_O.PLACED, N_("Placed"), "closing", "startup"),
        StateInfo(_O.CONFIRMED, N_("Accepted by the supplier"), "pilot", "startup"),
        StateInfo(_O.DELIVERING, N_("Delivered in part"), "pilot", "startup"),
        StateInfo(_O.DELIVERED, N_("Delivered, to be inspected"), "judging", "agency"),
        StateInfo(_O.INSPECTED, N_("Passed inspection"), "open", "agency"),
        StateInfo(_O.CERTIFIED, N_("Certified, to be paid"), "open", "agency"),
        StateInfo(_O.PAID, N_("Paid in full"), "open", "agency"),
        StateInfo(_O.CLOSED, N_("Closed"), "done", "none"),
        StateInfo(_O.DECLINED, N_("Declined by the supplier"), "stopped", "none"),
        StateInfo(_O.CANCELLED, N_("Cancelled"), "stopped", "none"),
        StateInfo(_O.DISPUTED, N_("Disputed"), "stopped", "agency"),
    ),
    (
        move("confirm", [_O.PLACED], _O.CONFIRMED, "startup", N_("Accept the order")),
        move("decline", [_O.PLACED], _O.DECLINED, "startup", N_("Decline the order")),
        move("deliver_part", [_O.CONFIRMED, _O.DELIVERING], _O.DELIVERING, "startup", N_("Deliver a part")),
        move("deliver_rest", [_O.CONFIRMED, _O.DELIVERING], _O.DELIVERED, "startup", N_("Deliver the rest")),
        move("find_defects", [_O.DELIVERING, _O.DELIVERED], _O.DELIVERING, "agency", N_("Find defects")),
        move("pass_all", [_O.DELIVERED], _O.INSPECTED, "agency", N_("Pass the last inspection")),
        move("certify", [_O.INSPECTED], _O.CERTIFIED, "agency", N_("Sign the last certificate")),
        move("pay", [_O.CERTIFIED], _O.PAID, "agency", N_("Record the last payment")),
        move("close", [_O.PAID], _O.CLOSED, "agency", N_("Close the order")),
        move("cancel", [_O.PLACED, _O.CONFIRMED], _O.CANCELLED, "agency", N_("Cancel")),
        move("dispute", list(DISPUTABLE), _O.DISPUTED, "agency", N_("Open a dispute")),
        *(
            move(f"settle_{state}", [_O.DISPUTED], state, "agency", N_("Settle the dispute"))
            for state in (*DISPUTABLE, _O.PAID, _O.CANCELLED)
        ),
    ),
    initial=_O.PLACED,
)
"""Parts are delivered, inspected, certified and paid side by side; the state is that of the whole order."""

ENDED_UNFULFILLED = (OrderState.DECLINED, OrderState.CANCELLED)
"""Orders that count for no budget and no statistics."""


class DeliveryState(StrEnum):
    NOTIFIED = "notified"
    PASSED = "passed"
    REDUCED = "reduced"
    FAILED = "failed"


_D = DeliveryState
DELIVERY_LIFE = Machine(
    "delivery",
    N_("Delivery"),
    (
        StateInfo(_D.NOTIFIED, N_("To be inspected"), "judging", "agency"),
        StateInfo(_D.PASSED, N_("Passed"), "done", "none"),
        StateInfo(_D.REDUCED, N_("Passed at a reduced price"), "done", "none"),
        StateInfo(_D.FAILED, N_("Defects found"), "stopped", "startup"),
    ),
    (
        move("pass", [_D.NOTIFIED], _D.PASSED, "agency", N_("Pass")),
        move("reduce", [_D.NOTIFIED], _D.REDUCED, "agency", N_("Pass at a reduced price")),
        move("fail", [_D.NOTIFIED], _D.FAILED, "agency", N_("Find defects")),
    ),
    initial=_D.NOTIFIED,
)


class Result(StrEnum):
    """What an acceptance inspection came to (B-5)."""

    PASSED = "passed"
    REDUCED = "reduced"
    FAILED = "failed"


RESULT_LABELS = {
    Result.PASSED: N_("Passed"),
    Result.REDUCED: N_("Passed at a reduced price"),
    Result.FAILED: N_("Defects found; they must be cured"),
}
RESULT_MOVES = {Result.PASSED: "pass", Result.REDUCED: "reduce", Result.FAILED: "fail"}


class Verdict(StrEnum):
    """What somebody at a sign-off desk did."""

    SIGNED = "signed"
    RETURNED = "returned"


VERDICT_LABELS = {Verdict.SIGNED: N_("Signed"), Verdict.RETURNED: N_("Returned")}


class Party(StrEnum):
    """For whom somebody acts on an order: the two sides, and the contracting entity."""

    AGENCY = "agency"
    SUPPLIER = "supplier"
    STAFF = "staff"


PARTY_LABELS = {
    Party.AGENCY: N_("Agency"),
    Party.SUPPLIER: N_("Supplier"),
    Party.STAFF: N_("Programme office"),
}


class Settlement(StrEnum):
    """How a dispute ends."""

    GOES_ON = "goes_on"
    ENDS = "ends"


SETTLEMENT_LABELS = {
    Settlement.GOES_ON: N_("The order goes on"),
    Settlement.ENDS: N_("The order ends: what was accepted is paid, the rest falls away"),
}


class PaperKind(StrEnum):
    """What a scanned paper is; wet signatures stay on paper in several governments (B-7)."""

    REQUISITION = "requisition"
    ORDER = "order"
    ACCEPTANCE = "acceptance"
    CERTIFICATE = "certificate"
    OTHER = "other"


PAPER_LABELS = {
    PaperKind.REQUISITION: N_("Requisition sheet"),
    PaperKind.ORDER: N_("Order sheet"),
    PaperKind.ACCEPTANCE: N_("Acceptance record"),
    PaperKind.CERTIFICATE: N_("Settlement certificate"),
    PaperKind.OTHER: N_("Another paper"),
}
