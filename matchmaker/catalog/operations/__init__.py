"""Verbs on catalog items, agreements, applications, better prices and adoptions, each in a module of its own."""

from matchmaker.catalog.operations.adoptions import (
    record_adoption,
    record_adoption_from_order,
    remove_adoption,
)
from matchmaker.catalog.operations.agreements import extend_framework, latest_end, save_framework
from matchmaker.catalog.operations.announcements import save_announcement
from matchmaker.catalog.operations.items import on_pilot_assessed, propose, propose_from_pilot, save_version
from matchmaker.catalog.operations.listing import list_item, resume, suspend, withdraw
from matchmaker.catalog.operations.lots import remove_lot, save_lot

__all__ = [
    "extend_framework",
    "latest_end",
    "list_item",
    "on_pilot_assessed",
    "propose",
    "propose_from_pilot",
    "record_adoption",
    "record_adoption_from_order",
    "remove_adoption",
    "remove_lot",
    "resume",
    "save_announcement",
    "save_framework",
    "save_lot",
    "save_version",
    "suspend",
    "withdraw",
]
