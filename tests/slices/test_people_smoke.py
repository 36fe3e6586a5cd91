"""A first walk through the people's pages."""

import pytest


@pytest.mark.both_databases
def test_an_agency_is_made_and_its_owner_acts_for_it(world):
    organization, alice = world.agency()
    assert alice.writes_for(organization.id)


def test_the_front_page_answers(world):
    assert world.client().get("/").status_code == 200
