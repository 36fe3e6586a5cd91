"""Reads the seed files."""

from __future__ import annotations

import hashlib
import tomllib
from typing import Any

from matchmaker.kernel.places import data_dir


def toml(*path: str) -> dict[str, Any]:
    """One file below ``seeds/``."""
    with data_dir().joinpath("seeds", *path).open("rb") as file:
        return tomllib.load(file)


def stories() -> list[dict[str, Any]]:
    """The challenges of the demo year, in the order of their files."""
    paths = sorted(data_dir().joinpath("seeds", "demo", "challenges").glob("*.toml"))
    return [toml("demo", "challenges", path.name) for path in paths]


def fingerprint() -> str:
    """The SHA-256 of everything the demo year is made from: another one is another year."""
    digest = hashlib.sha256()
    seeds = data_dir() / "seeds"
    for path in [seeds / "reference" / "agencies.toml", *sorted(seeds.joinpath("demo").rglob("*.toml"))]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
