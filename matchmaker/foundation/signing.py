"""Texts that only this installation can have signed, for addresses that need no sign-in."""

from __future__ import annotations

import hashlib
import hmac

from flask import current_app


def sign(purpose: str, text: str) -> str:
    """The text with its signature; good for this purpose alone and without end."""
    return f"{text}.{_mark(purpose, text)}"


def read(purpose: str, signed: str) -> str | None:
    """The text of ``sign``; None where the signature is not ours."""
    text, _dot, mark = signed.rpartition(".")
    return text if hmac.compare_digest(mark.encode(), _mark(purpose, text).encode()) else None


def _mark(purpose: str, text: str) -> str:
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"{purpose}\0{text}".encode(), hashlib.sha256).hexdigest()[:40]
