"""Shapes of input about panels. Forms over many proposals are made for the proposals at hand.

Their fields are named ``<what>-<proposal>`` or ``<what>-<proposal>-<criterion>``, by references; the operations name
their problems the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from typing import Any, TypeVar

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, widgets

from matchmaker.judging.facts import DecisionFacts, DeclarationFacts, PanelFacts, SheetFacts
from matchmaker.judging.models import Panel, PanelDecision
from matchmaker.judging.queries import Desk, DeskRow, Results
from matchmaker.judging.states import (
    CONFLICT_LABELS,
    OUTCOME_LABELS,
    SCORE_STEPS,
    SCORING_METHOD_LABELS,
    ConflictKind,
    Outcome,
    ScoringMethod,
)
from matchmaker.web import fields
from matchmaker.web.fields import ChoiceField, MomentField, MoneyField, WholeField
from matchmaker.web.forms import Form
from matchmaker.web.words import choices

NONE = "none"
"""The answer “no conflict” of a declaration."""

F = TypeVar("F", bound=Form)


class OneOfField(ChoiceField):
    """Radio buttons."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.RadioInput()


def _with(form: type[F], extra: dict[str, Any]) -> type[F]:
    """The form class with further fields."""
    return type(form.__name__, (form,), extra)


class PanelForm(Form):
    """How the panel works."""

    method = OneOfField(_l("Method"), required_message=_l("Choose a method."))
    pass_mark = WholeField(
        _l("Pass mark"),
        [fields.required(_l("Enter a pass mark from 0 to 100.")), fields.between(0, 100)],
        description=_l("Out of 100. A proposal below it can neither be awarded nor held in reserve."),
    )
    scores_due_at = MomentField(
        _l("Scores due"),
        [fields.optional()],
        default_time=time(17, 0),
        description=_l("Jurors get a reminder on that day. For example 115/12/15 or 2026-12-15."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.method.choices = choices(SCORING_METHOD_LABELS)

    @classmethod
    def of(cls, panel: Panel) -> PanelForm:
        form = cls(obj=panel)
        if not form.is_submitted():
            form.expected_version.data = str(panel.version)
        return form

    def facts(self) -> PanelFacts:
        return PanelFacts(
            method=ScoringMethod(self.method.data),
            pass_mark=self.pass_mark.data,
            scores_due_at=self.scores_due_at.data,
        )


class SeatForm(Form):
    """Who takes a seat."""

    juror = HiddenField()
    chair = BooleanField(_l("As chair"))


class ReasonForm(Form):
    """An act that needs its reason written down."""

    reason = fields.long_text(_l("Reason"), fields.required(_l("Give a reason.")), length=1000)


class NoteForm(Form):
    """An act that may go without a reason."""

    reason = fields.long_text(_l("Reason"), length=1000)


class DeclarationForm(Form):
    """A juror's word on every proposal; made by ``declaration_form``."""

    def facts(self) -> dict[str, DeclarationFacts]:
        made = {}
        for name, field in self._fields.items():
            if not name.startswith("conflict-") or not field.data:
                continue
            ref = name.removeprefix("conflict-")
            conflict = None if field.data == NONE else ConflictKind(field.data)
            made[ref] = DeclarationFacts(conflict=conflict, note=self[f"note-{ref}"].data or "")
        return made


def declaration_form(desk: Desk) -> DeclarationForm:
    """One question for each proposal, filled with what was declared before."""
    extra: dict[str, Any] = {}
    given: dict[str, str] = {}
    options = [(NONE, gettext("No conflict of interest")), *choices(CONFLICT_LABELS)]
    for row in desk.rows:
        label = _l("Is there a conflict of interest?")
        missing = gettext("Proposal %(number)s: choose an answer.", number=row.number)
        extra[f"conflict-{row.ref}"] = OneOfField(label, required_message=missing)
        extra[f"note-{row.ref}"] = fields.text(
            _l("Note"), description=_l("Needed where you chose another reason."), length=300
        )
        if row.declaration is not None:
            given[f"conflict-{row.ref}"] = str(row.declaration.conflict or NONE)
            given[f"note-{row.ref}"] = row.declaration.note
    form = _with(DeclarationForm, extra)(data=given)
    for row in desk.rows:
        form[f"conflict-{row.ref}"].choices = options
    return form


class ScoresForm(Form):
    """Points and comments on one proposal or on several; made by ``scores_form``."""

    def sheets(self, rows: Sequence[DeskRow]) -> list[SheetFacts]:
        """The sheets as they should stand; remarks that the form does not show stay as they are."""
        made = []
        for row in rows:
            if f"comment-{row.ref}" not in self:
                continue
            prefix = f"remark-{row.ref}-"
            remarks = {
                name.removeprefix(prefix): field.data or ""
                for name, field in self._fields.items()
                if name.startswith(prefix)
            }
            sheet = SheetFacts(
                proposal_ref=row.ref,
                points=self.points(row.ref),
                comments=remarks or row.comments,
                comment=self[f"comment-{row.ref}"].data or "",
            )
            begun = sheet.points or sheet.comment or any(sheet.comments.values())
            if row.sheet is not None or begun:
                made.append(sheet)
        return made

    def points(self, ref: str) -> dict[str, int]:
        """The points typed for a proposal, by criterion."""
        prefix = f"score-{ref}-"
        return {
            name.removeprefix(prefix): field.data
            for name, field in self._fields.items()
            if name.startswith(prefix) and field.data is not None
        }

    def wrong(self, ref: str) -> dict[str, str]:
        """The first error at each criterion of a proposal."""
        prefix = f"score-{ref}-"
        return {
            name.removeprefix(prefix): str(field.errors[0])
            for name, field in self._fields.items()
            if name.startswith(prefix) and field.errors
        }


def scores_form(desk: Desk, rows: Sequence[DeskRow], *, remarks: bool = False) -> ScoresForm:
    """The sheets of these proposals, as far as they may be written; ``remarks`` adds a comment per criterion."""
    extra: dict[str, Any] = {}
    given: dict[str, Any] = {}
    for row in rows:
        if not row.may_score:
            continue
        for criterion in desk.criteria:
            name = f"score-{row.ref}-{criterion.ref}"
            label = gettext("%(number)s. %(title)s", number=row.number, title=criterion.name)
            within = fields.between(SCORE_STEPS[0], SCORE_STEPS[-1])
            extra[name] = WholeField(label, [fields.optional(), within])
            given[name] = row.points.get(criterion.ref)
            if remarks:
                remark = f"remark-{row.ref}-{criterion.ref}"
                extra[remark] = fields.text(
                    gettext("Remark on %(criterion)s", criterion=criterion.name), length=500
                )
                given[remark] = row.comments.get(criterion.ref, "")
        label = gettext("Comment on %(title)s", title=row.title)
        extra[f"comment-{row.ref}"] = fields.long_text(label, length=2000)
        given[f"comment-{row.ref}"] = row.sheet.comment if row.sheet else ""
    form = _with(ScoresForm, extra)(data=given)
    if not form.is_submitted():
        form.expected_version.data = str(desk.version)
    return form


class DecisionsForm(Form):
    """The outcome of every proposal and the minutes; made by ``decisions_form``."""

    def facts(self) -> list[DecisionFacts]:
        made = []
        for name, field in self._fields.items():
            if not name.startswith("outcome-") or not field.data:
                continue
            ref = name.removeprefix("outcome-")
            made.append(
                DecisionFacts(
                    proposal_ref=ref,
                    outcome=Outcome(field.data),
                    reason=self[f"reason-{ref}"].data or "",
                    grant=self[f"grant-{ref}"].data,
                    reserve_rank=self[f"reserve-{ref}"].data,
                )
            )
        return made


def decisions_form(results: Results, stored: Sequence[PanelDecision], minutes: str) -> DecisionsForm:
    """A part for each proposal, filled with what was prepared before."""
    extra: dict[str, Any] = {}
    given: dict[str, Any] = {"minutes": minutes}
    prepared = {decision.proposal.ref: decision for decision in stored}
    for row in results.rows:
        extra[f"outcome-{row.ref}"] = OneOfField(
            _l("Outcome"),
            required_message=gettext("Proposal %(number)s: choose the outcome.", number=row.number),
        )
        extra[f"grant-{row.ref}"] = MoneyField(_l("Grant for the pilot"), [fields.optional()])
        extra[f"reserve-{row.ref}"] = WholeField(
            _l("Place in reserve"),
            [fields.optional(), fields.between(1, 99)],
            description=_l("Needed where held in reserve; 1 moves up first."),
        )
        extra[f"reason-{row.ref}"] = fields.long_text(
            _l("Reasons"),
            fields.required(
                gettext(
                    "Proposal %(number)s: give the reasons; the proposer reads them word for word.",
                    number=row.number,
                )
            ),
            description=_l("The proposer reads them word for word. Name no other proposer."),
            length=3000,
        )
        one = prepared.get(row.ref)
        if one is not None:
            given[f"outcome-{row.ref}"] = str(one.outcome)
            given[f"grant-{row.ref}"] = one.grant
            given[f"reserve-{row.ref}"] = one.reserve_rank
            given[f"reason-{row.ref}"] = one.reason
    extra["minutes"] = fields.long_text(
        _l("Minutes"),
        fields.required(_l("Write the minutes: who took part, what was discussed, how it was decided.")),
        description=_l("Who took part, what was discussed, how it was decided, and any dissent."),
        length=20_000,
    )
    form = _with(DecisionsForm, extra)(data=given)
    for row in results.rows:
        form[f"outcome-{row.ref}"].choices = choices(OUTCOME_LABELS)
    if not form.is_submitted():
        form.expected_version.data = str(results.panel.version)
    return form
