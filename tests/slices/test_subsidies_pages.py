"""The pages of subsidised cases, as their readers meet them."""

import io
import re
from datetime import date

import pytest
from sqlalchemy import event

from matchmaker.foundation.db import db
from matchmaker.foundation.outbox import OutboxMail
from matchmaker.people.states import Role, SignOffRole
from matchmaker.subsidies import notices, queries
from matchmaker.subsidies import operations as do
from matchmaker.subsidies.ledger import account_of
from matchmaker.subsidies.models import SubsidyCase, SubsidyRound
from matchmaker.subsidies.routes.acts import ACTS
from matchmaker.subsidies.states import CaseState, ClaimKind
from tests.factories import subsidies as make


def text(answer):
    return answer.get_data(as_text=True)


def page(case, *rest):
    return "/".join((f"/subsidies/{case.ref}", *rest))


def pdf(name="paper.pdf"):
    return (io.BytesIO(make.PDF), name)


def letter(**changes):
    return {"number": "測字第 99999 號", "dated_on": "113/3/15", "body": "詳如說明。"} | changes


ADVERSE = {"hearing": "已陳述意見。", "remedy": "三十日內提起訴願。"}


def mails(name):
    db.session.rollback()
    rows = db.session.execute(db.select(OutboxMail).where(OutboxMail.letter == f"subsidies.{name}"))
    return sorted(mail.name for mail in rows.scalars())


# --- who sees what ---


def test_a_case_is_its_agencys_and_staffs(world):
    cast = make.submitted(world)
    teammate = world.member(cast.agency, "Tess", Role.READER)
    _agency, judy = make.city(world, "TW-TNN", "Judy")
    for person in (cast.alice, teammate, cast.carol):
        assert world.client(person).get(page(cast.case)).status_code == 200
    for person in (judy, world.startup("Ivan")[1], world.partner()[1], world.juror()):
        assert world.client(person).get(page(cast.case)).status_code in (403, 404)
        assert world.client(person).get(page(cast.case, "acts", "submit")).status_code in (403, 404)
    assert "/sign-in" in world.client().get(page(cast.case)).headers["Location"]


def test_the_page_of_a_case_still_names_who_is_signed_in(world):
    """The account menu of the band keeps its name beside the figures of the case."""
    cast = make.approved(world)
    for person in (cast.alice, cast.carol):
        shown = text(world.client(person).get(page(cast.case)))
        assert f'<span class="account__name">{person.name}</span>' in shown
        assert "NT$600,000" in shown


def test_a_draft_is_the_agencys_alone(world):
    cast = make.drafted(world)
    assert world.client(cast.carol).get(page(cast.case)).status_code == 404
    assert world.client(cast.alice).get(page(cast.case)).status_code == 200


def test_no_page_suggests_that_money_is_on_offer(world):
    """The programme is closed: every page about a case or a round says that it is a demonstration."""
    cast = make.running(world)
    pages = {
        cast.alice: ["", "acts/claim", "acts/budget", "change", "termination"],
        cast.carol: ["", "acts/cut", "acts/inspect"],
    }
    for person, rests in pages.items():
        for rest in rests:
            assert "no money is on offer" in text(
                world.client(person).get(page(cast.case, rest).rstrip("/"))
            ), rest
    staff = world.client(cast.carol)
    for place in (f"/staff/subsidies/rounds/{cast.round.ref}", "/staff/subsidies/rounds/new"):
        assert "no money is on offer" in text(staff.get(place))
    meetings = f"/staff/subsidies/rounds/{cast.round.ref}/meetings/new"
    assert "no money is behind it" in text(staff.get(meetings))


def test_an_act_of_the_other_side_is_not_found(world):
    cast = make.submitted(world)
    for name, act in ACTS.items():
        person = cast.alice if act.staff else cast.carol
        assert world.client(person).get(page(cast.case, "acts", name)).status_code == 404, name
    assert world.client(cast.alice).get(page(cast.case, "acts", "nonsense")).status_code == 404


