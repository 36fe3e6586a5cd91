"""The pages of pilots, as their readers meet them."""

import csv
import io
from datetime import date

import pytest
from sqlalchemy import event

from matchmaker.foundation.db import db, unit_of_work
from matchmaker.foundation.sheets.writing import csv_text, defused
from matchmaker.people.states import Role
from matchmaker.pilots import operations
from matchmaker.pilots.states import MilestoneState, NeedMet, PilotState
from tests.factories import pilots as make
from tests.world import NOW


def page(pilot, *rest):
    return "/".join((f"/pilots/{pilot.ref}", *rest))


def text(answer):
    return answer.get_data(as_text=True)


def statements(browser, path):
    """How many statements a page sends to the database."""
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert browser.get(path).status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


@pytest.fixture
def outsiders(world):
    """People who may sign in but have no part in the pilot."""
    return [world.agency("Judy")[1], world.startup("Ivan")[1], world.partner()[1], world.juror()]


# --- who sees what ---


def test_the_page_is_its_parties_and_staffs(world, outsiders):
    cast = make.running(world)
    milestone = page(cast.pilot, "milestones", cast.pilot.milestones[0].ref)
    for who in (cast.alice, cast.bob, cast.carol, cast.teammate(cast.agency)):
        browser = world.client(who)
        assert browser.get(page(cast.pilot)).status_code == 200
        assert browser.get(milestone).status_code == 200
    for who in outsiders:
        browser = world.client(who)
        for path in (page(cast.pilot), milestone):
            assert browser.get(path).status_code in (403, 404)
    for path in ("/pilots", page(cast.pilot), milestone):
        answer = world.client().get(path)
        assert answer.status_code == 303 or "/sign-in" in answer.headers["Location"]


@pytest.mark.parametrize("rest", ["plan", "plan/measures", "plan/milestones", "results"])
def test_other_agencies_and_startups_find_nothing(world, rest):
    cast = make.planned(world)
    for who in (world.agency("Judy")[1], world.startup("Ivan")[1]):
        browser = world.client(who)
        assert browser.get(page(cast.pilot, rest)).status_code == 404
        assert browser.post(page(cast.pilot, rest), {"title_zh": "x"}).status_code == 404
        assert browser.post(page(cast.pilot, "agree")).status_code == 404
    assert cast.fresh().title_zh == "毫米波夜間照護"


def test_one_pilots_milestone_is_not_found_under_another(world):
    mine, other = make.running(world), None
    other = make.prepared(world)
    ref = other.pilot.milestones[0].ref
    assert world.client(mine.alice).get(page(mine.pilot, "milestones", ref)).status_code == 404


def test_a_form_without_its_token_is_refused(world):
    cast = make.planned(world)
    answer = world.client(cast.alice).post(page(cast.pilot, "agree"), csrf=False)
    assert answer.status_code == 400
    assert cast.fresh().agency_agreed_at is None


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Milestones", "Grant and payments", "31 May 2026")),
        ("zh_Hant_TW", ("里程碑", "115 年 5 月 31 日")),
    ],
)
def test_the_page_speaks_both_languages(world, language, words):
    cast = make.running(world)
    shown = text(world.client(cast.bob, language).get(page(cast.pilot)))
    assert all(word in shown for word in words)


# --- the plan ---


def plan_of(pilot, **changes):
    return {
        "purpose": "product_trial",
        "title_zh": pilot.title_zh,
        "title_en": "",
        "site": pilot.site,
        "starts_on": "115/5/1",
        "ends_on": "2026-10-31",
        "agency_duties": pilot.agency_duties,
        "startup_duties": pilot.startup_duties,
        "expected_version": str(pilot.version),
    } | changes


