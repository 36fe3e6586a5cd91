"""Shapes of input about better prices seen elsewhere."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from matchmaker.catalog.facts import PriceReportFacts
from matchmaker.web import fields
from matchmaker.web.fields import DayField, MoneyField
from matchmaker.web.forms import Form


class PriceReportForm(Form):
    """Where, when and how much."""

    place = fields.text(
        _l("Where it was seen"), fields.required(_l("Say where the better price was seen.")), length=160
    )
    unit_price = MoneyField(
        _l("Unit price there, tax included"),
        [fields.required(_l("Enter the price that was seen."))],
        description=_l("For the same unit as here."),
    )
    seen_on = DayField(_l("Seen on"), [fields.required(_l("Enter the day on which it was seen."))])
    source_note = fields.text(
        _l("Source"),
        fields.required(_l("Name the source, so that the office can check it.")),
        description=_l("A web address, a quotation, the number of a contract."),
        length=300,
    )
    note = fields.long_text(_l("Note"), length=2000)

    def facts(self) -> PriceReportFacts:
        return PriceReportFacts(
            place=self.place.data or "",
            unit_price=self.unit_price.data,
            seen_on=self.seen_on.data,
            source_note=self.source_note.data or "",
            note=self.note.data or "",
        )


class AnswerForm(Form):
    """The reason of a refusal or a dismissal; an acceptance needs none."""

    reason = fields.long_text(_l("Reason"), length=1000)
