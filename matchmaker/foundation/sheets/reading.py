"""A table as it came in: read into typed rows, or told row by row what is wrong."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from matchmaker.foundation import odf
from matchmaker.foundation.files import Upload, inspect_package
from matchmaker.foundation.sheets.columns import Cell, Column, Sheet
from matchmaker.foundation.sheets.writing import fused
from matchmaker.kernel.decision import Denied, Reason, deny
from matchmaker.kernel.errors import Refused
from matchmaker.kernel.words import N_

WRONG_KIND = Reason(
    "sheet.wrong_kind", N_("“%(name)s” is no table that can be read. Send it as CSV (UTF-8) or ODS.")
)
EMPTY = Reason("sheet.empty", N_("“%(name)s” holds no rows below its heads."))
DAMAGED = Reason("sheet.damaged", N_("“%(name)s” is damaged or locked. Save it again and retry."))
UTF16 = Reason("sheet.utf16", N_("“%(name)s” is in UTF-16. Save it as CSV in UTF-8 and retry."))
UNREADABLE = Reason(
    "sheet.unreadable", N_("The letters of “%(name)s” cannot be read. Save it as CSV in UTF-8 and retry.")
)
TOO_MANY_ROWS = Reason(
    "sheet.too_many_rows", N_("“%(name)s” holds more than %(rows)s rows. Split it and send the parts.")
)
TOO_MANY_COLUMNS = Reason(
    "sheet.too_many_columns", N_("“%(name)s” holds more than %(columns)s columns. Keep those of the pattern.")
)
TOO_LONG = Reason("sheet.cell_too_long", N_("A cell of “%(name)s” is longer than %(length)s characters."))
LACKS_COLUMN = Reason(
    "sheet.lacks_column", N_("The column “%(column)s” is missing. Start from the pattern file.")
)
TWICE = Reason("sheet.twice", N_("The column “%(column)s” stands twice in the file."))
SURPLUS = Reason("sheet.surplus", N_("This row has more cells than there are heads."))
FORMULA = Reason("sheet.formula", N_("This cell is a formula. Put its value in its place."))
READ_AS_BIG5 = Reason(
    "sheet.read_as_big5",
    N_("The file is in Big5 and was read as such. Look whether all names are right, or save it in UTF-8."),
)
UNKNOWN_COLUMN = Reason("sheet.unknown_column", N_("The column “%(column)s” is not known and was left out."))


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file is read at most: rows below the heads, columns, characters of a cell, unpacked bytes."""

    rows: int = 2_000
    columns: int = 60
    cell: int = 10_000
    unpacked: int = 40 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one place: the row as the spreadsheet counts it, and the column where it is one's."""

    row: int
    column: Column | None
    denial: Denied


