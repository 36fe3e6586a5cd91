"""When something falls due (C5): claims, the purchase, the last day by age.

A period of months moves to the next working day where it ends on a day off; the yearly cut-off is a fixed
date and does not; the age of a startup is a condition and never moves. Of a year that is not on file only the
weekends are known: the worksheet says that a holiday may move the day further.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from matchmaker.kernel.dates import Calendar, add_months, anniversary
from matchmaker.rulebook.facts import OUT_OF_RANGE, BadFact
from matchmaker.rulebook.scheme import Scheme
from matchmaker.rulebook.worksheet import Worksheet

PAST_CUTOFF = "past_10_december"
DAY_OFF = "not_a_working_day"
OUTSIDE = "outside_scheme"


@dataclass(frozen=True, slots=True)
class Deadline:
    """A due day, or None where the directive names none.

    ``latest`` is the yearly cut-off a purchase is under; ``act_by`` and ``latest_act_by`` are the last working
    days not after ``due`` and ``latest``; ``warn_from`` is the day from which an open
    final claim is warned of.
    """

    due: date | None
    worksheet: Worksheet
    latest: date | None = None
    latest_act_by: date | None = None
    act_by: date | None = None
    warn_from: date | None = None

    @property
    def flags(self) -> list[str]:
        """What to mind: ``past_10_december``, ``not_a_working_day``, ``outside_scheme``."""
        raised = self.worksheet.flags
        return [flag for flag in (PAST_CUTOFF, DAY_OFF, OUTSIDE) if flag in raised]


def claim(
    scheme: Scheme, on: date, calendar: Calendar, *, accepted: date, year: int | None = None
) -> Deadline:
    """The claim of a plan within one year (C5, R-066): a month after acceptance, at most until the cut-off.

    ``year`` is the approval year, that of the acceptance where it is not given.

    :raises BadFact: a date or year out of the calendar.
    """
    sheet = Worksheet(scheme)
    _mark_validity(sheet, accepted)
    end = _months_after("date", accepted, scheme.whole("claim_months", on))
    moved = _moved(sheet, calendar, end)
    sheet.add("C5.month", moved, "day", day=accepted, end=end)
    cutoff = _cutoff(scheme, on, accepted.year if year is None else year)
    sheet.add("C5.cutoff", cutoff, "day", year=cutoff.year)
    due = min(moved, cutoff)
    sheet.add("C5.claim_due", due, "day")
    if accepted > cutoff:
        _mark_past(sheet, cutoff)
    return Deadline(due, sheet, act_by=_act_by(sheet, calendar, due))


def procure(
    scheme: Scheme, on: date, calendar: Calendar, *, approved: date, year: int | None = None
) -> Deadline:
    """The purchase (C5, R-083, Q-15): two months after approval; ``latest`` is that year's cut-off.

    :raises BadFact: a date or year out of the calendar.
    """
    sheet = Worksheet(scheme)
    _mark_validity(sheet, approved)
    end = _months_after("date", approved, scheme.whole("procure_months", on))
    due = _moved(sheet, calendar, end)
    sheet.add("C5.procure_due", due, "day", day=approved, end=end)
    cutoff = _cutoff(scheme, on, approved.year if year is None else year)
    sheet.add("C5.cutoff", cutoff, "day", year=cutoff.year)
    if due > cutoff:
        _mark_past(sheet, cutoff)
    # The purchase itself falls due on a working day; that the fixed day behind it is none is only a remark.
    latest_act_by = _act_by(sheet, calendar, cutoff, flag=None)
    return Deadline(
        due,
        sheet,
        latest=cutoff,
        latest_act_by=latest_act_by,
        act_by=_act_by(sheet, calendar, due),
    )


def first_claim(scheme: Scheme, on: date, calendar: Calendar, *, first_use: date) -> Deadline:
    """The first claim of a plan across years (C5, R-069, Q-03): by the cut-off of the year of first use.

    :raises BadFact: a date out of the calendar.
    """
    sheet = Worksheet(scheme)
    _mark_validity(sheet, first_use, runs_off=True)
    due = _cutoff(scheme, on, first_use.year)
    sheet.add("C5.first_claim_due", due, "day", day=first_use)
    if first_use > due:
        _mark_past(sheet, due)
    return Deadline(due, sheet, act_by=_act_by(sheet, calendar, due))


def final_claim(scheme: Scheme, on: date, *, closed: date, year: int | None = None) -> Deadline:
    """The final claim of a plan across years (C5, R-070, Q-06): no stated day, but a warning a year later.

    :raises BadFact: a date or year out of the calendar.
    """
    sheet = Worksheet(scheme)
    _mark_validity(sheet, closed, runs_off=True)
    after = scheme.whole("final_claim_warning_years", on)
    warn_from = _cutoff(scheme, on, (closed.year if year is None else year) + after)
    sheet.add("C5.final_claim_due", None, "none", warn_from=warn_from)
    if closed > warn_from:
        _mark_past(sheet, warn_from)
    return Deadline(None, sheet, warn_from=warn_from)


def startup_age(scheme: Scheme, on: date, *, founded: date) -> Deadline:
    """The last day on which a startup is within five years of its founding (C5, R-030, Q-13).

    :raises BadFact: a date out of the calendar.
    """
    sheet = Worksheet(scheme)
    try:
        due = anniversary(founded, scheme.whole("startup_years", on))
    except ValueError:
        raise BadFact("date", OUT_OF_RANGE, "is out of the calendar") from None
    sheet.add("C5.startup_age", due, "day", day=founded)
    return Deadline(due, sheet, act_by=due)


def is_within_startup_age(scheme: Scheme, *, founded: date, tender_deadline: date) -> bool:
    """Whether the age condition is met on the tender deadline; growing older later changes nothing (Q-13)."""
    due = startup_age(scheme, tender_deadline, founded=founded).due
    return due is not None and founded <= tender_deadline <= due


def _mark_validity(sheet: Worksheet, day: date, *, runs_off: bool = False) -> None:
    scheme = sheet.scheme
    last = scheme.runs_off_to if runs_off else scheme.valid_to
    if not scheme.valid_from <= day <= last:
        mark_outside(sheet, day, last)


def mark_outside(sheet: Worksheet, day: date, valid_to: date | None = None) -> None:
    """Flag a day on which the scheme does not apply; the result stays computed."""
    scheme = sheet.scheme
    sheet.add(
        "outside_scheme",
        None,
        "none",
        flag=OUTSIDE,
        day=day,
        valid_from=scheme.valid_from,
        valid_to=valid_to or scheme.valid_to,
    )


def _mark_past(sheet: Worksheet, cutoff: date) -> None:
    sheet.add("C5.past_cutoff", None, "none", flag=PAST_CUTOFF, cutoff=cutoff)


def _months_after(name: str, day: date, months: int) -> date:
    try:
        return add_months(day, months)
    except (OverflowError, ValueError):
        raise BadFact(name, OUT_OF_RANGE, "is out of the calendar") from None


def _cutoff(scheme: Scheme, on: date, year: int) -> date:
    try:
        return scheme.cutoff(year, on)
    except (ValueError, OverflowError):
        raise BadFact("year", OUT_OF_RANGE, "is out of the calendar") from None


def _moved(sheet: Worksheet, calendar: Calendar, end: date) -> date:
    """The first working day not before ``end``."""
    return _working_day(sheet, calendar, end, 1)


def _act_by(sheet: Worksheet, calendar: Calendar, due: date, *, flag: str | None = DAY_OFF) -> date:
    """The last working day not after ``due``; a due day that is off is flagged."""
    act_by = _working_day(sheet, calendar, due, -1)
    if act_by != due:
        sheet.add("C5.day_off", act_by, "day", flag=flag, day=due)
    return act_by


def _working_day(sheet: Worksheet, calendar: Calendar, day: date, step: int) -> date:
    """The working day next to this one that way; of a year whose holidays are not on file the sheet says so."""
    found = calendar.nearest_working(day, step)
    unknown = next((each for each in (day, found) if not calendar.knows(each)), None)
    if unknown is not None and not any(line.rule == "C5.calendar_unknown" for line in sheet.lines):
        sheet.unknown("C5.calendar_unknown", year=unknown.year, day=unknown)
    return found
