"""nDCG@10 on every measured set, beside what others reach, and what mixed writing costs."""

import opencc

from matchmaker.matcher import Document, fit
from matchmaker.matcher.analysis import Analyser
from matchmaker.matcher.oracle import Oracle
from tests.benchmarks.tables import table
from tests.matcher import baselines, sets

_WIDE = {point: point + 0xFEE0 for point in range(0x21, 0x7F)}


def _ours(documents, queries):
    index = fit(Document(one, {"body": text}) for one, text in documents)
    return index, {query: [match.id for match in index.rank(text)] for query, text in queries}


def quality(names=sets.SETS, step=1):
    """The table of all sets; ``step`` asks every so manieth query only."""
    read = Analyser()
    rows = []
    for name in names:
        documents, queries, right = sets.load(name, step)
        index, ours = _ours(documents, queries)
        oracle = Oracle(Document(one, {"body": text}) for one, text in documents)
        off = max(
            abs(score - oracle.scores(text).get(one, 0.0))
            for _, text in queries[:: max(1, len(queries) // 5)]
            for one, score in index.scores(text).items()
        )
        runs = [
            ours,
            baselines.bm25s_run(name, documents, queries),
            baselines.sklearn_run(documents, queries, lambda text: read.tokens([text]).key.tolist()),
            baselines.sklearn_run(documents, queries),
        ]
        rows.append([name, *(f"{sets.ndcg10(run, right):.3f}" for run in runs), f"{off:.0e}"])
    head = ["set", "ours", "bm25s", "scikit-learn, our analyser", "scikit-learn", "off the oracle"]
    return table(head, rows)


def mixed(names=("drcd_dev", "cmrc_hans"), step=1):
    """What it costs when half of the documents are in the other script, or in full-width letters."""
    rows = []
    for name in names:
        documents, queries, right = sets.load(name, step)
        plain = sets.ndcg10(_ours(documents, queries)[1], right)
        convert = opencc.OpenCC("t2s" if name == "drcd_dev" else "s2t").convert
        costs = []
        for change in (convert, lambda text: text.translate(_WIDE)):
            half = [(one, change(text) if at % 2 else text) for at, (one, text) in enumerate(documents)]
            costs.append(plain - sets.ndcg10(_ours(half, queries)[1], right))
        rows.append([name, *(f"{cost:+.4f}" for cost in costs)])
    return table(["lost in nDCG@10, half of the set", "in the other script", "full-width"], rows)
