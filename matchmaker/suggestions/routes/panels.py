"""Suggestions on the pages of others: a challenge, a startup, the front page."""

from __future__ import annotations

from typing import Any

from flask import g, render_template

from matchmaker.challenges import queries as challenges
from matchmaker.challenges.models import Challenge
from matchmaker.kernel.errors import NotFound
from matchmaker.people import queries as people
from matchmaker.people.models import Organization
from matchmaker.people.states import OrganizationKind
from matchmaker.suggestions import operations, policies, queries
from matchmaker.suggestions.board import Line
from matchmaker.suggestions.routes.shown import challenge_board, log_startups, startup_board
from matchmaker.suggestions.routes.words import WORDS, came_from
from matchmaker.suggestions.states import Filter, Side
from matchmaker.web.access import actor

ON_CHALLENGE, ON_FRONT = 5, 3
"""How many a panel shows."""
FOR_STARTUP = frozenset({"suggestions.for_startup", "suggestions.why", "home.front"})
FOR_AGENCY = frozenset(
    {
        "suggestions.startups",
        "suggestions.pair",
        "challenges.public",
        "challenges.own",
        "challenges.staff_page",
    }
)
"""The pages that suggest; who follows a link there to a suggested thing has opened the suggestion."""


def challenge_panel(challenge: Challenge, **_context: Any) -> str:
    """On the page of a challenge, for its agency and staff: the best fits, pinned ones first."""
    person = actor()
    if person is None or not policies.can_see_startups(person, challenge):
        return ""
    board = startup_board(challenge)
    log_startups(challenge, board.suggested[:ON_CHALLENGE])
    return render_template(
        "suggestions/panels/challenge.html",
        challenge=challenge,
        lines=board.suggested[:ON_CHALLENGE],
        total=len(board.suggested),
        dismissed=len(board.dismissed),
        run=queries.latest_run(challenge.id),
        **WORDS,
    )


def own_fit_panel(challenge: Challenge, **_context: Any) -> str:
    """On the page of an open challenge, for a startup: how well it fits us, and what we said of it."""
    person = actor()
    if person is None or not policies.can_see_challenges(person) or challenge.closes_at is None:
        return ""
    if challenge.closes_at <= g.now:
        return ""
    own = person.organization_id or 0
    row, verdict = queries.stored_fit(challenge.id, own), queries.verdict_of(Side.STARTUP, challenge.id, own)
    if (row is not None or verdict is not None) and came_from()[0] in FOR_STARTUP:
        operations.opened(
            side=Side.STARTUP,
            challenge=challenge,
            organization=people.own_organization(person),
            by=person,
            at=g.now,
        )
    begun = queries.has_begun(person, challenge)
    return render_template(
        "suggestions/panels/own_fit.html",
        challenge=challenge,
        line=Line(challenge, row, verdict),
        stopped_by=Filter.ALREADY_PROPOSED if begun else row.stopped_by if row is not None else None,
        **WORDS,
    )


def work_panel(actor: Any, **_context: Any) -> str:
    """On a startup's front page: the challenges that fit best, pinned ones first."""
    if not policies.can_see_challenges(actor):
        return ""
    lines = challenge_board(queries.open_challenges(g.now)).suggested[:ON_FRONT]
    operations.shown_challenges(rows=[line.fit for line in lines if line.fit], by=actor, at=g.now)
    return render_template("suggestions/panels/work.html", lines=lines, **WORDS)


def organization_panel(organization: Organization, **_context: Any) -> str:
    """On the public page of a startup, for who came from the suggestions of a challenge: the way back and why."""
    person = actor()
    endpoint, values = came_from()
    if person is None or organization.kind is not OrganizationKind.STARTUP or endpoint not in FOR_AGENCY:
        return ""
    try:
        challenge = challenges.challenge_for(person, str(values.get("ref", "")), g.now)
        found = queries.suggested_startup(person, challenge, organization.ref)
    except NotFound:
        return ""
    row = queries.stored_fit(challenge.id, found.id)
    if row is None and queries.verdict_of(Side.AGENCY, challenge.id, found.id) is None:
        return ""
    operations.opened(side=Side.AGENCY, challenge=challenge, organization=found, by=person, at=g.now)
    return render_template(
        "suggestions/panels/organization.html", challenge=challenge, organization=found, row=row, **WORDS
    )
