"""Shapes of input of the catalog."""

from matchmaker.catalog.forms.agreements import AnnouncementForm, ExtensionForm, FrameworkForm, LotForm
from matchmaker.catalog.forms.items import (
    AdoptionForm,
    BreakPart,
    EvidenceForm,
    ItemForm,
    ListForm,
    Proposed,
    ReasonForm,
    Stored,
    places,
    western,
)
from matchmaker.catalog.forms.reports import AnswerForm, PriceReportForm
from matchmaker.catalog.forms.review import ReviewForm, review_form

__all__ = [
    "AdoptionForm",
    "AnnouncementForm",
    "AnswerForm",
    "BreakPart",
    "EvidenceForm",
    "ExtensionForm",
    "FrameworkForm",
    "ItemForm",
    "ListForm",
    "LotForm",
    "PriceReportForm",
    "Proposed",
    "ReasonForm",
    "ReviewForm",
    "Stored",
    "places",
    "review_form",
    "western",
]
