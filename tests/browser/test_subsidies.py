"""Subsidised cases in a real browser, from the application to the closed file, with axe-core on every page.

Alice applies for a city, Olga, Sven, Ada and Hugo sit at its four desks, Carol is the programme office, Bob supplies.
The present is 2024, inside the programme's time; the rounds are demonstrations all the same.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, time

import pytest

from matchmaker.foundation import audit, clock
from matchmaker.kernel.dates import instant_at, local_day
from matchmaker.people import queries as people
from matchmaker.people.actor import Actor
from matchmaker.people.states import SignOffRole
from tests.browser.live import Live, running
from tests.browser.test_journey import WORDS, violations
from tests.browser.walk import Person, Seen
from tests.factories import catalog
from tests.factories import subsidies as make
from tests.world import World

ADVERSE = {
    "body": "查核未達計畫目標，依要點第十一點辦理。",
    "hearing": "已依行政程序法第一百零二條給予陳述意見之機會。",
    "remedy": "如有不服，得於送達次日起三十日內提起訴願。",
}
PLAN = {
    "title_en": "Audible signals at crossings (test)",
    "purpose": "改善視障者通行。",
    "benefits": "每日服務 1,000 人次。",
    "sustainment": "由本局編列年度維護費，廠商保固二年。",
    "bureau": "交通局",
    "contact_name": "測試承辦",
    "contact_phone": "(07) 123-4567",
    "requested": "60萬",
}
PAPER = {"name": "paper.pdf", "mimeType": "application/pdf", "buffer": make.PDF}
MAGIC = {"pdf": b"%PDF-", "odt": b"PK"}
WAY = (
    "begin",
    "submit",
    "find_complete",
    "approve",
    "record_order",
    "set_budget",
    "record_progress",
    "claim",
    "check_claim",
    "pay_claim",
)
"""What the file of a half-paid case tells, in order."""
DESKS = ("olga", "sven", "ada", "hugo")


def _named(desks: dict[SignOffRole, Actor]) -> dict[str, Actor]:
    return dict(zip(DESKS, (desks[role] for role in SignOffRole), strict=True))


@dataclass
class Subsidies:
    """The people of a city and of the programme office, and the way of one case through its pages."""

    live: Live
    browser: object
    language: str
    size: tuple[int, int]
    half_paid: bool = False
    people: dict[str, Person] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)
    item: str = ""
    case: str = ""
    last: str = ""
    letters: Iterator[int] = field(default_factory=lambda: itertools.count(101))

    def __post_init__(self) -> None:
        self.on(make.BEGIN.date())
        with self.live.app.app_context():
            world = World(self.live.app)
            world.now = clock.now()
            cast = self._half_paid(world) if self.half_paid else self._listed(world)
            emails = {name: people.user_by_id(actor.user_id).email for name, actor in cast.items()}
        self.on(local_day(world.now))
        for name, email in emails.items():
            self.people[name] = Person(name, email, self._page(), self.live)
        self.live.work()

    def _listed(self, world: World) -> dict[str, Actor]:
        """A listed item, an open round, a city with its desks; no case yet."""
        carol = world.officer()
        agency, alice = make.city(world)
        startup, bob = world.startup()
        agreement = catalog.framework(
            world, carol, code="fw-2024", starts_on=date(2023, 1, 1), ends_on=date(2024, 12, 31)
        )
        self.item = catalog.listed(world, carol, bob, startup, agreement, unit_price=make.UNIT_PRICE).ref
        make.round_(world, carol)
        return {"alice": alice, "carol": carol, **_named(make.seated(world, agency, alice))}

    def _half_paid(self, world: World) -> dict[str, Actor]:
        """The same with a case across years whose first instalment is paid.

        It got there by the same verbs that the pages call, each at its day; the other journeys walk that way by pages.
        """
        made = make.half_paid(world)
        assert list(audit.verify()) == []
        verbs = [entry.type.partition(".")[2] for entry in audit.history(made.fresh().subject)]
        assert [verb for verb in verbs if verb in WAY] == list(WAY)
        self.case = made.case.ref
        return {"alice": made.alice, "carol": made.carol, **_named(made.desks)}

    def _page(self):
        width, height = self.size
        context = self.browser.new_context(viewport={"width": width, "height": height})
        page = context.new_page()
        page.set_default_timeout(20_000)
        return page

    # --- how one acts ---

    def person(self, name: str) -> Person:
        """Somebody with a page in the language of this walk; signed in by the first page that needs it."""
        person = self.people[name]
        if name not in self.met:
            self.met.add(name)
            person.go(f"/about?lang={self.language}")
        return person

    def on(self, day: date) -> None:
        """Let time pass until 10:00 of a day, and the worker do what fell due."""
        self.last = ""
        ahead = instant_at(day, time(10, 0)) - clock.now()
        self.live.pass_time(seconds=ahead.total_seconds())
        if self.met:
            self.live.work()

    def follow(self, person: Person, ending: str) -> None:
        """Follow a link of the present page by keyboard; the page has to offer it."""
        with person.page.expect_navigation():
            person.page.locator(f'main a[href$="{ending}"]').first.press("Enter")

    def open(self, name: str):
        """The page of the case, read anew."""
        self.last = ""
        return self.person(name).go(f"/subsidies/{self.case}")

    def letter(self, **more: str) -> dict[str, str]:
        """The next letter; its page proposes today as its date."""
        return {"number": f"測字第 {next(self.letters):05d} 號", **more}

    def act(self, name: str, step: str, **fields: str | bool) -> Iterator[Seen]:
        """From the page of the case to the page of an act, whose form is filled and sent; back on the case."""
        person = self.person(name)
        if self.last != name:
            self.open(name)
        self.follow(person, f"/acts/{step}")
        person.fill(**fields)
        self.attach(person)
        yield f"{step} ({name})", person.page
        person.send()
        self.last = name
        assert person.page.url.split("#")[0].endswith(f"/subsidies/{self.case}"), person.page.url

    def attach(self, person: Person) -> None:
        """A file in each upload of the present page."""
        for upload in person.page.locator('main input[type="file"]').all():
            upload.set_input_files(PAPER)

    def add_row(self, person: Person, rows: str, index: int) -> None:
        """One more row of a form, by keyboard."""
        person.page.locator(f'main button[name="add-{rows}"]').press("Enter")
        person.page.locator(f'main [name^="{rows}-{index}-"]').first.wait_for()

    def signed(self) -> Iterator[Seen]:
        """From desk to desk, in the order of the form; the last one sends it out by letter."""
        yield from self.act("alice", "ask-signatures")
        for desk in DESKS:
            words = self.letter() if desk == DESKS[-1] else {"comment": "可"}
            for seen in self.act(desk, "sign", **words):
                if desk in (DESKS[0], DESKS[-1]):
                    yield seen

    # --- what every case begins with ---

    def apply(self, title: str, ends: str) -> Iterator[Seen]:
        """A plan for two units of a listed item, submitted by letter."""
        alice = self.person("alice")
        yield "cases, none yet", alice.go("/subsidies")
        self.follow(alice, "/new")
        alice.fill(title_zh=title)
        yield "beginning", alice.page
        alice.send()
        self.case = alice.ref()
        alice.fill(**PLAN, starts_on="113/3/1", ends_on=ends)
        yield "plan", alice.page
        alice.send()
        alice.fill(**{"lines-0-item": self.item, "lines-0-quantity": "2"})
        yield "items", alice.page
        alice.send()
        alice.fill(kind="plan")
        alice.page.locator('main input[type="file"]').set_input_files(PAPER)
        yield "papers", alice.page
        alice.send()
        yield "draft, whole", self.open("alice")
        yield from self.act("alice", "submit", **self.letter())

    def review(self, **ranking: str) -> Iterator[Seen]:
        """Found complete, ranked by a meeting, approved by letter on 15 March."""
        carol = self.person("carol")
        yield "cases, seen by staff", carol.go("/subsidies")
        self.follow(carol, f"/subsidies/{self.case}")
        yield "submitted, seen by staff", carol.page
        yield from self.act("carol", "complete")
        self.on(date(2024, 3, 8))
        carol.go("/staff/subsidies/rounds")
        yield "rounds", carol.page
        with carol.page.expect_navigation():
            carol.page.locator('main a[href*="/staff/subsidies/rounds/"]:not([href$="/new"])').first.press(
                "Enter"
            )
        yield "round", carol.page
        self.follow(carol, "/meetings/new")
        carol.fill(held_on="113/3/8", place="第一會議室", minutes="依計畫內容排序。")
        carol.fill(**{"ranking-0-rank": "1"} | {f"ranking-0-{name}": text for name, text in ranking.items()})
        yield "meeting", carol.page
        carol.send()
        carol.send("/conclude")
        yield "meeting, concluded", carol.page
        self.on(date(2024, 3, 15))
        yield from self.act("carol", "approve", **self.letter(body="同意補助。"))

    def order(self) -> Iterator[Seen]:
        """Ordered within two months, and in the agency's budget."""
        self.on(date(2024, 4, 10))
        yield from self.act(
            "alice", "order", pcc_number="LP5-113-0001", ordered_on="113/4/10", value="680,000"
        )
        yield from self.act("alice", "budget", state="annual", with_matching=True)

    def claim(self, cost: str, day: str) -> Iterator[Seen]:
        """Claimed with its papers, checked, paid."""
        yield from self.act("alice", "claim", **self.letter(cost=cost))
        yield from self.act("carol", "check-claim")
        yield from self.act("carol", "pay", **self.letter(on=day, reference=f"V-{day}"))

    def in_use(self) -> Iterator[Seen]:
        """A plan across years whose first instalment, half of the subsidy, is paid."""
        yield from self.apply("路口語音號誌跨年建置（測試）", "114/6/30")
        yield from self.review()
        yield from self.order()
        self.on(date(2024, 9, 2))
        yield from self.act("alice", "progress", first_use_on="113/9/1")
        self.on(date(2024, 10, 1))
        yield from self.claim("340,000", "113/10/1")

    # --- what is checked at the end ---

    def figures(self, name: str) -> list[str]:
        """Approved, still payable, paid and returned, as the page of the case shows them."""
        shown = self.open(name).locator(".figures__value").all_inner_texts()
        return [re.sub(r"[^0-9,]", "", text) for text in shown]

    def papers(self, *names: str) -> Iterator[Seen]:
        """Every paper to print is there as PDF and ODT, these among them."""
        alice = self.person("alice")
        self.open("alice")
        self.follow(alice, "/documents")
        yield "papers to print", alice.page
        links = alice.page.locator('main a[href*="/documents/"]').all()
        found = [link.get_attribute("href") or "" for link in links]
        for name, kind in itertools.product(names, MAGIC):
            assert any(re.search(rf"/documents/{name}\b[^/]*\.{kind}$", each) for each in found), (
                name,
                found,
            )
        for address in found:
            answer = alice.page.request.get(self.live.address + address)
            assert answer.status == 200, address
            assert answer.body().startswith(MAGIC[address.rpartition(".")[2]]), address


