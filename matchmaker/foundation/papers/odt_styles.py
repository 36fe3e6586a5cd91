"""How a paper in ODT looks: page, fonts in both scripts, paragraphs, cells."""

from __future__ import annotations

import re

from matchmaker.foundation import odf
from matchmaker.foundation.papers.model import Paper

SERIF, SANS = "Noto Serif TC", "Noto Sans TC"
INK, GREY, SUNK = "#16202e", "#3a4658", "#f0ede6"
HAIRLINE = f"0.5pt solid {GREY}"
LEADING = 1.32
"""Height of a line as a share of its font size: the fonts' own height would make a form of one page run to two."""
MARGIN = 20.0
A4 = (210.0, 297.0)


def line_width(paper: Paper) -> float:
    """The length of a line in millimetres."""
    return (A4[1] if paper.landscape else A4[0]) - 2 * MARGIN


def fonts() -> str:
    """The fonts by name; an office program without them takes another of the same character."""
    return (
        "<office:font-face-decls>"
        f'<style:font-face style:name="{SERIF}" svg:font-family="\'{SERIF}\'" '
        'style:font-family-generic="roman" style:font-pitch="variable"/>'
        f'<style:font-face style:name="{SANS}" svg:font-family="\'{SANS}\'" '
        'style:font-family-generic="swiss" style:font-pitch="variable"/>'
        "</office:font-face-decls>"
    )


def part(paper: Paper, *, chinese: bool) -> str:
    """The part ``styles.xml``: named styles, page layout, footer."""
    return odf.part(
        "document-styles",
        f"{fonts()}<office:styles>{_default(chinese=chinese)}{_paragraphs()}</office:styles>"
        f"<office:automatic-styles>{_page(paper)}</office:automatic-styles>"
        f"<office:master-styles>{_master(paper)}</office:master-styles>",
    )


def _text(family: str = SERIF, size: float = 10.5, *, bold: bool = False, colour: str = INK) -> str:
    """Font, size and weight, said for Latin letters and for Chinese characters alike."""
    weight = "bold" if bold else "normal"
    return (
        f'<style:text-properties style:font-name="{family}" fo:font-family="\'{family}\'" '
        f'style:font-name-asian="{family}" style:font-family-asian="\'{family}\'" '
        f'fo:font-size="{size}pt" style:font-size-asian="{size}pt" fo:color="{colour}" '
        f'fo:font-weight="{weight}" style:font-weight-asian="{weight}"/>'
    )


def _default(*, chinese: bool) -> str:
    language = "zh" if chinese else "en"
    country = "TW" if chinese else "US"
    return (
        '<style:default-style style:family="paragraph">'
        f'<style:paragraph-properties fo:line-height="{_leading(10.5)}" style:line-break="strict" '
        'style:text-autospace="ideograph-alpha" style:punctuation-wrap="hanging" style:writing-mode="lr-tb"/>'
        f'<style:text-properties style:font-name="{SERIF}" fo:font-family="\'{SERIF}\'" '
        f'style:font-name-asian="{SERIF}" style:font-family-asian="\'{SERIF}\'" '
        'fo:font-size="10.5pt" style:font-size-asian="10.5pt" '
        f'fo:language="{language}" fo:country="{country}" '
        'style:language-asian="zh" style:country-asian="TW"/></style:default-style>'
        '<style:style style:name="Standard" style:family="paragraph" style:class="text"/>'
    )


def _leading(size: float) -> str:
    return f"{size * LEADING:.1f}pt"


def _style(
    name: str,
    family: str = SERIF,
    size: float = 10.5,
    *,
    bold: bool = False,
    colour: str = INK,
    align: str = "start",
    above: float = 0,
    below: float = 0,
    more: str = "",
) -> str:
    """A paragraph style; the distances are in millimetres, the size in points."""
    return (
        f'<style:style style:name="{name}" style:family="paragraph" style:parent-style-name="Standard">'
        f'<style:paragraph-properties fo:text-align="{align}" fo:margin-top="{above}mm" '
        f'fo:margin-bottom="{below}mm" fo:line-height="{_leading(size)}" {more}/>'
        f"{_text(family, size, bold=bold, colour=colour)}</style:style>"
    )


