"""Verbs on accounts, organisations and their people, on both databases."""

import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from matchmaker.foundation import audit, sessions
from matchmaker.foundation.db import db, unit_of_work
from matchmaker.kernel.errors import Invalid, NotFound, Refused, Stale
from matchmaker.people import operations, queries
from matchmaker.people.facts import OrganizationFacts, PersonFacts, ProfileFacts
from matchmaker.people.models import Invitation, Membership, Organization, PasswordReset, SignOffDesk, User
from matchmaker.people.states import AgencyKind, OrganizationKind, OrganizationState, Role, SignOffRole
from tests.factories import mail
from tests.slices.test_foundation_db import in_threads
from tests.world import NOW, PASSWORD, ubn

pytestmark = pytest.mark.both_databases
GOOD = "another long sentence 另一句"


def startup_facts(**more):
    return OrganizationFacts(
        **{
            "kind": OrganizationKind.STARTUP,
            "name_zh": "測試新創",
            "ubn": ubn(),
            "founded_on": date(2024, 1, 2),
            **more,
        }
    )


def problems(raised):
    return {name: denial.code for name, denial in raised.value.problems.items()}


def fresh(model, row):
    db.session.rollback()
    return db.session.get_one(model, row.id, populate_existing=True)


def types(organization):
    db.session.rollback()
    return [entry.type for entry in audit.history(organization.subject)]


# --- Registration ---


def test_a_registration_waits_for_staff_who_are_told(world):
    world.officer("Carol")
    bob = world.user("Bob")
    with unit_of_work():
        organization = operations.register(facts=startup_facts(), by=bob, at=NOW)
    assert organization.state is OrganizationState.PENDING
    actor = queries.actor_of(bob, organization.id)
    assert (actor.role, actor.confirmed) == (Role.OWNER, False)
    assert queries.organization_by_id(organization.id).profile is not None
    assert types(organization) == ["organization.registered", "membership.began"]
    letters = mail.send(world)
    [carols] = [m for address, m in letters.items() if address.startswith("carol")]
    assert "測試新創" in carols["Subject"]
    assert mail.link(carols) == f"/staff/organizations/{organization.ref}"


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        (
            {"ubn": None, "founded_on": None},
            {"ubn": "people.ubn_needed", "founded_on": "people.founded_needed"},
        ),
        ({"ubn": "12345678"}, {"ubn": "ubn.checksum"}),
        ({"ubn": "1234"}, {"ubn": "ubn.length"}),
        ({"founded_on": date(2026, 3, 3)}, {"founded_on": "people.founded_ahead"}),
        (
            {"kind": OrganizationKind.AGENCY, "ubn": None, "founded_on": None, "agency_code": "x"},
            {"agency_kind": "people.agency_kind_needed", "agency_code": "agency_code.shape"},
        ),
        (
            {"kind": OrganizationKind.AGENCY, "agency_kind": AgencyKind.COUNCIL, "agency_oid": "1.2"},
            {"county_id": "people.county_needed", "agency_oid": "oid.tree"},
        ),
        ({"kind": OrganizationKind.PARTNER, "ubn": "00000000"}, {"ubn": "ubn.zero"}),
    ],
)
def test_facts_that_cannot_be_are_named_all_at_once(world, facts, found):
    bob = world.user("Bob")
    with unit_of_work(), pytest.raises(Invalid) as raised:
        operations.register(facts=startup_facts(**facts), by=bob, at=NOW)
    assert problems(raised) == found


def test_numbers_are_stored_in_their_plain_form(world):
    bob, number = world.user("Bob"), ubn()
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in number)
    with unit_of_work():
        startup = operations.register(facts=startup_facts(ubn=f" {wide[:4]}-{wide[4:]} "), by=bob, at=NOW)
        agency = operations.register(
            facts=OrganizationFacts(
                kind=OrganizationKind.AGENCY,
                name_zh="局",
                agency_kind=AgencyKind.CENTRAL,
                agency_code="379000000a",
                agency_oid="2.16.886.101.20003",
            ),
            by=bob,
            at=NOW,
        )
    assert startup.ubn == number
    assert (agency.agency_code, agency.agency_oid) == ("379000000A", "2.16.886.101.20003")


