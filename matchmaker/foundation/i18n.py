"""The two languages of the product: Traditional Chinese (Taiwan) and English, equals."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, has_request_context, request, session
from flask_babel import Babel, force_locale, get_locale, gettext

from matchmaker.foundation.catalogs import compile_catalogs

LANGUAGES = {"zh_Hant_TW": "中文", "en": "English"}
TAGS = {"zh_Hant_TW": "zh-Hant-TW", "en": "en"}
TRANSLATIONS = Path(__file__).parent.parent / "translations"

babel = Babel()


def choose() -> str | None:
    """The reader's language: asked for in the address, chosen before, or what the browser prefers."""
    if not has_request_context():
        return None
    asked = request.args.get("lang", "")
    if asked in LANGUAGES:
        return asked
    kept = session.get("language")
    if kept in LANGUAGES:
        return str(kept)
    tags = request.accept_languages
    chinese = max((q for tag, q in tags if tag.lower().startswith("zh")), default=0)
    english = max((q for tag, q in tags if tag.lower().startswith("en")), default=0)
    return "en" if english > chinese else None


def language() -> str:
    """The language of the present page or mail: ``zh_Hant_TW`` or ``en``."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "zh_Hant_TW"


def is_chinese() -> bool:
    return language() == "zh_Hant_TW"


def pick(zh: str | None, en: str | None) -> str:
    """The text in the reader's language, else the other one."""
    first, second = (zh, en) if is_chinese() else (en, zh)
    return first or second or ""


def in_language(language: str, message: str) -> str:
    """An English message in a language, whatever the reader's own is."""
    with force_locale(language):
        return str(gettext(message)) if message else ""


def tag_of(language: str) -> str:
    """The language as files and pages are marked with it: ``zh-Hant-TW`` or ``en``."""
    return TAGS.get(language, language)


def init(app: Flask, default: str) -> None:
    """Compile what changed and choose languages per request."""
    compile_catalogs(TRANSLATIONS)
    app.config["BABEL_DEFAULT_LOCALE"] = default
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(TRANSLATIONS)
    babel.init_app(app, locale_selector=choose)
