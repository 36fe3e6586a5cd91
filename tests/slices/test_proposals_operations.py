"""From the first draft to the release, on both databases."""

import threading
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from matchmaker.challenges.queries import challenge_by_id
from matchmaker.challenges.states import ChallengeState
from matchmaker.foundation import audit, files, outbox
from matchmaker.foundation.audit import canonical
from matchmaker.foundation.db import db, unit_of_work
from matchmaker.foundation.outbox import OutboxMail
from matchmaker.kernel.errors import Invalid, NotFound, Refused, Stale
from matchmaker.people.models import User
from matchmaker.people.states import Role
from matchmaker.proposals import operations, queries
from matchmaker.proposals.content import BudgetLine, ProposalContent
from matchmaker.proposals.freezing import document, fingerprint
from matchmaker.proposals.models import Proposal, ProposalVersion
from matchmaker.proposals.states import CheckResult, ProposalState
from tests.factories import challenges, proposals
from tests.factories.proposals import CONTENT, PDF, content, fresh

both = pytest.mark.both_databases
SECOND = timedelta(seconds=1)


@pytest.fixture
def call(world):
    return challenges.challenge(world)


@pytest.fixture
def bob(world):
    return world.startup()


def refused(code):
    return pytest.raises(Refused, match=rf"^{code}$")


def act(verb, **given):
    with unit_of_work():
        return verb(**given)


# Writing


@both
def test_a_startup_begins_one_proposal_and_its_people_write_it_together(world, call, bob):
    startup, owner = bob
    made = proposals.draft(world, call, bob)
    assert made.state is ProposalState.DRAFT
    assert made.draft["language"] == "zh"
    editor = world.member(startup, "Ed", Role.EDITOR)
    act(operations.save_draft, proposal=made, content=content(title="甲"), by=editor, at=world.now)
    assert fresh(made).content.title == "甲"
    assert fresh(made).changed_by == "Ed"
    with refused("proposals.begun"):
        act(operations.start, challenge=call, organization=startup, by=owner, at=world.now)


@both
def test_a_late_edit_is_told_and_nothing_is_lost(world, call, bob):
    made = proposals.draft(world, call, bob)
    seen = made.version
    act(
        operations.save_draft,
        proposal=made,
        content=content(),
        by=bob[1],
        at=world.now,
        expected_version=seen,
    )
    with pytest.raises(Stale) as told:
        act(
            operations.save_draft,
            proposal=made,
            content=content(title="乙"),
            by=bob[1],
            at=world.now,
            expected_version=seen,
        )
    assert told.value.by == bob[1].name
    assert fresh(made).content == CONTENT


def test_the_same_text_saved_again_changes_nothing(world, call, bob):
    made = proposals.draft(world, call, bob, text=CONTENT)
    before = made.version
    act(operations.save_draft, proposal=made, content=content(), by=bob[1], at=world.now)
    assert fresh(made).version == before


def test_what_cannot_be_stored_is_refused_by_field(world, call, bob):
    made = proposals.draft(world, call, bob)
    with pytest.raises(Invalid) as told:
        act(
            operations.save_draft,
            proposal=made,
            content=content(budget=(BudgetLine("x", -5),)),
            by=bob[1],
            at=world.now,
        )
    assert set(told.value.problems) == {"budget"}


def test_strangers_and_readers_write_nothing(world, call, bob):
    startup, _ = bob
    made = proposals.draft(world, call, bob)
    _, ivan = world.startup("Ivan")
    reader = world.member(startup, "Rita", Role.READER)
    for person in (ivan, reader, world.officer()):
        with refused("people.not_writer"):
            act(operations.save_draft, proposal=made, content=CONTENT, by=person, at=world.now)
    with pytest.raises(NotFound):
        act(operations.start, challenge=call, organization=startup, by=ivan, at=world.now)
    with pytest.raises(NotFound):
        queries.proposal_for_startup(ivan, made.ref)
    assert queries.proposal_for_startup(reader, made.ref).id == made.id


# Papers


@both
def test_papers_come_and_go_and_frozen_versions_keep_theirs(world, call, bob):
    made = proposals.draft(world, call, bob, text=CONTENT)
    proposals.with_paper(world, made, bob[1])
    (paper,) = queries.papers_of(made.id)
    first = act(operations.submit, proposal=made, by=bob[1], at=world.now)
    assert [row["sha256"] for row in first.papers] == [paper.file.sha256]
    act(operations.remove_paper, proposal=made, paper=paper, by=bob[1], at=world.now)
    assert queries.papers_of(made.id) == []
    second = act(operations.submit, proposal=made, by=bob[1], at=world.now)
    assert (second.number, second.papers) == (2, [])
    own = queries.proposal_for_startup(bob[1], made.ref)
    assert queries.paper_of(own, paper.ref).id == paper.id


