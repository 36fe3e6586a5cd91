"""Buying from the catalog in a real browser, from a misspelt search to the second order, with axe-core on every page.

Alice buys, Sam, Ann and Hal sign, Bob supplies, Ida inspects, Carol sits on the review board. The supplier changes
the price in between, and the order does not move.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from matchmaker.foundation import clock
from matchmaker.people import queries as people
from tests.browser.live import Live, running
from tests.browser.test_journey import WORDS, violations
from tests.browser.walk import Person, Seen
from tests.factories import orders as make
from tests.slices.test_foundation_files import PDF
from tests.world import World

MISSPELT = {"zh_Hant_TW": "路口号志語音提式", "en": "spokn signls at crosings"}
PRICE, DEARER = "160,000", "180,000"


@dataclass
class Ordering:
    """The people of an agency, a supplier and the office, and the way of one purchase."""

    live: Live
    browser: object
    language: str
    size: tuple[int, int]
    people: dict[str, Person] = field(default_factory=dict)
    item: str = ""
    other: str = ""

    def __post_init__(self) -> None:
        with self.live.app.app_context():
            world = World(self.live.app)
            world.now = clock.now()
            shop = make.shop(world, name="測試市政府")
            self.item, self.other = shop.item.ref, shop.other.ref
            for name in ("alice", "sam", "ann", "hal", "ida", "bob", "carol"):
                email = people.user_by_id(getattr(shop, name).user_id).email
                self.people[name] = Person(name, email, self._page(), self.live)
        self.live.work()
        for person in self.people.values():
            person.sign_in()
            person.go(f"/about?lang={self.language}")

    def _page(self):
        width, height = self.size
        context = self.browser.new_context(viewport={"width": width, "height": height})
        return context.new_page()

    def steps(self) -> Iterator[Seen]:
        """Every page that is worth looking at, in order."""
        yield from self.choose()
        requisition = yield from self.sign()
        order = yield from self.place(requisition)
        yield from self.reprice()
        yield from self.deliver(order)
        yield from self.settle(order)
        yield from self.again(order)

    def choose(self) -> Iterator[Seen]:
        """A misspelt search finds the item; two items are compared, and an adoption kit is made of them."""
        alice = self.people["alice"]
        alice.go(f"/catalog?q={MISSPELT[self.language]}")
        found = [link.get_attribute("href") or "" for link in alice.page.locator("main .list__row a").all()]
        assert any(self.item in address for address in found[:5]), found
        yield "misspelt search", alice.page
        yield "item page", alice.go(f"/catalog/{self.item}")
        alice.go("/catalog")
        for ref in (self.item, self.other):
            alice.tick(alice.page.locator(f'main input[name="item"][value="{ref}"]'))
        alice.page.locator("#compare button").press("Enter")
        alice.page.wait_for_url("**/catalog/compare?*")
        alice.page.locator("#quantity").fill("4")
        alice.page.locator(".compare__quantity button").press("Enter")
        alice.page.wait_for_url("**quantity=4*")
        assert "640,000" in alice.page.locator("main").inner_text()
        yield "comparison", alice.page
        alice.page.locator('main a[href*="/agency/kits/new"]').first.click()
        alice.page.wait_for_load_state()
        yield "kit, empty", alice.page
        alice.fill(quantity="4", need="車站四周需要語音號誌。", reasons="已在本市實證。", yearly_cost="2 萬")
        alice.send()
        yield "adoption kit", alice.page
        links = [a.get_attribute("href") or "" for a in alice.page.locator("#papers ~ * a, .table a").all()]
        papers = [address for address in links if re.search(r"/agency/kits/.*\.(odt|pdf)$", address)]
        assert len(papers) == 20
        for address in papers:
            answer = alice.page.request.get(self.live.address + address)
            assert answer.status == 200, address
            assert answer.body().startswith(b"%PDF-" if address.endswith("pdf") else b"PK"), address

    def sign(self):
        """The requisition goes from desk to desk."""
        alice = self.people["alice"]
        alice.go(f"/requisitions/new?item={self.item}")
        yield "requisition, empty", alice.page
        alice.fill(
            **{f"quantity-{self.item}": "4"},
            title="車站語音號誌四處",
            place="測試市政府一樓",
            budget_line="115 年度業務費",
            why="已在本市實證，符合視障團體需求。",
        )
        alice.send()
        ref = alice.ref()
        yield "requisition", alice.page
        alice.send("/sign")
        for name in ("sam", "ann", "hal"):
            self.people[name].go(f"/requisitions/{ref}")
            yield f"requisition before {name}", self.people[name].page
            self.people[name].send("/sign", button="button:not([formaction])")
        return ref

    def place(self, requisition: str):
        """The approved requisition becomes an order with the number of the e-procurement system."""
        alice = self.people["alice"]
        yield "requisition, approved", alice.go(f"/requisitions/{requisition}")
        sheet = alice.page.request.get(f"{self.live.address}/requisitions/{requisition}/sheet.zh.pdf")
        assert sheet.body().startswith(b"%PDF-")
        alice.go(f"/requisitions/{requisition}/place")
        alice.fill(eproc_number="LP5-115-0001")
        yield "placing the order", alice.page
        alice.send()
        order = re.search(r"/orders/([a-z0-9]{10})", alice.page.url)
        assert order is not None, alice.page.url
        yield "order", alice.page
        return order[1]

    def reprice(self) -> Iterator[Seen]:
        """The supplier asks for another price, and the review board approves it."""
        bob, carol = self.people["bob"], self.people["carol"]
        bob.go(f"/supplier/items/{self.item}/change")
        bob.fill(unit_price="180000", note="材料漲價。")
        bob.send()
        carol.go("/staff/applications")
        carol.page.locator("main .list__row a").first.click()
        carol.page.wait_for_load_state()
        for radio in carol.page.locator('main input[type=radio][value="yes"]').all():
            carol.tick(radio)
        yield "review of the price", carol.page
        carol.send(button='button[value="approve"]')
        assert DEARER in carol.go(f"/catalog/{self.item}").locator("main").inner_text()

    def deliver(self, order: str) -> Iterator[Seen]:
        """Two deliveries: the first passes, the second at a reduced price. The order kept its price."""
        bob, ida = self.people["bob"], self.people["ida"]
        page = bob.go(f"/orders/{order}")
        assert PRICE in page.locator("main").inner_text()
        assert DEARER not in page.locator("main").inner_text()
        bob.go(f"/orders/{order}/steps/confirm")
        bob.send()
        self._deliver(order, "1")
        yield "delivered in part", bob.page
        self._inspect(order, result="passed")
        self._deliver(order, "3")
        ida.go(self._to_inspect(order))
        yield "inspection", ida.page
        ida.fill(result="reduced", reduction="12,000", discrepancies="外殼有刮痕。")
        ida.send()
        yield "passed at a reduced price", ida.page

    def _deliver(self, order: str, count: str) -> None:
        bob = self.people["bob"]
        bob.go(f"/orders/{order}/deliver")
        name = bob.page.locator('main input[name^="quantity-"]').first.get_attribute("name") or ""
        bob.fill(**{name: count})
        bob.send()

    def _to_inspect(self, order: str) -> str:
        page = self.people["ida"].go(f"/orders/{order}")
        return page.locator('main a[href$="/inspect"]').first.get_attribute("href") or ""

    def _inspect(self, order: str, **words: str) -> None:
        ida = self.people["ida"]
        ida.go(self._to_inspect(order))
        ida.fill(**words)
        ida.send()

    def settle(self, order: str) -> Iterator[Seen]:
        """Certificate, second signature, sheets to sign by hand and their scan, payment."""
        ida, sam, ann, alice = (self.people[name] for name in ("ida", "sam", "ann", "alice"))
        ida.go(f"/orders/{order}")
        ida.send("/certify")
        sam.go(f"/orders/{order}")
        sam.send("/sign")
        yield "certificate, signed", sam.page
        assert "628,000" in sam.page.locator("main").inner_text()
        sheets = [a.get_attribute("href") or "" for a in sam.page.locator('main a[href*="/sheets/"]').all()]
        assert len(sheets) == 16
        for address in sheets:
            assert sam.page.request.get(self.live.address + address).status == 200, address
        alice.go(f"/orders/{order}/papers/new")
        alice.fill(kind="certificate", title="用印結算驗收證明書")
        alice.page.set_input_files(
            "main input[type=file]", {"name": "signed.pdf", "mimeType": "application/pdf", "buffer": PDF}
        )
        yield "attaching the scan", alice.page
        alice.send()
        assert "用印結算驗收證明書" in alice.page.locator("main").inner_text()
        ann.go(f"/orders/{order}")
        ann.go(ann.page.locator('main a[href$="/pay"]').first.get_attribute("href") or "")
        ann.fill(reference="付字第 1 號")
        yield "payment", ann.page
        ann.send()
        alice.go(f"/orders/{order}")
        alice.send("/close")
        alice.go(f"/orders/{order}/experience")
        alice.fill(fitness="4", note="交貨準時，現場調校仔細。")
        yield "experience", alice.page
        alice.send()
        yield "order, closed", alice.page

    def again(self, order: str) -> Iterator[Seen]:
        """The same again, at the price of now."""
        alice = self.people["alice"]
        alice.go(f"/orders/{order}")
        assert PRICE in alice.page.locator("main").inner_text()
        alice.send("/again")
        assert DEARER in alice.page.locator("main").inner_text()
        yield "ordered again", alice.page
        yield "orders", alice.go("/orders")
        yield "requisitions by table", alice.go("/requisitions/table")


@pytest.mark.parametrize(("language", "size"), [("zh_Hant_TW", (1280, 900)), ("en", (390, 844))])
def test_from_a_misspelt_search_to_the_second_order(browser, tmp_path, language, size):
    """Every step succeeds; every page is in the reader's language, fits the screen and has no violation."""
    wrong, seen = {}, 0
    with running(tmp_path) as live:
        way = Ordering(live, browser, language, size)
        for name, page in way.steps():
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
    assert seen > 20
