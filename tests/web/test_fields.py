"""Fields take what people in Taiwan type, say what they cannot take, and keep it in sight."""

import contextlib
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, StringField

from matchmaker.kernel.dates import InvalidDate, parse_date
from matchmaker.kernel.identifiers import InvalidIdentifier, parse_ubn
from matchmaker.kernel.money import InvalidMoney, parse_twd
from matchmaker.web import fields
from matchmaker.web.forms import Form


class Sample(Form):
    name = fields.text("Name", fields.required("Enter a name."), length=10)
    note = fields.long_text("Note", fields.at_least(3), length=20)
    mail = fields.text("Mail", fields.optional(), fields.email())
    amount = fields.MoneyField("Amount")
    day = fields.DayField("Day")
    moment = fields.MomentField("Moment")
    number = fields.WholeField("Number", [fields.optional(), fields.between(1, 100)])
    measure = fields.MilliField("Measure")
    ubn = fields.IdentifierField("Number of a company", reader=parse_ubn)
    words = fields.WordsField("Words")
    choice = fields.ChoiceField("Choice", required_message="Choose.")
    several = fields.ChoicesField("Several")
    consent = BooleanField("Consent", [fields.required("Agree.")])

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.choice.choices = [("", "-"), ("a", "A"), ("b", "B")]
        self.several.choices = [("a", "A"), ("b", "B")]


@pytest.fixture(params=["en", "zh_Hant_TW"])
def language(request):
    return request.param


@pytest.fixture
def fill(app):
    """The sample form filled by a post."""

    def make(language="en", **typed):
        with app.test_request_context(f"/?lang={language}", method="POST"):
            form = Sample(MultiDict(typed), meta={"csrf": False})
            form.validate()
            return form

    return make


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1800000", 1_800_000),
        ("1,800,000", 1_800_000),
        ("１，８００，０００", 1_800_000),
        ("NT$1,800,000", 1_800_000),
        ("180萬", 1_800_000),
        ("１８０萬元", 1_800_000),
        ("0", 0),
        ("", None),
        ("   ", None),
    ],
)
def test_money_as_people_write_it(fill, typed, value):
    form = fill(amount=typed)
    assert (form.amount.data, form.amount.errors) == (value, [])
    assert form.amount.data is None or isinstance(form.amount.data, int)


@pytest.mark.parametrize(
    "typed", ["-5", "1.5", "1e309", "NaN", "inf", "9" * 40, "1,80,0000", "abc", "<b>", "壹佰"]
)
def test_money_that_cannot_be_says_why_and_stays(fill, language, typed):
    form = fill(language, amount=typed)
    assert form.amount.data is None
    [words] = form.amount.errors
    assert any("\u4e00" <= c <= "\u9fff" for c in words) == (language != "en")
    assert form.amount._value() == typed


@pytest.mark.parametrize(
    "typed",
    [
        "2026-12-15",
        "2026/12/15",
        "115/12/15",
        "115.12.15",
        "民國115年12月15日",
        "１１５／１２／１５",
        " 115-12-15 ",
    ],
)
def test_days_of_both_calendars(fill, typed):
    assert fill(day=typed).day.data == date(2026, 12, 15)


@pytest.mark.parametrize("typed", ["115/2/30", "2026-13-01", "0/1/1", "99999-01-01", "tomorrow", "31/12"])
def test_days_that_do_not_exist(fill, language, typed):
    form = fill(language, day=typed)
    assert form.day.data is None
    assert len(form.day.errors) == 1
    assert form.day._value() == typed


@pytest.mark.parametrize(
    ("typed", "clock", "value"),
    [
        ("115/12/15", "17:00", datetime(2026, 12, 15, 9, 0, tzinfo=UTC)),
        ("115/12/15", "", datetime(2026, 12, 15, 9, 0, tzinfo=UTC)),
        ("115/12/15", "9:30", datetime(2026, 12, 15, 1, 30, tzinfo=UTC)),
        ("１１５／１２／１５", "０９：３０", datetime(2026, 12, 15, 1, 30, tzinfo=UTC)),
        ("2026-12-15T00:00", "", datetime(2026, 12, 14, 16, 0, tzinfo=UTC)),
        ("2026-12-15 23:59", "08:00", datetime(2026, 12, 15, 15, 59, tzinfo=UTC)),
    ],
)
def test_moments_are_meant_in_taipei_and_kept_in_utc(fill, typed, clock, value):
    form = fill(**{"moment": typed, "moment-time": clock})
    assert form.moment.errors == []
    assert form.moment.data == value


@pytest.mark.parametrize("clock", ["25:00", "17", "noon", "17:60", "17.00", "-1:00"])
def test_times_that_do_not_exist(fill, language, clock):
    form = fill(language, **{"moment": "115/12/15", "moment-time": clock})
    [words] = form.moment.errors
    assert "17:00" in words
    assert form.moment.time_value == clock
    assert form.moment._value() == "115/12/15"


