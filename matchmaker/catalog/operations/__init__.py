"""Verbs on catalog items, agreements, applications, better prices and adoptions, each in a module of its own."""

from matchmaker.catalog.operations.adoptions import (
    record_adoption,
    record_adoption_from_order,
    remove_adoption,
)
from matchmaker.catalog.operations.agreements import extend_framework, latest_end, save_framework
from matchmaker.catalog.operations.announcements import save_announcement
from matchmaker.catalog.operations.applications import (
    add_evidence,
    apply_for_listing,
    approve_application,
    propose_change,
    refuse_application,
    remove_evidence,
    return_application,
    withdraw_application,
)
from matchmaker.catalog.operations.items import (
    check_facts,
    on_pilot_assessed,
    propose,
    propose_from_pilot,
    save_version,
    write_version,
)
from matchmaker.catalog.operations.listing import (
    framework_held,
    list_item,
    resume,
    suspend,
    take_in,
    withdraw,
)
from matchmaker.catalog.operations.lots import remove_lot, save_lot

__all__ = [
    "add_evidence",
    "apply_for_listing",
    "approve_application",
    "check_facts",
    "extend_framework",
    "framework_held",
    "latest_end",
    "list_item",
    "on_pilot_assessed",
    "propose",
    "propose_change",
    "propose_from_pilot",
    "record_adoption",
    "record_adoption_from_order",
    "refuse_application",
    "remove_adoption",
    "remove_evidence",
    "remove_lot",
    "resume",
    "return_application",
    "save_announcement",
    "save_framework",
    "save_lot",
    "save_version",
    "suspend",
    "take_in",
    "withdraw",
    "withdraw_application",
    "write_version",
]
