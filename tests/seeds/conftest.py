"""The demo year, loaded once on SQLite for all tests of the seeds."""

import pytest

from matchmaker.foundation import clock, schema
from matchmaker.foundation.db import db
from matchmaker.seeding import demo as demo_year
from matchmaker.seeding import load
from tests.conftest import make_app


@pytest.fixture(scope="session")
def year(tmp_path_factory):
    """The application with its demo year, inside its context, and the present at which it was loaded."""
    directory = tmp_path_factory.mktemp("year")
    app = make_app(directory, f"sqlite:///{directory / 'year.sqlite3'}")
    with app.app_context():
        schema.upgrade()
        load.reference()
        now = clock.now()
        with clock.at(now):
            demo_year.load(progress=False)
        db.session.rollback()
        yield app, now
        db.session.remove()
        db.engine.dispose()