def test_a_paper_of_a_wrong_kind_or_too_many_are_refused(world, call, bob, monkeypatch):
    made = proposals.draft(world, call, bob)

    def attach(name, data=PDF, title="型錄"):
        upload = files.Upload(name, data)
        act(operations.attach, proposal=made, upload=upload, title=title, by=bob[1], at=world.now)

    with refused("file.wrong_kind"):
        attach("x.exe")
    with refused("file.disagrees"):
        attach("x.png")
    with pytest.raises(Invalid):
        attach("x.pdf", title=" ")
    monkeypatch.setattr("matchmaker.proposals.operations.writing.MOST_PAPERS", 1)
    attach("x.pdf")
    with refused("proposals.too_many_papers"):
        attach("y.pdf")
    monkeypatch.setattr("matchmaker.proposals.operations.writing.MOST_PAPERS", 2)
    monkeypatch.setattr("matchmaker.proposals.operations.writing.MOST_PAPER_BYTES", len(PDF) + 1)
    with refused("proposals.papers_too_large"):
        attach("y.pdf")


# Submitting


@both
def test_a_submission_freezes_text_and_papers_under_a_hash_anybody_can_compute(world, call, bob):
    made = proposals.submitted(world, call, bob, paper=True)
    version = queries.counted_version(made)
    assert (made.state, made.submitted_version, made.submitted_at) == (
        ProposalState.SUBMITTED,
        1,
        world.now,
    )
    assert version.value == CONTENT
    written = document(
        challenge=call.ref,
        proposal=made.ref,
        organization=bob[0].ref,
        number=1,
        content=version.content,
        papers=version.papers,
    )
    assert version.sha256 == fingerprint(written)


@both
def test_what_is_submitted_stays_until_it_is_submitted_again(world, call, bob):
    made = proposals.submitted(world, call, bob)
    act(operations.save_draft, proposal=made, content=content(title="新版"), by=bob[1], at=world.now)
    assert queries.counted_version(fresh(made)).value.title == CONTENT.title
    act(operations.submit, proposal=made, by=bob[1], at=world.now)
    assert queries.counted_version(fresh(made)).value.title == "新版"
    with refused("proposals.nothing_changed"):
        act(operations.submit, proposal=made, by=bob[1], at=world.now)
    own = queries.proposal_for_startup(bob[1], made.ref)
    assert [v.number for v in own.versions] == [1, 2]


@both
def test_a_withdrawn_proposal_counts_no_more_and_may_come_back(world, call, bob):
    made = proposals.withdrawn(world, call, bob)
    assert made.state is ProposalState.WITHDRAWN
    with pytest.raises(NotFound):
        queries.counted_version(made)
    assert act(operations.submit, proposal=made, by=bob[1], at=world.now).number == 2
    assert fresh(made).withdrawn_at is None
    act(operations.withdraw, proposal=made, by=bob[1], at=world.now)
    assert proposals.opened(world, call) == []


def test_an_incomplete_draft_is_not_submitted_and_every_gap_is_named(world, call, bob):
    made = proposals.draft(world, call, bob, text=ProposalContent(title="只有名稱"))
    with pytest.raises(Invalid) as told:
        act(operations.submit, proposal=made, by=bob[1], at=world.now)
    assert "summary" in told.value.problems
    assert "title" not in told.value.problems
    assert fresh(made).state is ProposalState.DRAFT
    assert db.session.scalar(select(func.count(ProposalVersion.id))) == 0


def test_a_submission_of_another_version_than_the_one_seen_is_told(world, call, bob):
    made = proposals.draft(world, call, bob, text=CONTENT)
    with pytest.raises(Stale):
        act(operations.submit, proposal=made, by=bob[1], at=world.now, expected_version=made.version - 1)


