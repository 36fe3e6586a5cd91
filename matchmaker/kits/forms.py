"""Forms of adoption kits and of peer contacts: shape only."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField

from matchmaker.catalog.models import CatalogItem
from matchmaker.kits.facts import WORDS, Contact, KitFacts
from matchmaker.kits.models import Kit
from matchmaker.web import fields
from matchmaker.web.fields import MoneyField, WholeField
from matchmaker.web.forms import Form


class KitForm(Form):
    """The agency's own words and figures."""

    title = fields.text(_l("Name of the kit"), fields.required(_l("Enter a name for the kit.")))
    chosen = RadioField(_l("Chosen item"), validate_choice=False)
    quantity = WholeField(_l("Quantity"), [fields.required(_l("Enter the quantity."))])
    need = fields.long_text(
        _l("Our need"), description=_l("Where and for whom it will be used, and what has to get better.")
    )
    reasons = fields.long_text(
        _l("Why this supplier"), description=_l("What makes this item fit your need best.")
    )
    alternatives = fields.long_text(
        _l("How the others were weighed"),
        description=_l("Other items or ways that you looked at, and why not."),
    )
    budget_line = fields.text(_l("Budget line"))
    add_ons = MoneyField(
        _l("Add-on items in NT$"),
        [fields.optional()],
        description=_l("What belongs to it but is no item of the agreement; limited by the regulation."),
    )
    add_ons_note = fields.text(_l("What the add-on items are"), length=200)
    yearly_cost = MoneyField(
        _l("Yearly cost after the purchase in NT$"),
        [fields.optional()],
        description=_l("Upkeep, licences, connections."),
    )
    yearly_note = fields.text(_l("What the yearly cost is for"), length=200)
    years = WholeField(_l("Years to count"), [fields.required(_l("Enter a number of years from 1 to 10."))])
    remarks = fields.long_text(_l("Remarks"))

    def __init__(self, items: Sequence[CatalogItem], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chosen.choices = [
            (item.ref, f"{item.title}｜{item.code}｜{item.supplier.name}") for item in items
        ]
        if not self.is_submitted():
            self.chosen.data = self.chosen.data or (items[0].ref if items else "")
            self.quantity.data = self.quantity.data or 1
            self.years.data = self.years.data or 3
            self.title.data = self.title.data or (items[0].title if items else "")

    @classmethod
    def of(cls, kit: Kit) -> KitForm:
        """The form filled with what is kept."""
        form = cls(kit.items, obj=stored(kit))
        if not form.is_submitted():
            form.expected_version.data = str(kit.version)
        return form

    def facts(self) -> KitFacts:
        return KitFacts(
            title=self.title.data or "",
            chosen=self.chosen.data or "",
            quantity=self.quantity.data or 0,
            need=self.need.data or "",
            reasons=self.reasons.data or "",
            alternatives=self.alternatives.data or "",
            budget_line=self.budget_line.data or "",
            add_ons=self.add_ons.data or 0,
            add_ons_note=self.add_ons_note.data or "",
            yearly_cost=self.yearly_cost.data or 0,
            yearly_note=self.yearly_note.data or "",
            years=self.years.data or 0,
            remarks=self.remarks.data or "",
        )


def stored(kit: Kit) -> SimpleNamespace:
    """What is kept, under the names of the form."""
    return SimpleNamespace(
        **{name: getattr(kit, name) for name in WORDS}, chosen=kit.choice.ref, version=kit.version
    )


class PeerForm(Form):
    """A question to the agency that ran a pilot."""

    words = fields.long_text(
        _l("What you would like to know"),
        fields.required(_l("Say what you would like to know: the other agency reads it.")),
        length=2000,
    )


class AnswerForm(Form):
    """The answer to it: a contact, or words only."""

    contact_name = fields.text(_l("Name of the contact"), length=80)
    contact_email = fields.text(_l("E-mail of the contact"), length=254)
    contact_phone = fields.text(_l("Telephone of the contact"), length=40)
    answer = fields.long_text(_l("Words to the other agency"), length=2000)

    def contact(self) -> Contact:
        return Contact(
            name=self.contact_name.data or "",
            email=self.contact_email.data or "",
            phone=self.contact_phone.data or "",
        )
