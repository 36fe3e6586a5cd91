"""Tables and papers as downloads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask import Response, g

from matchmaker.foundation import papers
from matchmaker.foundation.i18n import language
from matchmaker.foundation.sheets import Cell, Format, Sheet, written
from matchmaker.foundation.sheets.writing import csv_text
from matchmaker.kernel.dates import local_day


def csv_response(name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """The table as a download called ``name``, in UTF-8 with the mark that spreadsheets look for."""
    return _download(csv_text(header, rows).encode("utf-8-sig"), name, Format.CSV.media_type)


def sheet_response(stem: str, sheet: Sheet, rows: Iterable[Sequence[Cell]], form: Format) -> Response:
    """The table as a download called ``stem`` with the ending of its format, in the reader's language."""
    content = written(sheet, rows, form, language=language(), made_on=local_day(g.now))
    return _download(content, f"{stem}.{form}", form.media_type)


def paper_response(stem: str, paper: papers.Paper, kind: papers.Kind) -> Response:
    """The paper as a download called ``stem`` with the ending of its kind."""
    return _download(papers.rendered(paper, kind), f"{stem}.{kind}", kind.media_type)


def _download(content: bytes, name: str, media_type: str) -> Response:
    response = Response(content, content_type=media_type)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response