def test_a_side_writes_the_frame_of_the_plan(world):
    cast = make.prepared(world)
    browser = world.client(cast.bob)
    assert browser.get(page(cast.pilot, "plan")).status_code == 200
    answer = browser.post(page(cast.pilot, "plan"), plan_of(cast.pilot, site="三處社區"))
    assert (answer.status_code, answer.headers["Location"]) == (303, page(cast.pilot, "plan/measures"))
    assert cast.fresh().site == "三處社區"
    again = plan_of(cast.pilot, leave="1")
    assert browser.post(page(cast.pilot, "plan"), again).headers["Location"] == page(cast.pilot)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"title_zh": ""}, "Enter a title in Chinese."),
        ({"purpose": "fun"}, "Choose one of the options."),
        ({"purpose": ""}, "Choose what the pilot is for."),
        ({"ends_on": "2026-04-30"}, "The last day must come after the first day."),
        ({"ends_on": "2026-02-30"}, "This day does not exist in the calendar."),
        ({"title_zh": "長" * 121}, "Use at most 120 characters."),
    ],
)
def test_a_plan_that_cannot_be_is_shown_again_with_what_was_typed(world, changes, expected):
    cast = make.prepared(world)
    answer = world.client(cast.alice).post(
        page(cast.pilot, "plan"), plan_of(cast.pilot, site="打了很久的場域說明", **changes)
    )
    assert answer.status_code == 422
    assert expected in text(answer)
    assert "打了很久的場域說明" in text(answer)
    assert cast.fresh().site != "打了很久的場域說明"


def test_an_edit_of_another_version_is_shown_beside_the_saved_one(world):
    cast = make.planned(world)
    old = plan_of(cast.pilot, site="我的場域")
    with unit_of_work():
        facts = make.plan(cast.pilot, site="對方的場域")
        operations.save_plan(pilot=cast.pilot, facts=facts, by=cast.alice, at=world.later(minutes=1))
    answer = world.client(cast.bob).post(page(cast.pilot, "plan"), old)
    assert answer.status_code == 409
    assert all(words in text(answer) for words in ("Alice", "我的場域", "對方的場域"))


def test_an_unusual_length_is_warned_of_and_taken(world):
    cast = make.prepared(world)
    browser = world.client(cast.alice)
    assert "shorter than five" not in text(browser.get(page(cast.pilot)))
    browser.post(page(cast.pilot, "plan"), plan_of(cast.pilot, ends_on="2026-06-30"))
    assert cast.fresh().ends_on == date(2026, 6, 30)
    assert "shorter than five" in text(browser.get(page(cast.pilot)))


def rows_of(name, *rows, **rest):
    fields = {f"{name}-{n}-{key}": value for n, row in enumerate(rows) for key, value in row.items()}
    return fields | rest


FALLS = {
    "name": "跌倒通報",
    "unit": "分鐘",
    "baseline_milli": "30",
    "target_milli": "４.５",
    "direction": "lower",
}
LIKED = {"name": "接受度", "unit": "%", "baseline_milli": "", "target_milli": "80", "direction": "higher"}


def test_measures_are_rows_that_grow_and_shrink_without_script(world):
    cast = make.prepared(world)
    browser, path = world.client(cast.bob), page(cast.pilot, "plan/measures")
    grown = browser.post(path, rows_of("measures", FALLS, **{"add-measures": "1"}))
    assert grown.status_code == 200
    assert 'name="measures-1-name"' in text(grown)
    assert 'value="跌倒通報"' in text(grown)
    shrunk = browser.post(path, rows_of("measures", FALLS, LIKED, **{"remove-measures-0": "1"}))
    assert 'value="接受度"' in text(shrunk)
    assert "跌倒通報" not in text(shrunk)
    assert cast.fresh().measures == []
    answer = browser.post(path, rows_of("measures", FALLS, LIKED, expected_version=str(cast.pilot.version)))
    assert answer.status_code == 303
    saved = cast.fresh().measures
    assert [(m.target_milli, m.lower_is_better) for m in saved] == [(4500, True), (80_000, False)]


def test_figures_that_cannot_be_read_stay_in_their_rows(world):
    cast = make.prepared(world)
    typed = FALLS | {"target_milli": "4.0005"}
    answer = world.client(cast.bob).post(page(cast.pilot, "plan/measures"), rows_of("measures", typed))
    assert answer.status_code == 422
    assert "at most three decimals" in text(answer)
    assert 'value="4.0005"' in text(answer)


def test_milestones_are_sorted_and_never_promise_more_than_the_grant(world):
    cast = make.prepared(world)
    browser, path = world.client(cast.alice), page(cast.pilot, "plan/milestones")
    late = {"title": "期末", "deliverable": "", "due_on": "115/10/31", "payment": "50 萬"}
    soon = {"title": "期初", "deliverable": "清冊", "due_on": "2026-06-01", "payment": "500,001"}
    assert browser.post(path, rows_of("milestones", late, soon)).status_code == 303
    assert [(m.title, m.payment) for m in cast.fresh().milestones] == [("期初", 500_001), ("期末", 500_000)]
    answer = browser.post(path, rows_of("milestones", late | {"payment": "500,001"}, soon))
    assert answer.status_code == 422
    assert "more than the grant of NT$1,000,001" in text(answer)


