"""Pages of suggestions: startups for a challenge, challenges for a startup, and why not."""

from __future__ import annotations

from typing import Any

from flask import g, render_template
from flask.typing import ResponseReturnValue

from matchmaker.challenges import queries as challenges
from matchmaker.challenges.models import Challenge
from matchmaker.kernel.programme import DOMAIN_LABELS
from matchmaker.people import queries as people
from matchmaker.suggestions import operations, policies, queries
from matchmaker.suggestions.routes import bp
from matchmaker.suggestions.states import BAND_LABELS, FILTER_LABELS, PASSED_LABELS, Filter
from matchmaker.web.access import Audience, actor, open_to

BAND_TONES = {"strong": "open", "fair": "pilot", "weak": "draft"}
WORDS = {
    "bands": BAND_LABELS,
    "band_tones": BAND_TONES,
    "filters": FILTER_LABELS,
    "passed": PASSED_LABELS,
    "domain_labels": DOMAIN_LABELS,
}


@bp.get("/challenges/<ref>/suggestions")
@open_to(Audience.AGENCY, Audience.STAFF)
def startups(ref: str) -> ResponseReturnValue:
    """Which startups fit this challenge, with the reasons."""
    challenge = challenges.challenge_for(actor(), ref, g.now)
    rows = queries.of_challenge(actor(), challenge)
    return render_template(
        "suggestions/startups.html",
        challenge=challenge,
        fits=[row for row in rows if row.stopped_by is None],
        stopped=[row for row in rows if row.stopped_by is not None],
        run=queries.latest_run(challenge.id),
        **WORDS,
    )


@bp.get("/suggestions")
@open_to(Audience.STARTUP)
def for_startup() -> ResponseReturnValue:
    """Which open challenges fit the startup, with the reasons; below, the other open calls."""
    fits = queries.of_startup(actor(), g.now)
    known = {row.challenge_id for row in fits}
    others = [challenge for challenge in queries.open_challenges(g.now) if challenge.id not in known]
    return render_template(
        "suggestions/challenges.html",
        organization=people.own_organization(actor()),
        fits=fits,
        others=others,
        **WORDS,
    )


@bp.get("/suggestions/<ref>")
@open_to(Audience.STARTUP)
def why(ref: str) -> ResponseReturnValue:
    """Why this challenge is, or is not, suggested to us."""
    challenge = challenges.public_challenge(ref, g.now)
    own = people.own_organization(actor())
    found = operations.fit_of(
        organization=own, challenge=queries.challenge_with_texts(challenge.id), at=g.now
    )
    begun = queries.has_begun(actor(), challenge)
    return render_template(
        "suggestions/why.html",
        challenge=challenge,
        organization=own,
        fit=found,
        terms=operations.shares(found.explanation) if found.explanation else [],
        stopped_by=found.stopped_by or (Filter.ALREADY_PROPOSED if begun else None),
        **WORDS,
    )


def challenge_panel(challenge: Challenge, **_context: Any) -> str:
    """On the page of a challenge, for its agency and staff: the best fits."""
    person = actor()
    if person is None or not policies.can_see_startups(person, challenge):
        return ""
    rows = [row for row in queries.of_challenge(person, challenge) if row.stopped_by is None]
    run = queries.latest_run(challenge.id)
    return render_template(
        "suggestions/panels/challenge.html",
        challenge=challenge,
        fits=rows[:5],
        total=len(rows),
        run=run,
        **WORDS,
    )


def own_fit_panel(challenge: Challenge, **_context: Any) -> str:
    """On the page of an open challenge, for a startup: how well it fits us."""
    person = actor()
    if person is None or not policies.can_see_challenges(person) or challenge.closes_at is None:
        return ""
    if challenge.closes_at <= g.now:
        return ""
    row = queries.stored_fit(challenge.id, person.organization_id or 0)
    return render_template("suggestions/panels/own_fit.html", challenge=challenge, row=row, **WORDS)


def work_panel(actor: Any, **_context: Any) -> str:
    """On a startup's front page: the challenges that fit best."""
    if not policies.can_see_challenges(actor):
        return ""
    return render_template(
        "suggestions/panels/work.html", fits=queries.of_startup(actor, g.now, limit=3), **WORDS
    )
