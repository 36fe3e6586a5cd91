"""Verbs on proposals: writing and submitting, opening, screening and release."""

from matchmaker.proposals.operations.opening import ask_opening, confirm_opening
from matchmaker.proposals.operations.screening import (
    admit,
    begin_screening,
    confirm_check,
    finish_screening,
    reject,
    release,
    shortlist,
)
from matchmaker.proposals.operations.writing import (
    attach,
    hold_call,
    remove_paper,
    save_draft,
    start,
    submit,
    withdraw,
)

__all__ = [
    "admit",
    "ask_opening",
    "attach",
    "begin_screening",
    "confirm_check",
    "confirm_opening",
    "finish_screening",
    "hold_call",
    "reject",
    "release",
    "remove_paper",
    "save_draft",
    "shortlist",
    "start",
    "submit",
    "withdraw",
]
