"""The main menu and the account menu; slices add their entries through wiring."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import current_app, request, url_for
from flask_babel import gettext

from matchmaker.web.access import Audience


@dataclass(frozen=True, slots=True)
class Entry:
    """A menu entry: English label, endpoint, who sees it, and whether only in development.

    Entries of one ``group`` (an English label) stand behind that word, at the place of the first of them.
    """

    label: str
    endpoint: str
    audience: Audience = Audience.PUBLIC
    development_only: bool = False
    group: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A menu entry as shown; a group has links of its own and no address."""

    label: str
    url: str
    current: bool
    links: tuple[Link, ...] = ()


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
        found = []
        for entry in self.entries:
            if entry.audience in doors and (developing or not entry.development_only):
                url = url_for(entry.endpoint)
                inside = here == url or (url != "/" and here.startswith(url.rstrip("/") + "/"))
                found.append((entry.group, Link(gettext(entry.label), url, inside)))
        best = max((link.url for _group, link in found if link.current), key=len, default="")
        return _grouped(
            [(group, replace(link, current=link.current and link.url == best)) for group, link in found]
        )


def _grouped(found: Sequence[tuple[str, Link]]) -> list[Link]:
    """The links in order, those of a group together behind its word; a group of one stays a link."""
    members: dict[str, list[Link]] = {}
    for group, link in found:
        members.setdefault(group or link.url, []).append(link)
    made = []
    for group, links in members.items():
        if len(links) == 1:
            made += links
        else:
            made.append(Link(gettext(group), "", any(link.current for link in links), tuple(links)))
    return made


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
