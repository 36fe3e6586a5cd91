"""Refusals, state names and figures in the reader's language; the filters of every template."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import wraps
from typing import Any

from flask import Flask, g
from flask_babel import gettext, ngettext
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from matchmaker.foundation.i18n import language
from matchmaker.kernel.dates import format_day, format_moment, local_day
from matchmaker.kernel.decision import Decision, Denied
from matchmaker.kernel.machine import Machine, StateInfo
from matchmaker.kernel.money import format_twd, format_wan


def shown(value: object) -> object:
    """A value as it stands in a sentence: instants, days, states and refusals in the reader's language."""
    if isinstance(value, datetime):
        return format_moment(value, language())
    if isinstance(value, date):
        return format_day(value, language())
    if isinstance(value, Denied):
        return refusal(value)
    if isinstance(value, StateInfo):
        return gettext(value.label)
    return value


def refusal(denied: Denied) -> str:
    """Why not, in the reader's language."""
    params = {name: shown(value) for name, value in denied.params.items()}
    return gettext(denied.reason.message, **params)


def reason_text(decision: Decision) -> str:
    """The words of a no; empty for a yes."""
    return refusal(decision) if isinstance(decision, Denied) else ""


def day(value: date | datetime | None) -> Markup:
    """A calendar day (in Taipei), with the machine-readable date behind it."""
    if value is None:
        return Markup("—")
    when = local_day(value) if isinstance(value, datetime) else value
    return Markup('<time datetime="{0}" title="{0}">{1}</time>').format(
        when.isoformat(), format_day(when, language())
    )


def moment(value: datetime | None) -> Markup:
    """Date and time with UTC+8."""
    if value is None:
        return Markup("—")
    return Markup('<time datetime="{0}" title="{0}">{1}</time>').format(
        value.isoformat(timespec="minutes"), format_moment(value, language())
    )


def money(value: int | None) -> str:
    return "—" if value is None else format_twd(value, language())


def wan(value: int | None) -> str:
    return "—" if value is None else format_wan(value, language())


def days_left(value: datetime | date | None) -> str:
    """How long until a deadline: “3 days left”, “closes today”, or nothing when it has passed."""
    if value is None:
        return ""
    today = local_day(g.now)
    if isinstance(value, datetime):
        if value <= g.now:
            return ""
        left = (local_day(value) - today).days
    else:
        left = (value - today).days
    if left < 0:
        return ""
    if left == 0:
        return gettext("ends today")
    return ngettext("%(num)d day left", "%(num)d days left", left)


def paragraphs(value: str | None) -> Markup:
    """Plain text as paragraphs; single line breaks are kept; everything is escaped."""
    blocks = [block.strip() for block in (value or "").replace("\r\n", "\n").split("\n\n")]
    made = [
        Markup("<p>{}</p>").format(Markup("<br>").join(escape(line) for line in block.split("\n")))
        for block in blocks
        if block
    ]
    return Markup("\n").join(made)


def tongue(value: str | None) -> str:
    """The tag of the language a text is written in: Chinese where it holds a Chinese character, else English."""
    return "zh-Hant-TW" if any("\u4e00" <= c <= "\u9fff" for c in value or "") else "en"


def figure(value: Decimal | int | None) -> str:
    """A number without needless zeros, with separators."""
    if value is None:
        return "—"
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def file_size(value: int) -> str:
    """Bytes as KB or MB."""
    return f"{value / 1_048_576:.1f} MB" if value >= 1_048_576 else f"{max(1, round(value / 1024))} KB"


def state_info(machine: Machine[Any], state: Any) -> StateInfo[Any]:
    """Label and tone of a state, for ``tag(info.tone, _(info.label))``."""
    return machine.info(state)


def choices(labels: Mapping[Any, str]) -> list[tuple[str, str]]:
    """Options of a select or radio field, in the reader's language."""
    return [(str(key), gettext(label)) for key, label in labels.items()]


def fresh_key() -> str:
    """An idempotency key for a form of one button: a second click replays the first answer."""
    return secrets.token_urlsafe(18)


def _at_each_reading(words: Callable[..., Any]) -> Callable[..., Any]:
    """The filter, which a template must not settle when it is compiled.

    Jinja computes a filter of a constant once, in the language of whoever reads the page first; one that takes the
    context is left until the page is read.
    """

    @pass_context
    @wraps(words)
    def read(_context: Context, /, *args: Any, **kwargs: Any) -> Any:
        return words(*args, **kwargs)

    return read


def init(app: Flask) -> None:
    """Give every template the filters and functions."""
    filters = (day, moment, money, wan, days_left, paragraphs, figure, tongue, file_size, reason_text)
    app.jinja_env.filters.update({each.__name__: _at_each_reading(each) for each in filters})
    app.jinja_env.tests["longer_than"] = lambda text, length: len(text) > length
    app.jinja_env.globals.update(state_info=state_info, reason_text=reason_text, fresh_key=fresh_key)
