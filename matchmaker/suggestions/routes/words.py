"""What every page of suggestions needs: labels, tones, and where the reader came from."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException

from matchmaker.kernel.programme import DOMAIN_LABELS
from matchmaker.suggestions.states import BAND_LABELS, DISMISS_LABELS, FILTER_LABELS, PASSED_LABELS

BAND_TONES = {"strong": "open", "fair": "pilot", "weak": "draft"}
WORDS = {
    "bands": BAND_LABELS,
    "band_tones": BAND_TONES,
    "filters": FILTER_LABELS,
    "passed_labels": PASSED_LABELS,
    "reasons": DISMISS_LABELS,
    "domain_labels": DOMAIN_LABELS,
}


def came_from() -> tuple[str, dict[str, Any]]:
    """The endpoint and its values of the page of ours that the reader followed a link on; ("", {}) for others."""
    parts = urlsplit(request.referrer or "")
    if not parts.netloc or parts.netloc != request.host:
        return "", {}
    adapter = current_app.url_map.bind(request.host)
    try:
        endpoint, values = adapter.match(parts.path, method="GET")
    except HTTPException:
        return "", {}
    return str(endpoint), dict(values)
