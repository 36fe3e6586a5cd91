"""Every message the product says, taken from its code and templates, and every translation there is."""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent.parent
TRANSLATIONS = ROOT / "matchmaker" / "translations" / "zh_Hant_TW" / "LC_MESSAGES"
KEYWORDS = {
    "_": None,
    "_l": None,
    "N_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "said": None,
}
JINJA = {"trimmed": "false", "silent": "false", "newstyle_gettext": "true"}


def used() -> dict[str, tuple[str, ...]]:
    """Each msgid (with its plural where it has one) -> the places that say it."""
    places: dict[str, list[str]] = {}
    for path, message in _messages():
        key = message if isinstance(message, str) else message[0]
        places.setdefault(key, []).append(str(path.relative_to(ROOT)))
    return {key: tuple(dict.fromkeys(found)) for key, found in places.items()}


def _messages() -> Iterator[tuple[Path, str | tuple[str, ...]]]:
    sources = [(path, "python", {}) for path in sorted((ROOT / "matchmaker").rglob("*.py"))]
    for pattern in ("*.html", "*.txt"):
        sources += [(path, "jinja2", JINJA) for path in sorted((ROOT / "templates").rglob(pattern))]
    for path, method, options in sources:
        for _line, message, _comments, _context in extract_from_file(
            method if method == "python" else "jinja2.ext:babel_extract",
            str(path),
            keywords=KEYWORDS,
            options=options,
        ):
            yield path, message


def translated() -> tuple[set[str], list[str]]:
    """The msgids that have a translation, and a sentence for every fuzzy or empty one."""
    done: set[str] = set()
    faults: list[str] = []
    for path in sorted(TRANSLATIONS.glob("*.po")):
        with path.open("rb") as file:
            catalog = read_po(file, locale="zh_Hant_TW")
        for message in catalog:
            if not message.id:
                continue
            key = message.id if isinstance(message.id, str) else message.id[0]
            texts = [message.string] if isinstance(message.string, str) else list(message.string)
            if message.fuzzy:
                faults.append(f"{path.name}: fuzzy: {key}")
            elif not all(texts):
                faults.append(f"{path.name}: empty: {key}")
            else:
                done.add(key)
    return done, faults


if __name__ == "__main__":
    import sys

    known, problems = translated()
    only = sys.argv[1:]
    for key, places in sorted(used().items()):
        if key not in known and (not only or any(p.startswith(tuple(only)) for p in places)):
            print(repr(key), "#", ", ".join(places[:3]))
    print(*problems, sep="\n")
