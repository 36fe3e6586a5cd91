"""What people of the demo year say of suggestions, once these are computed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from matchmaker.seeding.cast import Cast, Row
from matchmaker.seeding.stories import Story
from matchmaker.suggestions import operations, queries
from matchmaker.suggestions.states import DismissReason, Side


def say_all(rows: Iterable[Row], cast: Cast, stories: Mapping[str, Story], at: datetime) -> None:
    """Every row in its order, through the product's own verbs."""
    for row in rows:
        _say(row, cast, stories[row["challenge"]], at)


def _say(row: Row, cast: Cast, story: Story, at: datetime) -> None:
    side = Side(row["side"])
    given: dict[str, Any] = {
        "challenge": queries.challenge_with_texts(story.challenge_id()),
        "organization": cast.organization(row["startup"]),
        "by": cast.actor(story.author) if side is Side.AGENCY else cast.voice(row["startup"]),
        "at": at,
    }
    if row["say"] == "pin":
        operations.pin(side=side, **given)
    elif row["say"] == "dismiss":
        reason = DismissReason(row["reason"])
        operations.dismiss(side=side, reason=reason, note=row.get("note", ""), **given)
    elif row["say"] == "invite":
        operations.invite(**given)
    else:
        operations.interested(**given)
