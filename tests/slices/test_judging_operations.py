"""The verbs of a panel, on both databases."""

import pytest

from matchmaker.judging.states import PanelState
from tests.factories import judging

pytestmark = pytest.mark.both_databases


def test_a_panel_goes_its_whole_way(world):
    contest = judging.released(world)
    assert contest.board.panel.state is PanelState.RELEASED
