"""Verbs on rounds and their review meetings."""

from __future__ import annotations

from datetime import datetime

from matchmaker.foundation import audit
from matchmaker.foundation.db import check_version, db, lock
from matchmaker.kernel.decision import Denied, Reason, deny
from matchmaker.kernel.errors import Invalid, require
from matchmaker.kernel.words import N_
from matchmaker.people.actor import Actor
from matchmaker.rulebook import reference
from matchmaker.rulebook.reference import UnknownScheme
from matchmaker.subsidies import policies, queries
from matchmaker.subsidies.facts import MeetingFacts, RankFacts, RoundFacts
from matchmaker.subsidies.models import ReviewEntry, ReviewMeeting, SubsidyRound

CODE_NEEDED = Reason("subsidies.code_needed", N_("Enter the number of the round."))
CODE_TAKEN = Reason("subsidies.code_taken", N_("Another round has this number."))
NAME_NEEDED = Reason("subsidies.name_needed", N_("Enter the name in Chinese."))
SCHEME_UNKNOWN = Reason("subsidies.scheme_unknown", N_("Choose a scheme that is on file."))
CLOSES_FIRST = Reason("subsidies.closes_first", N_("The last day lies before the first."))
NEGATIVE = Reason("subsidies.negative", N_("An amount cannot be negative."))
RANK_TWICE = Reason("subsidies.rank_twice", N_("Each place in the ranking can be given once."))
RANK_RANGE = Reason("subsidies.rank_range", N_("A place in the ranking is 1 or more."))
NOT_REVIEWABLE = Reason("subsidies.not_reviewable", N_("This case does not wait for review in this round."))
REASON_NEEDED = Reason(
    "subsidies.adjustment_reason", N_("An adjusted amount needs one of the four reasons of the directive.")
)
AMOUNT_NEEDED = Reason(
    "subsidies.adjustment_amount", N_("A reason for an adjustment stands without an adjusted amount.")
)


def save_round(*, facts: RoundFacts, by: Actor, at: datetime) -> SubsidyRound:
    """Make a round. Under a scheme that takes no applications any more it is a demonstration, and says so."""
    require(policies.can_manage_rounds(by))
    problems: dict[str, Denied] = {}
    if not facts.code.strip():
        problems["code"] = deny(CODE_NEEDED)
    elif queries.is_round_code_taken(facts.code.strip()):
        problems["code"] = deny(CODE_TAKEN)
    if not facts.title_zh.strip():
        problems["title_zh"] = deny(NAME_NEEDED)
    if facts.closes_on < facts.opens_on:
        problems["closes_on"] = deny(CLOSES_FIRST)
    if facts.budget < 0:
        problems["budget"] = deny(NEGATIVE)
    try:
        scheme = reference.scheme(facts.scheme)
    except UnknownScheme:
        raise Invalid(problems | {"scheme": deny(SCHEME_UNKNOWN)}) from None
    if problems:
        raise Invalid(problems)
    round_ = SubsidyRound(
        code=facts.code.strip(),
        title_zh=facts.title_zh.strip(),
        title_en=facts.title_en.strip(),
        scheme=scheme.name,
        year=facts.year,
        opens_on=facts.opens_on,
        closes_on=facts.closes_on,
        budget=facts.budget,
        demonstration=not scheme.accepts_applications,
    )
    round_.touch(by=by.name, at=at)
    db.session.add(round_)
    db.session.flush()
    body = {"code": round_.code, "scheme": round_.scheme, "budget": round_.budget}
    audit.record(type="subsidy.round", subject=round_.subject, actor_ref=by.ref, at=at, body=body)
    return round_


def save_meeting(
    *,
    round_: SubsidyRound,
    facts: MeetingFacts,
    by: Actor,
    at: datetime,
    meeting: ReviewMeeting | None = None,
    expected_version: int | None = None,
) -> ReviewMeeting:
    """Hold a meeting, or correct it until it is concluded: who sat there, the minutes, the ranking (R-058)."""
    require(policies.can_manage_rounds(by))
    if meeting is not None:
        lock(ReviewMeeting, meeting.id)
        meeting = queries.meeting_by_ref(meeting.ref)
        require(policies.can_rank(by, meeting, at))
        check_version(meeting, expected_version)
    cases = {case.ref: case for case in queries.reviewable(round_, meeting)}
    _check_ranking(facts, set(cases), reference.scheme(round_.scheme).lists["adjustment_reasons"].keys())
    if meeting is None:
        meeting = ReviewMeeting(round_id=round_.id, held_on=facts.held_on, entries=[])
        db.session.add(meeting)
    meeting.held_on, meeting.place = facts.held_on, facts.place.strip()
    meeting.members, meeting.minutes = facts.members.strip(), facts.minutes.strip()
    meeting.touch(by=by.name, at=at)
    for entry in list(meeting.entries):
        db.session.delete(entry)
    db.session.flush()
    db.session.expire(meeting, ["entries"])
    for row in facts.ranking:
        db.session.add(_entry(meeting, cases[row.case].id, row))
    db.session.flush()
    body = {"ranking": [[row.rank, row.case, row.recommended, row.amount] for row in facts.ranking]}
    audit.record(type="subsidy.meeting", subject=meeting.subject, actor_ref=by.ref, at=at, body=body)
    return queries.meeting_by_ref(meeting.ref)


def _check_ranking(facts: MeetingFacts, known: set[str], reasons: object) -> None:
    ranks = [row.rank for row in facts.ranking]
    if any(row.case not in known for row in facts.ranking):
        raise Invalid({"ranking": deny(NOT_REVIEWABLE)})
    if any(rank < 1 for rank in ranks):
        raise Invalid({"ranking": deny(RANK_RANGE)})
    if len(set(ranks)) != len(ranks):
        raise Invalid({"ranking": deny(RANK_TWICE)})
    for row in facts.ranking:
        if row.amount is not None and row.adjustment not in reasons:  # type: ignore[operator]
            raise Invalid({"ranking": deny(REASON_NEEDED)})
        if row.amount is None and row.adjustment:
            raise Invalid({"ranking": deny(AMOUNT_NEEDED)})
        if row.amount is not None and row.amount < 0:
            raise Invalid({"ranking": deny(NEGATIVE)})


def _entry(meeting: ReviewMeeting, case_id: int, row: RankFacts) -> ReviewEntry:
    return ReviewEntry(
        meeting_id=meeting.id,
        case_id=case_id,
        rank=row.rank,
        recommended=row.recommended,
        amount=row.amount,
        adjustment=row.adjustment,
        comment=row.comment.strip(),
    )


def conclude_meeting(
    *, meeting: ReviewMeeting, by: Actor, at: datetime, expected_version: int | None = None
) -> None:
    """Conclude the meeting: its ranking stands, and the recommended cases can be approved in its order."""
    lock(ReviewMeeting, meeting.id)
    meeting = queries.meeting_by_ref(meeting.ref)
    check_version(meeting, expected_version)
    require(policies.can_conclude(by, meeting, at))
    meeting.concluded_at = at
    meeting.touch(by=by.name, at=at)
    db.session.flush()
    audit.record(type="subsidy.conclude_meeting", subject=meeting.subject, actor_ref=by.ref, at=at)
