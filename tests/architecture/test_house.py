"""Rules of the house that the import contracts cannot see."""

import ast
import importlib
import pkgutil
from enum import StrEnum

import pytest
from sqlalchemy import Float, Numeric
from sqlalchemy.orm import configure_mappers

import matchmaker
from matchmaker.foundation import schema
from matchmaker.foundation.db import Base, UtcDateTime
from matchmaker.staff import house
from tests.architecture.words import ROOT

SLICES = [
    m.name
    for m in pkgutil.iter_modules(matchmaker.__path__)
    if m.ispkg and (ROOT / "matchmaker" / m.name / "models.py").exists()
]


def modules_named(name):
    return [path for path in (ROOT / "matchmaker").rglob(f"{name}*") if path.suffix == ".py" or path.is_dir()]


@pytest.fixture(scope="module")
def mappers():
    schema.metadata()
    configure_mappers()
    return list(Base.registry.mappers)


def test_no_template_can_start_a_query(mappers):
    loose = [f"{m.class_.__name__}.{r.key}" for m in mappers for r in m.relationships if r.lazy != "raise"]
    assert not loose


def test_money_is_never_a_float(mappers):
    """Only the matcher's scores are floating-point."""
    loose = {
        f"{table.name}.{column.name}"
        for table in schema.metadata().tables.values()
        for column in table.columns
        if isinstance(column.type, Float | Numeric)
    }
    assert loose <= {
        "suggestion.score",
        "relevance_event.score",
        "band_calibration.strong_from",
        "band_calibration.fair_from",
    }


def test_every_instant_is_stored_with_its_zone(mappers):
    from sqlalchemy import DateTime

    loose = [
        f"{table.name}.{column.name}"
        for table in schema.metadata().tables.values()
        for column in table.columns
        if isinstance(column.type, DateTime) and not isinstance(column.type, UtcDateTime)
    ]
    assert not loose


def test_every_table_says_what_it_means(mappers):
    assert [m.class_.__name__ for m in mappers if not (m.class_.__doc__ or "").strip()] == []


@pytest.mark.parametrize("machine", house.lifecycles(), ids=lambda machine: machine.name)
def test_a_lifecycle_is_whole(machine):
    """Every state can be reached, and the enum and the table name the same states."""
    enum = type(machine.initial)
    assert issubclass(enum, StrEnum)
    assert set(machine.states) == set(enum)
    reached, grown = {machine.initial}, True
    while grown:
        more = {m.target for m in machine.moves.values() if m.sources & reached} - reached
        reached |= more
        grown = bool(more)
    assert reached == set(enum)


@pytest.mark.parametrize("name", SLICES)
def test_a_slice_writes_only_its_own_tables(name):
    """An operation never makes a row of another slice's model."""
    foreign = []
    sources = [
        p
        for p in (ROOT / "matchmaker" / name).rglob("*.py")
        if "operations" in p.parts or p.stem == "operations"
    ]
    for path in sources:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        borrowed = {
            alias.asname or alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            and node.module
            and node.module.startswith("matchmaker.")
            and node.module.endswith(".models")
            and node.module.split(".")[1] != name
            for alias in node.names
        }
        foreign += [
            f"{path.name}:{node.lineno} {node.func.id}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in borrowed
        ]
    assert not foreign


def test_nothing_in_the_rules_reads_the_clock():
    """The time is an argument: only the edges call the clock."""
    edges = {"app.py", "cli.py", "wsgi.py"}
    loose = []
    for path in (ROOT / "matchmaker").rglob("*.py"):
        relative = path.relative_to(ROOT / "matchmaker")
        if (
            relative.parts[0] in ("foundation", "web", "seeding")
            or path.name in edges
            or "routes" in relative.as_posix()
        ):
            continue
        text = path.read_text(encoding="utf-8")
        if "clock.now(" in text or "datetime.now(" in text or "date.today(" in text or "utcnow(" in text:
            loose.append(str(relative))
    assert not loose


def test_every_slice_can_be_imported_alone():
    for name in SLICES:
        importlib.import_module(f"matchmaker.{name}.models")
