"""Paging and filters: what the address asks is taken only where it makes sense, and no argument breaks a page."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.web.lists import LAST_PAGE, Page, address, asked, asked_many, asked_page, asked_text

NASTY = "endpoint=x&ref=y&self=1&_external=1&_scheme=javascript&_anchor=z&_method=POST&values=1&page=2"


@pytest.fixture
def at(app):
    """Run a function in a request for this address."""

    def run(path, function):
        with app.test_request_context(path):
            return function()

    return run


@pytest.mark.parametrize(
    ("typed", "page"),
    [
        ("", 1), ("page=1", 1), ("page=7", 7), ("page=0", 1), ("page=-3", 1), ("page=x", 1), ("page=1.5", 1),
        ("page=２", 1), ("page=999999", LAST_PAGE), ("page=9999999", 1), ("page=3&page=4", 3), ("page=²", 1),
    ],
)  # fmt: skip
def test_the_page_that_is_asked_for(at, typed, page):
    assert at(f"/x?{typed}", asked_page) == page


def test_filters_take_known_values_only(at):
    known = ["open", "closed"]
    assert at("/x?state=open", lambda: asked("state", known)) == "open"
    assert at("/x?state=open'--", lambda: asked("state", known)) == ""
    assert at("/x", lambda: asked("state", known, "closed")) == "closed"
    path = "/x?d=open&d=bad&d=closed&d=open"
    assert at(path, lambda: asked_many("d", known)) == ["open", "closed"]


def test_words_of_a_search_are_trimmed_and_printable(at):
    assert at("/x?q=%20%E8%87%BA%00%0A%1B%E5%8C%97%20", asked_text) == "臺北"
    assert at("/x?q=" + "a" * 500, asked_text) == "a" * 200
    assert at("/x", asked_text) == ""


@pytest.mark.parametrize(("total", "pages"), [(0, 1), (1, 1), (20, 1), (21, 2), (400, 20)])
def test_pages_and_offsets(total, pages):
    assert Page(1, total).pages == pages
    assert [Page(n, total).offset for n in (1, 2, 3)] == [0, 20, 40]


def test_the_next_page_keeps_the_filters_and_the_language_out(at):
    url = at("/a%20b/%E8%87%BA?state=open&d=1&d=2&lang=en&page=2", lambda: Page(2, 100).url(3))
    assert url == "/a%20b/%E8%87%BA?state=open&d=1&d=2&page=3"
    assert at("/x?page=2", lambda: address(page=None)) == "/x"


@given(st.dictionaries(st.text(max_size=12), st.text(max_size=12), max_size=4))
def test_an_address_comes_back_as_it_was(arguments):
    from flask import Flask, request

    small = Flask("small")
    with small.test_request_context("/x", query_string=arguments):
        made = address(page="3")
    with small.test_request_context(made):
        got = request.args.to_dict()
    assert got == {**arguments, "page": "3"}


@pytest.mark.parametrize("path", ["/sign-in", "/about", "/challenges", "/catalog", "/nothing"])
def test_no_argument_breaks_a_public_page(world, path):
    answer = world.client().get(f"{path}?{NASTY}")
    assert answer.status_code in (200, 404)
    assert not re.search(r'(?:href|action|src)="(?:javascript|[a-z]+:)?//', answer.text)
    assert 'href="javascript' not in answer.text


def test_no_argument_breaks_a_page_with_a_reference_or_a_pager(world):
    organization, _ = world.startup()
    for n in range(25):
        world.partner(name=f"夥伴{n}")
    browser = world.client(world.officer())
    for path in (
        f"/organizations/{organization.ref}",
        f"/staff/organizations/{organization.ref}",
        "/staff/organizations",
    ):
        answer = browser.get(f"{path}?{NASTY}")
        assert answer.status_code == 200
        assert "javascript" not in re.sub(r"_scheme=javascript", "", answer.text)


def test_the_other_language_is_this_very_page(world):
    organization, bob = world.startup()
    browser = world.client(bob)

    def other(answer):
        return re.search(r'<a href="([^"]+)"\s+lang="zh-Hant-TW"', answer.text)[1].replace("&amp;", "&")

    path = f"/organizations/{organization.ref}?tab=1"
    assert other(browser.get(path)) == f"/organizations/{organization.ref}?tab=1&lang=zh_Hant_TW"
    assert other(browser.get("/nothing")) == "/?lang=zh_Hant_TW"
    refused = browser.post("/organization/edit", {"name_en": "x" * 500})
    assert refused.status_code == 422
    assert other(refused) == "/organization/edit?lang=zh_Hant_TW"
    only_posts = browser.post("/organization/ask-again")
    assert only_posts.status_code == 409
    assert other(only_posts) == "/?lang=zh_Hant_TW"


def test_a_chosen_language_stays(world):
    browser = world.client(language="en")
    assert '<html lang="en">' in browser.get("/sign-in").text
    browser.get("/sign-in?lang=zh_Hant_TW")
    assert '<html lang="zh-Hant-TW">' in browser.get("/sign-in").text
    browser.get("/sign-in?lang=fr")
    assert '<html lang="zh-Hant-TW">' in browser.get("/sign-in").text


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "zh-Hant-TW"),
        ("en-GB,en;q=0.9", "en"),
        ("en;q=0.8,zh-TW;q=0.9", "zh-Hant-TW"),
        ("fr", "zh-Hant-TW"),
        ("zh-CN,en;q=0.5", "zh-Hant-TW"),
        ("nonsense;;q=x", "zh-Hant-TW"),
    ],
)
def test_a_first_visit_follows_the_browser(app, header, language):
    client = app.test_client()
    answer = client.get("/sign-in", headers={"Accept-Language": header} if header else {})
    assert f'<html lang="{language}">' in answer.text
