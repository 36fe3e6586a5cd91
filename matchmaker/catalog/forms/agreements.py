"""Shapes of input about framework agreements, lots and announcements."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from matchmaker.catalog import queries
from matchmaker.catalog.facts import AnnouncementFacts, FrameworkFacts, LotFacts
from matchmaker.catalog.forms.items import western
from matchmaker.catalog.models import Announcement, FrameworkAgreement, Lot
from matchmaker.kernel.programme import DOMAIN_LABELS, Domain
from matchmaker.people import queries as people
from matchmaker.web import fields
from matchmaker.web.fields import ChoiceField, ChoicesField, DayField, MoneyField, PercentField, WholeField
from matchmaker.web.forms import Form
from matchmaker.web.words import choices


class FrameworkForm(Form):
    """A framework agreement."""

    code = fields.text(
        _l("Number of the agreement"), fields.required(_l("Enter the number of the agreement.")), length=24
    )
    title_zh = fields.text(_l("Name in Chinese"), fields.required(_l("Enter the name in Chinese.")))
    title_en = fields.text(_l("Name in English"), length=240)
    opens_on = DayField(
        _l("First day of application"),
        [fields.optional()],
        description=_l("From this day on startups apply to be listed. Enter both days or neither."),
    )
    closes_on = DayField(
        _l("Last day of application"),
        [fields.optional()],
        description=_l("The day itself belongs to it; it comes before the first day of the agreement."),
    )
    starts_on = DayField(_l("First day"), [fields.required(_l("Enter the first day."))])
    ends_on = DayField(
        _l("Last day"),
        [fields.required(_l("Enter the last day."))],
        description=_l("Two years at most, extension included. The day itself belongs to the period."),
    )
    published_budget = MoneyField(
        _l("Published budget"), [fields.optional()], description=_l("All orders together stay within it.")
    )
    service_fee = PercentField(
        _l("Service fee"),
        [fields.optional()],
        description=_l("In percent of an order's value; one percent at most."),
    )

    @classmethod
    def of(cls, framework: FrameworkAgreement | None) -> FrameworkForm:
        form = cls(obj=framework)
        if framework is not None and not form.is_submitted():
            form.expected_version.data = str(framework.version)
        return form

    def facts(self) -> FrameworkFacts:
        return FrameworkFacts(
            code=self.code.data or "",
            title_zh=self.title_zh.data or "",
            title_en=self.title_en.data or "",
            opens_on=self.opens_on.data,
            closes_on=self.closes_on.data,
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            published_budget=self.published_budget.data,
            service_fee=self.service_fee.data or 0,
        )


class ExtensionForm(Form):
    """A later last day of an agreement."""

    ends_on = DayField(_l("New last day"), [fields.required(_l("Enter the new last day."))])
    reason = fields.long_text(
        _l("Reason"),
        fields.required(_l("Give the reason of the extension: it is shown with the agreement.")),
        description=_l("Shown with the agreement and sent to its suppliers."),
        length=1000,
    )


class LotForm(Form):
    """A lot of an agreement."""

    code = fields.text(
        _l("Number of the lot"), fields.required(_l("Enter the number of the lot.")), length=24
    )
    title_zh = fields.text(_l("Name in Chinese"), fields.required(_l("Enter the name in Chinese.")))
    title_en = fields.text(_l("Name in English"), length=240)
    domain = ChoiceField(_l("Domain"), required_message=_l("Choose the domain."))
    category = ChoiceField(_l("Category"), description=_l("Left empty, the lot takes any category."))
    regions = ChoicesField(
        _l("Regions"), description=_l("Where the lot is supplied; none chosen means everywhere.")
    )
    price_ceiling = MoneyField(
        _l("Price ceiling"), [fields.optional()], description=_l("The highest unit price of an item.")
    )
    order_min = MoneyField(_l("Least value of one order"), [fields.optional()])
    order_max = MoneyField(_l("Greatest value of one order"), [fields.optional()])
    published_budget = MoneyField(
        _l("Published budget"), [fields.optional()], description=_l("All orders of the lot stay within it.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.domain.choices = [("", gettext("Choose one")), *choices(DOMAIN_LABELS)]
        self.category.choices = [("", gettext("Any category"))] + [
            (c.code, c.name) for c in queries.categories()
        ]
        self.regions.choices = [(c.code, c.name) for c in people.counties()]

    @classmethod
    def of(cls, lot: Lot | None) -> LotForm:
        form = cls(obj=lot, category=lot.category.code if lot is not None and lot.category else None)
        if lot is not None and not form.is_submitted():
            form.domain.data = str(lot.domain)
            form.expected_version.data = str(lot.version)
        return form

    def facts(self) -> LotFacts:
        return LotFacts(
            code=self.code.data or "",
            title_zh=self.title_zh.data or "",
            title_en=self.title_en.data or "",
            domain=Domain(self.domain.data),
            category=self.category.data or None,
            regions=tuple(self.regions.data or ()),
            price_ceiling=self.price_ceiling.data,
            order_min=self.order_min.data,
            order_max=self.order_max.data,
            published_budget=self.published_budget.data,
        )


class AnnouncementForm(Form):
    """The categories of a year."""

    year = WholeField(
        _l("Year"),
        [fields.required(_l("Enter the year."))],
        description=_l("In the Western or the ROC calendar, such as 2025 or 114."),
    )
    announced_on = DayField(
        _l("Announced on"),
        [fields.required(_l("Enter the day of the announcement."))],
        description=_l("Everybody can read it from this day on."),
    )
    categories = ChoicesField(_l("Categories"))
    note_zh = fields.long_text(_l("Note in Chinese"), length=2000)
    note_en = fields.long_text(_l("Note in English"), length=4000)
    source_note = fields.text(
        _l("Source"),
        fields.required(_l("Name the source: where was this announced?")),
        description=_l("A paper, a web page, a letter: somebody else must be able to find it."),
        length=200,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.categories.choices = [(c.code, c.name) for c in queries.categories()]

    @classmethod
    def of(cls, announcement: Announcement | None) -> AnnouncementForm:
        if announcement is None:
            return cls()
        codes = [category.code for category in announcement.categories]
        form = cls(obj=announcement, categories=codes)
        if not form.is_submitted():
            form.categories.data = codes
            form.expected_version.data = str(announcement.version)
        return form

    def facts(self) -> AnnouncementFacts:
        return AnnouncementFacts(
            year=western(self.year.data or 0),
            announced_on=self.announced_on.data,
            categories=tuple(self.categories.data or ()),
            note_zh=self.note_zh.data or "",
            note_en=self.note_en.data or "",
            source_note=self.source_note.data or "",
        )
