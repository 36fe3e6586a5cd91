"""The index on disk: one switch, no half state, nothing foreign or spoilt is read."""

import json
import os

import pytest

from matchmaker.matcher import CorruptIndex, Document, ForeignIndex, Lexicon, Settings
from matchmaker.matcher import folders as module
from matchmaker.matcher.errors import BadInput
from matchmaker.matcher.store import Store, open_index


def documents(first, last):
    return [
        Document(f"d{n}", {"body": f"水質監測 第{n}號 water sensor {n}"}, ("AI",)) for n in range(first, last)
    ]


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "index")
    store.build(documents(0, 30), watermark="row 30")
    return store


def test_it_comes_back_as_it_was(store):
    index = open_index(store.directory)
    assert len(index) == 30
    assert index.rank("第7號")[0].id == "d7"
    assert index.document("d7") == documents(7, 8)[0]
    assert index.explain("水質 sensor", "d7").terms
    status = store.verify()
    assert (status.documents, status.segments, status.tombstones, status.watermark) == (30, 1, 0, "row 30")


def test_a_reader_sees_the_switch_and_an_old_one_keeps_its_state(store):
    reader = Store(store.directory)
    old = reader.index()
    assert reader.index() is old
    store.apply(
        upsert=[Document("new", {"body": "陪伴機器人"})], remove=["d3", "unknown"], watermark="row 31"
    )
    assert "new" not in old
    fresh = reader.index()
    assert fresh is not old
    assert fresh.rank("陪伴機器人")[0].id == "new"
    assert "d3" not in fresh
    assert old.rank("第3號")[0].id == "d3"
    assert store.status().watermark == "row 31"


def test_small_segments_are_merged_and_old_files_go(store):
    for n in range(40, 140):
        store.apply(upsert=documents(n, n + 1))
    status = store.verify()
    assert status.documents == 130
    assert status.segments <= 9
    assert len(list((store.directory / "generations").iterdir())) <= 2
    assert len(list((store.directory / "segments").iterdir())) <= 20


def test_large_segments_are_mapped(store, monkeypatch):
    monkeypatch.setattr(module, "SMALL", 0)
    store.build(documents(0, 50))
    assert list((store.directory / "segments").glob("*/docs.npy"))
    assert len(store.index()) == 50
    assert store.index().rank("第7號")[0].id == "d7"
    Store(store.directory).build([])
    assert len(store.index()) == 0
    assert store.index().rank("水質") == []


def test_twins_are_refused_and_leave_the_index_alone(store):
    with pytest.raises(BadInput, match="'d1'"):
        store.build([*documents(0, 3), *documents(1, 2)])
    assert len(store.index()) == 30


def test_no_index_another_analyser_other_settings_another_lexicon(store, tmp_path, monkeypatch):
    with pytest.raises(ForeignIndex):
        Store(tmp_path / "nothing").index()
    with pytest.raises(ForeignIndex, match="settings"):
        Store(store.directory, settings=Settings(saturation=2)).index()
    with pytest.raises(ForeignIndex, match="analyser"):
        Store(store.directory, lexicon=Lexicon({"x": ["drone", "UAV"]})).index()
    monkeypatch.setattr("matchmaker.matcher.analysis.ANALYSER", 999)
    with pytest.raises(ForeignIndex, match="build the index again"):
        Store(store.directory).index()


def test_a_manifest_of_another_kind_is_refused(store):
    path = store.directory / "generations" / store.generation() / "manifest.json"
    manifest = json.loads(path.read_bytes())
    path.write_text(json.dumps({**manifest, "format": "something else"}))
    with pytest.raises(ForeignIndex):
        Store(store.directory).index()
    path.write_text(json.dumps({**manifest, "watermark": "forged"}))
    with pytest.raises(CorruptIndex):
        Store(store.directory).index()
    (store.directory / "CURRENT").write_text("../../etc")
    with pytest.raises(CorruptIndex):
        Store(store.directory).index()


