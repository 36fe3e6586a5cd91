"""The calendar with its feed, the forecast, and the papers of a case."""

import io
import re
import zipfile
from datetime import UTC, date, datetime

import pypdf
import pytest

from matchmaker.foundation.db import db, unit_of_work
from matchmaker.foundation.papers import Kind, rendered
from matchmaker.people.models import Membership
from matchmaker.subsidies import dues, ics, papers
from matchmaker.subsidies import operations as do
from matchmaker.subsidies.accounts import Account
from matchmaker.subsidies.facts import ChangeFacts, RightBox
from matchmaker.subsidies.forecast import Row, forecast
from matchmaker.subsidies.papers import words
from matchmaker.subsidies.states import ClaimKind, EntryKind, LetterKind
from tests.factories import subsidies as make

MADE = date(2024, 10, 1)


def text(answer):
    return answer.get_data(as_text=True)


def odt_text(paper):
    """Every text of the paper, in order, as its ODT holds it."""
    with zipfile.ZipFile(io.BytesIO(rendered(paper, Kind.ODT))) as package:
        content = package.read("content.xml").decode()
        styles = package.read("styles.xml").decode()
    content = re.sub(
        r"<text:s text:c=\"(\d+)\"/>", lambda m: " " * int(m[1]), content.replace("<text:s/>", " ")
    )
    plain = re.sub(r"<[^>]+>", "\n", content + styles)
    return plain.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")


def squeezed(value):
    return re.sub(r"\s+", "", value)


# --- deadlines ---


def test_what_falls_due_after_the_approval(world):
    """R-083, Q-15, C5: two months for the purchase, 10 December for the rest, working days left."""
    cast = make.approved(world)
    found = {due.kind: due for due in dues.of_case(cast.case, date(2024, 5, 6))}
    assert found["procure"].on == date(2024, 5, 15)
    assert found["procure"].left == 7
    assert found["cutoff"].on == date(2024, 12, 10)
    assert found["procure"].clause == "11-1(1)"


def test_a_fixed_day_that_is_off_is_acted_before(world):
    """Q-07, C5: 10 December 2022 was a Saturday: the day stays, the last working day before it is told."""
    made = dues._due("cutoff", "x", date(2022, 12, 10), date(2022, 12, 1), "11-1(1)", "agency")
    assert (made.on, made.act_by, made.is_moved) == (date(2022, 12, 10), date(2022, 12, 9), True)
    assert made.left == 6


def test_of_a_year_that_is_not_on_file_weekends_are_known_and_working_days_are_not_counted(world):
    made = dues._due("cutoff", "x", date(2050, 12, 10), date(2050, 12, 1), "11-1(1)", "agency")
    assert (made.act_by, made.left) == (date(2050, 12, 9), None), "the tenth is a Saturday"


def test_the_claim_replaces_the_cutoff_and_the_final_claim_only_reminds(world):
    """R-066, R-069, R-070, Q-03, Q-06."""
    cast = make.running(world)
    found = {due.kind: due for due in dues.of_case(cast.case, date(2024, 5, 20))}
    assert found["claim"].on == date(2024, 6, 17)
    assert "cutoff" not in found


def test_the_final_claim_has_no_day_but_a_reminder(world):
    """Q-06, R-070."""
    cast = make.half_paid(world)
    cast.on(date(2024, 11, 1))
    cast.progress(plan_closed_on=date(2024, 11, 1))
    found = {due.kind: due for due in dues.of_case(cast.case, date(2024, 11, 1))}
    assert found["final"].on == date(2025, 12, 10)
    assert found["reserve"].on == date(2024, 12, 31)


def test_the_calendar_shows_roc_and_western_dates(world):
    cast = make.approved(world)
    shown = text(world.client(cast.alice, "zh_Hant_TW").get("/subsidies/calendar"))
    for word in ("113 年 5 月 15 日", "2024-05-15", "個上班日", "第十一點第一項第一款"):
        assert word in shown
    assert "智慧有聲號誌" in text(world.client(cast.carol, "zh_Hant_TW").get("/subsidies/calendar"))


def test_the_feed_is_behind_a_secret_address_that_can_be_renewed(world):
    cast = make.approved(world)
    browser, stranger = world.client(cast.alice), world.client()
    assert browser.post("/subsidies/calendar/address").status_code == 303
    address = re.search(r"/subsidies/calendar/[^<\s]+\.ics", text(browser.get("/subsidies/calendar")))[0]
    answer = stranger.get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/calendar")
    feed = answer.get_data().decode().replace("\r\n ", "")
    assert "DTSTART;VALUE=DATE:20240515" in feed
    assert "智慧有聲號誌" in feed
    assert stranger.get(address.replace(".ics", "x.ics")).status_code == 404
    browser.post("/subsidies/calendar/address")
    assert stranger.get(address).status_code == 404


