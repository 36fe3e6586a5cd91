"""Company names: the many ways to write one, and the many that only look alike."""

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.matcher.cores import core
from matchmaker.matcher.names import Outcome, same
from matchmaker.matcher.register import Register
from tests.matcher import sets


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("臺灣積體電路製造股份有限公司", "台灣積體電路製造(股)公司"),
        ("圓星科技股份有限公司", "&#22291;星科技股份有限公司"),
        ("圓星科技股份有限公司", "圆星科技股份有限公司"),
        ("新加坡商羅聖股份有限公司", "新加坡商羅聖股份有限公司台灣分公司"),
        ("大同股份有限公司", "大同股份有限公司新竹廠"),
        ("三發地產股份有限公司(原:金革)", "三發地產股份有限公司"),
        ("貿聯控股(BizLink Holding Inc.)", "貿聯控股股份有限公司"),
        ("91APP, Inc.", "９１ＡＰＰ Inc"),
        ("Applied BioCode Corporation", "APPLIED BIO-CODE CORP."),
        ("TPK Holding Co., Ltd.", "TPK Holding Company Limited"),
        ("百 和 興業股份有限公司(開曼)", "百和興業有限公司"),
        ("開曼東明控股股份有限公司", "開曼東明控股有限公司"),
        ("財團法人工業技術研究院", "工業技術研究院"),
        ("Acme Robotics Ltd.", "Acme Robotics Co., Ltd. (Taiwan Branch)"),
        ("Acme Robotics Ltd.", "ACME ROBOTICS LIMITED, TAIWAN BRANCH OFFICE"),
    ],
)
def test_ways_to_write_one_name(one, other):
    assert core(one) == core(other)
    assert same(one, other).verdict is Outcome.SAME


@pytest.mark.parametrize(
    ("one", "other", "outcome"),
    [
        ("宏達電子科技股份有限公司", "宏遠電子科技股份有限公司", Outcome.DIFFERENT),
        ("三商電腦股份有限公司", "三商家購股份有限公司", Outcome.DIFFERENT),
        ("大同有限公司", "大統有限公司", Outcome.DIFFERENT),
        ("中國石油化學工業開發股份有限公司", "中國石油化學工業開法股份有限公司", Outcome.REVIEW),
        ("■富鋁業股份有限公司", "永富鋁業股份有限公司", Outcome.REVIEW),
        ("□勤有限公司", "□勤有限公司", Outcome.REVIEW),
        ("", "大同有限公司", Outcome.DIFFERENT),
    ],
)
def test_names_that_are_not_simply_the_same(one, other, outcome):
    assert same(one, other).verdict is outcome
    assert same(other, one).verdict is outcome


def test_the_number_decides():
    assert same("甲公司", "乙公司", known_number="04595257", asked_number="04595257").verdict is Outcome.SAME
    twins = same("大同股份有限公司", "大同有限公司", known_number="04595257", asked_number="12345675")
    assert twins.verdict is Outcome.REVIEW
    assert "numbers_differ" in twins.evidence


def test_an_alias_table_is_kept():
    aliases = {"台積電": "台灣積體電路製造股份有限公司"}
    verdict = same("臺灣積體電路製造(股)公司", "台積電", aliases=aliases)
    assert (verdict.verdict, verdict.evidence) == (Outcome.SAME, ("alias",))
    found = Register(["臺灣積體電路製造股份有限公司"], aliases=aliases).ask("台積電")
    assert [one.verdict for one in found] == [Outcome.SAME]


@given(st.text(max_size=30), st.text(max_size=30))
@settings(max_examples=150, deadline=None)
def test_any_two_texts_get_one_answer_both_ways(one, other):
    forward, backward = same(one, other), same(other, one)
    assert forward.verdict is backward.verdict
    assert 0 <= forward.score <= 1
    assert forward.evidence
    assert core(one) == core(one)


