"""Uploaded files: refused before they are stored, kept under a random name, content-addressed in the row.

Allowed kinds are a short list; the name's ending and the content must agree; Office packages are looked
into before anything unpacks them.
"""

from __future__ import annotations

import hashlib
import io
import os
import secrets
import unicodedata
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import filetype
from flask import current_app
from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.foundation.db import Model, Referenced, UtcDateTime, db
from matchmaker.kernel.decision import Reason, deny
from matchmaker.kernel.errors import Refused
from matchmaker.kernel.words import N_

ZIPPED = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
}
PLAIN = {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg"}
TEXT = {"txt": "text/plain", "csv": "text/csv"}
ALLOWED: Mapping[str, str] = ZIPPED | PLAIN | TEXT

MAX_NAME = 120
MAX_ARCHIVE_FILES = 2_000
MAX_ARCHIVE_BYTES = 200 * 1024 * 1024
MAX_ARCHIVE_RATIO = 200
MAX_PIXELS = 50_000_000
PROGRAMS = ("vbaproject.bin", ".exe", ".dll", ".js", ".vbs", ".bat", ".cmd", ".ps1", ".jar")

TOO_LARGE = Reason(
    "file.too_large", N_("“%(name)s” is larger than %(limit)s MB. Make it smaller or split it.")
)
EMPTY = Reason("file.empty", N_("“%(name)s” is empty."))
WRONG_KIND = Reason("file.wrong_kind", N_("“%(name)s” cannot be taken. Files of these kinds can: %(kinds)s."))
DISAGREES = Reason(
    "file.disagrees", N_("The content of “%(name)s” is not what its ending says. Save it again and retry.")
)
NOT_UTF8 = Reason(
    "file.not_utf8", N_("“%(name)s” is not text in UTF-8. Save it with the encoding UTF-8 and retry.")
)
DANGEROUS = Reason(
    "file.dangerous",
    N_("“%(name)s” holds more than it should: macros, programs or too much data. Save it without them."),
)


class StoredFile(Referenced, Model):
    """A file as stored: its shown name, size in bytes and SHA-256; ``place`` is its random name on disk."""

    __tablename__ = "stored_file"
    name: Mapped[str] = mapped_column(String(MAX_NAME))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    place: Mapped[str] = mapped_column(String(64), unique=True)
    uploaded_by: Mapped[str] = mapped_column(String(32))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime())


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came in: a cleaned name and its whole content."""

    name: str
    content: bytes


def clean_name(name: str) -> str:
    """A name that is safe to show and to offer: no path, no control characters, at most 120 characters."""
    base = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    kept = "".join(c for c in base if unicodedata.category(c)[0] != "C" and c not in '<>:"|?*').strip(" .")
    stem, dot, ending = kept.rpartition(".")
    if len(kept) > MAX_NAME and dot and len(ending) < MAX_NAME:
        kept = stem[: MAX_NAME - len(ending) - 1] + "." + ending
    return kept[:MAX_NAME] or "file"


def read(stream: BinaryIO, name: str, *, limit: int) -> Upload:
    """Read an upload up to ``limit`` bytes; raises Refused where it is larger."""
    content = stream.read(limit + 1)
    cleaned = clean_name(name)
    if len(content) > limit:
        raise Refused(deny(TOO_LARGE, name=cleaned, limit=limit // (1024 * 1024)))
    return Upload(cleaned, content)


def inspect(upload: Upload) -> str:
    """The media type of an acceptable file; raises Refused with the reason otherwise."""
    name = upload.name
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if ending not in ALLOWED:
        raise Refused(deny(WRONG_KIND, name=name, kinds=", ".join(sorted(ALLOWED))))
    if not upload.content:
        raise Refused(deny(EMPTY, name=name))
    if ending in TEXT:
        _inspect_text(upload)
    elif ending in ZIPPED:
        inspect_package(upload, ZIPPED[ending])
    else:
        guessed = filetype.guess(upload.content)
        if guessed is None or guessed.mime != PLAIN[ending] or _is_polyglot(upload.content, ending):
            raise Refused(deny(DISAGREES, name=name))
        if ending in ("png", "jpg", "jpeg"):
            _inspect_picture(upload)
    return ALLOWED[ending]


def _is_polyglot(content: bytes, ending: str) -> bool:
    if ending == "pdf":
        return not content.startswith(b"%PDF-") or zipfile.is_zipfile(io.BytesIO(content))
    return zipfile.is_zipfile(io.BytesIO(content)) or b"%PDF-" in content[:1024]


def _inspect_text(upload: Upload) -> None:
    if b"\0" in upload.content or upload.content.startswith((b"%PDF-", b"PK\x03\x04")):
        raise Refused(deny(DISAGREES, name=upload.name))
    try:
        text = upload.content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(deny(NOT_UTF8, name=upload.name)) from None
    if text.lstrip().lower().startswith(("<!doctype", "<html", "<script", "<svg")):
        raise Refused(deny(DISAGREES, name=upload.name))


def _inspect_picture(upload: Upload) -> None:
    size = _picture_size(upload.content)
    if size is None or size[0] * size[1] > MAX_PIXELS:
        raise Refused(deny(DANGEROUS, name=upload.name))


def _picture_size(content: bytes) -> tuple[int, int] | None:
    """Width and height from the header alone; a picture is never unpacked here."""
    if content.startswith(b"\x89PNG") and len(content) >= 24:
        return int.from_bytes(content[16:20]), int.from_bytes(content[20:24])
    at = 2
    while at + 9 < len(content) and content[at] == 0xFF:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4])
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(content[at + 7 : at + 9]), int.from_bytes(content[at + 5 : at + 7])
        if length < 2:
            return None
        at += 2 + length
    return None


def inspect_package(upload: Upload, expected: str) -> None:
    """Look into an office package before anything unpacks it; raises Refused where it is not what it should be."""
    if not upload.content.startswith(b"PK\x03\x04"):
        raise Refused(deny(DISAGREES, name=upload.name))
    try:
        with zipfile.ZipFile(io.BytesIO(upload.content)) as package:
            members = package.infolist()
            _inspect_members(upload, members)
            agrees = _is_package(package, {member.filename for member in members}, expected)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError):
        # Damaged, encrypted or packed in a way that no office program uses.
        raise Refused(deny(DISAGREES, name=upload.name)) from None
    if not agrees:
        raise Refused(deny(DISAGREES, name=upload.name))


def _is_package(package: zipfile.ZipFile, names: set[str], expected: str) -> bool:
    """Is the archive a document of the expected media type?"""
    root = {ZIPPED["docx"]: "word/", ZIPPED["xlsx"]: "xl/", ZIPPED["pptx"]: "ppt/"}.get(expected)
    if root is not None:
        return "[Content_Types].xml" in names and any(name.startswith(root) for name in names)
    if "mimetype" not in names:
        return False
    with package.open("mimetype") as file:
        return file.read(100).decode("ascii", "replace").strip() == expected


def _inspect_members(upload: Upload, members: list[zipfile.ZipInfo]) -> None:
    total = sum(member.file_size for member in members)
    packed = max(1, sum(member.compress_size for member in members))
    dangerous = (
        len(members) > MAX_ARCHIVE_FILES
        or total > MAX_ARCHIVE_BYTES
        or (total > 10 * 1024 * 1024 and total / packed > MAX_ARCHIVE_RATIO)
        or any(
            member.filename.startswith(("/", "\\"))
            or ".." in member.filename.replace("\\", "/").split("/")
            or (member.external_attr >> 16) & 0o170000 == 0o120000
            or member.filename.lower().endswith(PROGRAMS)
            or member.filename.startswith(("Basic/", "Scripts/"))
            for member in members
        )
    )
    if dangerous:
        raise Refused(deny(DANGEROUS, name=upload.name))


def store(upload: Upload, *, by: str, at: datetime) -> StoredFile:
    """Check, write under a random name, sync, then add the row; raises Refused before anything is kept."""
    media_type = inspect(upload)
    place = secrets.token_hex(24)
    path = _path(place)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(upload.content)
        file.flush()
        os.fsync(file.fileno())
    row = StoredFile(
        name=upload.name,
        media_type=media_type,
        size=len(upload.content),
        sha256=hashlib.sha256(upload.content).hexdigest(),
        place=place,
        uploaded_by=by,
        uploaded_at=at,
    )
    db.session.add(row)
    db.session.flush()
    return row


def _path(place: str) -> Path:
    root: Path = current_app.extensions["settings"].files_dir
    return root / place[:2] / place


def path_of(file: StoredFile) -> Path:
    """Where the content lies."""
    return _path(file.place)
