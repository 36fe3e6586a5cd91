"""The index on disk: generations of memory-mapped arrays that all workers share.

A directory holds ``segments/<name>/`` (arrays as ``.npy``, small segments as one ``segment.npz``),
``generations/<name>/`` (a manifest and the tombstones) and ``CURRENT``, which names the generation in
force. A
change writes new files beside the old ones, flushes them, and only then switches ``CURRENT`` in one rename: a
reader sees the old or the new state, and a writer that dies leaves the old one. The manifest names format,
analyser, settings, watermark, and the size and SHA-256 of each file. Nothing is pickled.

Opening checks the size of every file and the SHA-256 of all up to 16 MB; ``verify`` checks all.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from matchmaker.matcher.documents import Document, unique
from matchmaker.matcher.errors import BadInput, CorruptIndex, ForeignIndex, UnknownDocument
from matchmaker.matcher.index import Index, Live
from matchmaker.matcher.lexicon import Lexicon
from matchmaker.matcher.segment import Segment, Strings
from matchmaker.matcher.settings import Channels, Settings

FORMAT: Final = "matchmaker matcher index 1"
CHECKED_AT_OPENING: Final = 16 * 2**20
_SMALL: Final = 4 * 2**20
_ARRAYS: Final = ("keys", "indptr", "docs", "counts", "length", "scale", "word_keys")
_STRINGS: Final = ("ids", "words", "texts")
_PARTS: Final = ("blob", "offsets", "hashes", "at")
_TYPES: Final = {
    "keys": "<u8",
    "indptr": "<i8",
    "docs": "<u4",
    "counts": "|u1",
    "length": "<f4",
    "scale": "<f4",
    "word_keys": "<u8",
    "blob": "|u1",
    "offsets": "<i8",
    "hashes": "<u8",
    "at": "<u4",
}
_NAME: Final = re.compile(r"[a-z0-9-]{1,64}")
_REBUILD: Final = "build the index again"


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


class Texts(Mapping[str, Document]):
    """The documents of stored segments, read on demand; of several versions the newest counts."""

    def __init__(self, stored: Sequence[tuple[Segment, Strings]]) -> None:
        self._stored = list(stored)

    def __getitem__(self, document_id: str) -> Document:
        for segment, texts in reversed(self._stored):
            for number in segment.ids.find(document_id):
                if len(texts) == len(segment):
                    return _document(document_id, texts[number])
        raise KeyError(document_id)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(one for segment, _ in self._stored for one in segment.ids))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _text(document: Document) -> str:
    return json.dumps([dict(document.fields), list(document.tags)], ensure_ascii=True, separators=(",", ":"))


def _document(document_id: str, text: str) -> Document:
    fields, tags = json.loads(text)
    return Document(document_id, fields, tuple(tags))


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
        self._names: dict[int, str] = {}
        self._held: dict[str, tuple[dict[str, Any], Segment, Strings | None]] = {}

    # -- reading

    def index(self) -> Index:
        """The index in force. Cheap to call for every query: one stat tells whether it changed.

        ForeignIndex when there is none or it is of another format, analyser or settings; CorruptIndex when
        its files do not hold what the manifest says.
        """
        seen = self._stamp()
        if self._index is None or seen != self._seen:
            index, self._names = self._open()
            if self._index is not None:
                index.inherit(self._index)
            self._index, self._seen = index, seen
        return self._index

    def _stamp(self) -> tuple[int, int, int]:
        try:
            stat = os.stat(self.directory / "CURRENT")
        except OSError as error:
            raise ForeignIndex(f"{self.directory} holds no index: {_REBUILD}") from error
        return stat.st_mtime_ns, stat.st_ino, stat.st_size

    def is_one(self) -> bool:
        """Whether the directory holds an index of any kind, so that building here destroys nothing else."""
        return (self.directory / "CURRENT").is_file() and (self.directory / "generations").is_dir()

    def generation(self) -> str:
        """The name of the generation in force."""
        try:
            name = (self.directory / "CURRENT").read_text("ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ForeignIndex(f"{self.directory} holds no index: {_REBUILD}") from error
        if not _NAME.fullmatch(name):
            raise CorruptIndex(f"{self.directory}/CURRENT names no generation: {_REBUILD}")
        return name

    def manifest(self) -> dict[str, Any]:
        """The manifest of the generation in force, checked for format, analyser and settings."""
        name = self.generation()
        path = self.directory / "generations" / name / "manifest.json"
        try:
            raw = path.read_bytes()
            manifest = json.loads(raw)
        except (OSError, ValueError) as error:
            raise CorruptIndex(f"the manifest of generation {name} cannot be read: {_REBUILD}") from error
        if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
            raise ForeignIndex(f"{self.directory} is not a {FORMAT}: {_REBUILD}")
        stated = manifest.pop("sha256", None)
        if stated != _digest(_canonical(manifest)):
            raise CorruptIndex(f"the manifest of generation {name} was changed: {_REBUILD}")
        if self.settings is not None and manifest["fingerprint"] != self.settings.fingerprint():
            raise ForeignIndex(f"the index was built with other settings: {_REBUILD}")
        found = Index(settings=_settings(manifest["settings"]), lexicon=self.lexicon).version
        if manifest["version"] != found:
            raise ForeignIndex(
                f"the index was built by another analyser ({manifest['version']}; here {found}): {_REBUILD}"
            )
        return manifest

    def _open(self, *, verify: bool = False) -> tuple[Index, dict[int, str]]:
        manifest = self.manifest()
        generation = self.directory / "generations" / self.generation()
        notes = _load_all(generation, manifest["files"], verify=True)
        segments: list[Live] = []
        texts: list[tuple[Segment, Strings]] = []
        names: dict[int, str] = {}
        for number, entry in enumerate(manifest["segments"]):
            if not _NAME.fullmatch(entry["name"]):
                raise CorruptIndex(f"the manifest names a segment {entry['name']!r}: {_REBUILD}")
            segment, stored = self._segment(entry, verify=verify)
            packed = notes.get(f"alive-{number}")
            if packed is None or len(packed) != (len(segment) + 7) // 8:
                raise CorruptIndex(f"the tombstones of segment {entry['name']} do not fit: {_REBUILD}")
            alive = np.unpackbits(packed, count=len(segment)).astype(np.bool_)
            segments.append(Live(segment, alive, int(alive.sum())))
            names[id(segment)] = entry["name"]
            if stored is not None:
                texts.append((segment, stored))
        gone = dict(zip(notes["gone_keys"].tolist(), notes["gone_counts"].tolist(), strict=True))
        self._held = {name: self._held[name] for name in names.values()}
        index = Index(
            settings=_settings(manifest["settings"]),
            lexicon=self.lexicon,
            segments=segments,
            documents=Texts(texts),
            gone=gone,
            tidy=False,
        )
        return index, names

    def _segment(self, entry: Mapping[str, Any], *, verify: bool) -> tuple[Segment, Strings | None]:
        """A segment, read and checked once: segments never change, only the list of them does."""
        name = entry["name"]
        held = self._held.get(name)
        if held is None or verify or held[0] != entry["files"]:
            arrays = _load_all(self.directory / "segments" / name, entry["files"], verify=verify)
            held = (entry["files"], *_segment(arrays, name))
            self._held[name] = held
        return held[1], held[2]

    def verify(self) -> Status:
        """Check every byte against the manifest, then tell what the index is."""
        self._open(verify=True)
        return self.status()

    def status(self) -> Status:
        """What the index in force is."""
        manifest = self.manifest()
        entries = manifest["segments"]
        return Status(
            generation=self.generation(),
            documents=sum(entry["alive"] for entry in entries),
            segments=len(entries),
            tombstones=sum(entry["documents"] - entry["alive"] for entry in entries),
            size=sum(file["size"] for entry in entries for file in entry["files"].values()),
            watermark=manifest["watermark"],
            analyser=manifest["version"],
            settings=manifest["fingerprint"],
        )

    # -- writing

    def build(self, documents: Iterable[Document], *, watermark: str = "") -> Status:
        """A new index of these documents in the place of whatever was here.

        Documents are read once, as they come, and not held. BadInput when two have one id.
        """
        index = Index(settings=self.settings, lexicon=self.lexicon)
        texts: list[str] = []

        def watched() -> Iterator[Document]:
            for document in documents:
                if self.keep_texts:
                    texts.append(_text(document))
                yield document

        segment = index.reader.stream(watched())
        segment.ids.refuse_twins()
        with self._writing():
            live = Live.of(segment)
            entry = self._write_segment(segment, _bare(texts) if self.keep_texts else None)
            self._publish(index, [(live, entry)], {}, watermark)
        return self.status()

    def apply(
        self,
        *,
        upsert: Iterable[Document] = (),
        remove: Iterable[str] = (),
        watermark: str = "",
    ) -> Status:
        """Add or change documents and take others out, in one switch. Unknown ids to remove are passed over.

        What gathers in small segments is merged when it reaches 5 % of the index.
        """
        changed = unique(upsert)
        with self._writing():
            before = {entry["name"]: entry for entry in self.manifest()["segments"]}
            index, names = self._open()
            index._tidy = True
            for document_id in dict.fromkeys(remove):
                if document_id in index:
                    index.remove(document_id)
            index.upsert(changed)
            entries: list[tuple[Live, dict[str, Any]]] = []
            for live in index.segments:
                name = names.get(id(live.segment))
                entry = (
                    before[name]
                    if name is not None
                    else self._write_segment(live.segment, self._texts_for(index, live))
                )
                entries.append((live, entry))
            self._publish(index, entries, index.gone, watermark)
        return self.status()

    def _texts_for(self, index: Index, live: Live) -> Strings | None:
        if not self.keep_texts:
            return None
        texts: list[str] = []
        for number, document_id in enumerate(live.segment.ids):
            document = index.document(document_id) if live.alive[number] else Document(document_id)
            if document is None:
                return None
            texts.append(_text(document))
        return _bare(texts)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        for folder in ("segments", "generations"):
            (self.directory / folder).mkdir(parents=True, exist_ok=True)
        with open(self.directory / "LOCK", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _write_segment(self, segment: Segment, texts: Strings | None) -> dict[str, Any]:
        name = f"s-{uuid.uuid4().hex[:20]}"
        arrays: dict[str, Any] = {field: getattr(segment, field) for field in _ARRAYS}
        for group, strings in (("ids", segment.ids), ("words", segment.words), ("texts", texts)):
            if strings is not None:
                arrays.update({f"{group}_{part}": getattr(strings, part) for part in _PARTS})
        files = _write_all(self.directory / "segments" / name, arrays)
        return {"name": name, "documents": len(segment), "files": files}

    def _publish(
        self,
        index: Index,
        entries: Sequence[tuple[Live, dict[str, Any]]],
        gone: Mapping[int, int],
        watermark: str,
    ) -> None:
        notes: dict[str, Any] = {
            f"alive-{number}": np.packbits(live.alive) for number, (live, _) in enumerate(entries)
        }
        notes["gone_keys"] = np.array(list(gone), dtype=np.uint64)
        notes["gone_counts"] = np.array(list(gone.values()), dtype=np.int64)
        name = f"g-{uuid.uuid4().hex[:20]}"
        folder = self.directory / "generations" / name

        def manifest(files: dict[str, Any]) -> bytes:
            content = {
                "format": FORMAT,
                "version": index.version,
                "settings": asdict(index.settings),
                "fingerprint": index.settings.fingerprint(),
                "watermark": watermark,
                "files": files,
                "segments": [{**entry, "alive": live.count} for live, entry in entries],
            }
            return json.dumps({**content, "sha256": _digest(_canonical(content))}, indent=1).encode("utf-8")

        _write_all(folder, notes, note=manifest)
        previous = self._current_or_none()
        pending = self.directory / "CURRENT.new"
        _write_file(pending, name.encode("ascii") + b"\n")
        os.replace(pending, self.directory / "CURRENT")
        _flush_folder(self.directory)
        self._prune({name, previous} if previous else {name})

    def _current_or_none(self) -> str | None:
        try:
            return self.generation()
        except (ForeignIndex, CorruptIndex):
            return None

    def _prune(self, generations: set[str]) -> None:
        """Remove what neither this generation nor the one before names; open maps stay readable."""
        wanted: set[str] = set()
        for name in generations:
            try:
                manifest = json.loads((self.directory / "generations" / name / "manifest.json").read_bytes())
                wanted |= {entry["name"] for entry in manifest["segments"]}
            except (OSError, ValueError, KeyError, TypeError):
                continue
        for folder, kept in (("generations", generations), ("segments", wanted)):
            for path in (self.directory / folder).iterdir():
                if path.name not in kept:
                    shutil.rmtree(path, ignore_errors=True)


def _bare(texts: Sequence[str]) -> Strings:
    """Texts without a hash index, for reading by number alone."""
    strings = Strings.of(texts)
    return Strings(strings.blob, strings.offsets, strings.hashes[:0], strings.at[:0])


def _settings(stored: Mapping[str, Any]) -> Settings:
    try:
        return Settings(**{**stored, "channels": Channels(**stored["channels"])})
    except (TypeError, KeyError, BadInput) as error:
        raise ForeignIndex(f"the settings of the index are not known here: {_REBUILD}") from error


def _canonical(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode("utf-8")


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _file_digest(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_file(path: Path, raw: bytes) -> None:
    with open(path, "wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_all(
    folder: Path, arrays: Mapping[str, Any], note: Callable[[dict[str, Any]], bytes] | None = None
) -> dict[str, Any]:
    """Write the arrays into a new folder that appears complete or not at all; small ones share one file."""
    pending = folder.with_name(f"new-{folder.name}")
    pending.mkdir()
    listed: dict[str, Path] = {}
    if sum(array.nbytes for array in arrays.values()) <= _SMALL:
        listed["segment.npz"] = pending / "segment.npz"
        with open(listed["segment.npz"], "wb") as file:
            np.savez(file, allow_pickle=False, **arrays)
            file.flush()
            os.fsync(file.fileno())
    else:
        for name, array in arrays.items():
            listed[f"{name}.npy"] = pending / f"{name}.npy"
            with open(listed[f"{name}.npy"], "wb") as file:
                np.save(file, array, allow_pickle=False)
                file.flush()
                os.fsync(file.fileno())
    files = {
        name: {"size": path.stat().st_size, "sha256": _file_digest(path)} for name, path in listed.items()
    }
    if note is not None:
        _write_file(pending / "manifest.json", note(files))
    _flush_folder(pending)
    os.rename(pending, folder)
    _flush_folder(folder.parent)
    return files


def _load_all(folder: Path, files: Mapping[str, Any], *, verify: bool) -> dict[str, Any]:
    arrays: dict[str, Any] = {}
    for name, facts in files.items():
        path = folder / name
        try:
            size = path.stat().st_size
            if size != facts["size"]:
                raise CorruptIndex(f"{path} has {size} bytes, not {facts['size']}: {_REBUILD}")
            if (verify or size <= CHECKED_AT_OPENING) and _file_digest(path) != facts["sha256"]:
                raise CorruptIndex(f"{path} does not hold what the manifest says: {_REBUILD}")
            if name.endswith(".npz"):
                with np.load(path, allow_pickle=False) as packed:
                    arrays.update({key: packed[key] for key in packed.files})
            else:
                arrays[name.removesuffix(".npy")] = _mapped(path)
        except (OSError, ValueError, KeyError) as error:
            raise CorruptIndex(f"{path} cannot be read ({error}): {_REBUILD}") from error
    return arrays


def _mapped(path: Path) -> Any:
    try:
        return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
    except ValueError:
        # An empty array cannot be mapped.
        return np.load(path, allow_pickle=False)


def _segment(arrays: Mapping[str, Any], name: str) -> tuple[Segment, Strings | None]:
    def one(key: str) -> Any:
        array = arrays.get(key)
        wanted = np.dtype(_TYPES[key if key in _TYPES else key.rpartition("_")[2]])
        if array is None or array.ndim != 1 or array.dtype != wanted:
            raise CorruptIndex(f"segment {name} has no proper array {key!r}: {_REBUILD}")
        return array

    def strings(group: str) -> Strings:
        return Strings(*(one(f"{group}_{part}") for part in _PARTS))

    segment = Segment(**{field: one(field) for field in _ARRAYS}, ids=strings("ids"), words=strings("words"))
    sound = (
        len(segment.indptr) == len(segment.keys) + 1
        and (not len(segment.indptr) or int(segment.indptr[-1]) == len(segment.docs))
        and len(segment.docs) == len(segment.counts)
        and len(segment.length) == len(segment.scale) == len(segment.ids)
        and len(segment.word_keys) == len(segment.words)
    )
    if not sound:
        raise CorruptIndex(f"the arrays of segment {name} do not fit each other: {_REBUILD}")
    return segment, strings("texts") if "texts_blob" in arrays else None


def open_index(
    directory: str | os.PathLike[str], *, settings: Settings | None = None, lexicon: Lexicon | None = None
) -> Index:
    """The index stored in a directory; see :class:`Store`."""
    return Store(directory, settings=settings, lexicon=lexicon).index()


__all__ = ["FORMAT", "Status", "Store", "Texts", "UnknownDocument", "open_index"]
