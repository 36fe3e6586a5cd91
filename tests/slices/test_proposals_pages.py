"""The pages of proposals, by persona, in both languages, with bad input and at the wrong time."""

import io
import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import event

from matchmaker.foundation.db import db, unit_of_work
from matchmaker.people.states import Role
from matchmaker.proposals import operations, queries
from matchmaker.proposals.content import BudgetLine, ProposalContent
from matchmaker.proposals.freezing import fingerprint
from matchmaker.proposals.states import ProposalState
from tests.factories import challenges, proposals
from tests.factories.proposals import CONTENT, PDF, content, fresh


@pytest.fixture
def agency(world):
    return world.agency()


@pytest.fixture
def call(world, agency):
    return challenges.challenge(world, agency=agency)


@pytest.fixture
def bob(world):
    return world.startup()


@pytest.fixture
def made(world, call, bob):
    return proposals.draft(world, call, bob)


def typed(**changes):
    """The fields of the form of a complete proposal."""
    given = {
        "language": "zh",
        "title": CONTENT.title,
        "summary": CONTENT.summary,
        "solution_concept": CONTENT.solution_concept,
        "implementation_method": CONTENT.implementation_method,
        "team-0-name": "王小明",
        "team-0-role": "計畫主持人",
        "milestones-0-title": "完成安裝",
        "milestones-0-month": "１",
        "milestones-0-deliverable": "設備清冊",
        "budget-0-item": "雷達模組",
        "budget-0-grant": "80 萬",
        "budget-0-own": "200,000",
        "evidence-0-kind": "award",
        "evidence-0-title": "創新獎",
        "evidence-0-on": "114/6/1",
        "declarations": list(map(str, CONTENT.declarations)),
    }
    return given | changes


def form_of(page, name):
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page.text)
    return found.group(1) if found else None


# The whole way


@pytest.mark.both_databases
def test_a_startup_writes_submits_revises_and_withdraws(world, call, bob):
    browser = world.client(bob[1])
    assert "Begin a proposal" in browser.get(f"/challenges/{call.ref}").text
    begun = browser.post(f"/challenges/{call.ref}/proposals")
    assert begun.status_code == 303
    at = begun.location.removesuffix("/edit")
    saved = browser.post(f"{at}/edit", typed())
    assert (saved.status_code, saved.location) == (303, f"{at}/papers")
    assert "Nothing is missing" in browser.get(f"{at}/edit").text
    own = proposals.own(bob, call)
    assert own.content.budget == (BudgetLine("雷達模組", 800_000, 200_000),)
    assert own.content.milestones[0].month == 1
    assert own.content.evidence[0].on == "2025-06-01"
    page = browser.get(f"{at}/submit")
    sent = browser.post(f"{at}/submit", {"expected_version": form_of(page, "expected_version")})
    assert (sent.status_code, sent.location) == (303, f"{at}/versions/1")
    receipt = browser.get(f"{at}/versions/1")
    version = queries.counted_version(fresh(own))
    assert version.sha256 in receipt.text
    assert fingerprint(browser.get(f"{at}/versions/1/document").data) == version.sha256
    browser.post(f"{at}/edit", typed(title="修訂後的提案"))
    overview = browser.get(at)
    assert "The draft has changed since you submitted" in overview.text
    browser.post(f"{at}/submit")
    changes = browser.get(f"{at}/versions/2").text
    assert "<ins>修訂後的提案</ins>" in changes
    assert f"<del>{CONTENT.title}</del>" in changes
    assert browser.get(f"{at}/withdraw").status_code == 200
    assert browser.post(f"{at}/withdraw").status_code == 303
    assert fresh(own).state is ProposalState.WITHDRAWN
    assert "Withdrawn" in browser.get("/proposals").text


def test_a_second_click_on_submit_submits_once(world, call, bob):
    own = proposals.draft(world, call, bob, text=CONTENT)
    browser = world.client(bob[1])
    key = form_of(browser.get(f"/proposals/{own.ref}/submit"), "idempotency_key")
    first, second = (browser.post(f"/proposals/{own.ref}/submit", {"idempotency_key": key}) for _ in range(2))
    assert first.location == second.location
    assert len(queries.proposal_for_startup(bob[1], own.ref).versions) == 1


