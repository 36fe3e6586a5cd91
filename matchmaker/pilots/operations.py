"""Verbs on pilots: prepare, agree, start, hand in, decide, pay, assess, end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from matchmaker.challenges import operations as challenges
from matchmaker.challenges.models import Challenge
from matchmaker.foundation import audit, bus, files
from matchmaker.foundation.db import check_version, db, lock
from matchmaker.judging.events import DecisionReleased
from matchmaker.judging.models import PanelDecision
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.decision import Denied, Reason, deny
from matchmaker.kernel.errors import Invalid, Refused, require
from matchmaker.kernel.words import N_
from matchmaker.people.actor import SYSTEM, Actor
from matchmaker.pilots import policies, queries
from matchmaker.pilots.events import (
    ActualsRecorded,
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
from matchmaker.pilots.facts import AssessmentFacts, MeasureFacts, MilestoneFacts, PaymentFacts, PlanFacts
from matchmaker.pilots.models import Assessment, GrantPayment, Measure, Milestone, MilestonePaper, Pilot
from matchmaker.pilots.progress import due_days, first_start, last_day, split_grant
from matchmaker.pilots.states import MILESTONE_LIFE, PILOT_LIFE
from matchmaker.proposals import queries as proposals
from matchmaker.proposals.content import ProposalContent

MOST_MEASURES = 20
MOST_MILESTONES = 24
MOST_PAPERS = 20

ENDS_BEFORE_START = Reason("pilots.ends_before_start", N_("The last day must come after the first day."))
PERIOD_HALF = Reason("pilots.period_half", N_("Enter both the first and the last day, or neither."))
WRONG_SIDE = Reason(
    "pilots.wrong_side",
    N_("The target of “%(name)s” is worse than its baseline. Change the figures or the direction."),
)
TOO_MANY_ROWS = Reason("pilots.too_many_rows", N_("At most %(most)s rows can be kept."))
NEGATIVE = Reason("pilots.negative", N_("An amount cannot be negative."))
MORE_THAN_GRANT = Reason(
    "pilots.more_than_grant", N_("The payments sum to more than the grant of NT$%(grant)s.")
)
REASON_NEEDED = Reason("pilots.reason_needed", N_("Give the reason: both sides will read it."))
NOTE_NEEDED = Reason("pilots.note_needed", N_("Say what is missing: the startup will read it."))
EVIDENCE_NEEDED = Reason("pilots.evidence_needed", N_("Describe what was done, or add a file that shows it."))
TOO_MANY_PAPERS = Reason("pilots.too_many_papers", N_("At most %(most)s files can be kept for a milestone."))
OTHER_AMOUNT = Reason(
    "pilots.other_amount", N_("The payment of this milestone is NT$%(payment)s exactly; enter this amount.")
)
PAID_AHEAD = Reason("pilots.paid_ahead", N_("The day of payment lies in the future."))
PAID_BEFORE = Reason(
    "pilots.paid_before", N_("The day of payment lies before the acceptance of the milestone on %(day)s.")
)
REFERENCE_NEEDED = Reason("pilots.reference_needed", N_("Enter the number of the payment voucher."))
SUMMARY_NEEDED = Reason("pilots.summary_needed", N_("Write the summary in Chinese."))
UNKNOWN_MEASURE = Reason("pilots.unknown_measure", N_("This measure is not part of the pilot."))


def _tell(verb: str, pilot: Pilot, by: Actor, at: datetime, body: Mapping[str, Any] | None = None) -> None:
    audit.record(type=f"pilot.{verb}", subject=pilot.subject, actor_ref=by.ref, at=at, body=body)


def _touch(pilot: Pilot, by: Actor, at: datetime) -> None:
    """Note the change; the version goes up also where only measures or milestones changed."""
    pilot.touch(by=by.name, at=at)
    flag_modified(pilot, "changed_at")
    db.session.flush()


# --- from the decision to the plan ---


def prepare_awarded(event: DecisionReleased) -> None:
    """Make a pilot of every award of a released decision."""
    for decision in event.decisions:
        if policies.can_prepare(decision):
            prepare(decision=decision, by=SYSTEM, at=event.at)


def prepare(*, decision: PanelDecision, by: Actor, at: datetime) -> Pilot:
    """Make the pilot of an awarded proposal, its plan prefilled from proposal and challenge; once.

    The grant is what the panel decided; it is spread evenly over the proposal's milestones, and both sides
    may spread it otherwise. The proposed start is the first of the month after next.
    """
    require(policies.can_prepare(decision))
    before = queries.pilot_of_proposal(decision.proposal_id)
    if before is not None:
        return before
    proposal = queries.awarded(decision.proposal_id)
    challenge, content = proposal.challenge, proposals.counted_version(proposal).value
    starts_on = first_start(local_day(at))
    statement = challenge.text_in("zh") or challenge.text_in("en")
    pilot = Pilot(
        challenge_id=challenge.id,
        proposal_id=proposal.id,
        agency_id=challenge.organization_id,
        startup_id=proposal.organization_id,
        **_titles(challenge, content),
        site=statement.site if statement else "",
        agency_duties=statement.support if statement else "",
        startup_duties=content.implementation_method,
        starts_on=starts_on,
        ends_on=last_day(starts_on, challenge.pilot_months),
        grant=decision.grant or 0,
        created_at=at,
        milestones=[],
    )
    db.session.add(pilot)
    pilot.touch(by=by.name, at=at)
    pilot.milestones = _planned(pilot, content, by, at)
    db.session.flush()
    _tell("prepare", pilot, by, at, {"proposal": proposal.ref, "grant": pilot.grant})
    bus.publish(PilotPrepared(at=at, pilot=queries.pilot_by_id(pilot.id)))
    return pilot


def _titles(challenge: Challenge, content: ProposalContent) -> dict[str, str]:
    chinese = challenge.text_in("zh")
    if content.language == "en":
        known = chinese.title if chinese is not None else content.title
        return {"title_zh": known[:120], "title_en": content.title[:240]}
    return {"title_zh": content.title[:120], "title_en": ""}


def _planned(pilot: Pilot, content: ProposalContent, by: Actor, at: datetime) -> list[Milestone]:
    if pilot.starts_on is None or pilot.ends_on is None:
        return []
    steps = [step for step in content.milestones if step.title.strip()][:MOST_MILESTONES]
    days = due_days(pilot.starts_on, pilot.ends_on, [step.month for step in steps])
    rows = sorted(zip(days, steps, strict=True), key=lambda row: row[0])
    payments = split_grant(pilot.grant, len(rows))
    made = []
    for position, ((due_on, step), payment) in enumerate(zip(rows, payments, strict=True), 1):
        milestone = Milestone(
            position=position,
            title=step.title[:120],
            deliverable=step.deliverable,
            due_on=due_on,
            payment=payment,
        )
        milestone.touch(by=by.name, at=at)
        made.append(milestone)
    return made


def _plan_changed(pilot: Pilot, verb: str, by: Actor, at: datetime, body: Mapping[str, Any]) -> None:
    """Every edit clears both agreements: nobody is bound to words they have not seen."""
    cleared = pilot.agency_agreed_at is not None or pilot.startup_agreed_at is not None
    pilot.agency_agreed_at = pilot.startup_agreed_at = None
    _touch(pilot, by, at)
    _tell(verb, pilot, by, at, body)
    bus.publish(PlanChanged(at=at, pilot=pilot, side=_side(by, pilot), cleared=cleared))


def _side(by: Actor, pilot: Pilot) -> Side:
    return policies.side_of(by, pilot) or Side.AGENCY


def _editable(pilot: Pilot, by: Actor, at: datetime, expected_version: int | None) -> Pilot:
    pilot = queries.held(pilot)
    require(policies.can_edit_plan(by, pilot, at))
    check_version(pilot, expected_version)
    return pilot


def save_plan(
    *, pilot: Pilot, facts: PlanFacts, by: Actor, at: datetime, expected_version: int | None = None
) -> None:
    """Change the frame of the pilot; both sides agree anew."""
    pilot = _editable(pilot, by, at, expected_version)
    if (facts.starts_on is None) != (facts.ends_on is None):
        missing = "starts_on" if facts.starts_on is None else "ends_on"
        raise Invalid({missing: deny(PERIOD_HALF)})
    if facts.starts_on is not None and facts.ends_on is not None and facts.ends_on <= facts.starts_on:
        raise Invalid({"ends_on": deny(ENDS_BEFORE_START)})
    changed = []
    for name in PlanFacts.__dataclass_fields__:
        value = getattr(facts, name)
        if getattr(pilot, name) != value:
            setattr(pilot, name, value)
            changed.append(name)
    if changed:
        _plan_changed(pilot, "save_plan", by, at, {"fields": changed})


def save_measures(
    *,
    pilot: Pilot,
    measures: Sequence[MeasureFacts],
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> None:
    """Say anew what success is measured by; both sides agree anew."""
    pilot = _editable(pilot, by, at, expected_version)
    if len(measures) > MOST_MEASURES:
        raise Invalid({"measures": deny(TOO_MANY_ROWS, most=MOST_MEASURES)})
    for facts in measures:
        if facts.baseline_milli is not None:
            gain = facts.target_milli - facts.baseline_milli
            if gain > 0 if facts.lower_is_better else gain < 0:
                raise Invalid({"measures": deny(WRONG_SIDE, name=facts.name)})
    names = tuple(MeasureFacts.__dataclass_fields__)
    before = [tuple(getattr(m, name) for name in names) for m in pilot.measures]
    if before == [tuple(getattr(facts, name) for name in names) for facts in measures]:
        return
    rows = list(pilot.measures)
    for position, facts in enumerate(measures, 1):
        if position > len(rows):
            pilot.measures.append(Measure(position=position))
        row = pilot.measures[position - 1]
        row.position = position
        for name in names:
            setattr(row, name, getattr(facts, name))
    for row in rows[len(measures) :]:
        pilot.measures.remove(row)
    _plan_changed(pilot, "save_measures", by, at, {"count": len(measures)})


def save_milestones(
    *,
    pilot: Pilot,
    milestones: Sequence[MilestoneFacts],
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> None:
    """Say anew what is due when and which part of the grant hangs on it; in order of their days.

    The payments may sum to less than the grant while the plan is written, never to more.
    """
    pilot = _editable(pilot, by, at, expected_version)
    if len(milestones) > MOST_MILESTONES:
        raise Invalid({"milestones": deny(TOO_MANY_ROWS, most=MOST_MILESTONES)})
    if any(facts.payment < 0 for facts in milestones):
        raise Invalid({"milestones": deny(NEGATIVE)})
    if sum(facts.payment for facts in milestones) > pilot.grant:
        raise Invalid({"milestones": deny(MORE_THAN_GRANT, grant=f"{pilot.grant:,}")})
    ordered = sorted(milestones, key=lambda facts: facts.due_on)
    names = tuple(MilestoneFacts.__dataclass_fields__)
    before = [tuple(getattr(m, name) for name in names) for m in pilot.milestones]
    if before == [tuple(getattr(facts, name) for name in names) for facts in ordered]:
        return
    rows = list(pilot.milestones)
    for position, facts in enumerate(ordered, 1):
        if position > len(rows):
            pilot.milestones.append(Milestone(position=position))
        row = pilot.milestones[position - 1]
        row.position = position
        for name in names:
            setattr(row, name, getattr(facts, name))
        row.touch(by=by.name, at=at)
    for row in rows[len(ordered) :]:
        pilot.milestones.remove(row)
    payments = [facts.payment for facts in ordered]
    _plan_changed(pilot, "save_milestones", by, at, {"payments": payments})


def agree(*, pilot: Pilot, by: Actor, at: datetime, expected_version: int | None = None) -> None:
    """Agree to the plan for one's side, as it was read: another version is refused as stale."""
    pilot = queries.held(pilot)
    check_version(pilot, expected_version)
    require(policies.can_agree(by, pilot, at))
    side = _side(by, pilot)
    if side is Side.AGENCY:
        pilot.agency_agreed_at = at
    else:
        pilot.startup_agreed_at = at
    _touch(pilot, by, at)
    _tell("agree", pilot, by, at, {"side": side, "plan": _plan_body(pilot)})
    bus.publish(PlanAgreed(at=at, pilot=pilot, side=side))


