"""Official documents: one typed model of a paper, rendered to PDF and to ODT.

A slice describes what stands on a paper (``model``), in the reader's words; ``rendered`` makes the file. Both
files hold the same words in the same order, and equal papers make equal bytes.
"""

from matchmaker.foundation.papers.model import (
    Align,
    Block,
    Box,
    Cell,
    Column,
    Facts,
    Grid,
    Heading,
    Notes,
    PageBreak,
    Paper,
    Paragraph,
    SideBySide,
    Signature,
    Signatures,
    Table,
    tick,
)
from matchmaker.foundation.papers.rendering import Kind, rendered

__all__ = [
    "Align",
    "Block",
    "Box",
    "Cell",
    "Column",
    "Facts",
    "Grid",
    "Heading",
    "Kind",
    "Notes",
    "PageBreak",
    "Paper",
    "Paragraph",
    "SideBySide",
    "Signature",
    "Signatures",
    "Table",
    "rendered",
    "tick",
]
