"""Who is told what about challenges."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from matchmaker.challenges.events import (
    ChallengeCancelled,
    ChallengeHandedIn,
    ChallengePublished,
    ChallengeReturned,
)
from matchmaker.challenges.models import Challenge
from matchmaker.foundation.bus import Event
from matchmaker.foundation.outbox import Letter, Recipient, both, letter, moment, post
from matchmaker.kernel.words import N_
from matchmaker.people import queries as people

HANDED_IN = letter(
    "challenges.handed_in",
    N_("A need to look at: %(title)s"),
    N_("%(agency)s has handed in the need “%(title)s”."),
    N_("Publish it, or return it with a note on what has to change."),
    action=N_("Look at the need"),
)
RETURNED = letter(
    "challenges.returned",
    N_("Returned for changes: %(title)s"),
    N_("The programme office has returned your need “%(title)s” with this note: %(note)s"),
    N_("Change what the note asks for and hand the need in again."),
    action=N_("Go to the need"),
)
PUBLISHED = letter(
    "challenges.published",
    N_("Published: %(title)s (%(code)s)"),
    N_("Your challenge “%(title)s” is published as %(code)s. The call closes on %(closes)s."),
    N_("Proposals stay sealed until then: nobody, not even the programme office, learns of them earlier."),
    action=N_("Look at the challenge"),
)
CANCELLED = letter(
    "challenges.cancelled",
    N_("Cancelled: %(title)s"),
    N_("The programme office has cancelled “%(title)s” for this reason: %(note)s"),
    action=N_("Look at the challenge"),
)


def _params(challenge: Challenge, url: str) -> dict[str, Any]:
    chinese, english = challenge.text_in("zh"), challenge.text_in("en")
    title_zh, title_en = (text.title if text else "" for text in (chinese, english))
    organization = challenge.organization
    return {
        "title": both(title_zh or title_en, title_en or title_zh),
        "agency": both(organization.name_zh, organization.name_en),
        "note": challenge.state_note,
        "code": challenge.code or "",
        "closes": moment(challenge.closes_at) if challenge.closes_at else "",
        "url": url,
    }


def _tell(
    kind: Letter, recipients: Iterable[Recipient], event: Event, challenge: Challenge, url: str
) -> None:
    for recipient in recipients:
        post(
            kind,
            recipient,
            key=f"{challenge.ref}:{event.at.isoformat()}",
            at=event.at,
            params=_params(challenge, url),
        )


def on_handed_in(event: ChallengeHandedIn) -> None:
    """Staff learn of a need that waits for them."""
    _tell(HANDED_IN, people.staff(), event, event.challenge, f"/staff/challenges/{event.challenge.ref}")


def _tell_agency(kind: Letter, event: Event, challenge: Challenge, url: str) -> None:
    _tell(kind, people.writers_of(challenge.organization_id), event, challenge, url)


def on_returned(event: ChallengeReturned) -> None:
    """The agency learns what has to change."""
    _tell_agency(RETURNED, event, event.challenge, f"/agency/challenges/{event.challenge.ref}")


def on_published(event: ChallengePublished) -> None:
    """The agency learns of the publication."""
    _tell_agency(PUBLISHED, event, event.challenge, f"/challenges/{event.challenge.ref}")


def on_cancelled(event: ChallengeCancelled) -> None:
    """The agency learns that the office cancelled; what its own people cancelled they know."""
    if not event.by_agency:
        _tell_agency(CANCELLED, event, event.challenge, f"/agency/challenges/{event.challenge.ref}")
