"""The pages of accounts, organisations and their people: by persona, in both languages, with bad input."""

import re

import pytest
from sqlalchemy import event, func, select

from matchmaker.foundation.db import db, unit_of_work
from matchmaker.foundation.sessions import IDLE, SignIn
from matchmaker.people import operations, queries
from matchmaker.people.models import Organization, User
from matchmaker.people.operations.members import join
from matchmaker.people.states import OrganizationState, Role, SignOffRole
from tests.factories import mail
from tests.world import PASSWORD, ubn

GOOD = "another long sentence 另一句"
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh_Hant_TW"])


def email_of(actor):
    return queries.user_by_id(actor.user_id).email


def ref_of(organization, actor):
    return next(m.ref for m in queries.members_of(organization.id) if m.user_id == actor.user_id)


def signed_in(browser):
    return browser.get("/account").status_code == 200


def sign_in(browser, email, password=PASSWORD, **more):
    return browser.post("/sign-in", {"email": email, "password": password, **more})


def page(browser, path, status=200):
    """A page as text, with what every page must have."""
    answer = browser.get(path)
    assert answer.status_code == status, answer.location
    text = answer.text
    assert len(re.findall(r"<h1[ >]", text)) == 1
    assert re.search(r"<title>[^|]+\S \| ", text)
    assert re.search(r'<html lang="(zh-Hant-TW|en)">', text)
    return text


def summary(answer):
    """The error summary: (field, words)."""
    assert answer.status_code == 422
    return re.findall(r'<li><a href="#([\w-]+)">([^<]+)</a></li>', answer.text)


# --- Signing in and out ---


def test_who_signs_in_acts_for_their_organisation_and_goes_where_they_wanted(world):
    organization, bob = world.startup()
    browser = world.client()
    answer = browser.get("/organization?tab=people")
    assert answer.location == "/sign-in?next=/organization?tab%3Dpeople"
    assert 'value="/organization?tab=people"' in browser.get(answer.location).text
    answer = sign_in(browser, email_of(bob).upper(), next="/organization?tab=people")
    assert (answer.status_code, answer.location) == (303, "/organization?tab=people")
    assert organization.name_en in page(browser, "/organization")


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:x"]
)
def test_signing_in_never_leads_elsewhere(world, target):
    _, bob = world.startup()
    browser = world.client()
    assert sign_in(browser, email_of(bob), next=target).location == "/"
    assert browser.get(f"/sign-in?next={target}").location == "/"


def test_who_is_signed_in_already_goes_on_to_where_they_wanted(world):
    _, bob = world.startup()
    assert world.client(bob).get("/sign-in?next=/account").location == "/account"


@LANGUAGES
def test_an_unknown_address_and_a_wrong_password_get_the_same_answer(world, language):
    _, bob = world.startup()

    def answer(email):
        got = sign_in(world.client(language=language), email, "not the password at all")
        assert got.status_code == 422
        text = re.sub(r'value="[^"]*"', "", got.text)
        return re.sub(r'content="[^"]*"', "", text)

    assert answer(email_of(bob)) == answer("nobody@example.org")


def test_a_new_session_begins_with_the_sign_in(world):
    _, bob = world.startup()
    browser = world.client()
    browser.get("/sign-in")
    with browser.client.session_transaction() as session:
        before = dict(session)
        session["planted"] = "by somebody else"
    sign_in(browser, email_of(bob))
    with browser.client.session_transaction() as session:
        assert "planted" not in session
        assert session["token"] not in str(before)
        assert session["language"] == "en"


def test_a_second_click_on_sign_in_signs_in_too(world):
    """No idempotency key: a replayed answer would come without its cookie."""
    _, bob = world.startup()
    browser = world.client()
    assert "idempotency_key" not in browser.get("/sign-in").text
    sign_in(browser, email_of(bob))
    assert sign_in(browser, email_of(bob)).status_code == 303
    assert signed_in(browser)


def test_who_signs_out_is_out_here_and_on_the_server(world):
    _, bob = world.startup()
    browser = world.client(bob)
    with browser.client.session_transaction() as session:
        kept = dict(session)
    assert browser.post("/sign-out").status_code == 303
    assert not signed_in(browser)
    with browser.client.session_transaction() as session:
        session.update(kept)
    assert not signed_in(browser)


def test_a_browser_left_alone_has_to_sign_in_again(world):
    _, bob = world.startup()
    browser = world.client(bob)
    assert signed_in(browser)
    world.later(seconds=IDLE.total_seconds() + 1)
    assert not signed_in(browser)


