"""Verbs on evidence and on applications to the price and specification review board (訂價暨規格審查會)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from matchmaker.catalog import policies, queries
from matchmaker.catalog.events import ApplicationAnswered, ApplicationSubmitted
from matchmaker.catalog.facts import EvidenceFacts, FindingFacts, ItemFacts
from matchmaker.catalog.models import (
    CatalogItem,
    FrameworkAgreement,
    ItemEvidence,
    ListingApplication,
    Lot,
    ReviewFinding,
)
from matchmaker.catalog.operations.holding import held
from matchmaker.catalog.operations.items import NOTE_NEEDED, check_facts, write_version
from matchmaker.catalog.operations.listing import framework_held, take_in
from matchmaker.catalog.states import (
    APPLICATION_LIFE,
    CRITERIA_OF,
    ApplicationKind,
    ApplicationState,
    Criterion,
)
from matchmaker.catalog.versions import differences
from matchmaker.foundation import audit, bus, files
from matchmaker.foundation.db import check_version, db, lock
from matchmaker.kernel.decision import Denied, Reason, deny
from matchmaker.kernel.errors import Invalid, Refused, require
from matchmaker.kernel.words import N_
from matchmaker.people.actor import Actor

MOST_EVIDENCE = 12

EVIDENCE_TITLE = Reason(
    "catalog.evidence_title", N_("Say what it is: the name of the award, the project or the pilot.")
)
EVIDENCE_BODY = Reason(
    "catalog.evidence_body", N_("Name who gave the award, the firm, or the government body.")
)
TOO_MUCH_EVIDENCE = Reason("catalog.too_much_evidence", N_("Keep the %(most)s best pieces of evidence."))
NOTHING_CHANGES = Reason("catalog.nothing_changes", N_("Nothing differs from what is listed."))
CHANGED_MEANWHILE = Reason(
    "catalog.changed_meanwhile",
    N_("The item has a newer version than the change was made from. Return it, so that it is made anew."),
)
FINDING_NEEDED = Reason("catalog.finding_needed", N_("Say whether this is met."))
FINDING_WORDS = Reason("catalog.finding_words", N_("Say what lacks, so that the startup can mend it."))
ALL_MET = Reason("catalog.all_met", N_("Everything is met: approve it, or say what lacks."))
NOT_ALL_MET = Reason("catalog.not_all_met", N_("Not everything is met: return it, or refuse it."))
REFUSAL_WORDS = Reason("catalog.refusal_words", N_("Give the reason: it is sent to the startup."))


# --- evidence ---


def add_evidence(
    *, item: CatalogItem, facts: EvidenceFacts, upload: files.Upload | None = None, by: Actor, at: datetime
) -> ItemEvidence:
    """Add what shows the supplier's capability (R-036), with a paper where there is one."""
    item = held(item)
    require(policies.can_add_evidence(by, item, at, queries.open_application(item.id)))
    problems: dict[str, Denied] = {}
    if not facts.title:
        problems["title"] = deny(EVIDENCE_TITLE)
    if not facts.organization:
        problems["organization"] = deny(EVIDENCE_BODY)
    if len(item.evidence) >= MOST_EVIDENCE:
        problems["kind"] = deny(TOO_MUCH_EVIDENCE, most=MOST_EVIDENCE)
    if problems:
        raise Invalid(problems)
    file = _stored(upload, by, at) if upload is not None else None
    made = ItemEvidence(
        item_id=item.id,
        kind=facts.kind,
        title=facts.title,
        organization=facts.organization,
        description=facts.description,
        file_id=file.id if file is not None else None,
        added_by=by.name,
        added_at=at,
    )
    db.session.add(made)
    db.session.flush()
    body = {"evidence": made.ref, "kind": facts.kind, "file": file.sha256 if file is not None else None}
    audit.record(type="item.evidence_added", subject=item.subject, actor_ref=by.ref, at=at, body=body)
    return made


def _stored(upload: files.Upload, by: Actor, at: datetime) -> files.StoredFile:
    try:
        return files.store(upload, by=by.ref, at=at)
    except Refused as refused:
        raise Invalid({"file": refused.denial}) from None


