"""OpenDocument packages: the archive and the XML that texts and spreadsheets share.

Written here and not by a library: a file then holds nothing but what the product put in, needs no template, and
equal content gives equal bytes. Independent readers open the files in the tests.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from datetime import date
from xml.sax.saxutils import escape

TEXT = "application/vnd.oasis.opendocument.text"
SPREADSHEET = "application/vnd.oasis.opendocument.spreadsheet"

NAMESPACES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "number": "urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0",
    "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
    "svg": "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0",
    "meta": "urn:oasis:names:tc:opendocument:xmlns:meta:1.0",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xlink": "http://www.w3.org/1999/xlink",
}
MANIFEST = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"

# What XML 1.0 cannot hold.
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPECIAL = re.compile(r"\n|\t| {2,}|^ | $")
_LONG_AGO = (1980, 1, 1, 0, 0, 0)


def plain(text: str) -> str:
    """The text for an attribute or an element: escaped, without characters that XML cannot hold."""
    return escape(_FORBIDDEN.sub("", text), {'"': "&quot;"})


def inline(text: str) -> str:
    """The text for a paragraph: line breaks, tabs and runs of spaces kept."""

    def special(match: re.Match[str]) -> str:
        found = match.group()
        if found == "\n":
            return "<text:line-break/>"
        if found == "\t":
            return "<text:tab/>"
        return f'<text:s text:c="{len(found)}"/>'

    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _SPECIAL.sub(special, plain(text))


def part(root: str, body: str) -> str:
    """A part of a package: ``root`` is its element, such as ``document-content``."""
    spaces = " ".join(f'xmlns:{name}="{uri}"' for name, uri in NAMESPACES.items())
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<office:{root} {spaces} office:version="1.3">{body}</office:{root}>'
    )


def meta(*, title: str, language: str, made_on: date) -> str:
    """The part that says what the file is; nobody's name and no clock."""
    return part(
        "document-meta",
        "<office:meta><meta:generator>Matchmaker</meta:generator>"
        f"<dc:title>{plain(title)}</dc:title><dc:language>{plain(language)}</dc:language>"
        f"<meta:creation-date>{made_on.isoformat()}T00:00:00</meta:creation-date></office:meta>",
    )


def package(media_type: str, parts: Mapping[str, str]) -> bytes:
    """The archive: the media type first and unpacked, as the standard wants it, then the parts."""
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="text/xml"/>' for name in parts
    )
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<manifest:manifest xmlns:manifest="{MANIFEST}" manifest:version="1.3">'
        f'<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="{media_type}"/>'
        f"{entries}</manifest:manifest>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        _add(archive, "mimetype", media_type, zipfile.ZIP_STORED)
        for name, content in {**parts, "META-INF/manifest.xml": manifest}.items():
            _add(archive, name, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _add(archive: zipfile.ZipFile, name: str, content: str, compression: int) -> None:
    info = zipfile.ZipInfo(name, _LONG_AGO)
    info.compress_type = compression
    info.create_system = 0
    archive.writestr(info, content.encode())