def test_a_startup_has_no_agency_code_whatever_is_sent(world):
    with unit_of_work():
        made = operations.register(
            facts=startup_facts(agency_code="379000000A", agency_kind=AgencyKind.LOCAL),
            by=world.user("Bob"),
            at=NOW,
        )
    assert (made.agency_code, made.agency_kind) == (None, None)


def test_a_number_belongs_to_one_organisation(world):
    startup, _ = world.startup()
    agency, _ = world.agency(agency_code="379000000A")
    eve = world.user("Eve")
    with unit_of_work(), pytest.raises(Invalid) as raised:
        operations.register(facts=startup_facts(ubn=startup.ubn), by=eve, at=NOW)
    assert problems(raised) == {"ubn": "people.ubn_taken"}
    facts = OrganizationFacts(
        kind=OrganizationKind.AGENCY,
        name_zh="局",
        agency_kind=AgencyKind.CENTRAL,
        agency_code=agency.agency_code,
    )
    with unit_of_work(), pytest.raises(Invalid) as raised:
        operations.register(facts=facts, by=eve, at=NOW)
    assert problems(raised) == {"agency_code": "people.code_taken"}


def test_a_sign_up_makes_the_account_and_the_organisation_together(world):
    person = PersonFacts(name="Bob", email=" Bob@Example.ORG ", password=GOOD, language="en")
    with unit_of_work():
        user, organization = operations.sign_up(facts=startup_facts(), person=person, at=NOW)
    assert (user.email, user.language) == ("bob@example.org", "en")
    assert queries.actor_of(user, organization.id).role is Role.OWNER


def test_a_failed_sign_up_names_every_problem_and_makes_nothing(world):
    world_user = world.user("Bob")
    person = PersonFacts(name="Bob", email=world_user.email.upper(), password="password1234")

    def fail():
        with unit_of_work():
            operations.sign_up(facts=startup_facts(ubn="1", email="x"), person=person, at=NOW)

    with pytest.raises(Invalid) as raised:
        fail()
    assert problems(raised) == {
        "ubn": "ubn.length",
        "person_email": "people.email_taken",
        "password": "password.too_common",
    }
    assert db.session.execute(select(Organization)).first() is None


def test_a_good_account_is_not_kept_when_the_organisation_is_refused(world):
    person = PersonFacts(name="Bob", email="bob@example.org", password=GOOD)

    def fail():
        with unit_of_work():
            operations.sign_up(facts=startup_facts(ubn="1"), person=person, at=NOW)

    with pytest.raises(Invalid):
        fail()
    assert queries.user_by_email("bob@example.org") is None


def test_a_closed_account_keeps_its_address(world):
    bob = world.user("Bob")
    with unit_of_work() as session:
        session.get_one(User, bob.id).active = False
    assert queries.user_by_email(bob.email) is None
    with unit_of_work(), pytest.raises(Invalid):
        operations.create_user(email=bob.email, name="Bob", at=NOW)


# --- The word of the programme office ---


@pytest.mark.parametrize(
    ("moves", "state", "words"),
    [
        (["confirm"], OrganizationState.CONFIRMED, "已通過確認"),
        (["decline"], OrganizationState.DECLINED, "因為"),
        (["confirm", "suspend"], OrganizationState.SUSPENDED, "因為"),
        (["confirm", "suspend", "restore"], OrganizationState.CONFIRMED, "已復權"),
    ],
)
def test_staff_decide_and_the_organisation_is_told_why(world, moves, state, words):
    organization, bob = world.startup(confirmed=False)
    carol = world.officer()
    for move in moves:
        world.later(minutes=1)
        with unit_of_work():
            operations.decide(organization=organization, move=move, reason="因為", by=carol, at=world.now)
    row = fresh(Organization, organization)
    assert (row.state, row.decided_at, row.decision_reason) == (state, world.now, "因為")
    assert types(organization)[-1] == f"organization.{moves[-1]}"
    letter = mail.send(world)[queries.user_by_id(bob.user_id).email]
    assert words in letter["Subject"] + mail.text(letter)


