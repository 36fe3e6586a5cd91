"""The ``matchmaker`` command."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

import matchmaker
from matchmaker.kernel.errors import MatchmakerError


def _say(text: str) -> None:
    click.secho(f"==> {text}", fg="blue", err=True)


@contextmanager
def _application(mode: str | None = None) -> Iterator[Any]:
    """The application, inside its context; a wrong setting ends in a plain sentence."""
    from matchmaker.app import create_app
    from matchmaker.foundation import logs
    from matchmaker.foundation.settings import SettingsError, from_environment

    logs.configure()
    try:
        app = create_app(from_environment(mode=mode))
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    with app.app_context():
        yield app


class Plain(click.Group):
    """Turns the product's own errors into sentences instead of tracebacks."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except MatchmakerError as error:
            raise click.ClickException(str(error)) from error

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        found = super().get_command(ctx, name)
        if found is None and name in LATE:
            return LATE[name]()
        return found

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *LATE})


def _matcher(name: str) -> Callable[[], click.Command]:
    def load() -> click.Command:
        from matchmaker.matcher import commands

        return getattr(commands, name)

    return load


def _subsidy() -> click.Command:
    from matchmaker.rulebook.commands import subsidy

    return subsidy


LATE: dict[str, Callable[[], click.Command]] = {
    "match": _matcher("match"),
    "names": _matcher("names"),
    "evaluate": _matcher("evaluate"),
    "subsidy": _subsidy,
}
"""Commands of the pure libraries: loaded when called, usable without a database."""


@click.group(cls=Plain, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(matchmaker.__version__, prog_name="matchmaker")
def main() -> None:
    """Matchmaker: government sets the problem, startups solve it.

    Settings come from MATCHMAKER_* variables; the README lists them.
    """


@main.command()
@click.option(
    "--port", type=click.IntRange(1, 65535), envvar="MATCHMAKER_PORT", default=5000, show_default=True
)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--empty", is_flag=True, help="Start without the demo year (reference data only).")
@click.option("--once", is_flag=True, help="Prepare everything, print the sign-ins, and stop.")
def dev(port: int, host: str, empty: bool, once: bool) -> None:
    """Prepare the database, load the demo year, and serve it here with a worker.

    For trying the product and for developing it; nothing here is fit for real data.
    """
    if not once and not _port_is_free(host, port):
        raise click.ClickException(
            f"Port {port} is taken. Stop what uses it, or choose another with --port or MATCHMAKER_PORT."
        )
    os.environ.setdefault("MATCHMAKER_BASE_URL", f"http://{host}:{port}")
    os.environ.setdefault("MATCHMAKER_DEMO", "0" if empty else "1")
    with _application("development") as app:
        from matchmaker.foundation import schema
        from matchmaker.seeding import load

        _say("Preparing the database")
        schema.upgrade()
        _say("Loading reference data")
        load.reference()
        if not empty:
            _say("Loading the demo year")
            load.demo()
        _print_sign_ins(f"http://{host}:{port}", empty)
        if not once:
            _serve_here(app, host, port)


def _print_sign_ins(address: str, empty: bool) -> None:
    from matchmaker.seeding import load

    click.echo()
    click.secho(f"  Matchmaker  {address}", bold=True)
    if empty:
        click.echo("  No accounts yet: matchmaker admin --email you@example.org")
        return
    click.echo(f"  Mail        {address}/staff/outbox")
    click.echo()
    for persona in load.personas():
        click.echo(f"  {_padded(persona.title, 48)} {persona.email:<28} {persona.password}")
    click.echo()


def _padded(text: str, columns: int) -> str:
    """The text with spaces behind it up to so many columns; Chinese characters take two."""
    wide = sum(unicodedata.east_asian_width(each) in "WF" for each in text)
    return text + " " * max(0, columns - len(text) - wide)


def _port_is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _serve_here(app: Any, host: str, port: int) -> None:
    from werkzeug.serving import make_server

    stop = threading.Event()
    worker = threading.Thread(target=_work, args=(app, stop), daemon=True)
    worker.start()
    server = make_server(host, port, app, threaded=True)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    _say("Serving. Stop with Ctrl-C.")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        click.echo()
    finally:
        stop.set()
        worker.join(timeout=10)


def _work(app: Any, stop: threading.Event) -> None:
    """Do jobs and send mail until told to stop; a failing round is logged and tried again."""
    from matchmaker.foundation import clock, jobs, outbox

    log = logging.getLogger("matchmaker.worker")
    while not stop.is_set():
        busy = False
        try:
            with app.app_context():
                now = clock.now()
                jobs.enqueue_scheduled(now)
                busy = jobs.run_one(now)
                busy = outbox.send_one(now) or busy
        except Exception:
            log.exception("the worker stumbled")
            stop.wait(5)
        if not busy:
            stop.wait(1)


@main.command()
def worker() -> None:
    """Do jobs and send mail. Run any number beside ``serve``."""
    with _application() as app:
        stop = threading.Event()
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda *_: stop.set())
        _say("Working. Stop with Ctrl-C.")
        _work(app, stop)


