"""Mail: after the commit, once, in each recipient's language, and no secret in any row."""

import smtplib
from datetime import date, timedelta
from email import policy
from email.parser import BytesParser

import pytest
from flask_babel import force_locale
from sqlalchemy import func, select

from matchmaker.foundation import outbox
from matchmaker.foundation.db import db, is_writing, unit_of_work
from matchmaker.foundation.outbox import OutboxMail, Recipient, both, day, letter, moment, post, twd, words
from matchmaker.people import notices, operations
from matchmaker.people.models import PasswordReset
from tests.world import NOW

ALICE = Recipient("alice@example.org", "愛麗絲", "zh_Hant_TW")
BOB = Recipient("bob@example.org", "Bob", "en")
LETTER = letter("test.letter", "News of %(thing)s", "About %(thing)s.", "%(when)s", action="Look")
PARAMS = {"thing": both("實證", "the pilot"), "when": "now", "url": "/things/1"}


@pytest.fixture(autouse=True)
def mail_folder(app):
    folder = app.extensions["settings"].mail_dir
    for leftover in folder.glob("*.eml"):
        leftover.unlink()
    return folder


def put(recipient=BOB, key="1", params=PARAMS):
    with unit_of_work():
        post(LETTER, recipient, key=key, at=NOW, params=params)


def sent(folder):
    return {
        message["To"]: message
        for message in (
            BytesParser(policy=policy.default).parsebytes(path.read_bytes()) for path in folder.glob("*.eml")
        )
    }


@pytest.mark.both_databases
def test_the_same_news_goes_to_the_same_person_once(app, mail_folder):
    put()
    put()
    put(ALICE)
    put(key="2")
    assert outbox.send_all(NOW) == 3
    assert outbox.send_all(NOW + timedelta(days=1)) == 0
    assert len(list(mail_folder.glob("*.eml"))) == 3


def test_what_is_rolled_back_is_never_sent(app, mail_folder):
    def fail():
        with unit_of_work():
            post(LETTER, BOB, key="1", at=NOW, params=PARAMS)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert outbox.send_all(NOW) == 0


def test_everybody_reads_in_their_own_language(app, mail_folder):
    put(ALICE)
    put(BOB)
    outbox.send_all(NOW)
    mails = sent(mail_folder)
    alice, bob = mails[ALICE.address], mails[BOB.address]
    assert (alice["Content-Language"], bob["Content-Language"]) == ("zh-Hant-TW", "en")
    assert bob["Subject"] == "News of the pilot"
    assert "實證" in alice["Subject"]
    text = alice.get_body(("plain",)).get_content()
    assert "愛麗絲 您好：" in text
    assert "http://localhost/things/1" in text
    assert 'lang="zh-Hant-TW"' in alice.get_body(("html",)).get_content()
    assert bob["Auto-Submitted"] == "auto-generated"


def test_values_are_written_as_each_language_writes_them():
    assert outbox.localise(both("臺北", ""), "en") == "臺北"
    assert outbox.localise(moment(NOW), "en") == "2 March 2026, 09:00 (UTC+8)"
    assert outbox.localise(day(date(2026, 3, 2)), "en") == "2 March 2026"
    assert outbox.localise(twd(1_800_000), "en") == "NT$1,800,000"
    assert outbox.localise("plain", "en") == "plain"


def test_words_in_a_param_are_translated_too(app):
    param = words("%(name)s saved a change before you", name=both("愛麗絲", "Alice"))
    with force_locale("zh_Hant_TW"):
        assert outbox.localise(param, "zh_Hant_TW") == "愛麗絲 比您先儲存了修改"
    with force_locale("en"):
        assert outbox.localise(param, "en") == "Alice saved a change before you"


def test_no_header_can_be_smuggled_in_by_a_name_or_a_subject(app, mail_folder):
    evil = "x\r\nBcc: mallory@example.org\r\n\r\nHello"
    put(Recipient("bob@example.org", evil, "en"), params={**PARAMS, "thing": evil})
    outbox.send_all(NOW)
    [message] = sent(mail_folder).values()
    assert message["Bcc"] is None
    assert message["Subject"] == "News of x Bcc: mallory@example.org Hello"


