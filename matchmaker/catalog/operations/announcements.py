"""Verbs on the yearly announcements (R-040)."""

from __future__ import annotations

from datetime import datetime

from matchmaker.catalog import policies, queries
from matchmaker.catalog.facts import AnnouncementFacts
from matchmaker.catalog.models import AnnouncedCategory, Announcement
from matchmaker.catalog.operations.adoptions import FIRST_YEAR, YEAR_RANGE
from matchmaker.catalog.operations.items import CATEGORY_UNKNOWN
from matchmaker.foundation import audit
from matchmaker.foundation.db import check_version, db, lock
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.decision import Denied, Reason, deny
from matchmaker.kernel.errors import Invalid, require
from matchmaker.kernel.words import N_
from matchmaker.people.actor import Actor

YEAR_TAKEN = Reason(
    "catalog.year_taken", N_("There is an announcement for this year already: change that one.")
)
CATEGORIES_NEEDED = Reason("catalog.categories_needed", N_("Choose at least one category."))
ANNOUNCEMENT_SOURCE = Reason("catalog.announcement_source", N_("Name the source: where was this announced?"))


def save_announcement(
    *,
    facts: AnnouncementFacts,
    by: Actor,
    at: datetime,
    announcement: Announcement | None = None,
    expected_version: int | None = None,
) -> Announcement:
    """Enter which categories are procured in a year, or change it. It is public from its day on."""
    require(policies.can_save_framework(by))
    if announcement is not None:
        lock(Announcement, announcement.id)
        announcement = queries.announcement_by_ref(announcement.ref)
        check_version(announcement, expected_version)
    _check(facts, announcement, local_day(at).year)
    made = announcement is None
    if announcement is None:
        announcement = Announcement(entries=[])
        db.session.add(announcement)
    for name in ("year", "announced_on", "note_zh", "note_en", "source_note"):
        setattr(announcement, name, getattr(facts, name))
    _set_categories(announcement, facts.categories)
    announcement.touch(by=by.name, at=at)
    db.session.flush()
    audit.record(
        type="announcement.made" if made else "announcement.changed",
        subject=announcement.subject,
        actor_ref=by.ref,
        at=at,
        body={"year": facts.year, "categories": sorted(facts.categories)},
    )
    return announcement


def _set_categories(announcement: Announcement, codes: tuple[str, ...]) -> None:
    wanted = {c.id for c in queries.categories() if c.code in codes}
    for entry in list(announcement.entries):
        if entry.category_id in wanted:
            wanted.discard(entry.category_id)
        else:
            announcement.entries.remove(entry)
    announcement.entries.extend(AnnouncedCategory(category_id=key) for key in sorted(wanted))


def _check(facts: AnnouncementFacts, announcement: Announcement | None, this_year: int) -> None:
    problems: dict[str, Denied] = {}
    if not FIRST_YEAR <= facts.year <= this_year + 1:
        problems["year"] = deny(YEAR_RANGE, first=FIRST_YEAR, last=this_year + 1)
    elif queries.is_year_announced(facts.year, besides=announcement.id if announcement else None):
        problems["year"] = deny(YEAR_TAKEN)
    if not facts.categories:
        problems["categories"] = deny(CATEGORIES_NEEDED)
    elif not {c.code for c in queries.categories()} >= set(facts.categories):
        problems["categories"] = deny(CATEGORY_UNKNOWN)
    if not facts.source_note:
        problems["source_note"] = deny(ANNOUNCEMENT_SOURCE)
    if problems:
        raise Invalid(problems)
