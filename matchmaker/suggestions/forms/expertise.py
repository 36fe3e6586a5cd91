"""The form in which a juror writes what they know: shape only."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from matchmaker.suggestions.states import LONGEST_EXPERTISE
from matchmaker.web import fields
from matchmaker.web.forms import Form


class ExpertiseForm(Form):
    """One text in the juror's own words, in Chinese, in English or in both."""

    words = fields.long_text(_l("What I know"), length=LONGEST_EXPERTISE)
