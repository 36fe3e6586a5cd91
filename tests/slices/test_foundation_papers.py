"""Official documents: the same words in PDF and ODT, Chinese glyphs that are there, equal bytes for equal papers."""

import io
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import date

import odfdo
import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.foundation.papers import (
    Align,
    Box,
    Cell,
    Column,
    Facts,
    Grid,
    Heading,
    Kind,
    Notes,
    PageBreak,
    Paper,
    Paragraph,
    SideBySide,
    Signature,
    Signatures,
    Table,
    rendered,
    tick,
)

WRITING = "新臺幣　臺灣、鑫喆堃煊、「驗收」、減價收受、測試（一）"
CODE = '#strong[x] $x^2$ =SUM(A1) \\u{41} <text:p> & "quoted" `raw` @ref // no comment'


def paper(*blocks, **more):
    facts = {"title": "結算驗收證明書", "language": "zh_Hant_TW", "made_on": date(2026, 11, 27)}
    return Paper(**(facts | more), blocks=blocks)


EVERY_BLOCK = (
    Heading("一、品項"),
    Paragraph(WRITING),
    Paragraph("重要", strong=True, align=Align.CENTER),
    Facts([("機關", "嘉義市政府"), ("統一編號", "04595257"), ("備註", "第一行\n第二行")], columns=2),
    Table(
        [Column("項次", 0.5, Align.CENTER), Column("品名", 3), Column("金額", 1, Align.RIGHT)],
        [["1", "智慧有聲號誌", "160,000"], ["2", "安裝", "20,000"]],
        totals=[["", "合計", "180,000"]],
        caption="單位：新臺幣元（含稅）",
    ),
    Grid(
        [1, 1, 2],
        [
            [Cell("計畫名稱", label=True), Cell("號誌計畫", across=2)],
            [Cell("不可抗力", label=True, down=2), Cell(tick(False, "無")), Cell(tick(True, "有"))],
            [Cell("事由", label=True), Cell("", height=20)],
        ],
    ),
    SideBySide(
        [
            Box([Facts([("補助款", "900,000")])]),
            Box([Heading("核算應退回金額"), Facts([("孳息", "12")])], double=True),
        ],
        [2, 1],
    ),
    Box([Notes(["甲說明", "乙說明"], title="補充說明", numbered=True)], double=True),
    PageBreak(),
    Signatures(
        [
            Signature("承辦人", "王測試", "115.11.27"),
            Signature("業務主管"),
            Signature("主辦會計"),
            Signature("機關首長"),
        ]
    ),
)
WORDS = (
    *("一、品項", "鑫喆堃煊", "重要", "嘉義市政府", "04595257", "第二行", "智慧有聲號誌", "160,000", "合計"),
    *(
        "單位：新臺幣元",
        "號誌計畫",
        "□ 無",
        "■ 有",
        "900,000",
        "核算應退回金額",
        "乙說明",
        "補充說明",
        "王測試",
    ),
    *("業務主管", "主辦會計", "機關首長", "結算驗收證明書"),
)


def pdf_text(content):
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


def odt_xml(content, part="content.xml"):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(part).decode()


def odt_text(content):
    body = odfdo.Document(io.BytesIO(content)).body
    return "\n".join(each.inner_text for each in body.get_elements("//text:p | //text:h"))


@pytest.mark.parametrize("kind", Kind)
def test_every_word_of_every_block_stands_in_both_files(kind):
    content = rendered(paper(*EVERY_BLOCK), kind)
    text = (pdf_text if kind is Kind.PDF else odt_text)(content).replace("\n", "")
    assert [word for word in WORDS if word not in text] == []


@pytest.mark.parametrize("kind", Kind)
def test_equal_papers_make_equal_bytes(kind):
    assert rendered(paper(*EVERY_BLOCK), kind) == rendered(paper(*EVERY_BLOCK), kind)


@pytest.mark.parametrize("kind", Kind)
def test_equal_bytes_in_another_process(kind):
    code = (
        "import sys; from datetime import date; from matchmaker.foundation.papers import *;"
        "sys.stdout.buffer.write(rendered(Paper(title='訂購單', language='zh_Hant_TW',"
        f" made_on=date(2026, 1, 2), blocks=[Paragraph('內容')]), Kind.{kind.name}))"
    )
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout
    assert other == rendered(paper(Paragraph("內容"), title="訂購單", made_on=date(2026, 1, 2)), kind)


@pytest.mark.parametrize("kind", Kind)
def test_words_are_words_and_never_commands(kind):
    content = rendered(paper(Paragraph(CODE), Facts([(CODE, CODE)]), title=CODE, footer=CODE), kind)
    text = (pdf_text if kind is Kind.PDF else odt_text)(content).replace("\n", " ")
    assert "#strong[x] $x^2$ =SUM(A1)" in text
    assert '<text:p> & "quoted" `raw` @ref // no comment' in text


