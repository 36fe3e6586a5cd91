"""Local governments and their fiscal tiers (財力級次), year by year.

The table of some years is not known, but the regulation of the time confines each government to a range of
tiers. A range is kept as a range: where the rate is the same throughout, the rate is known although the tier
is not; where no row covers a year, the tier is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from matchmaker.kernel.money import plain_width


@dataclass(frozen=True, slots=True)
class Government:
    """A special municipality, county or city; ``code`` is its ISO 3166-2 code."""

    code: str
    kind: str
    zh: str
    en: str
    agency_code: str | None


@dataclass(frozen=True, slots=True)
class TierRange:
    """The tiers (1 to 5) a government can have had in some years; one tier where both ends agree."""

    government: str
    from_year: int
    to_year: int
    lowest: int
    highest: int
    certainty: str
    source: str

    @property
    def tier(self) -> int | None:
        """The tier where it is known, else None."""
        return self.lowest if self.lowest == self.highest else None

    @property
    def tiers(self) -> range:
        """Every tier that is possible."""
        return range(self.lowest, self.highest + 1)


class UnknownGovernment(LookupError):
    """No government goes by this name; ``candidates`` holds those a short name could mean."""

    def __init__(self, name: str, candidates: tuple[str, ...] = ()) -> None:
        super().__init__(name)
        self.candidates = candidates


class TierTable:
    """Which government had which tier when."""

    def __init__(self, governments: Iterable[Government], rows: Iterable[TierRange]) -> None:
        self.governments = {each.code: each for each in governments}
        self.rows = tuple(rows)
        self._names: dict[str, set[str]] = {}
        for each in self.governments.values():
            for name in _names_of(each):
                self._names.setdefault(_folded(name), set()).add(each.code)

    def government(self, name: str) -> Government:
        """The government of a name, in Chinese or English, full or short, or of a code.

        :raises UnknownGovernment: no government has this name, or more than one has (新竹, Chiayi).
        """
        codes = self._names.get(_folded(name), set())
        if len(codes) != 1:
            candidates = sorted(self.governments[code].zh for code in codes)
            raise UnknownGovernment(name, tuple(candidates))
        return self.governments[next(iter(codes))]

    def tier(self, government: str, on: date) -> TierRange | None:
        """The tier of a government (by code) on a day, or None where no table covers the day."""
        return next(
            (
                row
                for row in self.rows
                if row.government == government and row.from_year <= on.year <= row.to_year
            ),
            None,
        )


def _names_of(government: Government) -> set[str]:
    short_en = government.en.removesuffix(" City").removesuffix(" County")
    names = {
        government.code,
        government.code.removeprefix("TW-"),
        government.zh,
        government.zh[:-1],
        f"{government.zh}政府",
        government.en,
        short_en,
        f"{government.en} Government",
    }
    return names | ({government.agency_code} if government.agency_code else set())


def _folded(name: str) -> str:
    """A name as it is compared: plain width, 臺 for 台, without spaces and case."""
    return "".join(plain_width(name).replace("台", "臺").split()).casefold()
