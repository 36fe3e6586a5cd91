"""What the build adds to a wheel: compiled translations, and the folders that lie beside the package."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

DATA_FOLDERS = ("templates", "migrations", "seeds")


def _catalogs(root: Path) -> ModuleType:
    """Load the compiler of translations by path: its package may ask for Flask, which a build lacks."""
    path = root / "matchmaker" / "foundation" / "catalogs.py"
    spec = importlib.util.spec_from_file_location("catalogs", path)
    if spec is None or spec.loader is None:
        raise RuntimeError(f"{path} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class MatchmakerBuildHook(BuildHookInterface):
    """Runs before every wheel, editable ones included."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile the translations; for a real wheel also carry the data folders into `matchmaker/_data`.

        An editable install needs no copies: `matchmaker.kernel.places` finds the folders beside the package.
        """
        root = Path(self.root)
        _catalogs(root).compile_catalogs(root / "matchmaker" / "translations")
        if version == "editable":
            return
        build_data["artifacts"].append("/matchmaker/translations/**/messages.mo")
        for folder in DATA_FOLDERS:
            build_data["force_include"][str(root / folder)] = f"matchmaker/_data/{folder}"
