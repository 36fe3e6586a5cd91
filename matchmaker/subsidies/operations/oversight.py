"""Extensions, checks, improvement notices, annulment and revocation, repayment, and the end of a case."""

from __future__ import annotations

from datetime import date, datetime

from matchmaker.kernel.dates import local_day
from matchmaker.kernel.decision import Denied, Reason, deny
from matchmaker.kernel.errors import Invalid, require
from matchmaker.kernel.words import N_
from matchmaker.people.actor import Actor
from matchmaker.rulebook.facts import BadFact
from matchmaker.subsidies import accounts, policies, stored
from matchmaker.subsidies.facts import (
    ExtensionFacts,
    InspectionFacts,
    LetterFacts,
    PaymentFacts,
    RevocationFacts,
)
from matchmaker.subsidies.ledger import account_of
from matchmaker.subsidies.models import (
    CaseInspection,
    CaseRevocation,
    Extension,
    ImprovementNotice,
    SubsidyCase,
)
from matchmaker.subsidies.operations.common import (
    bad_fact,
    given,
    held,
    moved,
    not_ahead,
    owe,
    post,
    scheme_of,
    tell,
    write,
)
from matchmaker.subsidies.states import (
    CASE_LIFE,
    EXTENSION_LIFE,
    NOTICE_LIFE,
    EntryKind,
    LetterKind,
)

UNTIL_AHEAD = Reason("subsidies.until_ahead", N_("This day lies after today."))
UNKNOWN_CHOICE = Reason("subsidies.unknown_choice", N_("Choose one of the options."))
AMOUNT_OWED = Reason("subsidies.amount_owed", N_("No more can be returned than is owed: %(owed)s."))
NOTHING_RETURNED = Reason("subsidies.nothing_returned", N_("Enter what came back."))
REFERENCE_NEEDED = Reason("subsidies.return_reference", N_("Enter the number of the voucher."))
INTEREST_NEEDED = Reason("subsidies.interest_needed", N_("Enter the interest; 0 where none was earned."))


# --- extension (R-084, Q-16) ---


