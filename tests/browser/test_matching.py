"""A startup changes what it says of itself and is suggested another challenge at once, with the reason."""

import json

import pytest

from matchmaker.foundation import clock
from tests.browser.live import running
from tests.browser.test_journey import WORDS, violations
from tests.browser.walk import Person, _email
from tests.factories.challenges import challenge
from tests.factories.profiles import DRONE, RADAR, say
from tests.world import World


@pytest.fixture(params=[("zh_Hant_TW", (1280, 900)), ("en", (390, 844))], ids=["zh-1280", "en-390"])
def stage(request, browser, tmp_path):
    """Two open challenges, and Bob of a startup that flies drones; the worker has done its work and rests."""
    language, (width, height) = request.param
    with running(tmp_path) as live:
        with live.app.app_context():
            world = World(live.app)
            world.now = clock.now()
            falls = challenge(world, "published", world.agency("Alice"))
            _own, bob = world.startup("Bob", name="測試・換了方向股份有限公司")
            _other, ivan = world.startup("Ivan")
            say(world, bob, DRONE)
            say(world, ivan, RADAR)
            email, ref = _email(bob.user_id), falls.ref
        live.work()
        context = browser.new_context(
            viewport={"width": width, "height": height},
            locale="zh-TW" if language.startswith("zh") else "en-GB",
            timezone_id="Asia/Taipei",
        )
        person = Person("Bob", email, context.new_page(), live)
        person.page.set_default_timeout(30_000)
        person.go(f"/about?lang={language}")
        person.sign_in()
        yield person, ref, language
        context.close()


def looked_at(page, language):
    """What is wrong with a page for its reader."""
    faults = violations(page)
    if page.locator("html").get_attribute("lang") != WORDS[language]:
        faults.append("in another language")
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        faults.append("scrolls sideways")
    return faults


def test_a_startup_edits_its_profile_and_sees_another_suggestion_at_once(stage):
    bob, ref, language = stage
    wrong = {}
    bob.go("/suggestions")
    assert bob.page.locator(f'main .list__row a[href$="/challenges/{ref}"]').count() == 0
    wrong["before"] = looked_at(bob.page, language)

    bob.go("/organization/profile")
    for name, text in {
        "tagline_zh": "不需穿戴的跌倒偵測雷達",
        "tagline_en": "Fall detection radar for older people living alone, without wearables",
        "offer_zh": "在獨居長者家中安裝毫米波雷達，偵測跌倒，十分鐘內通知社工。",
        "offer_en": "Radar at home notices falls of older people and tells social workers within ten minutes.",
    }.items():
        # By keyboard: into the field, everything out, the new words in.
        bob.page.locator(f'[name="{name}"]').focus()
        bob.page.keyboard.press("Control+A")
        bob.page.keyboard.insert_text(text)
    bob.send()

    # No worker ran in between: what is seen now came with the commit.
    bob.go("/suggestions")
    row = bob.page.locator("main .list__row", has=bob.page.locator(f'a[href$="/challenges/{ref}"]'))
    assert row.count() == 1
    assert "跌倒" in row.inner_text() or "fall" in row.inner_text().lower()
    wrong["after"] = looked_at(bob.page, language)

    bob.go(f"/suggestions/{ref}")
    marks = bob.page.locator("main mark").all_inner_texts()
    assert any("跌倒" in mark or "fall" in mark.lower() for mark in marks), marks
    wrong["the pair, word by word"] = looked_at(bob.page, language)

    bob.go("/search?q=" + ("跌倒侦测" if language.startswith("zh") else "fall+detecton"))
    assert bob.page.locator(f'main a[href$="/challenges/{ref}"]').count() >= 1
    assert bob.page.locator('main a[href*="/organizations/"]').count() >= 1
    wrong["found by search, in simplified characters or misspelt"] = looked_at(bob.page, language)
    wrong = {name: faults for name, faults in wrong.items() if faults}
    assert not wrong, json.dumps(wrong, ensure_ascii=False, indent=1)
