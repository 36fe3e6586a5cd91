"""The demo year on SQLite for all tests of the seeds."""

import pytest

from matchmaker.foundation.db import db
from tests import year as demo_year


@pytest.fixture(scope="session")
def year(tmp_path_factory):
    """The application with its demo year, inside its context, and the present at which it was loaded."""
    with demo_year.opened(tmp_path_factory) as (app, now):
        db.session.rollback()
        yield app, now
