"""What every template knows: the site, the menus, the account, the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Flask, g, has_request_context, request, session, url_for
from flask_babel import gettext

import matchmaker
from matchmaker.foundation.i18n import LANGUAGES, TAGS, language, pick
from matchmaker.foundation.settings import Settings
from matchmaker.kernel.dates import local_day
from matchmaker.web import navigation
from matchmaker.web.forms import Bare
from matchmaker.web.lists import address


@dataclass(frozen=True, slots=True)
class Site:
    """The site as the reader sees it."""

    name: str
    language: str
    lang_attr: str
    other_language_url: str
    other_language_label: str
    other_lang_attr: str
    is_demo: bool
    is_development: bool
    year: int
    version: str
    owner_name: str


AccountMaker = Callable[[Any], Any]


def _other_language_url(other: str) -> str:
    """This page in the other language; the front page where this one only takes posts or does not exist."""
    rule = request.url_rule
    if rule is None or "GET" not in (rule.methods or ()):
        return url_for("home.front", lang=other)
    return address(lang=other)


def site(settings: Settings) -> Site:
    """Facts about the site in the reader's language."""
    mine = language()
    other = "en" if mine == "zh_Hant_TW" else "zh_Hant_TW"
    return Site(
        name=gettext("Matchmaker"),
        language=mine,
        lang_attr=TAGS[mine],
        other_language_url=_other_language_url(other),
        other_language_label=LANGUAGES[other],
        other_lang_attr=TAGS[other],
        is_demo=settings.demo,
        is_development=settings.is_development,
        year=local_day(g.now).year if "now" in g else 0,
        version=matchmaker.__version__,
        owner_name=pick(settings.owner_name_zh, settings.owner_name_en),
    )


def init(app: Flask, settings: Settings, account: AccountMaker) -> None:
    """Provide the context of every page and keep a language chosen in the address."""

    @app.before_request
    def keep_language() -> None:
        asked = request.args.get("lang", "")
        if asked in LANGUAGES and session.get("language") != asked:
            session["language"] = asked

    @app.context_processor
    def context() -> dict[str, Any]:
        if not has_request_context():
            # A mail, rendered by the worker: it knows no reader, no menu and no address.
            return {}
        person = getattr(g, "actor", None)
        doors = person.audiences if person is not None else frozenset()
        return {
            "site": site(settings),
            "navigation": navigation.main.shown_to(doors),
            "workplace": navigation.workplace.shown_to(doors),
            "account": account(person) if person is not None else None,
            "actor": person,
            "sign_in_url": url_for("people.sign_in"),
            "sign_up_url": url_for("people.sign_up"),
            "now": g.get("now"),
            "panels": navigation.panels,
            "post_form": partial(Bare, formdata=None),
        }
