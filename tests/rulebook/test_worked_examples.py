"""Every worked example of the calculations C1 to C11, asked through the door that others use."""

from datetime import date
from typing import Any

import pytest

from matchmaker.rulebook import orders, reference
from matchmaker.rulebook.compute import compute


def ask(calculation: str, on: str = "2024-03-15", **inputs: Any) -> dict[str, Any]:
    request = {"scheme": "mature-2019", "on": on, "calculation": calculation, "inputs": inputs}
    return compute(request)["result"]  # type: ignore[return-value]


# C1: eligible cost


def test_c1_r051_one_off_items_count_in_full() -> None:
    lines = [
        {"kind": "one_off", "unit_price": 160_000, "quantity": 3},
        {"kind": "one_off", "unit_price": 5_000, "quantity": 4, "ordered_on": "2024-03-15"},
    ]
    assert ask("eligible", lines=lines) == {"eligible": 500_000, "ineligible": 0}


def test_c1_r053_eighteen_months_count_for_twelve() -> None:
    lines = [{"kind": "period", "unit_price": 35_000, "quantity": 1, "units": 18, "unit": "month"}]
    assert ask("eligible", lines=lines) == {"eligible": 420_000, "ineligible": 210_000}


def test_c1_r052_seats_by_the_month() -> None:
    lines = [{"kind": "period", "unit_price": 1_200, "quantity": 20, "units": 14}]
    assert ask("eligible", lines=lines) == {"eligible": 288_000, "ineligible": 48_000}


@pytest.mark.parametrize(
    ("starts", "months"),
    [
        ("2024-03-15", 12),
        ("2024-03-16", 12),  # the day of the order is not counted, so a full year is left
        ("2024-03-17", 11),
        ("2024-06-15", 9),
        ("2024-06-01", 9),
        ("2025-02-15", 1),
        ("2025-02-17", 0),
        ("2025-03-16", 0),
        ("2026-01-01", 0),
    ],
)
def test_c1_q08_service_that_starts_later_loses_the_months_outside(starts: str, months: int) -> None:
    line = {
        "kind": "period",
        "unit_price": 1_000,
        "quantity": 1,
        "units": 12,
        "unit": "month",
        "ordered_on": "2024-03-15",
        "service_starts_on": starts,
    }
    assert ask("eligible", lines=[line]) == {
        "eligible": 1_000 * months,
        "ineligible": 1_000 * (12 - months),
    }


@pytest.mark.parametrize(
    ("dates", "days"),
    [
        ({}, 365),
        ({"ordered_on": "2024-03-15"}, 365),
        ({"ordered_on": "2024-01-10"}, 366),  # a leap day lies within that year
        ({"ordered_on": "2024-03-15", "service_starts_on": "2024-03-16"}, 365),
        ({"ordered_on": "2024-03-15", "service_starts_on": "2024-03-17"}, 364),
        ({"ordered_on": "2024-03-15", "service_starts_on": "2025-03-15"}, 1),
        ({"ordered_on": "2024-03-15", "service_starts_on": "2025-03-16"}, 0),
        ({"service_starts_on": "2024-03-15"}, 365),
    ],
)
def test_c1_a_price_by_the_day_counts_days(dates: dict[str, str], days: int) -> None:
    line = {"kind": "period", "unit_price": 10, "quantity": 1, "units": 400, "unit": "day", **dates}
    assert ask("eligible", lines=[line]) == {"eligible": 10 * days, "ineligible": 10 * (400 - days)}


def test_c1_short_periods_count_as_planned() -> None:
    line = {"kind": "period", "unit_price": 35_000, "quantity": 2, "units": 5, "unit": "month"}
    assert ask("eligible", lines=[line]) == {"eligible": 350_000, "ineligible": 0}


# C2: ceiling


@pytest.mark.parametrize(
    ("inputs", "ceiling", "own_share", "rate"),
    [
        ({"eligible": 680_000, "tier": 1}, 510_000, 170_000, "0.75"),
        ({"eligible": 680_000, "tier": 3}, 612_000, 68_000, "0.9"),
        ({"eligible": 333_333, "tier": 1}, 249_999, 83_334, "0.75"),
        ({"eligible": 4_444_445, "tier": 5}, 4_000_000, 444_445, "0.9"),
        ({"eligible": 4_444_444, "tier": 5}, 3_999_999, 444_445, "0.9"),
        ({"eligible": 0, "tier": 2}, 0, 0, "0.9"),
    ],
)
def test_c2_r054_r055_ceiling(inputs: dict[str, int], ceiling: int, own_share: int, rate: str) -> None:
    assert ask("ceiling", **inputs) == {"ceiling": ceiling, "own_share": own_share, "rate": rate}


