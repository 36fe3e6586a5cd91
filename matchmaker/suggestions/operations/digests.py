"""The weekly digest: made once a week for each person, at most some at a time, and only of what is new to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from matchmaker.foundation import jobs
from matchmaker.foundation.db import db, lock
from matchmaker.foundation.outbox import post
from matchmaker.foundation.relevance import Direction, Pair, Sign, note
from matchmaker.kernel.dates import local_day, start_of_day
from matchmaker.people import queries as people
from matchmaker.people.actor import SYSTEM
from matchmaker.people.models import Organization, User
from matchmaker.people.states import OrganizationKind
from matchmaker.search.states import Kind, subject
from matchmaker.suggestions import digests
from matchmaker.suggestions.models import DigestChoice, Suggestion
from matchmaker.suggestions.queries import digests as queries

DIGEST = "suggestions.digest"
AT_ONCE = 50
"""People in one transaction; a run that dies is taken up where its last transaction ended."""
MOST = 5
"""Fits of one organisation in one letter; what is left over is still new next week."""


def week_of(now: datetime) -> datetime:
    """The beginning of the week in Taiwan, Monday 00:00."""
    today = local_day(now)
    return start_of_day(today - timedelta(days=today.weekday()))


def digest_job(_payload: Mapping[str, Any], now: datetime) -> None:
    """The job that comes round every week, and after itself while people are left."""
    due = queries.due(week_of(now), AT_ONCE)
    for user in due:
        make_digest(user=user, at=now)
    if len(due) == AT_ONCE:
        jobs.enqueue(DIGEST, at=now, dedupe_key="rest")


def make_digest(*, user: User, at: datetime) -> bool:
    """Write one person's letter, if it is due, wanted and has something to say. Returns whether it was written.

    The row of the choice is held meanwhile: two workers write one letter, and whoever declines is heard.
    """
    choice = _held(user.id)
    if not choice.wanted or (choice.made_at is not None and choice.made_at >= week_of(at)):
        return False
    lines: list[Any] = []
    links: list[str] = []
    for place in queries.places_of(user.id):
        fits = _new(place, choice.made_at, at)
        if fits:
            of_startup = place.kind is OrganizationKind.STARTUP
            lines += (digests.startup_lines if of_startup else digests.agency_lines)(place, fits)
            links.append(_link(place, fits))
    choice.made_at = at
    choice.touch(by=SYSTEM.name, at=at)
    db.session.flush()
    if lines:
        params = {"lines": lines, "reader": user.ref, "url": links[0] if len(links) == 1 else "/"}
        post(
            digests.DIGEST,
            people.recipient(user),
            key=local_day(week_of(at)).isoformat(),
            at=at,
            params=params,
        )
    return bool(lines)


def _new(place: Organization, since: datetime | None, at: datetime) -> Sequence[Suggestion]:
    """What fits and was not shown to the organisation before the person's last digest; noted as shown now."""
    of_startup = place.kind is OrganizationKind.STARTUP
    direction = Direction.CHALLENGES if of_startup else Direction.STARTUPS
    fits = (queries.fits_of_startup if of_startup else queries.fits_of_agency)(place.id, at)
    pairs = {fit.id: _pair(fit, of_startup) for fit in fits}
    viewer = place.subject
    seen = queries.seen(viewer, direction, {pair.asked for pair in pairs.values()}, since)
    new = [fit for fit in fits if (pairs[fit.id].asked, pairs[fit.id].found) not in seen][:MOST]
    note(sign=Sign.SHOWN, direction=direction, viewer=viewer, pairs=[pairs[fit.id] for fit in new], at=at)
    return new


def _pair(fit: Suggestion, of_startup: bool) -> Pair:
    ends = subject(Kind.STARTUP, fit.organization.ref), fit.challenge.subject
    asked, found = ends if of_startup else ends[::-1]
    return Pair(asked=asked, found=found, score=fit.score, band=fit.band.value, generation=fit.generation)


def _link(place: Organization, fits: Sequence[Suggestion]) -> str:
    if place.kind is OrganizationKind.STARTUP:
        return "/suggestions"
    refs = {fit.challenge.ref for fit in fits}
    return f"/challenges/{refs.pop()}/suggestions" if len(refs) == 1 else "/agency/challenges"


def choose_digest(*, user_id: int, wanted: bool, by: str, at: datetime) -> DigestChoice:
    """A person takes the digest or leaves it; letters that still wait are not sent to who leaves it."""
    choice = _held(user_id)
    choice.wanted = wanted
    choice.touch(by=by, at=at)
    db.session.flush()
    return choice


def _held(user_id: int) -> DigestChoice:
    """The person's row, held to the end of the transaction; made where there is none."""
    choice = queries.choice_of(user_id)
    if choice is None:
        choice = DigestChoice(user_id=user_id, wanted=True)
        db.session.add(choice)
        db.session.flush()
    return lock(DigestChoice, choice.id)
