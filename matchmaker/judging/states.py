"""The lifecycle of a panel and of a score sheet."""

from __future__ import annotations

from enum import StrEnum

from matchmaker.kernel.machine import Machine, StateInfo, move
from matchmaker.kernel.words import N_


class PanelState(StrEnum):
    FORMING = "forming"
    DECLARING = "declaring"
    SCORING = "scoring"
    DELIBERATING = "deliberating"
    RELEASED = "released"


_S = PanelState
PANEL_LIFE = Machine(
    "panel",
    N_("Selection panel"),
    (
        StateInfo(_S.FORMING, N_("Being formed"), "draft", "staff"),
        StateInfo(_S.DECLARING, N_("Declaring conflicts"), "closing", "juror"),
        StateInfo(_S.SCORING, N_("Scoring"), "judging", "juror"),
        StateInfo(_S.DELIBERATING, N_("Deliberating"), "judging", "staff"),
        StateInfo(_S.RELEASED, N_("Decision released"), "done", "none"),
    ),
    (
        move("convene", [_S.FORMING], _S.DECLARING, "staff", N_("Convene the panel")),
        move("begin_scoring", [_S.DECLARING], _S.SCORING, "staff", N_("Begin scoring")),
        move("end_scoring", [_S.SCORING], _S.DELIBERATING, "staff", N_("End scoring")),
        move("reopen_scoring", [_S.DELIBERATING], _S.SCORING, "staff", N_("Reopen scoring")),
        move("release", [_S.DELIBERATING], _S.RELEASED, "director", N_("Release the decision")),
    ),
    initial=_S.FORMING,
)


class SheetState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"


SHEET_LIFE = Machine(
    "score_sheet",
    N_("Score sheet"),
    (
        StateInfo(SheetState.DRAFT, N_("Draft"), "draft", "juror"),
        StateInfo(SheetState.SUBMITTED, N_("Submitted"), "done", "juror"),
    ),
    (
        move("submit", [SheetState.DRAFT], SheetState.SUBMITTED, "juror", N_("Submit the scores")),
        move("return", [SheetState.SUBMITTED], SheetState.DRAFT, "staff", N_("Return for correction")),
    ),
    initial=SheetState.DRAFT,
)


class ConflictKind(StrEnum):
    """Grounds for recusal (review rules art. 14, context B-4), used as defaults."""

    OWN_INTEREST = "own_interest"
    FAMILY = "family"
    EMPLOYMENT = "employment"
    PERCEIVED = "perceived"


CONFLICT_LABELS = {
    ConflictKind.OWN_INTEREST: N_("Interest of my own, my spouse or my household"),
    ConflictKind.FAMILY: N_("Relative within the second degree"),
    ConflictKind.EMPLOYMENT: N_("Employment, mandate or agency with the proposer, now or within three years"),
    ConflictKind.PERCEIVED: N_("Another reason for which I might be thought biased"),
}


class ScoringMethod(StrEnum):
    TOTAL_SCORE = "total_score"
    RANKING = "ranking"


SCORING_METHOD_LABELS = {
    ScoringMethod.TOTAL_SCORE: N_("Total score"),
    ScoringMethod.RANKING: N_("Ranking (lowest sum of ranks)"),
}


class Outcome(StrEnum):
    AWARDED = "awarded"
    RESERVE = "reserve"
    NOT_AWARDED = "not_awarded"


OUTCOME_LABELS = {
    Outcome.AWARDED: N_("Awarded"),
    Outcome.RESERVE: N_("Reserve"),
    Outcome.NOT_AWARDED: N_("Not awarded"),
}

SCORE_STEPS = (1, 2, 3, 4, 5)
"""A score of 5 earns the whole weight of a criterion; totals are out of 100."""
DEFAULT_PASS_MARK = 70
