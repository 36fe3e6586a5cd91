"""The Chromium of the machine, found and started the same way everywhere. No browser is downloaded."""

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.services import ServiceMissing

# The shell is the same browser without windows, tabs and their pictures: a walk costs it two thirds of the time.
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
PACKAGE = "chromium-headless-shell"

# Root may not use the sandbox, and a build server has neither a graphics card nor a way out: without these
# Chromium looks for updates and accounts at every start and waits for answers that never come.
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_chromium() -> Path:
    """Return the browser's program: `MATCHMAKER_CHROMIUM` where set, else the first known name on the path.

    Raises `ServiceMissing` when there is none.
    """
    chosen = os.environ.get("MATCHMAKER_CHROMIUM")
    if chosen:
        if not os.access(chosen, os.X_OK):
            raise ServiceMissing(f"MATCHMAKER_CHROMIUM names {chosen}, which is no program that can be run.")
        return Path(chosen)
    for name in _NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    raise ServiceMissing(f"There is no Chromium. On Debian: apt-get install {PACKAGE} fonts-noto-cjk")


def has_chinese_font() -> bool:
    """Tell whether a font with Traditional Chinese is there; without one a page is a field of boxes."""
    lister = shutil.which("fc-list")
    if lister:
        listing = subprocess.run([lister, ":lang=zh-tw", "family"], capture_output=True, check=False)
        return bool(listing.stdout.strip())
    return any(Path("/usr/share/fonts").rglob("NotoSansCJK*"))


def has_driver_library() -> bool:
    """Tell whether Playwright's driver can start: on Linux it asks for a library that a bare Debian lacks."""
    if not sys.platform.startswith("linux"):
        return True
    try:
        ctypes.CDLL("libatomic.so.1")
    except OSError:
        return False
    return True


def launch_arguments() -> dict[str, Any]:
    """Return the arguments of Playwright's `chromium.launch`. Raises `ServiceMissing` without a browser."""
    return {"executable_path": str(find_chromium()), "args": list(_ARGUMENTS)}
