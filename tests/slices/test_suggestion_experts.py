"""What jurors know beside opened proposals: a hint for those whom it concerns, never before the opening, never stored."""

import pytest
from sqlalchemy import event, select

from matchmaker.foundation import jobs
from matchmaker.foundation.db import db, unit_of_work
from matchmaker.foundation.relevance import Direction, RelevanceEvent
from matchmaker.judging import queries as judging_queries
from matchmaker.kernel.errors import Invalid, NotFound, Refused, Stale
from matchmaker.proposals.models import ProposalVersion
from matchmaker.search import shelves
from matchmaker.search.states import Shelf
from matchmaker.suggestions.models import ExpertiseNote, Suggestion
from matchmaker.suggestions.operations import experts
from matchmaker.suggestions.policies import around as rights
from matchmaker.suggestions.queries import around
from matchmaker.suggestions.states import LONGEST_EXPERTISE, Band
from matchmaker.suggestions.stops import ExpertStop
from tests.factories import judging, proposals
from tests.factories.challenges import challenge

RADAR = "毫米波雷達與都卜勒訊號處理，夜間照護的跌倒判讀。"
TEXTS = (
    {"summary": "毫米波雷達在夜間照護中判讀跌倒。", "solution_concept": "都卜勒訊號處理，不拍影像。"},
    {"summary": "壓力地墊感測離床。", "solution_concept": "地墊織入感測線，閘道器回報護理站。"},
    {"summary": "聲音事件偵測呼救。", "solution_concept": "麥克風陣列在本地辨識呼救與碰撞聲。"},
)


def say_in(contest):
    """Let the three proposals speak of different methods."""
    with unit_of_work():
        for proposal, said in zip(contest.proposals, TEXTS, strict=True):
            version = db.session.scalars(
                select(ProposalVersion).where(ProposalVersion.proposal_id == proposal.id)
            ).one()
            version.content = {**version.content, **said}


def write(world, juror, words=RADAR, **given):
    with unit_of_work():
        return experts.save_expertise(words=words, by=juror, at=world.now, **given)


@pytest.fixture
def panel(world):
    """Scoring; Erin knows radar and is recused from nothing, Frank from the first, the others wrote nothing."""
    made = judging.scoring(world, conflicts={1: (0,)})
    say_in(made)
    write(world, made.jurors[0])
    write(world, made.jurors[1])
    return made


def desk_of(contest, juror):
    db.session.expire_all()
    desk = judging_queries.desk(juror, contest.panel.ref)
    return experts.desk_fit(desk=desk, by=juror)


class TestWriting:
    @pytest.mark.both_databases
    def test_written_changed_and_taken_back(self, world):
        erin = world.juror()
        note = write(world, erin, " 雷達 ")
        assert note.words == "雷達"
        assert write(world, erin, "radar", expected_version=note.version).words == "radar"
        with pytest.raises(Stale):
            write(world, erin, "late", expected_version=1)
        write(world, erin, "")
        assert around.notes_of([erin.user_id]) == {}
        assert len(db.session.scalars(select(ExpertiseNote)).all()) == 1

    @pytest.mark.both_databases
    def test_too_long_is_said_at_its_field(self, world):
        with pytest.raises(Invalid) as problem:
            write(world, world.juror(), "雷" * (LONGEST_EXPERTISE + 1))
        assert "words" in problem.value.problems

    def test_jurors_alone(self, world):
        for person in (world.officer(), world.agency()[1], world.startup()[1]):
            with pytest.raises(Refused) as refused:
                write(world, person)
            assert refused.value.denial.reason is rights.NOT_A_JUROR
            assert world.client(person).get("/expertise").status_code == 403

    def test_the_page_in_both_languages(self, world):
        erin = world.juror()
        client = world.client(erin)
        assert "What I know" in client.get("/expertise").text
        assert client.post("/expertise", {"words": RADAR}).status_code == 303
        chinese = world.client(erin, "zh_Hant_TW").get("/expertise").text
        assert "我的專長" in chinese
        assert RADAR in chinese
        too_long = client.post("/expertise", {"words": "雷" * 3000, "expected_version": "1"})
        assert too_long.status_code == 422

    def test_the_chain_does_not_hold_the_words(self, world):
        from matchmaker.foundation import audit

        erin = world.juror()
        write(world, erin)
        [entry] = audit.history(f"user:{erin.ref}", types=["expertise.saved"])
        assert RADAR not in str(entry.body)


class TestDesk:
    def test_what_is_closest_comes_first_with_its_words(self, panel):
        found = desk_of(panel, panel.jurors[0])
        first = found.fits[0]
        assert first.entry.ref == panel.proposals[0].ref
        assert first.band in (Band.STRONG, Band.FAIR)
        assert any("雷達" in term["term"] for term in first.terms)

    def test_a_recused_juror_does_not_see_the_proposal(self, panel, world):
        frank = panel.jurors[1]
        assert panel.proposals[0].ref not in {fit.entry.ref for fit in desk_of(panel, frank).fits}
        page = world.client(frank, "zh_Hant_TW").get(f"/judging/{panel.panel.ref}").text
        assert "都卜勒" not in page

    def test_who_wrote_nothing_is_invited_to(self, panel, world):
        page = world.client(panel.jurors[2]).get(f"/judging/{panel.panel.ref}").text
        assert "Write what I know" in page
        assert "It is no score" in page

    def test_before_the_declarations_no_word_of_a_proposal_shows(self, world):
        contest = judging.convened(world)
        say_in(contest)
        erin = contest.jurors[0]
        write(world, erin)
        assert desk_of(contest, erin).fits == []
        page = world.client(erin, "zh_Hant_TW").get(f"/judging/{contest.panel.ref}").text
        assert "都卜勒" not in page
        assert "請先對每件提案聲明利益衝突" in page

    def test_a_desk_is_for_its_own_juror(self, panel):
        desk = judging_queries.desk(panel.jurors[0], panel.panel.ref)
        with pytest.raises(NotFound):
            experts.desk_fit(desk=desk, by=panel.jurors[1])


