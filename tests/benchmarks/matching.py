"""Quality and speed of the matcher, as tables of ratios from one run on one machine.

    python -m tests.benchmarks.matching                quality, and speed at 10,000 and 100,000 documents
    python -m tests.benchmarks.matching --million      speed at 1,000,000 documents too (minutes, 8 GB)
    python -m tests.benchmarks.matching --write        put the tables into the README, between its two marks

Speed: documents of about 137 distinct terms from 50 topics, drawn by the term frequencies of the measured sets;
queries of 40 terms of one document; one thread. The contenders answer each query in turn, so that whatever else
the machine does falls on all of them alike; the median counts.
"""

import argparse
import io
import json
import logging
import multiprocessing
import re
import resource
import sys
import time
import warnings
from contextlib import redirect_stderr
from pathlib import Path

import numpy as np

from matchmaker.matcher import Document, Settings, fit, scoring
from matchmaker.matcher.analysis import BIGRAM, Analyser
from matchmaker.matcher.index import Index, Live
from matchmaker.matcher.merging import assemble
from matchmaker.matcher.oracle import Oracle
from matchmaker.matcher.reading import Reader
from tests.matcher import baselines, sets

TERMS, TOPICS, QUERY_TERMS, QUERIES = 137, 50, 40, 80
CHUNK = 20_000
MARKS = "<!-- matching benchmark -->", "<!-- end of matching benchmark -->"


# -- quality


