"""A wheel, built from the source archive as a packager would, carries all that the product needs."""

import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DATA = ("templates", "migrations", "seeds")


def run(*command, cwd: Path, environ: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, cwd=cwd, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


def files(folder: Path) -> set[str]:
    """Return the paths under a folder of the checkout that belong to the product."""
    return {
        path.relative_to(ROOT).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
    }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """Build the source archive, and the wheel from nothing but that."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(out), cwd=ROOT)
    [archive] = out.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        # Debian 12's Python has no filters yet.
        tar.extractall(out, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
    [source] = (path for path in out.iterdir() if path.is_dir())
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out), cwd=source)
    [built] = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_templates_migrations_and_seeds_are_inside(names):
    wanted = {f"matchmaker/_data/{path}" for folder in DATA for path in files(ROOT / folder)}
    assert wanted
    assert {name for name in names if name.startswith("matchmaker/_data/")} == wanted


def test_the_package_is_inside_with_its_compiled_translations(names):
    package = files(ROOT / "matchmaker")
    sources = {path for path in package if path.endswith(".po")}
    compiled = {f"{path.rsplit('/', 1)[0]}/messages.mo" for path in sources}
    inside = {n for n in names if n.startswith("matchmaker/") and not n.startswith("matchmaker/_data/")}
    assert inside == package - sources | compiled


def test_nothing_else_is_inside_but_the_licence_and_the_metadata(names):
    others = {name.split(".dist-info/")[-1] for name in names if not name.startswith("matchmaker/")}
    assert others == {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"}


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """Install the wheel into an environment of its own, with the locked packages of this one within reach."""
    home = tmp_path_factory.mktemp("elsewhere")
    environment = home / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", str(environment), cwd=home)
    uv = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--offline", "--no-deps"]
    run(*uv, "--python", str(environment / "bin" / "python"), str(wheel), cwd=home)
    [site_packages] = environment.glob("lib/python*/site-packages")
    # Only the folder itself: this environment's link to the checkout is not followed from there.
    (site_packages / "locked.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return environment


@pytest.fixture(scope="module")
def matchmaker(installed):
    """Run the installed command outside the checkout, with nothing of this run's settings."""
    elsewhere = installed.parent
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(elsewhere),
        "MATCHMAKER_DATA_DIR": str(elsewhere / "var"),
    }

    def command(*arguments: str) -> str:
        return run(str(installed / "bin" / "matchmaker"), *arguments, cwd=elsewhere, environ=environ)

    return command


def test_the_installed_package_brings_its_own_data(installed):
    program = "import matchmaker.kernel.places as places; print(places.data_dir())"
    told = run(str(installed / "bin" / "python"), "-c", program, cwd=installed.parent).strip()
    assert Path(told).name == "_data"
    assert installed in Path(told).parents


def test_the_installed_command_helps(matchmaker):
    told = matchmaker("--help")
    for name in ("dev", "serve", "worker", "db", "seed", "check"):
        assert re.search(rf"^  {name}\b", told, re.MULTILINE), name


def test_the_installed_command_makes_a_database_and_finds_it_sound(matchmaker):
    matchmaker("db", "upgrade")
    matchmaker("check")
