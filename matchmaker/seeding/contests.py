"""The selection panels of the demo year: seats, declarations, scores, decision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from matchmaker.judging import operations as judging
from matchmaker.judging import queries
from matchmaker.judging.facts import DecisionFacts, DeclarationFacts, PanelFacts, SheetFacts
from matchmaker.judging.models import Panel, PanelMember
from matchmaker.judging.states import ConflictKind, Outcome
from matchmaker.seeding.cast import Row
from matchmaker.seeding.reading import toml
from matchmaker.seeding.schedule import Line
from matchmaker.seeding.stories import CLOSES, Story, in_contest

CHAIR = "huang"


@dataclass(slots=True)
class Contest:
    """The panel of one story."""

    story: Story
    words: dict[str, Any] = field(default_factory=lambda: toml("demo", "judging.toml"))

    # --- who sits ---

    def jurors(self) -> list[str]:
        """The keys of the members, the chair first."""
        named: list[str] = list(self.story.row.get("panel", {}).get("members", ()))
        for row in self.story.rows():
            named += [*self._given(row), *row.get("conflicts", ())]
        return sorted(dict.fromkeys(named), key=lambda key: key != CHAIR)

    @staticmethod
    def _given(row: Row) -> dict[str, str]:
        """Points by juror, whether submitted all (scores) or still being written (sheets)."""
        given: dict[str, str] = row.get("scores") or row.get("sheets") or {}
        return given

    def panel(self) -> Panel:
        """The panel as stored now."""
        found = queries.panel_of(self.story.challenge_id())
        assert found is not None
        return found

    def _member(self, key: str) -> PanelMember:
        actor = self.story.cast.actor(key)
        return queries.own_seat(actor, self.panel().ref)

    # --- steps ---

    def enter(self) -> None:
        """Schedule the life of the panel as far as the story tells it."""
        days = self.story.days
        if "formed" not in days:
            return
        early = self.story.schedule.line(f"{self.story.row['key']}/panel")
        early.add(days["formed"], "13:30", "is formed", self._form)
        if "convened" not in days:
            return
        line = self.story.line
        line.add(days["convened"], "09:30", "panel convened", self._convene)
        self._enter_declarations(line)
        if "scoring" not in days:
            return
        line.add(days["scoring"], "09:00", "scoring begins", self._begin_scoring)
        for number, key in enumerate(self.jurors()):
            line.add(days["scoring"] + 1 + number // 2, "20:00", f"{key} scores", partial(self._score, key))
        if "ended" in days:
            line.add(days["ended"], "16:00", "scoring ends", self._end_scoring)
        if "prepared" in days:
            line.add(days["prepared"], "14:00", "decision prepared", self._prepare)
        if "released" in days:
            line.add(days["released"], "10:00", "decision released", self._release)

    def _enter_declarations(self, line: Line) -> None:
        declared = self.story.row.get("panel", {}).get("declared", self.jurors())
        for key in declared:
            line.add(self.story.days["convened"] + 1, "12:00", f"{key} declares", partial(self._declare, key))

    def _form(self, at: datetime) -> None:
        by = self.story.cast.actor("officer")
        panel = judging.form_panel(challenge=self.story.challenge(), facts=PanelFacts(), by=by, at=at)
        for number, key in enumerate(self.jurors()):
            judging.seat_member(panel=panel, juror=self.story.cast.seat(key), chair=number == 0, by=by, at=at)

    def _convene(self, at: datetime) -> None:
        by, days = self.story.cast.actor("officer"), self.story.days
        due = self.story.schedule.moment(days.get("ended", days.get("due", 0)), CLOSES)
        judging.save_panel(panel=self.panel(), facts=PanelFacts(scores_due_at=due), by=by, at=at)
        judging.convene(panel=self.panel(), by=by, at=at)

    def _declare(self, key: str, at: datetime) -> None:
        said = {}
        for row in in_contest(self.story):
            kind = row.get("conflicts", {}).get(key)
            facts = DeclarationFacts(conflict=ConflictKind(kind) if kind else None)
            said[self.story.proposal(row["startup"]).ref] = facts
        judging.declare_all(member=self._member(key), declarations=said, by=self.story.cast.actor(key), at=at)

    def _begin_scoring(self, at: datetime) -> None:
        judging.begin_scoring(panel=self.panel(), by=self.story.cast.actor("officer"), at=at)

    def _score(self, key: str, at: datetime) -> None:
        by = self.story.cast.actor(key)
        rows = [row for row in in_contest(self.story) if key in self._given(row)]
        criteria = [criterion.ref for criterion in self.story.challenge().criteria]
        sheets = [self._sheet(key, row, criteria) for row in rows]
        judging.save_sheets(member=self._member(key), sheets=sheets, by=by, at=at)
        handed = [row for row in rows if key in row.get("handed", self._given(row))]
        if len(handed) == len(rows):
            judging.submit_ready(member=self._member(key), by=by, at=at)
            return
        for row in handed:
            proposal = self.story.proposal(row["startup"])
            judging.submit_sheet(member=self._member(key), proposal=proposal, by=by, at=at)

    def _sheet(self, key: str, row: Row, criteria: Sequence[str]) -> SheetFacts:
        points = dict(zip(criteria, map(int, self._given(row)[key]), strict=True))
        english = self.story.cast.people[key].get("language") == "en"
        lowest = min(points, key=lambda ref: points[ref])
        remark = self.words["remark"]["en" if english else "zh"]
        return SheetFacts(
            proposal_ref=self.story.proposal(row["startup"]).ref,
            points=points,
            comments={lowest: remark} if points[lowest] <= 3 else {},
            comment=self._comment(key, row, sum(points.values()) / len(points), english),
        )

    def _comment(self, key: str, row: Row, mean: float, english: bool) -> str:
        """The story's own words for the first jurors that read their language, then words that fit the level."""
        people, given = self.story.cast.people, list(self._given(row))
        peers = [k for k in given if (people[k].get("language") == "en") == english]
        own = [words for words in row.get("comments", ()) if words.isascii() == english]
        place = peers.index(key)
        if place < len(own):
            return str(own[place])
        bank = self.words["comment"][f"{'en' if english else 'zh'}-{max(2, min(5, round(mean)))}"]
        return str(bank[(place + len(row["startup"])) % len(bank)])

    def _end_scoring(self, at: datetime) -> None:
        judging.end_scoring(panel=self.panel(), by=self.story.cast.actor("officer"), at=at)

    def _prepare(self, at: datetime) -> None:
        names = "、".join(self.story.cast.people[key]["name"] for key in self.jurors())
        judging.prepare_decision(
            panel=self.panel(),
            decisions=list(self._decisions()),
            minutes=self.words["minutes"].format(members=names),
            by=self.story.cast.actor("officer"),
            at=at,
        )

    def _decisions(self) -> Iterator[DecisionFacts]:
        for row in in_contest(self.story):
            yield DecisionFacts(
                proposal_ref=self.story.proposal(row["startup"]).ref,
                outcome=Outcome(row["outcome"]),
                reason=row["reason"],
                grant=row.get("grant"),
                reserve_rank=row.get("reserve_rank"),
            )

    def _release(self, at: datetime) -> None:
        judging.release(panel=self.panel(), by=self.story.cast.actor("director"), at=at)
