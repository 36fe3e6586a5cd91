"""The demo year, loaded once for a whole run of the tests; whoever needs it gets a copy to change at will."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from matchmaker.foundation import clock, schema
from matchmaker.foundation.db import db
from matchmaker.seeding import demo as demo_year
from matchmaker.seeding import load

_DATABASE = "year.sqlite3"
_PRESENT = "present.txt"


@contextmanager
def opened(tmp_path_factory) -> Iterator[tuple]:
    """The application with its demo year, inside its context, and the present at which it was loaded."""
    directory = tmp_path_factory.mktemp("year") / "data"
    shutil.copytree(_loaded(_of_the_run(tmp_path_factory)), directory)
    app = _app(directory)
    with app.app_context():
        yield app, datetime.fromisoformat((directory / _PRESENT).read_text())
        db.session.remove()
        db.engine.dispose()


def _of_the_run(tmp_path_factory) -> Path:
    """The folder that all processes of a run have in common: pytest-xdist gives each one below it."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if base.name.startswith("popen-") else base


def _loaded(shared: Path) -> Path:
    """The year as loaded. Who comes first loads it, the others wait; a loading that failed is begun anew."""
    directory = shared / "the-year"
    with (shared / "the-year.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not (directory / _PRESENT).exists():
            shutil.rmtree(directory, ignore_errors=True)
            directory.mkdir()
            present = _load(directory)
            (directory / _PRESENT).write_text(present.isoformat())
    return directory


def _load(directory: Path) -> datetime:
    with _app(directory).app_context():
        schema.upgrade()
        load.reference()
        present = clock.now()
        with clock.at(present):
            demo_year.load(progress=False)
        db.session.remove()
        db.engine.dispose()
    return present


def _app(directory: Path):
    from tests.conftest import make_app

    return make_app(directory, f"sqlite:///{directory / _DATABASE}")
