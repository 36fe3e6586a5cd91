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
