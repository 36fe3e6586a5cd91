"""The rulebook's reference data, read once: schemes, fiscal tiers, working days.

The files lie under ``seeds/reference`` and say for each fact where it comes from and how certain it is
(H read in a primary text, M from the press or derived, L weak).
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path

from matchmaker.kernel.dates import Calendar, CalendarYear
from matchmaker.kernel.places import data_dir
from matchmaker.rulebook.scheme import Scheme, SchemeError, scheme_from
from matchmaker.rulebook.tiers import Government, TierRange, TierTable

_NAME = re.compile(r"([a-z0-9-]+?)(?:@([0-9]+))?", re.ASCII)
_FILE = re.compile(r"([a-z0-9-]+)\.v([0-9]+)\.toml", re.ASCII)


class UnknownScheme(LookupError):
    """No scheme, or no such version of it, is on file."""


def _directory() -> Path:
    return data_dir() / "seeds" / "reference"


@cache
def _scheme_files() -> Mapping[str, Mapping[int, Path]]:
    files: dict[str, dict[int, Path]] = {}
    for path in sorted((_directory() / "schemes").iterdir()):
        if (match := _FILE.fullmatch(path.name)) is not None:
            files.setdefault(match[1], {})[int(match[2])] = path
    return files


@cache
def _scheme(identifier: str, version: int) -> Scheme:
    found = scheme_from(tomllib.loads(_scheme_files()[identifier][version].read_text(encoding="utf-8")))
    if found.name != f"{identifier}@{version}":
        raise SchemeError(f"the file of {identifier}@{version} calls itself {found.name}")
    return found


def scheme(name: str) -> Scheme:
    """A scheme by name: ``mature-2019`` is its newest version, ``mature-2019@1`` that very one.

    :raises UnknownScheme: not on file.
    :raises SchemeError: on file, but incomplete.
    """
    match = _NAME.fullmatch(name)
    versions = _scheme_files().get(match[1]) if match is not None else None
    if match is None or not versions:
        raise UnknownScheme(name)
    version = int(match[2]) if match[2] and len(match[2]) < 10 else max(versions)
    if version not in versions or (match[2] and str(version) != match[2]):
        raise UnknownScheme(name)
    return _scheme(match[1], version)


@cache
def schemes() -> tuple[Scheme, ...]:
    """The newest version of every scheme on file, by id."""
    return tuple(scheme(identifier) for identifier in sorted(_scheme_files()))


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (_directory() / name).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


@cache
def tier_table() -> TierTable:
    """The fiscal tiers of the 22 local governments."""
    governments = (
        Government(row["government"], row["kind"], row["zh"], row["en"], row["agency_code"] or None)
        for row in _rows("fiscal_tiers_governments.csv")
    )
    tiers = (
        TierRange(
            row["government"],
            int(row["from_year"]),
            int(row["to_year"]),
            int(row["tier_from"]),
            int(row["tier_to"]),
            row["certainty"],
            row["source"],
        )
        for row in _rows("fiscal_tiers.csv")
    )
    return TierTable(governments, tiers)


def calendar_from(days: Iterable[Mapping[str, str]], years: Iterable[Mapping[str, str]]) -> Calendar:
    """A calendar from rows of days (``day, kind, zh``) and of years (``year, certainty, source``).

    :raises ValueError: a day or year that is none, a kind other than ``day_off`` and ``make_up``, or a day
        of a year that is not in the list of years.
    """
    known = [CalendarYear(int(row["year"]), row["source"], row["certainty"]) for row in years]
    covered = {each.year for each in known}
    holidays: dict[date, str] = {}
    make_up: set[date] = set()
    for row in days:
        day = date.fromisoformat(row["day"])
        if day.year not in covered:
            raise ValueError(f"{day} belongs to a year that is not listed")
        if row["kind"] == "day_off":
            holidays[day] = row["zh"]
        elif row["kind"] == "make_up":
            make_up.add(day)
        else:
            raise ValueError(f"{row['kind']} is no kind of day")
    return Calendar.of(holidays, make_up, known)


@cache
def calendar() -> Calendar:
    """The working days of the years on file."""
    return calendar_from(_rows("holidays.csv"), _rows("holidays_years.csv"))
