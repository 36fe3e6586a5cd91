"""Who may do what to organisations and their people, as tables."""

from datetime import timedelta

import pytest

from matchmaker.people import policies
from matchmaker.people.actor import Actor
from matchmaker.people.models import Invitation, Membership, Organization, PasswordReset
from matchmaker.people.states import (
    ORGANIZATION_LIFE,
    OrganizationKind,
    OrganizationState,
    Role,
)
from tests.world import NOW

K, S = OrganizationKind, OrganizationState
YES = "yes"


def actor(role=None, of=1, kind=K.STARTUP, confirmed=True, user_id=1):
    return Actor(user_id, "ref", "Name", "en", of, "org", kind, role, confirmed)


def office(role):
    return actor(role, of=99, kind=K.PROGRAMME)


def organization(kind=K.STARTUP, state=S.CONFIRMED, id=1):
    return Organization(id=id, kind=kind, state=state, name_zh="測試")


def said(decision):
    return YES if decision else decision.code


PEOPLE = {
    "owner": actor(Role.OWNER),
    "editor": actor(Role.EDITOR),
    "reader": actor(Role.READER),
    "stranger": actor(Role.OWNER, of=2),
    "nobody": Actor(1, "ref", "Name", "en"),
    "officer": office(Role.OFFICER),
    "director": office(Role.DIRECTOR),
    "juror": office(Role.JUROR),
}


@pytest.mark.parametrize(
    ("rule", "answers"),
    [
        (
            policies.can_edit_organization,
            {
                "owner": YES,
                "editor": "people.not_manager",
                "reader": "people.not_manager",
                "stranger": "people.not_manager",
                "nobody": "people.not_manager",
                "officer": YES,
                "director": YES,
                "juror": "people.not_manager",
            },
        ),
        (
            policies.can_edit_profile,
            {
                "owner": YES,
                "editor": YES,
                "reader": "people.not_writer",
                "stranger": "people.not_writer",
                "nobody": "people.not_writer",
                "officer": "people.not_writer",
                "director": "people.not_writer",
                "juror": "people.not_writer",
            },
        ),
        (
            policies.can_see_people,
            {
                "owner": YES,
                "editor": YES,
                "reader": YES,
                "stranger": "people.not_staff",
                "nobody": "people.not_staff",
                "officer": YES,
                "director": YES,
                "juror": "people.not_staff",
            },
        ),
        (
            policies.can_manage_people,
            {
                "owner": YES,
                "editor": "people.not_manager",
                "reader": "people.not_manager",
                "stranger": "people.not_manager",
                "nobody": "people.not_manager",
                "officer": "people.not_manager",
                "director": "people.not_manager",
                "juror": "people.not_manager",
            },
        ),
    ],
)
def test_rights_on_a_startup(rule, answers):
    assert {name: said(rule(person, organization())) for name, person in PEOPLE.items()} == answers


def test_rights_on_the_programme_office():
    own = organization(K.PROGRAMME, id=99)
    table = {
        name: (
            said(policies.can_manage_people(PEOPLE[name], own)),
            said(policies.can_see_people(PEOPLE[name], own)),
            said(policies.can_edit_organization(PEOPLE[name], own)),
        )
        for name in ("director", "officer", "juror")
    }
    assert table == {
        "director": (YES, YES, YES),
        "officer": ("people.not_director", YES, YES),
        "juror": ("people.not_director", "people.not_staff", "people.not_director"),
    }


def test_only_a_confirmed_organisation_sends_invitations():
    assert said(policies.can_invite(actor(Role.OWNER), organization())) == YES
    assert said(policies.can_invite(actor(Role.EDITOR), organization())) == "people.not_manager"
    assert (
        said(policies.can_invite(actor(Role.OWNER, confirmed=False), organization(state=S.PENDING)))
        == "people.not_confirmed"
    )


def test_only_agencies_have_desks():
    assert said(policies.can_seat(actor(Role.OWNER), organization(K.AGENCY))) == YES
    assert said(policies.can_seat(actor(Role.EDITOR), organization(K.AGENCY))) == "people.not_manager"
    assert said(policies.can_seat(actor(Role.OWNER), organization(K.STARTUP))) == "people.not_agency"


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("move", ["confirm", "decline", "suspend", "restore"])
def test_staff_decide_where_the_lifecycle_allows(state, move):
    decision = policies.can_decide(office(Role.OFFICER), organization(state=state), move)
    allowed = ORGANIZATION_LIFE.can(move, state)
    assert said(decision) == (YES if allowed else "people.wrong_state")


def test_nobody_else_decides():
    waiting = organization(state=S.PENDING)
    for name in ("owner", "stranger", "nobody", "juror"):
        assert said(policies.can_decide(PEOPLE[name], waiting, "confirm")) == "people.not_staff"
    own = organization(K.PROGRAMME, S.PENDING, id=99)
    assert said(policies.can_decide(office(Role.OFFICER), own, "confirm")) == "people.self_confirm"


@pytest.mark.parametrize("state", S)
def test_only_a_declined_organisation_asks_again(state):
    answer = said(policies.can_ask_again(actor(Role.OWNER), organization(state=state)))
    assert answer == (YES if state is S.DECLINED else "people.wrong_state")
    assert said(policies.can_ask_again(actor(Role.EDITOR), organization(state=state))) == "people.not_manager"


