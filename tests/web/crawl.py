"""Walks the product's pages by their links, as a person would, and looks at each."""

from collections import Counter
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit


class Page(HTMLParser):
    """What a crawler wants to know of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.h1 = 0
        self.language = ""
        self.title = ""
        self.inline: list[str] = []
        self._in_title = False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == "a" and values.get("href"):
            self.links.append(values["href"])
        if tag == "html":
            self.language = values.get("lang") or ""
        self.h1 += tag == "h1"
        self._in_title = self._in_title or (tag == "title" and not self.title)
        if values.get("id"):
            self.ids.append(values["id"])
        if "style" in values or any(name.startswith("on") for name in values):
            self.inline.append(tag)
        if tag == "style" or (tag == "script" and "src" not in values):
            self.inline.append(tag)

    def handle_data(self, data):
        if self._in_title:
            self.title += data

    def handle_endtag(self, tag):
        if tag == "title":
            self._in_title = False


def faults(page: Page, language: str) -> list[str]:
    """What is wrong with a page, in plain words."""
    found = []
    if page.language != language:
        found.append(f"lang is {page.language!r}")
    if not page.title.strip(" |"):
        found.append("no title")
    if page.h1 != 1:
        found.append(f"{page.h1} h1")
    if page.inline:
        found.append(f"inline style or script on {page.inline}")
    twice = [name for name, number in Counter(page.ids).items() if number > 1]
    if twice:
        found.append(f"ids twice: {twice[:5]}")
    return found


def walk(browser, app, *, language: str, start: str = "/", per_endpoint: int = 3, most: int = 400):
    """Yield (path, status, faults) for the pages that can be reached, a few of each kind."""
    waiting, seen, kinds = [start], {start}, Counter()
    adapter = app.url_map.bind("localhost")
    while waiting and sum(kinds.values()) < most:
        path = waiting.pop(0)
        response = browser.get(path)
        hops = 0
        while response.status_code in (301, 302, 303, 308) and hops < 5:
            response = browser.get(response.headers["Location"])
            hops += 1
        if not response.content_type.startswith("text/html"):
            response.close()
            yield path, response.status_code, []
            continue
        page = Page(response.get_data(as_text=True))
        yield path, response.status_code, faults(page, language)
        for link in page.links:
            target = urldefrag(urljoin(path, link)).url
            parts = urlsplit(target)
            if parts.scheme or parts.netloc or target in seen or "lang=" in parts.query:
                continue
            seen.add(target)
            try:
                endpoint, _values = adapter.match(parts.path, method="GET")
            except Exception as error:
                yield target, 404, [f"linked from {path}: {type(error).__name__}"]
                continue
            if endpoint == "static" or kinds[endpoint] >= per_endpoint:
                continue
            kinds[endpoint] += 1
            waiting.append(target)