def test_a_page_after_a_while_notes_that_the_browser_is_there(world):
    _, bob = world.startup()
    browser = world.client(bob)
    world.later(minutes=6)
    assert signed_in(browser)
    db.session.rollback()
    assert db.session.execute(select(SignIn.seen_at)).scalars().all() == [world.now]


@LANGUAGES
def test_too_many_sign_ins_are_slowed_down(world, language):
    _, bob = world.startup()
    browser = world.client(language=language)
    answers = [sign_in(browser, email_of(bob), "wrong wrong wrong").status_code for _ in range(30)]
    assert set(answers) == {422}
    answer = sign_in(browser, email_of(bob))
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 15 * 60 + 1
    world.later(minutes=15)
    assert sign_in(browser, email_of(bob)).status_code == 303


# --- Passwords ---


@LANGUAGES
def test_a_forgotten_password_is_set_anew_by_mail(world, language):
    _, bob = world.startup()
    browser = world.client(language=language)
    page(browser, "/password")
    assert browser.post("/password", {"email": email_of(bob)}).location == "/sign-in"
    path = mail.link(mail.send(world)[email_of(bob)])
    page(browser, path)
    answer = browser.post(path, {"password": "short"})
    assert [field for field, _ in summary(answer)] == ["password"]
    assert browser.post(path, {"password": GOOD}).location == "/sign-in"
    assert browser.get(path).status_code == 410
    assert browser.post(path, {"password": GOOD}).status_code == 410
    assert sign_in(browser, email_of(bob), GOOD).status_code == 303


def test_a_reset_is_gone_after_an_hour_and_a_made_up_one_never_was(world):
    _, bob = world.startup()
    browser = world.client()
    browser.post("/password", {"email": email_of(bob)})
    path = mail.link(mail.send(world)[email_of(bob)])
    world.later(hours=1)
    assert browser.get(path).status_code == 410
    assert browser.get("/password/made-up").status_code == 404


def test_asking_for_a_password_tells_nobody_who_has_an_account(world):
    _, bob = world.startup()
    answers = []
    for address in (email_of(bob), "nobody@example.org"):
        browser = world.client()
        answer = browser.post("/password", {"email": address})
        told = browser.get(answer.location).text
        answers.append((answer.status_code, answer.location, "If the address has an account" in told))
    assert answers[0] == answers[1] == (303, "/sign-in", True)
    assert list(mail.send(world)) == [email_of(bob)]


def test_asking_for_passwords_again_and_again_is_slowed_down_for_everybody_alike(world):
    _, bob = world.startup()
    for address in (email_of(bob), "nobody@example.org"):
        browser = world.client()
        answers = [browser.post("/password", {"email": address}).status_code for _ in range(6)]
        assert answers == [303] * 5 + [429]


@LANGUAGES
def test_a_password_is_changed_with_the_present_one(world, language):
    _, bob = world.startup()
    here, there = world.client(bob, language), world.client(bob, language)
    page(here, "/account/password")
    answer = here.post("/account/password", {"present": "wrong", "password": GOOD})
    assert [field for field, _ in summary(answer)] == ["present"]
    assert GOOD not in answer.text
    assert here.post("/account/password", {"present": PASSWORD, "password": GOOD}).location == "/account"
    assert signed_in(here)
    assert not signed_in(there)
    assert email_of(bob) in mail.send(world)


# --- The account ---


@LANGUAGES
def test_everybody_sees_and_ends_their_own_sign_ins(world, language):
    _, bob = world.startup()
    _, eve = world.startup(owner="Eve")
    here, there, hers = world.client(bob, language), world.client(bob), world.client(eve)
    refs = re.findall(r"/account/sign-ins/(\w+)/end", page(here, "/account"))
    assert len(refs) == 1
    assert hers.post(f"/account/sign-ins/{refs[0]}/end").status_code == 404
    assert signed_in(there)
    assert here.post(f"/account/sign-ins/{refs[0]}/end").status_code == 303
    assert not signed_in(there)
    assert signed_in(here)


