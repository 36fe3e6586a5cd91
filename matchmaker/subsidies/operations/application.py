"""From the draft to the approval letter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from matchmaker.foundation.db import check_version, db, lock
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.decision import Denied, Reason, deny
from matchmaker.kernel.errors import Invalid, Refused, require
from matchmaker.kernel.words import N_
from matchmaker.people import queries as people
from matchmaker.people.actor import Actor
from matchmaker.rulebook import reference
from matchmaker.rulebook.facts import BadFact
from matchmaker.subsidies import policies, queries, stored
from matchmaker.subsidies.facts import LetterFacts, LineFacts, PaperFacts, PlanFacts
from matchmaker.subsidies.models import (
    CaseApproval,
    CaseCounter,
    CaseLetter,
    CaseLine,
    CasePaper,
    SubsidyCase,
    SubsidyRound,
)
from matchmaker.subsidies.operations.common import (
    bad_fact,
    given,
    held,
    keep,
    moved,
    post,
    scheme_of,
    tell,
    write,
)
from matchmaker.subsidies.operations.rounds import NEGATIVE
from matchmaker.subsidies.states import CASE_LIFE, CaseState, EntryKind, LetterKind, LineKind

MOST_LINES = 20
CURE_DAYS = 30
"""Missing papers are asked for within a month at most (assumed, after the sister regulation; B-3)."""

TITLE_NEEDED = Reason("subsidies.title_needed", N_("Enter a title in Chinese."))
PERIOD_HALF = Reason("subsidies.period_half", N_("Enter both the first and the last day, or neither."))
ENDS_FIRST = Reason("subsidies.ends_first", N_("The last day lies before the first."))
TOO_MANY_LINES = Reason("subsidies.too_many_lines", N_("At most %(most)s items can be in a plan."))
ITEM_UNKNOWN = Reason(
    "subsidies.item_unknown", N_("Only items that are listed today, with a price, can be in a plan.")
)
QUANTITY = Reason("subsidies.quantity", N_("A quantity is 1 or more."))
UNITS_NEEDED = Reason("subsidies.units_needed", N_("Say how many months or days are planned."))
CURE_DAY = Reason(
    "subsidies.cure_day", N_("The day for the missing papers lies after today and within %(days)s days.")
)
PAPER_FIXED = Reason("subsidies.paper_fixed", N_("This paper belongs to what was handed in and stays."))
NOTHING_TO_APPROVE = Reason(
    "subsidies.nothing_to_approve", N_("Nothing would be approved: the amount is zero.")
)
APPROVED_BEFORE = Reason(
    "subsidies.approved_before", N_("The letter cannot be dated before the review meeting of %(day)s.")
)


def begin(*, round_: SubsidyRound, title_zh: str, by: Actor, at: datetime) -> SubsidyCase:
    """Begin an application in an open round, for the agency that the person acts for."""
    agency = people.own_organization(by)
    require(policies.can_apply(by, agency, round_, at))
    if not title_zh.strip():
        raise Invalid({"title_zh": deny(TITLE_NEEDED)})
    case = SubsidyCase(
        round_id=round_.id,
        agency_id=agency.id,
        scheme=round_.scheme,
        title_zh=title_zh.strip(),
        created_at=at,
        worksheets={},
    )
    db.session.add(case)
    case.touch(by=by.name, at=at)
    db.session.flush()
    case = queries.held(case)
    tell("begin", case, by, at, {"round": round_.code})
    return case


def _editable(case: SubsidyCase, by: Actor, at: datetime, expected_version: int | None) -> SubsidyCase:
    case = queries.held(case)
    require(policies.can_edit(by, case, at))
    check_version(case, expected_version)
    return case


def save_plan(
    *, case: SubsidyCase, facts: PlanFacts, by: Actor, at: datetime, expected_version: int | None = None
) -> None:
    """Write the plan; it may have gaps until it is submitted."""
    case = _editable(case, by, at, expected_version)
    problems: dict[str, Denied] = {}
    if not facts.title_zh.strip():
        problems["title_zh"] = deny(TITLE_NEEDED)
    if (facts.starts_on is None) != (facts.ends_on is None):
        problems["starts_on" if facts.starts_on is None else "ends_on"] = deny(PERIOD_HALF)
    elif facts.starts_on is not None and facts.ends_on is not None and facts.ends_on < facts.starts_on:
        problems["ends_on"] = deny(ENDS_FIRST)
    if facts.requested is not None and facts.requested < 0:
        problems["requested"] = deny(NEGATIVE)
    if problems:
        raise Invalid(problems)
    changed = []
    for name in PlanFacts.__dataclass_fields__:
        value = getattr(facts, name)
        value = value.strip() if isinstance(value, str) else value
        if getattr(case, name) != value:
            setattr(case, name, value)
            changed.append(name)
    if changed:
        tell("save_plan", case, by, at, {"fields": changed})


def save_lines(
    *,
    case: SubsidyCase,
    lines: Sequence[LineFacts],
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> None:
    """Say anew which listed items are bought; price and words are frozen from the catalog (R-032, R-050)."""
    case = _editable(case, by, at, expected_version)
    if len(lines) > MOST_LINES:
        raise Invalid({"lines": deny(TOO_MANY_LINES, most=MOST_LINES)})
    made = [_line(position, facts, local_day(at)) for position, facts in enumerate(lines, 1)]
    case.lines.clear()
    db.session.flush()
    case.lines.extend(made)
    tell("save_lines", case, by, at, {"lines": [[row.title_zh, row.quantity, row.cost] for row in made]})


def _line(position: int, facts: LineFacts, today: date) -> CaseLine:
    found = queries.listed_item(facts.item, today)
    if found is None:
        raise Invalid({"lines": deny(ITEM_UNKNOWN)})
    if facts.quantity < 1:
        raise Invalid({"lines": deny(QUANTITY)})
    if facts.kind is not LineKind.ONE_OFF and not facts.units:
        raise Invalid({"lines": deny(UNITS_NEEDED)})
    item, version = found
    return CaseLine(
        position=position,
        item_id=item.id,
        item=item,
        item_version=version.number,
        title_zh=version.title_zh or version.title_en[:120],
        title_en=version.title_en,
        kind=facts.kind,
        unit_price=version.unit_price or 0,
        quantity=facts.quantity,
        units=facts.units if facts.kind is not LineKind.ONE_OFF else None,
    )


def add_papers(*, case: SubsidyCase, papers: Sequence[PaperFacts], by: Actor, at: datetime) -> None:
    """Add papers to the application."""
    case = _editable(case, by, at, None)
    made = keep(case, papers, by, at)
    tell("add_papers", case, by, at, {"papers": [[p.kind, p.file.sha256] for p in made]})


def remove_paper(*, case: SubsidyCase, paper: str, by: Actor, at: datetime) -> None:
    """Take a paper out again that was added since the application was last handed in."""
    case = _editable(case, by, at, None)
    found = queries.paper_of(case, paper)
    if case.submitted_at is not None and found.added_at <= case.submitted_at:
        raise Refused(deny(PAPER_FIXED))
    case.papers.remove(found)
    db.session.delete(found)
    tell("remove_paper", case, by, at, {"paper": found.file.sha256})


# --- counted ---


def line_inputs(lines: Sequence[CaseLine]) -> list[dict[str, Any]]:
    """The lines of a plan as inputs of the rulebook's calculation of eligible cost."""
    rows: list[dict[str, Any]] = []
    for line in lines:
        row: dict[str, Any] = {"unit_price": line.unit_price, "quantity": line.quantity}
        if line.kind is LineKind.ONE_OFF:
            row["kind"] = "one_off"
        else:
            row |= {"kind": "period", "units": line.units, "unit": str(line.kind)}
        rows.append(row)
    return rows


