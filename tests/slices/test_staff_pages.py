"""The programme office's own pages: read from the house's tables, for staff alone."""

import pytest

PAGES = ["/staff/house", "/staff/house/doors", "/staff/house/data", "/staff/house/workings", "/staff/audit"]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["en", "zh_Hant_TW"])
def test_staff_read_how_the_platform_works(world, path, language):
    assert world.client(world.officer(), language).get(path).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_others_do_not(world, path):
    _agency, alice = world.agency()
    assert world.client(alice).get(path).status_code == 403
    assert world.client().get(path).status_code == 303


def test_the_outbox_is_for_development_only(world):
    assert world.client(world.officer()).get("/staff/outbox").status_code == 404


def test_the_menu_of_staff_groups_what_belongs_together(world):
    """A group opens to its entries, and is the current one where one of them is."""
    page = world.client(world.officer()).get("/staff/subsidies/rounds").get_data(as_text=True)
    groups = page.split('<details class="menu__group" data-menu>')[1:]
    assert len(groups) == 2
    catalog, subsidies = (group.split("</details>")[0] for group in groups)
    assert 'href="/staff/subsidies/forecast"' in subsidies
    assert '<summary aria-current="true">' in subsidies
    assert 'href="/staff/subsidies/rounds" aria-current="true"' in subsidies
    assert "aria-current" not in catalog
    _agency, alice = world.agency()
    assert "menu__group" not in world.client(alice).get("/").get_data(as_text=True)


@pytest.mark.parametrize(
    "path", ["/", "/about", "/accessibility", "/privacy", "/open-data", "/contact", "/search?q=x"]
)
@pytest.mark.parametrize("language", ["en", "zh_Hant_TW"])
def test_the_front_pages_answer(world, path, language):
    assert world.client(None, language).get(path).status_code == 200


def test_open_data_are_tables_of_public_things_only(world):
    from tests.factories.challenges import challenge

    agency, alice = world.agency()
    shown = challenge(world, "published", (agency, alice))
    hidden = challenge(world, "draft", (agency, alice))
    table = world.client().get("/open-data/challenges.csv").get_data(as_text=True)
    assert shown.code in table
    assert table.count("\n") == 2
    assert hidden.ref not in table
    assert world.client().get("/open-data/items.csv").status_code == 200
