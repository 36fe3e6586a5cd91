"""The real command, as an operator types it: what goes in, what comes out, and what is refused with which status."""

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from click.testing import CliRunner

from matchmaker.matcher import commands
from tests.matcher import sets

COMMAND = Path(sysconfig.get_path("scripts")) / "matchmaker"


def run(*words, **options):
    command = [str(COMMAND)] if COMMAND.exists() else [sys.executable, "-m", "matchmaker.cli"]
    return subprocess.run(
        [*command, *map(str, words)], cwd=sets.ROOT, capture_output=True, text=True, **options
    )


def lines(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.fixture
def folder(tmp_path):
    corpus = [
        {"id": "a", "title": "河川巡檢無人機", "text": "以無人機拍攝河川，偵測水質異常。"},
        {"id": "b", "text": "Drones over rivers: water quality monitoring."},
        {"id": "嚇 🚁", "title": "", "text": "陪伴機器人"},
    ]
    (tmp_path / "corpus.jsonl").write_text("".join(json.dumps(one) + "\n" for one in corpus), "utf-8")
    (tmp_path / "queries.jsonl").write_text('{"id": "q", "text": "無人機監測水質與噪音"}\n', "utf-8")
    return tmp_path


def match(folder, *more, out="run.jsonl"):
    return ["match", "--corpus", folder / "corpus.jsonl", "--queries", folder / "queries.jsonl", "--top", 5,
            "--out", folder / out, *more]  # fmt: skip


def test_match_and_evaluate_as_promised(folder):
    result = run(*match(folder, "--explain", "--lexicon", sets.LEXICON, "--index", folder / "kept",
                        "--stats", folder / "stats.json"))  # fmt: skip
    assert (result.returncode, result.stdout) == (0, "")
    assert "Indexing" in result.stderr
    assert "Matching" in result.stderr
    rows = lines(folder / "run.jsonl")
    assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1))
    for row in rows:
        assert list(row) == ["query", "id", "rank", "score", "terms", "missing"]
        assert sum(term["share"] for term in row["terms"]) == pytest.approx(row["score"], abs=1e-5)
        assert all(list(term) == ["term", "share"] for term in row["terms"])
        assert "噪音" in row["missing"]
    assert list(json.loads((folder / "stats.json").read_text())) == ["build_s", "peak_mb", "p50_ms", "p95_ms"]
    again = run(*match(folder, "--explain", "--lexicon", sets.LEXICON, "--index", folder / "kept"))
    assert again.returncode == 0
    assert "Indexing" not in again.stderr
    assert lines(folder / "run.jsonl") == rows
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq\ta\t1\n")
    judged = run("evaluate", "--run", folder / "run.jsonl", "--qrels", folder / "qrels.tsv")
    assert judged.returncode == 0
    assert json.loads(judged.stdout) == {"ndcg10": 1.0, "mrr10": 1.0, "recall10": 1.0, "recall100": 1.0}


def test_names_as_promised(folder):
    (folder / "known.txt").write_text("大同股份有限公司\n\n三商電腦股份有限公司\n", "utf-8")
    (folder / "ask.txt").write_text("大同（股）公司\n陌生人\n", "utf-8")
    result = run(
        "names", "--known", folder / "known.txt", "--ask", folder / "ask.txt", "--out", folder / "out.jsonl"
    )
    assert (result.returncode, result.stdout) == (0, "")
    assert "Asking" in result.stderr
    first = lines(folder / "out.jsonl")[0]
    assert (first["ask"], first["known"], first["verdict"]) == ("大同（股）公司", "大同股份有限公司", "same")
    assert {len(row) for row in lines(folder / "out.jsonl")} == {5}


def test_a_refusal_is_one_sentence_and_a_status(folder):
    (folder / "corpus.jsonl").write_bytes(b'{"id": "a", "text": "x"}\n{"id": "b", "text": "\xff"}\n')
    result = run(*match(folder))
    assert result.returncode == 1
    assert result.stderr.splitlines()[-1].startswith("Error: ")
    assert "line 2: not UTF-8" in result.stderr
    assert "Traceback" not in result.stderr
    assert not (folder / "run.jsonl").exists()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")
def test_a_full_disk_leaves_the_former_answers(folder):
    (folder / "run.jsonl").write_text("former")
    script = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50, 50)); sys.argv[0] = 'matchmaker';"
        "from matchmaker.cli import main; main()"
    )
    words = list(map(str, match(folder, "--explain")))
    result = subprocess.run(
        [sys.executable, "-c", script, *words], cwd=sets.ROOT, capture_output=True, text=True
    )
    assert result.returncode == 1
    assert "cannot be written" in result.stderr
    assert "Traceback" not in result.stderr
    assert (folder / "run.jsonl").read_text() == "former"
    assert sorted(path.name for path in folder.iterdir()) == ["corpus.jsonl", "queries.jsonl", "run.jsonl"]


def call(*words):
    command = {"match": commands.match, "names": commands.names, "evaluate": commands.evaluate}[words[0]]
    return CliRunner().invoke(command, [str(word) for word in words[1:]])


