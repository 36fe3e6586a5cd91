"""JSON lines and plain lists from files, read as they come, with refusals that name the line."""

import hashlib
import json
import math
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from matchmaker.matcher.documents import Document
from matchmaker.matcher.errors import BadInput
from matchmaker.matcher.segment import Strings

_BOM = b"\xef\xbb\xbf"
_LARGEST = 1e300


def lines(path: Path) -> Iterator[tuple[int, int, str]]:
    """(line number, byte offset, text) of every line that is not blank. BadInput for a line that is no UTF-8."""
    offset = 0
    try:
        with open(path, "rb") as file:
            for number, raw in enumerate(file, start=1):
                start, offset = offset, offset + len(raw)
                try:
                    text = raw.removeprefix(_BOM if number == 1 else b"").decode("utf-8").strip("\r\n")
                except UnicodeDecodeError as error:
                    raise BadInput(f"{path}, line {number}: not UTF-8 ({error.reason})") from error
                if text.strip():
                    yield number, start, text
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}") from error


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number")


def records(path: Path) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """(line number, byte offset, object) of every JSON line. BadInput for a line that is no JSON object."""
    for number, offset, text in lines(path):
        try:
            record = json.loads(text, parse_constant=_no_number)
        except (ValueError, RecursionError) as error:
            raise BadInput(f"{path}, line {number}: not JSON ({error})") from error
        if not isinstance(record, dict):
            raise BadInput(f"{path}, line {number}: not a JSON object")
        yield number, offset, record


def text_of(record: Mapping[str, Any], name: str, path: Path, number: int, *, needed: bool = True) -> str:
    """A text member of a record. BadInput when it is missing (unless not needed) or no text."""
    value = record.get(name)
    if value is None and not needed:
        return ""
    if not isinstance(value, str):
        raise BadInput(f"{path}, line {number}: {name!r} must be a text")
    return value


class Corpus(Mapping[str, Document]):
    """A corpus file ``{id, title, text}``: read once line by line, then by id where its lines stood.

    Memory: eight bytes for each document. ``digest`` is the SHA-256 of the file, known after ``number``.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._offsets: list[int] = []
        self._places: npt.NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._ids: Strings | None = None

    def read(self) -> Iterator[Document]:
        """Every document of the file, in order."""
        self._offsets.clear()
        for number, offset, record in records(self.path):
            self._offsets.append(offset)
            yield self._document(record, number)
        self._places = np.array(self._offsets, dtype=np.int64)
        self._offsets.clear()

    def locate(self) -> None:
        """Note where each line stands without reading what it says, for an index that exists already."""
        self._places = np.fromiter((offset for _, offset, _ in lines(self.path)), dtype=np.int64)

    def number(self, ids: Strings) -> None:
        """Say which ids the documents got, in the order of the file."""
        if len(ids) != len(self._places):
            raise BadInput(f"{self.path} changed while it was read")
        self._ids = ids

    def digest(self) -> str:
        """SHA-256 of the file."""
        try:
            with open(self.path, "rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise BadInput(f"{self.path} cannot be read: {error.strerror}") from error

    def _document(self, record: Mapping[str, Any], number: int) -> Document:
        document_id = text_of(record, "id", self.path, number)
        if not document_id:
            raise BadInput(f"{self.path}, line {number}: 'id' must not be empty")
        title = text_of(record, "title", self.path, number, needed=False)
        return Document(document_id, {"title": title, "body": text_of(record, "text", self.path, number)})

    def __getitem__(self, document_id: str) -> Document:
        found = self._ids.find(document_id) if self._ids is not None else []
        if not found:
            raise KeyError(document_id)
        with open(self.path, "rb") as file:
            file.seek(int(self._places[found[0]]))
            return self._document(json.loads(file.readline().removeprefix(_BOM)), found[0] + 1)

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids or ())

    def __len__(self) -> int:
        return len(self._ids) if self._ids is not None else 0


def queries(path: Path) -> list[tuple[str, str]]:
    """(id, text) of a query file ``{id, text}``. BadInput when two have one id."""
    found: dict[str, str] = {}
    for number, _, record in records(path):
        query = text_of(record, "id", path, number)
        if not query or query in found:
            raise BadInput(
                f"{path}, line {number}: " + (f"a second query {query!r}" if query else "'id' is empty")
            )
        found[query] = text_of(record, "text", path, number)
    return list(found.items())


def run(path: Path) -> dict[str, list[str]]:
    """Ids of each query, best first, from lines ``{query, id, rank, score}``; by score where no rank is given."""
    places: dict[str, dict[str, tuple[float, float]]] = {}
    for number, _, record in records(path):
        query, found = text_of(record, "query", path, number), text_of(record, "id", path, number)
        rank, score = record.get("rank", 0), record.get("score", 0)
        for name, value in (("rank", rank), ("score", score)):
            if isinstance(value, bool) or not isinstance(value, (int, float)) or abs(value) > _LARGEST:
                raise BadInput(f"{path}, line {number}: {name!r} must be a number")
        listed = places.setdefault(query, {})
        if found in listed:
            raise BadInput(f"{path}, line {number}: {found!r} stands twice under the query {query!r}")
        listed[found] = (float(rank), -float(score))
    return {query: sorted(listed, key=listed.__getitem__) for query, listed in places.items()}


def judgements(path: Path) -> dict[str, dict[str, float]]:
    """Right answers of each query from tab-separated query, document, score; a heading line is passed over."""
    found: dict[str, dict[str, float]] = {}
    for number, _, text in lines(path):
        columns = text.split("\t")
        if len(columns) != 3:
            raise BadInput(f"{path}, line {number}: three columns with tabs between them are needed")
        try:
            gain = float(columns[2])
        except ValueError:
            if number == 1:
                continue
            raise BadInput(f"{path}, line {number}: the score {columns[2]!r} is no number") from None
        if not math.isfinite(gain):
            raise BadInput(f"{path}, line {number}: the score {columns[2]!r} is no number")
        found.setdefault(columns[0], {})[columns[1]] = gain
    return found


def written(answer: Mapping[str, Any]) -> str:
    """One JSON line. Halves of characters, which UTF-8 cannot hold, are escaped."""
    text = json.dumps(answer, ensure_ascii=False)
    return (text if text.isascii() or _is_whole(text) else json.dumps(answer)) + "\n"


def _is_whole(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def refuse_overlap(inputs: Iterable[Path], outputs: Iterable[Path | None]) -> None:
    """BadInput when a file that is written is one that is read, or is written twice, or its folder is missing."""
    read = {path.resolve() for path in inputs}
    for path in outputs:
        if path is None:
            continue
        if path.resolve() in read:
            raise BadInput(f"{path} would be written over a file that is needed: name another")
        if not path.resolve().parent.is_dir():
            raise BadInput(f"{path} cannot be written: its folder is missing")
        read.add(path.resolve())


@contextmanager
def replacing(path: Path) -> Iterator[IO[str]]:
    """A text file that takes the place of ``path`` only when everything was written."""
    pending = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with open(pending, "w", encoding="utf-8", newline="\n") as file:
            yield file
        os.replace(pending, path)
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}") from error
    finally:
        pending.unlink(missing_ok=True)