@pytest.mark.parametrize("name", sorted(ACTS))
def test_each_act_has_a_page_that_says_why_not(world, name):
    """Page and guard share the rule: a greyed button with its reason, and 409 where it is posted all the same."""
    cast = make.submitted(world)
    act = ACTS[name]
    browser = world.client(cast.carol if act.staff else cast.alice)
    answer = browser.get(page(cast.case, "acts", name))
    assert answer.status_code == 200
    shown = text(answer)
    assert shown.count("<h1") == 1
    if name not in ("withdraw", "ask-cure", "complete", "decline"):
        assert 'aria-disabled="true"' in shown
        assert browser.post(page(cast.case, "acts", name), {}).status_code in (409, 422)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            ("Approval", "Ledger", "What falls due", "15 March 2024", "NT$600,000", "no money is on offer"),
        ),
        ("zh_Hant_TW", ("核定", "收支紀錄", "113 年 3 月 15 日", "2024-05-15", "不代表可申請補助")),
    ],
)
def test_the_page_speaks_both_languages(world, language, words):
    cast = make.approved(world)
    shown = text(world.client(cast.alice, language).get(page(cast.case)))
    for word in words:
        assert word in shown, word


# --- an application by its pages ---


def test_an_application_is_written_and_submitted(world):
    world.now = make.BEGIN
    carol = world.officer()
    agency, alice = make.city(world)
    cast = make.drafted(world)
    browser = world.client(alice)
    made = make.db.session.execute(db.select(SubsidyRound)).scalars().first()
    assert "Begin an application" in text(browser.get("/subsidies"))
    answer = browser.post(f"/subsidies/rounds/{made.ref}/new", {"title_zh": "智慧節電（測試）"})
    ref = answer.headers["Location"].split("/")[2]
    plan = {
        "title_zh": "智慧節電（測試）",
        "purpose": "節電",
        "sustainment": "編列維護費",
        "bureau": "環保局",
        "contact_name": "測試",
        "contact_phone": "(07) 1",
        "starts_on": "113/3/1",
        "ends_on": "2024-11-30",
        "requested": "30萬",
    }
    assert browser.post(f"/subsidies/{ref}/plan", plan).status_code == 303
    lines = {
        "lines-0-item": cast.item,
        "lines-0-kind": "one_off",
        "lines-0-quantity": "1",
        "lines-0-units": "",
    }
    assert 'name="lines-1-quantity"' in text(
        browser.post(f"/subsidies/{ref}/items", lines | {"add-lines": "1"})
    )
    assert browser.post(f"/subsidies/{ref}/items", lines).status_code == 303
    submit = browser.post(f"/subsidies/{ref}/acts/submit", letter(dated_on="113/2/19"))
    assert submit.status_code == 409
    assert "Add the subsidy plan as a file." in text(submit)
    upload = {"kind": "plan", "upload": pdf()}
    assert (
        browser.post(f"/subsidies/{ref}/papers", upload, content_type="multipart/form-data").status_code
        == 303
    )
    assert browser.post(f"/subsidies/{ref}/acts/submit", letter(dated_on="113/2/19")).status_code == 303
    db.session.rollback()
    case = db.session.execute(db.select(SubsidyCase).where(SubsidyCase.ref == ref)).scalar_one()
    assert (case.state, case.requested, case.eligible) == (CaseState.CHECKING, 300_000, 340_000)
    assert "Carol" in mails("application")
    assert agency.id == case.agency_id
    assert carol.is_staff


def test_a_bad_plan_keeps_what_was_typed(world):
    cast = make.drafted(world)
    plan = {"title_zh": "", "purpose": "打了很久", "starts_on": "2024-02-30"}
    answer = world.client(cast.alice).post(page(cast.case, "plan"), plan)
    assert answer.status_code == 422
    assert "打了很久" in text(answer)
    assert "This day does not exist in the calendar." in text(answer)


def test_a_stale_plan_is_not_overwritten(world):
    cast = make.drafted(world)
    plan = {"title_zh": "新題目", "expected_version": "1"}
    answer = world.client(cast.alice).post(page(cast.case, "plan"), plan)
    assert answer.status_code == 409
    assert cast.fresh().title_zh == "智慧有聲號誌建置（測試）"


# --- the journeys, by their pages ---


