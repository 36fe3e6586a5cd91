"""The pages of a panel: who sees what when, forms, refusals, both languages."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import event

from matchmaker.foundation import outbox
from matchmaker.foundation.db import db, unit_of_work
from matchmaker.foundation.outbox import OutboxMail
from matchmaker.judging import operations, queries
from matchmaker.judging.facts import PanelFacts
from matchmaker.judging.states import ConflictKind, Outcome, PanelState
from matchmaker.people.models import Membership
from matchmaker.people.states import Role
from matchmaker.proposals.models import Proposal
from matchmaker.proposals.states import ProposalState
from tests.factories import judging
from tests.factories.challenges import challenge as make_challenge

LANGUAGES = ("en", "zh_Hant_TW")


def version_in(page: str) -> str:
    return re.search(r'name="expected_version"[^>]*value="(\d+)"', page).group(1)


def plain(page: str) -> str:
    """The page without what differs with every look at it: tokens, keys, the clock."""
    return re.sub(r'(name="(csrf_token|idempotency_key)"[^>]*value=")[^"]*', r"\1", page)


def status(client, path: str) -> int:
    return client.get(path).status_code


# Who sees what in each state


class Eyes:
    """Everybody who might look at a panel, and what they get."""

    def __init__(self, world, contest) -> None:
        self.contest = contest
        self.who = {
            "erin": contest.jurors[0],
            "stranger": world.juror("Sybil"),
            "officer": contest.carol,
            "agency": contest.alice,
            "other agency": world.agency("Judy")[1],
            "bob": contest.startups[0][1],
            "ivan": contest.startups[1][1],
            "nobody": None,
        }
        self.clients = {name: world.client(actor) for name, actor in self.who.items()}

    def see(self, path: str) -> dict[str, int]:
        return {name: status(client, path) for name, client in self.clients.items()}


def doors(**seen: int) -> dict[str, int]:
    """What a page for jurors answers: 403 to other roles, 303 to the sign-in for visitors."""
    names = ("erin", "stranger", "officer", "agency", "other agency", "bob", "ivan")
    return dict.fromkeys(names, 403) | {"nobody": 303} | seen


def test_what_each_person_sees_in_each_state(world):
    contest = judging.formed(world)
    eyes = Eyes(world, contest)
    panel, first = contest.panel.ref, contest.proposals[0].ref
    pages = {
        "desk": f"/judging/{panel}",
        "declarations": f"/judging/{panel}/declarations",
        "read": f"/judging/{panel}/proposals/{first}",
        "recused": f"/judging/{panel}/proposals/{contest.proposals[2].ref}",
        "scores": f"/judging/{panel}/scores",
        "comparison": f"/judging/{panel}/comparison",
        "panel": f"/staff/panels/{panel}",
        "results": f"/staff/panels/{panel}/results",
        "decision": f"/staff/panels/{panel}/decision",
        "release": f"/staff/panels/{panel}/release",
        "outcome": f"/outcomes/{first}",
        "result": f"/results/{contest.challenge.ref}",
    }

    def expect(state: str, juror: dict[str, int], staff: int, told: int) -> None:
        for name, code in juror.items():
            wanted = doors(erin=code, stranger=404)
            assert eyes.see(pages[name]) == wanted, (state, name)
        for name in ("results", "decision", "release"):
            assert eyes.see(pages[name]) == doors(officer=staff), (state, name)
        assert eyes.see(pages["panel"]) == doors(officer=200), state
        assert eyes.see(pages["outcome"]) == doors(bob=told, ivan=404), state
        result = doors(agency=told, officer=told) | {"other agency": 404}
        assert eyes.see(pages["result"]) == result, state

    names = ("desk", "declarations", "read", "recused", "scores", "comparison")
    expect("forming", dict.fromkeys(names, 404), 409, 404)
    contest.do(operations.convene, panel=contest.panel, by=contest.carol)
    undeclared = {
        "desk": 200,
        "declarations": 200,
        "read": 409,
        "recused": 409,
        "scores": 200,
        "comparison": 409,
    }
    expect("declaring", undeclared, 409, 404)
    for juror in contest.jurors:
        contest.declare(juror, *((2,) if juror is contest.jurors[0] else ()))
    declared = undeclared | {"read": 200, "recused": 404}
    expect("declared", declared, 409, 404)
    contest.do(operations.begin_scoring, panel=contest.panel, by=contest.carol)
    expect("scoring", declared, 409, 404)
    for juror in contest.jurors[1:]:
        contest.score_all(juror)
    expect("others have scored", declared, 409, 404)
    contest.score_all(contest.jurors[0])
    finished = declared | {"comparison": 200}
    expect("own scored", finished, 409, 404)
    contest.do(operations.end_scoring, panel=contest.panel, by=contest.carol)
    expect("deliberating", finished, 200, 404)
    contest.prepare()
    expect("prepared", finished, 200, 404)
    contest.do(operations.release, panel=contest.panel, by=contest.dora)
    expect("released", finished, 200, 200)


SECRET = "只有我知道的評語"


def test_nobody_reads_a_score_before_its_time(world):
    contest = judging.scoring(world, conflicts={1: (0,)}, jurors=5)
    erin, frank = contest.jurors[:2]
    contest.score(erin, 0, 4, 3, 2, 5, 1, comment=SECRET)
    contest.score(erin, 1, 4, comment=SECRET)
    contest.submit(erin, 0)
    panel = contest.panel.ref
    for person, paths in (
        (frank, [f"/judging/{panel}", f"/judging/{panel}/scores", "/judging"]),
        (contest.jurors[2], [f"/judging/{panel}", f"/judging/{panel}/scores"]),
        (contest.carol, [f"/staff/panels/{panel}", "/staff/panels", "/"]),
        (contest.alice, [f"/challenges/{contest.challenge.ref}", "/"]),
        (contest.startups[0][1], [f"/proposals/{contest.proposals[0].ref}", "/"]),
    ):
        for path in paths:
            page = world.client(person).get(path).text
            assert SECRET not in page, path
            assert "60.0" not in page, path


def test_a_recused_juror_learns_nothing_of_the_proposal(world):
    contest = judging.released(world, conflicts={0: (0,)})
    erin = world.client(contest.jurors[0])
    panel, ref = contest.panel.ref, contest.proposals[0].ref
    comparison = erin.get(f"/judging/{panel}/comparison").text
    assert "毫米波夜間照護" not in comparison
    assert ref not in comparison
    assert "地墊感測網" in comparison
    desk = erin.get(f"/judging/{panel}").text
    assert "毫米波夜間照護" in desk, "title and proposer stay known"
    assert f"/proposals/{ref}" not in desk
    for path in ("", "/papers/zzz"):
        assert status(erin, f"/judging/{panel}/proposals/{ref}{path}") == 404


def test_before_declaring_only_title_and_proposer_are_shown(world):
    contest = judging.convened(world)
    erin = world.client(contest.jurors[0])
    for path in ("", "/declarations", "/scores"):
        page = erin.get(f"/judging/{contest.panel.ref}{path}").text
        assert "第 1 案" not in page
    page = erin.get(f"/judging/{contest.panel.ref}/declarations").text
    assert "毫米波夜間照護" in page
    assert contest.startups[0][0].name_en in page


def test_a_sealed_challenge_has_the_same_panel_page_with_and_without_proposals(world):
    challenge = make_challenge(world, "published")
    carol = world.officer()
    with unit_of_work():
        panel = operations.form_panel(challenge=challenge, facts=PanelFacts(), by=carol, at=world.now)
    juror = world.juror()
    browser = world.client(carol)
    paths = (f"/staff/panels/{panel.ref}", "/staff/panels", f"/staff/panels/{panel.ref}/edit")
    before = [plain(browser.get(path).text) for path in paths]
    for number in range(1, 4):
        made = judging.propose(world, challenge, *world.startup(), number)
        with unit_of_work() as session:
            row = session.get_one(Proposal, made.id)
            row.state, row.number = ProposalState.SUBMITTED, None
    assert [plain(browser.get(path).text) for path in paths] == before
    assert status(world.client(juror), f"/judging/{panel.ref}") == 404


# Jurors


@pytest.mark.parametrize("language", LANGUAGES)
def test_declaring_on_the_form(world, language):
    contest = judging.convened(world)
    erin = world.client(contest.jurors[0], language)
    path = f"/judging/{contest.panel.ref}/declarations"
    refs = [proposal.ref for proposal in contest.proposals]
    answer = erin.post(path, {f"conflict-{refs[0]}": "none", f"note-{refs[1]}": "我寫的說明"})
    assert answer.status_code == 422
    assert "我寫的說明" in answer.text
    assert f'href="#conflict-{refs[1]}-0"' in answer.text
    given = {f"conflict-{ref}": "none" for ref in refs} | {f"conflict-{refs[2]}": "perceived"}
    answer = erin.post(path, given)
    assert answer.status_code == 422
    assert f'href="#note-{refs[2]}"' in answer.text
    answer = erin.post(path, given | {f"note-{refs[2]}": "曾共同研究"})
    assert (answer.status_code, answer.location) == (303, f"/judging/{contest.panel.ref}")
    board = contest.board
    seat = contest.seat(contest.jurors[0])
    assert board.declaration(seat, board.entry(refs[2])).conflict is ConflictKind.PERCEIVED
    assert erin.post(path, given | {f"conflict-{refs[0]}": "whatever"}).status_code == 422


def test_scoring_on_the_grid(world):
    contest = judging.scoring(world, conflicts={0: (2,)})
    erin = world.client(contest.jurors[0])
    path = f"/judging/{contest.panel.ref}/scores"
    first, second, third = (proposal.ref for proposal in contest.proposals)
    criteria = [criterion.ref for criterion in contest.board.criteria]
    page = erin.get(path).text
    assert f"score-{third}-" not in page
    assert version_in(page) == "0"

    full = {f"score-{first}-{c}": "4" for c in criteria} | {f"comment-{first}": "做法清楚"}
    begun = {f"score-{second}-{criteria[0]}": "5"}
    answer = erin.post(path, full | begun | {"expected_version": "0", "draft": "1"})
    assert (answer.status_code, answer.location) == (303, path)
    page = erin.get(path).text
    assert version_in(page) == "2"
    assert "80.0" in page

    answer = erin.post(path, full | begun | {"expected_version": "0"})
    assert answer.status_code == 409, "an older page does not overwrite"
    assert version_in(answer.text) == "2"
    bad = erin.post(path, full | {f"score-{second}-{criteria[0]}": "9", "expected_version": "2"})
    assert bad.status_code == 422
    assert "做法清楚" in bad.text
    assert f'href="#score-{second}-{criteria[0]}"' in bad.text

    answer = erin.post(path, full | begun | {"expected_version": "2"})
    assert answer.status_code == 303
    page = erin.get(path).text
    assert "1 sheet is submitted." in page
    assert "Not complete yet, kept as drafts: proposals 2." in page
    answer = erin.post(path, begun | {f"comment-{second}": "", "expected_version": version_in(page)})
    assert answer.status_code == 422
    assert f'href="#comment-{second}"' in answer.text
    rest = {f"score-{second}-{c}": "2" for c in criteria} | {f"comment-{second}": "不足"}
    answer = erin.post(path, rest | {"expected_version": version_in(page)})
    assert (answer.status_code, answer.location) == (303, f"/judging/{contest.panel.ref}/comparison")
    page = erin.get(path).text
    assert "Submit the complete sheets" not in page


def test_a_score_that_is_not_ones_own_cannot_be_smuggled_in(world):
    """Fields of recused proposals, of submitted sheets and of strangers are passed over."""
    contest = judging.scoring(world, conflicts={0: (2,)})
    juror = contest.jurors[0]
    erin = world.client(juror)
    third = contest.proposals[2].ref
    criteria = [criterion.ref for criterion in contest.board.criteria]
    smuggled = {f"score-{third}-{c}": "5" for c in criteria} | {f"comment-{third}": "好"}
    erin.post(f"/judging/{contest.panel.ref}/scores", smuggled | {"draft": "1"})
    autosave = f"/judging/{contest.panel.ref}/scores/draft"
    erin.post(autosave, smuggled)
    erin.post(f"{autosave}?proposal={third}", smuggled)
    assert not contest.board.sheets


def test_the_draft_saves_itself(world):
    contest = judging.scoring(world)
    erin = world.client(contest.jurors[0])
    path = f"/judging/{contest.panel.ref}/scores/draft"
    first = contest.proposals[0].ref
    criterion = contest.board.criteria[0].ref
    headers = {"Accept": "application/json", "X-Autosave": "1"}

    def save(**fields):
        return erin.post(path, fields, headers=headers)

    name = f"score-{first}-{criterion}"
    assert save(**{name: "3", "expected_version": "0"}).json == {"version": 1}
    assert save(**{name: "3", "expected_version": "1"}).json == {"version": 1}
    assert save(**{name: "4", "expected_version": "1"}).json == {"version": 2}
    assert save(**{name: "4", "expected_version": "0"}).status_code == 409
    assert save(**{name: "7", "expected_version": "2"}).status_code == 422
    assert erin.post(path, {name: "4"}, csrf=False, headers=headers).status_code == 400
    stranger = world.client(world.juror("Sybil"))
    assert stranger.post(path, {name: "4"}, headers=headers).status_code == 404


def test_one_proposal_with_its_sheet_beside_it(world):
    contest = judging.scoring(world)
    erin = world.client(contest.jurors[0])
    first, second = contest.proposals[0].ref, contest.proposals[1].ref
    path = f"/judging/{contest.panel.ref}/proposals/{first}"
    criteria = [criterion.ref for criterion in contest.board.criteria]
    page = erin.get(path).text
    assert "第 1 案構想" in page
    assert "第 2 案構想" not in page
    remark = {f"remark-{first}-{criteria[0]}": "切中題目"}
    answer = erin.post(path, remark | {"expected_version": "0", "draft": "1"})
    assert answer.location == path
    assert "切中題目" in erin.get(path).text
    answer = erin.post(path, remark | {"expected_version": "1"})
    assert answer.status_code == 422
    assert "切中題目" in answer.text
    answer = erin.post(path, remark | {"expected_version": "0"})
    assert answer.status_code == 409
    assert "切中題目" in answer.text
    assert version_in(answer.text) == "1"
    full = {f"score-{first}-{c}": "5" for c in criteria} | {f"comment-{first}": "可行"}
    answer = erin.post(path, remark | full | {"expected_version": "1"})
    assert answer.location == f"/judging/{contest.panel.ref}"
    page = erin.get(path).text
    assert "This sheet is submitted." in page
    again = erin.post(path, {"expected_version": "2", f"comment-{first}": "另一個"})
    assert again.status_code == 409
    assert status(erin, f"/judging/{contest.panel.ref}/proposals/{second}") == 200
    assert status(erin, f"/judging/{contest.panel.ref}/proposals/zzz") == 404


def test_the_comparison_names_what_is_still_missing(world):
    contest = judging.scoring(world)
    contest.score_all(contest.jurors[0])
    contest.score(contest.jurors[1], 0, 1, comment=SECRET)
    page = world.client(contest.jurors[0]).get(f"/judging/{contest.panel.ref}/comparison").text
    assert "Not everybody has submitted" in page
    assert SECRET not in page


# The programme office


def test_forming_and_seating_on_the_pages(world):
    contest = judging.contest(world)
    staff = world.client(contest.carol)
    path = f"/staff/challenges/{contest.challenge.ref}/panel"
    assert "Form the panel" in staff.get(path).text
    bad = staff.post(path, {"method": "ranking", "pass_mark": "七十", "scores_due_at": "某日"})
    assert bad.status_code == 422
    assert 'value="七十"' in bad.text
    assert 'value="某日"' in bad.text
    late = staff.post(path, {"method": "ranking", "pass_mark": "60", "scores_due_at": "110/1/1"})
    assert late.status_code == 422
    made = staff.post(path, {"method": "ranking", "pass_mark": "６０", "scores_due_at": ""})
    assert made.status_code == 303
    page = made.location
    assert staff.get(path).location == page
    panel = page.rsplit("/", 1)[-1]

    chosen = judging.membership(contest.jurors[0])
    assert "Erin" in staff.get(f"{page}?q=eri").text
    assert "Nobody in the pool matches." in staff.get(f"{page}?q=zzz").text
    assert staff.post(f"{page}/members", {"juror": chosen.ref}).status_code == 303
    assert staff.post(f"{page}/members", {"juror": chosen.ref}).status_code == 404
    assert staff.post(f"{page}/members", {"juror": "zzz"}).status_code == 404
    contest.panel = queries.panel_for_staff(contest.carol, panel)
    seat = contest.board.members[0]
    assert staff.post(f"{page}/members/{seat.ref}/chair").status_code == 303
    greyed = staff.get(page).text
    assert "The panel needs at least 5 members; it has 1." in greyed
    assert staff.post(f"{page}/convene").status_code == 409
    assert staff.post(f"{page}/members/{seat.ref}/unseat", {"reason": ""}).status_code == 303
    assert not contest.board.members
    assert staff.get(f"{page}/members/{seat.ref}/unseat").status_code == 404


def test_someone_concerned_is_shown_greyed_with_the_reason(world):
    contest = judging.formed(world)
    member = world.member(contest.startups[0][0], "Trudy", Role.READER)
    with unit_of_work() as session:
        session.add(
            Membership(
                user_id=member.user_id,
                organization_id=world.office().id,
                role=Role.JUROR,
                since=world.now,
            )
        )
    staff = world.client(contest.carol)
    page = staff.get(f"/staff/panels/{contest.panel.ref}?q=Trudy").text
    assert contest.startups[0][0].name_en in page
    assert "This person belongs or belonged within three years" in page
    trudy = judging.membership(member)
    answer = staff.post(f"/staff/panels/{contest.panel.ref}/members", {"juror": trudy.ref})
    assert answer.status_code == 422
    assert len(contest.board.members) == 5


def test_the_method_is_edited_until_convening_and_a_stale_edit_is_told(world):
    contest = judging.formed(world)
    staff = world.client(contest.carol)
    path = f"/staff/panels/{contest.panel.ref}/edit"
    version = version_in(staff.get(path).text)
    fields = {
        "method": "ranking",
        "pass_mark": "65",
        "scores_due_at": "2030-01-02",
        "expected_version": version,
    }
    assert staff.post(path, fields).status_code == 303
    stale = staff.post(path, fields | {"pass_mark": "66"})
    assert stale.status_code == 409
    assert "Carol" in stale.text
    assert 'value="66"' in stale.text
    contest.do(operations.convene, panel=contest.panel, by=contest.carol)
    answer = staff.post(
        path, fields | {"pass_mark": "66", "expected_version": version_in(staff.get(path).text)}
    )
    assert answer.status_code == 422
    assert "fixed once the panel is convened" in answer.text


def test_the_office_follows_the_progress_returns_a_sheet_and_ends_the_scoring(world):
    contest = judging.scored(world)
    staff = world.client(contest.carol)
    page = f"/staff/panels/{contest.panel.ref}"
    assert "3 / 3" in staff.get(page).text
    seat, proposal = contest.seat(contest.jurors[0]), contest.proposals[0].ref
    path = f"{page}/sheets/{seat.ref}/{proposal}/return"
    shown = staff.get(path)
    assert shown.status_code == 200
    assert "構想具體可行" not in shown.text
    assert staff.post(path, {"reason": ""}).status_code == 422
    assert staff.post(path, {"reason": "請補充"}).status_code == 303
    assert staff.post(path, {"reason": "再一次"}).status_code == 409
    assert "Sheets are missing from: Erin." in staff.get(page).text
    assert staff.post(f"{page}/end-scoring").status_code == 409
    contest.score(contest.jurors[0], 0, 5)
    contest.submit(contest.jurors[0])
    ended = staff.post(f"{page}/end-scoring")
    assert (ended.status_code, ended.location) == (303, f"{page}/results")
    results = staff.get(ended.location).text
    assert "構想具體可行" in results
    assert "Below the pass mark" in results
    assert staff.get(path).status_code == 200
    assert "Scoring has ended." in staff.get(path).text


def test_wide_differences_and_shared_ranks_are_pointed_out(world):
    contest = judging.scoring(world)
    for i, juror in enumerate(contest.jurors):
        contest.score_all(juror, 5 if i else 1, 4 if i else 5, 4 if i else 5)
    contest.do(operations.end_scoring, panel=contest.panel, by=contest.carol)
    page = world.client(contest.carol).get(f"/staff/panels/{contest.panel.ref}/results").text
    assert "from 1 to 5 points" in page
    assert "The jurors differ widely here" in page
    assert "Some proposals share a rank" in page


def fields_of(contest, *outcomes: Outcome, **changes: str) -> dict[str, str]:
    made = {"minutes": "五位委員出席。"}
    for one in contest.decisions(*outcomes):
        made[f"outcome-{one.proposal_ref}"] = one.outcome.value
        made[f"reason-{one.proposal_ref}"] = one.reason
        made[f"grant-{one.proposal_ref}"] = f"{one.grant:,}" if one.grant else ""
        made[f"reserve-{one.proposal_ref}"] = str(one.reserve_rank or "")
    return made | changes


@pytest.mark.parametrize("language", LANGUAGES)
def test_writing_down_and_releasing_the_decision(world, language):
    contest = judging.ended(world)
    carol, dora = world.client(contest.carol, language), world.client(contest.dora, language)
    path = f"/staff/panels/{contest.panel.ref}"
    _first, second, third = (proposal.ref for proposal in contest.proposals)
    bad = fields_of(contest) | {
        f"outcome-{third}": "awarded",
        f"grant-{third}": "100 萬",
        f"reason-{second}": "",
        "minutes": "",
    }
    answer = carol.post(f"{path}/decision", bad)
    assert answer.status_code == 422
    for name in (f"reason-{second}", "minutes"):
        assert f'href="#{name}"' in answer.text
    answer = carol.post(f"{path}/decision", bad | {f"reason-{second}": "二", "minutes": "紀錄"})
    assert answer.status_code == 422
    for name in (f"outcome-{third}-0", f"grant-{third}"):
        assert f'href="#{name}"' in answer.text
    assert "100 萬" in answer.text
    version = version_in(carol.get(f"{path}/decision").text)
    answer = carol.post(f"{path}/decision", fields_of(contest) | {"expected_version": version})
    assert (answer.status_code, answer.location) == (303, f"{path}/release")
    stale = dora.post(
        f"{path}/decision", fields_of(contest, minutes="另一份") | {"expected_version": version}
    )
    assert stale.status_code == 409
    assert "另一份" in stale.text
    greyed = carol.get(f"{path}/release").text
    assert 'aria-disabled="true"' in greyed
    assert carol.post(f"{path}/release").status_code == 409
    assert dora.post(f"{path}/release", csrf=False).status_code == 400
    assert dora.post(f"{path}/release").status_code == 303
    assert dora.post(f"{path}/release").status_code == 409
    assert contest.board.panel.state is PanelState.RELEASED


def test_whoever_prepared_reads_why_another_has_to_release(world):
    contest = judging.ended(world)
    contest.prepare(by=contest.dora)
    page = world.client(contest.dora).get(f"/staff/panels/{contest.panel.ref}/release").text
    assert "You prepared this decision. Another director has to release it." in page
    page = world.client(contest.carol).get(f"/staff/panels/{contest.panel.ref}/release").text
    assert "Only a programme director can do this." in page


def test_an_award_out_of_rank_is_pointed_out(world):
    contest = judging.ended(world)
    contest.prepare(Outcome.NOT_AWARDED, Outcome.AWARDED, Outcome.NOT_AWARDED)
    page = world.client(contest.dora).get(f"/staff/panels/{contest.panel.ref}/release").text
    assert "Proposals 1 rank before an awarded one." in page


def test_reopening_on_the_page(world):
    contest = judging.prepared(world)
    staff = world.client(contest.carol)
    path = f"/staff/panels/{contest.panel.ref}/reopen"
    assert "falls" in staff.get(path).text
    assert staff.post(path, {"reason": " "}).status_code == 422
    assert staff.post(path, {"reason": "同分"}).status_code == 303
    assert status(staff, f"/staff/panels/{contest.panel.ref}/results") == 409


# After the release


@pytest.fixture
def told(world):
    return judging.released(world, Outcome.AWARDED, Outcome.RESERVE, Outcome.NOT_AWARDED)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_proposer_reads_the_own_outcome_alone(world, told, language):
    totals = ("100", "80", "60")
    for i, (_organization, owner) in enumerate(told.startups):
        browser = world.client(owner, language)
        page = browser.get(f"/outcomes/{told.proposals[i].ref}").text
        assert f"評選理由{i + 1}" in page
        assert f">{totals[i]}<" in page
        assert told.proposals[i].ref in page
        for j, (other, _owner) in enumerate(told.startups):
            if i != j:
                assert status(browser, f"/outcomes/{told.proposals[j].ref}") == 404
                for secret in (f"評選理由{j + 1}", other.name_zh, other.name_en, told.proposals[j].ref):
                    assert secret not in page
        for juror in judging.JURORS:
            assert juror[0] not in page
        assert "構想具體可行" not in page
        assert f"/outcomes/{told.proposals[i].ref}" in browser.get(f"/proposals/{told.proposals[i].ref}").text
        teammate = world.member(told.startups[i][0], "Wendy", Role.READER)
        assert status(world.client(teammate), f"/outcomes/{told.proposals[i].ref}") == 200


def test_the_agency_reads_the_whole_result_but_no_sheet(world, told):
    page = world.client(told.alice).get(f"/results/{told.challenge.ref}").text
    for i, (organization, _owner) in enumerate(told.startups):
        assert organization.name_en in page
        assert f"評選理由{i + 1}" in page
    for name, _expert in judging.JURORS:
        assert name in page
    assert "構想具體可行" not in page
    assert "Dora" in page


def test_everybody_reads_who_was_awarded(world, told):
    page = world.client().get(f"/challenges/{told.challenge.ref}").text
    assert told.startups[0][0].name_en in page
    for organization, _owner in told.startups[1:]:
        assert organization.name_en not in page
    for name, _expert in judging.JURORS:
        assert name in page
    assert "評選理由" not in page
    assert "/results/" not in page
    assert "/results/" in world.client(told.alice).get(f"/challenges/{told.challenge.ref}").text


def test_before_the_release_the_public_page_says_nothing(world):
    contest = judging.prepared(world)
    page = world.client().get(f"/challenges/{contest.challenge.ref}").text
    assert "Result of the selection" not in page
    assert all(name not in page for name, _expert in judging.JURORS)


def test_every_letter_reads_well_in_both_languages(world, told):
    """Each mail of the whole way renders, names its challenge, and no place stays open."""
    mails = db.session.query(OutboxMail).filter(OutboxMail.letter.like("judging.%")).all()
    kinds = {mail.letter for mail in mails}
    assert kinds >= {
        "judging.convened",
        "judging.begun",
        "judging.all_scored",
        "judging.prepared",
        "judging.told",
        "judging.told_awarded",
        "judging.told_agency",
        "judging.told_jurors",
    }
    with told.world.app.test_request_context():
        for mail in mails:
            for mail.language in LANGUAGES:
                made = outbox.render(mail, url=mail.params.get("url"))
                title = "獨居長者" if mail.language != "en" else "Fall detection"
                assert title in made.subject
                assert "%(" not in made.text + made.subject
    db.session.rollback()


# Lists, work, methods


def statements(browser, path: str) -> int:
    seen = []

    def note(*details):
        seen.append(details[2])

    assert browser.get(path).status_code == 200
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        browser.get(path)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


def test_lists_and_desks_ask_as_often_for_three_as_for_one(world):
    one = judging.scoring(world, proposals=1)

    def counted() -> list[int]:
        pages = ((one.jurors[0], "/judging"), (one.jurors[0], "/"), (one.carol, "/staff/panels"))
        return [statements(world.client(who), path) for who, path in pages]

    before = counted()
    single = statements(world.client(one.jurors[0]), f"/judging/{one.panel.ref}/scores")
    for _ in range(2):
        more = judging.contest(world, jurors=0)
        more.jurors = one.jurors
        with unit_of_work():
            more.panel = operations.form_panel(
                challenge=more.challenge,
                facts=PanelFacts(scores_due_at=world.now + timedelta(days=3)),
                by=more.carol,
                at=world.now,
            )
            for juror in one.jurors:
                operations.seat_member(
                    panel=more.panel,
                    juror=judging.membership(juror),
                    chair=juror is one.jurors[0],
                    by=more.carol,
                    at=world.now,
                )
            operations.convene(panel=more.panel, by=more.carol, at=world.now)
    more.declare(one.jurors[0])
    assert counted() == before
    assert statements(world.client(one.jurors[0]), f"/judging/{more.panel.ref}/scores") == single


def test_what_waits_stands_on_the_front_page(world):
    waiting = judging.contest(world)
    assert "No panel yet" in world.client(waiting.carol).get("/").text
    contest = judging.scoring(world)
    page = world.client(contest.jurors[0]).get("/").text
    assert f"/judging/{contest.panel.ref}" in page
    assert "Read and score" in page


def test_posts_need_their_token(world):
    contest = judging.formed(world)
    staff = world.client(contest.carol)
    page = f"/staff/panels/{contest.panel.ref}"
    for path in ("convene", "begin-scoring", "end-scoring", "members", "edit", "reopen"):
        assert staff.post(f"{page}/{path}", csrf=False).status_code == 400
    assert contest.board.panel.state is PanelState.FORMING
