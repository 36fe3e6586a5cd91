"""Paging and filters of list pages: allow-listed, kept in the address."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from urllib.parse import quote, urlencode

from flask import request

PER_PAGE = 20
LAST_PAGE = 10_000


@dataclass(frozen=True, slots=True)
class Page:
    """Which slice of a list is shown; ``total`` counts all rows that match."""

    page: int
    total: int
    per_page: int = PER_PAGE

    @property
    def pages(self) -> int:
        return max(1, ceil(self.total / self.per_page))

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.per_page

    def url(self, number: int) -> str:
        """The same list at another page."""
        return address(page=str(number), lang=None)


def address(**changes: str | None) -> str:
    """The present address with some arguments changed, or left out where the change is None."""
    args = {name: values for name, values in request.args.to_dict(flat=False).items() if name not in changes}
    args |= {name: [value] for name, value in changes.items() if value is not None}
    path = request.root_path + quote(request.path)
    return f"{path}?{urlencode(args, doseq=True)}" if args else path


def asked_page() -> int:
    """The page number in the address, 1 where there is none or it makes no sense."""
    text = request.args.get("page", "1")
    return min(max(1, int(text)), LAST_PAGE) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def asked(name: str, known: object, default: str = "") -> str:
    """A filter in the address, only if it is one of the known values."""
    value = request.args.get(name, "")
    return value if value in list(map(str, known)) else default  # type: ignore[call-overload]


def asked_many(name: str, known: object) -> list[str]:
    """Several values of a filter, known ones only."""
    values = list(map(str, known))  # type: ignore[call-overload]
    return [value for value in dict.fromkeys(request.args.getlist(name)) if value in values]


def asked_text(name: str = "q", length: int = 200) -> str:
    """Free words of a search, trimmed and without control characters."""
    text = request.args.get(name, "")[:length]
    return "".join(c for c in text if c.isprintable()).strip()
