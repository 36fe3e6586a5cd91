"""Whether compiled loops are to be had: they need numba (the extra ``fast``), which is brought in late."""

import functools
import sys
from types import ModuleType
from typing import Final

FROM: Final = 20_000
"""Segments from this number of documents on bring in the compiled loops, where numba is installed."""


def loops(size: int, wanted: bool = True) -> ModuleType | None:
    """The compiled loops for work over ``size`` documents, or None where plain numpy shall do it."""
    if not wanted or (size < FROM and f"{__package__}.loops" not in sys.modules):
        return None
    return _imported()


@functools.cache
def _imported() -> ModuleType | None:
    try:
        from matchmaker.matcher import loops
    except ImportError:
        return None
    return loops


def load() -> bool:
    """Bring in the compiled loops now, before a server forks; False when numba is not installed."""
    return _imported() is not None
