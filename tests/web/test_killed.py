"""What was acknowledged is there after the server was killed at any moment."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from urllib.parse import urlencode

import pytest

from tests.architecture.words import ROOT
from tests.world import ubn

ROUNDS = 4


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Visitor:
    """A browser of few words: cookies, forms, no redirects."""

    def __init__(self, port):
        self.port = port
        self.cookies = {}

    def ask(self, method, path, fields=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        body = None
        if fields is not None:
            body = urlencode(fields)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        for header in response.headers.get_all("Set-Cookie") or ():
            name, value = header.split(";", 1)[0].split("=", 1)
            self.cookies[name] = value
        text = response.read().decode()
        connection.close()
        return response.status, text

    def fill(self, path, **fields):
        status, page = self.ask("GET", path)
        assert status == 200, page[:500]
        inputs = [
            dict(re.findall(r'([a-z_-]+)="([^"]*)"', tag)) for tag in re.findall(r"<input [^>]*>", page)
        ]
        hidden = {i["name"]: i.get("value", "") for i in inputs if i.get("type") == "hidden"}
        return self.ask("POST", path, hidden | fields)


@pytest.fixture
def server(tmp_path):
    """Start and kill the product's server on one data directory."""
    port = free_port()
    environ = os.environ | {
        "MATCHMAKER_DATA_DIR": str(tmp_path),
        "MATCHMAKER_MODE": "development",
        "MATCHMAKER_DATABASE_URL": "",
    }
    command = [sys.executable, "-m", "matchmaker.cli", "dev", "--empty", "--port", str(port)]
    running = []

    def start():
        process = subprocess.Popen(
            command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        running.append(process)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                if Visitor(port).ask("GET", "/about")[0] == 200:
                    return process
            except OSError:
                assert process.poll() is None, "the server did not start"
                time.sleep(0.1)
        raise AssertionError("the server did not answer within a minute")

    yield port, start
    for process in running:
        process.kill()
        process.wait()


def test_killing_the_server_loses_nothing_acknowledged(server):
    """Register, be killed, start again, and everybody registered so far can still sign in."""
    port, start = server
    people = []
    for number in range(ROUNDS):
        process = start()
        for email in people:
            assert Visitor(port).fill("/sign-in", email=email, password=PASSWORD)[0] == 303, email
        email = f"founder{number}@example.org"
        status, page = Visitor(port).fill(
            "/register/startup",
            name_zh=f"測試新創{number}",
            ubn=ubn(),
            founded_on="2024-05-06",
            person_name="測試",
            person_email=email,
            password=PASSWORD,
            consent="y",
        )
        assert status == 303, re.sub(r"<[^>]+>", " ", page)[-2000:]
        people.append(email)
        process.send_signal(signal.SIGKILL)
        process.wait()
    start()
    for email in people:
        assert Visitor(port).fill("/sign-in", email=email, password=PASSWORD)[0] == 303, email


PASSWORD = "一句很長的測試通關密語 correct horse"