@pytest.mark.parametrize(
    "name", ["臺北市", "台北市", "臺北", "Taipei", "taipei city", "TW-TPE", "379000000A"]
)
def test_c2_taipei_is_tier_1_in_2019(name: str) -> None:
    assert ask("ceiling", on="2019-08-20", eligible=680_000, government=name) == {
        "ceiling": 510_000,
        "own_share": 170_000,
        "rate": "0.75",
    }


@pytest.mark.parametrize(
    ("government", "on", "ceiling"),
    [
        ("桃園市", "2024-03-15", 612_000),
        ("高雄市", "2019-09-01", 612_000),  # the tier is not known, the rate is
        ("新竹縣", "2024-03-15", 612_000),
        ("新竹縣", "2026-03-15", 510_000),
        ("臺東縣", "2025-12-31", 612_000),
        ("臺東縣", "2026-01-01", 510_000),
        ("臺南市", "2026-03-15", 612_000),
        ("臺北市", "2031-01-01", None),
        ("臺北市", "2015-01-01", None),
    ],
)
def test_c2_the_tier_is_that_of_the_day(government: str, on: str, ceiling: int | None) -> None:
    result = ask("ceiling", on=on, eligible=680_000, government=government)
    assert result["ceiling"] == ceiling
    assert result["own_share"] == (None if ceiling is None else 680_000 - ceiling)


def test_c2_r057_the_own_share_is_a_quarter_or_a_tenth_at_the_least() -> None:
    assert ask("ceiling", eligible=1_000_000, tier=1)["own_share"] == 250_000
    assert ask("ceiling", eligible=1_000_000, tier=2)["own_share"] == 100_000


# C3: approved amount


def test_c3_r056_the_lowest_amount_is_approved() -> None:
    base = {"requested": 1_026_000, "ceiling": 1_026_000, "total": 1_140_000}
    assert ask("approved", **base) == {
        "approved": 1_026_000,
        "own_share": 114_000,
        "effective_ratio": "9/10",
    }
    assert ask("approved", **base, review_amount=900_000)["approved"] == 900_000
    assert ask("approved", **base, budget_left=500_000)["approved"] == 500_000
    assert ask("approved", **base, review_amount=900_000, budget_left=0) == {
        "approved": 0,
        "own_share": 1_140_000,
        "effective_ratio": "0/1",
    }
    assert ask("approved", requested=1, ceiling=2, total=1)["effective_ratio"] == "1/1"


# C4: claim


@pytest.mark.parametrize(("settled", "payable"), [(1_083_000, 974_700), (1_200_000, 1_026_000), (0, 0)])
def test_c4_r065_same_year_plan(settled: int, payable: int) -> None:
    assert ask(
        "claim",
        plan="same_year",
        approved_total=1_140_000,
        approved_subsidy=1_026_000,
        settled=settled,
    ) == {"payable": payable}


def test_c4_r068_r069_r070_cross_year_plan() -> None:
    plan = {"plan": "cross_year", "approved_total": 420_000, "approved_subsidy": 378_000}
    assert ask("claim", **plan, spent=105_000) == {"payable": 94_500}
    assert ask("claim", **plan, settled=420_000, paid=94_500) == {"payable": 283_500}
    assert ask("claim", **plan, settled=100_000, paid=94_500) == {"payable": 0}


def test_c4_the_final_instalment_is_the_remainder_not_a_second_rounding() -> None:
    plan = {"plan": "cross_year", "approved_total": 3, "approved_subsidy": 2}
    first = ask("claim", **plan, spent=1)["payable"]
    final = ask("claim", **plan, settled=2, paid=first)["payable"]
    assert (first, final) == (0, 1)  # floor(2 × 2/3), not floor(2/3) + floor(2/3)


# C5: deadlines


@pytest.mark.parametrize(
    ("accepted", "due"),
    [
        ("2024-05-15", "2024-06-17"),  # 15 June is a Saturday
        ("2024-11-20", "2024-12-10"),
        ("2024-01-31", "2024-02-29"),
        ("2024-01-17", "2024-02-17"),  # a make-up Saturday is a working day
        ("2024-01-08", "2024-02-15"),  # 8 February begins the Lunar New Year days
    ],
)
def test_c5_r066_claim(accepted: str, due: str) -> None:
    assert ask("deadlines", kind="claim", date=accepted) == {"due": due, "flags": []}


def test_c5_a_make_up_saturday_of_2025_is_a_working_day() -> None:
    assert ask("deadlines", kind="claim", date="2025-01-08")["due"] == "2025-02-08"


def test_c5_the_cut_off_does_not_move_but_a_day_off_is_flagged() -> None:
    # 10 December 2023 is a Sunday.
    result = ask("deadlines", kind="claim", date="2023-11-20")
    assert result == {"due": "2023-12-10", "flags": ["not_a_working_day"]}


