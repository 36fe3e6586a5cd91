"""`./run bench`: the matcher's quality and speed, as ratios of one run."""

from tests.benchmarks.matching import main

main()
