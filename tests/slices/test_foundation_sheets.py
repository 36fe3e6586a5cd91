"""Spreadsheets: what goes out comes back, nothing runs, and every fault is named with its row and column."""

import io
import zipfile
from contextlib import suppress
from datetime import date
from decimal import Decimal

import odfdo
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.foundation import odf
from matchmaker.foundation.files import Upload
from matchmaker.foundation.sheets import Column, Format, Kind, Limits, Sheet, read, written
from matchmaker.foundation.sheets.columns import folded
from matchmaker.foundation.sheets.writing import defused, fused
from matchmaker.kernel.errors import Refused
from matchmaker.web.words import refusal

MADE = date(2026, 3, 2)
SHEET = Sheet(
    "Catalog item",
    (
        Column("code", "Number of the agreement"),
        Column("title", "Title in Chinese", required=True, length=20),
        Column("price", "Unit price, tax included", Kind.MONEY, least=1),
        Column("days", "Delivery in days after the order", Kind.WHOLE, most=999),
        Column("from", "First day", Kind.DAY),
        Column("output", "What is delivered", Kind.CHOICE, choices={"goods": "Goods", "service": "Service"}),
        Column("open", "Specification not tied to a proprietary one", Kind.YES_NO),
    ),
)
ROW = ("A-1", "智慧號誌", 160000, 30, date(2026, 3, 2), "goods", True)


@pytest.fixture(autouse=True)
def request_context(app):
    with app.test_request_context():
        yield


def file(rows, form=Format.CSV, language="zh_Hant_TW"):
    return written(SHEET, rows, form, language=language, made_on=MADE)


def csv(text, **more):
    return read(SHEET, Upload("items.csv", text.encode() if isinstance(text, str) else text), **more)


def faults(reading):
    return [(p.row, p.column.key if p.column else None, p.denial.code) for p in reading.problems]


def refused(content, name="items.csv", **more):
    with pytest.raises(Refused) as caught:
        read(SHEET, Upload(name, content), **more)
    assert refusal(caught.value.denial)
    return caught.value.denial.code


def ods(body, more=""):
    """An ODS file around the rows of a table."""
    content = odf.part(
        "document-content",
        f'<office:body><office:spreadsheet><table:table table:name="S">{body}</table:table>{more}'
        "</office:spreadsheet></office:body>",
    )
    return odf.package(odf.SPREADSHEET, {"content.xml": content})


def cells(*texts):
    return (
        "<table:table-row>"
        + "".join(
            t
            if t.startswith("<")
            else f'<table:table-cell office:value-type="string"><text:p>{t}</text:p></table:table-cell>'
            for t in texts
        )
        + "</table:table-row>"
    )


# --- out and in ---


@pytest.mark.parametrize("form", Format)
@pytest.mark.parametrize("language", ["zh_Hant_TW", "en"])
def test_what_goes_out_comes_back(form, language):
    rows = [ROW, (None, "=cmd|' /C calc'!A1", None, None, None, "service", False)]
    reading = read(SHEET, Upload(f"items.{form}", file(rows, form, language)))
    assert reading.problems == []
    assert [tuple(row.values[c.key] for c in SHEET.columns) for row in reading.rows] == rows
    assert [row.number for row in reading.rows] == [2, 3]


@pytest.mark.parametrize("form", Format)
def test_heads_stand_in_both_languages_whatever_the_reader_speaks(form):
    content = file([ROW], form)
    text = (
        content.decode("utf-8-sig")
        if form is Format.CSV
        else odfdo.Document(io.BytesIO(content)).body.inner_text
    )
    assert "Title in Chinese" in text
    assert "中文名稱" in text or "標題" in text
    assert file([ROW], form) == content


def test_csv_begins_with_the_mark_of_utf8():
    assert file([ROW]).startswith(b"\xef\xbb\xbf")


def test_ods_holds_typed_cells_and_no_formula():
    content = file([("A", "=1+1", 160000, 5, date(2026, 3, 2), "goods", True)], Format.ODS)
    table = odfdo.Document(io.BytesIO(content)).body.tables[0]
    assert table.get_value((1, 1)) == "=1+1"
    assert table.get_value((2, 1)) == Decimal(160000)
    assert b"formula" not in zipfile.ZipFile(io.BytesIO(content)).read("content.xml")


