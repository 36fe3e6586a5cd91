"""Writers that are killed, that meet, or that find the disk full; readers that look on."""

import errno
import functools
import itertools
import os
import random
import signal
import subprocess
import sys
import textwrap
import threading
import time
import traceback
import warnings

import pytest

from matchmaker.matcher import Document, StorageError, fit
from matchmaker.matcher.store import Store
from tests.matcher import sets


def documents(first, last):
    return [Document(f"d{n}", {"body": f"水質監測 第{n}號 water sensor {n}"}) for n in range(first, last)]


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "index")
    store.build(documents(0, 30))
    return store


STEPS = ("fsync", "rename", "replace", "mkdir", "rmdir", "unlink")
MANY = [Document(f"n{i}", {"body": f"new water {i}"}) for i in range(100)]


def change(verb, store):
    if verb == "apply":
        store.apply(upsert=MANY[:3], remove=["d1"])
    elif verb == "merge":
        store.apply(upsert=MANY)
        store.merge()
    else:
        store.build(MANY)


def forked(work):
    """The number of a new process that does the work and ends."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        child = os.fork()
    if child:
        return child
    try:
        work()
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def writer(verb, directory, fatal):
    """A process that changes the index and is killed at the fatal step on its way to the disk; 0: never."""

    def work():
        calls = itertools.count(1)

        def deadly(real):
            def call(*words, **named):
                if next(calls) == fatal:
                    os.kill(os.getpid(), signal.SIGKILL)
                return real(*words, **named)

            return call

        for name in STEPS:
            setattr(os, name, deadly(getattr(os, name)))
        store = Store(directory)
        while True:
            change(verb, store)
            if fatal:
                break

    return forked(work)


def ended(child):
    """The exit status, minus the signal when a signal ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def sound(directory):
    """The index is whole, and answers as one built afresh from what it holds."""
    store = Store(directory)
    store.verify()
    index = store.index()
    held = [index.document(one) for one in index.ids()]
    fresh = fit(held)
    for query in ("第7號", "new water 7"):
        assert index.scores(query) == pytest.approx(fresh.scores(query), abs=1e-5)
    return sorted(index.ids())


@pytest.mark.parametrize("verb", ["apply", "merge", "build"])
def test_killed_at_any_step_the_old_state_or_the_new_one_stands(store, verb):
    states, killed = {tuple(sound(store.directory))}, 0
    for step in range(1, 30):
        generation = store.generation()
        killed += ended(writer(verb, store.directory, step)) == -signal.SIGKILL
        after = tuple(sound(store.directory))
        assert after in states or store.generation() != generation
        states.add(after)
    assert killed >= 15
    # The next writer works, and clears away what lay about.
    store.build(documents(0, 30))
    store.apply(upsert=documents(30, 31))
    assert sound(store.directory) == sorted(f"d{n}" for n in range(31))
    names = [
        path.name for folder in ("segments", "generations") for path in (store.directory / folder).iterdir()
    ]
    assert not [name for name in names if name.startswith("new-")]
    assert len(names) == 4
    assert sorted(path.name for path in store.directory.iterdir()) == [
        "CURRENT",
        "LOCK",
        "generations",
        "segments",
    ]


def test_killed_in_the_first_build_nothing_stands_in_the_way_of_the_next(tmp_path):
    for step in range(1, 14):
        directory = tmp_path / f"first-{step}"
        assert ended(writer("build", directory, step)) == -signal.SIGKILL
        assert Store(directory).is_one()
        Store(directory).build(documents(0, 3))
        assert sound(directory) == ["d0", "d1", "d2"]


def test_killed_at_random_moments(store):
    draw = random.Random(11)
    for verb in ("apply", "merge", "build") * 8:
        child = writer(verb, store.directory, 0)
        time.sleep(draw.uniform(0, 0.08))
        os.kill(child, signal.SIGKILL)
        assert ended(child) == -signal.SIGKILL
        sound(store.directory)
    store.apply(upsert=documents(0, 2))
    assert {"d0", "d1"} <= set(sound(store.directory))


