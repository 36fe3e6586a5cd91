"""The main job of the platform, walked in a real browser by its people.

An agency posts a challenge, staff publish it, the matcher suggests startups, startups answer under seal, two
officers open, staff screen, a panel declares and scores, a director releases, a pilot runs through its
milestones, the agency assesses it, and it graduates into the catalog; a second pilot that falls short leads to a
follow-up challenge. Every ``yield`` names a page worth looking at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from playwright.sync_api import Browser, Locator, Page

from matchmaker.foundation import clock
from matchmaker.kernel.dates import local_day
from matchmaker.people.states import AgencyKind
from tests.browser.live import Live
from tests.factories.profiles import DRONE, MAT, RADAR, say
from tests.world import PASSWORD, World

Seen = tuple[str, Page]

STATEMENT = {
    "title": "非穿戴式的獨居長者跌倒偵測",
    "summary": "在不配戴裝置、不拍攝影像的前提下，及早發現獨居長者跌倒並通知社工。",
    "problem": "轄內獨居長者跌倒後平均三小時才被發現，延誤送醫。",
    "affected": "轄內約四千三百位獨居長者，以及負責訪視的社工與志工。",
    "current_handling": "志工每週電話問安兩次，並提供需自行按壓的緊急求救鈕。",
    "solution_gap": "市售穿戴裝置長者不願配戴，攝影機又有被監視的感受。",
    "outcome": "跌倒後十分鐘內通知社工，且不改變長者的生活習慣。",
    "success_measures": "偵測率達九成以上，每戶每月誤報三次以下。",
    "site": "社會住宅兩處，共六十戶。",
    "support": "提供場域、網路與社工窗口，並協助取得住戶同意。",
    "data_available": "去識別化的訪視紀錄。",
    "limits": "不得使用可辨識身分的影像。",
}
ENGLISH = {
    "title": "Noticing falls of older people without wearables",
    "summary": "Notice falls of older people living alone early, without a wearable or a camera, and tell social workers.",
    "problem": "After a fall it takes three hours on average until somebody notices.",
    "affected": "About 4,300 older people who live alone, and those who visit them.",
    "current_handling": "Volunteers call twice a week; there is a button to press in an emergency.",
    "solution_gap": "Wearables are not worn, and cameras make people feel watched.",
    "outcome": "Social workers know within ten minutes, and nobody has to change how they live.",
    "success_measures": "Nine falls of ten are noticed, at most three false alarms a month and home.",
    "site": "Two social housing sites with sixty homes.",
    "support": "Site, network, a social worker as contact, help with consent.",
    "data_available": "Visit records without names.",
    "limits": "No pictures that identify a person.",
}


@dataclass
class Person:
    """Somebody at a browser of their own."""

    name: str
    email: str
    page: Page
    live: Live

    def go(self, path: str) -> Page:
        """Open a page; sign in again on the way when the sign-in has run out."""
        address = path if path.startswith("http") else self.live.address + path
        answer = self.page.goto(address)
        if "/sign-in" in self.page.url and "/sign-in" not in path:
            self.sign_in()
            answer = self.page.goto(address)
        assert answer is not None
        assert answer.status < 400, f"{self.name} at {address}: {answer.status}"
        return self.page

    def sign_in(self) -> None:
        """Through the page, with address and password; nothing to do for who is signed in still."""
        self.page.goto(self.live.address + "/sign-in")
        if "/sign-in" not in self.page.url:
            return
        self.fill(email=self.email, password=PASSWORD)
        self.send()

    def fill(self, **fields: str) -> None:
        """Type into fields by name; choose in selects, tick boxes, pick among radios."""
        for name, value in fields.items():
            self.put(name, value)

    def put(self, name: str, value: str | bool) -> None:
        control = self.page.locator(f'[name="{name}"]:visible').first
        kind = control.evaluate("e => e.tagName === 'SELECT' ? 'select' : e.type")
        if kind == "select":
            control.select_option(value)
        elif kind == "checkbox" and isinstance(value, bool):
            self.tick(control, wanted=value)
        elif kind in ("radio", "checkbox"):
            self.tick(self.page.locator(f'[name="{name}"][value="{value}"]'))
        else:
            control.fill(str(value))

    def tick(self, box: Locator, *, wanted: bool = True) -> None:
        """Tick a box or choose a radio by keyboard; a page that moves below the mouse cannot mislead it."""
        box.focus()
        if box.is_checked() != wanted:
            box.press("Space")
        assert box.is_checked() == wanted, f"{self.name} at {self.page.url}: {box}"

    def send(self, action: str | None = None, *, button: str | None = None) -> Page:
        """Press the main button of the form that goes to this address (its ending), and of its confirmation."""
        which = f'main form[action$="{action}"]' if action else 'main form[method="post"]:not(.act)'
        form = self.page.locator(which).last
        control = form.locator(button or "button:not([formnovalidate])").last
        if form.get_attribute("data-confirm"):
            control.click()
            control = self.page.locator("dialog[open] button[value=confirm]")
        with self.page.expect_navigation() as arrival:
            control.click()
        assert arrival.value.status < 500, f"{self.name} at {self.page.url}: {arrival.value.status}"
        problems = self.page.locator(".summary, .errors").all_inner_texts()
        assert not problems, f"{self.name} at {self.page.url}: {problems}"
        return self.page

    def ref(self) -> str:
        """The last part but maybe a few of the present address that is a reference."""
        parts = self.page.url.split("?")[0].split("#")[0].split("/")
        return next(part for part in reversed(parts) if len(part) == 10 and part.isalnum())


@dataclass
class Walk:
    """The cast and the steps."""

    live: Live
    browser: Browser
    language: str = "zh_Hant_TW"
    size: tuple[int, int] = (1280, 900)
    people: dict[str, Person] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)
    signed_in: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Make the accounts; everything after happens in the browser."""
        with self.live.app.app_context():
            world = World(self.live.app)
            world.now = clock.now()
            county = "TW-TPE"
            _agency, alice = world.agency(
                "Alice",
                name="臺北市政府社會局（測試）",
                agency_kind=AgencyKind.LOCAL,
                county_id=_county(county),
            )
            radar, bob = world.startup("Bob", name="測試・靜感照護股份有限公司")
            _other, ivan = world.startup("Ivan", name="測試・安居感測股份有限公司")
            _drone, mallory = world.startup("Mallory", name="測試・田間飛行股份有限公司")
            say(world, bob, RADAR)
            say(world, ivan, MAT)
            say(world, mallory, DRONE)
            cast = {
                "agency": alice,
                "startup": bob,
                "rival": ivan,
                "officer": world.officer("Carol"),
                "second officer": world.officer("Chris"),
                "director": world.director("Dora"),
            }
            for number, name in enumerate(("Erin", "Frank", "Grace", "Heidi", "Olivia")):
                cast[f"juror {number}"] = world.juror(name, expert=number < 2)
            self.refs["radar"] = radar.ref
            emails = {role: _email(actor.user_id) for role, actor in cast.items()}
        self.live.work()
        for role, actor in cast.items():
            self._arrive(role, actor.name, emails[role])

    def _arrive(self, role: str, name: str, email: str) -> None:
        width, height = self.size
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            locale="zh-TW" if self.language.startswith("zh") else "en-GB",
            timezone_id="Asia/Taipei",
        )
        person = Person(name, email, context.new_page(), self.live)
        person.page.set_default_timeout(30_000)
        person.page.on("pageerror", lambda error: _fail(f"{name}: {error}"))
        self.people[role] = person

    def sign_in(self, role: str) -> Person:
        """Sign in through the page, the first time that the person acts."""
        person = self.people[role]
        if role not in self.signed_in:
            self.signed_in.add(role)
            person.go(f"/about?lang={self.language}")
            person.sign_in()
        return person

    def wait(self, **delta) -> None:
        """Let time pass; sign-ins run out meanwhile."""
        self.live.pass_time(**delta)
        self.live.work()
        self.signed_in.clear()

    # --- the steps ---

    def steps(self) -> Iterator[Seen]:
        """The whole walk, in order."""
        yield from self.post_challenge()
        yield from self.publish()
        yield from self.suggestions()
        yield from self.propose()
        yield from self.open_and_screen()
        yield from self.judge()
        yield from self.decide()
        yield from self.pilot()
        yield from self.graduate()
        yield from self.look_around()
        yield from self.follow_up()

    def post_challenge(self) -> Iterator[Seen]:
        """The agency writes down its need and hands it in."""
        front = self.people["agency"].go(f"/?lang={self.language}")
        yield "front page of a visitor", front
        alice = self.sign_in("agency")
        yield "front page of an agency", alice.go("/")
        yield "own challenges, none yet", alice.go("/agency/challenges")
        alice.go("/agency/challenges/new")
        yield "new need", alice.page
        alice.fill(language="zh", title=STATEMENT["title"], problem=STATEMENT["problem"])
        alice.send()
        ref = self.refs["challenge"] = alice.ref()
        alice.go(f"/agency/challenges/{ref}/statement/zh")
        alice.fill(**STATEMENT)
        yield "statement in Chinese", alice.page
        alice.send()
        alice.go(f"/agency/challenges/{ref}/statement/en")
        alice.fill(**ENGLISH)
        alice.send()
        alice.go(f"/agency/challenges/{ref}/terms")
        alice.fill(
            domain="care",
            budget="180萬",
            grant_ceiling="1,000,000",
            most_awards="2",
            pilot_months="6",
            opens_at=day(1),
            closes_at=day(36),
            contact_name="王小明（測試）",
            contact_email="contact@example.org",
        )
        yield "terms", alice.page
        alice.send()
        alice.go(f"/agency/challenges/{ref}/criteria")
        yield "criteria", alice.page
        alice.send()
        yield "papers", alice.go(f"/agency/challenges/{ref}/papers")
        yield "need ready to hand in", alice.go(f"/agency/challenges/{ref}")
        yield "preview of the need", alice.go(f"/agency/challenges/{ref}/preview")
        alice.go(f"/agency/challenges/{ref}")
        alice.send("/hand-in")
        yield "need handed in", alice.page

    def publish(self) -> Iterator[Seen]:
        """Staff look at it and publish it."""
        carol = self.sign_in("officer")
        yield "front page of staff", carol.go("/")
        yield "triage list", carol.go("/staff/challenges")
        carol.go(f"/staff/challenges/{self.refs['challenge']}")
        yield "triage page", carol.page
        carol.send("/publish")
        yield "published, seen by staff", carol.page
        self.wait(days=2)

    def suggestions(self) -> Iterator[Seen]:
        """The matcher suggests startups to the agency and the challenge to startups."""
        ref = self.refs["challenge"]
        alice = self.sign_in("agency")
        yield "startups that fit", alice.go(f"/challenges/{ref}/suggestions")
        assert (
            alice.page.locator(f'main .list__row a[href$="/organizations/{self.refs["radar"]}"]').count() == 1
        )
        bob = self.sign_in("startup")
        yield "front page of a startup", bob.go("/")
        yield "challenges that fit us", bob.go("/suggestions")
        assert ref in bob.page.content()
        yield "why it fits", bob.go(f"/suggestions/{ref}")
        yield "list of challenges", bob.go("/challenges")
        yield "challenge seen by a startup", bob.go(f"/challenges/{ref}")

    def propose(self) -> Iterator[Seen]:
        """Two startups answer under seal."""
        yield from self._propose("startup", "毫米波雷達居家跌倒偵測", shown=True)
        for _seen in self._propose("rival", "壓力感測地墊跌倒偵測", shown=False):
            pass

    def _propose(self, role: str, title: str, *, shown: bool) -> Iterator[Seen]:
        person = self.sign_in(role)
        person.go(f"/challenges/{self.refs['challenge']}")
        person.send("/proposals")
        ref = self.refs[role] = person.ref()
        person.go(f"/proposals/{ref}/edit")
        yield "proposal, empty", person.page
        self._write_proposal(person, title)
        yield "proposal, written", person.page
        person.send()
        yield "papers of the proposal", person.go(f"/proposals/{ref}/papers")
        yield "preview of the proposal", person.go(f"/proposals/{ref}/preview")
        yield "check before submitting", person.go(f"/proposals/{ref}/submit")
        person.send()
        yield "receipt", person.page
        if shown:
            yield "own proposals", person.go("/proposals")

    def _write_proposal(self, person: Person, title: str) -> None:
        person.fill(
            title=title,
            summary="以天花板上的毫米波雷達辨識跌倒，十分鐘內通知社工，不拍攝影像，也不需要配戴。",
            solution_concept="雷達回波只留下姿態特徵，在裝置內判讀跌倒、離床與久坐，影像自始不存在。",
            implementation_method="第一個月裝設，第二至五個月調校並每週檢討誤報，第六個月驗收與交接。",
            team_summary="由雷達訊號與長照服務背景的六人小組執行。",
            site_needs="每戶一個插座與無線網路。",
            risks="金屬家具可能遮蔽訊號，將以兩點裝設因應。",
        )
        rows = {
            "team-0-name": "陳小華（測試）",
            "team-0-role": "計畫主持人",
            "team-0-background": "雷達訊號處理十年經驗。",
            "milestones-0-title": "完成裝設",
            "milestones-0-deliverable": "六十戶裝設完成與測試報告。",
            "milestones-0-month": "1",
            "budget-0-item": "感測裝置",
            "budget-0-grant": "600,000",
            "budget-0-own": "100,000",
            "evidence-0-title": "智慧照護競賽首獎（測試）",
            "evidence-0-organization": "測試協會",
            "evidence-0-description": "以居家跌倒偵測系統獲獎。",
        }
        for name, value in rows.items():
            person.put(name, value)
        for box in person.page.locator('[name="declarations"]').all():
            person.tick(box)

    def open_and_screen(self) -> Iterator[Seen]:
        """After the deadline two officers open; staff confirm what the rules found."""
        ref = self.refs["challenge"]
        carol = self.sign_in("officer")
        yield "sealed until the deadline", carol.go(f"/staff/challenges/{ref}/opening")
        self.wait(days=35)
        carol.go(f"/staff/challenges/{ref}/opening")
        carol.send("/opening/ask")
        chris = self.sign_in("second officer")
        yield "opening to be confirmed", chris.go(f"/staff/challenges/{ref}/opening")
        chris.send("/opening/confirm")
        yield "opened", chris.page
        chris.go(f"/staff/challenges/{ref}/opening")
        chris.send("/screening/begin")
        yield "screening", chris.go(f"/staff/challenges/{ref}/screening")
        for link in self._links(chris, "/staff/proposals/"):
            yield from self._screen(chris, link)
        chris.go(f"/staff/challenges/{ref}/screening")
        chris.send("/screening/finish")
        alice = self.sign_in("agency")
        yield "agency reads the proposals", alice.go(f"/agency/challenges/{ref}/proposals")

    def _links(self, person: Person, part: str) -> list[str]:
        found = person.page.locator(f'main a[href*="{part}"]').evaluate_all("all => all.map(a => a.href)")
        return list(dict.fromkeys(link.split("#")[0] for link in found))

    def _screen(self, officer: Person, link: str) -> Iterator[Seen]:
        officer.go(link)
        yield "checks of a proposal", officer.page
        waiting = officer.page.locator('main form.act[action*="/checks/"] button')
        while waiting.count():
            with officer.page.expect_navigation():
                waiting.first.click()
        officer.go(link)
        officer.send("/admit")

    def judge(self) -> Iterator[Seen]:
        """A panel is seated, declares its conflicts, reads and scores."""
        ref = self.refs["challenge"]
        carol = self.sign_in("officer")
        carol.go(f"/staff/challenges/{ref}/panel")
        carol.fill(scores_due_at=day(14))
        yield "forming a panel", carol.page
        carol.send()
        panel = self.refs["panel"] = carol.ref()
        for number in range(5):
            carol.go(f"/staff/panels/{panel}?q={self.people[f'juror {number}'].name}")
            carol.page.locator('main form[action*="/members"] button:not([disabled])').last.click()
            carol.page.wait_for_load_state()
        carol.go(f"/staff/panels/{panel}")
        carol.page.locator('main form[action*="/chair"] button').first.click()
        carol.page.wait_for_load_state()
        yield "panel seated", carol.go(f"/staff/panels/{panel}")
        carol.send("/convene")
        for number in range(5):
            juror = self.sign_in(f"juror {number}")
            if number == 0:
                yield "juror's desk", juror.go("/judging")
            juror.go(f"/judging/{panel}/declarations")
            for fieldset in juror.page.locator("main form fieldset[role=radiogroup]").all():
                juror.tick(fieldset.locator("input[type=radio]").first)
            if number == 0:
                yield "declaring conflicts", juror.page
            juror.send()
        carol.go(f"/staff/panels/{panel}")
        carol.send("/begin-scoring")
        for number in range(5):
            yield from self._score(f"juror {number}", panel, high=number % 2 == 0, shown=number == 0)
        carol.go(f"/staff/panels/{panel}")
        yield "all sheets are in", carol.page
        carol.send("/end-scoring")

    def _score(self, role: str, panel: str, *, high: bool, shown: bool) -> Iterator[Seen]:
        juror = self.sign_in(role)
        juror.go(f"/judging/{panel}/scores")
        if shown:
            yield "scoring, empty", juror.page
        for index, group in enumerate(juror.page.locator("[role=radiogroup]").all()):
            radios = group.locator("input[type=radio]")
            juror.tick(radios.nth(4 if (index < 5) == high else 3))
        for comment in juror.page.locator("main form textarea").all():
            comment.fill("構想切合長者需求，隱私顧慮處理得宜；建議補充誤報的處置流程。")
        if shown:
            yield "scoring, filled", juror.page
        juror.page.locator("main form .actions button:not([formnovalidate])").last.click()
        juror.page.wait_for_load_state()
        if shown:
            yield "scores submitted", juror.page
            yield "comparing the scores", juror.go(f"/judging/{panel}/comparison")

    def decide(self) -> Iterator[Seen]:
        """An officer writes down the decision, a director releases it to all at once."""
        panel = self.refs["panel"]
        carol = self.sign_in("officer")
        yield "results", carol.go(f"/staff/panels/{panel}/results")
        carol.go(f"/staff/panels/{panel}/decision")
        for control in carol.page.locator('main form input[name^="outcome-"][value="awarded"]').all():
            carol.tick(control)
        for control in carol.page.locator('main form [name^="reason-"]').all():
            control.fill("解題構想符合需求，實施方法具體可行，予以獲選。")
        for control in carol.page.locator('main form [name^="grant-"]').all():
            control.fill("600,000")
        carol.fill(minutes="出席五人，逐案討論後決議，與評分結果一致。")
        yield "writing down the decision", carol.page
        carol.send()
        dora = self.sign_in("director")
        yield "decision before its release", dora.go(f"/staff/panels/{panel}/release")
        dora.send("/release")
        self.live.work()
        bob = self.sign_in("startup")
        yield "outcome for a proposer", bob.go(f"/outcomes/{self.refs['startup']}")

    def pilot(self) -> Iterator[Seen]:
        """Half a year in the field."""
        bob = self.sign_in("startup")
        alice = self.sign_in("agency")
        bob.go("/pilots")
        yield "pilots of a startup", bob.page
        ref = self.refs["pilot"] = self._links(bob, "/pilots/")[0].rsplit("/", 1)[-1].split("?")[0]
        alice.go(f"/pilots/{ref}")
        yield "pilot in preparation", alice.page
        alice.go(f"/pilots/{ref}/plan")
        alice.fill(
            site="大龍峒社會住宅與興隆社會住宅（測試場域）",
            agency_duties="提供場域、網路與社工窗口，協助取得住戶同意。",
            startup_duties="裝設、調校、維護，每月提報成效。",
            starts_on=day(1),
            ends_on=day(1 + 182),
        )
        yield "plan of the pilot", alice.page
        alice.send()
        alice.go(f"/pilots/{ref}/plan/measures")
        self._measure(alice)
        yield "measures of the pilot", alice.page
        alice.send()
        alice.go(f"/pilots/{ref}/plan/milestones")
        yield "milestones of the pilot", alice.page
        alice.send()
        alice.go(f"/pilots/{ref}")
        alice.send("/agree")
        bob.go(f"/pilots/{ref}")
        bob.send("/agree")
        self.wait(days=2)
        alice.go(f"/pilots/{ref}")
        alice.send("/start")
        yield "pilot running", alice.page
        self.wait(days=25)
        yield from self._milestones(alice, bob, ref)
        self.wait(days=160)
        alice.go(f"/pilots/{ref}/results")
        for control in alice.page.locator('main form input[name^="actual-"]').all():
            control.fill("93")
        yield "results of the measures", alice.page
        alice.send()
        alice.go(f"/pilots/{ref}/assessment")
        alice.put("need_met", "fully")
        alice.put("production_ready", "yes")
        alice.fill(
            summary_zh="六個月內偵測率達九成三，住戶接受度高，已可量產供其他機關採用。",
            summary_en="Nine falls of ten were noticed in six months; residents accept it, and it can be produced.",
            lessons="金屬家具多的房間宜裝設兩點。",
        )
        yield "assessment", alice.page
        alice.send()
        yield "pilot assessed", alice.page
        self.live.work()

    def _measure(self, person: Person) -> None:
        name = person.page.locator('main form input[name$="-name"]')
        if not name.count():
            person.page.locator("main form [data-add]").click()
        row = (
            person.page.locator('main form input[name$="-name"]')
            .first.get_attribute("name")
            .rsplit("-", 1)[0]
        )
        given = {"name": "跌倒偵測率", "unit": "%", "baseline_milli": "20", "target_milli": "90"}
        for part, value in given.items():
            person.put(f"{row}-{part}", value)

    def _milestones(self, alice: Person, bob: Person, ref: str) -> Iterator[Seen]:
        bob.go(f"/pilots/{ref}")
        links = self._links(bob, f"/pilots/{ref}/milestones/")
        for index, link in enumerate(links):
            bob.go(link)
            bob.put("evidence", "六十戶裝設完成，測試報告如附。")
            if index == 0:
                yield "handing in a milestone", bob.page
            bob.send("/hand-in")
            alice.go(link)
            if index == 0:
                yield "deciding on a milestone", alice.page
            alice.send("/decision", button='button[value="accept"]')
            carol = self.sign_in("officer")
            carol.go(link)
            carol.fill(paid_on=day(), reference="測試付款 001")
            if index == 0:
                yield "recording a payment", carol.page
            carol.send("/payment")

    def graduate(self) -> Iterator[Seen]:
        """The solution goes into the catalog."""
        carol = self.sign_in("officer")
        carol.go("/staff/frameworks/new")
        carol.fill(
            code="FW-測試-01",
            title_zh="新創產品及服務共同供應契約（測試）",
            title_en="Inter-entity supply contract for startups (test)",
            starts_on=day(-10),
            ends_on=day(600),
        )
        yield "framework agreement", carol.page
        carol.send()
        yield "items waiting for staff", carol.go("/staff/items")
        listed = (
            carol.page.locator('main .list__row a[href*="/staff/items/"]').first.get_attribute("href") or ""
        )
        item = self.refs["item"] = listed.rsplit("/", 1)[-1].split("?")[0]
        yield "item prepared from the pilot", carol.go(f"/staff/items/{item}")
        carol.go(f"/staff/items/{item}/edit")
        self._complete_item(carol)
        yield "completing the item", carol.page
        carol.send()
        carol.go(f"/staff/items/{item}/list")
        carol.page.locator('main form select[name="framework"]').select_option(index=1)
        yield "listing the item", carol.page
        carol.send()
        visitor = self.people["rival"]
        yield "item in the catalog", visitor.go(f"/catalog/{item}")
        yield "catalog", visitor.go("/catalog")
        yield "challenge with its trail", visitor.go(f"/challenges/{self.refs['challenge']}")

    def _complete_item(self, person: Person) -> None:
        given = {
            "unit_zh": "戶",
            "unit_en": "home",
            "unit_price": "12,000",
            "delivery_days": "30",
            "warranty_months": "24",
        }
        person.page.locator('label[for="tongue-both"]').click()
        for name, value in given.items():
            person.put(name, value)
        for name in ("category", "activity", "output"):
            control = person.page.locator(f'main form select[name="{name}"]')
            if not control.input_value():
                control.select_option(index=1)
        person.put("specification_open", True)

    def look_around(self) -> Iterator[Seen]:
        """What a visitor and staff see of all this."""
        alice = self.sign_in("agency")
        yield "pilots of an agency", alice.go("/pilots")
        yield "case seen by everybody", alice.go(f"/cases/{self.refs['pilot']}")
        yield "cases", alice.go("/cases")
        yield "search", alice.go("/search?q=跌倒")
        carol = self.sign_in("officer")
        yield "lifecycles", carol.go("/staff/house")
        yield "audit trail", carol.go("/staff/audit")
        yield "outbox", carol.go("/staff/outbox")

    def follow_up(self) -> Iterator[Seen]:
        """The second pilot falls short: the agency drafts a follow-up challenge that knows its parent."""
        alice = self.sign_in("agency")
        ivan = self.sign_in("rival")
        alice.go("/pilots")
        links = [link for link in self._links(alice, "/pilots/") if self.refs["pilot"] not in link]
        ref = links[0].rsplit("/", 1)[-1].split("?")[0]
        alice.go(f"/pilots/{ref}/plan")
        alice.fill(
            site="共餐據點三處（測試場域）",
            agency_duties="提供場域與窗口。",
            startup_duties="裝設與維護。",
            starts_on=day(1),
            ends_on=day(181),
        )
        alice.send()
        alice.go(f"/pilots/{ref}/plan/measures")
        self._measure(alice)
        alice.send()
        alice.go(f"/pilots/{ref}/plan/milestones")
        for control in alice.page.locator('main form input[name$="-due_on"]').all():
            control.fill(day(60))
        alice.send()
        for person in (alice, ivan):
            person.go(f"/pilots/{ref}")
            person.send("/agree")
        self.wait(days=2)
        alice.go(f"/pilots/{ref}")
        alice.send("/start")
        self.wait(days=190)
        yield "pilot with a late milestone", alice.go(f"/pilots/{ref}")
        alice.go(f"/pilots/{ref}/results")
        for control in alice.page.locator('main form input[name^="actual-"]').all():
            control.fill("55")
        alice.send()
        alice.go(f"/pilots/{ref}/assessment")
        alice.put("need_met", "partly")
        alice.put("production_ready", "no")
        alice.fill(summary_zh="地墊僅能偵測部分區域，尚未符合需求。", lessons="須涵蓋整個房間。")
        alice.send()
        yield "assessed as partly met", alice.go(f"/pilots/{ref}")
        alice.send("/follow-up")
        alice.go("/agency/challenges")
        known = (self.refs["challenge"], "/new")
        drafts = [link for link in self._links(alice, "/agency/challenges/") if not link.endswith(known)]
        yield "follow-up challenge in draft", alice.go(drafts[0])
        trail = alice.page.locator("main .trail a").evaluate_all("all => all.map(a => a.href)")
        assert any(self.refs["challenge"] in link for link in trail)


def day(after: int = 0) -> str:
    """A day in Taipei, so many days from the product's today, as people may type it."""
    return (local_day(clock.now()) + timedelta(days=after)).isoformat()


def _county(code: str) -> int:
    from sqlalchemy import select

    from matchmaker.foundation.db import db
    from matchmaker.people.models import County

    return db.session.scalar(select(County.id).where(County.code == code))


def _email(user_id: int) -> str:
    from matchmaker.people.queries import user_by_id

    return user_by_id(user_id).email


def _fail(message: str) -> None:
    raise AssertionError(message)


Look = Callable[[str, Page], None]
