"""The bilingual lexicon: every group works both ways, and nothing in it is generic."""

import json
from itertools import pairwise

import pytest

from matchmaker.matcher import BadInput, Document, Lexicon, analysis, fit
from matchmaker.matcher.plain_words import is_plain
from tests.matcher import sets

LEXICON = Lexicon.load(sets.LEXICON)
FILLER = Document("else", {"body": "完全無關的另一件事情 and nothing of that kind at all"})


def is_chinese(term):
    return analysis.has_gram(analysis.fold(term))


def test_it_is_well_filled_in_both_languages():
    assert len(LEXICON.groups) >= 300
    for name, terms in LEXICON.groups.items():
        assert any(map(is_chinese, terms)), name
        assert not all(map(is_chinese, terms)), name
        assert all(term == term.strip() and 2 <= len(term) <= 40 for term in terms), name
        assert "台灣" not in "".join(terms), name


@pytest.mark.parametrize("name", LEXICON.groups)
def test_each_group_works_in_both_directions(name):
    terms = LEXICON.groups[name]
    english = [term for term in terms if not is_chinese(term)]
    chinese = [term for term in terms if is_chinese(term) and not any(map(str.isascii, term))]
    key = LEXICON.key_of(name)
    for term in terms:
        folded = analysis.fold(f"我們的 {term}。")
        found = {analysis.CONCEPT << 60 | group for group, _, _ in LEXICON.find(folded)}
        assert key in found, term
    for asked, held in ((chinese[0], english[0]), (english[-1], chinese[-1])):
        index = fit([Document("it", {"body": f"這裡有 {held} 可用"}), FILLER], lexicon=LEXICON)
        assert index.rank(asked)[0].id == "it"
        reasons = index.explain(asked, "it")
        near = [term for term in reasons.terms if term.near]
        assert near, (asked, held)
        assert all("≈" in term.term for term in near)


def test_nothing_generic_is_in_it():
    generic = """platform system smart service data sense sensing custom customer access medical medic employ park fit stream
        exercise aviation solution technology innovation monitoring management digital online network device app tool
        平台 系統 智慧 服務 資料 監測 管理 科技 創新 數位 設備 技術 網路 應用 分析 整合 即時 解決方案""".split()  # noqa: SIM905
    for word in generic:
        assert LEXICON.find(analysis.fold(f"the {word} of")) == [], word
    for terms in LEXICON.groups.values():
        for term in terms:
            assert not is_plain(analysis.fold(term)), term


@pytest.mark.parametrize(
    ("name", "most"), [("drcd_dev", 0.06), ("challenge_gov", 0.12), ("dod_phase3_a", 0.15)]
)
def test_no_group_stands_everywhere(name, most):
    """In texts of all kinds a subject is rare: a concept in every fifth text would name none."""
    documents, _, _ = sets.load(name)
    held = {}
    for _, text in documents:
        for group in {group for group, _, _ in LEXICON.find(analysis.fold(text))}:
            held[group] = held.get(group, 0) + 1
    common = {LEXICON.name_of(group): count for group, count in held.items() if count > most * len(documents)}
    assert common == {}


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("two drones", "drone"),
        ("the drone's camera", "drone"),
        ("CHAT BOT for citizens", "chatbot"),
        ("a chat-bot", "chatbot"),
        ("elearning", "education"),
        ("detecting falls; fall-detection", "fall_detection"),
        ("无人机", "drone"),
        ("客服聊天機器人", "chatbot"),
        ("ＵＡＶ", "drone"),
        ("pharmacies", "medication"),
        ("buses: electric buses", "electric_vehicle"),
    ],
)
def test_terms_are_found_as_people_write_them(text, group):
    assert group in {LEXICON.name_of(number) for number, _, _ in LEXICON.find(analysis.fold(text))}


@pytest.mark.parametrize("text", ["a", "a customer", "access", "medical", "people. Disabled", "ais", "sense"])
def test_what_only_resembles_a_term_is_none(text):
    found = {LEXICON.name_of(number) for number, _, _ in LEXICON.find(analysis.fold(text))}
    assert found <= {"artificial_intelligence"}


def test_hits_do_not_overlap():
    text = analysis.fold(" ".join(term for terms in LEXICON.groups.values() for term in terms))
    for language in (True, False):
        hits = sorted(
            (start, end)
            for _, start, end in LEXICON.find(text)
            if analysis.has_gram(text[start:end]) is language
        )
        assert all(left[1] <= right[0] for left, right in pairwise(hits))


@pytest.mark.parametrize(
    ("groups", "says"),
    [
        ({"one": ["alone"]}, "at least two"),
        ({"one": ["drone", ""]}, "empty"),
        ({"one": ["drone", "車"]}, "too short"),
        ({"one": ["drone", "a"]}, "too short"),
        ({"one": ["drone", "with"]}, "too common"),
        ({"one": ["drone", 7]}, "no text"),
        ({"one": ["drone", "UAV"], "two": ["drones", "plane"]}, "plural"),
        (
            {"one": ["無人機", "UAV"], "two": ["无人机", "plane"]},
            "'无人机' stands in two lexicon groups: 'one'",
        ),
        ({"one": ["fall detection", "跌倒"], "two": ["falls detected", "plane"]}, "two lexicon groups"),
        ({"one": ["e-learning", "線上學習"], "two": ["elearning", "plane"]}, "two lexicon groups"),
        ({"one": "drone"}, "at least two"),
        ({"one": 7}, "at least two"),
    ],
)
def test_clashes_are_refused_by_name(groups, says):
    with pytest.raises(BadInput, match=says):
        Lexicon(groups)


def test_files_that_cannot_be_read_are_refused(tmp_path):
    for raw in (
        b"[groups",
        b"other = 1",
        b'[groups]\nx = "y"',
        b"\xff\xfe",
        b"groups = 7",
        b'[groups]\nx = [["a"], "b"]',
    ):
        (tmp_path / "lexicon.toml").write_bytes(raw)
        with pytest.raises(BadInput):
            Lexicon.load(tmp_path / "lexicon.toml")
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(BadInput, match="cannot be read"):
            Lexicon.load(path)


def test_the_fingerprint_tells_the_terms_and_not_their_order():
    one = Lexicon({"a": ["drone", "UAV"], "b": ["river", "河川"]})
    assert Lexicon({"b": ["河川", "river"], "a": ["UAV", "drone"]}).fingerprint == one.fingerprint
    assert Lexicon({"a": ["drone", "UAS"], "b": ["river", "河川"]}).fingerprint != one.fingerprint
    assert json.dumps(one.fingerprint).isascii()
