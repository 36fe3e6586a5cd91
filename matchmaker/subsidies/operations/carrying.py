"""What is carried into the next year or cut: reservations, the Executive Yuan's word, legislative cuts."""

from __future__ import annotations

from datetime import datetime

from matchmaker.kernel.dates import local_day
from matchmaker.kernel.decision import Denied, Reason, deny
from matchmaker.kernel.errors import Invalid, require
from matchmaker.kernel.words import N_
from matchmaker.people.actor import Actor
from matchmaker.rulebook import claims as rules
from matchmaker.rulebook.facts import BadFact
from matchmaker.subsidies import accounts, policies, stored
from matchmaker.subsidies.facts import (
    CutFacts,
    LetterFacts,
    ReservationFacts,
    YuanFacts,
)
from matchmaker.subsidies.ledger import account_of
from matchmaker.subsidies.models import LegislativeCut, Reservation, SubsidyCase
from matchmaker.subsidies.operations.common import (
    bad_fact,
    held,
    moved,
    not_ahead,
    post,
    scheme_of,
    tell,
    write,
)
from matchmaker.subsidies.states import (
    RESERVATION_LIFE,
    LetterKind,
    YuanState,
)

PENDING = Reason("subsidies.yuan_pending", N_("Choose what the Executive Yuan decided."))
AMOUNT_RANGE = Reason("subsidies.amount_range", N_("Enter an amount above zero and at most %(most)s."))
REASON_NEEDED = Reason("subsidies.reason_needed", N_("Give the reason."))
YEAR_RANGE = Reason("subsidies.year_range", N_("Enter the year of the cut budget."))


def reserve(
    *,
    case: SubsidyCase,
    facts: ReservationFacts,
    letter: LetterFacts,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> None:
    """The agency reserves what it cannot claim in the year, and says why (R-072)."""
    case = held(case, expected_version)
    require(policies.can_reserve(by, case, at))
    payable = account_of(case).payable
    problems: dict[str, Denied] = {}
    if not 0 < facts.amount <= payable:
        problems["amount"] = deny(AMOUNT_RANGE, most=f"NT${payable:,}")
    if not facts.reason.strip():
        problems["reason"] = deny(REASON_NEEDED)
    if problems:
        raise Invalid(problems)
    row = Reservation(year=local_day(at).year, amount=facts.amount, reason=facts.reason.strip())
    row.touch(by=by.name, at=at)
    case.reservations.append(row)
    write(case, LetterKind.REQUEST, letter, by, at)
    tell("reserve", case, by, at, {"year": row.year, "amount": row.amount, "reason": row.reason})
    moved(case, "reservation", at)


def decide_reservation(
    *,
    case: SubsidyCase,
    facts: YuanFacts,
    letter: LetterFacts,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> None:
    """Record the Executive Yuan's word on the programme's own carry-over: only what it approved is paid (C9)."""
    case = held(case, expected_version)
    require(policies.can_decide_reservation(by, case, at))
    row = policies.open_reservation(case)
    if facts.state is YuanState.PENDING or row is None:
        raise Invalid({"state": deny(PENDING)})
    not_ahead("decided_on", facts.decided_on, at)
    inputs = {
        "approved": row.amount,
        "claimed": 0,
        "executive_yuan": str(facts.state),
        "amount": facts.amount if facts.state is YuanState.APPROVED else None,
    }
    on = facts.decided_on
    try:
        found = rules.reservation(scheme_of(case), on, **inputs)  # type: ignore[arg-type]
    except BadFact as fact:
        raise bad_fact(fact, {}) from None
    row.state = RESERVATION_LIFE.next("approve" if facts.state is YuanState.APPROVED else "refuse", row.state)
    row.carried = found.payable if row.state is YuanState.APPROVED else None
    row.decided_on = on
    row.worksheet = stored.kept(found.worksheet, on, "reservation", inputs)
    row.touch(by=by.name, at=at)
    write(case, LetterKind.RESERVATION, letter, by, at)
    tell("decide_reservation", case, by, at, {"state": row.state, "carried": row.carried})


def hand_on_cut(
    *,
    case: SubsidyCase,
    facts: CutFacts,
    letter: LetterFacts,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> None:
    """Hand on a legislative cut, in proportion or as negotiated (C10, R-073); what was paid stays."""
    case = held(case, expected_version)
    require(policies.can_cut(by, case, at))
    account, on = account_of(case), letter.dated_on
    inputs = {
        "method": str(facts.method),
        "share": facts.share,
        "amount": facts.amount,
        "reason": facts.reason.strip() or None,
    }
    if not 2018 <= facts.year <= 2199:
        raise Invalid({"year": deny(YEAR_RANGE)})
    try:
        found = accounts.cut(scheme_of(case), on, account, **inputs)  # type: ignore[arg-type]
    except BadFact as fact:
        raise bad_fact(fact, {"cut": "share"}) from None
    case.cuts.append(
        LegislativeCut(
            year=facts.year,
            method=facts.method,
            share=facts.share or "",
            reason=facts.reason.strip(),
            before=account.limit,
            after=found.amount,
            worksheet=stored.kept(found.worksheet, on, "cut", inputs | {"account": stored.sums(account)}),
        )
    )
    post(case, found.postings, cause="cut", on=on, by=by, at=at)
    write(case, LetterKind.CUT, letter, by, at)
    tell("cut", case, by, at, {"before": account.limit, "after": found.amount, "method": facts.method})