def test_name_and_language_are_ones_own(world):
    _, bob = world.startup()
    browser = world.client(bob)
    assert [f for f, _ in summary(browser.post("/account", {"name": " ", "language": "en"}))] == ["name"]
    assert [f for f, _ in summary(browser.post("/account", {"name": "B", "language": "fr"}))] == ["language"]
    browser.post(
        "/account", {"name": "鮑伯", "language": "zh_Hant_TW", "email": "x@example.org", "active": ""}
    )
    text = page(browser, "/account")
    assert '<html lang="zh-Hant-TW">' in text
    assert "鮑伯" in text
    db.session.rollback()
    assert db.session.get_one(User, bob.user_id, populate_existing=True).email == email_of(bob)


def test_browsers_are_named_as_people_name_them():
    from matchmaker.people.account import browser_name

    agents = {
        "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0": "Edge, Windows",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 14) AppleWebKit/605 Version/18 Safari/605": "Safari, macOS",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18 like Mac OS X) Safari/605": "Safari, iPhone",
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0": "Firefox, Linux",
        "Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36": "Chrome, Android",
    }
    assert {agent: browser_name(agent) for agent in agents} == agents


def test_one_person_in_several_organisations_switches(world):
    agency, alice = world.agency()
    startup, _ = world.startup()
    with unit_of_work():
        join(user=queries.user_by_id(alice.user_id), organization=startup, role=Role.READER, at=world.now)
    browser = world.client(alice)
    assert agency.name_en in page(browser, "/organization")
    assert browser.post("/acting", {"organization": startup.ref}).status_code == 303
    text = page(browser, "/organization")
    assert f"<h1>{startup.name_en}" in text
    assert re.search(rf'value="{startup.ref}"\s+aria-current="true"', text)
    stranger, _ = world.agency(owner="Judy")
    for ref in (stranger.ref, "", "made-up"):
        assert browser.post("/acting", {"organization": ref}).status_code == 404


def test_whose_place_has_ended_acts_for_another_organisation_or_for_none(world):
    agency, alice = world.agency()
    startup, ivan = world.startup()
    bob = world.member(agency, "Bob", Role.EDITOR)
    with unit_of_work():
        join(user=queries.user_by_id(bob.user_id), organization=startup, role=Role.READER, at=world.now)
    browser = world.client(bob)
    for organization, owner, shown in ((agency, alice, startup.name_en), (startup, ivan, None)):
        with unit_of_work():
            row = queries.any_membership(bob.user_id, organization.id)
            operations.end_membership(membership=queries.member_for(owner, row.ref), by=owner, at=world.now)
        answer = browser.get("/organization")
        assert answer.status_code == (200 if shown else 404)
        if shown:
            assert shown in answer.text


# --- Registration ---

PERSON = {"person_name": "Bob", "person_email": "bob@example.org", "password": GOOD, "consent": "y"}


def form(kind):
    facts = {
        "startup": {"ubn": ubn(), "founded_on": "113/05/04"},
        "agency": {"agency_kind": "local", "agency_code": "379000000a"},
        "partner": {},
    }[kind]
    return {"name_zh": "測試單位", "name_en": "Test", **facts, **PERSON}


@LANGUAGES
@pytest.mark.parametrize("kind", ["startup", "agency", "partner"])
def test_a_visitor_registers_an_organisation(world, kind, language):
    browser = world.client(language=language)
    assert f"/register/{kind}" in page(browser, "/register")
    assert "consent" in page(browser, f"/register/{kind}")
    fields = form(kind)
    if kind == "agency":
        fields["county_id"] = str(queries.counties()[0].id)
    answer = browser.post(f"/register/{kind}", fields)
    assert (answer.status_code, answer.location) == (303, "/organization")
    page(browser, "/organization")
    db.session.rollback()
    made = db.session.execute(select(Organization).where(Organization.kind == kind)).scalar_one()
    assert (made.state, made.name_zh) == (OrganizationState.PENDING, "測試單位")
    user = queries.user_by_email("bob@example.org")
    assert user.language == language


@LANGUAGES
def test_what_is_wrong_is_named_in_one_place_and_what_was_typed_stays(world, language):
    browser = world.client(language=language)
    answer = browser.post(
        "/register/startup",
        {"name_zh": "測試新創", "ubn": "１２３", "founded_on": "115/02/30", "person_email": "no address"},
    )
    found = dict(summary(answer))
    assert list(found) == ["ubn", "founded_on", "person_name", "person_email", "password", "consent"]
    for field in found:
        assert re.search(rf'id="{field}"', answer.text), field
    assert 'value="測試新創"' in answer.text
    assert 'value="１２３"' in answer.text
    assert 'value="115/02/30"' in answer.text
    chinese = all(re.search(r"[\u4e00-\u9fff]", words) for words in found.values())
    assert chinese == (language == "zh_Hant_TW")


