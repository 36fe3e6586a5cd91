"""A PostgreSQL server of the tests' own: made in a second, reached by a socket alone, gone at the end.

It never touches a server that is already on the machine, and nothing on the network can reach it.
"""

import contextlib
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests.services import ServiceMissing

_OWNER = "matchmaker"
_START_SECONDS = 30

# Nothing here outlives the run, so nothing has to reach the disk.
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "autovacuum": "off",
    "timezone": "UTC",
    "log_min_messages": "fatal",
}


@dataclass(frozen=True)
class PostgresCluster:
    """A running server. Databases are made from it by name or as copies of a prepared one."""

    socket_dir: Path
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def url(self, database: str) -> str:
        """Return the SQLAlchemy address of a database."""
        return f"postgresql+psycopg://{_OWNER}@/{database}?host={self.socket_dir}"

    def create_database(self, *, template: str | None = None, name: str | None = None) -> str:
        """Make a database and return its SQLAlchemy address: empty, or a copy of the database `template`.

        Without a `name` it gets one that no other call gave.

        A copy takes about a tenth of a second, whatever was done to prepare the template. The template must
        have no open connection (dispose of its engine first), else psycopg's `ObjectInUse` is raised.
        """
        name = name or f"test_{next(self._numbers)}"
        self._command(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template or "template0")
            )
        )
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Remove a database that `create_database` made, ending the connections that are still open."""
        name = database_name(url)
        self._command(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def connect(self, database: str, **options: Any) -> psycopg.Connection[Any]:
        """Open a connection to the database of that name, past SQLAlchemy."""
        return psycopg.connect(host=str(self.socket_dir), user=_OWNER, dbname=database, **options)

    def _command(self, command: sql.Composed) -> None:
        with self.connect("postgres", autocommit=True) as connection:
            connection.execute(command)


def database_name(url: str) -> str:
    """Return the name of the database that an address of `PostgresCluster.url` leads to."""
    return url.split("@/", 1)[1].split("?", 1)[0]


def find_programs() -> Path:
    """Return the folder of `initdb` and `postgres`: the one on the path, else Debian's newest.

    Raises `ServiceMissing` when there is none.
    """
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    for folder in folders:
        if all(os.access(folder / program, os.X_OK) for program in ("initdb", "postgres")):
            return folder
    raise ServiceMissing("There is no PostgreSQL server. On Debian: apt-get install postgresql")


def _version(folder: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", folder.parent.name))


@contextlib.contextmanager
def running_cluster() -> Iterator[PostgresCluster]:
    """Start a server in a new temporary folder; stop it and remove the folder at the end.

    Raises `ServiceMissing` without PostgreSQL, `RuntimeError` in the server's words when it does not start.
    """
    programs = find_programs()
    # Not pytest's own temporary folder: that one is closed to the account the server runs as, and its path is
    # too long for a socket.
    home = Path(tempfile.mkdtemp(prefix="matchmaker-pg-"))
    account = _ordinary_account(home)
    try:
        data = home / "data"
        made = subprocess.run(
            [
                programs / "initdb",
                f"--pgdata={data}",
                "--no-sync",
                "--no-instructions",
                "--auth=trust",
                f"--username={_OWNER}",
                "--encoding=UTF8",
                "--locale=C",
            ],
            capture_output=True,
            text=True,
            check=False,
            cwd=home,
            **account,
        )
        if made.returncode:
            raise RuntimeError(f"initdb failed: {made.stderr.strip()}")
        settings = {**_SETTINGS, "unix_socket_directories": str(home)}
        log = home / "log"
        with log.open("wb") as output:
            server = subprocess.Popen(
                [
                    programs / "postgres",
                    "-D",
                    data,
                    *(f"--{name}={value}" for name, value in settings.items()),
                ],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=home,
                # Ctrl-C is for the tests; they stop the server when they have finished with it.
                start_new_session=True,
                **account,
            )
        try:
            cluster = PostgresCluster(socket_dir=home)
            _wait(cluster, server, log)
            yield cluster
        finally:
            # PostgreSQL's immediate shutdown: there is nothing to keep.
            server.send_signal(signal.SIGQUIT)
            server.wait(timeout=_START_SECONDS)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _ordinary_account(home: Path) -> dict[str, Any]:
    """Say as whom to run the server: as ourselves, or, as it refuses root, as an account with no rights."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        os.chown(home, account.pw_uid, account.pw_gid)
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    raise ServiceMissing("PostgreSQL refuses to run as root, and there is no account postgres or nobody.")


def _wait(cluster: PostgresCluster, server: subprocess.Popen[bytes], log: Path) -> None:
    """Return as soon as the server answers."""
    give_up = time.monotonic() + _START_SECONDS
    while True:
        try:
            psycopg.connect(host=str(cluster.socket_dir), user=_OWNER, dbname="postgres").close()
            return
        except psycopg.OperationalError as error:
            if server.poll() is not None or time.monotonic() > give_up:
                words = log.read_text(errors="replace").strip()
                raise RuntimeError(f"PostgreSQL did not start: {words or error}") from error
        time.sleep(0.02)
