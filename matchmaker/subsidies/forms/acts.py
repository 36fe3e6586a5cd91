"""Shapes of input of single acts on a case."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from matchmaker.foundation.i18n import language
from matchmaker.kernel.dates import format_day, local_day
from matchmaker.orders.models import CallOffOrder
from matchmaker.rulebook import reference
from matchmaker.subsidies import queries
from matchmaker.subsidies.facts import (
    BudgetFacts,
    CutFacts,
    ExtensionFacts,
    InspectionFacts,
    LetterFacts,
    OrderFacts,
    PaperFacts,
    PaymentFacts,
    ProgressFacts,
    ReservationFacts,
    RevocationFacts,
    RightBox,
    YuanFacts,
)
from matchmaker.subsidies.forms.parts import (
    AdverseForm,
    LetterForm,
    RadioField,
    check_box,
    entries,
    read_upload,
)
from matchmaker.subsidies.models import SubsidyCase
from matchmaker.subsidies.states import (
    BUDGET_LIFE,
    CUT_LABELS,
    END_LABELS,
    MATTER_LABELS,
    RESERVATION_LIFE,
    SCALE_LABELS,
    BudgetState,
    CutMethod,
    EndKind,
    Matter,
    Scale,
    YuanState,
)
from matchmaker.web import fields
from matchmaker.web.fields import ChoiceField, DayField, MilliField, MoneyField, UploadField, WholeField
from matchmaker.web.forms import Form
from matchmaker.web.words import choices, money


class ReasonForm(Form):
    reason = fields.long_text(_l("Reason"), fields.optional(), length=1000)


class CommentForm(Form):
    comment = fields.long_text(_l("Comment"), fields.optional(), length=1000)


class NoteForm(Form):
    note = fields.long_text(_l("What was found"), fields.required(_l("Say what was found.")), length=2000)


class SignForm(LetterForm):
    """The last signature sends the form out by letter; the others need a comment at most."""

    body = None  # type: ignore[assignment]
    comment = fields.long_text(_l("Comment"), fields.optional(), length=1000)

    def letter(self) -> LetterFacts:
        return LetterFacts(number=self.number.data or "", dated_on=self.dated_on.data)


class ScanForm(Form):
    upload = UploadField(_l("Scanned sheet"), description=_l("PDF, JPEG, PNG or ODT; 20 MB at most."))

    def facts(self) -> PaperFacts | None:
        return read_upload("signed_form", self.upload)


class CureForm(LetterForm):
    due_on = DayField(_l("Papers wanted until"), [fields.required(_l("Enter a day."))])
    note = fields.long_text(_l("What is missing"), fields.required(_l("Say what is missing.")), length=2000)


OUTSIDE = "outside"
"""The choice for an order that was not placed on this platform."""


class OrderForm(Form):
    """An order of the plan: one of the agency's own on this platform, or one recorded elsewhere by its number."""

    order = RadioField(_l("Which order"), required_message=_l("Choose an order."))
    pcc_number = fields.text(
        _l("Number on the government e-procurement system"),
        fields.optional(),
        description=_l("Only for an order recorded outside of this platform."),
        length=40,
    )
    ordered_on = DayField(
        _l("Day of the order"),
        [fields.optional()],
        description=_l("Only for an order recorded outside of this platform."),
    )
    value = MoneyField(
        _l("Eligible value"),
        [fields.optional()],
        description=_l(
            "Tax included; only what lies inside the subsidised year. Left empty, all of the plan's items in the order."
        ),
    )

    @classmethod
    def of(cls, case: SubsidyCase) -> OrderForm:
        form, found = cls(), queries.orders_to_link(case)
        if not found:
            # Nothing to choose from: the form is one for an order from outside.
            del form.order
            for name in ("pcc_number", "ordered_on", "value"):
                form[name].flags.required = True
            form.pcc_number.description = _l(
                "None of your own orders can be linked now. Enter one recorded outside of this platform."
            )
            form.ordered_on.description = ""
            form.value.description = _l("Tax included; only what lies inside the subsidised year.")
            return form
        form.order.choices = [
            *((each.ref, _order_words(case, each)) for each in found),
            (OUTSIDE, gettext("An order recorded outside of this platform")),
        ]
        return form

    @property
    def is_outside(self) -> bool:
        return "order" not in self or self.order.data == OUTSIDE

    def validate(self, extra_validators: Any = None) -> bool:
        """An order of the list brings number and day along; one from outside needs all three fields."""
        valid = bool(super().validate(extra_validators))
        if not self.is_outside:
            return valid
        words = {
            "pcc_number": _l("Enter the number of the order."),
            "ordered_on": _l("Enter the day of the order."),
            "value": _l("Enter the eligible value."),
        }
        for name, message in words.items():
            field = self[name]
            if not field.errors and field.data in (None, ""):
                field.errors = [*field.errors, message]
                valid = False
        return valid

    def facts(self) -> OrderFacts:
        return OrderFacts(
            pcc_number=self.pcc_number.data or "", ordered_on=self.ordered_on.data, value=self.value.data
        )


