"""The whole product on a port of this machine, with its worker run by hand, for tests with a real browser."""

import logging
import threading
from contextlib import contextmanager
from datetime import timedelta

from werkzeug.serving import make_server

from matchmaker.app import create_app
from matchmaker.foundation import clock, jobs, outbox, schema
from matchmaker.foundation.db import db
from matchmaker.foundation.settings import Settings
from matchmaker.seeding import load


class Live:
    """A running product: its address, its time, its worker."""

    def __init__(self, app, address: str) -> None:
        self.app = app
        self.address = address
        self._ahead = timedelta()

    def pass_time(self, **delta) -> None:
        """Move the product's clock on."""
        self._ahead += timedelta(**delta)
        clock.shift(self._ahead)

    def work(self) -> None:
        """Do every job that is due and send every mail that waits."""
        with self.app.app_context():
            for _round in range(5):
                if not jobs.run_until_idle() + outbox.send_all(clock.now()):
                    break
            db.session.remove()


@contextmanager
def running(directory, *, demo: bool = False, url: str | None = None):
    """Start the product in a thread; stop it at the end."""
    settings = Settings(
        mode="development",
        data_dir=directory,
        database_url=url or f"sqlite:///{directory / 'live.sqlite3'}",
        secret_key="a key that only tests know, and long enough",
        demo=demo,
    )
    app = create_app(settings)
    with app.app_context():
        schema.upgrade()
        load.reference()
        if demo:
            load.demo()
        db.session.remove()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Live(app, f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        thread.join(timeout=10)
        clock.shift(timedelta())
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
