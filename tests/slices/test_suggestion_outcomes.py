"""What came of suggestions: told at the opening and not before, counted for staff, and the bands read off it."""

import pytest
from sqlalchemy import select

from matchmaker.foundation import audit, jobs
from matchmaker.foundation.db import db, unit_of_work
from matchmaker.foundation.relevance import Direction, RelevanceEvent, Sign
from matchmaker.judging.states import Outcome
from matchmaker.kernel.errors import Refused
from matchmaker.people import operations as people
from matchmaker.people.queries import organization_by_id
from matchmaker.suggestions import calibration, evaluation, operations, queries
from matchmaker.suggestions.evaluation import Share
from matchmaker.suggestions.models import Suggestion, Verdict
from matchmaker.suggestions.queries import outcomes
from matchmaker.suggestions.states import BEFORE_OUTCOMES, Band, Bands, Choice, DismissReason, Side
from tests.factories import challenges, judging, profiles, proposals

OUTCOMES = [Sign.PROPOSED, Sign.SHORTLISTED, Sign.AWARDED]


@pytest.fixture
def call(world):
    """An open call about falls: radar fits, the mat fits less, the drone not at all."""
    made = challenges.challenge(world, "published")
    startups = {name: world.startup(name) for name in ("radar", "mat", "drone")}
    for name, facts in (("radar", profiles.RADAR), ("mat", profiles.MAT), ("drone", profiles.DRONE)):
        profiles.say(world, startups[name][1], facts)
    jobs.run_until_idle(world.now)
    return made, startups


def signs(*wanted):
    rows = db.session.execute(
        select(RelevanceEvent).where(RelevanceEvent.sign.in_(wanted or OUTCOMES)).order_by(RelevanceEvent.id)
    ).scalars()
    return list(rows)


class TestSigns:
    @pytest.mark.both_databases
    def test_who_proposed_is_told_at_the_opening_with_its_place(self, world, call):
        challenge, startups = call
        proposals.submitted(world, challenge, startups["radar"])
        proposals.submitted(world, challenge, startups["drone"])
        proposals.withdrawn(world, challenge, startups["mat"])
        jobs.run_until_idle(world.now)
        assert signs() == []
        proposals.opened(world, challenge)
        found = {row.found: row for row in signs()}
        assert set(found) == {startups[name][0].subject for name in ("radar", "drone")}
        radar = found[startups["radar"][0].subject]
        stored = queries.stored_fit(challenge.id, startups["radar"][0].id)
        assert (radar.sign, radar.direction, radar.asked, radar.viewer) == (
            Sign.PROPOSED,
            Direction.STARTUPS,
            challenge.subject,
            startups["radar"][0].subject,
        )
        assert (radar.rank, radar.score, radar.band) == (1, stored.score, stored.band)
        assert found[startups["drone"][0].subject].rank is None, "it was not suggested"

    def test_the_release_tells_who_was_shortlisted_and_awarded(self, world):
        contest = judging.ended(world)
        contest.prepare(Outcome.AWARDED, Outcome.RESERVE, Outcome.NOT_AWARDED)
        assert signs(Sign.SHORTLISTED, Sign.AWARDED) == []
        on_the_way = contest.proposals[2]
        with unit_of_work():
            audit.record(
                type="proposal.shortlisted",
                subject=on_the_way.subject,
                actor_ref=contest.carol.ref,
                at=world.now,
            )
        contest.do(judging.operations.release, panel=contest.panel, by=contest.dora)
        told = {(row.sign, row.found) for row in signs(Sign.SHORTLISTED, Sign.AWARDED)}
        first, second, third = (organization_by_id(one.organization_id).subject for one in contest.proposals)
        assert told == {(Sign.AWARDED, first), (Sign.SHORTLISTED, second), (Sign.SHORTLISTED, third)}

    def test_a_closed_call_keeps_its_suggestions_as_they_were(self, world, call):
        """Neither a changed profile nor a startup that goes away rewrites what was suggested before the close."""
        challenge, startups = call
        before = [(row.organization_id, row.score) for row in stored(challenge)]
        proposals.closed(world, challenge)
        profiles.say(world, startups["drone"][1], profiles.RADAR)
        officer = world.officer("Chuck")
        with unit_of_work():
            people.decide(
                organization=startups["radar"][0], move="suspend", reason="x", by=officer, at=world.now
            )
            operations.enqueue_refresh(at=world.now)
        jobs.run_until_idle(world.now)
        db.session.rollback()
        assert [(row.organization_id, row.score) for row in stored(challenge)] == before


