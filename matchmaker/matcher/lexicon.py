"""Near-same terms in two languages: drone, UAV, 無人機. Data comes in; this module only reads and finds it.

A group is one concept. A text that holds any term of a group holds the concept, which counts as a term of its
own at a lower weight; so a Chinese challenge meets an English profile, and the explanation shows which words
stood for which.

An English word is found as it stands or as its plural. Stems would find too much: customs and customers,
accessibility and access, AED and "a" share theirs. Several words together are found by their stems, with or
without a hyphen, for in company they are clear. Chinese terms are found by their characters.
"""

import hashlib
import json
import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

from matchmaker.matcher import analysis
from matchmaker.matcher.errors import BadInput

Groups = Mapping[str, Sequence[str]]
RULES: Final = 2
"""Raise this number whenever the same groups would be found in other places."""

_JOINED: Final = 6
"""Two words of a text are tried as one ("chat bot") when they have so many letters together."""

_GAPS: Final = frozenset((" ", "-", "."))


class Lexicon:
    """Groups of near-same terms, found in folded text by whole English words and by Chinese characters."""

    def __init__(self, groups: Groups) -> None:
        self.groups: dict[str, tuple[str, ...]] = {}
        self._numbers: dict[str, int] = {}
        self._names: dict[int, str] = {}
        self._han: dict[str, list[tuple[str, int]]] = {}
        self._words: dict[str, int] = {}
        self._phrases: dict[str, list[tuple[tuple[str, ...], int]]] = {}
        owner: dict[tuple[str, ...], tuple[str, str]] = {}
        for name, terms in groups.items():
            if not isinstance(terms, Sequence) or isinstance(terms, str) or len(terms) < 2:
                raise BadInput(f"the lexicon group {name!r} needs at least two terms")
            number = self._number(name)
            for term in terms:
                for form in _forms(name, term):
                    other, written = owner.setdefault(form, (name, term))
                    if other != name:
                        raise BadInput(
                            f"the term {term!r} stands in two lexicon groups: {other!r} (as {written!r}), {name!r}"
                        )
                    if written == term:
                        self._add(form, number)
            self.groups[name] = tuple(terms)
        for word, number in self._words.items():
            known = [self._words[one] for one in _singulars(word) if one in self._words and one != word]
            other_number = known[0] if known else number
            if other_number != number:
                names = f"{self._names[other_number]!r}, {self._names[number]!r}"
                raise BadInput(f"the term {word!r} is the plural of a term in another lexicon group: {names}")
        for entries in self._han.values():
            entries.sort(key=lambda entry: -len(entry[0]))
        for found in self._phrases.values():
            found.sort(key=lambda entry: -len(entry[0]))
        listed = sorted((name, sorted(terms)) for name, terms in self.groups.items())
        text = json.dumps([RULES, listed], ensure_ascii=True)
        self.fingerprint = hashlib.sha256(text.encode("ascii")).hexdigest()[:16]

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "Lexicon":
        """Read a TOML file with one table ``[groups]`` of ``name = ["term", "term", ...]``.

        BadInput when the file cannot be read, two groups clash, or a term could not be found.
        """
        try:
            data = tomllib.loads(Path(path).read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
            raise BadInput(f"the lexicon {os.fspath(path)} cannot be read: {error}") from error
        except OSError as error:
            raise BadInput(f"the lexicon {os.fspath(path)} cannot be read: {error.strerror}") from error
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

    def _add(self, form: tuple[str, ...], number: int) -> None:
        if form[0] == "":
            self._han.setdefault(form[1][:2], []).append((form[1], number))
        elif len(form) == 1:
            self._words[form[0]] = number
        else:
            self._phrases.setdefault(form[0], []).append((form, number))

    def name_of(self, number: int) -> str:
        """The name of a group by the number that its key carries."""
        return self._names[number]

    def key_of(self, name: str) -> int:
        """The term key of a group."""
        return analysis.CONCEPT << 60 | self._numbers[name]

    def terms(self) -> Iterator[tuple[str, int]]:
        """(folded word, term key) of every Chinese term and every term of one English word: for misspelt searches."""
        for word, number in self._words.items():
            yield word, analysis.CONCEPT << 60 | number
        for entries in self._han.values():
            for term, number in entries:
                yield term, analysis.CONCEPT << 60 | number

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
        if not self._words and not self._phrases:
            return []
        places = analysis.latin_places(folded)
        hits: list[tuple[int, int, int]] = []
        after = 0
        for i, (word, start, end) in enumerate(places):
            if i < after:
                continue
            phrase = self._phrase(folded, places, i)
            if phrase is not None:
                number, after = phrase
                hits.append((number, start, places[after - 1][2]))
                continue
            single = self._word(word)
            if single is not None:
                hits.append((single, start, end))
        return hits

    def _phrase(self, folded: str, places: Sequence[tuple[str, int, int]], at: int) -> tuple[int, int] | None:
        """(group, one past the last word) of the longest term of several words that begins here."""
        for form, number in self._phrases.get(analysis.stem_of(places[at][0]), ()):
            last = at + len(form)
            words = places[at:last]
            gaps = (folded[left[2] : right[1]] for left, right in pairwise(words))
            alike = len(words) == len(form) and all(map(_alike, form, words))
            if alike and all(gap in _GAPS for gap in gaps):
                return number, last
        if at + 1 < len(places) and folded[places[at][2] : places[at + 1][1]] in (" ", "-"):
            joined = places[at][0] + places[at + 1][0]
            number_of = self._word(joined) if len(joined) >= _JOINED else None
            if number_of is not None:
                return number_of, at + 2
        return None

    def _word(self, word: str) -> int | None:
        for one in (word, *_singulars(word)):
            if one in self._words:
                return self._words[one]
        return None


def _alike(stem: str, place: tuple[str, int, int]) -> bool:
    """Whether a word, or what it may be the plural of, has this stem: Snowball parts buses from bus."""
    return analysis.stem_of(place[0]) == stem or any(
        analysis.stem_of(one) == stem for one in _singulars(place[0])
    )


def _singulars(word: str) -> Iterator[str]:
    """What an English word may be the plural, or the possessive, of."""
    word = word.replace("’", "'").removesuffix("'s")
    yield word
    if word.endswith("s") and not word.endswith("ss"):
        yield word[:-1]
        if word.endswith("ies"):
            yield f"{word[:-3]}y"
        elif word.endswith("es"):
            yield word[:-2]


def _forms(name: str, term: str) -> list[tuple[str, ...]]:
    """The ways a term is looked for: ("", Chinese), (word,), or (stem, stem ...)."""
    if not isinstance(term, str):
        raise BadInput(f"the lexicon group {name!r}: {term!r} is no text")
    folded = analysis.fold(term).strip()
    words = analysis.latin_words(folded)
    if words and not analysis.has_gram(folded):
        if len(words) == 1:
            if len(words[0]) < 2 or words[0] in analysis.STOP_WORDS:
                raise BadInput(f"the lexicon group {name!r}: {term!r} is too short or too common to be found")
            return [(words[0],)]
        forms: list[tuple[str, ...]] = [tuple(map(analysis.stem_of, words))]
        return [*forms, ("".join(words),)] if "-" in folded else forms
    if not folded:
        raise BadInput(f"the lexicon group {name!r} has an empty term")
    if len(folded) < 2:
        raise BadInput(f"the lexicon group {name!r}: {term!r} is one character, too short to be found")
    return [("", folded)]
