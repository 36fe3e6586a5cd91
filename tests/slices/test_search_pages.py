"""The search page as people meet it: without script, in both languages, whoever asks, whatever is typed."""

import json
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matchmaker.foundation import jobs
from matchmaker.foundation.db import db
from matchmaker.people.models import Organization
from matchmaker.people.states import OrganizationKind
from matchmaker.search import routes
from matchmaker.web.lists import Page as Real
from tests.factories.site import HIDDEN_WORDS, hide, site
from tests.web.crawl import Page, faults

LANGUAGES = {"zh_Hant_TW": "zh-Hant-TW", "en": "en"}


@pytest.fixture
def made(world):
    return site(world)


def page(browser, **asked):
    query = "&".join(
        f"{name}={quote(one)}"
        for name, value in asked.items()
        for one in (value if isinstance(value, list) else [value])
    )
    answer = browser.get(f"/search?{query}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def links(html, prefix):
    return [link for link in Page(html).links if link.startswith(prefix)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("words", ["", "偵測", "acustic sensors", "xyzzyx"])
def test_the_page_is_whole_in_both_languages(world, made, language, words):
    html = page(world.client(language=language), q=words)
    assert faults(Page(html), LANGUAGES[language]) == []


def test_a_hit_shows_what_one_needs_to_choose(world, made):
    html = page(world.client(), q="acoustic sensors", kind="item")
    item = made.named["leaks"]
    assert links(html, "/catalog/") == [f"/catalog/{item.ref}"]
    for said in ("<mark>Acoustic sensors</mark>", item.code, "Catalog item", "Listed", "160,000"):
        assert said in html


def test_chinese_readers_see_the_near_word_of_their_own_language_marked(world, made):
    html = page(world.client(language="zh_Hant_TW"), q="drone")
    assert "<mark>無人機</mark>" in html


def test_what_was_understood_is_said_with_a_way_to_the_words_as_typed(world, made):
    browser = world.client()
    html = page(browser, q="acustic")
    assert "Showing results for" in html
    [exact] = {link for link in links(html, "/search?") if "exact=1" in link and "sort=" not in link}
    literal = browser.get(exact).get_data(as_text=True)
    assert "Nothing found" in literal
    assert "Showing results for" not in literal
    assert "Search for similar words too" in literal


def test_filters_are_plain_fields_that_keep_the_words(world, made):
    html = page(world.client(), q="偵測", sort="newest")
    form = html[html.index('class="filters"') : html.index("</form>", html.index('class="filters"'))]
    assert 'method="get"' in form
    assert '<input type="hidden" name="q" value="偵測">' in form
    assert '<input type="hidden" name="sort" value="newest">' in form
    assert '<input type="checkbox" name="kind"' in form
    everything = page(world.client())
    for name in ("kind", "status", "domain", "agency"):
        assert f'<input type="checkbox" name="{name}"' in everything


def test_several_filters_hold_at_once_and_the_page_says_how_to_leave(world, made):
    html = page(world.client(), kind=["challenge", "item"], domain=["care"])
    assert links(html, "/challenges/") == [f"/challenges/{made.named['falls'].ref}"]
    assert links(html, "/catalog/") == []
    none = page(world.client(), q="acoustic", kind="challenge", domain="education")
    assert "Nothing is left with these filters" in none
    assert "/search?q=acoustic" in links(none, "/search")


def test_agencies_and_counties_are_chosen_by_what_stands_in_the_database(world, made):
    ref = db.session.get(Organization, made.named["falls"].organization_id).ref
    html = page(world.client(), agency=ref)
    assert f'value="{ref}" checked' in html
    assert len(links(html, "/challenges/")) == 5
    for nonsense in ("nobody", "'", "x" * 500):
        assert len(links(page(world.client(), agency=nonsense, county=nonsense, year=nonsense), "/")) > 10


def test_pages_follow_each_other_and_a_page_too_far_is_the_last(world, made, monkeypatch):
    monkeypatch.setattr(routes, "PER_PAGE", 4)
    monkeypatch.setattr(routes, "Page", lambda at, total: Real(at, total, 4))
    browser = world.client()
    pages = [page(browser, page=str(number)) for number in range(1, 6)]
    shown = [
        tuple(links(html, f"/{kind}/"))
        for html in pages
        for kind in ("challenges", "catalog", "organizations")
    ]
    everything = [link for part in shown[:12] for link in part]
    assert len(everything) == len(set(everything)) == len(made.named)
    assert links(pages[4], "/challenges/") == links(pages[3], "/challenges/")


def test_everybody_finds_the_same(world, made):
    hide(world, made)
    jobs.run_until_idle(world.now)
    people = [
        None,
        world.agency("Judy")[1],
        made.suppliers["radar"][1],
        world.officer(),
        world.director(),
        world.juror(),
        world.organization(OrganizationKind.PARTNER, "Peggy")[1],
    ]
    for words in ("", "偵測", *HIDDEN_WORDS):
        seen = set()
        for actor in people:
            html = page(world.client(actor), q=words)
            body = html[html.index('<div class="split') : html.index("<footer")]
            seen.add(body)
            assert "鴨嘴獸養殖公司" not in html
        assert len(seen) == 1, words


def test_suggestions_are_json_of_public_texts(world, made):
    hide(world, made)
    jobs.run_until_idle(world.now)
    browser = world.client()
    answer = browser.get("/search/suggest?q=acous")
    assert answer.content_type == "application/json"
    told = json.loads(answer.get_data())["suggestions"]
    assert (told[0]["text"].lower(), told[0]["kind"]) == ("acoustic", "")
    assert {"text": "Listening for leaks in water mains", "kind": "Catalog item"} in told
    for typed in ("zebraf", "鴨嘴獸", "", "\x00", "x" * 3000):
        assert json.loads(browser.get(f"/search/suggest?q={quote(typed)}").get_data())["suggestions"] == []


def test_the_front_page_leads_to_the_search(world, made):
    html = world.client().get("/").get_data(as_text=True)
    assert 'action="/search"' in html
    assert "/search" in links(html, "/search")


HOSTILE = [
    "<script>alert(1)</script>",
    "'; DROP TABLE challenge; --",
    "{{ 7*7 }}",
    "\x00\x07\x1b[31m水",
    "水" * 2000,
    "word " * 400,
    "😀🏳️‍🌈👩‍👩‍👧",
    "‮evil‬",
    "%",
    "_",
    "\\",
    '"',
    "ch-2026-",
    "﷽" * 50,
    "a" * 2000,
    "\ud800",
]


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_get_a_sensible_answer(world, made, words):
    html = page(world.client(), q=words.encode("utf-8", "surrogatepass"))
    assert Page(html).h1 == 1
    assert "<script>alert" not in html
    assert ("7*7" in html) == ("7*7" in words)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    words=st.text(max_size=120), exact=st.booleans(), sort=st.sampled_from(["fit", "newest", "deadline", "x"])
)
def test_any_text_gets_a_page(world, made, words, exact, sort):
    raw = words.encode("utf-8", "surrogatepass")
    html = page(world.client(), q=raw, sort=sort, exact="1" if exact else "0")
    assert Page(html).h1 == 1
    assert world.client().get(f"/search/suggest?q={quote(raw)}").status_code == 200
