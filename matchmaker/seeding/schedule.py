"""A year of steps, each at its moment: days are counted from the day of loading, so the demo is always fresh."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from matchmaker.kernel.dates import instant_at

Act = Callable[[datetime], None]
PAUSE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happens once: when, what (for the error where it fails), and how."""

    at: datetime
    title: str
    act: Act


@dataclass(slots=True)
class Schedule:
    """Collects the steps of all stories and puts them in the order in which they happen."""

    today: date
    _steps: list[Step] = field(default_factory=list)

    def day(self, offset: int) -> date:
        """The day so far from today; a weekend gives way to the Friday before, or, ahead, to the Monday after."""
        day = self.today + timedelta(days=offset)
        while day.weekday() >= 5:
            day += timedelta(days=1 if offset > 0 else -1)
        return day

    def moment(self, offset: int, clock: str) -> datetime:
        """The time of day (``09:30`` in Taipei) on that day."""
        return instant_at(self.day(offset), time.fromisoformat(clock))

    def line(self, name: str) -> Line:
        """A line of steps that follow each other."""
        return Line(self, name)

    def add(self, step: Step) -> None:
        self._steps.append(step)

    def steps(self) -> list[Step]:
        """All steps in order; those of the same moment as they were added."""
        return sorted(self._steps, key=lambda step: step.at)


@dataclass(slots=True)
class Line:
    """The steps of one story: none comes before the one added before it, whatever weekends do to the days."""

    schedule: Schedule
    name: str
    last: datetime | None = None

    def add(self, offset: int, clock: str, title: str, act: Act) -> datetime:
        """Add a step; returns its moment."""
        at = self.schedule.moment(offset, clock)
        if self.last is not None and at < self.last + PAUSE:
            at = self.last + PAUSE
        self.last = at
        self.schedule.add(Step(at, f"{self.name}: {title}", act))
        return at