@pytest.mark.parametrize(("state", "move"), [(False, "decline"), (True, "suspend")])
def test_a_no_needs_its_reason(world, state, move):
    organization, _ = world.startup(confirmed=state)
    with unit_of_work(), pytest.raises(Invalid) as raised:
        operations.decide(organization=organization, move=move, reason="  ", by=world.officer(), at=NOW)
    assert problems(raised) == {"reason": "people.reason_needed"}


def test_a_decision_on_facts_that_have_changed_is_told(world):
    organization, bob = world.startup(confirmed=False)
    seen = organization.version
    with unit_of_work():
        operations.update_organization(
            organization=organization,
            facts=startup_facts(name_zh="新名字", ubn=organization.ubn),
            by=bob,
            at=NOW,
            expected_version=seen,
        )
    with unit_of_work(), pytest.raises(Stale) as stale:
        operations.decide(
            organization=organization,
            move="confirm",
            reason="",
            by=world.officer(),
            at=NOW,
            expected_version=seen,
        )
    assert stale.value.by == "Bob"


def test_only_one_of_two_officers_decides(world):
    organization, _ = world.startup(confirmed=False)
    carol = world.officer()
    with unit_of_work():
        operations.decide(organization=organization, move="confirm", reason="", by=carol, at=NOW)
    with unit_of_work(), pytest.raises(Refused) as refused:
        operations.decide(organization=organization, move="decline", reason="x", by=carol, at=NOW)
    assert refused.value.denial.code == "people.wrong_state"


def test_who_was_declined_mends_the_facts_and_asks_again(world):
    organization, bob = world.startup(confirmed=False)
    carol = world.officer("Carol")
    with unit_of_work():
        operations.decide(organization=organization, move="decline", reason="名稱", by=carol, at=NOW)
    mail.send(world)
    world.later(hours=1)
    with unit_of_work():
        operations.ask_again(organization=organization, by=bob, at=world.now)
    row = fresh(Organization, organization)
    assert (row.state, row.decided_at) == (OrganizationState.PENDING, None)
    assert any(address.startswith("carol") for address in mail.send(world))


# --- Facts and profile ---


def test_owners_change_what_is_not_confirmed(world):
    organization, bob = world.startup()
    before = organization.name_zh, organization.ubn, organization.founded_on
    facts = startup_facts(name_zh="別的公司", name_en="Other", website="https://example.org")
    with unit_of_work():
        operations.update_organization(
            organization=organization, facts=facts, by=bob, at=NOW, expected_version=organization.version
        )
    row = fresh(Organization, organization)
    assert (row.name_zh, row.ubn, row.founded_on) == before
    assert (row.name_en, row.website, row.changed_by) == ("Other", "https://example.org", "Bob")
    [entry] = [e for e in audit.history(row.subject) if e.type == "organization.changed"]
    assert entry.body["changes"]["website"] == ["", "https://example.org"]


def test_staff_correct_what_is_confirmed(world):
    organization, _ = world.startup()
    facts = startup_facts(name_zh="正確的名字", ubn=organization.ubn)
    with unit_of_work():
        operations.update_organization(
            organization=organization, facts=facts, by=world.officer(), at=NOW, expected_version=None
        )
    assert fresh(Organization, organization).name_zh == "正確的名字"


def test_nothing_is_recorded_when_nothing_changed(world):
    organization, bob = world.startup()
    facts = startup_facts(
        **{
            name: getattr(organization, name)
            for name in ("name_zh", "name_en", "ubn", "founded_on", "website", "email", "phone")
        }
    )
    with unit_of_work():
        operations.update_organization(
            organization=organization, facts=facts, by=bob, at=NOW, expected_version=organization.version
        )
    assert "organization.changed" not in types(organization)


def test_an_organisation_may_keep_its_own_number(world):
    organization, bob = world.startup(confirmed=False)
    with unit_of_work():
        operations.update_organization(
            organization=organization,
            facts=startup_facts(ubn=organization.ubn, phone="02"),
            by=bob,
            at=NOW,
            expected_version=None,
        )
    assert fresh(Organization, organization).phone == "02"