def test_what_the_plan_lacks_is_said_on_the_page_and_by_the_button(world):
    cast = make.prepared(world)
    shown = text(world.client(cast.alice).get(page(cast.pilot)))
    assert "Add at least one measure of success." in shown
    answer = world.client(cast.alice).post(page(cast.pilot, "agree"))
    assert answer.status_code == 409
    assert "Add at least one measure of success." in text(answer)


def test_both_agree_and_the_agency_starts(world):
    cast = make.planned(world)
    for who in (cast.alice, cast.bob):
        version = str(cast.fresh().version)
        answer = world.client(who).post(page(cast.pilot, "agree"), {"expected_version": version})
        assert answer.status_code == 303
    early = world.client(cast.alice).post(page(cast.pilot, "start"))
    assert early.status_code == 409
    assert "1 May 2026" in text(early)
    cast.on(make.STARTS_ON)
    assert world.client(cast.bob).post(page(cast.pilot, "start")).status_code == 403
    assert world.client(cast.alice).post(page(cast.pilot, "start")).status_code == 303
    assert cast.fresh().state is PilotState.RUNNING
    frozen = world.client(cast.bob).post(page(cast.pilot, "plan"), plan_of(cast.pilot, site="別處"))
    assert frozen.status_code == 409
    assert "別處" in text(frozen)


def test_agreeing_to_an_older_version_is_refused(world):
    cast = make.planned(world)
    answer = world.client(cast.alice).post(page(cast.pilot, "agree"), {"expected_version": "1"})
    assert answer.status_code == 409
    assert cast.fresh().agency_agreed_at is None


# --- steps with a reason ---


@pytest.mark.parametrize(
    ("step", "who", "state"),
    [("suspend", "alice", "suspended"), ("suspend", "carol", "suspended"), ("end", "carol", "ended_early")],
)
def test_a_step_needs_its_reason(world, step, who, state):
    cast = make.running(world)
    browser, path = world.client(getattr(cast, who)), page(cast.pilot, "steps", step)
    assert browser.get(path).status_code == 200
    assert browser.post(path, {"reason": " "}).status_code == 422
    assert browser.post(path, {"reason": "颱風"}).status_code == 303
    assert cast.fresh().state == state
    assert "颱風" in text(world.client(cast.bob).get(page(cast.pilot)))


def test_steps_are_refused_to_others_and_unknown_ones_not_found(world):
    cast = make.running(world)
    assert world.client(cast.alice).post(page(cast.pilot, "steps/end"), {"reason": "x"}).status_code == 409
    assert world.client(cast.bob).post(page(cast.pilot, "steps/suspend"), {"reason": "x"}).status_code == 403
    assert world.client(cast.alice).get(page(cast.pilot, "steps/dance")).status_code == 404
    assert (
        world.client(cast.alice).post(page(cast.pilot, "steps/ask-end"), {"reason": "x"}).status_code == 303
    )
    assert world.client(cast.carol).post(page(cast.pilot, "steps/end"), {"reason": "x"}).status_code == 303


# --- milestones ---


