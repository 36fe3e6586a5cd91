"""The index on disk: generations of memory-mapped arrays that all workers share.

A directory holds ``segments/<name>/`` (arrays), ``generations/<name>/`` (a manifest and the tombstones) and
``CURRENT``, which names the generation in force. A change writes new files beside the old ones, flushes them,
and only then switches ``CURRENT`` in one rename: a reader sees the old or the new state, and a writer that dies
leaves the old one; the next writer clears away what it left. The manifest names format, analyser, settings,
watermark, and the size and SHA-256 of each file.

The generation before the one in force stays on disk for readers that have just read its name; a reader that is
slower than two changes finds its files gone, sees that ``CURRENT`` names another, and takes that.
"""

import fcntl
import os
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np

from matchmaker.matcher import arrays, folders, manifest
from matchmaker.matcher.documents import Document, unique
from matchmaker.matcher.errors import CorruptIndex, ForeignIndex, StorageError
from matchmaker.matcher.folders import REBUILD, read_arrays, refused, write_arrays, write_file
from matchmaker.matcher.index import Index, Live
from matchmaker.matcher.lexicon import Lexicon
from matchmaker.matcher.manifest import FORMAT, Entry, Manifest
from matchmaker.matcher.segment import Segment, Strings
from matchmaker.matcher.settings import Settings
from matchmaker.matcher.texts import Spool, Texts, gather, pack

_OURS: Final = frozenset({"CURRENT", "CURRENT.new", "LOCK", "segments", "generations"})
_ATTEMPTS: Final = 5
_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True)
class Status:
    """What a stored index is: generation, documents, segments, bytes, and the caller's watermark."""

    generation: str
    documents: int
    segments: int
    tombstones: int
    size: int
    watermark: str
    analyser: str
    settings: str


@dataclass(frozen=True, slots=True)
class _Held:
    """A segment that was read: segments never change, only the list of them does."""

    entry: Entry
    segment: Segment
    texts: Strings | None


@dataclass(frozen=True, slots=True)
class _Opened:
    """One generation, read."""

    manifest: Manifest
    index: Index
    held: tuple[_Held, ...]


