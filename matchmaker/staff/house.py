"""The workings of the house, read from its own tables: lifecycles, doors, data, events, jobs."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask

import matchmaker
from matchmaker.foundation import bus, jobs, schema
from matchmaker.kernel.machine import Machine
from matchmaker.kernel.words import N_
from matchmaker.web.access import Audience, audiences_of


def lifecycles() -> list[Machine[Any]]:
    """Every lifecycle, in the order of the life of an idea."""
    found: dict[str, Machine[Any]] = {}
    for name in _slices():
        try:
            module = importlib.import_module(f"matchmaker.{name}.states")
        except ModuleNotFoundError:
            continue
        for value in vars(module).values():
            if isinstance(value, Machine):
                found.setdefault(value.name, value)
    return list(found.values())


ORDER = ("people", "challenges", "proposals", "judging", "pilots", "catalog", "orders", "suggestions")


def _slices() -> list[str]:
    present = [module.name for module in pkgutil.iter_modules(matchmaker.__path__) if module.ispkg]
    return [name for name in ORDER if name in present] + [n for n in sorted(present) if n not in ORDER]


@dataclass(frozen=True, slots=True)
class Door:
    """A route and who may come in through it."""

    path: str
    methods: str
    endpoint: str
    audiences: frozenset[Audience]


def doors(app: Flask) -> list[Door]:
    """Every route with its declared audience."""
    made = [
        Door(
            rule.rule,
            ", ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})),
            rule.endpoint,
            audiences_of(app, rule.endpoint) or frozenset(),
        )
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
    ]
    return sorted(made, key=lambda door: (door.endpoint.split(".")[0], door.path, door.methods))


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    name: str
    type: str
    required: bool
    note: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table with what its model says of it."""

    name: str
    meaning: str
    columns: tuple[Column, ...]


def dictionary() -> list[Table]:
    """The data dictionary, from the models."""
    meanings = dict(_meanings())
    return [
        Table(table.name, meanings.get(table.name, ""), tuple(_columns(table)))
        for table in sorted(schema.metadata().tables.values(), key=lambda table: table.name)
    ]


def _meanings() -> Iterator[tuple[str, str]]:
    from matchmaker.foundation.db import Base

    for mapper in Base.registry.mappers:
        yield str(mapper.local_table), (mapper.class_.__doc__ or "").strip().split("\n\n")[0]


def _columns(table: Any) -> Iterator[Column]:
    for column in table.columns:
        notes = []
        if column.primary_key:
            notes.append("key")
        notes += [f"→ {key.column.table.name}" for key in column.foreign_keys]
        if column.unique:
            notes.append("unique")
        yield Column(column.name, str(column.type), not column.nullable, ", ".join(notes))


@dataclass(frozen=True, slots=True)
class Hearing:
    """An event and who hears it."""

    event: str
    subscribers: tuple[str, ...]


def hearings() -> list[Hearing]:
    """Which event is heard by whom, as wiring says."""
    return sorted(
        (
            Hearing(
                event.__name__,
                tuple(f"{s.__module__.removeprefix('matchmaker.')}.{s.__name__}" for s in heard),
            )
            for event, heard in bus.subscriptions().items()
        ),
        key=lambda hearing: hearing.event,
    )


def cadences() -> list[tuple[str, str]]:
    """Every kind of job and how often it comes round."""
    return sorted((kind, str(every) if every else "") for kind, every in jobs.handlers().items())


OWNERS = {
    "agency": N_("Agency"),
    "startup": N_("Startup"),
    "juror": N_("Juror"),
    "staff": N_("Programme office"),
    "director": N_("Programme director"),
    "organization": N_("Organisation"),
    "clock": N_("The clock"),
}
"""Whose move it is, as the tables name them."""


@dataclass(frozen=True, slots=True)
class Arc:
    """A move as an arc beside the column of states; figures in units of the picture."""

    path: str
    label: str
    by_clock: bool
    forward: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """A lifecycle as a column of states with arcs: forward moves at the right, backward ones at the left."""

    width: int
    height: int
    states: tuple[tuple[str, str, int], ...]
    arcs: tuple[Arc, ...]


ROW, LEFT, BOX = 44, 150, 200


def picture(machine: Machine[Any]) -> Picture:
    """Lay out a lifecycle; the same table gives the same picture."""
    places = {state: index for index, state in enumerate(machine.states)}
    states = tuple(
        (str(info.label), info.tone, places[state] * ROW) for state, info in machine.states.items()
    )
    arcs = []
    reach = 40
    for move in machine.moves.values():
        for source in sorted(move.sources, key=places.__getitem__):
            if source == move.target:
                continue
            start, end = places[source] * ROW + 16, places[move.target] * ROW + 16
            forward = end > start
            bend = 16 + 14 * min(10, abs(places[source] - places[move.target]))
            reach = max(reach, bend)
            side = LEFT + BOX if forward else LEFT
            turn = side + bend if forward else side - bend
            shift = 4 if forward else -4
            arcs.append(
                Arc(
                    f"M{side} {start + shift} C{turn} {start + shift} {turn} {end - shift} {side} {end - shift}",
                    move.label,
                    move.by_clock,
                    forward,
                )
            )
    return Picture(LEFT + BOX + reach + 20, len(states) * ROW, states, tuple(arcs))


BEGIN, END = "<!-- lifecycles: written by `matchmaker house --write README.md` -->", "<!-- /lifecycles -->"


def markdown() -> str:
    """The lifecycles as Mermaid diagrams, for the README."""
    parts = [f"**{machine.title}**\n\n```mermaid\n{machine.mermaid()}\n```" for machine in lifecycles()]
    return f"{BEGIN}\n" + "\n\n".join(parts) + f"\n{END}"


def write_into(text: str) -> str:
    """A document with its lifecycles brought up to date; raises ValueError where it has no place for them."""
    head, begin, rest = text.partition(BEGIN)
    _old, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError("the document has no place for the lifecycles")
    return head + markdown() + tail
