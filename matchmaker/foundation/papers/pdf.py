"""A paper as PDF: typeset by typst, tagged for screen readers, its fonts embedded."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pylopdf_fonts_zh_tw as fonts
import typst

from matchmaker.foundation.papers.model import Block, Box, Grid, Paper, SideBySide

LAYOUT = Path(__file__).with_name("paper.typ")


def pdf(paper: Paper) -> bytes:
    """The paper as PDF/UA-1, with nothing of this machine and no clock in it.

    The standard forbids a character that the fonts lack (a picture character, say): such a paper comes as plain
    PDF, where it shows as an empty frame.
    """
    try:
        return _typeset(paper, "ua-1")
    except typst.TypstError as error:
        if "PDF/UA-1" not in str(error):
            raise
        return _typeset(paper, None)


def _typeset(paper: Paper, standard: Literal["ua-1"] | None) -> bytes:
    made: bytes = typst.compile(
        _layout(),
        sys_inputs={"paper": json.dumps(_data(paper), ensure_ascii=False)},
        font_paths=_fonts(),
        format="pdf",
        pdf_standards=standard,
        timestamp=int(datetime.combine(paper.made_on, time.min, tzinfo=UTC).timestamp()),
    )
    return made


@cache
def _layout() -> bytes:
    return LAYOUT.read_bytes()


@cache
def _fonts() -> typst.Fonts:
    """The two fonts that come with the product, read once; those of the machine would make other pages."""
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[fonts.sans_path().parent],
    )


def _data(paper: Paper) -> dict[str, Any]:
    data = asdict(paper)
    data["made_on"] = [paper.made_on.year, paper.made_on.month, paper.made_on.day]
    data["blocks"] = [_block(block) for block in paper.blocks]
    return _clean(data)


def _block(block: Block) -> dict[str, Any]:
    data = asdict(block) | {"kind": type(block).__name__}
    match block:
        case Grid():
            data["rows"] = [[asdict(cell) | {"x": x} for x, cell in row] for row in block.places()]
        case Box():
            data["blocks"] = [_block(inner) for inner in block.blocks]
        case SideBySide():
            data["boxes"] = [_block(box) for box in block.boxes]
            data["shares"] = list(block.shares)
    return data


def _clean(value: Any) -> Any:
    """Without the control characters that no page shows (typst would stop at NUL)."""
    if isinstance(value, str):
        return "".join(c for c in value.replace("\r\n", "\n") if c == "\n" or c >= " ")
    if isinstance(value, dict):
        return {key: _clean(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(each) for each in value]
    return value
