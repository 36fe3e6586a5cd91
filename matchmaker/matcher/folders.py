"""Folders of arrays on disk: written complete or not at all, checked when they are read. Nothing is pickled.

Arrays lie as ``.npy`` files that a memory map can open; a folder of small arrays is one ``arrays.npz``. Every
file has its size and SHA-256 in the manifest that names the folder. Reading hundreds of megabytes to check them
at every opening would take seconds, so ``checked.json`` notes inode, size and times of the files whose bytes
were compared; as long as the file system tells the same, they are not read again. A file that was copied,
restored or written to is.
"""

import hashlib
import json
import os
import shutil
import zipfile
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import numpy as np

from matchmaker.matcher.errors import CorruptIndex, StorageError

REBUILD: Final = "build the index again"
SMALL: Final = 4 * 2**20
"""Arrays of no more bytes than this together share one file: opening one is quicker than opening twenty."""

_PACKED: Final = "arrays.npz"
_CHECKED: Final = "checked.json"
_UNREADABLE: Final = (
    ValueError,
    KeyError,
    TypeError,
    EOFError,
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
)
_ABSENT: Final = (FileNotFoundError, NotADirectoryError, IsADirectoryError)

Files = Mapping[str, Mapping[str, Any]]


def digest(raw: bytes) -> str:
    """SHA-256 as the manifest writes it."""
    return hashlib.sha256(raw).hexdigest()


def refused(path: Path, error: OSError, doing: str) -> StorageError:
    """The plain sentence for what the disk would not do."""
    return StorageError(f"{path} cannot be {doing}: {error.strerror or error}")


def write_file(path: Path, raw: bytes) -> None:
    """Write and flush to the disk."""
    with open(path, "wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())


def flush_folder(folder: Path) -> None:
    """Make what was created or renamed in a folder last."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_arrays(
    folder: Path, arrays: Mapping[str, Any], note: Callable[[dict[str, Any]], bytes] | None = None
) -> dict[str, Any]:
    """A new folder with the arrays, which appears complete or not at all; gives size and SHA-256 of each file.

    ``note`` makes the bytes of a ``manifest.json`` in the same folder from those facts.
    """
    pending = folder.with_name(f"new-{folder.name}")
    try:
        pending.mkdir()
        files = {path.name: _facts(path) for path in _write_all(pending, arrays)}
        _remember(pending, files)
        if note is not None:
            write_file(pending / "manifest.json", note(files))
        flush_folder(pending)
        os.rename(pending, folder)
        flush_folder(folder.parent)
    except BaseException:
        shutil.rmtree(pending, ignore_errors=True)
        raise
    return files


def _write_all(pending: Path, arrays: Mapping[str, Any]) -> list[Path]:
    if sum(array.nbytes for array in arrays.values()) <= SMALL:
        with open(pending / _PACKED, "wb") as file:
            np.savez(file, allow_pickle=False, **arrays)
            file.flush()
            os.fsync(file.fileno())
        return [pending / _PACKED]
    written: list[Path] = []
    for name, array in arrays.items():
        written.append(pending / f"{name}.npy")
        with open(written[-1], "wb") as file:
            np.save(file, array, allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())
    return written


def _facts(path: Path) -> dict[str, Any]:
    return {"size": path.stat().st_size, "sha256": _file_digest(path)}


def _file_digest(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_arrays(folder: Path, files: Files, *, verify: bool = False) -> dict[str, Any]:
    """The arrays of a folder, mapped where they are large.

    CorruptIndex when a file is missing or does not hold what ``files`` says; with ``verify`` every byte is read.
    """
    arrays: dict[str, Any] = {}
    try:
        trusted = not verify and _unchanged(folder, files)
        for name, facts in files.items():
            _check(folder / name, facts, whole=not trusted)
            arrays |= _read(folder / name)
    except _ABSENT as error:
        raise CorruptIndex(f"{folder} lacks a file: {REBUILD}") from error
    except OSError as error:
        raise refused(folder, error, "read") from error
    except _UNREADABLE as error:
        raise CorruptIndex(f"{folder} cannot be understood ({error}): {REBUILD}") from error
    if not trusted:
        with suppress(OSError):
            _remember(folder, files)
    return arrays


def _check(path: Path, facts: Mapping[str, Any], *, whole: bool) -> None:
    size = path.stat().st_size
    if size != facts["size"]:
        raise CorruptIndex(f"{path} has {size} bytes, not {facts['size']}: {REBUILD}")
    if whole and _file_digest(path) != facts["sha256"]:
        raise CorruptIndex(f"{path} does not hold what the manifest says: {REBUILD}")


def _read(path: Path) -> dict[str, Any]:
    if path.suffix == ".npz":
        with np.load(path, allow_pickle=False) as packed:
            return {key: packed[key] for key in packed.files}
    try:
        return {path.stem: np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))}
    except ValueError:
        # An empty array cannot be mapped.
        return {path.stem: np.load(path, allow_pickle=False)}


def _stamps(folder: Path, files: Files) -> dict[str, Any]:
    stamps: dict[str, Any] = {}
    for name, facts in files.items():
        stat = os.stat(folder / name)
        times = [stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns]
        stamps[name] = [*times, facts["sha256"]]
    return stamps


def _unchanged(folder: Path, files: Files) -> bool:
    try:
        noted = json.loads((folder / _CHECKED).read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    return bool(noted == _stamps(folder, files))


def _remember(folder: Path, files: Files) -> None:
    pending = folder / f"{_CHECKED}.{os.getpid()}"
    try:
        pending.write_text(json.dumps(_stamps(folder, files)), "ascii")
        os.replace(pending, folder / _CHECKED)
    except BaseException:
        pending.unlink(missing_ok=True)
        raise
