"""Verbs on challenges, from the first words of a need to its conclusion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as insert_on_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_on_sqlite
from sqlalchemy.orm.attributes import flag_modified

from matchmaker.challenges import policies, queries
from matchmaker.challenges.completeness import FULL_WEIGHT, STATEMENT_NEEDS, WEIGHTS_WRONG
from matchmaker.challenges.events import (
    ChallengeCancelled,
    ChallengeChanged,
    ChallengeHandedIn,
    ChallengeMoved,
    ChallengePublished,
    ChallengeReturned,
)
from matchmaker.challenges.facts import CriterionFacts, Language, StatementFacts, TermsFacts
from matchmaker.challenges.models import (
    Challenge,
    ChallengeCounter,
    ChallengePaper,
    ChallengeText,
    Criterion,
)
from matchmaker.challenges.states import CHALLENGE_LIFE, ChallengeState
from matchmaker.foundation import audit, bus, files
from matchmaker.foundation.db import check_version, db, lock
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.decision import Denied, Reason, deny
from matchmaker.kernel.errors import Invalid, Refused, require
from matchmaker.kernel.words import N_
from matchmaker.people.actor import Actor
from matchmaker.people.models import Organization

MOST_CRITERIA = 10
MOST_PAPERS = 10
MOST_AWARDS = 20
LONGEST_PILOT = 24
LONGEST_TITLE = 120

OPENS_NEEDED = Reason("challenges.opens_needed", N_("Say when the call opens."))
CLOSES_NEEDED = Reason("challenges.closes_needed", N_("Say when the call closes."))
CLOSES_FIRST = Reason("challenges.closes_first", N_("The call has to close after it opens."))
AMOUNT_ZERO = Reason("challenges.amount_zero", N_("Enter an amount above zero, or leave it empty."))
AWARDS_RANGE = Reason("challenges.awards_range", N_("Enter a number from 1 to %(most)s."))
TOO_MANY_CRITERIA = Reason("challenges.too_many_criteria", N_("Use at most %(most)s criteria."))
CRITERION_NAME = Reason("challenges.criterion_name", N_("Give every criterion a Chinese name."))
CRITERION_TWICE = Reason("challenges.criterion_twice", N_("“%(name)s” stands there twice."))
CRITERION_WEIGHT = Reason("challenges.criterion_weight", N_("Each weight is a whole number from 1 to 100."))
NOTE_NEEDED = Reason("challenges.note_needed", N_("Say what has to change: the agency gets this note."))
REASON_NEEDED = Reason("challenges.reason_needed", N_("Give the reason: it is shown with the challenge."))
TOO_MANY_PAPERS = Reason(
    "challenges.too_many_papers", N_("At most %(most)s papers can be attached. Remove one first.")
)
PAPER_TITLE = Reason("challenges.paper_title", N_("Enter a title for the paper."))


def _hold(challenge: Challenge) -> Challenge:
    """Lock the row until the end of the transaction, with everything the policies need loaded anew."""
    return queries.challenge_by_id(lock(Challenge, challenge.id).id)


def _touch(challenge: Challenge, by: Actor, at: datetime) -> None:
    """Note the change; also where only texts, criteria or papers changed, the version goes up."""
    challenge.touch(by=by.name, at=at)
    flag_modified(challenge, "changed_at")
    db.session.flush()


def _record(challenge: Challenge, verb: str, by: Actor, at: datetime, **body: Any) -> None:
    audit.record(type=f"challenge.{verb}", subject=challenge.subject, actor_ref=by.ref, at=at, body=body)


# Writing a need


def draft(
    *, organization: Organization, text: StatementFacts, language: Language, by: Actor, at: datetime
) -> Challenge:
    """Begin a need of this agency with what is written so far; a title is enough."""
    require(policies.can_draft(by, organization))
    _check_title(text)
    challenge = Challenge(
        organization=organization,
        state=CHALLENGE_LIFE.initial,
        created_at=at,
        created_by_id=by.user_id,
        texts=[_new_text(text, language)],
        criteria=[],
        papers=[],
        parent=None,
    )
    db.session.add(challenge)
    _touch(challenge, by, at)
    _record(challenge, "drafted", by, at, title=text.title)
    bus.publish(ChallengeChanged(at=at, challenge=challenge))
    return challenge


def _check_title(text: StatementFacts) -> None:
    if not text.title.strip():
        raise Invalid({"title": deny(STATEMENT_NEEDS["title"])})


def _new_text(facts: StatementFacts, language: Language) -> ChallengeText:
    return ChallengeText(
        language=language, **{field.name: getattr(facts, field.name) for field in fields(StatementFacts)}
    )


def save_statement(
    *,
    challenge: Challenge,
    language: Language,
    text: StatementFacts,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> None:
    """Write the statement in one language; an English one that is emptied goes away."""
    challenge = _hold(challenge)
    require(policies.can_edit(by, challenge, at))
    check_version(challenge, expected_version)
    stored = challenge.text_in(language)
    others = [each for each in challenge.texts if each is not stored]
    if text.is_empty and others:
        if stored is None:
            return
        challenge.texts.remove(stored)
        changed = [field.name for field in fields(StatementFacts) if getattr(stored, field.name)]
    else:
        _check_title(text)
        changed = _write_text(challenge, stored, text, language)
    if not changed:
        return
    _touch(challenge, by, at)
    _record(challenge, "statement_saved", by, at, language=language, changed=changed)
    bus.publish(ChallengeChanged(at=at, challenge=challenge))


def _write_text(
    challenge: Challenge, stored: ChallengeText | None, text: StatementFacts, language: Language
) -> list[str]:
    if stored is None:
        challenge.texts.append(_new_text(text, language))
        return [field.name for field in fields(StatementFacts) if getattr(text, field.name)]
    changed = [f.name for f in fields(StatementFacts) if getattr(stored, f.name) != getattr(text, f.name)]
    for name in changed:
        setattr(stored, name, getattr(text, name))
    return changed


def save_terms(
    *,
    challenge: Challenge,
    terms: TermsFacts,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> None:
    """Write domain, money, number of awards, length of the pilot, window and contact."""
    challenge = _hold(challenge)
    require(policies.can_edit(by, challenge, at))
    check_version(challenge, expected_version)
    _check_terms(terms)
    changed = [f.name for f in fields(TermsFacts) if getattr(challenge, f.name) != getattr(terms, f.name)]
    if not changed:
        return
    for name in changed:
        setattr(challenge, name, getattr(terms, name))
    _touch(challenge, by, at)
    _record(challenge, "terms_saved", by, at, changed=changed)
    bus.publish(ChallengeChanged(at=at, challenge=challenge))


def _check_terms(terms: TermsFacts) -> None:
    problems: dict[str, Denied] = {}
    for name in ("budget", "grant_ceiling"):
        amount = getattr(terms, name)
        if amount is not None and amount <= 0:
            problems[name] = deny(AMOUNT_ZERO)
    if not 1 <= terms.most_awards <= MOST_AWARDS:
        problems["most_awards"] = deny(AWARDS_RANGE, most=MOST_AWARDS)
    if not 1 <= terms.pilot_months <= LONGEST_PILOT:
        problems["pilot_months"] = deny(AWARDS_RANGE, most=LONGEST_PILOT)
    if terms.closes_at is not None and terms.opens_at is None:
        problems["opens_at"] = deny(OPENS_NEEDED)
    elif terms.opens_at is not None and terms.closes_at is None:
        problems["closes_at"] = deny(CLOSES_NEEDED)
    elif terms.opens_at is not None and terms.closes_at is not None and terms.closes_at <= terms.opens_at:
        problems["closes_at"] = deny(CLOSES_FIRST)
    if problems:
        raise Invalid(problems)


def save_criteria(
    *,
    challenge: Challenge,
    criteria: Sequence[CriterionFacts],
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> None:
    """Replace the criteria; their weights have to add up to 100 exactly. None at all empties them."""
    challenge = _hold(challenge)
    require(policies.can_edit(by, challenge, at))
    check_version(challenge, expected_version)
    _check_criteria(criteria)
    if [_as_facts(each) for each in challenge.criteria] == list(criteria):
        return
    challenge.criteria.clear()
    # The old rows go first: two rows may not share a position, not even for a moment.
    db.session.flush()
    for position, facts in enumerate(criteria, start=1):
        challenge.criteria.append(_new_criterion(facts, position))
    _touch(challenge, by, at)
    _record(challenge, "criteria_saved", by, at, weights=[facts.weight for facts in criteria])
    bus.publish(ChallengeChanged(at=at, challenge=challenge))


def _check_criteria(criteria: Sequence[CriterionFacts]) -> None:
    def stop(reason: Reason, **params: object) -> None:
        raise Invalid({"criteria": deny(reason, **params)})

    if len(criteria) > MOST_CRITERIA:
        stop(TOO_MANY_CRITERIA, most=MOST_CRITERIA)
    names: set[str] = set()
    for facts in criteria:
        if not facts.name_zh.strip():
            stop(CRITERION_NAME)
        if facts.name_zh in names:
            stop(CRITERION_TWICE, name=facts.name_zh)
        names.add(facts.name_zh)
        if not 1 <= facts.weight <= FULL_WEIGHT:
            stop(CRITERION_WEIGHT)
    total = sum(facts.weight for facts in criteria)
    if criteria and total != FULL_WEIGHT:
        stop(WEIGHTS_WRONG, sum=total)


def _as_facts(criterion: Criterion) -> CriterionFacts:
    return CriterionFacts(**{field.name: getattr(criterion, field.name) for field in fields(CriterionFacts)})


def _new_criterion(facts: CriterionFacts, position: int) -> Criterion:
    return Criterion(
        position=position, **{field.name: getattr(facts, field.name) for field in fields(CriterionFacts)}
    )


def attach_paper(
    *,
    challenge: Challenge,
    upload: files.Upload,
    title: str,
    by: Actor,
    at: datetime,
    public: bool = True,
) -> ChallengePaper:
    """Add a paper; a public one can be read by everybody once the challenge is published."""
    challenge = _hold(challenge)
    require(policies.can_edit(by, challenge, at))
    if not title.strip():
        raise Invalid({"title": deny(PAPER_TITLE)})
    if len(challenge.papers) >= MOST_PAPERS:
        raise Refused(deny(TOO_MANY_PAPERS, most=MOST_PAPERS))
    paper = ChallengePaper(file=files.store(upload, by=by.ref, at=at), title=title, public=public)
    challenge.papers.append(paper)
    _touch(challenge, by, at)
    _record(challenge, "paper_attached", by, at, title=title, sha256=paper.file.sha256)
    bus.publish(ChallengeChanged(at=at, challenge=challenge))
    return paper


def remove_paper(*, challenge: Challenge, paper: ChallengePaper, by: Actor, at: datetime) -> None:
    """Take a paper off the need."""
    title, ref = paper.title, paper.ref
    challenge = _hold(challenge)
    require(policies.can_edit(by, challenge, at))
    challenge.papers.remove(queries.paper_of(challenge, ref))
    _touch(challenge, by, at)
    _record(challenge, "paper_removed", by, at, title=title)
    bus.publish(ChallengeChanged(at=at, challenge=challenge))


# From need to challenge


def _move(challenge: Challenge, name: str, by: Actor, at: datetime, **body: Any) -> None:
    challenge.state = CHALLENGE_LIFE.next(name, challenge.state_at(at))
    _touch(challenge, by, at)
    _record(challenge, name, by, at, **body)


def hand_in(*, challenge: Challenge, by: Actor, at: datetime, expected_version: int | None = None) -> None:
    """Ask the programme office to look at the need; it has to be complete."""
    challenge = _hold(challenge)
    require(policies.can_hand_in(by, challenge, at))
    check_version(challenge, expected_version)
    challenge.handed_in_at, challenge.state_note = at, ""
    _move(challenge, "hand_in", by, at)
    bus.publish(ChallengeHandedIn(at=at, challenge=challenge))
    bus.publish(ChallengeMoved(at=at, challenge=challenge, move="hand_in"))


def take_back(*, challenge: Challenge, by: Actor, at: datetime, expected_version: int | None = None) -> None:
    """Take the need back from triage to change it."""
    challenge = _hold(challenge)
    require(policies.can_take_back(by, challenge, at))
    check_version(challenge, expected_version)
    challenge.handed_in_at = None
    _move(challenge, "take_back", by, at)
    bus.publish(ChallengeMoved(at=at, challenge=challenge, move="take_back"))


def return_for_changes(
    *, challenge: Challenge, note: str, by: Actor, at: datetime, expected_version: int | None = None
) -> None:
    """Send the need back to its agency with a note on what has to change."""
    challenge = _hold(challenge)
    require(policies.can_return(by, challenge, at))
    check_version(challenge, expected_version)
    if not note.strip():
        raise Invalid({"note": deny(NOTE_NEEDED)})
    challenge.state_note = note.strip()
    _move(challenge, "return", by, at, note=challenge.state_note)
    bus.publish(ChallengeReturned(at=at, challenge=challenge))
    bus.publish(ChallengeMoved(at=at, challenge=challenge, move="return"))


def publish(*, challenge: Challenge, by: Actor, at: datetime, expected_version: int | None = None) -> None:
    """Make the need a public challenge with a code; from here on its criteria are frozen."""
    challenge = _hold(challenge)
    require(policies.can_publish(by, challenge, at))
    check_version(challenge, expected_version)
    challenge.code, challenge.published_at, challenge.state_note = _next_code(at), at, ""
    weights = {criterion.ref: criterion.weight for criterion in challenge.criteria}
    closes_at = challenge.closes_at.isoformat() if challenge.closes_at else None
    _move(challenge, "publish", by, at, code=challenge.code, closes_at=closes_at, weights=weights)
    bus.publish(ChallengePublished(at=at, challenge=challenge))
    bus.publish(ChallengeMoved(at=at, challenge=challenge, move="publish"))


def _next_code(at: datetime) -> str:
    """The next public code of the year in Taipei; two publications never share one."""
    year = local_day(at).year
    is_postgresql = db.session.get_bind().dialect.name == "postgresql"
    insert = insert_on_postgresql if is_postgresql else insert_on_sqlite
    db.session.execute(insert(ChallengeCounter).values(year=year, last=0).on_conflict_do_nothing())
    counter = db.session.execute(
        select(ChallengeCounter)
        .where(ChallengeCounter.year == year)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()
    counter.last += 1
    return f"ch-{year}-{counter.last:06d}"


def cancel(
    *, challenge: Challenge, reason: str, by: Actor, at: datetime, expected_version: int | None = None
) -> None:
    """End it here, with the reason; once published its page stays and says so."""
    challenge = _hold(challenge)
    require(policies.can_cancel(by, challenge, at))
    check_version(challenge, expected_version)
    if not reason.strip():
        raise Invalid({"reason": deny(REASON_NEEDED)})
    challenge.cancelled_at, challenge.state_note = at, reason.strip()
    _move(challenge, "cancel", by, at, reason=challenge.state_note)
    by_agency = by.is_of(challenge.organization_id)
    bus.publish(ChallengeCancelled(at=at, challenge=challenge, by_agency=by_agency))
    bus.publish(ChallengeMoved(at=at, challenge=challenge, move="cancel"))


# Later steps, taken by the slices that stand behind them


def mark_opened(*, challenge: Challenge, by: Actor, at: datetime) -> None:
    """The sealed proposals are opened; never before the deadline."""
    challenge = _hold(challenge)
    require(policies.can_open(by, challenge, at))
    challenge.opened_at = at
    _advance(challenge, "open", by, at)


def begin_screening(*, challenge: Challenge, by: Actor, at: datetime) -> None:
    """The eligibility of the opened proposals is looked at."""
    _step(challenge, "screen", by, at)


def begin_judging(*, challenge: Challenge, by: Actor, at: datetime) -> None:
    """The screening is over; the panel takes the proposals that are in the contest."""
    _step(challenge, "judge", by, at)


def mark_decided(*, challenge: Challenge, by: Actor, at: datetime) -> None:
    """The decision is released."""
    _step(challenge, "decide", by, at)


def begin_pilot(*, challenge: Challenge, by: Actor, at: datetime) -> None:
    """The first pilot starts; a further one finds the challenge in pilot already (R-095)."""
    if challenge.state is not ChallengeState.IN_PILOT:
        _step(challenge, "begin_pilot", by, at)


def conclude(*, challenge: Challenge, by: Actor, at: datetime) -> None:
    """Everything that came of the challenge has come to its end."""
    _step(challenge, "conclude", by, at)


def _step(challenge: Challenge, name: str, by: Actor, at: datetime) -> None:
    challenge = _hold(challenge)
    require(policies.can_advance(by, challenge, name, at))
    if name == "decide":
        challenge.decided_at = at
    if name == "conclude":
        challenge.concluded_at = at
    _advance(challenge, name, by, at)


def _advance(challenge: Challenge, name: str, by: Actor, at: datetime) -> None:
    _move(challenge, name, by, at)
    bus.publish(ChallengeMoved(at=at, challenge=challenge, move=name))


# Follow-up challenges


def draft_follow_up(
    *, parent: Challenge, by: Actor, at: datetime, reasons_zh: str = "", reasons_en: str = ""
) -> Challenge:
    """A new draft of the same agency that continues a challenge whose pilot met the need partly or not (R-094).

    It takes over statement, terms and criteria, not the window and the papers. ``reasons`` say what the pilot
    showed; they stand in front of the solution gap.
    """
    parent = _hold(parent)
    require(policies.can_follow_up(by, parent, at))
    reasons = {"zh": reasons_zh.strip(), "en": reasons_en.strip()}
    challenge = Challenge(
        organization=parent.organization,
        parent=parent,
        state=CHALLENGE_LIFE.initial,
        created_at=at,
        created_by_id=by.user_id,
        domain=parent.domain,
        budget=parent.budget,
        grant_ceiling=parent.grant_ceiling,
        most_awards=parent.most_awards,
        pilot_months=parent.pilot_months,
        contact_name=parent.contact_name,
        contact_email=parent.contact_email,
        contact_phone=parent.contact_phone,
        texts=[_follow_up_text(text, reasons[text.language]) for text in parent.texts],
        criteria=[_new_criterion(_as_facts(each), each.position) for each in parent.criteria],
        papers=[],
    )
    db.session.add(challenge)
    _touch(challenge, by, at)
    _record(challenge, "drafted", by, at, parent=parent.ref)
    _record(parent, "followed_up", by, at, follow_up=challenge.ref)
    bus.publish(ChallengeChanged(at=at, challenge=challenge))
    return challenge


FOLLOW_UP_MARKS = {"zh": "（進階題目）", "en": " (follow-up)"}


def _follow_up_text(text: ChallengeText, reasons: str) -> ChallengeText:
    made = ChallengeText(
        language=text.language, **{f.name: getattr(text, f.name) for f in fields(StatementFacts)}
    )
    mark = FOLLOW_UP_MARKS[text.language]
    if not text.title.endswith(mark):
        made.title = text.title[: LONGEST_TITLE - len(mark)] + mark
    if reasons:
        made.solution_gap = f"{reasons}\n\n{text.solution_gap}".strip()
    return made
