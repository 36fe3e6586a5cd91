"""Fields that many forms of subsidies share: letters, uploads, choices of the scheme."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, widgets

from matchmaker.foundation import files
from matchmaker.foundation.i18n import language
from matchmaker.kernel.errors import Invalid, Refused
from matchmaker.rulebook.scheme import Entry
from matchmaker.subsidies.facts import LetterFacts, PaperFacts
from matchmaker.web import fields
from matchmaker.web.fields import ChoiceField, DayField, UploadField
from matchmaker.web.forms import Form


class RadioField(ChoiceField):
    """One of a few, as radio buttons."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.RadioInput()


def entries(listed: Iterable[Entry]) -> list[tuple[str, str]]:
    """Options of a closed list of the scheme, in the reader's language."""
    return [(each.code, each.title.in_language(language())) for each in listed]


def check_box(label: Any, description: Any = "") -> BooleanField:
    return BooleanField(label, description=description)


class LetterForm(Form):
    """An official letter: number and date, and what it says."""

    number = fields.text(
        _l("Number of the letter"),
        fields.required(_l("Enter the number of the letter.")),
        description=_l("As on the letter, for example 經授企字第 1130001234 號."),
        length=60,
    )
    dated_on = DayField(_l("Date of the letter"), [fields.required(_l("Enter the date of the letter."))])
    body = fields.long_text(_l("What the letter says"), fields.optional(), length=3000)

    def letter(self) -> LetterFacts:
        hearing, remedy = getattr(self, "hearing", None), getattr(self, "remedy", None)
        return LetterFacts(
            number=self.number.data or "",
            dated_on=self.dated_on.data,
            body=self.body.data or "",
            hearing=(hearing.data or "") if hearing is not None else "",
            remedy=(remedy.data or "") if remedy is not None else "",
        )


class AdverseForm(LetterForm):
    """A letter against the agency: with reasons, how it was heard, and the remedy notice."""

    body = fields.long_text(
        _l("Facts, reasons and legal basis"),
        fields.required(_l("Give the reasons of the decision.")),
        length=3000,
    )
    hearing = fields.long_text(
        _l("Hearing"),
        fields.required(_l("Say how the agency was heard before this decision, or why it need not be.")),
        length=1000,
    )
    remedy = fields.long_text(
        _l("Remedy notice"),
        fields.required(_l("Write the remedy notice: where and until when the agency can object.")),
        length=1000,
    )


def read_upload(kind: str, field: UploadField) -> PaperFacts | None:
    """The upload of a field as a paper of this kind; None where nothing was chosen.

    :raises Invalid: larger than allowed, under the field's name.
    """
    if field.data is None:
        return None
    limit = current_app.extensions["settings"].max_upload_bytes
    try:
        return PaperFacts(kind=kind, upload=files.read(field.data.stream, field.data.filename, limit=limit))
    except Refused as refused:
        raise Invalid({field.short_name: refused.denial}) from None


def with_papers(base: type[Form], wanted: Iterable[Entry]) -> type[Form]:
    """The form with an upload for each of these documents, named ``paper_<code>``."""
    uploads = {f"paper_{each.code}": UploadField(each.title.in_language(language())) for each in wanted}
    return type(f"{base.__name__}WithPapers", (base,), uploads)


def papers_of(form: Form) -> list[PaperFacts]:
    """What was uploaded in a form of ``with_papers``."""
    found = [
        read_upload(field.short_name.removeprefix("paper_"), field)
        for field in form
        if isinstance(field, UploadField) and field.short_name.startswith("paper_")
    ]
    return [each for each in found if each is not None]