def test_a_program_of_its_own_that_is_killed(store):
    """As an operator would see it: another interpreter, stopped by kill -9 in the middle of its work."""
    script = (
        "import sys; from matchmaker.matcher import Document; from matchmaker.matcher.store import Store\n"
        "store = Store(sys.argv[1]); print('ready', flush=True)\n"
        "while True: store.build(Document(f'n{i}', {'body': f'water {i}'}) for i in range(300))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(store.directory)], cwd=sets.ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.3)
    process.kill()
    process.communicate()
    assert len(sound(store.directory)) in (30, 300)
    store.apply(upsert=documents(0, 1))
    assert "d0" in sound(store.directory)


def test_writers_wait_for_each_other(store):
    def work(name):
        for n in range(8):
            Store(store.directory).apply(upsert=[Document(f"{name}{n}", {"body": "water"})])

    writers = [forked(functools.partial(work, name)) for name in "abc"]
    assert [ended(one) for one in writers] == [0, 0, 0]
    assert Store(store.directory).verify().documents == 54
    assert set(sound(store.directory)) >= {f"{name}{n}" for name in "abc" for n in range(8)}


def test_readers_in_other_processes_never_see_half_a_state(store):
    """Each state holds one document 'mark' that says how many others there are."""

    def mark(count):
        return Document("mark", {"body": f"mark {count}"})

    def work():
        seen = set()
        reader = Store(store.directory)
        while 90 not in seen:
            index = reader.index() if len(seen) % 2 else Store(store.directory).index()
            count = int(index.document("mark").fields["body"].split()[1])
            assert len(index) == count + 1, (len(index), count)
            assert index.rank("mark")[0].id == "mark"
            seen.add(count)
        assert len(seen) > 5

    store.build([*documents(0, 30), mark(30)])
    readers = [forked(work) for _ in range(2)]
    for count in range(31, 91):
        store.apply(upsert=[*documents(count, count + 1), mark(count)])
        if count % 10 == 0:
            store.merge()
    assert [ended(one) for one in readers] == [0, 0]


def test_a_reader_whose_files_are_pulled_away_takes_the_next_generation(store, monkeypatch):
    """The worst case: between the name and the files, two changes came and cleared the generation away."""
    reader = Store(store.directory)
    real, pulled = reader._manifest, []

    def slow(generation):
        if len(pulled) < 7:
            pulled.append(generation)
            store.apply(upsert=documents(50 + len(pulled), 51 + len(pulled)))
            store.apply(upsert=documents(70 + len(pulled), 71 + len(pulled)))
        return real(generation)

    monkeypatch.setattr(reader, "_manifest", slow)
    thread = threading.Thread(target=reader.index)
    # The last attempt holds writers off, so the writer in ``slow`` would wait for itself there: stop before.
    monkeypatch.setattr("matchmaker.matcher.store._ATTEMPTS", 8)
    thread.start()
    thread.join(timeout=30)
    assert not thread.is_alive()
    assert len(reader.index()) == 44


def test_a_reader_that_always_comes_too_late_holds_the_writers_off(store, monkeypatch):
    monkeypatch.setattr("matchmaker.matcher.store._ATTEMPTS", 0)
    assert len(Store(store.directory).index()) == 30


@pytest.mark.parametrize("verb", ["build", "apply", "merge"])
@pytest.mark.parametrize("reason", [errno.ENOSPC, errno.EROFS])
def test_a_full_disk_is_told_and_changes_nothing(store, monkeypatch, verb, reason):
    store.apply(upsert=documents(30, 33))
    before, held = store.generation(), sound(store.directory)
    folders = sorted(path.name for path in (store.directory / "segments").iterdir())
    real, told = os.fsync, set()

    def attempt():
        if verb == "build":
            store.build(documents(0, 5))
        elif verb == "apply":
            store.apply(upsert=documents(40, 45))
        else:
            store.merge()

    for step in range(1, 30):
        left = [step]

        def full(handle, left=left):
            left[0] -= 1
            if left[0] == 0:
                raise OSError(reason, os.strerror(reason))
            real(handle)

        monkeypatch.setattr(os, "fsync", full)
        try:
            attempt()
        except StorageError as error:
            told.add(str(error))
        else:
            break
        finally:
            monkeypatch.setattr(os, "fsync", real)
        if store.generation() != before:
            # Switched already: only the last flush failed.
            break
        assert sound(store.directory) == held
        assert sorted(path.name for path in (store.directory / "segments").iterdir()) == folders
    assert 5 < step < 29
    assert len(told) == 1
    assert os.strerror(reason) in told.pop()
    store.build(documents(0, 4))
    assert len(sound(store.directory)) == 4


def test_a_disk_that_is_full_in_earnest(tmp_path):
    """A limit of the file size stands for the full disk: the kernel refuses in the middle of a write."""
    script = textwrap.dedent(
        """
        import resource, signal, sys
        from matchmaker.matcher import Document, StorageError
        from matchmaker.matcher.store import Store
        store = Store(sys.argv[1])
        store.build([Document("a", {"body": "water"})])
        before = store.generation()
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
        for attempt in range(2):
            try:
                store.build(Document(f"d{n}", {"body": f"water {n} 水質監測"}) for n in range(3000))
            except StorageError as error:
                print(error)
        assert store.generation() == before
        assert len(Store(sys.argv[1]).index()) == 1
        """
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "index")], cwd=sets.ROOT, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.count("cannot be written") == 2
    assert [path.name for path in (tmp_path / "index" / "segments").iterdir()][1:] == []