def test_c5_acceptance_after_the_cut_off_is_flagged() -> None:
    result = ask("deadlines", kind="claim", date="2024-12-20")
    assert result == {"due": "2024-12-10", "flags": ["past_10_december"]}
    late = ask("deadlines", kind="claim", date="2024-05-15", year=2023)
    assert late == {"due": "2023-12-10", "flags": ["past_10_december", "not_a_working_day"]}


@pytest.mark.parametrize(
    ("approved", "due", "latest", "flags"),
    [
        ("2024-03-15", "2024-05-15", "2024-12-10", []),
        ("2023-12-30", "2024-02-29", "2023-12-10", ["past_10_december"]),
        ("2024-10-11", "2024-12-11", "2024-12-10", ["past_10_december"]),
        ("2024-10-10", "2024-12-10", "2024-12-10", []),
    ],
)
def test_c5_r083_q15_procure(approved: str, due: str, latest: str, flags: list[str]) -> None:
    assert ask("deadlines", kind="procure", date=approved) == {
        "due": due,
        "latest": latest,
        "flags": flags,
    }


def test_c5_r069_q03_first_claim_of_a_plan_across_years() -> None:
    assert ask("deadlines", kind="first_claim", date="2024-09-01") == {"due": "2024-12-10", "flags": []}
    assert ask("deadlines", kind="first_claim", date="2024-12-11")["flags"] == ["past_10_december"]


def test_c5_r070_q06_the_final_claim_has_no_stated_day() -> None:
    assert ask("deadlines", kind="final_claim", date="2024-05-31", year=2023) == {"due": None, "flags": []}
    late = ask("deadlines", kind="final_claim", date="2024-12-11", year=2023)
    assert late == {"due": None, "flags": ["past_10_december"]}


@pytest.mark.parametrize(
    ("founded", "due"),
    [("2019-05-01", "2024-05-01"), ("2016-02-29", "2021-02-28"), ("2018-07-07", "2023-07-07")],
)
def test_c5_r030_q13_startup_age_never_moves(founded: str, due: str) -> None:
    assert ask("deadlines", kind="startup_age", date=founded) == {"due": due, "flags": []}


# C6: change


def test_c6_r078_a_decrease_goes_back_in_the_ratio() -> None:
    plan = {"approved_total": 1_000_000, "approved_subsidy": 900_000, "new_total": 800_000}
    assert ask("change", **plan, received=900_000, declared_interest=5_000, principal_held=900_000) == {
        "entitlement": 720_000,
        "refund": 180_000,
        "interest": 1_000,
    }
    assert ask("change", **plan, received=900_000) == {
        "entitlement": 720_000,
        "refund": 180_000,
        "interest": None,
    }


def test_c6_q10_nothing_goes_back_that_was_not_received() -> None:
    plan = {"approved_total": 1_000_000, "approved_subsidy": 900_000, "new_total": 800_000}
    assert ask("change", **plan, received=300_000) == {
        "entitlement": 720_000,
        "refund": 0,
        "interest": 0,
    }
    assert ask("change", **plan, received=900_000, returned=100_000)["refund"] == 80_000


def test_c6_r077_an_increase_is_the_agencys() -> None:
    plan = {"approved_total": 1_000_000, "approved_subsidy": 900_000}
    for new_total in (1_000_000, 1_500_000):
        assert ask("change", **plan, new_total=new_total, received=900_000) == {
            "entitlement": 900_000,
            "refund": 0,
            "interest": 0,
        }


def test_c6_q09_the_ratio_is_the_effective_one() -> None:
    # The cap bit: 4,000,000 of 5,000,000 are 80 %, not the 90 % of the tier.
    plan = {"approved_total": 5_000_000, "approved_subsidy": 4_000_000}
    assert ask("change", **plan, new_total=4_500_000, received=4_000_000)["refund"] == 400_000


# C7: interest


def test_c7_q17_estimate() -> None:
    facts = {"principal": 180_000, "rate": "0.007", "from": "2024-01-01"}
    assert ask("interest_estimate", **facts, to="2024-12-31") == {"interest": 1_260}
    assert ask("interest_estimate", **facts, to="2024-01-01") == {"interest": 0}
    assert ask("interest_estimate", **facts, to="2024-07-01") == {"interest": 628}


def test_c7_the_refunds_share_of_the_declared_interest_rounds_down() -> None:
    plan = {"approved_total": 3, "approved_subsidy": 3, "received": 3, "new_total": 1}
    assert ask("change", **plan, declared_interest=10, principal_held=3)["interest"] == 6


# C8: termination