def _plan_body(pilot: Pilot) -> dict[str, Any]:
    """The plan as it was agreed, for the chain."""
    return {
        "frame": {name: getattr(pilot, name) for name in PlanFacts.__dataclass_fields__},
        "grant": pilot.grant,
        "measures": [
            {name: getattr(m, name) for name in MeasureFacts.__dataclass_fields__} for m in pilot.measures
        ],
        "milestones": [
            {name: getattr(m, name) for name in MilestoneFacts.__dataclass_fields__} for m in pilot.milestones
        ],
    }


# --- the run ---


def start(*, pilot: Pilot, by: Actor, at: datetime) -> None:
    """Begin the pilot; from now on its plan stands. The first pilot takes its challenge along."""
    challenge = lock(Challenge, pilot.challenge_id)
    pilot = queries.held(pilot)
    require(policies.can_start(by, pilot, at))
    pilot.state = PILOT_LIFE.next("start", pilot.state)
    pilot.started_at = at
    _touch(pilot, by, at)
    _tell("start", pilot, by, at)
    challenges.begin_pilot(challenge=challenge, by=by, at=at)
    bus.publish(PilotStarted(at=at, pilot=pilot))


def suspend(*, pilot: Pilot, reason: str, by: Actor, at: datetime) -> None:
    """Halt the pilot for a reason; while it is halted nothing is handed in and nothing becomes late."""
    pilot = queries.held(pilot)
    require(policies.can_suspend(by, pilot, at))
    pilot.state_note = _needed(reason)
    pilot.state = PILOT_LIFE.next("suspend", pilot.state)
    _touch(pilot, by, at)
    _tell("suspend", pilot, by, at, {"reason": pilot.state_note})
    bus.publish(PilotSuspended(at=at, pilot=pilot))