def test_two_editors_of_a_profile_do_not_overwrite_each_other(world):
    organization, bob = world.startup()
    eve = world.member(organization, "Eve", Role.EDITOR)
    own = queries.own_organization(bob)
    seen = own.profile.version
    facts = ProfileFacts(offer_zh="雷達", tags=("長照", "跌倒"), domains=("care",), employees=3)
    with unit_of_work():
        operations.update_profile(organization=own, facts=facts, by=bob, at=NOW, expected_version=seen)
    with unit_of_work(), pytest.raises(Stale) as stale:
        operations.update_profile(
            organization=queries.own_organization(eve),
            facts=replace(facts, offer_zh="別的"),
            by=eve,
            at=NOW,
            expected_version=seen,
        )
    assert stale.value.by == "Bob"
    kept = queries.own_organization(bob).profile
    assert (kept.offer_zh, kept.tags, kept.domains) == ("雷達", ["長照", "跌倒"], ["care"])


# --- Invitations ---


def invite(world, by, organization, email="new@example.org", role=Role.EDITOR, **more):
    with unit_of_work():
        return operations.invite(
            organization=organization, email=email, role=role, by=by, at=world.now, **more
        )


def invited(world, by, organization, email="new@example.org", **more):
    """Invite, send the mail; the invitation as its mailed address finds it."""
    invite(world, by, organization, email, **more)
    secret = mail.link(mail.send(world)[email]).removeprefix("/invitations/")
    return queries.invitation_by_token(secret)


def accept(world, invitation, user):
    with unit_of_work():
        return operations.accept_invitation(invitation=invitation, user=user, at=world.now)


def test_an_invitation_is_mailed_and_taken_up_once(world):
    organization, alice = world.agency()
    invitation = invited(world, alice, organization)
    with unit_of_work():
        user = operations.create_user(email="new@example.org", name="New", at=NOW, password=GOOD)
    accept(world, invitation, user)
    assert queries.actor_of(user, organization.id).role is Role.EDITOR
    assert fresh(User, user).confirmed_at == NOW
    with pytest.raises(Refused) as refused:
        accept(world, invitation, user)
    assert refused.value.denial.code == "people.invitation_over"


def test_an_invitation_for_another_address_is_refused(world):
    organization, alice = world.agency()
    invitation = invited(world, alice, organization)
    with pytest.raises(Refused) as refused:
        accept(world, invitation, world.user("Mallory"))
    assert refused.value.denial.code == "people.other_address"


def test_an_invitation_ends_after_seven_days(world):
    organization, alice = world.agency()
    bob = world.user("Bob")
    invitation = invited(world, alice, organization, bob.email)
    world.later(days=7)
    with pytest.raises(Refused):
        accept(world, invitation, bob)


def test_a_withdrawn_invitation_is_over_and_stays_so(world):
    organization, alice = world.agency()
    bob = world.user("Bob")
    invitation = invited(world, alice, organization, bob.email)
    for again in (False, True):
        try:
            with unit_of_work():
                operations.withdraw_invitation(
                    invitation=invitation, organization=organization, by=alice, at=NOW
                )
        except Refused:
            assert again
    with pytest.raises(Refused):
        accept(world, invitation, bob)
    assert queries.invitations_of(organization.id) == []


def test_a_new_invitation_ends_the_one_before(world):
    organization, alice = world.agency()
    first = invite(world, alice, organization, "new@example.org")
    second = invite(world, alice, organization, " NEW@example.org")
    assert fresh(Invitation, first).withdrawn_at == NOW
    assert [i.id for i in queries.invitations_of(organization.id)] == [second.id]


def test_a_member_is_not_invited_again(world):
    organization, alice = world.agency()
    with pytest.raises(Invalid) as raised:
        invite(world, alice, organization, queries.user_by_id(alice.user_id).email)
    assert problems(raised) == {"email": "people.already_member"}


def test_nobody_invites_to_a_role_of_another_house(world):
    organization, alice = world.agency()
    with pytest.raises(Refused) as refused:
        invite(world, alice, organization, role=Role.DIRECTOR)
    assert refused.value.denial.code == "people.wrong_role"


