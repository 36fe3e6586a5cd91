"""The index equals scikit-learn, whatever was added, changed, taken out, merged or stored before."""

import tempfile
from contextlib import contextmanager
from unittest import mock

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from matchmaker.matcher import Channels, Document, Lexicon, Settings, compiled, fit, merging, ranking, scoring
from matchmaker.matcher.oracle import Oracle
from matchmaker.matcher.store import Store

LEXICON = Lexicon({"drone": ["drone", "UAV", "無人機"], "water": ["water quality", "水質"]})
WORDS = [
    "無人機", "水質", "監測", "河川", "污染", "的", "長者", "照護", "聊天機器人", "系統", "，", " ",
    "drone", "drones", "UAV", " water quality ", "monitoring", " the ", "5G", "無人机", "ＡＩ", "é", "🚁",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(WORDS), max_size=12).map("".join)
IDS = st.sampled_from([f"d{n}" for n in range(8)])
DOCUMENTS = st.builds(
    Document,
    IDS,
    st.dictionaries(st.sampled_from(["title", "summary", "body", "evidence", "other"]), TEXTS, max_size=3),
    st.lists(st.sampled_from(["AI", "水質", "drone"]), max_size=2).map(tuple),
)
QUERIES = [
    "無人機水質監測",
    "drone water quality for elders",
    "長者照護聊天機器人 5G",
    "的 the",
    "UAV UAV 河川",
]


def without_loops(_size, _wanted=True):
    """As where numba is not installed."""


def with_loops(_size, _wanted=True):
    from matchmaker.matcher import loops

    return loops


@contextmanager
def way(loops, *, by_two_steps=True):
    """One of the ways to find the best: compiled or not, of all scores or in two steps however few there are."""
    with (
        mock.patch.object(compiled, "loops", loops),
        mock.patch.object(merging, "BOUNDED_FROM", 1),
        mock.patch.object(scoring, "LOOKED_UP", 0 if by_two_steps else 8),
        mock.patch.object(scoring, "MANY", 0),
    ):
        yield


def same(ours, theirs):
    assert ours.keys() == theirs.keys()
    for one, score in ours.items():
        assert score == pytest.approx(theirs[one], abs=1e-5)


def compare(index, documents, lexicon=LEXICON):
    oracle = Oracle(documents, settings=index.settings, lexicon=lexicon)
    for query in QUERIES:
        theirs = oracle.scores(query)
        same(index.scores(query), theirs)
        with way(without_loops, by_two_steps=False):
            ranked = index.rank(query, top=50)
            first = index.rank(query, top=2)
        assert first == ranked[:2]
        for loops in (without_loops, with_loops):
            with way(loops):
                assert index.rank(query, top=50) == ranked
                assert index.rank(query, top=2) == first
        assert [m.rank for m in ranked] == list(range(1, len(ranked) + 1))
        assert len(ranked) == min(50, len(theirs))
        assert {m.id for m in ranked} <= theirs.keys()
        assert [(-m.score, m.id) for m in ranked] == sorted((-m.score, m.id) for m in ranked)
        for match in ranked:
            assert match.score == pytest.approx(theirs[match.id], abs=1e-5)
        for match in ranked[:3]:
            reasons = index.explain(query, match.id)
            assert sum(term.share for term in reasons.terms) == pytest.approx(match.score, abs=1e-5)


class Changes(RuleBasedStateMachine):
    """Any sequence of changes, in memory and on disk, built with compiled loops or without."""

    @initialize(
        documents=st.lists(DOCUMENTS, max_size=6, unique_by=lambda one: one.id),
        loops=st.sampled_from([without_loops, with_loops]),
    )
    def start(self, documents, loops):
        self.way = way(loops)
        self.way.__enter__()
        self.held = {one.id: one for one in documents}
        self.index = fit(documents, lexicon=LEXICON)
        self.folder = tempfile.TemporaryDirectory()
        self.store = Store(self.folder.name, lexicon=LEXICON)
        self.store.build(documents)

    @rule(documents=st.lists(DOCUMENTS, min_size=1, max_size=3, unique_by=lambda one: one.id))
    def upsert(self, documents):
        self.held |= {one.id: one for one in documents}
        self.index.upsert(documents)
        self.store.apply(upsert=documents)

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def remove(self, data):
        one = data.draw(st.sampled_from(sorted(self.held)))
        del self.held[one]
        self.index.remove(one)
        self.store.apply(remove=[one])

    @rule()
    def merge(self):
        self.index.merge()

    @rule()
    def ask(self):
        self.index.rank(QUERIES[0])

    @invariant()
    def equals_the_oracle(self):
        documents = list(self.held.values())
        assert len(self.index) == len(documents)
        assert sorted(self.index.ids()) == sorted(self.held)
        compare(self.index, documents)
        stored = self.store.index()
        assert len(stored) == len(documents)
        compare(stored, documents)

    def teardown(self):
        if hasattr(self, "folder"):
            self.way.__exit__(None, None, None)
            self.folder.cleanup()