@pytest.mark.parametrize(
    ("change", "status", "says"),
    [
        (lambda folder: (folder / "corpus.jsonl").unlink(), 2, "does not exist"),
        (
            lambda folder: ((folder / "corpus.jsonl").unlink(), (folder / "corpus.jsonl").mkdir()),
            2,
            "is a directory",
        ),
        (lambda folder: (folder / "run.jsonl").mkdir(), 2, "is a directory"),
        (
            lambda folder: (folder / "corpus.jsonl").write_text('{"id": "a", "text": NaN}\n'),
            1,
            "line 1: not JSON",
        ),
        (lambda folder: (folder / "corpus.jsonl").write_text('{"a":' * 50_000), 1, "line 1: not JSON"),
        (
            lambda folder: (folder / "corpus.jsonl").write_text('{"id": "a", "text": ' + "1" * 9000 + "}"),
            1,
            "line 1",
        ),
        (lambda folder: (folder / "queries.jsonl").write_text('{"id": "q"}'), 1, "'text' must be a text"),
        (lambda folder: (folder / "queries.jsonl").write_bytes(b"\x00\x01\x02"), 1, "line 1: not JSON"),
        (lambda folder: (folder / "corpus.jsonl").write_bytes(b"\x80\n\xff" * 900), 1, "line 1: not UTF-8"),
        (lambda folder: (folder / "corpus.jsonl").write_bytes(b"\n\xff" * 900), 1, "line 2: not UTF-8"),
        (lambda folder: (folder / "corpus.jsonl").write_bytes(b"{\xe5" * 900), 1, "line 1: not UTF-8"),
    ],
)
def test_bad_input_is_told(folder, change, status, says):
    change(folder)
    result = call(*match(folder))
    assert result.exit_code == status
    assert says in result.stderr
    assert not isinstance(result.exception, (ValueError, OSError, RecursionError))


def test_outputs_never_fall_on_inputs_or_on_each_other(folder):
    before = (folder / "corpus.jsonl").read_bytes()
    os.symlink(folder / "corpus.jsonl", folder / "link.jsonl")
    for words in (
        match(folder, out="corpus.jsonl"),
        match(folder, out="link.jsonl"),
        match(folder, out="../" + folder.name + "/queries.jsonl"),
        match(folder, "--stats", folder / "run.jsonl"),
        match(folder, "--stats", folder / "corpus.jsonl"),
    ):
        result = call(*words)
        assert result.exit_code == 1
        assert "name another" in result.stderr
    assert "folder is missing" in call(*match(folder, out="none/run.jsonl")).stderr
    assert (folder / "corpus.jsonl").read_bytes() == before
    (folder / "known.txt").write_text("大同")
    result = call(
        "names", "--known", folder / "known.txt", "--ask", folder / "known.txt", "--out", folder / "known.txt"
    )
    assert result.exit_code == 1


@pytest.mark.parametrize(
    "text",
    ["", "🚁" * 50, "\x00\x07\x1b[31m", "\ud800", "a\udfffb 水質", "水" * 1_000_000, "a" * 1_000_000, "a b " * 100_000,
     "\u202e\u200b\ufeff", "ﷺ" * 1000],
)  # fmt: skip
def test_odd_texts_get_sensible_answers(folder, text):
    rows = [
        {"id": "odd", "text": text},
        {"id": "a", "text": "水質 監測"},
        {"id": "\ud83d", "text": "水質 half"},
    ]
    (folder / "corpus.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    asked = [{"id": "q", "text": text}, {"id": "r", "text": f"水質{text[:1000]}"}]
    (folder / "queries.jsonl").write_text("".join(json.dumps(row) + "\n" for row in asked), "utf-8")
    result = call(*match(folder, "--explain", "--lexicon", sets.LEXICON))
    assert result.exit_code == 0, result.output
    answers = lines(folder / "run.jsonl")
    assert {"a", "\ud83d"} <= {row["id"] for row in answers if row["query"] == "r"}
    for row in answers:
        assert 0 < row["score"] <= 1
        assert sum(term["share"] for term in row["terms"]) == pytest.approx(row["score"], abs=1e-5)


@pytest.mark.parametrize(
    ("rows", "qrels", "says"),
    [
        ('{"query": "q", "id": "a", "score": NaN}', "q\ta\t1", "not JSON"),
        ('{"query": "q", "id": "a", "score": Infinity}', "q\ta\t1", "not JSON"),
        ('{"query": "q", "id": "a", "score": 1e999}', "q\ta\t1", "'score' must be a number"),
        ('{"query": "q", "id": "a", "rank": true}', "q\ta\t1", "'rank' must be a number"),
        ('{"query": "q", "id": "a", "rank": ' + "9" * 4000 + "}", "q\ta\t1", "'rank' must be a number"),
        ('{"query": "q"}', "q\ta\t1", "'id' must be a text"),
        ('{"query": "q", "id": "a", "rank": 1}', "q\ta\tnan", "is no number"),
        ('{"query": "q", "id": "a", "rank": 1}', "q\ta\tinf", "is no number"),
    ],
)
def test_evaluate_refuses_what_is_no_number(folder, rows, qrels, says):
    (folder / "run.jsonl").write_text(rows)
    (folder / "qrels.tsv").write_text(qrels)
    result = call("evaluate", "--run", folder / "run.jsonl", "--qrels", folder / "qrels.tsv")
    assert result.exit_code == 1
    assert says in result.stderr
