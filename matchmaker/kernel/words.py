"""Marks for words that are translated where they are shown, not where they are written."""

from __future__ import annotations


def N_(message: str) -> str:
    """Mark an English message for translation and give it back unchanged."""
    return message
