"""What orders show on the pages of earlier slices: an item's orders and experiences, and what is to be done."""

from __future__ import annotations

from typing import Any

from flask import g, render_template, url_for

from matchmaker.catalog.models import CatalogItem
from matchmaker.kernel.dates import local_day
from matchmaker.orders import queries
from matchmaker.orders.policies import buying
from matchmaker.people import queries as people
from matchmaker.people.states import OrganizationKind
from matchmaker.web.access import actor as acting


def item_panel(item: CatalogItem, **_context: Any) -> str:
    """On an item's page: prepare a requisition, how often it was ordered, what agencies say of it."""
    person, decision = acting(), None
    if item.listed_at is None:
        return ""
    if person is not None and person.is_kind(OrganizationKind.AGENCY):
        agency = people.own_organization(person)
        whole = queries.item_by_ref(item.ref)
        decision = buying.can_prepare_for(person, agency, queries.seats_of(agency.id), whole, g.now)
    use, said = queries.use_of(item.id), queries.experiences_of(item.id)
    if decision is None and not use.orders and not said:
        return ""
    return render_template("orders/panels/item.html", item=item, decision=decision, use=use, experiences=said)


def work_panel(actor: Any, **_context: Any) -> str:
    """On the front page: requisitions to sign or place, orders with a next step, warranties that end soon."""
    if actor.organization_id is None:
        return ""
    tasks = []
    if actor.is_kind(OrganizationKind.AGENCY):
        waiting = queries.count_waiting_requisitions(actor, queries.seats_of(actor.organization_id))
        tasks.append(("requisitions", waiting, url_for("orders.requisitions", mine="1")))
    if actor.is_kind(OrganizationKind.AGENCY) or actor.is_kind(OrganizationKind.STARTUP):
        tasks.append(("orders", queries.count_waiting_orders(actor), url_for("orders.index", waiting="1")))
        ending = queries.count_warranties_soon(actor, local_day(g.now))
        tasks.append(("warranties", ending, url_for("orders.warranties")))
    elif actor.is_staff:
        tasks.append(("disputes", queries.count_waiting_orders(actor), url_for("orders.index", waiting="1")))
    tasks = [task for task in tasks if task[1]]
    return render_template("orders/panels/work.html", tasks=tasks) if tasks else ""