def test_on_the_register():
    names = json.loads(sets.needed(sets.DATA / "legal_names.json").read_text("utf-8"))
    register = Register(names)
    # Few legal names share a core, and those that do differ in their legal form or script alone.
    assert len({core(name) for name in names}) >= 0.994 * len(names)
    asked = random.Random(5).sample([n for n in names if "■" not in n and "□" not in n], 150)
    flagged = found = 0
    for name in asked:
        answers = register.ask(name)
        assert answers[0].known == name
        assert answers[0].verdict is Outcome.SAME
        flagged += any(
            one.verdict is not Outcome.DIFFERENT and core(one.known) != core(name) for one in answers
        )
        for variant in (
            name.replace("股份有限公司", "(股)公司"),
            name.replace("台", "臺"),
            name + "高雄分公司",
        ):
            found += any(one.known == name and one.verdict is Outcome.SAME for one in register.ask(variant))
    assert flagged <= 0.04 * len(asked)
    assert found == 3 * len(asked)


def test_a_stranger_gets_the_nearest_name_as_different():
    answers = Register(["大同股份有限公司", "三商電腦股份有限公司"]).ask("三商行數位")
    assert [one.verdict for one in answers] == [Outcome.DIFFERENT]
    assert Register([]).ask("大同") == []


def test_the_register_finds_what_a_look_at_every_name_finds():
    """The lists of characters leave nobody out: against every pair, with slips of all kinds."""
    names = json.loads(sets.needed(sets.DATA / "legal_names.json").read_text("utf-8"))[::20]
    draw = random.Random(17)
    register = Register(names)
    asked = [*draw.sample(names, 15), "□富鋁業有限公司", "Applied BioCode", "", "？？？", "a" * 3000]
    for name in draw.sample(names, 25):
        at = draw.randrange(len(name))
        other = draw.choice("".join(names[:40]))
        asked += [
            name[:at] + other + name[at + 1 :],
            name[:at] + name[at + 1 :],
            name[:at] + other + name[at:],
        ]
    near = 0
    for name in asked:
        whole = {
            one: verdict for one in names if (verdict := same(one, name)).verdict is not Outcome.DIFFERENT
        }
        answers = register.ask(name, most=len(names))
        found = {one.known: one for one in answers if one.verdict is not Outcome.DIFFERENT}
        assert found == whole
        assert answers
        near += len(whole)
    assert near > 40


def test_ways_to_write_a_legal_name_are_recalled():
    import opencc

    names = json.loads(sets.needed(sets.DATA / "legal_names.json").read_text("utf-8"))
    names = [name for name in names if not set(name) & set("■□?")]
    register = Register(names)
    simplified = opencc.OpenCC("t2s").convert
    wide = {point: point + 0xFEE0 for point in range(0x21, 0x7F)}
    variants = [
        lambda name: name.replace("臺", "台") if "臺" in name else name.replace("台", "臺"),
        lambda name: name.replace("股份有限公司", "（股）公司"),
        lambda name: name.replace("股份有限公司", "有限公司"),
        lambda name: name.replace("股份有限公司", "").replace("有限公司", ""),
        lambda name: name + "新竹科學園區分公司",
        lambda name: name + "板橋營業所",
        lambda name: name + "（原名：某某股份有限公司）",
        lambda name: " ".join(name),
        lambda name: name.translate(wide),
        simplified,
    ]
    for name in random.Random(9).sample(names, 60):
        for variant in variants:
            answers = register.ask(variant(name))
            assert answers[0].verdict is Outcome.SAME, variant(name)
            assert name in {one.known for one in answers}
            assert all(core(one.known) == core(name) for one in answers if one.verdict is Outcome.SAME)


def test_an_alias_and_its_registered_name_are_both_looked_for():
    aliases = {"台積電": "台灣積體電路製造股份有限公司"}
    register = Register(["台灣積體電路製造股份有限公司", "台積電路股份有限公司", "台積電"], aliases=aliases)
    answers = register.ask("台積電", most=9)
    assert [one.known for one in answers if one.verdict is Outcome.SAME] == [
        "台積電",
        "台灣積體電路製造股份有限公司",
    ]
