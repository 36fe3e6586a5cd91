"""The catalog as everybody sees it."""

from __future__ import annotations

from flask import g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from matchmaker.catalog import policies, queries
from matchmaker.catalog.queries import Sort
from matchmaker.catalog.routes import bp, shown
from matchmaker.foundation.i18n import is_chinese
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.programme import DOMAIN_LABELS, Domain
from matchmaker.kernel.words import N_
from matchmaker.people.states import OrganizationKind
from matchmaker.web.access import Audience, actor, open_to
from matchmaker.web.lists import PER_PAGE, Page, address, asked, asked_page, asked_text

SORT_LABELS = {
    Sort.NEWEST: N_("Newest first"),
    Sort.PRICE: N_("Lowest price first"),
    Sort.TITLE: N_("By title"),
}
ORIGIN_LABELS = {"pilot": N_("Tried in a pilot here"), "direct": N_("Proposed by the startup")}
ADOPTED_LABELS = {"yes": N_("Adopted by a government body"), "no": N_("No adoption known yet")}


@bp.get("/catalog")
@open_to(Audience.PUBLIC)
def index() -> ResponseReturnValue:
    """Items that can be looked up today, with search and filters."""
    categories = queries.categories()
    chosen = {
        "q": asked_text(),
        "domain": asked("domain", Domain),
        "category": asked("category", [c.code for c in categories]),
        "origin": asked("origin", ORIGIN_LABELS),
        "adopted": asked("adopted", ADOPTED_LABELS),
    }
    sort, page = Sort(asked("sort", Sort, Sort.NEWEST)), asked_page()
    listed = queries.list_public(
        today=local_day(g.now),
        words=chosen["q"],
        domain=Domain(chosen["domain"]) if chosen["domain"] else None,
        category=chosen["category"] or None,
        piloted={"pilot": True, "direct": False}.get(chosen["origin"]),
        adopted={"yes": True, "no": False}.get(chosen["adopted"]),
        sort=sort,
        chinese=is_chinese(),
        offset=(page - 1) * PER_PAGE,
        limit=PER_PAGE,
    )
    person = actor()
    return render_template(
        "catalog/index.html",
        listed=listed,
        page=Page(page, listed.total),
        sorts=_sorts(sort),
        chosen=chosen,
        categories=categories,
        origins=ORIGIN_LABELS,
        adopted_labels=ADOPTED_LABELS,
        domain_labels=DOMAIN_LABELS,
        life=shown.WORDS["life"],
        may_propose=person is not None and person.is_kind(OrganizationKind.STARTUP),
    )


def _sorts(current: Sort) -> list[dict[str, object]]:
    return [
        {
            "label": gettext(label),
            "url": address(sort=sort.value, page=None, lang=None),
            "current": sort is current,
        }
        for sort, label in SORT_LABELS.items()
    ]


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
    return render_template("catalog/public.html", works=works, **shown.of(item))