def test_the_feed_ends_with_the_membership(world):
    cast = make.approved(world)
    browser = world.client(cast.alice)
    browser.post("/subsidies/calendar/address")
    address = re.search(r"/subsidies/calendar/[^<\s]+\.ics", text(browser.get("/subsidies/calendar")))[0]
    with unit_of_work():
        row = db.session.execute(
            db.select(Membership).where(Membership.user_id == cast.alice.user_id)
        ).scalar_one()
        row.ended_at = world.now
    assert world.client().get(address).status_code == 404


def test_lines_of_the_feed_are_folded_and_escaped():
    entry = ics.Entry("a@b", date(2024, 5, 15), "期限；" * 40, "一, 二; 三\n四\\", "https://x.example/")
    feed = ics.calendar("名稱", [entry], at=datetime(2024, 1, 1, tzinfo=UTC))
    assert all(len(line.encode()) <= 75 for line in feed.split("\r\n"))
    assert "DESCRIPTION:一\\, 二\\; 三\\n四\\\\" in feed
    assert feed.endswith("END:VCALENDAR\r\n")


# --- forecast ---


def test_the_forecast_adds_up_by_government_tier_and_round():
    rows = [
        Row("113", "高雄市", 3, {EntryKind.APPROVED: 600, EntryKind.PAID: 200}),
        Row("113", "臺北市", 1, {EntryKind.APPROVED: 500, EntryKind.REDUCED: 100, EntryKind.PAID: 400}),
        Row("114", "高雄市", 3, {EntryKind.APPROVED: 50, EntryKind.PAID: 50, EntryKind.REFUND_DUE: 20}),
    ]
    made = forecast(rows)
    assert (made.total.committed, made.total.paid, made.total.expected, made.total.owed) == (
        1050,  # without the 100 that are never paid any more, as the round's own page has it
        650,
        400,
        20,
    )
    assert made.governments["高雄市"].committed == 650
    assert made.tiers[1].expected == 0
    assert made.rounds["113"].cases == 2
    assert sum(s.committed for s in made.tiers.values()) == made.total.committed


def test_the_forecast_page_has_pictures_and_tables(world):
    cast = make.half_paid(world)
    shown = text(world.client(cast.carol).get("/staff/subsidies/forecast"))
    assert "<svg" in shown
    for word in ("NT$600,000", "NT$300,000", "Kaohsiung City", "Tier 3"):
        assert word in shown, word
    table = text(world.client(cast.carol).get("/staff/subsidies/forecast.csv"))
    assert "600000" in table
    assert world.client(cast.alice).get("/staff/subsidies/forecast").status_code == 403


# --- papers ---

ANNEX_5 = (
    "【附件五】",
    "計畫變更申請表",
    "申請日期",
    "計畫名稱",
    "受補助機關",
    "縣／市",
    "局／處",
    "聯絡人",
    "聯絡電話",
    "執行期間",
    "全程計畫：",
    "計畫變更項目",
    "申請變更之具體事由說明：",
    "申請變更項目之內容說明：",
    "申請變更後之預期效益（含具體數據）：",
    "補助經費異動說明",
    "(C)=(A)+(B)",
    "變更項目支出費用(C)",
    "補助款(A)",
    "分擔款(B)",
    "原核定計畫",
    "變更後計畫",
    "計畫變更致原核定計畫支出費用增加，仍維持原核定計畫之經費，不另追加補助款。",
    "計畫變更致原核定計畫支出費用減列者，受補助機關應按補助比例於通知期限內繳回已領取之補助款。",
    "受補助機關應檢具之附件",
    "1.計畫核定函(影本)",
    "2.變更後補助計畫書",
    "3.補助計畫變更差異對照表（含原核定計畫項目、變更後項目及差異、優劣比較說明等)",
    "4.不可抗力因素：",
    "有（應敘明不可抗力事由並檢具證明資料）",
    "承辦人",
    "業務主管",
    "主辦會計",
    "機關首長",
)
ANNEX_6 = (
    "【附件六】",
    "計畫終止申請表",
    "申請日期",
    "受補助機關",
    "計畫名稱",
    "聯絡人",
    "聯絡電話",
    "分機",
    "執行期間",
    "自民國",
    "申請終止",
    "起計畫終止",
    "申請計畫終止之具體事由說明：",
    "計畫工作內容執行現況：",
    "新臺幣千元",
    "執行項目",
    "已執行（說明執行現況與比例）",
    "未執行",
    "已動支金額",
    "01.",
    "10.",
    "以下左側框內「原核定金額」由受補助機關填寫，右側雙線框內由經濟部中小企業處填寫",
    "原核定金額",
    "核算應退回金額",
    "補助款",
    "孳息（截至申請日）",
    "其他",
    "合計",
    "1.計畫核定函（影本）",
    "2.原核定補助計畫書",
    "3.不可抗力因素：",
    "（應敘明不可抗力事由並檢具證明資料）",
    "補充說明：",
    "一、因遭遇不可抗力事由(如天災)申請補助計畫終止，經本處廢止補助之核定後，應就終止之計畫工作項目核計未執行部分之受補助經費，於通知期限內繳回該未執行部分已領取之補助款及孳息。",
    "二、非因前述事由申請補助計畫終止，經本處廢止補助之核定後，已領取之補助款須於通知期限內全部繳回。",
    "承辦人",
    "業務主管",
    "主辦會計",
    "機關首長",
)


