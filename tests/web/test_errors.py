"""Every refusal is a page in the reader's language that says what to do next."""

import errno
import re

import pytest
from sqlalchemy.exc import OperationalError

from matchmaker.kernel.decision import Reason, deny
from matchmaker.kernel.errors import Invalid, NotFound, Refused, Stale
from matchmaker.web.access import Audience, TooMany
from tests.world import NOW

LANGUAGES = pytest.mark.parametrize("language", ["en", "zh_Hant_TW"])
NO = Reason("test.no", "This invitation was sent to another e-mail address.")


@pytest.fixture
def broken(app, monkeypatch):
    """Let the contact page fail with an error."""

    def fail(error):
        def view():
            raise error

        view.audiences = frozenset({Audience.PUBLIC})
        monkeypatch.setitem(app.view_functions, "home.contact", view)

    return fail


def check(answer, code, language, english, chinese):
    assert answer.status_code == code
    text = answer.text
    assert len(re.findall(r"<h1[ >]", text)) == 1
    assert f'<html lang="{"en" if language == "en" else "zh-Hant-TW"}">' in text
    assert (english if language == "en" else chinese) in text
    assert (chinese if language == "en" else english) not in text
    assert str(code) in text
    assert answer.headers["X-Request-Id"] in text
    assert "Traceback" not in text


@LANGUAGES
def test_what_does_not_exist(world, language):
    answer = world.client(language=language).get("/nothing/here")
    check(answer, 404, language, "There is no such page", "找不到這個頁面")


@LANGUAGES
def test_what_is_not_ones_own(world, language):
    _, alice = world.agency()
    answer = world.client(alice, language).get("/staff/organizations")
    check(answer, 403, language, "You may not do this", "您沒有權限執行這個動作")


@LANGUAGES
@pytest.mark.parametrize(
    ("path", "method"), [("/sign-out", "GET"), ("/account", "DELETE"), ("/about", "POST")]
)
def test_what_an_address_does_not_know(world, language, path, method):
    answer = world.client(language=language).open(path, method=method)
    check(answer, 405, language, "This page cannot be used that way", "這個頁面不能這樣使用")
    assert method not in answer.headers["Allow"].replace(" ", "").split(",")


@LANGUAGES
def test_what_is_too_large(world, language, monkeypatch):
    monkeypatch.setitem(world.app.config, "MAX_CONTENT_LENGTH", 1000)
    answer = world.client(language=language).post("/password", {"email": "x" * 2000})
    check(answer, 413, language, "The file is too large", "檔案太大")


@LANGUAGES
def test_too_many_attempts(world, language, broken):
    broken(TooMany(42))
    answer = world.client(language=language).get("/contact")
    check(answer, 429, language, "Please wait 42 seconds", "請等候 42 秒後再試")
    assert answer.headers["Retry-After"] == "42"


@LANGUAGES
def test_a_fault_of_ours_shows_a_number_and_nothing_of_the_inside(world, language, broken, caplog):
    broken(ZeroDivisionError("secret inside"))
    answer = world.client(language=language).get("/contact")
    check(answer, 500, language, "Something went wrong on our side", "系統發生錯誤")
    assert "secret inside" not in answer.text
    assert "secret inside" in caplog.text


@LANGUAGES
@pytest.mark.parametrize(
    "error",
    [
        OperationalError("SELECT", {}, Exception("database is locked")),
        OSError(errno.ENOSPC, "No space left on device"),
    ],
)
def test_a_database_that_is_away_and_a_full_disk_pass(world, language, broken, error):
    broken(error)
    answer = world.client(language=language).get("/contact")
    check(answer, 503, language, "The service is busy", "系統忙碌中")
    assert int(answer.headers["Retry-After"]) > 0


def test_other_faults_of_the_system_are_faults(world, broken):
    broken(FileNotFoundError(errno.ENOENT, "gone"))
    assert world.client().get("/contact").status_code == 500


@LANGUAGES
def test_the_products_own_refusals(world, language, broken):
    browser = world.client(language=language)
    english, chinese = "was sent to another e-mail address", "寄給另一個電子郵件"
    broken(Refused(deny(NO)))
    check(browser.get("/contact"), 409, language, english, chinese)
    broken(Invalid({"x": deny(NO)}))
    check(browser.get("/contact"), 422, language, english, chinese)
    broken(Stale(by="Eve", at=NOW))
    check(browser.get("/contact"), 409, language, "Eve saved a change before you", "Eve 比您先儲存了修改")
    broken(NotFound())
    check(browser.get("/contact"), 404, language, "There is no such page", "找不到這個頁面")


def test_a_script_of_ours_gets_json(world, broken):
    broken(Refused(deny(NO)))
    headers = {"Accept": "application/json", "X-Autosave": "1"}
    answer = world.client().get("/contact", headers=headers)
    assert (answer.status_code, answer.json) == (409, {"error": 409, "message": NO.message})
    assert world.client().get("/contact", headers={"Accept": "application/json"}).mimetype == "text/html"


def test_a_refused_request_leaves_nothing_in_the_session(world, broken):
    """The transaction of a failed request is over before its page is drawn."""
    from matchmaker.foundation.db import db

    broken(ZeroDivisionError())
    world.client().get("/contact")
    assert not db.session().new
    assert not db.session().dirty
