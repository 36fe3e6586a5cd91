"""Documents drawn by the term frequencies of the measured sets, for indexes larger than any set."""

import numpy as np

from matchmaker.matcher import Document
from matchmaker.matcher.analysis import BIGRAM, Analyser
from tests.matcher import sets

TERMS, TOPICS, QUERY_TERMS = 137, 50, 40
DOCUMENT_CHARACTERS, STATEMENT_CHARACTERS = 250, 150
_BATCH = 2_000


def frequencies():
    """How often each word of the measured sets occurs, the commonest first, as shares."""
    analyser = Analyser()
    counts: dict[int, int] = {}
    for name in sets.SETS:
        documents, _, _ = sets.load(name, 50)
        for _, text in documents:
            keys = analyser.tokens([text[:600]]).key
            for key in np.unique(keys[(keys >> np.uint64(60)) != np.uint64(BIGRAM)]).tolist():
                counts[key] = counts.get(key, 0) + 1
    shares = np.sort(np.array(list(counts.values()), dtype=np.float64))[::-1]
    return shares / shares.sum()


def batches(size, shares, seed=11):
    """(first number, document, term, frequency) of some documents at a time: 137 terms each, half of the draws
    by the topic of the document.
    """
    random = np.random.default_rng(seed)
    border = np.cumsum(shares)
    topics = np.stack([random.permutation(len(shares)).astype(np.int32) for _ in range(TOPICS)])
    for start in range(0, size, _BATCH):
        many = min(_BATCH, size - start)
        drawn = np.minimum(np.searchsorted(border, random.random((many, 2 * TERMS))), len(shares) - 1)
        drawn[:, TERMS:] = topics[random.integers(0, TOPICS, many)[:, None], drawn[:, TERMS:]]
        pair = np.sort((np.arange(many)[:, None] * len(shares) + drawn).ravel())
        first = np.flatnonzero(np.concatenate(([True], pair[1:] != pair[:-1])))
        counts = np.diff(first, append=len(pair))
        doc, term = np.divmod(pair[first], len(shares))
        # Of those that drew more than 137 distinct terms, any 137.
        by_chance = np.lexsort((random.random(len(doc)), doc))
        place = np.arange(len(doc)) - np.searchsorted(doc, doc)
        kept = np.sort(by_chance[place < TERMS])
        yield start, doc[kept], term[kept], counts[kept]


def key_of(term):
    """Term numbers as keys of the matcher."""
    mixed = (term.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    return mixed & np.uint64((1 << 60) - 1) | np.uint64(BIGRAM << 60)


def queries(size, shares, many):
    """40 terms of one document each."""
    random = np.random.default_rng(5)
    _, doc, term, _ = next(batches(size, shares))
    for number in random.integers(0, int(doc[-1]) + 1, many):
        mine = term[doc == number]
        yield np.sort(random.choice(mine, min(QUERY_TERMS, len(mine)), replace=False))


def _pieces():
    texts = [text for name in sets.CHINESE for _, text in sets.load(name, 50)[0]]
    return [piece for text in texts for piece in text.replace("\n", "").split("。") if len(piece) > 8]


def texts(size, seed=17):
    """Documents of 250 characters, put together from sentences of the measured Chinese sets."""
    random = np.random.default_rng(seed)
    pieces = _pieces()
    for number in range(size):
        text = ""
        while len(text) < DOCUMENT_CHARACTERS:
            text += pieces[int(random.integers(len(pieces)))] + "。"
        yield Document(str(number), {"body": text[:DOCUMENT_CHARACTERS]})


def statements(many):
    """Statements of 150 characters."""
    return [one.fields["body"][:STATEMENT_CHARACTERS] for one in texts(many, seed=23)]
