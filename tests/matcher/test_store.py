"""The index on disk: one switch, no half state, nothing foreign or spoilt is read."""

import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap

import pytest

from matchmaker.matcher import CorruptIndex, Document, ForeignIndex, Lexicon, Settings
from matchmaker.matcher import store as module
from matchmaker.matcher.errors import BadInput
from matchmaker.matcher.store import Store, open_index
from tests.matcher import sets


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
    monkeypatch.setattr(module, "_SMALL", 0)
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


def test_a_changed_byte_anywhere_is_noticed(store, monkeypatch):
    monkeypatch.setattr(module, "_SMALL", 0)
    store.build(documents(0, 12))
    copy = store.directory.with_name("copy")
    folders = [store.directory / "generations" / store.generation()]
    folders += [store.directory / "segments" / entry["name"] for entry in store.manifest()["segments"]]
    files = [path.relative_to(store.directory) for folder in folders for path in folder.iterdir()]
    assert len(files) > 20
    for file in (*files, "CURRENT"):
        whole = (store.directory / file).read_bytes()
        middle = len(whole) // 2
        flipped = whole[:middle] + bytes([whole[middle] ^ 0x41]) + whole[middle + 1 :]
        for spoilt in (flipped, whole[: -max(2, middle)], b""):
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(store.directory, copy)
            (copy / file).write_bytes(spoilt)
            with pytest.raises((CorruptIndex, ForeignIndex), match="again"):
                Store(copy).verify()


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
    segment = next((store.directory / "segments").glob("*/segment.npz"))
    np.savez(segment, keys=trap)
    with pytest.raises(CorruptIndex):
        Store(store.directory).index()


def test_a_writer_that_is_killed_leaves_the_old_generation(store):
    script = textwrap.dedent(
        """
        import os, signal, sys
        from matchmaker.matcher import Document
        from matchmaker.matcher import store as module

        point, directory = sys.argv[1:]
        if point == "files":
            real, calls = os.rename, []
            def rename(a, b):
                calls.append(b)
                if len(calls) == 2:
                    os.kill(os.getpid(), signal.SIGKILL)
                real(a, b)
            os.rename = rename
        else:
            os.replace = lambda a, b: os.kill(os.getpid(), signal.SIGKILL)
        store = module.Store(directory)
        store.apply(upsert=[Document(f"n{i}", {"body": "new"}) for i in range(200)])
        """
    )
    for point in ("files", "switch"):
        before = store.generation()
        ended = subprocess.run([sys.executable, "-c", script, point, str(store.directory)], cwd=sets.ROOT)
        assert ended.returncode == -signal.SIGKILL
        assert store.generation() == before
        fresh = Store(store.directory)
        assert fresh.verify().documents == 30
        assert fresh.index().rank("第7號")[0].id == "d7"
    store.apply(upsert=documents(30, 31))
    assert store.verify().documents == 31
    assert not [p for p in (store.directory / "segments").iterdir() if p.name.startswith("new-")]


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


def test_two_writers_wait_for_each_other(store):
    script = (
        "import sys; from matchmaker.matcher import Document; from matchmaker.matcher.store import Store\n"
        "for n in range(8): Store(sys.argv[1]).apply("
        "upsert=[Document(f'{sys.argv[2]}{n}', {'body': 'water'})])"
    )
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(store.directory), name], cwd=sets.ROOT, env=os.environ
        )
        for name in ("a", "b")
    ]
    assert [writer.wait() for writer in writers] == [0, 0]
    assert store.verify().documents == 46
