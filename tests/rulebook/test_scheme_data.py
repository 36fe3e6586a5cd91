"""The scheme as data: complete, bilingual, every value with its clause, every gap with its reading."""

import re
import subprocess
import sys
import tomllib
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from matchmaker.kernel.places import data_dir
from matchmaker.rulebook import amounts, claims, deadlines, orders, refunds
from matchmaker.rulebook.amounts import Approval, OneOff, PeriodUse
from matchmaker.rulebook.facts import BadFact
from matchmaker.rulebook.reference import UnknownScheme, calendar, scheme, schemes, tier_table
from matchmaker.rulebook.refunds import Interest, Item
from matchmaker.rulebook.scheme import PARAMETERS, SchemeError, scheme_from
from matchmaker.rulebook.worksheet import Worksheet

SCHEME = scheme("mature-2019")
ON = date(2024, 3, 15)
FILE = data_dir() / "seeds" / "reference" / "schemes" / "mature-2019.v1.toml"


def raw() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def test_the_scheme_says_what_it_is_and_that_it_is_closed() -> None:
    assert SCHEME.name == "mature-2019@1"
    assert SCHEME.valid_from == date(2019, 8, 15)
    assert not SCHEME.accepts_applications
    assert "10820001380" in SCHEME.source.zh
    assert SCHEME in schemes()


def test_an_unknown_scheme_or_version_is_not_found() -> None:
    for name in ("mature", "mature-2019@9", "mature-2019@", "", "mature-2019.v1"):
        with pytest.raises(UnknownScheme):
            scheme(name)


def test_every_parameter_cites_a_clause_and_what_it_rests_on() -> None:
    assert SCHEME.parameters.keys() == PARAMETERS.keys()
    for parameter in SCHEME.parameters.values():
        assert parameter.clause in SCHEME.clauses
        assert parameter.rests_on
        assert parameter.certainty in {"H", "M", "L"}


def test_q01_to_q18_each_has_its_reading() -> None:
    assert list(SCHEME.readings) == [f"Q-{number:02d}" for number in range(1, 19)]
    for reading in SCHEME.readings.values():
        if reading.parameter is not None:
            assert reading.code in SCHEME.parameters[reading.parameter].rests_on


def test_r054_r055_rates_and_cap() -> None:
    assert [SCHEME.rate(tier, ON) for tier in range(1, 6)] == [Fraction(3, 4)] + [Fraction(9, 10)] * 4
    assert SCHEME.cap(ON) == 4_000_000


def test_values_hold_from_their_day_on() -> None:
    assert SCHEME.whole("publication_threshold", date(2022, 12, 31)) == 1_000_000
    assert SCHEME.whole("publication_threshold", date(2023, 1, 1)) == 1_500_000
    assert SCHEME.whole("publication_threshold", date(2001, 1, 1)) == 1_000_000


# Papers and lists


def codes(kind: str, **more: Any) -> list[str]:
    return [each.code for each in claims.required_papers(SCHEME, kind, **more)]


def test_r067_four_papers_of_a_same_year_claim() -> None:
    assert set(codes("same_year")) == {
        "settlement_certificate",
        "receipt",
        "expenditure_statement",
        "budget_proof",
    }
    assert SCHEME.documents["receipt"].more["original"] is True


def test_r069_q05_four_papers_of_the_first_instalment_with_matching_funds() -> None:
    assert set(codes("first_instalment")) == {
        "receipt",
        "expenditure_statement",
        "acceptance_certificate",
        "budget_proof_with_matching",
    }


def test_r070_three_papers_of_the_final_instalment() -> None:
    assert set(codes("final_instalment")) == {
        "settlement_certificate",
        "receipt",
        "expenditure_statement",
    }


def test_q04_q05_a_fuller_paper_stands_in_for_a_lesser_one() -> None:
    have = {"receipt", "expenditure_statement", "settlement_certificate", "budget_proof_with_matching"}
    assert claims.missing_papers(SCHEME, "same_year", have) == ()
    assert claims.missing_papers(SCHEME, "first_instalment", have) == ()
    lesser = {"receipt", "expenditure_statement", "acceptance_certificate", "budget_proof"}
    missing = claims.missing_papers(SCHEME, "first_instalment", lesser)
    assert [each.code for each in missing] == ["budget_proof_with_matching"]
    missing = claims.missing_papers(SCHEME, "same_year", lesser)
    assert [each.code for each in missing] == ["settlement_certificate"]


