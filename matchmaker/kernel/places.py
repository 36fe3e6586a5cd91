"""Where the product's own data lies: templates, migrations and seeds."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PARTS = ("templates", "migrations", "seeds")


@cache
def data_dir() -> Path:
    """The directory that holds ``templates/``, ``migrations/`` and ``seeds/``.

    In an installed wheel that is ``matchmaker/_data``, in a checkout the top of the repository.

    :raises FileNotFoundError: neither holds all three, so the installation is damaged.
    """
    package = Path(__file__).resolve().parent.parent
    for place in (package / "_data", package.parent):
        if all((place / part).is_dir() for part in _PARTS):
            return place
    raise FileNotFoundError("templates, migrations and seeds are missing from this installation")
