"""The first table of an ODS file as plain rows; its XML is read as a stream and may name nothing outside."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from matchmaker.foundation.files import Upload
from matchmaker.foundation.odf import NAMESPACES
from matchmaker.foundation.sheets.columns import Cell
from matchmaker.foundation.sheets.reading import (
    DAMAGED,
    TOO_LONG,
    TOO_MANY_COLUMNS,
    TOO_MANY_ROWS,
    Formula,
    Limits,
    RawRow,
)
from matchmaker.kernel.decision import deny
from matchmaker.kernel.errors import Refused


def _name(prefix: str, local: str) -> str:
    return f"{{{NAMESPACES[prefix]}}}{local}"


TABLE, ROW = _name("table", "table"), _name("table", "table-row")
CELL, COVERED = _name("table", "table-cell"), _name("table", "covered-table-cell")
ACROSS, DOWN = _name("table", "number-columns-repeated"), _name("table", "number-rows-repeated")
FORMULA = _name("table", "formula")
TYPE, VALUE = _name("office", "value-type"), _name("office", "value")
DAY, TRUTH = _name("office", "date-value"), _name("office", "boolean-value")
P, SPACES, COUNT = _name("text", "p"), _name("text", "s"), _name("text", "c")
TAB, BREAK = _name("text", "tab"), _name("text", "line-break")
REMARK = _name("office", "annotation")
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
"""How far a spreadsheet goes; empty cells up to there are counted, never made."""


def rows_of(upload: Upload, limits: Limits) -> Iterator[RawRow]:
    """Each row that holds anything, with its number; raises Refused where the file is damaged or too large."""
    try:
        yield from _rows(upload, limits)
    except (
        ParseError,
        DefusedXmlException,
        zipfile.BadZipFile,
        zlib.error,
        KeyError,
        EOFError,
        ValueError,
        RuntimeError,
    ):
        # Damaged, encrypted, or with declarations that no office program writes.
        raise Refused(deny(DAMAGED, name=upload.name)) from None


def _content(upload: Upload, limits: Limits) -> bytes:
    with zipfile.ZipFile(io.BytesIO(upload.content)) as archive, archive.open("content.xml") as file:
        content = file.read(limits.unpacked + 1)
    if len(content) > limits.unpacked:
        raise Refused(deny(TOO_MANY_ROWS, name=upload.name, rows=limits.rows))
    return content


def _rows(upload: Upload, limits: Limits) -> Iterator[RawRow]:
    number, given, depth = 0, 0, 0
    stream = iterparse(
        io.BytesIO(_content(upload, limits)), events=("start", "end"), forbid_dtd=True, forbid_external=True
    )
    for event, element in stream:
        if element.tag == TABLE:
            depth += 1 if event == "start" else -1
            if depth == 0:
                return
        elif event == "end" and element.tag == ROW and depth == 1:
            repeated = _count(element.get(DOWN), LAST_ROW)
            cells = _cells(upload.name, element, limits)
            element.clear()
            if cells:
                given += repeated
                # One more than allowed is let through, so that the reader says what is wrong.
                if given > limits.rows + 2:
                    raise Refused(deny(TOO_MANY_ROWS, name=upload.name, rows=limits.rows))
                for extra in range(repeated):
                    yield number + 1 + extra, cells
            number += repeated


def _count(text: str | None, most: int) -> int:
    count = int(text or "1")
    if not 1 <= count <= most:
        raise ValueError("a count out of range")
    return count


def _cells(name: str, row: Any, limits: Limits) -> list[Cell]:
    """The cells of a row up to the last that holds anything."""
    cells: list[Cell] = []
    blank = 0
    for element in row:
        if element.tag not in (CELL, COVERED):
            continue
        repeated = _count(element.get(ACROSS), LAST_COLUMN)
        value = _value(element) if element.tag == CELL else None
        if value is None or value == "":
            blank += repeated
            continue
        if len(cells) + blank + repeated > limits.columns:
            raise Refused(deny(TOO_MANY_COLUMNS, name=name, columns=limits.columns))
        if isinstance(value, str) and len(value) > limits.cell:
            raise Refused(deny(TOO_LONG, name=name, length=limits.cell))
        cells += [None] * blank + [value] * repeated
        blank = 0
    return cells


def _value(cell: Any) -> Cell:
    text = "\n".join(_text(p) for p in cell.findall(P))
    if cell.get(FORMULA) is not None:
        return Formula(text or "=")
    kind = cell.get(TYPE)
    if kind in ("float", "currency", "percentage"):
        try:
            number = Decimal(cell.get(VALUE, ""))
        except InvalidOperation:
            return text
        return number if number.is_finite() and abs(number.adjusted()) < 40 else text
    if kind == "date":
        return _moment(cell.get(DAY, "")) or text
    if kind == "boolean":
        return str(cell.get(TRUTH)) == "true"
    return text


def _moment(text: str) -> date | datetime | None:
    try:
        return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    except ValueError:
        return None


def _text(element: Any) -> str:
    """The text of a paragraph with its spaces, tabs and line breaks; remarks pinned to it are left out."""
    parts = [element.text or ""]
    for child in element:
        if child.tag == SPACES:
            parts.append(" " * min(int(child.get(COUNT, "1")), 1000))
        elif child.tag == TAB:
            parts.append("\t")
        elif child.tag == BREAK:
            parts.append("\n")
        elif child.tag != REMARK:
            parts.append(_text(child))
        parts.append(child.tail or "")
    return "".join(parts)