@pytest.mark.parametrize("language", ["en", "zh_Hant_TW"])
def test_every_page_in_both_languages(world, call, agency, bob, language):
    own = proposals.submitted(world, call, bob, paper=True)
    browser = world.client(bob[1], language)
    for path in ("", "/edit", "/papers", "/preview", "/submit", "/withdraw", "/versions/1"):
        answer = browser.get(f"/proposals/{own.ref}{path}")
        assert answer.status_code == 200, path
        assert answer.text.count("<h1>") == 1
    carol, chuck = world.officer("Cora"), world.officer("Chuck")
    officer_pages = ("/staff/proposals", f"/staff/challenges/{call.ref}/opening")
    proposals.closed(world, call)
    for path in officer_pages:
        assert world.client(carol, language).get(path).status_code == 200
    (row,) = proposals.screening(world, call, (carol, chuck))
    proposals.rejected(world, row, carol)
    officer = world.client(carol, language)
    for path in (*officer_pages, f"/staff/challenges/{call.ref}/screening", f"/staff/proposals/{row.ref}"):
        assert officer.get(path).status_code == 200, path
    owner = world.client(agency[1], language)
    for path in ("", "/1"):
        assert owner.get(f"/agency/challenges/{call.ref}/proposals{path}").status_code == 200
    assert "設立逾五年" in world.client(bob[1], language).get(f"/proposals/{own.ref}").text


# Who may come in


def test_strangers_find_nothing_and_visitors_are_asked_to_sign_in(world, call, bob, made):
    _, ivan = world.startup("Ivan")
    stranger, visitor = world.client(ivan), world.client()
    for path in ("", "/edit", "/papers", "/preview", "/submit", "/withdraw", "/versions/1"):
        assert stranger.get(f"/proposals/{made.ref}{path}").status_code == 404
        assert visitor.get(f"/proposals/{made.ref}{path}").status_code == 303
    for path in ("/edit", "/autosave", "/papers", "/submit", "/withdraw", "/papers/x/remove"):
        assert stranger.post(f"/proposals/{made.ref}{path}").status_code == 404
    assert "Sign in to begin a proposal" in visitor.get(f"/challenges/{call.ref}").text


def test_a_reader_reads_and_writes_nothing(world, bob, made):
    rita = world.client(world.member(bob[0], "Rita", Role.READER))
    page = rita.get(f"/proposals/{made.ref}/edit")
    assert "Your role may read but not change this" in page.text
    assert rita.post(f"/proposals/{made.ref}/edit", typed()).status_code == 409
    assert fresh(made).content == ProposalContent(language="zh")


def test_agencies_and_jurors_have_no_door_to_the_startups_pages(world, agency, made):
    for person in (agency[1], world.juror(), world.officer()):
        assert world.client(person).get(f"/proposals/{made.ref}").status_code == 403


def test_the_agency_reads_its_own_opened_proposals_and_nobody_elses(world, call, agency, bob):
    proposals.submitted(world, call, bob, paper=True)
    address = f"/agency/challenges/{call.ref}/proposals"
    sealed = world.client(agency[1]).get(address)
    assert "Sealed" in sealed.text
    assert world.client(agency[1]).get(f"{address}/1").status_code == 404
    (row,) = proposals.opened(world, call)
    owner, judy = world.client(agency[1]), world.client(world.agency("Judy")[1])
    assert CONTENT.title in owner.get(address).text
    page = owner.get(f"{address}/1")
    assert CONTENT.solution_concept in page.text
    paper = queries.counted_version(row).papers[0]["ref"]
    assert owner.get(f"{address}/1/papers/{paper}", buffered=True).data == PDF
    assert owner.get(f"{address}/1/papers/none").status_code == 404
    assert owner.get(f"{address}/2").status_code == 404
    for path in ("", "/1", f"/1/papers/{paper}"):
        assert judy.get(address + path).status_code == 404


