"""Every persona of the demo year walks the whole site by its links, in both languages."""

import pytest

from matchmaker.people import queries as people
from matchmaker.seeding import load
from tests import year
from tests.web.crawl import walk
from tests.world import World


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The product with its demo year, once for all walks."""
    with year.opened(tmp_path_factory) as (app, now):
        world = World(app)
        world.now = now
        yield world


def personas(world):
    """The demo's sign-ins as actors, and a visitor."""
    actors = {"visitor": None}
    for persona in load.personas():
        user = people.user_by_email(persona.email)
        organization = people.memberships_of(user.id)[0].organization_id
        actors[persona.title] = people.actor_of(user, organization)
    return actors


@pytest.mark.parametrize(("language", "tag"), [("zh_Hant_TW", "zh-Hant-TW"), ("en", "en")])
def test_everybody_finds_only_whole_pages(demo, language, tag):
    wrong = []
    seen = 0
    for name, actor in personas(demo).items():
        browser = demo.client(actor, language)
        for path, status, faults in walk(browser, demo.app, language=tag):
            seen += 1
            if status != 200 or faults:
                wrong.append((name, path, status, faults))
    assert not wrong, f"{len(wrong)} of {seen} pages: {wrong[:20]}"
    assert seen > 100
