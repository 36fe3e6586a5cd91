"""Whose turn it is: the tasks of a case as its page shows them to the person who reads."""

from __future__ import annotations

from typing import Any

from flask import g, url_for
from flask_babel import gettext

from matchmaker.kernel.dates import local_day
from matchmaker.kernel.decision import Denied
from matchmaker.kernel.words import N_
from matchmaker.people.policies import NOT_CONFIRMED, NOT_STAFF, NOT_WRITER
from matchmaker.people.states import SIGN_OFF_LABELS, WRITERS
from matchmaker.subsidies import policies, tasks
from matchmaker.subsidies.models import SubsidyCase
from matchmaker.subsidies.routes.acts import ACTS
from matchmaker.subsidies.tasks import TASK_LABELS, Asked, Task
from matchmaker.web.access import actor

ACT_OF = {
    Task.CURE: "cure",
    Task.CHECK: "complete",
    Task.APPROVE: "approve",
    Task.DECLINE: "decline",
    Task.ORDER: "order",
    Task.BUDGET: "budget",
    Task.DAYS: "progress",
    Task.CLAIM: "claim",
    Task.CHECK_CLAIM: "check-claim",
    Task.MEND_CLAIM: "mend-claim",
    Task.PAY: "pay",
    Task.RESERVE: "reserve",
    Task.YUAN: "yuan",
    Task.SIGN: "sign",
    Task.DECIDE_CHANGE: "approve-change",
    Task.DECIDE_TERMINATION: "approve-termination",
    Task.EXTENSION: "grant-extension",
    Task.JUDGE: "revoke",
    Task.NOTIFY: "repayment",
    Task.CLOSE: "close",
}
"""The act behind a task."""
SOMEBODY_ELSE = frozenset(
    reason.code
    for reason in (NOT_WRITER, NOT_CONFIRMED, NOT_STAFF, policies.NOT_AGENCY, policies.NOT_YOUR_DESK)
)
"""Refusals that mean: not this person, but another one of the same side."""
TURNS = {
    "you": (N_("Waiting for you"), "closing"),
    "colleague": (N_("Waiting for a colleague"), "judging"),
    "blocked": (N_("Something comes first"), "stopped"),
    "agency": (N_("Waiting for the agency"), "draft"),
    "staff": (N_("Waiting for the programme office"), "draft"),
}


def told(case: SubsidyCase) -> list[dict[str, Any]]:
    """The tasks of a case with whose turn each is, seen by who reads, and where to do it."""
    return [_told(case, asked) for asked in tasks.of_case(case, local_day(g.now))]


def _told(case: SubsidyCase, asked: Asked) -> dict[str, Any]:
    mine = asked.side == ("staff" if actor().is_staff else "agency")
    turn, why = (asked.side, None) if not mine else _turn(case, asked)
    desk = None
    if asked.task is Task.SIGN:
        request = policies.open_request(case)
        role = policies.next_desk(request) if request is not None else None
        desk = gettext(SIGN_OFF_LABELS[role]) if role is not None else None
    return {
        "label": gettext(TASK_LABELS[asked.task]),
        "due": asked.due,
        "url": _address(case, asked.task) if turn == "you" else None,
        "turn": turn,
        "why": why,
        "desk": desk,
    }


def _turn(case: SubsidyCase, asked: Asked) -> tuple[str, Denied | None]:
    """Whether the reader, somebody else of the same side, or nobody yet can do it."""
    person = actor()
    if asked.task is Task.WRITE:
        decision = policies.can_edit(person, case, g.now)
    elif asked.task in (Task.FILL_CHANGE, Task.FILL_TERMINATION):
        decision = policies.can_edit_request(person, case, g.now)
    elif asked.task in ACT_OF:
        decision = ACTS[ACT_OF[asked.task]].may(person, case, g.now)
    else:
        return ("you" if person.is_staff or person.role in WRITERS else "colleague"), None
    if not isinstance(decision, Denied):
        return "you", None
    if decision.code in SOMEBODY_ELSE:
        return "colleague", None
    # Missing papers are handed in from the plan, which says itself what it still lacks.
    return ("you", None) if asked.task is Task.CURE else ("blocked", decision)


def _address(case: SubsidyCase, task: Task) -> str | None:
    if task in (Task.WRITE, Task.CURE):
        return url_for("subsidies.plan", ref=case.ref)
    if task is Task.REVIEW:
        return url_for("subsidies.round_page", ref=case.round.ref)
    if task is Task.FILL_CHANGE:
        return url_for("subsidies.change", ref=case.ref)
    if task is Task.FILL_TERMINATION:
        return url_for("subsidies.termination", ref=case.ref)
    name = ACT_OF.get(task)
    return url_for("subsidies.act", ref=case.ref, name=name) if name is not None else None
