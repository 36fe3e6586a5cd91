"""The matcher: documents in, explained fits out. A pure library; it knows no challenge and no startup.

    from matchmaker.matcher import Document, Lexicon, Settings, fit

    index = fit(documents, settings=Settings(), lexicon=Lexicon.load(path))      -> Index
    index.rank(query, top=10, keep=None, spell=False, prefix=False)              -> list[Match]
    index.explain(query, id, document=None)                                      -> Explanation
    index.similar(id or ids, top=10, keep=None)      more like these             -> list[Match]
    index.duplicates(threshold=None)                 near-duplicate pairs        -> list[Pair]
    index.corrections(text), index.completions(text) for a search box
    index.upsert(document or documents), index.remove(id or ids), index.merge()
    index.ids(), index.document(id), len(index), id in index, index.version, index.band(score)

``Document(id, fields={"title": ..., "summary": ..., "body": ..., "evidence": ...}, tags=(...))`` is read by
field weights in ``Settings``; a query is a plain text or a ``Document``. ``keep`` is a collection of ids or a
function of an id.

``Match(id, score, rank, band)``: score 0..1, band strong, fair or weak.
``Explanation(id, score, band, terms, missing)``; ``TermShare(term, share, asked, found, near)`` with
``Place(field, start, end)`` in the original texts; the shares sum to the score within 1e-5; ``missing`` are
the important words of the query that the document does not cover.

``names.core(name)`` and ``names.same(known, asked) -> Verdict(verdict, score, evidence)`` fold company names.
``nearness.difference(first, second)`` shows a person what differs between two texts.
``meaning.Meaning(meaning.load()).rerank(query, matches, text_of)`` asks a small language model for a second
opinion on the best answers, where the extra ``semantic`` is installed.
Everything the matcher refuses is a ``MatcherError``: BadInput, UnknownDocument, ForeignIndex, CorruptIndex,
StorageError, MissingExtra.
"""

from matchmaker.matcher.documents import Document
from matchmaker.matcher.errors import (
    BadInput,
    CorruptIndex,
    ForeignIndex,
    MatcherError,
    MissingExtra,
    StorageError,
    UnknownDocument,
)
from matchmaker.matcher.index import Index, fit
from matchmaker.matcher.lexicon import Lexicon
from matchmaker.matcher.results import Band, Correction, Explanation, Match, Pair, Place, TermShare
from matchmaker.matcher.settings import Channels, Settings

__all__ = [
    "BadInput",
    "Band",
    "Channels",
    "Correction",
    "CorruptIndex",
    "Document",
    "Explanation",
    "ForeignIndex",
    "Index",
    "Lexicon",
    "Match",
    "MatcherError",
    "MissingExtra",
    "Pair",
    "Place",
    "Settings",
    "StorageError",
    "TermShare",
    "UnknownDocument",
    "fit",
]
