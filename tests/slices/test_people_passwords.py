"""Passwords: long enough, not the first that anybody tries, and never stored as they are."""

import pytest

from matchmaker.people import passwords


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "一句很長的通關密語好記又好打",
        "x7#Kq9!mZp2w",
        "a" * 4 + "bcdefgh?!" * 8,
        "Ünï cödé pässwörd",
    ],
)
def test_a_long_password_of_any_characters_is_taken(password):
    assert passwords.check(password)
    assert passwords.matches(password, passwords.make(password))


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "password.too_short"),
        ("elevenchars", "password.too_short"),
        ("x" * 257, "password.too_long"),
        ("password1234", "password.too_common"),
        ("PassWord2026", "password.too_common"),
        ("123456789012", "password.too_common"),
        ("aaaaaaaaaaaa", "password.too_common"),
        ("ababababcbab", "password.too_common"),
        ("qwertyuiopas", "password.too_common"),
        ("matchmaker123", "password.too_common"),
        ("alice.wang.1", "password.too_common"),
    ],
)
def test_what_is_easily_guessed_is_refused(password, code):
    decision = passwords.check(password, "Alice Wang", "alice.wang")
    assert not decision
    assert decision.code == code


def test_hashes_are_argon2id_and_salted():
    first, second = passwords.make("correct horse battery"), passwords.make("correct horse battery")
    assert first.startswith("$argon2id$")
    assert first != second
    assert not passwords.matches("correct horse batterz", first)
    assert not passwords.wants_rehash(first)


def test_no_account_and_no_password_are_wrong_passwords():
    assert not passwords.matches("correct horse battery", None)
    assert not passwords.matches("", None)
    assert not passwords.matches("correct horse battery", "not a hash")


def test_tokens_are_long_and_only_their_hash_is_kept():
    secret, hashed = passwords.token()
    assert len(secret) >= 40
    assert hashed == passwords.token_hash(secret)
    assert secret not in hashed
