"""Identifiers of companies and agencies: Unified Business Number, agency code, OID, unit number."""

from __future__ import annotations

import re

from matchmaker.kernel.decision import Reason
from matchmaker.kernel.money import plain_width
from matchmaker.kernel.words import N_

UBN_LENGTH = Reason("ubn.length", N_("A Unified Business Number has eight digits."))
UBN_ZERO = Reason("ubn.zero", N_("00000000 is not a Unified Business Number."))
UBN_CHECKSUM = Reason(
    "ubn.checksum", N_("This is not a valid Unified Business Number: a digit may be mistyped.")
)
AGENCY_CODE_SHAPE = Reason(
    "agency_code.shape", N_("An agency code has ten characters, digits and capital letters.")
)
OID_SHAPE = Reason("oid.shape", N_("An OID is made of numbers with dots between them."))
OID_TREE = Reason("oid.tree", N_("The OID of an agency begins with 2.16.886.101."))
UNIT_SHAPE = Reason("pcc_unit.shape", N_("A unit number is made of numbers with dots between them."))

GOVERNMENT_OID = "2.16.886.101"
"""Root of the OID tree of Taiwan's government."""


class InvalidIdentifier(ValueError):
    """A text that is not an identifier of the wanted kind; ``reason`` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.message)
        self.reason = reason

    @property
    def code(self) -> str:
        """The stable name of the reason, such as ``ubn.checksum``."""
        return self.reason.code


def _compact(text: str) -> str:
    """Plain-width text without spaces and hyphens, which people type to group digits."""
    return re.sub(r"[\s\-]", "", plain_width(text)) if len(text) <= 200 else ""


_UBN_WEIGHTS = (1, 2, 1, 2, 1, 2, 4, 1)


def ubn_refusal(text: str) -> Reason | None:
    """Why the text is not a Unified Business Number (統一編號), or None where it is one.

    The rule since 2023-04-01: each digit times its weight (1 2 1 2 1 2 4 1), the digits of the products
    added up, divisible by 5. A 7 in the seventh place makes 28, whose digits add up to 10 and again to 1 or
    0, so that one more is allowed. 00000000 would pass the sum and is refused by itself.
    """
    number = _compact(text)
    if not re.fullmatch(r"[0-9]{8}", number, re.ASCII):
        return UBN_LENGTH
    if number == "00000000":
        return UBN_ZERO
    products = (int(digit) * weight for digit, weight in zip(number, _UBN_WEIGHTS, strict=True))
    total = sum(product // 10 + product % 10 for product in products)
    if total % 5 == 0 or (number[6] == "7" and (total + 1) % 5 == 0):
        return None
    return UBN_CHECKSUM


def parse_ubn(text: str) -> str:
    """The eight digits of a Unified Business Number; full-width digits, spaces and hyphens are taken.

    :raises InvalidIdentifier: not eight digits, all zero, or a wrong check sum.
    """
    if (reason := ubn_refusal(text)) is not None:
        raise InvalidIdentifier(reason)
    return _compact(text)


def parse_agency_code(text: str) -> str:
    """A ten-character agency code (機關代碼) such as ``379000000A``, letters made capital.

    :raises InvalidIdentifier: not ten digits and letters.
    """
    code = _compact(text).upper()
    if not re.fullmatch(r"[0-9A-Z]{10}", code, re.ASCII):
        raise InvalidIdentifier(AGENCY_CODE_SHAPE)
    return code


_DOTTED = re.compile(r"(?:0|[1-9][0-9]{0,9})(?:\.(?:0|[1-9][0-9]{0,9})){1,19}", re.ASCII)


def parse_oid(text: str) -> str:
    """The OID of an agency, below ``2.16.886.101``.

    :raises InvalidIdentifier: not a dotted number, or of another tree.
    """
    oid = _compact(text)
    if not _DOTTED.fullmatch(oid):
        raise InvalidIdentifier(OID_SHAPE)
    if not oid.startswith(f"{GOVERNMENT_OID}."):
        raise InvalidIdentifier(OID_TREE)
    return oid


def oid_parent(oid: str) -> str | None:
    """The OID one step above, or None at the root of the government's tree."""
    parent = oid.rpartition(".")[0]
    return parent if parent.startswith(f"{GOVERNMENT_OID}.") else None


def parse_pcc_unit(text: str) -> str:
    """The dotted unit number that the government e-procurement system gives an agency (``3.76.49.2``).

    :raises InvalidIdentifier: not a dotted number.
    """
    unit = _compact(text)
    if not _DOTTED.fullmatch(unit):
        raise InvalidIdentifier(UNIT_SHAPE)
    return unit