def test_a_juror_is_invited_with_what_the_seat_asks_for(world):
    dora = world.director()
    bob = world.user("Bob")
    invitation = invited(
        world, dora, world.office(), bob.email, role=Role.JUROR, external_expert=True, occupation="教授"
    )
    membership = accept(world, invitation, bob)
    assert (membership.external_expert, membership.occupation) == (True, "教授")


def test_who_left_comes_back_to_the_same_place(world):
    organization, alice = world.agency()
    bob = world.member(organization, "Bob", Role.OWNER)
    row = queries.member_for(
        bob, next(m.ref for m in queries.members_of(organization.id) if m.user_id == bob.user_id)
    )
    with unit_of_work():
        operations.end_membership(membership=row, by=alice, at=NOW)
    user = queries.user_by_id(bob.user_id)
    accept(world, invited(world, alice, organization, user.email, role=Role.READER), user)
    again = queries.any_membership(user.id, organization.id)
    assert (again.id, again.role, again.ended_at) == (row.id, Role.READER, None)


# --- Roles and desks ---


def membership(organization, actor):
    return next(m for m in queries.members_of(organization.id) if m.user_id == actor.user_id)


def test_a_new_role_counts_with_the_next_request(world):
    organization, alice = world.agency()
    bob = world.member(organization, "Bob", Role.EDITOR)
    with unit_of_work():
        operations.change_role(membership=membership(organization, bob), role=Role.READER, by=alice, at=NOW)
    user = queries.user_by_id(bob.user_id)
    assert not queries.actor_of(user, organization.id).writes_for(organization.id)


def test_the_last_owner_stays(world):
    organization, alice = world.agency()
    own = membership(organization, alice)
    for act in (
        lambda: operations.change_role(membership=own, role=Role.EDITOR, by=alice, at=NOW),
        lambda: operations.end_membership(membership=own, by=alice, at=NOW),
    ):
        with unit_of_work(), pytest.raises(Refused) as refused:
            act()
        assert refused.value.denial.code == "people.last_owner"


def test_of_two_owners_who_demote_each_other_one_stays(world):
    organization, alice = world.agency()
    bob = world.member(organization, "Bob", Role.OWNER)
    pairs = iter([(alice, bob), (bob, alice)])
    together = threading.Barrier(2, timeout=10)
    refused = []

    def demote():
        by, other = next(pairs)
        row = membership(organization, other)
        together.wait()
        try:
            with unit_of_work():
                operations.change_role(membership=row, role=Role.READER, by=by, at=NOW)
        except Refused:
            refused.append(by)

    in_threads(world.app, 2, demote)
    assert len(refused) == 1
    db.session.rollback()
    assert queries.count_managers(organization.id) == 1


def test_the_same_role_again_is_no_event(world):
    organization, alice = world.agency()
    bob = world.member(organization, "Bob", Role.EDITOR)
    with unit_of_work():
        operations.change_role(membership=membership(organization, bob), role=Role.EDITOR, by=alice, at=NOW)
    assert "membership.role_changed" not in types(organization)


def test_whose_membership_ends_loses_the_desks_too(world):
    organization, alice = world.agency()
    bob = world.member(organization, "Bob", Role.EDITOR)
    eve = world.member(organization, "Eve", Role.EDITOR)
    rows = {a.name: membership(organization, a) for a in (alice, bob, eve)}
    for role, holder, deputy in (
        (SignOffRole.CASE_OFFICER, "Bob", "Eve"),
        (SignOffRole.HEAD, "Alice", "Bob"),
    ):
        with unit_of_work():
            operations.seat(
                organization=organization,
                role=role,
                holder=rows[holder],
                deputy=rows[deputy],
                by=alice,
                at=NOW,
            )
    with unit_of_work():
        operations.end_membership(membership=rows["Bob"], by=alice, at=NOW)
    [desk] = queries.desks_of(organization.id)
    assert (desk.role, desk.holder.user.name, desk.deputy) == (SignOffRole.HEAD, "Alice", None)
    with pytest.raises(NotFound):
        queries.member_for(alice, rows["Bob"].ref)


