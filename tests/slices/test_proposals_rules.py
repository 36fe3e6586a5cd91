"""The pure rules: what a submission needs, who is eligible, what differs between versions."""

from dataclasses import replace
from datetime import date

import pytest

from matchmaker.kernel.programme import last_startup_day
from matchmaker.proposals.comparison import differences
from matchmaker.proposals.completeness import gaps, impossible, tidy
from matchmaker.proposals.content import (
    BudgetLine,
    Evidence,
    PlannedMilestone,
    ProposalContent,
    TeamMember,
)
from matchmaker.proposals.eligibility import Applicant, examine, within_five_years
from matchmaker.proposals.facts import Declaration, Rule
from matchmaker.proposals.freezing import document, fingerprint
from matchmaker.proposals.states import CheckResult, EvidenceKind
from tests.factories.proposals import CONTENT, content

MET, NOT_MET, UNKNOWN = CheckResult.MET, CheckResult.NOT_MET, CheckResult.UNKNOWN


def lacking(text, *, months=6, ceiling=1_000_000):
    return {gap.field: gap.denial.code for gap in gaps(text, pilot_months=months, grant_ceiling=ceiling)}


# What a submission lacks


def test_a_complete_proposal_lacks_nothing():
    assert lacking(CONTENT) == {}
    assert impossible(CONTENT) == {}


def test_an_empty_draft_may_be_kept_but_lacks_everything():
    assert impossible(ProposalContent()) == {}
    assert set(lacking(ProposalContent())) == {
        "title",
        "summary",
        "solution_concept",
        "implementation_method",
        "team",
        "milestones",
        "budget",
        "evidence",
        "declarations",
    }


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"title": "  "}, "title", "proposals.title_missing"),
        ({"team": (TeamMember("", "主持人"),)}, "team-0-name", "proposals.member_name_missing"),
        ({"team": (TeamMember("王小明"),)}, "team-0-role", "proposals.member_role_missing"),
        (
            {"milestones": (PlannedMilestone("安裝", "清冊", 7),)},
            "milestones-0-month",
            "proposals.milestone_month",
        ),
        (
            {"milestones": (PlannedMilestone("安裝", "清冊"),)},
            "milestones-0-month",
            "proposals.milestone_month",
        ),
        (
            {"milestones": (PlannedMilestone("安裝", "", 1),)},
            "milestones-0-deliverable",
            "proposals.milestone_deliverable_missing",
        ),
        (
            {"milestones": (PlannedMilestone("", "清冊", 1),)},
            "milestones-0-title",
            "proposals.milestone_title_missing",
        ),
        ({"budget": (BudgetLine("", 5),)}, "budget-0-item", "proposals.line_item_missing"),
        ({"budget": (BudgetLine("人力"),)}, "budget-0-grant", "proposals.line_amount_missing"),
        ({"budget": (BudgetLine("人力", 0, 100),)}, "budget", "proposals.no_grant"),
        ({"budget": (BudgetLine("人力", 1_000_001),)}, "budget", "proposals.over_ceiling"),
        ({"evidence": (Evidence(title=""),)}, "evidence-0-title", "proposals.evidence_title_missing"),
        ({"declarations": tuple(Declaration)[1:]}, "declarations", "proposals.declarations_missing"),
    ],
)
def test_each_gap_names_its_field(changes, field, code):
    assert lacking(content(**changes))[field] == code


def test_the_ceiling_itself_may_be_asked():
    assert lacking(content(budget=(BudgetLine("全部", 1_000_000),))) == {}
    assert lacking(content(budget=(BudgetLine("全部", 9_000_000),)), ceiling=None) == {}


@pytest.mark.parametrize("kind", ["award", "private_cooperation", "government_pilot"])
def test_any_one_substitute_suffices_without_a_track_record(kind):
    """R-035 and R-036."""
    assert lacking(content(evidence=(Evidence(kind, "證明"),))) == {}


def test_a_government_reference_alone_is_not_one_of_the_three():
    only = (Evidence(EvidenceKind.GOVERNMENT_REFERENCE.value, "某機關採購"),)
    assert "evidence" in lacking(content(evidence=only))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"language": "fr"}, "language"),
        ({"budget": (BudgetLine("x", -1),)}, "budget"),
        ({"budget": (BudgetLine("x", 2**63),)}, "budget"),
        ({"budget": (BudgetLine("x", 2**63 - 1), BudgetLine("y", 1))}, "budget"),
        ({"milestones": (PlannedMilestone("x", "y", 0),)}, "milestones"),
        ({"evidence": (Evidence("rumour", "x"),)}, "evidence"),
        ({"evidence": (Evidence("award", "x", "", "2026-02-30"),)}, "evidence"),
        ({"declarations": ("whatever",)}, "declarations"),
        ({"team": tuple(TeamMember(f"n{n}") for n in range(13))}, "team"),
    ],
)
def test_what_not_even_a_draft_may_hold(changes, field):
    assert set(impossible(content(**changes))) == {field}


