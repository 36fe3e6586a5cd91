"""Days, moments, periods of law and working days."""

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.kernel.dates import (
    Calendar,
    CalendarYear,
    InvalidDate,
    Period,
    UnknownYear,
    add_months,
    add_years,
    anniversary,
    end_of_day,
    fiscal_year,
    format_day,
    format_moment,
    instant_at,
    local_day,
    parse_date,
    roc,
    start_of_day,
    to_taipei,
)

days = st.dates(min_value=date(1912, 1, 1), max_value=date(2199, 12, 31))

CALENDAR = Calendar.of(
    {date(2024, 1, 1): "開國紀念日", date(2024, 2, 28): "和平紀念日", date(2025, 1, 1): "開國紀念日"},
    [date(2024, 2, 17)],
    [CalendarYear(2024, "test", "H"), CalendarYear(2025, "test", "H")],
)


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-15",
        "2026/12/15",
        "2026.12.15",
        "115/12/15",
        "115-12-15",
        "115.12.15",
        "民國115年12月15日",
        "民國 115 年 12 月 15 日",
        "中華民國115年12月15日",
        "115 年 12 月 15 日",
        "2026年12月15日",
        "西元2026年12月15日",
        "１１５／１２／１５",
        "民國１１５年１２月１５日",
        "1151215",
        "20261215",
        " 2026-12-15 ",
    ],
)
def test_a_day_is_read_as_people_type_it(text: str) -> None:
    assert parse_date(text) == date(2026, 12, 15)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "date.empty"),
        ("soon", "date.not_a_date"),
        ("民國2026年12月15日", "date.not_a_date"),
        ("15/12/2026", "date.not_a_date"),
        ("2026-12", "date.not_a_date"),
        ("2026-12-15T00:00", "date.not_a_date"),
        ("٢٠٢٦-12-15", "date.not_a_date"),
        ("2026-02-30", "date.impossible"),
        ("2026-13-01", "date.impossible"),
        ("113/2/30", "date.impossible"),
        ("2026-00-01", "date.impossible"),
        ("9999-12-31", "date.out_of_range"),
        ("0000-01-01", "date.out_of_range"),
        ("1911-12-31", "date.out_of_range"),
        ("999/1/1", "date.out_of_range"),
        ("0/1/1", "date.out_of_range"),
        ("1" * 100_000, "date.not_a_date"),
        ("2026-12-15" + " " * 300 + "x", "date.not_a_date"),
    ],
)
def test_what_is_not_a_day_is_refused_with_its_code(text: str, code: str) -> None:
    with pytest.raises(InvalidDate) as refusal:
        parse_date(text)
    assert refusal.value.code == code


@given(st.text())
def test_any_text_is_a_day_or_a_typed_refusal(text: str) -> None:
    with suppress(InvalidDate):
        assert 1912 <= parse_date(text).year <= 2199


@given(days)
def test_what_is_written_can_be_read_again(day: date) -> None:
    assert parse_date(day.isoformat()) == day
    assert parse_date(roc(day)) == day
    assert parse_date(roc(day, era=True)) == day


def test_days_and_moments_in_both_languages() -> None:
    day = date(2026, 12, 15)
    assert roc(day) == "115 年 12 月 15 日"
    assert roc(day, era=True) == "民國 115 年 12 月 15 日"
    assert roc(date(1911, 10, 10)) == "民國前 1 年 10 月 10 日"
    assert format_day(day, "en") == "15 December 2026"
    assert format_day(day, "zh-Hant-TW") == "115 年 12 月 15 日"
    moment = datetime(2026, 12, 15, 9, 0, tzinfo=UTC)
    assert format_moment(moment, "en") == "15 December 2026, 17:00 (UTC+8)"
    assert format_moment(moment, "zh-Hant-TW") == "115 年 12 月 15 日 17:00（UTC+8）"
    with pytest.raises(ValueError, match="time zone"):
        format_moment(datetime(2026, 12, 15), "en")  # noqa: DTZ001


def test_a_local_day_is_the_right_stretch_of_utc() -> None:
    assert start_of_day(date(2026, 3, 8)) == datetime(2026, 3, 7, 16, 0, tzinfo=UTC)
    # "until 8 March" means before 9 March 00:00 in Taiwan.
    deadline = end_of_day(date(2026, 3, 8))
    assert deadline == datetime(2026, 3, 8, 16, 0, tzinfo=UTC)
    assert to_taipei(deadline).date() == date(2026, 3, 9)
    assert local_day(deadline - timedelta(microseconds=1)) == date(2026, 3, 8)
    assert instant_at(date(2026, 12, 15), time(17, 0)) == datetime(2026, 12, 15, 9, 0, tzinfo=UTC)
    elsewhere = datetime(2026, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=9)))
    assert local_day(elsewhere) == date(2025, 12, 31)


@given(days)
def test_a_local_day_begins_and_ends_on_itself(day: date) -> None:
    assert local_day(start_of_day(day)) == day
    assert local_day(end_of_day(day) - timedelta(seconds=1)) == day