def test_consent_is_not_given_by_leaving_the_box_empty(world):
    fields = form("partner")
    del fields["consent"]
    assert [f for f, _ in summary(world.client().post("/register/partner", fields))] == ["consent"]


@LANGUAGES
def test_the_privacy_notice_has_its_six_items(world, language):
    text = page(world.client(language=language), "/register/startup")
    notice = text[text.index('<details class="disclosure">') :]
    assert notice[: notice.index("</details>")].count("<dt>") == 6


def test_problems_of_the_person_and_of_the_organisation_are_shown_together(world):
    _, bob = world.startup()
    fields = form("startup") | {"ubn": "", "person_email": email_of(bob), "password": "password1234"}
    found = dict(summary(world.client().post("/register/startup", fields)))
    assert set(found) == {"ubn", "person_email", "password"}


def test_an_agency_of_a_county_names_it(world):
    assert dict(summary(world.client().post("/register/agency", form("agency")))).keys() == {"county_id"}


def test_who_has_an_account_registers_another_organisation_and_acts_for_it(world):
    _, bob = world.startup()
    browser = world.client(bob)
    assert "person_email" not in page(browser, "/register/partner")
    fields = {"name_zh": "育成中心", "name_en": "Incubator", "consent": "y"}
    assert browser.post("/register/partner", fields).location == "/organization"
    assert "<h1>Incubator" in page(browser, "/organization")


def test_nobody_makes_themselves_more_than_they_are(world):
    browser = world.client()
    fields = form("startup") | {
        "state": "confirmed",
        "kind": "programme",
        "fictitious": "y",
        "role": "director",
    }
    browser.post("/register/startup", fields)
    db.session.rollback()
    made = db.session.execute(select(Organization)).scalar_one()
    assert (made.kind, made.state, made.fictitious) == ("startup", OrganizationState.PENDING, False)
    assert world.client().get("/register/programme").status_code == 404


# --- Invitations ---


def invited(world, by, organization, email, role=Role.EDITOR):
    browser = world.client(by)
    page(browser, "/organization/invitations")
    answer = browser.post("/organization/invitations", {"email": email, "role": role})
    assert answer.location == "/organization"
    return mail.link(mail.send(world)[email.lower()])


@LANGUAGES
def test_a_new_person_takes_up_an_invitation(world, language):
    organization, alice = world.agency()
    path = invited(world, alice, organization, "New@example.org")
    browser = world.client(language=language)
    assert "<details" in page(browser, path)
    answer = browser.post(path, {"name": "", "password": "short"})
    assert [f for f, _ in summary(answer)] == ["name", "consent"]
    answer = browser.post(path, {"name": "New", "password": GOOD, "consent": "y"})
    assert (answer.status_code, answer.location) == (303, "/")
    assert "new@example.org" in page(browser, "/organization")
    assert page(world.client(), path, 410)


@LANGUAGES
def test_a_known_person_signs_in_and_takes_it_up(world, language):
    organization, alice = world.agency()
    _, bob = world.startup()
    path = invited(world, alice, organization, email_of(bob))
    browser = world.client(language=language)
    assert f"/sign-in?next={path}" in page(browser, path)
    assert browser.post(path).location == f"/sign-in?next={path}"
    assert sign_in(browser, email_of(bob), next=path).location == path
    page(browser, path)
    assert browser.post(path).location == "/"
    assert organization.name_en in page(browser, "/organization?lang=en")


@LANGUAGES
def test_an_invitation_for_somebody_else_is_not_taken_up(world, language):
    organization, alice = world.agency()
    _, eve = world.startup(owner="Eve")
    path = invited(world, alice, organization, "new@example.org")
    browser = world.client(eve, language)
    assert email_of(eve) in page(browser, path)
    assert browser.post(path).status_code == 409
    assert queries.any_membership(eve.user_id, organization.id) is None