def test_posting_without_the_token_is_refused(world, made, bob):
    browser = world.client(bob[1])
    for path in ("/edit", "/autosave", "/papers", "/submit", "/withdraw"):
        assert browser.post(f"/proposals/{made.ref}{path}", csrf=False).status_code == 400


# Bad input


def test_what_cannot_be_read_stays_in_the_form(world, made, bob):
    browser = world.client(bob[1])
    wrong = typed(**{"budget-0-grant": "many", "milestones-0-month": "soon", "title": "保留我" * 80})
    answer = browser.post(f"/proposals/{made.ref}/edit", wrong)
    assert answer.status_code == 422
    assert 'href="#budget-0-grant"' in answer.text
    assert 'href="#milestones-0-month"' in answer.text
    for kept in ('value="many"', 'value="soon"', "保留我"):
        assert kept in answer.text
    assert fresh(made).content.title == ""


def test_forbidden_fields_change_nothing(world, made, bob):
    sent = typed(state="awarded", number="1", submitted_version="9", organization_id="1")
    world.client(bob[1]).post(f"/proposals/{made.ref}/edit", sent)
    row = fresh(made)
    assert (row.state, row.number, row.submitted_version) == (ProposalState.DRAFT, None, None)


def test_an_incomplete_draft_shows_what_is_missing_with_links(world, made, bob):
    browser = world.client(bob[1])
    page = browser.get(f"/proposals/{made.ref}/submit")
    assert f'href="/proposals/{made.ref}/edit#solution_concept"' in page.text
    answer = browser.post(f"/proposals/{made.ref}/submit")
    assert answer.status_code == 422
    assert "9 things are missing" in answer.text


def test_hostile_text_is_shown_as_text(world, call, bob):
    hostile = "<script>alert(1)</script>\"'&lt;"
    own = proposals.submitted(world, call, bob, text=content(title=hostile, summary=hostile))
    browser = world.client(bob[1])
    for path in ("", "/edit", "/preview", "/submit", "/versions/1"):
        assert "<script>alert" not in browser.get(f"/proposals/{own.ref}{path}").text
    proposals.opened(world, call)
    assert "<script>alert" not in world.client(world.officer()).get(f"/staff/proposals/{own.ref}").text


def test_rows_come_and_go_without_script(world, made, bob):
    browser = world.client(bob[1])
    page = browser.post(f"/proposals/{made.ref}/edit", typed(**{"add-team": "1"}))
    assert page.status_code == 200
    assert 'name="team-1-name"' in page.text
    assert 'value="王小明"' in page.text
    two = typed(**{"team-1-name": "陳美麗", "remove-team-0": "1"})
    page = browser.post(f"/proposals/{made.ref}/edit", two)
    assert "陳美麗" in page.text
    assert 'value="王小明"' not in page.text
    assert fresh(made).content.title == ""


# Two people at once


def test_who_comes_late_is_told_what_differs(world, made, bob):
    browser = world.client(bob[1])
    seen = form_of(browser.get(f"/proposals/{made.ref}/edit"), "expected_version")
    ed = world.member(bob[0], "Ed", Role.EDITOR)
    with unit_of_work():
        operations.save_draft(proposal=made, content=content(title="甲案"), by=ed, at=world.now)
    answer = browser.post(f"/proposals/{made.ref}/edit", typed(title="乙案", expected_version=seen))
    assert answer.status_code == 409
    for words in ("Ed saved a change before you", "甲案", "乙案"):
        assert words in answer.text
    again = browser.post(
        f"/proposals/{made.ref}/edit",
        typed(title="乙案", expected_version=form_of(answer, "expected_version")),
    )
    assert again.status_code == 303
    assert fresh(made).content.title == "乙案"