def remove_evidence(*, item: CatalogItem, evidence: ItemEvidence, by: Actor, at: datetime) -> None:
    """Take a piece of evidence away; the audit chain keeps that it was."""
    item = held(item)
    require(policies.can_add_evidence(by, item, at, queries.open_application(item.id)))
    ref = evidence.ref
    db.session.delete(evidence)
    db.session.flush()
    audit.record(
        type="item.evidence_removed", subject=item.subject, actor_ref=by.ref, at=at, body={"evidence": ref}
    )


# --- the supplier asks ---


def apply_for_listing(
    *,
    item: CatalogItem,
    framework: FrameworkAgreement,
    lot: Lot | None = None,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> ListingApplication:
    """Ask the board to list a complete item in an agreement and lot; after a return, ask again."""
    framework = framework_held(framework)
    item = held(item)
    review = queries.open_application(item.id)
    require(policies.can_apply_in(by, item, framework, lot, at, review))
    check_version(item, expected_version)
    if review is None:
        review = ListingApplication(item_id=item.id, kind=ApplicationKind.LISTING, rounds=0)
        db.session.add(review)
    review.framework_id, review.lot_id = framework.id, lot.id if lot is not None else None
    return _hand_in(
        review, item, by=by, at=at, body={"framework": framework.code, "lot": lot.code if lot else None}
    )


def propose_change(
    *,
    item: CatalogItem,
    facts: ItemFacts,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> ListingApplication:
    """Ask the board for new words or prices of a listed item; after a return, ask again. Nothing changes before."""
    item = held(item)
    review = queries.open_application(item.id)
    require(policies.can_propose_change(by, item, at, review))
    check_version(item, expected_version)
    _check_change(item, facts)
    if review is None:
        review = ListingApplication(item_id=item.id, kind=ApplicationKind.CHANGE, rounds=0)
        db.session.add(review)
    review.proposed = facts.to_json()
    changed = [difference.name for difference in differences(item.current, facts)]
    return _hand_in(review, item, by=by, at=at, body={"changed": changed, "price": facts.unit_price})


def _check_change(item: CatalogItem, facts: ItemFacts) -> None:
    check_facts(facts, item)
    problems: dict[str, Denied] = {}
    for need in policies.REQUIREMENTS:
        value = getattr(facts, need.field)
        if need.field not in ("category", "domain") and (value is None or value is False or value == ""):
            problems[need.field] = deny(need.reason)
    if not facts.note:
        problems["note"] = deny(NOTE_NEEDED)
    elif not problems and not differences(item.current, facts):
        problems["note"] = deny(NOTHING_CHANGES)
    if problems:
        raise Invalid(problems)


def _hand_in(
    review: ListingApplication, item: CatalogItem, *, by: Actor, at: datetime, body: Mapping[str, Any]
) -> ListingApplication:
    again = review.rounds > 0
    if again:
        review.state = APPLICATION_LIFE.next("resubmit", review.state)
    else:
        review.state = ApplicationState.SUBMITTED
    review.rounds += 1
    review.based_on = item.current_version
    review.submitted_at, review.submitted_by, review.words = at, by.name, ""
    review.touch(by=by.name, at=at)
    db.session.flush()
    told = {"application": review.ref, "kind": review.kind, "round": review.rounds, **body}
    audit.record(type="item.applied", subject=item.subject, actor_ref=by.ref, at=at, body=told)
    review = queries.application_by_id(review.id)
    bus.publish(ApplicationSubmitted(at=at, application=review))
    return review


def withdraw_application(
    *, application: ListingApplication, by: Actor, at: datetime, expected_version: int | None = None
) -> None:
    """The supplier takes its application back; the item stays as it is."""
    review = _held(application)
    require(policies.can_withdraw_application(by, review))
    check_version(review, expected_version)
    _decide(review, "withdraw", "", by=by, at=at)


# --- the board answers ---


def _held(application: ListingApplication) -> ListingApplication:
    """The application and its item, held."""
    lock(CatalogItem, application.item_id)
    lock(ListingApplication, application.id)
    return queries.application_by_id(application.id)


def return_application(
    *,
    application: ListingApplication,
    findings: Mapping[Criterion, FindingFacts],
    words: str = "",
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> None:
    """Send it back, with words on every criterion that is not met."""
    review = _held(application)
    require(policies.can_review(by, review, "return"))
    check_version(review, expected_version)
    _record(review, findings, by=by, at=at)
    if all(finding.met for finding in findings.values()):
        raise Invalid({"words": deny(ALL_MET)})
    _decide(review, "return", words.strip(), by=by, at=at)
    bus.publish(ApplicationAnswered(at=at, application=queries.application_by_id(review.id), move="return"))


def approve_application(
    *,
    application: ListingApplication,
    findings: Mapping[Criterion, FindingFacts],
    words: str = "",
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> CatalogItem:
    """Everything is met: the item is listed, or its change counts from now on as a new version."""
    if application.framework is not None:
        framework_held(application.framework)
    review = _held(application)
    require(policies.can_review(by, review, "approve"))
    check_version(review, expected_version)
    _record(review, findings, by=by, at=at)
    if not all(finding.met for finding in findings.values()):
        raise Invalid({"words": deny(NOT_ALL_MET)})
    _decide(review, "approve", words.strip(), by=by, at=at)
    item = queries.item_by_id(review.item_id)
    if review.kind is ApplicationKind.LISTING:
        framework = review.framework
        assert framework is not None, "a constraint of the table"
        item = take_in(item, queries.framework_with_lots(framework.ref), review.lot, by=by, at=at)
    else:
        if review.based_on != item.current_version:
            raise Refused(deny(CHANGED_MEANWHILE))
        write_version(item, ItemFacts.from_json(review.proposed or {}), by=by, at=at)
    bus.publish(ApplicationAnswered(at=at, application=queries.application_by_id(review.id), move="approve"))
    return queries.item_by_id(item.id)


def refuse_application(
    *,
    application: ListingApplication,
    words: str,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> None:
    """Say no for good, with the reason. The item stays as it is."""
    review = _held(application)
    require(policies.can_review(by, review, "refuse"))
    check_version(review, expected_version)
    if not words.strip():
        raise Invalid({"words": deny(REFUSAL_WORDS)})
    _decide(review, "refuse", words.strip(), by=by, at=at)
    bus.publish(ApplicationAnswered(at=at, application=queries.application_by_id(review.id), move="refuse"))


def _record(
    review: ListingApplication, findings: Mapping[Criterion, FindingFacts], *, by: Actor, at: datetime
) -> None:
    """Keep the findings of this round; raises Invalid where one lacks, or lacks its words."""
    problems: dict[str, Denied] = {}
    for criterion in CRITERIA_OF[review.kind]:
        finding = findings.get(criterion)
        if finding is None:
            problems[f"{criterion}_met"] = deny(FINDING_NEEDED)
        elif not finding.met and not finding.words.strip():
            problems[f"{criterion}_words"] = deny(FINDING_WORDS)
    if problems:
        raise Invalid(problems)
    for criterion in CRITERIA_OF[review.kind]:
        finding = findings[criterion]
        db.session.add(
            ReviewFinding(
                application_id=review.id,
                round=review.rounds,
                criterion=criterion,
                met=finding.met,
                words=finding.words.strip(),
                found_by=by.name,
                found_at=at,
            )
        )
    db.session.flush()


def _decide(review: ListingApplication, move: str, words: str, *, by: Actor, at: datetime) -> None:
    review.state = APPLICATION_LIFE.next(move, review.state)
    review.words = words
    if review.state is not ApplicationState.RETURNED:
        review.decided_at, review.decided_by = at, by.name
    review.touch(by=by.name, at=at)
    db.session.flush()
    audit.record(
        type=f"item.application_{move}",
        subject=review.item.subject,
        actor_ref=by.ref,
        at=at,
        body={"application": review.ref, "kind": review.kind, "round": review.rounds, "reason": words},
    )