def same_year(way: Subsidies) -> Iterator[Seen]:
    """A case within one year: the meeting adjusts it to 550,000, which is paid."""
    yield from way.apply("路口語音號誌建置（測試）", "113/11/30")
    yield from way.review(amount="55萬", adjustment="plan_content")
    assert way.figures("alice") == ["550,000", "550,000", "0", "0"]
    yield "approved", way.person("alice").page
    yield from way.order()
    way.on(date(2024, 5, 15))
    yield from way.act("alice", "progress", accepted_on="113/5/15")
    yield from way.claim("680,000", "113/5/15")
    yield from way.act("carol", "close")
    for name in ("alice", "carol"):
        assert way.figures(name) == ["550,000", "0", "550,000", "0"]
        yield f"closed, seen by {name}", way.person(name).page
    yield from way.papers("annex-1", "approval", "annex-4", "receipt-same-year", "payment")


def across_years(way: Subsidies) -> Iterator[Seen]:
    """A plan across years: carried over, made smaller by annex 5, ended by force majeure by annex 6."""
    alice = way.person("alice")
    yield from way.in_use()
    assert way.figures("alice") == ["600,000", "300,000", "300,000", "0"]
    way.on(date(2024, 12, 20))
    yield from way.act("alice", "reserve", **way.letter(amount="300,000", reason="計畫跨年度。"))
    way.on(date(2025, 1, 15))
    yield from way.act("carol", "yuan", **way.letter(state="approved", decided_on="114/1/15", **ADVERSE))
    yield "carried over", way.person("carol").page
    way.open("alice")
    way.follow(alice, "/change")
    alice.fill(
        subjects="減少一處路口。",
        reason="路口施工，無法裝設。",
        content="由二處改為一處半。",
        benefits="每日服務 750 人次。",
        cost_after="51萬",
        declared_interest="0",
        **{
            "metrics-0-name": "每日服務人次",
            "metrics-0-before": "1,000",
            "metrics-0-after": "750",
            "differences-0-original": "二處",
            "differences-0-changed": "一處半",
            "differences-0-difference": "減半處",
            "differences-0-comparison": "經費與效益同減四分之一",
        },
    )
    way.attach(alice)
    yield "annex 5", alice.page
    alice.send()
    yield "annex 5, filled", alice.page
    yield from way.signed()
    yield from way.act("carol", "approve-change", **way.letter(body="同意變更。"))
    assert way.figures("alice") == ["600,000", "150,000", "300,000", "0"]
    yield "smaller plan", alice.page
    way.on(date(2025, 2, 10))
    way.open("alice")
    way.follow(alice, "/termination")
    yield from terminate(way)
    yield from way.papers("annex-5", "differences", "annex-6", "repayment", "receipt-first")


