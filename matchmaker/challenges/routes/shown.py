"""A challenge as its pages show it: the statement by sections, what happened when, the trail, the history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import g, url_for
from flask_babel import gettext

from matchmaker.challenges import queries
from matchmaker.challenges.facts import STATEMENT_LABELS
from matchmaker.challenges.models import Challenge
from matchmaker.challenges.phases import PHASES, phase_at
from matchmaker.challenges.states import CHALLENGE_LIFE
from matchmaker.foundation import audit
from matchmaker.foundation.i18n import TAGS, is_chinese
from matchmaker.kernel.programme import DOMAIN_LABELS
from matchmaker.kernel.words import N_
from matchmaker.people import queries as people
from matchmaker.people.actor import Actor

SECTIONS = (
    (N_("The problem"), ("problem", "affected")),
    (N_("The present situation"), ("current_handling", "solution_gap")),
    (N_("What is wanted"), ("outcome", "success_measures")),
    (N_("Site and support"), ("site", "support")),
    (N_("Data and limits"), ("data_available", "limits")),
)


@dataclass(frozen=True, slots=True)
class Words:
    """A text, and its language where it is not the page's."""

    text: str
    lang: str | None


def words(challenge: Challenge, field: str) -> Words:
    """A part of the statement in the reader's language, else in the other one."""
    mine, other = ("zh", "en") if is_chinese() else ("en", "zh")
    own, fallback = challenge.text_in(mine), challenge.text_in(other)
    if own is not None and getattr(own, field):
        return Words(getattr(own, field), None)
    text = getattr(fallback, field) if fallback is not None else ""
    return Words(text, TAGS["en" if other == "en" else "zh_Hant_TW"] if text else None)


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the statement: its English title and its parts, (English label or None, words)."""

    title: str
    parts: list[tuple[str | None, Words]]


def statement(challenge: Challenge) -> list[Section]:
    """The sections that hold anything; a part named like its section goes without a heading of its own."""
    made = []
    for title, names in SECTIONS:
        given = [(name, words(challenge, name)) for name in names]
        parts = [
            (None if STATEMENT_LABELS[name] == title else STATEMENT_LABELS[name], text)
            for name, text in given
            if text.text
        ]
        if parts:
            made.append(Section(title, parts))
    return made


def _moments(challenge: Challenge) -> list[tuple[datetime | None, str, str]]:
    published, opens = challenge.published_at, challenge.opens_at
    opens_later = published is None or (opens is not None and opens > published + timedelta(minutes=1))
    return [
        (published, gettext("Published"), ""),
        (opens if opens_later else None, gettext("The call opens"), ""),
        (challenge.closes_at, gettext("The call closes"), gettext("Proposals stay sealed until then.")),
        (challenge.opened_at, gettext("Proposals opened"), ""),
        (challenge.decided_at, gettext("Decision released"), ""),
        (challenge.concluded_at, gettext("Concluded"), ""),
        (challenge.cancelled_at, gettext("Cancelled"), ""),
    ]


def timeline(challenge: Challenge, now: datetime) -> list[dict[str, Any]]:
    """What happened and what is to come, in order; the last thing that happened is marked."""
    end = challenge.cancelled_at
    items: list[dict[str, Any]] = [
        {"at": at, "label": label, "note": note if at > now else ""}
        for at, label, note in _moments(challenge)
        if at is not None and (end is None or at <= end)
    ]
    items.sort(key=lambda item: item["at"])
    past = [item for item in items if item["at"] <= now]
    if past:
        past[-1]["current"] = True
    return items


def trail(challenge: Challenge, actor: Actor | None, endpoint: str) -> list[dict[str, Any]]:
    """The challenges before and after it, for the trail; empty where it stands alone."""
    rows = queries.trail_of(challenge, actor)
    if len(rows) < 2:
        return []
    return [
        {
            "kind": gettext("Follow-up challenge") if row.parent_id else gettext("Challenge"),
            "label": f"{row.code} {row.title}" if row.code else row.title,
            "url": url_for("challenges.public" if row.published_at else endpoint, ref=row.ref),
            "current": row.id == challenge.id,
        }
        for row in rows
    ]


HISTORY_LABELS = {
    "challenge.drafted": N_("Begun"),
    "challenge.statement_saved": N_("Statement changed"),
    "challenge.terms_saved": N_("Terms changed"),
    "challenge.criteria_saved": N_("Criteria changed"),
    "challenge.paper_attached": N_("Paper attached"),
    "challenge.paper_removed": N_("Paper removed"),
    "challenge.hand_in": N_("Handed in"),
    "challenge.take_back": N_("Taken back"),
    "challenge.return": N_("Returned for changes"),
    "challenge.publish": N_("Published"),
    "challenge.cancel": N_("Cancelled"),
    "challenge.open": N_("Proposals opened"),
    "challenge.screen": N_("Screening begun"),
    "challenge.judge": N_("Judging begun"),
    "challenge.decide": N_("Decision released"),
    "challenge.begin_pilot": N_("Pilot begun"),
    "challenge.conclude": N_("Concluded"),
    "challenge.followed_up": N_("Follow-up challenge drafted"),
}


def history(challenge: Challenge) -> list[dict[str, Any]]:
    """What happened to it, from the audit chain, for its agency and staff."""
    entries = audit.history(challenge.subject, types=list(HISTORY_LABELS))
    names = people.names_by_ref([entry.actor_ref for entry in entries])
    return [
        {
            "at": entry.at,
            "label": gettext(HISTORY_LABELS[entry.type]),
            "by": names.get(entry.actor_ref, gettext("Matchmaker")),
            "note": entry.body.get("note") or entry.body.get("reason") or "",
        }
        for entry in entries
    ]


def page(challenge: Challenge, actor: Actor | None, *, endpoint: str = "challenges.public") -> dict[str, Any]:
    """Everything that a page with the whole challenge needs."""
    phase = phase_at(challenge, g.now)
    return {
        "challenge": challenge,
        "title": words(challenge, "title"),
        "summary": words(challenge, "summary"),
        "sections": statement(challenge),
        "timeline": timeline(challenge, g.now),
        "trail": trail(challenge, actor, endpoint),
        "phase": PHASES[phase] if phase is not None else None,
        "life": CHALLENGE_LIFE,
        "state": challenge.state_at(g.now),
        "domain_labels": DOMAIN_LABELS,
    }


def titles(rows: Sequence[Challenge]) -> dict[int, Words]:
    """Titles for a list, by id."""
    return {row.id: words(row, "title") for row in rows}