def test_r082_fields_5_13_to_5_16_and_6_12_attachments() -> None:
    assert codes("change") == ["approval_letter", "changed_plan", "comparison_table"]
    assert codes("change", force_majeure=True)[-1] == "force_majeure_proof"
    assert codes("termination") == ["approval_letter", "approved_plan"]
    assert codes("termination", force_majeure=True)[-1] == "force_majeure_proof"


def test_r015_fields_5_17_and_6_14_signatures_in_their_order() -> None:
    assert [each.title.zh for each in SCHEME.lists["sign_off"].values()] == [
        "承辦人",
        "業務主管",
        "主辦會計",
        "機關首長",
    ]


def test_r056_four_reasons_of_an_adjustment() -> None:
    assert list(SCHEME.lists["adjustment_reasons"]) == [
        "budget",
        "plan_content",
        "items_procured",
        "review_resolution",
    ]


def test_r086_inspections() -> None:
    assert list(SCHEME.lists["inspection_kinds"]) == ["document", "on_site"]
    assert list(SCHEME.lists["inspection_subjects"]) == ["deployment", "use", "upkeep", "expenditure"]


def test_r059_r088_the_approval_letter_finds_its_collateral_clause() -> None:
    causes = SCHEME.lists["revocation_causes"]
    assert SCHEME.lists["collateral_clause"].keys() == {"opening", *causes}


# revocation


def test_r087_only_poor_execution_needs_a_notice_whose_deadline_has_passed() -> None:
    today = date(2024, 6, 1)
    for cause in ("untrue_handling", "breach"):
        assert refunds.may_revoke(SCHEME, cause, notice_due=None, today=today)
    ask = {"scheme": SCHEME, "cause": "behind_or_poor", "today": today}
    assert refunds.may_revoke(**ask, notice_due=None).code == "revocation.notice_missing"
    assert refunds.may_revoke(**ask, notice_due=today).code == "revocation.notice_running"
    assert refunds.may_revoke(**ask, notice_due=date(2024, 5, 31))
    denial = refunds.may_revoke(SCHEME, "dislike", notice_due=None, today=today)
    assert denial.code == "revocation.no_such_cause"


@pytest.mark.parametrize("stop", ["none", "part", "all"])
@pytest.mark.parametrize("claw_back", ["none", "part", "all"])
def test_r089_the_two_scales_are_independent(stop: str, claw_back: str) -> None:
    found = refunds.revocation(
        SCHEME,
        approved=900_000,
        paid=400_000,
        returned=50_000,
        stop=stop,
        claw_back=claw_back,
        stop_amount=120_000,
        claw_back_amount=80_000,
        interest=Interest(3_500, 350_000),
    )
    assert found.stopped == {"none": 0, "part": 120_000, "all": 500_000}[stop]
    assert found.refund == {"none": 0, "part": 80_000, "all": 350_000}[claw_back]
    assert found.interest == {"none": 0, "part": 800, "all": 3_500}[claw_back]


def test_r089_a_part_needs_its_amount_within_what_there_is() -> None:
    base: dict[str, Any] = {"approved": 900, "paid": 400, "stop": "none", "claw_back": "none"}
    for changes, name in (
        ({"stop": "part"}, "stop_amount"),
        ({"claw_back": "part"}, "claw_back_amount"),
        ({"claw_back": "part", "claw_back_amount": 401}, "claw_back_amount"),
        ({"stop": "some"}, "stop"),
        ({"returned": 401}, "returned"),
    ):
        with pytest.raises(BadFact) as refusal:
            refunds.revocation(SCHEME, **{**base, **changes})
        assert refusal.value.name == name


#


