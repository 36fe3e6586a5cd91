"""Log lines that carry the request they belong to and cannot be forged by line breaks in input."""

from __future__ import annotations

import logging
import sys

from flask import g, has_request_context

CONTROL = {code: f"\\x{code:02x}" for code in (*range(32), 127)}


class OneLine(logging.Formatter):
    """Time in UTC, level, request id, message; control characters are written as escapes."""

    def format(self, record: logging.LogRecord) -> str:
        record.request_id = getattr(g, "request_id", "-") if has_request_context() else "-"
        record.msg = str(record.getMessage()).translate(CONTROL)
        record.args = ()
        return super().format(record)


def configure(*, verbose: bool = False) -> None:
    """Write the product's log to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine("%(asctime)s %(levelname)s %(request_id)s %(name)s %(message)s"))
    logger = logging.getLogger("matchmaker")
    logger.handlers = [handler]
    logger.setLevel(logging.DEBUG if verbose else logging.INFO)
    logger.propagate = False
