"""The commands ``match``, ``names`` and ``evaluate``: JSON lines in and out, progress on stderr.

They use nothing but this library; the product's command line takes them in as they are.
"""

import json
import time
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from matchmaker.matcher import lines, quality
from matchmaker.matcher.errors import BadInput, CorruptIndex, ForeignIndex, MatcherError
from matchmaker.matcher.index import Index
from matchmaker.matcher.lexicon import Lexicon
from matchmaker.matcher.meaning import RERANKED, Meaning
from matchmaker.matcher.results import Match

_IN = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUT = click.Path(dir_okay=False, path_type=Path)


def _refusing(command: Callable[..., None]) -> Callable[..., None]:
    """Turn what the matcher refuses into one plain sentence and exit code 1."""

    @wraps(command)
    def guarded(*args: Any, **options: Any) -> None:
        try:
            command(*args, **options)
        except MatcherError as error:
            raise click.ClickException(str(error)) from error

    return guarded


def _progress(items: Iterable[Any], title: str, unit: str, total: int | None = None) -> Iterable[Any]:
    from tqdm import tqdm

    bar: Iterable[Any] = tqdm(items, desc=title, unit=f" {unit}", total=total, mininterval=0.5)
    return bar


@click.command()
@click.option("--corpus", "corpus_path", type=_IN, required=True, help="Documents: lines {id, title, text}.")
@click.option("--queries", "queries_path", type=_IN, required=True, help="Queries: lines {id, text}.")
@click.option("--top", type=click.IntRange(1, 10_000), default=10, show_default=True, help="Answers a query.")
@click.option("--out", "out_path", type=_OUT, required=True, help="Where the answers go, as JSON lines.")
@click.option("--explain", is_flag=True, help="Add the carrying terms, and the missing ones, to each answer.")
@click.option(
    "--index",
    "directory",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep the index in this directory; it is used again while corpus, analyser and settings are the same.",
)
@click.option(
    "--lexicon", "lexicon_path", type=_IN, help="Near-same terms, a TOML file with a table [groups]."
)
@click.option(
    "--semantic",
    is_flag=True,
    help="Let a small language model reorder the best answers and add its opinion as 'nearness'; needs the extra.",
)
@click.option(
    "--vectors",
    "vectors_path",
    type=_OUT,
    help="Keep what the model worked out in this file, to be used again; only with --semantic.",
)
@click.option(
    "--stats", "stats_path", type=_OUT, help="Write {build_s, peak_mb, p50_ms, p95_ms} to this file."
)
@_refusing
def match(
    corpus_path: Path,
    queries_path: Path,
    top: int,
    out_path: Path,
    explain: bool,
    directory: Path | None,
    lexicon_path: Path | None,
    semantic: bool,
    vectors_path: Path | None,
    stats_path: Path | None,
) -> None:
    """Find the best documents for each query."""
    from matchmaker.matcher import compiled

    if vectors_path and not semantic:
        raise BadInput("--vectors keeps what --semantic works out: give both")
    read = [path for path in (corpus_path, queries_path, lexicon_path) if path is not None]
    lines.refuse_overlap(read, (out_path, stats_path, vectors_path))
    second = _second_opinion(vectors_path) if semantic else None
    asked = lines.queries(queries_path)
    lexicon = Lexicon.load(lexicon_path) if lexicon_path else None
    corpus = lines.Corpus(corpus_path)
    begin = time.thread_time()
    index = _stored(corpus, directory, lexicon) if directory else _in_memory(corpus, lexicon)
    if len(index) >= compiled.FROM:
        compiled.load()
        index.rank(asked[0][1] if asked else "warm", top=1)
    built = time.thread_time() - begin
    spent: list[float] = []
    with lines.replacing(out_path) as out:
        for query, text in _progress(asked, "Matching", "queries"):
            start = time.thread_time()
            answers = [
                {"query": query, "id": found.id, "rank": found.rank, "score": round(found.score, 8)}
                | ({"nearness": nearness and round(nearness, 6)} if second else {})
                | (_reasons(index, text, found.id) if explain else {})
                for found, nearness in _ranked(index, text, top, second)
            ]
            spent.append(time.thread_time() - start)
            for answer in answers:
                out.write(lines.written(answer))
    if stats_path:
        with lines.replacing(stats_path) as out:
            out.write(json.dumps(_statistics(built, spent)) + "\n")


