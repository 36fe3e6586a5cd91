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
from matchmaker.catalog.operations.reports import (
    accept_report,
    dismiss_report,
    offer_report,
    refuse_report,
    report_price,
)
from matchmaker.catalog.operations.saved import forget_item, save_item

__all__ = [
    "accept_report",
    "add_evidence",
    "apply_for_listing",
    "approve_application",
    "check_facts",
    "dismiss_report",
    "extend_framework",
    "forget_item",
    "framework_held",
    "latest_end",
    "list_item",
    "offer_report",
    "on_pilot_assessed",
    "propose",
    "propose_change",
    "propose_from_pilot",
    "record_adoption",
    "record_adoption_from_order",
    "refuse_application",
    "refuse_report",
    "remove_adoption",
    "remove_evidence",
    "remove_lot",
    "report_price",
    "resume",
    "return_application",
    "save_announcement",
    "save_framework",
    "save_item",
    "save_lot",
    "save_version",
    "suspend",
    "take_in",
    "withdraw",
    "withdraw_application",
    "write_version",
]
