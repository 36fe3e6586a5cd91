"""Dates: periods, working days, the ROC calendar, and the bridge between local days and UTC instants.

Nothing here reads a clock. A *day* is a ``date`` in Taiwan; a *moment* is an aware ``datetime``.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from matchmaker.kernel.decision import Reason
from matchmaker.kernel.money import is_chinese, plain_width
from matchmaker.kernel.words import N_

TAIPEI = ZoneInfo("Asia/Taipei")

FIRST_YEAR = 1912
"""The first year of the ROC calendar and the earliest year that is read."""
LAST_YEAR = 2199
"""The latest year that is read; far later years are typing errors."""

EMPTY = Reason("date.empty", N_("Enter a date."))
NOT_A_DATE = Reason("date.not_a_date", N_("Enter a date such as 2026-12-15 or 115/12/15."))
IMPOSSIBLE = Reason("date.impossible", N_("This day does not exist in the calendar."))
OUT_OF_RANGE = Reason("date.out_of_range", N_("The year of this date is out of range."))


class InvalidDate(ValueError):
    """A text that is not a date; ``reason`` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.message)
        self.reason = reason

    @property
    def code(self) -> str:
        """The stable name of the reason, such as ``date.impossible``."""
        return self.reason.code


SATURDAY = 5
"""The first day of the weekend, as ``date.weekday`` counts."""


class UnknownYear(LookupError):
    """No calendar of working days is loaded for this year; the answer is unknown, not a guess."""

    def __init__(self, year: int) -> None:
        super().__init__(f"the working days of {year} are not known")
        self.year = year


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A range of days, both ends included.

    :raises ValueError: the end lies before the start.
    """

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError("a period cannot end before it starts")

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    @property
    def days(self) -> int:
        """Number of days, both ends counted."""
        return (self.end - self.start).days + 1

    def overlaps(self, other: Period) -> bool:
        """Whether at least one day belongs to both."""
        return self.start <= other.end and other.start <= self.end

    @property
    def crosses_years(self) -> bool:
        """Whether start and end lie in different fiscal years."""
        return self.start.year != self.end.year


# Reading and writing days


_SEPARATED = re.compile(r"([0-9]{1,4})\s*[-/.]\s*([0-9]{1,2})\s*[-/.]\s*([0-9]{1,2})", re.ASCII)
_NAMED = re.compile(r"(?:西元)?\s*([0-9]{1,4})\s*年\s*([0-9]{1,2})\s*月\s*([0-9]{1,2})\s*日", re.ASCII)
_COMPACT = re.compile(r"([0-9]{3,4})([0-9]{2})([0-9]{2})", re.ASCII)
_ERA = re.compile(r"(?:中華民國|民國)\s*")


def parse_date(text: str) -> date:
    """Read a day as a person types it: Western (four-digit year) or ROC (up to three digits).

    ``2026-12-15``, ``2026/12/15``, ``115/12/15``, ``民國115年12月15日``, ``20261215``, ``1151215``;
    full-width digits are taken.

    :raises InvalidDate: empty, not a date, a day that does not exist, or a year outside
        ``FIRST_YEAR``-``LAST_YEAR``.
    """
    if not isinstance(text, str):
        raise InvalidDate(NOT_A_DATE)
    if len(text) > 60:
        raise InvalidDate(NOT_A_DATE)
    plain = plain_width(text).strip()
    if not plain:
        raise InvalidDate(EMPTY)
    era = _ERA.match(plain)
    body = plain[era.end() :] if era else plain
    match = _SEPARATED.fullmatch(body) or _NAMED.fullmatch(body) or _COMPACT.fullmatch(body)
    if match is None:
        raise InvalidDate(NOT_A_DATE)
    year_text, month, day = match.groups()
    is_roc = era is not None or len(year_text) < 4
    if era is not None and len(year_text) == 4:
        raise InvalidDate(NOT_A_DATE)
    year = int(year_text) + (1911 if is_roc else 0)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise InvalidDate(OUT_OF_RANGE)
    try:
        return date(year, int(month), int(day))
    except ValueError:
        raise InvalidDate(IMPOSSIBLE) from None


def roc_year(year: int) -> int:
    """The ROC year of a Western year: 2026 is 115."""
    return year - 1911


def roc(day: date, *, era: bool = False) -> str:
    """``115 年 12 月 15 日``, or with ``era`` ``民國 115 年 12 月 15 日``.

    Days before 1912 are written ``民國前 N 年`` in both forms, since a bare number would mislead.
    """
    year = roc_year(day.year)
    if year < 1:
        return f"民國前 {1 - year} 年 {day.month} 月 {day.day} 日"
    return f"{'民國 ' if era else ''}{year} 年 {day.month} 月 {day.day} 日"


_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def format_day(day: date, language: str) -> str:
    """``115 年 12 月 15 日`` in Chinese, ``15 December 2026`` in English."""
    return roc(day) if is_chinese(language) else f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def format_moment(moment: datetime, language: str) -> str:
    """Day and time in Taiwan with the offset: ``15 December 2026, 17:00 (UTC+8)`` and its Chinese form.

    :raises ValueError: a moment without time zone.
    """
    local = to_taipei(moment)
    clock = f"{local.hour:02d}:{local.minute:02d}"
    if is_chinese(language):
        return f"{format_day(local.date(), language)} {clock}（{_offset(local)}）"
    return f"{format_day(local.date(), language)}, {clock} ({_offset(local)})"


def _offset(local: datetime) -> str:
    # Taiwan kept summer time until 1979, so the offset is asked for, not assumed.
    seconds = int((local.utcoffset() or timedelta()).total_seconds())
    hours, minutes = divmod(seconds // 60, 60)
    return f"UTC+{hours}" + (f":{minutes:02d}" if minutes else "")


# Local days and UTC instants


def to_taipei(moment: datetime) -> datetime:
    """The moment on a clock in Taiwan.

    :raises ValueError: a moment without time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment.astimezone(TAIPEI)


