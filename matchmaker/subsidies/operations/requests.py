"""Changes (annex 5) and terminations (annex 6): filled, signed at four desks, handed in, decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Literal

from matchmaker.foundation import bus
from matchmaker.foundation.db import check_version, db
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.decision import Denied, Reason, deny
from matchmaker.kernel.errors import Invalid, require
from matchmaker.kernel.words import N_
from matchmaker.people import queries as people
from matchmaker.people.actor import Actor
from matchmaker.rulebook import annexes, claims
from matchmaker.rulebook.annexes import AmountBox, ChangeRow, ItemRow
from matchmaker.rulebook.facts import BadFact
from matchmaker.rulebook.refunds import Interest
from matchmaker.subsidies import accounts, policies, queries, stored
from matchmaker.subsidies.accounts import Outcome
from matchmaker.subsidies.events import SignatureAsked
from matchmaker.subsidies.facts import (
    ChangeFacts,
    LetterFacts,
    PaperFacts,
    RightBox,
    TerminationFacts,
    WorkItem,
)
from matchmaker.subsidies.ledger import account_of, approval_of
from matchmaker.subsidies.models import CaseSignature, PlanChange, PlanTermination, SubsidyCase
from matchmaker.subsidies.operations.common import (
    Titles,
    bad_fact,
    held,
    keep,
    moved,
    owe,
    post,
    scheme_of,
    tell,
    write,
)
from matchmaker.subsidies.states import (
    CASE_LIFE,
    CHANGE_LIFE,
    TERMINATION_LIFE,
    LetterKind,
    RequestState,
)

FIELD_NEEDED = Reason("subsidies.field_needed", N_("This field of the form is needed."))
ENDS_FIRST = Reason("subsidies.period_ends_first", N_("The last day lies before the first."))
METRIC_NEEDED = Reason(
    "subsidies.metric_needed",
    N_("The expected benefit needs at least one figure, before and after the change."),
)
DIFFERENCE_NEEDED = Reason(
    "subsidies.difference_needed", N_("The table of differences needs at least one row.")
)
TOTAL_NEEDED = Reason("subsidies.total_needed", N_("The cost after the change is more than nothing."))
OUTSIDE_PERIOD = Reason(
    "subsidies.outside_period", N_("The termination lies within the period of the plan, or on its last day.")
)
ITEMS_NEEDED = Reason("subsidies.items_needed", N_("List at least one work item."))
ITEM_FAULT = Reason("subsidies.item_fault", N_("Row %(row)s: %(why)s"))
SPENT_ABOVE = Reason("subsidies.spent_above", N_("More was spent than the item's budget."))
BUDGETS_DIFFER = Reason(
    "subsidies.budgets_differ",
    N_("The items' budgets add up to %(budgets)s; the approved total is %(total)s. Make them equal."),
)
PAPERS_MISSING = Reason("subsidies.request_papers", N_("These papers are missing: %(papers)s"))
MORE_THAN_HELD = Reason(
    "subsidies.more_than_held", N_("No more can be returned than was received and is still held: %(held)s.")
)
NEGATIVE = Reason("subsidies.request_negative", N_("An amount cannot be negative."))


# --- annex 5 ---


def preview_change(case: SubsidyCase, cost_after: int, declared: int | None, at: datetime) -> Outcome:
    """What a change to this eligible total would leave and ask back (C6)."""
    account = account_of(case)
    interest = Interest(declared, account.held) if declared is not None else None
    return accounts.change(
        scheme_of(case), local_day(at), approval_of(case), account, new_total=cost_after, interest=interest
    )


def save_change(
    *,
    case: SubsidyCase,
    facts: ChangeFacts,
    papers: Sequence[PaperFacts] = (),
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> PlanChange:
    """Fill annex 5, anew or further; what follows from the figures is counted, not typed (5.10 to 5.12)."""
    case = queries.held(case)
    change = next((each for each in case.changes if each.state is RequestState.DRAFT), None)
    require(policies.can_edit_request(by, case, at) if change else policies.can_request(by, case, at))
    if change is not None:
        check_version(change, expected_version)
    _check_change(facts)
    try:
        found = preview_change(case, facts.cost_after, facts.declared_interest, at)
    except BadFact as fact:
        raise bad_fact(fact, {"new_total": "cost_after"}) from None
    approval = approval_of(case)
    if change is None:
        change = PlanChange(papers=[], signatures=[])
        case.changes.append(change)
    for name in ChangeFacts.__dataclass_fields__:
        if name not in ("metrics", "differences"):
            value = getattr(facts, name)
            setattr(change, name, value.strip() if isinstance(value, str) else value)
    change.metrics = [asdict(row) for row in facts.metrics]
    change.differences = [asdict(row) for row in facts.differences]
    change.applied_on = local_day(at)
    change.cost_before, change.subsidy_before = approval.total, approval.subsidy
    change.subsidy_after = min(approval.subsidy, found.amount)
    _require_table(change)
    change.touch(by=by.name, at=at)
    db.session.flush()
    change.papers.extend(keep(case, papers, by, at, change_id=change.id))
    tell("save_change", case, by, at, {"change": change.ref, "cost_after": change.cost_after})
    return change


def _check_change(facts: ChangeFacts) -> None:
    problems: dict[str, Denied] = {
        name: deny(FIELD_NEEDED)
        for name in ("contact_name", "contact_phone", "subjects", "reason", "content", "benefits")
        if not getattr(facts, name).strip()
    }
    if facts.ends_on < facts.starts_on:
        problems["ends_on"] = deny(ENDS_FIRST)
    if not facts.metrics:
        problems["metrics"] = deny(METRIC_NEEDED)
    if not facts.differences:
        problems["differences"] = deny(DIFFERENCE_NEEDED)
    if facts.cost_after <= 0:
        problems["cost_after"] = deny(TOTAL_NEEDED)
    if facts.declared_interest is not None and facts.declared_interest < 0:
        problems["declared_interest"] = deny(NEGATIVE)
    if problems:
        raise Invalid(problems)


def _require_table(change: PlanChange) -> None:
    """The table of 5.10 adds up and keeps to its two notes, by the rulebook's own check."""
    before = ChangeRow(change.cost_before, change.subsidy_before, change.own_before)
    after = ChangeRow(change.cost_after, change.subsidy_after, change.own_after)
    decision = annexes.check_change_rows(before, after, change.subsidy_after)
    if isinstance(decision, Denied):
        raise Invalid({"cost_after": decision})