def test_no_header_can_be_smuggled_in_by_an_address(app, mail_folder):
    put(Recipient("bob@example.org\r\nBcc: mallory@example.org", "Bob", "en"))
    assert outbox.send_one(NOW)
    assert list(mail_folder.glob("*.eml")) == []
    assert "ValueError" in db.session.execute(select(OutboxMail.last_error)).scalar_one()


def test_markup_in_a_param_is_text(app, mail_folder):
    put(params={**PARAMS, "when": "<script>alert(1)</script>"})
    outbox.send_all(NOW)
    [message] = sent(mail_folder).values()
    html = message.get_body(("html",)).get_content()
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_a_failure_is_noted_and_tried_again_later_and_later(app, mail_folder, monkeypatch):
    put()

    def down(*_args):
        raise ConnectionRefusedError("mail server away")

    monkeypatch.setattr(outbox, "deliver", down)
    now, waits = NOW, []
    while outbox.send_one(now):
        mail = db.session.execute(select(OutboxMail)).scalar_one()
        assert mail.last_error == "ConnectionRefusedError: mail server away"
        assert not outbox.send_one(now)
        waits.append(mail.next_try_at - now)
        now = mail.next_try_at
    assert len(waits) == outbox.MAX_ATTEMPTS
    assert waits == sorted(waits)
    assert waits[0] == timedelta(minutes=2)


def test_a_mail_that_failed_goes_out_when_the_server_is_back(app, mail_folder, monkeypatch):
    put()
    with monkeypatch.context() as broken:
        broken.setattr(outbox, "deliver", lambda *_: 1 / 0)
        outbox.send_one(NOW)
    assert not outbox.send_one(NOW + timedelta(minutes=1))
    assert outbox.send_one(NOW + timedelta(minutes=2))
    mail = db.session.execute(select(OutboxMail)).scalar_one()
    assert (mail.attempts, mail.last_error) == (2, None)
    assert mail.sent_at == NOW + timedelta(minutes=2)


def test_nobody_waits_while_the_mail_server_is_slow(app, mail_folder, monkeypatch):
    put()
    seen = []
    monkeypatch.setattr(
        outbox, "deliver", lambda *_: seen.append((is_writing(), db.session().in_transaction()))
    )
    outbox.send_one(NOW)
    assert seen == [(False, False)]


@pytest.mark.both_databases
def test_the_secret_of_a_reset_is_made_while_its_mail_is_sent_and_kept_nowhere(world, mail_folder):
    user = world.user("Bob")
    with unit_of_work():
        operations.ask_reset(email=user.email, at=NOW)
    assert db.session.scalar(select(func.count(PasswordReset.id))) == 0
    outbox.send_all(NOW)
    text = sent(mail_folder)[user.email].get_body(("plain",)).get_content()
    secret = text.split("/password/")[1].split()[0]
    assert len(secret) >= 40
    mail = db.session.execute(select(OutboxMail).where(OutboxMail.letter == notices.RESET.key)).scalar_one()
    reset = db.session.execute(select(PasswordReset)).scalar_one()
    stored = [getattr(row, column.name) for row in (mail, reset) for column in row.__table__.columns]
    assert not any(secret in str(value) for value in stored)
    assert reset.expires_at == NOW + timedelta(hours=1)


def test_mail_goes_to_the_configured_server(monkeypatch, app):
    said = []

    class Server:
        def __init__(self, host, port, timeout):
            said.append((host, port, timeout))

        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

        def starttls(self):
            said.append("starttls")

        def login(self, name, password):
            said.append((name, password))

        def send_message(self, message):
            said.append(message)

    monkeypatch.setattr(smtplib, "SMTP", Server)
    monkeypatch.setattr(smtplib, "SMTP_SSL", Server)
    outbox._smtp("a mail", "smtp://us%40er:p%3Aw@mail.example:587?starttls")
    outbox._smtp("a mail", "smtps://mail.example")
    outbox._smtp("a mail", "smtp://mail.example")
    assert said == [
        ("mail.example", 587, 20),
        "starttls",
        ("us@er", "p:w"),
        "a mail",
        ("mail.example", 465, 20),
        "a mail",
        ("mail.example", 25, 20),
        "a mail",
    ]


def test_a_letter_has_one_wording():
    with pytest.raises(ValueError, match="declared twice"):
        letter("test.letter", "Other words")
