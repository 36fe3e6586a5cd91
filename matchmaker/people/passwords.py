"""Passwords: argon2id, twelve characters at least, none that everybody tries first."""

from __future__ import annotations

import hashlib
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from matchmaker.kernel.decision import ALLOWED, Decision, Reason, deny
from matchmaker.kernel.words import N_

SHORTEST = 12
LONGEST = 256

TOO_SHORT = Reason("password.too_short", N_("Use at least %(n)s characters. A sentence is easy to remember."))
TOO_LONG = Reason("password.too_long", N_("Use at most %(n)s characters."))
TOO_COMMON = Reason(
    "password.too_common", N_("This password is among the first that anybody would try. Choose another.")
)

_hasher = PasswordHasher()
_decoy = _hasher.hash(secrets.token_urlsafe(16))
_COMMON_PARTS = (
    "password",
    "qwerty",
    "123456",
    "abc123",
    "letmein",
    "iloveyou",
    "admin",
    "welcome",
    "matchmaker",
)
_SEQUENCES = ("0123456789" * 3, "9876543210" * 3, "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")


def check(password: str, *context: str) -> Decision:
    """Is the password acceptable? ``context`` are words that an attacker knows (name, e-mail, organisation)."""
    if len(password) < SHORTEST:
        return deny(TOO_SHORT, n=SHORTEST)
    if len(password) > LONGEST:
        return deny(TOO_LONG, n=LONGEST)
    plain = password.casefold()
    rest = plain
    for part in (*_COMMON_PARTS, *(word.casefold() for word in context if len(word) >= 4)):
        rest = rest.replace(part, "")
    if len(set(plain)) < 5 or len(rest) < 5 or any(plain in sequence for sequence in _SEQUENCES):
        return deny(TOO_COMMON)
    return ALLOWED


def make(password: str) -> str:
    """The argon2id hash of a password."""
    return _hasher.hash(password)


def matches(password: str, stored: str | None) -> bool:
    """Is it the right password? Takes the same time where there is no account or no password."""
    try:
        return _hasher.verify(stored or _decoy, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def wants_rehash(stored: str) -> bool:
    """Was the hash made with weaker settings than today's?"""
    return _hasher.check_needs_rehash(stored)


def token() -> tuple[str, str]:
    """A secret for an address, and the hash that is stored in its place."""
    secret = secrets.token_urlsafe(32)
    return secret, token_hash(secret)


def token_hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