def stored(challenge):
    return db.session.execute(
        select(Suggestion).where(Suggestion.challenge_id == challenge.id).order_by(Suggestion.score.desc())
    ).scalars()


class TestFigures:
    def test_a_screened_call_counts_and_an_opened_one_does_not_yet(self, world, call):
        challenge, startups = call
        proposals.submitted(world, challenge, startups["radar"])
        proposals.submitted(world, challenge, startups["drone"])
        officers = world.officer("Carol"), world.officer("Chuck")
        came = proposals.screening(world, challenge, officers)
        assert outcomes.cases() == []
        assert outcomes.waiting() == 1
        for proposal in came:
            if proposal.organization_id == startups["radar"][0].id:
                proposals.admitted(world, proposal, officers[0])
            else:
                proposals.rejected(world, proposal, officers[0])
        from matchmaker.proposals import operations as verbs

        with unit_of_work():
            verbs.finish_screening(challenge=challenge, by=officers[0], at=world.now)
        [case] = outcomes.cases()
        assert case.eligible == {startups["radar"][0].id}
        assert case.suggested[0] == startups["radar"][0].id
        found = evaluation.figures([case])
        assert found.precision_short == Share(1, len(case.suggested))
        assert found.recall == Share(1, 1)
        assert sum(one.success for one in outcomes.known_pairs()) == 1
        page = world.client(officers[0]).get("/suggestions/quality").text
        assert "Too few cases" in page
        assert "1 challenge, opened and screened." in page

    def test_coverage_is_blind_to_proposals(self, world, call):
        challenge, startups = call
        before = outcomes.open_counts(world.now)
        assert before[challenge.id] >= 1
        proposals.submitted(world, challenge, startups["radar"])
        assert outcomes.open_counts(world.now) == before

    def test_what_a_startup_put_away_is_told_after_the_opening_alone(self, world, call):
        challenge, startups = call
        with unit_of_work() as session:
            for side in Side:
                session.add(
                    Verdict(
                        challenge_id=challenge.id,
                        organization_id=startups["radar"][0].id,
                        side=side,
                        choice=Choice.DISMISSED,
                        reason=DismissReason.OTHER_FIELD,
                        at=world.now,
                    )
                )
        assert len(outcomes.dismissed_pairs(Side.AGENCY)) == 1
        assert outcomes.dismissed_pairs(Side.STARTUP) == {}
        assert outcomes.suggested_pairs(Side.STARTUP) == []
        proposals.opened(world, challenge)
        assert len(outcomes.dismissed_pairs(Side.STARTUP)) == 1
        assert "Another field" in world.client(world.officer("Eve")).get("/suggestions/quality").text

    def test_the_table_as_csv(self, world, call):
        answer = world.client(world.officer()).get("/suggestions/quality.csv")
        lines = answer.text.lstrip("\ufeff").splitlines()
        assert lines[0].startswith("group,key,challenges,precision_5,")
        assert lines[1].startswith("all,,0,")


@pytest.fixture
def many(world, monkeypatch):
    """Enough outcomes, as the reads would give them."""
    pairs = [
        calibration.Known(score, n < hits)
        for score, count, hits in ((0.02, 40, 0), (0.06, 40, 12), (0.1, 40, 30))
        for n in range(count)
    ]
    monkeypatch.setattr(outcomes, "known_pairs", lambda: pairs)
    return pairs