@given(st.text(alphabet=st.characters(blacklist_characters="\0"), max_size=20))
def test_a_defused_text_begins_no_formula_and_comes_back_whole(text):
    safe = defused(text)
    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
    assert fused(safe) == text


@given(st.text(alphabet="'=+-@ab\t", max_size=8))
def test_quotes_before_signs_come_back_too(text):
    assert fused(defused(text)) == text


# --- what is wrong with a row ---


def test_every_fault_is_named_with_its_row_and_column():
    reading = csv(
        "code,title,price,days,from,output,open\n"
        "A,號誌,160000,30,2026-03-02,goods,yes\n"
        "\n"
        ",,0,1.5,2026-02-30,money,perhaps\n"
        "A,很長很長很長很長很長很長很長很長很長很長很長,-5,1000,3,Service,no,surplus\n"
    )
    assert [row.number for row in reading.rows] == [2]
    assert faults(reading) == [
        (4, "title", "sheet.missing"),
        (4, "price", "sheet.too_small"),
        (4, "days", "sheet.not_whole"),
        (4, "from", "date.impossible"),
        (4, "output", "sheet.not_a_choice"),
        (4, "open", "sheet.not_a_choice"),
        (5, None, "sheet.surplus"),
        (5, "title", "sheet.too_long"),
        (5, "price", "money.negative"),
        (5, "days", "sheet.too_big"),
        (5, "from", "date.not_a_date"),
    ]
    assert all(refusal(problem.denial) for problem in reading.problems)


def test_rows_are_counted_as_the_spreadsheet_counts_records():
    reading = csv('title,price\n"two\nlines",1\n號誌,x\n')
    assert [row.number for row in reading.rows] == [2]
    assert faults(reading) == [(3, "price", "money.not_a_number")]


def test_columns_may_come_in_any_order_under_any_of_their_names():
    head = f"單價（含稅）;{SHEET.columns[1].head};CODE"
    reading = csv(f"{head}\n16 萬;號誌;ａ１\n")
    [row] = reading.rows
    assert row.values["title"] == "號誌"
    assert row.values["code"] == "ａ１"
    if folded("單價（含稅）") in folded(SHEET.columns[2].head):
        assert row.values["price"] == 160000


def test_unknown_columns_are_left_out_with_a_word():
    reading = csv("title,colour\n號誌,red\n")
    assert [remark.code for remark in reading.remarks] == ["sheet.unknown_column"]
    assert len(reading.rows) == 1


def test_big5_is_read_with_a_word():
    reading = csv("title,price\n號誌,160000\n".encode("cp950"))
    assert [remark.code for remark in reading.remarks] == ["sheet.read_as_big5"]
    assert reading.rows[0].values["title"] == "號誌"


def test_a_formula_in_csv_is_a_text_like_any_other():
    reading = csv("title,price\n=1+1,=1+1\n'=1+1,5\n")
    assert faults(reading) == [(2, "price", "money.not_a_number")]
    assert reading.rows[0].values["title"] == "=1+1"


def test_a_formula_in_ods_is_named_and_not_computed():
    formula = (
        '<table:table-cell table:formula="of:=1+1" office:value-type="float" office:value="2">'
        "<text:p>2</text:p></table:table-cell>"
    )
    reading = read(SHEET, Upload("a.ods", ods(cells("title", "price") + cells("號誌", formula))))
    assert faults(reading) == [(2, "price", "sheet.formula")]


# --- what is refused as a whole ---


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "sheet.empty"),
        (b"title,price\n", "sheet.empty"),
        ("title\n號誌\n".encode("utf-16"), "sheet.utf16"),
        (b"%PDF-1.7\n", "sheet.wrong_kind"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "sheet.wrong_kind"),
        (b"title\n\xff\xfe\xfd\n", "sheet.unreadable"),
        (b"price\n5\n", "sheet.lacks_column"),
        (b"title,title\na,b\n", "sheet.twice"),
        (b'title\n"never closed\n', "sheet.damaged"),
        (b"title," + b"," * 80 + b"\na\n", "sheet.too_many_columns"),
        (b"title\n" + b"a" * 10_001 + b"\n", "sheet.cell_too_long"),
        (b"title\n" + b"a\n" * 2_001, "sheet.too_many_rows"),
    ],
)
def test_files_that_are_refused_say_why(content, code):
    assert refused(content) == code


