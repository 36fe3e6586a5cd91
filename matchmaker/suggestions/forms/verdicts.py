"""The form that puts a suggestion away."""

from __future__ import annotations

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import RadioField

from matchmaker.suggestions.states import DISMISS_LABELS, REASONS_OF, DismissReason, Side
from matchmaker.web import fields
from matchmaker.web.forms import Form


class DismissForm(Form):
    """Why a suggestion is put away: one of the reasons of a side, and a few words."""

    reason = RadioField(
        _l("Why does it not fit?"),
        [fields.required(_l("Choose the reason that comes nearest."))],
        validate_choice=False,
    )
    note = fields.text(
        _l("In a few words"),
        description=_l("Needed for “another reason”. Only your own side reads it."),
        length=300,
    )

    @classmethod
    def of(cls, side: Side, version: int) -> DismissForm:
        """The form with the reasons that this side may give."""
        form = cls()
        form.reason.choices = [(each.value, gettext(DISMISS_LABELS[each])) for each in REASONS_OF[side]]
        if side is Side.AGENCY:
            form.note.description = _l(
                "Needed for “another reason”. Your agency and the programme office read it."
            )
        if not form.is_submitted():
            form.expected_version.data = str(version)
        return form

    @property
    def chosen(self) -> DismissReason | None:
        """The reason, None where it is none of those known."""
        known = {each.value: each for each in DismissReason}
        return known.get(self.reason.data or "")