def test_r030_q13_age_is_tested_on_the_tender_deadline() -> None:
    def within(founded: date, tender: date) -> bool:
        return deadlines.is_within_startup_age(SCHEME, founded=founded, tender_deadline=tender)

    assert within(date(2019, 5, 1), date(2024, 5, 1))
    assert not within(date(2019, 5, 1), date(2024, 5, 2))
    assert within(date(2016, 2, 29), date(2021, 2, 28))
    assert not within(date(2016, 2, 29), date(2021, 3, 1))
    assert not within(date(2024, 5, 2), date(2024, 5, 1))


# Another reading is a data change


def read_as(**values: Any) -> Any:
    return SCHEME.with_values("test", **values)


def test_q07_before_10_december_can_exclude_that_day() -> None:
    other = read_as(deadline_inclusive=False)
    found = deadlines.claim(other, ON, calendar(), accepted=date(2024, 11, 20))
    assert found.due == date(2024, 12, 9)
    assert other.name == "mature-2019@test"
    assert deadlines.claim(SCHEME, ON, calendar(), accepted=date(2024, 11, 20)).due == date(2024, 12, 10)


def test_q08_the_window_can_start_with_the_service() -> None:
    line = PeriodUse(1, 1, 12, "month", date(2024, 3, 15), date(2024, 9, 15))
    assert amounts.eligible(SCHEME, ON, [line]).eligible == 6
    assert amounts.eligible(read_as(window_anchor="service_start"), ON, [line]).eligible == 12


def test_q09_the_ratio_can_be_the_tiers() -> None:
    other = read_as(ratio_basis="tier")
    found = refunds.change(other, ON, Approval(1_000, 500, tier=1), new_total=600, received=500)
    assert found.entitlement == 450
    with pytest.raises(BadFact) as refusal:
        refunds.change(other, ON, Approval(1_000, 500), new_total=600, received=500)
    assert refusal.value.name == "tier"


def test_q10_a_refund_can_be_due_on_every_decrease() -> None:
    other = read_as(refund_basis="decrease")
    approval = Approval(1_000_000, 900_000)
    assert refunds.change(other, ON, approval, new_total=800_000, received=300_000).refund == 180_000
    assert refunds.change(other, ON, approval, new_total=800_000, received=100_000).refund == 100_000


def test_q11_the_first_instalment_can_be_all_of_the_spending() -> None:
    other = read_as(first_instalment="full")
    approval = Approval(420_000, 378_000)
    assert claims.first_instalment(other, ON, approval, spent=105_000).payable == 105_000
    assert claims.first_instalment(other, ON, approval, spent=400_000).payable == 378_000


def test_q14_the_unexecuted_part_can_be_measured_by_money() -> None:
    other = read_as(unexecuted_by="spent")
    approval = Approval(1_000, 900)
    ask: dict[str, Any] = {"cause": "force_majeure", "received": 900}
    items = [Item(1_000, Fraction(1, 2), spent=300)]
    assert refunds.termination(other, ON, approval, items=items, **ask).entitlement == 270
    assert refunds.termination(SCHEME, ON, approval, items=items, **ask).entitlement == 450
    for bad, name in (
        (Item(1_000, Fraction(0)), "items[0].spent"),
        (Item(1, Fraction(0), 2), "items[0].spent"),
    ):
        with pytest.raises(BadFact) as refusal:
            refunds.termination(other, ON, approval, items=[bad], **ask)
        assert refusal.value.name == name


def test_a_scheme_of_another_year_computes_by_its_own_values() -> None:
    richer = read_as(cap=6_000_000, rates=["0.5", "0.6", "0.7", "0.8", "1"])
    assert amounts.ceiling(richer, ON, eligible=10_000_000, tier=5).ceiling == 6_000_000
    assert amounts.ceiling(richer, ON, eligible=333, tier=2).ceiling == 199
    # Where the tier is only known as a range and its rates differ, the ceiling is unknown.
    tainan = tier_table().tier("TW-TNN", date(2020, 1, 1))
    found = amounts.ceiling(richer, date(2020, 1, 1), eligible=100, tier=tainan)
    assert found.ceiling is None
    assert not found.worksheet.is_complete