def resume(*, pilot: Pilot, reason: str = "", by: Actor, at: datetime) -> None:
    """Let a suspended pilot go on, with a note where there is something to say."""
    pilot = queries.held(pilot)
    require(policies.can_resume(by, pilot, at))
    pilot.state_note = reason.strip()
    pilot.state = PILOT_LIFE.next("resume", pilot.state)
    _touch(pilot, by, at)
    _tell("resume", pilot, by, at, {"reason": pilot.state_note})
    bus.publish(PilotResumed(at=at, pilot=pilot))


def end_early(*, pilot: Pilot, reason: str, by: Actor, at: datetime) -> None:
    """End the pilot before its time. What was accepted is still paid, what was handed in still decided on."""
    pilot = queries.held(pilot)
    require(policies.can_end_early(by, pilot, at))
    pilot.state_note = _needed(reason)
    pilot.state = PILOT_LIFE.next("end_early", pilot.state)
    pilot.ended_at = at
    _touch(pilot, by, at)
    _tell("end_early", pilot, by, at, {"reason": pilot.state_note})
    bus.publish(PilotEndedEarly(at=at, pilot=pilot))


def ask_end(*, pilot: Pilot, reason: str, by: Actor, at: datetime) -> None:
    """Ask the programme office to end the pilot; staff decide."""
    pilot = queries.held(pilot)
    require(policies.can_ask_end(by, pilot, at))
    words = _needed(reason)
    _tell("ask_end", pilot, by, at, {"reason": words})
    bus.publish(EndAsked(at=at, pilot=pilot, reason=words))


