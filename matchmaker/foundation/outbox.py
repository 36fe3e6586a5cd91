"""Mail leaves through here, after the commit of what it tells of, in each recipient's language.

A notice writes a row with a key that makes it unique; the worker renders and sends it. Secrets (reset and
invitation tokens) are minted at sending, so that no row ever holds one.
"""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import current_app, render_template
from flask_babel import force_locale, gettext
from sqlalchemy import Index, Integer, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.foundation.db import Json, Model, UtcDateTime, db, new_ref, unit_of_work
from matchmaker.foundation.settings import Settings
from matchmaker.kernel.dates import format_day, format_moment
from matchmaker.kernel.money import format_twd

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
MAX_ATTEMPTS = 10


class OutboxMail(Model):
    """One mail to one person; ``dedupe_key`` says what it tells of and to whom."""

    __tablename__ = "outbox_mail"
    ref: Mapped[str] = mapped_column(String(16), unique=True, default=new_ref)
    dedupe_key: Mapped[str] = mapped_column(String(200), unique=True)
    letter: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(120))
    language: Mapped[str] = mapped_column(String(12))
    params: Mapped[dict[str, Any]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    next_try_at: Mapped[datetime] = mapped_column(UtcDateTime())
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    last_error: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (Index("ix_outbox_mail_due", "sent_at", "next_try_at"),)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets a mail, and in which language they read."""

    address: str
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class Letter:
    """The words of a kind of mail, in English msgids with ``%(name)s`` places.

    ``action`` is the label of its one link (the address comes as param ``url``); ``mint`` names a minter that
    makes the secret part of that address at sending; ``way_out`` names who makes the address at which the reader
    gets no more letters of this kind.
    """

    key: str
    subject: str
    paragraphs: tuple[str, ...]
    action: str | None = None
    mint: str | None = None
    way_out: str | None = None


Minter = Callable[[Mapping[str, Any], datetime], str]
_letters: dict[str, Letter] = {}
_minters: dict[str, Minter] = {}
WayOut = Callable[[Mapping[str, Any]], str | None]
"""From the params of a letter: the path of its way out, or None where the reader has taken it already."""
_ways_out: dict[str, WayOut] = {}


def letter(
    key: str,
    subject: str,
    *paragraphs: str,
    action: str | None = None,
    mint: str | None = None,
    way_out: str | None = None,
) -> Letter:
    """Declare a kind of mail. Mark the words with N_()."""
    made = Letter(key, subject, paragraphs, action, mint, way_out)
    if _letters.setdefault(key, made) != made:
        raise ValueError(f"the letter {key} is declared twice")
    return made


def letters() -> dict[str, Letter]:
    """Every kind of mail the product sends."""
    return dict(_letters)


def mint_with(name: str, minter: Minter) -> None:
    """Name the function that makes the secret address of a letter at sending."""
    _minters[name] = minter


def leave_by(name: str, way: WayOut) -> None:
    """Name the function that knows the way out of a kind of letter; asked at sending, so the last word counts."""
    _ways_out[name] = way


class Unwanted(Exception):
    """The reader wants no more letters of this kind."""


def both(zh: str, en: str) -> dict[str, str]:
    """A param that exists in both languages."""
    return {"zh": zh, "en": en or zh}


def moment(value: datetime) -> dict[str, str]:
    """A param that is an instant."""
    return {"moment": value.isoformat()}


def day(value: date) -> dict[str, str]:
    """A param that is a calendar day."""
    return {"day": value.isoformat()}


def twd(value: int) -> dict[str, int]:
    """A param that is an amount in NT$."""
    return {"twd": value}


def words(message: str, **params: object) -> dict[str, Any]:
    """A param that is itself a translated message."""
    return {"message": message, "params": params}


def post(
    kind: Letter, recipient: Recipient, *, key: str, at: datetime, params: Mapping[str, Any] | None = None
) -> None:
    """Put a mail into the present transaction; the same key to the same address goes out once."""
    dedupe = f"{kind.key}:{key}:{recipient.address}"[:200]
    if db.session.scalar(select(OutboxMail.id).where(OutboxMail.dedupe_key == dedupe)) is not None:
        return
    db.session.add(
        OutboxMail(
            dedupe_key=dedupe,
            letter=kind.key,
            address=recipient.address,
            name=recipient.name,
            language=recipient.language,
            params=dict(params or {}),
            created_at=at,
            next_try_at=at,
        )
    )
    db.session.flush()


def localise(value: Any, language: str) -> Any:
    """A stored param in the reader's language; a list becomes paragraphs."""
    if isinstance(value, list):
        return "\n\n".join(str(localise(one, language)) for one in value)
    if not isinstance(value, dict):
        return value
    if "zh" in value:
        return value["zh"] if language.startswith("zh") else value["en"]
    if "moment" in value:
        return format_moment(datetime.fromisoformat(value["moment"]), language)
    if "day" in value:
        return format_day(date.fromisoformat(value["day"]), language)
    if "twd" in value:
        return format_twd(value["twd"], language)
    if "message" in value:
        params = {key: localise(param, language) for key, param in value["params"].items()}
        message = value["message"]
        return gettext(message, **params)
    return value


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail ready to go."""

    subject: str
    text: str
    html: str


def render(mail: OutboxMail, *, url: str | None, way_out: str | None = None) -> Rendered:
    """Subject and bodies of a mail in its recipient's language."""
    kind = _letters[mail.letter]
    with force_locale(mail.language):
        params = {name: localise(value, mail.language) for name, value in mail.params.items()}
        subject = " ".join(gettext(kind.subject, **params).split())
        context = {
            "subject": subject,
            "name": mail.name,
            "paragraphs": [gettext(paragraph, **params) for paragraph in kind.paragraphs],
            "action": gettext(kind.action, **params) if kind.action else None,
            "url": url,
            "way_out": way_out,
            "language": mail.language,
        }
        return Rendered(
            subject,
            render_template("layouts/mail.txt", **context),
            render_template("layouts/mail.html", **context),
        )


def _claim(now: datetime) -> int | None:
    with unit_of_work() as session:
        mail = session.execute(
            select(OutboxMail)
            .where(OutboxMail.sent_at.is_(None), OutboxMail.next_try_at <= now)
            .where(OutboxMail.attempts < MAX_ATTEMPTS)
            .order_by(OutboxMail.next_try_at, OutboxMail.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).scalar_one_or_none()
        if mail is None:
            return None
        mail.attempts += 1
        mail.next_try_at = now + LEASE * 2 ** min(mail.attempts - 1, 8)
        return mail.id


def send_one(now: datetime) -> bool:
    """Send one waiting mail; True where there was one. A failure is noted and tried again later.

    The mail server is spoken to between two transactions: it may be slow, and nobody else should wait for it.
    """
    key = _claim(now)
    if key is None:
        return False
    settings: Settings = current_app.extensions["settings"]
    try:
        with unit_of_work() as session:
            mail = session.get_one(OutboxMail, key)
            way_out = _way_out(mail, settings)
            rendered = render(mail, url=_url(mail, now, settings), way_out=way_out)
            ref, message = mail.ref, compose(mail, rendered, settings, way_out=way_out)
        deliver(message, ref, settings)
        with unit_of_work() as session:
            mail = session.get_one(OutboxMail, key)
            mail.sent_at, mail.last_error = now, None
    except Unwanted:
        with unit_of_work() as session:
            session.delete(session.get_one(OutboxMail, key))
    except Exception as error:
        log.exception("mail %s could not be sent", key)
        with unit_of_work() as session:
            session.get_one(OutboxMail, key).last_error = f"{type(error).__name__}: {error}"[:500]
    return True


def _url(mail: OutboxMail, now: datetime, settings: Settings) -> str | None:
    """The full address of the mail's one link; a secret in it is minted here and stored as its hash alone."""
    mint = _letters[mail.letter].mint
    url = _minters[mint](mail.params, now) if mint is not None else mail.params.get("url")
    return settings.base_url + url if url is not None and url.startswith("/") else url


def _way_out(mail: OutboxMail, settings: Settings) -> str | None:
    """The full address of the way out, None where the letter has none."""
    name = _letters[mail.letter].way_out
    if name is None:
        return None
    path = _ways_out[name](mail.params)
    if path is None:
        raise Unwanted
    return settings.base_url + path


def send_all(now: datetime, *, limit: int = 10_000) -> int:
    """Send everything that waits; returns how many were tried."""
    tried = 0
    while tried < limit and send_one(now):
        tried += 1
    return tried


def compose(
    mail: OutboxMail, rendered: Rendered, settings: Settings, *, way_out: str | None = None
) -> EmailMessage:
    """The message as it leaves; names and subjects are encoded, so no header can be smuggled in."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = rendered.subject
    message["From"] = settings.mail_from
    message["To"] = mail.address
    message["Message-ID"] = f"<{mail.ref}@{urlsplit(settings.base_url).hostname or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"
    if way_out is not None:
        # RFC 8058: mail programs show a button that posts to the address, without asking for a sign-in.
        message["List-Unsubscribe"] = f"<{way_out}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(rendered.text)
    message.add_alternative(rendered.html, subtype="html")
    # Set last: whatever begins with Content- moves into the first part when the second is added.
    message["Content-Language"] = "zh-Hant-TW" if mail.language.startswith("zh") else "en"
    return message


def deliver(message: EmailMessage, ref: str, settings: Settings) -> None:
    """Hand over to the mail server, or write to the mail folder where none is configured."""
    if settings.mail_url:
        _smtp(message, settings.mail_url)
        return
    settings.mail_dir.mkdir(parents=True, exist_ok=True)
    Path(settings.mail_dir / f"{ref}.eml").write_bytes(message.as_bytes())


def _smtp(message: EmailMessage, url: str) -> None:
    parts = urlsplit(url)
    secure = parts.scheme == "smtps"
    factory = smtplib.SMTP_SSL if secure else smtplib.SMTP
    with factory(parts.hostname or "localhost", parts.port or (465 if secure else 25), timeout=20) as server:
        if not secure and "starttls" in parts.query:
            server.starttls()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)