def test_limits_are_the_callers():
    assert len(csv("title\n" + "a\n" * 5, limits=Limits(rows=5)).rows) == 5
    assert refused(b"title\n" + b"a\n" * 6, limits=Limits(rows=5)) == "sheet.too_many_rows"


# --- ODS as office programs and as attackers write it ---


def test_repeated_empty_rows_and_cells_cost_nothing():
    blank = (
        '<table:table-row table:number-rows-repeated="1048000">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    tail = '<table:table-cell table:number-columns-repeated="16000"/>'
    reading = read(SHEET, Upload("a.ods", ods(cells("title", tail) + blank + cells("號誌", tail))))
    assert [(row.number, row.values["title"]) for row in reading.rows] == [(1_048_002, "號誌")]


def test_repeated_full_rows_are_bounded():
    full = cells("號誌").replace(
        "<table:table-row", '<table:table-row table:number-rows-repeated="1048000"', 1
    )
    assert refused(ods(cells("title") + full), "a.ods") == "sheet.too_many_rows"
    wide = cells(
        '<table:table-cell table:number-columns-repeated="16384"><text:p>x</text:p></table:table-cell>'
    )
    assert refused(ods(cells("title") + wide), "a.ods") == "sheet.too_many_columns"


def test_spaces_lines_and_pinned_remarks():
    text = (
        '<table:table-cell office:value-type="string"><office:annotation><text:p>remark</text:p></office:annotation>'
        '<text:p>a<text:s text:c="2"/>b<text:line-break/>c</text:p><text:p><text:span>d</text:span></text:p></table:table-cell>'
    )
    reading = read(SHEET, Upload("a.ods", ods(cells("title") + cells(text))))
    assert reading.rows[0].values["title"] == "a  b\nc\nd"


def test_only_the_first_table_is_read():
    more = f'<table:table table:name="T">{cells("x")}</table:table>'
    reading = read(SHEET, Upload("a.ods", ods(cells("title") + cells("號誌"), more)))
    assert [row.values["title"] for row in reading.rows] == ["號誌"]


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize("declared", [BOMB, OUTSIDE])
def test_entities_are_refused(declared):
    good = odf.part("document-content", "<office:body/>").split("\n", 1)[1]
    content = f'<?xml version="1.0"?>\n{declared}{good}'
    assert refused(odf.package(odf.SPREADSHEET, {"content.xml": content}), "a.ods") == "sheet.damaged"


def test_a_package_that_unpacks_to_too_much_is_refused():
    many = ods(cells("title") + cells("a" * 50) * 300_000)
    assert len(many) < 1_000_000
    assert refused(many, "a.ods") in ("file.dangerous", "sheet.too_many_rows")
    assert refused(many, "a.ods", limits=Limits(unpacked=1000)) in ("file.dangerous", "sheet.too_many_rows")


@pytest.mark.parametrize("cut", [30, 200, 600])
def test_damaged_packages_are_refused(cut):
    content = file([ROW], Format.ODS)
    assert refused(content[:cut], "a.ods") in ("sheet.damaged", "file.disagrees")


def test_another_package_is_no_table():
    assert refused(odf.package(odf.TEXT, {"content.xml": "<x/>"}), "a.ods") == "file.disagrees"


@given(st.binary(max_size=200))
def test_no_bytes_bring_the_reader_down(content):
    with suppress(Refused):
        assert read(SHEET, Upload("a.csv", content)).rows is not None


@given(st.text(max_size=200))
def test_no_xml_brings_the_reader_down(text):
    package = odf.package(odf.SPREADSHEET, {"content.xml": text})
    with pytest.raises(Refused):
        read(SHEET, Upload("a.ods", package))