def test_a_case_within_one_year_goes_to_payment_by_its_pages(world):
    cast = make.submitted(world)
    alice, carol = cast.alice, cast.carol

    def act(person, name, data=None, **kwargs):
        answer = world.client(person).post(page(cast.case, "acts", name), data or {}, **kwargs)
        assert answer.status_code == 303, (name, re.findall(r'field__error">(.*?)</p>', text(answer)))

    act(carol, "complete")
    cast.on(date(2024, 3, 8))
    meeting = {
        "held_on": "113/3/8",
        "ranking-0-case": cast.case.ref,
        "ranking-0-rank": "1",
        "ranking-0-recommended": "y",
        "ranking-0-amount": "55萬",
        "ranking-0-adjustment": "plan_content",
    }
    made = world.client(carol).post(f"/staff/subsidies/rounds/{cast.round.ref}/meetings/new", meeting)
    assert made.status_code == 303
    place = made.headers["Location"]
    assert world.client(carol).get(place).status_code == 200
    assert world.client(carol).post(f"{place}/conclude").status_code == 303
    assert "Content of the plan" in text(world.client(carol).get(place))
    cast.on(date(2024, 3, 15))
    shown = text(world.client(carol).get(page(cast.case, "acts", "approve")))
    assert "補助計畫有下列情形之一者" in shown
    assert "NT$550,000" in shown
    act(carol, "approve", letter())
    assert mails("letter_approval") == ["Ada", "Alice", "Hugo", "Olga", "Sven"]
    cast.on(date(2024, 4, 10))
    act(alice, "order", {"pcc_number": "PCC-7", "ordered_on": "113/4/10", "value": "680,000"})
    act(alice, "budget", {"state": "supplementary", "with_matching": "y"})
    act(alice, "progress", {"accepted_on": "113/4/10"})
    papers = {f"paper_{p.kind}": pdf(p.upload.name) for p in cast.papers_for(ClaimKind.SAME_YEAR)}
    claim = letter(cost="680,000") | papers
    missing = world.client(alice).post(page(cast.case, "acts", "claim"), letter(cost="680,000"))
    assert missing.status_code == 422
    assert "Receipt (original)" in text(missing)
    act(alice, "claim", claim, content_type="multipart/form-data")
    assert "NT$550,000" in text(world.client(carol).get(page(cast.case, "acts", "check-claim")))
    act(carol, "check-claim")
    act(carol, "pay", letter(on="113/4/10", reference="V-1"))
    assert account_of(cast.fresh()).paid == 550_000
    act(carol, "close")
    shown = text(world.client(alice).get(page(cast.case)))
    assert "Case closed" in shown
    assert "V-1" in shown


def test_a_termination_by_force_majeure_by_its_pages(world):
    cast = make.half_paid(world, cost=680_000)
    alice, carol = world.client(cast.alice), world.client(cast.carol)
    form = {
        "contact_name": "測試",
        "contact_phone": "(07) 1",
        "starts_on": "113/3/1",
        "ends_on": "114/6/30",
        "terminates_on": "113/10/31",
        "reason": "地震",
        "items-0-item": "建置",
        "items-0-budget": "340,000",
        "items-0-executed": "yes",
        "items-0-text": "完成",
        "items-0-percent": "100",
        "items-0-spent": "340,000",
        "items-1-item": "維運",
        "items-1-budget": "340,000",
        "items-1-executed": "no",
        "left_interest": "90",
        "force_majeure": "0403 地震（測試）",
    }
    assert 'name="items-2-item"' in text(
        alice.post(page(cast.case, "termination"), form | {"add-items": "1"})
    )
    bad = alice.post(page(cast.case, "termination"), form | {"items-1-budget": "1"})
    assert bad.status_code == 422
    assert "Make them equal." in text(bad)
    papers = {"paper_approved_plan": pdf(), "paper_force_majeure_proof": pdf()}
    answer = alice.post(page(cast.case, "termination"), form | papers, content_type="multipart/form-data")
    assert answer.status_code == 303
    assert alice.post(page(cast.case, "acts", "ask-signatures")).status_code == 303
    assert mails("sign") == ["Olga"]
    for role in SignOffRole:
        desk = world.client(cast.desks[role])
        data = letter(dated_on="113/10/1") if role is SignOffRole.HEAD else {}
        assert desk.post(page(cast.case, "acts", "sign"), data | {"comment": "可"}).status_code == 303
    shown = text(carol.get(page(cast.case, "acts", "approve-termination")))
    assert 'value="300,000"' in shown
    box = {"right_subsidy": "300,000", "right_interest": "45", "right_other": ""}
    answer = carol.post(
        page(cast.case, "acts", "approve-termination"), letter(dated_on="113/10/1") | box | ADVERSE
    )
    assert answer.status_code == 303
    notice = letter(dated_on="113/10/1", due_on="113/11/1", interest="45") | ADVERSE
    assert carol.post(page(cast.case, "acts", "repayment"), notice).status_code == 303
    back = {"amount": "300,000", "interest": "45", "on": "113/10/1", "reference": "R-1"}
    assert carol.post(page(cast.case, "acts", "return"), back).status_code == 303
    assert carol.post(page(cast.case, "acts", "close")).status_code == 303
    assert cast.fresh().state is CaseState.CLOSED
    for browser in (alice, carol):
        shown = text(browser.get(page(cast.case)))
        assert "Termination of the plan (annex 6)" in shown


