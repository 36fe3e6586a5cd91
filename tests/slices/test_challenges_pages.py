"""The pages of challenges as each person sees them."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

from matchmaker.challenges import operations, queries
from matchmaker.foundation.db import db, unit_of_work
from matchmaker.people.states import Role
from tests.factories.challenges import CHINESE, ENGLISH, challenge


def text_of(response):
    return response.get_data(as_text=True)


def fresh(made):
    db.session.expire_all()
    return queries.challenge_by_id(made.id)


# --- the public list and page ---


def test_the_list_speaks_the_readers_language_and_marks_what_it_cannot(world):
    challenge(world, english=None)
    chinese = text_of(world.client(language="zh_Hant_TW").get("/challenges"))
    english = text_of(world.client(language="en").get("/challenges"))
    assert "1 件題目" in chinese
    assert "100 萬元" in chinese
    assert "1 challenge<" in english
    assert f'<span lang="zh-Hant-TW">{CHINESE.title}</span>' in english
    assert f'<span lang="zh-Hant-TW">{CHINESE.title}</span>' not in chinese


def test_each_filter_has_an_address_and_nonsense_in_it_is_ignored(world):
    agency, officer = world.agency(), world.officer()
    challenge(world, "published", agency, staff=officer, text=replace(CHINESE, title="路口安全"))
    challenge(world, "cancelled", agency, staff=officer, text=replace(CHINESE, title="廚餘秤重"))
    client = world.client(language="zh_Hant_TW")
    shown = text_of(client.get("/challenges?status=open&domain=care&least=1000000&q=路口&sort=budget"))
    assert "路口安全" in shown
    assert "廚餘秤重" not in shown
    assert 'value="open" checked' in shown
    nonsense = client.get("/challenges?status=x&domain=y&least=-1&sort=drop&page=zz&q=" + "%00'\"<b>")
    assert nonsense.status_code == 200
    assert "<b>" not in text_of(nonsense).split("<main")[1].split("filter-q")[1][:300]
    nothing = text_of(client.get("/challenges?q=沒有這題"))
    assert "沒有符合篩選條件的題目" in nothing


def statements(browser, path):
    """How many statements one look at a page sends to the database."""
    assert browser.get(path).status_code == 200
    seen = []

    def note(*details):
        seen.append(details[2])

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        browser.get(path)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


def test_the_lists_ask_the_database_as_often_for_three_rows_as_for_one(world):
    agency, officer = world.agency(), world.officer()
    pages = [
        (world.client(), "/challenges"),
        (world.client(officer), "/staff/challenges"),
        (world.client(agency[1]), "/agency/challenges"),
    ]
    challenge(world, "published", agency, staff=officer)
    before = [statements(browser, path) for browser, path in pages]
    for _ in range(2):
        challenge(world, "published", agency, staff=officer)
    assert [statements(browser, path) for browser, path in pages] == before


def test_pages_of_a_long_list(world):
    agency, officer = world.agency(), world.officer()
    for _ in range(21):
        challenge(world, "published", agency, staff=officer)
    client = world.client()
    assert text_of(client.get("/challenges?sort=newest")).count('class="list__row"') == 20
    second = text_of(client.get("/challenges?sort=newest&page=2"))
    assert second.count('class="list__row"') == 1
    assert "sort=newest&amp;page=1" in second


@pytest.mark.parametrize("state", ["draft", "in_triage", "returned"])
def test_an_unpublished_need_has_no_public_page(world, state):
    agency = world.agency()
    made = challenge(world, state, agency)
    for person in (None, agency[1]):
        assert world.client(person).get(f"/challenges/{made.ref}").status_code == 404


def test_the_public_page_shows_statement_criteria_and_terms(world):
    made = challenge(world)
    page = text_of(world.client(language="zh_Hant_TW").get(f"/challenges/{made.ref}"))
    for expected in (CHINESE.title, "一、問題說明", CHINESE.problem, CHINESE.solution_gap, "切合題目", "25%"):
        assert expected in page
    english = text_of(world.client(language="en").get(f"/challenges/{made.ref}"))
    assert ENGLISH.problem in english
    assert "Fit to the problem" in english
    assert world.client().get(f"/challenges/{made.code}").headers["Location"] == f"/challenges/{made.ref}"


def test_what_is_missing_in_english_is_shown_in_chinese_and_marked(world):
    made = challenge(world, english=replace(ENGLISH, support=""))
    page = text_of(world.client(language="en").get(f"/challenges/{made.ref}"))
    assert f'<div lang="zh-Hant-TW"><p>{CHINESE.support}</p></div>' in page
    assert f"<div><p>{ENGLISH.site}</p></div>" in page


def test_hostile_words_are_only_words(world):
    hostile = "<script>alert(1)</script>\"'&"
    texts = {name: f"{hostile} {name}" for name in CHINESE.__dataclass_fields__}
    agency, officer = world.agency(), world.officer()
    made = challenge(
        world, "published", agency, staff=officer, text=replace(CHINESE, **texts), contact_name=hostile
    )
    for person, path in (
        (None, "/challenges"),
        (None, f"/challenges/{made.ref}"),
        (agency[1], "/agency/challenges"),
        (agency[1], f"/agency/challenges/{made.ref}"),
        (officer, f"/staff/challenges/{made.ref}"),
    ):
        page = text_of(world.client(person, "zh_Hant_TW").get(path))
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


def test_a_cancelled_challenge_says_so_and_why(world):
    made = challenge(world, "cancelled")
    page = text_of(world.client(language="zh_Hant_TW").get(f"/challenges/{made.ref}"))
    assert "本題已取消" in page
    assert "預算調整。" in page


def test_both_pages_of_a_follow_up_show_the_trail(world):
    agency, officer = world.agency(), world.officer()
    parent = challenge(world, "concluded", agency, staff=officer)
    with unit_of_work():
        made = operations.draft_follow_up(parent=parent, by=agency[1], at=world.now)
        operations.save_terms(
            challenge=made,
            terms=replace(
                _terms_of(fresh(made)), opens_at=world.now, closes_at=world.now + timedelta(days=30)
            ),
            by=agency[1],
            at=world.now,
        )
        operations.hand_in(challenge=made, by=agency[1], at=world.now)
    assert "trail__item" not in text_of(world.client().get(f"/challenges/{parent.ref}"))
    with unit_of_work():
        operations.publish(challenge=made, by=officer, at=world.now)
    made = fresh(made)
    for here, there in ((parent, made), (made, parent)):
        page = text_of(world.client().get(f"/challenges/{here.ref}"))
        assert f'<a href="/challenges/{there.ref}">{there.code}' in page


def _terms_of(made):
    from matchmaker.challenges.facts import TermsFacts

    return TermsFacts(**{name: getattr(made, name) for name in TermsFacts.__dataclass_fields__})


# --- the agency's own pages ---


def test_a_need_is_begun_with_title_and_problem(world):
    _agency, alice = world.agency()
    client = world.client(alice, "zh_Hant_TW")
    answer = client.post("/agency/challenges/new", {"language": "zh", "title": "題目", "problem": "問題"})
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("/statement/zh")
    page = text_of(client.get(answer.headers["Location"]))
    assert 'value="題目"' in page
    assert "問題</textarea>" in page


def test_an_empty_need_is_told_what_is_missing_and_keeps_what_was_typed(world):
    _agency, alice = world.agency()
    client = world.client(alice, "zh_Hant_TW")
    answer = client.post("/agency/challenges/new", {"language": "zh", "problem": "只有問題"})
    assert answer.status_code == 422
    page = text_of(answer)
    assert 'href="#title"' in page
    assert "只有問題</textarea>" in page
    assert queries.of_organization(alice, now=world.now).total == 0


def test_a_need_goes_through_all_its_pages_to_publication(world):
    _agency, alice = world.agency()
    officer = world.officer()
    client, staff = world.client(alice), world.client(officer)
    begun = client.post("/agency/challenges/new", {"language": "zh", "title": "T", "problem": "P"})
    ref = begun.headers["Location"].split("/")[3]
    base = f"/agency/challenges/{ref}"

    def version():
        return queries.own_challenge(alice, ref).version

    def post(path, data):
        db.session.expire_all()
        answer = client.post(base + path, data | {"expected_version": str(version())})
        assert answer.status_code == 303, text_of(answer)
        return answer.headers["Location"]

    overview = text_of(client.get(base))
    assert "Sum the need up" in overview
    assert 'aria-disabled="true"' in overview
    refused = client.post(f"{base}/hand-in", {"expected_version": str(version())})
    assert refused.status_code == 409
    fields = {name: getattr(CHINESE, name) for name in CHINESE.__dataclass_fields__}
    assert post("/statement/zh", fields).endswith("/statement/en")
    fields = {name: getattr(ENGLISH, name) for name in ENGLISH.__dataclass_fields__}
    assert post("/statement/en", fields).endswith("/terms")
    terms = {
        "domain": "care",
        "budget": "１８０萬",
        "most_awards": "2",
        "pilot_months": "6",
        "opens_at": "115/03/10",
        "opens_at-time": "09:00",
        "closes_at": "2026-04-10",
        "closes_at-time": "17:00",
        "contact_name": "王",
        "contact_email": "a@example.org",
    }
    assert post("/terms", terms).endswith("/criteria")
    rows = {
        "criteria-0-name_zh": "甲",
        "criteria-0-weight": "60",
        "criteria-1-name_zh": "乙",
        "criteria-1-weight": "40",
    }
    assert post("/criteria", rows | {"draft": "1"}) == base
    post("/hand-in", {})
    assert "Publish the challenge" in text_of(staff.get(f"/staff/challenges/{ref}"))
    published = staff.post(f"/staff/challenges/{ref}/publish", {"expected_version": str(version())})
    assert published.status_code == 303
    made = queries.public_challenge(ref, world.now)
    assert (made.budget, made.most_awards) == (1_800_000, 2)
    assert made.closes_at.isoformat() == "2026-04-10T09:00:00+00:00"
    assert text_of(world.client().get(f"/challenges/{ref}")).count("60%") == 1


def test_terms_that_make_no_sense_stay_in_the_form(world):
    agency = world.agency()
    made = challenge(world, "draft", agency, complete=False)
    client = world.client(agency[1], "zh_Hant_TW")
    data = {
        "domain": "weather",
        "budget": "很多",
        "grant_ceiling": "-5",
        "most_awards": "1e309",
        "pilot_months": "",
        "opens_at": "2026-02-30",
        "closes_at": "9999-99-99",
        "contact_email": "not mail",
    }
    answer = client.post(f"/agency/challenges/{made.ref}/terms", data)
    page = text_of(answer)
    assert answer.status_code == 422
    for field in (
        "domain",
        "budget",
        "grant_ceiling",
        "most_awards",
        "pilot_months",
        "opens_at",
        "contact_email",
    ):
        assert f'href="#{field}"' in page, field
    for typed in ("很多", "1e309", "2026-02-30"):
        assert f'value="{typed}"' in page
    backwards = {
        "most_awards": "1",
        "pilot_months": "6",
        "opens_at": "2026-04-10",
        "closes_at": "2026-04-01",
    }
    page = text_of(client.post(f"/agency/challenges/{made.ref}/terms", backwards))
    assert "截止時間要在開始時間之後。" in page


def test_criteria_rows_come_and_go_without_script(world):
    agency = world.agency()
    made = challenge(world, "draft", agency, complete=False)
    client = world.client(agency[1], "zh_Hant_TW")
    path = f"/agency/challenges/{made.ref}/criteria"
    page = text_of(client.get(path))
    assert 'value="切合題目"' in page
    assert "權重合計 100" in page
    assert 'value="量測效能"' in text_of(client.get(path + "?template=monitoring"))
    rows = {
        "criteria-0-name_zh": "甲",
        "criteria-0-weight": "60",
        "criteria-1-name_zh": "乙",
        "criteria-1-weight": "30",
    }
    added = client.post(path, rows | {"add-criteria": "1"})
    assert added.status_code == 200
    assert 'name="criteria-2-name_zh"' in text_of(added)
    assert "權重合計 90" in text_of(added)
    removed = text_of(client.post(path, rows | {"remove-criteria-0": "1"}))
    assert 'value="乙"' in removed
    assert 'value="甲"' not in removed
    wrong = client.post(path, rows)
    assert wrong.status_code == 422
    assert "權重合計為 90" in text_of(wrong)
    assert 'value="甲"' in text_of(wrong)
    half = client.post(path, {"criteria-0-weight": "100", "criteria-1-name_zh": "乙"})
    assert half.status_code == 422
    assert 'href="#criteria-0-name_zh"' in text_of(half)
    assert 'href="#criteria-1-weight"' in text_of(half)
    assert fresh(made).criteria == []


def test_a_stale_edit_says_who_changed_what(world):
    agency, alice = world.agency()
    anna = world.member(agency, "Anna", Role.EDITOR)
    made = challenge(world, "draft", (agency, alice))
    seen = str(made.version)
    path = f"/agency/challenges/{made.ref}/statement/zh"
    fields = {name: getattr(CHINESE, name) for name in CHINESE.__dataclass_fields__}
    first = world.client(anna).post(path, fields | {"site": "Anna's site", "expected_version": seen})
    assert first.status_code == 303
    answer = world.client(alice).post(path, fields | {"site": "Alice's site", "expected_version": seen})
    page = text_of(answer)
    assert answer.status_code == 409
    assert "Anna saved a change before you" in page
    assert "Anna&#39;s site" in page
    assert "Alice&#39;s site</textarea>" in page
    assert re.search(r'name="expected_version"[^>]*value="(\d+)"', page).group(1) == str(fresh(made).version)


def test_papers_are_attached_read_and_removed(world):
    agency, alice = world.agency()
    made = challenge(world, "draft", (agency, alice))
    client = world.client(alice)
    path = f"/agency/challenges/{made.ref}/papers"

    def attach(name, content, **more):
        data = {"file": (io.BytesIO(content), name), "title": ""} | more
        return client.post(path, data, content_type="multipart/form-data")

    assert attach("plan.txt", "一樓".encode(), public="y").status_code == 303
    assert attach("inner.txt", b"inner").status_code == 303
    wrong = attach("virus.exe", b"MZ")
    assert wrong.status_code == 422
    assert 'href="#file"' in text_of(wrong)
    assert attach("fake.pdf", b"no pdf").status_code == 422
    assert client.post(path, {"title": "x"}).status_code == 422
    plan, inner = fresh(made).papers
    assert (plan.title, plan.public, inner.public) == ("plan.txt", True, False)
    with client.get(f"{path}/{plan.ref}") as got:
        assert got.get_data() == "一樓".encode()
        assert got.headers["Content-Disposition"].startswith("attachment")
    with unit_of_work():
        operations.hand_in(challenge=made, by=alice, at=world.now)
        operations.publish(challenge=made, by=world.officer_actor, at=world.now)
    everybody = world.client()
    with everybody.get(f"/challenges/{made.ref}/papers/{plan.ref}") as got:
        assert got.status_code == 200
    assert everybody.get(f"/challenges/{made.ref}/papers/{inner.ref}").status_code == 404
    assert "inner.txt" not in text_of(everybody.get(f"/challenges/{made.ref}"))
    assert client.post(f"{path}/{plan.ref}/remove").status_code == 409


@pytest.fixture(autouse=True)
def officer_at_hand(world):
    world.officer_actor = world.officer("Oscar")


def test_a_paper_can_be_taken_off_a_draft(world):
    agency, alice = world.agency()
    made = challenge(world, "draft", (agency, alice))
    client = world.client(alice)
    path = f"/agency/challenges/{made.ref}/papers"
    client.post(path, {"file": (io.BytesIO(b"x"), "a.txt")}, content_type="multipart/form-data")
    paper = fresh(made).papers[0]
    assert client.post(f"{path}/{paper.ref}/remove").status_code == 303
    assert fresh(made).papers == []


def own_paths(ref):
    base = f"/agency/challenges/{ref}"
    return [
        base,
        *(f"{base}/{tail}" for tail in ("statement/zh", "statement/en", "terms", "criteria", "papers")),
        f"{base}/preview",
        f"{base}/cancel",
    ]


def test_the_pages_of_a_need_are_its_agencys_alone(world):
    agency, alice = world.agency()
    made = challenge(world, "draft", (agency, alice))
    for path in own_paths(made.ref):
        assert world.client(alice).get(path).status_code == 200, path
        assert world.client(world.agency("Judy")[1]).get(path).status_code == 404, path
        assert world.client(world.startup()[1]).get(path).status_code == 403, path
        assert world.client().get(path).headers["Location"].startswith("/sign-in"), path
    for tail in ("hand-in", "take-back", "cancel", "terms", "statement/zh", "criteria"):
        stranger = world.client(world.agency("Judy")[1])
        assert stranger.post(f"/agency/challenges/{made.ref}/{tail}", {"title": "x"}).status_code == 404
        assert (
            world.client(alice).post(f"/agency/challenges/{made.ref}/{tail}", csrf=False).status_code == 400
        )
    assert world.client(world.officer()).get(f"/staff/challenges/{made.ref}").status_code == 404
    assert world.client(alice).get("/agency/challenges/nothinghere").status_code == 404
    assert world.client(alice).get(f"/agency/challenges/{made.ref}/statement/fr").status_code == 404


def test_a_reader_reads_and_is_told_why_nothing_else(world):
    agency, alice = world.agency()
    reader = world.member(agency, "Ray", Role.READER)
    made = challenge(world, "draft", (agency, alice))
    client = world.client(reader)
    page = text_of(client.get(f"/agency/challenges/{made.ref}"))
    assert "Your role may read but not change this." in page
    assert f"/agency/challenges/{made.ref}/terms" not in page
    assert client.get(f"/agency/challenges/{made.ref}/terms").status_code == 409
    assert client.post(f"/agency/challenges/{made.ref}/hand-in").status_code == 409
    assert client.get("/agency/challenges/new").status_code == 409


def test_a_handed_in_need_is_taken_back_or_given_up(world):
    agency, alice = world.agency()
    made = challenge(world, "in_triage", (agency, alice))
    client = world.client(alice)
    base = f"/agency/challenges/{made.ref}"
    assert client.get(f"{base}/terms").status_code == 409
    assert client.post(f"{base}/take-back", {"expected_version": "1"}).status_code == 409
    assert client.post(f"{base}/take-back", {"expected_version": str(made.version)}).status_code == 303
    empty = client.post(f"{base}/cancel", {"reason": " "})
    assert empty.status_code == 422
    assert 'href="#reason"' in text_of(empty)
    assert client.post(f"{base}/cancel", {"reason": "不做了"}).status_code == 303
    assert "不做了" in text_of(client.get(base))


# --- staff ---


def test_staff_see_what_waits_with_its_warnings_and_decide(world):
    agency, alice = world.agency()
    officer = world.officer()
    made = challenge(world, "in_triage", (agency, alice), days=20, pilot_months=9)
    client = world.client(officer)
    assert f"/staff/challenges/{made.ref}" in text_of(client.get("/staff/challenges?state=in_triage"))
    page = text_of(client.get(f"/staff/challenges/{made.ref}"))
    assert "open for 20 days" in page
    assert "last 9 months" in page
    assert "Handed in" in page
    path = f"/staff/challenges/{made.ref}/return"
    assert client.get(path).status_code == 200
    assert client.post(path, {"note": ""}).status_code == 422
    assert client.post(path, {"note": "請補場域"}).status_code == 303
    assert client.post(path, {"note": "again"}).status_code == 409
    assert "請補場域" in text_of(world.client(alice).get(f"/agency/challenges/{made.ref}"))
    assert client.post(f"/staff/challenges/{made.ref}/publish").status_code == 409


def test_staff_cancel_with_a_reason(world):
    made = challenge(world, "published")
    client = world.client(world.officer())
    path = f"/staff/challenges/{made.ref}/cancel"
    assert client.post(path, {"reason": ""}).status_code == 422
    assert client.post(path, {"reason": "經費刪減"}).status_code == 303
    assert "經費刪減" in text_of(world.client().get(f"/challenges/{made.ref}"))


@pytest.mark.parametrize("tail", ["", "/return", "/cancel"])
def test_triage_is_for_staff(world, tail):
    agency = world.agency()
    made = challenge(world, "in_triage", agency)
    for person in (agency[1], world.startup()[1], world.juror()):
        assert world.client(person).get(f"/staff/challenges/{made.ref}{tail}").status_code == 403


def test_the_front_page_says_whose_turn_it_is(world):
    agency = world.agency()
    made = challenge(world, "returned", agency)
    challenge(world, "in_triage", agency)
    assert f"/agency/challenges/{made.ref}" in text_of(world.client(agency[1]).get("/"))
    assert "1 need waits for you" in text_of(world.client(world.officer()).get("/"))
