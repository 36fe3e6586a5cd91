"""What a person sees: the right answers, with reasons that hold in the text."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.matcher import BadInput, Band, Document, Lexicon, Settings, UnknownDocument, fit
from matchmaker.matcher.analysis import Analyser, fold, origins
from matchmaker.matcher.nearness import difference
from tests.matcher import sets

LEXICON = Lexicon.load(sets.LEXICON)
STARTUPS = [
    Document(
        "fly",
        {"title": "河川巡檢無人機", "body": "以無人機拍攝河川，即時偵測水質異常與污染來源。"},
        ("無人機", "水質"),
    ),
    Document("river", {"title": "River drones", "body": "Our UAV fleet monitors water quality in rivers."}),
    Document("care", {"title": "長照陪伴聊天機器人", "body": "語音對話陪伴長者，並提醒用藥。"}),
    Document("signal", {"title": "Adaptive traffic signals", "body": "AI timing for intersections."}),
    Document("meter", {"title": "智慧水表", "body": "夜間小流量分析，找出管線漏水。"}),
    Document("blank", {"body": ""}),
]


@pytest.fixture(scope="module")
def index():
    return fit(STARTUPS, lexicon=LEXICON)


def cut(document, place):
    texts = dict(document.texts())
    return texts[place.field][place.start : place.end]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("用無人機監測河川水質", "fly"),
        ("无人机监测河川水质", "fly"),
        ("monitoring rivers with a drone", "river"),
        ("陪長輩說話的聊天機器人", "care"),
        ("ＡＤＡＰＴＩＶＥ　ｔｒａｆｆｉｃ", "signal"),
        ("漏水", "meter"),
    ],
)
def test_the_right_one_comes_first(index, query, first):
    assert index.rank(query)[0].id == first


def test_scores_are_ordered_and_banded(index):
    matches = index.rank("用無人機監測河川水質")
    assert [m.rank for m in matches] == list(range(1, len(matches) + 1))
    assert all(0 < m.score <= 1 for m in matches)
    assert matches[0].band is Band.STRONG
    assert index.band(0.0) is Band.WEAK
    assert "blank" not in {m.id for m in matches}


def test_an_explanation_marks_the_words_in_both_texts(index):
    query = "用無人機監測河川的水質"
    reasons = index.explain(query, "fly")
    shares = {term.term: term for term in reasons.terms}
    assert {"無人機", "河川", "水質"} <= shares.keys()
    assert sum(term.share for term in reasons.terms) == pytest.approx(reasons.score, abs=1e-5)
    assert [query[p.start : p.end] for p in shares["水質"].asked] == ["水質"]
    assert {cut(STARTUPS[0], p) for p in shares["無人機"].found} == {"無人機"}
    assert "監測" in reasons.missing
    assert not {"無人機", "水質"} & set(reasons.missing)


def test_neighbouring_words_that_match_together_become_one(index):
    terms = [term.term for term in index.explain("即時偵測水質異常", "fly").terms]
    assert terms == ["即時偵測水質異常"]


def test_near_same_terms_cross_languages_and_say_so(index):
    reasons = index.explain("無人機", "river")
    assert [term.term for term in reasons.terms] == ["無人機 ≈ drones"] or reasons.terms[0].near
    assert reasons.terms[0].near
    assert {cut(STARTUPS[1], place).lower() for place in reasons.terms[0].found} == {"drones", "uav"}
    assert reasons.missing == ()
    own = index.rank("無人機")
    assert [match.id for match in own[:2]] == ["fly", "river"]


def test_places_point_into_the_original_text_of_any_width():
    odd = Document("odd", {"body": "ＡＩ…ﬁeld 臺灣\u200b水質Café\u0301"})
    found = fit([odd, Document("else", {"body": "nothing"})])
    terms = {term.term: cut(odd, term.found[0]) for term in found.explain("台灣水质 field", "odd").terms}
    assert terms["field"] == "ﬁeld"
    assert "水質" in "".join(terms.values())


@given(st.text(max_size=60))
@settings(max_examples=80, deadline=None)
def test_every_folded_character_knows_where_it_came_from(text):
    places = origins(text)
    folded = fold(text)
    if places is None:
        assert len(folded) == len(text)
    else:
        assert len(places) >= len(folded)
        assert all(0 <= start < end <= len(text) for start, end in places)


@given(st.lists(st.text(max_size=40), max_size=5))
@settings(max_examples=60, deadline=None)
def test_texts_read_together_give_the_terms_they_give_alone(texts):
    analyser = Analyser(lexicon=LEXICON)
    together = analyser.tokens(texts)
    for number, text in enumerate(texts):
        mine = together.text == number
        rows = zip(
            together.key[mine].tolist(),
            together.start[mine].tolist(),
            together.end[mine].tolist(),
            strict=True,
        )
        alone = analyser.tokens([text])
        assert sorted(rows) == sorted(
            zip(alone.key.tolist(), alone.start.tolist(), alone.end.tolist(), strict=True)
        )
        size = len(fold(text))
        assert ((alone.start >= 0) & (alone.start < alone.end) & (alone.end <= size)).all()


def test_keep_by_ids_and_by_rule(index):
    query = "無人機 水質 drone"
    assert [m.id for m in index.rank(query, keep={"river", "meter", "nobody"})] == ["river", "meter"]
    kept = index.rank(query, keep=lambda one: one != "fly")
    assert kept[0].id == "river"
    assert kept[0].rank == 1
    assert kept[0].score == index.rank(query)[1].score
    assert index.rank(query, keep=()) == []


def test_fields_carry_their_weights():
    both = [
        Document("head", {"title": "水質監測", "body": "各種服務與設備的介紹說明"}),
        Document("tail", {"title": "各種服務與設備的介紹說明", "evidence": "水質監測"}),
    ]
    assert [m.id for m in fit(both).rank("水質監測")] == ["head", "tail"]
    flat = Settings(fields={"title": 0.25, "evidence": 2.0})
    assert [m.id for m in fit(both, settings=flat).rank("水質監測")] == ["tail", "head"]


def test_a_document_may_ask(index):
    need = Document("need", {"title": "河川水質監測", "body": "希望以無人機巡查", "evidence": "交通"})
    matches = index.rank(need)
    assert matches[0].id == "fly"
    reasons = index.explain(need, "fly")
    assert {place.field for term in reasons.terms for place in term.asked} <= {"title", "body", "evidence"}


def test_misspelt_words_and_beginnings_are_understood_in_search(index):
    assert [c.meant for c in index.corrections("drnoes over rivers")] == ["drones"]
    assert index.rank("drnoes", spell=True)[0].id == "river"
    assert "drnoes ≈ drones" in {t.term for t in index.explain("drnoes", "river", spell=True).terms}
    assert [c.meant for c in index.corrections("无人鸡")] == ["无人机"]
    assert index.rank("intersec", prefix=True)[0].id == "signal"
    assert index.completions("adaptive traf") == ("traffic",)
    assert index.corrections("無人機 drones") == ()


def test_more_like_these_leaves_the_seeds_out(index):
    assert index.similar("fly")[0].id == "river"
    assert {"fly", "river"}.isdisjoint(m.id for m in index.similar(["fly", "river"]))
    with pytest.raises(UnknownDocument):
        index.similar("nobody")
    with pytest.raises(BadInput):
        index.similar([])


def test_duplicates_and_their_difference():
    texts = {
        "a": "以無人機監測河川水質並即時回報",
        "b": "以無人機監測河川水質並每日回報",
        "c": "長照陪伴機器人",
        "d": "漏水偵測",
    }
    index = fit(Document(one, {"body": text}) for one, text in texts.items())
    pairs = index.duplicates()
    assert [(pair.first, pair.second) for pair in pairs] == [("a", "b")]
    changed = [(old, new) for kind, old, new in difference(texts["a"], texts["b"]) if kind != "equal"]
    assert changed == [("即時", "每日")]
    assert fit([]).duplicates() == []


def test_an_edit_is_seen_at_once(index):
    mine = fit([Document(f"d{n}", {"body": f"服務{n} 平台 資料"}) for n in range(300)])
    mine.rank("平台")
    begin = time.perf_counter()
    mine.upsert(Document("d7", {"body": "水質監測無人機"}))
    assert mine.rank("水質無人機")[0].id == "d7"
    taken = time.perf_counter() - begin
    mine.remove("d7")
    assert mine.rank("水質無人機") == []
    assert taken < 5  # a rebuild of everything is not hidden in it; the benchmark holds the real figure


def test_settings_have_a_stable_name():
    assert Settings().fingerprint() == Settings().fingerprint()
    assert Settings(saturation=1.3).fingerprint() != Settings().fingerprint()
    shuffled = dict(reversed(Settings().fields.items()))
    assert Settings(fields=shuffled).fingerprint() == Settings().fingerprint()


@pytest.mark.parametrize(
    "wrong",
    [
        {"saturation": 0},
        {"length_share": 2},
        {"cosine_share": -1},
        {"fields": {"title": -1}},
        {"fields": {"title": float("nan")}},
        {"strong": 0.1, "fair": 0.2},
    ],
)
def test_settings_that_make_no_sense_are_refused(wrong):
    with pytest.raises(BadInput):
        Settings(**wrong)


def test_the_lexicon_is_sound_and_well_filled():
    assert len(LEXICON.groups) >= 150
    for terms in LEXICON.groups.values():
        assert len(terms) >= 1
    with_chinese = sum(any(not term.isascii() for term in terms) for terms in LEXICON.groups.values())
    assert with_chinese == len(LEXICON.groups)


@pytest.mark.parametrize(
    "groups",
    [
        {"one": ["alone"]},
        {"one": ["drone", ""]},
        {"one": ["drone", "車"]},
        {"one": ["drone", "UAV"], "two": ["drones", "plane"]},
        {"one": "drone"},
    ],
)
def test_a_lexicon_that_would_mislead_is_refused(groups):
    with pytest.raises(BadInput):
        Lexicon(groups)


def test_a_lexicon_file_that_is_none_is_refused(tmp_path):
    path = tmp_path / "lexicon.toml"
    for text in ("[groups", "other = 1", '[groups]\nx = "y"'):
        path.write_text(text, "utf-8")
        with pytest.raises(BadInput):
            Lexicon.load(path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n\t",
        "的",
        "🚁🚁🚁",
        "\x00\x01\x02",
        "\udc80\udcff",
        "，。！",
        "\u200b\ufeff",
        "ﷺ",
        "a" * 5000,
        "́́́",
    ],
)
def test_odd_texts_are_read_without_fuss(text):
    documents = [Document("odd", {"title": text, "body": text}), Document("water", {"body": "水質監測"})]
    index = fit(documents, lexicon=LEXICON)
    for query in (text, f"{text}水質", "水質"):
        for match in index.rank(query, spell=True, prefix=True):
            reasons = index.explain(query, match.id, spell=True, prefix=True)
            assert sum(term.share for term in reasons.terms) == pytest.approx(match.score, abs=1e-5)
    assert index.rank("水質")[0].id == "water"


@pytest.mark.parametrize("character", ["水", "a", "🚁", "1", " ", "́"])
def test_a_megabyte_of_one_character_is_no_trouble(character):
    index = fit([Document("big", {"body": character * 1_000_000}), Document("small", {"body": "水質 a 1"})])
    index.rank(character * 1_000_000)
    assert len(index) == 2


def test_wrong_documents_are_refused():
    with pytest.raises(BadInput, match="'x'"):
        fit([Document("x"), Document("x")])
    with pytest.raises(BadInput):
        Document("")
    with pytest.raises(BadInput):
        Document("x", {"body": None})
    with pytest.raises(BadInput):
        Document("x", {}, "tag")
    index = fit([Document("x", {"body": "水質"})])
    with pytest.raises(UnknownDocument):
        index.explain("水質", "y")
    with pytest.raises(UnknownDocument):
        index.remove(["x", "y"])
    assert "x" in index
    with pytest.raises(BadInput):
        index.rank("水質", top=0)


def test_an_empty_index_answers_nothing():
    index = fit([])
    assert index.rank("水質") == []
    assert len(index) == 0
    index.upsert(Document("x", {"body": "水質"}))
    assert [m.id for m in index.rank("水質")] == ["x"]


def test_importing_the_library_is_light():
    import subprocess
    import sys

    code = (
        "import sys, matchmaker.matcher; heavy = {'sklearn', 'numba', 'scipy', 'flask', 'sqlalchemy', 'wtforms', "
        "'jinja2', 'click', 'rapidfuzz'} & set(sys.modules); assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=sets.ROOT)


def test_letters_mark_a_slip_and_never_a_shared_ending():
    index = fit(
        [
            Document("slip", {"body": "fall detecton for older people"}),
            Document("tail", {"body": "billing and accounting software"}),
        ]
    )
    [place] = [
        p for t in index.explain("fall detection", "slip").terms if t.term == "detection" for p in t.found
    ]
    assert "fall detecton for older people"[place.start : place.end] == "detecton"
    marks = [p for t in index.explain("monitoring of slopes", "tail").terms for p in t.found]
    assert marks == []