def test_the_pdf_carries_its_fonts_title_language_and_tags():
    reader = pypdf.PdfReader(io.BytesIO(rendered(paper(*EVERY_BLOCK, footer="頁腳"), Kind.PDF)))
    root = reader.trailer["/Root"]
    assert reader.metadata.title == "結算驗收證明書"
    assert root["/Lang"].lower().startswith("zh")
    assert root["/MarkInfo"]["/Marked"]
    fonts = [
        font.get_object()["/DescendantFonts"][0].get_object()
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()
    ]
    assert {font["/BaseFont"].split("+")[-1].split("-")[0] for font in fonts} == {"NotoSerifTC", "NotoSansTC"}
    assert all("/FontFile3" in font["/FontDescriptor"].get_object() for font in fonts)


def test_no_character_of_the_papers_lacks_its_glyph():
    """A glyph that is missing has the number 0; its text cannot be read back."""
    text = pdf_text(rendered(paper(Paragraph(WRITING)), Kind.PDF)).replace("\n", "").replace(" ", "")
    assert WRITING.replace("　", "") in text.replace("　", "")


def test_pages_are_numbered_in_the_words_of_the_paper():
    text = pdf_text(
        rendered(
            paper(Paragraph("甲"), PageBreak(), Paragraph("乙"), page_of="第 %(page)s 頁，共 %(pages)s 頁"),
            Kind.PDF,
        )
    )
    assert "第 1 頁，共 2 頁" in text
    assert "第 2 頁，共 2 頁" in text


def test_the_mark_of_an_assumed_layout_shows_only_where_it_is_one():
    mark = "版面為本平臺自訂"
    for kind, read in ((Kind.PDF, pdf_text), (Kind.ODT, odt_text)):
        assert mark in read(rendered(paper(assumed=mark), kind))
        assert mark not in read(rendered(paper(), kind))


def test_a_long_address_stays_inside_its_cell_and_in_one_piece():
    address = "a" * 30 + "@" + "b" * 60 + ".gov.tw"
    content = rendered(paper(Facts([("電子郵件", address), ("甲", "乙")], columns=2)), Kind.PDF)
    lines = pdf_text(content).split("\n")
    assert address in "".join(lines)
    # The cell holds about thirty letters; a line that ran out of it would be longer.
    assert max(len(line) for line in lines if set(line) <= set(address)) < 40


def test_odt_names_its_fonts_for_chinese_and_its_double_lines():
    content = rendered(paper(*EVERY_BLOCK), Kind.ODT)
    assert "style:font-family-asian=\"'Noto Serif TC'\"" in odt_xml(content, "styles.xml")
    assert 'style:language-asian="zh" style:country-asian="TW"' in odt_xml(content, "styles.xml")
    assert 'fo:border="2.4pt double' in odt_xml(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        first = archive.infolist()[0]
    assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)


def test_odt_spans_cover_their_cells():
    [table] = odfdo.Document(
        io.BytesIO(rendered(paper(*[b for b in EVERY_BLOCK if isinstance(b, Grid)]), Kind.ODT))
    ).body.tables
    assert (table.width, table.height) == (3, 3)
    assert table.get_cell((1, 0)).get_attribute("table:number-columns-spanned") == "2"
    assert table.get_cell((0, 1)).get_attribute("table:number-rows-spanned") == "2"


@pytest.mark.parametrize(
    "rows",
    [
        [[Cell("a", across=3)]],
        [[Cell("a")]],
        [[Cell("a", down=2), Cell("b")]],
        [[Cell("a", down=2), Cell("b")], [Cell("c"), Cell("d")]],
    ],
)
def test_fields_that_do_not_fit_the_grid_are_refused(rows):
    with pytest.raises(ValueError, match="grid"):
        Grid([1, 1], rows)


def test_a_row_needs_a_cell_for_each_column():
    with pytest.raises(ValueError, match="one cell for each column"):
        Table([Column("甲"), Column("乙")], [["1"]])


texts = st.text(max_size=60)


@settings(max_examples=40, deadline=None)
@given(texts, texts, texts)
def test_any_text_makes_a_paper(title, label, value):
    made = paper(
        Facts([(label, value)]),
        Paragraph(value),
        Notes([label]),
        Heading(label),
        title=f"單{title}",
        footer=value,
    )
    assert rendered(made, Kind.PDF).startswith(b"%PDF-")
    assert odfdo.Document(io.BytesIO(rendered(made, Kind.ODT))).body is not None


def test_a_character_that_the_fonts_lack_does_not_stop_the_paper():
    text = pdf_text(rendered(paper(Paragraph("前\U0001f600後")), Kind.PDF))
    assert "前" in text
    assert "後" in text
    assert "\U0001f600" in odt_text(rendered(paper(Paragraph("前\U0001f600後")), Kind.ODT))


def test_a_paper_needs_a_title():
    with pytest.raises(ValueError, match="title"):
        paper(title="  ")


def test_english_papers_say_so():
    made = replace(paper(*EVERY_BLOCK), language="en", title="Settlement acceptance certificate")
    reader = pypdf.PdfReader(io.BytesIO(rendered(made, Kind.PDF)))
    assert reader.trailer["/Root"]["/Lang"] == "en"
    assert 'fo:language="en"' in odt_xml(rendered(made, Kind.ODT), "styles.xml")
    assert "1. 甲說明" in odt_text(rendered(made, Kind.ODT))


def test_starting_the_product_loads_no_typesetter():
    code = (
        "import sys; import matchmaker.wiring; "
        "print([name for name in ('typst', 'pylopdf_fonts_zh_tw', 'defusedxml') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
