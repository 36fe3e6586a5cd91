"""The benchmark at a tiny size, so that it cannot rot."""

import warnings

import pytest

from tests.benchmarks import drawn, matching


def test_the_report_has_a_row_for_everyone():
    pytest.importorskip("numba")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        text = matching.report([600], names=["challenge_gov", "cmrc_hans"], step=40, queries=6)
    for row in ("| challenge_gov |", "| cmrc_hans |", "| 600 | ours, exact |", "| 600 | scipy product |"):
        assert row in text
    assert "nan" not in text


def test_drawn_documents_have_as_many_terms_as_they_say():
    shares = drawn.frequencies()
    _, doc, term, counts = next(drawn.batches(200, shares))
    assert doc.max() == 199
    per_document = [len(set(term[doc == number].tolist())) for number in range(200)]
    assert max(per_document) == drawn.TERMS
    assert min(per_document) > drawn.TERMS / 2
    assert counts.min() >= 1


def test_tables_go_between_the_marks(tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{matching.MARKS[0]}\nold\n{matching.MARKS[1]}\nafter\n", "utf-8")
    matching.write("new \\1", readme)
    assert readme.read_text("utf-8") == f"before\n{matching.MARKS[0]}\nnew \\1\n{matching.MARKS[1]}\nafter\n"
    readme.write_text("nothing", "utf-8")
    with pytest.raises(SystemExit):
        matching.write("new", readme)
