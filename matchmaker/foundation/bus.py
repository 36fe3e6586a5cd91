"""Events between slices: published by an operation, heard in the same transaction by later slices.

Who hears what is written in ``matchmaker.wiring`` and nowhere else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened; slices derive their own events from it."""

    at: datetime


Subscriber = Callable[[Any], None]
_subscribers: dict[type[Event], list[Subscriber]] = defaultdict(list)


def subscribe(event: type[Event], *subscribers: Subscriber) -> None:
    """Call these functions, in order, whenever the event is published. Subscribing twice counts once."""
    for subscriber in subscribers:
        if subscriber not in _subscribers[event]:
            _subscribers[event].append(subscriber)


def publish(event: Event) -> None:
    """Tell every subscriber, now, inside the present transaction."""
    for subscriber in _subscribers[type(event)]:
        subscriber(event)


def subscriptions() -> dict[type[Event], tuple[Subscriber, ...]]:
    """Who hears what (for the staff page that draws it)."""
    return {event: tuple(subscribers) for event, subscribers in _subscribers.items()}
