"""Many short texts in one byte array, fit for a memory map."""

import hashlib
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from matchmaker.matcher.errors import BadInput

Numbers = npt.NDArray[np.int64]


class Strings:
    """Many short texts in one byte array, with a hash index to find one; fit for a memory map."""

    __slots__ = ("at", "blob", "hashes", "offsets")

    def __init__(
        self,
        blob: npt.NDArray[np.uint8],
        offsets: npt.NDArray[np.int64],
        hashes: npt.NDArray[np.uint64],
        at: npt.NDArray[np.uint32],
    ) -> None:
        self.blob, self.offsets, self.hashes, self.at = blob, offsets, hashes, at

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Strings":
        raw = [text.encode("utf-8", "surrogatepass") for text in texts]
        offsets = _offsets(raw)
        hashes = np.fromiter(map(_string_hash, raw), dtype=np.uint64, count=len(raw))
        order = np.argsort(hashes, kind="stable")
        blob = np.frombuffer(b"".join(raw), dtype=np.uint8)
        return cls(blob, offsets, hashes[order], order.astype(np.uint32))

    @classmethod
    def unindexed(cls, texts: Sequence[str]) -> "Strings":
        """Texts to be read by number alone: none can be found."""
        raw = [text.encode("utf-8", "surrogatepass") for text in texts]
        nothing = np.zeros(0, dtype=np.uint64)
        return cls(np.frombuffer(b"".join(raw), np.uint8), _offsets(raw), nothing, nothing.astype(np.uint32))

    @classmethod
    def gather(cls, parts: Sequence["Strings"], owner: Numbers, place: Numbers) -> "Strings":
        """The texts ``parts[owner[i]][place[i]]``, without decoding any; found by their text if all parts are."""
        base = np.cumsum([0, *(len(part.blob) for part in parts)])
        first = np.cumsum([0, *(len(part) for part in parts)])
        starts = np.concatenate([part.offsets[:-1] + base[i] for i, part in enumerate(parts)])
        sizes = np.concatenate([np.diff(part.offsets) for part in parts])
        chosen = first[owner] + place
        start, size = starts[chosen], sizes[chosen]
        offsets = np.concatenate(([0], np.cumsum(size))).astype(np.int64)
        whole = np.concatenate([part.blob for part in parts])
        blob = whole[np.repeat(start - offsets[:-1], size) + np.arange(int(offsets[-1]))]
        if any(len(part.at) < len(part) for part in parts):
            nothing = np.zeros(0, dtype=np.uint64)
            return cls(blob, offsets, nothing, nothing.astype(np.uint32))
        hashes = np.empty(int(first[-1]), dtype=np.uint64)
        for i, part in enumerate(parts):
            hashes[first[i] : first[i + 1]][part.at] = part.hashes
        value = hashes[chosen]
        order = np.argsort(value, kind="stable")
        return cls(blob, offsets, value[order], order.astype(np.uint32))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, number: int) -> str:
        low, high = int(self.offsets[number]), int(self.offsets[number + 1])
        return bytes(self.blob[low:high]).decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        return (self[number] for number in range(len(self)))

    def refuse_twins(self) -> None:
        """BadInput when two of the texts, which are ids, are equal."""
        for at in np.flatnonzero(self.hashes[1:] == self.hashes[:-1]).tolist():
            text = self[int(self.at[at])]
            if len(self.find(text)) > 1:
                raise BadInput(f"two documents have the id {text!r}")

    def find(self, text: str) -> list[int]:
        """The places of this text."""
        value = np.uint64(_string_hash(text.encode("utf-8", "surrogatepass")))
        low = int(np.searchsorted(self.hashes, value, side="left"))
        high = int(np.searchsorted(self.hashes, value, side="right"))
        return [int(n) for n in self.at[low:high] if self[int(n)] == text]


def _string_hash(raw: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(raw, digest_size=8).digest(), "big")


def _offsets(raw: Sequence[bytes]) -> Numbers:
    offsets = np.zeros(len(raw) + 1, dtype=np.int64)
    np.cumsum(np.fromiter(map(len, raw), dtype=np.int64, count=len(raw)), out=offsets[1:])
    return offsets