def test_c8_r080_q14_force_majeure_keeps_the_executed_part() -> None:
    items = [
        {"budget": 400_000, "percent": 100},
        {"budget": 300_000, "percent": 50},
        {"budget": 300_000, "percent": 0},
    ]
    facts = {"approved_total": 1_000_000, "approved_subsidy": 900_000, "received": 900_000}
    assert ask("termination", cause="force_majeure", items=items, **facts) == {
        "executed": 550_000,
        "entitlement": 495_000,
        "refund": 405_000,
        "interest": None,
    }


def test_c8_r081_q02_any_other_cause_returns_everything_with_all_interest() -> None:
    facts = {"approved_total": 1_000_000, "approved_subsidy": 900_000, "received": 900_000}
    assert ask(
        "termination",
        cause="other",
        items=[{"budget": 1_000_000, "percent": 60}],
        returned=100_000,
        declared_interest=4_321,
        **facts,
    ) == {"executed": 600_000, "entitlement": 0, "refund": 800_000, "interest": 4_321}


def test_c8_no_intermediate_figure_is_rounded() -> None:
    items = [{"budget": 1, "percent": 50}, {"budget": 1, "percent": 50}]
    result = ask(
        "termination",
        cause="force_majeure",
        items=items,
        approved_total=2,
        approved_subsidy=2,
        received=2,
    )
    assert result["executed"] == result["entitlement"] == 1


# C9, C10: reservation and legislative cut


@pytest.mark.parametrize(
    ("decision", "amount", "payable"),
    [("pending", None, 0), ("approved", None, 283_500), ("approved", 200_000, 200_000), ("refused", None, 0)],
)
def test_c9_r072_reservation(decision: str, amount: int | None, payable: int) -> None:
    part = {} if amount is None else {"amount": amount}
    assert ask("reservation", approved=378_000, claimed=94_500, executive_yuan=decision, **part) == {
        "reserved": 283_500,
        "payable": payable,
    }


def test_c10_r073_legislative_cut() -> None:
    assert ask("legislative_cut", approved=1_000_001, method="pro_rata", cut="0.1") == {"approved": 900_000}
    assert ask("legislative_cut", approved=5, method="pro_rata", cut="1")["approved"] == 0
    assert ask(
        "legislative_cut", approved=1_000_000, method="negotiated", amount=950_000, reason="協商結果"
    ) == {"approved": 950_000}


# C11: order limits


@pytest.mark.parametrize(
    ("on", "inputs", "findings"),
    [
        ("2024-03-15", {"category": "goods", "order_value": 500_000, "add_ons": 150_000}, []),
        ("2024-03-15", {"category": "goods", "order_value": 500_000, "add_ons": 150_001}, ["add"]),
        ("2022-12-31", {"category": "goods", "order_value": 500_000, "add_ons": 100_000}, []),
        ("2022-12-31", {"category": "goods", "order_value": 500_000, "add_ons": 100_001}, ["add"]),
        ("2024-03-15", {"category": "goods", "order_value": 80_000, "add_ons": 80_001}, ["add"]),
        (
            "2024-03-15",
            {"category": "goods", "order_value": 500_000, "add_ons": 0, "per_order_max": 499_999},
            ["per_order"],
        ),
        (
            "2024-03-15",
            {
                "category": "goods",
                "order_value": 500_000,
                "add_ons": 0,
                "orders_so_far": 9_500_001,
                "contract_budget": 10_000_000,
            },
            ["budget"],
        ),
        ("2024-03-15", {"category": "services", "order_value": 10_000_000, "add_ons": 0}, ["superior"]),
        (
            "2024-03-15",
            {
                "category": "services",
                "order_value": 10_000_000,
                "add_ons": 0,
                "superior_approved": True,
            },
            [],
        ),
        ("2024-03-15", {"category": "goods", "order_value": 49_999_999, "add_ons": 0}, []),
    ],
)
def test_c11_order_limits(on: str, inputs: dict[str, Any], findings: list[str]) -> None:
    codes = {
        "per_order": "over_per_order_max",
        "budget": "over_contract_budget",
        "add": "over_add_on_limit",
        "superior": "superior_approval_needed",
    }
    assert ask("order_limits", on=on, **inputs) == {
        "allowed": not findings,
        "findings": [codes[each] for each in findings],
    }


@pytest.mark.parametrize(("value", "findings"), [(9_999, ["under_per_order_min"]), (10_000, [])])
def test_c11_a_lot_may_set_a_least_value_of_an_order(value: int, findings: list[str]) -> None:
    """Our agreements set one beside the largest; the command, whose inputs are fixed, does not take it."""
    found = orders.order_limits(
        reference.scheme("mature-2019"),
        date(2024, 3, 15),
        category="goods",
        order_value=value,
        add_ons=0,
        per_order_min=10_000,
    )
    assert (found.allowed, list(found.findings)) == (not findings, findings)