@both
def test_the_deadline_is_the_instant_itself(world, call, bob):
    made = proposals.draft(world, call, bob, text=CONTENT)
    with refused("proposals.call_closed"):
        act(operations.submit, proposal=made, by=bob[1], at=call.closes_at)
    last = call.closes_at - timedelta(microseconds=1)
    act(operations.submit, proposal=made, by=bob[1], at=last)
    assert queries.counted_version(fresh(made)).submitted_at == last
    for verb in (operations.submit, operations.withdraw):
        with refused("proposals.call_closed"):
            act(verb, proposal=made, by=bob[1], at=call.closes_at)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["save", "submit", "withdraw"]), st.integers(-60, 60)),
        min_size=1,
        max_size=12,
    )
)
def test_no_sequence_of_steps_changes_after_the_deadline_what_counts(world, call, steps):
    startup = world.startup("Hypo")
    made = proposals.draft(world, call, startup, text=CONTENT)

    def counts():
        row = fresh(made)
        try:
            version = queries.counted_version(row)
        except NotFound:
            return row.state, None
        return row.state, version.number, version.sha256

    at_deadline = None
    for serial, (kind, minute) in enumerate(sorted(steps, key=lambda step: step[1])):
        at = call.closes_at + timedelta(minutes=minute)
        if minute >= 0 and at_deadline is None:
            at_deadline = counts()
        verb = {"save": operations.save_draft, "submit": operations.submit, "withdraw": operations.withdraw}
        more = {"content": content(title=f"第 {serial} 版")} if kind == "save" else {}
        late = refused("proposals.call_closed") if minute >= 0 else suppress(Refused)
        with late:
            act(verb[kind], proposal=made, by=startup[1], at=at, **more)
    if at_deadline is not None:
        assert counts() == at_deadline


# Opening


@both
def test_two_officers_open_and_the_list_is_frozen(world, call):
    made = {p.id: p for p in (proposals.submitted(world, call, world.startup(f"S{n}")) for n in range(3))}
    proposals.withdrawn(world, call, world.startup("W"))
    proposals.draft(world, call, world.startup("D"), text=CONTENT)
    rows = proposals.opened(world, call)
    assert [row.number for row in rows] == [1, 2, 3]
    assert {row.id for row in rows} == set(made)
    hashes = [queries.counted_version(row).sha256 for row in rows]
    assert hashes == sorted(hashes)
    opening = queries.opening_of(call.id)
    assert [line["sha256"] for line in opening.submissions] == hashes
    assert opening.sha256 == fingerprint(canonical(opening.submissions))
    assert opening.asked_by_id != opening.confirmed_by_id
    assert queries.opened_proposals(call.id)[0].challenge.state is ChallengeState.OPENED
    told = [e for e in audit.history(call.subject) if e.type == "opening.confirmed"]
    assert told[0].body["count"] == 3
    assert list(audit.verify()) == []


@both
def test_one_officer_alone_opens_nothing(world, call):
    carol = world.officer()
    proposals.closed(world, call)
    with refused("proposals.not_asked"):
        act(operations.confirm_opening, challenge=call, by=carol, at=world.now)
    act(operations.ask_opening, challenge=call, by=carol, at=world.now)
    with refused("proposals.same_person"):
        act(operations.confirm_opening, challenge=call, by=carol, at=world.now)
    with refused("proposals.asked_already"):
        act(operations.ask_opening, challenge=call, by=world.officer("Chuck"), at=world.now)


def test_nothing_is_opened_before_the_deadline(world, call):
    with refused("proposals.still_open"):
        act(operations.ask_opening, challenge=call, by=world.officer(), at=call.closes_at - SECOND)


def test_a_failure_in_the_opening_leaves_no_trace(world, call, monkeypatch):
    made = proposals.submitted(world, call)
    proposals.closed(world, call)
    act(operations.ask_opening, challenge=call, by=world.officer(), at=world.now)

    def fail(**_given):
        raise RuntimeError("in the middle")

    monkeypatch.setattr("matchmaker.challenges.operations.mark_opened", fail)
    with pytest.raises(RuntimeError):
        act(operations.confirm_opening, challenge=call, by=world.officer("Chuck"), at=world.now)
    assert fresh(made).number is None
    db.session.expire_all()
    assert queries.opening_of(call.id).confirmed_at is None


