"""What the tests need of the machine beside Python: a PostgreSQL server, Chromium and a Chinese font.

`python -m tests.services` prints the Debian packages that would bring what is missing, one a line.
"""

import os


class ServiceMissing(Exception):
    """This machine lacks a program that a test needs; the message says which and how to get it."""


def must_not_skip() -> bool:
    """Tell whether a missing program fails the run (on a build server) instead of skipping its tests."""
    return os.environ.get("CI", "").lower() not in {"", "0", "false"}
