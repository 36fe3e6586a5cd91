"""What an act on a case is, and what the acts of both sides share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import g
from flask_babel import gettext

from matchmaker.kernel.dates import local_day
from matchmaker.kernel.decision import Decision, Denied, Reason, deny
from matchmaker.kernel.words import N_
from matchmaker.people.actor import Actor
from matchmaker.subsidies import policies, stored
from matchmaker.subsidies.forms.parts import LetterForm
from matchmaker.subsidies.models import PlanChange, PlanTermination, SubsidyCase
from matchmaker.subsidies.operations.requests import preview_change, preview_termination
from matchmaker.web.forms import Bare, Form

NO_FILE = Reason("subsidies.no_file", N_("Choose a file."))


def nothing_chosen() -> Denied:
    """No file was chosen."""
    return deny(NO_FILE)


May = Callable[[Actor, SubsidyCase, datetime], Decision]
Run = Callable[[SubsidyCase, Any, dict[str, Any]], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """An act on a case. ``when`` says whether it is offered at all; ``may`` whether it can be done now.

    ``upkeep`` shows how operation was to go on: the plan that the agency controls itself by (R-085).
    ``kept`` gives what is stored under the names of the form's fields, for who finds it changed meanwhile.
    """

    title: str
    lede: str
    done: str
    may: May
    run: Run
    form: Callable[[SubsidyCase], Form] = lambda _case: Bare()
    staff: bool = False
    tone: str = ""
    sheets: Callable[[SubsidyCase], Iterable[tuple[str, stored.Stored]]] | None = None
    when: Callable[[SubsidyCase], bool] | None = None
    clause: bool = False
    upkeep: bool = False
    kept: Callable[[SubsidyCase], dict[str, Any]] = lambda _case: {}


def fresh(form: type[Form], **given: Any) -> Callable[[SubsidyCase], Form]:
    """A form whose day fields begin with today."""

    def make(_case: SubsidyCase) -> Form:
        return form(data={"dated_on": local_day(g.now), "on": local_day(g.now)} | given)

    return make


def letter_form(case: SubsidyCase) -> Form:
    return fresh(LetterForm)(case)


def request_sheets(case: SubsidyCase) -> Iterable[tuple[str, stored.Stored]]:
    request = policies.open_request(case)
    if isinstance(request, PlanChange):
        found = preview_change(case, request.cost_after, request.declared_interest, g.now)
        yield gettext("What the change leaves"), stored.kept(found.worksheet, local_day(g.now), "change", {})
    elif isinstance(request, PlanTermination):
        found = preview_termination(case, request, g.now)
        yield gettext("What goes back"), stored.kept(found.worksheet, local_day(g.now), "termination", {})