@both
def test_nobody_enters_after_the_count(world, call, app):
    """Submissions that read the clock in time race the opening: each is on the list or is refused."""
    startups = [world.startup(f"S{n}") for n in range(6)]
    drafts = [proposals.draft(world, call, each, text=CONTENT) for each in startups]
    carol, chuck = world.officer(), world.officer("Chuck")
    after = call.closes_at + SECOND
    act(operations.ask_opening, challenge=call, by=carol, at=after)
    start = threading.Barrier(len(drafts) + 1)
    problems: list[BaseException] = []

    def race(verb, **given):
        with app.app_context():
            start.wait()
            try:
                with unit_of_work():
                    verb(**{name: value() if callable(value) else value for name, value in given.items()})
            except Refused as no:
                if no.denial.code != "proposals.call_not_open":
                    problems.append(no)
            except BaseException as error:
                problems.append(error)

    threads = [
        threading.Thread(
            target=race,
            args=(operations.submit,),
            kwargs={
                "proposal": partial(queries.proposal_by_id, draft.id),
                "by": startup[1],
                "at": call.closes_at - SECOND,
            },
        )
        for draft, startup in zip(drafts, startups, strict=True)
    ]
    threads.append(
        threading.Thread(
            target=race,
            args=(operations.confirm_opening,),
            kwargs={"challenge": partial(challenge_by_id, call.id), "by": chuck, "at": after},
        )
    )
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert problems == []
    db.session.rollback()
    db.session.expire_all()
    listed = {line["proposal"] for line in queries.opening_of(call.id).submissions}
    rows = db.session.execute(select(Proposal).where(Proposal.challenge_id == call.id)).scalars().all()
    assert {row.ref for row in rows if row.state is ProposalState.SUBMITTED} == listed
    assert {row.ref for row in rows if row.number is not None} == listed
    assert list(audit.verify()) == []


# Screening


@both
def test_the_rules_look_first_and_officers_confirm(world):
    call = challenges.challenge(world, grant_ceiling=800_000)
    old = world.startup("Old", founded_on=call.closes_at.date().replace(year=2021, day=1))
    proposals.submitted(world, call, world.startup("Young"))
    proposals.submitted(world, call, old)
    carol = world.officer()
    rows = proposals.screening(world, call, (carol, world.officer("Chuck")))
    found = {row.organization_id: {c.rule: c.found for c in row.checks} for row in rows}
    assert found[old[0].id]["five_years"] is CheckResult.NOT_MET
    assert all(len(each) == 6 for each in found.values())
    assert sum(result is CheckResult.MET for each in found.values() for result in each.values()) == 11
    aged = next(row for row in rows if row.organization_id == old[0].id)
    check = queries.check_of(aged, "five_years")
    for result, reason, field in (
        (CheckResult.MET, " ", "reason"),
        (CheckResult.UNKNOWN, "x", "result"),
    ):
        with pytest.raises(Invalid) as told:
            act(operations.confirm_check, check=check, result=result, reason=reason, by=carol, at=world.now)
        assert set(told.value.problems) == {field}
    act(
        operations.confirm_check,
        check=check,
        result=CheckResult.MET,
        reason="登記日期更正",
        by=carol,
        at=world.now,
    )
    db.session.expire_all()
    assert queries.check_of(aged, "five_years").confirmed_by == carol.name


@both
def test_admitting_rejecting_and_finishing(world, call):
    for n in range(2):
        proposals.submitted(world, call, world.startup(f"S{n}"))
    carol = world.officer()
    first, second = proposals.screening(world, call, (carol, world.officer("Chuck")))
    with refused("proposals.checks_open"):
        act(operations.admit, proposal=first, by=carol, at=world.now)
    assert proposals.admitted(world, first, carol).state is ProposalState.ELIGIBLE
    with refused("proposals.undecided"):
        act(operations.finish_screening, challenge=call, by=carol, at=world.now)
    with refused("proposals.no_ground"):
        act(operations.reject, proposal=second, reason="x", by=carol, at=world.now)
    left = proposals.rejected(world, second, carol)
    assert (left.state, left.state_note) == (ProposalState.NOT_ELIGIBLE, "設立逾五年。")
    letters = {m.letter for m in db.session.execute(select(OutboxMail)).scalars()}
    assert {"proposals.admitted", "proposals.rejected"} <= letters
    with refused("proposals.decided_already"):
        act(
            operations.confirm_check,
            check=queries.checks_of(second.id)[0],
            result=CheckResult.MET,
            reason="x",
            by=carol,
            at=world.now,
        )
    act(operations.finish_screening, challenge=call, by=carol, at=world.now)
    assert [row.id for row in queries.in_contest(call.id)] == [first.id]
    assert fresh(first).challenge.state is ChallengeState.JUDGING


@both
def test_where_nobody_remains_the_call_ends_undecided(world, call):
    carol = world.officer()
    proposals.screening(world, call, (carol, world.officer("Chuck")))
    act(operations.finish_screening, challenge=call, by=carol, at=world.now)
    db.session.expire_all()
    assert challenge_by_id(call.id).state is ChallengeState.DECIDED


