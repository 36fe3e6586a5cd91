"""A small public site with things of every kind, in both languages, and things that nobody may find."""

from __future__ import annotations

from dataclasses import dataclass, replace

from matchmaker.catalog.models import CatalogItem
from matchmaker.challenges.models import Challenge
from matchmaker.kernel.programme import Domain
from matchmaker.people.models import Organization
from tests.factories import catalog
from tests.factories.challenges import CHINESE, challenge
from tests.factories.profiles import DRONE, MAT, RADAR, say

PLAIN = dict.fromkeys(CHINESE.__dataclass_fields__, "詳見說明會。")


def statement(title: str, summary: str):
    """A statement that speaks of one thing only."""
    return replace(CHINESE, **(PLAIN | {"title": title, "summary": summary, "problem": summary}))


OTHERS = (
    ("近岸海水水質監測", "海水浴場每月採樣一次，希望連續量測濁度與酸鹼值。", Domain.ENVIRONMENT),
    ("老舊大樓火災早期預警", "電線老化，想在冒煙之前就知道。", Domain.SAFETY),
    ("圖書館盤點機器人", "館員每年盤點十萬冊書籍，耗時兩週。", Domain.EDUCATION),
    ("停車場空位導引", "駕駛人繞行找車位，造成壅塞與空氣污染。", Domain.INNOVATION),
    ("夜市人流預警", "假日夜市過於擁擠，需要分流。", Domain.SAFETY),
    ("校園午餐剩食減量", "每日剩食三百公斤，想預測份量。", Domain.EDUCATION),
    ("稻田灌溉水門遠端調度", "管理人員一人要看顧上百座水門。", Domain.AGRICULTURE),
    ("公車站候車亭降溫", "夏季候車亭高溫，乘客中暑。", Domain.ENVIRONMENT),
)
LEAK = {
    "title_zh": "自來水管線漏水聽音",
    "title_en": "Listening for leaks in water mains",
    "summary_zh": "以聲學感測器找出地下管線的漏點。",
    "summary_en": "Acoustic sensors pinpoint leaks under the street.",
    "technology_zh": "聲學感測與時頻分析。",
    "technology_en": "Acoustic sensing.",
    "use_case_zh": "自來水公司的小區管網。",
    "use_case_en": "District meter areas of a water utility.",
    "domain": Domain.ENVIRONMENT,
}


@dataclass
class Site:
    """``named`` finds a public thing by the short name that tests use."""

    named: dict[str, Challenge | CatalogItem | Organization]
    staff: object
    suppliers: dict[str, tuple[Organization, object]]


def site(world) -> Site:
    """Ten challenges, two items and three startups that everybody may see; and a hidden one of each kind."""
    staff = world.officer()
    agency = world.agency("Alice", name="測試海岸市政府")
    named: dict[str, Challenge | CatalogItem | Organization] = {}
    named["falls"] = challenge(world, "published", agency, staff=staff)
    for number, (title, summary, domain) in enumerate(OTHERS):
        named[title] = challenge(
            world, "published", agency if number % 2 else None, staff=staff, text=statement(title, summary),
            english=None, domain=domain, days=20 + number,
        )  # fmt: skip
    suppliers = {}
    for name, owner, facts in (("radar", "Bob", RADAR), ("drone", "Ivan", DRONE), ("mat", "Walter", MAT)):
        organization, actor = world.startup(owner, name=f"測試{name}科技股份有限公司")
        say(world, actor, facts)
        suppliers[name] = (organization, actor)
        named[name] = organization
    agreement = catalog.framework(world, staff)
    supplier, owner = suppliers["radar"]
    named["signals"] = catalog.listed(world, staff, owner, supplier, agreement)
    named["leaks"] = catalog.listed(world, staff, owner, supplier, agreement, **LEAK)
    return Site(named, staff, suppliers)


HIDDEN_WORDS = ("zebrafishery", "鴨嘴獸養殖")
"""Words that stand only in what nobody may find."""


def hide(world, made: Site) -> dict[str, object]:
    """An unpublished need, a pending startup, a proposed and a cancelled-before-publication thing with those words."""
    text = statement(" ".join(HIDDEN_WORDS), " ".join(HIDDEN_WORDS))
    draft = challenge(world, "draft", text=text, english=None)
    need = challenge(world, "in_triage", text=text, english=None)
    pending, mallory = world.startup("Mallory", name="測試鴨嘴獸養殖公司", confirmed=False)
    say(
        world,
        mallory,
        replace(DRONE, tagline_zh="鴨嘴獸養殖", offer_zh="鴨嘴獸養殖", tagline_en="zebrafishery"),
    )
    supplier, owner = made.suppliers["drone"]
    proposed = catalog.proposed(
        world, owner, supplier, title_zh="鴨嘴獸養殖", title_en="zebrafishery", summary_en="zebrafishery"
    )
    return {"draft": draft, "need": need, "pending": pending, "proposed": proposed}