def test_a_revocation_after_a_missed_cure_date_by_its_pages(world):
    """R-087, R-089: notice, missed day, decision, repayment, end; each with its letter."""
    cast = make.half_paid(world)

    def act(name, data=None):
        answer = world.client(cast.carol).post(page(cast.case, "acts", name), data or {})
        assert answer.status_code == 303, (name, re.findall(r'field__error">(.*?)</p>', text(answer)))

    decision = {
        "kind": "revocation",
        "cause": "behind_or_poor",
        "stop": "all",
        "claw_back": "part",
        "claw_back_amount": "100,000",
    } | ADVERSE
    early = world.client(cast.carol).post(
        page(cast.case, "acts", "revoke"), letter(dated_on="113/10/1") | decision
    )
    assert early.status_code == 422
    assert "First send a notice" in text(early)
    act("inspect", {"kind": "on_site", "subject": "use", "on": "113/10/1", "finding": "未啟用"})
    act("notify", letter(dated_on="113/10/1", defects="未啟用", due_on="113/10/31"))
    assert "To be mended until" in text(world.client(cast.alice).get(page(cast.case)))
    cast.on(date(2024, 11, 1))
    assert "Not mended in time" in text(world.client(cast.alice).get(page(cast.case)))
    act("revoke", letter(dated_on="113/11/1") | decision)
    account = account_of(cast.fresh())
    assert (account.owed, account.payable) == (100_000, 0)
    act("repayment", letter(dated_on="113/11/1", due_on="113/12/2", interest="30") | ADVERSE)
    act("return", {"amount": "100,000", "interest": "30", "on": "113/11/1", "reference": "R-9"})
    act("close")
    shown = text(world.client(cast.alice, "zh_Hant_TW").get(page(cast.case)))
    for word in ("廢止", "救濟教示", "陳述意見情形", "已結案", "R-9"):
        assert word in shown, word
    assert mails("letter_revocation")
    assert mails("letter_repayment")


def test_a_case_across_years_with_reservation_change_and_termination_by_its_pages(world):
    """R-068 to R-082: the first year's payment, the carry-over, a smaller plan, and its end by force majeure."""
    cast = make.half_paid(world)

    def act(person, name, data=None, **kwargs):
        answer = world.client(person).post(page(cast.case, "acts", name), data or {}, **kwargs)
        assert answer.status_code == 303, (name, re.findall(r'field__error">(.*?)</p>', text(answer)))

    def signed(day):
        act(cast.alice, "ask-signatures")
        for role in SignOffRole:
            data = letter(dated_on=day) if role is SignOffRole.HEAD else {}
            act(cast.desks[role], "sign", data | {"comment": ""})

    cast.on(date(2024, 12, 20))
    act(cast.alice, "reserve", letter(dated_on="113/12/20", amount="300,000", reason="跨年度"))
    cast.on(date(2025, 1, 15))
    word = {"state": "approved", "decided_on": "114/1/15", "amount": ""} | ADVERSE
    act(cast.carol, "yuan", letter(dated_on="114/1/15") | word)
    with make.unit_of_work():
        do.save_change(
            case=queries.case_by_id(cast.case.id),
            facts=cast.change_facts(cost_after=510_000, declared_interest=0),
            papers=[make.paper("changed_plan")],
            by=cast.alice,
            at=world.now,
        )
    signed("114/1/15")
    act(cast.carol, "approve-change", letter(dated_on="114/1/15"))
    account = account_of(cast.fresh())
    assert (account.limit, account.held, account.owed) == (450_000, 300_000, 0)
    cast.on(date(2025, 2, 10))
    with make.unit_of_work():
        do.save_termination(
            case=queries.case_by_id(cast.case.id),
            facts=cast.termination_facts(force_majeure="地震"),
            papers=[make.paper("approved_plan"), make.paper("force_majeure_proof")],
            by=cast.alice,
            at=world.now,
        )
    signed("114/2/10")
    box = {"right_subsidy": "0", "right_interest": "0", "right_other": ""} | ADVERSE
    act(cast.carol, "approve-termination", letter(dated_on="114/2/10") | box)
    account = account_of(cast.fresh())
    assert (cast.case.state, account.payable, account.owed) == (CaseState.TERMINATED, 0, 0)
    act(cast.carol, "close")


