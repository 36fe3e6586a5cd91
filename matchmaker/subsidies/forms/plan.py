"""Shapes of input of an application: its beginning, its plan, its items, its papers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import FieldList, FormField
from wtforms import Form as Part

from matchmaker.subsidies.facts import LineFacts, PaperFacts, PlanFacts
from matchmaker.subsidies.forms.parts import read_upload
from matchmaker.subsidies.models import SubsidyCase
from matchmaker.subsidies.states import LINE_KIND_LABELS, LineKind
from matchmaker.web import fields
from matchmaker.web.fields import ChoiceField, DayField, MoneyField, UploadField, WholeField
from matchmaker.web.forms import Form
from matchmaker.web.words import choices

MOST_LINES = 20


class BeginForm(Form):
    title_zh = fields.text(
        _l("Title of the plan in Chinese"), fields.required(_l("Enter a title in Chinese."))
    )


class PlanForm(Form):
    """The subsidy plan."""

    title_zh = fields.text(
        _l("Title of the plan in Chinese"), fields.required(_l("Enter a title in Chinese."))
    )
    title_en = fields.text(_l("Title of the plan in English"), fields.optional(), length=240)
    bureau = fields.text(_l("Bureau or department"), length=60)
    contact_name = fields.text(_l("Contact person"), length=80)
    contact_phone = fields.text(_l("Telephone"), description=_l("For example (02) 1234-5678."), length=40)
    purpose = fields.long_text(_l("What the purchase is for"))
    benefits = fields.long_text(_l("Expected benefits"), description=_l("With figures."))
    sustainment = fields.long_text(
        _l("How operation goes on after the purchase"),
        description=_l("Who runs it, with what money, for how long. Later controls rest on it."),
    )
    starts_on = DayField(_l("First day of the plan"))
    ends_on = DayField(_l("Last day of the plan"))
    requested = MoneyField(_l("Subsidy asked for"), description=_l("At most the ceiling."))

    @classmethod
    def of(cls, case: SubsidyCase) -> PlanForm:
        form = cls(obj=case)
        if not form.is_submitted():
            form.expected_version.data = str(case.version)
        return form

    def facts(self) -> PlanFacts:
        texts = ("title_zh", "title_en", "bureau", "contact_name", "contact_phone", "purpose", "benefits")
        return PlanFacts(
            **{name: self[name].data or "" for name in (*texts, "sustainment")},
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            requested=self.requested.data,
        )


class LinePart(Part):
    item = ChoiceField(_l("Listed item"), required_message=_l("Choose an item."))
    kind = ChoiceField(_l("How it is paid"))
    quantity = WholeField(
        _l("Quantity"), [fields.required(_l("Enter the quantity.")), fields.between(1, 1_000_000)]
    )
    units = WholeField(_l("Months or days planned"), [fields.optional(), fields.between(1, 10_000)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices(LINE_KIND_LABELS)


class LinesForm(Form):
    """Which listed items are bought."""

    lines = FieldList(FormField(LinePart), _l("Items"), max_entries=MOST_LINES)

    @classmethod
    def of(cls, case: SubsidyCase, items: Sequence[tuple[str, str]]) -> LinesForm:
        rows = [
            {
                "item": line.item.ref,
                "kind": str(line.kind),
                "quantity": line.quantity,
                "units": line.units,
            }
            for line in case.lines
        ]
        form = cls(data={"lines": rows})
        if not form.is_submitted():
            form.expected_version.data = str(case.version)
            if not rows:
                form.lines.append_entry({"kind": "one_off", "quantity": 1})
        form.offer(items)
        return form

    def offer(self, items: Sequence[tuple[str, str]]) -> None:
        for entry in self.lines.entries:
            entry.form.item.choices = [("", gettext("Choose")), *items]

    def change_rows(self, items: Sequence[tuple[str, str]]) -> bool:
        """Add or remove a row where a button of the list was pressed; True when the page is to be shown again."""
        if f"add-{self.lines.name}" in request.form:
            if len(self.lines.entries) < MOST_LINES:
                self.lines.append_entry({"kind": "one_off", "quantity": 1})
            self.offer(items)
            return True
        for index in range(len(self.lines.entries)):
            if f"remove-{self.lines.name}-{index}" in request.form:
                kept = [(e.data, {f.short_name: f.raw_data for f in e.form}) for e in self.lines.entries]
                del kept[index]
                while self.lines.entries:
                    self.lines.pop_entry()
                for data, typed in kept:
                    for field in self.lines.append_entry(data).form:
                        field.raw_data = typed[field.short_name]
                self.offer(items)
                return True
        return False

    def facts(self) -> list[LineFacts]:
        return [
            LineFacts(
                item=row.form.item.data or "",
                kind=LineKind(row.form.kind.data),
                quantity=row.form.quantity.data,
                units=row.form.units.data,
            )
            for row in self.lines.entries
        ]


class PaperForm(Form):
    """One paper of the application."""

    kind = ChoiceField(_l("Document"), required_message=_l("Choose which document this is."))
    upload = UploadField(_l("File"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [
            ("plan", gettext("Subsidy plan")),
            ("other", gettext("Other paper")),
        ]

    def facts(self) -> list[PaperFacts]:
        paper = read_upload(self.kind.data or "other", self.upload)
        return [] if paper is None else [paper]
