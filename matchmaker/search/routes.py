"""The search page, and what its box suggests while one types."""

from __future__ import annotations

from flask import Blueprint, g, jsonify, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from matchmaker.kernel.programme import DOMAIN_LABELS
from matchmaker.search import choices, finding, forms, suggesting
from matchmaker.search.facts import KIND_WORDS, SORT_LABELS, Asked, Facet, Sort
from matchmaker.search.hits import hits
from matchmaker.search.states import KIND_LABELS, Kind
from matchmaker.web.access import Audience, open_to
from matchmaker.web.lists import PER_PAGE, Page, address, asked_page, asked_text

bp = Blueprint("search", __name__)

LISTS = {Kind.CHALLENGE: "challenges.index", Kind.PILOT: "pilots.cases", Kind.ITEM: "catalog.index"}
"""The lists that have filters of their own."""


@bp.get("/search")
@open_to(Audience.PUBLIC)
def page() -> ResponseReturnValue:
    """Everything public that fits the words, counted by facets; the same for everybody."""
    asked = forms.asked()
    found = finding.find(asked, now=g.now)
    whole = Page(1, len(found.things))
    at = Page(min(asked_page(), whole.pages), len(found.things))
    shown = hits(found.things[at.offset : at.offset + PER_PAGE], found.question, g.now)
    return render_template(
        "search/page.html",
        asked=asked,
        found=found,
        hits=shown,
        page=at,
        groups=choices.groups(found, asked),
        meant=suggesting.meant(found.question, shown),
        most=finding.MOST,
        sorts=_sorts(asked),
        lists=[(KIND_LABELS[kind], _list_url(kind, asked)) for kind in LISTS if _wanted(kind, asked)],
        kind_words=KIND_WORDS,
        domain_labels=DOMAIN_LABELS,
        exact_url=address(exact="1", page=None, lang=None),
        tolerant_url=address(exact=None, page=None, lang=None),
        all_url=url_for("search.page", q=asked.words) if asked.words else url_for("search.page"),
    )


def _sorts(asked: Asked) -> list[dict[str, object]]:
    return [
        {
            "label": gettext(label),
            "url": address(sort=sort.value, page=None, lang=None),
            "current": sort is asked.sort,
        }
        for sort, label in SORT_LABELS.items()
        if asked.words or sort is not Sort.FIT
    ]


def _wanted(kind: Kind, asked: Asked) -> bool:
    kinds = asked.chosen.get(Facet.KIND)
    return not kinds or kind.value in kinds


def _list_url(kind: Kind, asked: Asked) -> str:
    domains = asked.chosen.get(Facet.DOMAIN, frozenset())
    return url_for(LISTS[kind], domain=next(iter(domains)) if len(domains) == 1 else None)


@bp.get("/search/suggest")
@open_to(Audience.PUBLIC)
def suggest() -> ResponseReturnValue:
    """Texts to search for, as JSON: ``{"suggestions": [{"text": ..., "kind": ...}]}``."""
    made = suggesting.suggest(asked_text(), g.now)
    return jsonify(
        suggestions=[
            {"text": one.text, "kind": gettext(KIND_WORDS[one.kind]) if one.kind else ""} for one in made
        ]
    )