def test_a_rejection_needs_its_reason(world, call):
    proposals.submitted(world, call)
    carol = world.officer()
    (row,) = proposals.screening(world, call, (carol, world.officer("Chuck")))
    check = queries.checks_of(row.id)[0]
    act(operations.confirm_check, check=check, result=CheckResult.NOT_MET, reason="x", by=carol, at=world.now)
    with pytest.raises(Invalid):
        act(operations.reject, proposal=row, reason="  ", by=carol, at=world.now)


# Release


@both
def test_a_director_releases_each_outcome(world, call):
    dora = world.director()
    rows = proposals.in_contest(world, call, 3)
    for row, outcome in zip(rows, ("awarded", "reserve", "not_awarded"), strict=True):
        act(operations.release, proposal=row, outcome=outcome, note="理由", by=dora, at=world.now)
        after = fresh(row)
        assert (after.state, after.state_note) == (outcome, "理由")
    act(operations.release, proposal=rows[1], outcome="awarded", note="遞補", by=dora, at=world.now)
    assert fresh(rows[1]).state is ProposalState.AWARDED
    with refused("proposals.wrong_state"):
        act(operations.release, proposal=rows[0], outcome="reserve", note="", by=dora, at=world.now)
    with refused("people.not_director"):
        act(
            operations.release, proposal=rows[2], outcome="awarded", note="", by=world.officer(), at=world.now
        )


def test_shortlisting_keeps_a_proposal_in_the_contest(world, call):
    carol = world.officer()
    (row,) = proposals.in_contest(world, call, 1)
    act(operations.shortlist, proposal=row, by=carol, at=world.now)
    (kept,) = queries.in_contest(call.id)
    assert kept.state is ProposalState.SHORTLISTED


# Letters


def test_the_receipt_goes_to_the_writers_of_the_startup_alone(world, call, bob):
    startup, owner = bob
    world.member(startup, "Rita", Role.READER)
    world.member(startup, "Ed", Role.EDITOR)
    before = {m.id for m in db.session.execute(select(OutboxMail)).scalars()}
    made = proposals.submitted(world, call, bob)
    sent = [m for m in db.session.execute(select(OutboxMail)).scalars() if m.id not in before]
    assert {m.name for m in sent} == {owner.name, "Ed"}
    assert {m.letter for m in sent} == {"proposals.submitted"}
    assert all(m.params["sha256"] == queries.counted_version(made).sha256 for m in sent)
    assert all(m.params["received"] == {"moment": world.now.isoformat()} for m in sent)


def test_the_other_officers_are_told_of_an_opening_to_confirm(world, call):
    carol, chuck = world.officer("Cora"), world.officer("Chuck")
    proposals.closed(world, call)
    act(operations.ask_opening, challenge=call, by=carol, at=world.now)
    told = db.session.execute(select(OutboxMail).where(OutboxMail.letter == "proposals.opening_asked"))
    names = {m.name for m in told.scalars()}
    assert chuck.name in names
    assert carol.name not in names


def test_history_of_a_draft_is_sealed(world, call, bob):
    made = proposals.submitted(world, call, bob)
    assert audit.history(made.subject) == []
    kept = audit.history(made.subject, sealed=True)
    assert [entry.type for entry in kept] == ["proposal.started", "proposal.submitted"]
    assert all(entry.actor_ref == "sealed" for entry in kept)


def test_declarations_survive_from_draft_to_version(world, call, bob):
    made = proposals.submitted(world, call, bob, text=replace(CONTENT, declarations=CONTENT.declarations))
    assert queries.counted_version(made).value.declarations == tuple(map(str, CONTENT.declarations))


def test_every_letter_can_be_read_in_both_languages(world, call, bob):
    startup, _owner = bob
    reader = world.member(startup, "Eve", Role.EDITOR)
    with unit_of_work():
        db.session.get_one(User, reader.user_id).language = "en"
    proposals.withdrawn(world, call, world.startup("W"))
    proposals.submitted(world, call, bob)
    proposals.submitted(world, call, world.startup("R"))
    carol = world.officer()
    first, second = proposals.screening(world, call, (carol, world.officer("Chuck")))
    proposals.admitted(world, first, carol)
    proposals.rejected(world, second, carol)
    outbox.send_all(world.now)
    sent = [m for m in db.session.execute(select(OutboxMail)).scalars() if m.letter.startswith("proposals.")]
    assert {m.letter for m in sent} == {key for key in outbox.letters() if key.startswith("proposals.")}
    assert all(m.sent_at is not None and m.last_error is None for m in sent)
    assert {m.language for m in sent} == {"en", "zh_Hant_TW"}
