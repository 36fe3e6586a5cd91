"""Who is told what about catalog items."""

from __future__ import annotations

from typing import Any

from matchmaker.catalog import queries
from matchmaker.catalog.events import (
    ApplicationAnswered,
    ApplicationSubmitted,
    FrameworkExtended,
    ItemChanged,
    ItemListed,
    ItemMoved,
    ItemProposed,
    PriceReported,
    PriceReportMoved,
)
from matchmaker.catalog.models import CatalogItem, PriceReport
from matchmaker.foundation.outbox import Letter, both, day, letter, post
from matchmaker.kernel.words import N_
from matchmaker.people import queries as people

PROPOSED = letter(
    "catalog.proposed",
    N_("Item proposed for the catalog: %(item)s"),
    N_("%(supplier)s proposes the item “%(item)s” for the catalog."),
    N_("Complete it where needed, then list it in a framework agreement."),
    action=N_("Look at the item"),
)
GROWN = letter(
    "catalog.grown",
    N_("Item prepared from a pilot: %(item)s"),
    N_(
        "The pilot met the need and the solution is ready, so a listing of “%(item)s” by %(supplier)s was prepared."
    ),
    N_("Complete it where needed, then list it in a framework agreement."),
    action=N_("Look at the item"),
)
YOURS_GROWN = letter(
    "catalog.yours_grown",
    N_("Your pilot leads to the catalog: %(item)s"),
    N_(
        "Your pilot met the need and your solution is ready, so a listing was prepared from what the pilot holds."
    ),
    N_("Please complete words, price and delivery. The programme office checks it and lists it."),
    action=N_("Complete the item"),
)
LISTED = letter(
    "catalog.listed",
    N_("Listed in the catalog: %(item)s"),
    N_("Your item “%(item)s” is listed as %(code)s. Government bodies can look it up from now on."),
    N_("Orders are placed on the government e-procurement system, not here."),
    action=N_("See the item's page"),
)
CHANGED = letter(
    "catalog.changed",
    N_("Your item has a new version: %(item)s"),
    N_("%(who)s changed your item “%(item)s”. Version %(number)s counts from now on. Reason: %(note)s"),
    action=N_("Look at the item"),
)
MOVED = {
    "suspend": letter(
        "catalog.suspended",
        N_("Supply suspended: %(item)s"),
        N_("The programme office has suspended the supply of “%(item)s”, for this reason: %(reason)s"),
        action=N_("Look at the item"),
    ),
    "resume": letter(
        "catalog.resumed",
        N_("Supply resumed: %(item)s"),
        N_("The supply of “%(item)s” goes on."),
        action=N_("Look at the item"),
    ),
    "withdraw": letter(
        "catalog.withdrawn",
        N_("Taken out of the catalog: %(item)s"),
        N_("The item “%(item)s” was taken out of the catalog, for this reason: %(reason)s"),
        action=N_("Look at the item"),
    ),
}

APPLIED = letter(
    "catalog.applied",
    N_("For the review board: %(item)s"),
    N_("%(supplier)s has handed “%(item)s” to the price and specification review board."),
    action=N_("Review it"),
)
ANSWERED = {
    "return": letter(
        "catalog.application_returned",
        N_("Returned by the review board: %(item)s"),
        N_("The review board has returned “%(item)s”. What lacks stands on the item's page, point by point."),
        N_("Mend it and hand it in again."),
        action=N_("See the findings"),
    ),
    "approve": letter(
        "catalog.application_approved",
        N_("Approved by the review board: %(item)s"),
        N_("The review board has approved “%(item)s”."),
        action=N_("Look at the item"),
    ),
    "refuse": letter(
        "catalog.application_refused",
        N_("Not approved by the review board: %(item)s"),
        N_("The review board has refused “%(item)s”, for this reason: %(reason)s"),
        action=N_("Look at the item"),
    ),
}
PRICE_REPORTED = letter(
    "catalog.price_reported",
    N_("Better price elsewhere: %(item)s"),
    N_("%(who)s reports a better price for “%(item)s”: NT$%(price)s, seen at %(place)s."),
    action=N_("Follow it up"),
)
PRICE_MOVED = {
    "offer": letter(
        "catalog.price_offered",
        N_("A better price elsewhere: will you match it? %(item)s"),
        N_(
            "The programme office has confirmed a better price for “%(item)s”: NT$%(price)s, seen at %(place)s."
        ),
        N_("Until you accept it or the matter is settled, the item may not be bought."),
        action=N_("Answer"),
    ),
    "accept": letter(
        "catalog.price_accepted",
        N_("Lower price accepted: %(item)s"),
        N_(
            "The supplier has accepted the lower price of NT$%(price)s for “%(item)s”. It holds for everybody."
        ),
        action=N_("Look at the report"),
    ),
    "refuse": letter(
        "catalog.price_refused",
        N_("Lower price refused: %(item)s"),
        N_("The supplier has refused the lower price for “%(item)s”, for this reason: %(reason)s"),
        action=N_("Look at the report"),
    ),
    "dismiss": letter(
        "catalog.price_dismissed",
        N_("Report dismissed: %(item)s"),
        N_("The report of a better price for “%(item)s” was dismissed, for this reason: %(reason)s"),
        action=N_("Look at the report"),
    ),
}
EXTENDED = letter(
    "catalog.extended",
    N_("The agreement %(code)s runs longer"),
    N_("The agreement “%(framework)s” (%(code)s) runs until %(last)s instead of %(before)s."),
    N_("Reason: %(reason)s"),
    action=N_("See the agreement"),
)


