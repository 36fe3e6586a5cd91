"""Tables taken in: a dry run that shows what would change row by row, then the same for good.

The dry run does what the real one does, by the same verbs, and is rolled back. What is confirmed is what was
shown: should anything come out otherwise in between, nothing is done and the new outcome is shown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import g, make_response, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from wtforms import HiddenField

from matchmaker.foundation import files
from matchmaker.foundation.db import abandon, db
from matchmaker.foundation.files import StoredFile, Upload
from matchmaker.foundation.sheets import Kind, Problem, Reading, Row, Sheet, in_utf8, read
from matchmaker.kernel.decision import Reason, deny
from matchmaker.kernel.errors import Invalid, NotFound, Refused
from matchmaker.kernel.words import N_
from matchmaker.web import fields
from matchmaker.web.access import actor
from matchmaker.web.forms import Form, said, unprocessable
from matchmaker.web.words import refusal

KINDS = {
    Kind.TEXT: N_("text"),
    Kind.WHOLE: N_("a whole number"),
    Kind.MONEY: N_("an amount in NT$"),
    Kind.DAY: N_("a day"),
    Kind.CHOICE: N_("one of a list"),
    Kind.YES_NO: N_("yes or no"),
}
MOST_BYTES = 5 * 1024 * 1024

NO_FILE = Reason("bulk.no_file", N_("Choose a CSV or ODS file."))
OTHERWISE = Reason(
    "bulk.otherwise",
    N_(
        "Something has changed since the dry run. Nothing was done; look at the new outcome and confirm again."
    ),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a row: ``label`` says what was done (an English msgid), ``title`` to what.

    ``changes`` are the fields that differ: label, before, after.
    """

    label: str
    title: str
    changes: Sequence[tuple[str, object, object]] = ()
    tone: str = "open"


@dataclass(frozen=True, slots=True)
class Report:
    """All rows of a file with what became of them, and what is wrong."""

    reading: Reading
    outcomes: Sequence[tuple[Row, Outcome]] = ()
    problems: Sequence[Problem] = field(default_factory=tuple)

    @property
    def digest(self) -> str:
        """A mark of everything that would be done: two dry runs with the same mark do the same."""
        told = repr([(row.number, o.label, o.title, list(o.changes)) for row, o in self.outcomes])
        return hashlib.sha256(told.encode()).hexdigest()


class TableForm(Form):
    """A table to look at; nothing is changed yet."""

    file = fields.UploadField(
        _l("Table"), description=_l("CSV in UTF-8, or ODS; 5 MB and 2,000 rows at most.")
    )


class ConfirmForm(Form):
    """The confirmation of a dry run."""

    upload = HiddenField()
    shown = HiddenField()


def take_in(
    sheet: Sheet,
    apply: Callable[[Row], Outcome],
    *,
    field_of: Mapping[str, str] | None = None,
    done: str,
    **context: Any,
) -> ResponseReturnValue:
    """The page where a table comes in: choose a file, look at the dry run, confirm.

    ``apply`` does one row for good and says what it did; it raises Invalid or Refused. ``field_of`` maps fields of
    its Invalid to keys of columns. ``done`` is where the confirmed ones go; ``context`` is for the template.
    """
    form, confirm = TableForm(), ConfirmForm()
    context = {
        **context,
        "sheet": sheet,
        "kinds": {kind: gettext(label) for kind, label in KINDS.items()},
        "confirm": None,
        "report": None,
        "done": done,
    }
    if not form.is_submitted():
        return render_template("bulk/take_in.html", form=form, **context)
    if confirm.upload.data:
        return _confirmed(sheet, apply, field_of or {}, form, confirm, done, context)
    return _tried(sheet, apply, field_of or {}, form, context)


def _tried(sheet: Sheet, apply: Any, field_of: Mapping[str, str], form: TableForm, context: Any) -> Any:
    try:
        upload = in_utf8(_uploaded(form.file.data))
        reading = read(sheet, _uploaded(form.file.data))
        files.inspect(upload)
    except Refused as refused:
        form.take(Invalid({"file": refused.denial}))
        return unprocessable(form, "bulk/take_in.html", **context)
    report = _run(sheet, reading, apply, field_of)
    abandon()
    if report.problems:
        return make_response(
            render_template("bulk/take_in.html", form=form, **{**context, "report": report}), 422
        )
    stored = files.store(upload, by=actor().ref, at=g.now)
    confirm = ConfirmForm(formdata=None)
    confirm.upload.data, confirm.shown.data = stored.ref, report.digest
    # The next table is another one: the key of this one is spent.
    fresh = TableForm(formdata=None)
    return render_template(
        "bulk/take_in.html", form=fresh, **{**context, "report": report, "confirm": confirm}
    )


def _confirmed(
    sheet: Sheet,
    apply: Any,
    field_of: Mapping[str, str],
    form: TableForm,
    confirm: ConfirmForm,
    done: str,
    context: Any,
) -> Any:
    stored = db.session.scalar(
        select(StoredFile).where(StoredFile.ref == confirm.upload.data, StoredFile.uploaded_by == actor().ref)
    )
    if stored is None or not files.path_of(stored).is_file():
        raise NotFound
    report = _run(
        sheet, read(sheet, Upload(stored.name, files.path_of(stored).read_bytes())), apply, field_of
    )
    if report.problems or report.digest != confirm.shown.data:
        abandon()
        form.form_errors.append(refusal(deny(OTHERWISE)))
        again = ConfirmForm(formdata=None)
        again.upload.data, again.shown.data = stored.ref, report.digest
        shown = {**context, "report": report, "confirm": None if report.problems else again}
        return make_response(render_template("bulk/take_in.html", form=form, **shown), 409)
    said(N_("Done: %(rows)s rows."), rows=len(report.outcomes))
    return redirect(done, 303)


def _uploaded(file: FileStorage | None) -> Upload:
    if file is None:
        raise Refused(deny(NO_FILE))
    file.stream.seek(0)
    return files.read(file.stream, file.filename or "", limit=MOST_BYTES)  # type: ignore[arg-type]


def _run(
    sheet: Sheet, reading: Reading, apply: Callable[[Row], Outcome], field_of: Mapping[str, str]
) -> Report:
    """Do every row that could be read; a row that is refused is told with its column."""
    outcomes, problems = [], list(reading.problems)
    columns = {column.key: column for column in sheet.columns}
    for row in reading.rows:
        try:
            outcomes.append((row, apply(row)))
        except Invalid as wrong:
            problems += [
                Problem(row.number, columns.get(field_of.get(name, name)), denial)
                for name, denial in wrong.problems.items()
            ]
        except Refused as refused:
            problems.append(Problem(row.number, None, refused.denial))
        except NotFound:
            problems.append(Problem(row.number, None, deny(NOT_KNOWN)))
    return Report(reading, outcomes, sorted(problems, key=lambda p: p.row))


NOT_KNOWN = Reason("bulk.not_known", N_("There is nothing of this number that you may change."))