@pytest.mark.parametrize(
    ("event", "months", "end"),
    [
        (date(2024, 5, 15), 1, date(2024, 6, 15)),
        (date(2024, 11, 20), 1, date(2024, 12, 20)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 1, 30), 1, date(2024, 2, 29)),
        (date(2023, 1, 30), 1, date(2023, 2, 28)),
        (date(2023, 12, 30), 2, date(2024, 2, 29)),
        (date(2024, 3, 15), 2, date(2024, 5, 15)),
        # Counted from the first of a month, the period is whole months.
        (date(2024, 4, 30), 1, date(2024, 5, 31)),
        (date(2024, 2, 29), 1, date(2024, 3, 31)),
        (date(2024, 12, 31), 1, date(2025, 1, 31)),
        (date(2024, 5, 15), 0, date(2024, 5, 15)),
    ],
)
def test_art_48_periods_of_months(event: date, months: int, end: date) -> None:
    assert add_months(event, months) == end


def test_art_48_periods_of_years() -> None:
    assert add_years(date(2024, 3, 15), 1) == date(2025, 3, 15)
    assert add_years(date(2024, 2, 29), 1) == date(2025, 2, 28)


@given(days, st.integers(min_value=1, max_value=240))
def test_a_longer_period_never_ends_earlier(event: date, months: int) -> None:
    assert event < add_months(event, months) <= add_months(event, months + 1)
    assert add_months(event, months) <= add_months(event + timedelta(days=1), months)


def test_a_period_of_months_has_its_limits() -> None:
    with pytest.raises(ValueError, match="negative"):
        add_months(date(2024, 1, 1), -1)
    with pytest.raises(OverflowError):
        add_months(date(9999, 1, 1), 12)


def test_anniversaries_do_not_follow_the_counting_of_periods() -> None:
    assert anniversary(date(2016, 2, 29), 5) == date(2021, 2, 28)
    assert anniversary(date(2016, 2, 29), 4) == date(2020, 2, 29)
    assert anniversary(date(2019, 4, 30), 5) == date(2024, 4, 30)


def test_periods_include_both_ends() -> None:
    period = Period(date(2024, 11, 1), date(2025, 1, 31))
    assert period.days == 92
    assert date(2024, 11, 1) in period
    assert date(2025, 2, 1) not in period
    assert period.crosses_years
    assert period.overlaps(Period(date(2025, 1, 31), date(2025, 2, 1)))
    assert not period.overlaps(Period(date(2025, 2, 1), date(2025, 2, 1)))
    with pytest.raises(ValueError, match="end"):
        Period(date(2025, 1, 1), date(2024, 1, 1))


def test_the_fiscal_year_is_the_calendar_year() -> None:
    assert fiscal_year(date(2024, 12, 31)) == 2024


def test_working_days_know_holidays_and_make_up_saturdays() -> None:
    assert CALENDAR.is_working(date(2024, 2, 17))
    assert not CALENDAR.is_working(date(2024, 2, 18))
    assert not CALENDAR.is_working(date(2024, 2, 28))
    assert CALENDAR.next_working(date(2024, 2, 28)) == date(2024, 2, 29)
    assert CALENDAR.next_working(date(2024, 2, 17)) == date(2024, 2, 17)
    assert CALENDAR.next_working(date(2024, 6, 15)) == date(2024, 6, 17)
    assert CALENDAR.previous_working(date(2024, 6, 16)) == date(2024, 6, 14)
    assert CALENDAR.working_days_between(date(2024, 2, 16), date(2024, 2, 29)) == 9
    assert CALENDAR.working_days_between(date(2024, 2, 29), date(2024, 2, 16)) == -9
    assert CALENDAR.working_days_between(date(2024, 2, 16), date(2024, 2, 16)) == 0
    assert CALENDAR.period_end(date(2024, 5, 15), 1) == date(2024, 6, 17)


def test_a_year_that_is_not_known_is_never_guessed() -> None:
    assert not CALENDAR.knows(date(2026, 1, 1))
    for call in (
        lambda: CALENDAR.is_working(date(2026, 1, 1)),
        lambda: CALENDAR.next_working(date(2025, 12, 31) + timedelta(days=1)),
        lambda: CALENDAR.previous_working(date(2023, 12, 31)),
        lambda: CALENDAR.working_days_between(date(2025, 12, 1), date(2026, 1, 5)),
    ):
        with pytest.raises(UnknownYear):
            call()


def test_of_a_year_that_is_not_known_the_weekends_are() -> None:
    saturday = date(2026, 12, 5)
    assert not CALENDAR.knows(saturday)
    assert CALENDAR.nearest_working(saturday) == date(2026, 12, 7)
    assert CALENDAR.nearest_working(saturday, -1) == date(2026, 12, 4)
    known = date(2024, 5, 15)
    assert CALENDAR.nearest_working(known) == CALENDAR.next_working(known)
    assert CALENDAR.nearest_working(known, -1) == CALENDAR.previous_working(known)
