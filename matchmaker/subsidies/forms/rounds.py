"""Shapes of input of rounds and review meetings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, FormField, HiddenField
from wtforms import Form as Part

from matchmaker.foundation.i18n import language
from matchmaker.rulebook import reference
from matchmaker.subsidies.facts import MeetingFacts, RankFacts, RoundFacts
from matchmaker.subsidies.forms.parts import entries
from matchmaker.subsidies.models import ReviewMeeting, SubsidyCase
from matchmaker.web import fields
from matchmaker.web.fields import ChoiceField, DayField, MoneyField, WholeField
from matchmaker.web.forms import Form

FIRST_WESTERN = 1000
"""A smaller number is a year of the ROC calendar."""


class RoundForm(Form):
    """A yearly round of a scheme."""

    scheme = ChoiceField(_l("Scheme"), required_message=_l("Choose a scheme that is on file."))
    code = fields.text(
        _l("Number of the round"), fields.required(_l("Enter the number of the round.")), length=24
    )
    title_zh = fields.text(_l("Name in Chinese"), fields.required(_l("Enter the name in Chinese.")))
    title_en = fields.text(_l("Name in English"), fields.optional(), length=240)
    year = WholeField(_l("Year"), [fields.required(_l("Enter the year."))])
    opens_on = DayField(_l("Applications from"), [fields.required(_l("Enter a day."))])
    closes_on = DayField(_l("Applications until"), [fields.required(_l("Enter a day."))])
    budget = MoneyField(_l("Budget of the round"), [fields.required(_l("Enter the budget."))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scheme.choices = [(s.id, s.title.in_language(language())) for s in reference.schemes()]

    def facts(self) -> RoundFacts:
        year = self.year.data
        return RoundFacts(
            scheme=self.scheme.data or "",
            code=self.code.data or "",
            title_zh=self.title_zh.data or "",
            title_en=self.title_en.data or "",
            year=year if year >= FIRST_WESTERN else year + 1911,
            opens_on=self.opens_on.data,
            closes_on=self.closes_on.data,
            budget=self.budget.data,
        )


class RankPart(Part):
    case = HiddenField()
    rank = WholeField(_l("Place"), [fields.optional(), fields.between(1, 999)])
    recommended = BooleanField(_l("Recommended"))
    amount = MoneyField(_l("Adjusted amount"), [fields.optional()])
    adjustment = ChoiceField(_l("Reason of the adjustment"))
    comment = fields.text(_l("Comment"), fields.optional(), length=300)


class MeetingForm(Form):
    """A review meeting with the ranking of the complete cases; a case without a place is not before it."""

    held_on = DayField(_l("Day of the meeting"), [fields.required(_l("Enter a day."))])
    place = fields.text(_l("Meeting place"), fields.optional())
    members = fields.long_text(_l("Members present"), fields.optional(), length=1000)
    minutes = fields.long_text(_l("Minutes"), fields.optional())
    ranking = FieldList(FormField(RankPart), _l("Ranking"))

    @classmethod
    def of(
        cls, scheme: str, cases: Sequence[SubsidyCase], meeting: ReviewMeeting | None = None
    ) -> MeetingForm:
        given: dict[str, Any] = {}
        if meeting is not None:
            given = {n: getattr(meeting, n) for n in ("held_on", "place", "members", "minutes")}
        form = cls(data=given | {"ranking": [_row(case) for case in cases]})
        if meeting is not None and not form.is_submitted():
            form.expected_version.data = str(meeting.version)
        reasons = entries(reference.scheme(scheme).lists["adjustment_reasons"].values())
        for entry in form.ranking.entries:
            entry.form.adjustment.choices = [("", gettext("No adjustment")), *reasons]
        return form

    def facts(self) -> MeetingFacts:
        return MeetingFacts(
            held_on=self.held_on.data,
            place=self.place.data or "",
            members=self.members.data or "",
            minutes=self.minutes.data or "",
            ranking=[
                RankFacts(
                    case=row.form.case.data or "",
                    rank=row.form.rank.data,
                    recommended=bool(row.form.recommended.data),
                    amount=row.form.amount.data,
                    adjustment=row.form.adjustment.data or "",
                    comment=row.form.comment.data or "",
                )
                for row in self.ranking.entries
                if row.form.rank.data is not None
            ],
        )


def _row(case: SubsidyCase) -> dict[str, Any]:
    entry = case.review
    return {
        "case": case.ref,
        "rank": entry.rank if entry is not None else None,
        "recommended": entry.recommended if entry is not None else True,
        "amount": entry.amount if entry is not None else None,
        "adjustment": entry.adjustment if entry is not None else "",
        "comment": entry.comment if entry is not None else "",
    }
