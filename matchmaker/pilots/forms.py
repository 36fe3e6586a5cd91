"""Shapes of input about pilots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage
from wtforms import FieldList, FormField
from wtforms import Form as Part

from matchmaker.pilots.facts import AssessmentFacts, MeasureFacts, MilestoneFacts, PaymentFacts, PlanFacts
from matchmaker.pilots.models import Milestone, Pilot
from matchmaker.pilots.states import NEED_MET_LABELS, PURPOSE_LABELS, NeedMet, PilotPurpose
from matchmaker.web import fields
from matchmaker.web.fields import ChoiceField, DayField, MilliField, MoneyField, RadioField, UploadField
from matchmaker.web.forms import Form, RowsForm
from matchmaker.web.words import choices

MOST_MEASURES = 20
MOST_MILESTONES = 24


class UploadsField(UploadField):
    """Several files; data is a list of FileStorage."""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = [file for file in valuelist if isinstance(file, FileStorage) and file.filename]


class PlanForm(Form):
    """The frame of a pilot."""

    purpose = RadioField(_l("Purpose"), required_message=_l("Choose what the pilot is for."))
    title_zh = fields.text(_l("Title in Chinese"), fields.required(_l("Enter a title in Chinese.")))
    title_en = fields.text(_l("Title in English"), fields.optional(), length=240)
    site = fields.long_text(_l("Site"), description=_l("Where the pilot takes place, and how large it is."))
    starts_on = DayField(_l("First day"))
    ends_on = DayField(_l("Last day"))
    agency_duties = fields.long_text(
        _l("What the agency does"),
        description=_l("The site or the administrative support that it gives."),
    )
    startup_duties = fields.long_text(
        _l("What the startup does"), description=_l("What it installs, runs, delivers and reports.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.purpose.choices = choices(PURPOSE_LABELS)

    @classmethod
    def of(cls, pilot: Pilot) -> PlanForm:
        form = cls(obj=pilot)
        if not form.is_submitted():
            form.purpose.data = str(pilot.purpose)
            form.expected_version.data = str(pilot.version)
        return form

    def facts(self) -> PlanFacts:
        return PlanFacts(
            purpose=PilotPurpose(self.purpose.data),
            title_zh=self.title_zh.data or "",
            title_en=self.title_en.data or "",
            site=self.site.data or "",
            agency_duties=self.agency_duties.data or "",
            startup_duties=self.startup_duties.data or "",
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
        )


class MeasurePart(Part):
    name = fields.text(_l("What is measured"), fields.required(_l("Say what is measured.")))
    unit = fields.text(_l("Unit"), fields.optional(), length=24)
    baseline_milli = MilliField(_l("Baseline"), [fields.optional()])
    target_milli = MilliField(_l("Target"), [fields.required(_l("Enter the target."))])
    direction = ChoiceField(_l("Better is"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.direction.choices = [("higher", gettext("higher")), ("lower", gettext("lower"))]


class MeasuresForm(RowsForm):
    """What success is measured by."""

    rows_name = "measures"
    measures = FieldList(FormField(MeasurePart), _l("Measures"), max_entries=MOST_MEASURES)

    @classmethod
    def of(cls, pilot: Pilot) -> MeasuresForm:
        rows = [
            {
                "name": m.name,
                "unit": m.unit,
                "baseline_milli": m.baseline_milli,
                "target_milli": m.target_milli,
                "direction": "lower" if m.lower_is_better else "higher",
            }
            for m in pilot.measures
        ]
        form = cls(data={"measures": rows})
        if not form.is_submitted():
            form.expected_version.data = str(pilot.version)
            if not rows:
                form.measures.append_entry()
        return form

    def facts(self) -> list[MeasureFacts]:
        return [
            MeasureFacts(
                name=row.form.name.data or "",
                unit=row.form.unit.data or "",
                baseline_milli=row.form.baseline_milli.data,
                target_milli=row.form.target_milli.data,
                lower_is_better=row.form.direction.data == "lower",
            )
            for row in self.measures.entries
        ]


class MilestonePart(Part):
    title = fields.text(_l("Title"), fields.required(_l("Enter a title.")))
    deliverable = fields.long_text(_l("What is delivered"), fields.optional())
    due_on = DayField(_l("Due on"), [fields.required(_l("Enter the day on which it is due."))])
    payment = MoneyField(
        _l("Payment"), [fields.optional()], description=_l("The part of the grant that hangs on it.")
    )


class MilestonesForm(RowsForm):
    """What is due when, and what is paid for it."""

    rows_name = "milestones"
    milestones = FieldList(FormField(MilestonePart), _l("Milestones"), max_entries=MOST_MILESTONES)

    @classmethod
    def of(cls, pilot: Pilot) -> MilestonesForm:
        names = ("title", "deliverable", "due_on", "payment")
        rows = [{name: getattr(m, name) for name in names} for m in pilot.milestones]
        form = cls(data={"milestones": rows})
        if not form.is_submitted():
            form.expected_version.data = str(pilot.version)
            if not rows:
                form.milestones.append_entry()
        return form

    @property
    def together(self) -> int:
        """The payments as they stand in the form, in NT$."""
        return sum(row.form.payment.data or 0 for row in self.milestones.entries)

    def facts(self) -> list[MilestoneFacts]:
        return [
            MilestoneFacts(
                title=row.form.title.data or "",
                deliverable=row.form.deliverable.data or "",
                due_on=row.form.due_on.data,
                payment=row.form.payment.data or 0,
            )
            for row in self.milestones.entries
        ]


class ReasonForm(Form):
    reason = fields.long_text(_l("Reason"), length=1000)


class HandInForm(Form):
    """Evidence of a milestone."""

    evidence = fields.long_text(
        _l("What was done"), description=_l("What was delivered, where it can be seen, what it showed.")
    )
    uploads = UploadsField(_l("Files"), description=_l("Reports, pictures, figures; several at once."))

    @classmethod
    def of(cls, milestone: Milestone) -> HandInForm:
        form = cls(obj=milestone)
        if not form.is_submitted():
            form.uploads.data = None
            form.expected_version.data = str(milestone.version)
        return form


class DecideForm(Form):
    """The agency's word on a milestone."""

    note = fields.long_text(
        _l("Note"), description=_l("Sent to the startup. Needed when you return the milestone."), length=2000
    )

    @classmethod
    def of(cls, milestone: Milestone) -> DecideForm:
        form = cls()
        if not form.is_submitted():
            form.expected_version.data = str(milestone.version)
        return form


