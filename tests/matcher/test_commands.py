"""The commands: JSON lines in and out, progress on stderr, refusals in one sentence."""

import json

import click
import pytest
from click.testing import CliRunner

from matchmaker.matcher import commands
from tests.matcher import sets

CORPUS = [
    {"id": "a", "title": "河川巡檢無人機", "text": "以無人機拍攝河川，偵測水質異常。"},
    {"id": "b", "title": "", "text": "Drones over rivers: water quality monitoring."},
    {"id": "c", "text": "長照陪伴聊天機器人"},
    {"id": "d", "title": None, "text": ""},
]
QUERIES = [{"id": "q1", "text": "无人机監測水質"}, {"id": "q2", "text": "robots"}, {"id": "q3", "text": ""}]


def write(path, rows):
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return str(path)


def read(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.fixture
def folder(tmp_path):
    write(tmp_path / "corpus.jsonl", CORPUS)
    write(tmp_path / "queries.jsonl", QUERIES)
    return tmp_path


def call(command: click.Command, *words):
    return CliRunner().invoke(command, [str(word) for word in words])


def match(folder, *more):
    return call(
        commands.match,
        *("--corpus", folder / "corpus.jsonl", "--queries", folder / "queries.jsonl"),
        *("--top", 5, "--out", folder / "run.jsonl", *more),
    )


def test_match_writes_ranked_lines(folder):
    result = match(folder, "--stats", folder / "stats.json")
    assert result.exit_code == 0, result.output
    assert result.stdout == ""
    assert "Matching" in result.stderr
    rows = read(folder / "run.jsonl")
    assert (rows[0]["query"], rows[0]["id"], rows[0]["rank"]) == ("q1", "a", 1)
    assert set(rows[0]) == {"query", "id", "rank", "score"}
    stats = json.loads((folder / "stats.json").read_text())
    assert set(stats) == {"build_s", "peak_mb", "p50_ms", "p95_ms"}
    assert all(value >= 0 for value in stats.values())


def test_explanations_sum_and_name_what_is_missing(folder):
    assert match(folder, "--explain", "--lexicon", sets.LEXICON).exit_code == 0
    rows = read(folder / "run.jsonl")
    for row in rows:
        assert sum(term["share"] for term in row["terms"]) == pytest.approx(row["score"], abs=1e-5)
        assert isinstance(row["missing"], list)
    crossed = next(row for row in rows if (row["query"], row["id"]) == ("q1", "b"))
    assert "无人机 ≈ Drones" in [term["term"] for term in crossed["terms"]]


def test_an_index_is_kept_used_again_and_built_again_when_spoilt(folder):
    plain = match(folder, "--explain")
    assert plain.exit_code == 0
    expected = read(folder / "run.jsonl")
    first = match(folder, "--explain", "--index", folder / "index")
    assert "Indexing" in first.stderr
    assert read(folder / "run.jsonl") == expected
    again = match(folder, "--explain", "--index", folder / "index")
    assert "Indexing" not in again.stderr
    assert read(folder / "run.jsonl") == expected
    for path in (folder / "index" / "segments").rglob("*.npz"):
        path.write_bytes(b"spoilt")
    repaired = match(folder, "--explain", "--index", folder / "index")
    assert repaired.exit_code == 0, repaired.output
    assert "building it again" in repaired.stderr
    assert read(folder / "run.jsonl") == expected
    write(folder / "corpus.jsonl", CORPUS[1:])
    assert match(folder, "--index", folder / "index").exit_code == 0
    assert {row["id"] for row in read(folder / "run.jsonl")} <= {"b", "c", "d"}


def test_a_folder_of_other_files_is_left_alone(folder):
    (folder / "mine").mkdir()
    (folder / "mine" / "letter.txt").write_text("dear")
    result = match(folder, "--index", folder / "mine")
    assert result.exit_code == 1
    assert "other files" in result.stderr
    assert [path.name for path in (folder / "mine").iterdir()] == ["letter.txt"]


@pytest.mark.parametrize(
    ("file", "raw", "says"),
    [
        ("corpus.jsonl", b'{"id": "a", "text": "x"}\n{"id": "a", "text": "y"}\n', "'a'"),
        ("corpus.jsonl", b'{"id": "a", "text": "x"}\n{"id": "b", "text": "\xff"}\n', "line 2: not UTF-8"),
        ("corpus.jsonl", b'{"id": "a", "text": "x"\n', "line 1: not JSON"),
        ("corpus.jsonl", b'["a"]\n', "line 1: not a JSON object"),
        ("corpus.jsonl", b'{"id": 7, "text": "x"}\n', "'id' must be a text"),
        ("corpus.jsonl", b'{"id": "", "text": "x"}\n', "'id' must not be empty"),
        ("corpus.jsonl", b'{"id": "a"}\n', "'text' must be a text"),
        ("queries.jsonl", b'{"id": "q", "text": "x"}\n{"id": "q", "text": "y"}\n', "a second query 'q'"),
        ("queries.jsonl", b"[" * 100_000, "line 1: not JSON"),
    ],
)
def test_wrong_lines_are_refused_by_their_number(folder, file, raw, says):
    (folder / file).write_bytes(raw)
    result = match(folder)
    assert result.exit_code == 1
    assert says in result.stderr
    assert "Traceback" not in result.output
    assert not (folder / "run.jsonl").exists()
    assert not list(folder.glob(".run*"))


def test_empty_files_and_marks_at_the_beginning_are_fine(folder):
    (folder / "corpus.jsonl").write_bytes(b"\xef\xbb\xbf" + json.dumps(CORPUS[1]).encode() + b"\r\n\r\n")
    assert match(folder, "--explain", "--lexicon", sets.LEXICON).exit_code == 0
    assert read(folder / "run.jsonl")[0]["id"] == "b"
    (folder / "corpus.jsonl").write_bytes(b"")
    assert match(folder).exit_code == 0
    assert read(folder / "run.jsonl") == []


def test_evaluate_prints_four_numbers(folder):
    rows = [("q1", "x", 1), ("q1", "a", 2), ("q2", "b", 1), ("q4", "c", 1)]
    write(folder / "run.jsonl", [{"query": q, "id": d, "rank": r, "score": 1 / r} for q, d, r in rows])
    (folder / "qrels.tsv").write_text(
        "query-id\tcorpus-id\tscore\nq1\ta\t1\nq2\tb\t1\nq2\tc\t1\nq3\ta\t1\nq4\tc\t0\n"
    )
    result = call(commands.evaluate, "--run", folder / "run.jsonl", "--qrels", folder / "qrels.tsv")
    assert result.exit_code == 0
    # q1: second place; q2: one of two; q3: no answer; q4 has no right answer and does not count.
    second = 1 / 1.584962500721156
    assert json.loads(result.stdout) == {
        "ndcg10": pytest.approx((second + 1 / (1 + second) + 0) / 3, abs=1e-6),
        "mrr10": pytest.approx((0.5 + 1 + 0) / 3, abs=1e-6),
        "recall10": pytest.approx((1 + 0.5 + 0) / 3, abs=1e-6),
        "recall100": pytest.approx((1 + 0.5 + 0) / 3, abs=1e-6),
    }


@pytest.mark.parametrize(
    ("run", "qrels", "says"),
    [
        ('{"query": "q", "id": "a", "rank": "1"}', "q\ta\t1", "'rank' must be a number"),
        ('{"query": "q", "id": "a"}\n{"query": "q", "id": "a"}', "q\ta\t1", "stands twice"),
        ('{"query": "q", "id": "a"}', "q a 1", "three columns"),
        ('{"query": "q", "id": "a"}', "q\ta\t1\nq\tb\tx", "is no number"),
    ],
)
def test_evaluate_refuses_what_it_cannot_read(folder, run, qrels, says):
    (folder / "run.jsonl").write_text(run)
    (folder / "qrels.tsv").write_text(qrels)
    result = call(commands.evaluate, "--run", folder / "run.jsonl", "--qrels", folder / "qrels.tsv")
    assert result.exit_code == 1
    assert says in result.stderr


def test_names_answers_best_first_and_at_most_five(folder):
    known = ["大同股份有限公司", "大同有限公司", "三商電腦股份有限公司", "中國石油化學工業開發(股)公司"]
    (folder / "known.txt").write_text("\n".join(known), "utf-8")
    (folder / "ask.txt").write_text("大同(股)公司\n\n中國石油化學工業開法股份有限公司\n陌生人\n", "utf-8")
    result = call(
        *(commands.names, "--known", folder / "known.txt"),
        *("--ask", folder / "ask.txt", "--out", folder / "out.jsonl"),
    )
    assert result.exit_code == 0, result.output
    rows = read(folder / "out.jsonl")
    assert [(row["ask"], row["verdict"]) for row in rows] == [
        ("大同(股)公司", "same"),
        ("大同(股)公司", "same"),
        ("中國石油化學工業開法股份有限公司", "review"),
        ("陌生人", "different"),
    ]
    assert set(rows[0]) == {"ask", "known", "verdict", "score", "evidence"}
    (folder / "ask.txt").write_bytes(b"\xa4j\xa6P\n")
    assert (
        "not UTF-8"
        in call(
            *(commands.names, "--known", folder / "known.txt"),
            *("--ask", folder / "ask.txt", "--out", folder / "out.jsonl"),
        ).stderr
    )
