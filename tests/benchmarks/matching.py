"""Quality and speed of the matcher, as tables of ratios from one run on one machine.

    ./run bench              quality, and speed at 10,000, 100,000 and 1,000,000 documents (half an hour, 12 GB)
    ./run bench --quick      without the million
    ./run bench --write      put the tables into the README, between its two marks

Speed: documents of 137 distinct terms from 50 topics, drawn by the term frequencies of the measured sets; queries
of 40 terms of one document; CPU time.
"""

import argparse
import json
import re
import sys
import warnings
from pathlib import Path

from tests.benchmarks import drawn, quality, speed
from tests.benchmarks.tables import table
from tests.matcher import sets

MARKS = "<!-- matching benchmark -->", "<!-- end of matching benchmark -->"
MOST_TEXTS = 100_000
_BUILD = [
    "documents",
    "CPU s",
    "of bm25s",
    "MB",
    "of bm25s",
    "index MB",
    "open ms",
    "edit ms",
    "candidates keep of the ten",
]


def report(sizes, *, names=sets.SETS, step=1, queries=speed.QUERIES):
    """All tables as Markdown."""
    parts = [
        "nDCG@10:",
        quality.quality(names, step),
        quality.mixed([name for name in ("drcd_dev", "cmrc_hans") if name in names], step),
    ]
    shares = drawn.frequencies()
    rows, builds = [], []
    for size in sizes:
        found, build = speed.speed(size, shares, queries)
        rows += found
        builds.append(build)
    parts += [
        "One query of 40 terms, the best ten, CPU time:",
        table(["documents", "contender", "p50 ms", "of the scipy product", "of bm25s"], rows),
        "Building (CPU, and peak memory), size, opening a stored index, and from an edit to the answer that "
        "shows it (wall time):",
        table(
            _BUILD,
            builds,
        ),
        "A statement of 150 characters against documents of 250, from text:",
        table(
            ["documents", "terms each", "reading, µs each", "exact ms", "candidates ms", "scipy product ms"],
            [speed.grams(min(max(sizes), MOST_TEXTS), queries)],
        ),
    ]
    return "\n\n".join(parts)


def write(text, readme):
    """Put the tables between the marks."""
    begin, end = map(re.escape, MARKS)
    old = readme.read_text("utf-8")
    if not re.search(f"{begin}.*{end}", old, re.DOTALL):
        sys.exit(f"the README has no marks {json.dumps(MARKS)}")
    new = re.sub(f"{begin}.*{end}", lambda _: f"{MARKS[0]}\n{text}\n{MARKS[1]}", old, flags=re.DOTALL)
    readme.write_text(new, "utf-8")


def main(arguments=None):
    """Print the tables; see the module."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="leave out 1,000,000 documents")
    parser.add_argument("--sizes", type=int, nargs="+", help="measure these numbers of documents instead")
    parser.add_argument("--write", action="store_true", help="put the tables into the README")
    chosen = parser.parse_args(arguments)
    sizes = chosen.sizes or [10_000, 100_000, *([] if chosen.quick else [1_000_000])]
    warnings.simplefilter("ignore")
    text = report(sizes)
    print(text)
    if chosen.write:
        write(text, Path(sets.ROOT / "README.md"))


if __name__ == "__main__":
    main()