def test_expired_withdrawn_and_made_up_invitations(world):
    organization, alice = world.agency()
    first = invited(world, alice, organization, "first@example.org")
    second = invited(world, alice, organization, "second@example.org")
    browser = world.client(alice)
    refs = re.findall(r"/organization/invitations/(\w+)/withdraw", page(browser, "/organization"))
    assert len(refs) == 2
    assert browser.post(f"/organization/invitations/{refs[0]}/withdraw").status_code == 303
    assert browser.post(f"/organization/invitations/{refs[0]}/withdraw").status_code == 409
    page(world.client(), first, 410)
    page(world.client(), second)
    world.later(days=7)
    page(world.client(), second, 410)
    assert world.client().post(second, {"name": "x", "password": GOOD}).status_code == 410
    assert world.client().get("/invitations/made-up").status_code == 404
    _, judy = world.agency(owner="Judy")
    assert world.client(judy).post(f"/organization/invitations/{refs[1]}/withdraw").status_code == 404


def test_only_owners_of_confirmed_organisations_invite(world):
    organization, _ = world.agency()
    _waiting, judy = world.agency(owner="Judy", confirmed=False)
    reader = world.member(organization, "Rita", Role.READER)
    for actor, why in ((reader, "Only an owner"), (judy, "has not confirmed")):
        browser = world.client(actor)
        assert why in page(browser, "/organization/invitations")
        answer = browser.post("/organization/invitations", {"email": "x@example.org", "role": "editor"})
        assert answer.status_code == 409
        assert why in answer.text
        assert 'value="x@example.org"' in answer.text


def test_an_invitation_that_cannot_be_says_so(world):
    _organization, alice = world.agency()
    browser = world.client(alice)
    for fields, wrong in (
        ({"email": "no address", "role": "director"}, ["email", "role"]),
        ({"email": "", "role": ""}, ["email", "role"]),
        ({"email": email_of(alice), "role": "editor"}, ["email"]),
    ):
        assert [f for f, _ in summary(browser.post("/organization/invitations", fields))] == wrong


# --- People and desks ---


@LANGUAGES
def test_an_owner_changes_roles_and_lets_people_go(world, language):
    organization, alice = world.agency()
    bob = world.member(organization, "Bob", Role.READER)
    path = f"/organization/members/{ref_of(organization, bob)}"
    browser = world.client(alice, language)
    assert path in page(browser, "/organization")
    assert 'selected value="reader"' in page(browser, path)
    assert [f for f, _ in summary(browser.post(path, {"role": "juror"}))] == ["role"]
    assert browser.post(path, {"role": "owner"}).status_code == 303
    own = f"/organization/members/{ref_of(organization, alice)}"
    assert browser.post(own, {"role": "editor"}).status_code == 303
    assert browser.post(f"{path}/end").status_code == 409
    theirs = world.client(bob)
    assert theirs.post(f"{own}/end").status_code == 303
    assert browser.get("/organization").status_code == 404


@LANGUAGES
def test_the_last_owner_reads_why_they_stay(world, language):
    organization, alice = world.agency()
    own = f"/organization/members/{ref_of(organization, alice)}"
    browser = world.client(alice, language)
    words = "至少要有一位擁有者" if language != "en" else "at least one owner"
    assert words in page(browser, own)
    answer = browser.post(own, {"role": "reader"})
    assert answer.status_code == 409
    assert words in answer.text
    assert browser.post(f"{own}/end").status_code == 409


def test_a_member_may_leave(world):
    organization, _ = world.agency()
    bob = world.member(organization, "Bob", Role.READER)
    browser = world.client(bob)
    path = f"/organization/members/{ref_of(organization, bob)}"
    assert path in page(browser, "/organization")
    assert browser.post(f"{path}/end").location == "/"
    assert browser.get("/organization").status_code == 404


def test_people_of_other_organisations_are_not_found(world):
    organization, alice = world.agency()
    _, judy = world.agency(owner="Judy")
    path = f"/organization/members/{ref_of(organization, alice)}"
    browser = world.client(judy)
    assert browser.get(path).status_code == 404
    assert browser.post(path, {"role": "reader"}).status_code == 404
    assert browser.post(f"{path}/end").status_code == 404


def test_jurors_do_not_learn_who_else_is_in_the_pool(world):
    erin, frank = world.juror("Erin"), world.juror("Frank")
    browser = world.client(erin)
    text = page(browser, "/organization")
    assert email_of(erin) in text
    assert email_of(frank) not in text
    assert "Frank" not in text
    path = "/organization/members/"
    assert browser.get(path + ref_of(world.office(), frank)).status_code == 404
    assert browser.get(path + ref_of(world.office(), erin)).status_code == 200