def test_autosave_answers_in_json(world, call, made, bob):
    browser = world.client(bob[1])
    address = f"/proposals/{made.ref}/autosave"
    head = {"headers": {"Accept": "application/json", "X-Autosave": "1"}}
    saved = browser.post(address, typed(expected_version=str(made.version)), **head)
    assert saved.status_code == 200
    told = json.loads(saved.data)
    assert told["version"] == fresh(made).version
    assert told["saved_at"] == world.now.isoformat()
    stale = browser.post(address, typed(title="x", expected_version="1"), **head)
    assert stale.status_code == 409
    assert stale.json["by"] == bob[1].name
    assert bob[1].name in stale.json["message"]
    unread = browser.post(address, typed(**{"budget-0-grant": "many"}), **head)
    assert unread.status_code == 422
    world.now = call.closes_at
    late = world.client(bob[1]).post(address, typed(), **head)
    assert late.status_code == 409
    assert "The call closed" in late.json["message"]


# Time


def test_after_the_deadline_nothing_moves_and_the_pages_say_why(world, call, bob):
    own = proposals.submitted(world, call, bob)
    ivan = world.startup("Ivan")
    other = proposals.draft(world, call, ivan, text=CONTENT)
    world.now = call.closes_at
    browser = world.client(bob[1])
    for path in ("/edit", "/submit", "/withdraw"):
        answer = browser.post(f"/proposals/{own.ref}{path}", typed())
        assert answer.status_code == 409, path
        assert "The call closed on" in answer.text
    assert queries.counted_version(fresh(own)).number == 1
    page = browser.get(f"/proposals/{own.ref}")
    assert "Withdraw the proposal" not in page.text
    assert "Not submitted in time" in world.client(ivan[1]).get(f"/proposals/{other.ref}").text


def test_what_arrives_while_the_deadline_passes_is_judged_by_the_clock_of_the_arrival(
    world, call, bob, monkeypatch
):
    """The clock is read once the call is held, not when the request began."""
    own = proposals.draft(world, call, bob, text=CONTENT)
    world.now = call.closes_at - timedelta(seconds=1)
    browser = world.client(bob[1])
    late = call.closes_at + timedelta(seconds=1)
    monkeypatch.setattr("matchmaker.proposals.routes.startup.clock.now", lambda: late)
    monkeypatch.setattr("matchmaker.web.access.clock.now", lambda: late)
    assert browser.post(f"/proposals/{own.ref}/submit").status_code == 409


def test_a_call_that_has_not_opened_or_is_over_cannot_be_begun(world, bob):
    soon = challenges.challenge(world, opens_in=timedelta(days=3))
    browser = world.client(bob[1])
    page = browser.get(f"/challenges/{soon.ref}")
    assert 'aria-disabled="true"' in page.text
    assert "The call opens on" in page.text
    assert browser.post(f"/challenges/{soon.ref}/proposals").status_code == 409


def test_an_unconfirmed_startup_is_told_why_it_cannot_begin(world, call):
    wanda = world.client(world.startup("Wanda", confirmed=False)[1])
    assert "has not confirmed your organisation" in wanda.get(f"/challenges/{call.ref}").text
    assert wanda.post(f"/challenges/{call.ref}/proposals").status_code == 409


# Papers


def test_papers_are_attached_read_and_removed(world, made, bob):
    browser = world.client(bob[1])
    address = f"/proposals/{made.ref}/papers"
    sent = browser.post(address, {"title": "型錄", "file": (io.BytesIO(PDF), "型錄.pdf")})
    assert sent.status_code == 303
    (paper,) = queries.papers_of(made.id)
    answer = browser.get(f"{address}/{paper.ref}", buffered=True)
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment")
    for data, code in (
        ({"title": "型錄", "file": (io.BytesIO(b"MZ"), "x.exe")}, 422),
        ({"title": "", "file": (io.BytesIO(PDF), "x.pdf")}, 422),
        ({"title": "型錄"}, 422),
    ):
        assert browser.post(address, data).status_code == code
    assert len(queries.papers_of(made.id)) == 1
    assert browser.post(f"{address}/{paper.ref}/remove").status_code == 303
    assert browser.get(f"{address}/{paper.ref}").status_code == 404


# Officers


