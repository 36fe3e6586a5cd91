"""CPU time of the matcher beside bm25s and the usual scikit-learn code, over the same documents and queries.

CPU time of all threads of the process: what else the machine does at the time distorts it least. The contenders
answer each query in turn; the median counts. Everything of one size runs in a process of its own.
"""

import io
import logging
import multiprocessing
import resource
import tempfile
import time
from contextlib import contextmanager, redirect_stderr
from pathlib import Path
from unittest import mock

import numpy as np

from matchmaker.matcher import Document, Settings, compiled
from matchmaker.matcher.analysis import Analyser
from matchmaker.matcher.index import Index, Live
from matchmaker.matcher.merging import assemble
from matchmaker.matcher.reading import Reader, grouped
from matchmaker.matcher.store import Store
from tests.benchmarks import drawn

QUERIES = 60
_WARM = 4


def elsewhere(work, *arguments):
    """The answer of ``work`` in a process of its own."""

    def run(pipe):
        with redirect_stderr(io.StringIO()):
            pipe.send(work(*arguments))

    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=run, args=(there,))
    process.start()
    there.close()
    answer = here.recv()
    process.join()
    return answer


def _peak():
    """Peak memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextmanager
def _plain():
    """As where numba is not installed."""
    with mock.patch.object(compiled, "loops", return_value=None):
        yield


def ours(size, shares):
    """The matcher's index of the drawn documents, and the CPU seconds it took."""
    reader = Reader(Analyser(), Settings())
    parts, tiers = [], []
    spent = 0.0
    for start, doc, term, counts in drawn.batches(size, shares):
        begin = time.process_time()
        key = drawn.key_of(term)
        order = grouped(key, doc)
        quarters = np.minimum(counts[order] * 4, 255).astype(np.uint8)
        ids = [str(start + n) for n in range(int(doc[-1]) + 1)]
        parts.append((reader.counted(ids, doc[order], key[order], quarters, bounded=False), None))
        if len(parts) == 32:
            tiers.append((assemble(parts, bounded=False), None))
            parts = []
        spent += time.process_time() - begin
    begin = time.process_time()
    index = Index(segments=[Live.of(assemble([*tiers, *parts]))])
    index.mean_length()
    return index, spent + time.process_time() - begin


def _bm25s(size, shares):
    import bm25s
    from bm25s.tokenization import Tokenized

    ids = []
    for _, doc, term, counts in drawn.batches(size, shares):
        repeated = np.repeat(term, counts)
        cuts = np.cumsum(np.bincount(doc, counts).astype(np.int64))[:-1]
        ids.extend(part.tolist() for part in np.split(repeated, cuts))
    logging.disable(logging.CRITICAL)
    begin = time.process_time()
    index = bm25s.BM25(backend="numba")
    index.index(Tokenized(ids=ids, vocab={str(n): n for n in range(len(shares))}), show_progress=False)
    return index, time.process_time() - begin


def _product(size, shares):
    """The usual scikit-learn code: a CSR matrix of weights."""
    from scipy import sparse

    rows = []
    for _, doc, term, counts in drawn.batches(size, shares):
        weight = (1 + np.log(counts)).astype(np.float32)
        rows.append(sparse.csr_array((weight, (doc, term)), shape=(int(doc[-1]) + 1, len(shares))))
    return sparse.vstack(rows, format="csr")


def _multiply(matrix, vector):
    scores = matrix @ vector
    most = min(10, len(scores) - 1)
    best = np.argpartition(-scores, most)[:most]
    return best[np.argsort(-scores[best])]


def in_turn(contenders, queries):
    """Median CPU milliseconds of each contender."""
    spent = {name: [] for name in contenders}
    names = list(contenders)
    for number, query in enumerate(queries):
        turn = number % len(names)
        for name in (*names[turn:], *names[:turn]):
            begin = time.process_time()
            contenders[name](query)
            if number >= min(_WARM, len(queries) - 1):
                spent[name].append(time.process_time() - begin)
    return {name: float(np.median(values)) * 1000 for name, values in spent.items()}


def _build_ours(size, shares):
    compiled.load()
    before = _peak()
    _, seconds = ours(size, shares)
    return seconds, _peak() - before


