"""The letter of the weekly digest, and its way out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matchmaker.challenges.models import Challenge
from matchmaker.foundation import signing
from matchmaker.foundation.outbox import both, letter, moment, words
from matchmaker.kernel.errors import NotFound
from matchmaker.kernel.words import N_
from matchmaker.people import queries as people
from matchmaker.people.models import Organization
from matchmaker.suggestions.models import Suggestion
from matchmaker.suggestions.queries import digests as queries
from matchmaker.suggestions.states import BAND_LABELS

WAY_OUT = "suggestions.digest"
TERMS = 5
"""How many of the carrying words a line of the digest names."""

DIGEST = letter(
    "suggestions.digest",
    N_("New this week: what fits you"),
    "%(lines)s",
    N_("Suggestions compare profiles with challenges. Whoever is eligible may answer any open call."),
    action=N_("Read the reasons"),
    way_out=WAY_OUT,
)
FOR_STARTUP = N_("Open challenges that fit %(organization)s:")
FOR_AGENCY = N_("Startups that fit the challenges of %(organization)s:")
CHALLENGE = N_(
    "“%(challenge)s”, %(agency)s. %(band)s. Words in common: %(terms)s. Proposals are taken until %(closes)s."
)
STARTUP = N_("“%(challenge)s”: %(startup)s. %(band)s. Words in common: %(terms)s.")


def startup_lines(organization: Organization, fits: Sequence[Suggestion]) -> list[Any]:
    """The part of a letter that is for a startup's people."""
    lines = [
        words(
            CHALLENGE,
            challenge=_title(fit.challenge),
            agency=_name(fit.challenge.organization),
            band=words(BAND_LABELS[fit.band]),
            terms=_terms(fit),
            closes=moment(fit.challenge.closes_at) if fit.challenge.closes_at else "",
        )
        for fit in fits
    ]
    return [words(FOR_STARTUP, organization=_name(organization)), *lines]


def agency_lines(organization: Organization, fits: Sequence[Suggestion]) -> list[Any]:
    """The part of a letter that is for an agency's people."""
    lines = [
        words(
            STARTUP,
            challenge=_title(fit.challenge),
            startup=_name(fit.organization),
            band=words(BAND_LABELS[fit.band]),
            terms=_terms(fit),
        )
        for fit in fits
    ]
    return [words(FOR_AGENCY, organization=_name(organization)), *lines]


def _name(organization: Organization) -> dict[str, str]:
    return both(organization.name_zh, organization.name_en)


def _title(challenge: Challenge) -> dict[str, str]:
    titles = {text.language: text.title for text in challenge.texts}
    first = next(iter(titles.values()), "")
    return both(titles.get("zh", first), titles.get("en", first))


def _terms(fit: Suggestion) -> str:
    """The words that carry the fit, as they stand in the texts."""
    every = [str(term["term"]) for term in fit.terms]
    return " · ".join(([term for term in every if len(term) > 1] or every)[:TERMS])


def way_out(params: Mapping[str, Any]) -> str | None:
    """The signed address at which the reader stops the digest; None where they have."""
    try:
        user = people.user_by_ref(str(params["reader"]))
    except NotFound:
        return None
    if not user.active or not queries.wants(user.id):
        return None
    return f"/digest/stop/{signing.sign(WAY_OUT, user.ref)}"


def reader_of(token: str) -> str:
    """The reference of the person behind a signed address; NotFound for a made-up one."""
    ref = signing.read(WAY_OUT, token)
    if ref is None:
        raise NotFound
    return ref
