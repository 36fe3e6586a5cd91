"""The reference: the same answers from scikit-learn, built afresh from the documents, slow and plain.

``CountVectorizer`` with the matcher's analyser counts the terms; the recipe follows as sparse products. The
index must equal it to 1e-5 after any sequence of changes; tests hold it to that. It also serves as the
"scikit-learn with our analyser" line of the benchmark.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np

from matchmaker.matcher.analysis import Analyser, channel_of, channel_weights
from matchmaker.matcher.documents import Document, unique
from matchmaker.matcher.lexicon import Lexicon
from matchmaker.matcher.segment import LONGEST, QUARTERS
from matchmaker.matcher.settings import Settings


class Oracle:
    """Scores of documents by the recipe of :mod:`matchmaker.matcher.query`, without an index."""

    def __init__(
        self,
        documents: Iterable[Document],
        *,
        settings: Settings | None = None,
        lexicon: Lexicon | None = None,
    ) -> None:
        from scipy import sparse
        from sklearn.feature_extraction.text import CountVectorizer
        from sklearn.preprocessing import normalize

        self.settings = settings or Settings()
        self._analyser = Analyser(self.settings.channels, lexicon)
        self.documents = unique(documents)
        self._vectorizer = CountVectorizer(analyzer=self._terms)
        # A term that stands for itself alone keeps the vocabulary from being empty.
        counted = self._vectorizer.fit_transform(
            [*self.documents, Document(" ", {"body": "\N{HAIR SPACE}x"})]
        )
        tf = self._frequencies(counted)[: len(self.documents)]
        self._weight = channel_weights(self.settings.channels)[self._channels()]
        holding = np.asarray((tf > 0).sum(axis=0)).ravel()
        size = len(self.documents)
        counted_as = max(size, self.settings.least_documents)
        self._idf = np.log1p((counted_as - holding + 0.5) / (holding + 0.5))
        self._top = float(np.log1p((counted_as + 0.5) / 0.5))
        length = tf @ self._weight
        mean = length.mean() if size else 0.0
        share = self.settings.length_share
        damper = self.settings.saturation * (1 - share + share * (length / mean if mean else np.ones(size)))
        coo = tf.tocoo()
        saturated = coo.data / (coo.data + damper[coo.row])
        self._saturated = sparse.csr_array((saturated, (coo.row, coo.col)), shape=tf.shape)
        sublinear = self._sublinear(tf) * np.sqrt(self._weight)[None, :]
        self._unit = normalize(sparse.csr_array(sublinear), norm="l2") if size else sublinear

    def _terms(self, document: Document | str) -> list[int]:
        parts = [("", document)] if isinstance(document, str) else document.texts()
        terms: list[int] = []
        for name, text in parts:
            weight = max(1, round(self.settings.fields.get(name, 1.0) * QUARTERS))
            keys = self._analyser.tokens([text[:LONGEST]]).key.tolist()
            terms.extend(key for key in keys for _ in range(weight))
        return terms

    def _channels(self) -> Any:
        keys = np.array(self._vectorizer.get_feature_names_out(), dtype=np.uint64)
        return channel_of(keys)

    @staticmethod
    def _frequencies(counted: Any) -> Any:
        from scipy import sparse

        found = sparse.csr_array(counted).astype(np.float64)
        found.data = np.minimum(found.data, 255) / QUARTERS
        return found

    @staticmethod
    def _sublinear(tf: Any) -> Any:
        found = tf.copy()
        found.data = np.where(tf.data >= 1, 1 + np.log(np.maximum(tf.data, 1)), tf.data)
        return found

    def scores(self, query: Document | str) -> dict[str, float]:
        """The score of every document above 0."""
        if not self.documents:
            return {}
        known = self._vectorizer.vocabulary_
        terms, counts = np.unique(np.array(self._terms(query), dtype=np.uint64), return_counts=True)
        tf = np.minimum(counts, 255) / QUARTERS
        repeated = np.where(tf >= 1, 1 + np.log(np.maximum(tf, 1)), tf)
        at = np.array([known.get(term, -1) for term in terms.tolist()], dtype=np.int64)
        idf = np.where(at >= 0, self._idf[at], self._top) if len(at) else np.zeros(0)
        weight = channel_weights(self.settings.channels)[channel_of(terms)]
        attainable = float((repeated * weight * idf).sum())
        norm = float(np.sqrt((weight * (repeated * idf) ** 2).sum()))
        if not attainable or not norm:
            return {}
        here = at >= 0
        lexical = np.zeros(len(self._idf))
        angular = np.zeros(len(self._idf))
        lexical[at[here]] = (repeated * weight * idf)[here] / attainable
        angular[at[here]] = (np.sqrt(weight) * repeated * idf**2)[here] / (norm * self._top)
        part = self.settings.cosine_share
        scores = (self._saturated @ lexical + part * (self._unit @ angular)) / (1 + part)
        return {
            document.id: float(score)
            for document, score in zip(self.documents, scores, strict=True)
            if score > 0
        }