@pytest.mark.parametrize(
    ("typed", "value"), [("12", 12), ("１２", 12), ("1,00", 100), ("", None), (" 7 ", 7)]
)
def test_whole_numbers(fill, typed, value):
    form = fill(number=typed)
    assert (form.number.data, form.number.errors) == (value, [])


@pytest.mark.parametrize("typed", ["0", "101", "-1", "--5", "1.5", "5-", "²", "1e3", "9" * 30, "五"])
def test_numbers_that_cannot_be(fill, language, typed):
    form = fill(language, number=typed)
    [words] = form.number.errors
    assert "invalid literal" not in words
    assert any("\u4e00" <= c <= "\u9fff" for c in words) == (language != "en")


@pytest.mark.parametrize(
    ("typed", "value", "shown"),
    [
        ("12.5", 12_500, "12.5"),
        ("１２．５", 12_500, "12.5"),
        ("-0.125", -125, "-0.125"),
        ("1,000", 1_000_000, "1000"),
    ],
)
def test_measures_are_exact_to_three_decimals(fill, typed, value, shown):
    field = fill(measure=typed).measure
    assert (field.data, field.show(field.data)) == (value, shown)


@pytest.mark.parametrize("typed", ["1.2345", "NaN", "Infinity", "1e400", "abc", "9" * 30])
def test_measures_that_cannot_be(fill, language, typed):
    assert len(fill(language, measure=typed).measure.errors) == 1


@given(st.text(max_size=40))
def test_whatever_is_typed_no_parser_breaks(typed):
    """A parser answers every text with a value or with its own refusal, which a field turns into words."""
    for parse, refusal in (
        (parse_date, InvalidDate),
        (parse_twd, InvalidMoney),
        (parse_ubn, InvalidIdentifier),
    ):
        with contextlib.suppress(refusal):
            assert parse(typed) is not None


def test_identifiers_are_read_and_refused_by_their_rule(fill, language):
    assert fill(language, ubn="２２０９-９１３１").ubn.data == "22099131"
    field = fill(language, ubn="12345678").ubn
    assert (field.data, len(field.errors), field._value()) == (None, 1, "12345678")


def test_key_words(fill, language):
    assert fill(words="雷達、 fall detection，雷達;;\nAI").words.data == ["雷達", "fall detection", "AI"]
    assert fill(words="").words.data is None
    assert fill(words=" ,、 ").words.data == []
    for typed in (",".join(map(str, range(21))), "x" * 41):
        field = fill(language, words=typed).words
        assert (len(field.errors), field._value()) == (1, typed)
    assert fill("en").words.show(["a", "b"]) == "a, b"


def test_texts_are_trimmed_and_freed_of_what_pastes_smuggle_in(fill):
    assert fill(name="  a\0b \r\n").name.data == "ab"
    assert fill(note="one\r\ntwo\rthree").note.data == "one\ntwo\nthree"


def test_lengths_are_counted_in_characters(fill, language):
    assert fill(name="臺" * 10).name.errors == []
    [words] = fill(language, name="臺" * 11).name.errors
    assert "10" in words
    assert len(fill(language, note="ab").note.errors) == 1


def test_what_is_needed_is_asked_for_once(fill):
    form = fill(name="   ", choice="", several="")
    assert form.name.errors == ["Enter a name."]
    assert form.choice.errors == ["Choose."]
    assert form.consent.errors == ["Agree."]
    assert fill(consent="y").consent.errors == []


def test_addresses_of_mail(fill, language):
    for good in ("a@example.org", "王@example.org", ""):
        assert fill(mail=good).mail.errors == []
    for bad in ("a", "a@", "@b", "a@b@c", "a b@example.org", "a@example", "a\r\nBcc: x@example.org"):
        [words] = fill(language, mail=bad).mail.errors
        assert "name@example.org" in words


def test_only_the_offered_options_are_taken(fill, language):
    assert fill(choice="a").choice.errors == []
    assert len(fill(language, choice="c").choice.errors) == 1
    with_two = fill(language, several="a")
    assert with_two.several.errors == []
    assert len(fill(language, several="made-up").several.errors) == 1


def test_a_needed_number_of_zero_is_given(app):
    class Zero(Form):
        amount = fields.MoneyField("Amount", [fields.required("Enter it.")])
        plain = StringField("Plain", [fields.required("Enter it.")])

    with app.test_request_context(method="POST"):
        form = Zero(MultiDict({"amount": "0", "plain": "0"}), meta={"csrf": False})
        assert form.validate()
        form = Zero(MultiDict({"amount": "x", "plain": ""}), meta={"csrf": False})
        assert not form.validate()
        assert len(form.amount.errors) == 1