@main.command()
@click.option("--bind", default="127.0.0.1:8000", show_default=True, help="Address and port.")
@click.option("--workers", default=2, show_default=True, help="Processes.")
@click.option("--threads", default=4, show_default=True, help="Threads of each process.")
def serve(bind: str, workers: int, threads: int) -> None:
    """Serve in production with gunicorn, behind a proxy that speaks TLS."""
    from matchmaker.foundation.settings import SettingsError, from_environment

    try:
        from_environment()
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    command = [
        sys.executable, "-m", "gunicorn", "matchmaker.wsgi:app", "--bind", bind, "--workers", str(workers),
        "--worker-class", "gthread", "--threads", str(threads), "--max-requests", "20000",
        "--max-requests-jitter", "2000", "--access-logfile", "-",
    ]  # fmt: skip
    raise SystemExit(subprocess.call(command))  # noqa: S603 - our own arguments


@main.group()
def db() -> None:
    """The database: upgrade, downgrade, compare."""


@db.command("upgrade")
@click.argument("revision", default="head")
def db_upgrade(revision: str) -> None:
    """Bring the database to the newest schema."""
    with _application():
        from matchmaker.foundation import schema

        schema.upgrade(revision)
        _say(f"The database is at {schema.current()}.")


@db.command("downgrade")
@click.argument("revision")
def db_downgrade(revision: str) -> None:
    """Take the database back to an earlier schema (make a backup first)."""
    with _application():
        from matchmaker.foundation import schema

        schema.downgrade(revision)
        _say(f"The database is at {schema.current() or 'nothing'}.")


@db.command("revise")
@click.argument("message")
def db_revise(message: str) -> None:
    """Write a new migration from the difference between models and database."""
    with _application():
        from matchmaker.foundation import schema

        schema.revise(message)


@db.command("compare")
def db_compare() -> None:
    """Say what distinguishes models and database; exit 1 when anything does."""
    with _application():
        from matchmaker.foundation import schema

        found = schema.differences()
        for difference in found:
            click.echo(str(difference))
        if found:
            raise click.ClickException("Models and database differ.")
        _say("Models and database are equal.")


@main.group()
def seed() -> None:
    """Load data: reference, demo, or a heap for load tests."""


@seed.command("reference")
def seed_reference() -> None:
    """Load domains, counties, categories and criteria templates; safe to repeat."""
    with _application():
        from matchmaker.seeding import load

        load.reference()


@seed.command("demo")
def seed_demo() -> None:
    """Load the demo year through the product's own operations; safe to repeat."""
    with _application():
        from matchmaker.seeding import load

        load.reference()
        load.demo()


@seed.command("load")
@click.option("--challenges", default=1_000, show_default=True)
@click.option("--startups", default=1_000, show_default=True)
@click.option("--seed", "number", default=1, show_default=True, help="The same number makes the same data.")
def seed_load(challenges: int, startups: int, number: int) -> None:
    """Make many challenges and startups for load tests."""
    with _application():
        from matchmaker.seeding import load

        load.reference()
        load.heap(challenges=challenges, startups=startups, number=number)


