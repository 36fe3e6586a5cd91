"""What a good engineer would take today: bm25s over words, and scikit-learn as it comes."""

import numpy as np

from tests.matcher.sets import CHINESE


def bm25s_run(name, documents, queries):
    """bm25s: Chinese by jieba words, English by stems less stop words."""
    import bm25s
    import rjieba
    import snowballstemmer

    if name in CHINESE:
        cut = lambda texts: [[w for w in rjieba.cut(text.lower()) if w.strip()] for text in texts]  # noqa: E731
    else:
        stem = snowballstemmer.stemmer("english").stemWords
        cut = lambda texts: bm25s.tokenize(  # noqa: E731
            texts, stopwords="en", stemmer=stem, return_ids=False, show_progress=False
        )
    index = bm25s.BM25()
    index.index(cut([text for _, text in documents]), show_progress=False)
    found, scores = index.retrieve(
        cut([text for _, text in queries]), k=min(10, len(documents)), show_progress=False
    )
    return {
        query: [documents[int(at)][0] for at, score in zip(row, values, strict=True) if score > 0]
        for (query, _), row, values in zip(queries, found, scores, strict=True)
    }


def sklearn_run(documents, queries, analyzer="word"):
    """TfidfVectorizer and the usual product; ``analyzer`` may be the matcher's own."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(analyzer=analyzer, sublinear_tf=callable(analyzer))
    matrix = vectorizer.fit_transform([text for _, text in documents])
    answers = {}
    for query, text in queries:
        scores = (matrix @ vectorizer.transform([text]).T).toarray().ravel()
        best = np.argsort(-scores, kind="stable")[:10]
        answers[query] = [documents[at][0] for at in best if scores[at] > 0]
    return answers
