"""The challenges of the demo year: from the first words of a need to the released decision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select

from matchmaker.challenges import operations as challenges
from matchmaker.challenges import queries as challenge_queries
from matchmaker.challenges.facts import StatementFacts, TermsFacts
from matchmaker.challenges.models import Challenge, ChallengeText
from matchmaker.challenges.templates import criteria_templates
from matchmaker.foundation.db import db
from matchmaker.foundation.files import Upload
from matchmaker.kernel.programme import Domain
from matchmaker.pilots import operations as pilots
from matchmaker.pilots import queries as pilot_queries
from matchmaker.proposals import operations as proposals
from matchmaker.proposals import queries as proposal_queries
from matchmaker.proposals.content import (
    BudgetLine,
    Evidence,
    PlannedMilestone,
    ProposalContent,
    TeamMember,
)
from matchmaker.proposals.facts import Declaration
from matchmaker.proposals.models import EligibilityCheck, Proposal
from matchmaker.proposals.states import CheckResult
from matchmaker.seeding import signins
from matchmaker.seeding.cast import Cast, Row
from matchmaker.seeding.schedule import Line, Schedule

OPENS, CLOSES = "09:00", "17:00"
CHECKS_BEGUN = 3
"""How many checks an officer has confirmed where the screening has only begun."""


@dataclass(slots=True)
class Story:
    """One challenge of the demo year."""

    row: Row
    cast: Cast
    schedule: Schedule
    line: Line = field(init=False)
    _id: int | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.line = self.schedule.line(self.row["key"])

    @property
    def days(self) -> dict[str, int]:
        """When what happens, in days from today."""
        days: dict[str, int] = self.row["timeline"]
        return days

    def challenge(self) -> Challenge:
        """The challenge as stored now."""
        return challenge_queries.challenge_by_id(self.challenge_id())

    def challenge_id(self) -> int:
        """The key of its row."""
        if self._id is None:
            found = (
                select(Challenge.id)
                .join(ChallengeText)
                .where(
                    Challenge.organization_id == self.cast.organization_id(self.row["agency"]),
                    ChallengeText.language == "zh",
                    ChallengeText.title == self.row["zh"]["title"],
                )
            )
            self._id = db.session.execute(found).scalar_one()
        return self._id

    def proposal(self, startup: str) -> Proposal:
        """A startup's proposal as stored now."""
        found = proposal_queries.proposal_of(self.cast.organization_id(startup), self.challenge_id())
        assert found is not None
        return found

    @property
    def author(self) -> str:
        """The key of the person who writes for the agency."""
        return str(self.row["by"])

    def rows(self) -> Iterator[Row]:
        """The proposals of the story."""
        yield from self.row.get("proposal", ())

    # --- the need ---

    def enter(self, parent: Story | None = None) -> None:
        """Schedule everything up to the end of the screening."""
        days, line = self.days, self.line
        if parent is None:
            line.add(days["drafted"], "10:00", "is drafted", self._draft)
        else:
            line.add(days["drafted"], "10:00", "follows up", partial(self._follow_up, parent))
        line.add(days["drafted"], "15:30", "gets its terms", self._terms)
        if "handed_in" in days:
            line.add(days["handed_in"], "11:00", "is handed in", self._hand_in)
        if "returned" in days:
            line.add(days["returned"], "14:00", "is returned", self._return)
        if "published" in days:
            line.add(days["published"], "08:30", "is published", self._publish)
        for row in self.rows():
            self._enter_proposal(row)
        if "cancelled" in days:
            line.add(days["cancelled"], "16:00", "is cancelled", self._cancel)
        self._enter_opening()

    def _enter_opening(self) -> None:
        days, line = self.days, self.line
        if "asked" in days:
            line.last = self.closes_at(self.schedule, self.row)
            line.add(days["asked"], "09:30", "opening asked", self._ask_opening)
        if "opened" in days:
            line.add(days["opened"], "10:00", "is opened", self._open)
        if "screening" in days:
            line.add(days["screening"], "09:30", "screening begins", self._begin_screening)
            day = days.get("judging", days["screening"] + 1)
            for row in self.rows():
                if "submitted" in row and "withdrawn" not in row:
                    title = f"{row['startup']} is screened"
                    line.add(day, "10:30", title, partial(self._screen, row))
        if "judging" in days:
            line.add(days["judging"], "15:00", "screening ends", self._finish_screening)

    def _statement(self, language: str) -> StatementFacts:
        return StatementFacts(**self.row[language])

    def _draft(self, at: datetime) -> None:
        by = self.cast.actor(self.author)
        made = challenges.draft(
            organization=self.cast.organization(self.row["agency"]),
            text=self._statement("zh"),
            language="zh",
            by=by,
            at=at,
        )
        self._id = made.id
        challenges.save_statement(challenge=made, language="en", text=self._statement("en"), by=by, at=at)
        self._note_source()

    def _follow_up(self, parent: Story, at: datetime) -> None:
        pilot = pilot_queries.pilots_of_challenge(parent.challenge().id)[0]
        by = self.cast.actor(self.author)
        made = pilots.draft_follow_up(pilot=pilot, by=by, at=at)
        self._id = made.id
        for language in ("zh", "en"):
            text = self._statement(language)
            challenges.save_statement(challenge=made, language=language, text=text, by=by, at=at)
        self._note_source()

    def _note_source(self) -> None:
        """The public source of a real case; no page of the product writes it."""
        self.challenge().source_note = self.row["source_note"]
        db.session.flush()

    @staticmethod
    def closes_at(schedule: Schedule, row: Row) -> datetime:
        """The deadline of a story."""
        return schedule.moment(row["timeline"]["closes"], CLOSES)

    def _terms(self, at: datetime) -> None:
        row, days, by = self.row, self.days, self.cast.actor(self.author)
        opens = days.get("opens", days.get("published"))
        contact_name, _address, contact_phone = row["contact"]
        terms = TermsFacts(
            domain=Domain(row["domain"]),
            budget=row.get("budget"),
            grant_ceiling=row.get("grant_ceiling"),
            most_awards=row["most_awards"],
            pilot_months=row["pilot_months"],
            opens_at=self.schedule.moment(opens, OPENS) if opens is not None else None,
            closes_at=self.closes_at(self.schedule, self.row) if opens is not None else None,
            contact_name=contact_name,
            contact_email=signins.address(self.author),
            contact_phone=contact_phone,
        )
        challenges.save_terms(challenge=self.challenge(), terms=terms, by=by, at=at)
        criteria = criteria_templates()[row["criteria"]].criteria
        challenges.save_criteria(challenge=self.challenge(), criteria=criteria, by=by, at=at)
        for paper in row.get("paper", ()):
            upload = Upload(paper["name"], paper["content"].encode())
            challenges.attach_paper(
                challenge=self.challenge(), upload=upload, title=paper["title"], by=by, at=at
            )

    def _hand_in(self, at: datetime) -> None:
        challenges.hand_in(challenge=self.challenge(), by=self.cast.actor(self.author), at=at)

    def _return(self, at: datetime) -> None:
        challenges.return_for_changes(
            challenge=self.challenge(), note=self.row["returned_note"], by=self.cast.actor("officer"), at=at
        )

    def _publish(self, at: datetime) -> None:
        challenges.publish(challenge=self.challenge(), by=self.cast.actor("officer"), at=at)

    def _cancel(self, at: datetime) -> None:
        challenges.cancel(
            challenge=self.challenge(),
            reason=self.row["cancelled_reason"],
            by=self.cast.actor("officer"),
            at=at,
        )

    # --- the proposals: a line of its own for each startup, between the opening and the close of the call ---

    def _enter_proposal(self, row: Row) -> None:
        line = self.schedule.line(f"{self.row['key']}/{row['startup']}")
        line.last = self.schedule.moment(self.days.get("opens", self.days["published"]), OPENS)
        line.add(row["started"], "14:00", "is begun", partial(self._begin, row))
        if "submitted" in row:
            line.add(row["submitted"], "15:00", "is submitted", partial(self._submit, row))
        if "revised" in row:
            line.add(row["revised"], "15:30", "is revised", partial(self._revise, row))
        if "withdrawn" in row:
            line.add(row["withdrawn"], "16:00", "is withdrawn", partial(self._withdraw, row))

    def _content(self, row: Row) -> ProposalContent:
        group = self.cast.groups[row["startup"]]
        written = "submitted" in row
        return ProposalContent(
            language="zh",
            title=row["title"],
            summary=row.get("summary", ""),
            solution_concept=row.get("solution_concept", ""),
            implementation_method=row.get("implementation_method", ""),
            team_summary="",
            team=tuple(TeamMember(**member) for member in group.get("team", ())),
            milestones=tuple(
                PlannedMilestone(title=title, deliverable=deliverable, month=month)
                for month, title, deliverable in row.get("milestones", ())
            ),
            budget=tuple(BudgetLine(item=i, grant=g, own=o) for i, g, o in row.get("budget", ())),
            evidence=tuple(self._evidence(group)) if written else (),
            site_needs=row.get("site_needs", ""),
            risks=row.get("risks", ""),
            declarations=tuple(str(each) for each in Declaration) if written else (),
        )

    def _evidence(self, group: Row) -> Iterator[Evidence]:
        for proof in group.get("evidence", ()):
            yield Evidence(**proof | {"on": self.schedule.day(proof["on"]).isoformat()})

    def _begin(self, row: Row, at: datetime) -> None:
        by, place = self.cast.voice(row["startup"]), self.cast.organization(row["startup"])
        proposals.start(challenge=self.challenge(), organization=place, by=by, at=at)
        content = self._content(row)
        if "submitted" in row:
            content = ProposalContent(title=content.title, summary=content.summary)
        proposals.save_draft(proposal=self.proposal(row["startup"]), content=content, by=by, at=at)

    def _submit(self, row: Row, at: datetime) -> None:
        by = self.cast.voice(row["startup"])
        proposals.save_draft(proposal=self.proposal(row["startup"]), content=self._content(row), by=by, at=at)
        if "paper" in row:
            title, name, content = row["paper"]
            upload = Upload(name, content.encode())
            proposals.attach(proposal=self.proposal(row["startup"]), upload=upload, title=title, by=by, at=at)
        proposals.submit(proposal=self.proposal(row["startup"]), by=by, at=at)

    def _revise(self, row: Row, at: datetime) -> None:
        by, revised = self.cast.voice(row["startup"]), row | {"risks": row["risks"] + REVISED}
        proposals.save_draft(
            proposal=self.proposal(row["startup"]), content=self._content(revised), by=by, at=at
        )
        proposals.submit(proposal=self.proposal(row["startup"]), by=by, at=at)

    def _withdraw(self, row: Row, at: datetime) -> None:
        by = self.cast.voice(row["startup"])
        proposals.withdraw(proposal=self.proposal(row["startup"]), by=by, at=at)

    # --- opening and screening ---

    def _ask_opening(self, at: datetime) -> None:
        proposals.ask_opening(challenge=self.challenge(), by=self.cast.actor("officer"), at=at)

    def _open(self, at: datetime) -> None:
        proposals.confirm_opening(challenge=self.challenge(), by=self.cast.actor("officer2"), at=at)

    def _begin_screening(self, at: datetime) -> None:
        proposals.begin_screening(challenge=self.challenge(), by=self.cast.actor("officer"), at=at)

    def _screen(self, row: Row, at: datetime) -> None:
        by, startup = self.cast.actor("officer"), row["startup"]
        checks: Sequence[EligibilityCheck] = proposal_queries.checks_of(self.proposal(startup).id)
        if row.get("check") == "confirming":
            checks = checks[:CHECKS_BEGUN]
        for check in checks:
            fails = check.rule == row.get("not_met")
            proposals.confirm_check(
                check=check,
                result=CheckResult.NOT_MET if fails else CheckResult.MET,
                reason=row["check_reason"] if fails else "",
                by=by,
                at=at,
            )
        if "not_met" in row:
            proposals.reject(proposal=self.proposal(startup), reason=row["reject_reason"], by=by, at=at)
        elif row.get("check") != "confirming":
            proposals.admit(proposal=self.proposal(startup), by=by, at=at)
            if row.get("shortlisted"):
                proposals.shortlist(proposal=self.proposal(startup), by=by, at=at)

    def _finish_screening(self, at: datetime) -> None:
        proposals.finish_screening(challenge=self.challenge(), by=self.cast.actor("officer"), at=at)


REVISED = "（修訂版：依公開說明補充了訪客與停電時的處理。）"


def in_contest(story: Story) -> list[Row]:
    """The rows of the proposals that passed the screening."""
    return [row for row in story.rows() if "submitted" in row and not {"not_met", "withdrawn"} & set(row)]


def made_of(rows: list[Row], cast: Cast, schedule: Schedule) -> dict[str, Story]:
    """Every story by its key, parents first."""
    stories = {row["key"]: Story(row, cast, schedule) for row in rows}
    for story in stories.values():
        parent: Any = story.row.get("parent")
        story.enter(stories[parent] if parent else None)
    return stories