def quality():
    """nDCG@10 on every set: ours, bm25s, scikit-learn with our analyser and as it comes, and the oracle."""
    rows = []
    for name in sets.SETS:
        documents, queries, right = sets.load(name)
        made = [Document(one, {"body": text}) for one, text in documents]
        index = fit(made)
        ours = {query: [match.id for match in index.rank(text)] for query, text in queries}
        analyser = Analyser()
        oracle = Oracle(made)
        sample = queries[:: max(1, len(queries) // 40)]
        off = max(
            abs(score - oracle.scores(text).get(one, 0.0))
            for _, text in sample[:5]
            for one, score in index.scores(text).items()
        )
        runs = [
            ours,
            baselines.bm25s_run(name, documents, queries),
            baselines.sklearn_run(
                documents, queries, lambda text, read=analyser: read.tokens([text]).key.tolist()
            ),
            baselines.sklearn_run(documents, queries),
        ]
        rows.append([name, *(f"{sets.ndcg10(run, right):.3f}" for run in runs), f"{off:.0e}"])
    head = ["set", "ours", "bm25s", "scikit-learn, our analyser", "scikit-learn", "off the oracle"]
    return table(head, rows)


# -- speed


def frequencies():
    """How often each word of the measured sets occurs, the commonest first, as shares."""
    analyser = Analyser()
    counts: dict[int, int] = {}
    for name in sets.SETS:
        documents, _, _ = sets.load(name, 50)
        for _, text in documents:
            keys = analyser.tokens([text[:600]]).key
            for key in np.unique(keys[(keys >> np.uint64(60)) != np.uint64(BIGRAM)]).tolist():
                counts[key] = counts.get(key, 0) + 1
    shares = np.sort(np.array(list(counts.values()), dtype=np.float64))[::-1]
    return shares / shares.sum()


def chunks(size, shares, seed=11):
    """(document numbers, term numbers, frequencies) of CHUNK documents at a time."""
    random = np.random.default_rng(seed)
    border = np.cumsum(shares)
    topics = np.stack([random.permutation(len(shares)).astype(np.int32) for _ in range(TOPICS)])
    for start in range(0, size, CHUNK):
        many = min(CHUNK, size - start)
        drawn = np.searchsorted(border, random.random((many, 2 * TERMS)))
        drawn[:, TERMS:] = topics[random.integers(0, TOPICS, many)[:, None], drawn[:, TERMS:]]
        pair = (np.repeat(np.arange(many), 2 * TERMS) * len(shares) + drawn.ravel()).astype(np.int64)
        pair, counts = np.unique(pair, return_counts=True)
        doc, term = np.divmod(pair, len(shares))
        place = np.arange(len(doc)) - np.searchsorted(doc, doc)
        kept = place < TERMS
        yield start, doc[kept], term[kept], counts[kept]


def key_of(term):
    """Term numbers as keys of the matcher."""
    mixed = (term.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    return mixed & np.uint64((1 << 60) - 1) | np.uint64(BIGRAM << 60)


def ours(size, shares):
    """The matcher's index of the drawn documents."""
    reader = Reader(Analyser(), Settings())
    parts = []
    spent = 0.0
    for start, doc, term, counts in chunks(size, shares):
        begin = time.process_time()
        key = key_of(term)
        order = np.lexsort((doc, key))
        quarters = np.minimum(counts[order] * 4, 255).astype(np.uint8)
        ids = [str(start + n) for n in range(int(doc[-1]) + 1)]
        parts.append((reader.counted(ids, doc[order], key[order], quarters), None))
        spent += time.process_time() - begin
    begin = time.process_time()
    segment = assemble(parts)
    index = Index(segments=[Live.of(segment)])
    index.mean_length()
    return index, spent + time.process_time() - begin


def bm25s_index(size, shares):
    """bm25s with its numba backend over the same documents."""
    import bm25s
    from bm25s.tokenization import Tokenized

    ids = []
    for _, doc, term, counts in chunks(size, shares):
        repeated = np.repeat(term, counts)
        cuts = np.cumsum(np.bincount(doc, counts).astype(np.int64))[:-1]
        ids.extend(part.tolist() for part in np.split(repeated, cuts))
    logging.disable(logging.CRITICAL)
    begin = time.process_time()
    index = bm25s.BM25(backend="numba")
    index.index(Tokenized(ids=ids, vocab={str(n): n for n in range(len(shares))}), show_progress=False)
    return index, time.process_time() - begin


def product(size, shares):
    """The usual scikit-learn code: a CSR matrix of weights."""
    from scipy import sparse

    rows = []
    for _, doc, term, counts in chunks(size, shares):
        weight = (1 + np.log(counts)).astype(np.float32)
        rows.append(sparse.csr_array((weight, (doc, term)), shape=(int(doc[-1]) + 1, len(shares))))
    return sparse.vstack(rows, format="csr")


def asked(size, shares):
    """Queries: 40 terms of a document each."""
    random = np.random.default_rng(5)
    _, doc, term, _ = next(chunks(min(size, CHUNK), shares))
    for number in random.integers(0, int(doc[-1]) + 1, QUERIES):
        mine = term[doc == number]
        yield np.sort(random.choice(mine, min(QUERY_TERMS, len(mine)), replace=False))


def speed(size, shares):
    """Median milliseconds of each contender over the same queries, asked in turn."""
    index, built = ours(size, shares)
    other, other_built = bm25s_index(size, shares)
    matrix = product(size, shares)
    segment = index.segments[0].segment
    none = np.zeros(0, dtype=np.float64)

    def ranked(query, exact, compiled):
        scoring.COMPILED_FROM = 0 if compiled else sys.maxsize
        keys = np.sort(key_of(query))
        reading = index.reader.read("")
        prepared = index._prepared(
            type(reading)((), reading.tokens, keys, np.full(len(keys), 4, np.uint8)), keys[:0], none
        )
        return index._ranked(prepared, 10, None, set(), exact)

    def multiplied(query):
        vector = np.zeros(len(shares), dtype=np.float32)
        vector[query] = 1
        scores = matrix @ vector
        best = np.argpartition(-scores, 10)[:10]
        return best[np.argsort(-scores[best])]

    contenders = {
        "ours, candidates": lambda query: ranked(query, False, True),
        "ours, exact": lambda query: ranked(query, True, True),
        "ours, candidates, no numba": lambda query: ranked(query, False, False),
        "ours, exact, no numba": lambda query: ranked(query, True, False),
        "bm25s (numba)": lambda query: other.retrieve(
            [query.tolist()], k=10, show_progress=False, n_threads=1
        ),
        "scipy product": multiplied,
    }
    spent = {name: [] for name in contenders}
    recall = []
    for number, query in enumerate(asked(size, shares)):
        # Whoever comes first finds the caches cold: each takes its turn.
        turn = number % len(contenders)
        for name in (*list(contenders)[turn:], *list(contenders)[:turn]):
            answer = contenders[name]
            begin = time.perf_counter()
            answer(query)
            if number >= 5:
                spent[name].append(time.perf_counter() - begin)
        if number < 25:
            full = {match.id for match in ranked(query, True, True)}
            recall.append(len(full & {match.id for match in ranked(query, False, True)}) / max(1, len(full)))
    median = {name: float(np.median(values)) * 1000 for name, values in spent.items()}
    base = median["scipy product"]
    size_mb = sum(
        getattr(segment, name).nbytes for name in ("keys", "indptr", "docs", "counts", "length", "scale")
    )
    rows = [
        [f"{size:,}", name, f"{value:.3f}", f"1/{base / value:.1f}", f"{value / median['bm25s (numba)']:.2f}"]
        for name, value in median.items()
    ]
    notes = (
        f"{size:,} documents x {len(segment.docs) / size:.0f} terms: built in {built:.1f} s of CPU, "
        f"{built / other_built:.2f} of bm25s; {size_mb / 1e6:.0f} MB; "
        f"candidates keep {np.mean(recall):.3f} of the exact first ten."
    )
    return rows, notes


def peak(build, size, shares):
    """Peak memory of building in a process of its own, in MB."""

    def run(pipe):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        build(size, shares)
        pipe.send((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)

    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=run, args=(there,))
    process.start()
    answer = here.recv()
    process.join()
    return answer


# -- words


def table(head, rows):
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def main():
    """Print the tables; see the module."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--million", action="store_true", help="measure 1,000,000 documents too")
    parser.add_argument("--sizes", type=int, nargs="*", help="measure these numbers of documents instead")
    parser.add_argument("--write", action="store_true", help="put the tables into the README")
    chosen = parser.parse_args()
    sizes = (
        chosen.sizes
        if chosen.sizes is not None
        else [10_000, 100_000, *([1_000_000] if chosen.million else [])]
    )
    warnings.simplefilter("ignore")
    parts = ["nDCG@10 on the measured sets:", quality()]
    shares = frequencies()
    rows, notes = [], []
    for size in sizes:
        with redirect_stderr(io.StringIO()):
            memory = peak(ours, size, shares) / peak(bm25s_index, size, shares)
            found, note = speed(size, shares)
        rows += found
        notes.append(f"{note} Peak memory of building: {memory:.2f} of bm25s.")
    head = ["documents", "contender", "p50 ms", "of the scipy product", "of bm25s"]
    parts += ["One query of 40 terms, one thread:", table(head, rows), *notes]
    text = "\n\n".join(parts)
    print(text)
    if chosen.write:
        readme = Path(sets.ROOT / "README.md")
        begin, end = map(re.escape, MARKS)
        old = readme.read_text("utf-8")
        if not re.search(f"{begin}.*{end}", old, re.DOTALL):
            sys.exit(f"the README has no marks {json.dumps(MARKS)}")
        new = re.sub(f"{begin}.*{end}", lambda _: f"{MARKS[0]}\n{text}\n{MARKS[1]}", old, flags=re.DOTALL)
        readme.write_text(new, "utf-8")


if __name__ == "__main__":
    main()