def count(case: SubsidyCase, on: date) -> dict[str, stored.Stored]:
    """Eligible cost and ceiling of the plan as it stands, each with its worksheet; nothing without lines.

    The tier is that of the county or city on the day (C2).
    """
    county = case.agency.county
    if not case.lines or county is None:
        return {}
    eligible = stored.computed(case.scheme, on, "eligible", {"lines": line_inputs(case.lines)})
    inputs = {"eligible": eligible["result"]["eligible"], "government": county.code}
    return {"eligible": eligible, "ceiling": stored.computed(case.scheme, on, "ceiling", inputs)}


def gaps_of(case: SubsidyCase, today: date) -> Sequence[Denied]:
    """What the plan still lacks today."""
    counted = count(case, today)
    ceiling = counted["ceiling"]["result"]["ceiling"] if counted else None
    return policies.plan_gaps(case, today, ceiling)


def _freeze(case: SubsidyCase, today: date) -> None:
    counted = count(case, today)
    case.worksheets = dict(counted)
    case.eligible = counted["eligible"]["result"]["eligible"]
    case.ineligible = counted["eligible"]["result"]["ineligible"]
    case.ceiling = counted["ceiling"]["result"]["ceiling"]


def submit(
    *, case: SubsidyCase, letter: LetterFacts, by: Actor, at: datetime, expected_version: int | None = None
) -> None:
    """Hand the application in, with the agency's letter; code, figures and scheme version are fixed."""
    case = held(case, expected_version)
    require(policies.can_submit(by, case, at, gaps_of(case, local_day(at))))
    _freeze(case, local_day(at))
    case.code = _next_code(local_day(at).year)
    case.submitted_at = at
    case.state = CASE_LIFE.next("submit", case.state)
    write(case, LetterKind.APPLICATION, letter, by, at)
    tell(
        "submit",
        case,
        by,
        at,
        {"eligible": case.eligible, "ceiling": case.ceiling, "requested": case.requested},
    )
    moved(case, "application", at)


