"""How a challenge asks for what fits it. Pure; what the index reads stands in ``search.documents``."""

from __future__ import annotations

from matchmaker.challenges.models import Challenge
from matchmaker.matcher import Document
from matchmaker.search.documents import joined

ENOUGH = 20
"""A profile with fewer characters than this says too little to compare."""


def asked_documents(challenge: Challenge) -> list[Document]:
    """A challenge as it asks for a solution, once in each language it is written in.

    Only what says the problem and the wish: site, support and limits speak of other things and dilute it. The
    languages are asked one by one, so that a profile in one language is not blamed for lacking the other.
    """
    return [
        Document(
            challenge.subject,
            {
                "title": text.title,
                "summary": text.summary,
                "body": joined(text.problem, text.outcome, text.success_measures),
            },
        )
        for text in challenge.texts
    ]


def says_enough(document: Document) -> bool:
    """Is there enough text to compare?"""
    return sum(len(text) for _field, text in document.texts()) >= ENOUGH
