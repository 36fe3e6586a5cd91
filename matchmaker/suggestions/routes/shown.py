"""The lists: startups for a challenge, challenges for a startup."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import g, render_template
from flask.typing import ResponseReturnValue

from matchmaker.challenges import queries as challenges
from matchmaker.challenges.models import Challenge
from matchmaker.kernel.decision import Decision, first_denial
from matchmaker.kernel.programme import Domain
from matchmaker.people import queries as people
from matchmaker.people.models import Organization
from matchmaker.people.policies import can_write
from matchmaker.search.queries import freshness
from matchmaker.search.states import Shelf
from matchmaker.suggestions import operations, policies, queries
from matchmaker.suggestions.board import Board, Line, arrange
from matchmaker.suggestions.routes import bp
from matchmaker.suggestions.routes.words import WORDS
from matchmaker.suggestions.states import PASSED_LABELS, Band, Filter, Side
from matchmaker.web.access import Audience, actor, open_to
from matchmaker.web.lists import PER_PAGE, Page, asked, asked_page

LONG = 10
"""A list of more than these can be filtered."""


@bp.get("/challenges/<ref>/suggestions")
@open_to(Audience.AGENCY, Audience.STAFF)
def startups(ref: str) -> ResponseReturnValue:
    """Which startups fit this challenge, with the reasons, and what the agency says of them."""
    challenge = challenges.challenge_for(actor(), ref, g.now)
    board = startup_board(challenge)
    listed = _listed(board, lambda line: _domains(line.thing))
    log_startups(challenge, listed["lines"], listed["page"].offset + 1)
    alike = startups_alike(challenge, board)
    return render_template(
        "suggestions/startups.html",
        side=Side.AGENCY,
        challenge=challenge,
        board=board,
        alike=alike,
        run=queries.latest_run(challenge.id),
        index=freshness(Shelf.MATCH),
        passed=[
            label
            for each, label in PASSED_LABELS.items()
            if each is not Filter.NOT_OPEN or challenge.published_at
        ],
        looking=challenge.state_at(g.now) in policies.MATCHED,
        may_speak=policies.can_speak(actor(), Side.AGENCY, challenge, g.now),
        may_invite=may_invite(challenge),
        **listed,
        **WORDS,
    )


def startup_board(challenge: Challenge) -> Board:
    """The startups of a challenge as its agency and staff see them, also pinned ones that are stored no more."""
    said = queries.said_of_startups(challenge.id)
    rows = queries.of_challenge(actor(), challenge)
    stored = {row.organization_id for row in rows}
    return arrange(
        [
            *(Line(row.organization, row, said.get(row.organization_id)) for row in rows),
            *(
                Line(verdict.organization, None, verdict)
                for id_, verdict in said.items()
                if id_ not in stored
            ),
        ]
    )


def may_invite(challenge: Challenge) -> Decision:
    """May the reader invite anybody at this moment?"""
    return first_denial(
        policies.can_speak(actor(), Side.AGENCY, challenge, g.now), policies.can_invite_now(challenge, g.now)
    )


def startups_alike(challenge: Challenge, board: Board) -> list[operations.Alike]:
    """More like the pinned ones, which the list does not show already; while the challenge looks for startups."""
    if challenge.state_at(g.now) not in policies.MATCHED or not board.seeds:
        return []
    without = {line.thing.id for line in (*board.suggested, *board.dismissed)}
    found = operations.startups_like(challenge=challenge, seeds=board.seeds, without=without, at=g.now)
    _log_alike(challenge.subject, found)
    return found


@bp.get("/suggestions")
@open_to(Audience.STARTUP)
def for_startup() -> ResponseReturnValue:
    """Which open challenges fit the startup, with the reasons; below, the other open calls."""
    own = people.own_organization(actor())
    calls = queries.open_challenges(g.now)
    board = challenge_board(calls)
    listed = _listed(board, lambda line: {line.thing.domain})
    lines: Sequence[Line] = listed["lines"]
    operations.shown_challenges(
        rows=[line.fit for line in lines if line.fit], first=listed["page"].offset + 1, by=actor(), at=g.now
    )
    known = {line.thing.id for line in (*board.suggested, *board.dismissed)}
    return render_template(
        "suggestions/challenges.html",
        side=Side.STARTUP,
        organization=own,
        board=board,
        alike=challenges_alike(own, board, calls),
        others=[challenge for challenge in calls if challenge.id not in known],
        index=freshness(Shelf.MATCH),
        may_write=can_write(actor(), own.id),
        **listed,
        **WORDS,
    )


def challenge_board(calls: Sequence[Challenge]) -> Board:
    """The open calls as the reader's startup sees them; those it has begun to answer are left out."""
    said, begun = queries.said_of_challenges(actor().organization_id), queries.begun_by(actor())
    fits = {row.challenge_id: row for row in queries.of_startup(actor(), g.now)}
    return arrange(
        Line(call, fits.get(call.id), said.get(call.id))
        for call in calls
        if call.id not in begun and (call.id in fits or call.id in said)
    )


def challenges_alike(own: Organization, board: Board, calls: Sequence[Challenge]) -> list[operations.Alike]:
    """More like the pinned ones among the open calls, which the list does not show already."""
    if not board.seeds:
        return []
    without = {line.thing.id for line in (*board.suggested, *board.dismissed)} | queries.begun_by(actor())
    found = operations.challenges_like(
        organization=own,
        seeds=board.seeds,
        among=[call for call in calls if call.id not in without],
        at=g.now,
    )
    _log_alike(own.subject, found)
    return found


def _domains(startup: Organization) -> set[Any]:
    return set(startup.profile.domains) if startup.profile is not None else set()


def _listed(board: Board, domains_of: Callable[[Line], set[Any]]) -> dict[str, Any]:
    """The filtered part of the list that a page shows, and its filters."""
    band, domain, number = asked("band", Band), asked("domain", Domain), asked_page()
    lines = [
        line
        for line in board.suggested
        if (not band or (line.fit is not None and line.fit.band == band))
        and (not domain or domain in domains_of(line))
    ]
    page = Page(number, len(lines))
    return {
        "lines": lines[page.offset : page.offset + PER_PAGE],
        "page": page,
        "band": band,
        "domain": domain,
        "applied": bool(band) + bool(domain),
        "long": len(board.suggested) > LONG or bool(band or domain),
    }


def log_startups(challenge: Challenge, lines: Sequence[Line], first: int = 1) -> None:
    rows = [line.fit for line in lines if line.fit is not None]
    operations.shown_startups(challenge=challenge, rows=rows, first=first, by=actor(), at=g.now)


def _log_alike(asked_subject: str, found: Sequence[operations.Alike]) -> None:
    pairs = [(each.found.subject, each.score) for each in found]
    operations.shown_similar(asked=asked_subject, found=pairs, by=actor(), at=g.now)
