"""Many known company names, asked one by one.

Whatever a person should look at shares most of its characters with the asked core: Jaro-Winkler from .93 on is
Jaro from .8833 on (the common beginning adds at most .4 of what is missing), so of m common characters
m / |a| + m / |b| >= 1.65; an alignment from .85 on leaves m >= .85 of the longer core, which is more. Lists of
the cores that hold each character give that count for a million names in milliseconds, and nothing is missed.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from matchmaker.matcher.cores import UNREADABLE, core
from matchmaker.matcher.names import Outcome, Verdict, compared, folded_aliases

COMMON: Final = 1.65
"""Least sum of the two shares of common characters between cores that may be one company (see above)."""

_NEAREST: Final = 50
_ORDER: Final = {Outcome.SAME: 0, Outcome.REVIEW: 1, Outcome.DIFFERENT: 2}
_Numbers = npt.NDArray[np.int64]


class Register:
    """Known names behind lists of characters (measured: about 10 ms against a million names)."""

    def __init__(self, known: Iterable[str], *, aliases: Mapping[str, str] | None = None) -> None:
        self.known = list(dict.fromkeys(known))
        self._aliases = folded_aliases(aliases)
        self._by_core: dict[str, list[int]] = defaultdict(list)
        for number, name in enumerate(self.known):
            text = core(name)
            registered = self._aliases.get(text, text)
            for one in {text, registered}:
                self._by_core[one].append(number)
        self._cores = list(self._by_core)
        self._size = np.fromiter(map(len, self._cores), dtype=np.float32, count=len(self._cores))
        self._blotted = [at for at, text in enumerate(self._cores) if UNREADABLE in text]
        holding: dict[str, list[int]] = defaultdict(list)
        for at, text in enumerate(self._cores):
            for character in set(text):
                holding[character].append(at)
        self._holding = {
            character: np.array(holding.pop(character), dtype=np.uint32) for character in list(holding)
        }

    def ask(self, name: str, *, most: int = 5) -> list[Verdict]:
        """The known names that are, or may be, the asked one, best first.

        When none is, the likeliest one alone, with the verdict different; nothing only if no name is known.
        """
        texts = dict.fromkeys((core(name), self._aliases.get(core(name), core(name))))
        places = dict.fromkeys(at for text in texts for at in self._near(text))
        numbers = [number for text in texts for number in self._by_core.get(text, ())]
        numbers += [number for at in places for number in self._by_core[self._cores[at]]]
        verdicts = [compared(self.known[number], name, self._aliases) for number in dict.fromkeys(numbers)]
        found = [verdict for verdict in verdicts if verdict.verdict is not Outcome.DIFFERENT]
        found = found or self._likeliest(name)
        found.sort(
            key=lambda one: (_ORDER[one.verdict], -one.score, one.evidence != ("name_equal",), one.known)
        )
        return found[:most]

    def _near(self, text: str) -> list[int]:
        """Places of the cores that may be the asked one."""
        shared = self._shared(text)
        if not len(shared):
            return []
        enough = shared / max(len(text), 1) + shared / np.maximum(self._size, 1) >= COMMON - 1e-3
        readable = len(text) - text.count(UNREADABLE)
        if readable < len(text):
            enough |= (self._size == len(text)) & (shared >= readable)
        near = np.flatnonzero(enough).tolist()
        return near + [at for at in self._blotted if len(self._cores[at]) == len(text)]

    def _shared(self, text: str) -> npt.NDArray[np.float32]:
        """At most how many characters each core has in common with the text."""
        shared = np.zeros(len(self._cores), dtype=np.float32)
        for character, times in Counter(text.replace(UNREADABLE, "")).items():
            places = self._holding.get(character)
            if places is not None:
                shared[places] += times
        return shared

    def _likeliest(self, name: str) -> list[Verdict]:
        """The name with the best alignment among those that share most characters."""
        if not self._cores:
            return []
        text = core(name)
        shared = self._shared(text)
        rate = shared / np.maximum(self._size, max(len(text), 1))
        most = min(_NEAREST, len(rate))
        best = np.argpartition(-rate, most - 1)[:most]
        verdicts = [
            compared(self.known[self._by_core[self._cores[at]][0]], name, self._aliases) for at in best
        ]
        return [max(verdicts, key=lambda one: (one.score, -len(one.known), one.known))]