# --- annex 6 ---


def preview_termination(case: SubsidyCase, termination: PlanTermination, at: datetime) -> Outcome:
    """What the termination would ask back (C8)."""
    return accounts.termination(
        scheme_of(case),
        local_day(at),
        approval_of(case),
        account_of(case),
        force_majeure=bool(termination.force_majeure),
        items=stored.work_items(termination.items),
        interest=Interest(termination.left_interest, account_of(case).held),
    )


def save_termination(
    *,
    case: SubsidyCase,
    facts: TerminationFacts,
    papers: Sequence[PaperFacts] = (),
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> PlanTermination:
    """Fill annex 6, everything but the right box (R-016)."""
    case = queries.held(case)
    row = next((each for each in case.terminations if each.state is RequestState.DRAFT), None)
    require(policies.can_edit_request(by, case, at) if row else policies.can_request(by, case, at))
    if row is not None:
        check_version(row, expected_version)
    approval = approval_of(case)
    _check_termination(facts, approval.total)
    if row is None:
        row = PlanTermination(papers=[], signatures=[])
        case.terminations.append(row)
    for name in TerminationFacts.__dataclass_fields__:
        if name != "items":
            value = getattr(facts, name)
            setattr(row, name, value.strip() if isinstance(value, str) else value)
    row.items = [asdict(item) for item in facts.items]
    row.applied_on = local_day(at)
    row.left_subsidy = approval.subsidy
    row.touch(by=by.name, at=at)
    db.session.flush()
    row.papers.extend(keep(case, papers, by, at, termination_id=row.id))
    tell("save_termination", case, by, at, {"termination": row.ref, "items": len(row.items)})
    return row


def _check_termination(facts: TerminationFacts, total: int) -> None:
    problems: dict[str, Denied] = {
        name: deny(FIELD_NEEDED)
        for name in ("contact_name", "contact_phone", "reason")
        if not getattr(facts, name).strip()
    }
    if facts.ends_on < facts.starts_on:
        problems["ends_on"] = deny(ENDS_FIRST)
    elif not facts.starts_on <= facts.terminates_on <= facts.ends_on:
        problems["terminates_on"] = deny(OUTSIDE_PERIOD)
    for name in ("left_interest", "left_other"):
        if getattr(facts, name) < 0:
            problems[name] = deny(NEGATIVE)
    fault = _item_fault(facts.items)
    budgets = sum(item.budget for item in facts.items)
    if fault is not None:
        problems["items"] = fault
    elif budgets != total:
        problems["items"] = deny(BUDGETS_DIFFER, budgets=f"NT${budgets:,}", total=f"NT${total:,}")
    if problems:
        raise Invalid(problems)


def _item_fault(items: Sequence[WorkItem]) -> Denied | None:
    """What is wrong with the rows of 6.8: the rulebook's check, and no more spent than budgeted."""
    if not items:
        return deny(ITEMS_NEEDED)
    rows = [ItemRow(item.item, _state(item.executed), item.text, item.percent, item.spent) for item in items]
    for index, denied in sorted(annexes.check_item_rows(rows).items()):
        return deny(ITEM_FAULT, row=index + 1, why=denied)
    for index, item in enumerate(items):
        if not 0 <= item.spent <= item.budget:
            return deny(ITEM_FAULT, row=index + 1, why=deny(SPENT_ABOVE))
    return None


def _state(executed: bool | None) -> Literal["executed", "not_executed"] | None:
    if executed is None:
        return None
    return "executed" if executed else "not_executed"


# --- signatures (R-015) ---


def _request(case: SubsidyCase) -> PlanChange | PlanTermination:
    request = policies.open_request(case)
    if request is None:
        raise Invalid({"request": deny(policies.NO_REQUEST_OPEN)})
    return request


def _require_papers(case: SubsidyCase, request: PlanChange | PlanTermination) -> None:
    """All attachments of the form are there; a structured table of differences counts as one (5.15)."""
    kind = "change" if isinstance(request, PlanChange) else "termination"
    present = {paper.kind for paper in request.papers}
    if isinstance(request, PlanChange) and request.differences:
        present.add("comparison_table")
    if any(letter.kind is LetterKind.APPROVAL for letter in case.letters):
        # The approval letter stands in the case itself; the copy is printed from there.
        present.add("approval_letter")
    missing = claims.missing_papers(scheme_of(case), kind, present, force_majeure=bool(request.force_majeure))
    if missing:
        raise Invalid({"papers": deny(PAPERS_MISSING, papers=Titles(missing))})


def ask_signatures(
    *, case: SubsidyCase, by: Actor, at: datetime, expected_version: int | None = None
) -> None:
    """Send the whole form to the four desks, in order."""
    case = held(case, expected_version)
    desks = people.desks_of(case.agency_id)
    require(policies.can_ask_signatures(by, case, at, desks))
    request = _request(case)
    _require_papers(case, request)
    request.state = CHANGE_LIFE.next("ask_signatures", request.state)
    request.touch(by=by.name, at=at)
    tell("ask_signatures", case, by, at, {"form": request.ref})
    _ask_next(case, request, at)


def _ask_next(case: SubsidyCase, request: PlanChange | PlanTermination, at: datetime) -> None:
    role = policies.next_desk(request)
    desk = next((each for each in people.desks_of(case.agency_id) if each.role is role), None)
    if desk is not None:
        ids = [desk.holder.user_id, *([desk.deputy.user_id] if desk.deputy is not None else [])]
        bus.publish(SignatureAsked(at=at, case=case, user_ids=tuple(ids)))


def sign(
    *,
    case: SubsidyCase,
    letter: LetterFacts | None = None,
    comment: str = "",
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> None:
    """Sign at the next desk; with the fourth signature the form goes out, by letter."""
    case = held(case, expected_version)
    desks = people.desks_of(case.agency_id)
    require(policies.can_sign(by, case, at, desks))
    request = _request(case)
    role = policies.next_desk(request)
    desk = next(each for each in desks if each.role is role)
    signature = CaseSignature(
        role=desk.role,
        signed_by=by.name,
        as_deputy=desk.holder.user_id != by.user_id,
        comment=comment.strip(),
        signed_at=at,
    )
    request.signatures.append(signature)
    request.touch(by=by.name, at=at)
    body = {"form": request.ref, "desk": desk.role, "as_deputy": signature.as_deputy}
    if policies.next_desk(request) is not None:
        tell("sign", case, by, at, body)
        _ask_next(case, request, at)
        return
    request.state = CHANGE_LIFE.next("hand_in", request.state)
    write(case, LetterKind.REQUEST, letter or LetterFacts(number="", dated_on=local_day(at)), by, at)
    tell("sign", case, by, at, body | {"handed_in": True})
    moved(case, "change" if isinstance(request, PlanChange) else "termination", at)


def return_form(
    *, case: SubsidyCase, comment: str, by: Actor, at: datetime, expected_version: int | None = None
) -> None:
    """Return the form from a desk for correction; the signatures given so far fall."""
    case = held(case, expected_version)
    require(policies.can_sign(by, case, at, people.desks_of(case.agency_id)))
    request = _request(case)
    if not comment.strip():
        raise Invalid({"comment": deny(FIELD_NEEDED)})
    for signature in list(request.signatures):
        request.signatures.remove(signature)
        db.session.delete(signature)
    request.state = CHANGE_LIFE.next("return", request.state)
    request.note = comment.strip()
    request.touch(by=by.name, at=at)
    tell("return_form", case, by, at, {"form": request.ref, "comment": request.note})


def attach_form(
    *, case: SubsidyCase, paper: PaperFacts, by: Actor, at: datetime, expected_version: int | None = None
) -> None:
    """Keep a scan of the form with its wet signatures, beside those given here (5.17, 6.14)."""
    case = held(case, expected_version)
    require(policies.can_attach_form(by, case, at))
    request = policies.signed_request(case)
    if request is None:
        raise Invalid({"request": deny(policies.NO_REQUEST_OPEN)})
    parent = "change_id" if isinstance(request, PlanChange) else "termination_id"
    made = keep(case, [paper], by, at, **{parent: request.id})
    request.papers.extend(made)
    tell("attach_form", case, by, at, {"form": request.ref, "sha256": made[0].file.sha256})


def withdraw_request(
    *, case: SubsidyCase, by: Actor, at: datetime, expected_version: int | None = None
) -> None:
    """Take the change or termination back before it is decided."""
    case = held(case, expected_version)
    require(policies.can_withdraw_request(by, case, at))
    request = _request(case)
    request.state = CHANGE_LIFE.next("withdraw", request.state)
    request.touch(by=by.name, at=at)
    tell("withdraw_request", case, by, at, {"form": request.ref})


# --- decisions ---


def refuse_request(
    *, case: SubsidyCase, letter: LetterFacts, by: Actor, at: datetime, expected_version: int | None = None
) -> None:
    """Refuse the change or termination, with reasons, hearing and remedy notice."""
    case = held(case, expected_version)
    require(policies.can_decide_request(by, case, at))
    request = _request(case)
    if not letter.body.strip():
        raise Invalid({"body": deny(FIELD_NEEDED)})
    is_change = isinstance(request, PlanChange)
    request.state = CHANGE_LIFE.next("refuse", request.state)
    request.note = letter.body.strip()
    request.touch(by=by.name, at=at)
    write(case, LetterKind.CHANGE_REFUSED if is_change else LetterKind.TERMINATION_REFUSED, letter, by, at)
    tell("refuse_request", case, by, at, {"form": request.ref, "reason": request.note})


def approve_change(
    *, case: SubsidyCase, letter: LetterFacts, by: Actor, at: datetime, expected_version: int | None = None
) -> None:
    """Approve the change: an increase is the agency's, a decrease goes back in the ratio (R-077, R-078)."""
    case = held(case, expected_version)
    require(policies.can_decide_request(by, case, at))
    change = _request(case)
    if not isinstance(change, PlanChange):
        raise Invalid({"request": deny(policies.NO_REQUEST_OPEN)})
    on = local_day(at)
    found = preview_change(case, change.cost_after, change.declared_interest, at)
    inputs = {
        "approval": stored.basis(approval_of(case)),
        "account": stored.sums(account_of(case)),
        "new_total": change.cost_after,
        "declared": change.declared_interest,
    }
    change.worksheet = stored.kept(found.worksheet, on, "change", inputs)
    change.state = CHANGE_LIFE.next("approve", change.state)
    change.touch(by=by.name, at=at)
    cause = f"change:{change.ref}"
    post(case, found.postings, cause=cause, on=letter.dated_on, by=by, at=at, reference=letter.number.strip())
    owe(case, found, cause=cause, by=by, at=at)
    case.starts_on, case.ends_on = change.starts_on, change.ends_on
    write(case, LetterKind.CHANGE, letter, by, at)
    tell("approve_change", case, by, at, {"change": change.ref, "left": found.amount, "refund": found.refund})


def approve_termination(
    *,
    case: SubsidyCase,
    box: RightBox,
    letter: LetterFacts,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> None:
    """Revoke the approval on the agency's request (R-079); the programme office fills the right box.

    What it fills in is final and may differ from what was counted (Q-14), within what the agency holds.
    """
    case = held(case, expected_version)
    require(policies.can_decide_request(by, case, at))
    row = _request(case)
    if not isinstance(row, PlanTermination):
        raise Invalid({"request": deny(policies.NO_REQUEST_OPEN)})
    account, on = account_of(case), local_day(at)
    problems = {
        f"right_{name}": deny(NEGATIVE) for name in ("subsidy", "interest", "other") if getattr(box, name) < 0
    }
    if box.subsidy > account.held - account.owed:
        problems["right_subsidy"] = deny(MORE_THAN_HELD, held=f"NT${account.held - account.owed:,}")
    if problems:
        raise Invalid(problems)
    counted = preview_termination(case, row, at)
    inputs = {
        "approval": stored.basis(approval_of(case)),
        "account": stored.sums(account),
        "force_majeure": bool(row.force_majeure),
        "items": row.items,
        "declared": row.left_interest,
    }
    row.worksheet = stored.kept(counted.worksheet, on, "termination", inputs)
    row.right_subsidy, row.right_interest, row.right_other = box.subsidy, box.interest, box.other
    row.state = TERMINATION_LIFE.next("approve", row.state)
    row.touch(by=by.name, at=at)
    case.state = CASE_LIFE.next("terminate", case.state)
    cause = f"termination:{row.ref}"
    found = accounts.ended(account, refund=box.subsidy, interest=box.interest + box.other, counted=counted)
    post(case, found.postings, cause=cause, on=letter.dated_on, by=by, at=at, reference=letter.number.strip())
    owe(case, found, cause=cause, by=by, at=at)
    write(case, LetterKind.TERMINATION, letter, by, at)
    total = AmountBox(box.subsidy, box.interest, box.other).total
    body = {"termination": row.ref, "counted": counted.refund, "returned": box.subsidy, "total": total}
    tell("approve_termination", case, by, at, body)