def test_a_director_says_what_a_jurors_seat_asks_for(world):
    erin = world.juror("Erin")
    browser = world.client(world.director())
    path = f"/organization/members/{ref_of(world.office(), erin)}"
    assert "occupation" in page(browser, path)
    browser.post(path, {"role": "juror", "external_expert": "y", "occupation": "教授"})
    row = next(m for m in queries.jurors() if m.user_id == erin.user_id)
    db.session.refresh(row)
    assert (row.external_expert, row.occupation) == (True, "教授")


@LANGUAGES
def test_the_desks_of_an_agency_have_holders_and_deputies(world, language):
    organization, alice = world.agency()
    bob = world.member(organization, "Bob", Role.EDITOR)
    refs = [ref_of(organization, a) for a in (alice, bob)]
    browser = world.client(alice, language)
    for role in SignOffRole:
        page(browser, f"/organization/desks/{role}")
    path = "/organization/desks/head"
    assert browser.post(path, {"holder": refs[0], "deputy": refs[1]}).status_code == 303
    text = page(browser, path)
    assert text.count("selected") == 2
    assert [f for f, _ in summary(browser.post(path, {"holder": refs[0], "deputy": refs[0]}))] == ["deputy"]
    assert [f for f, _ in summary(browser.post(path, {"holder": "", "deputy": refs[0]}))] == ["holder"]
    assert [f for f, _ in summary(browser.post(path, {"holder": "made-up"}))] == ["holder"]
    assert browser.get("/organization/desks/janitor").status_code == 404
    assert world.client(bob).post(path, {"holder": refs[1]}).status_code == 409
    _, startup = world.startup()
    assert world.client(startup).get(path).status_code == 403


# --- Facts and profile ---


@LANGUAGES
def test_an_owner_changes_the_facts_but_not_the_confirmed_ones(world, language):
    organization, bob = world.startup()
    browser = world.client(bob, language)
    text = page(browser, "/organization/edit")
    assert 'name="ubn"' not in text
    assert organization.ubn in text
    fields = {
        "name_en": "New name",
        "name_zh": "別的",
        "ubn": ubn(),
        "expected_version": organization.version,
    }
    assert browser.post("/organization/edit", fields).location == "/organization"
    db.session.rollback()
    row = db.session.get_one(Organization, organization.id, populate_existing=True)
    assert (row.name_en, row.name_zh, row.ubn) == ("New name", organization.name_zh, organization.ubn)


def test_who_waits_can_still_mend_everything(world):
    _organization, bob = world.startup(confirmed=False)
    browser = world.client(bob)
    assert 'name="ubn"' in page(browser, "/organization/edit")
    number = ubn()
    fields = {"name_zh": "新名", "ubn": number, "founded_on": "2024-01-02", "county_id": ""}
    assert browser.post("/organization/edit", fields).status_code == 303
    assert number in page(browser, "/organization")


@LANGUAGES
def test_a_stale_edit_says_who_changed_what(world, language):
    organization, alice = world.agency(owner="Alice")
    county = queries.counties()[0]
    eve = world.member(organization, "Eve", Role.OWNER)
    seen = organization.version
    world.client(eve).post("/organization/edit", {"name_en": "Eve's name", "expected_version": seen})
    browser = world.client(alice, language)
    answer = browser.post(
        "/organization/edit", {"name_en": "Alice's name", "phone": "02-1234", "expected_version": seen}
    )
    assert answer.status_code == 409
    text = answer.text
    assert "Eve" in text
    assert 'value="Alice&#39;s name"' in text
    table = text[text.index('class="summary summary--stale"') :]
    table = table[: table.index("</table>")]
    assert "Eve&#39;s name" in table
    assert "02-1234" in table
    assert county.name_zh not in table
    version = re.search(r'name="expected_version"[^>]*value="(\d+)"', text)[1]
    answer = browser.post("/organization/edit", {"name_en": "Alice's name", "expected_version": version})
    assert answer.status_code == 303


