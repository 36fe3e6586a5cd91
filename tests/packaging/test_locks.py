"""The locks pin what pyproject.toml asks for, with hashes, and tell nothing of any machine."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = ("requirements.txt", "requirements-dev.txt")


def group(name: str) -> list[str]:
    """Return the requirements of a dependency group and of those it includes."""
    found = []
    for line in PROJECT["dependency-groups"][name]:
        found += [line] if isinstance(line, str) else group(line["include-group"])
    return found


def pins(lock: str) -> dict[str, list[tuple[str, list[str]]]]:
    """Return name -> [(version, hashes)] of a lock."""
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    found: dict[str, list[tuple[str, list[str]]]] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            requirement = Requirement(line.split(" --hash")[0])
            [pin] = requirement.specifier
            assert pin.operator == "==", line
            hashes = re.findall(r"--hash=sha256:([0-9a-f]{64})\b", line)
            found.setdefault(canonicalize_name(requirement.name), []).append((pin.version, hashes))
    return found


@pytest.mark.parametrize(
    ("lock", "asked"),
    [
        (LOCKS[0], PROJECT["project"]["dependencies"] + group("build") + PROJECT["build-system"]["requires"]),
        (LOCKS[1], PROJECT["project"]["dependencies"] + group("dev")),
    ],
    ids=LOCKS,
)
def test_a_lock_pins_what_the_project_asks_for(lock, asked):
    pinned = pins(lock)
    for line in asked:
        requirement = Requirement(line)
        versions = pinned.get(canonicalize_name(requirement.name))
        assert versions, f"{lock} lacks {line}: ./run lock"
        assert all(requirement.specifier.contains(version) for version, _ in versions), f"{line}: ./run lock"


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_its_hashes(lock):
    assert [name for name, found in pins(lock).items() if not all(hashes for _, hashes in found)] == []


def test_what_is_tested_is_what_runs():
    runtime, dev = map(pins, LOCKS)
    assert {name: dev.get(name) for name in runtime} == runtime


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_registry_and_no_machine(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert not re.search(
        r"://|\s/\w|file:|--(extra-)?index-url|--find-links|^-[ef]\s|@\s", text, re.MULTILINE
    )
