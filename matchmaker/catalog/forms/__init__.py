"""Shapes of input of the catalog."""

from matchmaker.catalog.forms.agreements import AnnouncementForm, ExtensionForm, FrameworkForm, LotForm
from matchmaker.catalog.forms.items import (
    AdoptionForm,
    BreakPart,
    ItemForm,
    ListForm,
    ReasonForm,
    Stored,
    western,
)

__all__ = [
    "AdoptionForm",
    "AnnouncementForm",
    "BreakPart",
    "ExtensionForm",
    "FrameworkForm",
    "ItemForm",
    "ListForm",
    "LotForm",
    "ReasonForm",
    "Stored",
    "western",
]