def test_everybody_may_leave(world):
    organization, _ = world.agency()
    bob = world.member(organization, "Bob", Role.READER)
    with unit_of_work():
        operations.end_membership(membership=membership(organization, bob), by=bob, at=NOW)
    assert queries.memberships_of(bob.user_id) == []


def test_a_desk_is_seated_changed_and_emptied(world):
    organization, alice = world.agency()
    bob = world.member(organization, "Bob", Role.EDITOR)
    rows = [membership(organization, a) for a in (alice, bob)]

    def seat(holder, deputy):
        with unit_of_work():
            operations.seat(
                organization=organization,
                role=SignOffRole.HEAD,
                holder=holder,
                deputy=deputy,
                by=alice,
                at=NOW,
            )
        return [(d.holder_id, d.deputy_id) for d in queries.desks_of(organization.id)]

    assert seat(None, None) == []
    assert seat(rows[0], None) == [(rows[0].id, None)]
    assert seat(rows[1], rows[0]) == [(rows[1].id, rows[0].id)]
    assert seat(rows[0], rows[1]) == [(rows[0].id, rows[1].id)]
    assert seat(None, None) == []


def test_seats_that_make_no_sense_are_refused(world):
    organization, alice = world.agency()
    other, judy = world.agency(owner="Judy")
    own, foreign = membership(organization, alice), membership(other, judy)
    for holder, deputy, found in (
        (own, own, {"deputy": "people.deputy_is_holder"}),
        (None, own, {"holder": "people.holder_needed"}),
        (foreign, None, {"holder": "people.not_ours"}),
        (own, foreign, {"deputy": "people.not_ours"}),
    ):
        with unit_of_work(), pytest.raises(Invalid) as raised:
            operations.seat(
                organization=organization,
                role=SignOffRole.HEAD,
                holder=holder,
                deputy=deputy,
                by=alice,
                at=NOW,
            )
        assert problems(raised) == found
    assert db.session.execute(select(SignOffDesk)).first() is None


# --- Passwords ---


def reset_for(world, user):
    with unit_of_work():
        operations.ask_reset(email=user.email, at=world.now)
    return queries.reset_by_token(mail.link(mail.send(world)[user.email]).removeprefix("/password/"))


def test_a_reset_sets_the_password_ends_all_sign_ins_and_works_once(world):
    bob = world.user("Bob")
    with unit_of_work():
        _, token = sessions.start(user_id=bob.id, organization_id=None, agent="", address="", at=NOW)
    reset = reset_for(world, bob)
    with unit_of_work():
        operations.set_password(reset=reset, password=GOOD, at=world.now)
    assert sessions.find(token, NOW) is None
    with unit_of_work():
        assert operations.authenticate(email=bob.email, password=PASSWORD, at=NOW) is None
        assert operations.authenticate(email=bob.email, password=GOOD, at=NOW).id == bob.id
    with unit_of_work(), pytest.raises(Refused) as refused:
        operations.set_password(reset=reset, password=GOOD + "!", at=world.now)
    assert refused.value.denial.code == "people.reset_over"
    assert "密碼已變更" in mail.send(world)[bob.email]["Subject"]


def test_a_reset_lives_for_an_hour(world):
    bob = world.user("Bob")
    reset = reset_for(world, bob)
    with unit_of_work(), pytest.raises(Refused):
        operations.set_password(reset=reset, password=GOOD, at=NOW + timedelta(hours=1))


def test_a_weak_password_does_not_use_the_reset_up(world):
    reset = reset_for(world, world.user("Bob"))
    with unit_of_work(), pytest.raises(Invalid):
        operations.set_password(reset=reset, password="short", at=NOW)
    assert fresh(PasswordReset, reset).used_at is None


def test_one_new_password_ends_every_other_reset(world):
    bob = world.user("Bob")
    first = reset_for(world, bob)
    world.later(minutes=1)
    second = reset_for(world, bob)
    with unit_of_work():
        operations.set_password(reset=second, password=GOOD, at=world.now)
    with unit_of_work(), pytest.raises(Refused):
        operations.set_password(reset=first, password=GOOD, at=world.now)