@pytest.mark.parametrize(
    "values",
    [
        {"cap": -1},
        {"cap": "4000000"},
        {"cap": True},
        {"rates": ["0.75"]},
        {"rates": ["0.75", "0.9", "0.9", "0.9", "1.1"]},
        {"rates": [0.75, 0.9, 0.9, 0.9, 0.9]},
        {"deadline_inclusive": 1},
        {"ratio_basis": "mood"},
        {"add_on_share": 0.1},
        {"no_such_parameter": 1},
    ],
)
def test_a_reading_that_no_code_stands_behind_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(SchemeError):
        read_as(**values)


def broken(change: str) -> dict[str, Any]:
    data = raw()
    if change == "no cap":
        del data["parameters"]["cap"]
    elif change == "an extra parameter":
        data["parameters"]["mood"] = data["parameters"]["cap"]
    elif change == "no English":
        del data["title"]["en"]
    elif change == "an empty title":
        data["title"]["zh"] = ""
    elif change == "a clause that is not named":
        data["parameters"]["cap"]["clause"] = "99"
    elif change == "a paper that is not named":
        data["papers"]["change"]["required"].append("poem")
    elif change == "a reading of nothing":
        data["readings"]["Q-07"]["parameter"] = "mood"
    elif change == "values out of order":
        data["parameters"]["publication_threshold"]["values"].reverse()
    elif change == "no version":
        del data["version"]
    elif change == "no title of a rule":
        data["rules"]["C1.one_off"]["title"] = "x"
    return data


@pytest.mark.parametrize(
    "change",
    [
        "no cap",
        "an extra parameter",
        "no English",
        "an empty title",
        "a clause that is not named",
        "a paper that is not named",
        "a reading of nothing",
        "values out of order",
        "no version",
        "no title of a rule",
    ],
)
def test_an_incomplete_scheme_is_refused_when_it_is_read(change: str) -> None:
    with pytest.raises(SchemeError):
        scheme_from(broken(change))


# Worksheets


def every_worksheet() -> list[Worksheet]:
    approval = Approval(1_000, 900)
    days = calendar()
    reserve: dict[str, Any] = {"approved": 10, "claimed": 4}
    end: dict[str, Any] = {"items": [Item(500, Fraction(1, 3))], "received": 900}
    goods: dict[str, Any] = {"category": "goods", "order_value": 10, "add_ons": 0}
    taipei, tainan = tier_table().governments["TW-TPE"], tier_table().governments["TW-TNN"]
    early = date(2020, 1, 1)
    period = PeriodUse(1, 1, 14, "month")
    return [
        amounts.eligible(SCHEME, ON, [OneOff(1, 2), period]).worksheet,
        amounts.eligible(
            SCHEME, ON, [PeriodUse(1, 1, 14, "day", service_starts_on=date(2024, 3, 15))]
        ).worksheet,
        amounts.ceiling(SCHEME, ON, eligible=1, tier=2).worksheet,
        amounts.ceiling(SCHEME, ON, eligible=1, tier=None, government=taipei).worksheet,
        amounts.ceiling(
            SCHEME, ON, eligible=1, tier=tier_table().tier("TW-TPE", ON), government=taipei
        ).worksheet,
        amounts.ceiling(
            read_as(rates=["0", "0.1", "0.2", "0.3", "0.4"]),
            early,
            eligible=1,
            tier=tier_table().tier("TW-TNN", early),
            government=tainan,
        ).worksheet,
        amounts.approved(
            SCHEME, ON, requested=1, ceiling=2, total=3, review_amount=4, budget_left=5
        ).worksheet,
        amounts.legislative_cut(SCHEME, ON, approved=1, method="pro_rata", cut=Fraction(1, 2)).worksheet,
        amounts.legislative_cut(
            SCHEME, ON, approved=1, method="negotiated", amount=1, reason="協商"
        ).worksheet,
        claims.same_year_claim(SCHEME, ON, approval, settled=1, limit=0).worksheet,
        claims.first_instalment(SCHEME, ON, approval, spent=1).worksheet,
        claims.first_instalment(read_as(first_instalment="full"), ON, approval, spent=1).worksheet,
        claims.final_instalment(SCHEME, ON, approval, settled=1, paid=9).worksheet,
        claims.reservation(SCHEME, ON, executive_yuan="pending", **reserve).worksheet,
        claims.reservation(SCHEME, ON, executive_yuan="approved", **reserve).worksheet,
        claims.reservation(SCHEME, ON, executive_yuan="refused", **reserve).worksheet,
        deadlines.claim(SCHEME, ON, days, accepted=date(2023, 11, 20)).worksheet,
        deadlines.claim(SCHEME, ON, days, accepted=date(2031, 11, 20)).worksheet,
        deadlines.procure(SCHEME, ON, days, approved=date(2023, 12, 30)).worksheet,
        deadlines.first_claim(SCHEME, ON, days, first_use=ON).worksheet,
        deadlines.final_claim(SCHEME, ON, closed=ON).worksheet,
        deadlines.startup_age(SCHEME, ON, founded=ON).worksheet,
        refunds.change(SCHEME, ON, approval, new_total=1, received=900, interest=Interest(1, 900)).worksheet,
        refunds.change(SCHEME, ON, approval, new_total=2_000, received=900).worksheet,
        refunds.termination(SCHEME, ON, approval, cause="force_majeure", **end).worksheet,
        refunds.termination(SCHEME, ON, approval, cause="other", interest=Interest(5), **end).worksheet,
        refunds.interest_estimate(SCHEME, ON, principal=1, rate=Fraction(1, 100), start=ON, end=ON).worksheet,
        refunds.revocation(SCHEME, approved=9, paid=1, stop="all", claw_back="all").worksheet,
        orders.order_limits(SCHEME, ON, **goods).worksheet,
        orders.order_limits(
            SCHEME, ON, per_order_min=1, per_order_max=5, contract_budget=5, orders_so_far=1, **goods
        ).worksheet,
        orders.service_fee_limit(SCHEME, ON, order_value=1_050)[1],
    ]