def changed(world):
    cast = make.running(world)
    facts = cast.change_facts(cost_after=340_000)
    cast.do(do.save_change, facts=facts, papers=[make.paper("changed_plan")], by=cast.alice)
    cast.sign_all()
    return cast


def ended(world):
    cast = make.half_paid(world, cost=680_000)
    facts = cast.termination_facts(force_majeure="地震", left_interest=90)
    proofs = [make.paper("approved_plan"), make.paper("force_majeure_proof")]
    cast.do(do.save_termination, facts=facts, papers=proofs, by=cast.alice)
    cast.sign_all()
    return cast


def test_annex_5_has_every_label_of_the_order_word_for_word(world):
    """Fields 5.1 to 5.17."""
    cast = changed(world)
    shown = squeezed(odt_text(papers.change_form(cast.case, cast.case.changes[0], made_on=MADE)))
    for label in ANNEX_5:
        assert squeezed(label) in shown, label
    for value in (
        "113年5月15日",
        "智慧有聲號誌建置（測試）",
        "高雄市",
        "交通局",
        "測試承辦",
        "(02)1234-5678",
    ):
        assert value in shown
    for value in ("680,000", "600,000", "80,000", "340,000", "300,000", "40,000", "1,000→500", "■無"):
        assert value in shown
    for name in ("Olga", "Sven", "Ada", "Hugo"):
        assert name in shown


def test_annex_5_is_filled_from_the_case_and_its_form(world):
    """5.1 ROC date, 5.2 name of the plan, 5.3 county and bureau apart, 5.4 contact, 5.5 period, 5.6 to 5.8 the words."""
    cast = changed(world)
    row = cast.case.changes[0]
    shown = squeezed(odt_text(papers.change_form(cast.case, row, made_on=MADE)))
    assert "申請日期113年5月15日" in shown
    assert "計畫名稱智慧有聲號誌建置（測試）" in shown
    assert "（縣／市）" in shown
    assert "交通局（局／處）" in shown
    assert "測試承辦" in shown
    assert "(02)1234-5678" in shown
    assert "全程計畫：113年3月1日至113年11月30日" in shown
    for label, words_ in (
        ("計畫變更項目", row.subjects),
        ("申請變更之具體事由說明：", row.reason),
        ("申請變更項目之內容說明：", row.content),
    ):
        assert squeezed(label + words_) in shown
    assert not {"title_zh", "title_en", "bureau"} & set(ChangeFacts.__dataclass_fields__), (
        "read-only on the form"
    )


def test_annex_6_is_filled_from_the_case_and_its_form(world):
    """6.1 ROC date, 6.2 and 6.3 unsplit, 6.4 telephone with extension, 6.5 period, 6.6 end, 6.7 reasons, 6.13 both rules."""
    cast = ended(world)
    row = cast.case.terminations[0]
    shown = squeezed(odt_text(papers.termination_form(cast.case, row, made_on=MADE)))
    assert f"申請日期{words.day(row.applied_on)}" in shown
    assert squeezed(f"受補助機關{cast.agency.name_zh}　交通局") in shown
    assert "計畫名稱智慧有聲號誌建置（測試）" in shown
    assert "(02)1234-5678分機12" in shown
    assert f"自民國{words.span(row.starts_on, row.ends_on)}" in shown
    assert f"自{words.day(row.terminates_on)}起計畫終止" in shown
    assert squeezed("申請計畫終止之具體事由說明：" + row.reason) in shown
    assert shown.index("補充說明：") < shown.index("一、因遭遇不可抗力") < shown.index("二、非因前述事由")


