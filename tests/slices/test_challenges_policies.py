"""Who may do what to a challenge: every verb, person and state."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matchmaker.challenges import policies
from matchmaker.people.actor import SYSTEM
from matchmaker.people.states import Role
from tests.factories.challenges import challenge

PEOPLE = ("owner", "editor", "reader", "stranger", "startup", "officer", "juror")
WRITERS = {"owner", "editor"}
STATES = (
    *("draft", "in_triage", "returned", "published", "closed", "opened", "screening", "judging"),
    *("decided", "in_pilot", "concluded", "cancelled"),
)
UNPUBLISHED = {"draft", "in_triage", "returned"}
BEFORE_DECISION = set(STATES[:8])

TABLE = {
    policies.can_edit: {(who, state) for who in WRITERS for state in ("draft", "returned")},
    policies.can_hand_in: {(who, state) for who in WRITERS for state in ("draft", "returned")},
    policies.can_take_back: {(who, "in_triage") for who in WRITERS},
    policies.can_return: {("officer", "in_triage")},
    policies.can_publish: {("officer", "in_triage")},
    policies.can_cancel: {(who, state) for who in WRITERS for state in UNPUBLISHED}
    | {("officer", state) for state in BEFORE_DECISION},
    policies.can_open: {("officer", "closed")},
    policies.can_follow_up: {
        (who, state) for who in (*WRITERS, "officer") for state in ("decided", "in_pilot", "concluded")
    },
}


def cast(world):
    organization, owner = world.agency()
    return (organization, owner), {
        "owner": owner,
        "editor": world.member(organization, "Anna", Role.EDITOR),
        "reader": world.member(organization, "Ray", Role.READER),
        "stranger": world.agency("Judy")[1],
        "startup": world.startup()[1],
        "officer": world.officer(),
        "juror": world.juror(),
    }


@pytest.mark.parametrize("state", STATES)
def test_the_table_of_rights(world, state):
    agency, people = cast(world)
    made = challenge(world, state, agency, staff=people["officer"])
    for can, allowed in TABLE.items():
        for who in PEOPLE:
            decision = can(people[who], made, world.now)
            assert bool(decision) == ((who, state) in allowed), (can.__name__, who, state)


LATER = {
    "screen": {"opened"},
    "judge": {"screening"},
    "decide": {"judging", "screening"},
    "begin_pilot": {"decided"},
    "conclude": {"in_pilot", "decided"},
}


@pytest.mark.parametrize(
    "state", ["closed", "opened", "screening", "judging", "decided", "in_pilot", "concluded"]
)
def test_later_steps_are_taken_by_staff_the_platform_or_for_pilots_the_agency(world, state):
    agency, people = cast(world)
    made = challenge(world, state, agency, staff=people["officer"])
    for move, sources in LATER.items():
        takers = {"officer", "platform"} | (WRITERS if move == "begin_pilot" else set())
        for who, person in (people | {"platform": SYSTEM}).items():
            allowed = bool(policies.can_advance(person, made, move, world.now))
            assert allowed == (state in sources and who in takers), (move, who)


def test_who_wrote_a_need_does_not_publish_it(world):
    agency, owner = world.agency()
    officer = replace(world.officer(), user_id=owner.user_id)
    made = challenge(world, "in_triage", (agency, owner))
    for can in (policies.can_publish, policies.can_return):
        assert can(officer, made, world.now).code == "challenges.own_need"


def test_an_agency_that_is_not_confirmed_and_others_cannot_begin_a_need(world):
    waiting, owner = world.agency(confirmed=False)
    startup, bob = world.startup()
    agency, alice = world.agency()
    reader = world.member(agency, "Ray", Role.READER)
    assert policies.can_draft(owner, waiting).code == "people.not_confirmed"
    assert policies.can_draft(bob, startup).code == "challenges.not_agency"
    assert policies.can_draft(bob, agency).code == "people.not_writer"
    assert policies.can_draft(reader, agency).code == "people.not_writer"
    assert policies.can_draft(alice, agency)
