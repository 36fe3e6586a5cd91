"""The public calculator: an illustration of a closed programme, each figure with its clause."""

from urllib.parse import urlencode

import pytest

from tests.factories import catalog as make

PAGE = "/subsidy-calculator"


def text(answer):
    return answer.get_data(as_text=True)


def example(**changes):
    whole = {
        "government": "TW-TPE",
        "approved_on": "2024-03-15",
        "lines-0-kind": "one_off",
        "lines-0-item": "",
        "lines-0-unit_price": "680,000",
        "lines-0-quantity": "1",
        "lines-0-units": "",
        "accepted_on": "2024-05-15",
        "first_use_on": "",
    }
    return f"{PAGE}?{urlencode(whole | changes)}"


def test_the_empty_page_says_that_no_money_is_on_offer(world):
    for language, words in (
        ("en", ("An illustration, not an offer", "no longer takes applications", "no money is on offer")),
        ("zh_Hant_TW", ("僅供說明，並非受理申請", "已停止受理申請", "不代表可申請補助")),
    ):
        shown = text(world.client(language=language).get(PAGE))
        assert all(word in shown for word in words), language


def test_an_example_shows_figures_deadlines_and_the_clause_of_each(world):
    """C1, C2 and C5: Taipei in tier 1, 680,000; accepted on 15 May 2024, a Saturday a month later."""
    shown = text(world.client().get(example()))
    for word in ("NT$680,000", "NT$510,000", "NT$170,000", "15 May 2024", "17 June 2024", "10 December 2024"):
        assert word in shown
    for clause in (
        "point 4(2)1",
        "point 4(3)",
        "point 4(4)1",
        "point 9(3)",
        "point 9(1)",
        "point 11, paragraph 1(1)",
    ):
        assert clause in shown
    assert "mature-2019@1" in shown


def test_months_beyond_the_year_are_the_agencys(world):
    """C1: 35,000 a month for 18 months count for twelve."""
    shown = text(
        world.client().get(
            example(
                **{
                    "government": "TW-KHH",
                    "lines-0-kind": "month",
                    "lines-0-unit_price": "35000",
                    "lines-0-units": "18",
                }
            )
        )
    )
    for word in ("NT$420,000", "NT$210,000", "NT$378,000"):
        assert word in shown


def test_an_item_of_the_catalog_brings_its_price(world):
    staff = world.officer()
    startup, bob = world.startup()
    agreement = make.framework(world, staff)
    item = make.listed(world, staff, bob, startup, agreement)
    fresh = text(world.client().get(f"{PAGE}?item={item.ref}"))
    assert 'value="160,000"' in fresh
    counted = text(world.client().get(example(**{"lines-0-item": item.ref, "lines-0-unit_price": ""})))
    assert "NT$160,000" in counted
    page = text(world.client().get(f"/catalog/{item.code}"))
    assert f"{PAGE}?item={item.ref}" in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"government": ""}, "Choose a county or city."),
        ({"government": "TW-XXX"}, "Choose one of the options."),
        ({"approved_on": ""}, "Enter the day of approval."),
        ({"approved_on": "2024-02-30"}, "This day does not exist in the calendar."),
        ({"lines-0-unit_price": ""}, "Enter a unit price, or choose an item that has one."),
        ({"lines-0-unit_price": "-5"}, "cannot be negative"),
        ({"lines-0-quantity": ""}, "Enter the quantity."),
        ({"lines-0-kind": "month", "lines-0-units": ""}, "Enter how many months or days are planned."),
        (
            {
                "lines-0-kind": "month",
                "lines-0-units": "3",
                "lines-0-ordered_on": "2024-05-01",
                "lines-0-service_starts_on": "2024-04-01",
            },
            "cannot be counted",
        ),
    ],
)
def test_what_cannot_be_counted_is_shown_again_with_what_was_typed(world, changes, words):
    answer = world.client().get(example(**{"accepted_on": "2024-05-16"} | changes))
    assert answer.status_code == 422
    assert words in text(answer)
    assert 'value="2024-05-16"' in text(answer)


def test_rows_come_and_go_without_script(world):
    browser = world.client()
    two = text(browser.get(example(**{"add-lines": "1"})))
    assert 'name="lines-1-quantity"' in two
    more = {
        "lines-1-kind": "one_off",
        "lines-1-unit_price": "1",
        "lines-1-quantity": "2",
        "remove-lines-0": "1",
    }
    one = text(browser.get(example(**more)))
    assert 'name="lines-1-quantity"' not in one
    assert 'name="lines-0-quantity" value="2"' in one.replace("  ", " ") or 'value="2"' in one


def test_a_day_outside_the_programmes_time_is_flagged_not_refused(world):
    answer = world.client().get(example(approved_on="2026-03-15", accepted_on=""))
    assert answer.status_code == 200
    assert "outside the time in which the programme applied" in text(answer)


@pytest.mark.parametrize(
    "query",
    [
        "government=",
        "government=TW-TPE",
        "government=TW-TPE&lines-0-kind=x",
        "add-lines=1",
        "remove-lines-9=1&government=x",
    ],
)
def test_odd_addresses_get_an_answer(world, query):
    assert world.client().get(f"{PAGE}?{query}").status_code in (200, 422)