def _stored(index):
    """Milliseconds of opening a stored index and of its first answer, and of an edit until an answer shows it.

    Wall time, for it waits for the disk.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index"
        segment = index.segments[0].segment
        with mock.patch.object(Reader, "stream", return_value=segment):
            Store(path, keep_texts=False).build([])
        opened, edited = [], []
        for turn in range(5):
            store = Store(path, keep_texts=False)
            begin = time.perf_counter()
            store.index()
            opened.append(time.perf_counter() - begin)
            text = "".join(chr(0x4E00 + 40 * turn + at) for at in range(12))
            begin = time.perf_counter()
            store.apply(upsert=[Document("edited", {"body": text})])
            found = store.index().rank(text)
            edited.append(time.perf_counter() - begin)
            assert found[0].id == "edited"
    return min(opened) * 1000, float(np.median(edited[1:])) * 1000


def _measured(size, shares, queries):
    """Everything about one number of documents: rows of the table, and notes."""
    seconds, memory = elsewhere(_build_ours, size, shares)
    before = _peak()
    other, other_seconds = _bm25s(size, shares)
    other_memory = _peak() - before
    compiled.load()
    index, _ = ours(size, shares)
    matrix = _product(size, shares)
    nothing = index.reader.read("")

    def ranked(query, exact):
        keys = np.sort(drawn.key_of(query))
        reading = type(nothing)((), nothing.tokens, keys, np.full(len(keys), 4, np.uint8))
        prepared = index._prepared(reading, keys[:0], np.zeros(0))
        return index._ranked(prepared, 10, None, set(), exact)

    def plainly(query, exact):
        with _plain():
            return ranked(query, exact)

    def multiplied(query):
        vector = np.zeros(len(shares), dtype=np.float32)
        vector[query] = 1
        return _multiply(matrix, vector)

    contenders = {
        "ours, exact": lambda query: ranked(query, True),
        "ours, candidates": lambda query: ranked(query, False),
        "ours, exact, no numba": lambda query: plainly(query, True),
        "ours, candidates, no numba": lambda query: plainly(query, False),
        "bm25s (numba)": lambda query: other.retrieve(
            [query.tolist()], k=min(10, size), show_progress=False, n_threads=1
        ),
        "scipy product": multiplied,
    }
    asked = list(drawn.queries(size, shares, queries))
    median = in_turn(contenders, asked)
    kept = [
        len({m.id for m in ranked(query, True)} & {m.id for m in ranked(query, False)})
        / max(1, len(ranked(query, True)))
        for query in asked[:25]
    ]
    base, rival = median["scipy product"], median["bm25s (numba)"]
    rows = [
        [f"{size:,}", name, f"{value:.3f}", f"1/{base / value:.1f}", f"{value / rival:.2f}"]
        for name, value in median.items()
    ]
    segment = index.segments[0].segment
    stored = sum(
        getattr(segment, name).nbytes for name in ("keys", "indptr", "docs", "counts", "length", "scale")
    )
    opening, editing = _stored(index)
    build = [
        f"{size:,}",
        f"{seconds:.1f}",
        f"{seconds / other_seconds:.3f}",
        f"{memory:,.0f}",
        f"{memory / max(other_memory, 1):.2f}",
        f"{stored / 1e6:,.0f}",
        f"{opening:.0f}",
        f"{editing:.0f}",
        f"{np.mean(kept):.3f}",
    ]
    return rows, build


def speed(size, shares, queries=QUERIES):
    """Rows of the two tables of speed for one number of documents."""
    return elsewhere(_measured, size, shares, queries)


def _grams(size, queries):
    from scipy import sparse

    compiled.load()
    begin = time.process_time()
    segment = Reader(Analyser(), Settings()).stream(drawn.texts(size))
    seconds = time.process_time() - begin
    index = Index(segments=[Live.of(segment)])
    frequency = np.diff(segment.indptr)
    weights = np.log1p(segment.counts.astype(np.float32))
    matrix = sparse.csc_array(
        (weights, segment.docs.astype(np.int32), segment.indptr), shape=(size, len(segment.keys))
    ).tocsr()

    def multiplied(text):
        keys = index.reader.read(text).keys
        at = np.minimum(np.searchsorted(segment.keys, keys), len(segment.keys) - 1)
        vector = np.zeros(len(segment.keys), dtype=np.float32)
        vector[at[segment.keys[at] == keys]] = 1
        return _multiply(matrix, vector)

    contenders = {
        "exact": lambda text: index.rank(text, exact=True),
        "candidates": lambda text: index.rank(text, exact=False),
        "product": multiplied,
    }
    median = in_turn(contenders, drawn.statements(queries))
    base = median["product"]
    return [
        f"{size:,}",
        f"{int(frequency.sum()) / size:.0f}",
        f"{seconds / size * 1e6:.0f}",
        *(f"{median[name]:.2f} (1/{base / median[name]:.1f})" for name in ("exact", "candidates")),
        f"{base:.2f}",
    ]


def grams(size, queries=QUERIES):
    """One row: a statement of 150 characters against documents of 250, read from text by the analyser."""
    return elsewhere(_grams, size, queries)