def test_two_officers_open_and_screen_by_their_pages(world, call, bob):
    proposals.submitted(world, call, bob)
    carol, chuck = world.officer("Cora"), world.officer("Chuck")
    address = f"/staff/challenges/{call.ref}"
    assert "The call is open until" in world.client(carol).get(f"{address}/opening").text
    assert world.client(carol).post(f"{address}/opening/ask").status_code == 409
    proposals.closed(world, call)
    first, second = world.client(carol), world.client(chuck)
    assert first.post(f"{address}/opening/ask").status_code == 303
    assert first.post(f"{address}/opening/confirm").status_code == 409
    assert "You asked for the opening" in first.get(f"{address}/opening").text
    assert second.post(f"{address}/opening/confirm").status_code == 303
    assert queries.opening_of(call.id).sha256 in second.get(f"{address}/opening").text
    assert first.post(f"{address}/screening/begin").status_code == 303
    (row,) = queries.opened_proposals(call.id)
    at = f"/staff/proposals/{row.ref}"
    assert "Confirm every check first" in first.get(at).text
    wrong = first.post(f"{at}/checks/ubn", {"ubn-result": "not_met"})
    assert wrong.status_code == 422
    assert 'href="#ubn-reason"' in wrong.text
    assert first.post(f"{at}/checks/none", {"none-result": "met"}).status_code == 404
    for check in queries.checks_of(row.id):
        sent = first.post(f"{at}/checks/{check.rule}", {f"{check.rule}-result": "met"})
        assert sent.status_code == 303
    assert first.post(f"{at}/reject", {"reject-reason": "x"}).status_code == 409
    assert first.post(f"{at}/admit").status_code == 303
    assert first.post(f"{address}/screening/finish").status_code == 303
    assert first.post(f"{at}/shortlist").status_code == 303
    assert fresh(row).state is ProposalState.SHORTLISTED
    assert "Shortlisted" not in world.client(bob[1]).get(f"/proposals/{row.ref}").text


def test_opening_and_screening_are_for_officers(world, call, agency, bob):
    proposals.submitted(world, call, bob)
    (row,) = proposals.opened(world, call)
    for person in (agency[1], bob[1], world.juror()):
        browser = world.client(person)
        for path in (
            "/staff/proposals",
            f"/staff/challenges/{call.ref}/opening",
            f"/staff/challenges/{call.ref}/screening",
            f"/staff/proposals/{row.ref}",
        ):
            assert browser.get(path).status_code == 403
        for path in ("admit", "reject", "shortlist", "checks/ubn"):
            assert browser.post(f"/staff/proposals/{row.ref}/{path}").status_code == 403


def test_a_need_that_is_not_published_has_no_opening(world):
    need = challenges.challenge(world, "in_triage")
    officer = world.client(world.officer())
    for page in ("opening", "screening"):
        assert officer.get(f"/staff/challenges/{need.ref}/{page}").status_code == 404


# Lists


def queries_of(browser, path):
    """How many statements a page takes."""
    statements = []
    listener = lambda *given: statements.append(given[2])  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", listener)
    try:
        assert browser.get(path).status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", listener)
    return len(statements)


def test_lists_take_the_same_number_of_queries_with_one_row_and_three(world, agency, bob):
    calls = [challenges.challenge(world, agency=agency) for _ in range(3)]
    proposals.submitted(world, calls[0], bob)
    one = queries_of(world.client(bob[1]), "/proposals")
    for call in calls[1:]:
        proposals.submitted(world, call, bob)
    assert queries_of(world.client(bob[1]), "/proposals") == one


def test_screening_and_reading_take_the_same_number_of_queries(world, agency):
    counts = []
    for size in (1, 3):
        call = challenges.challenge(world, agency=agency)
        for n in range(size):
            proposals.submitted(world, call, world.startup(f"S{n}"))
        carol = world.officer("Cora")
        proposals.screening(world, call, (carol, world.officer("Chuck")))
        counts.append(
            (
                queries_of(world.client(carol), f"/staff/challenges/{call.ref}/screening"),
                queries_of(world.client(carol), f"/staff/challenges/{call.ref}/opening"),
                queries_of(world.client(agency[1]), f"/agency/challenges/{call.ref}/proposals"),
            )
        )
    assert counts[0] == counts[1]
