"""What people hand over for a kit and for a peer contact: plain values, checked by the operations."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class KitFacts:
    """The agency's own words and figures; amounts in NT$, tax included. ``chosen`` is the reference of an item."""

    title: str
    chosen: str
    quantity: int = 1
    need: str = ""
    reasons: str = ""
    alternatives: str = ""
    budget_line: str = ""
    add_ons: int = 0
    add_ons_note: str = ""
    yearly_cost: int = 0
    yearly_note: str = ""
    years: int = 3
    remarks: str = ""


WORDS = tuple(name for name in KitFacts.__dataclass_fields__ if name != "chosen")
"""The facts that a kit keeps as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Whom the other agency may write to or call, as that person agreed to."""

    name: str
    email: str = ""
    phone: str = ""