def propose(world):
    with unit_of_work():
        return operations.propose(at=world.now)


class TestBands:
    @pytest.mark.both_databases
    def test_a_director_adopts_and_the_newest_adoption_counts(self, world, call, many):
        dora = world.director()
        first = propose(world)
        assert queries.bands() == BEFORE_OUTCOMES, "a proposal changes nothing"
        with unit_of_work():
            operations.adopt(calibration=first, by=dora, at=world.now)
        limits = Bands(first.strong_from, first.fair_from)
        assert queries.bands() == limits
        jobs.run_until_idle(world.now)
        assert {row.band for row in stored(call[0])} == {limits.of(row.score) for row in stored(call[0])}
        world.later(days=30)
        many += [calibration.Known(0.03, True)] * 20
        second = propose(world)
        with unit_of_work():
            operations.adopt(calibration=second, by=dora, at=world.now)
        assert queries.bands() == Bands(second.strong_from, second.fair_from) != limits
        kept = audit.history("bands:suggestions")
        assert [entry.type for entry in kept] == ["bands.adopted"] * 2
        assert kept[1].body["strong_before"] == limits.strong
        assert kept[1].actor_ref == dora.ref

    def test_nothing_new_is_not_proposed_twice(self, world, many):
        assert propose(world) is not None
        world.later(days=30)
        assert propose(world) is None

    def test_too_few_outcomes_propose_nothing_and_say_how_many_are_missing(self, world):
        assert propose(world) is None
        page = world.client(world.officer()).get("/suggestions/quality").text
        assert "50 more pairs and 10 more of them" in page

    def test_an_officer_reads_why_not_and_cannot(self, world, many):
        made, carol = propose(world), world.officer()
        browser = world.client(carol)
        assert "Only a programme director adopts new limits." in browser.get("/suggestions/quality").text
        answer = browser.post("/suggestions/quality/adopt", {"proposed_at": made.at.isoformat()})
        assert answer.status_code in (403, 409)
        assert queries.bands() == BEFORE_OUTCOMES

    def test_a_director_adopts_on_the_page_what_was_read(self, world, call, many):
        browser = world.client(world.director())
        made = propose(world)
        page = browser.get("/suggestions/quality").text
        assert "Adopt these limits" in page
        assert f"{made.strong_from:.4f}" in page
        stale = browser.post("/suggestions/quality/adopt", {"proposed_at": "2020-01-01T00:00:00+00:00"})
        assert stale.status_code == 409
        done = browser.post("/suggestions/quality/adopt", {"proposed_at": made.at.isoformat()})
        assert done.status_code == 303
        db.session.rollback()
        assert queries.bands() == Bands(made.strong_from, made.fair_from)
        again = browser.post("/suggestions/quality/adopt", {"proposed_at": made.at.isoformat()})
        assert again.status_code == 409
        assert "Dora" in browser.get("/suggestions/quality").text

    def test_an_older_proposal_is_overtaken(self, world, many):
        first = propose(world)
        world.later(days=30)
        many += [calibration.Known(0.03, True)] * 20
        propose(world)
        with pytest.raises(Refused), unit_of_work():
            operations.adopt(calibration=first, by=world.director(), at=world.now)

    @pytest.mark.both_databases
    def test_how_many_pairs_would_change_their_band(self, world, call):
        scores = [row.score for row in stored(call[0])]
        high = Bands(strong=0.99, fair=0.98)
        low = Bands(strong=min(scores) / 2, fair=min(scores) / 4)
        assert outcomes.band_moves(high, low, world.now) == {(Band.WEAK, Band.STRONG): len(scores)}
        assert set(outcomes.band_moves(low, low, world.now)) == {(Band.STRONG, Band.STRONG)}
        proposals.closed(world, call[0])
        assert outcomes.band_moves(high, low, world.now) == {}