def test_annex_6_has_every_label_and_its_money_in_thousands(world):
    """Fields 6.1 to 6.15: ten rows, thousands with up to three decimals, the right box empty until decided."""
    cast = ended(world)
    row = cast.case.terminations[0]
    shown = squeezed(odt_text(papers.termination_form(cast.case, row, made_on=MADE)))
    for label in ANNEX_6:
        assert squeezed(label) in shown, label
    assert "340" in shown
    assert "■（已完成）100%" in shown
    assert "■有" in shown
    before = papers.termination_form(cast.case, row, made_on=MADE)
    assert "300,000" not in odt_text(before)
    cast.do(
        do.approve_termination,
        box=RightBox(subsidy=300_000, interest=45),
        letter=cast.adverse(),
        by=cast.carol,
    )
    form = papers.termination_form(cast.case, cast.case.terminations[0], made_on=MADE)
    assert len(pypdf.PdfReader(io.BytesIO(rendered(form, Kind.PDF))).pages) == 1, "as in the order"
    after = odt_text(form)
    assert "300,000" in after
    assert "300,045" in after


@pytest.mark.parametrize(
    ("amount", "written"), [(340_000, "340"), (1_234_567, "1,234.567"), (500, "0.5"), (0, "0")]
)
def test_thousands_lose_nothing(amount, written):
    """Field 6.15."""
    assert words.in_thousands(amount) == written


def test_the_right_box_has_a_double_line(world):
    """Field 6.11: in the file, not only in words."""
    cast = ended(world)
    paper = papers.termination_form(cast.case, cast.case.terminations[0], made_on=MADE)
    boxes = next(block for block in paper.blocks if hasattr(block, "boxes"))
    assert [box.double for box in boxes.boxes] == [False, True]
    assert rendered(paper, Kind.PDF).startswith(b"%PDF-")


def test_the_approval_letter_carries_the_clause_number_and_date(world):
    """R-059, R-088: the clause word for word; date and number of the letter."""
    cast = make.approved(world)
    letter = cast.case.letters[-1]
    shown = odt_text(papers.approval_letter(cast.case, letter, office="中小企業處", made_on=MADE))
    for line in letter.clause.splitlines():
        assert line in shown
    for value in (letter.number, "113年3月15日", "600,000", "陸拾萬元整", "80,000", "示範文件"):
        assert value in shown


def test_every_paper_of_a_case_comes_as_pdf_and_odt(world):
    cast = ended(world)
    browser = world.client(cast.alice)
    shown = text(browser.get(f"/subsidies/{cast.case.ref}/documents"))
    names = sorted(set(re.findall(r"/documents/([\w-]+)\.odt", shown)))
    assert len(names) >= 8
    assert any(name.startswith("annex-6-") for name in names)
    for name in names:
        for kind, begins in (("pdf", b"%PDF-"), ("odt", b"PK")):
            answer = browser.get(f"/subsidies/{cast.case.ref}/documents/{name}.{kind}")
            assert answer.status_code == 200
            assert answer.get_data().startswith(begins), (name, kind)
    assert browser.get(f"/subsidies/{cast.case.ref}/documents/nonsense.pdf").status_code == 404
    _agency, judy = make.city(world, "TW-TNN", "Judy")
    assert world.client(judy).get(f"/subsidies/{cast.case.ref}/documents").status_code == 404


def test_our_own_layouts_say_so(world):
    cast = make.paid(world)
    claim = cast.case.claims[0]
    letter = next(each for each in cast.case.letters if each.kind is LetterKind.PAYMENT)
    made = [
        papers.application(cast.case, made_on=MADE),
        papers.claim_sheet(cast.case, claim, made_on=MADE),
        papers.certificate(cast.case, claim, made_on=MADE),
        papers.expenditure(cast.case, claim, made_on=MADE),
        papers.budget_proof(cast.case, made_on=MADE),
        papers.payment_notice(cast.case, claim, letter, office="中小企業處", made_on=MADE),
    ]
    assert all("平臺自訂" in paper.assumed for paper in made)
    assert claim.kind is ClaimKind.SAME_YEAR
    assert Account.of((e.kind, e.amount) for e in cast.case.entries).paid == 600_000
