"""The catalog as everybody sees it."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from matchmaker.catalog import comparing, operations, policies, queries
from matchmaker.catalog.queries import Facet, Order
from matchmaker.catalog.routes import bp, shown
from matchmaker.foundation.i18n import is_chinese
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.money import plain_width
from matchmaker.kernel.programme import DOMAIN_LABELS
from matchmaker.kernel.words import N_
from matchmaker.people.states import OrganizationKind
from matchmaker.web.access import Audience, actor, open_to, own_path, writes
from matchmaker.web.forms import said
from matchmaker.web.lists import PER_PAGE, Page, address, asked, asked_many, asked_page, asked_text

SORT_LABELS = {
    Order.FIT: N_("Best fit first"),
    Order.NEWEST: N_("Newest first"),
    Order.PRICE: N_("Lowest price first"),
    Order.TITLE: N_("By title"),
    Order.ADOPTIONS: N_("Most adopted first"),
}
ORIGIN_LABELS = {"pilot": N_("Tried in a pilot here"), "direct": N_("Proposed by the startup")}
ADOPTED_LABELS = {"yes": N_("Adopted by a government body"), "no": N_("No adoption known yet")}
ALIKE_LABELS = {"yes": N_("Adopted by agencies like mine")}
PRICE_LABELS = {
    "0-10000": N_("Under NT$10,000"),
    "10000-50000": N_("NT$10,000 to under 50,000"),
    "50000-150000": N_("NT$50,000 to under 150,000"),
    "150000-": N_("NT$150,000 and more"),
}
FACET_LABELS = {
    Facet.DOMAIN: N_("Domain"),
    Facet.CATEGORY: N_("Category"),
    Facet.REGION: N_("Region"),
    Facet.PRICE: N_("Unit price"),
    Facet.ORIGIN: N_("Origin"),
    Facet.ADOPTED: N_("Adoption"),
    Facet.ALIKE: N_("Agencies like mine"),
}


@bp.get("/catalog")
@open_to(Audience.PUBLIC)
def index() -> ResponseReturnValue:
    """Items that can be looked up today: found by words, narrowed by facets with their counts."""
    words, page, person = asked_text(), asked_page(), actor()
    options = _options(person is not None and person.is_kind(OrganizationKind.AGENCY))
    chosen = {facet: frozenset(asked_many(facet, labels)) for facet, labels in options.items()}
    order = Order(asked("sort", Order, Order.FIT if words else Order.NEWEST))
    found = queries.browse(
        now=g.now,
        words=words,
        chosen=chosen,
        order=order,
        chinese=is_chinese(),
        actor=person,
        offset=(page - 1) * PER_PAGE,
        limit=PER_PAGE,
    )
    return render_template(
        "catalog/index.html",
        found=found,
        page=Page(page, found.total),
        sorts=_sorts(order, bool(words)),
        words=words,
        groups=_groups(options, chosen, found),
        applied=sum(map(len, chosen.values())) + bool(words),
        domain_labels=DOMAIN_LABELS,
        life=shown.WORDS["life"],
        may_propose=person is not None and person.is_kind(OrganizationKind.STARTUP),
        signed_in=person is not None,
    )


def _options(agency: bool) -> dict[Facet, dict[str, str]]:
    """The values of each facet with their words in the reader's language, in their order."""
    options: dict[Facet, dict[str, str]] = {
        Facet.DOMAIN: {key.value: gettext(label) for key, label in DOMAIN_LABELS.items()},
        Facet.CATEGORY: {c.code: c.name for c in queries.categories()},
        Facet.REGION: {queries.EVERYWHERE: gettext("everywhere"), **queries.county_names()},
        Facet.PRICE: {key: gettext(label) for key, label in PRICE_LABELS.items()},
        Facet.ORIGIN: {key: gettext(label) for key, label in ORIGIN_LABELS.items()},
        Facet.ADOPTED: {key: gettext(label) for key, label in ADOPTED_LABELS.items()},
    }
    if agency:
        options[Facet.ALIKE] = {key: gettext(label) for key, label in ALIKE_LABELS.items()}
    return options


