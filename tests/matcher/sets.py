"""The measured sets beside the repository, and small judged helpers over them."""

import json
import math
import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data" / "matching"
LEXICON = ROOT / "seeds" / "reference" / "lexicon.toml"

CHINESE = ("drcd_dev", "cmrc_hans", "law_purpose_even")
SETS = (*CHINESE, "challenge_gov", "dod_phase3_a")


def needed(path=DATA):
    """The path; where the data is absent the test skips, or fails on a build server."""
    if not path.exists():
        if os.environ.get("CI"):
            pytest.fail(f"the measured sets are missing: {path.name}")
        pytest.skip("the measured sets are not here")
    return path


def load(name, step=1):
    """(documents as (id, text), queries as (id, text), right answers by query) of a set, every step-th query."""
    folder = needed(DATA / name)

    def read(file):
        return [json.loads(line) for line in (folder / file).read_text("utf-8").splitlines()]

    documents = [(one["id"], f"{one['title']}\n{one['text']}".strip()) for one in read("corpus.jsonl")]
    queries = [(one["id"], one["text"]) for one in read("queries.jsonl")][::step]
    right = {}
    for line in (folder / "qrels.tsv").read_text("utf-8").splitlines()[1:]:
        query, document, score = line.split("\t")
        if float(score) > 0:
            right.setdefault(query, {})[document] = float(score)
    return documents, queries, {query: right[query] for query, _ in queries if query in right}


def ndcg10(run, right):
    """nDCG@10, written out apart from the product's own."""
    total = 0.0
    for query, gains in right.items():
        won = sum(gains.get(one, 0) / math.log2(at + 2) for at, one in enumerate(run.get(query, [])[:10]))
        best = sum(g / math.log2(at + 2) for at, g in enumerate(sorted(gains.values(), reverse=True)[:10]))
        total += won / best
    return total / len(right)
