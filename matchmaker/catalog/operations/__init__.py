"""Verbs on catalog items, framework agreements and known adoptions, each in a module of its own."""

from matchmaker.catalog.operations.adoptions import record_adoption, remove_adoption
from matchmaker.catalog.operations.agreements import latest_end, save_framework
from matchmaker.catalog.operations.items import (
    on_pilot_assessed,
    propose,
    propose_from_pilot,
    save_version,
)
from matchmaker.catalog.operations.listing import list_item, resume, suspend, withdraw

__all__ = [
    "latest_end",
    "list_item",
    "on_pilot_assessed",
    "propose",
    "propose_from_pilot",
    "record_adoption",
    "remove_adoption",
    "resume",
    "save_framework",
    "save_version",
    "suspend",
    "withdraw",
]
