"""Annexes 5 and 6 as forms; what the programme office fills stands in ``acts.RightBoxForm`` (R-016)."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import FieldList, FormField
from wtforms import Form as Part

from matchmaker.subsidies.facts import ChangeFacts, Difference, Metric, TerminationFacts, WorkItem
from matchmaker.subsidies.models import PlanChange, PlanTermination, SubsidyCase
from matchmaker.web import fields
from matchmaker.web.fields import ChoiceField, DayField, MoneyField, WholeField
from matchmaker.web.forms import Form

ROWS = 10


class _Rows(Form):
    """A form with lists of rows that grow and shrink without script."""

    def change_rows(self, *names: str) -> bool:
        """Add or remove a row where a button was pressed; True when the page is to be shown again."""
        for name in names:
            rows = self[name]
            if f"add-{name}" in request.form:
                if len(rows.entries) < ROWS:
                    rows.append_entry()
                return True
            for index in range(len(rows.entries)):
                if f"remove-{name}-{index}" in request.form:
                    kept = [(e.data, {f.short_name: f.raw_data for f in e.form}) for e in rows.entries]
                    del kept[index]
                    while rows.entries:
                        rows.pop_entry()
                    for data, typed in kept:
                        for field in rows.append_entry(data).form:
                            field.raw_data = typed[field.short_name]
                    return True
        return False


class MetricPart(Part):
    name = fields.text(_l("Figure"), fields.required(_l("Name the figure.")))
    before = fields.text(_l("Before"), fields.required(_l("Enter the figure before.")), length=40)
    after = fields.text(_l("After"), fields.required(_l("Enter the figure after.")), length=40)


class DifferencePart(Part):
    original = fields.long_text(
        _l("Original item"), fields.required(_l("Describe the original item.")), length=600
    )
    changed = fields.long_text(
        _l("Changed item"), fields.required(_l("Describe the changed item.")), length=600
    )
    difference = fields.long_text(_l("Difference"), fields.required(_l("Say what differs.")), length=600)
    comparison = fields.long_text(
        _l("Comparison of merits"), fields.required(_l("Compare the merits.")), length=600
    )


class ChangeForm(_Rows):
    """Annex 5 計畫變更申請表, fields 5.4 to 5.16."""

    contact_name = fields.text(_l("Contact person"), fields.required(_l("Name a contact.")), length=80)
    contact_phone = fields.text(_l("Telephone"), fields.required(_l("Enter the telephone.")), length=40)
    starts_on = DayField(_l("Execution from"), [fields.required(_l("Enter a day."))])
    ends_on = DayField(_l("Execution until"), [fields.required(_l("Enter a day."))])
    subjects = fields.long_text(
        _l("What is changed"), fields.required(_l("Say what is changed.")), length=1000
    )
    reason = fields.long_text(_l("Reasons of the change"), fields.required(_l("Give the reasons.")))
    content = fields.long_text(_l("Content of the change"), fields.required(_l("Describe the change.")))
    benefits = fields.long_text(
        _l("Expected benefits after the change"), fields.required(_l("Describe the expected benefits."))
    )
    metrics = FieldList(FormField(MetricPart), _l("Figures of the expected benefits"), max_entries=ROWS)
    cost_after = MoneyField(
        _l("Eligible cost after the change"),
        [fields.required(_l("Enter the cost after the change."))],
        description=_l("Tax included. Subsidy and own share follow from it and are not typed."),
    )
    declared_interest = MoneyField(
        _l("Interest earned up to today"),
        [fields.optional()],
        description=_l("On what was received; needed where something is returned."),
    )
    differences = FieldList(FormField(DifferencePart), _l("Table of differences"), max_entries=ROWS)
    force_majeure = fields.long_text(
        _l("Force majeure: the cause"),
        fields.optional(),
        description=_l("Empty where there is none; otherwise with proof."),
        length=2000,
    )

    @classmethod
    def of(cls, case: SubsidyCase, change: PlanChange | None) -> ChangeForm:
        form = cls(obj=change) if change is not None else cls(data=_begin(case))
        if not form.is_submitted():
            form.expected_version.data = str(change.version) if change is not None else ""
            if not form.metrics.entries:
                form.metrics.append_entry()
            if not form.differences.entries:
                form.differences.append_entry()
        return form

    def facts(self) -> ChangeFacts:
        names = (
            "contact_name",
            "contact_phone",
            "subjects",
            "reason",
            "content",
            "benefits",
            "force_majeure",
        )
        return ChangeFacts(
            **{name: self[name].data or "" for name in names},
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            metrics=[Metric(**row.data) for row in self.metrics.entries],
            differences=[Difference(**row.data) for row in self.differences.entries],
            cost_after=self.cost_after.data,
            declared_interest=self.declared_interest.data,
        )


def _begin(case: SubsidyCase) -> dict[str, Any]:
    return {
        "contact_name": case.contact_name,
        "contact_phone": case.contact_phone,
        "starts_on": case.starts_on,
        "ends_on": case.ends_on,
    }


class WorkItemPart(Part):
    item = fields.text(_l("Work item"), fields.required(_l("Name the work item.")))
    budget = MoneyField(_l("Budget"), [fields.required(_l("Enter the item's budget."))])
    executed = ChoiceField(_l("State"), required_message=_l("Choose whether it was executed."))
    text = fields.text(_l("How far it has come"), fields.optional(), length=200)
    percent = WholeField(_l("Per cent done"), [fields.optional(), fields.between(0, 100)])
    spent = MoneyField(_l("Money spent"), [fields.optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.executed.choices = [
            ("", gettext("Choose")),
            ("yes", gettext("Executed")),
            ("no", gettext("Not executed")),
        ]


class TerminationForm(_Rows):
    """Annex 6 計畫終止申請表, fields 6.4 to 6.12 without the right box."""

    contact_name = fields.text(_l("Contact person"), fields.required(_l("Name a contact.")), length=80)
    contact_phone = fields.text(_l("Telephone"), fields.required(_l("Enter the telephone.")), length=40)
    contact_extension = fields.text(_l("Extension number"), fields.optional(), length=12)
    starts_on = DayField(_l("Execution from"), [fields.required(_l("Enter a day."))])
    ends_on = DayField(_l("Execution until"), [fields.required(_l("Enter a day."))])
    terminates_on = DayField(_l("The plan ends from"), [fields.required(_l("Enter a day."))])
    reason = fields.long_text(_l("Reasons of the termination"), fields.required(_l("Give the reasons.")))
    items = FieldList(
        FormField(WorkItemPart),
        _l("How far the work has come"),
        max_entries=ROWS,
        description=_l("In NT$; printed in thousands on the form. The budgets add up to the approved total."),
    )
    left_interest = MoneyField(
        _l("Interest up to today"), [fields.required(_l("Enter the interest; 0 where none was earned."))]
    )
    left_other = MoneyField(_l("Other"), [fields.optional()])
    force_majeure = fields.long_text(
        _l("Force majeure: the cause"),
        fields.optional(),
        description=_l("Empty where there is none; otherwise with proof."),
        length=2000,
    )

    @classmethod
    def of(cls, case: SubsidyCase, row: PlanTermination | None) -> TerminationForm:
        data = _begin(case)
        if row is not None:
            names = ("contact_extension", "terminates_on", "reason", "left_interest", "left_other")
            data |= {name: getattr(row, name) for name in (*data, *names, "force_majeure")}
            data["items"] = [
                each | {"executed": "" if each["executed"] is None else "yes" if each["executed"] else "no"}
                for each in row.items
            ]
        form = cls(data=data)
        if not form.is_submitted():
            form.expected_version.data = str(row.version) if row is not None else ""
            if not form.items.entries:
                form.items.append_entry()
        return form

    def facts(self) -> TerminationFacts:
        names = ("contact_name", "contact_phone", "contact_extension", "reason", "force_majeure")
        return TerminationFacts(
            **{name: self[name].data or "" for name in names},
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            terminates_on=self.terminates_on.data,
            items=[_item(row.form) for row in self.items.entries],
            left_interest=self.left_interest.data,
            left_other=self.left_other.data or 0,
        )


def _item(form: Any) -> WorkItem:
    return WorkItem(
        item=form.item.data or "",
        budget=form.budget.data,
        executed={"yes": True, "no": False}.get(form.executed.data or ""),
        text=form.text.data or "",
        percent=form.percent.data or 0,
        spent=form.spent.data or 0,
    )
