"""The main menu and the account menu; slices add their entries through wiring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import current_app, request, url_for
from flask_babel import gettext

from matchmaker.web.access import Audience


@dataclass(frozen=True, slots=True)
class Entry:
    """A menu entry: English label, endpoint, who sees it, and whether only in development."""

    label: str
    endpoint: str
    audience: Audience = Audience.PUBLIC
    development_only: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A menu entry as shown."""

    label: str
    url: str
    current: bool


class Menu:
    """Entries in the order in which wiring adds them."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def add(self, *entries: Entry) -> None:
        for entry in entries:
            if entry not in self.entries:
                self.entries.append(entry)

    def shown_to(self, audiences: frozenset[str]) -> list[Link]:
        """The entries this person may follow."""
        here = request.path
        doors = audiences | {Audience.PUBLIC}
        developing = current_app.extensions["settings"].is_development
        links = []
        for entry in self.entries:
            if entry.audience in doors and (developing or not entry.development_only):
                url = url_for(entry.endpoint)
                inside = here == url or (url != "/" and here.startswith(url.rstrip("/") + "/"))
                links.append(Link(gettext(entry.label), url, inside))
        best = max((link.url for link in links if link.current), key=len, default="")
        return [Link(link.label, link.url, link.current and link.url == best) for link in links]


main = Menu()
workplace = Menu()

PanelMaker = Callable[..., str]
_panels: dict[str, list[PanelMaker]] = {}


def add_panels(place: str, *makers: PanelMaker) -> None:
    """Let a later slice show something on an earlier slice's page, in this order."""
    for maker in makers:
        known = _panels.setdefault(place, [])
        if maker not in known:
            known.append(maker)


def panels(place: str, **context: Any) -> list[str]:
    """The rendered panels of a place, empty ones left out."""
    made = [maker(**context) for maker in _panels.get(place, [])]
    return [panel for panel in made if panel]
