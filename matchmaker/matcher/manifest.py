"""What a generation is made of, as one JSON file that carries its own SHA-256."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from matchmaker.matcher.errors import BadInput, CorruptIndex, ForeignIndex
from matchmaker.matcher.folders import REBUILD, digest, refused
from matchmaker.matcher.settings import Channels, Settings

FORMAT: Final = "matchmaker matcher index 3"
NAME: Final = re.compile(r"[gs]-[0-9a-f]{20}")


@dataclass(frozen=True, slots=True)
class Entry:
    """A segment as a generation sees it: how many documents lie in it, and how many of them count."""

    name: str
    documents: int
    alive: int
    files: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Manifest:
    """One generation: what made it, how far it reads the caller's data, and its files."""

    generation: str
    version: str
    settings: Settings
    watermark: str
    texts: bool
    files: Mapping[str, Mapping[str, Any]]
    segments: Sequence[Entry]

    def written(self) -> bytes:
        """The bytes of ``manifest.json``."""
        content = {
            "format": FORMAT,
            "generation": self.generation,
            "version": self.version,
            "settings": asdict(self.settings),
            "watermark": self.watermark,
            "texts": self.texts,
            "files": self.files,
            "segments": [asdict(entry) for entry in self.segments],
        }
        return json.dumps({**content, "sha256": digest(_canonical(content))}, indent=1).encode("ascii")


def read(directory: Path, generation: str) -> Manifest:
    """The manifest of a generation. CorruptIndex or ForeignIndex when it is none of ours."""
    path = directory / "generations" / generation / "manifest.json"
    try:
        content = json.loads(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise CorruptIndex(f"generation {generation} has no manifest: {REBUILD}") from error
    except OSError as error:
        raise refused(path, error, "read") from error
    except (ValueError, RecursionError) as error:
        raise CorruptIndex(f"the manifest of generation {generation} cannot be read: {REBUILD}") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ForeignIndex(f"{directory} is not a {FORMAT}: {REBUILD}")
    stated = content.pop("sha256", None)
    if stated != digest(_canonical(content)) or content.get("generation") != generation:
        raise CorruptIndex(f"the manifest of generation {generation} was changed: {REBUILD}")
    return _parsed(content)


def _parsed(content: Mapping[str, Any]) -> Manifest:
    try:
        stored = content["settings"]
        settings = Settings(**{**stored, "channels": Channels(**stored["channels"])})
        segments = [Entry(**entry) for entry in content["segments"]]
        rest = {name: content[name] for name in ("generation", "version", "watermark", "texts", "files")}
    except (TypeError, KeyError, BadInput) as error:
        raise ForeignIndex(f"the settings of the index are not known here: {REBUILD}") from error
    for entry in segments:
        if not NAME.fullmatch(entry.name):
            raise CorruptIndex(f"the manifest names a segment {entry.name!r}: {REBUILD}")
    return Manifest(settings=settings, segments=segments, **rest)


def _canonical(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode("ascii")
