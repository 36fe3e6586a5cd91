"""The browser that the tests find on the machine."""

import pytest

from tests.services import ServiceMissing
from tests.services.browser import find_chromium


def test_a_page_in_chinese_is_shown(page):
    page.set_content("<html lang='zh-Hant-TW'><title>媒合</title><h1>政府出題</h1></html>")
    assert page.get_by_role("heading", name="政府出題").is_visible()


def test_a_chosen_browser_comes_first(monkeypatch, tmp_path):
    program = tmp_path / "my-browser"
    program.touch(mode=0o755)
    monkeypatch.setenv("MATCHMAKER_CHROMIUM", str(program))
    assert find_chromium() == program


def test_the_light_browser_comes_before_the_whole_one(monkeypatch, tmp_path):
    monkeypatch.delenv("MATCHMAKER_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("google-chrome", "chromium", "chromium-headless-shell"):
        (tmp_path / name).touch(mode=0o755)
        assert find_chromium() == tmp_path / name


def test_without_a_browser_the_reason_is_plain(monkeypatch, tmp_path):
    monkeypatch.delenv("MATCHMAKER_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ServiceMissing, match="apt-get install chromium"):
        find_chromium()
    monkeypatch.setenv("MATCHMAKER_CHROMIUM", str(tmp_path / "none"))
    with pytest.raises(ServiceMissing, match="no program that can be run"):
        find_chromium()
