"""The main job in a real browser, by its people, and axe-core on every page they meet."""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.live import running
from tests.browser.walk import Walk

WORDS = {"zh_Hant_TW": "zh-Hant-TW", "en": "en"}


def violations(page) -> list[str]:
    """What axe-core finds wrong with a page, in one line each."""
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found]


@pytest.mark.parametrize(("language", "size"), [("zh_Hant_TW", (1280, 900)), ("en", (390, 844))])
def test_an_idea_goes_from_the_problem_to_the_catalog(browser, tmp_path, language, size):
    """Every step succeeds, every page is in the reader's language, fits the screen and has no violation."""
    wrong = {}
    seen = 0
    with running(tmp_path) as live:
        walk = Walk(live, browser, language=language, size=size)
        for name, page in walk.steps():
            seen += 1
            faults = violations(page)
            if page.locator("html").get_attribute("lang") != WORDS[language]:
                faults.append(f"in another language: {page.url}")
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                faults.append("scrolls sideways")
            if faults:
                wrong[name] = faults
        for person in walk.people.values():
            person.page.context.close()
    assert not wrong, json.dumps(wrong, ensure_ascii=False, indent=1)
    assert seen > 60
