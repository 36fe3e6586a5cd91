"""How good a ranking is against judged answers: nDCG@10, MRR@10, recall@10 and recall@100."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

Judgements = Mapping[str, Mapping[str, float]]
Run = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Quality:
    """Means over all judged queries; a judged query without an answer counts 0."""

    ndcg10: float
    mrr10: float
    recall10: float
    recall100: float

    def rounded(self) -> dict[str, float]:
        """The four numbers with six decimals."""
        return {name: round(value, 6) for name, value in asdict(self).items()}


def evaluate(run: Run, judgements: Judgements) -> Quality:
    """Judge a run: the ids of each query, best first, against the gain of each right answer (above 0).

    nDCG with linear gains and the logarithm of the place to base 2.
    """
    judged = {
        query: {one: gain for one, gain in right.items() if gain > 0} for query, right in judgements.items()
    }
    rows = [_judge(run.get(query, ()), right) for query, right in judged.items() if right]
    if not rows:
        return Quality(0.0, 0.0, 0.0, 0.0)
    return Quality(*(math.fsum(column) / len(rows) for column in zip(*rows, strict=True)))


def _judge(answers: Sequence[str], right: Mapping[str, float]) -> tuple[float, float, float, float]:
    gained = math.fsum(right.get(one, 0.0) / math.log2(at + 2) for at, one in enumerate(answers[:10]))
    ideal = sorted(right.values(), reverse=True)[:10]
    best = math.fsum(gain / math.log2(at + 2) for at, gain in enumerate(ideal))
    first = next((1 / at for at, one in enumerate(answers[:10], start=1) if one in right), 0.0)
    ten = len(right.keys() & set(answers[:10])) / len(right)
    hundred = len(right.keys() & set(answers[:100])) / len(right)
    return gained / best, first, ten, hundred
