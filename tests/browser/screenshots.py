"""`./run screenshots`: pictures of every step of the main job, both languages, 1280 and 390 px wide.

python -m tests.browser.screenshots [FOLDER]
"""

import sys
import tempfile
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from playwright.sync_api import sync_playwright
from tqdm import tqdm

from tests.browser.live import running
from tests.browser.walk import Walk
from tests.services import browser as chromium

SIZES = ((1280, 900), (390, 844))
LANGUAGES = (("zh", "zh_Hant_TW"), ("en", "en"))


def in_language(url: str, language: str) -> str:
    """The same page in this language."""
    parts = urlsplit(url)
    query = [(k, v) for k, v in parse_qsl(parts.query) if k != "lang"] + [("lang", language)]
    return urlunsplit(parts._replace(query=urlencode(query), fragment=""))


def shoot(page, folder: Path, number: int, name: str) -> None:
    """Take the page as it stands, then the same address in each language and size."""
    stem = f"{number:02d}-{name.replace(' ', '-').replace(',', '').replace('’', '').replace(chr(39), '')}"
    page.screenshot(path=folder / f"{stem}.png", full_page=True)
    copy = page.context.new_page()
    for short, language in LANGUAGES:
        for width, height in SIZES:
            copy.set_viewport_size({"width": width, "height": height})
            copy.goto(in_language(page.url, language))
            copy.screenshot(path=folder / f"{stem}-{short}-{width}.png", full_page=True)
    copy.goto(in_language(page.url, "zh_Hant_TW"))
    copy.close()


def main() -> None:
    """Walk once, and take every page four times."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, running(Path(data)) as live, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**chromium.launch_arguments())
        walk = Walk(live, browser)
        for number, (name, page) in enumerate(tqdm(walk.steps(), unit="page"), 1):
            shoot(page, folder, number, name)
        browser.close()
    print(f"Pictures are in {folder}/")


if __name__ == "__main__":
    main()
