"""Who is told what about a subsidised case: by letter, by request, and before a day falls due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from matchmaker.foundation.outbox import Letter, Recipient, both, day, letter, post, twd
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.words import N_
from matchmaker.people import queries as people
from matchmaker.subsidies import dues, queries
from matchmaker.subsidies.events import CaseMoved, LetterSent, RepaymentFound, SignatureAsked
from matchmaker.subsidies.models import SubsidyCase
from matchmaker.subsidies.states import LetterKind

OPEN_CASE = N_("Open the case")

HANDED_IN = {
    "application": letter(
        "subsidies.application",
        N_("Application handed in: %(case)s"),
        N_("%(agency)s has handed in the application “%(case)s”. Check whether it is complete."),
        action=OPEN_CASE,
    ),
    "cure": letter(
        "subsidies.cured",
        N_("Missing papers handed in: %(case)s"),
        N_("%(agency)s has handed in what was missing for “%(case)s”. Check it anew."),
        action=OPEN_CASE,
    ),
    "withdrawal": letter(
        "subsidies.withdrawn",
        N_("Application withdrawn: %(case)s"),
        N_("%(agency)s has withdrawn the application “%(case)s”."),
        action=OPEN_CASE,
    ),
    "claim": letter(
        "subsidies.claim",
        N_("Claim handed in: %(case)s"),
        N_("%(agency)s has handed in a claim for “%(case)s”. Check its papers and amounts."),
        action=OPEN_CASE,
    ),
    "order": letter(
        "subsidies.order",
        N_("An order changed: %(case)s"),
        N_("%(agency)s has recorded that an order of “%(case)s” changed. What was paid is counted anew."),
        action=OPEN_CASE,
    ),
    "reservation": letter(
        "subsidies.reservation",
        N_("Reservation asked for: %(case)s"),
        N_("%(agency)s cannot claim all of the subsidy of “%(case)s” this year and asks for a reservation."),
        action=OPEN_CASE,
    ),
    "change": letter(
        "subsidies.change",
        N_("Change of a plan handed in: %(case)s"),
        N_("%(agency)s asks to change the plan “%(case)s”. Nothing changes before you approve it."),
        action=OPEN_CASE,
    ),
    "termination": letter(
        "subsidies.termination",
        N_("Termination of a plan handed in: %(case)s"),
        N_("%(agency)s asks to end the plan “%(case)s”. Fill in the right box and decide."),
        action=OPEN_CASE,
    ),
    "extension": letter(
        "subsidies.extension",
        N_("Extension asked for: %(case)s"),
        N_("%(agency)s asks to extend a deadline of “%(case)s”. Consent or refuse by letter."),
        action=OPEN_CASE,
    ),
}
"""What the agency handed in -> the mail to the programme office."""

_SENT = N_("The programme office has written a letter about “%(case)s”: no. %(number)s of %(dated_on)s.")
_READ = N_(
    "Read it on the page of the case. A remedy notice, where there is one, stands in the letter itself."
)
SENT = {
    LetterKind.CURE: N_("Papers are missing: %(case)s"),
    LetterKind.DECLINE: N_("Not approved: %(case)s"),
    LetterKind.APPROVAL: N_("Approved: %(case)s"),
    LetterKind.CLAIM_RETURN: N_("Claim returned: %(case)s"),
    LetterKind.PAYMENT: N_("Paid: %(case)s"),
    LetterKind.CHANGE: N_("Change approved: %(case)s"),
    LetterKind.CHANGE_REFUSED: N_("Change refused: %(case)s"),
    LetterKind.TERMINATION: N_("Plan terminated: %(case)s"),
    LetterKind.TERMINATION_REFUSED: N_("Termination refused: %(case)s"),
    LetterKind.EXTENSION: N_("Extension granted: %(case)s"),
    LetterKind.EXTENSION_REFUSED: N_("Extension refused: %(case)s"),
    LetterKind.RESERVATION: N_("Decision on the reservation: %(case)s"),
    LetterKind.CUT: N_("Adjusted after a legislative cut: %(case)s"),
    LetterKind.INSPECTION: N_("About an inspection: %(case)s"),
    LetterKind.IMPROVEMENT: N_("Improve until a deadline: %(case)s"),
    LetterKind.REVOCATION: N_("Subsidy annulled or revoked: %(case)s"),
    LetterKind.REPAYMENT: N_("Return until a deadline: %(case)s"),
}
SENT_LETTERS = {
    kind: letter(f"subsidies.letter_{kind}", subject, _SENT, _READ, action=OPEN_CASE)
    for kind, subject in SENT.items()
}
"""Kind of an official letter -> the mail that tells the agency of it."""

SIGN = letter(
    "subsidies.sign",
    N_("Your signature is asked for: %(case)s"),
    N_("A form of “%(case)s” waits at your desk. Read it, sign it, or return it for correction."),
    action=OPEN_CASE,
)
REPAY = letter(
    "subsidies.repay",
    N_("A repayment notice is to be written: %(case)s"),
    N_("%(amount)s of “%(case)s” are to be returned. Write the notice with its deadline."),
    action=OPEN_CASE,
)
DUE_SOON = letter(
    "subsidies.due_soon",
    N_("Due on %(on)s: %(case)s"),
    N_("Something falls due in “%(case)s” on %(on)s. The last working day not after it is %(act_by)s."),
    action=OPEN_CASE,
)
LATE = letter(
    "subsidies.late",
    N_("Late: %(case)s"),
    N_("Something in “%(case)s” was due on %(on)s and is late now."),
    action=OPEN_CASE,
)

SOON = 10
"""A deadline is reminded of by mail from so many working days before it."""


def _about(case: SubsidyCase) -> dict[str, Any]:
    return {
        "case": both(case.title_zh, case.title_en),
        "agency": both(case.agency.name_zh, case.agency.name_en),
        "url": f"/subsidies/{case.ref}",
    }


def _send(kind: Letter, to: list[Recipient], case: SubsidyCase, key: str, at: datetime, **more: Any) -> None:
    for recipient in to:
        post(kind, recipient, key=f"{case.ref}:{key}", at=at, params={**_about(case), **more})


def on_moved(event: CaseMoved) -> None:
    """The programme office learns what was handed in."""
    _send(HANDED_IN[event.what], people.staff(), event.case, event.at.isoformat(), event.at)


def on_letter(event: LetterSent) -> None:
    """The agency learns of a letter of the programme office."""
    case, row = event.case, event.letter
    to = people.writers_of(case.agency_id)
    kind = SENT_LETTERS[row.kind]
    _send(kind, to, case, row.ref, event.at, number=row.number, dated_on=day(row.dated_on))


def on_signature(event: SignatureAsked) -> None:
    """Whoever sits at the next desk learns that a form waits there."""
    to = [people.recipient(user) for user in queries.users_by_id(event.user_ids)]
    _send(SIGN, to, event.case, event.at.isoformat(), event.at)


def on_repayment(event: RepaymentFound) -> None:
    """The programme office learns that a repayment notice is to be written."""
    key = f"repay:{event.at.isoformat()}"
    _send(REPAY, people.staff(), event.case, key, event.at, amount=twd(event.amount))


def remind(_payload: Mapping[str, Any], now: datetime) -> None:
    """The job that comes round: once ten working days before a day falls due, and once when it has passed.

    A run that was missed is made up for; a run that is repeated sends nothing twice.
    """
    today = local_day(now)
    for case in queries.living():
        for due in dues.of_case(case, today):
            late = due.on < today
            if not late and (due.left is None or due.left > SOON):
                continue
            to = people.staff() if due.side == "staff" else people.writers_of(case.agency_id)
            key = f"{due.kind}:{due.on.isoformat()}:{'late' if late else 'soon'}"
            act_by = day(due.act_by)
            _send(LATE if late else DUE_SOON, to, case, key, now, on=day(due.on), act_by=act_by)
