"""Verbs on panels: form and convene, declare, score, decide, release."""

from matchmaker.judging.operations.deciding import prepare_decision, release
from matchmaker.judging.operations.forming import (
    appoint_chair,
    begin_scoring,
    concerned_members,
    convene,
    end_scoring,
    form_panel,
    reopen_scoring,
    save_panel,
    seat_member,
    unseat_member,
)
from matchmaker.judging.operations.scores import (
    declare,
    declare_all,
    return_sheet,
    save_sheet,
    save_sheets,
    submit_ready,
    submit_sheet,
)

__all__ = [
    "appoint_chair",
    "begin_scoring",
    "concerned_members",
    "convene",
    "declare",
    "declare_all",
    "end_scoring",
    "form_panel",
    "prepare_decision",
    "release",
    "reopen_scoring",
    "return_sheet",
    "save_panel",
    "save_sheet",
    "save_sheets",
    "seat_member",
    "submit_ready",
    "submit_sheet",
    "unseat_member",
]