class PaymentForm(Form):
    """A payment that was made."""

    amount = MoneyField(_l("Amount paid"), [fields.required(_l("Enter the amount."))])
    paid_on = DayField(_l("Day of payment"), [fields.required(_l("Enter the day of payment."))])
    reference = fields.text(
        _l("Number of the voucher"),
        fields.required(_l("Enter the number of the payment voucher.")),
        length=80,
    )

    def facts(self) -> PaymentFacts:
        return PaymentFacts(
            amount=self.amount.data, paid_on=self.paid_on.data, reference=self.reference.data or ""
        )


class _ActualsForm(Form):
    """What was measured: one field for each measure, named by its reference."""

    def figures(self, pilot: Pilot) -> dict[str, int | None]:
        return {measure.ref: self[f"actual-{measure.ref}"].data for measure in pilot.measures}


def actuals_form(pilot: Pilot) -> _ActualsForm:
    """The form with a field for each measure of this pilot."""
    made = {
        f"actual-{m.ref}": MilliField(m.name, [fields.optional()], default=m.actual_milli)
        for m in pilot.measures
    }
    form = type("ActualsForm", (_ActualsForm,), made)()
    if not form.is_submitted():
        form.expected_version.data = str(pilot.version)
    return form


class AssessmentForm(Form):
    """The agency's final word."""

    need_met = RadioField(_l("Is the need met?"), required_message=_l("Choose how far the need is met."))
    production_ready = RadioField(
        _l("Is the solution ready for production?"),
        required_message=_l("Choose whether the solution is ready."),
        description=_l("Ready means: it can be supplied to other agencies as it is."),
    )
    summary_zh = fields.long_text(
        _l("Summary in Chinese"),
        fields.required(_l("Write the summary in Chinese.")),
        description=_l("What the pilot showed. Everybody can read it."),
    )
    summary_en = fields.long_text(_l("Summary in English"), fields.optional())
    lessons = fields.long_text(
        _l("Lessons"),
        fields.optional(),
        description=_l("What others should know before they try the same. Everybody can read it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.need_met.choices = choices(NEED_MET_LABELS)
        self.production_ready.choices = [("yes", gettext("Ready")), ("no", gettext("Not ready"))]

    @classmethod
    def of(cls, pilot: Pilot) -> AssessmentForm:
        form = cls()
        if not form.is_submitted():
            form.expected_version.data = str(pilot.version)
        return form

    def facts(self) -> AssessmentFacts:
        return AssessmentFacts(
            need_met=NeedMet(self.need_met.data),
            production_ready=self.production_ready.data == "yes",
            summary_zh=self.summary_zh.data or "",
            summary_en=self.summary_en.data or "",
            lessons=self.lessons.data or "",
        )