def _facts(item: CatalogItem) -> dict[str, Any]:
    version = item.current
    return {
        "item": both(version.title_zh or version.title_en, version.title_en),
        "supplier": both(item.supplier.name_zh, item.supplier.name_en),
    }


def _tell_supplier(kind: Letter, item: CatalogItem, key: str, event: Any, **more: Any) -> None:
    for recipient in people.writers_of(item.supplier_id):
        post(
            kind,
            recipient,
            key=key,
            at=event.at,
            params={**_facts(item), "url": f"/supplier/items/{item.ref}", **more},
        )


def on_proposed(event: ItemProposed) -> None:
    """Staff learn of a proposed item; of one that grew from a pilot its supplier too."""
    item = event.item
    grown = item.pilot_id is not None
    for recipient in people.staff():
        post(
            GROWN if grown else PROPOSED,
            recipient,
            key=item.ref,
            at=event.at,
            params={**_facts(item), "url": f"/staff/items/{item.ref}"},
        )
    if grown:
        _tell_supplier(YOURS_GROWN, item, item.ref, event)


def on_listed(event: ItemListed) -> None:
    """The supplier learns that its item is listed."""
    item = event.item
    _tell_supplier(LISTED, item, item.ref, event, code=item.code, url=f"/catalog/{item.ref}")


def on_changed(event: ItemChanged) -> None:
    """The supplier learns of a new version of its listed item."""
    version = event.item.current
    _tell_supplier(
        CHANGED,
        event.item,
        f"{event.item.ref}:{event.number}",
        event,
        who=version.made_by,
        number=event.number,
        note=version.note,
    )


def on_moved(event: ItemMoved) -> None:
    """The supplier learns that the supply stops, goes on or ends."""
    item = event.item
    key = f"{item.ref}:{event.at.isoformat()}"
    _tell_supplier(MOVED[event.move], item, key, event, reason=item.state_note)


def on_extended(event: FrameworkExtended) -> None:
    """Whoever has an item listed in the agreement learns that it runs longer."""
    row = event.framework
    for supplier in queries.suppliers_in(row.id):
        for recipient in people.writers_of(supplier):
            post(
                EXTENDED,
                recipient,
                key=f"{row.ref}:{row.ends_on.isoformat()}",
                at=event.at,
                params={
                    "code": row.code,
                    "framework": both(row.title_zh, row.title_en),
                    "last": day(row.ends_on),
                    "before": day(event.before),
                    "reason": row.extension_note,
                    "url": f"/catalog/agreements/{row.ref}",
                },
            )


def on_application_submitted(event: ApplicationSubmitted) -> None:
    """Staff learn that an item waits for the review board."""
    row = event.application
    for recipient in people.staff():
        post(
            APPLIED,
            recipient,
            key=f"{row.ref}:{row.rounds}",
            at=event.at,
            params={**_facts(row.item), "url": f"/staff/applications/{row.ref}"},
        )


def on_application_answered(event: ApplicationAnswered) -> None:
    """The supplier learns what the board answered."""
    row = event.application
    key = f"{row.ref}:{row.rounds}:{event.move}"
    _tell_supplier(ANSWERED[event.move], row.item, key, event, reason=row.words)


def on_price_reported(event: PriceReported) -> None:
    """Staff learn of a better price elsewhere."""
    row = event.report
    for recipient in people.staff():
        _post_report(PRICE_REPORTED, recipient, row, event, "reported")


def on_price_moved(event: PriceReportMoved) -> None:
    """The supplier is asked; staff and who reported it learn what came of it."""
    row = event.report
    if event.move == "offer":
        told = list(people.writers_of(row.item.supplier_id))
    else:
        told = [*people.staff(), *(people.writers_of(row.reporter_id) if row.reporter_id else ())]
        if event.move == "dismiss" and row.offered_at is not None:
            told += people.writers_of(row.item.supplier_id)
    for recipient in {each.address: each for each in told}.values():
        _post_report(PRICE_MOVED[event.move], recipient, row, event, event.move)


def _post_report(kind: Letter, recipient: Any, row: PriceReport, event: Any, step: str) -> None:
    post(
        kind,
        recipient,
        key=f"{row.ref}:{step}",
        at=event.at,
        params={
            **_facts(row.item),
            "who": both(row.reporter.name_zh, row.reporter.name_en) if row.reporter else row.reported_by,
            "price": f"{row.unit_price:,}",
            "place": row.place,
            "reason": row.closing_note or row.answer,
            "url": f"/price-reports/{row.ref}",
        },
    )
