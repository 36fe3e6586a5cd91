"""Who is told what about a panel. No mail carries a score of anybody but the reader's own proposal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from matchmaker.challenges.events import ChallengeCancelled
from matchmaker.challenges.models import Challenge
from matchmaker.foundation.outbox import Letter, Recipient, both, letter, moment, post, twd, words
from matchmaker.judging import queries, scoring
from matchmaker.judging.events import (
    AllScored,
    DecisionPrepared,
    DecisionReleased,
    MemberExcused,
    MemberSeated,
    PanelConvened,
    ScoringBegun,
    SheetReturned,
)
from matchmaker.judging.models import Panel, PanelDecision
from matchmaker.judging.queries import Board
from matchmaker.judging.states import OUTCOME_LABELS, Outcome, PanelState
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.words import N_
from matchmaker.people import queries as people

OPEN_PANEL = N_("Open the panel")

CONVENED = letter(
    "judging.convened",
    N_("You sit on the selection panel: %(challenge)s"),
    N_("The programme office has convened the selection panel of “%(challenge)s” (%(agency)s)."),
    N_(
        "First declare, for every proposal, whether you have a conflict of interest. Only then can you read them. "
        "Scores are due on %(due)s."
    ),
    action=N_("Declare conflicts of interest"),
)
EXCUSED = letter(
    "judging.excused",
    N_("You are excused from the panel: %(challenge)s"),
    N_("The programme office has ended your seat on the panel, for this reason: %(reason)s"),
    N_("What you learned of the proposals stays confidential."),
)
BEGUN = letter(
    "judging.begun",
    N_("Scoring is open: %(challenge)s"),
    N_("You can read the proposals and score them until %(due)s."),
    action=OPEN_PANEL,
)
REOPENED = letter(
    "judging.reopened",
    N_("Scoring is open once more: %(challenge)s"),
    N_(
        "The programme office has reopened the scoring. It will tell you which sheets are to be looked at again."
    ),
    action=OPEN_PANEL,
)
DUE = letter(
    "judging.due",
    N_("Scores are due today: %(challenge)s"),
    N_("Some of your declarations or score sheets are still missing. They are due on %(due)s."),
    action=OPEN_PANEL,
)
RETURNED = letter(
    "judging.returned",
    N_("A score sheet comes back to you: %(challenge)s"),
    N_(
        "The programme office returns your sheet of proposal %(number)s for correction, for this reason: %(reason)s"
    ),
    N_("Correct it and submit it again."),
    action=N_("Open the sheet"),
)
ALL_SCORED = letter(
    "judging.all_scored",
    N_("All score sheets are in: %(challenge)s"),
    N_("Every member of the panel has submitted. You can end the scoring."),
    action=OPEN_PANEL,
)
PREPARED = letter(
    "judging.prepared",
    N_("A decision waits for release: %(challenge)s"),
    N_("The panel's decision is written down. A director who did not prepare it can release it."),
    action=N_("Look at the decision"),
)
TOLD = letter(
    "judging.told",
    N_("The decision on your proposal: %(challenge)s"),
    N_("The decision on your proposal to “%(challenge)s” is: %(outcome)s."),
    N_("Your total is %(total)s of 100, rank %(rank)s of %(proposals)s. The reasons: %(reason)s"),
    action=N_("Open the decision"),
)
TOLD_AWARDED = letter(
    "judging.told_awarded",
    N_("Your proposal is awarded: %(challenge)s"),
    N_("Your proposal to “%(challenge)s” is awarded, with a grant of %(grant)s for the pilot."),
    N_("Your total is %(total)s of 100, rank %(rank)s of %(proposals)s. The reasons: %(reason)s"),
    N_("The agency will now prepare the pilot with you."),
    action=N_("Open the decision"),
)
TOLD_AGENCY = letter(
    "judging.told_agency",
    N_("The decision is released: %(challenge)s"),
    N_("The decision on your challenge “%(challenge)s” is released. Every proposer has been told."),
    action=N_("Open the result"),
)
TOLD_JURORS = letter(
    "judging.told_jurors",
    N_("The decision is released: %(challenge)s"),
    N_("The decision on “%(challenge)s” is released. Thank you for judging."),
    N_("What you learned of the proposals stays confidential."),
    action=OPEN_PANEL,
)

CANCELLED = letter(
    "judging.cancelled",
    N_("Cancelled, nothing left to judge: %(challenge)s"),
    N_("The challenge “%(challenge)s” is cancelled. Its panel has nothing left to do."),
    N_("What you learned of the proposals stays confidential."),
)


def _title(challenge: Challenge) -> dict[str, str]:
    chinese, english = challenge.text_in("zh"), challenge.text_in("en")
    title_zh, title_en = (text.title if text else "" for text in (chinese, english))
    return both(title_zh or title_en, title_en or title_zh)


def _params(board: Board) -> dict[str, Any]:
    agency = board.challenge.organization
    due = board.panel.scores_due_at
    return {
        "challenge": _title(board.challenge),
        "agency": both(agency.name_zh, agency.name_en),
        "due": moment(due) if due else "",
        "url": f"/judging/{board.panel.ref}",
    }


def _to_members(board: Board, kind: Letter, *, key: str, at: datetime, **more: Any) -> None:
    for member in board.members:
        post(kind, people.recipient(member.user), key=key, at=at, params=_params(board) | more)


def _to(recipients: list[Recipient], kind: Letter, panel: Panel, at: datetime, *, url: str) -> None:
    board = queries.load(panel.id)
    for recipient in recipients:
        post(
            kind,
            recipient,
            key=f"{panel.ref}:{at.isoformat()}",
            at=at,
            params=_params(board) | {"url": url},
        )


def on_convened(event: PanelConvened) -> None:
    """The members are called to declare."""
    board = queries.load(event.panel.id)
    url = f"/judging/{board.panel.ref}/declarations"
    _to_members(board, CONVENED, key=board.panel.ref, at=event.at, url=url)


def on_seated(event: MemberSeated) -> None:
    """Who joins later is called too."""
    board = queries.load(event.panel.id)
    member = next(member for member in board.members if member.id == event.member.id)
    url = f"/judging/{board.panel.ref}/declarations"
    post(
        CONVENED,
        people.recipient(member.user),
        key=f"{board.panel.ref}:{event.at.isoformat()}",
        at=event.at,
        params=_params(board) | {"url": url},
    )


def on_excused(event: MemberExcused) -> None:
    """Who leaves learns why."""
    user = people.user_by_id(event.member.user_id)
    if user is None:
        return
    params = _params(queries.load(event.panel.id)) | {"reason": event.reason, "url": None}
    key = f"{event.member.ref}:{event.at.isoformat()}"
    post(EXCUSED, people.recipient(user), key=key, at=event.at, params=params)


def on_scoring_begun(event: ScoringBegun) -> None:
    """The members may score, for the first time or once more."""
    kind = REOPENED if event.reopened else BEGUN
    board = queries.load(event.panel.id)
    _to_members(board, kind, key=f"{board.panel.ref}:{event.at.isoformat()}", at=event.at)


def on_returned(event: SheetReturned) -> None:
    """The juror learns which sheet is to be corrected and why."""
    board = queries.load(event.panel.id)
    entry = next(entry for entry in board.entries if entry.proposal.id == event.sheet.proposal_id)
    member = next((member for member in board.members if member.id == event.sheet.member_id), None)
    if member is None:
        return
    post(
        RETURNED,
        people.recipient(member.user),
        key=f"{event.sheet.ref}:{event.at.isoformat()}",
        at=event.at,
        params=_params(board)
        | {
            "number": entry.number,
            "reason": event.reason,
            "url": f"/judging/{board.panel.ref}/proposals/{entry.ref}",
        },
    )


def on_all_scored(event: AllScored) -> None:
    """The programme office may end the scoring."""
    _to(people.staff(), ALL_SCORED, event.panel, event.at, url=f"/staff/panels/{event.panel.ref}")


def on_prepared(event: DecisionPrepared) -> None:
    """The directors who may release it learn that a decision waits."""
    others = queries.directors(besides=event.panel.prepared_by_id)
    _to(others, PREPARED, event.panel, event.at, url=f"/staff/panels/{event.panel.ref}/release")


def on_released(event: DecisionReleased) -> None:
    """Every proposer learns the own outcome, the agency the whole result, the jurors that it is done."""
    board = queries.load(event.panel.id)
    for decision in event.decisions:
        _tell_proposer(board, decision, event.at)
    for recipient in people.writers_of(board.challenge.organization_id):
        post(
            TOLD_AGENCY,
            recipient,
            key=board.panel.ref,
            at=event.at,
            params=_params(board) | {"url": f"/results/{board.challenge.ref}"},
        )
    _to_members(board, TOLD_JURORS, key=board.panel.ref, at=event.at)


def _tell_proposer(board: Board, decision: PanelDecision, at: datetime) -> None:
    entry = next(entry for entry in board.entries if entry.proposal.id == decision.proposal_id)
    standing = board.standings().get(entry.ref)
    awarded = decision.outcome is Outcome.AWARDED
    params = _params(board) | {
        "outcome": words(OUTCOME_LABELS[decision.outcome]),
        "reason": decision.reason,
        "total": scoring.shown(standing.mean) if standing else "—",
        "rank": standing.rank if standing else "—",
        "proposals": len(board.entries),
        "url": f"/outcomes/{entry.ref}",
    }
    if awarded:
        params["grant"] = twd(decision.grant or 0)
    for recipient in people.writers_of(entry.proposal.organization_id):
        post(TOLD_AWARDED if awarded else TOLD, recipient, key=entry.ref, at=at, params=params)


def on_cancelled(event: ChallengeCancelled) -> None:
    """A convened panel learns that there is nothing left to judge."""
    panel = queries.panel_of(event.challenge.id)
    if panel is not None and panel.state is not PanelState.FORMING:
        board = queries.load(panel.id)
        _to_members(board, CANCELLED, key=panel.ref, at=event.at, url=None)


def remind(_payload: Mapping[str, Any], now: datetime) -> None:
    """On the due day, whoever has not finished gets one reminder."""
    for panel_id in queries.due_on(now):
        board = queries.load(panel_id)
        key = f"{board.panel.ref}:{local_day(now).isoformat()}"
        for member in board.members:
            progress = board.progress(member)
            waits = progress.declared_all if board.panel.state is PanelState.DECLARING else progress.finished
            if not waits:
                post(DUE, people.recipient(member.user), key=key, at=now, params=_params(board))
