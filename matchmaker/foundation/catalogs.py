"""Translations: many small `.po` files, one `messages.mo` for each language.

Every slice keeps its words in `translations/<locale>/LC_MESSAGES/<slice>.po`, so that work on two slices
never meets in one file. Flask-Babel reads one `messages.mo`; this module makes it, in a checkout when a word
has changed and in the build of a wheel. It needs Babel and nothing else: the build loads it alone.
"""

import hashlib
import os
import tempfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

_PROJECT = "matchmaker"
# The same words give the same file, byte for byte, whenever it is compiled.
_NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)


class CatalogError(ValueError):
    """A `.po` file that cannot be used: unreadable, with other placeholders, or at odds with another file."""


def compile_catalogs(root: Path) -> list[Path]:
    """Bring the `messages.mo` of every language under `root` up to date and return those that were written.

    `root` holds `<locale>/LC_MESSAGES/*.po`. A catalog made from exactly these sources is left alone, so the
    call is cheap enough for every start. Untranslated and fuzzy entries are left out: the reader then sees
    the English of the code. The file is replaced in one step: a running process never reads half of it.

    Raises `CatalogError` when a file cannot be parsed, when a translation's placeholders are not those of its
    message, or when two files translate the same message (same context) differently; `OSError` when the
    catalog cannot be written.
    """
    written = []
    for folder in sorted(root.glob("*/LC_MESSAGES")):
        contents = {source: source.read_bytes() for source in sorted(folder.glob("*.po"))}
        if not contents:
            continue
        fingerprint = _fingerprint(contents)
        target = folder / "messages.mo"
        if not _is_made_from(target, fingerprint):
            _replace(target, _merge(folder.parent.name, contents, fingerprint))
            written.append(target)
    return written


def _fingerprint(contents: dict[Path, bytes]) -> str:
    """Digest of names and bytes. Times of files are no help: a checkout or a deleted file misleads them."""
    digest = hashlib.sha256()
    for source, content in contents.items():
        digest.update(f"{source.name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _is_made_from(target: Path, fingerprint: str) -> bool:
    try:
        return f"Project-Id-Version: {_PROJECT} {fingerprint}\n".encode() in target.read_bytes()
    except FileNotFoundError:
        return False


def _merge(locale_name: str, contents: dict[Path, bytes], fingerprint: str) -> Catalog:
    locale = Locale.parse(locale_name)
    merged = Catalog(
        locale=locale,
        project=_PROJECT,
        version=fingerprint,
        creation_date=_NO_DATE,
        revision_date=_NO_DATE,
        fuzzy=False,
    )
    origin: dict[tuple[str | None, str], Path] = {}
    for source, content in contents.items():
        for message in _read(source, content, locale):
            key = (message.context, _forms(message.id)[0])
            known = merged.get(message.id, message.context)
            if known is None:
                origin[key] = source
                merged.add(message.id, message.string, context=message.context)
            elif (known.id, known.string) != (message.id, message.string):
                raise CatalogError(
                    f"{_short(origin[key])} and {_short(source)} disagree on {key[1]!r}: "
                    f"{known.string!r} and {message.string!r}"
                )
    return merged


def _read(source: Path, content: bytes, locale: Locale) -> list[Message]:
    """Return the entries of one file that are translated and not fuzzy."""
    try:
        part = read_po(BytesIO(content), locale=locale, abort_invalid=True)
    except (PoFileError, UnicodeDecodeError) as error:
        raise CatalogError(f"{_short(source)} cannot be read: {error}") from error
    entries = [m for m in part if m.id and not m.fuzzy and all(_forms(m.string))]
    for message in entries:
        problem = _placeholder_problem(message)
        if problem:
            raise CatalogError(f"{_short(source)}: {_forms(message.id)[0]!r}: {problem}")
    return entries


def _placeholder_problem(message: Message) -> str | None:
    """Say what is wrong with the `%(name)s` of a translation; a wrong one would break the page that shows it.

    A plural's forms may leave a number out ("one day left") but may not name what neither English form names.
    """
    try:
        wanted = set().union(*map(_placeholders, _forms(message.id)))
        for form in _forms(message.string):
            given = _placeholders(form)
            if given - wanted or (not message.pluralizable and given != wanted):
                return f"placeholders {sorted(given)} instead of {sorted(wanted)}"
    except (TypeError, ValueError) as error:
        return f"placeholders cannot be read: {error}"
    return None


class _Names(dict[str, int]):
    """Collects the names that a format string asks for."""

    def __missing__(self, name: str) -> int:
        self[name] = 0
        return 0


def _placeholders(text: str) -> set[str]:
    names = _Names()
    if "%(" in text:
        _ = text % names
    return set(names)


def _forms(text: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    """Singular and plurals, or the one form there is; an entry without translation has an empty one."""
    return (text or "",) if isinstance(text, str | None) else tuple(text)


def _short(source: Path) -> str:
    return f"{source.parent.parent.name}/{source.name}"


def _replace(target: Path, catalog: Catalog) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".messages-", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            write_mo(file, catalog)
            # A temporary file is private; translations are for every user that may run the product.
            os.fchmod(file.fileno(), 0o644)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
