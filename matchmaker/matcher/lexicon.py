"""Near-same terms in two languages: drone, UAV, 無人機. Data comes in; this module only reads and finds it.

A group is one concept. A text that holds any term of a group holds the concept, which counts as a term of its
own at a lower weight; so a Chinese challenge meets an English profile, and the explanation shows which words
stood for which.
"""

import hashlib
import json
import os
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from matchmaker.matcher import analysis
from matchmaker.matcher.errors import BadInput

Groups = Mapping[str, Sequence[str]]


class Lexicon:
    """Groups of near-same terms, found in folded text by whole English words and by Chinese characters."""

    def __init__(self, groups: Groups) -> None:
        self.groups: dict[str, tuple[str, ...]] = {}
        self._numbers: dict[str, int] = {}
        self._names: dict[int, str] = {}
        self._han: dict[str, list[tuple[str, int]]] = {}
        self._latin: dict[str, list[tuple[tuple[str, ...], int]]] = {}
        owner: dict[tuple[str, ...], str] = {}
        for name, terms in groups.items():
            if isinstance(terms, str) or len(terms) < 2:
                raise BadInput(f"the lexicon group {name!r} needs at least two terms")
            self.groups[name] = tuple(terms)
            number = self._number(name)
            for term in terms:
                form = self._form(name, term)
                if owner.setdefault(form, name) != name:
                    raise BadInput(
                        f"the term {term!r} stands in two lexicon groups: {owner[form]!r}, {name!r}"
                    )
                self._add(form, number)
        for entries in self._han.values():
            entries.sort(key=lambda entry: -len(entry[0]))
        for found in self._latin.values():
            found.sort(key=lambda entry: -len(entry[0]))
        listed = sorted((name, sorted(terms)) for name, terms in self.groups.items())
        text = json.dumps(listed, ensure_ascii=True)
        self.fingerprint = hashlib.sha256(text.encode("ascii")).hexdigest()[:16]

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "Lexicon":
        """Read a TOML file with one table ``[groups]`` of ``name = ["term", "term", ...]``."""
        try:
            data = tomllib.loads(Path(path).read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise BadInput(f"the lexicon {os.fspath(path)} cannot be read: {error}") from error
        groups = data.get("groups")
        if not isinstance(groups, dict) or not all(isinstance(terms, list) for terms in groups.values()):
            raise BadInput(f"the lexicon {os.fspath(path)} needs a table [groups] of lists of terms")
        return cls(groups)

    def _number(self, name: str) -> int:
        digest = hashlib.blake2b(name.encode("utf-8"), digest_size=7).digest()
        number = int.from_bytes(digest, "big")
        if self._names.setdefault(number, name) != name:
            raise BadInput(f"the lexicon groups {name!r} and {self._names[number]!r} collide: rename one")
        self._numbers[name] = number
        return number

    @staticmethod
    def _form(name: str, term: str) -> tuple[str, ...]:
        folded = analysis.fold(term).strip()
        words = analysis.latin_words(folded)
        latin = bool(words) and not analysis.has_gram(folded)
        form = tuple(map(analysis.stem_of, words)) if latin else ("", folded)
        if not folded or form == ("", ""):
            raise BadInput(f"the lexicon group {name!r} has an empty term")
        if form[0] == "" and len(folded) < 2:
            raise BadInput(f"the lexicon group {name!r}: {term!r} is one character, too short to be found")
        return form

    def _add(self, form: tuple[str, ...], number: int) -> None:
        if form[0] == "":
            entries = self._han.setdefault(form[1][:2], [])
            if (form[1], number) not in entries:
                entries.append((form[1], number))
        else:
            found = self._latin.setdefault(form[0], [])
            if (form, number) not in found:
                found.append((form, number))

    def name_of(self, number: int) -> str:
        """The name of a group by the number that its key carries."""
        return self._names[number]

    def key_of(self, name: str) -> int:
        """The term key of a group."""
        return analysis.CONCEPT << 60 | self._numbers[name]

    def find(self, folded: str) -> list[tuple[int, int, int]]:
        """(group, start, end) of every term in the text; of overlapping terms the longest counts."""
        hits = self._find_latin(folded)
        if not folded.isascii():
            hits += self._find_han(folded)
        return hits

    def _find_han(self, folded: str) -> list[tuple[int, int, int]]:
        hits: list[tuple[int, int, int]] = []
        table, end, size = self._han, 0, len(folded)
        for at in range(size - 1):
            if at < end:
                continue
            entries = table.get(folded[at : at + 2])
            if entries is None:
                continue
            for term, number in entries:
                if folded.startswith(term, at):
                    hits.append((number, at, at + len(term)))
                    end = at + len(term)
                    break
        return hits

    def _find_latin(self, folded: str) -> list[tuple[int, int, int]]:
        if not self._latin:
            return []
        places = analysis.latin_places(folded)
        stems = [analysis.stem_of(word) for word, _, _ in places]
        hits: list[tuple[int, int, int]] = []
        after = 0
        for i, stem in enumerate(stems):
            if i < after or stem not in self._latin:
                continue
            for form, number in self._latin[stem]:
                last = i + len(form)
                if tuple(stems[i:last]) == form and "\n" not in folded[places[i][1] : places[last - 1][2]]:
                    hits.append((number, places[i][1], places[last - 1][2]))
                    after = last
                    break
        return hits
