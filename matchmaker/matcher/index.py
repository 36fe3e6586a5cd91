"""The index: documents in, explained fits out.

    index = fit(documents, settings=Settings(), lexicon=Lexicon.load(path))
    for match in index.rank("水質監測無人機", top=10): ...
    index.explain("水質監測無人機", match.id).terms

An index is a list of segments with tombstones. A new or changed document goes into a small segment of its own
and is found at once; small segments are merged as they gather. Frequencies are live: every answer equals that
of an index built afresh from the same documents.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from matchmaker.matcher import analysis, explaining, nearness, ranking, spelling
from matchmaker.matcher.analysis import Analyser, Keys
from matchmaker.matcher.documents import Document, unique
from matchmaker.matcher.errors import BadInput, UnknownDocument
from matchmaker.matcher.lexicon import Lexicon
from matchmaker.matcher.merging import assemble
from matchmaker.matcher.query import Prepared, Weights, inverse_frequency, prepare, shares
from matchmaker.matcher.ranking import Live
from matchmaker.matcher.reading import Reader
from matchmaker.matcher.results import Band, Correction, Explanation, Match, Pair
from matchmaker.matcher.scoring import all_scores
from matchmaker.matcher.segment import Reading
from matchmaker.matcher.settings import Settings

Keep = Callable[[str], bool] | Collection[str]

MERGE_SHARE: Final = 0.05
"""Small segments and tombstones are folded into the large one when they reach this share of it (measured)."""

_FEW: Final = 64
_MOST_SEGMENTS: Final = 8


class Index:
    """A searchable set of documents. One thread may change it at a time."""

    def __init__(
        self,
        *,
        settings: Settings | None = None,
        lexicon: Lexicon | None = None,
        segments: Sequence[Live] = (),
        documents: Mapping[str, Document] | None = None,
        gone: Mapping[int, int] | None = None,
        tidy: bool = True,
    ) -> None:
        self.settings = settings or Settings()
        self.reader = Reader(Analyser(self.settings.channels, lexicon), self.settings)
        self._segments = list(segments)
        self.texts: Mapping[str, Document] = documents if documents is not None else {}
        self._changed: dict[str, Document] = {}
        self._gone: dict[int, int] = dict(gone or {})
        self._tidy = tidy
        self._pending: dict[str, Document] = {}
        self._spelling = spelling.Vocabulary(lexicon)
        self._mean: float | None = None
        self._asked: tuple[Document | str, bool, bool, Prepared] | None = None

    @classmethod
    def streamed(
        cls,
        documents: Iterable[Document],
        *,
        settings: Settings | None = None,
        lexicon: Lexicon | None = None,
        texts: Mapping[str, Document] | None = None,
    ) -> "Index":
        """An index of documents that come one by one and are not held; ``texts`` finds one again by its id.

        BadInput when two have the same id.
        """
        index = cls(settings=settings, lexicon=lexicon, documents=texts)
        segment = index.reader.stream(documents)
        segment.ids.refuse_twins()
        index._segments = [Live.of(segment)]
        return index

    # -- what is inside

    @property
    def lexicon(self) -> Lexicon | None:
        """The near-same terms this index was built with."""
        return self.reader.analyser.lexicon

    @property
    def version(self) -> str:
        """Names analyser and settings: two indexes of equal version and documents give equal answers."""
        return f"{self.reader.analyser.version}; settings {self.settings.fingerprint()}"

    def __len__(self) -> int:
        return sum(live.count for live in self._segments) + len(self._pending)

    def __contains__(self, document_id: object) -> bool:
        if not isinstance(document_id, str):
            return False
        return document_id in self._pending or self._find(document_id) is not None

    def ids(self) -> Iterator[str]:
        """The ids of all documents."""
        self._settle()
        for live in self._segments:
            for number in np.flatnonzero(live.alive):
                yield live.segment.ids[int(number)]

    def document(self, document_id: str) -> Document | None:
        """The document as it was indexed, or None where no texts are kept. UnknownDocument if not here."""
        if document_id not in self:
            raise UnknownDocument(document_id)
        return self._changed.get(document_id) or self.texts.get(document_id)

    @property
    def gone(self) -> Mapping[int, int]:
        """How many tombstones hold each term: what live frequencies take off the lists."""
        return self._gone

    @property
    def segments(self) -> tuple[Live, ...]:
        """The segments, settled: for storing and for tests."""
        self._settle()
        return tuple(self._segments)

    # -- changes

    def upsert(self, documents: Document | Iterable[Document]) -> None:
        """Add documents, or put them in the place of those with the same id. Found from the next query on."""
        listed = unique([documents] if isinstance(documents, Document) else documents)
        for document in listed:
            self._bury(document.id)
            self._pending[document.id] = document
            self._changed[document.id] = document

    def remove(self, ids: str | Iterable[str]) -> None:
        """Take documents out. UnknownDocument, and no change at all, when one of them is not here."""
        listed = [ids] if isinstance(ids, str) else list(dict.fromkeys(ids))
        for document_id in listed:
            if document_id not in self:
                raise UnknownDocument(document_id)
        for document_id in listed:
            self._bury(document_id)

    def inherit(self, older: "Index") -> None:
        """Take over what an older state of the same index has worked out and this one can still use."""
        self._spelling = older._spelling

    def merge(self) -> None:
        """Fold everything into one segment without tombstones."""
        self._settle(everything=True)

    def _bury(self, document_id: str) -> None:
        self._asked = None
        self._pending.pop(document_id, None)
        found = self._find(document_id)
        if found is None:
            self._changed.pop(document_id, None)
            return
        live, number = found
        document = self.document(document_id)
        # Reading the text again is quick; without it all lists are scanned.
        keys = self.reader.read(document).keys if document is not None else live.segment.keys_of(number)
        for key in keys.tolist():
            self._gone[key] = self._gone.get(key, 0) + 1
        live.alive = live.alive.copy() if not live.alive.flags.writeable else live.alive
        live.alive[number] = False
        live.count -= 1
        self._changed.pop(document_id, None)
        self._mean = None

    def _find(self, document_id: str) -> tuple[Live, int] | None:
        for live in reversed(self._segments):
            for number in live.segment.ids.find(document_id):
                if live.alive[number]:
                    return live, number
        return None

    def _settle(self, everything: bool = False) -> None:
        """Bring waiting documents into segments, and merge what has gathered."""
        if self._pending:
            self._asked = None
            self._segments.append(Live.of(self.reader.segment(list(self._pending.values()))))
            self._pending.clear()
            self._mean = None
        if not self._segments or not (self._tidy or everything):
            return
        largest = max(len(live.segment) for live in self._segments)
        small = sum(len(live.segment) for live in self._segments) - largest
        dead = sum(len(live.segment) - live.count for live in self._segments)
        untidy = len(self._segments) > 1 or dead > 0
        if untidy and (everything or small + dead > max(_FEW, MERGE_SHARE * largest)):
            self._segments = [self._merged(self._segments)]
            self._gone.clear()
            self._mean = None
        elif len(self._segments) > _MOST_SEGMENTS:
            tail = self._segments[1:]
            for live in tail:
                self._forget(live)
            self._segments = [self._segments[0], self._merged(tail)]

    def _merged(self, parts: Sequence[Live]) -> Live:
        return Live.of(assemble([(live.segment, live.alive) for live in parts]))

    def _forget(self, live: Live) -> None:
        """Take the dead documents of a segment that is about to be rewritten out of the corrections of df."""
        for number in np.flatnonzero(~live.alive):
            for key in live.segment.keys_of(int(number)).tolist():
                left = self._gone[key] - 1
                if left:
                    self._gone[key] = left
                else:
                    del self._gone[key]

    # -- questions

    def holding(self, keys: Keys) -> npt.NDArray[np.int64]:
        """How many documents hold each term."""
        total = np.zeros(len(keys), dtype=np.int64)
        for live in self._segments:
            low, high = live.segment.lists_of(keys)
            total += high - low
        if self._gone:
            total -= np.fromiter((self._gone.get(key, 0) for key in keys.tolist()), np.int64, len(keys))
        return total

    def mean_length(self) -> float:
        """Mean weighted length of the documents."""
        if self._mean is None:
            count = sum(live.count for live in self._segments)
            self._mean = sum(live.length() for live in self._segments) / count if count else 0.0
        return self._mean

    def prepare(self, query: Document | str, *, spell: bool = False, prefix: bool = False) -> Prepared:
        """The query's terms and coefficients against the present state of the index.

        The last answer is kept: who ranks a query mostly explains some of its answers next.
        """
        self._settle()
        last = self._asked
        if last is not None and last[0] is query and last[1:3] == (spell, prefix):
            return last[3]
        prepared = self._prepare(query, spell=spell, prefix=prefix)
        self._asked = query, spell, prefix, prepared
        return prepared

    def _prepare(self, query: Document | str, *, spell: bool, prefix: bool) -> Prepared:
        reading = self.reader.read(query)
        extra_keys = np.zeros(0, dtype=np.uint64)
        factors = np.zeros(0, dtype=np.float64)
        if spell or prefix:
            reading, extra_keys, factors = self._widen(reading, spell=spell, prefix=prefix)
        return self._prepared(reading, extra_keys, factors)

    def _prepared(self, reading: Reading, extra_keys: Keys, factors: Weights) -> Prepared:
        keys = np.concatenate([reading.keys, extra_keys])
        return prepare(
            reading,
            (extra_keys, factors),
            self.settings,
            self.reader.weights,
            len(self),
            self.mean_length(),
            self.holding(keys),
        )

    def rank(
        self,
        query: Document | str,
        *,
        top: int = 10,
        keep: Keep | None = None,
        spell: bool = False,
        prefix: bool = False,
        exact: bool | None = None,
    ) -> list[Match]:
        """The best ``top`` documents, best first; ties in the order of their ids.

        ``keep`` says which documents may appear: a collection of ids, or a function of the id, which is asked
        from the best document downwards. ``spell`` lets a word that no document holds stand for a known word
        that it resembles; ``prefix`` lets the last word of the query stand for words that begin with it.
        ``exact`` forces full scoring (True) or candidates (False); by default the cost decides.
        """
        return self._ranked(self.prepare(query, spell=spell, prefix=prefix), top, keep, set(), exact)

    def _ranked(
        self,
        prepared: Prepared,
        top: int,
        keep: Keep | None,
        without: set[str],
        exact: bool | None = None,
    ) -> list[Match]:
        if top < 1:
            raise BadInput("top must be 1 or more")
        wanted = top + len(without)
        if exact is None:
            postings = int(self.holding(prepared.keys).sum())
            exact = keep is not None or ranking.cheap(len(self), postings, wanted)
        if keep is not None and not callable(keep):
            chosen = ranking.best_of(self._segments, prepared, set(keep) - without)
        else:
            chosen = ranking.best(self._segments, prepared, top, keep, without, exact)
        return [
            Match(document_id, min(-score, 1.0), rank, self.band(-score))
            for rank, (score, document_id) in enumerate(chosen[:top], start=1)
        ]

    def recall_of_candidates(self, queries: Iterable[Document | str], *, top: int = 10) -> float:
        """Which share of the exact first ``top`` is found in candidate mode, by these queries; 1 where all
        answers are exact.
        """
        found = asked = 0
        for query in queries:
            right = {match.id for match in self.rank(query, top=top, exact=True)}
            found += len(right & {match.id for match in self.rank(query, top=top, exact=False)})
            asked += len(right)
        return found / asked if asked else 1.0

    def scores(self, query: Document | str) -> dict[str, float]:
        """The score of every document that shares a term with the query."""
        prepared = self.prepare(query)
        found: dict[str, float] = {}
        for live in self._segments:
            scores = all_scores(live.segment, prepared)
            for number in np.flatnonzero((scores > 0) & live.alive).tolist():
                found[live.segment.ids[number]] = float(scores[number])
        return found

    def explain(
        self,
        query: Document | str,
        document_id: str,
        *,
        document: Document | None = None,
        spell: bool = False,
        prefix: bool = False,
    ) -> Explanation:
        """Why this document has its score for this query. ``document`` gives the text to mark, if none is
        kept.

        UnknownDocument when the document is not in the index.
        """
        prepared = self.prepare(query, spell=spell, prefix=prefix)
        place = self._find(document_id)
        if place is None:
            raise UnknownDocument(document_id)
        live, number = place
        counts = live.segment.counts_of(number, prepared.keys)
        segment = live.segment
        share = shares(prepared, counts, float(segment.length[number]), float(segment.scale[number]))
        text = document or self.document(document_id)
        score = min(float(share.sum()), 1.0)
        terms, missing = explaining.explain(
            prepared, share, self.reader.read(text) if text is not None else None
        )
        return Explanation(document_id, score, self.band(score), terms, missing)

    def band(self, score: float) -> Band:
        """The plain word for a score, by the settings."""
        if score >= self.settings.strong:
            return Band.STRONG
        return Band.FAIR if score >= self.settings.fair else Band.WEAK

    def corrections(self, text: str) -> tuple[Correction, ...]:
        """Words of the text that no document holds, each with the known word it probably means."""
        self._settle()
        return self._vocabulary().corrections(self.reader.read(text), self.holding)

    def completions(self, text: str, *, top: int = 8) -> tuple[str, ...]:
        """Known words, folded, that begin as the end of the text does, the most frequent first."""
        self._settle()
        found = self._vocabulary().beginning(text, top)
        return tuple(word for word, _ in found)

    def _vocabulary(self) -> spelling.Vocabulary:
        self._spelling.hold([live.segment for live in self._segments])
        return self._spelling

    def _widen(self, reading: Reading, *, spell: bool, prefix: bool) -> tuple[Reading, Keys, Weights]:
        vocabulary = self._vocabulary()
        added: list[spelling.Stand] = []
        if spell:
            added += vocabulary.stands(reading, self.holding)
        if prefix:
            added += vocabulary.prefixes(reading)
        return spelling.widened(reading, added)

    def similar(
        self, ids: str | Sequence[str], *, top: int = 10, keep: Keep | None = None, feedback: bool = True
    ) -> list[Match]:
        """More like these: documents near one or several of the index's own, themselves left out.

        With ``feedback`` the leading terms of the first answers widen the question (measured: it gains
        where many answers fit, and only there).
        """
        seeds = [ids] if isinstance(ids, str) else list(ids)
        if not seeds:
            raise BadInput("name at least one document")
        self._settle()
        reading = nearness.blend([self._read(seed) for seed in seeds], self._importance)
        if feedback:
            first = self._ranked(self._prepared(*reading), nearness.FEEDBACK_DOCUMENTS, keep, set(seeds))
            answers = [(self._read(match.id), match.score) for match in first]
            reading = nearness.with_feedback(reading, answers, self._importance)
        return self._ranked(self._prepared(*reading), top, keep, set(seeds))

    def _importance(self, keys: Keys) -> Weights:
        weight = self.reader.weights[analysis.channel_of(keys)]
        return np.asarray(
            weight * inverse_frequency(max(len(self), self.settings.least_documents), self.holding(keys))
        )

    def _read(self, document_id: str) -> Reading:
        document = self.document(document_id)
        if document is None:
            raise BadInput("this index keeps no texts, so it cannot read a document again")
        return self.reader.read(document)

    def duplicates(self, *, threshold: float | None = None) -> list[Pair]:
        """Pairs that say nearly the same, nearest first; see :mod:`matchmaker.matcher.nearness`.

        Without a ``threshold`` it is taken from the corpus: the 99th percentile of the documents' own nearest
        neighbours, at least .5 (measured).
        """
        self._settle()
        if len(self._segments) != 1 or self._segments[0].count < len(self._segments[0].segment):
            self._settle(everything=True)
        if not self._segments:
            return []
        return nearness.duplicates(self._segments[0].segment, self.reader.weights, threshold)


def fit(
    documents: Iterable[Document], *, settings: Settings | None = None, lexicon: Lexicon | None = None
) -> Index:
    """An index of the documents. BadInput when two have the same id."""
    listed = unique(documents)
    index = Index(settings=settings, lexicon=lexicon, documents={one.id: one for one in listed})
    if listed:
        index._segments = [Live.of(index.reader.segment(listed))]
    return index


__all__ = ["Index", "Keep", "Live", "fit"]
