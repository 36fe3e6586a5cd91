"""What a submission and an opening freeze, and the fingerprints that anybody can compute again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from matchmaker.foundation.audit import canonical
from matchmaker.proposals.facts import FrozenPaper, FrozenSubmission
from matchmaker.proposals.models import ProposalPaper


def frozen_papers(papers: Iterable[ProposalPaper]) -> list[dict[str, Any]]:
    """The papers as a version names them; the files must be loaded."""
    return [
        asdict(
            FrozenPaper(
                ref=paper.ref,
                title=paper.title,
                name=paper.file.name,
                media_type=paper.file.media_type,
                size=paper.file.size,
                sha256=paper.file.sha256,
            )
        )
        for paper in papers
    ]


def document(
    *,
    challenge: str,
    proposal: str,
    organization: str,
    number: int,
    content: Mapping[str, Any],
    papers: Sequence[Mapping[str, Any]],
) -> bytes:
    """A version as the bytes whose SHA-256 stands on the receipt: canonical JSON, papers by their hashes."""
    return canonical(
        {
            "challenge": challenge,
            "proposal": proposal,
            "organization": organization,
            "version": number,
            "content": content,
            "papers": papers,
        }
    )


def fingerprint(document: bytes) -> str:
    """SHA-256 as hexadecimal digits."""
    return hashlib.sha256(document).hexdigest()


def list_of(submissions: Iterable[FrozenSubmission]) -> tuple[list[dict[str, Any]], str]:
    """The list of an opening as it is stored, and its SHA-256."""
    rows = [asdict(each) for each in submissions]
    return rows, fingerprint(canonical(rows))