def terminate(way: Subsidies) -> Iterator[Seen]:
    """Annex 6: of half of the work four fifths were done, so a fifth of what was received goes back."""
    alice, carol = way.person("alice"), way.person("carol")
    way.add_row(alice, "items", 1)
    alice.fill(
        terminates_on="114/2/1",
        reason="地震致場域毀損。",
        left_interest="100",
        force_majeure="0121 地震（測試）",
        **{
            "items-0-item": "建置",
            "items-0-budget": "340,000",
            "items-0-executed": "yes",
            "items-0-text": "完成八成",
            "items-0-percent": "80",
            "items-0-spent": "272,000",
            "items-1-item": "維運",
            "items-1-budget": "340,000",
            "items-1-executed": "no",
        },
    )
    way.attach(alice)
    yield "annex 6", alice.page
    alice.send()
    yield "annex 6, filled", alice.page
    yield from way.signed()
    way.open("carol")
    way.follow(carol, "/acts/approve-termination")
    assert carol.page.locator('[name="right_subsidy"]').input_value() == "60,000"
    yield from way.act("carol", "approve-termination", **way.letter(**ADVERSE))
    yield from way.act("carol", "repayment", **way.letter(due_on="114/3/10", **ADVERSE))
    yield "to be returned", way.open("alice")
    yield from way.act("carol", "return", amount="60,000", interest="20", on="114/2/10", reference="R-1")
    yield from way.act("carol", "close")
    for name in ("alice", "carol"):
        assert way.figures(name) == ["600,000", "0", "300,000", "60,000"]
        yield f"closed, seen by {name}", way.person(name).page


