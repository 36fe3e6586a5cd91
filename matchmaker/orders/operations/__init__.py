"""Verbs on requisitions and orders, each part of their life in a module of its own."""

from matchmaker.orders.operations.afterwards import dispute, settle, write_experience
from matchmaker.orders.operations.fulfilling import (
    certify,
    close,
    countersign,
    deliver,
    inspect,
    record_payment,
)
from matchmaker.orders.operations.placing import cancel, confirm, decline, place
from matchmaker.orders.operations.requisitions import (
    drop,
    hand_in,
    order_again,
    prepare,
    save,
    send_back,
    sign,
    take_over,
)

__all__ = [
    "cancel",
    "certify",
    "close",
    "confirm",
    "countersign",
    "decline",
    "deliver",
    "dispute",
    "drop",
    "hand_in",
    "inspect",
    "order_again",
    "place",
    "prepare",
    "record_payment",
    "save",
    "send_back",
    "settle",
    "sign",
    "take_over",
    "write_experience",
]
