"""Settings: read once, and what is wrong is said in a plain sentence."""

import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from matchmaker.cli import main
from matchmaker.foundation.settings import SettingsError, from_environment

KEY = "k" * 32


def read(tmp_path, mode="testing", **env):
    return from_environment({"MATCHMAKER_DATA_DIR": str(tmp_path), "MATCHMAKER_MODE": mode, **env})


def test_nothing_needs_to_be_set_for_development(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = from_environment({})
    assert settings.is_development
    assert settings.data_dir == tmp_path / "var"
    assert settings.database_url == f"sqlite:///{tmp_path / 'var' / 'matchmaker.sqlite3'}"
    assert settings.is_sqlite
    assert not settings.demo


def test_a_key_is_made_once_and_for_the_owner_alone(tmp_path):
    first, second = read(tmp_path, "development"), read(tmp_path, "development")
    assert len(first.secret_key) >= 48
    assert first.secret_key == second.secret_key
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o400


def test_the_key_is_not_shown_by_accident(tmp_path):
    assert KEY not in repr(read(tmp_path, MATCHMAKER_SECRET_KEY=KEY))


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_postgresql_address_is_taken_as_people_write_it(tmp_path, scheme):
    settings = read(tmp_path, MATCHMAKER_DATABASE_URL=f"{scheme}://u@host/db")
    assert settings.database_url == "postgresql+psycopg://u@host/db"
    assert not settings.is_sqlite


def test_everything_can_be_set(tmp_path):
    settings = read(
        tmp_path,
        MATCHMAKER_SECRET_KEY=KEY,
        MATCHMAKER_BASE_URL="https://match.example/",
        MATCHMAKER_MAIL_URL="smtp://mail",
        MATCHMAKER_MAIL_FROM="a@b.example",
        MATCHMAKER_OWNER_NAME_ZH="署",
        MATCHMAKER_LANGUAGE="en",
        MATCHMAKER_DEMO="1",
        MATCHMAKER_MAX_UPLOAD_BYTES="1000",
        MATCHMAKER_TRUSTED_PROXIES="2",
    )
    assert (settings.base_url, settings.mail_url, settings.mail_from) == (
        "https://match.example",
        "smtp://mail",
        "a@b.example",
    )
    assert (settings.owner_name_zh, settings.default_language, settings.demo) == ("署", "en", True)
    assert (settings.max_upload_bytes, settings.trusted_proxies) == (1000, 2)


@pytest.mark.parametrize(
    ("env", "sentence"),
    [
        ({"MATCHMAKER_MODE": "prod"}, "MATCHMAKER_MODE must be one of development, production, testing"),
        ({"MATCHMAKER_SECRET_KEY": "short"}, "MATCHMAKER_SECRET_KEY must have at least 32 characters."),
        ({"MATCHMAKER_MODE": "production"}, "MATCHMAKER_SECRET_KEY is not set. Make one with"),
        (
            {"MATCHMAKER_DATABASE_URL": "mysql://x"},
            "MATCHMAKER_DATABASE_URL must name a SQLite or PostgreSQL",
        ),
        ({"MATCHMAKER_MAX_UPLOAD_BYTES": "20 MB"}, "MATCHMAKER_MAX_UPLOAD_BYTES must be a whole number"),
        ({"MATCHMAKER_TRUSTED_PROXIES": "-1"}, "MATCHMAKER_TRUSTED_PROXIES must not be negative."),
        ({"MATCHMAKER_LANGUAGE": "fr"}, "MATCHMAKER_LANGUAGE must be one of zh_Hant_TW, en"),
    ],
)
def test_what_is_wrong_is_said_in_a_plain_sentence(tmp_path, env, sentence):
    with pytest.raises(SettingsError) as wrong:
        from_environment({"MATCHMAKER_DATA_DIR": str(tmp_path), **env})
    assert sentence in str(wrong.value)


def test_production_makes_no_key_of_its_own(tmp_path):
    with pytest.raises(SettingsError):
        read(tmp_path, "production")
    assert list(Path(tmp_path).iterdir()) == []


def test_the_command_says_the_sentence_and_nothing_else(tmp_path, monkeypatch):
    monkeypatch.setenv("MATCHMAKER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("MATCHMAKER_DATABASE_URL", "mysql://x")
    result = CliRunner().invoke(main, ["check"])
    assert result.exit_code == 1
    assert result.output == "Error: MATCHMAKER_DATABASE_URL must name a SQLite or PostgreSQL database.\n"
