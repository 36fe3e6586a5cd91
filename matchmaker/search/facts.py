"""What a reader asks of the site's search, and the words for what can be chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from matchmaker.kernel.words import N_
from matchmaker.search.states import Kind

KIND_WORDS = {
    Kind.CHALLENGE: N_("Challenge"),
    Kind.PILOT: N_("Pilot case"),
    Kind.ITEM: N_("Catalog item"),
    Kind.STARTUP: N_("Startup"),
}
"""One thing of each kind."""


class Sort(StrEnum):
    """Orders of what was found."""

    FIT = "fit"
    NEWEST = "newest"
    DEADLINE = "deadline"


SORT_LABELS = {
    Sort.FIT: N_("Best match"),
    Sort.NEWEST: N_("Newest"),
    Sort.DEADLINE: N_("Deadline"),
}


class Standing(StrEnum):
    """How a thing stands at this moment, in words that hold for every kind; a startup has none."""

    COMING = "coming"
    OPEN = "open"
    ORDERABLE = "orderable"
    UNDER_WAY = "under_way"
    OVER = "over"


STANDING_LABELS = {
    Standing.OPEN: N_("Call open now"),
    Standing.COMING: N_("Call opens soon"),
    Standing.ORDERABLE: N_("Can be ordered now"),
    Standing.UNDER_WAY: N_("Under way"),
    Standing.OVER: N_("Finished"),
}


class Facet(StrEnum):
    """What the things found are counted by; each is an argument of the address."""

    KIND = "kind"
    STANDING = "status"
    DOMAIN = "domain"
    AGENCY = "agency"
    COUNTY = "county"
    YEAR = "year"


FACET_LABELS = {
    Facet.KIND: N_("Kind"),
    Facet.STANDING: N_("Status"),
    Facet.DOMAIN: N_("Domain"),
    Facet.AGENCY: N_("Agency"),
    Facet.COUNTY: N_("County or city"),
    Facet.YEAR: N_("Year"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question to the search. Without ``words`` it is everything there is.

    ``exact`` takes the words as they are: no misspelling, no beginnings of words. ``chosen`` holds the values of
    the facets, any of which a thing may have; agencies by their reference, counties by their code.
    """

    words: str = ""
    exact: bool = False
    chosen: Mapping[Facet, frozenset[str]] = field(default_factory=dict)
    sort: Sort = Sort.FIT

    @property
    def applied(self) -> int:
        """How many values of facets are chosen."""
        return sum(len(values) for values in self.chosen.values())
