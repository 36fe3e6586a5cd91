"""A search box: what people type, and what they should find."""

import pytest

from matchmaker.matcher import Document, Lexicon, fit
from tests.matcher import sets

LEXICON = Lexicon.load(sets.LEXICON)
THINGS = {
    "drone": "無人機空拍服務：以無人機拍攝工地與河川，製作正射影像。",
    "spray": "精準農噴：農業無人載具噴灑，依病蟲害分布施藥，留下產銷履歷。",
    "chat": "客服聊天機器人：二十四小時回答市民提問，轉接 1999 話務。",
    "fall": "長者跌倒偵測：毫米波雷達非接觸感測，夜間離床提醒照服員。",
    "signal": "智慧有聲交通號誌：行人穿越路口時以語音提示視障者。",
    "air": "智慧空調節能：冰水主機最佳化，降低用電。",
    "water": "Live water-quality stations for coastal waters: turbidity, dissolved oxygen and salinity.",
    "vr": "AR/VR editors for teachers: build a virtual reality lesson without programming.",
    "cadastral": "Comparing old cadastral maps with aerial images, point by point.",
    "crowd": "市集人車流即時掌握：人流計數與停車導引。",
    "museum": "Bilingual voice guide for museums and exhibitions, with sign language.",
    "slope": "坡地監測：傾斜與雨量感測，土石流預警。",
    "telemed": "遠距醫療平台：偏鄉視訊診療與慢性病追蹤。",
    "fire": "Early warning of electrical fire in old apartment buildings, with smoke alarms and fire alarms.",
}
INDEX = fit([Document(one, {"body": text}) for one, text in THINGS.items()], lexicon=LEXICON)

SEARCHES = [
    ("無人機", "drone"),
    ("无人机空拍", "drone"),
    ("無人", "drone"),
    ("drone photography", "drone"),
    ("無人雞空拍", "drone"),
    ("農噴", "spray"),
    ("crop spraying", "spray"),
    ("病虫害", "spray"),
    ("聊天機器", "chat"),
    ("chatbot", "chat"),
    ("chat bot", "chat"),
    ("chatbto", "chat"),
    ("聊天機器仁", "chat"),
    ("跌到偵測", "fall"),
    ("fall detection", "fall"),
    ("ｆａｌｌ　ｄｅｔｅｃｔｉｏｎ", "fall"),
    ("mmWave radar", "fall"),
    ("acoustic signal", "signal"),
    ("有声号志", "signal"),
    ("冷氣節電", "air"),
    ("HVAC", "air"),
    ("watr qualty", "water"),
    ("turbidty", "water"),
    ("水質", "water"),
    ("virtaul realty", "vr"),
    ("虛擬實境", "vr"),
    ("cadast", "cadastral"),
    ("地籍圖", "cadastral"),
    ("crowd density", "crowd"),
    ("人流技數", "crowd"),
    ("musem", "museum"),
    ("導覽", "museum"),
    ("土石留", "slope"),
    ("debris flow", "slope"),
    ("telemedecine", "telemed"),
    ("遠距醫", "telemed"),
    ("smoke alrm", "fire"),
    ("火災", "fire"),
]


@pytest.mark.parametrize(("typed", "right"), SEARCHES)
def test_searches_find_what_was_meant(typed, right):
    found = INDEX.rank(typed, top=3, spell=True, prefix=True)
    assert found, typed
    assert right in [match.id for match in found[:2]]
    reasons = INDEX.explain(typed, right, spell=True, prefix=True)
    assert sum(term.share for term in reasons.terms) == pytest.approx(reasons.score, abs=1e-5)
    for term in reasons.terms:
        for place in term.found:
            assert THINGS[right][place.start : place.end]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("AR 與無人", {"无人机"}),
        ("virt", {"virtual"}),
        ("v", set()),
        ("無", set()),
        ("", set()),
        ("完全沒有的詞", set()),
    ],
)
def test_completions(typed, words):
    assert set(INDEX.completions(typed)) >= words
    if not words:
        assert INDEX.completions(typed) == ()


def test_right_words_are_not_corrected():
    for typed in ("drone 無人機 virtual reality", "毫米波雷達", "the of", "1999", "🚁"):
        assert INDEX.corrections(typed) == ()


def test_a_word_of_the_lexicon_that_no_document_holds_is_not_proposed():
    assert "blockchain" not in {one.meant for one in INDEX.corrections("blokchain")}


def test_new_words_are_known_at_once_and_older_readers_keep_theirs():
    index = fit([Document("a", {"body": "turbidity"})])
    assert [one.meant for one in index.corrections("turbidty")] == ["turbidity"]
    index.upsert(Document("b", {"body": "salinity"}))
    assert [one.meant for one in index.corrections("salinty")] == ["salinity"]
    index.remove("a")
    index.merge()
    assert index.corrections("turbidty") == ()