def _order_words(case: SubsidyCase, order: CallOffOrder) -> str:
    """An order as its option reads: number, title, day, what of it the plan counts."""
    placed, worth = local_day(order.placed_at), queries.eligible_worth(case, order)
    return f"{order.eproc_number}　{order.title}　{format_day(placed, language())}　{money(worth)}"


class OrderChangeForm(Form):
    pcc_number = ChoiceField(_l("Order"), required_message=_l("Choose the order."))
    value = MoneyField(_l("New eligible value"), [fields.required(_l("Enter the eligible value."))])

    @classmethod
    def of(cls, case: SubsidyCase) -> OrderChangeForm:
        form = cls()
        form.pcc_number.choices = [(o.pcc_number, f"{o.pcc_number}　NT${o.value:,}") for o in case.orders]
        return form


class BudgetForm(Form):
    state = RadioField(_l("How it is in the budget"), required_message=_l("Choose how it is in the budget."))
    with_matching = check_box(_l("The matching funds are in the budget too"))
    note = fields.long_text(
        _l("Note"),
        fields.optional(),
        description=_l("Needed where the execution rules are used: which, and why."),
        length=1000,
    )

    @classmethod
    def of(cls, case: SubsidyCase) -> BudgetForm:
        form = cls(data={"with_matching": case.budget_with_matching, "note": case.budget_note})
        form.state.choices = [
            (str(state), gettext(info.label))
            for state, info in BUDGET_LIFE.states.items()
            if state is not BudgetState.NOT_BUDGETED
        ]
        if not form.is_submitted() and case.budget_state is not BudgetState.NOT_BUDGETED:
            form.state.data = str(case.budget_state)
        return form

    def facts(self) -> BudgetFacts:
        return BudgetFacts(
            state=BudgetState(self.state.data),
            with_matching=bool(self.with_matching.data),
            note=self.note.data or "",
        )


class ProgressForm(Form):
    accepted_on = DayField(_l("Day on which acceptance was completed"))
    first_use_on = DayField(_l("Day of first use"))
    plan_closed_on = DayField(_l("Day on which the plan was closed"))

    @classmethod
    def of(cls, case: SubsidyCase) -> ProgressForm:
        return cls(obj=case)

    def facts(self) -> ProgressFacts:
        return ProgressFacts(
            accepted_on=self.accepted_on.data,
            first_use_on=self.first_use_on.data,
            plan_closed_on=self.plan_closed_on.data,
        )


class ClaimForm(LetterForm):
    cost = MoneyField(
        _l("Eligible cost"),
        [fields.required(_l("Enter the eligible cost."))],
        description=_l("Settled in all; for the first instalment what was spent so far. Tax included."),
    )


class PayForm(LetterForm):
    on = DayField(_l("Day of payment"), [fields.required(_l("Enter the day of payment."))])
    reference = fields.text(
        _l("Number of the voucher"), fields.required(_l("Enter the number of the voucher.")), length=80
    )

    def payment(self) -> PaymentFacts:
        return PaymentFacts(on=self.on.data, reference=self.reference.data or "")


class ReserveForm(LetterForm):
    amount = MoneyField(_l("Amount to reserve"), [fields.required(_l("Enter the amount."))])
    reason = fields.long_text(
        _l("Why not all was claimed this year"), fields.required(_l("Give the reason.")), length=1000
    )

    def facts(self) -> ReservationFacts:
        return ReservationFacts(amount=self.amount.data, reason=self.reason.data or "")


