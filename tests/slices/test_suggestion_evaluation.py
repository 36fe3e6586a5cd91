"""The figures of the evaluation and the calibration, worked by hand and by property."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from matchmaker.kernel.programme import Domain
from matchmaker.suggestions import calibration, evaluation
from matchmaker.suggestions.calibration import Curve, Known
from matchmaker.suggestions.evaluation import Case, Share
from matchmaker.suggestions.states import DismissReason


def case(
    suggested, eligible=(), chosen=(), *, decided=True, domain=Domain.CARE, day=date(2026, 3, 31), number=1
):
    return Case(
        challenge=number,
        domain=domain,
        opened_on=day,
        suggested=suggested,
        eligible=frozenset(eligible),
        chosen=frozenset(chosen),
        decided=decided,
    )


class TestWorkedByHand:
    """Two challenges: six suggested, of whom ranks 1 and 6 came to something; two suggested, neither did."""

    CASES = (
        case([11, 12, 13, 14, 15, 16], {11, 16, 99}, {16}),
        case([21, 22], {23}, {23}, domain=Domain.SAFETY, day=date(2026, 4, 1), number=2),
    )

    def test_all(self):
        found = evaluation.figures(self.CASES)
        assert found.precision_short == Share(1, 7), "five and two shown, one hit"
        assert found.precision_long == Share(2, 8)
        assert found.recall == Share(2, 4), "99 and 23 were not suggested"
        assert found.reciprocal_rank.value == pytest.approx((1 / 6 + 0) / 2)
        assert found.challenges == 2
        assert found.few

    def test_groups(self):
        assert list(evaluation.by_domain(self.CASES)) == [Domain.CARE, Domain.SAFETY]
        assert {key: row.challenges for key, row in evaluation.by_quarter(self.CASES).items()} == {
            (2026, 1): 1,
            (2026, 2): 1,
        }

    def test_who_is_not_decided_has_no_first_rank(self):
        found = evaluation.figures([case([1], {1}, {1}, decided=False)])
        assert (found.precision_short.value, found.reciprocal_rank.value) == (1.0, None)

    def test_nothing_is_nothing(self):
        found = evaluation.figures([])
        assert (found.precision_short.value, found.recall.interval, found.reciprocal_rank.value) == (
            None,
        ) * 3

    def test_coverage(self):
        assert evaluation.coverage({1: 0, 2: 1, 3: 3}, 1) == Share(2, 3)
        assert evaluation.coverage({1: 0, 2: 1, 3: 3}, 3) == Share(1, 3)

    def test_what_was_put_away_was_once_suggested(self):
        found = evaluation.dismissals(
            [(1, 1), (1, 2)],
            {(1, 2): DismissReason.KNOWN, (2, 1): DismissReason.KNOWN, (3, 1): DismissReason.OTHER},
        )
        assert found.share == Share(3, 4)
        assert found.reasons == [(DismissReason.KNOWN, 2), (DismissReason.OTHER, 1)]


cases = st.lists(
    st.builds(
        case,
        st.lists(st.integers(1, 30), unique=True, max_size=20),
        st.frozensets(st.integers(1, 40), max_size=10),
        st.frozensets(st.integers(1, 40), max_size=4),
        decided=st.booleans(),
        domain=st.sampled_from([*Domain, None]),
        day=st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    ),
    max_size=8,
)


@given(cases)
def test_figures_stay_in_their_bounds_and_quarters_add_up(some):
    whole = evaluation.figures(some)
    for share in (whole.precision_short, whole.precision_long, whole.recall):
        assert 0 <= share.hits <= share.of
        if share.of:
            low, high = share.interval
            assert 0 <= low <= share.value <= high <= 1
    assert whole.precision_short.hits <= whole.precision_long.hits
    assert whole.reciprocal_rank.value is None or 0 <= whole.reciprocal_rank.value <= 1
    parts = evaluation.by_quarter(some).values()
    assert sum(part.recall.of for part in parts) == whole.recall.of
    assert sum(part.precision_long.hits for part in parts) == whole.precision_long.hits


@given(st.integers(0, 200), st.integers(1, 200))
def test_the_interval_is_wilsons(hits, of):
    hits = min(hits, of)
    theirs = binomtest(hits, of).proportion_ci(method="wilson")
    assert Share(hits, of).interval == pytest.approx((theirs.low, theirs.high), abs=1e-9)


# --- calibration ---


def known(*groups):
    """Groups of (score, pairs, successes)."""
    return [Known(score, n < hits) for score, pairs, hits in groups for n in range(pairs)]


THREE = known((0.1, 40, 0), (0.3, 40, 12), (0.6, 40, 30))
"""Chances of 0, 30 and 75 %: between them the line reaches 20 % at .2333 and 50 % at .4333."""


def test_limits_by_hand():
    found = calibration.calibrate(THREE)
    assert found.bands.fair == pytest.approx(0.1 + 0.2 * 0.2 / 0.3, abs=0.03)
    assert found.bands.strong == pytest.approx(0.3 + 0.3 * 0.2 / 0.45, abs=0.03)
    assert (found.pairs, found.positives) == (120, 42)
    assert [score for score, _chance in found.curve.points] == [0.1, 0.3, 0.6]


def test_the_same_outcomes_give_the_same_limits():
    assert calibration.calibrate(THREE) == calibration.calibrate(THREE[::-1][::-1])


@pytest.mark.parametrize(
    ("pairs", "missing"),
    [
        (known((0.1, 39, 0), (0.6, 10, 10)), (1, 0)),
        (known((0.1, 41, 0), (0.6, 9, 9)), (0, 1)),
        ([], (50, 10)),
    ],
)
def test_too_few(pairs, missing):
    found = calibration.missing(pairs)
    assert (found.pairs, found.positives) == missing
    assert found
    assert calibration.calibrate(pairs) is None


def test_no_limit_where_good_scores_do_no_better():
    assert calibration.calibrate(known((0.1, 50, 10), (0.6, 50, 10))) is None


def test_no_limit_that_hangs_on_a_lucky_few():
    assert calibration.calibrate(known((0.1, 100, 6), (0.6, 4, 4))) is None


def test_a_leap_past_both_chances_keeps_the_bands_in_order():
    found = calibration.calibrate(known((0.1, 60, 0), (0.101, 60, 60)))
    assert 0 < found.bands.fair < found.bands.strong < 1


def test_reading_a_line():
    line = Curve([(0.2, 0.0), (0.4, 0.5), (0.6, 0.5), (0.8, 1.0)])
    assert [line.at(score) for score in (0.0, 0.3, 0.5, 0.7, 1.0)] == pytest.approx([0, 0.25, 0.5, 0.75, 1])
    assert line.reaches(0.25) == pytest.approx(0.3)
    assert line.reaches(0.5) == pytest.approx(0.4)
    assert Curve([(0.3, 0.6), (0.5, 0.7)]).reaches(0.5) == 0.3
    assert Curve([(0.3, 0.1), (0.5, 0.4)]).reaches(0.5) is None


outcomes = st.lists(
    st.builds(Known, st.floats(0, 1, allow_nan=False), st.booleans()), min_size=50, max_size=90
).filter(lambda some: sum(one.success for one in some) >= 10)


@settings(max_examples=25, deadline=None)
@given(outcomes)
def test_the_line_never_falls_and_the_bands_are_in_order(some):
    curve = calibration.curve_of(some)
    chances = [chance for _score, chance in curve.points]
    assert chances == sorted(chances)
    assert all(0 <= chance <= 1 for chance in chances)
    scores = [score for score, _chance in curve.points]
    assert scores == sorted(set(scores))
    found = calibration.calibrate(some)
    if found is not None:
        assert 0 < found.bands.fair < found.bands.strong < 1
        assert sum(one.score >= found.bands.strong for one in some) >= calibration.LEAST_ABOVE
