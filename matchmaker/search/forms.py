"""What the address asks of the search; what makes no sense in it is left out."""

from __future__ import annotations

from collections.abc import Callable, Collection

from flask import request

from matchmaker.kernel.programme import Domain
from matchmaker.search import choices
from matchmaker.search.facts import Asked, Facet, Sort, Standing
from matchmaker.search.states import Kind
from matchmaker.web.lists import asked as asked_one
from matchmaker.web.lists import asked_many, asked_text

LONGEST = 2_000
"""Characters of a question: a whole problem statement may be put."""

MOST_CHOSEN = 30


def asked() -> Asked:
    """The question in the address of the present request."""
    words = asked_text(length=LONGEST)
    default = Sort.FIT if words else Sort.NEWEST
    return Asked(
        words=words,
        exact=request.args.get("exact") == "1",
        chosen={facet: values for facet, read in _READERS.items() if (values := frozenset(read()))},
        sort=Sort(asked_one("sort", Sort, default)),
    )


def _known(facet: Facet, known: object) -> Callable[[], Collection[str]]:
    return lambda: asked_many(facet.value, known)


def _stored(
    facet: Facet, names: Callable[[Collection[str]], Collection[str]]
) -> Callable[[], Collection[str]]:
    def read() -> Collection[str]:
        given = [value for value in request.args.getlist(facet.value)[:MOST_CHOSEN] if value.isalnum()]
        return names(given) if given else ()

    return read


def _years() -> Collection[str]:
    given = request.args.getlist(Facet.YEAR.value)[:MOST_CHOSEN]
    return [value for value in given if value.isascii() and value.isdigit() and len(value) == 4]


_READERS: dict[Facet, Callable[[], Collection[str]]] = {
    Facet.KIND: _known(Facet.KIND, Kind),
    Facet.STANDING: _known(Facet.STANDING, Standing),
    Facet.DOMAIN: _known(Facet.DOMAIN, Domain),
    Facet.AGENCY: _stored(Facet.AGENCY, choices.agencies),
    Facet.COUNTY: _stored(Facet.COUNTY, choices.counties),
    Facet.YEAR: _years,
}
