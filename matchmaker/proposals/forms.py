"""Shapes of input about proposals."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import FieldList, FormField, widgets
from wtforms import Form as Part

from matchmaker.kernel.words import N_
from matchmaker.proposals.content import (
    BudgetLine,
    Evidence,
    PlannedMilestone,
    ProposalContent,
    TeamMember,
)
from matchmaker.proposals.facts import (
    DECLARATION_LABELS,
    MOST_BUDGET_LINES,
    MOST_EVIDENCE,
    MOST_MILESTONES,
    MOST_TEAM,
)
from matchmaker.proposals.models import Proposal
from matchmaker.proposals.states import EVIDENCE_LABELS, CheckResult, EvidenceKind
from matchmaker.web import fields
from matchmaker.web.fields import ChoiceField, ChoicesField, DayField, MoneyField, UploadField, WholeField
from matchmaker.web.forms import Form
from matchmaker.web.words import choices

LANGUAGE_LABELS = {"zh": N_("Chinese"), "en": N_("English")}
LONG_TITLE = 200


class PickField(ChoiceField):
    """One of a few, as radio buttons."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.RadioInput()


class _Row(Part):
    """One row of a list in the form; the form around it carries the protection."""

    class Meta(Form.Meta):
        csrf = False


class TeamRow(_Row):
    name = fields.text(_l("Name"), length=80)
    role = fields.text(_l("Role in the pilot"), length=80)
    background = fields.text(_l("Background"), length=300)


class MilestoneRow(_Row):
    title = fields.text(_l("Milestone"), length=120)
    month = WholeField(_l("Month"), [fields.optional(), fields.between(1, 120)])
    deliverable = fields.text(_l("What is handed in"), length=500)


class BudgetRow(_Row):
    item = fields.text(_l("What it pays for"), length=120)
    grant = MoneyField(_l("From the grant"))
    own = MoneyField(_l("Paid by ourselves"))