def test_a_milestone_from_hand_in_to_payment(world):
    cast = make.running(world)
    path = page(cast.pilot, "milestones", cast.milestone(1).ref)
    bob, alice, carol = world.client(cast.bob), world.client(cast.alice), world.client(cast.carol)
    assert "Hand in the milestone" in text(bob.get(path))
    files = [(io.BytesIO(b"a,b\n1,2\n"), "數據.csv"), (io.BytesIO("報告".encode()), "報告.txt")]
    answer = bob.post(
        f"{path}/hand-in",
        {"evidence": "已上線", "uploads": files},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 303
    milestone = cast.milestone(1)
    assert [paper.file.name for paper in milestone.papers] == ["數據.csv", "報告.txt"]
    file = f"{path}/files/{milestone.papers[0].ref}"
    got = alice.get(file)
    assert got.data == b"a,b\n1,2\n"
    assert got.headers["Content-Disposition"].startswith("attachment")
    got.close()
    assert world.client(world.agency("Judy")[1]).get(file).status_code == 404

    missing = alice.post(f"{path}/decision", {"decision": "return", "note": ""})
    assert missing.status_code == 422
    assert alice.post(f"{path}/decision", {"decision": "return", "note": "缺照片"}).status_code == 303
    shown = text(bob.get(path))
    assert "缺照片" in shown
    assert "已上線" in shown
    assert bob.post(f"{path}/hand-in", {"evidence": "補上照片"}).status_code == 303
    assert carol.post(f"{path}/payment", payment()).status_code == 409
    assert alice.post(f"{path}/decision", {"decision": "accept"}).status_code == 303
    wrong = carol.post(f"{path}/payment", payment(amount="333,334"))
    assert wrong.status_code == 422
    assert "NT$333,333 exactly" in text(wrong)
    assert 'value="333,334"' in text(wrong)
    assert carol.post(f"{path}/payment", payment()).status_code == 303
    again = carol.post(f"{path}/payment", payment())
    assert again.status_code == 409
    assert "付字第 9 號" in text(bob.get(path))


def payment(**changes):
    return {"amount": "333,333", "paid_on": "115/5/1", "reference": "付字第 9 號"} | changes


def test_nothing_handed_in_and_a_wrong_file_are_told_at_their_fields(world):
    cast = make.running(world)
    path = page(cast.pilot, "milestones", cast.milestone(1).ref, "hand-in")
    browser = world.client(cast.bob)
    answer = browser.post(path, {"evidence": ""})
    assert answer.status_code == 422
    assert "Describe what was done" in text(answer)
    answer = browser.post(
        path,
        {"evidence": "寫了很久", "uploads": [(io.BytesIO(b"MZ"), "工具.exe")]},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 422
    assert "工具.exe" in text(answer)
    assert "寫了很久" in text(answer)
    assert cast.milestone(1).state is MilestoneState.PLANNED


def test_a_decision_on_something_else_than_was_read_is_stale(world):
    cast = make.running(world)
    read = cast.milestone(1).version
    cast.hand_in(1)
    path = page(cast.pilot, "milestones", cast.milestone(1).ref, "decision")
    answer = world.client(cast.alice).post(path, {"decision": "accept", "expected_version": str(read)})
    assert answer.status_code == 409
    assert cast.milestone(1).state is MilestoneState.SUBMITTED


@pytest.mark.parametrize(("day", "late"), [(date(2026, 5, 31), False), (date(2026, 6, 1), True)])
def test_page_list_milestone_and_export_agree_on_late(world, day, late):
    cast = make.running(world)
    milestone = cast.milestone(1)
    cast.on(day, hour=0)
    bob, carol = world.client(cast.bob), world.client(cast.carol)
    assert ("1 milestone is late" in text(bob.get(page(cast.pilot)))) is late
    assert ("1 milestone late" in text(bob.get("/pilots"))) is late
    assert (cast.pilot.ref in text(bob.get("/pilots?late=1"))) is late
    assert ("The due day has passed" in text(bob.get(page(cast.pilot, "milestones", milestone.ref)))) is late
    rows = list(csv.reader(io.StringIO(text(carol.get("/staff/pilots/milestones.csv")).lstrip("\ufeff"))))
    states = [row[8] for row in rows[1:]]
    assert states == (["Late", "Planned", "Planned"] if late else ["Planned"] * 3)


# --- results, assessment, what follows ---


def test_results_and_assessment(world):
    cast = make.running(world)
    cast.on(date(2026, 10, 20))
    for position in (1, 2, 3):
        cast.accept(position)
    alice = world.client(cast.alice)
    first, second = cast.fresh().measures
    early = alice.post(page(cast.pilot, "assessment"), word())
    assert early.status_code == 409
    assert "Enter what was measured" in text(early)
    bad = alice.post(
        page(cast.pilot, "results"), {f"actual-{first.ref}": "很多", f"actual-{second.ref}": "81"}
    )
    assert bad.status_code == 422
    assert 'value="很多"' in text(bad)
    good = {f"actual-{first.ref}": "4.25", f"actual-{second.ref}": "８１"}
    assert alice.post(page(cast.pilot, "results"), good).status_code == 303
    assert [m.actual_milli for m in cast.fresh().measures] == [4250, 81_000]
    missing = alice.post(page(cast.pilot, "assessment"), word(need_met="", summary_zh=""))
    assert missing.status_code == 422
    assert "Choose how far the need is met." in text(missing)
    assert "Write the summary in Chinese." in text(missing)
    assert world.client(cast.bob).get(page(cast.pilot, "assessment")).status_code == 403
    assert alice.post(page(cast.pilot, "assessment"), word()).status_code == 303
    assert cast.fresh().assessment.graduates
    shown = text(alice.get(page(cast.pilot)))
    assert "On to the catalog" in shown
    assert "Draft a follow-up challenge" not in shown


def word(**changes):
    return {"need_met": "fully", "production_ready": "yes", "summary_zh": "均達標", "lessons": ""} | changes


def test_a_pilot_that_does_not_graduate_offers_a_follow_up_once(world):
    cast = make.assessed(world, need_met=NeedMet.NOT, production_ready=False)
    alice = world.client(cast.alice)
    assert "Draft a follow-up challenge" in text(alice.get(page(cast.pilot)))
    assert "Draft a follow-up challenge" not in text(world.client(cast.bob).get(page(cast.pilot)))
    assert alice.post(page(cast.pilot, "follow-up")).status_code == 303
    assert "A follow-up challenge exists already." in text(alice.get(page(cast.pilot)))
    assert alice.post(page(cast.pilot, "follow-up")).status_code == 409


def test_staff_conclude_the_challenge(world):
    cast = make.assessed(world)
    carol = world.client(cast.carol)
    assert "Conclude the challenge" in text(carol.get(page(cast.pilot)))
    assert world.client(cast.alice).post(page(cast.pilot, "conclude-challenge")).status_code == 403
    assert carol.post(page(cast.pilot, "conclude-challenge")).status_code == 303
    assert cast.fresh().challenge.state == "concluded"


# --- public ---


def test_a_case_is_public_from_the_start_on(world):
    cast = make.agreed(world)
    anybody = world.client()
    assert anybody.get(f"/cases/{cast.pilot.ref}").status_code == 404
    assert cast.pilot.title_en not in text(anybody.get("/cases"))
    cast.on(make.STARTS_ON)
    with unit_of_work():
        operations.start(pilot=cast.fresh(), by=cast.alice, at=world.now)
    assert anybody.get(f"/cases/{cast.pilot.ref}").status_code == 200
    assert cast.pilot.title_en in text(anybody.get("/cases"))


def test_a_case_shows_no_contact_no_payment_and_no_evidence(world):
    cast = make.running(world)
    cast.hand_in(1, "內部佐證說明")
    with unit_of_work():
        operations.return_milestone(
            milestone=cast.milestone(1), note="內部退回說明", by=cast.alice, at=world.now
        )
    cast.accept(2)
    cast.pay(2, reference="機密傳票")
    cast.measure(12_340, None)
    secrets = ("secret.contact", "王承辦", "02-1234", "333,333", "機密傳票", "內部佐證", "內部退回", "12.34")
    for language in ("en", "zh_Hant_TW"):
        shown = text(world.client(language=language).get(f"/cases/{cast.pilot.ref}"))
        assert "1,000,001" in shown
        assert [secret for secret in secrets if secret in shown] == []
        assert [name for name in ("Alice", "Bob", "Carol") if name in shown] == []


def test_an_assessed_case_shows_outcome_results_and_the_trail(world):
    cast = make.assessed(world)
    shown = text(world.client().get(f"/cases/{cast.pilot.ref}"))
    assert all(words in shown for words in ("Fully met", "4.25", "Care for the elderly without wearables"))
    chinese = text(world.client(language="zh_Hant_TW").get(f"/cases/{cast.pilot.ref}"))
    assert all(words in chinese for words in ("完全滿足", "兩處場域均達標", "非穿戴式老人照護方案"))


def test_cases_are_found_by_state_outcome_domain_and_words(world):
    done = make.assessed(world, need_met=NeedMet.PARTLY)
    world.now = NOW
    going = make.running(world, supplier=world.startup("Ivan"), title="望海巷水質監測")
    anybody = world.client(language="zh_Hant_TW")

    def found(query):
        shown = text(anybody.get(f"/cases?{query}"))
        return [pilot.ref in shown for pilot in (done.pilot, going.pilot)]

    assert found("") == [True, True]
    assert found("state=assessed") == [True, False]
    assert found("state=preparing") == [True, True]
    assert found("outcome=partly") == [True, False]
    assert found("outcome=not") == [False, False]
    assert found("domain=care") == [True, True]
    assert found("domain=safety") == [False, False]
    assert found("q=望海巷") == [False, True]
    assert found("q=%25") == [True, True]
    assert found("page=99") == [False, False]


# --- lists, panels, export ---


def test_lists_cost_the_same_with_one_row_and_with_three(world):
    cast = make.running(world)
    paths = (("/pilots", cast.alice), ("/pilots", cast.carol), ("/cases", None))
    browsers = [(path, world.client(who)) for path, who in paths]
    once = [statements(browser, path) for path, browser in browsers]
    for name in ("Ivan", "Oscar"):
        world.now = NOW
        other = make.prepared(world, cast=cast, supplier=world.startup(name))
        with unit_of_work():
            db.session.get(type(other.pilot), other.pilot.id).started_at = world.now
    assert [statements(browser, path) for path, browser in browsers] == once


def test_the_list_is_filtered_by_state_and_words(world):
    cast = make.running(world)
    other = make.prepared(world)
    carol = world.client(cast.carol, "zh_Hant_TW")

    def found(query):
        shown = text(carol.get(f"/pilots?{query}"))
        return [pilot.ref in shown for pilot in (cast.pilot, other.pilot)]

    assert found("") == [True, True]
    assert found("state=running") == [True, False]
    assert found("state=nonsense") == [True, True]
    assert found(f"q={cast.pilot.challenge.code}") == [True, False]
    assert found("q=沒有這種東西") == [False, False]


def test_the_challenge_page_shows_its_pilots(world):
    cast = make.running(world)
    hidden = make.prepared(world, cast=cast)
    challenge = cast.fresh().challenge
    shown = text(world.client().get(f"/challenges/{challenge.ref}"))
    assert f"/cases/{cast.pilot.ref}" in shown
    assert hidden.pilot.ref not in shown


def test_the_front_page_tells_what_waits(world):
    cast = make.running(world)
    cast.on(date(2026, 6, 2))
    assert "Hand in the milestone: 完成安裝" in text(world.client(cast.bob).get("/"))
    cast.hand_in(1)
    assert "Accept or return the milestone: 完成安裝" in text(world.client(cast.alice).get("/"))
    assert "Record the payment" not in text(world.client(cast.carol).get("/"))
    with unit_of_work():
        operations.accept_milestone(milestone=cast.milestone(1), by=cast.alice, at=world.now)
    assert "Record the payment: 完成安裝" in text(world.client(cast.carol).get("/"))
    reader = cast.teammate(cast.startup, Role.READER)
    assert "Hand in the milestone" not in text(world.client(reader).get("/"))


def test_the_export_is_staffs_and_runs_no_formula(world):
    cast = make.prepared(
        world, title='=HYPERLINK("http://evil")', milestones=(make.PlannedMilestone("@SUM(A1)", "", 1),)
    )
    for who in (cast.alice, cast.bob, world.juror()):
        assert world.client(who).get("/staff/pilots/milestones.csv").status_code == 403
    answer = world.client(cast.carol, "zh_Hant_TW").get("/staff/pilots/milestones.csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    header, row = list(csv.reader(io.StringIO(text(answer).lstrip("\ufeff"))))
    assert header[6] == "里程碑"
    assert row[2] == '\'=HYPERLINK("http://evil")'
    assert row[6] == "'@SUM(A1)"
    assert row[7:11] == ["2026-05-31", "規劃中", "1000001", ""]


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+886", "'+886"),
        ("-5", "'-5"),
        ("@A1", "'@A1"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\0=1", "'=1"),
        ("＝1", "'＝1"),
        ("a\0b", "ab"),
        ("平安 = 福", "平安 = 福"),
        ("", ""),
    ],
)
def test_cells_are_defused(typed, written):
    assert defused(typed) == written


def test_numbers_stay_numbers_and_quotes_are_doubled():
    assert csv_text(["a", "=b"], [[-5, 'x"y'], [None, True]]) == 'a,\'=b\r\n-5,"x""y"\r\n,1\r\n'