class YuanForm(AdverseForm):
    state = RadioField(
        _l("What the Executive Yuan decided"), required_message=_l("Choose what the Executive Yuan decided.")
    )
    decided_on = DayField(_l("Decided on"), [fields.required(_l("Enter the day of the decision."))])
    amount = MoneyField(
        _l("Amount, where only a part was approved"),
        [fields.optional()],
        description=_l("Empty where all was approved."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.state.choices = [
            (str(state), gettext(RESERVATION_LIFE.info(state).label))
            for state in (YuanState.APPROVED, YuanState.REFUSED)
        ]

    def facts(self) -> YuanFacts:
        return YuanFacts(
            state=YuanState(self.state.data), decided_on=self.decided_on.data, amount=self.amount.data
        )


class CutForm(AdverseForm):
    year = WholeField(_l("Budget year"), [fields.required(_l("Enter the year of the cut budget."))])
    method = RadioField(
        _l("How the cut is handed on"), required_message=_l("Choose how the cut is handed on.")
    )
    percent = MilliField(
        _l("Cut in per cent"), [fields.optional()], description=_l("For a cut in proportion.")
    )
    amount = MoneyField(
        _l("Subsidy as negotiated"), [fields.optional()], description=_l("For a negotiated adjustment.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.method.choices = choices(CUT_LABELS)

    def facts(self) -> CutFacts:
        method = CutMethod(self.method.data)
        share = None if self.percent.data is None else f"{Decimal(self.percent.data) / 100_000:f}"
        return CutFacts(
            year=self.year.data if self.year.data >= 1000 else self.year.data + 1911,
            method=method,
            share=share if method is CutMethod.PRO_RATA else None,
            amount=self.amount.data if method is CutMethod.NEGOTIATED else None,
            reason=self.body.data or "",
        )


class RightBoxForm(AdverseForm):
    """Annex 6 field 6.11: the right, double-line box."""

    right_subsidy = MoneyField(_l("Subsidy to be returned"), [fields.required(_l("Enter the amount."))])
    right_interest = MoneyField(_l("Interest to be returned"), [fields.required(_l("Enter the amount."))])
    right_other = MoneyField(_l("Other to be returned"), [fields.optional()])

    def box(self) -> RightBox:
        return RightBox(
            subsidy=self.right_subsidy.data,
            interest=self.right_interest.data,
            other=self.right_other.data or 0,
        )


class ExtensionForm(LetterForm):
    matter = RadioField(_l("Which deadline"), required_message=_l("Choose the deadline."))
    until = DayField(_l("Extend until"), [fields.required(_l("Enter a day."))])
    reason = fields.long_text(_l("Reason"), fields.required(_l("Give the reason.")), length=2000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.matter.choices = choices(MATTER_LABELS)

    def facts(self) -> ExtensionFacts:
        return ExtensionFacts(
            matter=Matter(self.matter.data), until=self.until.data, reason=self.reason.data or ""
        )


class GrantForm(LetterForm):
    granted_until = DayField(_l("Extended until"), [fields.required(_l("Enter a day."))])


class InspectionForm(Form):
    kind = RadioField(_l("Kind of check"), required_message=_l("Choose the kind of check."))
    subject = RadioField(_l("What was checked"), required_message=_l("Choose what was checked."))
    on = DayField(_l("Day of the check"), [fields.required(_l("Enter a day."))])
    finding = fields.long_text(_l("Finding"), fields.required(_l("Say what was found.")), length=3000)
    untrue = check_box(_l("The spending was not handled truthfully"))

    @classmethod
    def of(cls, case: SubsidyCase) -> InspectionForm:
        form, lists = cls(), reference.scheme(case.scheme).lists
        form.kind.choices = entries(lists["inspection_kinds"].values())
        form.subject.choices = entries(lists["inspection_subjects"].values())
        return form

    def facts(self) -> InspectionFacts:
        return InspectionFacts(
            kind=self.kind.data or "",
            subject=self.subject.data or "",
            on=self.on.data,
            finding=self.finding.data or "",
            untrue=bool(self.untrue.data),
        )


class NotifyForm(LetterForm):
    defects = fields.long_text(_l("Defects"), fields.required(_l("Name the defects.")), length=3000)
    due_on = DayField(_l("To be mended until"), [fields.required(_l("Enter a day."))])


class RevokeForm(AdverseForm):
    kind = RadioField(_l("Kind of decision"), required_message=_l("Choose the decision."))
    cause = RadioField(_l("Cause"), required_message=_l("Choose the cause."))
    stop = RadioField(_l("Payment stopped"), required_message=_l("Choose how much."))
    stop_amount = MoneyField(_l("Amount stopped, for a part"), [fields.optional()])
    claw_back = RadioField(_l("Recovered"), required_message=_l("Choose how much."))
    claw_back_amount = MoneyField(_l("Amount recovered, for a part"), [fields.optional()])

    @classmethod
    def of(cls, case: SubsidyCase) -> RevokeForm:
        form = cls()
        form.kind.choices = choices(END_LABELS)
        form.cause.choices = entries(reference.scheme(case.scheme).lists["revocation_causes"].values())
        form.stop.choices = form.claw_back.choices = choices(SCALE_LABELS)
        return form

    def facts(self) -> RevocationFacts:
        stop, back = Scale(self.stop.data), Scale(self.claw_back.data)
        return RevocationFacts(
            kind=EndKind(self.kind.data),
            cause=self.cause.data or "",
            stop=stop,
            stop_amount=self.stop_amount.data if stop is Scale.PART else None,
            claw_back=back,
            claw_back_amount=self.claw_back_amount.data if back is Scale.PART else None,
        )


class RepaymentForm(AdverseForm):
    due_on = DayField(_l("To be returned until"), [fields.required(_l("Enter a day."))])
    interest = MoneyField(
        _l("Interest to be returned"),
        [fields.optional()],
        description=_l("As declared by the agency up to the application date; 0 where none was earned."),
    )


class ReturnForm(Form):
    amount = MoneyField(_l("Subsidy returned"), [fields.optional()])
    interest = MoneyField(_l("Interest returned"), [fields.optional()])
    on = DayField(_l("Day on which it came"), [fields.required(_l("Enter a day."))])
    reference = fields.text(
        _l("Number of the voucher"), fields.required(_l("Enter the number of the voucher.")), length=80
    )

    def payment(self) -> PaymentFacts:
        return PaymentFacts(on=self.on.data, reference=self.reference.data or "")