def ask_extension(
    *,
    case: SubsidyCase,
    facts: ExtensionFacts,
    letter: LetterFacts,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> Extension:
    """Ask by letter to move a deadline, with reasons and a date."""
    case = held(case, expected_version)
    require(policies.can_ask_extension(by, case, at))
    if facts.until <= local_day(at):
        raise Invalid({"until": deny(UNTIL_AHEAD)})
    row = Extension(matter=facts.matter, until=facts.until, reason=given("reason", facts.reason))
    row.touch(by=by.name, at=at)
    case.extensions.append(row)
    write(case, LetterKind.REQUEST, letter, by, at)
    tell("ask_extension", case, by, at, {"matter": row.matter, "until": row.until, "reason": row.reason})
    moved(case, "extension", at)
    return row


def decide_extension(
    *,
    case: SubsidyCase,
    granted_until: date | None,
    letter: LetterFacts,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> None:
    """Consent to an extension until a day, or refuse it (``granted_until`` None)."""
    case = held(case, expected_version)
    require(policies.can_decide_extension(by, case, at))
    row = policies.open_extension(case)
    if row is None:
        raise Invalid({"matter": deny(policies.NO_EXTENSION)})
    row.state = EXTENSION_LIFE.next("grant" if granted_until is not None else "refuse", row.state)
    row.granted_until, row.note = granted_until, letter.body.strip()
    row.touch(by=by.name, at=at)
    write(case, LetterKind.EXTENSION if granted_until else LetterKind.EXTENSION_REFUSED, letter, by, at)
    tell("decide_extension", case, by, at, {"matter": row.matter, "until": granted_until})


# --- checks and notices (R-085 to R-087) ---


def inspect(
    *,
    case: SubsidyCase,
    facts: InspectionFacts,
    letter: LetterFacts | None = None,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> None:
    """Record a document or on-site check and what it found; a letter goes with it where one was written."""
    case = held(case, expected_version)
    require(policies.can_inspect(by, case, at))
    lists = scheme_of(case).lists
    problems: dict[str, Denied] = {}
    if facts.kind not in lists["inspection_kinds"]:
        problems["kind"] = deny(UNKNOWN_CHOICE)
    if facts.subject not in lists["inspection_subjects"]:
        problems["subject"] = deny(UNKNOWN_CHOICE)
    if problems:
        raise Invalid(problems)
    not_ahead("on", facts.on, at)
    case.inspections.append(
        CaseInspection(
            kind=facts.kind,
            subject=facts.subject,
            on=facts.on,
            finding=given("finding", facts.finding),
            untrue=facts.untrue,
            recorded_by=by.name,
        )
    )
    if letter is not None:
        write(case, LetterKind.INSPECTION, letter, by, at)
    tell("inspect", case, by, at, {"kind": facts.kind, "subject": facts.subject, "untrue": facts.untrue})


def notify(
    *,
    case: SubsidyCase,
    defects: str,
    due_on: date,
    letter: LetterFacts,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> None:
    """Send an improvement notice that names the defects and the day until which to mend them."""
    case = held(case, expected_version)
    require(policies.can_notify(by, case, at))
    if due_on <= max(local_day(at), letter.dated_on):
        raise Invalid({"due_on": deny(UNTIL_AHEAD)})
    row = ImprovementNotice(defects=given("defects", defects), due_on=due_on, sent_on=letter.dated_on)
    row.touch(by=by.name, at=at)
    case.notices.append(row)
    write(case, LetterKind.IMPROVEMENT, letter, by, at)
    tell("notify", case, by, at, {"defects": row.defects, "due_on": due_on})


def find_mended(
    *, case: SubsidyCase, note: str, by: Actor, at: datetime, expected_version: int | None = None
) -> None:
    """Find the defects of the open notice mended."""
    case = held(case, expected_version)
    require(policies.can_find_mended(by, case, at))
    row = policies.open_notice(case)
    if row is None:
        raise Invalid({"note": deny(policies.NO_NOTICE)})
    row.state, row.note = NOTICE_LIFE.next("find_mended", row.state), given("note", note)
    row.touch(by=by.name, at=at)
    tell("find_mended", case, by, at, {"note": row.note})


def revoke(
    *,
    case: SubsidyCase,
    facts: RevocationFacts,
    letter: LetterFacts,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> None:
    """Annul or revoke the subsidy: stop and recover on two independent scales (R-087, R-089)."""
    case = held(case, expected_version)
    require(policies.can_revoke(by, case, at))
    scheme, on = scheme_of(case), local_day(at)
    stands = policies.cause_stands(scheme, case, facts.cause, on)
    if isinstance(stands, Denied):
        raise Invalid({"cause": stands})
    inputs = {
        "stop": str(facts.stop),
        "stop_amount": facts.stop_amount,
        "claw_back": str(facts.claw_back),
        "claw_back_amount": facts.claw_back_amount,
    }
    account = account_of(case)
    try:
        found = accounts.revocation(scheme, account, **inputs)  # type: ignore[arg-type]
    except BadFact as fact:
        raise bad_fact(fact, {}) from None
    given("body", letter.body)
    case.revocation = CaseRevocation(
        kind=facts.kind,
        cause=facts.cause,
        stop=facts.stop,
        claw_back=facts.claw_back,
        stopped=found.amount,
        refund=found.refund,
        decided_on=letter.dated_on,
        worksheet=stored.kept(found.worksheet, on, "revocation", inputs | {"account": stored.sums(account)}),
    )
    case.state = CASE_LIFE.next("revoke", case.state)
    post(
        case,
        found.postings,
        cause="revocation",
        on=letter.dated_on,
        by=by,
        at=at,
        reference=letter.number.strip(),
    )
    owe(case, found, cause="revocation", by=by, at=at)
    write(case, LetterKind.REVOCATION, letter, by, at)
    body = {"kind": facts.kind, "cause": facts.cause, "stopped": found.amount, "refund": found.refund}
    tell("revoke", case, by, at, body)


# --- repayment and end ---


def send_repayment(
    *,
    case: SubsidyCase,
    due_on: date,
    interest: int | None,
    letter: LetterFacts,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> None:
    """Write the repayment notice: what is to be returned with its interest, and until when (R-078 to R-081).

    ``interest`` is needed where the agency had not declared it when the refund was counted (Q-17).
    """
    case = held(case, expected_version)
    require(policies.can_send_repayment(by, case, at))
    row = policies.unsent_repayment(case)
    if row is None:
        raise Invalid({"due_on": deny(policies.NO_REPAYMENT)})
    problems: dict[str, Denied] = {}
    if due_on <= local_day(at):
        problems["due_on"] = deny(UNTIL_AHEAD)
    if interest is None and row.interest is None:
        problems["interest"] = deny(INTEREST_NEEDED)
    if problems:
        raise Invalid(problems)
    row.due_on = due_on
    row.interest = interest if interest is not None else row.interest
    row.touch(by=by.name, at=at)
    if row.interest:
        postings = [(EntryKind.INTEREST_DUE, row.interest)]
        post(
            case, postings, cause=row.cause, on=letter.dated_on, by=by, at=at, reference=letter.number.strip()
        )
    write(case, LetterKind.REPAYMENT, letter, by, at)
    tell("send_repayment", case, by, at, {"amount": row.amount, "interest": row.interest, "due_on": due_on})


def record_return(
    *,
    case: SubsidyCase,
    amount: int,
    interest: int,
    payment: PaymentFacts,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> None:
    """Record that money came back, within what is owed."""
    case = held(case, expected_version)
    require(policies.can_record_return(by, case, at))
    account = account_of(case)
    problems: dict[str, Denied] = {}
    if not 0 <= amount <= account.owed:
        problems["amount"] = deny(AMOUNT_OWED, owed=f"NT${account.owed:,}")
    if not 0 <= interest <= account.owed_interest:
        problems["interest"] = deny(AMOUNT_OWED, owed=f"NT${account.owed_interest:,}")
    if not problems and not amount + interest:
        problems["amount"] = deny(NOTHING_RETURNED)
    if not payment.reference.strip():
        problems["reference"] = deny(REFERENCE_NEEDED)
    if problems:
        raise Invalid(problems)
    not_ahead("on", payment.on, at)
    postings = accounts.repay(account, amount=amount, interest=interest)
    post(case, postings, cause="return", on=payment.on, by=by, at=at, reference=payment.reference.strip())
    tell("record_return", case, by, at, {"amount": amount, "interest": interest})


def close(*, case: SubsidyCase, by: Actor, at: datetime, expected_version: int | None = None) -> None:
    """Close the case when nothing is owed any more."""
    case = held(case, expected_version)
    require(policies.can_close(by, case, at))
    case.state, case.ended_at = CASE_LIFE.next("close", case.state), at
    tell("close", case, by, at)
