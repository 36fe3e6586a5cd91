"""Spreadsheets, out and in: typed columns with heads in both languages, as CSV and as ODS.

Out, no cell can be taken for a formula. In, a file is read into typed rows or told row by row what is wrong;
nothing in it is ever computed, fetched or unpacked beyond its limits.
"""

from matchmaker.foundation.sheets.columns import Cell, Column, Kind, Sheet
from matchmaker.foundation.sheets.reading import Limits, Problem, Reading, Row, in_utf8, read
from matchmaker.foundation.sheets.writing import Format, written

__all__ = [
    "Cell",
    "Column",
    "Format",
    "Kind",
    "Limits",
    "Problem",
    "Reading",
    "Row",
    "Sheet",
    "in_utf8",
    "read",
    "written",
]
