"""Print the Debian packages that would bring what the tests miss on this machine.

python -m tests.services [browser] [postgres]

Without a name both are looked for.
"""

import sys

from tests.services import ServiceMissing, browser, postgres


def missing_packages(wanted: set[str]) -> list[str]:
    """Return the names of the Debian packages to install, none when nothing is missing."""
    packages = []
    if "browser" in wanted:
        try:
            browser.find_chromium()
        except ServiceMissing:
            packages.append(browser.PACKAGE)
        if not browser.has_chinese_font():
            packages.append("fonts-noto-cjk")
        if not browser.has_driver_library():
            packages.append("libatomic1")
    if "postgres" in wanted:
        try:
            postgres.find_programs()
        except ServiceMissing:
            packages.append("postgresql")
    return packages


if __name__ == "__main__":
    for package in missing_packages(set(sys.argv[1:]) or {"browser", "postgres"}):
        print(package)