def test_every_step_reads_in_both_languages_and_no_rule_is_idle() -> None:
    used = {"inputs"}
    for sheet in every_worksheet():
        used |= {line.rule for line in sheet.lines}
        for language in ("zh-Hant-TW", "en"):
            for step in sheet.steps(language):
                assert step.title
                assert step.clause
                assert step.because
                assert "{" not in step.because
        assert len(sheet.as_json()) == len(sheet.lines)
    assert used == SCHEME.rules.keys()


def test_both_languages_hold_the_same_places() -> None:
    for rule in SCHEME.rules.values():
        chinese, english = (
            set(re.findall(r"\{(\w+):\w+\}", text)) for text in (rule.because.zh, rule.because.en)
        )
        neutral = [
            {name.removesuffix("_zh").removesuffix("_en") for name in each} for each in (chinese, english)
        ]
        assert neutral[0] == neutral[1], rule.code


def test_taiwan_usage_in_the_chinese_texts() -> None:
    text = FILE.read_text(encoding="utf-8")
    for wrong in ("台", "帐", "账", "視頻", "信息"):
        assert wrong not in text


def test_the_service_fee_is_one_per_cent_at_most() -> None:
    assert orders.service_fee_limit(SCHEME, ON, order_value=1_050)[0] == 10


def test_an_unknown_tier_is_an_answer_of_its_own() -> None:
    sheet = amounts.ceiling(SCHEME, ON, eligible=1, tier=None).worksheet
    assert not sheet.is_complete
    assert sheet.steps("zh-Hant-TW")[-1].value == "尚無法得知"
    assert sheet.steps("en")[-1].value == "unknown"


@pytest.mark.parametrize("tier", [0, 6, True])
def test_a_tier_that_does_not_exist_is_refused(tier: int) -> None:
    with pytest.raises(BadFact):
        amounts.ceiling(SCHEME, ON, eligible=1, tier=tier)


def test_the_rulebook_needs_no_framework() -> None:
    code = (
        "import sys; import matchmaker.rulebook.compute, matchmaker.rulebook.commands;"
        "sys.exit(any(name.split('.')[0] in "
        "{'flask', 'sqlalchemy', 'wtforms', 'jinja2', 'werkzeug', 'sklearn'} for name in sys.modules))"
    )
    root = Path(__file__).resolve().parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0