def _needed(reason: str) -> str:
    words = reason.strip()
    if not words:
        raise Invalid({"reason": deny(REASON_NEEDED)})
    return words


# --- milestones ---


def _held_milestone(milestone: Milestone, expected_version: int | None) -> tuple[Pilot, Milestone]:
    """The pilot and its milestone, both as stored now, the pilot locked."""
    pilot = queries.held(queries.pilot_by_id(milestone.pilot_id))
    current = next((m for m in pilot.milestones if m.id == milestone.id), None)
    if current is None:
        raise Refused(deny(policies.NOT_PREPARING))
    check_version(current, expected_version)
    return pilot, current


def submit_milestone(
    *,
    milestone: Milestone,
    evidence: str,
    uploads: Sequence[files.Upload] = (),
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> None:
    """Hand in a milestone, in time or late: words, files or both. Files of earlier hand-ins stay with it."""
    pilot, current = _held_milestone(milestone, expected_version)
    require(policies.can_hand_in(by, pilot, current, at))
    words = evidence.strip()
    if not words and not uploads:
        raise Invalid({"evidence": deny(EVIDENCE_NEEDED)})
    if len(current.papers) + len(uploads) > MOST_PAPERS:
        raise Invalid({"uploads": deny(TOO_MANY_PAPERS, most=MOST_PAPERS)})
    for upload in uploads:
        file = _stored(upload, by, at)
        current.papers.append(MilestonePaper(file_id=file.id, file=file, title=file.name))
    late = local_day(at) > current.due_on
    current.state = MILESTONE_LIFE.next("submit", current.state)
    current.evidence, current.submitted_at, current.decided_at = words, at, None
    current.touch(by=by.name, at=at)
    db.session.flush()
    papers = [paper.file.sha256 for paper in current.papers]
    body = {"milestone": current.ref, "evidence": words, "papers": papers, "late": late}
    _tell("hand_in", pilot, by, at, body)
    bus.publish(MilestoneSubmitted(at=at, pilot=pilot, milestone=current))


def _stored(upload: files.Upload, by: Actor, at: datetime) -> files.StoredFile:
    try:
        return files.store(upload, by=by.ref, at=at)
    except Refused as refused:
        raise Invalid({"uploads": refused.denial}) from None


def accept_milestone(
    *, milestone: Milestone, note: str = "", by: Actor, at: datetime, expected_version: int | None = None
) -> None:
    """Take a milestone as done; its payment becomes due."""
    pilot, current = _held_milestone(milestone, expected_version)
    require(policies.can_decide(by, pilot, current, at))
    _decide(current, "accept", note.strip(), by, at)
    _tell("accept", pilot, by, at, {"milestone": current.ref, "note": current.decision_note})
    bus.publish(MilestoneAccepted(at=at, pilot=pilot, milestone=current))


def return_milestone(
    *, milestone: Milestone, note: str, by: Actor, at: datetime, expected_version: int | None = None
) -> None:
    """Send a milestone back with what is missing; the due day stays."""
    pilot, current = _held_milestone(milestone, expected_version)
    require(policies.can_decide(by, pilot, current, at))
    words = note.strip()
    if not words:
        raise Invalid({"note": deny(NOTE_NEEDED)})
    _decide(current, "return", words, by, at)
    _tell("return", pilot, by, at, {"milestone": current.ref, "note": words})
    bus.publish(MilestoneReturned(at=at, pilot=pilot, milestone=current))


def _decide(milestone: Milestone, move: str, note: str, by: Actor, at: datetime) -> None:
    milestone.state = MILESTONE_LIFE.next(move, milestone.state)
    milestone.decided_at, milestone.decision_note = at, note
    milestone.touch(by=by.name, at=at)
    db.session.flush()


def record_payment(*, milestone: Milestone, facts: PaymentFacts, by: Actor, at: datetime) -> GrantPayment:
    """Record that the payment of an accepted milestone was made; once, of the planned amount, for good."""
    pilot, current = _held_milestone(milestone, None)
    require(policies.can_pay(by, pilot, current, at))
    problems: dict[str, Denied] = {}
    if facts.amount != current.payment:
        problems["amount"] = deny(OTHER_AMOUNT, payment=f"{current.payment:,}")
    accepted_on = local_day(current.decided_at) if current.decided_at is not None else None
    if facts.paid_on > local_day(at):
        problems["paid_on"] = deny(PAID_AHEAD)
    elif accepted_on is not None and facts.paid_on < accepted_on:
        problems["paid_on"] = deny(PAID_BEFORE, day=accepted_on)
    if not facts.reference.strip():
        problems["reference"] = deny(REFERENCE_NEEDED)
    if problems:
        raise Invalid(problems)
    payment = GrantPayment(
        milestone_id=current.id,
        amount=facts.amount,
        paid_on=facts.paid_on,
        reference=facts.reference.strip(),
        recorded_by=by.name,
        recorded_at=at,
    )
    current.paid = payment
    db.session.add(payment)
    db.session.flush()
    body = {"milestone": current.ref, "amount": payment.amount, "reference": payment.reference}
    _tell("pay", pilot, by, at, body | {"paid_on": payment.paid_on})
    bus.publish(PaymentRecorded(at=at, pilot=pilot, milestone=current, payment=payment))
    return payment


# --- results ---


def record_actuals(
    *,
    pilot: Pilot,
    actuals: Mapping[str, int | None],
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> None:
    """Enter what was measured, in thousandths: reference of the measure -> figure, None while unknown."""
    pilot = queries.held(pilot)
    require(policies.can_record_actuals(by, pilot, at))
    check_version(pilot, expected_version)
    known = {measure.ref: measure for measure in pilot.measures}
    if not actuals.keys() <= known.keys():
        raise Invalid({"actuals": deny(UNKNOWN_MEASURE)})
    changed = {ref: value for ref, value in actuals.items() if known[ref].actual_milli != value}
    if not changed:
        return
    for ref, value in changed.items():
        known[ref].actual_milli = value
    _touch(pilot, by, at)
    _tell("record_actuals", pilot, by, at, {"actuals": changed})
    bus.publish(ActualsRecorded(at=at, pilot=pilot))


def assess(
    *, pilot: Pilot, facts: AssessmentFacts, by: Actor, at: datetime, expected_version: int | None = None
) -> Assessment:
    """Say the final word: outcome A leads to the catalog, outcome B may lead to a follow-up challenge."""
    pilot = queries.held(pilot)
    require(policies.can_assess(by, pilot, at))
    check_version(pilot, expected_version)
    if not facts.summary_zh.strip():
        raise Invalid({"summary_zh": deny(SUMMARY_NEEDED)})
    assessment = Assessment(
        pilot_id=pilot.id,
        need_met=facts.need_met,
        production_ready=facts.production_ready,
        summary_zh=facts.summary_zh.strip(),
        summary_en=facts.summary_en.strip(),
        lessons=facts.lessons.strip(),
        assessed_by=by.name,
        assessed_at=at,
    )
    pilot.assessment = assessment
    pilot.state = PILOT_LIFE.next("assess", pilot.state)
    pilot.ended_at = at
    _touch(pilot, by, at)
    body = {
        "need_met": facts.need_met,
        "production_ready": facts.production_ready,
        "actuals": {measure.ref: measure.actual_milli for measure in pilot.measures},
    }
    _tell("assess", pilot, by, at, body)
    bus.publish(PilotAssessed(at=at, pilot=pilot, assessment=assessment))
    return assessment


# --- what becomes of it ---


def draft_follow_up(*, pilot: Pilot, by: Actor, at: datetime) -> Challenge:
    """Draft an advanced challenge from a pilot that met the need partly or not (R-094), once.

    What the assessment says goes along as the reason.
    """
    parent = lock(Challenge, pilot.challenge_id)
    pilot = queries.held(pilot)
    require(policies.can_follow_up(by, pilot, queries.has_follow_up(parent.id), at))
    words = pilot.assessment
    made = challenges.draft_follow_up(
        parent=parent,
        by=by,
        at=at,
        reasons_zh=words.summary_zh if words is not None else "",
        reasons_en=words.summary_en if words is not None else "",
    )
    _tell("follow_up", pilot, by, at, {"challenge": made.ref})
    return made


def conclude(*, challenge: Challenge, by: Actor, at: datetime) -> None:
    """Conclude a challenge whose pilots are all assessed or ended."""
    challenge = lock(Challenge, challenge.id)
    require(policies.can_conclude(by, queries.pilots_of_challenge(challenge.id), at))
    challenges.conclude(challenge=challenge, by=by, at=at)
