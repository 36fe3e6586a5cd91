"""What happens to the indexes, for later slices to hear."""

from __future__ import annotations

from dataclasses import dataclass

from matchmaker.foundation.bus import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Reindexed(Event):
    """The indexes have read these things again; ids such as ``challenge:ab12cd34ef``, also of things now gone."""

    subjects: frozenset[str]
