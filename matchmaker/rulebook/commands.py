"""``matchmaker subsidy``: the rulebook on the command line, so that others can check it."""

from __future__ import annotations

import json
import os
import sys
from typing import Any, NoReturn

import click

from matchmaker.rulebook.compute import compute
from matchmaker.rulebook.facts import CONTRADICTS, OUT_OF_RANGE, WRONG_TYPE, BadFact

REFUSED = 2
"""Exit status of a request that is refused."""

UNWRITTEN = 1
"""Exit status where there was an answer that could not be written."""

_LARGEST_REQUEST = 4_000_000
_LONGEST_NUMBER = 40
_LONGEST_MESSAGE = 400


@click.group()
def subsidy() -> None:
    """Compute subsidies by the rulebook."""


@subsidy.command("compute")
@click.argument("file")
def compute_file(file: str) -> None:
    """Answer the request in FILE (JSON; - reads standard input) with JSON on standard output.

    \b
    {"scheme": "mature-2019", "on": "2024-03-15", "calculation": "ceiling",
     "inputs": {"eligible": 680000, "government": "臺北市"}}

    The answer holds the result, the worksheet with the clause of each step, and the version of the scheme. An
    input that cannot be used is named on standard error; the exit status is then 2.
    """
    try:
        answer = compute(read_request(_content(file)))
    except BadFact as refusal:
        _fail(str(refusal), REFUSED)
    _write(json.dumps(answer, ensure_ascii=False, indent=2).encode("utf-8") + b"\n")


def _content(file: str) -> bytes:
    """The bytes of the file or of standard input, one more than we take at most.

    :raises BadFact: it cannot be read.
    """
    try:
        if file == "-":
            if sys.stdin is None:
                raise BadFact("FILE", OUT_OF_RANGE, "cannot be read (standard input is closed)")
            return sys.stdin.buffer.read(_LARGEST_REQUEST + 1)
        with open(file, "rb") as stored:
            return stored.read(_LARGEST_REQUEST + 1)
    except (OSError, ValueError) as error:  # ValueError: a name with a zero byte
        words = getattr(error, "strerror", None) or str(error)
        raise BadFact("FILE", OUT_OF_RANGE, f"cannot be read ({words})") from None


def _write(answer: bytes) -> None:
    """Put the answer on standard output, or say in one line that it could not be put there."""
    if sys.stdout is None:
        _fail("the answer cannot be written (standard output is closed)", UNWRITTEN)
    try:
        sys.stdout.buffer.write(answer)
        sys.stdout.buffer.flush()
    except OSError as error:
        # What is still held would be written, and fail, once more when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        _fail(f"the answer cannot be written ({error.strerror})", UNWRITTEN)


def read_request(content: bytes) -> Any:
    """The JSON in the bytes of a request.

    :raises BadFact: it is too large, not UTF-8, not JSON, nested too deep, or names a field twice.
    """
    if len(content) > _LARGEST_REQUEST:
        raise BadFact("request", OUT_OF_RANGE, "is too large")
    try:
        return json.loads(content.decode("utf-8-sig"), object_pairs_hook=_object, parse_int=_whole_number)
    except UnicodeDecodeError:
        raise BadFact("request", WRONG_TYPE, "is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise BadFact("request", WRONG_TYPE, f"is not JSON ({error.msg}, line {error.lineno})") from None
    except RecursionError:
        raise BadFact("request", WRONG_TYPE, "is nested too deep") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise BadFact(key, CONTRADICTS, "is given twice")
        found[key] = value
    return found


def _whole_number(digits: str) -> int:
    # A number that nobody can mean keeps its sign and stays out of every range, without costing time.
    return int(digits[:_LONGEST_NUMBER])


def _fail(message: str, status: int) -> NoReturn:
    """Say why on standard error in one plain line, and end with the status."""
    shown = message if len(message) <= _LONGEST_MESSAGE else f"{message[:_LONGEST_MESSAGE]}…"
    line = "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in shown)
    click.echo(f"subsidy compute: {line}", err=True)
    sys.exit(status)
