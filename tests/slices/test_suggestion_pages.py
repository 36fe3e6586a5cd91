"""The pages of suggestions as people meet them: who sees what, what buttons do, what is marked, what stays sealed."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from sqlalchemy import select

from matchmaker.foundation import jobs
from matchmaker.foundation.db import db, unit_of_work
from matchmaker.foundation.relevance import RelevanceEvent
from matchmaker.kernel.programme import Domain
from matchmaker.matcher import Document, Place
from matchmaker.people.facts import ProfileFacts
from matchmaker.people.queries import organization_by_id
from matchmaker.people.states import Role
from matchmaker.suggestions import operations, queries
from matchmaker.suggestions.marking import marked
from matchmaker.suggestions.states import DismissReason, Side
from tests.factories.challenges import challenge
from tests.factories.profiles import DRONE, MAT, RADAR, say
from tests.factories.proposals import submitted
from tests.slices.test_sealing import differing, paths, plain


@pytest.fixture
def care(world):
    """An open challenge about falls, a startup that fits it and two others."""
    agency, alice = world.agency()
    made = challenge(world, "published", (agency, alice))
    radar, bob = world.startup("Bob")
    mat, ivan = world.startup("Ivan")
    drone, oscar = world.startup("Oscar")
    for who, told in ((bob, RADAR), (ivan, MAT), (oscar, DRONE)):
        say(world, who, told)
    jobs.run_until_idle(world.now)
    base = f"/challenges/{made.ref}/suggestions"
    return {
        "challenge": made, "agency": agency, "alice": alice, "bob": bob, "ivan": ivan, "oscar": oscar,
        "radar": radar, "mat": mat, "drone": drone, "list": base, "pair": f"{base}/{radar.ref}",
        "own": f"/suggestions/{made.ref}",
    }  # fmt: skip


def act(browser, page, path, **more):
    """Press the button of a page that posts to ``path``, with its own key and version."""
    html = browser.get(page).text
    form = re.search(rf'<form class="act" method="post" action="{re.escape(path)}".*?</form>', html, re.S)
    assert form, f"no button to {path} on {page}"
    fields = dict(re.findall(r'name="([a-z_]+)" value="([^"]*)"', form.group()))
    fields.pop("csrf_token")
    return browser.post(path, fields | more)


def dismissed(browser, path, reason="other_field", **more):
    html = browser.get(path).text
    version = re.search(r'name="expected_version"[^>]*value="(\d+)"', html).group(1)
    key = re.search(r'name="idempotency_key"[^>]*value="([^"]+)"', html).group(1)
    return browser.post(path, {"expected_version": version, "idempotency_key": key, "reason": reason} | more)


class TestAgency:
    def test_pins_with_a_button_and_finds_it_on_top(self, care, world):
        alice = world.client(care["alice"])
        answer = act(alice, care["list"], care["pair"] + "/pin")
        assert (answer.status_code, answer.location) == (303, care["list"])
        page = alice.get(care["list"]).text
        assert "Pinned" in page
        assert act(alice, care["pair"], care["pair"] + "/unpin").location == care["pair"]
        assert care["pair"] + "/pin" in alice.get(care["list"]).text

    def test_a_second_click_changes_nothing_and_a_stale_one_is_told(self, care, world):
        alice = world.client(care["alice"])
        html = alice.get(care["list"]).text
        path = care["pair"] + "/pin"
        form = re.search(rf'action="{re.escape(path)}".*?</form>', html, re.S).group()
        fields = dict(re.findall(r'name="([a-z_]+)" value="([^"]*)"', form))
        assert [alice.post(path, fields).status_code for _click in range(2)] == [303, 303]
        stale = fields | {"idempotency_key": "another-key-for-the-same-form"}
        assert alice.post(path, stale).status_code == 409

    def test_dismisses_with_a_reason_and_takes_it_back(self, care, world):
        alice = world.client(care["alice"])
        assert dismissed(alice, care["pair"] + "/dismiss", reason="other").status_code == 422
        assert dismissed(alice, care["pair"] + "/dismiss", reason="no_capacity").status_code == 422
        answer = dismissed(alice, care["pair"] + "/dismiss", reason="known", note="<b>去年</b>合作過")
        assert (answer.status_code, answer.location) == (303, care["list"])
        page = alice.get(care["list"]).text
        assert "1 dismissed" in page
        assert "Known already" in page
        assert "&lt;b&gt;去年&lt;/b&gt;合作過" in page
        panel = alice.get(f"/challenges/{care['challenge'].ref}").text
        assert care["pair"] not in panel
        act(alice, care["list"], care["pair"] + "/take-back")
        assert "1 dismissed" not in alice.get(care["list"]).text

    def test_invites_once_and_the_button_is_gone(self, care, world):
        alice = world.client(care["alice"])
        act(alice, care["list"], care["pair"] + "/invite")
        assert care["pair"] + "/invite" not in alice.get(care["list"]).text
        assert "Invited" in alice.get(care["pair"]).text
        assert alice.post(care["pair"] + "/invite", {}).status_code == 409

    def test_a_rule_that_stops_a_pair_greys_its_buttons_with_its_words(self, care, world):
        say(world, care["bob"], replace(RADAR, willing=False))
        jobs.run_until_idle(world.now)
        page = world.client(care["alice"]).get(care["pair"]).text
        assert page.count("The startup does not wish to be suggested.") >= 3
        assert 'aria-disabled="true"' in page
        assert world.client(care["alice"]).post(care["pair"] + "/pin", {}).status_code == 409

    def test_more_like_the_pinned_one_is_shown_with_why(self, care, world):
        alice = world.client(care["alice"])
        say(world, care["ivan"], replace(MAT, tags=("跌倒偵測", "長照")))
        jobs.run_until_idle(world.now)
        with unit_of_work():
            operations.pin(
                side=Side.AGENCY,
                challenge=queries.challenge_with_texts(care["challenge"].id),
                organization=organization_by_id(care["radar"].id),
                by=care["alice"],
                at=world.now,
            )
        found = operations.startups_like(
            challenge=care["challenge"],
            seeds=[organization_by_id(care["radar"].id)],
            without={care["radar"].id},
            at=world.now,
        )
        assert [each.found.id for each in found][:1] == [care["mat"].id]
        assert any("跌倒" in term["term"] for term in found[0].terms)
        assert found[0].seed.id == care["radar"].id
        page = alice.get(care["list"])
        assert page.status_code == 200

    def test_filters_keep_what_they_name(self, care, world):
        say(world, care["bob"], replace(RADAR, domains=(Domain.CARE,)))
        jobs.run_until_idle(world.now)
        alice = world.client(care["alice"])
        assert care["radar"].name_en in alice.get(care["list"] + "?domain=care").text
        other = next(each for each in Domain if each is not Domain.CARE)
        assert "No startup fits these filters" in alice.get(f"{care['list']}?domain={other}").text


class TestPersonas:
    def test_readers_and_staff_look_and_do_not_touch(self, care, world):
        reader = world.member(care["agency"], "Rea", Role.READER)
        for who, words in ((reader, "Your role may read"), (world.officer(), "takes no side")):
            browser = world.client(who)
            page = browser.get(care["list"])
            assert page.status_code == 200
            assert words in page.text
            assert "/pin" not in page.text
            assert browser.get(care["pair"]).status_code == 200
            for verb in ("pin", "unpin", "take-back", "invite"):
                assert browser.post(f"{care['pair']}/{verb}", {}).status_code in (403, 409), verb
            assert browser.post(care["pair"] + "/dismiss", {"reason": "known"}).status_code in (403, 409)
        assert queries.verdict_of(Side.AGENCY, care["challenge"].id, care["radar"].id) is None

    def test_an_editor_acts_like_an_owner(self, care, world):
        editor = world.client(world.member(care["agency"], "Eve", Role.EDITOR))
        assert act(editor, care["list"], care["pair"] + "/pin").status_code == 303

    def test_others_find_nothing(self, care, world):
        judy = world.client(world.agency("Judy")[1])
        for path in (care["list"], care["pair"], care["pair"] + "/dismiss"):
            assert judy.get(path).status_code == 404
            assert world.client(care["bob"]).get(path).status_code == 403
            assert world.client().get(path).status_code == 303
        assert judy.post(care["pair"] + "/pin", {}).status_code == 404
        assert world.client(care["bob"]).post(care["pair"] + "/invite", {}).status_code == 403
        assert world.client(care["alice"]).post(care["own"] + "/pin", {}).status_code == 403
        assert world.client(care["alice"]).post(care["pair"] + "/made-up", {}).status_code == 404
        assert world.client(care["alice"]).get(f"{care['list']}/{care['agency'].ref}").status_code == 404

    def test_after_the_call_everything_stands_still(self, care, world):
        act(world.client(care["alice"]), care["list"], care["pair"] + "/pin")
        world.later(days=60)
        alice, bob = world.client(care["alice"]), world.client(care["bob"])
        page = alice.get(care["list"]).text
        assert "does not look for startups any more" in page
        assert alice.post(care["pair"] + "/unpin", {}).status_code == 409
        assert bob.post(care["own"] + "/pin", {}).status_code == 409


class TestStartup:
    def test_marks_interest_pins_and_dismisses_for_itself(self, care, world):
        bob = world.client(care["bob"])
        act(bob, "/suggestions", care["own"] + "/interested")
        assert "Interested" in bob.get("/suggestions").text
        act(bob, "/suggestions", care["own"] + "/pin")
        assert "Pinned" in bob.get("/").text
        dismissed(bob, care["own"] + "/dismiss", reason="too_large")
        page = bob.get("/suggestions").text
        assert "0 challenges fit" in page
        assert "Too large an undertaking" in page
        assert care["own"] not in bob.get("/").text
        assert "Too large an undertaking" in bob.get(f"/challenges/{care['challenge'].ref}").text
        act(bob, "/suggestions", care["own"] + "/take-back")
        assert "1 challenge fits" in bob.get("/suggestions").text

    def test_teammates_share_one_word_and_readers_only_read(self, care, world):
        act(world.client(care["bob"]), "/suggestions", care["own"] + "/pin")
        reader = world.client(world.member(care["radar"], "Rob", Role.READER))
        page = reader.get("/suggestions").text
        assert "Pinned" in page
        assert "/unpin" not in page
        assert reader.post(care["own"] + "/unpin", {}).status_code in (403, 409)

    def test_more_challenges_like_the_pinned_one_are_open_and_public_ones(self, care, world):
        agency = world.agency("Judy")
        second = challenge(world, "published", agency)
        need = challenge(world, "in_triage", agency)
        jobs.run_until_idle(world.now)
        calls = queries.open_challenges(world.now)
        found = operations.challenges_like(
            organization=organization_by_id(care["radar"].id),
            seeds=[queries.challenge_with_texts(care["challenge"].id)],
            among=[call for call in calls if call.id != care["challenge"].id],
            at=world.now,
        )
        assert [each.found.id for each in found] == [second.id]
        assert need.id not in {each.found.id for each in found}


# --- both texts side by side ---


class Marks(HTMLParser):
    """Every ``<mark>`` of a page with its title and its text; refuses what is not well-formed."""

    def __init__(self):
        super().__init__()
        self.found, self.inside, self.scripts = [], None, []

    def handle_starttag(self, tag, attrs):
        if tag == "mark":
            assert self.inside is None, "a mark inside a mark"
            self.inside = [dict(attrs)["title"], ""]
        if tag in ("script", "img"):
            self.scripts.append(dict(attrs))

    def handle_endtag(self, tag):
        if tag == "mark":
            self.found.append(tuple(self.inside))
            self.inside = None

    def handle_data(self, data):
        if self.inside is not None:
            self.inside[1] += data


def marks(html):
    page = Marks()
    page.feed(html)
    assert page.inside is None
    return page


@pytest.mark.parametrize(("language", "word"), [("zh_Hant_TW", "跌倒"), ("en", "falls")])
def test_the_carrying_words_are_marked_in_both_texts(care, world, language, word):
    for who, path in ((care["alice"], care["pair"]), (care["bob"], care["own"])):
        page = world.client(who, language).get(path).text
        both = page.split('id="side-startup"')
        assert len(both) == 2
        for half in both:
            assert any("跌倒" in text for _title, text in marks(half).found)
        assert all("%" in title and text.strip() for title, text in marks(page).found)
        assert re.search(r"g-[0-9a-f]+", page)
        assert "✓" not in page  # drawn by the style sheet; the words say it


def test_a_profile_with_markup_stays_text(care, world):
    nasty = '<script>alert(1)</script>跌倒偵測<img src=x onerror=alert(2)>" onmouseover="x'
    say(world, care["bob"], ProfileFacts(
        tagline_zh=nasty[:110], offer_zh=RADAR.offer_zh + nasty, tags=("跌倒\"><b>", "長照"),
    ))  # fmt: skip
    jobs.run_until_idle(world.now)
    for who, path in (
        (care["alice"], care["pair"]),
        (care["bob"], care["own"]),
        (care["alice"], care["list"]),
    ):
        page = world.client(who).get(path).text
        found = marks(page)
        assert all(script.get("type") == "module" for script in found.scripts)
        assert "<script>alert" not in page
        assert 'onmouseover="x' not in page
        assert "<b>" not in page.split("<main")[1].split("</main>")[0].replace("<br>", "")


def test_marks_by_place():
    """Overlapping places become one mark with both reasons; places beyond the text are left out."""
    document = Document("d", {"body": "跌倒偵測 & <雷達>\n第二行"}, ("標籤",))
    parts = marked(
        document,
        [
            ([Place("body", 0, 2), Place("body", 90, 95)], "a"),
            ([Place("body", 1, 4)], 'b"'),
            ([Place("tags", 0, 2)], "c"),
        ],
    )
    assert [(part.field, [str(line) for line in part.lines]) for part in parts] == [
        ("body", ['<mark title="a; b&#34;">跌倒偵測</mark> &amp; &lt;雷達&gt;', "第二行"]),
        ("tags", ['<mark title="c">標籤</mark>']),
    ]


def test_every_act_can_be_reached_with_the_keyboard(care, world):
    """Acts are links and buttons in plain forms, each with a name that says what it is about."""
    page = world.client(care["alice"]).get(care["list"]).text
    name = care["radar"].name_en
    for verb, words in (("pin", "Pin"), ("invite", "Invite")):
        form = re.search(
            rf'<form class="act" method="post" action="{care["pair"]}/{verb}".*?</form>', page, re.S
        )
        button = re.sub(r"<[^>]+>", "", re.search(r"<button.*?</button>", form.group(), re.S).group())
        assert button.split() == [words, *name.split()]
    link = re.search(rf'<a class="[^"]*" href="{care["pair"]}/dismiss">.*?</a>', page, re.S).group()
    assert name in link
    assert 'tabindex="-1"' not in link


# --- the log ---


def signs(**only):
    db.session.rollback()
    query = select(RelevanceEvent).filter_by(**only).order_by(RelevanceEvent.id)
    return [(row.sign.value, row.direction.value, row.rank, row.band.value if hasattr(row.band, "value") else row.band)
            for row in db.session.execute(query).scalars()]  # fmt: skip


@pytest.mark.both_databases
def test_what_was_shown_and_opened_is_logged_once_a_day(care, world):
    alice = world.client(care["alice"])
    for _again in range(2):
        alice.get(care["list"])
        alice.get(care["pair"])
    about_radar = {"found": care["radar"].subject, "viewer": care["agency"].subject}
    today = signs(**about_radar)
    assert [(sign, direction) for sign, direction, _rank, _band in today] == [
        ("shown", "startups"),
        ("opened", "startups"),
    ]
    assert today[0][2] == 1
    assert today[0][3] in ("strong", "fair")
    world.later(days=1)
    world.client(care["alice"]).get(care["list"])
    assert [sign for sign, *_rest in signs(**about_radar)] == ["shown", "opened", "shown"]


def test_the_page_of_a_thing_is_opened_from_a_suggestion_only_when_it_was(care, world):
    alice, bob = world.client(care["alice"]), world.client(care["bob"])
    profile, call = f"/organizations/{care['radar'].ref}", f"/challenges/{care['challenge'].ref}"
    alice.get(profile)
    alice.get(profile, headers={"Referer": "http://localhost/search?q=x"})
    alice.get(profile, headers={"Referer": "http://elsewhere.example" + care["list"]})
    bob.get(call)
    assert signs(sign="opened") == []
    assert care["pair"] in alice.get(profile, headers={"Referer": "http://localhost" + care["list"]}).text
    bob.get(call, headers={"Referer": "http://localhost/suggestions"})
    assert [(sign, direction) for sign, direction, *_ in signs(sign="opened")] == [
        ("opened", "startups"),
        ("opened", "challenges"),
    ]
    judy = world.client(world.agency("Judy")[1])
    assert care["pair"] not in judy.get(profile, headers={"Referer": "http://localhost" + care["list"]}).text


# --- sealing ---


def seen(world, care, people):
    """Every page of these people at this instant."""
    pages = {}
    for name, person in people.items():
        browser = world.client(person)
        every = {*paths(world.app, person, care["challenge"]), care["pair"], care["pair"] + "/dismiss"}
        every |= {f"/organizations/{care['radar'].ref}"}
        for path in sorted(every):
            answer = browser.get(path)
            pages[name, path] = (answer.status_code, plain(answer.get_data(as_text=True)))
    return pages


def audience(world, care):
    return {
        "agency": care["alice"],
        "officer": world.officer("Cora"),
        "juror": world.juror(),
        "other startup": care["oscar"],
        "anybody": None,
    }


def speak(world, care):
    """The startup looks, pins, marks interest, dismisses, and proposes."""
    bob = world.client(care["bob"])
    act(bob, "/suggestions", care["own"] + "/pin")
    act(bob, "/suggestions", care["own"] + "/interested")
    bob.get(care["own"])
    ivan = world.client(care["ivan"])
    ivan.get(care["own"])
    dismissed(bob, care["own"] + "/dismiss", reason="too_small")
    submitted(world, care["challenge"], (care["mat"], care["ivan"]))
    jobs.run_until_idle(world.now)


def test_what_a_startup_says_changes_no_page_of_anybody_else(care, world):
    people = audience(world, care)
    seen(world, care, people)  # the first look writes the log of its own reader
    before = seen(world, care, people)
    assert before["agency", care["pair"]][0] == 200
    speak(world, care)
    assert differing(before, seen(world, care, people)) == []


def test_a_planted_leak_is_found(care, world, monkeypatch):
    """Should a page ever read the startup's word, the comparison above sees it."""
    people = {"agency": care["alice"]}
    honest = queries.verdict_of
    monkeypatch.setattr(
        queries, "verdict_of", lambda side, *pair: honest(Side.STARTUP, *pair) or honest(side, *pair)
    )
    before = seen(world, care, people)
    bob = world.client(care["bob"])
    act(bob, "/suggestions", care["own"] + "/pin")
    assert differing(before, seen(world, care, people))


def test_what_an_agency_says_changes_no_page_of_a_startup(care, world):
    """But for the letter of an invitation, nobody learns whom an agency prefers."""
    people = {"startup": care["bob"], "other startup": care["oscar"], "anybody": None}
    before = seen(world, care, people)
    before = seen(world, care, people)
    alice = world.client(care["alice"])
    act(alice, care["list"], care["pair"] + "/pin")
    act(alice, care["list"], care["pair"] + "/invite")
    with unit_of_work():
        operations.dismiss(
            side=Side.AGENCY,
            challenge=queries.challenge_with_texts(care["challenge"].id),
            organization=organization_by_id(care["mat"].id),
            reason=DismissReason.OTHER_METHOD,
            by=care["alice"],
            at=world.now,
        )
    assert differing(before, seen(world, care, people)) == []
