"""Fixtures for every test."""

import pytest

from tests.services import ServiceMissing, browser, must_not_skip, postgres

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


# --- The application. ---
