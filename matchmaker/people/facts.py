"""What people hand over about organisations: plain values, checked by the operations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from matchmaker.people.states import AgencyKind, OrganizationKind


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationFacts:
    """What an organisation says of itself; which facts are needed depends on its kind."""

    kind: OrganizationKind
    name_zh: str
    name_en: str = ""
    ubn: str | None = None
    agency_kind: AgencyKind | None = None
    agency_code: str | None = None
    agency_oid: str | None = None
    county_id: int | None = None
    founded_on: date | None = None
    website: str = ""
    email: str = ""
    phone: str = ""
    fictitious: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileFacts:
    """What a startup offers, in either language or both."""

    tagline_zh: str = ""
    tagline_en: str = ""
    offer_zh: str = ""
    offer_en: str = ""
    evidence_zh: str = ""
    evidence_en: str = ""
    domains: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    employees: int | None = None
    willing: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFacts:
    """Who makes an account: name, e-mail address, password, and the language of their mail."""

    name: str
    email: str
    password: str
    language: str = "zh_Hant_TW"
