"""The form of every page: what an operation says comes back to it, and a stale edit says what differs."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import pytest
from flask import Response
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField

from matchmaker.kernel.decision import Reason, deny
from matchmaker.kernel.errors import Invalid, Refused, Stale
from matchmaker.people.states import ORGANIZATION_LIFE, OrganizationState
from matchmaker.web import fields
from matchmaker.web.forms import Bare, Form, attempt
from matchmaker.web.words import shown
from tests.world import NOW

NO = Reason("test.no", "Only the programme office can do this.")


class Thing(Form):
    title = fields.text("Title", fields.required("Enter a title."))
    county = fields.ChoiceField("County")
    domains = fields.ChoicesField("Domains")
    amount = fields.MoneyField("Amount")
    day = fields.DayField("Day")
    at = fields.MomentField("At")
    tags = fields.WordsField("Key words")
    public = BooleanField("Public")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.county.choices = [("", "-"), ("5", "Keelung"), ("7", "Taipei")]
        self.domains.choices = [("care", "Smart care"), ("safety", "Smart safety")]


@dataclass
class Stored:
    title: str = "Old"
    county: int | None = 5
    domains: list = field(default_factory=lambda: ["care"])
    amount: int | None = 1_000_000
    day: date | None = date(2026, 12, 15)
    at: datetime | None = datetime(2026, 12, 15, 9, 0, tzinfo=UTC)
    tags: list = field(default_factory=lambda: ["a", "b"])
    public: bool = True
    version: int = 4


SAME = {
    "title": "Old",
    "county": "5",
    "domains": "care",
    "amount": "1,000,000",
    "day": "2026-12-15",
    "at": "2026-12-15",
    "at-time": "17:00",
    "tags": "a, b",
    "public": "y",
    "expected_version": "3",
}


@pytest.fixture
def run(app, monkeypatch):
    """Send the form with an operation behind it; returns (status, form, conflict)."""
    drawn = {}

    def render(template, **context):
        drawn.update(context)
        return "the page"

    monkeypatch.setattr("matchmaker.web.forms.render_template", render)

    def send(act, language="en", entity=None, **typed):
        drawn.clear()
        with app.test_request_context(f"/?lang={language}", method="POST"):
            form = Thing(MultiDict({"title": "x", **typed}), meta={"csrf": False})
            answer = attempt(form, act, template="x.html", entity=entity)
        return answer.status_code, form, drawn.get("conflict")

    return send


def raises(error):
    def act():
        raise error

    return act


def test_a_good_form_is_acted_on(run):
    assert run(lambda: Response(status=204))[0] == 204


def test_a_bad_form_never_reaches_the_operation(run):
    status, form, _ = run(raises(AssertionError), title=" ")
    assert (status, form.title.errors) == (422, ["Enter a title."])


@pytest.mark.parametrize(
    ("language", "words"), [("en", NO.message), ("zh_Hant_TW", "只有計畫辦公室可以執行這個動作。")]
)
def test_what_the_operation_found_stands_at_its_field(run, language, words):
    status, form, _ = run(raises(Invalid({"title": deny(NO), "elsewhere": deny(NO)})), language)
    assert status == 422
    assert form.title.errors == [words]
    assert form.form_errors == [words]


def test_a_refusal_stands_above_the_form(run):
    status, form, _ = run(raises(Refused(deny(NO))))
    assert (status, form.form_errors, form.title.data) == (409, [NO.message], "x")


def test_a_stale_edit_says_who_when_and_what_as_people_read_it(run):
    typed = SAME | {
        "title": "New", "county": "7", "domains": "safety", "amount": "200萬", "day": "115/12/16",
        "at-time": "18:00", "tags": "a", "public": "",
    }  # fmt: skip
    del typed["public"]
    status, form, conflict = run(raises(Stale(by="Eve", at=NOW)), entity=Stored(), **typed)
    assert status == 409
    assert (conflict.by, conflict.at) == ("Eve", NOW)
    assert [(c.label, c.theirs, c.yours) for c in conflict.changes] == [
        ("Title", "Old", "New"),
        ("County", "Keelung", "Taipei"),
        ("Domains", "Smart care", "Smart safety"),
        ("Amount", "1,000,000", "2,000,000"),
        ("Day", "15 December 2026", "16 December 2026"),
        ("At", "15 December 2026, 17:00 (UTC+8)", "15 December 2026, 18:00 (UTC+8)"),
        ("Key words", "a, b", "a"),
        ("Public", "Yes", "No"),
    ]
    assert form.expected_version.data == "4"
    assert form.title.data == "New"


def test_what_reads_the_same_does_not_differ(run):
    _, _, conflict = run(raises(Stale(by="Eve")), entity=Stored(), **SAME)
    assert conflict.changes == ()
    empty = Stored(title="x", county=None, domains=[], amount=None, day=None, at=None, tags=[], public=False)
    _, _, conflict = run(raises(Stale()), entity=empty)
    assert conflict.changes == ()


def test_without_the_stored_thing_nothing_is_compared(run):
    status, form, conflict = run(raises(Stale(by="Eve")), expected_version="3")
    assert (status, conflict.changes, form.expected_version.data) == (409, (), "3")


@pytest.mark.parametrize(
    ("typed", "version"),
    [("3", 3), ("", None), ("-1", None), ("1.5", None), ("x", None), ("9" * 12, None)],
)
def test_the_version_a_form_carries(app, typed, version):
    with app.test_request_context(method="POST"):
        form = Bare(MultiDict({"expected_version": typed}), meta={"csrf": False})
        assert form.version == version


@pytest.mark.parametrize(
    ("language", "word", "no"),
    [("en", "Confirmed", NO.message), ("zh_Hant_TW", "已確認", "只有計畫辦公室可以執行這個動作。")],
)
def test_states_and_refusals_in_a_sentence_are_translated(app, language, word, no):
    info = ORGANIZATION_LIFE.info(OrganizationState.CONFIRMED)
    with app.test_request_context(f"/?lang={language}"):
        assert (shown(info), shown(deny(NO)), shown("as it is")) == (word, no, "as it is")