def test_tidying_drops_rows_that_say_nothing_and_orders_declarations():
    messy = content(
        team=(TeamMember(), TeamMember("王小明")),
        evidence=(Evidence("government_pilot"), Evidence("award", "獎")),
        declarations=("true", "no_default", "true"),
    )
    tidied = tidy(messy)
    assert tidied.team == (TeamMember("王小明"),)
    assert tidied.evidence == (Evidence("award", "獎"),)
    assert tidied.declarations == ("no_default", "true")
    assert tidy(tidied) == tidied


# Who is eligible


@pytest.mark.parametrize(
    ("founded", "deadline", "result"),
    [
        (date(2021, 3, 9), date(2026, 3, 9), MET),
        (date(2021, 3, 8), date(2026, 3, 9), NOT_MET),
        (date(2020, 2, 29), date(2025, 2, 28), MET),
        (date(2020, 2, 29), date(2025, 3, 1), NOT_MET),
        (date(2026, 3, 9), date(2026, 3, 9), MET),
        (date(2026, 3, 10), date(2026, 3, 9), NOT_MET),
        (None, date(2026, 3, 9), UNKNOWN),
    ],
)
def test_five_years_to_the_day(founded, deadline, result):
    """R-030, Q-13: the fifth anniversary is the last eligible day."""
    assert within_five_years(founded, deadline=deadline).result is result


def test_a_founding_on_a_leap_day_ends_on_28_february():
    assert last_startup_day(date(2020, 2, 29)) == date(2025, 2, 28)


def found(text=CONTENT, ceiling=1_000_000, **changes):
    startup = {"founded_on": date(2023, 5, 4), "confirmed": True, "ubn": "22099131"} | changes
    findings = examine(text, Applicant(**startup), deadline=date(2026, 4, 6), grant_ceiling=ceiling)
    return {finding.rule: finding.result for finding in findings}


def test_every_rule_is_asked_in_its_order():
    assert list(found()) == list(Rule)
    assert set(found().values()) == {MET}


def test_each_rule_by_itself():
    assert found(confirmed=False)[Rule.CONFIRMED] is NOT_MET
    assert found(ubn=None)[Rule.UBN] is UNKNOWN
    assert found(ubn="12345678")[Rule.UBN] is NOT_MET
    assert found(content(evidence=()))[Rule.EVIDENCE] is NOT_MET
    assert found(content(declarations=("true",)))[Rule.DECLARATIONS] is NOT_MET
    assert found(ceiling=799_999)[Rule.GRANT] is NOT_MET
    assert found(ceiling=None)[Rule.GRANT] is UNKNOWN


# Versions


def test_differences_are_told_field_by_field_and_sentence_by_sentence():
    after = replace(
        CONTENT,
        summary="以天花板毫米波雷達偵測跌倒，不攝影、不穿戴。另含通報。",
        budget=(*CONTENT.budget, BudgetLine("保險", 10_000)),
    )
    told = {each.field: each for each in differences(CONTENT, after)}
    assert set(told) == {"summary", "budget"}
    assert [(p.kind, p.text) for p in told["summary"].pieces] == [
        ("same", CONTENT.summary),
        ("added", "另含通報。"),
    ]
    assert [p.kind for p in told["budget"].pieces] == ["same", "same", "added"]
    assert "保險 · NT$10,000 · —" in told["budget"].pieces[-1].text


def test_equal_versions_do_not_differ():
    assert differences(CONTENT, CONTENT, papers_before=["a"], papers_after=["a"]) == ()
    assert [d.field for d in differences(CONTENT, CONTENT, papers_after=["a"])] == ["papers"]


def test_no_passage_is_lost_or_made_up():
    old, new = "一二三。四五六！Seven 8.5 nine? end", "一二三。六五四！Seven 8.5 ten? end\n\nmore"
    (told,) = differences(content(summary=old), content(summary=new))
    assert "".join(p.text for p in told.pieces if p.kind != "added") == old
    assert "".join(p.text for p in told.pieces if p.kind != "gone") == new


def test_the_fingerprint_binds_text_papers_and_place():
    given = {
        "challenge": "c",
        "proposal": "p",
        "organization": "o",
        "number": 1,
        "content": CONTENT.to_json(),
        "papers": [{"ref": "a", "sha256": "00"}],
    }
    base = fingerprint(document(**given))
    assert base == fingerprint(document(**given))
    for name, other in (
        ("challenge", "d"),
        ("proposal", "q"),
        ("number", 2),
        ("content", content(title="另一個").to_json()),
        ("papers", [{"ref": "a", "sha256": "01"}]),
    ):
        assert fingerprint(document(**(given | {name: other}))) != base