@dataclass(frozen=True, slots=True)
class Row:
    """A row that could be read whole: its number as the spreadsheet counts it, its values by column.

    A column that the file does not have has no value; an empty cell has None.
    """

    number: int
    values: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds: the rows without a fault, the faults of the others, and remarks on the whole."""

    rows: Sequence[Row]
    problems: Sequence[Problem]
    remarks: Sequence[Denied] = ()

    @property
    def is_clean(self) -> bool:
        return not self.problems


class Formula(str):
    """The text of a cell that was a formula in the file: shown, never computed."""


RawRow = tuple[int, Sequence[Cell]]


def read(sheet: Sheet, upload: Upload, limits: Limits | None = None) -> Reading:
    """Read a file against the columns of the sheet; raises Refused where it cannot be read as a whole.

    The first row that is not empty holds the heads, in any order; a column that is not required may be missing.
    Empty rows are passed over. The name decides nothing: a package is ODS, everything else is CSV.
    """
    limits = limits or Limits()
    remarks: list[Denied] = []
    if upload.content.startswith(b"PK\x03\x04"):
        from matchmaker.foundation.sheets.ods import rows_of

        inspect_package(upload, odf.SPREADSHEET)
        raw = rows_of(upload, limits)
    else:
        text, remark = _decoded(upload)
        remarks += [remark] if remark is not None else []
        raw = _csv_rows(upload.name, text, sheet, limits)
    filled = ((number, cells) for number, cells in raw if any(_is_filled(cell) for cell in cells))
    head = next(filled, None)
    if head is None:
        raise Refused(deny(EMPTY, name=upload.name))
    places, unknown = _placed(sheet, head[1])
    remarks += [deny(UNKNOWN_COLUMN, column=name) for name in unknown]
    body = list(islice(filled, limits.rows + 1))
    if not body:
        raise Refused(deny(EMPTY, name=upload.name))
    if len(body) > limits.rows:
        raise Refused(deny(TOO_MANY_ROWS, name=upload.name, rows=limits.rows))
    return _checked(sheet, body, places, len(head[1]), remarks)


def in_utf8(upload: Upload) -> Upload:
    """The same file in UTF-8, where it is CSV in Big5; as it is otherwise."""
    if upload.content.startswith(b"PK\x03\x04"):
        return upload
    text, remark = _decoded(upload)
    return upload if remark is None else Upload(upload.name, text.encode("utf-8-sig"))


def _is_filled(cell: Cell) -> bool:
    return cell is not None and (not isinstance(cell, str) or bool(cell.strip()))


def _decoded(upload: Upload) -> tuple[str, Denied | None]:
    """The text of a CSV file: UTF-8, or Big5 with a word about it."""
    content = upload.content
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused(deny(UTF16, name=upload.name))
    if b"\0" in content or content.startswith((b"%PDF-", b"\xd0\xcf\x11\xe0")):
        raise Refused(deny(WRONG_KIND, name=upload.name))
    try:
        return content.decode("utf-8-sig"), None
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp950"), deny(READ_AS_BIG5)
    except UnicodeDecodeError:
        raise Refused(deny(UNREADABLE, name=upload.name)) from None


def _csv_rows(name: str, text: str, sheet: Sheet, limits: Limits) -> Iterator[RawRow]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text, sheet), strict=True)
    try:
        for number, cells in enumerate(reader, 1):
            _within(name, cells, limits)
            yield number, [fused(cell) for cell in cells]
    except csv.Error:
        raise Refused(deny(DAMAGED, name=name)) from None


def _delimiter(text: str, sheet: Sheet) -> str:
    """Comma, or the semicolon or tab of some programs: the one that finds most of the heads."""
    first = next((line for line in text.splitlines() if line.strip()), "")

    def known(delimiter: str) -> int:
        heads = [fused(cell.strip().strip('"')) for cell in first.split(delimiter)]
        return sum(any(column.is_called(head) for head in heads) for column in sheet.columns)

    return max(",;\t", key=known)


def _within(name: str, cells: Sequence[Cell], limits: Limits) -> None:
    if len(cells) > limits.columns:
        raise Refused(deny(TOO_MANY_COLUMNS, name=name, columns=limits.columns))
    if any(isinstance(cell, str) and len(cell) > limits.cell for cell in cells):
        raise Refused(deny(TOO_LONG, name=name, length=limits.cell))


def _placed(sheet: Sheet, heads: Sequence[Cell]) -> tuple[dict[str, int], list[str]]:
    """Where each column stands in the file, and the heads that name none."""
    places: dict[str, int] = {}
    unknown = []
    for at, head in enumerate(heads):
        name = str(head if head is not None else "").strip()
        column = next((c for c in sheet.columns if c.is_called(name)), None) if name else None
        if column is None:
            unknown += [name] if name else []
        elif column.key in places:
            raise Refused(deny(TWICE, column=column.head))
        else:
            places[column.key] = at
    for column in sheet.columns:
        if column.required and not column.read_only and column.key not in places:
            raise Refused(deny(LACKS_COLUMN, column=column.head))
    return places, unknown


def _checked(
    sheet: Sheet, body: Sequence[RawRow], places: Mapping[str, int], width: int, remarks: Sequence[Denied]
) -> Reading:
    rows, problems = [], []
    for number, cells in body:
        wrong = [Problem(number, None, deny(SURPLUS))] if any(map(_is_filled, cells[width:])) else []
        values: dict[str, Cell] = {}
        for column in (each for each in sheet.columns if not each.read_only):
            at = places.get(column.key)
            if at is None:
                continue
            typed = cells[at] if at < len(cells) else None
            value = deny(FORMULA) if isinstance(typed, Formula) else column.read(typed)
            if isinstance(value, Denied):
                wrong.append(Problem(number, column, value))
            else:
                values[column.key] = value
        problems += wrong
        if not wrong:
            rows.append(Row(number, values))
    return Reading(rows, problems, remarks)