@LANGUAGES
def test_an_editor_writes_the_profile_in_two_languages(world, language):
    organization, _ = world.startup()
    editor = world.member(organization, "Eve", Role.EDITOR)
    browser = world.client(editor, language)
    page(browser, "/organization/profile")
    fields = {
        "tagline_zh": "不用穿戴",
        "offer_zh": "以雷達偵測跌倒\r\n\r\n第二段",
        "evidence_en": "A prize",
        "domains": ["care", "safety"],
        "tags": "雷達、跌倒偵測, fall detection，雷達",
        "employees": "１２",
        "willing": "y",
    }
    assert browser.post("/organization/profile", fields).location == "/organization"
    text = page(browser, f"/organizations/{organization.ref}")
    words = re.sub(r"<[^>]+>", "", text)
    for shown in ("以雷達偵測跌倒", "第二段", "A prize", "fall detection", "12"):
        assert shown in words
    other = "zh-Hant-TW" if language == "en" else "en"
    assert f'<div lang="{other}">' in text
    kept = queries.profile_of(organization.id)
    assert kept.tags == ["雷達", "跌倒偵測", "fall detection"]
    separator = ", " if language == "en" else "、"
    assert f'value="{separator.join(kept.tags)}"' in page(browser, "/organization/profile")


def test_a_profile_that_cannot_be_keeps_what_was_typed(world):
    _, bob = world.startup()
    browser = world.client(bob)
    fields = {
        "offer_zh": "長" * 5001,
        "domains": "war",
        "tags": ",".join(f"word{n}" for n in range(21)),
        "employees": "--5",
        "tagline_en": "<script>alert(1)</script>",
    }
    answer = browser.post("/organization/profile", fields)
    assert [f for f, _ in summary(answer)] == ["offer_zh", "domains-0", "tags", "employees"]
    assert "長" * 5001 in answer.text
    assert 'value="--5"' in answer.text
    assert "<script>alert" not in answer.text


def test_a_reader_sees_the_form_with_the_reason_and_cannot_save(world):
    organization, _ = world.startup()
    rita = world.member(organization, "Rita", Role.READER)
    browser = world.client(rita)
    for path in ("/organization/profile", "/organization/edit"):
        assert 'aria-disabled="true"' in page(browser, path)
        assert browser.post(path, {"name_en": "x"}).status_code == 409


def test_only_startups_have_a_profile(world):
    _, alice = world.agency()
    assert world.client(alice).get("/organization/profile").status_code == 403


@LANGUAGES
def test_the_public_page_shows_contact_data_to_partners_only(world, language):
    organization, bob = world.startup(email="hello@startup.example", phone="02-2345")
    waiting, judy = world.agency(owner="Judy", confirmed=False)
    _, alice = world.agency()
    path = f"/organizations/{organization.ref}"
    for actor, seen in ((None, False), (judy, False), (alice, True), (bob, True)):
        assert ("hello@startup.example" in page(world.client(actor, language), path)) == seen
    assert world.client().get(f"/organizations/{waiting.ref}").status_code == 404
    assert world.client(alice).get(f"/organizations/{waiting.ref}").status_code == 404
    page(world.client(judy), f"/organizations/{waiting.ref}")


def test_a_website_that_is_no_address_is_no_link(world):
    organization, _ = world.startup(website="javascript:alert(1)")
    text = page(world.client(), f"/organizations/{organization.ref}")
    assert "javascript:alert(1)" in text
    assert 'href="javascript' not in text


# --- The programme office ---


@LANGUAGES
def test_staff_confirm_decline_suspend_and_restore(world, language):
    organization, bob = world.startup(confirmed=False)
    browser = world.client(world.officer(), language)
    path = f"/staff/organizations/{organization.ref}"

    def version():
        return re.search(r'name="expected_version"[^>]*value="(\d+)"', page(browser, path))[1]

    assert path in page(browser, "/staff/organizations?state=pending")
    answer = browser.post(f"{path}/decline", {"reason": "", "expected_version": version()})
    assert [f for f, _ in summary(answer)] == ["reason"]
    steps = (
        ("decline", "declined"),
        (None, "pending"),
        ("confirm", "confirmed"),
        ("suspend", "suspended"),
        ("restore", "confirmed"),
    )
    for move, state in steps:
        world.later(minutes=1)
        if move is None:
            assert world.client(bob, language).post("/organization/ask-again").status_code == 303
        else:
            answer = browser.post(f"{path}/{move}", {"reason": "因為如此", "expected_version": version()})
            assert answer.status_code == 303, answer.text
        db.session.rollback()
        assert db.session.get_one(Organization, organization.id, populate_existing=True).state == state
        page(world.client(bob, language), "/organization")
    assert "因為如此" in page(browser, path)
    assert len(mail.send(world)) >= 2