def test_nothing_is_pickled(store, tmp_path):
    import numpy as np

    trap = np.array([{"a": 1}], dtype=object)
    segment = next((store.directory / "segments").glob("*/arrays.npz"))
    np.savez(segment, keys=trap)
    with pytest.raises(CorruptIndex):
        Store(store.directory).index()


def test_an_index_without_texts_still_changes_and_explains(tmp_path):
    store = Store(tmp_path / "bare", keep_texts=False)
    store.build(documents(0, 20))
    store.apply(remove=["d4"], upsert=[Document("d5", {"body": "機器人"})])
    index = store.index()
    assert len(index) == 19
    assert index.document("d6") is None
    reasons = index.explain("水質 第6號", "d6")
    assert sum(t.share for t in reasons.terms) == pytest.approx(reasons.score, abs=1e-5)
    assert all(t.found == () for t in reasons.terms)
    marked = index.explain("水質 第6號", "d6", document=documents(6, 7)[0])
    assert any(t.found for t in marked.terms)


def test_an_edit_keeps_the_watermark_unless_it_brings_one(store):
    assert store.apply(upsert=documents(1, 2)).watermark == "row 30"
    assert store.apply(watermark="row 31").watermark == "row 31"
    assert store.merge().watermark == "row 31"


def test_a_merge_folds_everything_and_keeps_the_texts(store):
    store.apply(
        upsert=[Document("d1", {"body": "陪伴機器人"}, ("新",)), *documents(30, 33)], remove=["d2", "d3"]
    )
    assert (store.status().segments, store.status().tombstones) == (2, 3)
    merged = store.merge()
    assert (merged.segments, merged.tombstones, merged.documents) == (1, 0, 31)
    index = Store(store.directory).index()
    assert index.document("d1") == Document("d1", {"body": "陪伴機器人"}, ("新",))
    assert index.document("d32") == documents(32, 33)[0]
    assert index.document("d7") == documents(7, 8)[0]
    assert "d3" not in index


def test_a_store_that_keeps_no_texts_never_shows_an_old_one(store):
    bare = Store(store.directory, keep_texts=False)
    bare.apply(upsert=[Document("d1", {"body": "新的內容"})])
    assert store.index().document("d1") == Document("d1", {"body": "新的內容"})
    bare.build(documents(0, 3))
    store.apply(upsert=[Document("d1", {"body": "再改"})])
    assert store.index().document("d1") is None
    assert store.index().rank("再改")[0].id == "d1"


def test_other_files_are_left_alone(tmp_path):
    mine = tmp_path / "mine"
    (mine / "segments").mkdir(parents=True)
    (mine / "segments" / "photo.jpg").write_text("dear")
    (mine / "letter.txt").write_text("dear")
    with pytest.raises(ForeignIndex, match="other files"):
        Store(mine).build(documents(0, 3))
    (mine / "letter.txt").unlink()
    Store(mine).build(documents(0, 3))
    Store(mine).build(documents(0, 3))
    assert (mine / "segments" / "photo.jpg").read_text() == "dear"
    with pytest.raises(ForeignIndex):
        Store(mine / "segments" / "photo.jpg").build([])


def test_two_switches_in_one_tick_do_not_look_alike(store):
    reader = Store(store.directory)
    stamps = set()
    for n in range(20):
        os.utime(store.directory / "CURRENT", ns=(2 * 10**18, 2 * 10**18))
        store.apply(upsert=documents(n, n + 1))
        reader.index()
        stamps.add(os.stat(store.directory / "CURRENT").st_mtime_ns)
    assert 2 * 10**18 not in stamps


def test_a_file_that_was_only_touched_is_read_again_and_found_whole(store, monkeypatch):
    reads = []
    real = module._file_digest
    monkeypatch.setattr(module, "_file_digest", lambda path: reads.append(path) or real(path))
    Store(store.directory).index()
    assert reads == []
    for path in store.directory.rglob("*.npz"):
        os.utime(path)
    Store(store.directory).index()
    assert len(reads) == 2
    Store(store.directory).index()
    assert len(reads) == 2
    store.verify()
    assert len(reads) == 4
