"""The index equals scikit-learn, whatever was added, changed, taken out, merged or stored before."""

import tempfile

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from matchmaker.matcher import Channels, Document, Lexicon, Settings, fit, scoring
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


def same(ours, theirs):
    assert ours.keys() == theirs.keys()
    for one, score in ours.items():
        assert score == pytest.approx(theirs[one], abs=1e-5)


def compare(index, documents, lexicon=LEXICON):
    oracle = Oracle(documents, settings=index.settings, lexicon=lexicon)
    for query in QUERIES:
        theirs = oracle.scores(query)
        same(index.scores(query), theirs)
        ranked = index.rank(query, top=50)
        assert [m.rank for m in ranked] == list(range(1, len(ranked) + 1))
        assert len(ranked) == min(50, len(theirs))
        assert {m.id for m in ranked} <= theirs.keys()
        assert [(-m.score, m.id) for m in ranked] == sorted((-m.score, m.id) for m in ranked)
        for match in ranked[:3]:
            reasons = index.explain(query, match.id)
            assert sum(term.share for term in reasons.terms) == pytest.approx(match.score, abs=1e-5)


class Changes(RuleBasedStateMachine):
    """Any sequence of changes, in memory and on disk."""

    @initialize(documents=st.lists(DOCUMENTS, max_size=6, unique_by=lambda one: one.id))
    def start(self, documents):
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


def test_the_compiled_loop_answers_as_numpy_does(monkeypatch):
    pytest.importorskip("numba")
    documents = many(300)
    index = fit(documents)
    plain = [index.rank(query, top=20) for query in QUERIES]
    monkeypatch.setattr(scoring, "COMPILED_FROM", 1)
    assert [index.rank(query, top=20) for query in QUERIES] == plain


def test_candidates_find_what_full_scoring_finds(monkeypatch):
    from matchmaker.matcher import index as module

    monkeypatch.setattr(module, "EXACT_BELOW", 10)
    monkeypatch.setattr(scoring, "CANDIDATES", 100)
    picks = np.random.default_rng(3).zipf(1.2, size=(2000, 30)) % 5000
    index = fit(Document(f"d{n}", {"body": " ".join(f"w{at}" for at in row)}) for n, row in enumerate(picks))
    kept = asked = 0
    for row in picks[:40, ::3]:
        query = " ".join(f"w{at}" for at in row)
        full, quick = index.rank(query, exact=True), index.rank(query, exact=False)
        right = {match.id: match.score for match in full}
        kept += len(right.keys() & {match.id for match in quick})
        asked += len(right)
        for match in quick:
            if match.id in right:
                assert match.score == pytest.approx(right[match.id], abs=1e-6)
    assert kept >= 0.98 * asked
