"""Fields that take what people in Taiwan type: amounts with 萬 and separators, ROC dates, local times.

Every validator carries its own message: WTForms speaks Simplified Chinese otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext, lazy_gettext
from werkzeug.datastructures import FileStorage
from wtforms import Field, SelectField, SelectMultipleField, StringField, TextAreaField, widgets
from wtforms.utils import unset_value
from wtforms.validators import (
    Email,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    StopValidation,
    ValidationError,
)

from matchmaker.kernel.dates import InvalidDate, instant_at, parse_date, to_taipei
from matchmaker.kernel.decision import deny
from matchmaker.kernel.identifiers import InvalidIdentifier
from matchmaker.kernel.money import InvalidMoney, parse_twd, plain_width
from matchmaker.web.words import refusal

SHORT = 120
LONG = 5000


class _Given(InputRequired):
    """Something other than blanks must be there; a value that could not be read keeps its own error."""

    def __call__(self, form: Any, field: Any) -> None:
        if field.process_errors:
            raise StopValidation
        data = field.data
        if data is False or data in (None, [], ()) or (isinstance(data, str) and not data.strip()):
            raise StopValidation(str(self.message))


def required(message: Any) -> _Given:
    """Refuse an empty field with this sentence (a lazy translation)."""
    return _Given(message=message)


def at_most(length: int) -> Length:
    return Length(max=length, message=lazy_gettext("Use at most %(n)s characters.", n=length))


def at_least(length: int) -> Length:
    return Length(min=length, message=lazy_gettext("Write at least %(n)s characters.", n=length))


def between(low: int, high: int) -> NumberRange:
    return NumberRange(
        low, high, lazy_gettext("Enter a number from %(low)s to %(high)s.", low=low, high=high)
    )


def email() -> Email:
    return Email(message=lazy_gettext("Enter an e-mail address such as name@example.org."))


def optional() -> Optional:
    return Optional()


def strip(value: str | None) -> str | None:
    """Trim, and drop what a browser or a paste may smuggle in (NUL, carriage returns)."""
    if value is None:
        return None
    return value.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").strip()


def hundredths(value: int) -> str:
    """50 hundredths of a percent as 0.5."""
    shown = f"{Decimal(value) / 100:f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def text(label: Any, *validators: Any, description: Any = "", length: int = SHORT) -> StringField:
    """A line of text."""
    return StringField(label, [*validators, at_most(length)], filters=[strip], description=description)


def long_text(label: Any, *validators: Any, description: Any = "", length: int = LONG) -> TextAreaField:
    """Several paragraphs of plain text."""
    return TextAreaField(label, [*validators, at_most(length)], filters=[strip], description=description)


class Parsed(Field):
    """A line of text that is read into a value; keeps what was typed when it cannot be read."""

    widget = widgets.TextInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.show(self.data) if self.data is not None else ""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        typed = valuelist[0].strip() if valuelist else ""
        if not typed:
            self.data = None
            return
        try:
            self.data = self.read(typed)
        except (InvalidDate, InvalidMoney, InvalidIdentifier) as error:
            self.data = None
            raise ValueError(refusal(deny(error.reason))) from None

    def pre_validate(self, form: Any) -> None:
        """What could not be read has said so; whether it is too large is no question any more."""
        if self.process_errors:
            raise StopValidation

    def read(self, typed: str) -> Any:
        raise NotImplementedError

    def show(self, value: Any) -> str:
        return str(value)


class MoneyField(Parsed):
    """Whole NT$; takes 1,800,000, １８０萬, NT$1.8 million."""

    def read(self, typed: str) -> int:
        return parse_twd(typed)

    def show(self, value: int) -> str:
        return f"{value:,}"


class DayField(Parsed):
    """A calendar day; takes 2026-12-15, 115/12/15, 民國115年12月15日."""

    def read(self, typed: str) -> date:
        return parse_date(typed)

    def show(self, value: date) -> str:
        return value.isoformat()


class WholeField(Parsed):
    """A whole number, full-width digits taken."""

    def read(self, typed: str) -> int:
        plain = plain_width(typed).replace(",", "").strip()
        if not re.fullmatch(r"-?[0-9]{1,15}", plain):
            raise ValueError(gettext("Enter a whole number."))
        return int(plain)


class MilliField(Parsed):
    """A number with at most three decimals, kept as thousandths so that it stays exact."""

    def read(self, typed: str) -> int:
        try:
            value = Decimal(plain_width(typed).replace(",", "").strip()) * 1000
        except InvalidOperation:
            raise ValueError(gettext("Enter a number, for example 12.5.")) from None
        if not value.is_finite() or abs(value) > 10**15 or value != value.to_integral_value():
            raise ValueError(gettext("Enter a number with at most three decimals."))
        return int(value)

    def show(self, value: int) -> str:
        shown = f"{Decimal(value) / 1000:f}"
        return shown.rstrip("0").rstrip(".") if "." in shown else shown


class PercentField(Parsed):
    """A percentage with at most two decimals, kept as hundredths of a percent so that it stays exact."""

    def read(self, typed: str) -> int:
        try:
            value = Decimal(plain_width(typed).replace("%", "").strip()) * 100
        except InvalidOperation:
            raise ValueError(gettext("Enter a percentage, for example 0.5.")) from None
        if not value.is_finite() or abs(value) > 10**6 or value != value.to_integral_value():
            raise ValueError(gettext("Enter a percentage with at most two decimals."))
        return int(value)

    def show(self, value: int) -> str:
        return hundredths(value)


class MomentField(Parsed):
    """A day and a time in Taipei; data is an instant in UTC.

    Two inputs, ``name`` and ``name-time``; a day that carries its time (2026-12-15T17:00) is taken too.
    """

    def __init__(self, *args: Any, default_time: time = time(17, 0), **kwargs: Any) -> None:
        self.default_time = default_time
        self.typed_time = ""
        super().__init__(*args, **kwargs)

    @property
    def time_value(self) -> str:
        """What stands in the time input."""
        if self.typed_time:
            return self.typed_time
        shown = to_taipei(self.data).time() if isinstance(self.data, datetime) else self.default_time
        return shown.strftime("%H:%M")

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        if formdata is not None:
            self.typed_time = str(formdata.get(f"{self.name}-time", ""))[:8].strip()
        super().process(formdata, data, extra_filters)

    def read(self, typed: str) -> datetime:
        head, _, tail = plain_width(typed).replace("T", " ").strip().rpartition(" ")
        clock = tail if ":" in tail else plain_width(self.typed_time)
        day = parse_date(head if ":" in tail else typed)
        if not clock:
            return instant_at(day, self.default_time)
        found = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::[0-5][0-9])?", clock)
        if found is None:
            raise ValueError(gettext("Enter the time as 17:00."))
        return instant_at(day, time(int(found[1]), int(found[2])))

    def show(self, value: datetime) -> str:
        return to_taipei(value).date().isoformat()


class WordsField(Parsed):
    """Key words in one line, with commas of any width between them; data is a list without doubles."""

    most, longest = 20, 40

    def read(self, typed: str) -> list[str]:
        words = [word.strip() for word in re.split(r"[,，、;；\n]", typed)]
        found = list(dict.fromkeys(word for word in words if word))
        if len(found) > self.most or any(len(word) > self.longest for word in found):
            raise ValueError(
                gettext(
                    "Use at most %(most)s key words of %(longest)s characters each.",
                    most=self.most,
                    longest=self.longest,
                )
            )
        return found

    def show(self, value: list[str]) -> str:
        return gettext(", ").join(value)


class IdentifierField(Parsed):
    """A number with a rule of its own; ``reader`` is a parser of the kernel."""

    def __init__(
        self, label: Any, validators: Any = (), *, reader: Callable[[str], str], **kwargs: Any
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.reader = reader

    def read(self, typed: str) -> str:
        return self.reader(typed)


class ChoiceField(SelectField):
    """A select whose options are set per form; an empty first option asks to choose."""

    def __init__(
        self, label: Any, validators: Any = (), *, required_message: Any = None, **kwargs: Any
    ) -> None:
        kwargs.setdefault("choices", [])
        kwargs.setdefault("coerce", lambda value: value or None)
        super().__init__(label, validators, **kwargs)
        self.required_message = required_message

    def pre_validate(self, form: Any) -> None:
        known = {str(value) for value, *_ in self.iter_choices()}
        if self.data is None or self.data == "":
            if self.required_message is not None:
                raise ValidationError(str(self.required_message))
            return
        if str(self.data) not in known:
            raise ValidationError(gettext("Choose one of the options."))


class RadioField(ChoiceField):
    """One of a few, as radio buttons."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.RadioInput()


class ChoicesField(SelectMultipleField):
    """Check boxes."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()

    def pre_validate(self, form: Any) -> None:
        known = {str(value) for value, *_ in self.iter_choices()}
        if any(str(value) not in known for value in self.data or []):
            raise ValidationError(gettext("Choose among the options."))


class UploadField(Field):
    """One file; data is a FileStorage or None."""

    widget = widgets.FileInput()

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        file = valuelist[0] if valuelist else None
        self.data = file if isinstance(file, FileStorage) and file.filename else None

    def _value(self) -> str:
        return ""