def test_what_was_confirmed_only_staff_change():
    def fixed(person, **more):
        return policies.fixed_facts(person, organization(**more))

    owner = actor(Role.OWNER)
    assert fixed(owner, state=S.PENDING) == frozenset()
    assert fixed(owner, state=S.DECLINED) == frozenset()
    assert fixed(owner) == {"name_zh", "ubn", "founded_on"}
    assert fixed(owner, state=S.SUSPENDED) == {"name_zh", "ubn", "founded_on"}
    assert fixed(owner, kind=K.PARTNER) == {"name_zh", "ubn"}
    assert "agency_code" in fixed(owner, kind=K.AGENCY)
    assert fixed(office(Role.OFFICER), kind=K.AGENCY) == frozenset()


def test_contact_data_are_for_people_of_confirmed_organisations():
    shown = organization()
    assert said(policies.can_see_contact(None, shown)) == "people.not_confirmed"
    assert said(policies.can_see_contact(actor(Role.READER, of=2), shown)) == YES
    assert (
        said(policies.can_see_contact(actor(Role.OWNER, of=2, confirmed=False), shown))
        == "people.not_confirmed"
    )
    assert said(policies.can_see_contact(actor(Role.OWNER, confirmed=False), shown)) == YES


def test_roles_belong_to_kinds():
    for role in (Role.OWNER, Role.EDITOR, Role.READER):
        assert policies.can_take_role(organization(K.AGENCY), role)
        assert said(policies.can_take_role(organization(K.PROGRAMME), role)) == "people.wrong_role"
    for role in (Role.OFFICER, Role.DIRECTOR, Role.JUROR):
        assert policies.can_take_role(organization(K.PROGRAMME), role)
        assert said(policies.can_take_role(organization(K.STARTUP), role)) == "people.wrong_role"


def member(role, user_id=2, kind=K.STARTUP):
    return Membership(user_id=user_id, organization_id=1, role=role, organization=organization(kind))


@pytest.mark.parametrize(
    ("person", "row", "managers", "answer"),
    [
        (actor(Role.OWNER), member(Role.EDITOR), 1, YES),
        (actor(Role.OWNER), member(Role.OWNER), 2, YES),
        (actor(Role.OWNER), member(Role.OWNER), 1, "people.last_owner"),
        (actor(Role.OWNER, user_id=2), member(Role.OWNER), 1, "people.last_owner"),
        (actor(Role.EDITOR), member(Role.READER), 1, "people.not_manager"),
        (actor(Role.EDITOR, user_id=2), member(Role.EDITOR), 1, YES),
        (actor(Role.OWNER, of=2, user_id=2), member(Role.EDITOR), 1, "people.not_manager"),
        (actor(Role.DIRECTOR, kind=K.PROGRAMME), member(Role.DIRECTOR, kind=K.PROGRAMME), 1, "people.last_director"),
        (actor(Role.OFFICER, kind=K.PROGRAMME), member(Role.JUROR, kind=K.PROGRAMME), 1, "people.not_director"),
        (actor(Role.JUROR, kind=K.PROGRAMME, user_id=2), member(Role.JUROR, kind=K.PROGRAMME), 1, YES),
    ],
)  # fmt: skip
def test_memberships_end_but_for_the_last_owner(person, row, managers, answer):
    assert said(policies.can_end_membership(person, row, managers)) == answer


SOON = NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("address", "invitation", "answer"),
    [
        ("a@example.org", {"expires_at": SOON}, YES),
        ("b@example.org", {"expires_at": SOON}, "people.other_address"),
        ("a@example.org", {"expires_at": NOW}, "people.invitation_over"),
        ("a@example.org", {"expires_at": None}, "people.invitation_over"),
        ("a@example.org", {"expires_at": SOON, "accepted_at": NOW}, "people.invitation_over"),
        ("a@example.org", {"expires_at": SOON, "withdrawn_at": NOW}, "people.invitation_over"),
        ("b@example.org", {"expires_at": NOW}, "people.invitation_over"),
    ],
)
def test_an_invitation_is_for_its_address_and_its_time(address, invitation, answer):
    offer = Invitation(email="a@example.org", **invitation)
    assert said(policies.can_accept(address, offer, NOW)) == answer


def test_a_reset_works_once_and_for_its_time():
    assert policies.can_use_reset(PasswordReset(expires_at=SOON), NOW)
    assert said(policies.can_use_reset(PasswordReset(expires_at=NOW), NOW)) == "people.reset_over"
    assert (
        said(policies.can_use_reset(PasswordReset(expires_at=SOON, used_at=NOW), NOW)) == "people.reset_over"
    )


def test_writing_needs_a_role_and_a_confirmed_organisation():
    assert said(policies.can_write(actor(Role.EDITOR), 1)) == YES
    assert said(policies.can_write(actor(Role.READER), 1)) == "people.not_writer"
    assert said(policies.can_write(actor(Role.OWNER), 2)) == "people.not_writer"
    assert said(policies.can_write(actor(Role.OWNER, confirmed=False), 1)) == "people.not_confirmed"


@pytest.mark.parametrize(
    ("person", "doors"),
    [
        (Actor(1, "r", "n", "en"), {"signed_in"}),
        (actor(Role.READER), {"signed_in", "startup"}),
        (actor(Role.OWNER, kind=K.AGENCY), {"signed_in", "agency"}),
        (actor(Role.OWNER, kind=K.PARTNER), {"signed_in", "partner"}),
        (office(Role.OFFICER), {"signed_in", "staff"}),
        (office(Role.DIRECTOR), {"signed_in", "staff", "director"}),
        (office(Role.JUROR), {"signed_in", "juror"}),
    ],
)
def test_everybody_comes_through_their_own_doors(person, doors):
    assert person.audiences == doors
