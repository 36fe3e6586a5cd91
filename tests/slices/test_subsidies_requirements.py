"""Which test shows which requirement: every R, Q, field and C of the subsidy has one, and each named test exists."""

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent
RULES = "rulebook/test_scheme_data.py::"
EXAMPLES = "rulebook/test_worked_examples.py::"
ANNEXES = "rulebook/test_annexes.py::"
VERBS = "slices/test_subsidies_operations.py::"
PAGES = "slices/test_subsidies_pages.py::"
PAPERS = "slices/test_subsidies_papers.py::"
ACCOUNTS = "slices/test_subsidies_accounts.py::"
ORDERS = "slices/test_subsidies_orders.py::"

SHOWN = {
    "R-009": [VERBS + "test_only_county_and_city_governments_apply"],
    "R-013": [VERBS + "test_nothing_is_approved_without_a_concluded_meeting"],
    "R-015": [VERBS + "test_the_four_sign_in_the_order_of_the_form"],
    "R-016": [
        VERBS + "test_the_right_box_is_the_programme_offices_alone",
        PAGES + "test_the_right_box_is_not_on_the_agencys_form",
    ],
    "R-030": [EXAMPLES + "test_c5_r030_q13_startup_age_never_moves"],
    "R-032": [VERBS + "test_an_item_that_is_not_listed_cannot_be_in_an_application"],
    "R-041": [
        ORDERS + "test_an_order_is_chosen_from_the_agencys_own",
        VERBS + "test_an_order_is_recorded_once",
    ],
    "R-050": [VERBS + "test_an_item_that_is_not_listed_cannot_be_in_an_application"],
    "R-051": [EXAMPLES + "test_c1_r051_one_off_items_count_in_full"],
    "R-052": [EXAMPLES + "test_c1_r052_seats_by_the_month"],
    "R-053": [EXAMPLES + "test_c1_r053_eighteen_months_count_for_twelve"],
    "R-054": [VERBS + "test_the_rate_is_that_of_the_governments_tier"],
    "R-055": [VERBS + "test_the_cap_holds_per_case"],
    "R-056": [
        VERBS + "test_an_adjusted_amount_names_one_of_the_four_reasons",
        VERBS + "test_an_adjusted_amount_without_a_reason_is_refused",
        VERBS + "test_the_budget_of_the_round_is_never_exceeded",
    ],
    "R-057": [VERBS + "test_the_rate_is_that_of_the_governments_tier"],
    "R-058": [
        VERBS + "test_nothing_is_approved_without_a_concluded_meeting",
        PAGES + "test_a_case_within_one_year_goes_to_payment_by_its_pages",
    ],
    "R-059": [VERBS + "test_the_approval_letter_carries_the_clause_word_for_word"],
    "R-060": [
        VERBS + "test_a_plan_with_a_gap_is_not_taken",
        PAPERS + "test_every_paper_of_a_case_comes_as_pdf_and_odt",
    ],
    "R-061": [VERBS + "test_a_plan_with_a_gap_is_not_taken"],
    "R-065": [VERBS + "test_a_plan_within_one_year_is_paid_at_once"],
    "R-066": [VERBS + "test_a_claim_after_its_deadline_is_flagged"],
    "R-067": [VERBS + "test_a_claim_needs_its_four_papers"],
    "R-068": [VERBS + "test_a_plan_across_years_is_paid_in_two_instalments"],
    "R-069": [
        RULES + "test_r069_q05_four_papers_of_the_first_instalment_with_matching_funds",
        VERBS + "test_a_plan_across_years_needs_matching_funds_in_the_budget",
    ],
    "R-070": [
        RULES + "test_r070_three_papers_of_the_final_instalment",
        VERBS + "test_a_whole_carry_over_pays_the_final_instalment",
    ],
    "R-071": [VERBS + "test_the_subsidy_gets_into_the_budget_in_one_of_three_ways"],
    "R-072": [
        VERBS + "test_a_plan_across_years_is_paid_in_two_instalments",
        VERBS + "test_a_refused_carry_over_pays_nothing",
    ],
    "R-073": [VERBS + "test_a_legislative_cut_in_proportion_and_by_negotiation"],
    "R-075": [ORDERS + "test_money_of_the_plan_is_spent_on_nothing_else"],
    "R-076": [
        VERBS + "test_an_order_that_shrinks_after_payment_is_counted_anew",
        VERBS + "test_a_decrease_after_payment_is_signed_approved_and_returned",
    ],
    "R-077": [VERBS + "test_an_increase_is_borne_by_the_agency"],
    "R-078": [VERBS + "test_a_decrease_after_payment_is_signed_approved_and_returned"],
    "R-079": [VERBS + "test_a_termination_by_force_majeure_keeps_the_executed_part"],
    "R-080": [VERBS + "test_a_termination_by_force_majeure_keeps_the_executed_part"],
    "R-081": [VERBS + "test_a_termination_for_another_cause_returns_everything"],
    "R-082": [VERBS + "test_force_majeure_needs_its_proof"],
    "R-083": [
        VERBS + "test_an_order_in_time_and_a_late_one",
        PAPERS + "test_what_falls_due_after_the_approval",
    ],
    "R-084": [VERBS + "test_an_extension_moves_the_deadline_only_with_consent"],
    "R-085": [VERBS + "test_the_agency_controls_itself_by_the_approved_way_of_going_on"],
    "R-086": [VERBS + "test_checks_have_a_kind_and_a_subject"],
    "R-087": [
        VERBS + "test_a_missed_cure_date_leads_to_revocation_and_repayment",
        VERBS + "test_the_other_causes_need_no_notice",
        VERBS + "test_a_mended_notice_is_no_cause",
    ],
    "R-088": [
        VERBS + "test_the_approval_letter_carries_the_clause_word_for_word",
        PAPERS + "test_the_approval_letter_carries_the_clause_number_and_date",
    ],
    "R-089": [VERBS + "test_stop_and_claw_back_are_independent"],
    "Q-01": [VERBS + "test_a_late_order_without_consent_counts_as_behind_schedule"],
    "Q-02": [EXAMPLES + "test_c8_r081_q02_any_other_cause_returns_everything_with_all_interest"],
    "Q-03": [EXAMPLES + "test_c5_r069_q03_first_claim_of_a_plan_across_years"],
    "Q-04": [RULES + "test_q04_q05_a_fuller_paper_stands_in_for_a_lesser_one"],
    "Q-05": [VERBS + "test_a_plan_across_years_needs_matching_funds_in_the_budget"],
    "Q-06": [PAPERS + "test_the_final_claim_has_no_day_but_a_reminder"],
    "Q-07": [PAPERS + "test_a_fixed_day_that_is_off_is_acted_before"],
    "Q-08": [RULES + "test_q08_the_window_can_start_with_the_service"],
    "Q-09": [EXAMPLES + "test_c6_q09_the_ratio_is_the_effective_one"],
    "Q-10": [ACCOUNTS + "test_a_refund_is_asked_for_once"],
    "Q-11": [RULES + "test_q11_the_first_instalment_can_be_all_of_the_spending"],
    "Q-12": [VERBS + "test_the_cap_holds_per_case"],
    "Q-13": [RULES + "test_r030_q13_age_is_tested_on_the_tender_deadline"],
    "Q-14": [VERBS + "test_a_termination_by_force_majeure_keeps_the_executed_part"],
    "Q-15": [VERBS + "test_an_order_in_time_and_a_late_one"],
    "Q-16": [VERBS + "test_an_extension_moves_the_deadline_only_with_consent"],
    "Q-17": [EXAMPLES + "test_c7_q17_estimate"],
    "Q-18": [VERBS + "test_damage_of_the_extraction_stands_nowhere"],
    **{f"5.{n}": [PAPERS + "test_annex_5_is_filled_from_the_case_and_its_form"] for n in range(1, 9)},
    "5.4": [VERBS + "test_annex_5_is_not_taken_with_an_empty_field"],
    "5.5": [VERBS + "test_annex_5_needs_a_figure_and_a_row_of_differences"],
    "5.9": [VERBS + "test_annex_5_needs_a_figure_and_a_row_of_differences"],
    "5.10": [ANNEXES + "test_field_5_10_both_rows_add_up"],
    "5.11": [VERBS + "test_an_increase_is_borne_by_the_agency"],
    "5.12": [ANNEXES + "test_fields_5_10_to_5_12_the_change_table"],
    "5.13": [RULES + "test_r082_fields_5_13_to_5_16_and_6_12_attachments"],
    "5.14": [RULES + "test_r082_fields_5_13_to_5_16_and_6_12_attachments"],
    "5.15": [VERBS + "test_annex_5_needs_a_figure_and_a_row_of_differences"],
    "5.16": [VERBS + "test_force_majeure_needs_its_proof"],
    "5.17": [
        VERBS + "test_the_four_sign_in_the_order_of_the_form",
        VERBS + "test_a_scan_of_the_signed_sheet_stands_with_its_form",
    ],
    **{f"6.{n}": [PAPERS + "test_annex_6_is_filled_from_the_case_and_its_form"] for n in (1, 2, 3, 4, 7, 13)},
    "6.5": [VERBS + "test_the_end_lies_within_the_period"],
    "6.6": [VERBS + "test_the_end_lies_within_the_period"],
    "6.8": [VERBS + "test_the_rows_of_annex_6_are_checked", ANNEXES + "test_field_6_8_the_form_has_ten_rows"],
    "6.9": [VERBS + "test_the_rows_of_annex_6_are_checked"],
    "6.10": [VERBS + "test_the_right_box_is_the_programme_offices_alone"],
    "6.11": [
        PAPERS + "test_the_right_box_has_a_double_line",
        ANNEXES + "test_fields_6_10_and_6_11_the_boxes_add_up",
    ],
    "6.12": [VERBS + "test_force_majeure_needs_its_proof"],
    "6.14": [VERBS + "test_the_four_sign_in_the_order_of_the_form"],
    "6.15": [PAPERS + "test_thousands_lose_nothing"],
    "C1": [
        EXAMPLES + "test_c1_r053_eighteen_months_count_for_twelve",
        "slices/test_subsidies_calculator.py::test_months_beyond_the_year_are_the_agencys",
    ],
    "C2": [
        EXAMPLES + "test_c2_r054_r055_ceiling",
        "slices/test_subsidies_calculator.py::test_an_example_shows_figures_deadlines_and_the_clause_of_each",
    ],
    "C3": [
        EXAMPLES + "test_c3_r056_the_lowest_amount_is_approved",
        VERBS + "test_the_budget_of_the_round_is_never_exceeded",
    ],
    "C4": [
        EXAMPLES + "test_c4_r068_r069_r070_cross_year_plan",
        ACCOUNTS + "test_the_final_instalment_is_the_remainder",
    ],
    "C5": [EXAMPLES + "test_c5_r066_claim", PAPERS + "test_what_falls_due_after_the_approval"],
    "C6": [
        EXAMPLES + "test_c6_r078_a_decrease_goes_back_in_the_ratio",
        ACCOUNTS + "test_a_decrease_after_payment_goes_back_in_the_ratio",
    ],
    "C7": [
        EXAMPLES + "test_c7_the_refunds_share_of_the_declared_interest_rounds_down",
        VERBS + "test_a_decrease_after_payment_is_signed_approved_and_returned",
    ],
    "C8": [
        EXAMPLES + "test_c8_r080_q14_force_majeure_keeps_the_executed_part",
        VERBS + "test_a_termination_by_force_majeure_keeps_the_executed_part",
    ],
    "C9": [
        EXAMPLES + "test_c9_r072_reservation",
        VERBS + "test_a_whole_carry_over_pays_the_final_instalment",
    ],
    "C10": [
        EXAMPLES + "test_c10_r073_legislative_cut",
        VERBS + "test_a_legislative_cut_in_proportion_and_by_negotiation",
    ],
    "C11": [EXAMPLES + "test_c11_order_limits"],
}
"""Id of the requirement -> the tests that show it."""