def revoked(way: Subsidies) -> Iterator[Seen]:
    """Half paid, not in use and not mended in time: revoked, a part recovered with interest, closed."""
    carol = way.person("carol")
    assert way.figures("carol") == ["600,000", "300,000", "300,000", "0"]
    way.last = "carol"
    yield from way.act(
        "carol", "inspect", kind="on_site", subject="use", on="113/10/1", finding="設備未啟用。"
    )
    decision = {
        "kind": "revocation",
        "cause": "behind_or_poor",
        "stop": "all",
        "claw_back": "part",
        "claw_back_amount": "100,000",
        **ADVERSE,
    }
    yield from way.act("carol", "notify", **way.letter(defects="設備未啟用。", due_on="113/10/31"))
    yield "to be mended", way.open("alice")
    way.open("carol")
    way.follow(carol, "/acts/revoke")
    carol.fill(**way.letter(**decision))
    carol.page.locator("main form[method=post] .actions button").last.press("Enter")
    carol.page.locator(".summary").wait_for()
    assert carol.page.locator('[name="claw_back_amount"]').input_value() == "100,000"
    yield "revoked too early, refused", carol.page
    way.on(date(2024, 11, 1))
    assert "逾期未改善" in way.open("alice").locator("main").inner_text()
    yield "not mended in time", way.person("alice").page
    yield from way.act("carol", "revoke", **way.letter(**decision))
    yield "revoked", carol.page
    yield from way.act("carol", "repayment", **way.letter(due_on="113/12/2", interest="30", **ADVERSE))
    yield "to be returned", way.open("alice")
    yield from way.act("carol", "return", amount="100,000", interest="30", on="113/11/1", reference="R-9")
    yield from way.act("carol", "close")
    for name in ("alice", "carol"):
        assert way.figures(name) == ["600,000", "0", "300,000", "100,000"]
        yield f"closed, seen by {name}", way.person(name).page
    yield from way.papers("approval", "receipt-first", "payment", "repayment")


@pytest.mark.parametrize(
    ("journey", "language", "size", "least"),
    [
        (same_year, "zh_Hant_TW", (1280, 900), 25),
        (across_years, "en", (390, 844), 40),
        (revoked, "zh_Hant_TW", (1280, 900), 10),
    ],
)
def test_a_case_goes_its_way_to_the_closed_file(
    browser,
    tmp_path,
    journey: Callable[[Subsidies], Iterator[Seen]],
    language: str,
    size: tuple[int, int],
    least: int,
):
    """Every step succeeds; every page is in the reader's language, fits the screen and has no violation."""
    wrong, seen = {}, 0
    with running(tmp_path) as live:
        way = Subsidies(live, browser, language, size, half_paid=journey is revoked)
        for name, page in journey(way):
            seen += 1
            faults = violations(page)
            if page.locator("html").get_attribute("lang") != WORDS[language]:
                faults.append(f"in another language: {page.url}")
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                faults.append("scrolls sideways")
            if faults:
                wrong[name] = faults
        for person in way.people.values():
            person.page.context.close()
    assert not wrong, json.dumps(wrong, ensure_ascii=False, indent=1)
    assert seen > least
