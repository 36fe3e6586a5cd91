"""What proposals add to pages of earlier slices."""

from __future__ import annotations

from datetime import datetime

from flask import g, render_template

from matchmaker.challenges.models import Challenge
from matchmaker.people.actor import Actor
from matchmaker.people.states import OrganizationKind
from matchmaker.proposals import policies, queries
from matchmaker.proposals.states import PROPOSAL_LIFE
from matchmaker.web.access import actor


def challenge_actions(challenge: Challenge, **_context: object) -> str:
    """In the head of a challenge: begin or go on for startups, open and screen for officers, read for the agency.

    For officers and the agency it depends on the challenge alone, never on what came in.
    """
    person: Actor | None = actor()
    if challenge.published_at is None:
        return ""
    if person is None or person.is_kind(OrganizationKind.STARTUP):
        own = queries.own_proposal_to(person, challenge.id)
        return render_template(
            "proposals/panels/start.html",
            challenge=challenge,
            proposal=own,
            call=policies.call_takes(challenge, g.now),
            may_start=policies.can_start(person, challenge, g.now, own) if person is not None else None,
        )
    is_owner = person.is_kind(OrganizationKind.AGENCY) and person.is_of(challenge.organization_id)
    if not (person.is_staff or is_owner):
        return ""
    return render_template(
        "proposals/panels/officers.html",
        challenge=challenge,
        state=challenge.state_at(g.now),
        is_staff=person.is_staff,
    )


def work(actor: Actor | None, now: datetime, **_context: object) -> str:
    """On the front page: a startup's own proposals, or the calls that wait for officers."""
    if actor is None:
        return ""
    if actor.is_kind(OrganizationKind.STARTUP):
        return render_template(
            "proposals/panels/own_work.html",
            proposals=queries.own_proposals(actor, limit=5).rows,
            life=PROPOSAL_LIFE,
            state_of=policies.state_for_startup,
        )
    if actor.is_staff:
        waiting = queries.to_open_or_screen(now, limit=5)
        return render_template(
            "proposals/panels/staff_work.html", challenges=waiting.rows, total=waiting.total
        )
    return ""