def local_day(moment: datetime) -> date:
    """The day in Taiwan on which the moment lies.

    :raises ValueError: a moment without time zone.
    """
    return to_taipei(moment).date()


def instant_at(day: date, clock: time) -> datetime:
    """The UTC instant of a time of day in Taiwan."""
    return datetime.combine(day, clock, tzinfo=TAIPEI).astimezone(UTC)


def start_of_day(day: date) -> datetime:
    """The UTC instant at which the day begins in Taiwan."""
    return instant_at(day, time.min)


def end_of_day(day: date) -> datetime:
    """The first UTC instant after the day: *until 8 March* is in time if before 9 March 00:00 in Taiwan."""
    return start_of_day(day + timedelta(days=1))


# Periods of law


def add_months(event: date, months: int) -> date:
    """The last day of a period of months that an event starts, before any move to a working day.

    Administrative Procedure Act art. 48: the day of the event is not counted; the period ends on the day
    before the one that corresponds to the first counted day; where the last month has no such day, on that
    month's last day. 15 May and one month is 15 June; 31 January 2024 is 29 February; 30 April, counted
    from 1 May, is 31 May.

    :raises ValueError: a negative number of months.
    :raises OverflowError: an end beyond the year 9999.
    """
    if months < 0:
        raise ValueError("a period cannot be negative")
    if months == 0:
        return event
    first = event + timedelta(days=1)
    index = first.year * 12 + first.month - 1 + months
    year, month = divmod(index, 12)
    if year > 9999:
        raise OverflowError("the period ends beyond the calendar")
    last_of_month = monthrange(year, month + 1)[1]
    if first.day > last_of_month:
        return date(year, month + 1, last_of_month)
    return date(year, month + 1, first.day) - timedelta(days=1)


def add_years(event: date, years: int) -> date:
    """The last day of a period of years, counted like ``add_months``."""
    return add_months(event, years * 12)


def anniversary(day: date, years: int) -> date:
    """The same day ``years`` later; 29 February becomes 28 February where the year has none.

    A condition such as "founded within five years" is tested against it; it is no time limit and never
    moves (C5).
    """
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 2, 28)


def fiscal_year(day: date) -> int:
    """The fiscal year a day belongs to: in Taiwan the calendar year (Western number)."""
    return day.year


# Working days


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """How one year's working days are known: where from, and how certain (H, M or L)."""

    year: int
    source: str
    certainty: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working days of the years it knows.

    Saturdays and Sundays are days off but for make-up working days; holidays are days off.
    A year without data raises ``UnknownYear``, but for ``nearest_working``, which knows its weekends.
    """

    holidays: Mapping[date, str]
    make_up: frozenset[date]
    years: Mapping[int, CalendarYear] = field(default_factory=dict)

    @classmethod
    def of(
        cls, holidays: Mapping[date, str], make_up: Iterable[date], years: Iterable[CalendarYear]
    ) -> Calendar:
        """A calendar from day rows, ready-made for importing staff tables as well as bundled data."""
        return cls(dict(holidays), frozenset(make_up), {each.year: each for each in years})

    def knows(self, day: date) -> bool:
        """Whether the day's year is loaded."""
        return day.year in self.years

    def is_working(self, day: date) -> bool:
        """Whether offices work on this day.

        :raises UnknownYear: the year is not loaded.
        """
        if day.year not in self.years:
            raise UnknownYear(day.year)
        if day in self.make_up:
            return True
        return day.weekday() < SATURDAY and day not in self.holidays

    def next_working(self, day: date) -> date:
        """The day itself if offices work, else the next day on which they do.

        :raises UnknownYear: the search reaches a year that is not loaded.
        """
        while not self.is_working(day):
            day += timedelta(days=1)
        return day

    def previous_working(self, day: date) -> date:
        """The day itself if offices work, else the last day before it on which they do.

        :raises UnknownYear: the search reaches a year that is not loaded.
        """
        while not self.is_working(day):
            day -= timedelta(days=1)
        return day

    def nearest_working(self, day: date, step: int = 1) -> date:
        """The day itself if offices work, else the next one on which they do, or with ``step`` -1 the one before.

        Never fails: a year that is not loaded has its Saturdays and Sundays off like every other. Whether a holiday
        moves the day further is then unknown, and ``knows`` says so.
        """
        while not (self.is_working(day) if self.knows(day) else day.weekday() < SATURDAY):
            day += timedelta(days=step)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after ``start`` up to and with ``end``: *working days left* seen from ``start``.

        Negative where the end lies before the start.

        :raises UnknownYear: a day of the range lies in a year that is not loaded.
        """
        if end < start:
            return -self.working_days_between(end, start)
        for year in range(start.year, end.year + 1):
            if year not in self.years:
                raise UnknownYear(year)
        return sum(self.is_working(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))

    def period_end(self, event: date, months: int) -> date:
        """The last day of a legal period of months, moved to the next working day where it is a day off.

        :raises UnknownYear: the end lies in a year that is not loaded.
        """
        return self.next_working(add_months(event, months))
