"""Explanations as people read them: whole words, neighbours together, and nothing missed that says nothing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.matcher import Document, Lexicon, fit
from matchmaker.matcher.plain_words import is_plain
from tests.matcher import sets

LEXICON = Lexicon.load(sets.LEXICON)


def reasons(query, body, **options):
    index = fit([Document("it", {"body": body}), Document("else", {"body": "完全無關的東西 nothing of that kind"})],
                lexicon=LEXICON)  # fmt: skip
    return index.explain(query, "it", **options)


@pytest.mark.parametrize(
    ("query", "body", "terms"),
    [
        ("水道小水門的遠端調度", "替小水門排程", {"水門"}),
        ("讓社工看見每位長者的作息", "獨居長者的作息", {"長者", "作息"}),
        ("water quality of the bay", "the quality of water; water quality stations", {"water quality"}),
        ("the safety of the road", "safety of a road", {"safety", "road"}),
        ("crowding, crowded and crowds", "we count crowds", {"crowding"}),
        ("early warning for residents' homes", "early warnings", {"early warning"}),
    ],
)
def test_words_are_whole_and_neighbours_together(query, body, terms):
    found = reasons(query, body)
    shown = {term.term for term in found.terms if len(term.term) > 1 and not term.near and term.share > 0.02}
    assert shown == terms
    assert sum(term.share for term in found.terms) == pytest.approx(found.score, abs=1e-5)


@pytest.mark.parametrize(
    ("query", "missing"),
    [
        ("海水浴場的藻華時有發生，希望在十分鐘內通報", {"海水浴場", "藻華"}),
        ("社會局希望在三年內減少120件跌倒", {"跌倒"}),
        ("我們沒有時間，需要知道結果", set()),
        ("Keelung's people want somebody to notice rockfall in time", {"Keelung", "rockfall"}),
        ("in 2025 we need it by 31 December, 3 times a day", {"December"}),
        ("the drone", {"drone"}),
        ("", set()),
        ("🚁 … 12:30", set()),
    ],
)
def test_what_is_missing_is_a_subject(query, missing):
    assert set(reasons(query, "與此無關").missing) >= missing
    assert set(reasons(query, "與此無關").missing) <= missing | {"通報"}


def test_nothing_that_was_found_in_other_words_is_missing():
    found = reasons("以無人機巡查", "drone inspection")
    assert "無人機" not in found.missing
    assert "巡查" in found.missing


@pytest.mark.parametrize(
    "word", ["的", "十分钟", "三十年", "2024年", "120件", "希望", "社会局", "somebody", "the", "12", "a"]
)
def test_plain_words(word):
    assert is_plain(word)


@pytest.mark.parametrize("word", ["无人机", "跌倒", "drone", "rockfall", "水质", "5g", "农业"])
def test_words_with_a_subject(word):
    assert not is_plain(word)


PIECES = st.sampled_from(
    [
        "無人機", "无人机", "水質監測", "長者", "的", "照護", "跌倒偵測", "系統", "，", " ", "\n", "drone ", "Drones ",
        "fall detection ", "water quality", " monitoring", "the ", "resident's ", "ＡＩ", "é", "e\u0301", "🚁", "ﬁre ", "臺灣",
        "drnoes ", "chatbto ", "5G ", "2024年", "\u200b", "ﷺ", "感測", "watr ", "monit", "無人雞", "\udc80",
    ]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=14).map("".join)


@given(
    query=TEXTS,
    fields=st.dictionaries(st.sampled_from(["title", "body", "evidence"]), TEXTS, min_size=1, max_size=3),
    tags=st.lists(TEXTS, max_size=2),
    asked_by_document=st.booleans(),
    spell=st.booleans(),
    prefix=st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_shares_sum_and_places_lie_in_the_texts(query, fields, tags, asked_by_document, spell, prefix):
    document = Document("it", fields, tuple(tags))
    index = fit(
        [
            document,
            Document("b", {"body": "無人機 drones chatbot water quality monitoring"}),
            Document("c", {"body": "長者照護"}),
        ],
        lexicon=LEXICON,
    )
    asked = Document("q", {"title": query, "body": query}) if asked_by_document else query
    there, here = dict(document.texts()), dict(asked.texts()) if asked_by_document else {"": query}
    scores = {match.id: match.score for match in index.rank(asked, spell=spell, prefix=prefix)}
    for one in ("it", "b"):
        found = index.explain(asked, one, spell=spell, prefix=prefix)
        assert sum(term.share for term in found.terms) == pytest.approx(found.score, abs=1e-5)
        assert found.score == pytest.approx(scores.get(one, 0.0), abs=1e-5)
        for term in found.terms:
            assert term.share > 0
            assert term.term
            assert term.asked
            for place in term.asked:
                assert 0 <= place.start < place.end <= len(here[place.field])
            for place in term.found if one == "it" else ():
                assert 0 <= place.start < place.end <= len(there[place.field])
                assert there[place.field][place.start : place.end].strip()
            if not term.near:
                texts = [here[place.field][place.start : place.end] for place in term.asked]
                assert term.term in texts
        assert len(set(found.missing)) == len(found.missing)
        assert not any(term.term in found.missing for term in found.terms if term.near)
    index.duplicates()
    index.similar("it")
    index.similar(["it", "b"], feedback=False)