def test_a_change_is_filled_by_its_page(world):
    cast = make.running(world)
    alice = world.client(cast.alice)
    form = {
        "contact_name": "測試",
        "contact_phone": "(07) 1",
        "starts_on": "113/3/1",
        "ends_on": "113/11/30",
        "subjects": "減一處",
        "reason": "施工",
        "content": "二改一",
        "benefits": "五百人次",
        "metrics-0-name": "人次",
        "metrics-0-before": "1000",
        "metrics-0-after": "500",
        "differences-0-original": "二",
        "differences-0-changed": "一",
        "differences-0-difference": "減",
        "differences-0-comparison": "相當",
        "cost_after": "34萬",
    }
    answer = alice.post(
        page(cast.case, "change"), form | {"paper_changed_plan": pdf()}, content_type="multipart/form-data"
    )
    assert answer.status_code == 303
    change = cast.fresh().changes[0]
    assert (change.cost_after, change.subsidy_after, change.own_after) == (340_000, 300_000, 40_000)
    again = text(alice.get(page(cast.case, "change")))
    assert "NT$300,000" in again
    assert "changed_plan" not in again


def test_the_right_box_is_not_on_the_agencys_form(world):
    """R-016: the agency's page has no field of the right box, and what is posted there is not taken."""
    cast = make.half_paid(world, cost=680_000)
    shown = text(world.client(cast.alice).get(page(cast.case, "termination")))
    assert "right_subsidy" not in shown


# --- rounds ---


def test_staff_make_rounds_that_say_what_they_are(world):
    world.now = make.BEGIN
    browser = world.client(world.officer())
    form = {
        "scheme": "mature-2019",
        "code": "113-2",
        "title_zh": "示範梯次",
        "year": "113",
        "opens_on": "113/1/1",
        "closes_on": "113/12/31",
        "budget": "5000萬",
    }
    answer = browser.post("/staff/subsidies/rounds/new", form)
    assert answer.status_code == 303
    shown = text(browser.get(answer.headers["Location"]))
    assert "no money is on offer" in shown
    assert browser.post("/staff/subsidies/rounds/new", form).status_code == 422
    assert "示範梯次" in text(browser.get("/staff/subsidies/rounds"))
    assert world.client(world.agency()[1]).get("/staff/subsidies/rounds").status_code == 403


# --- lists and queries ---


def statements(browser, path):
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert browser.get(path).status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


def test_the_list_costs_the_same_with_one_and_three_cases(world):
    cast = make.submitted(world)
    browser = world.client(cast.carol)
    one = statements(browser, "/subsidies")
    for _ in range(2):
        with make.unit_of_work():
            case = do.begin(round_=cast.round, title_zh="又一案", by=cast.alice, at=world.now)
        case.submitted_at = world.now
        db.session.rollback()
    assert statements(browser, "/subsidies") == one
    assert "智慧有聲號誌建置" in text(world.client(cast.alice, "zh_Hant_TW").get("/subsidies?q=有聲"))
    assert "No subsidised case matches" in text(browser.get("/subsidies?state=closed"))


# --- reminders ---


def test_a_deadline_is_reminded_of_once_before_and_once_after(world):
    cast = make.approved(world)
    cast.on(date(2024, 4, 1))
    notices.remind({}, world.now)
    db.session.commit()
    assert mails("due_soon") == []
    cast.on(date(2024, 5, 6))
    for _ in range(2):
        with make.unit_of_work():
            notices.remind({}, world.now)
    assert set(mails("due_soon")) == {"Ada", "Alice", "Hugo", "Olga", "Sven"}
    assert len(mails("due_soon")) == 5
    cast.on(date(2024, 5, 16))
    with make.unit_of_work():
        notices.remind({}, world.now)
    assert len(mails("late")) == 5


def test_papers_are_downloads_of_their_case_alone(world):
    cast = make.submitted(world)
    ref = cast.case.papers[0].ref
    answer = world.client(cast.carol).get(page(cast.case, "papers", ref))
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    answer.close()
    _agency, judy = make.city(world, "TW-TNN", "Judy")
    assert world.client(judy).get(page(cast.case, "papers", ref)).status_code == 404
    assert queries.case_for(cast.alice, cast.case.ref)
