"""The indexes there are, and the kinds of things in them."""

from __future__ import annotations

from enum import StrEnum

from matchmaker.kernel.words import N_


class Shelf(StrEnum):
    """One stored index.

    ``MATCH`` holds what is compared with each other: startups, needs and challenges, listed items, also those that
    only their owners and the programme office may see. It answers nobody directly: who asks says which ids may
    appear, and no word of it is offered to a reader. ``SITE`` holds public things alone and answers everybody.
    """

    MATCH = "match"
    SITE = "site"


class Kind(StrEnum):
    """What a document stands for: the part of its id before the colon, as in ``challenge:ab12cd34ef``."""

    CHALLENGE = "challenge"
    PILOT = "pilot"
    ITEM = "item"
    STARTUP = "organization"


KIND_LABELS = {
    Kind.CHALLENGE: N_("Challenges"),
    Kind.ITEM: N_("Catalog items"),
    Kind.PILOT: N_("Pilot cases"),
    Kind.STARTUP: N_("Startups"),
}


def subject(kind: Kind, ref: str) -> str:
    """The id of a document."""
    return f"{kind.value}:{ref}"


def ref_of(subject: str) -> str:
    """The public reference in a document's id."""
    return subject.partition(":")[2]
