"""What the matcher answers: matches, plain bands, and explanations that add up."""

from dataclasses import dataclass
from enum import StrEnum


class Band(StrEnum):
    """How good a score is, in one plain word."""

    STRONG = "strong"
    FAIR = "fair"
    WEAK = "weak"


@dataclass(frozen=True, slots=True)
class Match:
    """One found document: its score from 0 to 1, its place from 1 on, and its band."""

    id: str
    score: float
    rank: int
    band: Band


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of original text: field (empty for a plain query), first and one past the last character."""

    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TermShare:
    """What one word of the query adds to the score, and where it stands in both texts.

    ``term`` is the word as the query writes it; a near-same term reads "無人機 ≈ drone" and has ``near`` set.
    ``found`` is empty when the index keeps no text of the document and none was given.
    """

    term: str
    share: float
    asked: tuple[Place, ...]
    found: tuple[Place, ...]
    near: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a document has its score: the shares of ``terms`` sum to ``score`` within 1e-5.

    ``missing`` are the important words of the query that the document does not cover, most important first.
    """

    id: str
    score: float
    band: Band
    terms: tuple[TermShare, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two documents that say nearly the same: similarity is the cosine of their terms, 0 to 1."""

    first: str
    second: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Correction:
    """A word of the query that no document holds, and the known word that was probably meant."""

    asked: str
    meant: str
    similarity: float
