"""Criteria that an agency can start from, read from the reference data (all assumed, R-098)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache

from matchmaker.challenges.facts import CriterionFacts
from matchmaker.foundation.i18n import pick
from matchmaker.kernel.places import data_dir

DEFAULT = "standard"


@dataclass(frozen=True, slots=True)
class CriteriaTemplate:
    """A named set of criteria whose weights add up to 100; ``assumed`` where no source gives them."""

    key: str
    name_zh: str
    name_en: str
    assumed: bool
    criteria: tuple[CriterionFacts, ...]

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return pick(self.name_zh, self.name_en)


@cache
def criteria_templates() -> dict[str, CriteriaTemplate]:
    """Every template by its key, in the order of the file.

    :raises ValueError: the weights of a template do not add up to 100.
    """
    with data_dir().joinpath("seeds", "reference", "criteria.toml").open("rb") as file:
        rows = tomllib.load(file)["template"]
    made = {}
    for row in rows:
        criteria = tuple(
            CriterionFacts(
                name_zh=each["zh"],
                name_en=each["en"],
                guide_zh=each["guide_zh"],
                guide_en=each["guide_en"],
                weight=each["weight"],
            )
            for each in row["criterion"]
        )
        if sum(each.weight for each in criteria) != 100:
            raise ValueError(f"the weights of the criteria {row['key']} do not add up to 100")
        made[row["key"]] = CriteriaTemplate(row["key"], row["zh"], row["en"], row["assumed"], criteria)
    return made
