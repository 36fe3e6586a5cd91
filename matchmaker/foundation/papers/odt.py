"""A paper as ODT, to go on writing in: the same words and tables as the PDF."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from matchmaker.foundation import odf
from matchmaker.foundation.papers import odt_styles as styles
from matchmaker.foundation.papers.model import (
    Box,
    Cell,
    Facts,
    Grid,
    Heading,
    Notes,
    PageBreak,
    Paper,
    Paragraph,
    SideBySide,
    Signatures,
    Table,
)

CHINESE_NUMBERS = "一二三四五六七八九十"


def odt(paper: Paper) -> bytes:
    """The paper as an OpenDocument text."""
    writer = _Writer(paper)
    body = writer.head() + "".join(writer.block(each) for each in paper.blocks)
    content = odf.part(
        "document-content",
        f"{styles.fonts()}<office:automatic-styles>{writer.automatic()}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body>",
    )
    tag = "zh-Hant-TW" if writer.chinese else "en"
    return odf.package(
        odf.TEXT,
        {
            "content.xml": content,
            "styles.xml": styles.part(paper, chinese=writer.chinese),
            "meta.xml": odf.meta(title=paper.title, language=tag, made_on=paper.made_on),
        },
    )


class _Writer:
    """Writes blocks and keeps the column widths they need."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self.chinese = paper.language.startswith("zh")
        self.line = styles.line_width(paper)
        self.tables: list[str] = []
        self.heights: dict[float, str] = {}

    def automatic(self) -> str:
        """Styles that stand for widths and heights of this very paper."""
        rows = "".join(
            f'<style:style style:name="{name}" style:family="table-row">'
            f'<style:table-row-properties style:min-row-height="{height:.1f}mm" fo:keep-together="always"/>'
            "</style:style>"
            for height, name in self.heights.items()
        )
        return styles.cells() + "".join(self.tables) + rows

    def head(self) -> str:
        """Everything above the first block."""
        paper = self.paper
        parts = []
        if paper.assumed:
            parts.append(_p(paper.assumed, "Mark"))
        if paper.letterhead:
            parts.append(_p(paper.letterhead, "Letterhead"))
        parts.append(
            f'<text:h text:style-name="Title" text:outline-level="1">{odf.inline(paper.title)}</text:h>'
        )
        if paper.subtitle:
            parts.append(_p(paper.subtitle, "Subtitle"))
        parts += [_p(f"{label}　{value}", "Reference") for label, value in paper.reference]
        return "".join(parts)

    def block(self, block: Any, *, share: float = 1) -> str:
        """One block; ``share`` is the part of the line that it has."""
        write: dict[type, Callable[..., str]] = {
            Heading: self.heading,
            Paragraph: self.paragraph,
            Facts: self.facts,
            Table: self.sheet,
            Grid: self.grid,
            Notes: self.notes,
            Signatures: self.signatures,
            Box: self.box,
            SideBySide: self.side_by_side,
            PageBreak: self.page_break,
        }
        return write[type(block)](block, share)

    def heading(self, block: Heading, _share: float) -> str:
        return f'<text:h text:style-name="Section" text:outline-level="2">{odf.inline(block.text)}</text:h>'

    def paragraph(self, block: Paragraph, _share: float) -> str:
        return _p(block.text, f"{'Strong' if block.strong else 'Body'}_{block.align}")

    def page_break(self, _block: PageBreak, _share: float) -> str:
        return _p("", "Break")

    def facts(self, block: Facts, share: float) -> str:
        rows = [list(row) for row in block.rows]
        if len(rows) % block.columns:
            rows.append(["", ""])
        lines = [
            [cell for row in rows[at : at + block.columns] for cell in row]
            for at in range(0, len(rows), block.columns)
        ]
        widths = [1, 3.4] if block.columns == 1 else [1, 1.7, 1, 1.7]
        body = "".join(
            _row(
                _cell(_p(text, "Body_left" if at % 2 else "Label"), "Plain" if at % 2 else "Sunk")
                for at, text in enumerate(line)
            )
            for line in lines
        )
        return self._table(widths, body, share)

    def sheet(self, block: Table, share: float) -> str:
        head = _row(_cell(_p(column.head, "Label_center"), "Sunk") for column in block.columns)
        aligns = [column.align for column in block.columns]
        rows = "".join(_row(self._texts(row, aligns, "Body", "Plain")) for row in block.rows)
        totals = "".join(_row(self._texts(row, aligns, "Strong", "Sunk")) for row in block.totals)
        caption = _p(block.caption, "Caption") if block.caption else ""
        header = f"<table:table-header-rows>{head}</table:table-header-rows>"
        return caption + self._table([c.width for c in block.columns], header + rows + totals, share)

    def _texts(self, row: Sequence[str], aligns: Sequence[str], style: str, cell: str) -> list[str]:
        return [_cell(_p(text, f"{style}_{align}"), cell) for text, align in zip(row, aligns, strict=True)]

    def grid(self, block: Grid, share: float) -> str:
        placed = block.places()
        covered = {
            (y + j, x + i)
            for y, row in enumerate(placed)
            for x, cell in row
            for j in range(cell.down)
            for i in range(cell.across)
            if i or j
        }
        lines = []
        for y, row in enumerate(placed):
            begins = dict(row)
            cells = [
                "<table:covered-table-cell/>" if (y, x) in covered else self._field(begins[x])
                for x in range(len(block.widths))
            ]
            tallest = max((cell.height / cell.down for _x, cell in row), default=0)
            lines.append(_row(cells, self._height(tallest)))
        return self._table(block.widths, "".join(lines), share)

    def _field(self, cell: Cell) -> str:
        spans = ""
        if cell.across > 1 or cell.down > 1:
            spans = f' table:number-columns-spanned="{cell.across}" table:number-rows-spanned="{cell.down}"'
        if cell.label:
            return _cell(_p(cell.text, "Label_center"), "Sunk", spans)
        return _cell(_p(cell.text, f"Body_{cell.align}"), "Open" if cell.height else "Plain", spans)

    def notes(self, block: Notes, _share: float) -> str:
        title = _p(block.title, "NoteTitle") if block.title else ""
        return title + "".join(
            _p(f"{self._number(at) if block.numbered else '※ '}{item}", "Note")
            for at, item in enumerate(block.items, 1)
        )

    def _number(self, at: int) -> str:
        if not self.chinese:
            return f"{at}. "
        tens, ones = divmod(at, 10)
        if at <= 10:
            return f"{CHINESE_NUMBERS[at - 1]}、"
        return (
            f"{CHINESE_NUMBERS[tens - 1] if tens > 1 else ''}十{CHINESE_NUMBERS[ones - 1] if ones else ''}、"
        )

    def signatures(self, block: Signatures, share: float) -> str:
        head = _row(_cell(_p(each.role, "Label_center"), "Sunk") for each in block.fields)
        names = ["\n".join(text for text in (each.name, each.day) if text) for each in block.fields]
        room = _row((_cell(_p(name, "Body_center"), "Plain") for name in names), self._height(block.height))
        return self._table([1.0] * len(block.fields), head + room, share)

    def box(self, block: Box, share: float) -> str:
        return self._table([1.0], _row([self._framed(block, share)]), share)

    def side_by_side(self, block: SideBySide, share: float) -> str:
        total = sum(block.shares)
        cells, widths = [], []
        for at, (box, width) in enumerate(zip(block.boxes, block.shares, strict=True)):
            if at:
                cells.append(_cell(_p("", "Body_left"), "Gap"))
                widths.append(total * 0.02)
            cells.append(self._framed(box, share * width / total))
            widths.append(width)
        return self._table(widths, _row(cells), share)

    def _framed(self, box: Box, share: float) -> str:
        inside = "".join(self.block(each, share=share * 0.94) for each in box.blocks)
        return _cell(inside, "Double" if box.double else "Frame")

    def _height(self, height: float) -> str:
        """The name of the style of rows this tall, none where the height is left open."""
        if height <= 0:
            return "Row"
        return self.heights.setdefault(height, f"Row{len(self.heights) + 1}")

    def _table(self, widths: Sequence[float], rows: str, share: float) -> str:
        name = f"T{len(self.tables) + 1}"
        width, total = self.line * share, sum(widths)
        columns, entries = "", ""
        for at, each in enumerate(widths):
            style = f"{name}.{at + 1}"
            columns += (
                f'<style:style style:name="{style}" style:family="table-column"><style:table-column-properties '
                f'style:column-width="{width * each / total:.2f}mm"/></style:style>'
            )
            entries += f'<table:table-column table:style-name="{style}"/>'
        self.tables.append(
            f'<style:style style:name="{name}" style:family="table"><style:table-properties '
            f'style:width="{width:.2f}mm" table:align="left" fo:margin-top="1mm" fo:margin-bottom="1mm" '
            f'table:border-model="collapsing"/></style:style>{columns}'
        )
        # A document may not end with a table, and two tables in a row would melt into one.
        return f'<table:table table:name="{name}" table:style-name="{name}">{entries}{rows}</table:table>{_p("", "Thin")}'


def _p(text: str, style: str) -> str:
    return f'<text:p text:style-name="{style}">{odf.inline(text)}</text:p>'


def _cell(content: str, style: str, more: str = "") -> str:
    return f'<table:table-cell table:style-name="{style}" office:value-type="string"{more}>{content}</table:table-cell>'


def _row(cells: Any, style: str = "Row") -> str:
    return f'<table:table-row table:style-name="{style}">{"".join(cells)}</table:table-row>'
