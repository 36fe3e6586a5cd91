"""Tables as files that a spreadsheet opens without running anything."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from matchmaker.foundation import odf
from matchmaker.foundation.i18n import in_language, tag_of
from matchmaker.foundation.sheets.columns import Cell, Column, Kind, Sheet, plainly

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A cell that begins so may be run by a spreadsheet; full-width signs are read as plain ones by some."""


class Format(StrEnum):
    """CSV for every program, ODS for those who work on in a spreadsheet."""

    CSV = "csv"
    ODS = "ods"

    @property
    def media_type(self) -> str:
        return {Format.CSV: "text/csv; charset=utf-8", Format.ODS: odf.SPREADSHEET}[self]


def defused(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula: quoted by an apostrophe, without NUL.

    A text that itself looks quoted so gets one more, and ``fused`` gives back what was written.
    """
    kept = text.replace("\0", "")
    return f"'{kept}" if kept.lstrip("'").startswith(FORMULA_STARTS) else kept


def fused(text: str) -> str:
    """The text of a cell without the apostrophe that ``defused`` put before it."""
    if text.startswith("'") and text.lstrip("'").startswith(FORMULA_STARTS):
        return text[1:]
    return text


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """The table as CSV (RFC 4180): texts defused; a number is a number, whatever its sign."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([defused(name) for name in header])
    writer.writerows([_csv_cell(cell) for cell in row] for row in rows)
    return out.getvalue()


def _csv_cell(cell: Cell) -> str:
    return defused(cell) if isinstance(cell, str) else plainly(cell)


def written(
    sheet: Sheet, rows: Iterable[Sequence[Cell]], form: Format, *, language: str, made_on: date
) -> bytes:
    """The table as a file: one row for each, its cells in the order of the columns.

    CSV comes in UTF-8 with the mark that spreadsheets look for. Equal tables give equal bytes.
    """
    shown = ([c.shown(v, language) for c, v in zip(sheet.columns, row, strict=True)] for row in rows)
    if form is Format.CSV:
        return csv_text([column.head for column in sheet.columns], shown).encode("utf-8-sig")
    return _ods(sheet, shown, language=language, made_on=made_on)


# ODS: one string for the whole table, which is many times faster than an object for each cell.

_STYLES = (
    '<number:number-style style:name="N1"><number:number number:decimal-places="0" '
    'number:min-integer-digits="1" number:grouping="true"/></number:number-style>'
    '<number:date-style style:name="N2"><number:year number:style="long"/><number:text>-</number:text>'
    '<number:month number:style="long"/><number:text>-</number:text><number:day number:style="long"/>'
    "</number:date-style>"
    '<style:style style:name="head" style:family="table-cell"><style:table-cell-properties '
    'fo:background-color="#f0ede6" fo:border-bottom="1pt solid #16202e" fo:wrap-option="wrap" '
    'style:vertical-align="middle"/><style:text-properties fo:font-weight="bold" '
    'style:font-weight-asian="bold"/></style:style>'
    '<style:style style:name="text" style:family="table-cell"><style:table-cell-properties '
    'fo:wrap-option="wrap" style:vertical-align="top"/></style:style>'
    '<style:style style:name="whole" style:family="table-cell" style:data-style-name="N1"/>'
    '<style:style style:name="day" style:family="table-cell" style:data-style-name="N2"/>'
    '<style:style style:name="wide" style:family="table-column"><style:table-column-properties '
    'style:column-width="60mm"/></style:style>'
    '<style:style style:name="narrow" style:family="table-column"><style:table-column-properties '
    'style:column-width="32mm"/></style:style>'
)
_FONT = "Noto Sans TC"
_DEFAULT = (
    '<style:default-style style:family="table-cell"><style:text-properties '
    f'fo:font-family="\'{_FONT}\'" style:font-family-asian="\'{_FONT}\'" fo:font-size="10pt" '
    'style:font-size-asian="10pt" fo:language="en" fo:country="US" style:language-asian="zh" '
    'style:country-asian="TW"/></style:default-style>'
)


def _ods(sheet: Sheet, rows: Iterable[Sequence[Cell]], *, language: str, made_on: date) -> bytes:
    name = odf.plain(_sheet_name(in_language(language, sheet.name)))
    columns = "".join(
        f'<table:table-column table:style-name="{_width(column)}"/>' for column in sheet.columns
    )
    heads = "".join(
        f'<table:table-cell table:style-name="head" office:value-type="string"><text:p>{odf.inline(c.head)}</text:p>'
        "</table:table-cell>"
        for c in sheet.columns
    )
    body = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
    content = odf.part(
        "document-content",
        f"<office:automatic-styles>{_STYLES}</office:automatic-styles><office:body><office:spreadsheet>"
        f'<table:table table:name="{name}">{columns}'
        f"<table:table-header-rows><table:table-row>{heads}</table:table-row></table:table-header-rows>{body}"
        "</table:table></office:spreadsheet></office:body>",
    )
    return odf.package(
        odf.SPREADSHEET,
        {
            "content.xml": content,
            "styles.xml": odf.part("document-styles", f"<office:styles>{_DEFAULT}</office:styles>"),
            "meta.xml": odf.meta(
                title=in_language(language, sheet.name), language=tag_of(language), made_on=made_on
            ),
        },
    )


def _sheet_name(name: str) -> str:
    """A name that a spreadsheet takes: without the signs that its own formulas use."""
    return "".join(" " if c in "[]*?:/\\'" else c for c in name).strip()[:31] or "Sheet1"


def _width(column: Column) -> str:
    return "wide" if column.kind is Kind.TEXT else "narrow"


def _ods_cell(cell: Cell) -> str:
    """A typed cell: a text is a text, and nothing here is ever a formula."""
    if cell is None or cell == "":
        return "<table:table-cell/>"
    if isinstance(cell, str):
        return (
            '<table:table-cell table:style-name="text" office:value-type="string">'
            f"<text:p>{odf.inline(cell)}</text:p></table:table-cell>"
        )
    text = plainly(cell)
    if isinstance(cell, bool):
        return f'<table:table-cell office:value-type="boolean" office:boolean-value="{str(cell).lower()}"/>'
    if isinstance(cell, date | datetime):
        style = "" if isinstance(cell, datetime) else ' table:style-name="day"'
        if isinstance(cell, datetime):
            cell = cell.replace(tzinfo=None)
            text = plainly(cell)
        return (
            f'<table:table-cell{style} office:value-type="date" office:date-value="{text}">'
            f"<text:p>{text}</text:p></table:table-cell>"
        )
    style = "" if isinstance(cell, Decimal) else ' table:style-name="whole"'
    return (
        f'<table:table-cell{style} office:value-type="float" office:value="{text}">'
        f"<text:p>{text}</text:p></table:table-cell>"
    )