WANTED = {
    *(f"R-{n:03d}" for n in (9, 13, 15, 16, *range(50, 62), *range(65, 74), *range(75, 90))),
    *(f"Q-{n:02d}" for n in range(1, 19)),
    *(f"5.{n}" for n in range(1, 18)),
    *(f"6.{n}" for n in range(1, 16)),
    *(f"C{n}" for n in range(1, 12)),
}


def test_no_requirement_is_missing():
    assert not WANTED - SHOWN.keys()


def _ids(source: str) -> set[str]:
    """The requirements that a test's name, docstring and comments speak of."""
    found = set(re.findall(r"\b(?:R-\d{3}|Q-\d{2}|C\d{1,2}|[56]\.\d{1,2})\b", source))
    for letter, digits in re.findall(r"(?<=_)([rq])(\d{2,3})(?=_)", source):
        found.add(f"{letter.upper()}-{digits}")
    found |= {f"C{digits}" for digits in re.findall(r"test_c(\d{1,2})_", source)}
    found |= {f"{annex}.{field}" for annex, field in re.findall(r"(?<=_)([56])_(\d{1,2})(?=_)", source)}
    spans = re.findall(r"\b([56])\.(\d{1,2}) to [56]\.(\d{1,2})\b", source)
    spans += re.findall(r"_([56])_(\d{1,2})_to_[56]_(\d{1,2})_", source)
    return found | {f"{annex}.{n}" for annex, low, high in spans for n in range(int(low), int(high) + 1)}


@pytest.fixture(scope="module")
def known():
    """Every test function of the files that are named, with the ids that it speaks of."""
    files = {name.partition("::")[0] for names in SHOWN.values() for name in names}
    found = {}
    for file in files:
        text = (TESTS / file).read_text(encoding="utf-8")
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef):
                found[f"{file}::{node.name}"] = _ids(ast.get_source_segment(text, node) or "")
    return found


@pytest.mark.parametrize("name", sorted(SHOWN))
def test_each_named_test_exists_and_names_what_it_shows(known, name):
    assert SHOWN[name]
    assert set(SHOWN[name]) <= known.keys()
    assert any(name in known[test] for test in SHOWN[name]), "the test says itself which requirement it shows"