def _groups(
    options: dict[Facet, dict[str, str]], chosen: dict[Facet, frozenset[str]], found: queries.Browsed
) -> list[dict[str, Any]]:
    """The facets as groups of check boxes; values that nothing has are left out, unless they are chosen."""
    groups = []
    for facet, labels in options.items():
        counts = found.counts[facet]
        rows = [
            {"value": value, "label": label, "checked": value in chosen[facet], "count": counts[value]}
            for value, label in labels.items()
            if counts[value] or value in chosen[facet]
        ]
        if rows:
            groups.append({"name": facet.value, "legend": gettext(FACET_LABELS[facet]), "options": rows})
    return groups


def _sorts(current: Order, words: bool) -> list[dict[str, object]]:
    return [
        {
            "label": gettext(label),
            "url": address(sort=sort.value, page=None, lang=None),
            "current": sort is current,
        }
        for sort, label in SORT_LABELS.items()
        if words or sort is not Order.FIT
    ]


@bp.get("/catalog/compare")
@open_to(Audience.PUBLIC)
def compare() -> ResponseReturnValue:
    """Up to four items side by side, at a quantity; what they differ in is marked. All of it is in the address."""
    refs = request.args.getlist("item")
    items = queries.compared(refs)
    text = plain_width(request.args.get("quantity", "")).replace(",", "").strip()
    quantity = int(text) if text.isascii() and text.isdigit() and int(text[:9]) > 0 and len(text) < 8 else 1
    own = [
        {
            "item": item,
            "version": item.current,
            "state": item.state_on(local_day(g.now)),
            "priced": comparing.priced(item, quantity),
            "passport": comparing.passport(item),
            "without": url_for(
                "catalog.compare", item=[i.ref for i in items if i is not item], quantity=quantity
            ),
        }
        for item in items
    ]
    return render_template(
        "catalog/compare.html",
        columns=own,
        quantity=quantity,
        most=queries.MOST_COMPARED,
        too_many=len(set(refs)) > queries.MOST_COMPARED,
        differ=comparing.differ,
        **shown.WORDS,
    )


@bp.get("/saved-items")
@open_to(Audience.SIGNED_IN)
def saved_items() -> ResponseReturnValue:
    """The items that the person keeps."""
    rows = queries.saved_items(actor(), local_day(g.now))
    return render_template("catalog/saved.html", rows=rows, **shown.WORDS)


@bp.post("/catalog/<ref>/save")
@open_to(Audience.SIGNED_IN)
@writes
def save_item(ref: str) -> ResponseReturnValue:
    """Keep an item on the person's own list, or take it off."""
    item = queries.public_item(ref, local_day(g.now))
    if request.form.get("keep") == "no":
        operations.forget_item(item=item, by=actor())
        said(N_("Taken off your list."))
    else:
        operations.save_item(item=item, by=actor(), at=g.now)
        said(N_("Saved to your list."))
    return redirect(own_path(request.form.get("back"), url_for("catalog.public", ref=item.ref)), 303)


@bp.get("/catalog/<ref>")
@open_to(Audience.PUBLIC)
def public(ref: str) -> ResponseReturnValue:
    """An item that is or was listed: what it is, what shows that it works, how it changed."""
    item = queries.public_item(ref, local_day(g.now))
    person = actor()
    works = None
    if person is not None and policies.can_see(person, item):
        if person.is_staff:
            works = url_for("catalog.item", ref=item.ref)
        elif person.is_of(item.supplier_id):
            works = url_for("catalog.own_item", ref=item.ref)
    extra = {
        "passport": comparing.passport(item),
        "is_saved": queries.is_saved(person, item.id),
        "signed_in": person is not None,
        "share_url": url_for("catalog.public", ref=item.code or item.ref, _external=True),
    }
    may_report = policies.can_report_price(person, item, g.now)
    return render_template(
        "catalog/public.html", works=works, may_report=may_report, **extra, **shown.of(item)
    )
