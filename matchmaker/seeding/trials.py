"""The pilots of the demo year: plan, agreement, milestones, payments, assessment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import partial

from matchmaker.foundation.files import Upload
from matchmaker.pilots import operations as pilots
from matchmaker.pilots import queries
from matchmaker.pilots.facts import AssessmentFacts, MeasureFacts, MilestoneFacts, PaymentFacts, PlanFacts
from matchmaker.pilots.models import Milestone, Pilot
from matchmaker.pilots.states import NeedMet, PilotPurpose
from matchmaker.seeding.cast import Row
from matchmaker.seeding.schedule import Act, Line
from matchmaker.seeding.stories import Story

Event = tuple[int, str, str, Act]
"""Day, time of day, title, what happens."""


def _milli(figure: str) -> int | None:
    """A figure as written in the story, in thousandths; None where it is empty."""
    return int(Decimal(figure) * 1000) if figure else None


@dataclass(slots=True)
class Trial:
    """One awarded startup at one site."""

    story: Story
    startup: str
    row: Row
    line: Line = field(init=False)

    def __post_init__(self) -> None:
        self.line = self.story.schedule.line(f"{self.story.row['key']}/{self.startup}/pilot")
        self.line.last = self.story.line.last

    def pilot(self) -> Pilot:
        """The pilot as stored now."""
        found = queries.pilot_of_proposal(self.story.proposal(self.startup).id)
        assert found is not None
        return found

    def _milestone(self, title: str) -> Milestone:
        """Found by its title: the product keeps milestones in the order of their due days."""
        return next(m for m in self.pilot().milestones if m.title == title)

    # --- steps ---

    def enter(self) -> None:
        """Schedule the pilot as far as the story tells it."""
        row, line = self.row, self.line
        agreed = row.get("agreed", row.get("agreed_agency"))
        if agreed is None:
            return
        line.add(agreed, "09:30", "is planned", self._plan)
        line.add(agreed, "11:00", "agency agrees", partial(self._agree, self.story.author))
        if "agreed" not in row:
            return
        voice = self.story.cast.groups[self.startup]["person"][0]["key"]
        line.add(agreed, "14:00", "startup agrees", partial(self._agree, voice))
        line.add(row["starts"], "09:00", "starts", self._start)
        for day, clock, title, act in sorted(self._events(), key=lambda event: event[:2]):
            line.add(day, clock, title, act)

    def _events(self) -> Iterator[Event]:
        row = self.row
        for milestone in row["milestone"]:
            yield from self._milestone_events(milestone["title"], milestone)
        if "suspended" in row:
            yield row["suspended"], "15:00", "is suspended", self._suspend
        if "ended_early" in row:
            yield row["ended_early"], "15:00", "ends early", self._end_early
        if "assessed" in row:
            yield row["assessed"], "10:00", "is measured", self._measure
            yield row["assessed"], "14:00", "is assessed", self._assess

    def _milestone_events(self, name: str, row: Row) -> Iterator[Event]:
        if "submitted" in row:
            act = partial(self._submit, name, row["evidence"], row.get("paper"))
            yield row["submitted"], "11:00", f"{name} handed in", act
        if "returned" in row:
            act = partial(self._return, name, row["return_note"])
            yield row["returned"], "14:30", f"{name} returned", act
        if "resubmitted" in row:
            act = partial(self._submit, name, row["evidence2"], None)
            yield row["resubmitted"], "11:30", f"{name} handed in again", act
        if "accepted" in row:
            yield row["accepted"], "15:30", f"{name} accepted", partial(self._accept, name, row["note"])
        if "paid" in row:
            yield row["paid"], "16:00", f"{name} paid", partial(self._pay, name, row["paid"])

    def _plan(self, at: datetime) -> None:
        row, day, by = self.row, self.story.schedule.day, self.story.cast.actor(self.story.author)
        plan = PlanFacts(
            purpose=PilotPurpose(row["purpose"]),
            title_zh=row["title_zh"],
            title_en=row["title_en"],
            site=row["site"],
            agency_duties=row["agency_duties"],
            startup_duties=row["startup_duties"],
            starts_on=day(row["starts"]),
            ends_on=day(row["ends"]),
        )
        pilots.save_plan(pilot=self.pilot(), facts=plan, by=by, at=at)
        pilots.save_measures(pilot=self.pilot(), measures=self._measures(), by=by, at=at)
        milestones = [
            MilestoneFacts(
                title=each["title"],
                deliverable=each["deliverable"],
                due_on=day(each["due"]),
                payment=each["payment"],
            )
            for each in row["milestone"]
        ]
        pilots.save_milestones(pilot=self.pilot(), milestones=milestones, by=by, at=at)

    def _measures(self) -> list[MeasureFacts]:
        made = []
        for name, unit, baseline, target, _actual, lower in self.row["measures"]:
            goal = _milli(target)
            assert goal is not None
            made.append(
                MeasureFacts(
                    name=name,
                    unit=unit,
                    baseline_milli=_milli(baseline),
                    target_milli=goal,
                    lower_is_better=lower,
                )
            )
        return made

    def _agree(self, key: str, at: datetime) -> None:
        pilots.agree(pilot=self.pilot(), by=self.story.cast.actor(key), at=at)

    def _start(self, at: datetime) -> None:
        pilots.start(pilot=self.pilot(), by=self.story.cast.actor(self.story.author), at=at)

    def _submit(self, title: str, evidence: str, paper: list[str] | None, at: datetime) -> None:
        uploads = [Upload(paper[0], paper[1].encode())] if paper else []
        pilots.submit_milestone(
            milestone=self._milestone(title),
            evidence=evidence,
            uploads=uploads,
            by=self.story.cast.voice(self.startup),
            at=at,
        )

    def _return(self, title: str, note: str, at: datetime) -> None:
        by = self.story.cast.actor(self.story.author)
        pilots.return_milestone(milestone=self._milestone(title), note=note, by=by, at=at)

    def _accept(self, title: str, note: str, at: datetime) -> None:
        by = self.story.cast.actor(self.story.author)
        pilots.accept_milestone(milestone=self._milestone(title), note=note, by=by, at=at)

    def _pay(self, title: str, paid: int, at: datetime) -> None:
        milestone = self._milestone(title)
        facts = PaymentFacts(
            amount=milestone.payment,
            paid_on=self.story.schedule.day(paid),
            reference=f"測試付字第 {at:%Y%m%d}-{milestone.position:02d} 號",
        )
        by = self.story.cast.actor("officer2")
        pilots.record_payment(milestone=milestone, facts=facts, by=by, at=at)

    def _suspend(self, at: datetime) -> None:
        by = self.story.cast.actor(self.story.author)
        pilots.suspend(pilot=self.pilot(), reason=self.row["suspended_reason"], by=by, at=at)

    def _end_early(self, at: datetime) -> None:
        by = self.story.cast.actor("officer")
        pilots.end_early(pilot=self.pilot(), reason=self.row["ended_reason"], by=by, at=at)

    def _measure(self, at: datetime) -> None:
        pilot = self.pilot()
        figures = [_milli(actual) for _n, _u, _b, _t, actual, _l in self.row["measures"]]
        actuals = {measure.ref: figure for measure, figure in zip(pilot.measures, figures, strict=True)}
        by = self.story.cast.voice(self.startup)
        pilots.record_actuals(pilot=pilot, actuals=actuals, by=by, at=at)

    def _assess(self, at: datetime) -> None:
        row = self.row
        facts = AssessmentFacts(
            need_met=NeedMet(row["need_met"]),
            production_ready=row["ready"],
            summary_zh=row["summary_zh"],
            summary_en=row["summary_en"],
            lessons=row["lessons"],
        )
        pilots.assess(pilot=self.pilot(), facts=facts, by=self.story.cast.actor(self.story.author), at=at)


def conclude(story: Story) -> None:
    """Schedule the end of a story whose pilots are all over."""
    if "concluded" in story.days:
        story.line.add(story.days["concluded"], "15:00", "is concluded", partial(_conclude, story))


def _conclude(story: Story, at: datetime) -> None:
    pilots.conclude(challenge=story.challenge(), by=story.cast.actor("officer"), at=at)
