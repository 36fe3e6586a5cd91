"""From the model of a paper to the file that is handed out."""

from __future__ import annotations

from enum import StrEnum

from matchmaker.foundation.papers.model import Paper


class Kind(StrEnum):
    """ODT to go on writing in, PDF to keep and print."""

    ODT = "odt"
    PDF = "pdf"

    @property
    def media_type(self) -> str:
        return {
            Kind.ODT: "application/vnd.oasis.opendocument.text",
            Kind.PDF: "application/pdf",
        }[self]


def rendered(paper: Paper, kind: Kind) -> bytes:
    """The paper as a file of this kind; equal papers give equal bytes."""
    # The typesetter is loaded by the first paper, not by the start of the product.
    if kind is Kind.PDF:
        from matchmaker.foundation.papers.pdf import pdf

        return pdf(paper)
    from matchmaker.foundation.papers.odt import odt

    return odt(paper)
