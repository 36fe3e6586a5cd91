"""Shapes of input of the calculator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import FieldList, FormField
from wtforms import Form as Part

from matchmaker.kernel.words import N_
from matchmaker.rulebook.amounts import OneOff, PeriodUse
from matchmaker.rulebook.tiers import TierTable
from matchmaker.subsidies.illustration import Example
from matchmaker.web import fields
from matchmaker.web.fields import ChoiceField, DayField, MoneyField, WholeField
from matchmaker.web.forms import Form
from matchmaker.web.words import choices

MOST_LINES = 10
KINDS = {
    "one_off": N_("Bought once"),
    "month": N_("Paid by the month"),
    "day": N_("Paid by the day"),
}


class LinePart(Part):
    """An item of the example: from the catalog, or by its amounts alone."""

    item = ChoiceField(_l("Item of the catalog"))
    kind = ChoiceField(_l("How it is paid"))
    unit_price = MoneyField(
        _l("Unit price"),
        [fields.optional()],
        description=_l(
            "Tax included; for each unit and, where so paid, month or day. Empty: as in the catalog."
        ),
    )
    quantity = WholeField(
        _l("Quantity"), [fields.required(_l("Enter the quantity.")), fields.between(1, 1_000_000)]
    )
    units = WholeField(_l("Months or days planned"), [fields.optional(), fields.between(1, 10_000)])
    ordered_on = DayField(_l("Day of the order"))
    service_starts_on = DayField(_l("First day of service"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices(KINDS)


class CalculatorForm(Form):
    """An example to count; sent by GET, so that it can be bookmarked and passed on."""

    idempotency_key = None
    expected_version = None  # type: ignore[assignment]

    government = ChoiceField(_l("County or city"), required_message=_l("Choose a county or city."))
    approved_on = DayField(
        _l("Day of approval"),
        [fields.required(_l("Enter the day of approval."))],
        description=_l(
            "The fiscal tier and the deadlines follow from it. For example 113/3/15 or 2024-03-15."
        ),
    )
    lines = FieldList(FormField(LinePart), _l("Items"), min_entries=1, max_entries=MOST_LINES)
    accepted_on = DayField(
        _l("Day on which acceptance was completed"),
        description=_l("For the claim of a plan within one year."),
    )
    first_use_on = DayField(
        _l("Day of first use"), description=_l("For the first claim of a plan across years.")
    )

    def offer(self, tiers: TierTable, items: Mapping[str, tuple[str, int | None]], chinese: bool) -> None:
        """Set the choices: governments of the dated table, items of the catalog with their prices."""
        named = [(code, each.zh if chinese else each.en) for code, each in tiers.governments.items()]
        self.government.choices = [("", gettext("Choose")), *named]
        listed = [(ref, title) for ref, (title, _price) in items.items()]
        for entry in self.lines.entries:
            entry.form.item.choices = [("", gettext("None: amounts only")), *listed]

    def change_rows(self) -> bool:
        """Add or remove a row where its button was pressed; True when the page is to be shown again."""
        if "add-lines" in request.args:
            if len(self.lines.entries) < MOST_LINES:
                self.lines.append_entry({"kind": "one_off", "quantity": 1})
            return True
        for index in range(len(self.lines.entries)):
            if f"remove-lines-{index}" in request.args:
                kept = [(e.data, {f.short_name: f.raw_data for f in e.form}) for e in self.lines.entries]
                del kept[index]
                while self.lines.entries:
                    self.lines.pop_entry()
                for data, typed in kept:
                    for field in self.lines.append_entry(data).form:
                        field.raw_data = typed[field.short_name]
                return True
        return False

    def check_prices(self, items: Mapping[str, tuple[str, int | None]]) -> bool:
        """Every line needs a price, typed or of the catalog, and a period where it is paid by one."""
        for entry in self.lines.entries:
            form = entry.form
            if form.unit_price.data is None and not form.unit_price.errors:
                form.unit_price.data = items.get(form.item.data or "", ("", None))[1]
            if form.unit_price.data is None and not form.unit_price.errors:
                form.unit_price.errors = [gettext("Enter a unit price, or choose an item that has one.")]
            if form.kind.data != "one_off" and form.units.data is None and not form.units.errors:
                form.units.errors = [gettext("Enter how many months or days are planned.")]
        if any(field.errors for entry in self.lines.entries for field in entry.form):
            self.lines.errors = [entry.form.errors for entry in self.lines.entries]
        return not self.lines.errors

    def example(self) -> Example:
        return Example(
            government=str(self.government.data),
            approved_on=self.approved_on.data,
            lines=[_line(entry.form) for entry in self.lines.entries],
            accepted_on=self.accepted_on.data,
            first_use_on=self.first_use_on.data,
        )


def _line(form: Any) -> OneOff | PeriodUse:
    price, quantity = form.unit_price.data, form.quantity.data
    if form.kind.data == "one_off":
        return OneOff(price, quantity, form.ordered_on.data)
    return PeriodUse(
        price,
        quantity,
        form.units.data,
        "day" if form.kind.data == "day" else "month",
        form.ordered_on.data,
        form.service_starts_on.data,
    )