@main.command()
def reindex() -> None:
    """Make the stored indexes from the database, then compute all suggestions anew."""
    with _application():
        from tqdm import tqdm

        from matchmaker.foundation import clock
        from matchmaker.foundation.db import unit_of_work
        from matchmaker.search import operations as search
        from matchmaker.suggestions import operations as suggestions
        from matchmaker.suggestions import queries

        now = clock.now()
        _say("Making the indexes")
        search.reindex(at=now)
        challenges = queries.looking(now)
        found = 0
        for challenge in tqdm(challenges, desc="Computing suggestions", unit=" challenges", mininterval=0.5):
            with unit_of_work():
                found += suggestions.refresh(challenges=[queries.challenge_with_texts(challenge.id)], at=now)
        _say(f"{found} startups suggested for {len(challenges)} challenges.")


@main.group()
def index() -> None:
    """The stored indexes."""


@index.command("status")
@click.option("--verify", is_flag=True, help="Read every byte and compare it with the manifest.")
def index_status(verify: bool) -> None:
    """Say what each index holds and how fresh it is, as JSON lines; exit 1 when one cannot be used."""
    with _application():
        import json

        from matchmaker.search import queries
        from matchmaker.search.states import Shelf

        states = [queries.freshness(shelf, verify=verify) for shelf in Shelf]
        for state in states:
            click.echo(json.dumps(state.as_record(), ensure_ascii=False))
        if any(state.index.fault for state in states):
            raise SystemExit(1)


@main.command()
@click.option("--email", required=True)
@click.option("--name", default="Administrator", show_default=True)
def admin(email: str, name: str) -> None:
    """Make the first programme director and send them a mail to set a password."""
    with _application():
        from matchmaker.seeding import load

        load.first_director(email=email, name=name)
        _say(f"{email} is programme director; the mail that sets the password leaves with the next worker.")


@main.command()
@click.option("--write", type=click.Path(exists=True, dir_okay=False), help="Bring this document up to date.")
def house(write: str | None) -> None:
    """Print the lifecycles as diagrams, read from the tables that the rules use."""
    from pathlib import Path

    from matchmaker.staff import house as workings

    if write is None:
        click.echo(workings.markdown())
        return
    path = Path(write)
    path.write_text(workings.write_into(path.read_text(encoding="utf-8")), encoding="utf-8")


@main.command()
def check() -> None:
    """Say whether this installation is fit to serve: settings, schema, storage, audit chain."""
    with _application() as app:
        from matchmaker.foundation import audit, schema
        from matchmaker.search.shelves import shelves
        from matchmaker.search.states import Shelf

        settings = app.extensions["settings"]
        faults = []
        if schema.current() != schema.newest():
            faults.append("The database is not at the newest schema. Run: matchmaker db upgrade")
        else:
            faults += [f"Audit chain: {fault}" for fault in audit.verify()]
        states = [shelves().state(shelf, verify=True) for shelf in Shelf if shelves().is_built(shelf)]
        faults += [
            f"Index {state.shelf}: {state.fault}. Run: matchmaker reindex" for state in states if state.fault
        ]
        if settings.is_production and not settings.base_url.startswith("https://"):
            faults.append("MATCHMAKER_BASE_URL should begin with https:// in production.")
        if settings.is_production and not settings.mail_url:
            faults.append("MATCHMAKER_MAIL_URL is not set: mail is only written to files.")
        for directory in (settings.data_dir, settings.files_dir):
            directory.mkdir(parents=True, exist_ok=True)
            if not os.access(directory, os.W_OK):
                faults.append(f"{directory} cannot be written.")
        for fault in faults:
            click.echo(fault, err=True)
        if faults:
            raise SystemExit(1)
        _say("Fit to serve.")


if __name__ == "__main__":
    main()
