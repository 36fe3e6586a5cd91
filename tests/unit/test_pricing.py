"""Price breaks: the scale of prices and what a quantity costs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.catalog import pricing
from matchmaker.catalog.pricing import Band, Fault, Step

TEN = (Step(10, 90), Step(50, 75))


@pytest.mark.parametrize(
    ("quantity", "price"), [(1, 100), (9, 100), (10, 90), (49, 90), (50, 75), (10_000, 75)]
)
def test_the_break_that_the_quantity_reaches_gives_the_price(quantity, price):
    assert pricing.unit_price(100, TEN, quantity) == price
    assert pricing.amount(100, TEN, quantity) == price * quantity


@pytest.mark.parametrize("quantity", [0, -1])
def test_less_than_one_piece_has_no_price(quantity):
    with pytest.raises(ValueError, match="at least one"):
        pricing.unit_price(100, TEN, quantity)


def test_the_scale_runs_without_gap():
    assert pricing.bands(100, TEN) == (Band(1, 9, 100), Band(10, 49, 90), Band(50, None, 75))
    assert pricing.bands(100, ()) == (Band(1, None, 100),)


@pytest.mark.parametrize(
    ("quantity", "better"), [(8, None), (9, None), (42, 50), (41, None), (49, 50), (50, None)]
)
def test_a_few_more_pieces_can_cost_less_together(quantity, better):
    assert pricing.cheaper_quantity(100, TEN, quantity) == better


@pytest.mark.parametrize(
    ("breaks", "found"),
    [
        ((), {}),
        (TEN, {}),
        (TEN[::-1], {}),
        ((Step(1, 90),), {0: Fault.QUANTITY_TOO_SMALL}),
        ((Step(-5, 90),), {0: Fault.QUANTITY_TOO_SMALL}),
        ((Step(10, 90), Step(10, 80)), {1: Fault.QUANTITY_TWICE}),
        ((Step(10, 0),), {0: Fault.PRICE_NOT_POSITIVE}),
        ((Step(10, 100),), {0: Fault.NOT_BELOW_BASE}),
        ((Step(10, 101), Step(20, 90)), {0: Fault.NOT_BELOW_BASE}),
        ((Step(10, 90), Step(20, 90)), {1: Fault.NOT_FALLING}),
        ((Step(20, 80), Step(10, 70)), {0: Fault.NOT_FALLING}),
    ],
)
def test_what_is_wrong_with_a_break_is_told_at_its_place(breaks, found):
    assert pricing.faults(100, breaks) == found


scales = st.lists(st.tuples(st.integers(2, 5_000), st.integers(1, 10**6)), max_size=8).map(
    lambda rows: tuple(Step(*row) for row in rows)
)


@given(st.integers(1, 10**6), scales, st.integers(1, 6_000), st.integers(0, 6_000))
def test_on_a_sound_scale_a_greater_quantity_never_costs_more_a_piece(base, breaks, quantity, more):
    if pricing.faults(base, breaks):
        return
    assert pricing.unit_price(base, breaks, quantity + more) <= pricing.unit_price(base, breaks, quantity)
    assert pricing.unit_price(base, breaks, quantity) <= base


@given(st.integers(1, 10**6), scales, st.integers(1, 6_000))
def test_every_quantity_lies_in_exactly_one_band_and_has_its_price(base, breaks, quantity):
    if pricing.faults(base, breaks):
        return
    hits = [
        band
        for band in pricing.bands(base, breaks)
        if band.first <= quantity and (band.last is None or quantity <= band.last)
    ]
    assert [band.unit_price for band in hits] == [pricing.unit_price(base, breaks, quantity)]


@given(st.integers(1, 10**6), scales)
def test_the_order_of_the_rows_does_not_matter(base, breaks):
    if pricing.faults(base, breaks):
        return
    assert pricing.bands(base, breaks) == pricing.bands(base, breaks[::-1])


@given(st.integers(1, 10**6), scales, st.integers(1, 6_000))
def test_a_cheaper_quantity_is_greater_and_costs_less(base, breaks, quantity):
    better = pricing.cheaper_quantity(base, breaks, quantity)
    if better is not None:
        assert better > quantity
        assert pricing.amount(base, breaks, better) < pricing.amount(
            base, breaks, quantity
        ) or pricing.faults(base, breaks)