TestChanges = Changes.TestCase
TestChanges.settings = settings(
    max_examples=8, stateful_step_count=6, deadline=None, suppress_health_check=list(HealthCheck)
)


@given(
    documents=st.lists(DOCUMENTS, min_size=1, max_size=6, unique_by=lambda one: one.id),
    saturation=st.sampled_from([0.4, 1.2, 3.0]),
    length_share=st.sampled_from([0.0, 0.5, 1.0]),
    cosine_share=st.sampled_from([0.0, 1.0, 5.0]),
    letters=st.sampled_from([0.0, 0.12]),
)
@settings(max_examples=15, deadline=None)
def test_equal_under_other_settings(documents, saturation, length_share, cosine_share, letters):
    chosen = Settings(
        saturation=saturation,
        length_share=length_share,
        cosine_share=cosine_share,
        channels=Channels(letters=letters),
    )
    compare(fit(documents, settings=chosen, lexicon=LEXICON), documents)


def many(size):
    picks = np.random.default_rng(7).zipf(1.4, size=(size, 12)) % len(WORDS)
    return [Document(f"d{n}", {"body": " ".join(WORDS[at] for at in row)}) for n, row in enumerate(picks)]


def test_many_small_changes_stay_exact_while_segments_gather():
    documents = many(400)
    index = fit(documents[:300])
    for at in range(300, 330):
        index.upsert(documents[at])
        index.remove(documents[at - 300].id)
        index.rank("無人機")
    left = documents[30:330]
    compare(index, left, lexicon=None)
    assert len(index.segments) > 1
    index.upsert(documents[330:])
    compare(index, documents[30:], lexicon=None)
    assert len(index.segments) == 1


def zipfian(size, words, seed=3):
    picks = np.random.default_rng(seed).zipf(1.2, size=(size, words)) % 5000
    documents = [Document(f"d{n}", {"body": " ".join(f"w{at}" for at in row)}) for n, row in enumerate(picks)]
    return documents, [" ".join(f"w{at}" for at in row[::3]) for row in picks[:40]]


@pytest.mark.parametrize("build", [without_loops, with_loops])
def test_long_lists_that_are_only_looked_up_change_no_answer(build):
    documents, queries = zipfian(20_000, 20)
    with way(build):
        index = fit(documents)
        index.remove([f"d{n}" for n in range(0, 400, 3)])
        index.upsert(documents[3])
    plain = {}
    with way(without_loops, by_two_steps=False), mock.patch.object(scoring, "LOOKED_UP", 10**6):
        plain = {query: index.rank(query, top=10, exact=True) for query in queries[:20]}
    for loops in (without_loops, with_loops):
        with way(loops):
            for query, right in plain.items():
                assert index.rank(query, top=10, exact=True) == right


def test_many_equals_come_in_the_order_of_their_ids():
    documents = [
        Document(f"d{n:05}", {"body": "水質監測" if n % 2 else "無人機"}) for n in range(9000, 0, -1)
    ]
    with way(with_loops):
        index = fit(documents)
        for loops in (without_loops, with_loops):
            with way(loops):
                found = [match.id for match in index.rank("水質監測", top=12)]
                assert found == [f"d{n:05}" for n in range(1, 25, 2)]
                kept = [match.id for match in index.rank("水質監測", top=2, keep=lambda one: one > "d08000")]
                assert kept == ["d08001", "d08003"]


@pytest.mark.parametrize("loops", [without_loops, with_loops])
def test_candidates_are_scored_in_full_and_few_are_missed(loops):
    documents, queries = zipfian(12_000, 30)
    with way(loops), mock.patch.object(ranking, "EXACT_UP_TO", 0):
        index = fit(documents)
        assert index.recall_of_candidates(queries) >= 0.98
        for query in queries[:10]:
            scores = index.scores(query)
            quick = index.rank(query, exact=False)
            assert len(quick) == 10
            assert index.rank(query) == quick
            for match in quick:
                assert match.score == scores[match.id]


def test_small_indexes_are_always_exact():
    documents, queries = zipfian(2000, 30)
    with way(with_loops), mock.patch.object(scoring, "DARING", 0.0):
        index = fit(documents)
        for query in queries:
            assert index.rank(query, exact=False) == index.rank(query, exact=True)


def test_keys_and_documents_in_any_order_are_grouped():
    from matchmaker.matcher.reading import grouped

    random = np.random.default_rng(1)
    for size in (0, 1, 2, 1000):
        key = random.integers(0, 50, size).astype(np.uint64) << np.uint64(40)
        for doc in (random.integers(0, 9, size), np.arange(size)):
            order = grouped(key, doc)
            assert sorted(order.tolist()) == list(range(size))
            pairs = list(zip(key[order].tolist(), doc[order].tolist(), strict=True))
            assert pairs == sorted(pairs)