class TestPanel:
    def test_staff_see_who_knows_the_field(self, panel):
        found = experts.panel_fit(board=panel.board, by=panel.carol)
        by_user = {row.member.user_id: row.fits for row in found.members}
        erin, frank, grace = (by_user[juror.user_id] for juror in panel.jurors[:3])
        assert erin[0].band in (Band.STRONG, Band.FAIR)
        assert frank[0].stopped_by is ExpertStop.CONFLICTED
        assert frank[0].terms == []
        assert {fit.stopped_by for fit in grace} == {ExpertStop.NO_EXPERTISE}
        assert panel.proposals[2].ref in {entry.ref for entry in found.unknown}

    def test_the_pages_in_both_languages(self, panel, world):
        for language, word in (("en", "What the panel knows"), ("zh_Hant_TW", "評選委員的專長")):
            client = world.client(panel.carol, language)
            for path in (f"/staff/panels/{panel.panel.ref}", f"/staff/panels/{panel.panel.ref}/expertise"):
                page = client.get(path)
                assert page.status_code == 200
                assert word in page.text
                assert RADAR not in page.text

    def test_strangers_find_nothing(self, panel, world):
        path = f"/staff/panels/{panel.panel.ref}/expertise"
        for person in (panel.alice, panel.jurors[0], panel.startups[0][1]):
            assert world.client(person).get(path).status_code == 403
            with pytest.raises(NotFound):
                experts.panel_fit(board=panel.board, by=person)

    def test_not_once_scoring_has_ended(self, world):
        contest = judging.ended(world)
        with pytest.raises(Refused) as refused:
            experts.panel_fit(board=contest.board, by=contest.carol)
        assert refused.value.denial.reason is rights.NOT_JUDGING
        page = world.client(contest.carol).get(f"/staff/panels/{contest.panel.ref}")
        assert "What the panel knows" not in page.text

    def test_more_proposals_cost_no_more_queries(self, world):
        counts = []
        for number in (1, 3):
            contest = judging.convened(world, proposals=number)
            write(world, contest.jurors[0])
            seen = []
            listener = lambda *_: seen.append(1)  # noqa: E731, B023
            client = world.client(contest.carol)
            client.get(f"/staff/panels/{contest.panel.ref}/expertise")
            event.listen(db.engine, "before_cursor_execute", listener)
            client.get(f"/staff/panels/{contest.panel.ref}/expertise")
            event.remove(db.engine, "before_cursor_execute", listener)
            counts.append(len(seen))
        assert counts[0] == counts[1]


class TestSealed:
    def test_sealed_text_never_meets_what_a_juror_knows(self, world, monkeypatch):
        """A proposal that is in before the opening is compared with nothing and logged nowhere."""
        call = challenge(world)
        proposals.submitted(world, call, text=proposals.content(title="毫米波雷達", summary=RADAR))
        carol, erin = world.officer(), world.juror()
        write(world, erin)
        monkeypatch.setattr(experts, "fit", lambda *_a, **_k: pytest.fail("a sealed proposal was read"))
        client = world.client(carol)
        client.post(f"/staff/challenges/{call.ref}/panel", {"method": "total_score", "pass_mark": "70"})
        formed = judging_queries.panel_of(call.id)
        assert formed is not None
        assert client.get(f"/staff/panels/{formed.ref}").status_code == 200
        assert client.get(f"/staff/panels/{formed.ref}/expertise").status_code == 409
        with pytest.raises(Refused):
            experts.panel_fit(board=judging_queries.load(formed.id), by=carol)
        assert db.session.scalars(select(RelevanceEvent)).all() == []

    def test_opened_text_enters_no_index_and_no_table(self, panel, world):
        client = world.client(panel.carol)
        client.get(f"/staff/panels/{panel.panel.ref}/expertise")
        jobs.run_until_idle(world.now)
        for shelf in Shelf:
            index = shelves.index(shelf)
            for one in index.ids():
                assert not one.startswith("proposal")
                assert "都卜勒" not in str(index.document(one))
        assert "都卜勒" not in str([row.terms for row in db.session.scalars(select(Suggestion))])

    def test_the_log_names_the_panel_and_no_juror(self, panel, world):
        world.client(panel.jurors[0]).get(f"/judging/{panel.panel.ref}")
        rows = db.session.scalars(select(RelevanceEvent)).all()
        assert {row.direction for row in rows} == {Direction.PROPOSALS}
        assert {row.asked for row in rows} == {panel.panel.subject}
        assert {row.found for row in rows} == {proposal.subject for proposal in panel.proposals}
        assert {row.viewer for row in rows} == {f"organization:{panel.carol.organization_ref}"}
