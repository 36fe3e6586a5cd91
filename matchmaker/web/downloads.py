"""Stored files as downloads that a browser never runs."""

from __future__ import annotations

from flask import Response, send_file

from matchmaker.foundation.files import StoredFile, path_of
from matchmaker.kernel.errors import NotFound


def attachment(file: StoredFile) -> Response:
    """The file under its own name (RFC 6266), always as an attachment, in a sandbox."""
    path = path_of(file)
    if not path.is_file():
        raise NotFound
    response = send_file(
        path,
        mimetype=file.media_type,
        as_attachment=True,
        download_name=file.name,
        max_age=0,
        conditional=False,
    )
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    return response
