"""The verbs of a panel, on both databases."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from matchmaker.challenges import operations as challenges
from matchmaker.challenges.models import Challenge
from matchmaker.challenges.states import ChallengeState
from matchmaker.foundation import audit, jobs
from matchmaker.foundation.db import db, unit_of_work
from matchmaker.foundation.outbox import OutboxMail
from matchmaker.judging import notices, operations, queries
from matchmaker.judging.facts import DecisionFacts, DeclarationFacts, PanelFacts, SheetFacts
from matchmaker.judging.models import Panel, PanelDecision, PanelMember, ScoreSheet
from matchmaker.judging.queries import Step
from matchmaker.judging.states import ConflictKind, Outcome, PanelState, ScoringMethod, SheetState
from matchmaker.kernel.errors import Invalid, NotFound, Refused, Stale
from matchmaker.people.models import Membership, User
from matchmaker.people.states import Role
from matchmaker.pilots.models import Pilot
from matchmaker.proposals.models import Proposal
from matchmaker.proposals.states import ProposalState
from tests.factories import judging
from tests.factories.challenges import challenge as make_challenge

pytestmark = pytest.mark.both_databases


def refused(call) -> str:
    """The code of the refusal."""
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.denial.code


def invalid(call) -> dict[str, str]:
    """The codes of the problems, by field."""
    with pytest.raises(Invalid) as caught:
        call()
    return {name: denial.code for name, denial in caught.value.problems.items()}


def letters_to(actor) -> list[str]:
    db.session.rollback()
    address = db.session.scalar(select(User.email).where(User.id == actor.user_id))
    return list(
        db.session.scalars(
            select(OutboxMail.letter).where(OutboxMail.address == address).order_by(OutboxMail.id)
        )
    )


def state_of(proposal) -> ProposalState:
    db.session.rollback()
    return db.session.scalar(select(Proposal.state).where(Proposal.id == proposal.id))


# Forming


def test_forming_seating_and_convening(world):
    contest = judging.contest(world)
    form = operations.form_panel
    past = PanelFacts(scores_due_at=world.now, pass_mark=101)
    assert invalid(lambda: contest.do(form, challenge=contest.challenge, facts=past, by=contest.carol)) == {
        "scores_due_at": "judging.due_past",
        "pass_mark": "judging.pass_mark_range",
    }
    contest.panel = contest.do(form, challenge=contest.challenge, facts=PanelFacts(), by=contest.carol)
    assert (
        refused(lambda: contest.do(form, challenge=contest.challenge, facts=PanelFacts(), by=contest.carol))
        == "judging.has_panel"
    )

    def seat(juror, **given):
        return contest.do(
            operations.seat_member,
            panel=contest.panel,
            juror=judging.membership(juror),
            by=contest.carol,
            **given,
        )

    first = seat(contest.jurors[0])
    assert invalid(lambda: seat(contest.jurors[0])) == {"juror": "judging.already_seated"}
    for juror in contest.jurors[1:]:
        seat(juror)

    def convene():
        return contest.do(operations.convene, panel=contest.panel, by=contest.carol)

    assert refused(convene) == "judging.no_chair"
    contest.do(operations.appoint_chair, member=first, by=contest.carol)
    second = contest.seat(contest.jurors[1])
    contest.do(operations.appoint_chair, member=second, by=contest.carol)
    assert [member.chair for member in contest.board.members].count(True) == 1
    assert refused(convene) == "judging.no_due_time"
    due = world.now + timedelta(days=7)
    facts = PanelFacts(method=ScoringMethod.RANKING, pass_mark=60, scores_due_at=due)
    version = contest.board.panel.version
    contest.do(
        operations.save_panel,
        panel=contest.panel,
        facts=facts,
        by=contest.carol,
        expected_version=version,
    )
    with pytest.raises(Stale):
        contest.do(
            operations.save_panel,
            panel=contest.panel,
            facts=facts,
            by=contest.carol,
            expected_version=version,
        )
    contest.do(operations.unseat_member, member=contest.seat(contest.jurors[4]), reason="", by=contest.carol)
    assert refused(convene) == "judging.too_small"
    again = seat(contest.jurors[4])
    assert again.left_at is None
    convene()
    assert contest.board.panel.state is PanelState.DECLARING
    assert refused(convene) == "judging.convened"
    later = PanelFacts(method=ScoringMethod.TOTAL_SCORE, pass_mark=70, scores_due_at=None)
    assert invalid(
        lambda: contest.do(operations.save_panel, panel=contest.panel, facts=later, by=contest.carol)
    ) == {
        "method": "judging.method_fixed",
        "pass_mark": "judging.method_fixed",
        "scores_due_at": "judging.no_due_time",
    }
    assert invalid(
        lambda: contest.do(operations.unseat_member, member=again, reason=" ", by=contest.carol)
    ) == {"reason": "judging.reason_needed"}
    assert letters_to(contest.jurors[0]) == ["judging.convened"]


def test_who_is_or_was_of_a_body_concerned_cannot_sit(world):
    contest = judging.contest(world, jurors=1)
    contest.panel = contest.do(
        operations.form_panel, challenge=contest.challenge, facts=PanelFacts(), by=contest.carol
    )
    startup = contest.startups[1][0]
    bodies = {"agency": contest.agency, "startup": startup}
    ended = {
        "now": None,
        "lately": world.now - timedelta(days=3 * 365),
        "long ago": world.now - timedelta(days=3 * 365 + 2),
    }
    for name, body in bodies.items():
        for when, left_at in ended.items():
            juror = world.juror(f"{name} {when}", expert=True)
            with unit_of_work() as session:
                session.add(
                    Membership(
                        user_id=juror.user_id,
                        organization_id=body.id,
                        role=Role.READER,
                        since=world.now - timedelta(days=2000),
                        ended_at=left_at,
                    )
                )

            def seat(juror=juror):
                return contest.do(
                    operations.seat_member,
                    panel=contest.panel,
                    juror=judging.membership(juror),
                    by=contest.carol,
                )

            if when == "long ago":
                assert seat().external_expert
            else:
                assert invalid(seat) == {"juror": "judging.concerned"}


def test_who_joins_a_body_concerned_after_being_seated_holds_up_the_convening(world):
    contest = judging.formed(world)
    with unit_of_work() as session:
        session.add(
            Membership(
                user_id=contest.jurors[2].user_id,
                organization_id=contest.startups[0][0].id,
                role=Role.READER,
                since=world.now,
            )
        )
    code = refused(lambda: contest.do(operations.convene, panel=contest.panel, by=contest.carol))
    assert code == "judging.concerned_seated"


def test_before_the_opening_a_seat_does_not_tell_who_proposes(world):
    """A juror from a startup with a sealed proposal is seated like anybody else; the convening finds it out."""
    challenge = make_challenge(world, "published")
    startup, owner = world.startup()
    proposal = judging.propose(world, challenge, startup, owner, 1)
    with unit_of_work() as session:
        row = session.get_one(Proposal, proposal.id)
        row.state, row.number = ProposalState.SUBMITTED, None
    carol, juror = world.officer(), world.juror()
    with unit_of_work() as session:
        session.add(
            Membership(user_id=juror.user_id, organization_id=startup.id, role=Role.READER, since=world.now)
        )
    with unit_of_work():
        panel = operations.form_panel(challenge=challenge, facts=PanelFacts(), by=carol, at=world.now)
    with unit_of_work():
        operations.seat_member(panel=panel, juror=judging.membership(juror), by=carol, at=world.now)
    assert len(queries.load(panel.id).members) == 1


# Declaring and scoring


def test_declarations(world):
    contest = judging.convened(world)
    erin, frank = contest.jurors[:2]
    seat = contest.seat(erin)
    some = {contest.proposals[0].ref: DeclarationFacts()}
    missing = {f"conflict-{p.ref}": "judging.declaration_missing" for p in contest.proposals[1:]}
    assert (
        invalid(lambda: contest.do(operations.declare_all, member=seat, declarations=some, by=erin))
        == missing
    )
    other = DeclarationFacts(conflict=ConflictKind.PERCEIVED)
    every = {proposal.ref: other for proposal in contest.proposals}
    problems = invalid(lambda: contest.do(operations.declare_all, member=seat, declarations=every, by=erin))
    assert set(problems.values()) == {"judging.note_needed"}

    def declare(by, **given):
        return contest.do(operations.declare, member=seat, proposal=contest.proposals[0], by=by, **given)

    assert refused(lambda: declare(frank, conflict=None)) == "judging.not_yours"
    declare(erin, conflict=ConflictKind.FAMILY, note="表兄任職該公司")
    declare(erin, conflict=None)
    assert contest.board.progress(seat).declared == 1
    assert contest.board.undeclared() == [member.user.name for member in contest.board.members]
    begin = operations.begin_scoring
    assert refused(lambda: contest.do(begin, panel=contest.panel, by=contest.carol)) == "judging.undeclared"
    for juror in contest.jurors:
        contest.declare(juror, *((1,) if juror is erin else ()))
    contest.do(begin, panel=contest.panel, by=contest.carol)
    assert letters_to(frank) == ["judging.convened", "judging.begun"]
    assert (
        refused(
            lambda: contest.do(
                operations.declare, member=seat, proposal=contest.proposals[1], conflict=None, by=erin
            )
        )
        == "judging.declaration_stands"
    )


def test_a_conflict_that_comes_up_late_takes_the_sheet_out_of_the_count(world):
    contest = judging.scored(world)
    erin = contest.jurors[0]
    before = contest.board.standings()[contest.proposals[0].ref]
    contest.do(
        operations.declare,
        member=contest.seat(erin),
        proposal=contest.proposals[0],
        conflict=ConflictKind.OWN_INTEREST,
        by=erin,
    )
    after = contest.board.standings()[contest.proposals[0].ref]
    assert (before.scorers, after.scorers) == (5, 4)
    desk = queries.desk(erin, contest.panel.ref)
    assert desk.row(contest.proposals[0].ref).sheet is None
    with pytest.raises(NotFound):
        queries.reading(erin, contest.panel.ref, contest.proposals[0].ref)


def test_sheets_are_kept_as_drafts_and_submitted_when_complete(world):
    contest = judging.scoring(world, conflicts={0: (2,)})
    erin, frank = contest.jurors[:2]
    seat = contest.seat(erin)
    first, second, third = contest.proposals
    criterion = contest.board.criteria[0].ref

    def save(proposal=first, by=erin, **given):
        return contest.do(
            operations.save_sheet, member=seat, proposal=proposal, by=by, **({"points": {}} | given)
        )

    sheet = save(points={criterion: 4}, comments={criterion: "  切題 "}, comment="尚可")
    assert (sheet.version, sheet.state) == (1, SheetState.DRAFT)
    save(comments={criterion: "先寫意見"}, expected_version=1)
    with pytest.raises(Stale):
        save(points={criterion: 3}, expected_version=1)
    board = contest.board
    stored = board.sheet(seat, board.entry(first.ref))
    assert [(s.points, s.comment) for s in stored.scores] == [(None, "先寫意見")]
    assert stored.comment == ""
    with pytest.raises(Stale):
        save(second, expected_version=3)

    name = f"score-{first.ref}-{criterion}"
    for points in (0, 6, -1):
        assert invalid(lambda points=points: save(points={criterion: points})) == {
            name: "judging.points_range"
        }
    assert invalid(lambda: save(points={"zzz": 3})) == {f"score-{first.ref}-zzz": "judging.unknown_criterion"}
    assert refused(lambda: save(by=frank)) == "judging.not_yours"
    assert refused(lambda: save(third)) == "judging.recused"

    problems = invalid(lambda: contest.submit(erin, 0))
    assert len(problems) == len(contest.board.criteria) + 1
    assert problems[f"comment-{first.ref}"] == "judging.comment_missing"
    assert invalid(lambda: contest.submit(erin))[""] == "judging.nothing_ready"

    contest.score(erin, 0, 5, 4, 4, 3, 5)
    contest.score(erin, 1, 3, comment="")
    assert contest.do(operations.submit_ready, member=seat, by=erin) == 1
    assert contest.board.progress(seat).submitted == 1
    assert refused(lambda: save(points={criterion: 1})) == "judging.submitted"
    events = [entry.type for entry in audit.history(contest.panel.subject)]
    assert events.count("judging.sheet_submitted") == 1


def test_several_sheets_are_saved_under_one_version(world):
    contest = judging.scoring(world)
    erin = contest.jurors[0]
    seat = contest.seat(erin)
    facts = [
        SheetFacts(proposal_ref=p.ref, points=contest.points(3), comment="好") for p in contest.proposals[:2]
    ]

    def save(sheets, version):
        return contest.do(
            operations.save_sheets, member=seat, sheets=sheets, by=erin, expected_version=version
        )

    assert save(facts, 0) == 2
    assert queries.desk(erin, contest.panel.ref).version == 2
    assert save(facts, 2) == 2, "what is stored already is left alone"
    with pytest.raises(Stale) as caught:
        save(facts, 0)
    assert caught.value.by == erin.name
    changed = SheetFacts(proposal_ref=contest.proposals[0].ref, points=contest.points(4), comment="好")
    assert save([changed], 2) == 3


def test_a_sheet_comes_back_with_a_reason_and_closes_the_table_again(world):
    contest = judging.scored(world)
    erin = contest.jurors[0]
    assert queries.comparison(erin, contest.panel.ref).results.complete
    seat = contest.seat(erin)
    board = contest.board
    sheet = board.sheet(seat, board.entries[0])

    def give_back(reason):
        return contest.do(operations.return_sheet, sheet=sheet, reason=reason, by=contest.carol)

    assert invalid(lambda: give_back(" ")) == {"reason": "judging.reason_needed"}
    give_back("第二項分數與意見不符。")
    with pytest.raises(Refused):
        queries.comparison(erin, contest.panel.ref)
    with pytest.raises(Refused):
        contest.do(operations.end_scoring, panel=contest.panel, by=contest.carol)
    assert letters_to(erin)[-1] == "judging.returned"
    contest.score(erin, 0, 4)
    contest.submit(erin, 0)
    assert queries.comparison(erin, contest.panel.ref).results.complete
    returned = audit.history(contest.panel.subject, types=["judging.sheet_returned"])
    assert returned[0].body["reason"] == "第二項分數與意見不符。"


def test_scoring_ends_when_nothing_is_missing_or_the_member_is_excused(world):
    contest = judging.scoring(world)
    niaj = contest.jurors[4]
    for juror in contest.jurors[:4]:
        contest.score_all(juror)

    def end():
        return contest.do(operations.end_scoring, panel=contest.panel, by=contest.carol)

    assert refused(end) == "judging.unfinished"
    contest.do(
        operations.unseat_member, member=contest.seat(niaj), reason="出國，無法評分。", by=contest.carol
    )
    assert letters_to(niaj)[-1] == "judging.excused"
    with pytest.raises(NotFound):
        queries.desk(niaj, contest.panel.ref)
    end()
    assert contest.board.panel.state is PanelState.DELIBERATING
    sheet = next(iter(contest.board.sheets.values()))
    with pytest.raises(Refused):
        contest.do(operations.return_sheet, sheet=sheet, reason="x", by=contest.carol)


def test_without_a_quorum_a_further_juror_is_seated(world):
    """One of two experts is recused from the third proposal: a third expert has to score it."""
    contest = judging.scored(world, conflicts={1: (2,)})
    assert contest.board.without_quorum() == contest.board.out_of_reach() == ["3"]

    def end():
        return contest.do(operations.end_scoring, panel=contest.panel, by=contest.carol)

    assert refused(end) == "judging.no_quorum"
    oscar = world.juror("Oscar", expert=True)
    contest.do(operations.seat_member, panel=contest.panel, juror=judging.membership(oscar), by=contest.carol)
    assert letters_to(oscar) == ["judging.convened"]
    assert refused(end) == "judging.unfinished"
    contest.declare(oscar)
    contest.score_all(oscar)
    end()


# Deciding


@pytest.fixture
def ready(world):
    return judging.ended(world)


def change(contest, position, **changes):
    """The usual decisions with one of them changed."""
    made = contest.decisions()
    old = made[position]
    made[position] = DecisionFacts(
        **({name: getattr(old, name) for name in DecisionFacts.__dataclass_fields__} | changes)
    )
    return made


def test_a_decision_is_checked_as_a_whole(ready):
    refs = [proposal.ref for proposal in ready.proposals]

    def prepare(decisions, **given):
        return lambda: ready.prepare(decisions=decisions, **given)

    cases = [
        (prepare(ready.decisions(), minutes=" "), {"minutes": "judging.minutes_missing"}),
        (prepare(ready.decisions()[:2]), {f"outcome-{refs[2]}": "judging.outcome_missing"}),
        (prepare(change(ready, 1, reason=" ")), {f"reason-{refs[1]}": "judging.reason_missing"}),
        (prepare(change(ready, 0, grant=None)), {f"grant-{refs[0]}": "judging.grant_missing"}),
        (prepare(change(ready, 0, grant=-1)), {f"grant-{refs[0]}": "judging.grant_negative"}),
        (prepare(change(ready, 0, grant=800_001)), {f"grant-{refs[0]}": "judging.grant_over_asked"}),
        (
            prepare(change(ready, 2, outcome=Outcome.AWARDED, grant=1)),
            {f"outcome-{refs[2]}": "judging.below_pass_mark"},
        ),
        (
            prepare(change(ready, 2, outcome=Outcome.RESERVE, reserve_rank=1)),
            {f"outcome-{refs[2]}": "judging.below_pass_mark"},
        ),
        (
            prepare(change(ready, 1, outcome=Outcome.RESERVE)),
            {f"reserve-{refs[1]}": "judging.reserve_missing"},
        ),
    ]
    for call, problems in cases:
        assert invalid(call) == problems
    ready.prepare(decisions=change(ready, 0, grant=800_000))
    assert ready.board.is_complete()


def test_the_ceiling_the_number_of_awards_and_the_places_in_reserve(world):
    contest = judging.scoring(world, proposals=4, most_awards=1, grant_ceiling=700_000)
    for juror in contest.jurors:
        contest.score_all(juror, 5, 4, 4, 4)
    contest.do(operations.end_scoring, panel=contest.panel, by=contest.carol)
    a, b, c, d = (proposal.ref for proposal in contest.proposals)
    given = contest.decisions(Outcome.AWARDED, Outcome.AWARDED, Outcome.RESERVE, Outcome.RESERVE)
    over = DecisionFacts(proposal_ref=a, outcome=Outcome.AWARDED, reason="x", grant=700_001)
    twin = DecisionFacts(proposal_ref=d, outcome=Outcome.RESERVE, reason="x", reserve_rank=1)
    assert invalid(lambda: contest.prepare(decisions=[over, given[1], given[2], twin])) == {
        "": "judging.too_many_awards",
        f"grant-{a}": "judging.grant_over_ceiling",
        f"reserve-{d}": "judging.reserve_twice",
    }
    none = DecisionFacts(proposal_ref=b, outcome=Outcome.NOT_AWARDED, reason="x")
    last = DecisionFacts(proposal_ref=d, outcome=Outcome.RESERVE, reason="x", reserve_rank=2)
    contest.prepare(decisions=[given[0], none, given[2], last])
    contest.prepare(decisions=[given[0], none, given[2], last], minutes="改寫的紀錄")
    assert db.session.scalar(select(func.count(PanelDecision.id))) == 4
    assert c in {e.ref for e in contest.board.entries if contest.board.decisions[e.proposal.id].reserve_rank}


def test_a_stale_decision_is_told(ready):
    version = ready.board.panel.version
    ready.prepare(expected_version=version)
    with pytest.raises(Stale) as caught:
        ready.prepare(expected_version=version)
    assert caught.value.by == "Carol"


def test_reopening_lets_a_prepared_decision_fall(ready):
    ready.prepare()
    assert invalid(
        lambda: ready.do(operations.reopen_scoring, panel=ready.panel, reason="", by=ready.carol)
    ) == {"reason": "judging.reason_needed"}
    ready.do(operations.reopen_scoring, panel=ready.panel, reason="同分，重新評分。", by=ready.carol)
    board = ready.board
    assert (board.panel.state, board.panel.prepared_by_id) == (PanelState.SCORING, None)
    assert not board.decisions
    assert letters_to(ready.jurors[0])[-1] == "judging.reopened"
    ready.do(operations.end_scoring, panel=ready.panel, by=ready.carol)


def release(contest, by):
    return lambda: contest.do(operations.release, panel=contest.panel, by=by)


def test_the_release_takes_another_director_and_tells_everybody_at_once(world):
    contest = judging.ended(world, conflicts={0: (2,)})
    eve = world.director("Eve")
    assert refused(release(contest, contest.dora)) == "judging.not_prepared"
    contest.prepare(Outcome.AWARDED, Outcome.RESERVE, Outcome.NOT_AWARDED, by=contest.dora)
    assert refused(release(contest, contest.dora)) == "judging.same_person"
    assert refused(release(contest, contest.carol)) == "people.not_director"
    assert letters_to(eve) == ["judging.prepared"]
    assert letters_to(contest.carol)[-1] == "judging.all_scored"
    for _organization, owner in contest.startups:
        assert not letters_to(owner)
    assert [state_of(p) for p in contest.proposals] == [ProposalState.ELIGIBLE] * 3

    release(contest, eve)()
    board = contest.board
    assert board.panel.state is PanelState.RELEASED
    assert board.challenge.state is ChallengeState.DECIDED
    assert [state_of(p) for p in contest.proposals] == [
        ProposalState.AWARDED,
        ProposalState.RESERVE,
        ProposalState.NOT_AWARDED,
    ]
    told = [letters_to(owner) for _organization, owner in contest.startups]
    assert [kinds[0] for kinds in told] == ["judging.told_awarded", "judging.told", "judging.told"]
    assert "judging.told_agency" in letters_to(contest.alice)
    assert letters_to(contest.jurors[0])[-1] == "judging.told_jurors"
    assert db.session.scalar(select(func.count(Pilot.id))) == 1
    assert refused(release(contest, eve)) == "judging.released"
    assert list(audit.verify()) == []


def test_two_who_release_at_once_release_once(world):
    contest = judging.prepared(world)
    directors = [contest.dora, world.director("Eve")]
    db.session.remove()
    start, answers = threading.Barrier(2), []

    def run(director):
        with world.app.app_context():
            start.wait()
            try:
                with unit_of_work():
                    operations.release(panel=contest.panel, by=director, at=world.now)
                answers.append("released")
            except Refused as refusal:
                answers.append(refusal.denial.code)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(director,)) for director in directors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["judging.released", "released"]
    assert db.session.scalar(select(func.count(Pilot.id))) == 1
    told = select(func.count(OutboxMail.id)).where(OutboxMail.letter == "judging.told_awarded")
    assert db.session.scalar(told) == 1


def test_a_failure_in_the_midst_of_the_release_leaves_no_trace(world, monkeypatch):
    contest = judging.prepared(world)

    def broken(**_given):
        raise RuntimeError("broken")

    monkeypatch.setattr(challenges, "mark_decided", broken)
    with pytest.raises(RuntimeError):
        release(contest, contest.dora)()
    assert contest.board.panel.state is PanelState.DELIBERATING
    assert [state_of(p) for p in contest.proposals] == [ProposalState.ELIGIBLE] * 3
    assert not letters_to(contest.startups[0][1])


# Around it


def test_the_due_day_reminds_who_has_not_finished_once(world):
    contest = judging.scoring(world)
    contest.score_all(contest.jurors[0])
    for days, reminded in ((6, 0), (7, 4), (7, 4), (8, 4)):
        with unit_of_work():
            notices.remind({}, world.now + timedelta(days=days))
        count = select(func.count(OutboxMail.id)).where(OutboxMail.letter == "judging.due")
        assert db.session.scalar(count) == reminded
    assert "judging.due" not in letters_to(contest.jurors[0])
    assert "judging.remind" in jobs.handlers()


def test_a_cancelled_challenge_stops_its_panel(world):
    contest = judging.scored(world)
    with unit_of_work():
        challenges.cancel(
            challenge=db.session.get_one(Challenge, contest.challenge.id),
            reason="預算刪減。",
            by=contest.carol,
            at=world.now,
        )
    assert letters_to(contest.jurors[0])[-1] == "judging.cancelled"
    code = refused(lambda: contest.do(operations.end_scoring, panel=contest.panel, by=contest.carol))
    assert code == "judging.not_judging"


def test_duties_agree_with_the_board(world):
    contest = judging.scoring(world, conflicts={0: (2,)})
    erin, frank = contest.jurors[:2]
    contest.score_all(frank)
    contest.score(erin, 0, 3)
    for juror, step in ((erin, Step.SCORE), (frank, Step.DONE)):
        [duty] = queries.duties_of(juror)
        assert duty.progress == contest.board.progress(contest.seat(juror))
        assert (duty.step, queries.desk(juror, contest.panel.ref).step) == (step, step)
    assert not queries.duties_of(contest.carol)


def test_the_database_allows_one_chair_and_one_sheet(world):
    contest = judging.scored(world)
    twice = select(PanelMember.id).where(PanelMember.panel_id == contest.panel.id, PanelMember.chair)
    assert len(db.session.scalars(twice).all()) == 1
    assert db.session.scalar(select(func.count(ScoreSheet.id))) == 15
    assert db.session.scalar(select(func.count(Panel.id))) == 1