class Store:
    """One directory with an index. Any number of readers; writers wait for each other."""

    def __init__(
        self,
        directory: str | os.PathLike[str],
        *,
        settings: Settings | None = None,
        lexicon: Lexicon | None = None,
        keep_texts: bool = True,
    ) -> None:
        self.directory = Path(directory)
        self.settings = settings
        self.lexicon = lexicon
        self.keep_texts = keep_texts
        self._seen: tuple[int, int, int] | None = None
        self._index: Index | None = None
        self._held: dict[str, _Held] = {}

    # -- reading

    def index(self) -> Index:
        """The index in force. Cheap to call for every query: one stat tells whether it changed.

        ForeignIndex when there is none or it is of another format, analyser or settings; CorruptIndex when its
        files do not hold what the manifest says; StorageError when they may not be read.
        """
        seen = self._stamp()
        if self._index is None or seen != self._seen:
            index = self._in_force(self._open).index
            if self._index is not None:
                index.inherit(self._index)
            self._index, self._seen = index, seen
        return self._index

    def _stamp(self) -> tuple[int, int, int]:
        try:
            stat = os.stat(self.directory / "CURRENT")
        except OSError as error:
            raise self._none(error) from error
        return stat.st_mtime_ns, stat.st_ino, stat.st_size

    def _none(self, error: OSError) -> ForeignIndex | StorageError:
        if isinstance(error, (FileNotFoundError, NotADirectoryError, IsADirectoryError)):
            return ForeignIndex(f"{self.directory} holds no index: {REBUILD}")
        return refused(self.directory / "CURRENT", error, "read")

    def is_one(self) -> bool:
        """Whether everything in the directory is of an index, whole or not, so that building destroys nothing."""
        try:
            return {path.name for path in self.directory.iterdir()} <= _OURS
        except FileNotFoundError:
            return True
        except NotADirectoryError:
            return False
        except OSError as error:
            raise refused(self.directory, error, "read") from error

    def generation(self) -> str:
        """The name of the generation in force."""
        try:
            name = (self.directory / "CURRENT").read_bytes().decode("ascii", "replace").strip()
        except OSError as error:
            raise self._none(error) from error
        if not manifest.NAME.fullmatch(name):
            raise CorruptIndex(f"{self.directory}/CURRENT names no generation: {REBUILD}")
        return name

    def manifest(self) -> Manifest:
        """The manifest of the generation in force, checked for format, analyser and settings."""
        return self._in_force(self._manifest)

    def _in_force(self, read: Callable[[str], _Read]) -> _Read:
        """What ``read`` makes of the generation in force, again when another came into force meanwhile."""
        for _ in range(_ATTEMPTS):
            name = self.generation()
            try:
                return read(name)
            except (CorruptIndex, StorageError):
                if self.generation() == name:
                    raise
        with self._locked(fcntl.LOCK_SH):
            return read(self.generation())

    def _manifest(self, generation: str) -> Manifest:
        found = manifest.read(self.directory, generation)
        if self.settings is not None and found.settings.fingerprint() != self.settings.fingerprint():
            raise ForeignIndex(f"the index was built with other settings: {REBUILD}")
        here = Index(settings=found.settings, lexicon=self.lexicon).version
        if found.version != here:
            raise ForeignIndex(
                f"the index was built by another analyser ({found.version}; here {here}): {REBUILD}"
            )
        return found

    def _open(self, generation: str, *, verify: bool = False) -> _Opened:
        found = self._manifest(generation)
        notes = read_arrays(self.directory / "generations" / generation, found.files, verify=verify)
        held = tuple(self._read_segment(entry, verify=verify) for entry in found.segments)
        live = [_with_tombstones(one, notes.get(f"alive_{at}")) for at, one in enumerate(held)]
        if not {"gone_keys", "gone_counts"} <= notes.keys():
            raise CorruptIndex(f"generation {generation} lacks an array: {REBUILD}")
        index = Index(
            settings=found.settings,
            lexicon=self.lexicon,
            segments=live,
            documents=Texts([(one.segment, one.texts) for one in held]),
            gone=dict(zip(notes["gone_keys"].tolist(), notes["gone_counts"].tolist(), strict=True)),
            tidy=False,
        )
        self._held = {one.entry.name: one for one in held}
        return _Opened(found, index, held)

    def _read_segment(self, entry: Entry, *, verify: bool) -> _Held:
        known = self._held.get(entry.name)
        if known is not None and not verify and known.entry.files == entry.files:
            return replace(known, entry=entry)
        read = read_arrays(self.directory / "segments" / entry.name, entry.files, verify=verify)
        segment, texts = arrays.put_together(read, entry.name)
        if len(segment) != entry.documents:
            raise CorruptIndex(f"segment {entry.name} does not fit the manifest: {REBUILD}")
        return _Held(entry, segment, texts)

    def verify(self) -> Status:
        """Check every byte against the manifest, then tell what the index is."""
        return _status(self._in_force(lambda name: self._open(name, verify=True)).manifest)

    def status(self) -> Status:
        """What the index in force is."""
        return _status(self.manifest())

    # -- writing

    def build(self, documents: Iterable[Document], *, watermark: str = "") -> Status:
        """A new index of these documents in the place of whatever index was here.

        Documents are read once, as they come, and not held. BadInput when two have one id, ForeignIndex when the
        directory holds other files, StorageError when the disk refuses; the index before then stays in force.
        """
        if not self.is_one():
            raise ForeignIndex(f"{self.directory} holds other files than an index: name an empty one")
        index = Index(settings=self.settings, lexicon=self.lexicon)
        with self._reporting():
            self._make_folders()
            with Spool(self.directory) as spool:
                segment = index.reader.stream(_spooled(documents, spool) if self.keep_texts else documents)
                segment.ids.refuse_twins()
                with self._writing():
                    texts = spool.strings() if self.keep_texts else None
                    entry = self._write_segment(segment, texts)
                    return self._publish(index, [(Live.of(segment), entry)], watermark, self.keep_texts)

    def apply(
        self,
        *,
        upsert: Iterable[Document] = (),
        remove: Iterable[str] = (),
        watermark: str | None = None,
    ) -> Status:
        """Add or change documents and take others out, in one switch. Unknown ids to remove are passed over.

        What gathers in small segments is merged when it reaches 5 % of the index. Without a ``watermark`` the one
        before stays.
        """
        changed = unique(upsert)

        def change(index: Index) -> None:
            index.remove([one for one in dict.fromkeys(remove) if one in index])
            index.upsert(changed)

        return self._change(change, {one.id: one for one in changed}, watermark)

    def merge(self) -> Status:
        """Fold everything into one segment without tombstones."""
        return self._change(Index.merge, {}, None)

    def _change(
        self, change: Callable[[Index], None], changed: Mapping[str, Document], watermark: str | None
    ) -> Status:
        with self._reporting(), self._writing():
            before = self._open(self.generation())
            index = before.index
            names = {id(one.segment): one.entry for one in before.held}
            index._tidy = True
            change(index)
            entries: list[tuple[Live, Entry]] = []
            for live in index.segments:
                entry = names.get(id(live.segment))
                if entry is None:
                    entry = self._write_changed(live, changed, before)
                entries.append((live, entry))
            wanted = before.manifest.watermark if watermark is None else watermark
            return self._publish(index, entries, wanted, before.manifest.texts)

    def _write_changed(self, live: Live, changed: Mapping[str, Document], before: _Opened) -> Entry:
        if not before.manifest.texts:
            return self._write_segment(live.segment, None)
        stored = [(one.segment, one.texts) for one in before.held]
        with Spool(self.directory) as spool:
            gather(spool, live.segment.ids, live.alive.tolist(), changed, stored)
            return self._write_segment(live.segment, spool.strings())

    def _make_folders(self) -> None:
        for folder in (self.directory, self.directory / "segments", self.directory / "generations"):
            if not folder.is_dir():
                folder.mkdir(parents=True, exist_ok=True)
                folders.flush_folder(folder.parent)

    @contextmanager
    def _reporting(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise refused(self.directory, error, "written") from error

    @contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        try:
            lock = os.open(
                self.directory / "LOCK", os.O_RDWR | os.O_CREAT if how == fcntl.LOCK_EX else os.O_RDONLY
            )
        except OSError as error:
            raise self._none(error) from error
        try:
            fcntl.flock(lock, how)
            yield
        finally:
            os.close(lock)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._locked(fcntl.LOCK_EX):
            try:
                yield
            except BaseException:
                with suppress(OSError):
                    self._sweep()
                raise

    def _write_segment(self, segment: Segment, texts: Strings | None) -> Entry:
        name = f"s-{uuid.uuid4().hex[:20]}"
        files = write_arrays(self.directory / "segments" / name, arrays.taken_apart(segment, texts))
        return Entry(name, len(segment), len(segment), files)

    def _publish(
        self, index: Index, entries: Sequence[tuple[Live, Entry]], watermark: str, texts: bool
    ) -> Status:
        notes: dict[str, Any] = {
            f"alive_{at}": np.packbits(live.alive) for at, (live, _) in enumerate(entries)
        }
        notes["gone_keys"] = np.array(list(index.gone), dtype=np.uint64)
        notes["gone_counts"] = np.array(list(index.gone.values()), dtype=np.int64)
        name = f"g-{uuid.uuid4().hex[:20]}"
        segments = [replace(entry, alive=live.count) for live, entry in entries]
        made = Manifest(name, index.version, index.settings, watermark, texts, {}, segments)
        folder = self.directory / "generations" / name
        previous = self._current_or_none()
        try:
            write_arrays(folder, notes, note=lambda files: replace(made, files=files).written())
            self._switch(name)
        except BaseException:
            if self._current_or_none() != name:
                shutil.rmtree(folder, ignore_errors=True)
                (self.directory / "CURRENT.new").unlink(missing_ok=True)
            raise
        self._prune({name, previous} if previous else {name})
        return _status(made)

    def _switch(self, name: str) -> None:
        current, pending = self.directory / "CURRENT", self.directory / "CURRENT.new"
        write_file(pending, name.encode("ascii") + b"\n")
        with suppress(OSError):
            # Two switches within one tick of the clock must not look alike to a reader.
            last, mine = os.stat(current).st_mtime_ns, os.stat(pending).st_mtime_ns
            if mine <= last:
                os.utime(pending, ns=(last + 1, last + 1))
        os.replace(pending, current)
        folders.flush_folder(self.directory)

    def _current_or_none(self) -> str | None:
        with suppress(ForeignIndex, CorruptIndex, StorageError):
            return self.generation()
        return None

    def _prune(self, kept: set[str]) -> None:
        """Remove the generations that are not ``kept`` and what no generation names; open maps stay readable."""
        for path in (self.directory / "generations").iterdir():
            if path.name not in kept and manifest.NAME.fullmatch(path.name.removeprefix("new-")):
                shutil.rmtree(path, ignore_errors=True)
        self._sweep()

    def _sweep(self) -> None:
        """Remove the segments that no generation names."""
        wanted: set[str] = set()
        for path in (self.directory / "generations").iterdir():
            with suppress(CorruptIndex, ForeignIndex, StorageError):
                wanted |= {entry.name for entry in manifest.read(self.directory, path.name).segments}
        for path in (self.directory / "segments").iterdir():
            if path.name not in wanted and manifest.NAME.fullmatch(path.name.removeprefix("new-")):
                shutil.rmtree(path, ignore_errors=True)


def _spooled(documents: Iterable[Document], spool: Spool) -> Iterator[Document]:
    for document in documents:
        spool.add(pack(document))
        yield document


def _with_tombstones(one: _Held, packed: Any) -> Live:
    size = len(one.segment)
    if packed is None or packed.dtype != np.uint8 or packed.shape != ((size + 7) // 8,):
        raise CorruptIndex(f"the tombstones of segment {one.entry.name} do not fit: {REBUILD}")
    alive = np.unpackbits(packed, count=size).astype(np.bool_)
    count = int(alive.sum())
    if count != one.entry.alive:
        raise CorruptIndex(f"the tombstones of segment {one.entry.name} do not fit: {REBUILD}")
    return Live(one.segment, alive, count)


def _status(found: Manifest) -> Status:
    entries = found.segments
    return Status(
        generation=found.generation,
        documents=sum(entry.alive for entry in entries),
        segments=len(entries),
        tombstones=sum(entry.documents - entry.alive for entry in entries),
        size=sum(file["size"] for entry in entries for file in entry.files.values()),
        watermark=found.watermark,
        analyser=found.version,
        settings=found.settings.fingerprint(),
    )


def open_index(
    directory: str | os.PathLike[str], *, settings: Settings | None = None, lexicon: Lexicon | None = None
) -> Index:
    """The index stored in a directory; see :class:`Store`."""
    return Store(directory, settings=settings, lexicon=lexicon).index()


__all__ = ["FORMAT", "Status", "Store", "Texts", "open_index"]