def _next_code(year: int) -> str:
    """The next number of the year, without gaps between two that come at once."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    counted = (
        insert(CaseCounter)
        .values(year=year, last=1)
        .on_conflict_do_update(index_elements=["year"], set_={"last": CaseCounter.last + 1})
        .returning(CaseCounter.last)
    )
    number: int = db.session.execute(counted).scalar_one()
    return f"sc-{year}-{number:04d}"


def cure(
    *, case: SubsidyCase, letter: LetterFacts, by: Actor, at: datetime, expected_version: int | None = None
) -> None:
    """Hand in what was missing; the figures are counted anew."""
    case = held(case, expected_version)
    require(policies.can_cure(by, case, at, gaps_of(case, local_day(at))))
    _freeze(case, local_day(at))
    late = case.cure_due_on is not None and local_day(at) > case.cure_due_on
    case.state = CASE_LIFE.next("cure", case.state)
    write(case, LetterKind.APPLICATION, letter, by, at)
    tell("cure", case, by, at, {"late": late})
    moved(case, "cure", at)


def withdraw(
    *, case: SubsidyCase, reason: str, by: Actor, at: datetime, expected_version: int | None = None
) -> None:
    """Take the application back before it is approved."""
    case = held(case, expected_version)
    require(policies.can_withdraw(by, case, at))
    was_in = case.submitted_at is not None
    case.state, case.ended_at = CASE_LIFE.next("withdraw", case.state), at
    case.state_note = reason.strip()
    tell("withdraw", case, by, at, {"reason": case.state_note})
    if was_in:
        moved(case, "withdrawal", at)


# --- the check ---


def ask_cure(
    *,
    case: SubsidyCase,
    letter: LetterFacts,
    due_on: date,
    note: str,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> None:
    """Ask for missing papers until a day."""
    case = held(case, expected_version)
    require(policies.can_ask_cure(by, case, at))
    today = local_day(at)
    if not today < due_on <= today + timedelta(days=CURE_DAYS):
        raise Invalid({"due_on": deny(CURE_DAY, days=CURE_DAYS)})
    case.cure_due_on, case.cure_note = due_on, given("note", note)
    case.state = CASE_LIFE.next("ask_cure", case.state)
    write(case, LetterKind.CURE, letter, by, at)
    tell("ask_cure", case, by, at, {"due_on": due_on, "note": case.cure_note})


def find_complete(*, case: SubsidyCase, by: Actor, at: datetime, expected_version: int | None = None) -> None:
    """Find the application complete; it waits for the review meeting."""
    case = held(case, expected_version)
    require(policies.can_find_complete(by, case, at))
    case.state = CASE_LIFE.next("find_complete", case.state)
    tell("find_complete", case, by, at)


def decline(
    *, case: SubsidyCase, letter: LetterFacts, by: Actor, at: datetime, expected_version: int | None = None
) -> None:
    """Decide not to approve, with reasons, hearing and remedy notice."""
    case = held(case, expected_version)
    require(policies.can_decline(by, case, at))
    case.state_note = given("body", letter.body)
    case.state, case.ended_at = CASE_LIFE.next("decline", case.state), at
    write(case, LetterKind.DECLINE, letter, by, at)
    tell("decline", case, by, at, {"reason": case.state_note})


# --- the approval (R-054 to R-059) ---


def clause_text(case: SubsidyCase) -> str:
    """The clause of R-087 as the approval letter carries it, word for word (R-088)."""
    parts = list(scheme_of(case).lists["collateral_clause"].values())
    opening, causes = parts[0], parts[1:]
    numbered = [f"（{numeral}）{each.title.zh}" for numeral, each in zip("一二三四五", causes, strict=False)]
    return "\n".join([opening.title.zh, *numbered])


def preview(case: SubsidyCase, on: date) -> tuple[dict[str, stored.Stored], dict[str, Any]]:
    """What an approval on this day would give: the worksheets, and the rulebook's result.

    :raises BadFact: the figures contradict each other.
    """
    county = case.agency.county
    inputs: dict[str, Any] = {"eligible": case.eligible or 0, "government": county.code if county else ""}
    ceiling = stored.computed(case.scheme, on, "ceiling", inputs)
    if ceiling["result"]["ceiling"] is None:
        return {"ceiling": ceiling}, {}
    asked: dict[str, Any] = {
        "requested": case.requested or 0,
        "ceiling": ceiling["result"]["ceiling"],
        "total": case.eligible or 0,
        "budget_left": queries.budget_left(case.round),
    }
    if case.review is not None and case.review.amount is not None:
        asked["review_amount"] = case.review.amount
    approved = stored.computed(case.scheme, on, "approved", asked)
    return {"ceiling": ceiling, "approved": approved}, dict(approved["result"])


def approve(
    *, case: SubsidyCase, letter: LetterFacts, by: Actor, at: datetime, expected_version: int | None = None
) -> CaseLetter:
    """Approve by letter: the lowest of request, ceiling, review amount and budget left (C3, R-056).

    The letter carries the clause of R-087 as its collateral clause (R-059, R-088). Two approvals of one round are
    never counted against the same budget: the round is locked first.
    """
    lock(SubsidyRound, case.round_id)
    case = held(case, expected_version)
    require(policies.can_approve(by, case, at, queries.budget_left(case.round)))
    on = letter.dated_on
    if case.review is not None and on < case.review.meeting.held_on:
        raise Invalid({"dated_on": deny(APPROVED_BEFORE, day=case.review.meeting.held_on)})
    try:
        sheets, result = preview(case, on)
    except BadFact as fact:
        raise bad_fact(fact, {}) from None
    if not result:
        raise Refused(deny(policies.TIER_UNKNOWN))
    if not result["approved"]:
        raise Refused(deny(NOTHING_TO_APPROVE))
    made = write(case, LetterKind.APPROVAL, letter, by, at, clause=clause_text(case))
    case.approval = _approval(case, on, sheets, result)
    case.worksheets = {
        **case.worksheets,
        "approval_ceiling": sheets["ceiling"],
        "approved": sheets["approved"],
    }
    case.state = CASE_LIFE.next("approve", case.state)
    postings = [(EntryKind.APPROVED, int(result["approved"]))]
    post(case, postings, cause="approval", on=on, by=by, at=at, reference=made.number)
    tell(
        "approve",
        case,
        by,
        at,
        {"approved": result["approved"], "total": case.eligible, "letter": made.number},
    )
    return made


def _approval(
    case: SubsidyCase, on: date, sheets: dict[str, stored.Stored], result: dict[str, Any]
) -> CaseApproval:
    steps = {line["rule"]: line for line in sheets["approved"]["worksheet"]}
    limit = steps["C3.approved"]["facts"]["limit"]
    county = case.agency.county
    tier = reference.tier_table().tier(county.code, on) if county is not None else None
    adjustment = case.review.adjustment if case.review is not None and limit == "review_amount" else ""
    return CaseApproval(
        total=case.eligible or 0,
        subsidy=int(result["approved"]),
        ceiling=int(sheets["ceiling"]["result"]["ceiling"]),
        cap=scheme_of(case).cap(on),
        limit_code=limit,
        tier=tier.tier if tier is not None else None,
        adjustment="budget" if limit == "budget_left" else adjustment,
        approved_on=on,
        worksheet=sheets["approved"],
    )


def papers_since(case: SubsidyCase) -> list[CasePaper]:
    """The papers of the application itself, in the order in which they came."""
    return [p for p in case.papers if (p.claim_id, p.change_id, p.termination_id) == (None, None, None)]


def is_removable(case: SubsidyCase, paper: CasePaper) -> bool:
    """May the paper still be taken out?"""
    if case.state not in (CaseState.DRAFT, CaseState.CURE):
        return False
    return case.submitted_at is None or paper.added_at > case.submitted_at
