"""Shapes of input about challenges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields as fields_of
from datetime import time
from typing import Any

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, FormField
from wtforms import Form as Part
from wtforms.validators import ValidationError

from matchmaker.challenges.facts import (
    STATEMENT_LABELS,
    CriterionFacts,
    Language,
    StatementFacts,
    TermsFacts,
)
from matchmaker.challenges.models import Challenge
from matchmaker.foundation.i18n import is_chinese
from matchmaker.kernel.programme import DOMAIN_LABELS, Domain
from matchmaker.web import fields
from matchmaker.web.fields import ChoiceField, MomentField, MoneyField, UploadField, WholeField
from matchmaker.web.forms import Form
from matchmaker.web.words import choices

MOST_ROWS = 10
TITLE = 120
SUMMARY = 600


def _label(name: str) -> Any:
    return _l(STATEMENT_LABELS[name])


def _text(name: str, hint: Any, length: int = fields.LONG) -> Any:
    return fields.long_text(_label(name), description=hint, length=length)


class NeedForm(Form):
    """The first words of a need: a title and the problem, in the language its writer prefers."""

    language = ChoiceField(_l("Language you write in"), required_message=_l("Choose a language."))
    title = fields.text(
        _label("title"),
        fields.required(_l("Enter a title.")),
        description=_l("One line that says the problem to somebody who does not know your agency."),
        length=TITLE,
    )
    problem = fields.long_text(
        _label("problem"),
        fields.required(_l("Describe the problem.")),
        description=_l("What happens, where and how often. Figures help."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.choices = [("zh", gettext("Chinese")), ("en", gettext("English"))]
        if not self.is_submitted():
            self.language.data = "zh" if is_chinese() else "en"

    @property
    def chosen(self) -> Language:
        return "en" if self.language.data == "en" else "zh"

    def facts(self) -> StatementFacts:
        return StatementFacts(title=self.title.data or "", problem=self.problem.data or "")


class StatementForm(Form):
    """The whole statement in one language; what is missing for publication is told on the check page."""

    title = fields.text(
        _label("title"),
        description=_l("One line that says the problem to somebody who does not know your agency."),
        length=TITLE,
    )
    summary = _text("summary", _l("Two or three sentences. They stand in lists."), SUMMARY)
    problem = _text("problem", _l("What happens, where and how often. Figures help."))
    affected = _text("affected", _l("Who, and how many."))
    current_handling = _text("current_handling", _l("What you do today, with which tools and how much work."))
    solution_gap = _text("solution_gap", _l("What the market offers, and why it does not solve the problem."))
    outcome = _text(
        "outcome", _l("What should be different afterwards. Name the effect, not the technology.")
    )
    success_measures = _text("success_measures", _l("Measures with targets: nine falls of ten are noticed."))
    site = _text("site", _l("Where, how large, and from when it can be used."))
    support = _text("support", _l("Power, network, a contact on site, help with permits and consent."))
    data_available = _text("data_available", _l("Which data you can give, in which form, on which terms."))
    limits = _text("limits", _l("What a solution must not do, and rules that apply."))

    def facts(self) -> StatementFacts:
        return StatementFacts(
            **{field.name: self[field.name].data or "" for field in fields_of(StatementFacts)}
        )

    @classmethod
    def of(cls, stored: StoredStatement) -> StatementForm:
        form = cls(obj=stored)
        if not form.is_submitted():
            form.expected_version.data = str(stored.version)
        return form


class StoredStatement:
    """The statement in one language as it is stored at this moment, for a form to start from and compare with."""

    def __init__(self, challenge: Challenge, language: Language) -> None:
        self._challenge = challenge
        self._language = language

    @property
    def version(self) -> int:
        return self._challenge.version

    def __getattr__(self, name: str) -> str:
        if name not in STATEMENT_LABELS:
            raise AttributeError(name)
        text = self._challenge.text_in(self._language)
        return getattr(text, name) if text is not None else ""


class TermsForm(Form):
    """Domain, money, window and contact."""

    domain = ChoiceField(_l("Domain"))
    budget = MoneyField(
        _l("Agency's budget for the pilot"),
        [fields.optional()],
        description=_l("The agency's own money. 180萬 or 1,800,000."),
    )
    grant_ceiling = MoneyField(
        _l("Grant ceiling for one startup"),
        [fields.optional()],
        description=_l("The most that the programme gives one startup, as agreed with the programme office."),
    )
    most_awards = WholeField(
        _l("Startups to be chosen at most"),
        [fields.required(_l("Enter a whole number."))],
        description=_l("Each has a pilot and a site of its own."),
    )
    pilot_months = WholeField(
        _l("Length of the pilot in months"),
        [fields.required(_l("Enter a whole number."))],
        description=_l("About half a year is usual."),
    )
    opens_at = MomentField(_l("The call opens"), [fields.optional()], default_time=time(9, 0))
    closes_at = MomentField(
        _l("The call closes"),
        [fields.optional()],
        default_time=time(17, 0),
        description=_l("30 to 45 days after it opens is usual (assumed). For example 115/12/15."),
    )
    contact_name = fields.text(_l("Contact person"), description=_l("Shown on the public page."), length=80)
    contact_email = fields.text(_l("E-mail of the contact"), fields.optional(), fields.email(), length=254)
    contact_phone = fields.text(_l("Telephone of the contact"), length=40)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.domain.choices = [("", gettext("Choose one")), *choices(DOMAIN_LABELS)]

    def facts(self) -> TermsFacts:
        return TermsFacts(
            domain=Domain(self.domain.data) if self.domain.data else None,
            budget=self.budget.data,
            grant_ceiling=self.grant_ceiling.data,
            most_awards=self.most_awards.data or 0,
            pilot_months=self.pilot_months.data or 0,
            opens_at=self.opens_at.data,
            closes_at=self.closes_at.data,
            contact_name=self.contact_name.data or "",
            contact_email=self.contact_email.data or "",
            contact_phone=self.contact_phone.data or "",
        )

    @classmethod
    def of(cls, challenge: Challenge) -> TermsForm:
        form = cls(obj=challenge)
        if not form.is_submitted():
            form.expected_version.data = str(challenge.version)
        return form


class CriterionPart(Part):
    """One criterion; a row left empty does not count."""

    name_zh = fields.text(_l("Name in Chinese"), length=40)
    name_en = fields.text(_l("Name in English"), length=80)
    weight = WholeField(_l("Weight in percent"))
    guide_zh = fields.long_text(_l("Guide for jurors, in Chinese"), length=500)
    guide_en = fields.long_text(_l("Guide for jurors, in English"), length=800)

    @property
    def is_empty(self) -> bool:
        return not any(field.data or getattr(field, "process_errors", None) for field in self)

    def validate_name_zh(self, field: Any) -> None:
        if not field.data and not self.is_empty:
            raise ValidationError(gettext("Give every criterion a Chinese name."))

    def validate_weight(self, field: Any) -> None:
        if field.data is None and not field.process_errors and not self.is_empty:
            raise ValidationError(gettext("Enter the weight as a whole number from 1 to 100."))

    def facts(self) -> CriterionFacts:
        return CriterionFacts(
            name_zh=self.name_zh.data or "",
            name_en=self.name_en.data or "",
            guide_zh=self.guide_zh.data or "",
            guide_en=self.guide_en.data or "",
            weight=self.weight.data or 0,
        )


class CriteriaForm(Form):
    """The criteria as rows that can be added and removed, with and without script."""

    criteria = FieldList(FormField(CriterionPart), _l("Criteria"), max_entries=MOST_ROWS)

    @classmethod
    def of(cls, challenge: Challenge, suggested: Sequence[CriterionFacts]) -> CriteriaForm:
        """The form as sent, else with these criteria in place of the stored ones where there are any."""
        form = cls()
        if form.is_submitted():
            return form
        form = cls(data={"criteria": [_as_data(each) for each in suggested or challenge.criteria]})
        form.expected_version.data = str(challenge.version)
        return form

    @property
    def rows(self) -> list[CriterionPart]:
        return [entry.form for entry in self.criteria.entries]

    @property
    def weight(self) -> int:
        """What the weights add up to, as typed."""
        return sum(row.weight.data or 0 for row in self.rows)

    def facts(self) -> list[CriterionFacts]:
        return [row.facts() for row in self.rows if not row.is_empty]

    def changed_rows(self) -> bool:
        """Add or remove the row whose button was used; False where another button was."""
        if "add-criteria" in request.form:
            if len(self.criteria.entries) < MOST_ROWS:
                self.criteria.append_entry()
            return True
        for index in range(len(self.criteria.entries)):
            if f"remove-criteria-{index}" in request.form:
                kept = [row.data for at, row in enumerate(self.rows) if at != index]
                while self.criteria.entries:
                    self.criteria.pop_entry()
                for data in kept:
                    self.criteria.append_entry(data)
                return True
        return False


def _as_data(criterion: Any) -> dict[str, Any]:
    return {field.name: getattr(criterion, field.name) for field in fields_of(CriterionFacts)}


class PaperForm(Form):
    """A paper to attach."""

    file = UploadField(_l("File"), [fields.required(_l("Choose a file."))])
    title = fields.text(_l("Title of the paper"), description=_l("Empty: the name of the file."))
    public = BooleanField(_l("Everybody may read it once the challenge is published"), default=True)


class NoteForm(Form):
    """Staff's word when a need goes back."""

    note = fields.long_text(
        _l("What has to change"), description=_l("Sent to the agency with the need."), length=2000
    )


class ReasonForm(Form):
    """Why a challenge ends here."""

    reason = fields.long_text(
        _l("Reason"),
        description=_l("Kept with the challenge; once published, everybody reads it."),
        length=2000,
    )
