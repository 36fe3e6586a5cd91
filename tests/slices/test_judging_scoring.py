"""The arithmetic of a panel, against the worked example of the evaluation rules and against its own laws."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.judging.scoring import (
    Divergence,
    Mark,
    Settled,
    Shortfall,
    composition,
    divergences,
    quorum,
    shared_ranks,
    shown,
    standings,
    weighted_total,
)
from matchmaker.judging.states import ScoringMethod

EXAMPLE = {
    "A": {"P1": 88, "P2": 85, "P3": 70},
    "B": {"P1": 84, "P2": 86, "P3": 80},
    "C": {"P1": 90, "P2": 82, "P3": 75},
    "D": {"P1": 79, "P2": 88, "P3": 85},
    "E": {"P1": 83, "P2": 83, "P3": 78},
}


def marks(sheets):
    return [Mark(j, p, Fraction(total)) for j, totals in sheets.items() for p, total in totals.items()]


def by_proposal(sheets, method):
    return {standing.proposal: standing for standing in standings(marks(sheets), method)}


def changed(juror, proposal, total):
    return {**EXAMPLE, juror: {**EXAMPLE[juror], proposal: total}}


def test_the_ranking_method_adds_shared_ranks_and_the_lowest_sum_wins():
    made = by_proposal(EXAMPLE, ScoringMethod.RANKING)
    assert {p: s.rank_sum for p, s in made.items()} == {"P1": 8, "P2": 7, "P3": 14}
    assert {p: s.rank for p, s in made.items()} == {"P1": 2, "P2": 1, "P3": 3}
    assert all(s.settled is None and s.level == () for s in made.values())


def test_the_total_score_method_leaves_the_example_tied():
    made = by_proposal(EXAMPLE, ScoringMethod.TOTAL_SCORE)
    assert {p: s.sum for p, s in made.items()} == {"P1": 424, "P2": 424, "P3": 388}
    assert {p: s.rank for p, s in made.items()} == {"P1": 1, "P2": 1, "P3": 3}
    assert made["P1"].level == ("P2",)
    assert made["P2"].level == ("P1",)


def test_one_changed_score_turns_the_ranking_and_first_places_settle_it():
    made = by_proposal(changed("E", "P1", 84), ScoringMethod.RANKING)
    assert (made["P1"].rank_sum, made["P2"].rank_sum) == (8, 8)
    assert (made["P1"].firsts, made["P2"].firsts) == (3, 2)
    assert {p: s.rank for p, s in made.items()} == {"P1": 1, "P2": 2, "P3": 3}
    assert made["P1"].settled is made["P2"].settled is Settled.FIRST_PLACES
    assert made["P3"].settled is None


def test_one_changed_score_breaks_the_tie_of_totals():
    made = by_proposal(changed("E", "P1", 84), ScoringMethod.TOTAL_SCORE)
    assert made["P1"].sum == 425
    assert (made["P1"].rank, made["P2"].rank) == (1, 2)


def test_a_tie_of_totals_goes_to_the_heaviest_criterion():
    weights = {"fit": 60, "cost": 40}
    sheets = [{"fit": 5, "cost": 2}, {"fit": 3, "cost": 5}]
    totals = [weighted_total(sheet, weights) for sheet in sheets]
    assert totals == [76, 76]
    first, second = standings(
        [Mark("A", "P1", totals[0], sheets[0]), Mark("A", "P2", totals[1], sheets[1])],
        ScoringMethod.TOTAL_SCORE,
        weights,
    )
    assert (first.proposal, first.rank, first.settled) == ("P1", 1, Settled.HEAVIEST)
    assert (second.proposal, second.rank, second.level) == ("P2", 2, ())


def test_a_recusal_is_no_loss():
    """Whom only four of five could score is judged by those four."""
    sheets = {juror: {"P1": 80, "P2": 70} for juror in "ABCD"} | {"E": {"P2": 70}}
    made = by_proposal(sheets, ScoringMethod.TOTAL_SCORE)
    assert (made["P1"].sum, made["P2"].sum) == (320, 350)
    assert (made["P1"].rank, made["P2"].rank) == (1, 2)
    assert made["P1"].scorers == 4


@pytest.mark.parametrize(("mean", "passes"), [(Fraction(70), True), (Fraction(6999, 100), False)])
def test_the_pass_mark_itself_is_enough(mean, passes):
    [standing] = standings([Mark("A", "P1", mean)], ScoringMethod.TOTAL_SCORE)
    assert standing.passes(70) is passes


def test_nothing_scored_has_no_standing():
    assert standings([], ScoringMethod.RANKING) == []


def test_shared_ranks_leave_out_the_next():
    totals = {"a": Fraction(83), "b": Fraction(83), "c": Fraction(78)}
    assert shared_ranks(totals) == {"a": 1, "b": 1, "c": 3}


WEIGHTS = st.lists(st.integers(1, 40), min_size=1, max_size=8).map(lambda cuts: dict(enumerate_weights(cuts)))


def enumerate_weights(cuts):
    """Whole weights that sum to 100, whatever was drawn."""
    shares = [cut * 100 // sum(cuts) or 1 for cut in cuts]
    shares[shares.index(max(shares))] += 100 - sum(shares)
    return [(f"c{i}", share) for i, share in enumerate(shares)]


@given(WEIGHTS, st.data())
def test_totals_are_exact_and_within_twenty_and_a_hundred(weights, data):
    points = {key: data.draw(st.integers(1, 5)) for key in weights}
    total = weighted_total(points, weights)
    assert 20 <= total <= 100
    assert total * 5 == sum(weights[key] * points[key] for key in weights)
    assert Fraction(shown(total)) == total


@given(WEIGHTS)
def test_the_best_and_the_worst_sheet(weights):
    assert weighted_total(dict.fromkeys(weights, 5), weights) == 100
    assert weighted_total(dict.fromkeys(weights, 1), weights) == 20


@given(st.dictionaries(st.text(max_size=3), st.fractions(0, 100), max_size=8))
def test_ranks_begin_at_one_and_respect_the_totals(totals):
    ranks = shared_ranks(totals)
    assert not totals or min(ranks.values()) == 1
    for one in totals:
        for other in totals:
            assert (totals[one] > totals[other]) == (ranks[one] < ranks[other])


@given(st.lists(st.lists(st.integers(20, 100), min_size=3, max_size=3), min_size=1, max_size=7), st.randoms())
def test_the_order_of_jurors_does_not_matter(rows, random):
    sheets = marks({f"j{i}": dict(zip("XYZ", row, strict=True)) for i, row in enumerate(rows)})
    shuffled = sheets[:]
    random.shuffle(shuffled)
    for method in ScoringMethod:
        assert standings(sheets, method) == standings(shuffled, method)


@pytest.mark.parametrize(
    ("points", "weights"),
    [
        ({"a": 3}, {"a": 90}),
        ({"a": 3}, {"a": 50, "b": 50}),
        ({"a": 3, "b": 3}, {"a": 100}),
        ({"a": 0}, {"a": 100}),
        ({"a": 6}, {"a": 100}),
    ],
)
def test_what_cannot_be_added_up_is_refused(points, weights):
    with pytest.raises(ValueError, match=r"weights|points"):
        weighted_total(points, weights)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(70), "70"),
        (Fraction(1372, 15), "91.47"),
        (Fraction(141, 2), "70.5"),
        (Fraction(1, 200), "0.01"),
    ],
)
def test_figures_are_rounded_half_up_to_read(value, text):
    assert shown(value) == text


@pytest.mark.parametrize(
    ("members", "present", "experts", "lacks"),
    [
        (7, 4, 2, None),
        (7, 4, 1, Shortfall.EXPERTS),
        (7, 3, 3, Shortfall.MEMBERS),
        (7, 7, 3, None),
        (7, 7, 2, Shortfall.EXPERTS),
        (5, 3, 2, None),
        (5, 2, 2, Shortfall.MEMBERS),
        (6, 3, 2, None),
        (6, 6, 2, None),
        (5, 0, 0, Shortfall.MEMBERS),
    ],
)
def test_the_quorum(members, present, experts, lacks):
    assert quorum(members, present, experts) is lacks


@pytest.mark.parametrize(
    ("members", "experts", "lacks"),
    [
        (5, 2, None),
        (5, 1, Shortfall.EXPERTS),
        (4, 4, Shortfall.MEMBERS),
        (6, 2, None),
        (7, 2, Shortfall.EXPERTS),
        (7, 3, None),
    ],
)
def test_the_composition(members, experts, lacks):
    assert composition(members, experts) is lacks


def test_divergence_is_flagged_per_criterion():
    sheets = [
        Mark("A", "P1", Fraction(60), {"fit": 5, "cost": 3}),
        Mark("B", "P1", Fraction(60), {"fit": 2, "cost": 4}),
        Mark("C", "P1", Fraction(60), {"fit": 4, "cost": 5}),
    ]
    assert divergences(sheets) == [Divergence("P1", "fit", 2, 5)]
    assert divergences(sheets, threshold=4) == []
