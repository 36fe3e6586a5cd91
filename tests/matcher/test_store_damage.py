"""Spoilt files: every one cut, flipped, taken away, emptied or exchanged gives a refusal or the right answers."""

import json
import os
import shutil

import pytest

from matchmaker.matcher import CorruptIndex, Document, ForeignIndex, MatcherError, StorageError
from matchmaker.matcher import folders as module
from matchmaker.matcher.store import Store

QUERY = "第7號 水質監測 sensor"


def documents(first, last):
    return [
        Document(f"d{n}", {"body": f"水質監測 第{n}號 water sensor {n}"}, ("AI",)) for n in range(first, last)
    ]


def answers(directory):
    index = Store(directory).index()
    return [
        (match.id, match.score, index.document(match.id), index.explain(QUERY, match.id))
        for match in index.rank(QUERY, top=12)
    ]


@pytest.fixture(params=[0, module.SMALL], ids=["mapped", "packed"])
def whole(tmp_path, monkeypatch, request):
    monkeypatch.setattr(module, "SMALL", request.param)
    store = Store(tmp_path / "whole")
    store.build(documents(0, 12))
    store.apply(upsert=documents(3, 5), remove=["d9"])
    # Nothing but what the generation in force needs.
    for path in (store.directory / "generations").iterdir():
        if path.name != store.generation():
            shutil.rmtree(path)
    return store.directory


def files_of(directory):
    return sorted(p.relative_to(directory) for p in directory.rglob("*") if p.is_file() and p.name != "LOCK")


def spoilt_ways(raw):
    middle = len(raw) // 2
    yield raw[:middle] + bytes([raw[middle] ^ 0x41]) + raw[middle + 1 :]
    yield bytes([raw[0] ^ 0x80]) + raw[1:]
    yield raw[:-1] + bytes([raw[-1] ^ 1])
    yield raw[: -max(2, middle)]
    yield raw + b"\0"
    yield bytes(len(raw))
    yield b""
    yield None


def test_every_file_spoilt_in_every_way(whole, tmp_path, monkeypatch):
    right = answers(whole)
    copy = tmp_path / "copy"
    refused = []
    for file in files_of(whole):
        # Forty mapped files are alike: three ways for each, all eight for the others.
        for spoilt in list(spoilt_ways((whole / file).read_bytes()))[:: 3 if file.suffix == ".npy" else 1]:
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(whole, copy)
            (copy / file).unlink()
            if spoilt is not None:
                (copy / file).write_bytes(spoilt)
            try:
                assert answers(copy) == right, file
            except (CorruptIndex, ForeignIndex) as error:
                refused.append(str(error))
            else:
                # Only the notes of what was checked may be spoilt without harm, and an odd end of CURRENT.
                assert file.name in ("checked.json", "CURRENT"), (file, spoilt)
        monkeypatch.setattr(module, "SMALL", 2**20)
        Store(copy).build(documents(0, 3))
        assert Store(copy).verify().documents == 3
    assert len(refused) > 30
    assert all(sentence.endswith("build the index again") for sentence in refused)


def test_files_spoilt_in_place_are_noticed_without_being_asked_to_verify(whole):
    """The same inode and size, written over where it lies: only the bytes and the times tell."""
    for file in files_of(whole):
        if file.suffix not in (".npy", ".npz"):
            continue
        raw = (whole / file).read_bytes()
        with open(whole / file, "r+b") as opened:
            opened.seek(len(raw) // 2)
            opened.write(bytes([raw[len(raw) // 2] ^ 4]))
        with pytest.raises(CorruptIndex):
            Store(whole).index()
        with open(whole / file, "r+b") as opened:
            opened.write(raw)
    assert answers(whole)


def test_exchanged_files_and_folders(whole, tmp_path):
    right = answers(whole)
    other = Store(tmp_path / "other")
    other.build(documents(100, 112))
    other.apply(upsert=documents(103, 105), remove=["d109"])
    copy = tmp_path / "copy"

    def fresh():
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(whole, copy)
        return copy

    segments = sorted(path.name for path in (whole / "segments").iterdir())
    assert len(segments) == 2
    fresh()
    for one, name in zip(segments, reversed(segments), strict=True):
        shutil.rmtree(copy / "segments" / one)
        shutil.copytree(whole / "segments" / name, copy / "segments" / one)
    with pytest.raises(CorruptIndex):
        Store(copy).index()
    fresh()
    foreign = next(
        path for path in (other.directory / "generations").iterdir() if path.name == other.generation()
    )
    generation = Store(copy).generation()
    shutil.rmtree(copy / "generations" / generation)
    shutil.copytree(foreign, copy / "generations" / generation)
    with pytest.raises(CorruptIndex):
        Store(copy).index()
    for folder in ("segments", "generations"):
        shutil.rmtree(fresh() / folder)
        with pytest.raises(CorruptIndex):
            Store(copy).index()
        (copy / folder).write_text("a file where a folder was")
        with pytest.raises(MatcherError):
            Store(copy).index()
    for name in segments:
        file = next(path for path in (fresh() / "segments" / name).iterdir() if path.suffix != ".json")
        file.unlink()
        file.mkdir()
        with pytest.raises(CorruptIndex):
            Store(copy).index()
    (fresh() / "CURRENT").unlink()
    (copy / "CURRENT").mkdir()
    with pytest.raises(ForeignIndex):
        Store(copy).index()
    with pytest.raises(StorageError):
        Store(copy).build(documents(0, 2))
    assert answers(fresh()) == right


@pytest.mark.parametrize(
    "change",
    [
        {"format": "matchmaker matcher index 1"},
        {"format": None},
        {"version": "analyser 0"},
        {"settings": {}},
        {"settings": {"fields": {}, "channels": {"colour": 1}}},
        {"segments": [{"name": "../../etc"}]},
        {"segments": [{"name": "../../etc", "documents": 1, "alive": 1, "files": {}}]},
        {"segments": [7]},
        {"files": {}},
    ],
)
def test_a_forged_manifest_with_a_right_sum_is_refused(whole, change):
    path = whole / "generations" / Store(whole).generation() / "manifest.json"
    content = json.loads(path.read_bytes()) | change
    content.pop("sha256")
    plain = json.dumps(content, sort_keys=True, separators=(",", ":")).encode("ascii")
    path.write_text(json.dumps({**content, "sha256": module.digest(plain)}))
    with pytest.raises((CorruptIndex, ForeignIndex), match="again"):
        Store(whole).index()


@pytest.mark.parametrize("raw", [b"[" * 100_000, b"[1]", b"7", b'{"a": 1', b"\xff\xfe", b"null"])
def test_a_manifest_of_anything_is_refused(whole, raw):
    path = whole / "generations" / Store(whole).generation() / "manifest.json"
    path.write_bytes(raw)
    with pytest.raises((CorruptIndex, ForeignIndex), match="again"):
        Store(whole).status()


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_files_that_may_not_be_read_are_no_corrupt_ones(whole):
    for file in files_of(whole):
        if file.name == "checked.json":
            continue
        (whole / file).chmod(0)
        with pytest.raises(StorageError, match="Permission"):
            Store(whole).index()
        (whole / file).chmod(0o600)
