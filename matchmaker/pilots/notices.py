"""Who is told what about a pilot."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from matchmaker.foundation.outbox import Letter, Recipient, both, day, letter, post, twd
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.words import N_
from matchmaker.people import queries as people
from matchmaker.pilots import queries
from matchmaker.pilots.events import (
    EndAsked,
    MilestoneAccepted,
    MilestoneReturned,
    MilestoneSubmitted,
    PaymentRecorded,
    PilotAssessed,
    PilotEndedEarly,
    PilotPrepared,
    PilotResumed,
    PilotStarted,
    PilotSuspended,
    PlanAgreed,
    PlanChanged,
    Side,
)
from matchmaker.pilots.models import Milestone, Pilot

OPEN_PILOT = N_("Open the pilot")
OPEN_MILESTONE = N_("Open the milestone")

PREPARED = letter(
    "pilots.prepared",
    N_("A pilot is being prepared: %(pilot)s"),
    N_(
        "The award has become a pilot of %(agency)s and %(startup)s. Its plan is prefilled from the proposal."
    ),
    N_("Complete the plan together; when both sides have agreed to it, the agency starts the pilot."),
    action=OPEN_PILOT,
)
CHANGED = letter(
    "pilots.changed",
    N_("The plan was changed: %(pilot)s"),
    N_("%(party)s has changed the plan. What was agreed before no longer stands; read it and agree anew."),
    action=OPEN_PILOT,
)
AGREED = letter(
    "pilots.agreed",
    N_("%(party)s agrees to the plan: %(pilot)s"),
    N_("%(party)s has agreed to the plan of the pilot. Read it and agree for your side, or change it."),
    action=OPEN_PILOT,
)
BOTH_AGREED = letter(
    "pilots.both_agreed",
    N_("Both sides agree to the plan: %(pilot)s"),
    N_("The agency can start the pilot from %(starts_on)s on."),
    action=OPEN_PILOT,
)
STARTED = letter(
    "pilots.started",
    N_("The pilot has started: %(pilot)s"),
    N_("%(agency)s has started the pilot with %(startup)s. It runs until %(ends_on)s."),
    action=OPEN_PILOT,
)
SUSPENDED = letter(
    "pilots.suspended",
    N_("The pilot is suspended: %(pilot)s"),
    N_("The pilot is suspended, for this reason: %(reason)s"),
    action=OPEN_PILOT,
)
RESUMED = letter(
    "pilots.resumed",
    N_("The pilot goes on: %(pilot)s"),
    N_("The pilot is no longer suspended. Days that were agreed still stand."),
    action=OPEN_PILOT,
)
END_ASKED = letter(
    "pilots.end_asked",
    N_("%(agency)s asks to end a pilot: %(pilot)s"),
    N_("%(agency)s asks to end the pilot early, for this reason: %(reason)s"),
    action=OPEN_PILOT,
)
ENDED = letter(
    "pilots.ended",
    N_("The pilot has ended early: %(pilot)s"),
    N_("The programme office has ended the pilot early, for this reason: %(reason)s"),
    N_("Milestones that were accepted are still paid; what was handed in is still decided on."),
    action=OPEN_PILOT,
)
HANDED_IN = letter(
    "pilots.handed_in",
    N_("Milestone handed in: %(milestone)s"),
    N_(
        "%(startup)s has handed in the milestone “%(milestone)s” of the pilot %(pilot)s. Accept or return it."
    ),
    action=OPEN_MILESTONE,
)
ACCEPTED = letter(
    "pilots.accepted",
    N_("Milestone accepted: %(milestone)s"),
    N_("%(agency)s has accepted the milestone “%(milestone)s” of the pilot %(pilot)s."),
    action=OPEN_MILESTONE,
)
TO_PAY = letter(
    "pilots.to_pay",
    N_("A payment is due: %(milestone)s"),
    N_("%(agency)s has accepted the milestone “%(milestone)s”. %(amount)s is due to %(startup)s."),
    N_("Record the payment when it has been made."),
    action=OPEN_MILESTONE,
)
RETURNED = letter(
    "pilots.returned",
    N_("Milestone returned: %(milestone)s"),
    N_("%(agency)s has returned the milestone “%(milestone)s” of the pilot %(pilot)s: %(note)s"),
    N_("Mend it and hand it in again. It is due on %(due_on)s."),
    action=OPEN_MILESTONE,
)
DUE_SOON = letter(
    "pilots.due_soon",
    N_("Due on %(due_on)s: %(milestone)s"),
    N_("The milestone “%(milestone)s” of the pilot %(pilot)s is due on %(due_on)s."),
    action=OPEN_MILESTONE,
)
LATE = letter(
    "pilots.late",
    N_("Late: %(milestone)s"),
    N_("The milestone “%(milestone)s” of the pilot %(pilot)s was due on %(due_on)s and is late now."),
    N_("It can still be handed in."),
    action=OPEN_MILESTONE,
)
PAID = letter(
    "pilots.paid",
    N_("Payment recorded: %(milestone)s"),
    N_("A payment of %(amount)s for the milestone “%(milestone)s” was made on %(paid_on)s (%(reference)s)."),
    action=OPEN_MILESTONE,
)
ASSESSED = letter(
    "pilots.assessed",
    N_("The pilot has been assessed: %(pilot)s"),
    N_("%(agency)s has assessed the pilot with %(startup)s. Read what it found."),
    action=OPEN_PILOT,
)


def _names(pilot: Pilot) -> dict[str, Any]:
    return {
        "pilot": both(pilot.title_zh, pilot.title_en),
        "agency": both(pilot.agency.name_zh, pilot.agency.name_en),
        "startup": both(pilot.startup.name_zh, pilot.startup.name_en),
        "url": f"/pilots/{pilot.ref}",
    }


def _about(pilot: Pilot, milestone: Milestone) -> dict[str, Any]:
    return _names(pilot) | {
        "milestone": milestone.title,
        "due_on": day(milestone.due_on),
        "url": f"/pilots/{pilot.ref}/milestones/{milestone.ref}",
    }


def _people(pilot: Pilot, *sides: Side) -> list[Recipient]:
    organizations = {Side.AGENCY: pilot.agency_id, Side.STARTUP: pilot.startup_id}
    return [person for side in sides for person in people.writers_of(organizations[side])]


def _send(kind: Letter, to: list[Recipient], *, key: str, at: datetime, params: Mapping[str, Any]) -> None:
    for recipient in to:
        post(kind, recipient, key=key, at=at, params=params)


def _told(kind: Letter, event: Any, to: list[Recipient], params: Mapping[str, Any] | None = None) -> None:
    pilot: Pilot = event.pilot
    key = f"{pilot.ref}:{event.at.isoformat()}"
    _send(kind, to, key=key, at=event.at, params={**_names(pilot), **(params or {})})


def _told_of(kind: Letter, event: Any, to: list[Recipient], params: Mapping[str, Any] | None = None) -> None:
    milestone: Milestone = event.milestone
    key = f"{milestone.ref}:{event.at.isoformat()}"
    _send(kind, to, key=key, at=event.at, params={**_about(event.pilot, milestone), **(params or {})})


def _party(pilot: Pilot, side: Side) -> dict[str, str]:
    organization = pilot.agency if side is Side.AGENCY else pilot.startup
    return both(organization.name_zh, organization.name_en)


def on_prepared(event: PilotPrepared) -> None:
    """Both sides learn that there is a plan to write."""
    _told(PREPARED, event, _people(event.pilot, *Side))


def on_plan_changed(event: PlanChanged) -> None:
    """The other side learns that an agreement fell."""
    if event.cleared:
        to = _people(event.pilot, event.side.other)
        _told(CHANGED, event, to, {"party": _party(event.pilot, event.side)})


def on_agreed(event: PlanAgreed) -> None:
    """The other side learns of the agreement; when both agree, the agency learns from when it may start."""
    pilot = event.pilot
    if pilot.agency_agreed_at is None or pilot.startup_agreed_at is None:
        _told(AGREED, event, _people(pilot, event.side.other), {"party": _party(pilot, event.side)})
    elif pilot.starts_on is not None:
        _told(BOTH_AGREED, event, _people(pilot, *Side), {"starts_on": day(pilot.starts_on)})


def on_started(event: PilotStarted) -> None:
    """Both sides and the programme office learn of the start."""
    pilot = event.pilot
    ends_on = day(pilot.ends_on) if pilot.ends_on is not None else ""
    _told(STARTED, event, [*_people(pilot, *Side), *people.staff()], {"ends_on": ends_on})


def on_suspended(event: PilotSuspended) -> None:
    """Both sides and the programme office learn of the halt and why."""
    pilot = event.pilot
    _told(SUSPENDED, event, [*_people(pilot, *Side), *people.staff()], {"reason": pilot.state_note})


def on_resumed(event: PilotResumed) -> None:
    """Both sides learn that the pilot goes on."""
    _told(RESUMED, event, _people(event.pilot, *Side))


def on_end_asked(event: EndAsked) -> None:
    """The programme office learns that the agency wants the pilot to end."""
    _told(END_ASKED, event, people.staff(), {"reason": event.reason})


def on_ended_early(event: PilotEndedEarly) -> None:
    """Both sides learn of the end and why."""
    _told(ENDED, event, _people(event.pilot, *Side), {"reason": event.pilot.state_note})


def on_submitted(event: MilestoneSubmitted) -> None:
    """The agency learns that there is something to decide on."""
    _told_of(HANDED_IN, event, _people(event.pilot, Side.AGENCY))


def on_accepted(event: MilestoneAccepted) -> None:
    """The startup learns of the acceptance, the programme office of the payment that hangs on it."""
    _told_of(ACCEPTED, event, _people(event.pilot, Side.STARTUP))
    if event.milestone.payment:
        _told_of(TO_PAY, event, people.staff(), {"amount": twd(event.milestone.payment)})


def on_returned(event: MilestoneReturned) -> None:
    """The startup learns what is missing."""
    _told_of(RETURNED, event, _people(event.pilot, Side.STARTUP), {"note": event.milestone.decision_note})


def on_paid(event: PaymentRecorded) -> None:
    """The startup learns of the payment."""
    payment = event.payment
    _told_of(
        PAID,
        event,
        _people(event.pilot, Side.STARTUP),
        {"amount": twd(payment.amount), "paid_on": day(payment.paid_on), "reference": payment.reference},
    )


def on_assessed(event: PilotAssessed) -> None:
    """The startup and the programme office learn of the final word."""
    _told(ASSESSED, event, [*_people(event.pilot, Side.STARTUP), *people.staff()])


def remind(_payload: Mapping[str, Any], now: datetime) -> None:
    """The job that comes round: once seven days before a milestone is due, and once when it has become late.

    A run that was missed is made up for; a run that is repeated sends nothing twice.
    """
    today = local_day(now)
    for milestone in queries.coming_due(today):
        _remind(DUE_SOON, milestone, now, Side.STARTUP)
    for milestone in queries.late_milestones(today):
        _remind(LATE, milestone, now, Side.STARTUP, Side.AGENCY)


def _remind(kind: Letter, milestone: Milestone, now: datetime, *sides: Side) -> None:
    pilot = milestone.pilot
    key = f"{milestone.ref}:{milestone.due_on.isoformat()}"
    _send(kind, _people(pilot, *sides), key=key, at=now, params=_about(pilot, milestone))
