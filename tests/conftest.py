"""Fixtures for every test."""

import shutil

import pytest

from matchmaker.app import create_app
from matchmaker.foundation import schema
from matchmaker.foundation.db import db
from matchmaker.foundation.settings import Settings
from matchmaker.seeding import load
from tests.services import ServiceMissing, browser, must_not_skip, postgres
from tests.services.restoring import Restorable
from tests.world import World

# --- The machine: PostgreSQL and Chromium. Where missing, tests skip; on a build server they fail. ---


def _without(missing: ServiceMissing) -> None:
    if must_not_skip():
        pytest.fail(str(missing), pytrace=False)
    pytest.skip(str(missing))


@pytest.fixture(scope="session")
def postgres_cluster():
    """A PostgreSQL server of our own, started once, when the first test asks for it."""
    try:
        postgres.find_programs()
    except ServiceMissing as missing:
        _without(missing)
    with postgres.running_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Playwright starts the Chromium of the machine."""
    try:
        return {**browser_type_launch_args, **browser.launch_arguments()}
    except ServiceMissing as missing:
        _without(missing)


# --- The application: one per database for the whole run, a fresh copy of the data for each test. ---


def pytest_configure(config):
    config.addinivalue_line("markers", "both_databases: run on SQLite and on PostgreSQL")


def pytest_generate_tests(metafunc):
    if "database" in metafunc.fixturenames:
        both = metafunc.definition.get_closest_marker("both_databases")
        metafunc.parametrize(
            "database", ["sqlite", "postgresql"] if both else ["sqlite"], indirect=True, scope="function"
        )


def make_app(directory, url):
    settings = Settings(
        mode="testing",
        data_dir=directory,
        database_url=url,
        secret_key="a key that only tests know, and long enough",
        base_url="http://localhost",
    )
    return create_app(settings)


def _fill(app):
    with app.app_context():
        schema.upgrade()
        load.reference()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def sqlite_app(tmp_path_factory):
    """The application on SQLite, and the file from which every test starts."""
    directory = tmp_path_factory.mktemp("sqlite")
    app = make_app(directory, f"sqlite:///{directory / 'test.sqlite3'}")
    _fill(app)
    shutil.copy(directory / "test.sqlite3", directory / "template.sqlite3")
    return app, directory


@pytest.fixture(scope="session")
def postgres_app(tmp_path_factory, postgres_cluster):
    """The application on PostgreSQL, and its database, brought back before every test."""
    directory = tmp_path_factory.mktemp("postgresql")
    url = postgres_cluster.create_database(name="matchmaker_test")
    app = make_app(directory, url)
    _fill(app)
    return app, Restorable(postgres_cluster, url)


@pytest.fixture
def database(request):
    """Which database the test runs on."""
    return request.param


@pytest.fixture
def app(database, request):
    """The application inside its context, with reference data only."""
    if database == "sqlite":
        made, directory = request.getfixturevalue("sqlite_app")
        for leftover in directory.glob("test.sqlite3*"):
            leftover.unlink()
        shutil.copy(directory / "template.sqlite3", directory / "test.sqlite3")
    else:
        made, prepared = request.getfixturevalue("postgres_app")
        prepared.restore()
    shutil.rmtree(made.extensions["settings"].index_dir, ignore_errors=True)
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def world(app):
    """People and things to test with, see tests/world.py."""
    return World(app)
