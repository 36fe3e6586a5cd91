"""Deadlines of all cases on one page, and as a feed behind a secret address."""

from __future__ import annotations

from flask import Response, current_app, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext

from matchmaker.foundation import signing
from matchmaker.foundation.i18n import language, pick
from matchmaker.kernel.dates import format_day, local_day
from matchmaker.kernel.errors import NotFound
from matchmaker.kernel.words import N_
from matchmaker.people import queries as people
from matchmaker.people.actor import Actor
from matchmaker.rulebook import reference
from matchmaker.subsidies import dues, ics, operations, queries
from matchmaker.subsidies.dues import Due
from matchmaker.subsidies.models import SubsidyCase
from matchmaker.subsidies.routes import bp
from matchmaker.web.access import Audience, actor, open_to, writes
from matchmaker.web.forms import said

PURPOSE = "subsidies.calendar"


def _dues(person: Actor) -> list[tuple[SubsidyCase, Due]]:
    today = local_day(g.now)
    found = [(case, due) for case in queries.living(person) for due in dues.of_case(case, today)]
    return sorted(found, key=lambda pair: (pair[1].on, pair[0].id))


def clause_of(case: SubsidyCase, due: Due) -> str:
    """The clause of a deadline in the reader's language."""
    return reference.scheme(case.scheme).clauses[due.clause].in_language(language())


def _address(person: Actor) -> str | None:
    key = queries.calendar_key(person.user_id, person.organization_id or 0)
    if key is None:
        return None
    signed = signing.sign(PURPOSE, f"{person.ref}~{person.organization_ref}~{key.serial}")
    base = current_app.extensions["settings"].base_url.rstrip("/")
    return f"{base}{url_for('subsidies.feed', key=signed)}"


@bp.get("/subsidies/calendar")
@open_to(Audience.AGENCY, Audience.STAFF)
def deadlines() -> ResponseReturnValue:
    """What falls due in one's cases, the earliest first; all cases for staff."""
    person = actor()
    rows = [(case, due, clause_of(case, due)) for case, due in _dues(person)]
    return render_template(
        "subsidies/calendar.html", rows=rows, today=local_day(g.now), address=_address(person)
    )


@bp.post("/subsidies/calendar/address")
@open_to(Audience.AGENCY, Audience.STAFF)
@writes
def renew() -> ResponseReturnValue:
    """Make a secret address for the feed, or a new one in its place."""
    operations.renew_calendar(by=actor(), at=g.now)
    said(
        N_("The address is made. Whoever knows it can read the deadlines; an earlier one finds nothing now.")
    )
    return redirect(url_for("subsidies.deadlines"), 303)


@bp.get("/subsidies/calendar/<key>.ics")
@open_to(Audience.PUBLIC)
def feed(key: str) -> ResponseReturnValue:
    """The deadlines as iCalendar, for whoever knows the address; the reader's rights are asked anew each time."""
    text = signing.read(PURPOSE, key)
    parts = (text or "").split("~")
    if len(parts) != 3:
        raise NotFound
    row = queries.calendar_owner(parts[0], parts[1])
    if row is None or str(row.serial) != parts[2]:
        raise NotFound
    person = people.actor_of(row.user, row.organization_id)
    with force_locale(person.language):
        made = _feed(person)
    response = Response(made, mimetype="text/calendar")
    response.headers["Content-Disposition"] = 'attachment; filename="deadlines.ics"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _feed(person: Actor) -> str:
    base = current_app.extensions["settings"].base_url.rstrip("/")
    entries = []
    for case, due in _dues(person):
        title = pick(case.title_zh, case.title_en)
        day = due.act_by
        words = [gettext("Due on %(day)s", day=format_day(due.on, language())), clause_of(case, due)]
        if due.is_moved:
            words.append(gettext("This day is off: act by the last working day before it."))
        entries.append(
            ics.Entry(
                uid=f"{case.ref}-{due.kind}@matchmaker",
                on=day,
                summary=gettext("%(what)s: %(case)s", what=gettext(due.label), case=title),
                description="\n".join(words),
                url=f"{base}{url_for('subsidies.show', ref=case.ref)}",
            )
        )
    return ics.calendar(gettext("Deadlines of subsidised cases"), entries, at=g.now)
