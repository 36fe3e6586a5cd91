"""Uploads: what is taken, what is refused before anything is stored, and the names they get."""

import hashlib
import io
import stat
import struct
import zipfile
import zlib

import pytest
from sqlalchemy import func, select

from matchmaker.foundation import files
from matchmaker.foundation.db import db, unit_of_work
from matchmaker.foundation.files import Upload, clean_name, inspect, path_of, read, store
from matchmaker.kernel.errors import Refused
from tests.world import NOW

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffc0001108000a000a03012200021101031101ffd9")


def png(width=2, height=2):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0\0\0" * 2))
        + chunk(b"IEND", b"")
    )


def archive(members, compression=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as package:
        for name, content in members.items():
            package.writestr(name, content)
    return buffer.getvalue()


def docx(**more):
    return archive({"[Content_Types].xml": "<Types/>", "word/document.xml": "<document/>", **more})


def odt(**more):
    return archive({"mimetype": files.ZIPPED["odt"], "content.xml": "<office/>", **more})


GOOD = {
    "計畫書.pdf": PDF,
    "photo.png": png(),
    "photo.JPG": JPEG,
    "notes.txt": "第一行\n第二行".encode(),
    "bom.csv": b"\xef\xbb\xbfa,b\n1,2\n",
    "starts like a bitmap.txt": b"BMI, age\n22, 70\n",
    "plan.docx": docx(),
    "plan.xlsx": archive({"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<workbook/>"}),
    "plan.pptx": archive({"[Content_Types].xml": "<Types/>", "ppt/presentation.xml": "<p/>"}),
    "plan.odt": odt(),
    "plan.ods": archive({"mimetype": files.ZIPPED["ods"], "content.xml": "<office/>"}),
}


@pytest.mark.parametrize("name", GOOD)
def test_the_allowed_kinds_are_taken(name):
    assert inspect(Upload(name, GOOD[name])) == files.ALLOWED[name.rpartition(".")[2].lower()]


def symlinked():
    buffer = io.BytesIO(docx())
    with zipfile.ZipFile(buffer, "a") as package:
        link = zipfile.ZipInfo("word/link.xml")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        package.writestr(link, "/etc/passwd")
    return buffer.getvalue()


def encrypted(content):
    """The same archive with the flag that says its members are encrypted."""
    made = bytearray(content)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = made.find(mark)
        while at >= 0:
            made[at + offset] |= 1
            at = made.find(mark, at + 4)
    return bytes(made)


BAD = {
    "nothing.pdf": (b"", files.EMPTY),
    "program.exe": (b"MZ", files.WRONG_KIND),
    "page.html": (b"<html>", files.WRONG_KIND),
    "picture.svg": (b"<svg/>", files.WRONG_KIND),
    "no ending": (PDF, files.WRONG_KIND),
    "plan.pdf.exe": (PDF, files.WRONG_KIND),
    "not a pdf.pdf": (png(), files.DISAGREES),
    "not a picture.png": (PDF, files.DISAGREES),
    "late start.pdf": (b"GIF89a" + PDF, files.DISAGREES),
    "pdf and zip.pdf": (PDF + docx(), files.DISAGREES),
    "png and zip.png": (png() + docx(), files.DISAGREES),
    "jpeg and pdf.jpg": (JPEG[:20] + PDF + JPEG[20:], files.DISAGREES),
    "page.txt": (b"\xef\xbb\xbf  <!DOCTYPE html><script>", files.DISAGREES),
    "script.csv": (b"<script>alert(1)</script>", files.DISAGREES),
    "binary.txt": (b"a\0b", files.DISAGREES),
    "big5.csv": ("臺北".encode("big5"), files.NOT_UTF8),
    "text.docx": (b"hello", files.DISAGREES),
    "a zip only.docx": (archive({"readme.txt": "hello"}), files.DISAGREES),
    "sheet as text.docx": (GOOD["plan.xlsx"], files.DISAGREES),
    "sheet as text.odt": (GOOD["plan.ods"], files.DISAGREES),
    "something before.docx": (b"<html>" + docx(), files.DISAGREES),
    "torn.docx": (docx()[:-30], files.DISAGREES),
    "locked.odt": (encrypted(odt()), files.DISAGREES),
    "macro.docx": (docx(**{"word/vbaProject.bin": b"x"}), files.DANGEROUS),
    "macro.odt": (odt(**{"Basic/Standard/Module1.xml": "<x/>"}), files.DANGEROUS),
    "script.odt": (odt(**{"Scripts/python/run.py": "pass"}), files.DANGEROUS),
    "program inside.docx": (docx(**{"word/embeddings/setup.exe": b"MZ"}), files.DANGEROUS),
    "climbs.docx": (docx(**{"../../etc/passwd": b"x"}), files.DANGEROUS),
    "climbs the other way.docx": (docx(**{"..\\..\\boot.ini": b"x"}), files.DANGEROUS),
    "from the root.docx": (docx(**{"/etc/passwd": b"x"}), files.DANGEROUS),
    "linked.docx": (symlinked(), files.DANGEROUS),
    "bomb.docx": (docx(**{"word/media/zeros": bytes(11 * 1024 * 1024)}), files.DANGEROUS),
    "many.docx": (docx(**{f"word/{n}.xml": b"" for n in range(files.MAX_ARCHIVE_FILES)}), files.DANGEROUS),
    "flood.png": (png(10_001, 10_001), files.DANGEROUS),
    "flood.jpg": (JPEG.replace(bytes.fromhex("000a000a"), bytes.fromhex("ffffffff")), files.DANGEROUS),
    "no size.jpg": (JPEG[:20], files.DANGEROUS),
}


@pytest.mark.parametrize("name", BAD)
def test_everything_else_is_refused_with_its_reason(name):
    content, reason = BAD[name]
    with pytest.raises(Refused) as refused:
        inspect(Upload(name, content))
    assert refused.value.denial.reason is reason
    assert refused.value.denial.params["name"] == name


def test_a_file_over_the_limit_is_not_read_to_its_end():
    stream = io.BytesIO(bytes(3_000_000))
    with pytest.raises(Refused) as refused:
        read(stream, "big.pdf", limit=1024 * 1024)
    assert refused.value.denial.reason is files.TOO_LARGE
    assert refused.value.denial.params == {"name": "big.pdf", "limit": 1}
    assert stream.tell() == 1024 * 1024 + 1


def test_a_file_of_just_the_limit_is_taken():
    assert len(read(io.BytesIO(bytes(100)), "a.pdf", limit=100).content) == 100


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("計畫書.pdf", "計畫書.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\王\\計畫.docx", "計畫.docx"),
        ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie x=1.pdf"),
        ('a"b<c>d|e?f*.pdf', "abcdef.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("   .pdf  ", "pdf"),
        ("..", "file"),
        ("", "file"),
        ("é.pdf", "é.pdf"),
        ("長" * 300 + ".pdf", "長" * 116 + ".pdf"),
        ("a." + "b" * 300, ("a." + "b" * 300)[:120]),
    ],
)
def test_names_are_cleaned(given, kept):
    assert clean_name(given) == kept


def test_a_stored_file_lies_under_a_random_name_with_its_sum(app):
    with unit_of_work():
        first = store(Upload("plan.pdf", PDF), by="bob", at=NOW)
        second = store(Upload("plan.pdf", PDF), by="bob", at=NOW)
    assert path_of(first).read_bytes() == PDF
    assert stat.S_IMODE(path_of(first).stat().st_mode) == 0o600
    assert first.place != second.place
    assert "plan" not in str(path_of(first))
    assert (first.size, first.sha256) == (len(PDF), hashlib.sha256(PDF).hexdigest())
    assert (first.media_type, first.uploaded_by, first.uploaded_at) == ("application/pdf", "bob", NOW)


def test_a_refused_file_leaves_nothing_behind(app):
    root = app.extensions["settings"].files_dir
    before = set(root.rglob("*"))
    with unit_of_work(), pytest.raises(Refused):
        store(Upload("plan.exe", b"MZ"), by="bob", at=NOW)
    assert set(root.rglob("*")) == before
    assert db.session.scalar(select(func.count(files.StoredFile.id))) == 0
