"""Everything the environment may decide, read once at start."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from matchmaker.kernel.errors import MatchmakerError

LANGUAGES = ("zh_Hant_TW", "en")
MODES = ("development", "production", "testing")


class SettingsError(MatchmakerError):
    """A setting is missing or makes no sense; the message is for the operator."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The product's configuration.

    ``data_dir`` holds what belongs to this installation: the SQLite file, uploaded files, delivered mail of
    development, the secret key. Sizes are bytes.
    """

    mode: str
    data_dir: Path
    database_url: str
    secret_key: str = field(repr=False)
    base_url: str = "http://127.0.0.1:5000"
    mail_url: str = ""
    mail_from: str = "no-reply@matchmaker.example"
    contact_email: str = "contact@matchmaker.example"
    owner_name_zh: str = "經濟部中小及新創企業署"
    owner_name_en: str = "Small and Medium Enterprise and Startup Administration, MOEA"
    default_language: str = "zh_Hant_TW"
    demo: bool = False
    max_upload_bytes: int = 20 * 1024 * 1024
    max_request_bytes: int = 64 * 1024 * 1024
    trusted_proxies: int = 0

    @property
    def is_development(self) -> bool:
        return self.mode == "development"

    @property
    def is_production(self) -> bool:
        return self.mode == "production"

    @property
    def files_dir(self) -> Path:
        return self.data_dir / "files"

    @property
    def index_dir(self) -> Path:
        return self.data_dir / "index"

    @property
    def mail_dir(self) -> Path:
        return self.data_dir / "mail"

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")


def _number(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name, "")
    if not text:
        return default
    try:
        value = int(text)
    except ValueError:
        raise SettingsError(f"{name} must be a whole number, not {text!r}.") from None
    if value < 0:
        raise SettingsError(f"{name} must not be negative.")
    return value


def _secret(environ: Mapping[str, str], mode: str, data_dir: Path) -> str:
    given = environ.get("MATCHMAKER_SECRET_KEY", "")
    if given:
        if len(given) < 32:
            raise SettingsError("MATCHMAKER_SECRET_KEY must have at least 32 characters.")
        return given
    path = data_dir / "secret.key"
    if path.exists():
        return path.read_text(encoding="ascii").strip()
    if mode == "production":
        raise SettingsError(
            "MATCHMAKER_SECRET_KEY is not set. Make one with: "
            "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    data_dir.mkdir(parents=True, exist_ok=True)
    key = secrets.token_urlsafe(48)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key)
    return key


def from_environment(environ: Mapping[str, str] | None = None, *, mode: str | None = None) -> Settings:
    """Read MATCHMAKER_* variables. Raises SettingsError with a plain sentence."""
    env = os.environ if environ is None else environ
    chosen = mode or env.get("MATCHMAKER_MODE", "development")
    if chosen not in MODES:
        raise SettingsError(f"MATCHMAKER_MODE must be one of {', '.join(MODES)}, not {chosen!r}.")
    data_dir = Path(env.get("MATCHMAKER_DATA_DIR", "var")).expanduser().resolve()
    database = env.get("MATCHMAKER_DATABASE_URL", "") or f"sqlite:///{data_dir / 'matchmaker.sqlite3'}"
    if database.startswith(("postgres://", "postgresql://")):
        database = "postgresql+psycopg://" + database.split("://", 1)[1]
    if not database.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise SettingsError("MATCHMAKER_DATABASE_URL must name a SQLite or PostgreSQL database.")
    defaults = Settings(mode=chosen, data_dir=data_dir, database_url=database, secret_key="")
    language = env.get("MATCHMAKER_LANGUAGE", defaults.default_language)
    if language not in LANGUAGES:
        raise SettingsError(f"MATCHMAKER_LANGUAGE must be one of {', '.join(LANGUAGES)}, not {language!r}.")
    return Settings(
        mode=chosen,
        data_dir=data_dir,
        database_url=database,
        secret_key=_secret(env, chosen, data_dir),
        base_url=env.get("MATCHMAKER_BASE_URL", defaults.base_url).rstrip("/"),
        mail_url=env.get("MATCHMAKER_MAIL_URL", ""),
        mail_from=env.get("MATCHMAKER_MAIL_FROM", defaults.mail_from),
        contact_email=env.get("MATCHMAKER_CONTACT_EMAIL", defaults.contact_email),
        owner_name_zh=env.get("MATCHMAKER_OWNER_NAME_ZH", defaults.owner_name_zh),
        owner_name_en=env.get("MATCHMAKER_OWNER_NAME_EN", defaults.owner_name_en),
        default_language=language,
        demo=env.get("MATCHMAKER_DEMO", "") == "1",
        max_upload_bytes=_number(env, "MATCHMAKER_MAX_UPLOAD_BYTES", defaults.max_upload_bytes),
        max_request_bytes=_number(env, "MATCHMAKER_MAX_REQUEST_BYTES", defaults.max_request_bytes),
        trusted_proxies=_number(env, "MATCHMAKER_TRUSTED_PROXIES", defaults.trusted_proxies),
    )
