"""The values of a facet that a page offers, with their names and counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from matchmaker.foundation.db import db
from matchmaker.foundation.i18n import is_chinese
from matchmaker.kernel.programme import DOMAIN_LABELS
from matchmaker.people.models import County, Organization
from matchmaker.people.states import OrganizationKind, OrganizationState
from matchmaker.search.facts import FACET_LABELS, STANDING_LABELS, Asked, Facet
from matchmaker.search.finding import Found
from matchmaker.search.states import KIND_LABELS

OFFERED = 8
"""Of the agencies and counties so many are offered, those with the most things first."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One value: how it is called, whether in English that is to be translated, and how many things it gives."""

    value: str
    label: str
    translate: bool
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Group:
    """One facet with its values; ``left_out`` further ones are not offered."""

    facet: Facet
    label: str
    choices: tuple[Choice, ...]
    left_out: int


def groups(found: Found, asked: Asked) -> list[Group]:
    """The facets that divide what was found, or that the reader has chosen from."""
    made = []
    for facet in Facet:
        counts, chosen = found.counts[facet], asked.chosen.get(facet, frozenset())
        if not chosen and len(counts) < 2 and facet is not Facet.KIND:
            continue
        values = _offered(facet, counts, chosen)
        labels, translate = _labels(facet, values)
        offered = [
            Choice(value, labels[value], translate, counts[value], value in chosen)
            for value in values
            if value in labels
        ]
        if offered:
            left_out = len(counts) - sum(1 for one in offered if one.count)
            made.append(Group(facet, FACET_LABELS[facet], tuple(offered), left_out))
    return made


_FIXED: Mapping[Facet, Mapping[str, str]] = {
    Facet.KIND: {kind.value: label for kind, label in KIND_LABELS.items()},
    Facet.STANDING: {standing.value: label for standing, label in STANDING_LABELS.items()},
    Facet.DOMAIN: {domain.value: label for domain, label in DOMAIN_LABELS.items()},
}


def _offered(facet: Facet, counts: Counter[str], chosen: Collection[str]) -> list[str]:
    if facet in _FIXED:
        return [value for value in _FIXED[facet] if counts[value] or value in chosen]
    if facet is Facet.YEAR:
        return sorted({*counts, *chosen}, reverse=True)
    most = sorted(counts, key=lambda value: (-counts[value], value))[:OFFERED]
    return [*most, *sorted(set(chosen) - set(most))]


def _labels(facet: Facet, values: Collection[str]) -> tuple[Mapping[str, str], bool]:
    if facet in _FIXED:
        return _FIXED[facet], True
    if facet is Facet.YEAR:
        return {value: _year(value) for value in values}, False
    return (agencies if facet is Facet.AGENCY else counties)(values), False


def _year(value: str) -> str:
    return f"{int(value) - 1911} 年" if is_chinese() and int(value) > 1911 else value


def agencies(refs: Iterable[str]) -> dict[str, str]:
    """Names of agencies by reference, of those that the programme office has decided on."""
    query = select(Organization.ref, Organization.name_zh, Organization.name_en).where(
        Organization.ref.in_(list(refs)),
        Organization.kind == OrganizationKind.AGENCY,
        Organization.state.in_([OrganizationState.CONFIRMED, OrganizationState.SUSPENDED]),
    )
    return _names(query)


def counties(codes: Iterable[str]) -> dict[str, str]:
    """Names of counties by code."""
    return _names(select(County.code, County.name_zh, County.name_en).where(County.code.in_(list(codes))))


def _names(query: object) -> dict[str, str]:
    own = 1 if is_chinese() else 2
    rows = db.session.execute(query)  # type: ignore[call-overload]
    return {row[0]: row[own] or row[3 - own] for row in rows}
