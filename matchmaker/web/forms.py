"""The form that every page uses: protected, idempotent, versioned, and honest about stale edits."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from flask import Response, flash, make_response, render_template, request
from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms import Field, FieldList, FormField, HiddenField
from wtforms.fields.choices import SelectFieldBase
from wtforms.i18n import get_translations

from matchmaker.foundation.i18n import language
from matchmaker.kernel.errors import Change, Invalid, Refused, Stale
from matchmaker.web import fields
from matchmaker.web.words import refusal, shown


class Form(FlaskForm):
    """Base of all forms that change something."""

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: Any) -> Any:
            locale = "zh_TW" if language().startswith("zh") else "en"
            return get_translations([locale])

    idempotency_key: HiddenField | None = HiddenField(default=lambda: secrets.token_urlsafe(18))
    expected_version = HiddenField()

    @property
    def version(self) -> int | None:
        """The version of the thing when the form was made; None where the form carries none."""
        raw = self.expected_version.data
        return int(raw) if raw and str(raw).isdigit() and len(str(raw)) < 10 else None

    def take(self, problems: Invalid) -> None:
        """Put the problems an operation found at their fields; unknown names stand above the form.

        A field in a row is named as in the page: ``breaks-0-unit_price``. The form's own prefix is left out.
        """
        known = {field.name: field for field in _flat(self)} | self._fields
        for name, denial in problems.problems.items():
            field = known.get(name)
            if field is None:
                self.form_errors.append(refusal(denial))
            else:
                field.errors = [*field.errors, refusal(denial)]

    def take_refusal(self, refused: Refused) -> None:
        """Show a policy's no above the form, with what was typed kept."""
        self.form_errors.append(refusal(refused.denial))


def _flat(fields_: Any) -> Iterator[Field]:
    """All fields, those in rows and in parts of the form too."""
    for field in fields_:
        yield field
        if isinstance(field, FieldList):
            yield from _flat(field.entries)
        elif isinstance(field, FormField):
            yield from _flat(field.form)


class RowsForm(Form):
    """A form around one list of rows that grows and shrinks without script."""

    rows_name = ""

    @property
    def rows(self) -> Any:
        return self[self.rows_name]

    def change_rows(self) -> bool:
        """Add or remove a row where a button of the list was pressed; True when the page is to be shown again."""
        rows = self.rows
        if f"add-{rows.name}" in request.form:
            if rows.max_entries is None or len(rows.entries) < rows.max_entries:
                rows.append_entry()
            return True
        for index in range(len(rows.entries)):
            if f"remove-{rows.name}-{index}" in request.form:
                entries = [entry.data for entry in rows.entries]
                typed = [_typed(entry) for entry in rows.entries]
                del entries[index], typed[index]
                while rows.entries:
                    rows.pop_entry()
                for data, raw in zip(entries, typed, strict=True):
                    _put_back(rows.append_entry(data), raw)
                return True
        return False


def _typed(entry: Any) -> dict[str, Any]:
    """What stands in the inputs of a row, also where it could not be read."""
    return {field.short_name: field.raw_data for field in entry.form}


def _put_back(entry: Any, typed: dict[str, Any]) -> None:
    for field in entry.form:
        field.raw_data = typed[field.short_name]


class Bare(Form):
    """A form with nothing but its protection, for buttons that post."""


def attempt(form: Form, act: Callable[[], Response | Any], *, template: str, **context: Any) -> Any:
    """Run one operation behind a validated form; on a refusal show the form again with everything typed.

    Answers 422 for bad input, 409 for a refusal or a stale edit; whatever was written is rolled back.
    """
    if not form.validate():
        return unprocessable(form, template, **context)
    try:
        return act()
    except Invalid as problems:
        form.take(problems)
        return unprocessable(form, template, **context)
    except Refused as refused:
        form.take_refusal(refused)
        return make_response(render_template(template, form=form, **context), 409)
    except Stale as stale:
        return stale_answer(form, stale, template, **context)


def unprocessable(form: Form, template: str, **context: Any) -> Response:
    """The form again, with its errors, as 422."""
    return make_response(render_template(template, form=form, **context), 422)


def stale_answer(form: Form, stale: Stale, template: str, **context: Any) -> Response:
    """The form again with what was typed, saying who changed what since it was opened.

    ``entity`` in the context (when given) provides the stored values; its version becomes the form's, so
    that sending once more overwrites knowingly.
    """
    entity = context.get("entity")
    conflict = Stale(by=stale.by, at=stale.at, changes=_changes(form, entity))
    if entity is not None:
        form.expected_version.data = str(entity.version)
        form.expected_version.raw_data = None
    return make_response(render_template(template, form=form, conflict=conflict, **context), 409)


def _changes(form: Form, entity: Any) -> list[Change]:
    """The fields whose stored value reads otherwise than the typed one."""
    if entity is None:
        return []
    changes = []
    for field in form:
        if isinstance(field, _NOT_COMPARED) or not hasattr(entity, field.short_name):
            continue
        theirs, yours = _read(field, getattr(entity, field.short_name)), _read(field, field.data)
        if theirs != yours:
            changes.append(Change(str(field.label.text), theirs, yours))
    return changes


_NOT_COMPARED = (HiddenField, FieldList, FormField, fields.UploadField)
"""Fields whose difference no single line would tell."""


def _read(field: Field, value: Any) -> str:
    """A value of the field as its reader would say it: the option's words, the day, the amount."""
    if value is None or value == "" or value == []:
        return ""
    if isinstance(field, SelectFieldBase):
        words = {str(key): str(label) for key, label, *_ in field.iter_choices()}
        chosen = value if isinstance(value, list) else [value]
        return gettext(", ").join(words.get(str(key), str(key)) for key in chosen)
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(field, fields.Parsed) and not isinstance(value, datetime | date):
        return field.show(value)
    return str(shown(value))


def said(message: str, **params: object) -> None:
    """Tell the person that it is done (message is an English msgid marked with N_)."""
    flash(gettext(message, **params), "success")