class EvidenceRow(_Row):
    kind = ChoiceField(_l("Kind of evidence"))
    title = fields.text(_l("Title"), length=120)
    organization = fields.text(_l("Awarded by, or carried out with"), length=120)
    on = DayField(_l("Day"))
    description = fields.long_text(_l("What it shows"), length=1000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices(EVIDENCE_LABELS)


class ProposalForm(Form):
    """The whole draft. Nothing is required here: what a submission lacks, the rule says."""

    language = PickField(_l("Language of the proposal"))
    title = fields.text(_l("Title of the proposal"), length=LONG_TITLE)
    summary = fields.long_text(
        _l("Summary"), description=_l("What you propose, in a few sentences for busy readers."), length=600
    )
    solution_concept = fields.long_text(
        _l("Solution concept"),
        description=_l("How the solution works, what is new about it, and why it fits this problem."),
    )
    implementation_method = fields.long_text(
        _l("Implementation method"),
        description=_l("The steps at the site, the methods and data used, and how success is measured."),
    )
    site_needs = fields.long_text(
        _l("What you need at the site"),
        description=_l("Space, power, network, data, and help from the agency."),
        length=2000,
    )
    risks = fields.long_text(
        _l("Risks and how you meet them"),
        description=_l("What may go wrong, privacy included, and what you will do then."),
        length=2000,
    )
    team_summary = fields.long_text(
        _l("The team in a few sentences"),
        description=_l("What the team has done that matters here."),
        length=2000,
    )
    team = FieldList(
        FormField(TeamRow, default=TeamMember), _l("Team members"), min_entries=1, max_entries=MOST_TEAM
    )
    milestones = FieldList(
        FormField(MilestoneRow, default=PlannedMilestone),
        _l("Milestones"),
        min_entries=1,
        max_entries=MOST_MILESTONES,
    )
    budget = FieldList(
        FormField(BudgetRow, default=BudgetLine),
        _l("Budget lines"),
        min_entries=1,
        max_entries=MOST_BUDGET_LINES,
        description=_l("Whole NT$; 50 萬 is understood. Leave an amount empty where there is none."),
    )
    evidence = FieldList(
        FormField(EvidenceRow, default=Evidence),
        _l("Evidence"),
        min_entries=1,
        max_entries=MOST_EVIDENCE,
        description=_l("One award, one work with a private firm, or one short pilot is enough."),
    )
    declarations = ChoicesField(_l("We declare"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.choices = choices(LANGUAGE_LABELS)
        self.declarations.choices = choices(DECLARATION_LABELS)

    @classmethod
    def of(cls, proposal: Proposal) -> ProposalForm:
        """The form filled with the draft."""
        content = proposal.content
        values = {name: getattr(content, name) for name in ProposalContent.__dataclass_fields__}
        values["evidence"] = [_evidence_values(each) for each in content.evidence]
        form = cls(data=values)
        if not form.is_submitted():
            form.expected_version.data = str(proposal.version)
        return form

    def content(self) -> ProposalContent:
        """What was typed, as one value."""
        texts = ("title", "summary", "solution_concept", "implementation_method", "site_needs", "risks")
        return ProposalContent(
            language=self.language.data or "zh",
            **{name: self[name].data or "" for name in (*texts, "team_summary")},
            team=tuple(
                TeamMember(row.data["name"] or "", row.data["role"] or "", row.data["background"] or "")
                for row in self.team
            ),
            milestones=tuple(
                PlannedMilestone(row.data["title"] or "", row.data["deliverable"] or "", row.data["month"])
                for row in self.milestones
            ),
            budget=tuple(
                BudgetLine(row.data["item"] or "", row.data["grant"], row.data["own"]) for row in self.budget
            ),
            evidence=tuple(_evidence_of(row.data) for row in self.evidence),
            declarations=tuple(self.declarations.data or ()),
        )

    def rows_changed(self, sent: Any) -> bool:
        """Without script the buttons of the rows send the form: add or remove a row and show it again."""
        for name in ("team", "milestones", "budget", "evidence"):
            rows = self[name]
            if f"add-{name}" in sent:
                if len(rows.entries) < rows.max_entries:
                    rows.append_entry()
                return True
            gone = next((key for key in sent if key.startswith(f"remove-{name}-")), None)
            if gone is not None:
                self._remove(name, gone.rpartition("-")[2])
                return True
        return False

    def _remove(self, name: str, index: str) -> None:
        rows = self[name]
        kept = [row.data for row in rows.entries if not row.name.endswith(f"-{index}")]
        while rows.entries:
            rows.pop_entry()
        rows.last_index = -1
        for data in kept or [None]:
            rows.append_entry(data)


def _evidence_values(proof: Evidence) -> dict[str, Any]:
    return {
        "kind": proof.kind,
        "title": proof.title,
        "organization": proof.organization,
        "on": proof.day,
        "description": proof.description,
    }


def _evidence_of(data: dict[str, Any]) -> Evidence:
    day: date | None = data["on"]
    return Evidence(
        kind=data["kind"] or EvidenceKind.AWARD.value,
        title=data["title"] or "",
        organization=data["organization"] or "",
        on=day.isoformat() if day else None,
        description=data["description"] or "",
    )


class PaperForm(Form):
    """A file to attach to the draft."""

    title = fields.text(_l("Title of the paper"), fields.required(_l("Give the paper a title.")), length=120)
    file = UploadField(_l("File"), [fields.required(_l("Choose a file."))])


class CheckForm(Form):
    """An officer's word on one check."""

    result = PickField(
        _l("Your finding"), required_message=_l("Choose whether the condition is fulfilled or not.")
    )
    reason = fields.long_text(
        _l("Reason"),
        description=_l("Needed where you differ from the rule, or where the rule cannot tell."),
        length=1000,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.result.choices = [
            (CheckResult.MET.value, gettext("Fulfilled")),
            (CheckResult.NOT_MET.value, gettext("Not fulfilled")),
        ]


class RejectForm(Form):
    """Why a proposal is not eligible."""

    reason = fields.long_text(
        _l("Reason"),
        fields.required(_l("Give the reason: it is sent to the startup.")),
        description=_l("Sent to the startup at once."),
        length=1000,
    )
