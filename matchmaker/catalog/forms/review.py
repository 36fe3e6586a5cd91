"""The checklist of the price and specification review board."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from matchmaker.catalog.facts import FindingFacts
from matchmaker.catalog.models import ListingApplication
from matchmaker.catalog.states import CRITERIA_OF, CRITERION_LABELS, Criterion
from matchmaker.web import fields
from matchmaker.web.fields import RadioField
from matchmaker.web.forms import Form


class ReviewForm(Form):
    """Each criterion with its finding and words; made for one kind of application by ``review_form``."""

    criteria: tuple[Criterion, ...] = ()
    words = fields.long_text(
        _l("Words to the startup"),
        description=_l("What concerns the whole; sent to the startup."),
        length=2000,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for criterion in self.criteria:
            self[f"{criterion}_met"].choices = [("yes", gettext("Met")), ("no", gettext("Lacking"))]

    def findings(self) -> dict[Criterion, FindingFacts]:
        """What was found; a criterion without a choice is left out."""
        return {
            criterion: FindingFacts(
                self[f"{criterion}_met"].data == "yes", self[f"{criterion}_words"].data or ""
            )
            for criterion in self.criteria
            if self[f"{criterion}_met"].data
        }


def review_form(application: ListingApplication) -> ReviewForm:
    """The checklist for this application; the findings of the round before stand in it to begin with."""
    criteria = CRITERIA_OF[application.kind]
    parts: dict[str, Any] = {"criteria": criteria}
    for criterion in criteria:
        label = _l(CRITERION_LABELS[criterion])
        parts[f"{criterion}_met"] = RadioField(label)
        parts[f"{criterion}_words"] = fields.text(_l("What the board found"), length=1000)
    before = application.findings_of(application.rounds - 1)
    data = {f"{name}_words": finding.words for name, finding in before.items()}
    data |= {f"{name}_met": "yes" if finding.met else "no" for name, finding in before.items()}
    form: ReviewForm = type("ReviewForm", (ReviewForm,), parts)(data=data)
    if not form.is_submitted():
        form.expected_version.data = str(application.version)
    return form
