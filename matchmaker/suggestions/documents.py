"""What the matcher reads: startups and challenges as documents, both languages side by side."""

from __future__ import annotations

from functools import cache

from matchmaker.challenges.models import Challenge
from matchmaker.kernel.places import data_dir
from matchmaker.matcher import Document, Lexicon
from matchmaker.people.models import Organization

ENOUGH = 20
"""A profile with fewer characters than this says too little to compare."""


@cache
def lexicon() -> Lexicon:
    """The domain's near-same terms in both languages."""
    return Lexicon.load(data_dir() / "seeds" / "reference" / "lexicon.toml")


def startup_document(organization: Organization) -> Document:
    """A startup: its lines, what it offers, what shows that it can. Its name says little and is left out."""
    profile = organization.profile
    if profile is None:
        return Document(organization.ref)
    return Document(
        organization.ref,
        {
            "title": _join(profile.tagline_zh, profile.tagline_en),
            "body": _join(profile.offer_zh, profile.offer_en),
            "evidence": _join(profile.evidence_zh, profile.evidence_en),
        },
        tuple(profile.tags),
    )


def asked_documents(challenge: Challenge) -> list[Document]:
    """A challenge as it asks for a solution, once in each language it is written in.

    Only what says the problem and the wish: site, support and limits speak of other things and dilute it. The
    languages are asked one by one, so that a profile in one language is not blamed for lacking the other.
    """
    return [
        Document(
            challenge.ref,
            {
                "title": text.title,
                "summary": text.summary,
                "body": _join(text.problem, text.outcome, text.success_measures),
            },
        )
        for text in challenge.texts
    ]


def says_enough(document: Document) -> bool:
    """Is there enough text to compare?"""
    return sum(len(text) for _field, text in document.texts()) >= ENOUGH


def _join(*texts: str) -> str:
    return "\n".join(text for text in texts if text)