def _second_opinion(vectors_path: Path | None) -> Meaning:
    from matchmaker.matcher import meaning

    return meaning.Meaning(meaning.load(), meaning.Kept(vectors_path) if vectors_path else None)


def _ranked(index: Index, text: str, top: int, second: Meaning | None) -> list[tuple[Match, float | None]]:
    """The best answers, each with the model's opinion where it was asked."""
    if second is None:
        return [(match, None) for match in index.rank(text, top=top)]
    looked = second.rerank(text, index.rank(text, top=max(top, RERANKED)), lambda one: _whole(index, one))
    return [(near.match, near.nearness) for near in looked[:top]]


def _whole(index: Index, document_id: str) -> str:
    document = index.document(document_id)
    return "\n".join(text for _, text in document.texts()) if document is not None else ""


def _reasons(index: Index, text: str, document_id: str) -> dict[str, Any]:
    reasons = index.explain(text, document_id)
    return {
        "terms": [{"term": one.term, "share": round(one.share, 8)} for one in reasons.terms],
        "missing": list(reasons.missing),
    }


def _in_memory(corpus: lines.Corpus, lexicon: Lexicon | None) -> Index:
    index = Index.streamed(_progress(corpus.read(), "Indexing", "documents"), lexicon=lexicon, texts=corpus)
    corpus.number(index.segments[0].segment.ids)
    return index


def _stored(corpus: lines.Corpus, directory: Path, lexicon: Lexicon | None) -> Index:
    from matchmaker.matcher.settings import Settings
    from matchmaker.matcher.store import Store

    store = Store(directory, settings=Settings(), lexicon=lexicon, keep_texts=False)
    watermark = f"corpus sha256 {corpus.digest()}"
    try:
        fresh = store.status().watermark == watermark
    except (ForeignIndex, CorruptIndex) as error:
        if directory.exists() and any(directory.iterdir()):
            if not store.is_one():
                raise ForeignIndex(
                    f"{directory} holds other files than an index: name an empty one"
                ) from error
            click.echo(f"{error}; building it again", err=True)
        fresh = False
    if fresh:
        try:
            index = store.index()
            corpus.locate()
        except CorruptIndex as error:
            click.echo(f"{error}; building it again", err=True)
            fresh = False
    if not fresh:
        store.build(_progress(corpus.read(), "Indexing", "documents"), watermark=watermark)
        index = store.index()
    corpus.number(index.segments[0].segment.ids)
    index.texts = corpus
    return index


def _statistics(built: float, spent: list[float]) -> dict[str, float]:
    import resource

    ordered = sorted(spent) or [0.0]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    def at(share: float) -> float:
        return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000, 4)

    return {"build_s": round(built, 4), "peak_mb": round(peak, 1), "p50_ms": at(0.5), "p95_ms": at(0.95)}


@click.command()
@click.option("--known", "known_path", type=_IN, required=True, help="Known company names, one a line.")
@click.option("--ask", "ask_path", type=_IN, required=True, help="Names to look up, one a line.")
@click.option("--out", "out_path", type=_OUT, required=True, help="Where the verdicts go, as JSON lines.")
@_refusing
def names(known_path: Path, ask_path: Path, out_path: Path) -> None:
    """Say which known company each asked name is, or may be; at most five, best first."""
    from matchmaker.matcher.register import Register

    lines.refuse_overlap((known_path, ask_path), (out_path,))
    known = (text.strip() for _, _, text in lines.lines(known_path))
    register = Register(_progress(known, "Reading", "names"))
    asked = [text.strip() for _, _, text in lines.lines(ask_path)]
    with lines.replacing(out_path) as out:
        for name in _progress(asked, "Asking", "names"):
            for verdict in register.ask(name):
                answer = {
                    "ask": name,
                    "known": verdict.known,
                    "verdict": verdict.verdict.value,
                    "score": round(verdict.score, 6),
                    "evidence": list(verdict.evidence),
                }
                out.write(lines.written(answer))


@click.command()
@click.option("--run", "run_path", type=_IN, required=True, help="Answers of the command match.")
@click.option("--qrels", "qrels_path", type=_IN, required=True, help="Right answers: query, document, score.")
@_refusing
def evaluate(run_path: Path, qrels_path: Path) -> None:
    """Judge a run: nDCG@10, MRR@10, recall@10 and recall@100, as one JSON object."""
    right = lines.judgements(qrels_path)
    click.echo(json.dumps(quality.evaluate(lines.run(run_path), right).rounded()))
