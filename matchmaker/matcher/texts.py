"""The texts of an index's documents, kept beside its arrays: read on demand, copied as they are in a merge."""

import json
import tempfile
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from matchmaker.matcher.documents import Document
from matchmaker.matcher.segment import Numbers, Segment, Strings

Stored = tuple[Segment, Strings | None]


def pack(document: Document) -> bytes:
    """Fields and tags of a document as plain ASCII, whatever characters they hold."""
    content = [dict(document.fields), list(document.tags)]
    return json.dumps(content, ensure_ascii=True, separators=(",", ":")).encode("ascii")


def unpack(document_id: str, text: str) -> Document:
    """The document that was packed."""
    fields, tags = json.loads(text)
    return Document(document_id, fields, tuple(tags))


class Texts(Mapping[str, Document]):
    """The documents of stored segments, read on demand; of several versions the newest counts."""

    def __init__(self, stored: Sequence[Stored]) -> None:
        self._stored = list(stored)

    def __getitem__(self, document_id: str) -> Document:
        for segment, texts in reversed(self._stored):
            for number in segment.ids.find(document_id):
                if texts is None:
                    raise KeyError(document_id)
                return unpack(document_id, texts[number])
        raise KeyError(document_id)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(one for segment, _ in self._stored for one in segment.ids))

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Spool:
    """Packed texts on their way into a segment: in a nameless file, so that memory does not grow with them."""

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 (closed by __exit__)
        self._ends = array("q", [0])

    def __enter__(self) -> "Spool":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, raw: Any) -> None:
        """Take in one packed text."""
        self._file.write(raw)
        self._ends.append(self._ends[-1] + len(raw))

    def strings(self) -> Strings:
        """The texts by number alone, without a hash index."""
        self._file.flush()
        size = self._ends[-1]
        blob: Any = (
            np.memmap(self._file, dtype=np.uint8, mode="r", shape=(size,)) if size else np.zeros(0, np.uint8)
        )
        nothing = np.zeros(0, dtype=np.uint64)
        return Strings(blob, np.array(self._ends, dtype=np.int64), nothing, nothing.astype(np.uint32))


def gather(
    spool: Spool,
    ids: Strings,
    alive: Iterable[bool],
    changed: Mapping[str, Document],
    stored: Sequence[Stored],
) -> None:
    """Spool the texts of a new segment's documents: the changed ones packed, the others copied from where they lay."""
    owner, place = _origins(ids, stored)
    kept = zip(ids, alive, owner.tolist(), place.tolist(), strict=True)
    for document_id, counts, part, number in kept:
        if not counts:
            spool.add(b"")
        elif document_id in changed or part < 0:
            spool.add(pack(changed[document_id]))
        else:
            part, number = _exactly(document_id, stored, part, number)
            texts = stored[part][1]
            assert texts is not None
            spool.add(bytes(texts.blob[int(texts.offsets[number]) : int(texts.offsets[number + 1])]))


def _exactly(document_id: str, stored: Sequence[Stored], part: int, number: int) -> tuple[int, int]:
    """The place that was found by its hash, or the right one where two ids share a hash."""
    if stored[part][0].ids[number] == document_id:
        return part, number
    places = [(at, found) for at, (one, _) in enumerate(stored) for found in one.ids.find(document_id)]
    return places[-1]


def _origins(ids: Strings, stored: Sequence[Stored]) -> tuple[Numbers, Numbers]:
    """In which stored segment, the newest first, and at which number each id lay; (-1, -1) where in none."""
    wanted = np.zeros(len(ids), dtype=np.uint64)
    wanted[ids.at] = ids.hashes
    owner = np.full(len(ids), -1, dtype=np.int64)
    place = np.full(len(ids), -1, dtype=np.int64)
    for part, (segment, _) in enumerate(stored):
        hashes = segment.ids.hashes
        if not len(hashes):
            continue
        low = np.searchsorted(hashes, wanted, side="left")
        low = np.minimum(low, len(hashes) - 1)
        here = hashes[low] == wanted
        owner[here] = part
        place[here] = segment.ids.at[low[here]]
    return owner, place
