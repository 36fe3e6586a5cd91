"""The one password of all demo accounts: made for each installation, kept in one file that only its owner reads."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from flask import current_app
from sqlalchemy import update

from matchmaker.foundation.db import db
from matchmaker.people.models import User
from matchmaker.people.passwords import make
from matchmaker.seeding.reading import toml

DOMAIN = "demo.example"
FILE = "demo-password.txt"
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are mistaken for each other."""


@dataclass(frozen=True, slots=True)
class Persona:
    """A sign-in of the demo year."""

    title: str
    email: str
    password: str


def address(key: str) -> str:
    """The address of a person of the demo year."""
    return f"{key}@{DOMAIN}"


def _path() -> Path:
    directory: Path = current_app.extensions["settings"].data_dir
    return directory / FILE


def known() -> str | None:
    """The password, where this installation has one."""
    try:
        return _path().read_text(encoding="ascii").strip() or None
    except FileNotFoundError:
        return None


def ensure() -> str:
    """The password; the first time it is made and written down (mode 0600)."""
    password = known()
    if password is None:
        password = "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))
        _path().unlink(missing_ok=True)
        descriptor = os.open(_path(), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(password + "\n")
    return password


def renew() -> None:
    """A new password for all demo accounts, where its file was lost. Belongs into a unit of work."""
    hashed = make(ensure())
    db.session.execute(update(User).where(User.email.like(f"%@{DOMAIN}")).values(password_hash=hashed))


def personas() -> list[Persona]:
    """One sign-in for each kind of person, in the order in which an idea meets them."""
    password = known()
    if password is None:
        return []
    cast, startups = toml("demo", "people.toml"), toml("demo", "startups.toml")
    groups = [*cast["agency"], *startups["startup"], cast["office"], *cast["partner"]]
    titles = {person["key"]: person.get("persona", "") for group in groups for person in group["person"]}
    return [Persona(titles[key], address(key), password) for key in cast["shown"]]
