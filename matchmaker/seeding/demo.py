"""The demo year: every step of it is one of the product's own operations, at its own moment, in its own
transaction, so that audit chain, versions and mails are what they would be after a year of use.

The row that counts the steps is written with each step: an interrupted loading goes on where it stopped, and a
finished one is never repeated. Mail older than a day counts as sent when the year is loaded (nobody is to be
written to about last spring); what is newer waits in the outbox as always.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import delete, select, update
from tqdm import tqdm

from matchmaker.challenges.states import ChallengeState
from matchmaker.foundation import audit, clock, idempotency
from matchmaker.foundation.db import db, put_off, unit_of_work
from matchmaker.foundation.idempotency import IdempotencyKey
from matchmaker.foundation.jobs import Job
from matchmaker.foundation.outbox import OutboxMail
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.errors import MatchmakerError
from matchmaker.people.actor import SYSTEM
from matchmaker.people.models import User
from matchmaker.people.passwords import make
from matchmaker.search import operations as search
from matchmaker.seeding import reading, signins, verdicts
from matchmaker.seeding.cast import Cast
from matchmaker.seeding.contests import Contest
from matchmaker.seeding.grants import Grants
from matchmaker.seeding.peers import Peers
from matchmaker.seeding.purchases import Purchases
from matchmaker.seeding.schedule import Schedule, Step
from matchmaker.seeding.shelf import Shelf
from matchmaker.seeding.stories import Story, made_of
from matchmaker.seeding.trials import Trial, conclude
from matchmaker.suggestions import operations as suggestions
from matchmaker.suggestions import queries as suggestion_queries
from matchmaker.suggestions.operations import experts

KEY = "demo.year"
SUBJECT = "demo:year"
FRESH = timedelta(days=1)
"""Mail younger than this still goes out when the year is loaded."""


class Interrupted(MatchmakerError):
    """An earlier loading stopped on the way and cannot go on; the message is for the operator."""


def load(*, progress: bool = True, until: Callable[[Step], bool] | None = None) -> None:
    """Load the demo year, or go on with it; nothing happens where it is loaded already.

    :param until: stop before the first step for which it answers yes (for tests of interruption).
    """
    if is_loaded():
        if signins.known() is None:
            with unit_of_work():
                signins.renew()
        return
    marker = _begin()
    schedule = plan(marker.created_at, make(signins.ensure()))
    steps = schedule.steps()
    with tqdm(total=len(steps), initial=marker.status, unit="step", disable=not progress) as bar:
        for number, step in enumerate(steps):
            if number < marker.status:
                continue
            if until is not None and until(step):
                return
            if number:
                _suggest_between(steps[number - 1].at, step.at)
            _do(step, number, marker)
            bar.update()
    _settle(marker.created_at)
    _say(marker.created_at)


def is_loaded() -> bool:
    """Was the whole year loaded here?"""
    found = select(audit.AuditEvent.id).where(audit.AuditEvent.subject == SUBJECT).limit(1)
    return db.session.scalar(found) is not None


def _begin() -> IdempotencyKey:
    """The row that counts the steps; its time is the present of the whole year."""
    fingerprint = reading.fingerprint()
    with unit_of_work():
        marker = idempotency.find(key=KEY, user_ref=SYSTEM.ref)
        if marker is None:
            if _has_demo_people():
                raise Interrupted(f"An earlier loading of the demo year was broken off. {_start_anew()}")
            idempotency.remember(
                key=KEY,
                user_ref=SYSTEM.ref,
                request_hash=fingerprint,
                status=0,
                location=None,
                at=clock.now(),
            )
            db.session.flush()
            marker = idempotency.find(key=KEY, user_ref=SYSTEM.ref)
    assert marker is not None
    if marker.request_hash != fingerprint:
        raise Interrupted(f"The demo year has changed since its loading was broken off. {_start_anew()}")
    return marker


def _has_demo_people() -> bool:
    people = select(User.id).where(User.email.in_([signins.address(key) for key in ("director", "officer")]))
    return db.session.scalar(people.limit(1)) is not None


def _start_anew() -> str:
    settings = current_app.extensions["settings"]
    what = f"delete {settings.data_dir}" if settings.is_sqlite else "make an empty database"
    return f"To start anew, {what} and run the command again."


def plan(now: datetime, password_hash: str) -> Schedule:
    """Every step of the year, counted from the day of ``now`` in Taipei."""
    return _year(now, password_hash)[0]


def _year(now: datetime, password_hash: str) -> tuple[Schedule, Cast, dict[str, Story]]:
    schedule = Schedule(local_day(now))
    cast = Cast(schedule, password_hash)
    cast.enter()
    stories = made_of(reading.stories(), cast, schedule)
    for story in stories.values():
        Contest(story).enter()
        _trials(story)
    shelf = Shelf(reading.toml("demo", "catalog.toml"), cast, schedule, stories)
    shelf.enter()
    Peers(reading.toml("demo", "peers.toml")["ask"], cast, schedule, stories).enter()
    Grants(reading.toml("demo", "subsidies.toml"), cast, schedule).enter()
    Purchases(reading.toml("demo", "orders.toml"), cast, schedule, shelf).enter()
    return schedule, cast, stories


def _trials(story: Story) -> None:
    trials = [Trial(story, row["startup"], row["pilot"]) for row in story.rows() if "pilot" in row]
    for trial in trials:
        trial.enter()
    story.line.last = max((trial.line.last for trial in trials if trial.line.last), default=story.line.last)
    conclude(story)


def _do(step: Step, number: int, marker: IdempotencyKey) -> None:
    try:
        with clock.at(step.at), put_off(), unit_of_work() as session:
            step.act(step.at)
            session.execute(
                update(IdempotencyKey).where(IdempotencyKey.id == marker.id).values(status=number + 1)
            )
    except MatchmakerError as error:
        raise MatchmakerError(f"{step.title}, {step.at:%Y-%m-%d %H:%M} UTC: {_why(error)}") from error


def _suggest_between(earlier: datetime, later: datetime) -> None:
    """The suggestions that a call has when it closes are those it keeps: compute them for the calls that close now.

    In a year of use each change is suggested upon at once; here only what remains of it is worth the time.
    """
    closing = [
        (challenge.id, challenge.closes_at)
        for challenge in suggestion_queries.looking(earlier)
        if challenge.state is ChallengeState.PUBLISHED
        and challenge.closes_at is not None
        and challenge.closes_at <= later
    ]
    if not closing:
        return
    search.reindex(at=earlier)
    with unit_of_work():
        for challenge_id, closes_at in closing:
            challenge = suggestion_queries.challenge_with_texts(challenge_id)
            suggestions.refresh(challenges=[challenge], at=closes_at - timedelta(minutes=1))


def _why(error: MatchmakerError) -> str:
    denial: Any = getattr(error, "denial", None)
    return f"{type(error).__name__} {error} {denial.reason.message if denial is not None else ''}".strip()


def _settle(now: datetime) -> None:
    """Past mail counts as sent, the suggestions are computed once, and the chain says that the year stands."""
    with unit_of_work() as session:
        past = (OutboxMail.sent_at.is_(None), OutboxMail.created_at < now - FRESH)
        session.execute(update(OutboxMail).where(*past).values(sent_at=OutboxMail.created_at, attempts=1))
        session.execute(delete(IdempotencyKey).where(IdempotencyKey.key == KEY))
        audit.record(type="demo.loaded", subject=SUBJECT, actor_ref=SYSTEM.ref, at=now)
    search.reindex(at=now)
    with unit_of_work() as session:
        suggestions.refresh(challenges=suggestion_queries.looking(now), at=now)
        waiting = (
            Job.kind.in_([suggestions.REFRESH, search.CATCH_UP]),
            Job.state == "queued",
            Job.run_at <= now,
        )
        session.execute(delete(Job).where(*waiting))


def _say(now: datetime) -> None:
    """Some suggestions are pinned, dismissed or taken up, an invitation goes out; jurors say what they know."""
    _schedule, cast, stories = _year(now, "")
    with clock.at(now), unit_of_work():
        verdicts.say_all(reading.toml("demo", "verdicts.toml")["verdict"], cast, stories, now)
        for key, person in cast.people.items():
            if "expertise" in person:
                experts.save_expertise(words=person["expertise"], by=cast.actor(key), at=now)