def test_an_unknown_address_gets_no_mail(world):
    with unit_of_work():
        operations.ask_reset(email="nobody@example.org", at=NOW)
    assert mail.send(world) == {}


def test_a_changed_password_needs_the_present_one_and_ends_other_sign_ins(world):
    bob = world.user("Bob")
    with unit_of_work():
        here, _ = sessions.start(user_id=bob.id, organization_id=None, agent="", address="", at=NOW)
        sessions.start(user_id=bob.id, organization_id=None, agent="", address="", at=NOW)
    change = {"user": bob, "keep_sign_in": here.id, "at": NOW}
    with unit_of_work(), pytest.raises(Invalid) as raised:
        operations.change_password(present="wrong", password=GOOD, **change)
    assert problems(raised) == {"present": "people.wrong_password"}
    with unit_of_work():
        operations.change_password(present=PASSWORD, password=GOOD, **change)
    assert [row.id for row in sessions.of_user(bob.id, NOW)] == [here.id]


def test_an_old_hash_is_made_anew_at_sign_in(world, monkeypatch):
    bob = world.user("Bob")
    monkeypatch.setattr("matchmaker.people.passwords.wants_rehash", lambda _stored: True)
    before = bob.password_hash
    with unit_of_work():
        assert operations.authenticate(email=bob.email.upper(), password=PASSWORD, at=NOW) is not None
    assert fresh(User, bob).password_hash != before


def test_a_closed_account_does_not_come_in(world):
    bob = world.user("Bob")
    with unit_of_work() as session:
        session.get_one(User, bob.id).active = False
    with unit_of_work():
        assert operations.authenticate(email=bob.email, password=PASSWORD, at=NOW) is None


# --- What one may know of ---


def test_what_is_not_yours_is_not_found(world):
    mine, alice = world.agency()
    waiting, _ = world.startup(confirmed=False)
    other, judy = world.agency(owner="Judy")
    theirs = membership(other, judy)
    with unit_of_work():
        invitation = operations.invite(
            organization=other, email="x@example.org", role=Role.READER, by=judy, at=NOW
        )
    for ask in (
        lambda: queries.organization_for(alice, waiting.ref),
        lambda: queries.organization_for(None, waiting.ref),
        lambda: queries.organization_for(alice, "nothing"),
        lambda: queries.organization_for(alice, world.office().ref),
        lambda: queries.member_for(alice, theirs.ref),
        lambda: queries.invitation_for(alice, invitation.ref),
        lambda: queries.invitation_by_token("made up"),
        lambda: queries.reset_by_token("made up"),
    ):
        with pytest.raises(NotFound):
            ask()
    assert queries.organization_for(None, mine.ref).id == mine.id
    assert queries.organization_for(world.officer(), waiting.ref).id == waiting.id


def test_the_staffs_list_shows_the_waiting_first_and_finds_by_name_and_number(world):
    confirmed, _ = world.startup(name="測試光感")
    world.later(minutes=1)
    waiting, _ = world.startup(name="測試海洋", confirmed=False)
    agency, _ = world.agency(name="社會局")

    def refs(state=None, kind=None, words=""):
        listed = queries.list_organizations(state=state, kind=kind, words=words, offset=0, limit=20)
        assert listed.total == len(listed.rows)
        return [row.ref for row in listed.rows]

    assert refs() == [waiting.ref, agency.ref, confirmed.ref]
    assert refs(state=OrganizationState.PENDING) == [waiting.ref]
    assert refs(kind=OrganizationKind.AGENCY) == [agency.ref]
    assert refs(words="光感") == [confirmed.ref]
    assert refs(words=confirmed.ubn) == [confirmed.ref]
    assert refs(words="100%_") == []
    assert queries.count_waiting() == 1


def test_the_pool_of_jurors_is_those_who_are_jurors_now(world):
    erin = world.juror("Erin")
    frank = world.juror("Frank", expert=True)
    with unit_of_work():
        row = queries.any_membership(frank.user_id, world.office().id)
        db.session.get_one(Membership, row.id).ended_at = NOW
    assert [m.user.name for m in queries.jurors()] == [erin.name]