def test_a_decision_on_an_old_page_is_refused_and_shown_again(world):
    organization, bob = world.startup(confirmed=False)
    browser = world.client(world.officer())
    path = f"/staff/organizations/{organization.ref}"
    seen = organization.version
    world.client(bob).post(
        "/organization/edit",
        {"name_zh": "新名", "ubn": organization.ubn, "founded_on": "2024-01-02", "phone": "02"},
    )
    answer = browser.post(f"{path}/confirm", {"reason": "mine", "expected_version": seen})
    assert answer.status_code == 409
    assert "Bob" in answer.text
    assert "mine" in answer.text
    world.client(world.officer("Carl")).post(f"{path}/confirm", {"reason": ""})
    answer = browser.post(f"{path}/confirm", {"reason": "mine"})
    assert answer.status_code == 409
    assert "Confirmed" in answer.text


def test_a_refusal_names_the_state_in_the_readers_language(world):
    organization, _ = world.startup()
    browser = world.client(world.officer(), "zh_Hant_TW")
    answer = browser.post(f"/staff/organizations/{organization.ref}/confirm", {"reason": ""})
    assert answer.status_code == 409
    assert "註冊狀態為「已確認」時不能執行這個動作。" in answer.text


def test_unknown_decisions_and_organisations_are_not_found(world):
    organization, _ = world.startup()
    browser = world.client(world.officer())
    assert browser.post(f"/staff/organizations/{organization.ref}/delete").status_code == 404
    assert browser.get("/staff/organizations/made-up").status_code == 404
    assert browser.post("/staff/organizations/made-up/confirm").status_code == 404


def test_staff_correct_confirmed_facts(world):
    organization, _ = world.startup()
    browser = world.client(world.officer())
    path = f"/staff/organizations/{organization.ref}/edit"
    assert 'name="ubn"' in page(browser, path)
    number = ubn()
    fields = {
        "name_zh": "正確",
        "ubn": number,
        "founded_on": "113/1/2",
        "expected_version": organization.version,
    }
    assert browser.post(path, fields).location == f"/staff/organizations/{organization.ref}"
    assert number in page(browser, f"/staff/organizations/{organization.ref}")


@LANGUAGES
def test_the_list_of_organisations_is_filtered_and_paged(world, language):
    for n in range(21):
        world.partner(name=f"夥伴{n:02}")
    agency, _ = world.agency(name="社會局")
    browser = world.client(world.officer(), language)
    assert agency.ref in page(browser, "/staff/organizations?kind=agency")
    text = page(browser, "/staff/organizations?kind=partner&q=夥伴&page=2")
    assert text.count('class="list__row') == 1
    assert "page=1" in text
    for odd in (
        "?state=made-up&kind=programme",
        "?page=0",
        "?page=-1",
        "?page=99999999999",
        "?page=x",
        "?q=%25_%27",
    ):
        page(browser, f"/staff/organizations{odd}")
    assert page(browser, "/staff/organizations?q=nothing").count('class="list__row') == 0


def test_the_list_asks_the_database_as_often_for_one_row_as_for_three(world):
    def queries_of(path):
        page(browser, path)
        seen = []

        def listener(*_args):
            seen.append(1)

        event.listen(db.engine, "before_cursor_execute", listener)
        try:
            page(browser, path)
        finally:
            event.remove(db.engine, "before_cursor_execute", listener)
        return len(seen)

    browser = world.client(world.officer())
    counties = queries.counties()
    world.startup(county_id=counties[0].id)
    one = queries_of("/staff/organizations")
    world.startup(county_id=counties[1].id)
    world.startup(county_id=counties[2].id)
    assert queries_of("/staff/organizations") == one
    organization, alice = world.agency()
    own = world.client(alice)
    browser = own
    few = queries_of("/organization")
    for name in ("Bob", "Eve"):
        world.member(organization, name, Role.EDITOR)
    assert queries_of("/organization") == few


def test_no_secret_is_ever_in_a_log(world, caplog):
    _, bob = world.startup()
    browser = world.client()
    with caplog.at_level("DEBUG"):
        browser.post("/password", {"email": email_of(bob)})
        path = mail.link(mail.send(world)[email_of(bob)])
        browser.get(path)
        browser.post(path, {"password": GOOD})
        sign_in(browser, email_of(bob), "a wrong password")
    assert path.rsplit("/", 1)[1] not in caplog.text
    assert GOOD not in caplog.text
    assert "a wrong password" not in caplog.text


def test_nothing_is_left_of_a_registration_that_failed(world):
    world.client().post("/register/startup", form("startup") | {"ubn": ""})
    db.session.rollback()
    assert db.session.scalar(select(func.count(User.id))) == 0
