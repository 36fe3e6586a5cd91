"""What stands on an official document, without a thought of how it is drawn.

Every text comes in the language of the paper and is shown as it is: nothing in it is read as a command. A text
may hold line breaks. Widths are shares of the line: a column of width 2 is twice as wide as one of width 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias


class Align(StrEnum):
    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Heading:
    """The head of a section."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of running text; ``strong`` for what must not be missed."""

    text: str
    strong: bool = False
    align: Align = Align.LEFT


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels with their values, ruled; ``columns`` pairs stand in one row."""

    rows: Sequence[tuple[str, str]]
    columns: int = 1

    def __post_init__(self) -> None:
        if self.columns not in (1, 2):
            raise ValueError("facts stand in one or two columns")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its head, its share of the line, how its cells stand."""

    head: str
    width: float = 1
    align: Align = Align.LEFT


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under named columns; ``totals`` are rows that close it. ``caption`` may name the unit of its amounts.

    :raises ValueError: a row that has more or fewer cells than there are columns.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    totals: Sequence[Sequence[str]] = ()
    caption: str = ""

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in (*self.rows, *self.totals)):
            raise ValueError("a row needs one cell for each column")


@dataclass(frozen=True, slots=True)
class Cell:
    """A field of a form: its text over ``across`` columns and ``down`` rows.

    A ``label`` names what stands beside it. ``height`` in millimetres leaves room to write by hand.
    """

    text: str = ""
    across: int = 1
    down: int = 1
    label: bool = False
    align: Align = Align.LEFT
    height: float = 0


@dataclass(frozen=True, slots=True)
class Grid:
    """A form: fields that may reach over several columns and rows, as annexes to regulations have them.

    :raises ValueError: fields that overlap, leave a gap or reach beyond the grid.
    """

    widths: Sequence[float]
    rows: Sequence[Sequence[Cell]]

    def __post_init__(self) -> None:
        self.places()

    def places(self) -> list[list[tuple[int, Cell]]]:
        """The fields of each row with the column in which each begins."""
        taken: set[tuple[int, int]] = set()
        placed: list[list[tuple[int, Cell]]] = []
        for y, row in enumerate(self.rows):
            at, line = 0, []
            for cell in row:
                while (y, at) in taken:
                    at += 1
                covered = {(y + j, at + i) for j in range(cell.down) for i in range(cell.across)}
                if covered & taken or at + cell.across > len(self.widths) or y + cell.down > len(self.rows):
                    raise ValueError(f"the fields of row {y + 1} do not fit the grid")
                taken |= covered
                line.append((at, cell))
            placed.append(line)
        if len(taken) != len(self.widths) * len(self.rows):
            raise ValueError("the fields leave gaps in the grid")
        return placed


@dataclass(frozen=True, slots=True)
class Notes:
    """Small print: notes one below the other, numbered where ``numbered``."""

    items: Sequence[str]
    title: str = ""
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """A field to sign in: whose it is, and the name and day where they are known already."""

    role: str
    name: str = ""
    day: str = ""


@dataclass(frozen=True, slots=True)
class Signatures:
    """Signature fields side by side, in the order of signing; ``height`` in millimetres."""

    fields: Sequence[Signature]
    height: float = 22

    def __post_init__(self) -> None:
        if not self.fields:
            raise ValueError("somebody has to sign")


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins on a new page."""


@dataclass(frozen=True, slots=True)
class Box:
    """Blocks in a frame of a single or a ``double`` line."""

    blocks: Sequence[Inner]
    double: bool = False


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Boxes beside each other, each with its share of the line."""

    boxes: Sequence[Box]
    widths: Sequence[float] = ()

    def __post_init__(self) -> None:
        if not self.boxes or (self.widths and len(self.widths) != len(self.boxes)):
            raise ValueError("each box needs one share of the line")

    @property
    def shares(self) -> Sequence[float]:
        """The shares of the line, equal where none are given."""
        return self.widths or [1.0] * len(self.boxes)


Inner: TypeAlias = Heading | Paragraph | Facts | Table | Grid | Notes | Signatures
"""What may stand in a box."""
Block: TypeAlias = Inner | Box | SideBySide | PageBreak
"""What may stand on a paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """An official document in one language (``zh_Hant_TW`` or ``en``).

    ``letterhead`` is who issues it; ``reference`` its date, number and the like. ``assumed`` is the remark that
    the layout is our own and no official form, empty where the layout is a prescribed one. ``made_on`` is the
    day it was made, ``footer`` what stands at the foot of every page beside the page numbers, whose pattern
    (``page_of``) holds ``%(page)s`` and ``%(pages)s``.
    """

    title: str
    language: str
    made_on: date
    blocks: Sequence[Block]
    letterhead: str = ""
    subtitle: str = ""
    reference: Sequence[tuple[str, str]] = ()
    assumed: str = ""
    footer: str = ""
    page_of: str = "%(page)s / %(pages)s"
    landscape: bool = False
    keywords: Sequence[str] = ()

    def __post_init__(self) -> None:
        if not self.title.strip():
            raise ValueError("a paper needs a title")


def tick(checked: bool, text: str) -> str:
    """A choice on a form: ``■`` where it is taken, ``□`` where it is not."""
    return f"{'■' if checked else '□'} {text}"
