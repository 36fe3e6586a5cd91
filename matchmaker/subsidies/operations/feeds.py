"""The secret address of a person's calendar feed."""

from __future__ import annotations

from datetime import datetime

from matchmaker.foundation.db import db
from matchmaker.kernel.errors import NotFound
from matchmaker.people.actor import Actor
from matchmaker.subsidies import queries
from matchmaker.subsidies.models import CalendarKey


def renew_calendar(*, by: Actor, at: datetime) -> CalendarKey:
    """Make the address, or make it anew: from now on the old one finds nothing."""
    if by.organization_id is None:
        raise NotFound
    key = queries.calendar_key(by.user_id, by.organization_id)
    if key is None:
        key = CalendarKey(user_id=by.user_id, organization_id=by.organization_id, serial=1, made_at=at)
        db.session.add(key)
    else:
        key.serial, key.made_at = key.serial + 1, at
    db.session.flush()
    return key