def _paragraphs() -> str:
    sides = {"left": "start", "center": "center", "right": "end"}
    body = [
        _style(f"{name}_{side}", bold=name == "Strong", align=align, above=0.3, below=0.3)
        for name in ("Body", "Strong")
        for side, align in sides.items()
    ]
    box = f'fo:border="{HAIRLINE}" fo:padding="1mm" fo:margin-left="100mm"'
    together = 'fo:keep-with-next="always"'
    line = f'fo:border-top="{HAIRLINE}" fo:padding-top="1mm"'
    return "".join(
        [
            *body,
            _style("Title", size=17, bold=True, align="center", below=2),
            _style("Letterhead", size=13, align="center"),
            _style("Subtitle", align="center", below=2),
            _style("Reference", size=9.5, align="end"),
            _style("Section", SANS, 11.5, bold=True, above=4, below=1.5, more=together),
            _style("Label", SANS, 9.5, above=0.3, below=0.3),
            _style("Label_center", SANS, 9.5, align="center", above=0.3, below=0.3),
            _style("Caption", SANS, 9, align="end", more=together),
            _style("Mark", SANS, 8.5, colour=GREY, align="center", below=2, more=box),
            _style("NoteTitle", SANS, 9, bold=True, above=1),
            _style("Note", size=9, more='fo:margin-left="5mm" fo:text-indent="-5mm"'),
            _style("Foot", SANS, 8.5, colour=GREY, more=line),
            _style("Thin", size=3),
            _style("Break", size=2, more='fo:break-before="page"'),
        ]
    )


def cells() -> str:
    """The frames of cells; office programs look for them beside the content, not among the named styles."""
    double = f'fo:border="2.4pt double {INK}" style:border-line-width="0.7pt 1pt 0.7pt"'
    kinds = {
        "Plain": f'fo:border="{HAIRLINE}" style:vertical-align="middle"',
        "Open": f'fo:border="{HAIRLINE}" style:vertical-align="top"',
        "Sunk": f'fo:border="{HAIRLINE}" fo:background-color="{SUNK}" style:vertical-align="middle"',
        "Gap": 'fo:border="none"',
        "Frame": f'fo:border="0.7pt solid {INK}"',
        "Double": double,
    }
    return '<style:style style:name="Row" style:family="table-row"/>' + "".join(
        f'<style:style style:name="{name}" style:family="table-cell">'
        f'<style:table-cell-properties {look} fo:padding="0.4mm" fo:padding-left="1.6mm" fo:padding-right="1.6mm"/></style:style>'
        for name, look in kinds.items()
    )


def _page(paper: Paper) -> str:
    width, height = (A4[1], A4[0]) if paper.landscape else A4
    turned = "landscape" if paper.landscape else "portrait"
    return (
        '<style:page-layout style:name="Page"><style:page-layout-properties '
        f'fo:page-width="{width}mm" fo:page-height="{height}mm" style:print-orientation="{turned}" '
        f'fo:margin-top="{MARGIN}mm" fo:margin-bottom="12mm" '
        f'fo:margin-left="{MARGIN}mm" fo:margin-right="{MARGIN}mm"/>'
        '<style:footer-style><style:header-footer-properties fo:min-height="8mm" fo:margin-top="3mm"/>'
        "</style:footer-style></style:page-layout>"
        '<style:style style:name="FootLine" style:family="paragraph" style:parent-style-name="Foot">'
        "<style:paragraph-properties><style:tab-stops>"
        f'<style:tab-stop style:position="{line_width(paper)}mm" style:type="right"/>'
        "</style:tab-stops></style:paragraph-properties></style:style>"
    )


def _master(paper: Paper) -> str:
    fields = {
        "page": '<text:page-number text:select-page="current">1</text:page-number>',
        "pages": "<text:page-count>1</text:page-count>",
    }
    pieces = re.split(r"%\((page|pages)\)s", paper.page_of)
    numbers = "".join(fields[piece] if at % 2 else odf.inline(piece) for at, piece in enumerate(pieces))
    return (
        '<style:master-page style:name="Standard" style:page-layout-name="Page"><style:footer>'
        f'<text:p text:style-name="FootLine">{odf.inline(paper.footer)}<text:tab/>{numbers}</text:p>'
        "</style:footer></style:master-page>"
    )
